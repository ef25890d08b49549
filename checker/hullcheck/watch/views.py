"""What is followed of an object, and the steps that the rules make of it, found by reading the rules.

A rule speaks of the whole world; a stream of events shows one object at a time. So each rule is fired on every local
situation that it can tell apart: a value is chosen only when the rule reads it, and every way the choices can fall is
tried. What is left is a list of steps: from this local state, with these events, to that one. Whatever else the rule
read is forgotten, so the steps allow at least what the specification allows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from itertools import product
from typing import TypeAlias, TypeVar

from dockspec import container, image
from dockspec.container import CONTAINER, NAME
from dockspec.evaluation import Binding, State, answering, bindings, evaluate, holds
from dockspec.image import ARCHIVE, IMAGE, REFERENCE
from dockspec.language import Apply, Expr, Function, Sort, Value, Variable, walk
from dockspec.model import Always, Event, Kind, Operation, Rule, Specification
from hullcheck.steps import is_meant
from hullcheck.worlds import world

T = TypeVar("T")
Status: TypeAlias = Enum | bool
Place: TypeAlias = tuple[str, tuple[int, ...]]
"""A function at some slots."""


@dataclass(frozen=True)
class View:
    """What is followed of an object of a kind.

    Attributes:
        name: ``container``, ``image`` or ``exec``.
        type: the type that its events have.
        subject: the variable that stands for it in ``status``.
        status: its state.
        kept: what else decides its next events and survives them.
        sizes: how many objects of each sort are needed to show everything that can happen to one.
        references: the references among them, as docker writes them.
        operations: ids, or prefixes that end with a dot, of the operations looked at; empty: all.
        newest: whether the specification follows only the newest of such objects, while in the stream each has an id:
            then what makes another one is no step of this one.
    """

    name: str
    type: str
    subject: Variable
    status: Apply
    kept: tuple[Function, ...]
    sizes: Mapping[Sort, int]
    references: tuple[str, ...] = ()
    operations: tuple[str, ...] = ()
    newest: bool = False

    @property
    def initial(self) -> Status:
        """The state of an object that was never there."""
        return _status(self.status.function.initial)


CONTAINERS = View(
    "container",
    "container",
    container.c,
    container.status(container.c),
    (container.policy, container.auto_remove, container.manually_stopped),
    {CONTAINER: 1, NAME: 2, IMAGE: 2},
)
EXECS = View(
    "exec",
    "container",
    container.c,
    container.exec_process(container.c),
    (),
    {CONTAINER: 1, NAME: 1, IMAGE: 1},
    operations=("exec.",),
    newest=True,
)
IMAGES = View(
    "image",
    "image",
    image.i,
    image.present(image.i),
    (),
    {CONTAINER: 1, NAME: 1, IMAGE: 2, REFERENCE: 2, ARCHIVE: 1},
    ("app:1", "app@1"),
    ("image.", "build.", "container.commit"),
)


@dataclass(frozen=True)
class Step:
    """One step of an object.

    Attributes:
        rule: the rule that makes it.
        before: its status before.
        needs: values of kept functions that it requires, by position in ``View.kept``.
        events: what the stream shows of it on this object, in order.
        after: its status after.
        sets: values of kept functions that it sets, by position.
        makes: whether it makes a new object, with an identity that was never used.
        elsewhere: an event on an object of another sort that comes with it, where it has none on this object.
    """

    rule: str
    before: Status
    needs: tuple[tuple[int, Value], ...]
    events: tuple[str, ...]
    after: Status
    sets: tuple[tuple[int, Value], ...]
    makes: bool = False
    elsewhere: str = ""


def steps(spec: Specification, view: View) -> tuple[Step, ...]:
    """Every step that the rules make of one object (slot 0), those without any change left out."""
    found = tuple(dict.fromkeys(_Reader(spec, view).steps()))
    if not view.newest:
        return found
    making = {step.events for step in found if step.before == view.initial != step.after}
    return tuple(step for step in found if step.before == view.initial or step.events not in making)


# --- the rules, read ----------------------------------------------------------------------------------------------


@dataclass
class _Reader:
    spec: Specification
    view: View
    _possible: dict[tuple[str, frozenset[tuple[Place, Value]]], bool] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.world = world(self.view.sizes, self.view.references)
        self.functions = {f.name: f for f in self.spec.functions}
        self.changing = {self.view.status.function.name} | {f.name for f in self.view.kept}
        self.invariants = [
            (p, {f.name for f in _functions(p.formula)})
            for p in self.spec.properties
            if isinstance(p, Always) and p.holds_in(self.spec.dialect)
        ]

    def steps(self) -> Iterator[Step]:
        for operation in self.spec.operations:
            if self._is_looked_at(operation):
                for binding in bindings(operation, self.world):
                    yield from self._steps(operation, binding)

    def _is_looked_at(self, operation: Operation) -> bool:
        named = self.view.operations
        if named and not is_meant(operation.id, named):
            return False
        touched = {u.target.function.name for rule in operation.rules for u in rule.updates}
        types = {e.type for rule in operation.rules for e in rule.events}
        return bool(touched & self.changing) or self.view.type in types

    def _steps(self, operation: Operation, binding: Binding) -> Iterator[Step]:
        makes = any(v.type is self.view.subject.type and binding[v.name] == 0 for v in operation.fresh)

        def ask(state: State) -> Step | None:
            rule = answering(operation, binding, state)
            if rule is None or rule.answer.kind in {Kind.REFUSED, Kind.UNCHANGED}:
                return None
            return self._step(rule, binding, state, makes=makes)

        for step, read in outcomes(ask, self.world, self.functions):
            if step is not None and self._is_possible(read):
                kept = tuple((n, read[f.name, (0,)]) for n, f in enumerate(self.view.kept) if (f.name, (0,)) in read)
                if step.events or step.elsewhere or step.after is not step.before or step.sets:
                    yield Step(step.rule, step.before, kept, step.events, step.after, step.sets, makes, step.elsewhere)

    def _step(self, rule: Rule, binding: Binding, state: State, *, makes: bool) -> Step:
        here = {self.view.subject.name: 0}
        before = evaluate(self.view.status, state, here)
        changes: dict[Place, Value] = {}
        for update in rule.updates:
            if update.target.function.name in self.changing:
                for bound in _tuples(update.each, state):
                    env = {**binding, **bound}
                    if holds(update.where, state, env):
                        slots = tuple(env[a.name] for a in update.target.arguments)
                        changes[update.target.function.name, slots] = evaluate(update.value, state, env)  # type: ignore[index]  # slots
        events = tuple(self._events(rule, binding, state))
        after = changes.get((self.view.status.function.name, (0,)), before)
        sets = [(n, changes[f.name, (0,)]) for n, f in enumerate(self.view.kept) if (f.name, (0,)) in changes]
        elsewhere = "" if events else next((e.action for e in rule.events if self._is_elsewhere(e)), "")
        return Step(rule.id, _status(before), (), events, _status(after), tuple(sets), makes, elsewhere)

    def _is_elsewhere(self, event: Event) -> bool:
        if event.type != self.view.type or not event.subject:
            return False
        return event.subject[0].type is not self.view.subject.type

    def _events(self, rule: Rule, binding: Binding, state: State) -> Iterator[str]:
        for event in rule.events:
            if event.type == self.view.type and event.subject and not self._is_elsewhere(event):
                for bound in _tuples(event.subject if event.each else (), state):
                    env = {**binding, **bound}
                    if env[event.subject[0].name] == 0 and holds(event.where, state, env):
                        yield event.action

    def _is_possible(self, read: Mapping[Place, Value]) -> bool:
        """Whether no invariant forbids what was read, whatever the rest is."""
        names = {name for name, _ in read}
        for invariant, functions in self.invariants:
            if names & functions:
                part = {place: value for place, value in read.items() if place[0] in functions}
                key = (invariant.id, frozenset(part.items()))
                if key not in self._possible:
                    formula = invariant.formula
                    ways = outcomes(lambda s, f=formula: holds(f, s, {}), self.world, self.functions, part)  # type: ignore[misc]
                    self._possible[key] = any(true for true, _ in ways)
                if not self._possible[key]:
                    return False
        return True


def _status(value: Value) -> Status:
    if not isinstance(value, (Enum, bool)):
        raise TypeError(f"{value!r} is the status of no object")
    return value


def _functions(term: Expr) -> set[Function]:
    return {f for part in walk(term) if isinstance(f := getattr(part, "function", None), Function)}


def _tuples(variables: Sequence[Variable], state: State) -> Iterator[dict[str, Value]]:
    names = [v.name for v in variables]
    for values in product(*(state.objects(v.type) for v in variables)):
        yield dict(zip(names, values, strict=True))


# --- values that are chosen when they are read --------------------------------------------------------------------


def outcomes(
    ask: Callable[[State], T],
    base: State,
    functions: Mapping[str, Function],
    known: Mapping[Place, Value] | None = None,
) -> Iterator[tuple[T, dict[Place, Value]]]:
    """Ask of every state that the question can tell apart: each answer, with what was read for it.

    Args:
        ask: reads the state that it is given; nothing else may decide its answer.
        base: how many objects there are, and the values of the rigid functions.
        functions: those that it may read, by name.
        known: values that are given.
    """
    trail: list[list[Value]] = []  # for each reading in turn, the values that are still to be tried, the current last
    while True:
        opened = _Open(base, functions, known or {}, trail)
        answer = ask(State(base.sizes, opened))
        yield answer, opened.read
        while trail and len(trail[-1]) == 1:
            trail.pop()
        if not trail:
            return
        trail[-1].pop()


class _Table(Mapping[tuple[int, ...], Value]):
    """The values of one function."""

    def __init__(self, get: Callable[[tuple[int, ...]], Value]) -> None:
        self._get = get

    def get(self, key: tuple[int, ...], default: object = None) -> Value:  # noqa: ARG002
        return self._get(key)

    def __getitem__(self, key: tuple[int, ...]) -> Value:
        return self._get(key)

    def __iter__(self) -> Iterator[tuple[int, ...]]:
        raise TypeError("an open table has no end")

    def __len__(self) -> int:
        raise TypeError("an open table has no end")


class _Open(Mapping[str, Mapping[tuple[int, ...], Value]]):
    """Tables whose values are chosen when they are read."""

    def __init__(
        self, base: State, functions: Mapping[str, Function], known: Mapping[Place, Value], trail: list[list[Value]]
    ) -> None:
        self._base, self._functions, self._known, self._trail = base, functions, known, trail
        self._depth = 0
        self._tables: dict[str, _Table] = {}
        self.read: dict[Place, Value] = dict(known)

    def _value(self, name: str, slots: tuple[int, ...]) -> Value:
        place = (name, slots)
        if place not in self.read:
            if self._depth == len(self._trail):
                self._trail.append(_values(self._functions[name], self._base))
            self.read[place] = self._trail[self._depth][-1]
            self._depth += 1
        return self.read[place]

    def get(self, key: str, default: object = None) -> Mapping[tuple[int, ...], Value]:  # noqa: ARG002
        return self[key]

    def __getitem__(self, key: str) -> Mapping[tuple[int, ...], Value]:
        function = self._functions[key]
        if function.rigid:
            return _Table(lambda slots: self._base.value(function, *slots))
        if key not in self._tables:
            self._tables[key] = _Table(lambda slots: self._value(key, slots))
        return self._tables[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._functions)

    def __len__(self) -> int:
        return len(self._functions)


def _values(function: Function, base: State) -> list[Value]:
    """What a function can be, what it is at the beginning last: that is tried first."""
    values: Iterable[Value] = base.objects(function.type)
    others = [v for v in values if v is not function.initial]
    return [*reversed(others), function.initial]
