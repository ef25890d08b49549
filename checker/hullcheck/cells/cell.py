"""A cell: in a given state something is asked, and an engine was seen to answer so and to leave such a state.

Cells say what operations do, without a second specification: a rule that does too little, too much or something else
disagrees with one of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import takewhile
from typing import NamedTuple, TypeAlias

from dockspec.evaluation import Binding, Happening, State
from dockspec.language import Function, Value
from dockspec.model import Answer, Specification
from hullcheck.steps import Taken, completions, shown, take

_Behaviour: TypeAlias = tuple[list[Taken], list[Taken]]
"""What the specification may do: the steps of the request, then those of the world."""

_PATIENCE = 6
"""How many steps of the world a cell may show after the answer; measured cells show up to four."""


class Action(NamedTuple):
    """An operation with what the caller gives; the engine's own parameters may be left out."""

    operation: str
    arguments: Binding


class SeenEvent(NamedTuple):
    """An event as it was seen: ``kill``, with those attributes that a specification can know.

    The subject is a slot, where it is told. An untag tells the image, but not which of its references is gone.
    """

    type: str
    action: str
    attributes: Mapping[str, str] = {}
    subject: tuple[int, ...] | None = None


class Place(NamedTuple):
    """A function at some slots."""

    function: Function
    slots: tuple[int, ...]

    def __repr__(self) -> str:
        return f"{self.function.name}({', '.join(map(str, self.slots))})"


@dataclass(frozen=True)
class Outcome:
    """What was seen.

    Attributes:
        status: HTTP status; 0 where nobody asked: the world acted.
        message: the text of the error; empty for a success.
        error_class: the class of the error; None: whatever class fits the message.
        exit_code: what docker's command line exited with; None: not told.
        blocks: whether the answer's end was still open.
        events: in the order in which they were seen; None: not told.
        state: values in the state after; elsewhere it is not told.
        changes: everything that is different in the state after, or None where only ``state`` is told.
    """

    status: int
    message: str | None = None
    error_class: str | None = None
    exit_code: int | None = None
    blocks: bool = False
    events: tuple[SeenEvent, ...] | None = ()
    state: Mapping[Place, Value] = field(default_factory=dict)
    changes: Mapping[Place, Value] | None = None


@dataclass(frozen=True)
class Cell:
    """A state, an action, an outcome.

    Attributes:
        id: unique among the cells.
        world: the state at the beginning.
        given: what is done first.
        when: what is asked; several where one request of the engine is several operations. The first error ends it.
        then: what was seen.
        source: where that is from.
        answered_by: which of ``when`` gives the answer that was seen, where none fails.
        aftermath: what the world may have done before the state was looked at.
        unordered: whether the order of the events is open: the engine's own, or between two operations.
        may_miss: events that a race may have swallowed.
    """

    id: str
    world: State
    given: tuple[Action, ...]
    when: tuple[Action, ...]
    then: Outcome
    source: str
    answered_by: int = 0
    aftermath: tuple[Action, ...] = ()
    unordered: bool = False
    may_miss: tuple[SeenEvent, ...] = ()


def differences(specification: Specification, cell: Cell) -> tuple[str, ...]:
    """How the specification differs from what was seen; empty where one of its behaviours agrees.

    Where it allows several behaviours and none agrees, the differences are those of the nearest one.
    """
    start = cell.world
    for action in cell.given:
        taken = next(_take(specification, action, start), None)
        if taken is None:
            return (f"the start state is not reached: {action.operation} is not possible",)
        start = taken.after
    nearest: tuple[str, ...] | None = None
    for behaviour in _behaviours(specification, cell, start):
        found = tuple(_differences(specification, cell, start, behaviour))
        if not found:
            return ()
        if nearest is None or len(found) < len(nearest):
            nearest = found
    return nearest or ("no rule answers",)


def _take(specification: Specification, action: Action, state: State) -> Iterator[Taken]:
    operation = specification.operation(action.operation)
    for binding in completions(operation, action.arguments, state):
        taken = take(operation, binding, state)
        if taken:
            yield taken


def _behaviours(specification: Specification, cell: Cell, start: State) -> Iterator[_Behaviour]:
    for asked in _requests(specification, cell.when, start):
        world: list[Taken] = []
        yield asked, world
        while len(world) < _PATIENCE:
            state = world[-1].after if world else asked[-1].after
            taken = next((t for action in cell.aftermath for t in _take(specification, action, state)), None)
            if taken is None:
                break
            world = [*world, taken]
            yield asked, world


def _requests(specification: Specification, when: Sequence[Action], state: State) -> Iterator[list[Taken]]:
    for taken in _take(specification, when[0], state):
        if len(when) == 1 or taken.rule.answer.error:
            yield [taken]
        else:
            yield from ([taken, *later] for later in _requests(specification, when[1:], taken.after))


def _differences(specification: Specification, cell: Cell, start: State, behaviour: _Behaviour) -> Iterator[str]:
    asked, world = behaviour
    answering = asked[min(cell.answered_by, len(asked) - 1)].rule
    yield from _answer_differs(cell.then, answering.answer, answering.id)
    last = (world or asked)[-1].after
    for place, value in cell.then.state.items():
        found = last.value(place.function, *place.slots)
        if found != value:
            yield f"{place} is {shown(found)}, seen {shown(value)}"
    if cell.then.changes is not None:
        yield from _changes_differ(specification, cell.then.changes, start, last)
    events = [event for taken in (*asked, *world) for event in taken.events]
    if cell.then.events is not None and not _same_events(events, cell.then.events, cell):
        yield f"the events are {_listed(events)}, seen {_listed(cell.then.events)}"


def _answer_differs(seen: Outcome, answer: Answer, rule: str) -> Iterator[str]:
    if answer.status != seen.status:
        yield f"{rule} answers {answer.status}, seen {seen.status}"
    if seen.message is not None and not matches(answer.message, seen.message):
        yield f"{rule} says {answer.message!r}, seen {seen.message!r}"
    if seen.error_class is not None and answer.error_class != seen.error_class:
        yield f"{rule} answers {answer.error_class or 'no error'}, seen {seen.error_class or 'no error'}"
    if seen.exit_code is not None and answer.exit_code != seen.exit_code:
        yield f"docker exits with {answer.exit_code} by {rule}, seen {seen.exit_code}"
    if answer.blocks != seen.blocks:
        yield f"{rule} {'blocks' if answer.blocks else 'does not block'}, seen otherwise"


def _changes_differ(
    specification: Specification, seen: Mapping[Place, Value], start: State, last: State
) -> Iterator[str]:
    for place in {**dict.fromkeys(seen), **dict.fromkeys(_told(specification, start, last))}:
        found, before = last.value(place.function, *place.slots), start.value(place.function, *place.slots)
        expected = seen.get(place, before)
        if found != expected:
            yield f"{place} is {shown(found)}, seen {shown(expected)}"


def _told(specification: Specification, *states: State) -> Iterator[Place]:
    """Every place at which one of the states differs from the empty world, as far as the specification reads it."""
    for state in states:
        for function in specification.functions:
            yield from (Place(function, slots) for slots in state.tables.get(function.name, ()))


def _same_events(found: Sequence[Happening], expected: Sequence[SeenEvent], cell: Cell) -> bool:
    left = list(found)
    for seen in expected:
        may_be_next = left if cell.unordered else list(takewhile(partial(_is_like, left[0]), left)) if left else []
        match = next((n for n, event in enumerate(may_be_next) if _fits(event, seen)), None)
        if match is None:
            return False
        del left[match]
    return all(any(_fits(event, missed) for missed in cell.may_miss) for event in left)


def _is_like(one: Happening, other: Happening) -> bool:
    """Two events that differ at most in their subject: one phase for many objects, in no particular order."""
    return (one.type, one.action, one.attributes) == (other.type, other.action, other.attributes)


def _fits(event: Happening, seen: SeenEvent) -> bool:
    common = event.attributes.keys() & seen.attributes.keys()
    return (
        (event.type, event.action) == (seen.type, seen.action)
        and (seen.subject is None or event.subject[: len(seen.subject)] == seen.subject)
        and all(matches(shown_attribute(event.attributes[name]), seen.attributes[name]) for name in common)
    )


def shown_attribute(value: Value | str) -> str:
    """An attribute as it is printed."""
    return value if isinstance(value, str) else shown(value)


def _listed(events: Sequence[Happening] | Sequence[SeenEvent]) -> str:
    parts = []
    for event in events:
        told = {name: shown_attribute(value) for name, value in event.attributes.items()}
        parts.append(
            " ".join([f"{event.type}:{event.action}", *map(str, event.subject or ()), str(told) if told else ""])
        )
    return "; ".join(part.strip() for part in parts) or "none"


def matches(template: str, text: str) -> bool:
    """Whether a text is an instance of a template, whose ``{...}`` stand for anything."""
    return re.fullmatch(re.sub(r"\\\{.*?\\\}", ".+", re.escape(template)), text) is not None
