"""Proof by induction over the steps, with hypotheses that are themselves established.

A claim about every state is *inductive* if it holds initially, and if from any state in which all such claims hold each
step leads to one in which it holds. The trap: a claim that is false would still serve as a hypothesis, and make others
look proved. So what fails is dropped, and whatever leaned on it is proved again without, until nothing changes. What
is left supports itself: it holds initially, and each step keeps it, by nothing but itself.

z3 says on which hypotheses a proof leans, so that only these proofs are repeated.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

import z3

from dockspec.model import Rule, Specification
from hullcheck.prove.claims import Claim, claims, is_about_constants
from hullcheck.prove.closure import PREFIX, Lemmas, with_orders
from hullcheck.prove.conditions import ANYWHERE, AT_FIRST, EVERYWHERE, Condition, Conditions, Place
from hullcheck.prove.universe import Term, Universe, negation

EFFORT = 4_000_000
"""How hard z3 tries at one condition, in its own unit, which does not depend on the machine: some seconds."""


class Clock:
    """The time that a proof may take.

    Args:
        seconds: how much; None: any.
    """

    def __init__(self, seconds: float | None) -> None:
        self._began = time.perf_counter()
        self._until = None if seconds is None else self._began + seconds

    @property
    def elapsed(self) -> float:
        """Seconds since the beginning."""
        return time.perf_counter() - self._began

    @property
    def left(self) -> float:
        """Seconds until the end; infinite where there is none."""
        return float("inf") if self._until is None else max(0.0, self._until - time.perf_counter())

    @property
    def is_over(self) -> bool:
        """Whether the time is up."""
        return self.left <= 0


def limit(solver: Term, clock: Clock, effort: int = EFFORT) -> None:
    """Let a solver work so hard at most, and no longer than there is time."""
    solver.set("rlimit", effort)
    if clock.left != float("inf"):
        solver.set("timeout", max(1, int(1000 * min(clock.left, 1e6))))


@dataclass(frozen=True)
class Proved:
    """A condition that was proved: from which hypotheses, by their ids."""

    condition: Condition
    place: Place
    leans_on: frozenset[str]


@dataclass
class Record:
    """What is known of one claim.

    Attributes:
        claim: the claim.
        proved: the conditions that were proved.
        open: the places of those that were not.
        seconds: how long the solver took.
    """

    claim: Claim
    proved: list[Proved] = field(default_factory=list)
    open: list[str] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def holds(self) -> bool:
        """Whether it is established."""
        return not self.open

    @property
    def leans_on(self) -> frozenset[str]:
        """The ids of the claims that the proofs use."""
        return frozenset[str]().union(*(proof.leans_on for proof in self.proved)) - {self.claim.id}


class Induction:
    """The induction over one specification.

    Args:
        spec: the specification.
        clock: what does not fit into its time is left open.
    """

    def __init__(self, spec: Specification, clock: Clock) -> None:
        self.spec = with_orders(spec)
        self.clock = clock
        self.conditions = Conditions(self.spec, Universe())
        everything = list(claims(self.spec))
        self.assumed = tuple(claim for claim in everything if is_about_constants(claim))
        self.records = {claim.id: Record(claim) for claim in everything if claim not in self.assumed}
        usable = [c for c in everything if c.prop is not None and c.is_invariant and not c.prop.by_construction]
        self._hypotheses = {claim.id: self.conditions.hypothesis(claim) for claim in usable}
        self._rules = self.spec.rules
        self._dropped: set[str] = set()
        self._known: dict[tuple[str, str, tuple[int, ...]], Proved] = {}
        self._places: dict[str, Place] = {}
        self._solvers: dict[str, Term] = {}

    def run(self, listener: Callable[[str], None] = lambda _: None) -> None:
        """Prove what can be proved; ``records`` then says what came of each claim.

        Args:
            listener: is told which claim is looked at.
        """
        invariants = [record for record in self.records.values() if record.claim.is_invariant]
        failing = True
        while failing:
            standing = [record for record in invariants if record.claim.id not in self._dropped]
            for record in standing:
                listener(f"proving {record.claim.id}")
                self._establish(record)
            failing = any(not record.holds for record in standing)
            self._dropped |= {record.claim.id for record in standing if not record.holds}
        for record in self.records.values():
            if not record.claim.is_invariant:
                listener(f"proving {record.claim.id}")
                self._establish(record)

    def not_kept(self, operation: str) -> Iterator[str]:
        """The ids of the claims that some rule of one operation is not proved to keep, if all hold before."""
        self._rules = self.spec.operation(operation).rules
        for record in self.records.values():
            if record.claim.operation is None or record.claim.operation.id == operation:
                self._establish(record)
                if not record.holds:
                    yield record.claim.id

    @property
    def established(self) -> tuple[Claim, ...]:
        """The claims about every state that are established, or assumed."""
        standing = (r.claim for r in self.records.values() if r.claim.is_invariant and r.claim.id not in self._dropped)
        return (*standing, *self.assumed)

    def hypothesis(self, identifier: str) -> Term:
        """What a claim says of the state before."""
        return self._hypotheses[identifier]

    def _establish(self, record: Record) -> None:
        """Prove every condition of a claim, as far as it is not proved by what still stands."""
        record.proved, record.open = [], []
        if self._follows(record):
            return
        for place, condition in self._of(record):
            if self.clock.is_over:
                record.open.append(place.name)
                break
            proof = self._prove(record, place, condition)
            if proof is None:
                record.open.append(place.name)
            elif proof not in record.proved:
                record.proved.append(proof)

    def _follows(self, record: Record) -> bool:
        """Whether what is claimed of every state follows from the orders alone, which are established without it.

        That an operation answers wherever it is possible is only tried so, from everything that is established.
        """
        claim = record.claim
        if claim.state is None or claim.id.startswith(PREFIX):
            return False
        proof = self._prove(record, ANYWHERE, self.conditions.everywhere(claim))
        if proof is not None:
            record.proved = [proof]
        elif not claim.is_invariant:
            record.open = [EVERYWHERE]
        return proof is not None or not claim.is_invariant

    def _of(self, record: Record) -> Iterator[tuple[Place, Condition]]:
        """The conditions of a claim, each with what is known where it must hold."""
        claim = record.claim
        if claim.is_invariant:
            yield AT_FIRST, self.conditions.initial(claim)
        for rule in self._rules:
            found = self.conditions.preserved(claim, rule) if claim.is_invariant else self.conditions.step(claim, rule)
            if found is None or not found.goals:
                continue
            if found.place == EVERYWHERE and self._prove(record, ANYWHERE, found):
                yield ANYWHERE, found
            else:
                yield self._place(rule), found

    def _place(self, rule: Rule) -> Place:
        if rule.id not in self._places:
            self._places[rule.id] = self.conditions.place(rule)
        return self._places[rule.id]

    def _prove(self, record: Record, place: Place, condition: Condition) -> Proved | None:
        key = (condition.claim, place.name, tuple(goal.get_id() for goal in condition.goals))
        known = self._known.get(key)
        if known is None or known.leans_on & self._dropped:
            began = time.perf_counter()
            used = self._decide(record.claim, place, condition)
            record.seconds += time.perf_counter() - began
            if used is None:
                return None
            known = self._known[key] = Proved(condition, place, used)
        return known

    def _decide(self, claim: Claim, place: Place, condition: Condition) -> frozenset[str] | None:
        """The hypotheses from which z3 proves the condition; None where it does not."""
        usable = self._usable(claim, place)
        used: set[str] = set()
        for goal in condition.goals:
            core = self._core(place, condition.lemmas, goal, usable)
            if core is None:
                return None
            used |= core
        return frozenset(used)

    def _usable(self, claim: Claim, place: Place) -> list[str]:
        standing = [name for name in self._hypotheses if name not in self._dropped]
        if place is AT_FIRST:
            return []
        if place is ANYWHERE and claim.is_invariant:
            return [name for name in standing if name.startswith(PREFIX)]
        return standing

    def _core(self, place: Place, about: Lemmas, goal: Term, usable: Sequence[str]) -> set[str] | None:
        solver = self._solver(place)
        known = place.lemmas + about
        hypotheses = [z3.Bool(name) for name in usable]
        solver.push()
        try:
            solver.add(negation(goal), *known.plain)
            for lemmas, effort in (((), EFFORT if not known.further else EFFORT // 10), (known.further, EFFORT)):
                if self.clock.is_over:
                    return None
                solver.add(*lemmas)
                limit(solver, self.clock, effort)
                if solver.check(hypotheses) == z3.unsat:
                    return set(map(str, solver.unsat_core()))
                if not known.further:
                    return None
            return None
        finally:
            solver.pop()

    def _solver(self, place: Place) -> Term:
        if place.name not in self._solvers:
            solver = z3.Solver()
            solver.add(*self.conditions.facts, place.guard)
            for name, hypothesis in self._hypotheses.items():
                solver.add(z3.Implies(z3.Bool(name), hypothesis))
            self._solvers[place.name] = solver
        return self._solvers[place.name]
