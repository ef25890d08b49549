"""hullcheck.machines: the machine tables, run by the `transitions` library."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from enum import Enum

import pytest

from dockspec import host
from dockspec.container import CONTAINER, MACHINE, NAME, Policy, Process, Status, layer, status
from dockspec.dialects import specification
from dockspec.evaluation import State
from dockspec.image import ARCHIVE, IMAGE, present
from dockspec.language import becomes
from dockspec.model import Machine, Row
from hullcheck.machines import Follower, MachineRefusal, Machines, Moved
from hullcheck.steps import Taken, completions, take
from hullcheck.worlds import world

SPECIFICATION = specification()
TABLES = pytest.mark.parametrize("table", SPECIFICATION.machines, ids=lambda table: table.name)
SIZES = {CONTAINER: 2, NAME: 2, IMAGE: 2, ARCHIVE: 1, host.PORT: 1}


def arrows(table: Machine) -> Iterator[tuple[Row, Enum]]:
    """Every row, once for each of its sources."""
    for row in table.rows:
        for source in row.sources:
            yield row, source


def step(state: State, operation: str, **arguments: object) -> Taken:
    """A step of the specification."""
    asked = SPECIFICATION.operation(operation)
    taken = take(asked, next(completions(asked, arguments, state)), state)  # type: ignore[arg-type]  # values of the language
    assert taken
    return taken


@pytest.fixture
def created() -> Taken:
    """A container is created."""
    start = world(SIZES, ["app:1"]).setting({(present, (0,)): True})
    values = {"n": 0, "i": 0, "restart_policy": Policy.NO, "rm": False, "command": Process.ENDS_WELL}
    return step(start, "container.create", **values)


@TABLES
def test_every_row_leads_where_it_says(table: Machine) -> None:
    """From each source of a row its trigger leads to its target, and the return value is the new state."""
    follower = Follower(table)
    for row, source in arrows(table):
        follower.put(source)
        assert follower.follow(row.trigger, row.target) is row.target
        assert follower.state is row.target


@TABLES
def test_everything_else_is_refused_and_changes_nothing(table: Machine) -> None:
    """The complement: every pair of state and trigger without a row, and every target that no row has."""
    known = {(row.trigger, source, row.target) for row, source in arrows(table)}
    leaving = {(trigger, source) for trigger, source, _ in known}
    triggers = {row.trigger for row in table.rows} | {"to_removed", "fly"}
    for state in table.states:
        follower = Follower(table, state=state.value)
        for trigger in triggers:
            for target in table.states:
                if (trigger, state.value, target.value) in known:
                    continue
                with pytest.raises(MachineRefusal) as refusal:
                    follower.follow(trigger, target.value)
                assert (refusal.value.machine, refusal.value.state) == (table.name, state.value)
                assert (refusal.value.trigger, refusal.value.target) == (trigger, target.value)
                assert follower.state is state.value
            if (trigger, state.value) not in leaving:
                with pytest.raises(MachineRefusal):
                    follower.follow(trigger)
                assert follower.state is state.value


def test_a_machine_begins_where_its_table_begins() -> None:
    """Nothing exists at first."""
    assert Follower(MACHINE).state is Status.REMOVED


def test_a_refusal_says_what_was_wrong() -> None:
    """One line: which machine, from where, by what."""
    with pytest.raises(MachineRefusal, match=r"^container 1: no row leads from removed to running by start$"):
        Follower(MACHINE, (1,)).follow("start", Status.RUNNING)


def test_machines_follow_the_rule_that_answered(created: Taken) -> None:
    """Only the object that a rule moves is moved, by the row that the rule names."""
    machines = Machines(SPECIFICATION, created.before)
    assert list(machines.fired(created)) == [Moved("container", (0,), "create")]
    machines.follow(created)
    assert machines.followers["container", (0,)].state is Status.CREATED
    assert machines.followers["container", (1,)].state is Status.REMOVED


def test_machines_follow_what_is_read_off_the_state(created: Taken) -> None:
    """An image's status is not stored: the operation is the trigger, for each image that is elsewhere afterwards."""
    committed = step(created.after, "container.commit", c=0, pause=False)
    machines = Machines(SPECIFICATION, created.after)
    moved = list(machines.fired(committed))
    assert moved == [Moved("image", (0,), "container.commit"), Moved("image", (1,), "container.commit")]
    machines.follow(committed)
    assert [machines.followers["image", (slot,)].state.value for slot in (0, 1)] == ["intermediate", "dangling"]


def test_each_object_of_many_moves_by_the_first_case_that_holds(created: Taken) -> None:
    """Prune moves one container by rm and another, whose files are stuck, by a removal that fails."""
    values = {"n": 1, "i": 0, "restart_policy": Policy.NO, "rm": False, "command": Process.ENDS_WELL}
    both = step(created.after, "container.create", **values)
    stuck = step(both.after, "obstacle.put", c=1)
    pruned = step(stuck.after, "container.prune")
    machines = Machines(SPECIFICATION, stuck.after)
    moved = list(machines.fired(pruned))
    assert moved == [Moved("container", (0,), "rm"), Moved("container", (1,), "rm fails")]
    machines.follow(pruned)
    machines.put(created.after)
    assert machines.followers["container", (0,)].state is Status.CREATED


def test_a_status_changed_by_no_row_is_noticed(created: Taken) -> None:
    """A rule that changes a status as an effect, past the table, is refused."""
    start = SPECIFICATION.operation("container.start").rules[-1]
    subject = start.moves[0].subject
    past = dataclasses.replace(start, moves=(), effects=(*start.effects, becomes(status(*subject), Status.RUNNING)))
    changed = SPECIFICATION.replaced({start.id: past})
    taken = take(changed.operation("container.start"), {"c": 0}, created.after)
    assert taken
    machines = Machines(changed, created.after)
    with pytest.raises(MachineRefusal, match=r"^container 0: it went from created to running by no row$"):
        machines.follow(taken)


def test_a_row_fired_from_a_wrong_state_is_noticed(created: Taken) -> None:
    """A rule that fires a row where the table has none is refused."""
    start = SPECIFICATION.operation("container.start").rules[-1]
    wrong = dataclasses.replace(start, moves=(MACHINE.moves("unpause", *start.moves[0].subject),))
    changed = SPECIFICATION.replaced({start.id: wrong})
    taken = take(changed.operation("container.start"), {"c": 0}, created.after)
    assert taken
    with pytest.raises(MachineRefusal, match=r"^container 0: no row leads from created to running by unpause$"):
        Machines(changed, created.after).follow(taken)


def test_a_step_that_moves_nothing_is_no_refusal(created: Taken) -> None:
    """Where only another part of the state changes, every machine stays where it is."""
    running = step(created.after, "container.start", c=0)
    written = step(running.after, "container.write", c=0)
    assert written.after.value(layer, 0) is not running.after.value(layer, 0)
    machines = Machines(SPECIFICATION, running.after)
    assert list(machines.fired(written)) == []
    machines.follow(written)
