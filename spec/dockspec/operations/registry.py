"""The registry: pull, push, and what happens over there.

A digest reference (``repository@sha256:...``) is what a pull or a push leaves besides the tag: it names the very
image that was transferred, and keeps naming it when the tag moves.
"""

from __future__ import annotations

from dockspec.image import IMAGE, REFERENCE, ReferenceKind, i, kind, present, refers, registry, s, same_repository, t
from dockspec.language import NONE, TRUE, Expr, Variable, becomes, defined, named, some
from dockspec.model import HAPPENS, Actor, Operation, Rule, accepted, refused
from dockspec.operations.images import is_unknown
from dockspec.operations.shared import MEASURED, on_image

digest = Variable("digest", REFERENCE)

# bound inside the formulas below, and nowhere else
_image, _other = Variable("transferred", IMAGE), Variable("other_digest", REFERENCE)

_is_tag = kind(t) == ReferenceKind.TAG


@named
def can_be_digest_of(digest: Variable, t: Variable) -> Expr:
    """A digest reference of the tag's repository."""
    return (kind(digest) == ReferenceKind.DIGEST) & same_repository(digest, t)


def _right_digest(transferred: Expr) -> Expr:
    """The digest that a transfer leaves: the repository's that names the image already, else one that is free."""
    known = some(_other, can_be_digest_of(_other, t) & (refers(_other) == _image))
    fits = (refers(digest) == _image) | (~defined(refers(digest)) & ~known)
    return some(_image, transferred & fits)


_takes_both_names = (s == t) | (s == digest)

PULL = Operation(
    "image.pull",
    parameters=(t,),
    fresh=(digest,),
    possible=_is_tag & can_be_digest_of(digest, t) & (~defined(registry(t)) | _right_digest(registry(t) == _image)),
    about="Fetches what the registry serves under a tag.",
    http="POST /images/create?fromImage=",
    rules=(
        Rule(
            "image.pull.absent",
            ~defined(registry(t)),
            refused(404, "NoSuchManifest", "manifest for {t} not found: manifest unknown: manifest unknown"),
            "The registry serves nothing under that tag.",
            f"distribution/pull_v2.go; {MEASURED}",
        ),
        Rule(
            "image.pull.up-to-date",
            some(i, (registry(t) == i) & (refers(t) == i) & (refers(digest) == i)),
            accepted(200),
            "The tag names that very image already: nothing changes, and still an event is emitted.",
            f"distribution/pull_v2.go; {MEASURED}",
            events=(on_image("pull", t, name="{t}"),),
        ),
        Rule(
            "image.pull.pulled",
            TRUE,
            accepted(200),
            "The image is in the store, under the tag and its digest; a new one has no parent. If the tag named "
            "another image, that one keeps only its digest, and no event says so.",
            f"distribution/pull_v2.go, daemon/images/image_pull.go; {MEASURED}",
            effects=(
                becomes(present(i), True, each=i, where=registry(t) == i),
                becomes(refers(s), registry(t), each=s, where=_takes_both_names),
            ),
            events=(on_image("pull", t, name="{t}"),),
        ),
    ),
)

PUSH = Operation(
    "image.push",
    parameters=(t,),
    fresh=(digest,),
    possible=_is_tag & can_be_digest_of(digest, t) & (~defined(refers(t)) | _right_digest(refers(t) == _image)),
    about="Sends the image that a tag names to the registry.",
    http="POST /images/{name}/push",
    rules=(
        Rule(
            "image.push.absent",
            ~defined(refers(t)),
            refused(200, "NoSuchImage", "An image does not exist locally with the tag: {t.repository}"),
            "Nothing has that name here. The status is 200, the error comes in the stream.",
            f"distribution/push.go; {MEASURED}",
        ),
        Rule(
            "image.push.pushed",
            TRUE,
            accepted(200),
            "The registry serves the image under that tag from now on, and the image gains the digest as a reference.",
            f"distribution/push_v2.go; {MEASURED}",
            effects=(
                becomes(registry(t), refers(t)),
                becomes(refers(digest), refers(t)),
            ),
            events=(on_image("push", t, name="{t}"),),
        ),
    ),
)

PUBLISH = Operation(
    "registry.publish",
    parameters=(t,),
    fresh=(i,),
    possible=_is_tag & is_unknown(i),
    actor=Actor.WORLD,
    about="Somebody pushes a new image to the registry: the tag is new there, or moves.",
    rules=(
        Rule(
            "registry.publish.published",
            TRUE,
            HAPPENS,
            "What was pulled before stays as it was, until the next pull.",
            "by definition of a tag",
            effects=(becomes(registry(t), i),),
        ),
    ),
)

WITHDRAW = Operation(
    "registry.withdraw",
    parameters=(t,),
    possible=_is_tag & defined(registry(t)),
    actor=Actor.WORLD,
    about="Somebody deletes the tag from the registry.",
    rules=(
        Rule(
            "registry.withdraw.withdrawn",
            TRUE,
            HAPPENS,
            "What was pulled before stays as it was.",
            "by definition of a tag",
            effects=(becomes(registry(t), NONE),),
        ),
    ),
)

OPERATIONS = (PULL, PUSH, PUBLISH, WITHDRAW)
