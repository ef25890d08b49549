"""Expressions of the specification as TLA+: close to one word for one word, since TLA+ has quantifiers and primes.

Functions of the state are functions there; the undefined value is the model value ``None``; members of enumerations
are strings. A named formula becomes an operator of the same name.

TLC evaluates a disjunction that stands as a conjunct of an action branch by branch, and then finds a successor once for
each branch that is true; so every guard is written as an equation, ``(...) = TRUE``, which it evaluates whole.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import Enum
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
    Value,
    Variable,
)
from dockspec.model import Rule, values_of
from hullcheck.explore.scope import Selection
from hullcheck.export import naming
from hullcheck.export.connectives import Connectives
from hullcheck.export.naming import Names

_CONNECTIVES = Connectives(
    "TRUE", "FALSE", "~", "/\\", "\\/", "=", "(IF {} THEN {} ELSE {})", lambda text: text.startswith('"')
)
TRUE, FALSE = _CONNECTIVES.true, _CONNECTIVES.false
is_constant, negation, equal = _CONNECTIVES.is_constant, _CONNECTIVES.negation, _CONNECTIVES.equal
all_of, any_of, choice = _CONNECTIVES.all_of, _CONNECTIVES.any_of, _CONNECTIVES.choice

Env: TypeAlias = Mapping[str, str]
"""The name under which each variable is known in the module."""


@dataclass(frozen=True)
class Operator:
    """A definition of the module."""

    name: str
    parameters: tuple[str, ...]
    body: str


@dataclass
class TlaTerms:
    """Writes expressions, and collects the operators that they need.

    Attributes:
        selection: the scope.
        names: gives out names; in TLA+ a bound variable must not be called like anything else.
        operators: the operators, in the order in which they must stand.
    """

    selection: Selection
    names: Names
    operators: list[Operator] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._varying = {f.name for f in self.selection.varying}
        self._constants: dict[str, str] = {}
        self._by_text: dict[tuple[str, str], Operator] = {}
        self._seen: dict[int, tuple[Named, Operator | str]] = {}  # with the term, so that its id stays its own
        self._bound: dict[str, str] = {}
        self._words: Mapping[type[Expr], Callable[[Any, Env, Rule | None], str]] = {
            Literal: lambda term, _env, _rule: self.value(term.value, bool),
            Variable: lambda term, env, _rule: env[term.name],
            Named: self._named,
            Apply: self._apply,
            Equal: lambda term, env, rule: equal(*(self.text(part, env, rule) for part in term.parts())),
            Member: self._member,
            Defined: lambda term, env, rule: negation(
                equal(self.text(term.term, env, rule), self.none(term.term.type))
            ),
            Not: lambda term, env, rule: negation(self.text(term.term, env, rule)),
            And: lambda term, env, rule: all_of(self.text(t, env, rule) for t in term.terms),
            Or: lambda term, env, rule: any_of(self.text(t, env, rule) for t in term.terms),
            If: lambda term, env, rule: choice(*(self.text(part, env, rule) for part in term.parts())),
            Quantified: self._quantified,
            Reaches: self._reaches,
            Fired: self._fired,
        }

    def text(self, term: Expr, env: Env, rule: Rule | None = None) -> str:
        """An expression as TLA+.

        Args:
            term: the expression.
            env: the names of its free variables.
            rule: the rule that was fired, for what a claim asks of it.
        """
        return self._words[type(term)](term, env, rule)

    def right_side(self, term: Expr, kind: Type, env: Env) -> str:
        """The new value of an update."""
        match term:
            case Literal(value=None):
                return self.none(kind)
            case If(condition=condition, then=then, otherwise=otherwise):
                parts = (self.right_side(part, kind, env) for part in (then, otherwise))
                return choice(self.text(condition, env), *parts)
            case _:
                return self.text(term, env)

    def apply(self, function: Function, arguments: Iterable[str], *, primed: bool = False) -> str:
        """A function of the state at some arguments."""
        inside = ", ".join(arguments)
        prime = "'" if primed else ""
        return f"{naming.function(function)}{prime}{f'[{inside}]' if inside else ''}"

    def value(self, value: Value, kind: Type) -> str:
        """A constant as TLA+."""
        if isinstance(value, Enum):
            return f'"{value.value}"'
        if isinstance(kind, Sort):
            return self.none(kind) if value is None else self.objects(kind)[int(value)]
        return TRUE if value else FALSE

    def none(self, _kind: object) -> str:
        """The undefined value."""
        return "None"

    def objects(self, sort: Sort) -> list[str]:
        """The model values of a sort: ``c1``, ``c2``, ..."""
        return [f"{sort.name.lower()}{slot + 1}" for slot in range(self.selection.size(sort))]

    def domain(self, kind: Type) -> str:
        """The set of everything of a type."""
        if isinstance(kind, Sort):
            return kind.name
        return "BOOLEAN" if kind is bool else f"{{{', '.join(self.value(v, kind) for v in values_of(kind))}}}"

    def varies(self, function: Function) -> bool:
        """Whether the function is a part of the state here."""
        return function.name in self._varying

    def local(self, variable: Variable) -> str:
        """The name of a parameter, or of a bound variable: its own, unless something else is called so."""
        if variable.name not in self._bound:
            self._bound[variable.name] = self.names.new(variable.name)
        return self._bound[variable.name]

    def binding(self, variables: Iterable[Variable], env: Env) -> dict[str, str]:
        """Names for bound variables: none may hide what is known already."""
        bound: dict[str, str] = {}
        for variable in variables:
            name = self.local(variable)
            if name in env.values():
                name = self.local(Variable(f"any_{variable.name}", variable.type))
            bound[variable.name] = name
        return bound

    # --- words of the language ----------------------------------------------------------------------------------

    def _named(self, term: Named, env: Env, rule: Rule | None) -> str:
        if id(term) not in self._seen:
            self._seen[id(term)] = (term, self._defined_as(term, rule))
        operator = self._seen[id(term)][1]
        if isinstance(operator, str):
            return operator
        arguments = ", ".join(env[v.name] for v in naming.parameters(term))
        return f"{operator.name}({arguments})" if arguments else operator.name

    def _defined_as(self, term: Named, rule: Rule | None) -> Operator | str:
        variables = naming.parameters(term)
        body = self.text(term.body, {v.name: self.local(v) for v in variables}, rule)
        if is_constant(body):
            return body
        key = (term.name, self.text(term.body, {v.name: f"${k}" for k, v in enumerate(variables)}, rule))
        if key not in self._by_text:
            primed = "_after" if "'" in body or "_after" in body else ""
            name = self.names.new(f"{naming.identifier(term.name)}{primed}")
            self._by_text[key] = Operator(name, tuple(self.local(v) for v in variables), body)
            self.operators.append(self._by_text[key])
        return self._by_text[key]

    def _apply(self, term: Apply, env: Env, _rule: Rule | None) -> str:
        arguments = [env[a.name] for a in term.arguments]
        if term.function.name in self._varying:
            return self.apply(term.function, arguments, primed=term.primed)
        return self._constant(term.function, arguments)

    def _constant(self, function: Function, arguments: list[str]) -> str:
        """A function that does not vary; its table is an operator without parameters."""
        table = {places: self.selection.constant(function, places) for places in self.selection.places(function)}
        if len(set(table.values())) <= 1:
            return self.value(next(iter(table.values()), function.initial), function.type)
        if function.name not in self._constants:
            name = self._constants[function.name] = self.names.new(naming.function(function))
            body = self.value(function.initial, function.type)
            given = [self.names.new(f"x{k}") for k in range(len(arguments))]
            for places, value in table.items():
                if value != function.initial:
                    objects = (self.objects(s)[k] for s, k in zip(function.domain, places, strict=True))
                    here = all_of(equal(x, o) for x, o in zip(given, objects, strict=True))
                    body = choice(here, self.value(value, function.type), body)
            ranges = ", ".join(f"{x} \\in {sort.name}" for x, sort in zip(given, function.domain, strict=True))
            self.operators.append(Operator(name, (), f"[{ranges} |-> {body}]"))
        return f"{self._constants[function.name]}[{', '.join(arguments)}]"

    def _member(self, term: Member, env: Env, rule: Rule | None) -> str:
        values = ", ".join(self.value(v, bool) for v in dict.fromkeys(term.values))
        inside = self.text(term.term, env, rule)
        if inside.startswith('"'):
            return TRUE if inside in values.split(", ") else FALSE
        return f"({inside} \\in {{{values}}})"

    def _quantified(self, term: Quantified, env: Env, rule: Rule | None) -> str:
        bound = self.binding(term.variables, env)
        body = self.text(term.body, {**env, **bound}, rule)
        empty = any(isinstance(v.type, Sort) and not self.selection.size(v.type) for v in term.variables)
        if empty:
            return TRUE if term.universal else FALSE
        if is_constant(body):
            return body
        ranges = ", ".join(f"{bound[v.name]} \\in {self.domain(v.type)}" for v in term.variables)
        word = "\\A" if term.universal else "\\E"
        return f"({word} {ranges} : {body})"

    def _reaches(self, term: Reaches, env: Env, _rule: Rule | None) -> str:
        if term.function.name not in self._varying:
            table = self._constant(term.function, [env[term.start.name]]).partition("[")[0]
            return FALSE if table == "None" else f"Reaches({table}, {env[term.start.name]}, {env[term.end.name]})"
        function = self.apply(term.function, (), primed=term.primed)
        return f"Reaches({function}, {env[term.start.name]}, {env[term.end.name]})"

    def _fired(self, term: Fired, _env: Env, rule: Rule | None) -> str:
        if rule is None:
            raise TypeError(f"{term!r} is asked, but no rule was fired")
        return TRUE if term.holds(rule) else FALSE
