"""From the language to the circuit: quantifiers are unrolled, constants are filled in, updates become values.

A primed function needs no second word. The state after a step is known as values over the state before (the updates
of the rule that was fired), so a step property becomes a formula about the state before.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from itertools import product
from typing import Any, TypeAlias

from dockspec.evaluation import Binding
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
    Value,
    Variable,
)
from dockspec.model import Rule, values_of
from hullcheck.explore.circuit import FALSE, TRUE, Circuit, Node
from hullcheck.explore.layout import Layout, code_of

Writes: TypeAlias = Mapping[int, Node]
"""What a rule changes: field number -> its value afterwards, over the state before."""

_NO_WRITES: Writes = {}
_Meaning: TypeAlias = Callable[[Any, dict[str, Value], "_Step"], Node]


class Translator:
    """Translates expressions and rules for the sizes and constants of one layout.

    Args:
        layout: the fields, and the selection that they stand for.
    """

    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        self.selection = layout.selection
        self.circuit = Circuit([f.codes for f in layout.fields])
        self._parts: dict[tuple[int, frozenset[str]], int] = {}
        self._reached: dict[tuple[str, int, int], list[Node]] = {}
        self._writes: dict[frozenset[tuple[int, Node]], Writes] = {frozenset(): _NO_WRITES}
        self._known: dict[tuple[object, ...], Node] = {}
        self._shapes: dict[int, _Shape] = {}
        self._constants: dict[tuple[str, tuple[int, ...]], Value] = {}
        self._bindings: dict[tuple[tuple[str, Type], ...], list[Binding]] = {}
        self._answers: dict[tuple[int, str], tuple[bool, ...]] = {}
        self._meanings: Mapping[type[Expr], _Meaning] = {
            Literal: self._value,
            Variable: self._value,
            Named: self._named,
            Apply: self._apply,
            Equal: self._equal,
            Member: self._member,
            Defined: self._defined,
            Not: self._not,
            And: self._and,
            Or: self._or,
            If: self._if,
            Quantified: self._quantified,
            Reaches: self._reaching,
            Fired: self._fired,
        }
        """How each word of the language is translated."""

    def formula(self, term: Expr, binding: Binding, *, rule: Rule | None = None, writes: Writes = _NO_WRITES) -> Node:
        """A formula of the language as a formula of the circuit.

        Args:
            term: the formula, or a Boolean term.
            binding: values of its free variables.
            rule: the rule that was fired, where the formula asks for it.
            writes: what it changes (as ``writes`` returned it), where the formula is primed; nothing: the state stays
                as it is.

        Raises:
            KeyError: when a free variable has no value.
            TypeError: when the formula asks for a rule and none was given.
        """
        return self._translate(term, dict(binding), _Step(rule, writes))

    def writes(self, rule: Rule, binding: Binding) -> Writes:
        """What a rule changes, as far as it varies here; the same object where it is the same."""
        found: dict[int, Node] = {}
        for function, _, field, changed, value in self._changes(rule, binding):
            if field is None:
                continue
            new = self.circuit.choice(changed, self._stored(value, function.type), self.circuit.field(field))
            if new != self.circuit.field(field):
                found[field] = new
        return self._writes.setdefault(frozenset(found.items()), found)

    def blocked(self, rule: Rule, binding: Binding) -> Node:
        """Where a rule would change a function that is frozen here."""
        frozen = {f.name for f in self.selection.scope.frozen}
        against = []
        for function, slots, field, changed, value in self._changes(rule, binding):
            if field is None and function.name in frozen:
                code = code_of(self.constant(function, slots))
                same = self._has_code(value, function, code)
                against.append(self.circuit.every((changed, self.circuit.inverse(same))))
        return self.circuit.some(against)

    def constant(self, function: Function, slots: tuple[int, ...]) -> Value:
        """The value of a function that does not vary."""
        key = (function.name, slots)
        if key not in self._constants:
            self._constants[key] = self.selection.constant(function, slots)
        return self._constants[key]

    def bindings(self, variables: tuple[Variable, ...]) -> Sequence[Binding]:
        """Every way to give values to some variables."""
        key = tuple([(v.name, v.type) for v in variables])
        if key not in self._bindings:
            names = [v.name for v in variables]
            ranges = [
                range(self.selection.size(v.type)) if isinstance(v.type, Sort) else values_of(v.type) for v in variables
            ]
            self._bindings[key] = [dict(zip(names, values, strict=True)) for values in product(*ranges)]
        return self._bindings[key]

    # --- updates ------------------------------------------------------------------------------------------------

    def _changes(
        self, rule: Rule, binding: Binding
    ) -> Iterator[tuple[Function, tuple[int, ...], int | None, Node, Node]]:
        """For each point that a rule may change: the function, where, its field, when it changes, the value."""
        dropped = {f.name for f in self.selection.scope.dropped}
        for update in rule.updates:
            function = update.target.function
            if function.name in dropped:
                continue
            for bound in self.bindings(update.each):
                env = {**binding, **bound}
                changed = self._translate(update.where, env, _STILL)
                if changed == FALSE:
                    continue
                slots = _slots(update.target.arguments, env)
                value = self._translate(update.value, env, _STILL)
                yield function, slots, self.layout.field(function, slots), changed, value

    def _stored(self, value: Node, kind: object) -> Node:
        """A translated right-hand side as a value: a formula becomes the code of a truth value."""
        one, zero = self.circuit.code(1), self.circuit.code(0)
        return self.circuit.choice(value, one, zero) if kind is bool else value

    def _has_code(self, value: Node, function: Function, code: int) -> Node:
        if function.type is bool:
            return value if code else self.circuit.inverse(value)
        return self.circuit.value_among(value, 1 << code)

    # --- expressions --------------------------------------------------------------------------------------------

    def _translate(self, term: Expr, env: dict[str, Value], step: _Step) -> Node:
        shape = self._shapes.get(id(term)) or self._shape(term)
        if shape.small:
            return shape.meaning(term, env, step)
        context = self._seen(step.writes, shape.primed) if shape.primed else 0
        answers = self._answered(shape, step.rule) if shape.fired else ()
        key = (id(term), context, answers, *[env[name] for name in shape.names])
        known = self._known.get(key)
        if known is None:
            known = self._known[key] = shape.meaning(term, env, step)
        return known

    def _shape(self, term: Expr) -> _Shape:
        shape = self._shapes.get(id(term))
        if shape is None:
            inside = [self._shape(part) for part in term.parts()]
            names = frozenset().union(*(part.names for part in inside))
            if isinstance(term, Variable):
                names |= {term.name}
            elif isinstance(term, Quantified):
                names -= {v.name for v in term.variables}
            primed = frozenset().union(*(part.primed for part in inside))
            if isinstance(term, (Apply, Reaches)) and term.primed:
                primed |= {term.function.name}
            fired = tuple(question for part in inside for question in part.fired)
            if isinstance(term, Fired):
                fired = (term,)
            small = isinstance(term, (Literal, Variable, Named, Apply))
            shape = self._shapes[id(term)] = _Shape(term, names, primed, fired, self._meanings[type(term)], small)
        return shape

    def _answered(self, shape: _Shape, rule: Rule | None) -> tuple[bool, ...]:
        """What a rule answers to all that an expression asks of it: rules that answer alike need one translation."""
        if rule is None:
            raise TypeError(f"{shape.fired[0]!r} is asked, but no rule was fired")
        key = (id(shape), rule.id)
        if key not in self._answers:
            self._answers[key] = tuple(question.holds(rule) for question in shape.fired)
        return self._answers[key]

    def _seen(self, writes: Writes, functions: frozenset[str]) -> int:
        """What a step writes of some functions, as a number: the same where it is the same."""
        if not writes or not functions:
            return id(_NO_WRITES)
        key = (id(writes), functions)
        if key not in self._parts:
            fields = self.layout.fields
            part = {field: value for field, value in writes.items() if fields[field].function.name in functions}
            self._parts[key] = id(self._writes.setdefault(frozenset(part.items()), part))
        return self._parts[key]

    def _value(self, term: Literal | Variable, env: dict[str, Value], _step: _Step) -> Node:
        value = _known_value(term, env)
        if isinstance(value, bool):
            return TRUE if value else FALSE
        return self.circuit.code(code_of(value))

    def _named(self, term: Named, env: dict[str, Value], step: _Step) -> Node:
        return self._translate(term.body, env, step)

    def _apply(self, term: Apply, env: dict[str, Value], step: _Step) -> Node:
        value = self._read(term.function, _slots(term.arguments, env), step, primed=term.primed)
        return self.circuit.value_among(value, 0b10) if term.function.type is bool else value

    def _equal(self, term: Equal, env: dict[str, Value], step: _Step) -> Node:
        left, right = term.left, term.right
        a = self._translate(left, env, step)
        if left.type is not bool and isinstance(right, (Literal, Variable)):  # the common case: a known value
            return self.circuit.value_among(a, 1 << code_of(_known_value(right, env)))
        b = self._translate(right, env, step)
        if left.type is bool:
            return self.circuit.if_(a, b, self.circuit.inverse(b))
        same = self.circuit.equal(a, b)
        if isinstance(left.type, Sort):  # what is undefined equals nothing
            return self.circuit.every((same, self.circuit.value_among(a, ~1)))
        return same

    def _member(self, term: Member, env: dict[str, Value], step: _Step) -> Node:
        codes = sum(1 << code_of(v) for v in set(term.values))
        return self.circuit.value_among(self._translate(term.term, env, step), codes)

    def _defined(self, term: Defined, env: dict[str, Value], step: _Step) -> Node:
        return self.circuit.value_among(self._translate(term.term, env, step), ~1)

    def _not(self, term: Not, env: dict[str, Value], step: _Step) -> Node:
        return self.circuit.inverse(self._translate(term.term, env, step))

    def _and(self, term: And, env: dict[str, Value], step: _Step) -> Node:
        return self.circuit.every(self._translate(t, env, step) for t in term.terms)

    def _or(self, term: Or, env: dict[str, Value], step: _Step) -> Node:
        return self.circuit.some(self._translate(t, env, step) for t in term.terms)

    def _if(self, term: If, env: dict[str, Value], step: _Step) -> Node:
        parts = [self._translate(t, env, step) for t in (term.condition, term.then, term.otherwise)]
        return self.circuit.if_(*parts) if term.type is bool else self.circuit.choice(*parts)

    def _quantified(self, term: Quantified, env: dict[str, Value], step: _Step) -> Node:
        each = (self._translate(term.body, {**env, **bound}, step) for bound in self.bindings(term.variables))
        return self.circuit.every(each) if term.universal else self.circuit.some(each)

    def _reaching(self, term: Reaches, env: dict[str, Value], step: _Step) -> Node:
        (origin, target) = _slots((term.start, term.end), env)
        return self._reaches(term.function, origin, step, primed=term.primed)[target]

    def _fired(self, term: Fired, _env: dict[str, Value], step: _Step) -> Node:
        return TRUE if self._answered(self._shape(term), step.rule) == (True,) else FALSE

    def _read(self, function: Function, slots: tuple[int, ...], step: _Step, *, primed: bool) -> Node:
        """The value of a function, as a code."""
        field = self.layout.field(function, slots)
        if field is None:
            return self.circuit.code(code_of(self.constant(function, slots)))
        if primed and field in step.writes:
            return step.writes[field]
        return self.circuit.field(field)

    def _reaches(self, function: Function, origin: int, step: _Step, *, primed: bool) -> list[Node]:
        """For each object, whether it can be reached: through one step, two, ..., as many as there are objects."""
        key = (function.name, origin, self._seen(step.writes, frozenset({function.name}) if primed else frozenset()))
        if key in self._reached:
            return self._reached[key]
        objects = range(self.selection.size(function.domain[0]))

        def leads(start: int, end: int) -> Node:
            return self.circuit.value_among(self._read(function, (start,), step, primed=primed), 1 << (end + 1))

        here = [leads(origin, end) for end in objects]
        reached = list(here)
        for _ in objects[1:]:
            here = [
                self.circuit.some(self.circuit.every((here[middle], leads(middle, end))) for middle in objects)
                for end in objects
            ]
            reached = [self.circuit.some(pair) for pair in zip(reached, here, strict=True)]
        self._reached[key] = reached
        return reached


class _Step:
    """The rule that is being fired, and what it writes."""

    __slots__ = ("rule", "writes")

    def __init__(self, rule: Rule | None, writes: Writes) -> None:
        self.rule = rule
        self.writes = writes


_STILL = _Step(None, _NO_WRITES)


@dataclass(frozen=True)
class _Shape:
    """What the translation of an expression depends on; holds on to the expression, so that its id stays its own.

    Attributes:
        term: the expression.
        names: its free variables.
        primed: the functions that it reads in the state after a step.
        fired: what it asks of the rule.
        meaning: how it is translated.
        small: whether that costs less than to remember what came of it.
    """

    term: Expr
    names: frozenset[str]
    primed: frozenset[str]
    fired: tuple[Fired, ...]
    meaning: _Meaning
    small: bool


def _known_value(term: Literal | Variable, env: Mapping[str, Value]) -> Value:
    return term.value if isinstance(term, Literal) else env[term.name]


def _slots(variables: tuple[Variable, ...], env: Mapping[str, Value]) -> tuple[int, ...]:
    return tuple(_slot(env[v.name]) for v in variables)


def _slot(value: Value) -> int:
    if isinstance(value, (Enum, bool)) or value is None:
        raise TypeError(f"{value!r} is no object of a sort")
    return value
