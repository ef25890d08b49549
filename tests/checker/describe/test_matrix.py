"""hullcheck.describe.matrix: operation × state."""

from __future__ import annotations

import pytest

from dockspec import specification
from dockspec.language import TRUE
from dockspec.model import Machine
from hullcheck.describe.matrix import Line, matrix

SPEC = specification()
MACHINES = {machine.name: machine for machine in SPEC.machines}


def _line(machine: Machine, operation: str, **variant: object) -> Line:
    found = [line for line in matrix(SPEC, machine) if line.operation == operation and dict(line.variant) == variant]
    assert len(found) == 1
    return found[0]


@pytest.mark.parametrize("machine", SPEC.machines, ids=lambda machine: machine.name)
def test_every_state_is_reached(machine: Machine) -> None:
    """Each line has a cell for each state, and what an accepted step leaves is a state of the machine."""
    states = {str(state.value.value) for state in machine.states}
    for line in matrix(SPEC, machine):
        assert set(line.cells) == states
        assert {answered.after for cell in line.cells.values() for answered in cell} <= states | {""}


def test_operations_on_containers_are_complete() -> None:
    """What is asked of a container and is possible everywhere has an answer in every state."""
    asked = {line.operation for line in matrix(SPEC, MACHINES["container"])}
    for operation in SPEC.operations:
        about_one = [p.name for p in operation.parameters] == ["c"] and operation.possible.key == TRUE.key
        assert not about_one or operation.id in asked
    for line in matrix(SPEC, MACHINES["container"]):
        if SPEC.operation(line.operation).possible.key == TRUE.key:
            assert all(line.cells.values()), line.operation


def test_known_cells() -> None:
    """A few cells as they were measured on Docker 20.10.24."""
    container, image = MACHINES["container"], MACHINES["image"]
    rm = _line(container, "container.rm", force=False).cells
    assert {state: (a.status, a.after) for state, (a, *_) in rm.items()} == {
        "removed": (404, ""),
        "created": (204, "removed"),
        "running": (409, ""),
        "paused": (409, ""),
        "restarting": (409, ""),
        "stopped": (204, "removed"),
        "removing": (409, ""),
        "dead": (204, "removed"),
    }
    assert _line(container, "container.rename").cells["restarting"][0].rule == "container.rename.restarting"
    assert _line(image, "image.remove").cells["intermediate"][0].rule == "image.remove.has-children"
    assert _line(image, "image.prune", all_unused=False).cells["dangling"][0].after == "removed"


def test_ways_to_ask_that_make_no_difference_are_one_line() -> None:
    """Patience changes an exit code, not a state; so stop has one line, and kill one for each kind of signal."""
    lines = [line.operation for line in matrix(SPEC, MACHINES["container"])]
    assert lines.count("container.stop") == 1
    assert lines.count("container.kill") == 4
