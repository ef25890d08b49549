"""hullcheck.cells.cell: a cell agrees with a specification, or tells how it differs."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from dockspec.container import CONTAINER, NAME, Policy, Process, Status, status
from dockspec.dialects import specification
from dockspec.evaluation import State
from dockspec.image import IMAGE, present
from dockspec.operations.shared import Patience
from hullcheck.cells import Action, Cell, Outcome, Place, SeenEvent, differences
from hullcheck.cells.cell import matches
from hullcheck.worlds import world

SPECIFICATION = specification()
CREATE = Action(
    "container.create",
    {"c": 0, "n": 0, "i": 0, "restart_policy": Policy.NO, "rm": False, "command": Process.ENDS_BADLY},
)
START = Action("container.start", {"c": 0})
STOP = Action("container.stop", {"c": 0, "patience": Patience.GRACE})
EVENTS = (
    SeenEvent("container", "kill", {"signal": "15"}),
    SeenEvent("container", "die", {"exitCode": "own"}),
    SeenEvent("container", "stop"),
)
STOPPED = Outcome(204, message="", events=EVENTS, state={Place(status, (0,)): Status.STOPPED})


def start() -> State:
    """A world with one image."""
    return world({CONTAINER: 1, NAME: 1, IMAGE: 1}).setting({(present, (0,)): True})


def a_stop(then: Outcome, **more: Any) -> Cell:  # noqa: ANN401  # the fields of a cell
    """A cell about stop."""
    cell = Cell("stop", start(), (CREATE, START), (STOP,), then, "measured")
    return dataclasses.replace(cell, **more)


def test_a_cell_agrees() -> None:
    """What the specification does, and the cell says, is no difference."""
    assert differences(SPECIFICATION, a_stop(STOPPED)) == ()


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"status": 304}, "container.stop.stopped answers 204, seen 304"),
        ({"message": "Oops"}, "container.stop.stopped says '', seen 'Oops'"),
        ({"error_class": "NotRunning"}, "container.stop.stopped answers no error, seen NotRunning"),
        ({"exit_code": 1}, "docker exits with 0 by container.stop.stopped, seen 1"),
        ({"blocks": True}, "container.stop.stopped does not block, seen otherwise"),
        ({"state": {Place(status, (0,)): Status.RUNNING}}, "container.status(0) is stopped, seen running"),
        ({"events": EVENTS[1:]}, "the events are container:kill 0 {'signal': '15'}"),
        ({"events": EVENTS[::-1]}, "the events are container:kill 0 {'signal': '15'}"),
        ({"changes": {}}, "container.status(0) is stopped, seen running"),
    ],
)
def test_each_difference_is_told(changed: dict[str, Any], told: str) -> None:
    """Status, text, class, exit code, blocking, state, events and changes are each compared, and told in words."""
    found = differences(SPECIFICATION, a_stop(dataclasses.replace(STOPPED, **changed)))
    assert found, "the difference is not noticed"
    assert found[0].startswith(told)


def test_order_is_open_where_the_cell_says_so() -> None:
    """An unordered cell compares events as sets, and a missing one is let pass only where it is named."""
    backwards = dataclasses.replace(STOPPED, events=EVENTS[::-1])
    assert differences(SPECIFICATION, a_stop(backwards, unordered=True)) == ()
    fewer = dataclasses.replace(STOPPED, events=EVENTS[1:])
    assert differences(SPECIFICATION, a_stop(fewer, unordered=True))
    assert differences(SPECIFICATION, a_stop(fewer, unordered=True, may_miss=EVENTS[:1])) == ()


def test_a_choice_may_go_either_way() -> None:
    """Where the engine is open (stop -t 0), either outcome agrees, and a third one does not."""
    hard = (Action("container.stop", {"c": 0, "patience": Patience.NONE}),)
    kills = (EVENTS[0], SeenEvent("container", "kill", {"signal": "9"}))
    for code, agrees in (("own", True), ("137", True), ("0", False)):
        events = (*kills, SeenEvent("container", "die", {"exitCode": code}), EVENTS[2])
        then = dataclasses.replace(STOPPED, events=events)
        assert (differences(SPECIFICATION, a_stop(then, when=hard)) == ()) is agrees


def test_a_start_state_that_is_not_reached_is_told() -> None:
    """A cell whose start is not possible is a difference, never a pass."""
    unpaused = a_stop(STOPPED, given=(CREATE, Action("removal.end", {"c": 0})))
    assert differences(SPECIFICATION, unpaused) == ("the start state is not reached: removal.end is not possible",)


def test_braces_stand_for_anything() -> None:
    """A template matches its instances, and nothing else."""
    assert matches("Container {c.id} is not running", "Container <ID> is not running")
    assert not matches("Container {c.id} is not running", "Container <ID> is not paused")
    assert not matches("Container {c.id} is not running", "Container  is not running")
    assert matches("", "")
