"""What the checks say of the specification itself, before anything is changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from dockspec.model import Sometimes, Specification
from hullcheck.explore import Exploration


@dataclass(frozen=True)
class Explored:
    """What is kept of the exploration of one scope.

    Attributes:
        violated: the properties that do not hold here, witnesses among them.
        witnessed: the witnesses that are reached here.
        rules: the rules that answer here.
        never: the rules that could answer here and never do.
        seconds: how long it took.
    """

    violated: frozenset[str]
    witnessed: frozenset[str]
    rules: frozenset[str]
    never: frozenset[str]
    seconds: float


@dataclass(frozen=True)
class Baseline:
    """The verdicts on the unchanged specification.

    Attributes:
        scopes: scope -> what was found there; the quickest first.
    """

    scopes: Mapping[str, Explored]

    @classmethod
    def of(cls, found: Mapping[str, Explored]) -> Baseline:
        """The scopes as they were explored, in any order."""
        return cls(dict(sorted(found.items(), key=lambda item: item[1].seconds)))

    @property
    def reached(self) -> frozenset[str]:
        """The rules that answer in some scope."""
        return frozenset(rule for found in self.scopes.values() for rule in found.rules)

    @property
    def witnessed(self) -> frozenset[str]:
        """The witnesses that are reached in some scope."""
        return frozenset().union(*(found.witnessed for found in self.scopes.values()))


def examined(spec: Specification, exploration: Exploration) -> Explored:
    """What is kept of an exploration.

    Raises:
        KeyboardInterrupt: when it was interrupted.
    """
    if exploration.reason == "interrupted":
        raise KeyboardInterrupt
    witnesses = {prop.id for prop in spec.properties if isinstance(prop, Sometimes)}
    return Explored(
        violated=frozenset(exploration.violated),
        witnessed=frozenset(v.property for v in exploration.verdicts.values() if v.holds and v.property in witnesses),
        rules=frozenset(exploration.rules),
        never=frozenset(exploration.never),
        seconds=exploration.seconds,
    )
