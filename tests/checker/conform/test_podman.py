"""Podman's service as a private engine: nothing of its containers hangs on it, and nothing is left of it."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from engine import go_without

from hullcheck.conform import programs
from hullcheck.conform.command import conform
from hullcheck.conform.daemon import Daemon, folder, wait_for
from hullcheck.conform.engine import Engine
from hullcheck.conform.private import private
from hullcheck.errors import LackingError


@pytest.fixture
def podman() -> Iterator[Daemon]:
    """A private one that runs; at the end nothing is left of it."""
    try:
        with folder() as here, private(here, "podman") as service:
            yield service
    except LackingError as why:
        go_without(str(why))
    assert not here.exists()
    assert f"{here}/" not in Path("/proc/self/mounts").read_text("utf-8")


def test_its_containers_live_on_while_it_is_restarted(podman: Daemon) -> None:
    """Whether it ends in good order or is killed, a container runs on in the same process."""
    engine = Engine.at(podman.host)
    assert engine.name == "podman"
    made = engine.ask("POST", "/images/create", {"fromSrc": "-"}, data=programs.root_file_system())
    image = json.loads(made.body.splitlines()[-1])["status"]
    command = {"Image": image, "Cmd": ["sleep", "600"], "HostConfig": {"NetworkMode": "none"}}
    container = engine.ask("POST", "/containers/create", {}, command).document["Id"]
    assert engine.ask("POST", f"/containers/{container}/start").status == 204
    process = engine.get(f"/containers/{container}/json")["State"]["Pid"]
    for again in (podman.restart, podman.crash):
        again()
        assert engine.get(f"/containers/{container}/json")["State"]["Pid"] == process
    engine.close()
    podman.clean_up()
    wait_for("the end of what ran", lambda: not Path("/proc", str(process)).exists())


def test_what_differs_is_declared(capsys: pytest.CaptureFixture[str]) -> None:
    """Builds, and the pauses that it takes otherwise than Docker, in its own dialect."""
    if os.geteuid() != 0 or shutil.which("podman") is None:
        go_without("a private Podman needs root, and podman (Debian has it in podman)")
    status = conform.main(
        ["--own", "podman", "--rules", "build", "--rules", "container.pause", "--client", "none", "--json"],
        standalone_mode=False,
    )
    found = json.loads(capsys.readouterr().out)
    assert (found["engine"], found["dialect"], found["left"]) == ("podman", "podman", [])
    assert [(d["cell"], d["differences"]) for d in found["differences"] if not d["declared"]] == []
    assert {"build.run.made", "container.pause.paused"} <= set(found["rules"])
    assert status == 0
