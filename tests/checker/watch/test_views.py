"""The steps of one object are those that the rules make, and no others."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dockspec import specification
from dockspec.container import CONTAINER, NAME, Status, auto_remove, manually_stopped, policy, status
from dockspec.evaluation import Binding, State
from dockspec.image import IMAGE
from dockspec.model import Operation
from hullcheck.steps import completions, openings, take
from hullcheck.watch.views import CONTAINERS, EXECS, IMAGES, Step, View, outcomes, steps
from hullcheck.worlds import world


@cache
def container_steps() -> tuple[Step, ...]:
    """Of Docker, derived once."""
    return steps(specification(), CONTAINERS)


def test_each_state_that_the_question_tells_apart_is_asked_once() -> None:
    """A question is asked once for each way its readings can fall, and not for what it does not read."""
    functions = {f.name: f for f in (status, auto_remove, policy)}

    def ask(state: State) -> bool:
        return state.value(status, 0) is Status.RUNNING and state.value(auto_remove, 0) is True

    answers = list(outcomes(ask, State({CONTAINER: 1}), functions))
    assert len(answers) == len(Status) + 1  # --rm is read only of a running one
    assert sum(answer for answer, _ in answers) == 1
    assert all(("container.policy", (0,)) not in read for _, read in answers)


@settings(max_examples=25, deadline=None)
@given(st.data())
def test_every_step_of_the_specification_is_among_the_derived_ones(data: st.DataObject) -> None:
    """Whatever a random run does to a container, with whatever events, is one of the steps that were derived."""
    spec = specification()
    derived = container_steps()
    state = world({CONTAINER: 1, NAME: 2, IMAGE: 2})
    kept = (policy, auto_remove, manually_stopped)
    for _ in range(12):
        possible = [
            taken
            for operation in spec.operations
            if operation.id.startswith(("container.", "exec.", "removal.", "daemon.", "image.import", "build."))
            for given_ in openings(operation, state)
            for binding in _filled(operation, given_, state)
            if (taken := take(operation, binding, state)) and (taken.after != state or taken.events)
        ]
        taken = data.draw(st.sampled_from(possible))
        events = tuple(e.action for e in taken.events if e.type == "container" and e.subject == (0,))
        before, after = (s.value(status, 0) for s in (state, taken.after))
        values = [(state.value(f, 0), taken.after.value(f, 0)) for f in kept]
        state = taken.after
        if not events and before is after and all(a == b for a, b in values):
            continue
        assert any(
            step.rule == taken.rule.id
            and (step.before, step.events, step.after) == (before, events, after)
            and all(values[n][0] == value for n, value in step.needs)
            and all(dict(step.sets).get(n, old) == new for n, (old, new) in enumerate(values))
            for step in derived
        ), str(taken)


def _filled(operation: Operation, given_: Binding, state: State) -> Iterator[Binding]:
    """Every way to complete an opening: the caller's other parameters too."""
    rest = [p for p in operation.parameters if p.name not in given_]
    for values in product(*(state.objects(p.type) for p in rest)):
        yield from completions(operation, {**given_, **dict(zip((p.name for p in rest), values, strict=True))}, state)


@pytest.mark.parametrize("view", [CONTAINERS, EXECS, IMAGES], ids=lambda view: view.name)
def test_every_event_of_a_kind_of_object_is_in_some_step(view: View) -> None:
    """No event that a rule tells of such an object is lost in the derivation."""
    named = {
        event.action
        for operation in specification().operations
        if not view.operations or operation.id.startswith(view.operations)
        for rule in operation.rules
        for event in rule.events
        if event.type == view.type and event.subject and event.subject[0].type is view.subject.type
    }
    found = {action for step in steps(specification(), view) for action in step.events}
    assert named == found


def test_nothing_impossible_is_derived() -> None:
    """What an invariant forbids is no state to start from: no --rm container is stopped and starts again."""
    assert not [s for s in container_steps() if s.before is Status.STOPPED and (1, True) in s.needs]


def test_a_process_of_exec_is_made_once() -> None:
    """Each has an id of its own: a second exec_create is no step of the same one."""
    assert {s.before.name for s in steps(specification(), EXECS) if s.events == ("exec_create",)} == {"NONE"}
