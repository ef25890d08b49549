"""What a proof found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

from dockspec.evaluation import Binding, State
from hullcheck.explore import TraceStep


class ProverError(Exception):
    """z3's reading of the specification and the interpreter's disagree: a fault of the prover, never of the spec."""


class Outcome(Enum):
    """What came of a property."""

    PROVED = "proved"
    """it holds, with any number of objects"""
    FAILED = "failed"
    """it is not inductive: there is a counterexample to induction"""
    UNKNOWN = "unknown"
    """neither a proof nor a counterexample was found"""
    ASSUMED = "assumed"
    """it is a condition on the constants of the world, which no step changes; explore checks it of its scopes"""
    ELSEWHERE = "not by induction"
    """induction does not apply; the note says by what means it is established"""


class Reach(Enum):
    """Whether a counterexample to induction can occur."""

    REACHED = "reachable"
    """the explorer has a run that ends in the state, up to a renaming of objects"""
    NOT_REACHED = "not reachable in the scope that was explored"
    OPEN = "not decided"


@dataclass(frozen=True)
class Counterexample:
    """A counterexample to induction, replayed by the interpreter.

    A smallest state in which every established claim holds, and a step from there that leads to a violation.

    Attributes:
        before: the state; only the objects that matter.
        operation: the operation's id; empty where the initial state itself violates the claim.
        binding: its parameters.
        rule: the id of the rule that answers.
        after: the state after the step.
        reach: whether the state before can be reached.
        trace: the run that reaches it, where the explorer has one.
        note: which scope was explored, and why it is open if it is.
    """

    before: State
    operation: str = ""
    binding: Binding = field(default_factory=dict)
    rule: str = ""
    after: State | None = None
    reach: Reach = Reach.OPEN
    trace: tuple[TraceStep, ...] = ()
    note: str = ""


@dataclass(frozen=True)
class Result:
    """What came of one property.

    Attributes:
        id: the property's id.
        says: the property in words.
        kind: always, step, form, sometimes, recoverable or same.
        outcome: see ``Outcome``.
        seconds: how long the solver took.
        conditions: how many conditions were checked for it.
        leans_on: the ids of the established claims that its proof uses.
        open: the rules (or ``the initial state``) at which it was not proved.
        declared: why it is expected to fail in this dialect; empty where it is not.
        note: a sentence for a reader.
        counterexample: for what failed.
    """

    id: str
    says: str
    kind: str
    outcome: Outcome
    seconds: float = 0.0
    conditions: int = 0
    leans_on: tuple[str, ...] = ()
    open: tuple[str, ...] = ()
    declared: str = ""
    note: str = ""
    counterexample: Counterexample | None = None

    @property
    def is_unexpected(self) -> bool:
        """Whether it failed although the specification says that it holds, or the other way round."""
        if self.outcome is Outcome.FAILED:
            return not self.declared
        return bool(self.declared) and self.outcome is Outcome.PROVED


@dataclass(frozen=True)
class SecondOpinion:
    """What cvc5 said of the same conditions.

    Attributes:
        version: of cvc5.
        confirmed: how many conditions it proved too.
        undecided: the conditions that it did not decide in time, as ``claim at place``.
        denied: the conditions that it says are false.
        seconds: how long it took.
    """

    version: str
    confirmed: int
    undecided: tuple[str, ...]
    denied: tuple[str, ...]
    seconds: float


@dataclass(frozen=True)
class Proof:
    """What came of a specification.

    Attributes:
        dialect: of the specification.
        results: one for each property, and for what the form implies.
        companions: the claims about the orders that the proof keeps for itself, and whether each is established.
        satisfiable: rule id -> in how many objects of each sort a state was found in which the rule answers, under the
            established invariants.
        vacuous: the rules for which none was found, each with what is known of it.
        complete: whether nothing was cut short by the time limit.
        seconds: how long everything took.
        second_opinion: where one was asked for.
    """

    dialect: str
    results: tuple[Result, ...]
    companions: Mapping[str, bool]
    satisfiable: Mapping[str, int]
    vacuous: Mapping[str, str]
    complete: bool
    seconds: float
    second_opinion: SecondOpinion | None = None

    def of(self, *outcomes: Outcome) -> tuple[Result, ...]:
        """The results with one of these outcomes."""
        return tuple(result for result in self.results if result.outcome in outcomes)
