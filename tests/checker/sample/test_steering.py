"""hullcheck.sample.steering and .drawing: where a round goes on, and what is drawn."""

from __future__ import annotations

from dockspec.container import CONTAINER, Policy, Process, Status, status
from dockspec.dialects import specification
from dockspec.evaluation import answering
from dockspec.image import IMAGE, REFERENCE, present
from dockspec.language import Value, Variable
from hullcheck.sample import WORLD
from hullcheck.sample.drawing import Situation
from hullcheck.sample.steering import Frontier, Tally, feat
from hullcheck.steps import Taken, take

SPECIFICATION = specification()


def step(taken: Taken | None, operation: str, **arguments: object) -> Taken:
    """One step further."""
    state = taken.after if taken else WORLD
    found = take(SPECIFICATION.operation(operation), arguments, state)  # type: ignore[arg-type]  # values of the language
    assert found
    return found


def test_a_tip_does_something_new() -> None:
    """Every tip leads from the end of a run that was done to something that was not."""
    tally = Tally()
    run = [step(None, "image.import", i=0)]
    tally.add(run)
    tips = Frontier(SPECIFICATION, WORLD, seed=0).tips(tally)
    assert {tip.run for tip in tips} == {(), tuple(run)}
    for tip in tips:
        end = tip.run[-1].after if tip.run else WORLD
        rule = answering(tip.operation, tip.binding, end)
        assert rule
        assert feat(rule, tip.operation, tip.binding) not in tally.runs
    reached = {rule.id for tip in tips if (rule := answering(tip.operation, tip.binding, run[0].after))}
    assert {"container.create.created", "image.tag.tagged"} <= reached


def test_what_was_done_is_no_tip_any_more() -> None:
    """A tip that was taken is gone; the shortest run to it is kept."""
    tally, frontier = Tally(), Frontier(SPECIFICATION, WORLD, seed=0)
    assert any(tip.operation.id == "image.import" for tip in frontier.tips(tally))
    first = step(None, "image.import", i=0)
    tally.add([first])
    tally.add([first, step(first, "image.import", i=1)])
    assert not any(tip.operation.id == "image.import" for tip in frontier.tips(tally))
    assert tally.runs["image.import.imported",] == (first,)
    assert tally.fired["image.import.imported"] == 2


def test_flags_count_where_something_changes() -> None:
    """Creating with another policy is new; being refused with another one is not."""
    create = SPECIFICATION.operation("container.create")
    made, refused = create.rules[-1], create.rules[0]
    flags: dict[str, Value] = {"rm": False, "command": Process.ENDS_WELL}
    assert len({feat(made, create, {**flags, "restart_policy": policy}) for policy in Policy}) == len(Policy)
    assert len({feat(refused, create, {**flags, "restart_policy": policy}) for policy in Policy}) == 1


def test_objects_that_there_are_come_first() -> None:
    """Of a sort the known objects are drawn, and now and then the first that is not."""
    state = WORLD.setting({(status, (1,)): Status.CREATED, (present, (0,)): True})
    situation = Situation(state, SPECIFICATION.functions)
    assert set(situation.candidates(CONTAINER)) == {0, 1}
    assert situation.candidates(CONTAINER).count(1) > situation.candidates(CONTAINER).count(0)
    assert set(situation.candidates(IMAGE)) == {0, 1}
    assert set(situation.candidates(REFERENCE)) == set(range(6)), "the constants of the world tell them apart"


def test_only_what_is_wanted_is_drawn() -> None:
    """Some values of a parameter can be left out."""
    situation = Situation(WORLD, SPECIFICATION.functions, {"restart_policy": [Policy.ALWAYS]})
    assert situation.wanted(Variable("restart_policy", Policy)) == [Policy.ALWAYS]
    assert tuple(situation.wanted(Variable("command", Process))) == tuple(Process)
