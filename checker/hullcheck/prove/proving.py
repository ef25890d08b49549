"""Prove a specification: the one function that most callers need."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from dockspec.model import Specification
from hullcheck.prove.claims import Claim, elsewhere
from hullcheck.prove.closure import PREFIX
from hullcheck.prove.counterexample import MOST, Search
from hullcheck.prove.induction import Clock, Induction, Record
from hullcheck.prove.reach import with_reach
from hullcheck.prove.results import Outcome, Proof, Result
from hullcheck.prove.second import second_opinion as second


def prove(
    spec: Specification,
    *,
    timeout: float | None = None,
    second_opinion: bool = False,
    explored: bool = True,
    listener: Callable[[str], None] | None = None,
) -> Proof:
    """Prove every property of a specification that induction can prove, for any number of objects.

    Args:
        spec: the specification, in some dialect.
        timeout: seconds; what is not decided by then is unknown. None: as long as it takes.
        second_opinion: whether cvc5 is asked about each condition too.
        explored: whether the explorer is asked if the counterexamples to induction are reachable.
        listener: is told what is being done.

    Raises:
        ProverError: when the interpreter does not confirm a counterexample.
        LackingError: when a second opinion is asked for, and cvc5 is not installed.
    """
    clock = Clock(timeout)
    tell = listener or (lambda _: None)
    induction = Induction(spec, clock)
    induction.run(tell)
    established = [claim for claim in induction.established if not claim.id.startswith(PREFIX)]
    search = Search(spec, established, clock)
    tell("looking for counterexamples, and whether every rule can answer")
    results = {
        record.claim.id: _result(spec, record, search, clock, explored=explored)
        for record in induction.records.values()
        if not record.claim.id.startswith(PREFIX)
    }
    results |= {claim.id: _assumed(claim) for claim in induction.assumed}
    satisfiable = search.possible()
    tell("asking cvc5")
    opinion = second(induction, clock) if second_opinion else None
    return Proof(
        dialect=spec.dialect,
        results=tuple(_in_order(spec, results)),
        companions={r.claim.id: r.holds for r in induction.records.values() if r.claim.id.startswith(PREFIX)},
        satisfiable=satisfiable,
        vacuous={rule.id: _why_vacuous(clock) for rule in spec.rules if rule.id not in satisfiable},
        complete=not clock.is_over,
        seconds=clock.elapsed,
        second_opinion=opinion,
    )  # fmt: skip


def not_kept(spec: Specification, operation: str, *, timeout: float | None = None) -> Iterator[str]:
    """The claims that some rule of one operation is not proved to keep, where all of them hold before.

    For a specification that differs from a proved one in this operation only: if there is none, it is proved too. All
    take about a second; they come one by one, so that who wants only the first need not wait. An id that begins with
    ``companion.`` is a claim about the order that the proof keeps.

    Args:
        spec: the specification.
        operation: the id of the operation.
        timeout: seconds; what is not decided by then counts as not kept. None: as long as it takes.
    """
    return Induction(spec, Clock(timeout)).not_kept(operation)


def _result(spec: Specification, record: Record, search: Search, clock: Clock, *, explored: bool) -> Result:
    claim = record.claim
    outcome, note, found = Outcome.PROVED, "", None
    if not record.holds:
        try:
            found = search.counterexample(claim, record.open)
        except TimeoutError as error:
            note = f"z3 gave up on a small state: {error}"
        if found is not None:
            outcome = Outcome.FAILED
            found = with_reach(spec, claim, found, clock) if explored else found
        else:
            outcome = Outcome.UNKNOWN
            note = note or _why_unknown(record, clock)
    return Result(
        id=claim.id,
        says=claim.says,
        kind=claim.kind,
        outcome=outcome,
        seconds=record.seconds,
        conditions=len(record.proved) + len(record.open),
        leans_on=tuple(sorted(record.leans_on)) if record.holds else (),
        open=tuple(record.open),
        declared=_declared(spec, claim),
        note=note,
        counterexample=found,
    )


def _why_unknown(record: Record, clock: Clock) -> str:
    if clock.is_over:
        return "the time was up"
    return f"z3 does not prove it at {record.open[0]}, and there is no counterexample with {MOST} objects of each sort"


def _why_vacuous(clock: Clock) -> str:
    if clock.is_over:
        return "whether it can answer is not decided, the time was up"
    return f"it answers in no state with {MOST} objects of each sort in which the established invariants hold"


def _declared(spec: Specification, claim: Claim) -> str:
    return "" if claim.prop is None else claim.prop.fails_in.get(spec.dialect, "")


def _assumed(claim: Claim) -> Result:
    note = "of constants of the world only: explore checks that they are chosen so"
    return Result(claim.id, claim.says, claim.kind, Outcome.ASSUMED, note=note)


def _in_order(spec: Specification, results: Mapping[str, Result]) -> list[Result]:
    """The properties as the specification has them, then what its form implies."""
    found = []
    for prop in spec.properties:
        means = elsewhere(prop)
        if means is not None:
            declared = prop.fails_in.get(spec.dialect, "")
            found.append(Result(prop.id, prop.says, means[0], Outcome.ELSEWHERE, note=means[1], declared=declared))
        else:
            found.append(results[prop.id])
    return [*found, *(result for result in results.values() if result.kind == "form")]
