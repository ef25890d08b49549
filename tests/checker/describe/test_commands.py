"""hullcheck.describe.commands: docker's commands as compositions of operations."""

from __future__ import annotations

import pytest

from dockspec.commands import RECIPES
from hullcheck.describe.commands import COMPOSITIONS, Composition, answered
from hullcheck.run.world import World


def test_every_command_is_told() -> None:
    """There is a composition for each recipe, and no other."""
    told = [composition.command for composition in COMPOSITIONS]
    assert sorted(told) == sorted(RECIPES)
    assert len(set(told)) == len(told)


@pytest.mark.parametrize("composition", COMPOSITIONS, ids=lambda composition: composition.command)
def test_the_example_is_one(composition: Composition) -> None:
    """Every line of an example is understood and succeeds, and the last one is the command."""
    world = World()
    for line in composition.example:
        assert [outcome.exit_code for outcome in world.script(line)] == [0], line
    assert composition.example[-1].startswith(f"docker {composition.command}")


def test_run_is_create_pull_create_start() -> None:
    """What the most used command is made of, as it was run."""
    run = next(composition for composition in COMPOSITIONS if composition.command == "run")
    assert list(answered(run)) == [
        "container.create.no-image",
        "image.pull.pulled",
        "container.create.created",
        "container.start.started",
    ]
