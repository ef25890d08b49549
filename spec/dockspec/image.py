"""Images and the references to them: what the image store holds, and the lifecycle of one image.

An image is a stack of read-only layers. The store knows three things about it, and everything else is read off them:

- whether it is *present*;
- its *parent*: the image that it was committed or built upon, on this engine. A pulled, imported or singly loaded image
  has none, even where its layers are shared;
- the *references* that name it: tags (``alpine:3.20``) and digests (``alpine@sha256:...``).

Rule 1: every state and every transition of an image stands in this file.
Rule 2: the status of an image is read, never stored; each step of each operation is checked against the rows below.

An image's slot is its identity (Docker's content digest): an image that was removed comes back as the same one when it
is pulled or loaded again, so a slot is not used for another image while the registry, an archive or a container still
knows it. Left out: the layers' own reference counts, sound because no answer depends on them.

Sources: ``image/store.go``, ``reference/store.go``, ``daemon/images/images.go`` of moby 20.10, measured on 20.10.24.
"""

from __future__ import annotations

from enum import Enum

from dockspec.language import (
    Expr,
    Function,
    Sort,
    Variable,
    choose,
    every,
    implies,
    named,
    reaches,
    some,
)
from dockspec.model import Actor, Machine, Row, State

# --- objects --------------------------------------------------------------------------------------------------------

IMAGE = Sort("Image")
REFERENCE = Sort("Reference")
ARCHIVE = Sort("Archive")

i, j, k = Variable("i", IMAGE), Variable("j", IMAGE), Variable("k", IMAGE)
r, s, t = Variable("r", REFERENCE), Variable("s", REFERENCE), Variable("t", REFERENCE)
a = Variable("a", ARCHIVE)

# bound inside the predicates below, and nowhere else
_child, _other_child = Variable("child", IMAGE), Variable("other_child", IMAGE)
_name, _other_name = Variable("name", REFERENCE), Variable("other_name", REFERENCE)


class ReferenceKind(Enum):
    """A reference names an image by a tag, which can move, or by the digest of its manifest, which cannot."""

    TAG = "tag"
    DIGEST = "digest"


# --- the state ------------------------------------------------------------------------------------------------------

present = Function("image.present", (IMAGE,), bool, False, "the store holds the image")
parent = Function("image.parent", (IMAGE,), IMAGE, None, "the image it was committed or built upon", partial=True)
refers = Function("reference.image", (REFERENCE,), IMAGE, None, "the local image that it names", partial=True)
kind = Function("reference.kind", (REFERENCE,), ReferenceKind, ReferenceKind.TAG, "tag or digest", rigid=True)
same_repository = Function(
    "reference.same-repository", (REFERENCE, REFERENCE), bool, False, "both are of one repository", rigid=True
)
before = Function(
    "reference.before",
    (REFERENCE, REFERENCE),
    bool,
    False,
    "the one sorts before the other, as Docker sorts",
    rigid=True,
)
registry = Function(
    "registry.image", (REFERENCE,), IMAGE, None, "the image that the registry serves under the tag", partial=True
)
archived = Function("archive.holds", (ARCHIVE, IMAGE), bool, False, "the archive holds the image")
archived_parent = Function(
    "archive.parent", (ARCHIVE, IMAGE), IMAGE, None, "the parent link that the archive records", partial=True
)
archived_reference = Function(
    "archive.reference", (ARCHIVE, REFERENCE), IMAGE, None, "the image that the archive names by the tag", partial=True
)

# --- what Docker reads off it ---------------------------------------------------------------------------------------


@named
def is_referenced(i: Variable) -> Expr:
    """Some reference, tag or digest, names the image."""
    return some(_name, refers(_name) == i)


@named
def is_tagged(i: Variable) -> Expr:
    """Some tag names the image."""
    return some(_name, (refers(_name) == i) & (kind(_name) == ReferenceKind.TAG))


@named
def has_children(i: Variable) -> Expr:
    """Some present image was built upon it and is linked to it."""
    return some(_child, parent(_child) == i)


@named
def is_top_level(i: Variable) -> Expr:
    """What ``docker images`` shows: a reference names it, or nothing is built on it.

    Source: ``daemon/images/images.go:Images``.
    """
    return present(i) & (is_referenced(i) | ~has_children(i))


@named
def is_dangling(i: Variable) -> Expr:
    """What ``docker images -f dangling=true`` shows: no tag, and nothing built on it; a digest does not help."""
    return present(i) & ~is_tagged(i) & ~has_children(i)


@named
def is_intermediate(i: Variable) -> Expr:
    """What only ``docker images -a`` shows: no reference, but something is built on it."""
    return present(i) & ~is_referenced(i) & has_children(i)


@named
def has_one_reference(i: Variable) -> Expr:
    """Docker's "single reference": one tag or digest, or one tag with the digests of its own repository.

    Source: ``daemon/images/image_delete.go:isSingleReference``.
    """
    two = (refers(_name) == i) & (refers(_other_name) == i) & (_name != _other_name)
    both_tags = (kind(_name) == ReferenceKind.TAG) & (kind(_other_name) == ReferenceKind.TAG)
    return ~some(_name, _other_name, two & (both_tags | ~same_repository(_name, _other_name)))


@named
def is_ancestor(j: Variable, i: Variable) -> Expr:
    """J is the parent of i, or its parent's parent, and so on."""
    return reaches(parent, i, j)


class Status(Enum):
    """The five states of an image. Docker has no one word for them; its lists show them as noted below."""

    REMOVED = "removed"
    TAGGED = "tagged"
    DIGEST_ONLY = "digest-only"
    DANGLING = "dangling"
    INTERMEDIATE = "intermediate"


@named
def status(i: Variable) -> Expr:
    """The state of an image, read off the store."""
    return choose(
        ~present(i),
        Status.REMOVED,
        choose(
            is_tagged(i),
            Status.TAGGED,
            choose(
                ~has_children(i),
                Status.DANGLING,
                choose(is_referenced(i), Status.DIGEST_ONLY, Status.INTERMEDIATE),
            ),
        ),
    )


# --- the machine ----------------------------------------------------------------------------------------------------

_S = Status
_UNTAGGED = (_S.DIGEST_ONLY, _S.DANGLING, _S.INTERMEDIATE)
_PRESENT = (_S.TAGGED, *_UNTAGGED)


def _rows(trigger: str, *moves: tuple[tuple[Status, ...], Status, str], actor: Actor = Actor.USER) -> tuple[Row, ...]:
    return tuple(Row(trigger, sources, target, label, actor) for sources, target, label in moves)


MACHINE = Machine(
    name="image",
    sort=IMAGE,
    status=status,
    states=(
        State(_S.REMOVED, "Not in the store: never made, or deleted.", terminal=True),
        State(_S.TAGGED, "At least one tag names it. Shown by `images`.", "repository:tag"),
        State(
            _S.DIGEST_ONLY,
            "No tag, but a digest names it, and something is built on it. Shown by `images --digests` with tag <none>.",
            "repository@digest",
        ),
        State(
            _S.DANGLING,
            "No tag names it and nothing is built on it; a digest may. Shown by `images` as <none>; `image prune` "
            "takes it.",
            "<none>",
        ),
        State(_S.INTERMEDIATE, "Nothing names it, but something is built on it. Only `images -a` shows it.", "<none>"),
    ),
    rows=(
        *_rows("image.pull", ((_S.REMOVED, *_UNTAGGED), _S.TAGGED, ""),
               ((_S.TAGGED,), _S.DANGLING, "its tag moved"),
               ((_S.TAGGED,), _S.INTERMEDIATE, "its tag moved, has children"),
               ((_S.TAGGED,), _S.DIGEST_ONLY, "its tag moved, has digest and children")),
        *_rows("container.commit", ((_S.REMOVED,), _S.DANGLING, "the new image"),
               ((_S.DANGLING,), _S.INTERMEDIATE, "gains a child"),
               ((_S.DANGLING,), _S.DIGEST_ONLY, "gains a child, has a digest")),
        *_rows("image.import", ((_S.REMOVED,), _S.DANGLING, "the new image")),
        *_rows("build.run", ((_S.REMOVED,), _S.DANGLING, "the new image"),
               ((_S.DANGLING,), _S.INTERMEDIATE, "gains a child"),
               ((_S.DANGLING,), _S.DIGEST_ONLY, "gains a child, has a digest")),
        *_rows("build.config", ((_S.REMOVED,), _S.DANGLING, "the new image"),
               ((_S.DANGLING,), _S.INTERMEDIATE, "gains a child"),
               ((_S.DANGLING,), _S.DIGEST_ONLY, "gains a child, has a digest")),
        *_rows("build.copy", ((_S.REMOVED,), _S.DANGLING, "the new image"),
               ((_S.DANGLING,), _S.INTERMEDIATE, "gains a child"),
               ((_S.DANGLING,), _S.DIGEST_ONLY, "gains a child, has a digest")),
        *_rows("build.parentless", ((_S.REMOVED,), _S.DANGLING, "the new image")),
        *_rows("image.tag", (_UNTAGGED, _S.TAGGED, ""),
               ((_S.TAGGED,), _S.DANGLING, "its tag moved"),
               ((_S.TAGGED,), _S.INTERMEDIATE, "its tag moved, has children"),
               ((_S.TAGGED,), _S.DIGEST_ONLY, "its tag moved, has digest and children")),
        *_rows("image.load", ((_S.REMOVED, *_UNTAGGED), _S.TAGGED, "named in the archive"),
               ((_S.REMOVED,), _S.DANGLING, "not named in the archive"),
               ((_S.REMOVED, _S.DANGLING), _S.INTERMEDIATE, "gains a child"),
               ((_S.DANGLING,), _S.DIGEST_ONLY, "gains a child, has a digest"),
               ((_S.TAGGED,), _S.DANGLING, "its tag moved"),
               ((_S.TAGGED,), _S.INTERMEDIATE, "its tag moved, has children"),
               ((_S.TAGGED,), _S.DIGEST_ONLY, "its tag moved, has digest and children")),
        *_rows("image.untag", ((_S.TAGGED, _S.DANGLING, _S.INTERMEDIATE), _S.REMOVED, "nothing keeps it"),
               ((_S.TAGGED,), _S.DANGLING, "last tag, kept by a digest or a running container"),
               ((_S.TAGGED, _S.DIGEST_ONLY), _S.INTERMEDIATE, "last reference, has children"),
               ((_S.TAGGED,), _S.DIGEST_ONLY, "last tag, has digest and children"),
               ((_S.INTERMEDIATE, _S.DIGEST_ONLY), _S.DANGLING, "loses its last child")),
        *_rows("image.remove", ((_S.TAGGED, _S.DANGLING, _S.INTERMEDIATE), _S.REMOVED, "by id, or with its last child"),
               ((_S.INTERMEDIATE, _S.DIGEST_ONLY), _S.DANGLING, "loses its last child")),
        *_rows("image.prune", (_PRESENT, _S.REMOVED, "unused"),
               ((_S.TAGGED, _S.DIGEST_ONLY), _S.INTERMEDIATE, "-a: a used image is built on it"),
               ((_S.INTERMEDIATE, _S.DIGEST_ONLY), _S.DANGLING, "used, loses its last child"),
               ((_S.TAGGED,), _S.DANGLING, "-a: used, keeps a digest only"),
               ((_S.TAGGED,), _S.DIGEST_ONLY, "-a: used, keeps a digest and a child")),
    ),
)  # fmt: skip

# --- effects that several operations share --------------------------------------------------------------------------


@named
def is_prunable(k: Variable) -> Expr:
    """Nothing names the image, and at most one image is built on it, with which it may go."""
    two = (parent(_child) == k) & (parent(_other_child) == k)
    one_child = every(_child, _other_child, implies(two, _child == _other_child))
    return ~is_referenced(k) & one_child


@named
def comes_from(i: Variable, k: Variable) -> Expr:
    """I is k, or k is an ancestor of i."""
    return (i == k) | is_ancestor(k, i)
