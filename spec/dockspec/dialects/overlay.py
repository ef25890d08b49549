"""What a dialect is: an overlay over the specification of Docker that replaces rules, each with its reason."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from dockspec.model import Property, Row, Rule
from dockspec.operations import OPERATIONS

_RULES = {rule.id: rule for operation in OPERATIONS for rule in operation.rules}


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
        rows: transitions that only this dialect has, by the name of their machine.
        properties: what is claimed of this dialect only.
        by_manifest: whether the id of an image is the digest of its manifest.
    """

    name: str
    about: str
    changes: tuple[Change, ...] = ()
    rows: Mapping[str, tuple[Row, ...]] = dataclasses.field(default_factory=dict)
    properties: tuple[Property, ...] = ()
    by_manifest: bool = False

    @property
    def replaces(self) -> Mapping[str, Rule | None]:
        """Rule id -> what is in its place."""
        return {change.rule: change.other for change in self.changes}

    @property
    def reasons(self) -> Mapping[str, str]:
        """Rule id -> why."""
        return {change.rule: change.reason for change in self.changes}


def docker(rule: str) -> Rule:
    """Docker's rule of an id."""
    return _RULES[rule]


def changed(rule: str, reason: str, *sequence: str, **parts: Any) -> Change:  # noqa: ANN401  # parts of a rule, by name
    """A change that leaves a rule as Docker has it but for some parts."""
    return Change(rule, dataclasses.replace(docker(rule), **parts), reason, sequence)


def dropped(rule: str, reason: str, *sequence: str) -> Change:
    """A change that leaves a rule out."""
    return Change(rule, None, reason, sequence)
