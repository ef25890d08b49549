"""Dialects: one specification, and small overlays that replace named rules, each with its reason.

docker             Docker 20.10 to 28.5 with the graph-driver image store; the texts are those of 20.10.24
docker-containerd  Docker 28.5 with the containerd image store, where it treats images otherwise
podman             Podman 5.8, behind its Docker-compatible API, where it changes containers and images otherwise
article            like docker, but rmi -f ignores that an image has children, as the article claims

Read in this order: ``overlay`` (what a dialect is), ``article`` (the smallest one), ``containerd``, ``podman``;
``digests`` is what these two have in common.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from functools import cache

from dockspec import container, host, image
from dockspec.dialects.article import ARTICLE
from dockspec.dialects.containerd import CONTAINERD
from dockspec.dialects.overlay import Change, Dialect
from dockspec.dialects.podman import PODMAN
from dockspec.model import Specification
from dockspec.operations import OPERATIONS
from dockspec.properties import PROPERTIES

__all__ = ["DIALECTS", "Change", "Dialect", "specification"]

DOCKER = Dialect("docker", "Docker 20.10 to 28.5 with the graph-driver image store.")

DIALECTS: Mapping[str, Dialect] = {dialect.name: dialect for dialect in (DOCKER, CONTAINERD, PODMAN, ARTICLE)}


@cache
def specification(dialect: str = "docker") -> Specification:
    """The specification in a dialect.

    Raises:
        KeyError: when there is no dialect of that name; ``DIALECTS`` has them.
    """
    overlay = DIALECTS[dialect]
    machines = tuple(
        dataclasses.replace(machine, rows=(*machine.rows, *overlay.rows.get(machine.name, ())))
        for machine in (container.MACHINE, image.MACHINE, host.MACHINE)
    )
    properties = (*PROPERTIES, *overlay.properties)
    whole = Specification(dialect, machines, OPERATIONS, properties, about=overlay.about)
    changed = whole.replaced(overlay.replaces)
    return dataclasses.replace(changed, operations=tuple(o for o in changed.operations if o.rules))
