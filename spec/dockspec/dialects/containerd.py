"""Docker with the containerd image store: names and images are one thing there, and nothing keeps a parent.

An image without a name lives by an entry that the engine makes of its digest; what is built on it is known by a label
only. So rmi by id never minds children, rmi -f of a used image only takes its name away, and the parents that go along
are not asked what else is built on them. An image's id is the digest of its manifest there, so that no digest is kept
as a name beside a tag. The containers of both stores are the same, but that a daemon which starts finds none whose
read-write layer is gone.

Left out: ``repository@sha256:...`` of an image with several names or none (of one with one name it says the id): rmi
of it takes along all tags of that repository, and finds what has no name by any repository. So are the digests that
lists and inspect show, which are computed of tags and ids; and that an image which loses a tag to a pull counts as
dangling besides, even where another tag names it: lists show that, and rmi of that tag minds nothing that is built on
the image then.
"""

from __future__ import annotations

from dockspec.container import Status as ContainerStatus
from dockspec.container import c, is_used, is_used_by_stopped, status
from dockspec.dialects.digests import NO_DIGEST_IS_A_NAME, without_digests
from dockspec.dialects.overlay import Dialect, changed, docker, dropped
from dockspec.image import (
    IMAGE,
    comes_from,
    has_children,
    i,
    is_ancestor,
    is_referenced,
    j,
    parent,
    present,
    r,
    refers,
)
from dockspec.language import Expr, Variable, every, implies, named, some
from dockspec.operations.engine import crashed, restarted
from dockspec.operations.images import (
    all_untagged,
    deleted,
    named_image,
    untag_each_event,
    untag_event,
    untagged,
)
from dockspec.operations.shared import force, on_images

_link, _lost = Variable("link", IMAGE), Variable("lost", IMAGE)

_DELETE = "daemon/containerd/image_delete.go"
_MEASURED = "measured on Docker 28.5.2 with the containerd store"


@named
def goes_along(i: Variable, j: Variable) -> Expr:
    """With i goes its ancestor j, if nothing names or uses j and all between, and no ancestor of i was lost before."""
    between = is_ancestor(_link, i) & comes_from(_link, j)
    complete = every(_link, _lost, implies(comes_from(i, _link) & (parent(_link) == _lost), present(_lost)))
    return is_ancestor(j, i) & every(_link, implies(between, ~is_referenced(_link) & ~is_used(_link))) & complete


def _gone(i: Variable) -> Expr:
    return (j == i) | goes_along(i, j)


_SOURCE = f"{_DELETE}:ImageDelete, imageDeleteHelper; {_MEASURED}"
_COUSINS = "The parents that go along are not asked what else is built on them."
_forgotten = status(c).one_of(ContainerStatus.REMOVING, ContainerStatus.DEAD)
_TWO_CHILDREN = (
    "docker create --name c0 alpine:3.20",
    "docker commit c0 child:1",
    "docker commit c0 child:2",
    "docker rm c0",
    "docker rmi alpine:3.20",
)

CONTAINERD = Dialect(
    "docker-containerd",
    "Docker 28.5 with the containerd image store, where it treats images otherwise.",
    (
        changed(
            "image.untag.kept",
            "With -f the last name of an image that any container uses, running or not, goes without the image. What "
            "is built on an image keeps it only without -f, and then a delete event is told all the same.",
            "docker create --name c0 alpine:3.20",
            "docker rmi -f alpine:3.20",
            when=some(i, named_image & (is_used(i) | (has_children(i) & ~force))),
            says="The last name goes, and the image stays: with -f, because a container uses it; without, because "
            "something is built on it.",
            source=_SOURCE,
            events=(untag_event, on_images("delete", j, (refers(r) == j) & ~is_used(j))),
        ),
        changed(
            "image.untag.deleted",
            _COUSINS,
            *_TWO_CHILDREN,
            "docker rmi child:1",
            source=_SOURCE,
            effects=(*untagged, *deleted(some(i, named_image & _gone(i)))),
            events=(untag_event, on_images("delete", j, some(i, named_image & _gone(i)))),
        ),
        dropped(
            "image.remove.has-children",
            "By its id an image is deleted although something is built on it, even without -f.",
            "docker create --name c0 alpine:3.20",
            "docker commit c0",
            "docker rm c0",
            "docker rmi $(docker images -q alpine)",
        ),
        changed(
            "image.remove.several-references",
            "That a stopped container uses the image is found before that it has several names.",
            "docker create --name c0 alpine:3.20",
            "docker tag alpine:3.20 web:1",
            "docker rmi $(docker images -q alpine)",
            when=docker("image.remove.several-references").when & ~is_used_by_stopped(i),
            source=_SOURCE,
        ),
        changed(
            "image.remove.deleted",
            _COUSINS,
            *_TWO_CHILDREN,
            "docker rmi $(docker images -q child:1)",
            source=_SOURCE,
            effects=(all_untagged, *deleted(_gone(i))),
            events=(untag_each_event, on_images("delete", j, _gone(i))),
        ),
        *without_digests(
            f"daemon/containerd/image_pull.go:pullTag; {_MEASURED}",
            f"daemon/containerd/image_push.go:pushRef; {_MEASURED}",
        ),
        *(
            changed(
                rule.id,
                "A daemon that starts finds no container whose layer is gone.",
                "docker create --name c0 alpine:3.20",
                "!removal begin c0",
                f"!daemon {how}",
                "docker ps -a",
                says=f"{rule.says} What is dead, or being removed, is forgotten, because its layer is gone; only its "
                "folder stays.",
                source=f"daemon/daemon.go:restore, daemon/containerd/image_snapshot.go:GetLayerByID; {_MEASURED}",
                moves=rule.moves,
                effects=rule.effects,
                events=rule.events,
            )
            for how, rule in (("restart", restarted(_forgotten)), ("crash", crashed(_forgotten)))
        ),
    ),
    properties=(NO_DIGEST_IS_A_NAME,),
    by_manifest=True,
)
