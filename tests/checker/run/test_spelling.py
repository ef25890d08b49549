"""hullcheck.run.spelling: runs of the specification, told as lines that lead to the same state."""

from __future__ import annotations

import random
from dataclasses import dataclass
from itertools import product

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from dockspec.container import CONTAINER, NAME, Status, status
from dockspec.dialects import specification
from dockspec.evaluation import Binding, State, answering, fire, holds
from dockspec.host import PORT
from dockspec.image import ARCHIVE, IMAGE
from dockspec.language import Function, Sort, Value
from hullcheck.run.spelling import Spelled, Speller, spell, spelled
from hullcheck.run.world import World
from hullcheck.worlds import world as empty_world

SPEC = specification()
SIZES = {CONTAINER: 2, NAME: 3, IMAGE: 3, ARCHIVE: 1, PORT: 2}
LEFT_OUT = 0.9
"""The share of the steps without an effect that a walk leaves out."""
REFERENCES = ("app:1", "app:2", "app@1", "app@2", "web:1")


@dataclass(frozen=True)
class Walked:
    """One step of a random walk."""

    operation: str
    binding: Binding
    rule: str
    before: State


def walk(seed: int, identifiers: list[str], length: int) -> tuple[list[Walked], State]:
    """A random run of the plain interpreter, and the state in which it ends. Most of its steps change something."""
    draw = random.Random(seed)  # noqa: S311  # a test
    state = empty_world(SIZES, REFERENCES)
    steps: list[Walked] = []
    while len(steps) < length:
        operation = SPEC.operation(draw.choice(identifiers))
        binding = {p.name: draw.choice(list(state.objects(p.type))) for p in operation.all_parameters}
        rule = answering(operation, binding, state) if holds(operation.possible, state, binding) else None
        if rule is None or (not rule.updates and draw.random() < LEFT_OUT):
            continue
        steps.append(Walked(operation.id, binding, rule.id, state))
        state = fire(rule, binding, state)
    return steps, state


def assert_same(state: State, speller: Speller, world: World) -> None:
    """Every function has the same value in the run's state and in the world, slot by slot."""
    core = world.core
    for function in SPEC.functions:
        if not function.rigid:
            for slots in product(*(range(state.sizes[sort]) for sort in function.domain)):
                assert_same_value(state, speller, core.state, function, slots)
    assert sum(state.value(status, c) is not Status.REMOVED for c in range(SIZES[CONTAINER])) == len(core.containers())


def assert_same_value(state: State, speller: Speller, there: State, function: Function, slots: tuple[int, ...]) -> None:
    """One function has the same value at one place."""
    mapped = [speller.slots[sort].get(slot) for sort, slot in zip(function.domain, slots, strict=True)]
    mine = state.value(function, *slots)
    if None in mapped:
        assert mine == function.initial, (function, slots)
        return
    theirs: Value = there.value(function, *[slot for slot in mapped if slot is not None])
    if isinstance(function.type, Sort) and isinstance(mine, int):
        mine = speller.slots[function.type].get(mine)
    assert mine == theirs, (function, slots)


GROUPS = {
    "life": ["container.", "exec.", "removal.", "obstacle.", "daemon.", "image.import"],
    "images": [
        "image.",
        "registry.",
        "container.commit",
        "container.create",
        "container.start",
        "container.rm",
        "build.",
    ],
    "all": [""],
}


@pytest.mark.parametrize("group", GROUPS)
@settings(
    max_examples=15, deadline=None, phases=[Phase.explicit, Phase.generate], suppress_health_check=list(HealthCheck)
)
@given(seed=st.integers(0, 2**32))
def test_lines_replay_a_run(group: str, seed: int) -> None:
    """The lines of any run, pasted into a new world, lead to the state in which the run ended, by the same rules."""
    identifiers = [o.id for o in SPEC.operations if o.id.startswith(tuple(GROUPS[group]))]
    steps, state = walk(seed, identifiers, 50)
    speller = Speller()
    lines: list[Spelled] = []
    for step in steps:
        lines += speller.spell(step)
        answered = {taken.operation.id: taken.rule.id for taken in speller.world.core.taken}
        assert answered.get(step.operation, step.rule) == step.rule
    fresh = World()
    outcomes = list(fresh.script("\n".join(line.text for line in lines)))
    assert not [(o.command, o.problem) for o in outcomes if o.problem]
    assert fresh.state == speller.world.state
    assert_same(state, speller, fresh)


def test_a_short_run() -> None:
    """What a counterexample looks like: one line a step, each with its rule."""
    steps, _ = walk(3, ["image.import", "container.create", "container.start", "container.exit"], 6)
    lines = spelled(steps)
    assert spell(steps) == [line.text for line in lines]
    assert lines[0] == Spelled("docker import -", "image.import.imported", lines[0].changes)
    assert lines[0].changes
    assert {line.rule for line in lines} >= {step.rule for step in steps}
