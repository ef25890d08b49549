"""What sampling found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from hullcheck.explore.results import TraceStep


@dataclass(frozen=True)
class Failure:
    """A property that is broken.

    Attributes:
        property: its id.
        steps: a run that breaks it with its last step: shrunk, not the shortest.
        note: what is wrong, in a line.
    """

    property: str
    steps: tuple[TraceStep, ...]
    note: str


@dataclass(frozen=True)
class SampleReport:
    """What sampling found.

    Attributes:
        seed: the seed.
        fired: rule id -> how often it answered, for those that ever did.
        never: ids of the rules that never did.
        checked: the ids of the properties that were checked.
        failures: one for each property that was found broken.
        examples: how many runs there were.
        steps: how many steps, over all of them.
        rounds: how many rounds, each aimed at the rules that had not answered before it.
        seconds: of wall time.
    """

    seed: int
    fired: Mapping[str, int]
    never: tuple[str, ...]
    checked: frozenset[str]
    failures: tuple[Failure, ...]
    examples: int
    steps: int
    rounds: int
    seconds: float
