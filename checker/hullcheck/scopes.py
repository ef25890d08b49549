"""The scopes that ``hullcheck check`` explores, one after the other.

Not everything at once: one container with every feature, or an image store of some size, or several containers with
little detail. Each scope says what it looks at; what it leaves out is reported. Every rule is reached in one of them.
"""

from __future__ import annotations

from collections.abc import Mapping

from dockspec import container, host
from dockspec.container import CONTAINER, NAME, Process
from dockspec.image import ARCHIVE, IMAGE, REFERENCE
from dockspec.language import Function, Value
from hullcheck.explore import Scope
from hullcheck.worlds import references

_TWO_REPOSITORIES = references("app:1", "app:2", "app@sha256:", "web:1")

_STATUS_ONLY: Mapping[Function, Value] = {
    container.process: Process.IGNORES,
    container.policy: container.Policy.NO,
    container.auto_remove: False,
    container.obstructed: False,
}
_DETAILS = (
    container.exit_code,
    container.manually_stopped,
    container.retries_spent,
    container.layer,
    container.process_space,
    container.exec_process,
)

LIFE = Scope(
    "life",
    "one container with every feature, on an image that can be removed under it",
    {CONTAINER: 1, NAME: 2, IMAGE: 2},
    operations=(
        "container.", "exec.", "removal.", "obstacle.", "daemon.", "image.import", "image.remove", "image.list",
        "image.inspect", "image.history", "engine.",
    ),
)  # fmt: skip

RESTART = Scope(
    "restart",
    "two containers with restart policies, and a daemon that restarts or is killed",
    {CONTAINER: 2, NAME: 2, IMAGE: 1},
    frozen={container.obstructed: False},
    dropped=(container.layer, container.exec_process),
    operations=(
        "container.create", "container.start", "container.stop", "container.kill", "container.exit",
        "container.restart-timer", "container.update", "container.rm", "container.pause", "daemon.", "image.import",
    ),
)  # fmt: skip

NAMES = Scope(
    "names",
    "three containers that compete for three names",
    {CONTAINER: 3, NAME: 3, IMAGE: 1},
    frozen=_STATUS_ONLY,
    dropped=_DETAILS,
    operations=("container.", "removal.", "image.import"),
    without=("container.commit",),
)

IMAGES = Scope(
    "images",
    "four images, two tags and a digest of one repository, a tag of another, and a container that may use one",
    {CONTAINER: 1, NAME: 1, IMAGE: 4, REFERENCE: 4},
    rigid=_TWO_REPOSITORIES,
    frozen=_STATUS_ONLY,
    dropped=_DETAILS,
    operations=("container.create", "container.start", "container.rm", "container.commit", "image.tag", "image.untag",
                "image.remove", "image.prune", "image.import"),
)  # fmt: skip

REGISTRY = Scope(
    "registry",
    "three images, a registry whose tags move, and the digests that pulls and pushes leave",
    {CONTAINER: 1, NAME: 1, IMAGE: 3, REFERENCE: 4},
    rigid=references("app:1", "app:2", "app@sha256:1", "app@sha256:2"),
    frozen=_STATUS_ONLY,
    dropped=_DETAILS,
    operations=("container.create", "container.rm", "image.tag", "image.untag", "image.remove", "image.prune",
                "image.pull", "image.push", "registry."),
)  # fmt: skip

ARCHIVES = Scope(
    "archives",
    "three images and an archive that is written and read back",
    {CONTAINER: 1, NAME: 1, IMAGE: 3, REFERENCE: 3, ARCHIVE: 1},
    rigid=references("app:1", "app@sha256:1", "web:1"),
    frozen=_STATUS_ONLY,
    dropped=_DETAILS,
    operations=("container.create", "container.commit", "container.rm", "image.tag", "image.untag", "image.remove",
                "image.import", "image.save", "image.save-id", "image.load"),
)  # fmt: skip

INTERPLAY = Scope(
    "interplay",
    "two containers in every state, three images and two references",
    {CONTAINER: 2, NAME: 2, IMAGE: 3, REFERENCE: 2},
    rigid=references("app:1", "web:1"),
    frozen=_STATUS_ONLY,
    dropped=_DETAILS,
    operations=(
        "container.create", "container.start", "container.stop", "container.pause", "container.unpause", "container.rm",
        "container.prune", "container.commit", "removal.", "image.import", "image.tag", "image.untag", "image.remove",
        "image.prune",
    ),
)  # fmt: skip

BUILD = Scope(
    "build",
    "the steps of a build on pulled images, with containers that steps leave behind",
    {CONTAINER: 1, NAME: 1, IMAGE: 4, REFERENCE: 2},
    rigid=references("app:1", "app@sha256:1"),
    frozen={
        container.policy: container.Policy.NO, container.auto_remove: False, container.obstructed: False,
        container.process: Process.IGNORES,
    },
    dropped=(container.manually_stopped, container.retries_spent, container.process_space, container.exec_process),
    operations=("build.", "container.rm", "image.tag", "image.untag", "image.remove", "image.prune", "image.pull",
                "registry.publish"),
)  # fmt: skip

HOST = Scope("host", "firewalld and two ports", {host.PORT: 2}, operations=("firewall.",))

SCOPES: Mapping[str, Scope] = {
    scope.name: scope for scope in (LIFE, RESTART, NAMES, IMAGES, REGISTRY, ARCHIVES, INTERPLAY, BUILD, HOST)
}
