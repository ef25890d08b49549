"""A private dockerd: it is stopped, killed and started again, once for all who wait for it, and leaves nothing."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import cast

import pytest
from engine import Engine as Private
from engine import go_without

from hullcheck.conform.daemon import Daemon, Service, folder, wait_for
from hullcheck.conform.engine import ConnectionBroken, Engine
from hullcheck.conform.events import Listener
from hullcheck.conform.private import private
from hullcheck.conform.restarts import Restarts
from hullcheck.errors import LackingError


def test_waiting_ends_in_time() -> None:
    """What never comes is reported, and what comes is returned."""
    with pytest.raises(TimeoutError, match="for the moon"):
        wait_for("the moon", lambda: False, 0.05)
    assert wait_for("a number", lambda: 7) == 7


def test_a_program_that_ends_at_once_is_reported_with_its_last_words(tmp_path: Path) -> None:
    """One line, with what it said."""
    service = Service("sulker", ["sh", "-c", "echo no luck today; exit 1"], tmp_path / "log", lambda: False)
    with pytest.raises(LackingError, match="sulker does not start: no luck today"):
        service.start()
    assert service.ended


def test_without_a_program_there_is_no_daemon(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """One line says what is missing, and where it comes from."""
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    with pytest.raises(LackingError, match="dockerd is not installed"), private(tmp_path):
        pass
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    with pytest.raises(LackingError, match="needs root"), private(tmp_path):
        pass


@pytest.mark.parametrize(
    ("last_words", "driver"),
    [
        ("failed to start daemon: error initializing graphdriver: driver not supported", "vfs"),
        ("failed to start containerd: timeout waiting for containerd to start", "overlay2"),
    ],
)
def test_another_storage_driver_is_taken_only_where_the_first_is_the_trouble(
    tmp_path: Path, last_words: str, driver: str
) -> None:
    """What else keeps a daemon from starting may be over at the second try; a store of containerd's has no vfs."""
    dockerd = tmp_path / "dockerd"
    dockerd.write_text(f'#!/bin/sh\necho "$@" >>{tmp_path}/calls\necho "{last_words}"\nexit 1\n')
    dockerd.chmod(0o755)
    with pytest.raises(LackingError, match=last_words):
        Daemon(tmp_path, str(dockerd)).start()
    first, second = (tmp_path / "calls").read_text("utf-8").splitlines()
    assert "--storage-driver overlay2" in first
    assert f"--storage-driver {driver}" in second


class Counting:
    """A daemon and its listener, of which only the restarts are counted; or it does not start again."""

    def __init__(self, problem: str = "") -> None:
        self.done: list[str] = []
        self._problem = problem

    def restart(self) -> None:
        """It is restarted."""
        self.done.append("restart")
        if self._problem:
            raise LackingError(self._problem)

    def crash(self) -> None:
        """It is killed."""
        self.done.append("crash")

    @contextmanager
    def over_a_restart(self) -> Iterator[None]:
        """Nobody listens."""
        yield


def restarts(daemon: Counting, stories: int) -> Restarts:
    """For so many stories."""
    return Restarts(cast("Daemon", daemon), cast("Listener", daemon), stories)


def together(*parts: Callable[[], None]) -> list[BaseException | None]:
    """Do them all at the same time; what went wrong with each."""
    with ThreadPoolExecutor(len(parts)) as pool:
        return [future.exception(20) for future in [pool.submit(part) for part in parts]]


def test_several_stories_share_one_restart() -> None:
    """It is done when the last one has come, once, before anyone goes on."""
    daemon, seen = Counting(), list[int]()
    shared = restarts(daemon, 5)

    def story() -> None:
        shared.gather()
        assert daemon.done == []
        shared.restart(crash=True)
        seen.append(len(daemon.done))

    assert together(*[story] * 5) == [None] * 5
    assert seen == [1] * 5
    assert daemon.done == ["crash"]


def test_who_leaves_is_not_waited_for() -> None:
    """Whether it leaves before the others come, or afterwards."""
    daemon = Counting()
    shared, gathered = restarts(daemon, 3), threading.Event()

    def leaves_late() -> None:
        shared.gather()
        gathered.set()
        shared.leave()

    def story() -> None:
        shared.gather()
        gathered.wait(20)
        shared.restart(crash=False)

    assert together(shared.leave, leaves_late, story) == [None] * 3
    assert daemon.done == ["restart"]


def test_a_daemon_that_does_not_start_again_breaks_the_connection_of_all() -> None:
    """Nobody waits for ever, and everybody is told why."""
    shared = restarts(Counting("it is tired"), 2)
    found = together(*[lambda: shared.restart(crash=False)] * 2)
    assert [str(why) for why in found if isinstance(why, ConnectionBroken)] == ["it is tired"] * 2


def test_a_private_daemon_is_restarted_and_leaves_nothing(engine: Private) -> None:
    """Its images survive both ways, its events are heard before and after, and no process or mount is left."""
    if engine.daemon is None:
        go_without("dockerd is not to be started here, but reached at DOCKER_HOST")
    with folder() as here, private(here) as daemon:
        host = Engine.at(daemon.host)
        listener = Listener(host)
        shared = Restarts(daemon, listener)
        made = host.ask("POST", "/images/create", {"fromSrc": "-", "repo": "kept"}, data=b"\0" * 1024)
        assert made.status == 200
        wait_for("its events", lambda: len(listener.since(0)) == 2)
        for crash in (False, True):
            mark = listener.mark()
            shared.restart(crash=crash)
            assert [image["RepoTags"] for image in host.get("/images/json")] == [["kept:latest"]]
            assert host.ask("POST", "/images/kept/tag", {"repo": "again"}).status == 201
            wait_for("the event", lambda mark=mark: [e["Action"] for e in listener.since(mark)] == ["tag"])  # type: ignore[misc]
            assert host.ask("DELETE", "/images/again").status == 200
            wait_for("the other", lambda mark=mark: listener.since(mark)[-1]["Action"] == "untag")  # type: ignore[misc]
            assert listener.broken == ""
        daemon.service.stop()
        wait_for("the end of the stream to be noticed", lambda: listener.broken)
        listener.close()
        host.close()
    assert not here.exists()
    assert f"{here}/" not in Path("/proc/self/mounts").read_text("utf-8")
    assert [line for line in map(_command, Path("/proc").glob("[0-9]*/cmdline")) if f"{here}/" in line] == []


def _command(path: Path) -> str:
    try:
        return path.read_text("utf-8", "replace")
    except OSError:
        return ""
