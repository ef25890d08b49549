"""`hullcheck run` as a command line: input, output, exit statuses."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from hullcheck.cli import call
from hullcheck.run.command import run


def invoke(*arguments: str, text: str | None = None) -> Result:
    """Call the command with standard input."""
    return CliRunner().invoke(run, list(arguments), input=text, standalone_mode=False)


def test_prints_what_docker_prints() -> None:
    """Output to standard output, errors to standard error, exit status 0 whatever docker answered."""
    result = invoke("-c", "docker rm nope; docker run --rm alpine echo hi")
    assert result.return_value == 0
    assert result.stdout == "hi\n"
    assert "Error: No such container: nope\n" in result.stderr


def test_propagate() -> None:
    """--propagate returns docker's last exit status."""
    assert invoke("--propagate", "-c", "docker run --rm alpine sh -c 'exit 7'").return_value == 7


def test_standard_input() -> None:
    """- reads standard input; captured output is not printed."""
    result = invoke("-", text="id=$(docker create alpine)\n# a comment\necho $?\n")
    assert (result.return_value, result.stdout) == (0, "0\n")


def test_not_understood() -> None:
    """One line says where and what; the exit status is 2; the other lines ran."""
    result = invoke("-c", "docker network ls\ndocker volume ls; echo on")
    assert result.return_value == 2
    assert result.stdout == "on\n"
    assert result.stderr.splitlines()[0].startswith("hullcheck run: -c: line 1: docker network")


def test_json() -> None:
    """One object a line; an error has class and message; the state is last."""
    result = invoke("--json", "-c", "docker run -d --name web alpine sleep 9\ndocker rm web")
    *lines, last = [json.loads(line) for line in result.stdout.splitlines()]
    assert {line["schema"] for line in (*lines, last)} == {1}
    assert lines[1] | {"stderr": ""} == {
        "schema": 1,
        "line": 2,
        "command": "docker rm web",
        "operations": [
            {
                "operation": "container.rm",
                "rule": "container.rm.running",
                "status": 409,
                "error": "conflict",
                "class": "RunningContainer",
                "message": lines[1]["operations"][0]["message"],
            }
        ],
        "exit_code": 1,
        "stdout": "",
        "stderr": "",
        "events": [],
    }
    assert lines[1]["stderr"].startswith("Error response from daemon: You cannot remove a running container ")
    container = last["state"]["containers"][0]
    assert {"id", "name", "status", "image", "exit_code", "restart_policy"} <= container.keys()
    assert {"id", "parent", "references", "top_level", "dangling"} <= last["state"]["images"][0].keys()


def test_explain() -> None:
    """Under each command: the rule, its prose, its source, and what changed."""
    result = invoke("--explain", "-c", "docker create --name web alpine; docker start web; docker stop web")
    assert "  container.start.started: accepted (204)\n" in result.stdout
    assert "    container.status(web): created -> running\n" in result.stdout
    assert "    source: daemon/start.go:containerStart" in result.stdout


@pytest.mark.parametrize("content", [b"\xff\xfe", b"docker ps\0"])
def test_binary_files(tmp_path: Path, content: bytes, capsys: pytest.CaptureFixture[str]) -> None:
    """A file that is no text is refused in one line."""
    path = tmp_path / "x.tar"
    path.write_bytes(content)
    assert call(["run", str(path)]) == 2
    assert capsys.readouterr().err.count("\n") == 1


@pytest.mark.parametrize(
    "arguments", [["nope.txt"], ["."], ["--dialect", "rkt"], ["-c", "docker ps 'x"], ["x", "-c", "y"], ["a\0b"]]
)
def test_bad_calls(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """Exit status 2, and one line on standard error."""
    assert call(["run", *arguments]) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.count("\n") == 1
