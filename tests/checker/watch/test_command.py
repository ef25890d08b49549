"""``hullcheck watch``."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner
from streams import told

from hullcheck.errors import HullcheckError
from hullcheck.watch.command import watch


def call(*arguments: str, lines: list[bytes] | None = None) -> tuple[int, str]:
    """Run the command on these lines; its exit status and standard output."""
    result = CliRunner().invoke(watch, arguments, input=b"".join(lines or []), standalone_mode=False)
    if isinstance(result.exception, HullcheckError):
        return result.exception.exit_code, str(result.exception)
    if result.exception:
        raise result.exception
    return result.return_value, result.stdout


def test_a_clean_stream(recorded: Path) -> None:
    """Exit status 0, and a summary."""
    status, said = call(str(recorded / "docker-20.10.jsonl"))
    assert status == 0
    assert "442 events" in said
    assert "no finding" in said


def test_a_finding_is_told_in_full() -> None:
    """Exit status 1; what came, what was before, what would have been allowed; then it goes on."""
    status, said = call(lines=told("create", "start", "pause", "start", "die"))
    assert status == 1
    assert "line 4: container web (" in said
    assert "`start` is not allowed here" in said
    assert "it is paused" in said
    assert "1 create, 2 start, 3 pause" in said
    assert "unpause" in said.split("allowed:")[1].splitlines()[0]
    assert "5 events of 1 container" in said
    assert said.rstrip().endswith("1 finding")


def test_json_is_one_object_a_line() -> None:
    """Findings, skipped lines, the summary: each with the version of the schema."""
    status, said = call("--json", lines=[b"hello\n", *told("create", "create")])
    objects = [json.loads(line) for line in said.splitlines()]
    assert status == 1
    assert [(o["schema"], o["kind"]) for o in objects] == [(1, "skipped"), (1, "finding"), (1, "summary")]
    assert objects[1]["line"] == 3
    assert objects[1]["history"] == [{"line": 2, "event": "create"}]
    assert objects[2] | {"events": 2, "findings": 1, "skipped": 1, "dialect": "docker"} == objects[2]


def test_lossy() -> None:
    """Missing events are tolerated when asked, and the gaps counted."""
    status, said = call("--lossy", lines=told("create", "start", "start"))
    assert status == 0
    assert "1 gap" in said


def test_the_stream_shows_the_dialect(recorded: Path) -> None:
    """Without --dialect it is that of the engine; the summary says which one."""
    assert "held to podman" in call(str(recorded / "podman-5.8.jsonl"))[1]
    assert "held to docker-containerd" in call(str(recorded / "docker-28.5-containerd.jsonl"))[1]
    assert "held to article" in call(str(recorded / "docker-28.5.jsonl"), "--dialect", "article")[1]


def test_nothing_came() -> None:
    """An empty stream holds."""
    assert call(lines=[])[0] == 0


@pytest.mark.parametrize(
    ("arguments", "lines", "says"),
    [
        (["no-such-file"], [], "cannot read no-such-file"),
        ([], [b"\x7fELF\x00\x01\n"], "is no text"),
        ([], [b"2026-01-01 container start\n"], "docker events --format '{{json .}}'"),
        (["--dialect", "dokcer"], [], "did you mean docker?"),
    ],
)
def test_wrong_input(arguments: list[str], lines: list[bytes], says: str) -> None:
    """Exit status 2, and how to mend it."""
    status, said = call(*arguments, lines=lines)
    assert status == 2
    assert says in said


def test_a_line_without_end_takes_no_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only its beginning is read; the next line is read as ever."""
    monkeypatch.setattr("hullcheck.watch.command.LONGEST_LINE", 2_000)
    status, said = call("--json", lines=[b"x" * 9_000 + b"\n", *told("create", "start")])
    assert status == 0
    assert json.loads(said.splitlines()[-1])["lines"] == 3


@pytest.mark.parametrize(("actions", "expected"), [(["create"], 4), (["create", "create"], 1)])
def test_interrupted(actions: list[str], expected: int) -> None:
    """Ctrl-C prints the summary; exit status 4 when nothing was found, 1 when something was."""
    program = "import sys; from hullcheck.watch.command import watch; sys.exit(watch.main(standalone_mode=False))"
    process = subprocess.Popen(
        [sys.executable, "-c", program, "--json"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=False
    )
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(b"".join([b"hello\n", *told(*actions), b"hello\n"]))
    process.stdin.flush()
    said = process.stdout.readline()
    while b'"line": ' + str(2 + len(actions)).encode() not in said:  # all of it was read
        said = process.stdout.readline()
    process.send_signal(signal.SIGINT)
    rest, _ = process.communicate(timeout=30)
    summary = json.loads(rest.splitlines()[-1])
    assert (process.returncode, summary["interrupted"], summary["events"]) == (expected, True, len(actions))
