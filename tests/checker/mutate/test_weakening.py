"""Formulas with one conjunct less."""

from __future__ import annotations

from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from dockspec.evaluation import State, holds
from dockspec.language import (
    TRUE,
    And,
    Expr,
    Function,
    Named,
    Or,
    Quantified,
    Sort,
    Variable,
    conjunction,
    disjunction,
    some,
)
from hullcheck.mutate.weakening import weakenings

_THING = Sort("Thing")
_x = Variable("x", _THING)
_FLAGS = [Function(name, (), bool, False, "") for name in "abcd"]
_ON = Function("on", (_THING,), bool, False, "")
a, b, c, d = (flag() for flag in _FLAGS)

_FORMULAS = st.recursive(
    st.sampled_from([a, b, c, d, _ON(_x)]),
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=3).map(lambda terms: conjunction(*terms)),
        st.lists(inner, min_size=1, max_size=3).map(lambda terms: disjunction(*terms)),
        inner.map(lambda term: ~term),
        inner.map(lambda term: Named("it", (), term)),
        st.tuples(st.booleans(), inner).map(lambda pair: Quantified(pair[0], (_x,), pair[1])),
    ),
    max_leaves=8,
)


def _states() -> list[State]:
    empty = State({_THING: 2})
    values = product([False, True], repeat=6)
    places = [*((flag, ()) for flag in _FLAGS), (_ON, (0,)), (_ON, (1,))]
    return [empty.setting(dict(zip(places, value, strict=True))) for value in values]


@given(_FORMULAS)
def test_a_weakening_lets_through_whatever_the_whole_did(formula: Expr) -> None:
    """In every state in which the formula holds, each of its weakenings holds."""
    for state, x in product(_states(), range(2)):
        if holds(formula, state, {"x": x}):
            assert all(holds(w.result, state, {"x": x}) for w in weakenings(formula))


@given(_FORMULAS)
def test_weakenings_differ(formula: Expr) -> None:
    """No weakening is the formula itself, and no two are the same formula."""
    keys = [w.result.key for w in weakenings(formula)]
    assert formula.key not in keys
    assert len(keys) == len(set(keys))


def _removed(formula: Expr) -> list[str]:
    return [repr(w.removed) for w in weakenings(formula)]


def test_conjuncts_are_found_where_they_stand() -> None:
    """At the top, in an alternative, under a quantifier, behind a name, and as alternatives that are negated."""
    assert _removed(TRUE) == []
    assert _removed(a) == [repr(a)]
    assert _removed(And((a, b))) == [repr(a), repr(b)]
    assert _removed(Or((And((a, b)), c))) == [repr(Or((And((a, b)), c))), repr(a), repr(b)]
    assert _removed(some(_x, And((_ON(_x), b)))) == [repr(some(_x, And((_ON(_x), b)))), repr(_ON(_x)), repr(b)]
    assert _removed(Named("both", (), And((a, b)))) == [repr(a), repr(b)]
    assert _removed(~Or((a, b))) == [repr(~a), repr(~b)]
