"""The meaning of the language on one concrete state: slow, plain, and the oracle for every other reading of it."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import TypeAlias

from dockspec.language import (
    And,
    Apply,
    Defined,
    Equal,
    Expr,
    Fired,
    Function,
    If,
    Literal,
    Member,
    Named,
    Not,
    Or,
    Quantified,
    Reaches,
    Sort,
    Type,
    Update,
    Value,
    Variable,
)
from dockspec.model import Operation, Rule, values_of

Binding: TypeAlias = Mapping[str, Value]
"""Values of variables, by name: slots for sorts."""


@dataclass(frozen=True)
class State:
    """One state: how many slots each sort has, and the value of each function at each tuple of slots.

    Only what differs from a function's initial value is stored, so two states that agree everywhere are equal.
    """

    sizes: Mapping[Sort, int]
    tables: Mapping[str, Mapping[tuple[int, ...], Value]] = field(default_factory=dict)

    def value(self, function: Function, *slots: int) -> Value:
        """The value of a function at some slots: a member, a truth value, a slot, or None where it is undefined."""
        return self.tables.get(function.name, _EMPTY).get(slots, function.initial)

    def setting(self, changes: Mapping[tuple[Function, tuple[int, ...]], Value]) -> State:
        """A copy with some values changed."""
        tables = dict(self.tables)
        for (function, slots), value in changes.items():
            table = dict(tables.get(function.name, _EMPTY))
            if value == function.initial and type(value) is type(function.initial):
                table.pop(slots, None)
            else:
                table[slots] = value
            tables[function.name] = table
        return State(self.sizes, {name: table for name, table in tables.items() if table})

    def resized(self, sort: Sort, size: int) -> State:
        """A copy with more (or fewer, where they are unused) slots of a sort."""
        return State({**self.sizes, sort: size}, self.tables)

    def objects(self, kind: Type) -> range | tuple[Value, ...]:
        """Everything of a type: the slots of a sort, the members of an enumeration, the truth values."""
        return range(self.sizes.get(kind, 0)) if isinstance(kind, Sort) else values_of(kind)


_EMPTY: Mapping[tuple[int, ...], Value] = {}


def evaluate(
    term: Expr, state: State, binding: Binding, *, after: State | None = None, rule: Rule | None = None
) -> Value:
    """The value of an expression in a state.

    Args:
        term: what to evaluate.
        state: where; the state before the step, where the expression compares two.
        binding: the values of its free variables.
        after: the state after the step, for primed functions.
        rule: the rule that was fired, for what a step property says about the answer.

    Returns:
        a member, a truth value, a slot, or None where a partial function is undefined.

    Raises:
        KeyError: when a free variable has no value.
        TypeError: when the expression is primed, or asks for the rule, and none was given.
    """
    return _meaning(term)(_Moment(state, after, rule), dict(binding))


def holds(term: Expr, state: State, binding: Binding, *, after: State | None = None, rule: Rule | None = None) -> bool:
    """Whether a formula holds; see ``evaluate``."""
    return evaluate(term, state, binding, after=after, rule=rule) is True


@dataclass(frozen=True, slots=True)
class _Moment:
    """What an expression is read in: a state, and, of a step, the state after it and the rule that was fired."""

    before: State
    after: State | None
    rule: Rule | None

    def state(self, primed: bool) -> State:
        if not primed:
            return self.before
        if self.after is None:
            raise TypeError("a primed function is read, but there is no state after")
        return self.after


_Meaning: TypeAlias = Callable[[_Moment, dict[str, Value]], Value]


def _meaning(term: Expr) -> _Meaning:
    """What the expression says, as a Python function; made once and kept with the expression."""
    kept: _Meaning | None = vars(term).get("_meaning")
    if kept is None:
        kept = vars(term)["_meaning"] = _read(term)
    return kept


def _read(term: Expr) -> _Meaning:  # noqa: C901, PLR0911, PLR0912  # one case a word of the language
    match term:
        case Literal(value=value):
            return lambda _moment, _env: value
        case Variable(name=name):
            return lambda _moment, env: env[name]
        case Named(body=body):
            return _meaning(body)
        case Apply():
            return _application(term)
        case Equal(left=left, right=right):
            return _equation(_meaning(left), _meaning(right))
        case Member(term=inner, values=values):
            read = _meaning(inner)
            return lambda moment, env: read(moment, env) in values
        case Defined(term=applied):
            read = _meaning(applied)
            return lambda moment, env: read(moment, env) is not None
        case Not(term=inner):
            read = _meaning(inner)
            return lambda moment, env: not read(moment, env)
        case And(terms=terms):
            return _first(False, [_meaning(t) for t in terms])
        case Or(terms=terms):
            return _first(True, [_meaning(t) for t in terms])
        case If(condition=condition, then=then, otherwise=otherwise):
            test, one, other = _meaning(condition), _meaning(then), _meaning(otherwise)
            return lambda moment, env: one(moment, env) if test(moment, env) else other(moment, env)
        case Quantified(universal=universal, variables=variables, body=body):
            return _quantification(universal, variables, _meaning(body))
        case Reaches(function=function, start=start, end=end, primed=primed):
            return lambda moment, env: _leads(moment.state(primed), function, env[start.name], env[end.name])
        case Fired():
            return _question(term)
        case _:
            raise TypeError(f"no meaning is given to {term!r}")


def _application(term: Apply) -> _Meaning:
    function, name, initial, primed = term.function, term.function.name, term.function.initial, term.primed
    arguments = [a.name for a in term.arguments]
    if len(arguments) != 1:
        return lambda moment, env: moment.state(primed).value(function, *(_slot(env[a]) for a in arguments))
    (argument,) = arguments  # the same, in short: most functions have one argument

    def read(moment: _Moment, env: dict[str, Value]) -> Value:
        state = moment.state(True) if primed else moment.before
        return state.tables.get(name, _EMPTY).get((env[argument],), initial)  # type: ignore[arg-type]  # a slot

    return read


def _equation(left: _Meaning, right: _Meaning) -> _Meaning:
    def equal(moment: _Moment, env: dict[str, Value]) -> bool:
        value = left(moment, env)
        return value is not None and value == right(moment, env)

    return equal


def _first(decisive: bool, parts: list[_Meaning]) -> _Meaning:
    """Whether one of the parts decides: the first false one an "and", the first true one an "or"."""

    def connected(moment: _Moment, env: dict[str, Value]) -> bool:
        for part in parts:
            if part(moment, env) is decisive:
                return decisive
        return not decisive

    return connected


def _quantification(universal: bool, variables: tuple[Variable, ...], body: _Meaning) -> _Meaning:
    """One variable after the other, the last one innermost."""
    first, *rest = variables
    name, kind = first.name, first.type
    inside = _quantification(universal, tuple(rest), body) if rest else body

    def quantified(moment: _Moment, env: dict[str, Value]) -> bool:
        inner = dict(env)
        for value in moment.before.objects(kind):
            inner[name] = value
            if inside(moment, inner) is not universal:
                return not universal
        return universal

    return quantified


def _question(term: Fired) -> _Meaning:
    def asked(moment: _Moment, _env: dict[str, Value]) -> bool:
        if moment.rule is None:
            raise TypeError(f"{term!r} is asked, but no rule was fired")
        return term.holds(moment.rule)

    return asked


def _leads(state: State, function: Function, start: Value, end: Value) -> bool:
    """Whether one or more steps of the function lead from start to end."""
    seen: set[Value] = set()
    here = state.value(function, _slot(start))
    while here is not None and here not in seen:
        if here == end:
            return True
        seen.add(here)
        here = state.value(function, _slot(here))
    return False


def bindings(operation: Operation, state: State) -> Iterator[Binding]:
    """Every way to give values to an operation's parameters in a state, whether it is possible there or not."""
    return _bindings(operation.all_parameters, state)


def answering(operation: Operation, binding: Binding, state: State) -> Rule | None:
    """The rule that answers: the first whose guard holds; None where the operation is not possible or none answers."""
    moment, env = _Moment(state, None, None), dict(binding)
    if not _meaning(operation.possible)(moment, env):
        return None
    return next((rule for rule in operation.rules if _meaning(rule.when)(moment, env)), None)


def fire(rule: Rule, binding: Binding, state: State) -> State:
    """The state after a rule was fired: every right-hand side reads the state before."""
    changes: dict[tuple[Function, tuple[int, ...]], Value] = {}
    for update in rule.updates:
        changes.update(_changes(update, binding, state))
    return state.setting(changes) if changes else state


@dataclass(frozen=True)
class Happening:
    """An event as it was emitted: on which object, with which attributes."""

    type: str
    action: str
    subject: tuple[int, ...]
    attributes: Mapping[str, Value | str]


def emitted(rule: Rule, binding: Binding, state: State) -> tuple[Happening, ...]:
    """The events that a rule emits when it is fired in a state, in order."""
    found = []
    for event in rule.events:
        variables = event.subject if event.each else ()
        for bound in _bindings(variables, state):
            env = {**binding, **bound}
            if holds(event.where, state, env):
                slots = tuple(_slot(env[v.name]) for v in event.subject)
                attributes = {
                    name: evaluate(value, state, env) if isinstance(value, Expr) else value
                    for name, value in event.attributes.items()
                }
                found.append(Happening(event.type, event.action, slots, attributes))
    return tuple(found)


def _changes(
    update: Update, binding: Binding, state: State
) -> Iterator[tuple[tuple[Function, tuple[int, ...]], Value]]:
    for bound in _bindings(update.each, state):
        env = {**binding, **bound}
        if holds(update.where, state, env):
            slots = tuple(_slot(env[a.name]) for a in update.target.arguments)
            yield (update.target.function, slots), evaluate(update.value, state, env)


def _bindings(variables: tuple[Variable, ...], state: State) -> Iterator[Binding]:
    names = [v.name for v in variables]
    for values in itertools.product(*(state.objects(v.type) for v in variables)):
        yield dict(zip(names, values, strict=True))


def _slot(value: Value) -> int:
    if isinstance(value, (Enum, bool)) or value is None:
        raise TypeError(f"{value!r} is no object of a sort")
    return value
