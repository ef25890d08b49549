"""How to test an implementation of one's own with the specification: a small engine, and one with a mistake."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

import hypothesis
import pytest
from hypothesis import HealthCheck, Phase, Verbosity
from hypothesis.stateful import run_state_machine_as_test

from dockspec.container import CONTAINER, NAME, Policy, Process
from dockspec.image import IMAGE, present
from dockspec.language import Value
from dockspec.operations.containers import Signal
from dockspec.operations.shared import Patience
from hullcheck.sample import Disagreement, ImplementationMachine, Reply
from hullcheck.worlds import world


class FakeEngine:
    """A test double, as they are written a hundred times: a dictionary, and what one remembers of Docker."""

    def __init__(self) -> None:
        self.states: dict[str, str] = {}

    def create(self, name: str) -> int:
        """POST /containers/create."""
        if name in self.states:
            return 409
        self.states[name] = "created"
        return 201

    def start(self, name: str) -> int:
        """POST /containers/{id}/start."""
        if name not in self.states:
            return 404
        if self.states[name] == "paused":
            return 409
        if self.states[name] == "running":
            return 304
        self.states[name] = "running"
        return 204

    def stop(self, name: str) -> int:
        """POST /containers/{id}/stop."""
        if name not in self.states:
            return 404
        if self.states[name] in {"created", "exited"}:
            return 304
        self.states[name] = "exited"
        return 204

    def pause(self, name: str) -> Reply:
        """POST /containers/{id}/pause."""
        if name not in self.states:
            return Reply(404, "NoSuchContainer")
        if self.states[name] != "running":
            return Reply(409, "AlreadyPaused" if self.states[name] == "paused" else "NotRunning")
        self.states[name] = "paused"
        return Reply(204)

    def remove(self, name: str, force: bool) -> int:
        """DELETE /containers/{id}."""
        if name not in self.states:
            return 404
        if self.states[name] in {"running", "paused"} and not force:
            return 409
        del self.states[name]
        return 204


class FakeEngineMachine(ImplementationMachine):
    """The engine beside the specification: one method for each operation that it has."""

    world = world({CONTAINER: 2, NAME: 2, IMAGE: 1}).setting({(present, (0,)): True})
    only: ClassVar[dict[str, Sequence[Value]]] = {
        "restart_policy": [Policy.NO], "rm": [False], "command": [Process.ENDS_WELL], "i": [0],
    }  # fmt: skip
    engine_under_test: ClassVar[type[FakeEngine]] = FakeEngine

    def __init__(self) -> None:
        super().__init__()
        self.engine = self.engine_under_test()
        self.names: dict[int, str] = {}

    def container_create(self, c: int, n: int, **_: Value) -> int:
        """Number c stands for a container called after number n."""
        answer = self.engine.create(f"name{n}")
        if answer == 201:
            self.names[c] = f"name{n}"
        return answer

    def container_start(self, c: int) -> int:
        """What is not there has a name that nobody has."""
        return self.engine.start(self.names.get(c, "?"))

    def container_stop(self, c: int, patience: Patience) -> int:  # noqa: ARG002  # a parameter of the operation
        """The engine has no patience to speak of."""
        return self.engine.stop(self.names.get(c, "?"))

    def container_pause(self, c: int) -> Reply:
        """The class of a refusal is compared where it is told."""
        return self.engine.pause(self.names.get(c, "?"))

    def container_rm(self, c: int, force: bool) -> int:
        """Gone is gone."""
        return self.engine.remove(self.names.get(c, "?"), force)

    def container_state(self, c: int) -> str:
        """Compared after each step."""
        return self.engine.states.get(self.names.get(c, "?"), "removed")


TestFakeEngine = FakeEngineMachine.TestCase
TestFakeEngine.settings = hypothesis.settings(max_examples=15, stateful_step_count=15, derandomize=True, deadline=None)


# --- the same, with a mistake ---------------------------------------------------------------------------------------


class StopsTwice(FakeEngine):
    """Answers 204 to every stop, as if something had been done."""

    def stop(self, name: str) -> int:
        """Forgets the 304."""
        return 204 if super().stop(name) == 304 else super().stop(name)


class ResumesBySigterm(FakeEngine):
    """Takes a paused container for one that cannot be stopped."""

    def stop(self, name: str) -> int:
        """Answers well, and does nothing."""
        return 204 if self.states.get(name) == "paused" else super().stop(name)


class CallsItPaused(FakeEngine):
    """Gives the right status for the wrong reason."""

    def pause(self, name: str) -> Reply:
        """Confuses two classes of conflict."""
        reply = super().pause(name)
        return Reply(409, "NotRunning") if reply.status == 409 else reply


def run(engine: type[FakeEngine]) -> None:
    """Test an engine."""
    machine = type("Machine", (FakeEngineMachine,), {"engine_under_test": engine})
    settings = hypothesis.settings(
        max_examples=60,
        stateful_step_count=30,
        derandomize=True,
        deadline=None,
        database=None,
        phases=[Phase.generate, Phase.shrink],
        report_multiple_bugs=False,
        verbosity=Verbosity.quiet,
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(machine, settings=settings)


@pytest.mark.parametrize(
    ("engine", "told"),
    [
        (StopsTwice, "304 (container.stop.not-running); the implementation Reply(status=204, error_class='')"),
        (ResumesBySigterm, "is exited; in the implementation paused"),
        (CallsItPaused, "409 AlreadyPaused (container.pause.paused); the implementation Reply(status=409"),
    ],
)
def test_a_mistake_is_found(engine: type[FakeEngine], told: str) -> None:
    """A wrong status, a wrong state and a wrong class are found; the error tells the steps and both sides."""
    with pytest.raises(Disagreement) as found:
        run(engine)
    text = str(found.value)
    assert told in text
    assert text.startswith("after\n    container.")
    assert len(text.splitlines()) <= 6, "it was not shrunk"


def test_only_what_has_a_method_is_asked() -> None:
    """An operation without a method is no rule of the machine."""
    asked = {name for name in dir(FakeEngineMachine) if name.startswith("ask_")}
    assert asked == {f"ask_container_{name}" for name in ("create", "start", "stop", "pause", "rm")}


def test_what_is_open_stays_open() -> None:
    """Where the specification allows several outcomes, the implementation may have any of them."""

    class Killed(FakeEngineMachine):
        """Kills, where the specification knows a signal that is ignored."""

        only: ClassVar[dict[str, Sequence[Value]]] = {**FakeEngineMachine.only, "signal": [Signal.TERM]}

        def container_kill(self, c: int, signal: Signal) -> int:  # noqa: ARG002  # a parameter of the operation
            """Whatever the signal."""
            state = self.engine.states.get(self.names.get(c, "?"))
            if state in {"running", "paused"}:
                self.engine.states[self.names[c]] = "exited"
                return 204
            return 409 if state else 404

    settings = hypothesis.settings(
        max_examples=20,
        stateful_step_count=20,
        derandomize=True,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(Killed, settings=settings)
