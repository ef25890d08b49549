"""From what a search found to a verdict on every property, each with a run that the interpreter has replayed."""

from __future__ import annotations

from collections.abc import Iterator

from dockspec.evaluation import answering, holds
from dockspec.model import Always, Property, Recoverable, Same, Sometimes, Step
from hullcheck.explore.claims import rows_id, total_id
from hullcheck.explore.questions import Instance, Unanswered
from hullcheck.explore.recover import stuck
from hullcheck.explore.results import ExplorerError, Verdict
from hullcheck.explore.same import Comparison, Difference
from hullcheck.explore.search import Finding, Search
from hullcheck.explore.trace import Run, extended, runs

INTERRUPTED = "interrupted"


def verdicts(search: Search) -> dict[str, Verdict]:
    """The verdict on every property that is checked, by its id: the specification's own first, then the implicit ones.

    Raises:
        ExplorerError: when the interpreter does not confirm a finding.
    """
    return _Judge(search).all()


class _Judge:
    """Decides what the search left open, finds a run for everything found, and writes the verdicts."""

    def __init__(self, search: Search) -> None:
        self._search = search
        self._program = search.program
        self._selection = search.program.selection
        self._differences: dict[str, tuple[Comparison, Difference]] = {}
        self._undecided: dict[str, str] = {}

    def all(self) -> dict[str, Verdict]:
        findings = dict(self._search.findings)
        for prop in self._program.properties:
            finding = self._decided(prop)
            if finding is not None:
                findings[prop.id] = finding
        try:
            found = runs(self._search, findings.values())
        except KeyboardInterrupt:
            found = {}
        judged = [self._judged(i, p, findings.get(i), found.get(i)) for i, p in self._checked()]
        return {verdict.property: verdict for verdict in judged}

    def _checked(self) -> Iterator[tuple[str, Property | None]]:
        for prop in self._selection.spec.properties:
            if self._program.checked(prop.id):
                yield prop.id, prop
        implicit = [rows_id(m) for m in self._selection.spec.machines]
        for identifier in (*implicit, *(total_id(o) for o in self._selection.operations)):
            if self._program.checked(identifier):
                yield identifier, None

    def _decided(self, prop: Property) -> Finding | None:
        """What the search itself does not look for."""
        try:
            match prop:
                case Recoverable():
                    return self._recovered(prop)
                case Same():
                    return self._compared(prop)
                case _:
                    return None
        except KeyboardInterrupt:
            self._undecided[prop.id] = INTERRUPTED
            return None

    def _recovered(self, prop: Recoverable) -> Finding | None:
        if self._search.reason:
            return None
        finding = stuck(self._search, prop)
        missing = self._missing(prop)
        if finding is not None and missing:
            self._undecided[prop.id] = f"there are states that do not recover, but {missing} is left out here"
            return None
        return finding

    def _missing(self, prop: Recoverable) -> str:
        """An operation or a rule that could have led to the goal, if it were not left out; empty: there is none."""
        for identifier in prop.by:
            if identifier not in self._program.operations:
                return identifier
            for rule in self._selection.spec.operation(identifier).rules:
                if rule.id in self._search.blocked:
                    return rule.id
        return ""

    def _compared(self, prop: Same) -> Finding | None:
        comparison = Comparison(self._search, prop)
        difference = comparison.difference()
        if difference is not None:
            self._differences[prop.id] = (comparison, difference)
            return difference.finding
        if not comparison.applied:
            self._undecided[prop.id] = "in no state here both sequences are possible"
        return None

    def _judged(self, identifier: str, prop: Property | None, finding: Finding | None, run: Run | None) -> Verdict:
        if finding is not None:
            return self._found(prop, finding, run)
        if note := self._why_undecided(identifier):
            return Verdict(identifier, None, note=note)
        if isinstance(prop, Sometimes):
            return Verdict(identifier, holds=False, note="no state that is reachable here is a witness")
        absent = sorted({*prop.of} - {*self._program.operations}) if isinstance(prop, Step) else []
        return Verdict(identifier, holds=True, note=f"not checked of {', '.join(absent)}" if absent else "")

    def _why_undecided(self, identifier: str) -> str:
        readable = {m.name for m in self._selection.machines}
        if identifier in {rows_id(m) for m in self._selection.spec.machines if m.name not in readable}:
            return "its status reads what is dropped here"
        incomplete = f"nothing found so far: {self._search.reason}" if self._search.reason else ""
        return self._selection.unchecked.get(identifier) or self._undecided.get(identifier) or incomplete

    def _found(self, prop: Property | None, finding: Finding, run: Run | None) -> Verdict:
        held = isinstance(prop, Sometimes)
        if run is None:
            return Verdict(finding.property, held, note="interrupted before a run was found")
        match finding.subject:
            case Instance() as instance:
                before = run.end
                run = extended(self._search, run, instance)
                claims = self._program.claims(instance.operation, instance.rule)
                formulas = [formula for identifier, formula in claims if identifier == finding.property]
                confirmed = not all(
                    holds(f, before, instance.binding, after=run.end, rule=instance.rule) for f in formulas
                )
                return self._verdict(finding, run, held=held, confirmed=confirmed)
            case Unanswered(operation=operation, binding=binding):
                possible = holds(operation.possible, run.end, binding)
                confirmed = possible and answering(operation, binding, run.end) is None
                verdict = self._verdict(finding, run, held=held, confirmed=confirmed)
                note = f"{operation.id} is possible, and no rule answers"
                return Verdict(finding.property, verdict.holds, verdict.trace, verdict.state, binding, note)
            case None:
                return self._state(prop, finding, run)

    def _state(self, prop: Property | None, finding: Finding, run: Run) -> Verdict:
        match prop:
            case Always(formula=formula) | Recoverable(formula=formula):
                return self._verdict(finding, run, held=False, confirmed=not holds(formula, run.end, {}))
            case Sometimes(formula=formula):
                return self._verdict(finding, run, held=True, confirmed=holds(formula, run.end, {}))
            case Same():
                comparison, difference = self._differences[prop.id]
                note = comparison.explained(run.end, difference.binding)
                return Verdict(
                    prop.id, holds=False, trace=run.steps, state=run.end, binding=difference.binding, note=note
                )
            case _:
                raise ExplorerError(f"{finding.property}: a state was found, but the property is not about one")

    def _verdict(self, finding: Finding, run: Run, *, held: bool, confirmed: bool) -> Verdict:
        if not confirmed:
            raise ExplorerError(
                f"{finding.property}: the interpreter does not confirm what was found at {finding.word:#x}"
            )
        return Verdict(finding.property, held, run.steps, run.end)
