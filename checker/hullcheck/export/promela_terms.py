"""Expressions of the specification as Promela.

Quantifiers are unrolled over the slots of the scope, because Promela has none; constants are filled in and what they
decide is left away. A named formula becomes a macro of the same name, so that the text reads like the specification.

An expression is text that can stand anywhere: an atom, a call, or parenthesised.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from itertools import product
from math import prod
from typing import Any, TypeAlias

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
    walk,
)
from dockspec.model import Rule, values_of
from hullcheck.explore.scope import Selection
from hullcheck.export import naming
from hullcheck.export.connectives import Connectives
from hullcheck.export.naming import Names


def _is_value(text: str) -> bool:
    """Whether a text is a slot or a member (in capitals): two that are written differently are different."""
    return text.isdigit() or text.isupper()


_CONNECTIVES = Connectives("true", "false", "!", "&&", "||", "==", "({} -> {} : {})", _is_value)
TRUE, FALSE = _CONNECTIVES.true, _CONNECTIVES.false
is_constant, negation, equal = _CONNECTIVES.is_constant, _CONNECTIVES.negation, _CONNECTIVES.equal
all_of, any_of, choice = _CONNECTIVES.all_of, _CONNECTIVES.any_of, _CONNECTIVES.choice
BEFORE = "before_"
"""The prefix of a copy that a step makes of what it is about to change."""

_LONG = 80
"""A text of so many characters is worth a name."""

Env: TypeAlias = Mapping[str, str]
"""The text of each variable: a slot, a constant, or the name of a macro's parameter."""


@dataclass(frozen=True)
class Reading:
    """In which moment an expression is read.

    Attributes:
        written: the functions that the step has changed already; their value before it is in a copy.
        places: of a claim, in which every slot is known: the places that the step changes, each with the value that it
            has afterwards. What it does not change has one value, before and after.
        rule: of a claim, the rule that was fired.
    """

    written: frozenset[str] = frozenset()
    places: Mapping[str, str] | None = None
    rule: Rule | None = None


NOW = Reading()
"""Before anything has changed."""


@dataclass(frozen=True)
class Macro:
    """A definition for the preprocessor.

    Attributes:
        name: its name.
        parameters: the names of its parameters.
        body: what it stands for.
        copies: the places whose copies it reads.
        about: a comment; empty where the name says enough.
    """

    name: str
    parameters: tuple[str, ...]
    body: str
    copies: frozenset[str] = frozenset()
    about: str = ""


@dataclass
class Terms:
    """Writes expressions, and collects the macros that they need.

    Attributes:
        selection: the scope.
        macros: the macros, in an order in which they can stand.
        copies: the functions (of a claim: the places) of which a copy was read since this was last emptied.
    """

    selection: Selection
    names: Names
    macros: list[Macro] = field(default_factory=list)
    copies: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self._varying = {f.name for f in self.selection.varying}
        self._followed = {
            part.function.name
            for formula in self.selection.formulas()
            for part in walk(formula)
            if isinstance(part, Reaches)
        }
        self._by_text: dict[tuple[str, str, int], Macro] = {}
        self._seen: dict[tuple[int, frozenset[str]], tuple[Named, Macro | str]] = {}
        # with the term, so that its id stays its own
        self._tables: dict[str, str] = {}
        self._words: Mapping[type[Expr], Callable[[Any, Env, Reading], str]] = {
            Literal: self._literal,
            Variable: lambda term, env, _: env[term.name],
            Named: self._named,
            Apply: self._apply,
            Equal: self._equal,
            Member: lambda term, env, at: any_of(
                equal(self.text(term.term, env, at), naming.member(value)) for value in dict.fromkeys(term.values)
            ),
            Defined: self._defined,
            Not: lambda term, env, at: negation(self.text(term.term, env, at)),
            And: lambda term, env, at: all_of(self.text(t, env, at) for t in term.terms),
            Or: lambda term, env, at: any_of(self.text(t, env, at) for t in term.terms),
            If: lambda term, env, at: choice(*(self.text(t, env, at) for t in term.parts())),
            Quantified: self._quantified,
            Reaches: self._reaches,
            Fired: self._fired,
        }

    def text(self, term: Expr, env: Env, reading: Reading = NOW) -> str:
        """An expression as Promela."""
        return self._words[type(term)](term, env, reading)

    def place(self, function: Function, slots: Iterable[str]) -> str:
        """A varying function at some slots, as what can be read or assigned."""
        index = ""
        for slot, sort in zip(slots, function.domain, strict=True):
            size = self.selection.size(sort)
            index = slot if not index else _sum(index, size, slot)
        return f"{naming.function(function)}{f'[{index}]' if function.domain else ''}"

    def value(self, value: Value, kind: object) -> str:
        """A constant as Promela: an object by its slot, none by the number of objects."""
        if isinstance(kind, Sort):
            return str(self.selection.size(kind) if value is None else value)
        return naming.member(value) if isinstance(value, Enum) else (TRUE if value else FALSE)

    def cells(self, function: Function) -> int:
        """How many values a function has here."""
        return prod(self.selection.size(sort) for sort in function.domain)

    def varies(self, function: Function) -> bool:
        """Whether the function is a part of the state here."""
        return function.name in self._varying

    def is_followed(self, function: Function) -> bool:
        """Whether several steps of the function are followed; then one place more stands for none."""
        return function.name in self._followed

    def objects(self, kind: Type) -> list[str]:
        """Everything of a type."""
        if isinstance(kind, Sort):
            return [str(slot) for slot in range(self.selection.size(kind))]
        return [self.value(value, kind) for value in values_of(kind)]

    def right_side(self, update: Update, env: Env, reading: Reading) -> str:
        """The new value of an update."""
        return self._new(update.value, update.target.function.type, env, reading)

    def _new(self, term: Expr, kind: Type, env: Env, reading: Reading) -> str:
        match term:
            case Literal(value=None):
                return self.value(None, kind)
            case If(condition=condition, then=then, otherwise=otherwise):
                one, other = (self._new(part, kind, env, reading) for part in (then, otherwise))
                return choice(self.text(condition, env, reading), one, other)
            case _:
                return self.text(term, env, reading)

    # --- words of the language ----------------------------------------------------------------------------------

    def _literal(self, term: Literal, _env: Env, _reading: Reading) -> str:
        return naming.member(term.value) if isinstance(term.value, Enum) else (TRUE if term.value else FALSE)

    def _named(self, term: Named, env: Env, reading: Reading) -> str:
        if reading.places is not None:
            return self._abbreviated(term, self.text(term.body, env, reading), env)
        key = (id(term), reading.written)
        if key not in self._seen:
            self._seen[key] = (term, self._defined_as(term, reading))
        macro = self._seen[key][1]
        if isinstance(macro, str):
            return macro
        self.copies |= macro.copies
        return f"{macro.name}({', '.join(env[v.name] for v in naming.parameters(term))})"

    def _abbreviated(self, term: Named, text: str, env: Env) -> str:
        """A named formula in a claim, where its objects are known: if it is long, a macro without parameters."""
        if len(text) < _LONG:
            return text
        key = (term.name, text, 0)
        if key not in self._by_text:
            objects = "_".join(env[v.name].lower() for v in naming.parameters(term))
            prefix = BEFORE if BEFORE in text else ""
            macro = Macro(self.names.new(f"{prefix}{naming.identifier(term.name)}_{objects}"), (), text)
            self._by_text[key] = macro
            self.macros.append(macro)
        return f"{self._by_text[key].name}()"

    def _defined_as(self, term: Named, reading: Reading) -> Macro | str:
        """The macro of a named formula; a truth value where it is one here."""
        variables = naming.parameters(term)
        outer, self.copies = self.copies, set()
        body = self.text(term.body, {v.name: v.name for v in variables}, reading)
        used, self.copies = frozenset(self.copies), outer
        if is_constant(body):
            return body
        # whatever its variables are called, it is the same macro
        text = self.text(term.body, {v.name: f"${k}" for k, v in enumerate(variables)}, reading)
        key = (term.name, text, len(variables))
        if key not in self._by_text:
            name = self.names.new(f"{BEFORE if used else ''}{naming.identifier(term.name)}")
            self._by_text[key] = Macro(name, tuple(v.name for v in variables), body, used)
            self.macros.append(self._by_text[key])
        return self._by_text[key]

    def _apply(self, term: Apply, env: Env, reading: Reading) -> str:
        slots = [env[a.name] for a in term.arguments]
        if term.function.name not in self._varying:
            return self._constant(term.function, slots)
        return self._read(term.function, slots, reading, primed=term.primed)

    def _read(self, function: Function, slots: Iterable[str], reading: Reading, *, primed: bool) -> str:
        place = self.place(function, slots)
        after = (reading.places or {}).get(place, "")
        if primed:
            return after if is_constant(after) or _is_value(after) else place
        if not after and function.name not in reading.written:
            return place
        self.copies.add(function.name if reading.places is None else place)
        return f"{BEFORE}{place}"

    def _constant(self, function: Function, slots: list[str]) -> str:
        """The value of a function that does not vary; of one that depends on a parameter, a macro that looks it up."""
        table = {places: self.selection.constant(function, places) for places in self.selection.places(function)}
        if len(set(table.values())) <= 1:
            return self.value(next(iter(table.values()), function.initial), function.type)
        if all(slot.isdigit() for slot in slots):
            return self.value(table[tuple(map(int, slots))], function.type)
        if function.name not in self._tables:
            name = self.names.new(naming.function(function))
            given = [f"x{k}" for k in range(len(slots))]
            body = self.value(function.initial, function.type)
            for places, value in table.items():
                if value != function.initial:
                    here = all_of(equal(x, str(place)) for x, place in zip(given, places, strict=True))
                    body = choice(here, self.value(value, function.type), body)
            self._tables[function.name] = name
            self.macros.append(Macro(name, tuple(given), body, about=function.about))
        return f"{self._tables[function.name]}({', '.join(slots)})"

    def _equal(self, term: Equal, env: Env, reading: Reading) -> str:
        return equal(self.text(term.left, env, reading), self.text(term.right, env, reading))

    def _defined(self, term: Defined, env: Env, reading: Reading) -> str:
        return negation(equal(self.text(term.term, env, reading), self.value(None, term.term.function.type)))

    def _quantified(self, term: Quantified, env: Env, reading: Reading) -> str:
        names = [v.name for v in term.variables]
        ranges = [range(self.selection.size(v.type)) for v in term.variables if isinstance(v.type, Sort)]
        bodies = (
            self.text(term.body, {**env, **dict(zip(names, map(str, slots), strict=True))}, reading)
            for slots in product(*ranges)
        )
        return all_of(bodies) if term.universal else any_of(bodies)

    def _reaches(self, term: Reaches, env: Env, reading: Reading) -> str:
        """One step leads there, or two, ...: what is undefined leads on to what is undefined, one slot further."""
        function, end = term.function, env[term.end.name]
        if function.name not in self._varying:
            return self._reaches_always(function, env[term.start.name], end)
        here, steps, everywhere = env[term.start.name], [], self._all_copied(function, reading, primed=term.primed)
        for _ in range(self.selection.size(function.domain[0])):
            here = self._read(function, [here], everywhere, primed=term.primed)
            steps.append(equal(here, end))
        return any_of(steps)

    def _all_copied(self, function: Function, reading: Reading, *, primed: bool) -> Reading:
        """Of a claim about a function that is followed: which of its places are read is not known, so all are."""
        if reading.places is None or primed:
            return reading
        places = {self.place(function, [str(slot)]) for slot in range(self.cells(function) + 1)}
        if not places & {*reading.places}:
            return reading
        self.copies |= places
        return Reading(frozenset({function.name}))

    def _reaches_always(self, function: Function, start: str, end: str) -> str:
        pairs = []
        for slot in range(self.selection.size(function.domain[0])):
            seen: list[Value] = []
            here = self.selection.constant(function, (slot,))
            while isinstance(here, int) and here not in seen:
                seen.append(here)
                here = self.selection.constant(function, (here,))
            pairs += [all_of((equal(start, str(slot)), equal(end, str(target)))) for target in seen]
        return any_of(pairs)

    def _fired(self, term: Fired, _env: Env, reading: Reading) -> str:
        if reading.rule is None:
            raise TypeError(f"{term!r} is asked, but no rule was fired")
        return TRUE if term.holds(reading.rule) else FALSE


def _sum(index: str, size: int, slot: str) -> str:
    if index.isdigit() and slot.isdigit():
        return str(int(index) * size + int(slot))
    return f"{index} * {size} + {slot}"
