"""Counterexamples to induction: the smallest state from which a step leads to a violation.

Looked for among states of one, two, then three objects of each sort, where z3 decides every question; then with fewer
objects of one sort after another; then with as much as possible as it was at the beginning. The interpreter replays
what is found before anybody sees it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from dockspec.evaluation import Binding, State, answering, fire, holds
from dockspec.language import Apply, Expr, Function, Reaches, Sort, Variable, walk
from dockspec.model import Operation, Rule, Specification
from hullcheck.prove.claims import Claim
from hullcheck.prove.conditions import EVERYWHERE, INITIAL
from hullcheck.prove.finite import Question
from hullcheck.prove.induction import Clock
from hullcheck.prove.meaning import Reading, meaning
from hullcheck.prove.results import Counterexample, ProverError
from hullcheck.prove.states import AfterRule, InitialState
from hullcheck.prove.universe import Term, negation

MOST = 3
"""How many objects of each sort are tried at most."""


class Search:
    """Looks for counterexamples in one specification.

    Args:
        spec: the specification, without the orders that the proof keeps for itself.
        established: the claims about every state that hold before the step.
        clock: when to stop.
    """

    def __init__(self, spec: Specification, established: Iterable[Claim], clock: Clock) -> None:
        self._spec = spec
        self._formulas = [claim.state for claim in established if claim.state is not None]
        self._clock = clock
        self._rules = {rule.id: rule for rule in spec.rules}

    def counterexample(self, claim: Claim, places: Sequence[str]) -> Counterexample | None:
        """A smallest counterexample at one of these places; None where there is none, or the time is up.

        Raises:
            ProverError: when the interpreter does not confirm it.
        """
        for size in range(1, MOST + 1):
            for place in places:
                if self._clock.is_over:
                    return None
                case = self._case(claim, place)
                sizes = dict.fromkeys(case.sorts, size)
                if case.question(sizes) is not None:
                    return self._smallest(case, sizes)
        return None

    def possible(self) -> dict[str, int]:
        """How many objects of each sort it takes for a rule to answer in a state where every established claim holds.

        By rule id; a rule that no more than MOST are enough for, or for which the time was up, is not there.
        """
        found: dict[str, int] = {}
        for size in range(1, MOST + 1):
            left = [rule for rule in self._spec.rules if rule.id not in found]
            question = Question(dict.fromkeys(self._spec.sorts, size), self._spec.functions)
            question.add(*(meaning(term, question.reading, {}) for term in self._formulas))
            for rule in left:
                if self._clock.is_over:
                    return found
                operation = self._spec.operation_of(rule)
                binding = {v.name: question.universe.constant(v) for v in operation.all_parameters}
                if question.has_answer(meaning(operation.enabled(rule), question.reading, binding)):
                    found[rule.id] = size
        return found

    def _case(self, claim: Claim, place: str) -> _Case:
        if place == INITIAL:
            return _Case(claim, place, (), claim.state)
        if place == EVERYWHERE:
            return _Case(claim, place, self._formulas, claim.state, claim.operation)
        rule = self._rules[place]
        operation = self._spec.operation_of(rule)
        claimed = claim.state if claim.state is not None else claim.of_step(operation, rule)
        return _Case(claim, place, (*self._formulas, operation.enabled(rule)), claimed, operation, rule)

    def _smallest(self, case: _Case, sizes: Mapping[Sort, int]) -> Counterexample:
        for sort in case.sorts:
            for fewer in range(1, sizes[sort]):
                smaller = {**sizes, sort: fewer}
                if case.question(smaller) is not None:
                    sizes = smaller
                    break
        question = case.question(sizes)
        if question is None:
            raise ProverError("a question that had an answer has none any more")
        state, binding = question.smallest()
        for sort in case.sorts:  # a sort of which nothing is used was only there because z3 knows no empty one
            empty = state.resized(sort, 0)
            if not _is_used(sort, state, case) and case.is_confirmed(empty, binding):
                state = empty
        if not case.is_confirmed(state, binding):
            where = f"{case.claim.id} at {case.place}"
            raise ProverError(f"the interpreter does not confirm the counterexample to {where}: {state}, {binding}")
        operation = case.operation.id if case.operation else ""
        if case.rule is None:
            return Counterexample(state, operation, binding)
        return Counterexample(state, operation, binding, case.rule.id, fire(case.rule, binding, state))


@dataclass(frozen=True)
class _Case:
    """A claim at a place: what is known there, what should hold, and the step that leads there, if one does."""

    claim: Claim
    place: str
    known: Sequence[Expr]
    claimed: Expr | None
    operation: Operation | None = None
    rule: Rule | None = None

    @property
    def parameters(self) -> Sequence[Variable]:
        return self.operation.all_parameters if self.operation else ()

    @property
    def functions(self) -> list[Function]:
        """Everything that is read or written, in the order of its first use."""
        terms = [*self.known, self._formula]
        updates = self.rule.updates if self.rule else ()
        terms += [term for update in updates for term in (update.target, update.where, update.value)]
        parts = [part for term in terms for part in walk(term) if isinstance(part, (Apply, Reaches))]
        return list({part.function.name: part.function for part in parts}.values())

    @property
    def sorts(self) -> list[Sort]:
        kinds = [kind for f in self.functions for kind in (*f.domain, f.type)]
        kinds += [v.type for v in self.parameters]
        return [kind for kind in dict.fromkeys(kinds) if isinstance(kind, Sort)]

    def question(self, sizes: Mapping[Sort, int]) -> Question | None:
        """The question for a counterexample with so many objects; None where there is none.

        Raises:
            TimeoutError: when z3 does not decide it.
        """
        question = Question(sizes, self.functions, self.parameters)
        question.add(*(meaning(term, question.reading, question.binding) for term in self.known))
        question.add(negation(self._claimed(question)))
        return question if question.has_answer() else None

    def _claimed(self, question: Question) -> Term:
        universe, before, after = question.universe, question.state, None
        if self.rule is not None:
            after = AfterRule(universe, before, self.rule, question.binding)
        reading = Reading(universe, before, after, self.rule)
        if self.place == INITIAL:
            reading = Reading(universe, InitialState(universe))
        elif after is not None and self.claim.state is not None:
            reading = Reading(universe, after)
        return meaning(self._formula, reading, question.binding)

    def is_confirmed(self, state: State, binding: Binding) -> bool:
        """Whether the interpreter sees the same: what is known holds, the rule answers, and the claim fails."""
        if not all(holds(term, state, binding) for term in self.known):
            return False
        if self.operation is None or self.rule is None:
            return not holds(self._formula, state, binding)
        rule = answering(self.operation, binding, state)
        if rule is None or rule.id != self.rule.id:
            return False
        after = fire(rule, binding, state)
        if self.claim.state is not None:
            return not holds(self._formula, after, binding)
        return not holds(self._formula, state, binding, after=after, rule=rule)

    @property
    def _formula(self) -> Expr:
        if self.claimed is None:
            raise ProverError(f"{self.claim.id} claims nothing at {self.place}")
        return self.claimed


def _is_used(sort: Sort, state: State, case: _Case) -> bool:
    functions = (f for f in case.functions if state.tables.get(f.name))
    touched = (kind for f in functions for kind in (*f.domain, f.type))
    return sort in [*touched, *(v.type for v in case.parameters)]
