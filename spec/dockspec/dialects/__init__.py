"""Dialects: one specification, and small overlays that replace named rules, each with its reason.

docker     Docker 20.10 to 28.5 with the graph-driver image store; the texts are those of 20.10.24
article    like docker, but rmi -f ignores that an image has children, as the article claims; nothing else differs
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from dockspec import container, host, image
from dockspec.model import Row, Rule, Specification
from dockspec.operations import OPERATIONS
from dockspec.operations.images import HAS_CHILDREN
from dockspec.operations.shared import force
from dockspec.properties import PROPERTIES


@dataclass(frozen=True)
class Change:
    """A rule that is another one in a dialect.

    Attributes:
        rule: the id of Docker's rule.
        other: what is in its place; None: it is not there.
        reason: how, and why.
        sequence: lines for ``hullcheck run`` of which the last comes out otherwise than in Docker.
    """

    rule: str
    other: Rule | None
    reason: str
    sequence: tuple[str, ...]


@dataclass(frozen=True)
class Dialect:
    """An overlay over the specification of Docker.

    Attributes:
        name: as ``--dialect`` takes it.
        about: whose behaviour it is, in a sentence.
        changes: the rules that are otherwise there.
        rows: transitions of an image that only this dialect has.
    """

    name: str
    about: str
    changes: tuple[Change, ...] = ()
    rows: tuple[Row, ...] = ()

    @property
    def replaces(self) -> Mapping[str, Rule | None]:
        """Rule id -> what is in its place."""
        return {change.rule: change.other for change in self.changes}

    @property
    def reasons(self) -> Mapping[str, str]:
        """Rule id -> why."""
        return {change.rule: change.reason for change in self.changes}


DOCKER = Dialect("docker", "Docker 20.10 to 28.5 with the graph-driver image store.")

ARTICLE = Dialect(
    "article",
    "Docker as the article tells it: rmi -f deletes an image although something is built on it.",
    (
        Change(
            HAS_CHILDREN.id,
            dataclasses.replace(HAS_CHILDREN, when=HAS_CHILDREN.when & ~force),
            "The article: with -f the read-only layers in between can be deleted too.",
            ("docker create --name c0 alpine:3.20", "docker commit c0", "docker rm c0", "docker rmi -f $(docker images -q alpine)"),
        ),
    ),
    (Row("image.remove", (image.Status.DIGEST_ONLY,), image.Status.REMOVED, "-f, although it has children"),),
)

DIALECTS: Mapping[str, Dialect] = {dialect.name: dialect for dialect in (DOCKER, ARTICLE)}


@cache
def specification(dialect: str = "docker") -> Specification:
    """The specification in a dialect.

    Raises:
        KeyError: when there is no dialect of that name; ``DIALECTS`` has them.
    """
    overlay = DIALECTS[dialect]
    images = dataclasses.replace(image.MACHINE, rows=(*image.MACHINE.rows, *overlay.rows))
    machines = (container.MACHINE, images, host.MACHINE)
    whole = Specification(dialect, machines, OPERATIONS, PROPERTIES, about=overlay.about)
    return whole.replaced(overlay.replaces)
