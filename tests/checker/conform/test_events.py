"""Events: which orders a rule allows, and what is left out of them."""

from __future__ import annotations

import time
from collections.abc import Iterator
from types import SimpleNamespace
from typing import cast

from dockspec.evaluation import Happening
from hullcheck.conform.events import Listener, Told, agree, is_order, without_echo, without_flicker, without_vain_starts
from hullcheck.conform.events import told as read
from hullcheck.conform.stage import Stage
from hullcheck.steps import Taken


def happened(*actions: str) -> list[Happening]:
    """Events of container 0, by the specification."""
    return [Happening("container", action, (0,), {}) for action in actions]


def told(*actions: str, slot: int = 0) -> list[Told]:
    """Events of a container, by an engine."""
    return [Told("container", action, slot, {}) for action in actions]


def test_what_no_engine_promises_may_be_swapped() -> None:
    """Newer engines tell stop before die, and a signal may be told after what it did."""
    assert is_order(happened("kill", "die", "stop"), told("kill", "stop", "die"))
    assert is_order(happened("kill", "die", "stop"), told("die", "kill", "stop"))


def test_all_else_comes_in_order() -> None:
    """A container does not die before it starts, and is not destroyed before it dies."""
    assert not is_order(happened("start", "die"), told("die", "start"))
    assert not is_order(happened("die", "destroy"), told("destroy", "die"))


def test_nothing_is_missing_and_nothing_is_new() -> None:
    """One event more or less is a difference, and so is one of another object."""
    assert not is_order(happened("pause"), [])
    assert not is_order([], told("pause"))
    assert not is_order(happened("pause"), told("pause", "pause"))
    assert not is_order(happened("pause"), told("pause", slot=1))


def test_attributes_that_both_tell_agree() -> None:
    """An exit code is compared by its class, a signal that the rule leaves open is not."""
    one = [Happening("container", "die", (0,), {"exitCode": "own"})]
    assert is_order(one, [Told("container", "die", 0, {"exitCode": "own"})])
    assert not is_order(one, [Told("container", "die", 0, {"exitCode": "137"})])
    signal = [Happening("container", "kill", (0,), {"signal": "{signal}"})]
    assert is_order(signal, [Told("container", "kill", 0, {"signal": "10"})])


def test_a_container_that_is_restarted_all_the_time_is_told_of_once() -> None:
    """Of its starts and ends only the first end is left, or none."""
    flicker = told("die", "start", "die", "restart", "start", "die")
    assert without_flicker(flicker, [0], first_die=True) == told("die")
    assert without_flicker(flicker, [0], first_die=False) == []
    assert without_flicker(flicker, [1], first_die=False) == flicker


def test_a_start_in_vain_before_what_is_asked_says_nothing() -> None:
    """Of a container that waited to be restarted; a start that lasts stays, and so does one of another container."""
    assert without_vain_starts(told("start", "die", "start", "die", "destroy"), [0]) == told("destroy")
    assert without_vain_starts(told("start", "die", "start"), [0]) == told("start")
    assert without_vain_starts(told("kill", "start", "die"), [0]) == told("kill", "start", "die")
    assert without_vain_starts(told("start", "die"), [1]) == told("start", "die")


def test_podman_s_events_are_docker_s() -> None:
    """Its words mean the same; of an image that rmi came by, and of an exec's end, nothing is taken to be told."""
    stage = Stage(SimpleNamespace(name="podman"), "x")  # type: ignore[arg-type]  # as much of an engine as is needed
    stage.adopt_container(0, "c0")
    stage.adopt_image(0, "i0", 1)
    raw = [
        {"Type": kind, "Action": action, "Actor": {"ID": f"{kind[0]}0"}}
        for kind, action in (
            ("container", "exec"), ("container", "exec_died"), ("container", "died"), ("container", "cleanup"),
            ("container", "remove"),
            ("image", "loadfromarchive"), ("image", "remove"), ("image", "delete"),
        )
    ]  # fmt: skip
    assert [event.action for event in read(raw, stage, None)] == ["exec_start", "die", "destroy", "load"]


class Retelling:
    """An engine that tells two events, and both once more."""

    name = "podman"

    def another(self) -> Retelling:
        """The same one."""
        return self

    def stream(self, path: str, **_: object) -> Iterator[dict[str, object]]:
        """What it tells."""
        assert path == "/events"
        one: dict[str, object] = {"Type": "image", "Action": "tag", "Actor": {"ID": "i0"}, "time": 0, "timeNano": 1}
        yield from (one, one | {"timeNano": 2}, one, one | {"timeNano": 2})


def test_what_is_told_anew_is_heard_once() -> None:
    """Podman ends its stream, or tells all again; the same event at another time is another one. Then it is over."""
    listener = Listener(Retelling())  # type: ignore[arg-type]  # as much of an engine as is needed
    deadline = time.monotonic() + 10
    while not listener.broken and time.monotonic() < deadline:
        time.sleep(0.01)
    assert [event["timeNano"] for event in listener.since(0)] == [1, 2]


def test_a_pause_that_is_told_twice_is_heard_once() -> None:
    """Only where an unpause is expected, and only whole pairs."""
    twice = told("pause", "unpause", "pause", "unpause")
    assert without_echo(happened("pause", "unpause"), twice) == told("pause", "unpause")
    assert without_echo(happened("pause"), told("pause", "pause")) == told("pause", "pause")
    assert without_echo(happened("unpause"), told("unpause", "unpause")) == told("unpause", "unpause")


def test_a_daemon_that_ends_may_leave_a_removal_untold() -> None:
    """Its stream may be closed by then; of another operation the event is missing, and of this one no other may be."""

    def step(operation: str) -> Taken:
        events = happened("die", "stop", "destroy")
        return cast("Taken", SimpleNamespace(operation=SimpleNamespace(id=operation), binding={}, events=events))

    assert agree(step("daemon.restart"), told("die", "stop", "destroy"), "docker")
    assert agree(step("daemon.restart"), told("die", "stop"), "docker")
    assert not agree(step("daemon.restart"), told("stop", "destroy"), "docker")
    assert not agree(step("container.stop"), told("die", "stop"), "docker")
