"""From the language to the circuit: quantifiers are unrolled, constants are filled in, updates become values.

A primed function needs no second word. The state after a step is known as values over the state before (the updates
of the rule that was fired), so a step property becomes a formula about the state before.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from itertools import product
from typing import TypeAlias

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
    Value,
    Variable,
)
from dockspec.model import Rule, values_of
from hullcheck.explore.circuit import FALSE, TRUE, Circuit, Node
from hullcheck.explore.layout import Layout, code_of

Writes: TypeAlias = Mapping[int, Node]
"""What a rule changes: field number -> its value afterwards, over the state before."""

_NO_WRITES: Writes = {}


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

    def bindings(self, variables: tuple[Variable, ...]) -> Iterator[Binding]:
        """Every way to give values to some variables."""
        names = [v.name for v in variables]
        ranges = [
            range(self.selection.size(v.type)) if isinstance(v.type, Sort) else values_of(v.type) for v in variables
        ]
        for values in product(*ranges):
            yield dict(zip(names, values, strict=True))

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
        if isinstance(term, (Literal, Variable, Named)):
            return self._compute(term, env, step)
        shape = self._shape(term)
        context = self._seen(step.writes, shape.primed)
        who = id(step.rule) if shape.fired else None
        key = (id(term), context, who, *[env[name] for name in shape.names])
        known = self._known.get(key)
        if known is None:
            known = self._known[key] = self._compute(term, env, step)
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
            fired = isinstance(term, Fired) or any(part.fired for part in inside)
            shape = self._shapes[id(term)] = _Shape(term, names, primed, fired)
        return shape

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

    def _compute(  # noqa: C901, PLR0911, PLR0912  # one case a word of the language
        self, term: Expr, env: dict[str, Value], step: _Step
    ) -> Node:
        circuit = self.circuit
        match term:
            case Literal(value=value):
                return self._literal(value)
            case Variable(name=name):
                return self._literal(env[name])
            case Named(body=body):
                return self._translate(body, env, step)
            case Apply(function=function, arguments=arguments, primed=primed):
                value = self._read(function, _slots(arguments, env), step, primed=primed)
                return circuit.value_among(value, 0b10) if function.type is bool else value
            case Equal(left=left, right=right):
                return self._equal(left, right, env, step)
            case Member(term=inner, values=values):
                codes = sum(1 << code_of(v) for v in set(values))
                return circuit.value_among(self._translate(inner, env, step), codes)
            case Defined(term=inner):
                return circuit.value_among(self._translate(inner, env, step), ~1)
            case Not(term=inner):
                return circuit.inverse(self._translate(inner, env, step))
            case And(terms=terms):
                return circuit.every(self._translate(t, env, step) for t in terms)
            case Or(terms=terms):
                return circuit.some(self._translate(t, env, step) for t in terms)
            case If(condition=condition, then=then, otherwise=otherwise):
                parts = [self._translate(t, env, step) for t in (condition, then, otherwise)]
                return circuit.if_(*parts) if term.type is bool else circuit.choice(*parts)
            case Quantified(universal=universal, variables=variables, body=body):
                every = (self._translate(body, {**env, **bound}, step) for bound in self.bindings(variables))
                return circuit.every(every) if universal else circuit.some(every)
            case Reaches(function=function, start=start, end=end, primed=primed):
                (origin, target) = _slots((start, end), env)
                return self._reaches(function, origin, step, primed=primed)[target]
            case Fired(holds=predicate):
                if step.rule is None:
                    raise TypeError(f"{term!r} is asked, but no rule was fired")
                return TRUE if predicate(step.rule) else FALSE
            case _:
                raise TypeError(f"no meaning is given to {term!r}")

    def _literal(self, value: Value) -> Node:
        if isinstance(value, bool):
            return TRUE if value else FALSE
        return self.circuit.code(code_of(value))

    def _read(self, function: Function, slots: tuple[int, ...], step: _Step, *, primed: bool) -> Node:
        """The value of a function, as a code."""
        field = self.layout.field(function, slots)
        if field is None:
            return self.circuit.code(code_of(self.constant(function, slots)))
        if primed and field in step.writes:
            return step.writes[field]
        return self.circuit.field(field)

    def _equal(self, left: Expr, right: Expr, env: dict[str, Value], step: _Step) -> Node:
        a, b = self._translate(left, env, step), self._translate(right, env, step)
        if left.type is bool:
            return self.circuit.if_(a, b, self.circuit.inverse(b))
        same = self.circuit.equal(a, b)
        if isinstance(left.type, Sort):  # what is undefined equals nothing
            return self.circuit.every((same, self.circuit.value_among(a, ~1)))
        return same

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
        fired: whether it asks for the rule.
    """

    term: Expr
    names: frozenset[str]
    primed: frozenset[str]
    fired: bool


def _slots(variables: tuple[Variable, ...], env: Mapping[str, Value]) -> tuple[int, ...]:
    return tuple(_slot(env[v.name]) for v in variables)


def _slot(value: Value) -> int:
    if isinstance(value, (Enum, bool)) or value is None:
        raise TypeError(f"{value!r} is no object of a sort")
    return value
