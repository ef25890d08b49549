"""Formulas with one conjunct less: what a guard would let through if one of its conditions were forgotten."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from dockspec.language import TRUE, And, Expr, Literal, Named, Not, Or, Quantified, conjunction, disjunction


@dataclass(frozen=True, eq=False)
class Weakening:
    """A formula without one of its conjuncts.

    Attributes:
        removed: what was taken away.
        result: the rest; it holds wherever the whole did.
    """

    removed: Expr
    result: Expr


def weakenings(formula: Expr) -> Iterator[Weakening]:
    """Every way to take one conjunct away, the outer ones first; of a formula that is one conjunct, all of it.

    Conjuncts are looked for where taking one away weakens the whole: at the top, under a quantifier, behind a name, in
    the alternatives of an "or" (but not in those of an "or" inside an "or", where hardly anything depends on them), and
    as the alternatives of an "or" that is negated.
    """
    if isinstance(formula, Literal):
        return
    if not _is_conjunction(formula, positive=True):
        yield Weakening(formula, TRUE)
    seen: set[tuple[object, ...]] = set()
    for weakening in _inside(formula, positive=True, deeper=True):
        if weakening.result.key not in seen:
            seen.add(weakening.result.key)
            yield weakening


def _is_conjunction(term: Expr, *, positive: bool) -> bool:
    match term:
        case Named(body=body):
            return _is_conjunction(body, positive=positive)
        case Not(term=inner):
            return _is_conjunction(inner, positive=not positive)
        case _:
            return isinstance(term, And if positive else Or)


def _inside(term: Expr, *, positive: bool, deeper: bool) -> Iterator[Weakening]:
    """What can be taken out of a term without taking it away as a whole; ``deeper``: no "or" stands around it yet."""
    match term:
        case Named(body=body):
            yield from _inside(body, positive=positive, deeper=deeper)
        case Not(term=inner):
            for w in _inside(inner, positive=not positive, deeper=deeper):
                yield Weakening(w.removed, ~w.result)
        case Quantified(universal=universal, variables=variables, body=body):
            for w in _inside(body, positive=positive, deeper=deeper):
                yield Weakening(w.removed, Quantified(universal, variables, w.result))
        case And() | Or():
            yield from _from_several(term, positive=positive, deeper=deeper)


def _from_several(term: And | Or, *, positive: bool, deeper: bool) -> Iterator[Weakening]:
    join = conjunction if isinstance(term, And) else disjunction
    conjuncts = isinstance(term, And) is positive
    for number, part in enumerate(term.terms):
        before, behind = term.terms[:number], term.terms[number + 1 :]
        if conjuncts:
            yield Weakening(part if positive else ~part, join(*before, *behind))
        if conjuncts or deeper:
            for w in _inside(part, positive=positive, deeper=deeper and conjuncts):
                yield Weakening(w.removed, join(*before, w.result, *behind))
