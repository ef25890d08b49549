"""hullcheck.steps and hullcheck.worlds: what can be asked in a state, and what comes of it."""

from __future__ import annotations

import pytest

from dockspec.container import CONTAINER, NAME, Policy, Process, Status, status
from dockspec.dialects import specification
from dockspec.evaluation import State
from dockspec.image import IMAGE, REFERENCE, ReferenceKind, before, kind, present, same_repository
from dockspec.language import Value
from dockspec.operations.shared import Patience, Race
from hullcheck.steps import completions, is_meant, openings, take
from hullcheck.worlds import repository, world

SPECIFICATION = specification()
CREATE = SPECIFICATION.operation("container.create")
STOP = SPECIFICATION.operation("container.stop")
GIVEN: dict[str, Value] = {"n": 0, "i": 0, "restart_policy": Policy.NO, "rm": False, "command": Process.ENDS_WELL}


@pytest.fixture
def start() -> State:
    """A world with one image."""
    return world({CONTAINER: 2, NAME: 1, IMAGE: 1}, ["app:1"]).setting({(present, (0,)): True})


def test_the_engine_takes_the_first_unused_slot(start: State) -> None:
    """What is made gets the first slot that is free; where none is left, the operation is not possible."""
    (first,) = completions(CREATE, GIVEN, start)
    assert first["c"] == 0
    taken = take(CREATE, first, start)
    assert taken
    (second,) = completions(CREATE, GIVEN, taken.after)
    assert second["c"] == 1
    full = taken.after.setting({(status, (1,)): Status.CREATED})
    assert list(completions(CREATE, GIVEN, full)) == []
    assert openings(CREATE, full) == []
    assert take(CREATE, second, full) is None


def test_each_choice_of_the_engine_is_tried(start: State) -> None:
    """Without patience both signals race; with it there is one outcome."""
    races = {p: [b["race"] for b in completions(STOP, {"c": 0, "patience": p}, start)] for p in Patience}
    assert races == {Patience.GRACE: [Race.TERM], Patience.NONE: [Race.TERM, Race.KILL]}


def test_a_caller_gives_all_that_is_its_own(start: State) -> None:
    """A parameter that is forgotten is an error, never a guess."""
    with pytest.raises(KeyError, match=r"container\.stop is asked without patience"):
        next(completions(STOP, {"c": 0}, start))


def test_openings_are_where_an_operation_is_possible(start: State) -> None:
    """Only the parameters that decide are told; nothing, where an operation needs an object of which there is none."""
    assert openings(CREATE, start) == [{}]
    assert openings(STOP, start) == [{"patience": Patience.GRACE}, {"patience": Patience.NONE}]
    assert openings(SPECIFICATION.operation("image.load"), start) == []
    assert openings(SPECIFICATION.operation("container.exit"), start) == []


def test_a_step_knows_its_rule_its_states_and_its_events(start: State) -> None:
    """A step says who answered, what was before and after, and what it shows."""
    taken = take(CREATE, {**GIVEN, "c": 0}, start)
    assert taken
    assert (taken.rule.id, taken.before, taken.after.value(status, 0)) == (
        "container.create.created",
        start,
        Status.CREATED,
    )
    assert [(event.action, event.subject) for event in taken.events] == [("create", (0,))]
    assert str(taken).startswith("container.create(n=0, i=0, restart_policy=no, rm=False, ")


def test_references_are_read_as_docker_writes_them() -> None:
    """Tag or digest, repository and order are read off the text, a registry with a port included."""
    spelled = ["app:1", "app@1", "host:5000/app:1", "app:2"]
    state = world({}, spelled)
    assert state.sizes[REFERENCE] == 4
    assert [repository(text) for text in spelled] == ["app", "app", "host:5000/app", "app"]
    assert [state.value(kind, slot) is ReferenceKind.DIGEST for slot in range(4)] == [False, True, False, False]
    assert [state.value(same_repository, 0, slot) for slot in range(4)] == [True, True, False, True]
    assert (state.value(before, 0, 3), state.value(before, 3, 0), state.value(before, 0, 0)) == (True, False, False)


def test_what_is_meant_by_a_prefix() -> None:
    """An id means itself; a prefix, with its dot, whatever begins with it."""
    assert is_meant("container.rm", ["container.rm"])
    assert is_meant("container.rm", ["image.tag", "container."])
    assert not is_meant("container.rmi", ["container.rm"])
    assert not is_meant("container.rm", [])
