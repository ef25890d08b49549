"""On an engine that others use nothing but conform's own things is touched, whatever happens to the run."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from engine import Engine as Private
from engine import wait_for
from proxy import Answer, proxy

from dockspec import specification
from hullcheck.conform import observations
from hullcheck.conform.cleaning import clean_all
from hullcheck.conform.command import conform
from hullcheck.conform.engine import Engine
from hullcheck.conform.running import Conformance
from hullcheck.conform.stage import LABEL
from hullcheck.errors import HOLDS, INCOMPLETE

_SLEEPS = ("sleep", "1000")


@pytest.fixture
def foreign(engine: Private) -> Iterator[object]:
    """Containers of somebody else in every state, an image with two tags, one without any, a parent with children."""
    engine.provide()
    for name in ("created", "running", "paused", "exited"):
        made = engine.docker("create", "--network", "none", "--name", f"foreign-{name}", "busybox", *_SLEEPS)
        assert made.returncode == 0
    for name in ("running", "paused", "exited"):
        assert engine.docker("start", f"foreign-{name}").returncode == 0
    assert engine.docker("pause", "foreign-paused").returncode == 0
    assert engine.docker("kill", "foreign-exited").returncode == 0
    assert engine.docker("commit", "foreign-created", "foreign:child").returncode == 0
    assert engine.docker("commit", "foreign-created").returncode == 0  # dangling
    yield look(engine)
    engine.clear()
    engine.provide()


def look(engine: Private) -> object:
    """Everything there is, but conform's own."""
    containers = [
        (c["Id"], c["Names"], c["State"], c["Image"])
        for c in engine.asked("/containers/json", all=1)
        if LABEL not in c["Labels"]
    ]
    images = [
        (i["Id"], sorted(i["RepoTags"] or ()), i["ParentId"])
        for i in engine.asked("/images/json", all=1)
        if LABEL not in (i["Labels"] or {})
    ]
    return sorted(containers), sorted(images)


def left(engine: Private) -> list[str]:
    """What conform has left."""
    things = [*engine.asked("/containers/json", all=1), *engine.asked("/images/json", all=1)]
    return [thing["Id"] for thing in things if LABEL in (thing["Labels"] or {})]


def test_a_run_that_finds_a_difference_leaves_nothing(engine: Private, foreign: object) -> None:
    """It ends half-way, everything of its own is gone, and everything else is as it was."""
    calls = 0

    def change(_method: str, path: str, status: int | None) -> Answer | None:
        nonlocal calls
        calls += path.endswith("/start") and status is not None
        return Answer(500, "this engine is out of order") if path.endswith("/start") and calls > 1 and status else None

    with proxy(engine.host, change) as between:
        run = Conformance(Engine.at(between.host), specification())
        report = run.random(200, seed=7)
        run.close()
    assert report.differences
    assert left(engine) == []
    assert look(engine) == foreign


def test_a_broken_connection_loses_nothing_and_can_be_cleaned_up(engine: Private, foreign: object) -> None:
    """What was observed until then is kept; --clean finds what could not be removed, and nothing else."""
    starts, breaks = 0, list[Callable[[], None]]()

    def change(_method: str, path: str, status: int | None) -> Answer | None:
        nonlocal starts
        starts += path.endswith("/start") and status is not None
        if starts == 10:
            breaks[0]()
        return None

    with proxy(engine.host, change) as between:
        breaks.append(between.break_off)
        run = Conformance(Engine.at(between.host), specification())
        report = run.systematic(["container"])
        run.close()
    assert report.broken
    assert report.observed
    assert report.differences == []
    removed, remaining = clean_all(Engine.at(engine.host))
    assert removed > 0
    assert remaining == []
    assert left(engine) == []
    assert look(engine) == foreign


def test_what_reaches_beyond_is_refused(engine: Private, foreign: object) -> None:
    """Without --private nothing is pruned, and the report says why."""
    run = Conformance(Engine.at(engine.host), specification())
    report = run.systematic(["container.prune", "image.prune"])
    run.close()
    assert report.steps == 0
    assert "--private" in report.unreachable["container.prune.pruned"]
    assert look(engine) == foreign


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM])
def test_ctrl_c_cleans_up(engine: Private, foreign: object, tmp_path: Path, sent: signal.Signals) -> None:
    """Interrupted in the middle it keeps what was observed, says that it is not finished, and leaves nothing."""
    record = tmp_path / "seen.jsonl"
    program = [sys.executable, "-c", "from hullcheck.cli import main; main()", "conform"]
    command = [*program, "--host", engine.host, "--record", str(record), "--json"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        wait_for("some observations", lambda: _lines(record) > 20 or process.poll() is not None, 60)
        process.send_signal(sent)
        said, _ = process.communicate(timeout=60)
    finally:
        process.kill()
        process.wait()
    assert process.returncode == INCOMPLETE
    assert json.loads(said)["reason"] == "interrupted"
    assert _lines(record) > 20
    assert left(engine) == []
    assert look(engine) == foreign


def test_a_broken_run_is_resumed(engine: Private, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The second run leaves out what the first one has recorded, and both together have seen everything once."""
    record, rules = tmp_path / "seen.jsonl", ["--rules", "container.pause", "--rules", "container.unpause"]
    words = [*rules, "--record", str(record), "--json"]
    starts, breaks = 0, list[Callable[[], None]]()

    def change(_method: str, path: str, status: int | None) -> Answer | None:
        nonlocal starts
        starts += path.endswith("/start") and status is not None
        if starts == 2:
            breaks[0]()
        return None

    with proxy(engine.host, change) as between:
        breaks.append(between.break_off)
        status = conform.main(["--host", between.host, *words], standalone_mode=False)
    first = json.loads(capsys.readouterr().out)
    before = _lines(record)
    assert status == INCOMPLETE
    assert first["reason"]
    assert before > 0
    assert conform.main(["--host", engine.host, "--clean"], standalone_mode=False) == HOLDS
    capsys.readouterr()
    assert conform.main(["--host", engine.host, *words, "--resume"], standalone_mode=False) == HOLDS
    cells = [line["id"] for line in observations.read(record)]
    assert len(cells) == len(set(cells)) > before
    spec = specification()
    wanted = {rule.id for o in ("container.pause", "container.unpause") for rule in spec.operation(o).rules}
    assert {json.loads(line)["rule"] for line in record.read_text("utf-8").splitlines()} >= wanted


def _lines(path: Path) -> int:
    return len(path.read_text("utf-8").splitlines()) if path.exists() else 0


def test_what_a_build_keeps_is_taken_away(engine: Private) -> None:
    """The container of a step has no label of conform's, and goes all the same."""
    run = Conformance(Engine.at(engine.host), specification())
    report = run.systematic(["build.run.kept"])
    run.close()
    assert "build.run.kept" in report.rules
    assert engine.asked("/containers/json", all=1) == []
