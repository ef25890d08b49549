"""What a scope may say, and what it may not."""

from __future__ import annotations

import pytest

from dockspec.language import TRUE, Function, Sort, Value, Variable, becomes
from dockspec.model import Operation, Rule, Specification, accepted
from hullcheck.explore.scope import Scope, ScopeError, select

DOOR, HOUSE = Sort("Door"), Sort("House")
OPEN = Function("open", (DOOR,), bool, False, "")
OF = Function("of", (DOOR,), HOUSE, None, "", partial=True, rigid=True)
door, house = Variable("d", DOOR), Variable("h", HOUSE)
PUSH = Operation(
    "door.push", (door,), (Rule("door.push.open", TRUE, accepted(), "", "", effects=(becomes(OPEN(door), True),)),), ""
)
VISIT = Operation(
    "house.visit", (door, house), (Rule("house.visit.in", OPEN(door) & (OF(door) == house), accepted(), "", ""),), ""
)
SPEC = Specification("doors", (), (PUSH, VISIT), ())


def test_what_is_not_there_leaves_out_what_needs_it() -> None:
    """An operation on objects of which there are none is left out, with the reason."""
    selection = select(SPEC, Scope("one", "", {DOOR: 2}))
    assert [o.id for o in selection.operations] == ["door.push"]
    assert selection.left_out == {"house.visit": "there is no House here"}


def test_only_what_is_written_varies() -> None:
    """A function that no operation of the scope writes is a constant, with its initial value."""
    selection = select(SPEC, Scope("two", "", {DOOR: 2, HOUSE: 1}, operations=("house.",)))
    assert selection.varying == ()
    assert selection.constant(OPEN, (0,)) is False


def test_rigid_tables_have_a_default() -> None:
    """Where a table says nothing, the initial value holds."""
    selection = select(SPEC, Scope("two", "", {DOOR: 2, HOUSE: 1}, rigid={OF: {(0,): 0}}))
    assert (selection.constant(OF, (0,)), selection.constant(OF, (1,))) == (0, None)


@pytest.mark.parametrize(
    ("rigid", "frozen", "dropped", "message"),
    [
        ({OPEN: {(0,): True}}, {}, (), "open changes, so it has no table; freeze it instead"),
        ({OF: {(2,): 0}}, {}, (), "outside the sizes"),
        ({OF: {(0, 0): 0}}, {}, (), "outside the sizes"),
        ({OF: {(0,): 1}}, {}, (), "1 is no value of of"),
        ({}, {OPEN: None}, (), "None is no value of open"),
        ({}, {OPEN: 1}, (), "1 is no value of open"),
        ({}, {OPEN: True}, (OPEN,), "open is both frozen and dropped"),
    ],
)
def test_errors_say_what_is_wrong(
    rigid: dict[Function, dict[tuple[int, ...], Value]],
    frozen: dict[Function, Value],
    dropped: tuple[Function, ...],
    message: str,
) -> None:
    """Each mistake is one line that names the scope and the function."""
    with pytest.raises(ScopeError, match=rf"^scope bad: .*{message}"):
        select(SPEC, Scope("bad", "", {DOOR: 2, HOUSE: 1}, rigid=rigid, frozen=frozen, dropped=dropped))
