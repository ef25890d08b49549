"""The specification against what engines were seen to do: the expected cells in tests/data."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from dockspec.dialects import specification
from dockspec.evaluation import holds
from dockspec.model import Actor, Always
from hullcheck.cells import LEFT_OUT, Cell, differences, matrix_cells, story_cells

DATA = Path(__file__).parent.parent / "data"
MATRIX = DATA / "cells-docker-20.10.jsonl"
STORIES = sorted(set(DATA.glob("cells-*.jsonl")) - {MATRIX})

SPECIFICATION = specification()
TOLD = [cell for path in STORIES for cell in story_cells(path, SPECIFICATION)]
CELLS = [*matrix_cells(MATRIX), *TOLD]


@pytest.mark.parametrize("cell", CELLS, ids=lambda cell: cell.id)
def test_the_specification_does_what_the_engine_did(cell: Cell) -> None:
    """Some behaviour of the specification agrees with what was seen: answer, state after, events."""
    assert differences(SPECIFICATION, cell) == ()


def test_every_line_of_the_matrix_is_checked_or_left_out_with_a_reason() -> None:
    """No measured line is silently passed over, and no reason stands for nothing."""
    lines = [json.loads(line) for line in MATRIX.read_text("utf-8").splitlines()]
    left_out = [line for line in lines if (line["operation"], line["variant"]) in LEFT_OUT]
    checked = list(matrix_cells(MATRIX))
    assert (len(lines), len(checked), len(left_out)) == (321, 220, 101)
    assert {(line["operation"], line["variant"]) for line in left_out} == LEFT_OUT.keys()
    assert all(LEFT_OUT.values())


def test_no_two_cells_have_the_same_id() -> None:
    """A cell is known by its id."""
    assert len({cell.id for cell in CELLS}) == len(CELLS)


def test_a_story_starts_in_a_possible_state() -> None:
    """Every invariant holds in the state that a story gives, so that it tells of something that can happen."""
    always = [claim for claim in SPECIFICATION.properties if isinstance(claim, Always)]
    broken = [(cell.id, claim.id) for cell in TOLD for claim in always if not holds(claim.formula, cell.world, {})]
    assert broken == []


def test_every_operation_that_changes_something_has_a_cell() -> None:
    """Whatever an operation does, some cell says that it does it."""
    asked = {action.operation for cell in CELLS for action in cell.when}
    changing = {o.id for o in SPECIFICATION.operations if any(rule.updates for rule in o.rules)}
    assert changing - asked == set()
    assert {o.id for o in SPECIFICATION.operations if o.actor is not Actor.USER} - asked == set()


def test_every_rule_that_changes_something_answers_in_a_cell() -> None:
    """A rule that is forgotten is missed by some cell of its operation."""
    for rule in SPECIFICATION.rules:
        if not rule.updates:
            continue
        without = SPECIFICATION.replaced({rule.id: None})
        operation = SPECIFICATION.operation_of(rule).id
        concerned = [c for c in CELLS if any(operation == a.operation for a in (*c.given, *c.when, *c.aftermath))]
        assert any(differences(without, cell) for cell in concerned), rule.id
