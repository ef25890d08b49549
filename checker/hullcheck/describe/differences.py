"""Where real engines differ from Docker's rules: what their dialects change, and what is declared beyond that."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Final

from dockspec.dialects import DIALECTS, Change, specification
from hullcheck.conform.declared import LINES, Kind, declarations
from hullcheck.describe.observed import Engine, observed, originals

TOLD: Final = 10
"""So many differences are told first."""


@dataclass(frozen=True)
class Difference:
    """A rule of Docker that an engine does not follow.

    Attributes:
        rule: its id.
        differs: in what.
        reason: how, and why.
        sequence: lines for ``hullcheck run``; the last one comes out otherwise on the engine.
        dialect: the dialect that tells it; empty where it is declared beside the dialect.
    """

    rule: str
    differs: frozenset[Kind]
    reason: str
    sequence: tuple[str, ...]
    dialect: str

    @property
    def only_in_lines(self) -> bool:
        """Whether docker's command line alone shows it."""
        return self.differs <= LINES

    @property
    def weight(self) -> int:
        """What is left afterwards weighs more than what is answered, and that more than what is told."""
        if Kind.STATE in self.differs:
            return 2
        return 1 if self.differs - {Kind.EVENTS} else 0


@cache
def differences() -> Mapping[Difference, tuple[Engine, ...]]:
    """Every difference that was observed -> the engines that have it; in the order of the rules."""
    found: dict[Difference, list[Engine]] = {}
    for engine in observed():
        for difference in _of(engine):
            found.setdefault(difference, []).append(engine)
    place = {rule.id: number for number, rule in enumerate(specification().rules)}
    return {difference: tuple(found[difference]) for difference in sorted(found, key=lambda d: place[d.rule])}


@cache
def by_rule() -> Mapping[str, Mapping[Difference, tuple[Engine, ...]]]:
    """The same for each rule from which some engine differs."""
    found: dict[str, dict[Difference, tuple[Engine, ...]]] = {}
    for difference, engines in differences().items():
        found.setdefault(difference.rule, {})[difference] = engines
    return found


def differing(rule: str) -> list[Engine]:
    """The engines that differ from a rule, however they are asked."""
    return _having(d for d in by_rule().get(rule, ()) if not d.only_in_lines)


def differing_in_lines(rule: str) -> list[Engine]:
    """The engines that follow a rule, but not by what docker's command line makes of it."""
    others = differing(rule)
    return [engine for engine in _having(by_rule().get(rule, ())) if engine not in others]


def _having(some: Iterable[Difference]) -> list[Engine]:
    who = [engine for difference in some for engine in differences()[difference]]
    return [engine for engine in observed() if engine in who]


def interesting() -> list[Difference]:
    """Ten differences, the shortest first: the weightiest of all, one of each operation and of each reason."""
    operation = {rule.id: o.id for o in specification().operations for rule in o.rules}
    chosen, told = list[Difference](), set[str]()
    for difference in sorted(differences(), key=lambda d: (-d.weight, len(d.sequence))):
        known = {operation[difference.rule], difference.reason}
        if told.isdisjoint(known):
            chosen.append(difference)
            told |= known
    return sorted(chosen[:TOLD], key=lambda d: len(d.sequence))


def _of(engine: Engine) -> Iterator[Difference]:
    yield from (change for change in _changes(engine.dialect) if change.rule not in engine.unreached)
    for own, deviation in declarations(engine.label).deviations.items():
        rule = originals(engine.dialect)[own]
        shows = rule in engine.differed or deviation.sometimes  # what is chance need not be in a record
        differs = deviation.differs if shows else deviation.differs & LINES
        if shows or rule in engine.lines_differed:
            yield Difference(rule, differs, deviation.reason, tuple(deviation.sequence), "")


@cache
def _changes(dialect: str) -> tuple[Difference, ...]:
    return tuple(
        Difference(change.rule, _changed(change, dialect), change.reason, change.sequence, dialect)
        for change in DIALECTS[dialect].changes
    )


def _changed(change: Change, dialect: str) -> frozenset[Kind]:
    """In what the lines of a change come out otherwise in its dialect."""
    from hullcheck.run.world import World  # noqa: PLC0415  # only the differences need it

    here, there = World(dialect), World()
    one, other = ([*world.script("\n".join(change.sequence))][-1] for world in (here, there))
    sides = {
        Kind.STATE: (here.state, there.state),
        Kind.STATUS: (one.exit_code, other.exit_code),
        Kind.ERROR: (one.stderr, other.stderr),
        Kind.EVENTS: ([(e.type, e.action) for e in one.events], [(e.type, e.action) for e in other.events]),
    }
    return frozenset(kind for kind, (left, right) in sides.items() if left != right)
