"""The plan of the systematic part: what is to be seen, and sequences that come by all of it."""

from __future__ import annotations

from functools import cache

import pytest

from dockspec import specification
from dockspec.container import Policy
from hullcheck.conform.plan import GROUNDS, Cell, Cells, Walk
from hullcheck.conform.stage import Asked
from hullcheck.steps import completions, take

SPEC = specification()
CELLS = Cells(SPEC)


@cache
def walk(name: str) -> Walk:
    """The walk over a ground; whatever an engine can do is possible."""
    ground = next(ground for ground in GROUNDS if ground.scope.name == name)
    return Walk(CELLS, ground, lambda _operation: True)


def cells_of(name: str, steps: tuple[Asked, ...]) -> list[Cell]:
    """The cells that a sequence comes by, by the specification alone."""
    state, found = walk(name).ground.world, []
    for asked in steps:
        operation = SPEC.operation(asked.operation)
        binding = next(completions(operation, asked.given, state))
        taken = take(operation, binding, state)
        assert taken is not None
        found.append(CELLS.of(taken.rule.id, binding, state))
        state = taken.after
    return found


@pytest.mark.parametrize("name", [ground.scope.name for ground in GROUNDS if not ground.daemon])
def test_the_stories_come_by_every_cell(name: str) -> None:
    """Each story can be played, comes by the cells that it is for, and nothing is left."""
    wanted = set(walk(name).known())
    for story in walk(name).stories(wanted):
        assert set(story.cells) <= set(cells_of(name, story.steps))
    assert wanted == set()


def test_no_story_leads_over_what_is_avoided() -> None:
    """After a cell that an engine does otherwise, nothing else is planned; what can be reached without it, still is."""
    paused = {cell for cell in walk("life").known() if cell.rule == "container.pause.frozen"}
    wanted = {cell for cell in walk("life").known() if cell.states[:1] in {("running",), ("paused",)}}
    walk("life").avoid(paused)
    left = set(wanted)
    stories = list(walk("life").stories(left))
    walk("life").avoid(())
    assert stories
    assert not paused & {cell for story in stories for cell in cells_of("life", story.steps)}
    assert paused < left
    assert {cell.states[0] for cell in wanted - left} == {"running"}


def test_every_cell_of_a_restart_has_a_story_that_ends_with_it() -> None:
    """Nearly all come by no other restart, so that several can share one."""
    wanted = {cell for cell in walk("daemon").known() if cell.rule.startswith("daemon.")}
    stories = list(walk("daemon").single(wanted))
    assert {story.cells[0] for story in stories} == wanted
    for story in stories:
        passed = cells_of("daemon", story.steps)
        assert passed[-1] == story.cells[0]
        assert f"{story.restarts[-1]}.restarted" == story.cells[0].rule
        assert len(story.restarts) == 1 or "dead" in story.cells[0].states[0]


@pytest.mark.parametrize("rule", ["daemon.restart.restarted", "daemon.crash.restarted"])
def test_the_cells_of_a_restart_tell_state_and_policy(rule: str) -> None:
    """Every state that a container can be in is met under every policy, where the policy counts."""
    seen = {tuple(cell.states[0].split(", ")[:2]) for cell in walk("daemon").known() if cell.rule == rule}
    states = ("created", "running", "paused", "stopped")
    policies = [policy.value for policy in Policy]
    assert seen >= {(state, policy) for state in states for policy in policies}
    assert seen >= {("restarting", policy) for policy in policies if policy != "no"}
    assert seen >= {("removing", "then dead"), ("removing", "then removed")}


def test_everything_is_asked_of_a_container_that_is_being_removed() -> None:
    """The column ``removing`` of the matrix: whatever is asked of one container is asked there, too."""
    rules = {cell.rule for cell in walk("removal").known() if cell.states and cell.states[0] == "removing"}
    asked = {rule.rpartition(".")[0] for rule in rules}
    expected = {
        "start", "stop", "restart", "kill", "pause", "unpause", "rename", "update", "rm", "inspect", "logs", "top",
        "export", "wait", "commit",
    }  # fmt: skip
    assert asked >= {f"container.{name}" for name in expected} | {"exec.create", "removal.end", "removal.fail"}
    assert "container.rm.busy" in rules
