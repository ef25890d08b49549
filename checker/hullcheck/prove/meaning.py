"""The meaning of the language as z3 formulas: the counterpart of ``dockspec.evaluation``, word by word.

A partial function is a relation here, so that ``f(x) = y`` is ``f(x, y)`` and ``defined f(x)`` is "some y: f(x, y)".
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Protocol, TypeAlias

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
    Variable,
)
from dockspec.model import Rule
from hullcheck.prove.universe import (
    FALSE,
    TRUE,
    Term,
    Universe,
    by_cases,
    choice,
    conjunction,
    disjunction,
    equation,
    negation,
)

Binding: TypeAlias = Mapping[str, Term]
"""What variables stand for, by name."""


class View(Protocol):
    """How a state is read."""

    def value(self, function: Function, arguments: Sequence[Term]) -> Term:
        """The value of a total function."""

    def maps(self, function: Function, arguments: Sequence[Term], target: Term) -> Term:
        """Whether a partial function is defined, and maps to the target."""

    def reaches(self, function: Function, start: Term, end: Term) -> Term:
        """Whether one or more steps of the function lead from start to end."""


@dataclass(frozen=True)
class Reading:
    """What an expression is read in.

    Attributes:
        universe: what quantifiers range over.
        before: the state; the one before the step, where the expression compares two.
        after: the state after the step, for primed functions.
        rule: the rule that was fired, for what a step property says about the answer.
    """

    universe: Universe
    before: View
    after: View | None = None
    rule: Rule | None = None

    def view(self, *, primed: bool) -> View:
        """The state before, or (primed) after.

        Raises:
            TypeError: when there is none after.
        """
        if not primed:
            return self.before
        if self.after is None:
            raise TypeError("a primed function is read, but there is no state after")
        return self.after


def meaning(term: Expr, reading: Reading, binding: Binding) -> Term:  # noqa: C901, PLR0911, PLR0912  # one case a word
    """An expression as a z3 term.

    Args:
        term: of any type but a sort, except that a variable may stand for an object.
        reading: what it is read in.
        binding: what its free variables stand for.

    Raises:
        KeyError: when a free variable has no value.
        TypeError: when the expression is primed, or asks for the rule, and none was given.
    """
    universe = reading.universe

    def read(inner: Expr) -> Term:
        return meaning(inner, reading, binding)

    match term:
        case Literal(value=value) if isinstance(value, (bool, Enum)):
            return universe.member(value)
        case Variable(name=name):
            return binding[name]
        case Named(body=body):
            return read(body)
        case Apply(function=function, arguments=arguments, primed=primed) if not function.partial:
            return reading.view(primed=primed).value(function, [binding[a.name] for a in arguments])
        case Equal(left=left, right=right):
            if isinstance(left.type, Sort):
                return _same_object(left, right, reading, binding)
            return by_cases(read(left), lambda one: by_cases(read(right), lambda other: equation(one, other)))
        case Member(term=inner, values=values):
            return by_cases(read(inner), lambda one: disjunction(*(equation(one, universe.member(v)) for v in values)))
        case Defined(term=applied):
            return universe.some((applied.type,), lambda target: maps(applied, target, reading, binding))
        case Not(term=inner):
            return negation(read(inner))
        case And(terms=terms):
            return conjunction(*map(read, terms))
        case Or(terms=terms):
            return disjunction(*map(read, terms))
        case If(condition=condition, then=then, otherwise=otherwise):
            return choice(read(condition), read(then), read(otherwise))
        case Quantified(universal=universal, variables=variables, body=body):
            names = [v.name for v in variables]
            return universe.quantified(
                [v.type for v in variables],
                lambda *values: meaning(body, reading, {**binding, **dict(zip(names, values, strict=True))}),
                universal=universal,
            )
        case Reaches(function=function, start=start, end=end, primed=primed):
            return reading.view(primed=primed).reaches(function, binding[start.name], binding[end.name])
        case Fired():
            if reading.rule is None:
                raise TypeError(f"{term!r} is asked, but no rule was fired")
            return TRUE if term.holds(reading.rule) else FALSE
        case _:
            raise TypeError(f"no meaning is given to {term!r}")


def maps(term: Expr, target: Term, reading: Reading, binding: Binding) -> Term:
    """Whether a term of a sort is defined, and denotes the target.

    Raises:
        TypeError: when it denotes no object.
    """
    match term:
        case Variable(name=name):
            return equation(binding[name], target)
        case Literal(value=None):
            return FALSE
        case Named(body=body):
            return maps(body, target, reading, binding)
        case Apply(function=function, arguments=arguments, primed=primed):
            return reading.view(primed=primed).maps(function, [binding[a.name] for a in arguments], target)
        case If(condition=condition, then=then, otherwise=otherwise):
            return choice(
                meaning(condition, reading, binding),
                maps(then, target, reading, binding),
                maps(otherwise, target, reading, binding),
            )
        case _:
            raise TypeError(f"{term!r} denotes no object")


def _same_object(left: Expr, right: Expr, reading: Reading, binding: Binding) -> Term:
    for one, other in ((left, right), (right, left)):
        if isinstance(one, Variable):
            return maps(other, binding[one.name], reading, binding)
    return reading.universe.some(
        (left.type,),
        lambda target: conjunction(maps(left, target, reading, binding), maps(right, target, reading, binding)),
    )
