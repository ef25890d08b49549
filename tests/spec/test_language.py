"""The language refuses what it cannot mean, and prints what it means."""

from __future__ import annotations

from enum import Enum

import pytest

from dockspec.language import (
    FALSE,
    NONE,
    TRUE,
    Function,
    Literal,
    Named,
    Sort,
    SpecificationError,
    Variable,
    after,
    becomes,
    choose,
    conjunction,
    defined,
    disjunction,
    every,
    free_variables,
    implies,
    named,
    reaches,
    some,
    walk,
)


class Colour(Enum):
    """An enumeration of this test."""

    RED = "red"
    BLUE = "blue"


class Size(Enum):
    """Another one."""

    SMALL = "small"


BALL = Sort("Ball")
BOX = Sort("Box")
x, y = Variable("x", BALL), Variable("y", BALL)
box = Variable("box", BOX)
colour = Function("ball.colour", (BALL,), Colour, Colour.RED, "")
lies_in = Function("ball.box", (BALL,), BOX, None, "", partial=True)
stands_on = Function("ball.on", (BALL,), BALL, None, "", partial=True)
heavy = Function("ball.heavy", (BALL,), bool, False, "", rigid=True)


def test_formulas_print_as_sentences() -> None:
    """A formula prints in the words of the field, with brackets only where they are needed."""
    formula = every(x, implies((colour(x) == Colour.RED) & heavy(x), defined(lies_in(x)) | ~heavy(x)))
    assert repr(formula) == (
        "for all x: (not (ball.colour(x) = red and ball.heavy(x)) or defined ball.box(x) or not ball.heavy(x))"
    )
    assert repr(after(colour(x)) == Colour.BLUE) == "ball.colour'(x) = blue"
    assert repr(becomes(colour(x), Colour.BLUE, each=x, where=heavy(x))) == (
        "for each x where ball.heavy(x): ball.colour(x) := blue"
    )


def test_equality_is_an_equation_and_keys_tell_expressions_apart() -> None:
    """``==`` builds a formula; two formulas are the same when their keys are."""
    assert (colour(x) == Colour.RED).key == (colour(x) == Colour.RED).key
    assert (colour(x) == Colour.RED).key != (colour(y) == Colour.RED).key
    with pytest.raises(TypeError, match="is a formula"):
        bool(colour(x) == Colour.RED)


def test_connectives_simplify_only_what_is_constant() -> None:
    """Truth and falsehood vanish or win; nothing else is rewritten."""
    atom = heavy(x)
    assert conjunction(TRUE, atom) is atom
    assert conjunction(atom, FALSE) is FALSE
    assert disjunction(FALSE, atom) is atom
    assert disjunction(atom, TRUE) is TRUE
    assert (~~atom).key == atom.key


@pytest.mark.parametrize(
    ("build", "text"),
    [
        (lambda: colour(box), "takes a variable of sort Ball"),
        (lambda: colour(x, y), "takes 1 arguments, not 2"),
        (lambda: colour(x) == Size.SMALL, "different types"),
        (lambda: colour(x).one_of(Size.SMALL), "another type"),
        (lambda: lies_in(x) == lies_in(y), "at most one side may be partial"),
        (lambda: lies_in(x) == NONE, "defined"),
        (lambda: defined(colour(x)), "always defined"),
        (lambda: becomes(heavy(x), True), "never changes"),
        (lambda: becomes(colour(x), Size.SMALL), "different types"),
        (lambda: becomes(colour(x), Colour.RED, each=y), "no argument of the function"),
        (lambda: some(Variable("c", Colour), TRUE), "ranges over a sort"),
        (lambda: reaches(lies_in, x, y), "does not lead from a sort to itself"),
        (lambda: Function("f", (BALL,), BOX, None, ""), "are partial"),
    ],
)
def test_what_means_nothing_is_refused_when_it_is_written(build: object, text: str) -> None:
    """A malformed expression raises at its definition, and the text names it."""
    with pytest.raises(SpecificationError, match=text):
        build()  # type: ignore[operator]  # a function that builds an expression


def test_a_named_predicate_cannot_capture_its_argument() -> None:
    """A predicate that binds a variable of the name it is applied to would mean something else: it is refused."""

    @named
    def shares(x: Variable) -> object:
        return some(y, (colour(x) == Colour.RED) & (x == y))

    assert isinstance(shares(x), Named)
    assert repr(shares(x)) == "shares(x)"
    with pytest.raises(SpecificationError, match="binds y"):
        shares(y)


def test_free_variables_are_those_that_nothing_binds() -> None:
    """Quantifiers bind; updates and rules are checked with this."""
    formula = some(y, stands_on(x) == y) & (lies_in(x) == box)
    assert set(free_variables(formula)) == {"x", "box"}


def test_walk_visits_everything() -> None:
    """Every sub-expression is visited, the whole first."""
    formula = choose(heavy(x), Colour.RED, Colour.BLUE)
    assert [type(part).__name__ for part in walk(formula)] == ["If", "Apply", "Variable", "Literal", "Literal"]
    assert isinstance(formula.parts()[1], Literal)
