"""Mutants: copies of a specification that are wrong in one place.

    guard           a rule answers although one conjunct of its guard does not hold
    possible        an operation is possible although one conjunct does not hold
    effect          a rule forgets to change one function
    where           a change is made where one conjunct of its condition does not hold
    move            a rule forgets to fire a row of a machine (or one of several)
    target          a row, fired by one rule, leads elsewhere
    rule            a rule is forgotten, so that the next one answers

A mutant's id says what is changed, and stays the same as long as that part does: ``container.rm.running/guard/2``,
``container.stop.stopped/effect/container.exit-code``, ``container.stop.stopped/move-target/created``.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import cached_property, partial
from typing import TypeAlias

from dockspec.language import Expr
from dockspec.model import Machine, Move, Operation, Rule, Specification
from hullcheck.mutate.weakening import weakenings


class Kind(Enum):
    """What is wrong with a mutant; see above."""

    GUARD = "guard"
    POSSIBLE = "possible"
    EFFECT = "effect"
    WHERE = "where"
    MOVE = "move"
    TARGET = "target"
    RULE = "rule"


@dataclass(frozen=True, eq=False)
class Mutant:
    """A specification that is wrong in one place.

    Attributes:
        id: stable, see above.
        kind: what kind of change it is.
        operation: the operation that is changed.
        rule: the rule that is changed; empty where it is the operation's own condition.
        says: the change in words.
        make: makes the changed specification; ``spec`` calls it once.
    """

    id: str
    kind: Kind
    operation: str
    rule: str
    says: str
    make: Callable[[], Specification]

    @property
    def place(self) -> str:
        """The id of the rule, or of the operation, whose text is changed."""
        return self.rule or self.operation

    @cached_property
    def spec(self) -> Specification:
        """The changed specification.

        Raises:
            SpecificationError: when the change makes it malformed.
        """
        return self.make()


def mutants(spec: Specification) -> Iterator[Mutant]:
    """Every mutant of a specification, in its order."""
    for operation in spec.operations:
        yield from _of_operation(spec, operation)
        for rule in operation.rules:
            yield from _of_rule(spec, operation, rule)


def _of_operation(spec: Specification, operation: Operation) -> Iterator[Mutant]:
    def made(possible: Expr) -> Specification:
        changed = dataclasses.replace(operation, possible=possible)
        operations = tuple(changed if o.id == operation.id else o for o in spec.operations)
        return dataclasses.replace(spec, operations=operations)

    for number, weakening in enumerate(weakenings(operation.possible), start=1):
        says = f"is possible although not: {weakening.removed!r}"
        make = partial(made, weakening.result)
        yield Mutant(f"{operation.id}/possible/{number}", Kind.POSSIBLE, operation.id, "", says, make)


def _of_rule(spec: Specification, operation: Operation, rule: Rule) -> Iterator[Mutant]:
    def mutant(kind: Kind, part: str, says: str, make: Callable[[], Rule | None]) -> Mutant:
        def made() -> Specification:
            return spec.replaced({rule.id: make()})

        return Mutant(f"{rule.id}/{part}", kind, operation.id, rule.id, says, made)

    for number, weakening in enumerate(weakenings(rule.when), start=1):
        says = f"answers although not: {weakening.removed!r}"
        make = partial(dataclasses.replace, rule, when=weakening.result)
        yield mutant(Kind.GUARD, f"guard/{number}", says, make)
    for place, update in enumerate(rule.effects):
        part = f"effect/{update.target.function.name}"
        yield mutant(Kind.EFFECT, part, f"forgets {update!r}", partial(_with_effect, rule, place))
        for number, weakening in enumerate(weakenings(update.where), start=1):
            says = f"changes {update.target!r} although not: {weakening.removed!r}"
            make = partial(_with_effect, rule, place, weakening.result)
            yield mutant(Kind.WHERE, f"{part}/where/{number}", says, make)
    for place, move in enumerate(rule.moves):
        for change in _of_move(move, several=len(rule.moves) > 1):
            yield mutant(change.kind, change.part, change.says, partial(_with_move, rule, place, change.move))
    yield mutant(Kind.RULE, "rule", "is forgotten", lambda: None)


# --- effects --------------------------------------------------------------------------------------------------------


def _with_effect(rule: Rule, place: int, where: Expr | None = None) -> Rule:
    """The rule with another condition for one effect, or (None) without that effect."""
    changed = () if where is None else (dataclasses.replace(rule.effects[place], where=where),)
    return dataclasses.replace(rule, effects=(*rule.effects[:place], *changed, *rule.effects[place + 1 :]))


# --- moves ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Moved:
    """A change of one move: what becomes of it, None where it is left out."""

    kind: Kind
    part: str
    says: str
    move: Move | None


def _with_move(rule: Rule, place: int, move: Move | None) -> Rule:
    changed = () if move is None else (move,)
    return dataclasses.replace(rule, moves=(*rule.moves[:place], *changed, *rule.moves[place + 1 :]))


def _of_move(move: Move, *, several: bool) -> Iterator[_Moved]:
    """The changes of one move; ``several``: the rule has others, so the machine is named."""
    name = f"/{move.machine.name}" if several else ""
    subject = ", ".join(map(repr, move.subject))
    yield _Moved(Kind.MOVE, f"move{name}", f"forgets to move {subject or move.machine.name}", None)
    for place, (when, trigger) in enumerate(move.cases):
        case = f"/{_slug(trigger)}" if len(move.cases) > 1 else ""
        if case:
            left = (*move.cases[:place], *move.cases[place + 1 :])
            says = f"forgets to fire {trigger!r}"
            yield _Moved(Kind.MOVE, f"move{name}{case}", says, dataclasses.replace(move, cases=left))
        for number, weakening in enumerate(weakenings(when), start=1):
            cases = _exchanged(move.cases, place, (weakening.result, trigger))
            says = f"fires {trigger!r} although not: {weakening.removed!r}"
            part = f"move{name}{case}/where/{number}"
            yield _Moved(Kind.WHERE, part, says, dataclasses.replace(move, cases=cases))
        for state in move.machine.states:
            if any(row.target is not state.value for row in move.machine.rows_of(trigger)):
                says = f"{trigger!r} leads to {state.value.value}"
                part = f"move-target{name}{case}/{_slug(str(state.value.value))}"
                changed = dataclasses.replace(move, machine=_leading(move.machine, trigger, state.value))
                yield _Moved(Kind.TARGET, part, says, changed)


def _leading(machine: Machine, trigger: str, target: Enum) -> Machine:
    """A copy of the machine in which the trigger leads elsewhere."""
    rows = (dataclasses.replace(row, target=target) if row.trigger == trigger else row for row in machine.rows)
    return dataclasses.replace(machine, rows=tuple(rows))


_Case: TypeAlias = tuple[Expr, str]


def _exchanged(cases: Sequence[_Case], place: int, case: _Case) -> tuple[_Case, ...]:
    return (*cases[:place], case, *cases[place + 1 :])


def _slug(text: str) -> str:
    """A trigger or a status as a part of an id: ``exit, to be restarted`` becomes ``exit-to-be-restarted``."""
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")
