"""What an exploration found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

from dockspec.evaluation import Binding, State
from hullcheck.explore.questions import RowSeen
from hullcheck.explore.scope import Scope


class ExplorerError(Exception):
    """The compiled specification and its plain evaluation disagree: a fault of the explorer, never of the spec."""


@dataclass(frozen=True)
class TraceStep:
    """One step of a run: an operation was asked, a rule answered, and the state changed (or not)."""

    operation: str
    binding: Binding
    rule: str
    before: State
    after: State


@dataclass(frozen=True)
class Verdict:
    """What was found about one property.

    Attributes:
        property: its id.
        holds: True or False; None where it was not decided, and ``note`` says why.
        trace: a shortest run from the initial state to the violation, or to the witness; None where there is none to
            show. For a property of steps the last step is the one that breaks it.
        state: the state in which the run ends.
        binding: values of variables that belong to the finding: the parameters of an operation that nobody answers.
        note: a sentence for a reader; empty where nothing needs saying.
    """

    property: str
    holds: bool | None
    trace: tuple[TraceStep, ...] | None = None
    state: State | None = None
    binding: Binding = field(default_factory=dict)
    note: str = ""


@dataclass(frozen=True)
class RuleCount:
    """How often a rule answered.

    Attributes:
        count: in how many instances, over all states.
        level: in how few steps from the initial state it can first be asked.
    """

    count: int
    level: int


@dataclass(frozen=True)
class Progress:
    """How far an exploration has come: told after each level; ``frontier`` words are waiting for the next."""

    level: int
    frontier: int
    states: int
    representatives: int
    transitions: int
    seconds: float


@dataclass(frozen=True)
class Exploration:
    """The result of exploring a scope.

    Attributes:
        scope: the scope.
        symmetry: how many renamings of objects were taken as one; 1 without symmetry.
        complete: whether every reachable state was seen; if not, ``reason`` says why, and the rest is what was covered.
        reason: why it is incomplete; empty where it is complete.
        states: how many states are reachable.
        representatives: how many words stand for them.
        transitions: how many instances of rules are taken, over all states; those that change nothing are counted.
        refusals: how many instances of rules refuse, over all states.
        levels: how many states are first reached in 0, 1, 2, ... steps.
        rules: rule id -> how often it answered, for those that ever did.
        never: ids of the rules that could answer here and never did.
        left_out: id of an operation or a rule -> why it is not explored here.
        statuses: machine -> the statuses that occur.
        rows: the rows of machines that were witnessed.
        rows_never: the rows that rules of this scope could fire and that were never witnessed.
        verdicts: property id -> what was found.
        widths: function -> how many bits it takes.
        seconds: how long it took.
        bytes: the memory that the visited states took at the end.
    """

    scope: Scope
    symmetry: int
    complete: bool
    reason: str
    states: int
    representatives: int
    transitions: int
    refusals: int
    levels: tuple[int, ...]
    rules: Mapping[str, RuleCount]
    never: tuple[str, ...]
    left_out: Mapping[str, str]
    statuses: Mapping[str, frozenset[Enum]]
    rows: frozenset[RowSeen]
    rows_never: tuple[RowSeen, ...]
    verdicts: Mapping[str, Verdict]
    widths: Mapping[str, int]
    seconds: float
    bytes: int

    @property
    def depth(self) -> int:
        """The greatest distance of a state from the initial one."""
        return len(self.levels) - 1

    @property
    def violated(self) -> tuple[str, ...]:
        """The ids of the properties that do not hold here."""
        return tuple(v.property for v in self.verdicts.values() if v.holds is False)
