"""The lifecycles as tables: what stands in the machines, and what must never be missing from them."""

from __future__ import annotations

import pytest

from dockspec import container, host, image, specification
from dockspec.container import Status
from dockspec.model import Machine

MACHINES = [container.MACHINE, image.MACHINE, host.MACHINE]


@pytest.mark.parametrize("machine", MACHINES, ids=lambda machine: machine.name)
def test_every_member_is_a_state_and_every_state_is_entered(machine: Machine) -> None:
    """No state is missing from the table, and a row leads into each."""
    members = set(type(machine.initial))
    assert {state.value for state in machine.states} == members
    assert {row.target for row in machine.rows} == members


@pytest.mark.parametrize("machine", MACHINES, ids=lambda machine: machine.name)
def test_every_row_is_fired_by_a_rule(machine: Machine) -> None:
    """A row that no rule fires would be drawn and never happen."""
    spec = specification()
    if machine.stored is None:
        triggers = {operation.id for operation in spec.operations}
    else:
        moves = [move for rule in spec.rules for move in rule.moves if move.machine.name == machine.name]
        triggers = {trigger for move in moves for _, trigger in move.cases}
    assert {row.trigger for row in machine.rows} <= triggers


def test_docker_has_a_word_for_every_state_but_removed() -> None:
    """``docker ps -a`` shows seven words; a removed container is not shown."""
    words = {state.value: state.docker for state in container.MACHINE.states}
    assert words.pop(Status.REMOVED) == ""
    assert sorted(words.values()) == ["created", "dead", "exited", "paused", "removing", "restarting", "running"]


def test_rm_without_force_has_no_row_from_a_running_container() -> None:
    """The sentence that everybody knows, read off the table."""
    (row,) = container.MACHINE.rows_of("rm")
    assert not set(row.sources) & set(container.RUNNING_FLAG)
