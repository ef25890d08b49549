"""hullcheck.run.processes: what well-known programs do in a container."""

from __future__ import annotations

import shlex

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dockspec.container import Process
from hullcheck.run.processes import CLASSES, understand


@pytest.mark.parametrize(
    ("line", "process", "code"),
    [
        ("true", Process.IGNORES, 0),
        ("false", Process.IGNORES, 1),
        ("sleep 1000", Process.IGNORES, 0),
        ("sleep infinity", Process.IGNORES, None),
        ("tail -f /dev/null", Process.IGNORES, None),
        ("nonexist", Process.NOT_FOUND, None),
        ("/no/such", Process.NOT_FOUND, None),
        ("''", Process.NOT_FOUND, None),
        ("/etc/passwd", Process.NOT_EXECUTABLE, None),
        ("nginx -g 'daemon off;'", Process.ENDS_WELL, None),
        ("/docker-entrypoint.sh nginx", Process.ENDS_WELL, None),
        ("java -jar app.jar", Process.DIES, None),
        ("sh -c 'exit 3'", Process.IGNORES, 3),
        ("sh -c 'false; true'", Process.IGNORES, 0),
        ("sh -c 'false && exit 3'", Process.IGNORES, 1),
        ("sh -c 'false || exit 3'", Process.IGNORES, 3),
        ("sh -c 'nonexist'", Process.IGNORES, 127),
        ("sh -c 'exit 256'", Process.IGNORES, 0),
        ("sh -c 'while :; do sleep 1; done'", Process.IGNORES, None),
        ("sh -c 'trap \"exit 7\" TERM; while :; do sleep 1; done'", Process.ENDS_BADLY, None),
        ("sh -c 'trap \"exit 0\" TERM; sleep infinity'", Process.ENDS_WELL, None),
        ("my-own-server --port 80", Process.IGNORES, None),
        ("sh", Process.IGNORES, 0),
    ],
)
def test_table(line: str, process: Process, code: int | None) -> None:
    """Whether it starts, how it takes SIGTERM, and what it ends with."""
    program = understand(shlex.split(line))
    assert (program.process, program.code) == (process, code)


def test_output() -> None:
    """What echo writes, and where; who writes files."""
    program = understand(["sh", "-c", "echo out; echo err >&2; exit 3"])
    assert (program.output, program.errors, program.code) == ("out\n", "err\n", 3)
    assert understand(["echo", "-n", "a", "b"]).output == "a b"
    assert understand(["touch", "/f"]).writes
    assert understand(["sh", "-c", "echo x > /f"]).writes
    assert not understand(["ls"]).writes


def test_no_command() -> None:
    """Nothing to run is a class of its own."""
    assert understand([]).process is Process.NOTHING


def test_declared_programs_come_first() -> None:
    """What the world says of a program beats the table."""
    assert understand(["true"], declared={"true": CLASSES["dies"]}).process is Process.DIES


@given(st.lists(st.text(max_size=20), max_size=4))
def test_any_words(words: list[str]) -> None:
    """Any words are a program, and a script of a shell is one too."""
    assert understand(words).argv == tuple(words)
    assert understand(["sh", "-c", " ".join(words)]).process in Process
