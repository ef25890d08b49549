"""One verdict per property, from everything that was found: in which scopes, by which means, and what breaks it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import Enum

from dockspec.model import Always, Property, Recoverable, Same, Sometimes, Specification, Step
from hullcheck.explore import Exploration, TraceStep, Verdict
from hullcheck.explore.claims import rows_id, total_id
from hullcheck.sample import SampleReport

_KINDS = {
    Always: "always",
    Step: "step",
    Sometimes: "sometimes",
    Recoverable: "recoverable",
    Same: "same",
}
_MACHINE = ("machine.rows", "Every change of a status is a row of its machine.")
_TOTAL = ("rules.total", "Every operation answers in every state.")
_AGAIN = ("steps.again", "Asked again at once, a command that makes no new object changes nothing more.")
_REACHED = ("rules.reached", "Every rule answers somewhere.")


class Outcome(Enum):
    """What a check says of a property."""

    HOLDS = "holds"
    VIOLATED = "violated"
    UNDECIDED = "undecided"
    """nothing was found that speaks for or against it: not looked at in these scopes, or not finished"""


class Means(Enum):
    """How a verdict was reached."""

    PROVED = "proved"
    """by induction, for any number of objects; recorded, see ``hullcheck.proofs``"""
    EXPLORED = "explored"
    """every state of a scope was visited"""
    SAMPLED = "sampled"
    """random command sequences were tried"""


@dataclass(frozen=True)
class Counterexample:
    """A run that breaks a property.

    Attributes:
        steps: the run, from the initial state.
        means: only an explored one is the shortest.
        where: the scope, or the seed.
        note: what a reader should know besides.
    """

    steps: tuple[TraceStep, ...]
    means: Means
    where: str
    note: str = ""


@dataclass(frozen=True)
class Result:
    """What is known of one property.

    Attributes:
        id: its id.
        says: the claim in words.
        kind: always, step, sometimes, recoverable, same; or rules, for what the form of the specification promises.
        outcome: the verdict.
        means: by which means; empty where it is undecided.
        scopes: the scopes in which it was decided.
        declared: the reason, where the dialect declares that it fails; empty otherwise.
        by_construction: whether the form of the specification implies it already.
        counterexample: what breaks it.
        note: a sentence for a reader.
    """

    id: str
    says: str
    kind: str
    outcome: Outcome
    means: tuple[Means, ...] = ()
    scopes: tuple[str, ...] = ()
    declared: str = ""
    by_construction: bool = False
    counterexample: Counterexample | None = None
    note: str = ""


@dataclass(frozen=True)
class Report:
    """The result of a check.

    Attributes:
        dialect: which specification was checked.
        results: one per property, in the order of the specification, then those about the rules.
        explorations: scope -> what was found there.
        sample: what the sampling found; None where there was none.
        never_fired: rules that answered nowhere.
        whole: whether every scope was looked at, so that what was not reached is a fault.
        seconds: of wall time.
        unfinished: scope, or ``sample`` -> why it is not finished.
        proof_recorded: whether what is proved of this very text of the specification is known.
    """

    dialect: str
    results: tuple[Result, ...]
    explorations: Mapping[str, Exploration]
    sample: SampleReport | None
    never_fired: tuple[str, ...]
    whole: bool
    seconds: float
    unfinished: Mapping[str, str] = field(default_factory=dict)
    proof_recorded: bool = False

    @property
    def violated(self) -> tuple[Result, ...]:
        """The properties that do not hold."""
        return tuple(r for r in self.results if r.outcome is Outcome.VIOLATED)

    @property
    def proved(self) -> tuple[Result, ...]:
        """Those that hold for any number of objects."""
        return tuple(r for r in self.results if Means.PROVED in r.means)

    @property
    def complete(self) -> bool:
        """Whether everything that was begun was finished."""
        return not self.unfinished


def report(
    spec: Specification,
    explorations: Sequence[Exploration],
    sample: SampleReport | None,
    *,
    whole: bool,
    seconds: float,
    unfinished: Mapping[str, str],
    proved: Collection[str] | None = None,
) -> Report:
    """Put together what explorations and sampling found, and what is proved.

    Args:
        spec: the specification that was checked.
        explorations: one per scope.
        sample: of the sampling; None where there was none.
        whole: whether these are all the scopes, so that a witness or a rule that was not reached is a fault.
        seconds: of wall time.
        unfinished: scope, or ``sample`` -> why it is not finished.
        proved: the ids of what is proved of this specification; None where that is not known.
    """
    fired = {rule for e in explorations for rule in e.rules} | set(sample.fired if sample else ())
    never = tuple(rule.id for rule in spec.rules if rule.id not in fired)
    judged = whole and not unfinished
    results = [_result(prop, spec.dialect, explorations, sample, judged=judged) for prop in spec.properties]
    rows, total = [*map(rows_id, spec.machines)], [*map(total_id, spec.operations)]
    results.append(_together(*_MACHINE, rows, explorations, sample))
    results.append(_together(*_TOTAL, total, explorations, sample))
    if proved is not None:
        parts = {_MACHINE[0]: rows, _TOTAL[0]: total}
        results = [_with_proof(r, {*parts.get(r.id, [r.id])} <= {*proved}) for r in results]
    if sample is not None:
        again = [identifier for identifier in sample.checked if identifier.startswith("again.")]
        results.append(_together(*_AGAIN, again, (), sample))
    reached = Outcome.HOLDS if not never else (Outcome.VIOLATED if judged else Outcome.UNDECIDED)
    note = f"{len(spec.rules) - len(never)} of {len(spec.rules)} rules answered" if never else ""
    scopes = tuple(e.scope.name for e in explorations)
    results.append(Result(*_REACHED, "rules", reached, _means(scopes, sampled=sample is not None), scopes, note=note))
    return Report(
        dialect=spec.dialect,
        results=tuple(results),
        explorations={e.scope.name: e for e in explorations},
        sample=sample,
        never_fired=never,
        whole=whole,
        seconds=seconds,
        unfinished=unfinished,
        proof_recorded=proved is not None,
    )


def _with_proof(result: Result, proved: bool) -> Result:
    """A result, and that it is proved, too; what this check did not look at stays undecided."""
    if not proved or result.outcome is not Outcome.HOLDS:
        return result
    return replace(result, means=(Means.PROVED, *result.means))


def _result(
    prop: Property, dialect: str, explorations: Sequence[Exploration], sample: SampleReport | None, *, judged: bool
) -> Result:
    verdicts = [(e, e.verdicts[prop.id]) for e in explorations if prop.id in e.verdicts]
    counterexample = _shortest(verdicts) or _sampled({prop.id}, sample)
    decided = [(e, v) for e, v in verdicts if v.holds is not None]
    if isinstance(prop, Sometimes):
        seen = [e for e, v in decided if v.holds]
        outcome = Outcome.HOLDS if seen else (Outcome.VIOLATED if judged else Outcome.UNDECIDED)
        scopes = tuple(e.scope.name for e in seen or [e for e, _ in decided])
        note = "" if seen else "no state that was reached is a witness"
        counterexample = None
        sampled = False
    else:
        sampled = sample is not None and prop.id in sample.checked
        broken = any(v.holds is False for _, v in decided) or counterexample is not None
        held = any(v.holds and e.complete for e, v in decided) or sampled
        outcome = Outcome.VIOLATED if broken else (Outcome.HOLDS if held else Outcome.UNDECIDED)
        scopes = tuple(e.scope.name for e, v in decided if v.holds is False or (not broken and v.holds and e.complete))
        why = next((v.note for _, v in verdicts if v.note), "not looked at in these scopes")
        note = "" if decided or sampled else why
    return Result(
        id=prop.id,
        says=prop.says,
        kind=_KINDS[type(prop)],
        outcome=outcome,
        means=_means(scopes, sampled=sampled) if outcome is not Outcome.UNDECIDED else (),
        scopes=scopes,
        declared=prop.fails_in.get(dialect, ""),
        by_construction=prop.by_construction,
        counterexample=counterexample,
        note=note,
    )


def _together(
    identifier: str, says: str, parts: Collection[str], explorations: Sequence[Exploration], sample: SampleReport | None
) -> Result:
    """One result for several verdicts of the same kind."""
    verdicts = [(e, v) for e in explorations for part in parts if (v := e.verdicts.get(part)) and v.holds is not None]
    counterexample = _shortest(verdicts) or _sampled(set(parts), sample)
    broken = counterexample is not None or any(v.holds is False for _, v in verdicts)
    scopes = tuple(dict.fromkeys(e.scope.name for e, v in verdicts if v.holds is not broken))
    outcome = Outcome.VIOLATED if broken else (Outcome.HOLDS if verdicts or sample else Outcome.UNDECIDED)
    means = _means(scopes, sampled=sample is not None)
    return Result(identifier, says, "rules", outcome, means, scopes, counterexample=counterexample)


def _shortest(verdicts: Sequence[tuple[Exploration, Verdict]]) -> Counterexample | None:
    runs = [(e, v) for e, v in verdicts if v.holds is False and v.trace is not None]
    if not runs:
        return None
    exploration, verdict = min(runs, key=lambda run: len(run[1].trace or ()))
    return Counterexample(verdict.trace or (), Means.EXPLORED, exploration.scope.name, verdict.note)


def _sampled(properties: Collection[str], sample: SampleReport | None) -> Counterexample | None:
    for failure in sample.failures if sample else ():
        if failure.property in properties:
            return Counterexample(tuple(failure.steps), Means.SAMPLED, f"seed {sample.seed}" if sample else "")
    return None


def _means(scopes: Collection[str], *, sampled: bool) -> tuple[Means, ...]:
    return (*([Means.EXPLORED] if scopes else []), *([Means.SAMPLED] if sampled else []))
