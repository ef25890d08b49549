"""What is decided is left away, and nothing else changes: the short text means what the long one would."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hullcheck.export.connectives import Connectives
from hullcheck.export.promela_terms import all_of as promela_all_of
from hullcheck.export.promela_terms import choice as promela_choice
from hullcheck.export.tla_terms import all_of as tla_all_of
from hullcheck.export.tla_terms import choice as tla_choice

PYTHON = Connectives(
    "True",
    "False",
    "1 - ",  # `not` cannot stand behind `==`
    "and",
    "or",
    "==",
    "({1} if {0} else {2})",
    str.isdigit,
)
ATOMS = ("p", "q", "True", "False")


def means(text: str) -> list[bool]:
    """The value of a Python expression, for every truth of its atoms."""
    return [bool(eval(text, {"p": p, "q": q})) for p, q in product((False, True), repeat=2)]  # noqa: S307  # made here


def literals() -> st.SearchStrategy[str]:
    """An atom, or its denial."""
    return st.sampled_from(ATOMS).flatmap(lambda atom: st.sampled_from([atom, PYTHON.negation(atom)]))


@given(st.lists(literals(), max_size=4))
def test_junctions(texts: list[str]) -> None:
    """Of nothing, all hold and none does; of much, what Python's own words say."""
    assert means(PYTHON.all_of(texts)) == [all(values) for values in zip(*map(means, [*texts, "True"]), strict=True)]
    assert means(PYTHON.any_of(texts)) == [any(values) for values in zip(*map(means, [*texts, "False"]), strict=True)]


@given(literals(), literals(), literals())
def test_choice_and_equality(one: str, two: str, three: str) -> None:
    """The chosen value, and whether two values are the same."""
    rows = list(zip(*map(means, (one, two, three)), strict=True))
    assert means(PYTHON.choice(one, two, three)) == [b if a else c for a, b, c in rows]
    assert means(PYTHON.equal(one, two)) == [a == b for a, b, _ in rows]


def test_constants() -> None:
    """Two constants that are written differently are different."""
    assert PYTHON.equal("1", "2") == "False"
    assert PYTHON.equal("1", "p") == "(1 == p)"


@pytest.mark.parametrize(
    ("all_of", "choice", "junction", "chosen"),
    [
        (promela_all_of, promela_choice, "(a && b)", "(a -> b : c)"),
        (tla_all_of, tla_choice, "(a /\\ b)", "(IF a THEN b ELSE c)"),
    ],
    ids=["promela", "tla"],
)
def test_the_words_of_each_language(all_of: object, choice: object, junction: str, chosen: str) -> None:
    """Promela and TLA+ write the same formula in their own words."""
    assert callable(all_of)
    assert callable(choice)
    assert all_of(["a", "b"]) == junction
    assert choice("a", "b", "c") == chosen
