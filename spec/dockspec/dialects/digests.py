"""Where no digest is kept as a name beside a tag: with the containerd store, and by Podman."""

from __future__ import annotations

from dockspec.dialects.overlay import Change, changed
from dockspec.image import ReferenceKind, i, kind, present, r, refers, registry, t
from dockspec.language import becomes, defined, every, implies, some
from dockspec.model import Always

NO_DIGEST_IS_A_NAME = Always(
    "image.no-digest-is-a-name",
    "No digest is kept as a name.",
    every(r, implies(kind(r) == ReferenceKind.DIGEST, ~defined(refers(r)))),
)


def without_digests(pull: str, push: str) -> tuple[Change, ...]:
    """What pull and push do there.

    Args:
        pull: where that was read, and on what it was measured.
        push: the same of push.
    """
    return (
        changed(
            "image.pull.up-to-date",
            "No digest is kept as a name: it is enough that the tag names the image.",
            "docker pull alpine:3.20",
            "docker tag alpine:3.20 web:1",
            "docker rmi alpine:3.20",
            "docker tag web:1 alpine:3.20",
            "docker pull alpine:3.20",
            "!registry move alpine:3.20",
            "docker pull alpine:3.20",
            "docker images",
            when=some(i, (registry(t) == i) & (refers(t) == i)),
            source=pull,
        ),
        changed(
            "image.pull.pulled",
            "No digest is kept as a name: an image whose tag moves has none left, and is dangling.",
            "docker pull alpine:3.20",
            "!registry move alpine:3.20",
            "docker pull alpine:3.20",
            "docker images",
            says="The image is in the store, under the tag; a new one has no parent. If the tag named another image, "
            "that one loses it, and no event says so.",
            source=pull,
            effects=(becomes(present(i), True, each=i, where=registry(t) == i), becomes(refers(t), registry(t))),
        ),
        changed(
            "image.push.pushed",
            "No digest is kept as a name: what is pushed gains none.",
            "docker import - app:1",
            "docker push app:1",
            "docker import - app:1",
            "docker images",
            says="The registry serves the image under that tag from now on.",
            source=push,
            effects=(becomes(registry(t), refers(t)),),
        ),
    )
