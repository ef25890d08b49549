"""The fate of a mutant: which check notices it first, the cheapest asked first.

    1. is it well-formed?
    2. the expected cells of its operation                          milliseconds
    3. does its operation do anything else in any reachable state?  tenths of a second for a scope
    4. where it does, the properties of the scope                   seconds; the quickest scope first
    5. over all scopes together: is every witness and every rule still reached?

How many states and transitions there are is not asked: a count that is pinned says that something changed, and nothing
says that it had to stay.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import cached_property

from dockspec.language import SpecificationError
from dockspec.model import Operation, Sometimes, Specification
from hullcheck.cells import Cell, differences
from hullcheck.explore import ExplorerError, Progress, Scope, ScopeError, explore
from hullcheck.explore.scope import select
from hullcheck.mutate.baseline import Baseline, Explored, examined
from hullcheck.mutate.mutants import Kind, Mutant
from hullcheck.mutate.sameness import Reachable

MEMORY = 64 << 20
"""Bytes for the visited states of a mutant's scope; the specification itself needs a tenth of it."""
SAME = "the same steps in every scope"
"""The note of a survivor that may be equivalent: every reachable state and every step is as in the specification."""
MALFORMED = "malformed"
"""The check that a specification can be made at all."""
REACHED = "rules.reached"
"""The check that every rule answers somewhere."""


class Killer(Enum):
    """What noticed a mutant."""

    CELL = "cell"
    """an expected cell disagrees"""
    PROPERTY = "property"
    """a property of the specification fails"""
    CHECK = "check"
    """the specification is malformed, an operation does not answer, no row leads there, or a rule is not reached"""
    NOTHING = "nothing"
    """it survives"""


@dataclass(frozen=True)
class Fate:
    """What became of a mutant.

    Attributes:
        mutant: its id.
        killer: what kind of check noticed it.
        by: the id of the cell, the property or the check; empty where nothing did.
        scope: the scope in which it was noticed; empty where that is not said.
        note: what was seen, or, of a survivor, what is known of it.
        proof: what a proof alone says, whatever else notices it: the first claim that it does not find kept; empty
            where it finds all of them kept; None where it was not asked.
    """

    mutant: str
    killer: Killer
    by: str = ""
    scope: str = ""
    note: str = ""
    proof: str | None = None

    @property
    def survives(self) -> bool:
        """Whether nothing noticed it."""
        return self.killer is Killer.NOTHING


class Judge:
    """Decides the fate of the mutants of one specification.

    Args:
        spec: the specification.
        scopes: where its mutants are explored.
        cells: the expected cells; those with which the specification itself disagrees are not asked.
        watched: is told of each level that is explored; a KeyboardInterrupt that it raises ends the judging.
    """

    def __init__(
        self,
        spec: Specification,
        scopes: Sequence[Scope],
        cells: Iterable[Cell],
        watched: Callable[[Progress], None] | None = None,
    ) -> None:
        self._spec = spec
        self._watched = watched
        self._scopes = {scope.name: scope for scope in scopes}
        self._witnesses = {prop.id for prop in spec.properties if isinstance(prop, Sometimes)}
        self._seen: dict[str, Reachable] = {}
        self._cells: defaultdict[str, list[Cell]] = defaultdict(list)
        for cell in cells:
            if not differences(spec, cell):
                for operation in dict.fromkeys(a.operation for a in (*cell.when, *cell.given, *cell.aftermath)):
                    self._cells[operation].append(cell)

    @cached_property
    def baseline(self) -> Baseline:
        """What the checks say of the specification itself; explored when it is first asked for."""
        return Baseline.of({name: self.examine(name) for name in self._scopes})

    def examine(self, scope: str) -> Explored:
        """What the checks say of the specification itself in one scope.

        Raises:
            KeyboardInterrupt: when it was interrupted.
        """
        return examined(self._spec, explore(self._spec, self._scopes[scope], progress=self._watched))

    def judge(self, mutant: Mutant) -> Fate:
        """The fate of one mutant.

        Raises:
            KeyboardInterrupt: when it was interrupted.
        """
        return self.at_once(mutant) or self.explored(mutant, self.baseline)

    def at_once(self, mutant: Mutant) -> Fate | None:
        """The fate of a mutant that is malformed, or that a cell disagrees with; None where neither is so."""
        try:
            spec = mutant.spec
        except SpecificationError as malformed:
            return Fate(mutant.id, Killer.CHECK, MALFORMED, note=str(malformed))
        for cell in self._cells[mutant.operation]:
            found = differences(spec, cell)
            if found:
                return Fate(mutant.id, Killer.CELL, cell.id, note=found[0])
        return None

    def explored(self, mutant: Mutant, baseline: Baseline) -> Fate:
        """The fate of a mutant by exploration alone.

        Raises:
            KeyboardInterrupt: when it was interrupted.
        """
        found: dict[str, Explored] = {}
        unfinished: list[str] = []
        for name in self._asked(mutant, baseline):
            if self._reachable(name).is_same(mutant.spec, mutant.operation):
                found[name] = baseline.scopes[name]
                continue
            try:
                exploration = explore(mutant.spec, self._scopes[name], memory=MEMORY, progress=self._watched)
            except ExplorerError as fault:
                return Fate(mutant.id, Killer.NOTHING, scope=name, note=f"the explorer failed: {fault}")
            here = examined(mutant.spec, exploration)
            broken = sorted(here.violated - baseline.scopes[name].violated - self._witnesses)
            if broken:
                return Fate(mutant.id, _killer(broken[0]), broken[0], name)
            if not exploration.complete:
                unfinished.append(name)
            found[name] = here
        if unfinished:
            return Fate(mutant.id, Killer.NOTHING, note=f"too large to explore in {', '.join(unfinished)}")
        return _together(mutant, baseline, found)

    def _reachable(self, scope: str) -> Reachable:
        if scope not in self._seen:
            self._seen[scope] = Reachable(self._spec, self._scopes[scope])
        return self._seen[scope]

    def _asked(self, mutant: Mutant, baseline: Baseline) -> Iterator[str]:
        """The scopes in which the mutant can differ: first those where the rule answers, then the others."""
        later = []
        for name, before in baseline.scopes.items():
            if not any(o.id == mutant.operation for o in _operations(mutant.spec, self._scopes[name])):
                continue
            if not mutant.rule or mutant.rule in before.rules:
                yield name
            elif mutant.kind is Kind.GUARD or mutant.rule not in before.never:
                later.append(name)
        yield from later


def _together(mutant: Mutant, baseline: Baseline, found: Mapping[str, Explored]) -> Fate:
    """What only all scopes together tell."""
    everywhere = Baseline({**baseline.scopes, **found})
    for witness in sorted(baseline.witnessed - everywhere.witnessed):
        return Fate(mutant.id, Killer.PROPERTY, witness, note="is reached nowhere")
    remaining = {rule.id for rule in mutant.spec.rules}
    for rule in sorted((baseline.reached & remaining) - everywhere.reached):
        return Fate(mutant.id, Killer.CHECK, REACHED, note=f"{rule} answers nowhere")
    same = all(here is baseline.scopes[name] for name, here in found.items())
    return Fate(mutant.id, Killer.NOTHING, note=SAME if same else "")


def _operations(spec: Specification, scope: Scope) -> Sequence[Operation]:
    try:
        return select(spec, scope).operations
    except ScopeError:
        return ()


def _killer(identifier: str) -> Killer:
    """``total.*`` and ``machine.*.rows`` are no claims about Docker: they say that the specification is well-formed."""
    return Killer.CHECK if identifier.startswith(("total.", "machine.")) else Killer.PROPERTY
