"""First contact: every operation in every state is asked of a real engine, and the specification answers the same.

The cells of ``data/cells-docker-20.10.jsonl`` are measured again here, on whatever engine there is: the status of the
answer (a 304 too), its text where the engine is of the version that the texts are from, and the state and the exit code
once they have settled.
"""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

import pytest
from engine import Engine, wait_for

from dockspec import specification
from hullcheck.cells import differences, matrix_cells

TEXTS_OF = "20.10."
"""The version whose texts the specification has; others word the same refusals differently."""

SETTLING = 5.0
"""Seconds until a state has to be the one expected."""

RUNS = ("sh", "-c", 'trap "exit 7" TERM; trap "" USR1; echo ready; sleep 1000 & wait')
COMMANDS = {"exited": ("sh", "-c", "exit 3"), "restarting": ("false",)}


class Request(NamedTuple):
    """What is asked for a line of the file; ``{c}`` stands for the container."""

    method: str
    path: str
    params: Mapping[str, object] = MappingProxyType({})
    body: object = None
    harmless: bool = False
    """Whether the container is as it was before, although the answer is a success."""


REQUESTS = {
    ("create", "same name, image exists"): Request(
        "POST", "/containers/create", {"name": "{c}"}, {"Image": "busybox", "Cmd": RUNS}
    ),
    ("start", ""): Request("POST", "/containers/{c}/start"),
    # more than the second that the file tells of: this machine may be busy, and the process ends by itself
    ("stop", "t=1 (process handles SIGTERM, exits 7)"): Request("POST", "/containers/{c}/stop", {"t": 20}),
    ("restart", "t=0"): Request("POST", "/containers/{c}/restart", {"t": 0}),
    ("kill", "(no signal = SIGKILL)"): Request("POST", "/containers/{c}/kill"),
    ("kill", "signal=SIGUSR1 (ignored by process)"): Request("POST", "/containers/{c}/kill", {"signal": "SIGUSR1"}),
    ("kill", "signal=BOGUS"): Request("POST", "/containers/{c}/kill", {"signal": "BOGUS"}),
    ("pause", ""): Request("POST", "/containers/{c}/pause"),
    ("unpause", ""): Request("POST", "/containers/{c}/unpause"),
    ("rm", ""): Request("DELETE", "/containers/{c}"),
    ("rm", "force=1"): Request("DELETE", "/containers/{c}", {"force": 1}),
    ("exec-create", ""): Request("POST", "/containers/{c}/exec", {}, {"Cmd": ["true"]}, harmless=True),
    ("commit", "pause=1 (default)"): Request(
        "POST", "/commit", {"container": "{c}", "repo": "cm", "tag": "1"}, {}, harmless=True
    ),
    ("rename", "to a free name"): Request("POST", "/containers/{c}/rename", {"name": "{c}-renamed"}),
    ("rename", "to its own name"): Request("POST", "/containers/{c}/rename", {"name": "{c}"}),
    ("update", "RestartPolicy=no"): Request("POST", "/containers/{c}/update", {}, {"RestartPolicy": {"Name": "no"}}),
    ("top", ""): Request("GET", "/containers/{c}/top", harmless=True),
    ("logs", "stdout=1"): Request("GET", "/containers/{c}/logs", {"stdout": 1}, harmless=True),
    ("inspect", ""): Request("GET", "/containers/{c}/json", harmless=True),
}
STATES = ("absent", "created", "running", "paused", "exited", "restarting")
"""In this order: the restarting ones are made first, and by then wait long enough to be met waiting."""

FILE = Path(__file__).parents[1] / "data" / "cells-docker-20.10.jsonl"
RECORDED = {
    (line["operation"], line["variant"], line["state"]): line
    for line in map(json.loads, FILE.read_text("utf-8").splitlines())
}
CELLS = [(*asked, state) for state in STATES for asked in REQUESTS if (*asked, state) in RECORDED]


@dataclass
class Stage:
    """Containers in the states that the cells begin with; one that an answer left as it was is used again."""

    engine: Engine
    ready: dict[str, list[str]] = field(default_factory=dict)
    made: Counter[str] = field(default_factory=Counter)
    ids: dict[str, str] = field(default_factory=dict)

    def make(self, state: str) -> str:
        """A new container, on its way into a state."""
        self.made[state] += 1
        name = f"{state}-{self.made[state]}"
        if state == "absent":
            return name
        settings = {
            "RestartPolicy": {"Name": "always" if state == "restarting" else "no"},
            "NetworkMode": "none",  # as in the file; an engine without a bridge cannot rename on its default network
        }
        body = {"Image": "busybox", "Cmd": COMMANDS.get(state, RUNS), "HostConfig": settings}
        created = self.engine.request("POST", "/containers/create", {"name": name}, body)
        assert created.status_code == 201
        self.ids[name] = created.json()["Id"]  # a rename does not hide it
        if state != "created":
            assert self.engine.request("POST", f"/containers/{name}/start").status_code == 204
        return name

    def take(self, state: str) -> str:
        """A container that is in a state."""
        if state == "restarting":
            return wait_for("a container that waits to be restarted", self._waiting, 60)
        name = self.ready[state].pop() if self.ready.get(state) else self.make(state)
        if state in {"running", "paused"}:
            wait_for("the process to be ready", lambda: self._has_said(name, "ready"))
        if state == "paused" and self.look(name)[0] == "running":
            assert self.engine.request("POST", f"/containers/{name}/pause").status_code == 204
        wait_for(f"{name} to be {state}", lambda: self.look(name)[0] == state)
        return name

    def give_back(self, state: str, name: str) -> None:
        """Let another cell have the container, if it still is in the state."""
        if state != "absent" and self.look(name)[0] == state:
            self.ready.setdefault(state, []).append(name)

    def look(self, name: str) -> tuple[str, int | None]:
        """The state of a container in the file's words, and its exit code."""
        answer = self.engine.request("GET", f"/containers/{self.ids.get(name, name)}/json")
        if answer.status_code == 404:
            return "absent", None
        seen = answer.json()["State"]
        return seen["Status"], seen["ExitCode"]

    def _has_said(self, name: str, word: str) -> bool:
        return word in self.engine.request("GET", f"/containers/{name}/logs", {"stdout": 1}).text

    def _waiting(self) -> str | None:
        """A container that goes on waiting for two seconds at least: the waits double, from 100 ms."""
        for name in self.ready["restarting"]:
            seen = self.engine.request("GET", f"/containers/{name}/json").json()
            ended = datetime.fromisoformat(seen["State"]["FinishedAt"][:19] + "+00:00").timestamp()
            left = ended + 0.1 * 2 ** (seen["RestartCount"] - 1) - time.time()
            if seen["State"]["Status"] == "restarting" and left > 2:
                self.ready["restarting"].remove(name)
                return name
        return None


@pytest.fixture(scope="module")
def stage(engine: Engine) -> Iterator[Stage]:
    """The stage, with as many restarting containers as will be used up; afterwards the engine is empty."""
    engine.clear()
    engine.provide()
    stage = Stage(engine)
    used_up = [
        c for c in CELLS if c[2] == "restarting" and RECORDED[c]["status"] < 300 and not REQUESTS[c[:2]].harmless
    ]
    stage.ready["restarting"] = [stage.make("restarting") for _ in range(len(used_up) + 1)]
    yield stage
    engine.clear()


@pytest.mark.parametrize("cell", CELLS, ids=lambda cell: " ".join(filter(None, (*cell[:2], "in", cell[2]))))
def test_the_engine_answers_as_the_specification_does(stage: Stage, cell: tuple[str, str, str], tmp_path: Path) -> None:
    """The same request in the same state: the same answer, and the same state afterwards."""
    operation, variant, state = cell
    request = REQUESTS[operation, variant]
    name = stage.take(state)
    params = {key: str(value).format(c=name) for key, value in request.params.items()}
    answer = stage.engine.request(request.method, request.path.format(c=name), params, request.body)
    asked = {"operation": operation, "variant": variant, "state": state, "blocks": False, "events": None}
    answered = {"status": answer.status_code, "message": answer.json()["message"] if answer.status_code >= 400 else ""}

    def differing() -> tuple[str, ...]:
        after, code = stage.look(name)
        seen = {**asked, **answered, "after": after, "exit_code": code}
        return against_the_specification(seen, tmp_path, texts=stage.engine.version.startswith(TEXTS_OF))

    assert settled(differing) == ()
    if answer.status_code >= 300 or request.harmless:
        stage.give_back(state, name)


def against_the_specification(seen: Mapping[str, object], folder: Path, *, texts: bool) -> tuple[str, ...]:
    """How the specification differs from a line that was measured now; with ``texts``, in the words of an error too."""
    file = folder / "seen.jsonl"
    file.write_text(json.dumps(seen))
    (cell,) = matrix_cells(file)
    if not texts:
        cell = replace(cell, then=replace(cell.then, message=None))
    return differences(specification(), cell)


def settled(differing: Callable[[], tuple[str, ...]]) -> tuple[str, ...]:
    """The differences that stay: a state may need a moment until it is the one that lasts."""
    found = differing()

    def agreed() -> bool:
        nonlocal found
        found = differing()
        return not found

    with suppress(TimeoutError):
        wait_for("agreement", agreed, SETTLING)
    return found
