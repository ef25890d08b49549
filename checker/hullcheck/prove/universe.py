"""What the variables of a proof range over: any number of objects, or a few of which each is named.

The language's words are given to z3 in one of two universes, and read the same in both:

- ``Universe``: a sort is any non-empty set. A quantifier stays one. This is where properties are proved.
- ``FiniteUniverse``: a sort has so many objects, and a quantifier is written out over them, so that z3 decides every
  question. This is where counterexamples are looked for, and where two readings of the language are compared.

An enumeration is the same in both: exactly its members.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from enum import Enum
from functools import cache
from itertools import product
from typing import Any, TypeAlias

import z3

from dockspec.language import Function, Sort, Type, Variable, type_name

Term: TypeAlias = Any
"""A term or a formula of z3, whose Python interface has no types."""

TRUE: Term = z3.BoolVal(True)
FALSE: Term = z3.BoolVal(False)
_TRUE_ID, _FALSE_ID = TRUE.get_id(), FALSE.get_id()


def is_true(term: Term) -> bool:
    """Whether a formula is plainly true; z3's own question takes ten times as long."""
    return bool(term.get_id() == _TRUE_ID)


def is_false(term: Term) -> bool:
    """Whether a formula is plainly false."""
    return bool(term.get_id() == _FALSE_ID)


class Universe:
    """Any number of objects of each sort, but at least one; an object that was never used counts."""

    def __init__(self) -> None:
        self._depth = 0

    def sort(self, kind: Type) -> Term:
        """The z3 sort of a type."""
        if isinstance(kind, Sort):
            return _uninterpreted(kind.name)
        return z3.BoolSort() if kind is bool else enumeration(kind)[0]

    def member(self, value: Enum | bool) -> Term:
        """A member of an enumeration, or a truth value."""
        return z3.BoolVal(value) if isinstance(value, bool) else enumeration(type(value))[1][value]

    def constant(self, variable: Variable) -> Term:
        """A value of which nothing is known but its type: a parameter."""
        return z3.Const(variable.name, self.sort(variable.type))

    def symbol(self, function: Function, mark: str = "") -> Term:
        """The z3 function for a part of the state: a relation to the values, where the function is partial.

        As a relation a partial function from a sort to itself gives z3 no terms to build ever longer ones of.
        """
        domain = [self.sort(s) for s in function.domain]
        if function.partial:
            return z3.Function(function.name + mark, *domain, self.sort(function.type), z3.BoolSort())
        return z3.Function(function.name + mark, *domain, self.sort(function.type))

    def relation(self, name: str, *domain: Sort) -> Term:
        """A relation that is no part of the state."""
        return z3.Function(name, *map(self.sort, domain), z3.BoolSort())

    def quantified(self, kinds: Sequence[Type], body: Callable[..., Term], *, universal: bool) -> Term:
        """For all, or for some, values of these types: the body.

        A bound variable is called by how deep it stands, so that none is captured and equal formulas are the same.
        """
        names = (f"{type_name(kind).lower()}:{self._depth + place}" for place, kind in enumerate(kinds))
        bound = [z3.Const(name, self.sort(kind)) for name, kind in zip(names, kinds, strict=True)]
        self._depth += len(bound)
        try:
            inside = body(*bound)
        finally:
            self._depth -= len(bound)
        if is_true(inside) or is_false(inside):
            return inside
        return (z3.ForAll if universal else z3.Exists)(bound, inside)

    def every(self, kinds: Sequence[Type], body: Callable[..., Term]) -> Term:
        """For all values of these types: the body."""
        return self.quantified(kinds, body, universal=True)

    def some(self, kinds: Sequence[Type], body: Callable[..., Term]) -> Term:
        """For some values of these types: the body."""
        return self.quantified(kinds, body, universal=False)


class FiniteUniverse(Universe):
    """So many objects of each sort.

    Args:
        sizes: how many; 1 where nothing is said.
    """

    def __init__(self, sizes: Mapping[Sort, int]) -> None:
        super().__init__()
        self.sizes = dict(sizes)

    def sort(self, kind: Type) -> Term:
        """The z3 sort of a type."""
        return _counted(kind.name, self.sizes.get(kind, 1))[0] if isinstance(kind, Sort) else super().sort(kind)

    def objects(self, kind: Type) -> Sequence[Term]:
        """Every value of a type, by name: the objects of a sort in the order of their slots."""
        if isinstance(kind, Sort):
            return _counted(kind.name, self.sizes.get(kind, 1))[1]
        values = (False, True) if kind is bool else tuple(kind)
        return [self.member(value) for value in values]

    def quantified(self, kinds: Sequence[Type], body: Callable[..., Term], *, universal: bool) -> Term:
        """For all, or for some, values of these types: the body, written out for each."""
        cases = (body(*values) for values in product(*map(self.objects, kinds)))
        return (conjunction if universal else disjunction)(*cases)


@cache
def _uninterpreted(name: str) -> Term:
    return z3.DeclareSort(name)


@cache
def _counted(name: str, size: int) -> tuple[Term, Sequence[Term]]:
    sort, objects = z3.EnumSort(f"{name}/{size}", [f"{name}/{size}/{slot}" for slot in range(size)])
    return sort, objects


@cache
def enumeration(kind: type[Enum]) -> tuple[Term, Mapping[Enum, Term]]:
    """The z3 sort of an enumeration, and its members."""
    name = f"{kind.__module__.rpartition('.')[2]}.{kind.__name__}"
    sort, members = z3.EnumSort(name, [f"{name}.{member.name}" for member in kind])
    return sort, dict(zip(kind, members, strict=True))


# --- formulas, simplified where that costs nothing ------------------------------------------------------------------


def negation(term: Term) -> Term:
    """Not."""
    if is_true(term):
        return FALSE
    if is_false(term):
        return TRUE
    return term.arg(0) if z3.is_not(term) else z3.Not(term)


def conjunction(*terms: Term) -> Term:
    """And; of nothing, truth."""
    kept = [term for term in terms if not is_true(term)]
    if any(map(is_false, kept)):
        return FALSE
    return z3.And(*kept) if len(kept) > 1 else kept[0] if kept else TRUE


def disjunction(*terms: Term) -> Term:
    """Or; of nothing, falsehood."""
    kept = [term for term in terms if not is_false(term)]
    if any(map(is_true, kept)):
        return TRUE
    return z3.Or(*kept) if len(kept) > 1 else kept[0] if kept else FALSE


def implication(premise: Term, conclusion: Term) -> Term:
    """If the one, then the other."""
    return disjunction(negation(premise), conclusion)


def choice(condition: Term, then: Term, otherwise: Term) -> Term:
    """The one where the condition holds, else the other."""
    if is_true(condition) or then.eq(otherwise):
        return then
    if is_false(condition):
        return otherwise
    if z3.is_bool(then) and (is_true(then) or is_false(otherwise)):
        return disjunction(condition, otherwise) if is_true(then) else conjunction(condition, then)
    if z3.is_bool(then) and (is_false(then) or is_true(otherwise)):
        missing = negation(condition)
        return conjunction(missing, otherwise) if is_false(then) else disjunction(missing, then)
    return z3.If(condition, then, otherwise)


def equation(left: Term, right: Term) -> Term:
    """Equality; two members of an enumeration, or two named objects, are the same or not."""
    if left.eq(right):
        return TRUE
    if _is_named(left) and _is_named(right):
        return FALSE
    if z3.is_bool(left):
        for one, other in ((left, right), (right, left)):
            if is_true(one) or is_false(one):
                return other if is_true(one) else negation(other)
    return left == right


def by_cases(term: Term, formula: Callable[[Term], Term]) -> Term:
    """What is said of a value that is chosen by cases, case by case: so it stays a formula about truth values."""
    if z3.is_app_of(term, z3.Z3_OP_ITE) and not z3.is_bool(term):
        condition, then, otherwise = term.children()
        return choice(condition, by_cases(then, formula), by_cases(otherwise, formula))
    return formula(term)


def _is_named(term: Term) -> bool:
    return bool(z3.is_app(term) and term.decl().kind() == z3.Z3_OP_DT_CONSTRUCTOR)
