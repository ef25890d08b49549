"""The conditions of an induction: what must hold of the initial state, of every state, of every step.

    everywhere   in any state: the claim                                (it follows, without induction)
    initial      in the initial state: the claim
    a rule       in any state in which the rule answers: after it, the claim

The hypotheses, the established claims about the state before, are not part of a condition; whoever checks it adds them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import z3

from dockspec.language import Apply, Expr, Fired, Function, Reaches, free_variables, walk
from dockspec.model import Operation, Rule, Specification
from hullcheck.prove.claims import Claim, closures
from hullcheck.prove.closure import Lemmas, lemmas
from hullcheck.prove.meaning import Binding, Reading, View, meaning
from hullcheck.prove.states import AfterRule, AnyState, InitialState
from hullcheck.prove.universe import TRUE, Term, Universe, is_true

EVERYWHERE, INITIAL = "every state", "the initial state"
NO_LEMMAS = Lemmas()


@dataclass(frozen=True)
class Condition:
    """Something that must hold.

    Attributes:
        claim: the id of the claim that it belongs to.
        place: a rule's id, EVERYWHERE or INITIAL.
        goals: what must hold, one after the other.
        lemmas: what is true of the closures that the goals read.
    """

    claim: str
    place: str
    goals: tuple[Term, ...]
    lemmas: Lemmas = NO_LEMMAS


@dataclass(frozen=True)
class Place:
    """Where a condition must hold.

    Attributes:
        name: a rule's id, EVERYWHERE or INITIAL.
        guard: what is known there: the rule answers.
        lemmas: what is true of the closures that the rule reads.
    """

    name: str
    guard: Term
    lemmas: Lemmas = NO_LEMMAS


ANYWHERE = Place(EVERYWHERE, TRUE)
AT_FIRST = Place(INITIAL, TRUE)


class Conditions:
    """The conditions of one specification, made when they are asked for.

    Args:
        spec: the specification, with the orders that the proof keeps.
        universe: of any number of objects.
    """

    def __init__(self, spec: Specification, universe: Universe) -> None:
        self.spec = spec
        self._universe = universe
        self._before = AnyState(universe)
        self._steps: dict[str, _Step] = {}
        self._standing: dict[tuple[str, tuple[bool, ...], str], Condition] = {}
        self.facts = tuple(self._before.functional(spec.functions))
        """What is true of every state by the form of the language."""

    def hypothesis(self, claim: Claim) -> Term:
        """What a claim says of the state before."""
        return self._read(claim)

    def hypothesis_lemmas(self, claim: Claim) -> Lemmas:
        """What is true of the closures that a hypothesis reads."""
        return self._lemmas(self._before, closures(_state(claim)))

    def everywhere(self, claim: Claim) -> Condition:
        """That a claim holds in any state."""
        return Condition(claim.id, EVERYWHERE, conjuncts(self._read(claim)), self.hypothesis_lemmas(claim))

    def initial(self, claim: Claim) -> Condition:
        """That a claim holds in the initial state."""
        goal = meaning(_state(claim), Reading(self._universe, InitialState(self._universe)), {})
        return Condition(claim.id, INITIAL, conjuncts(goal))

    def place(self, rule: Rule) -> Place:
        """What is known where a rule answers."""
        step = self._step(rule)
        read = (step.operation.possible, *(r.when for r in step.operation.rules), *_written(rule))
        guard = meaning(step.operation.enabled(rule), Reading(self._universe, self._before), step.binding)
        return Place(rule.id, guard, self._lemmas(self._before, closures(*read)))

    def preserved(self, claim: Claim, rule: Rule) -> Condition | None:
        """That a claim about the state holds after a rule has answered; None where the rule writes nothing it reads."""
        formula = _state(claim)
        step = self._step(rule)
        if not _reads(formula) & step.writes:
            return None
        goal = meaning(formula, Reading(self._universe, step.after), {})
        return Condition(claim.id, rule.id, conjuncts(goal), self._lemmas(step.after, closures(formula)))

    def step(self, claim: Claim, rule: Rule) -> Condition | None:
        """That a claim about steps holds where a rule answers; None where nothing is claimed of it.

        Where the rule writes nothing that the claim reads in the state after, that state reads like the one before.
        The condition is then the same for every such rule, and its place is EVERYWHERE.
        """
        step = self._step(rule)
        formula = claim.of_step(step.operation, rule)
        if formula is None:
            return None
        stands = not _reads(formula, primed=True) & step.writes
        if not stands or claim.prop is None:
            return self._condition(claim, rule, formula, stands=stands)
        answers = tuple(part.holds(rule) for part in walk(formula) if isinstance(part, Fired))
        key = (claim.id, answers, step.operation.id if free_variables(formula) else "")
        if key not in self._standing:
            self._standing[key] = self._condition(claim, rule, formula, stands=True)
        return self._standing[key]

    def _condition(self, claim: Claim, rule: Rule, formula: Expr, *, stands: bool) -> Condition:
        step = self._step(rule)
        after: View = self._before if stands else step.after
        goal = meaning(formula, Reading(self._universe, self._before, after, rule), step.binding)
        read = [f for f in walk(formula) if isinstance(f, Reaches)]
        found = self._lemmas(self._before, {f.function.name: f.function for f in read if stands or not f.primed})
        if not stands:
            found += self._lemmas(after, {f.function.name: f.function for f in read if f.primed})
        return Condition(claim.id, EVERYWHERE if stands else rule.id, conjuncts(goal), found)

    def _read(self, claim: Claim) -> Term:
        parameters = claim.operation.all_parameters if claim.operation else ()
        binding = {v.name: self._universe.constant(v) for v in parameters}
        return meaning(_state(claim), Reading(self._universe, self._before), binding)

    def _step(self, rule: Rule) -> _Step:
        if rule.id not in self._steps:
            operation = self.spec.operation_of(rule)
            binding = {v.name: self._universe.constant(v) for v in operation.all_parameters}
            after = AfterRule(self._universe, self._before, rule, binding)
            writes = frozenset(update.target.function.name for update in rule.updates)
            self._steps[rule.id] = _Step(operation, binding, after, writes)
        return self._steps[rule.id]

    def _lemmas(self, view: View, functions: Mapping[str, Function]) -> Lemmas:
        return sum((lemmas(self._universe, f, view) for f in functions.values()), NO_LEMMAS)


def conjuncts(goal: Term) -> tuple[Term, ...]:
    """The parts of a conjunction, each easier to prove than all at once; none where it is plainly true."""
    parts = goal.children() if z3.is_and(goal) else [goal]
    return tuple(part for part in parts if not is_true(part))


@dataclass(frozen=True)
class _Step:
    operation: Operation
    binding: Binding
    after: AfterRule
    writes: frozenset[str]


def _state(claim: Claim) -> Expr:
    if claim.state is None:
        raise TypeError(f"{claim.id} says nothing about one state")
    return claim.state


def _written(rule: Rule) -> list[Expr]:
    return [term for update in rule.updates for term in (update.where, update.value)]


def _reads(formula: Expr, *, primed: bool = False) -> frozenset[str]:
    """The names of the functions that a formula reads; with ``primed``, in the state after."""
    parts = [part for part in walk(formula) if isinstance(part, (Apply, Reaches))]
    return frozenset(part.function.name for part in parts if part.primed or not primed)
