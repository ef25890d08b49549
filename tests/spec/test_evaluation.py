"""The plain meaning of the language, on a toy of balls that stand on each other."""

from __future__ import annotations

from enum import Enum

import pytest

from dockspec.evaluation import State, answering, bindings, emitted, evaluate, fire, holds
from dockspec.language import (
    NONE,
    TRUE,
    Function,
    Sort,
    Variable,
    after,
    becomes,
    choose,
    defined,
    every,
    reaches,
    some,
)
from dockspec.model import Event, Kind, Operation, Rule, accepted, answered, refused


class Colour(Enum):
    """An enumeration of this test."""

    RED = "red"
    BLUE = "blue"


BALL = Sort("Ball")
x, y = Variable("x", BALL), Variable("y", BALL)
colour = Function("ball.colour", (BALL,), Colour, Colour.RED, "")
on = Function("ball.on", (BALL,), BALL, None, "", partial=True)

PUT = Operation(
    "put",
    (x, y),
    (
        Rule("put.same", x == y, refused(409, "Same", "a ball on itself"), "", ""),
        Rule("put.cycle", reaches(on, y, x), refused(409, "Cycle", "a ball under itself"), "", ""),
        Rule(
            "put.done",
            TRUE,
            accepted(),
            "",
            "",
            effects=(becomes(on(x), y), becomes(colour(y), Colour.BLUE, where=colour(x) == Colour.RED)),
            events=(Event("ball", "put", (x,), {"colour": colour(x)}),),
        ),
    ),
    "",
)
CLEAR = Operation(
    "clear",
    (),
    (
        Rule(
            "clear.done",
            TRUE,
            accepted(),
            "",
            "",
            effects=(
                becomes(on(x), NONE, each=x, where=colour(x) == Colour.BLUE),
                becomes(colour(x), choose(defined(on(x)), Colour.RED, Colour.BLUE), each=x),
            ),
            events=(Event("ball", "clear", (x,), {}, defined(on(x)), each=True),),
        ),
    ),
    "",
)
EMPTY = State({BALL: 3})


def do(operation: Operation, state: State, **binding: int) -> State:
    """Fire the rule that answers."""
    rule = answering(operation, binding, state)
    assert rule is not None
    return fire(rule, binding, state)


def test_the_first_rule_whose_guard_holds_answers() -> None:
    """Order decides, as in the engine."""
    tower = do(PUT, do(PUT, EMPTY, x=0, y=1), x=1, y=2)
    rules = {tuple(b.values()): answering(PUT, b, tower).id for b in bindings(PUT, tower)}  # type: ignore[union-attr]
    assert rules[0, 0] == "put.same"
    assert rules[2, 0] == "put.cycle"
    assert rules[0, 2] == "put.done"


def test_updates_read_the_state_before_and_leave_the_rest() -> None:
    """Every right-hand side reads the state before the step; what is not named stays."""
    state = do(PUT, EMPTY, x=0, y=1)
    assert (state.value(on, 0), state.value(colour, 1), state.value(colour, 2)) == (1, Colour.BLUE, Colour.RED)
    cleared = do(CLEAR, state)
    assert cleared.value(on, 0) == 1, "ball 0 was red before, so it stays where it is"
    assert [cleared.value(colour, slot) for slot in range(3)] == [Colour.RED, Colour.BLUE, Colour.BLUE]


def test_states_that_agree_everywhere_are_equal() -> None:
    """An initial value that is written is as if it had never been."""
    state = EMPTY.setting({(colour, (0,)): Colour.BLUE}).setting({(colour, (0,)): Colour.RED})
    assert state == EMPTY


def test_partial_functions_equal_nothing_where_they_are_undefined() -> None:
    """An equation with an undefined side is false, and its negation true."""
    assert not holds(on(x) == y, EMPTY, {"x": 0, "y": 0})
    assert holds(~(on(x) == y), EMPTY, {"x": 0, "y": 0})
    assert holds(~some(x, defined(on(x))), EMPTY, {})


def test_reaches_is_one_step_or_more_and_ends_on_a_cycle() -> None:
    """The transitive closure, also where the function runs in a circle."""
    circle = EMPTY.setting({(on, (0,)): 1, (on, (1,)): 0})
    assert holds(reaches(on, x, y), circle, {"x": 0, "y": 0})
    assert not holds(reaches(on, x, y), circle, {"x": 0, "y": 2})
    assert not holds(every(x, reaches(on, x, x)), circle, {})


def test_primed_functions_and_fired_rules_need_a_step() -> None:
    """A step property reads two states and the rule; without them it has no meaning."""
    state = do(PUT, EMPTY, x=0, y=1)
    rule = PUT.rules[2]
    moved = after(on(x)) == y
    assert holds(moved & answered(Kind.ACCEPTED), EMPTY, {"x": 0, "y": 1}, after=state, rule=rule)
    with pytest.raises(TypeError, match="no state after"):
        evaluate(moved, EMPTY, {"x": 0, "y": 1})
    with pytest.raises(TypeError, match="no rule was fired"):
        evaluate(answered(Kind.ACCEPTED), EMPTY, {})


def test_events_name_their_objects_and_read_the_state_before() -> None:
    """An event of each object is emitted for those that its condition selects."""
    state = do(PUT, EMPTY, x=0, y=1)
    (event,) = emitted(PUT.rules[2], {"x": 0, "y": 1}, EMPTY)
    assert (event.action, event.subject, event.attributes) == ("put", (0,), {"colour": Colour.RED})
    assert [happening.subject for happening in emitted(CLEAR.rules[0], {}, state)] == [(0,)]
