"""Docker's command line beside the specification: what it gets wrong is found, and where it is missing that is told."""

from __future__ import annotations

import json
import shlex
from dataclasses import replace
from pathlib import Path

import pytest
from engine import Engine as Private

from dockspec import specification
from hullcheck.conform.client import Client, compared
from hullcheck.conform.command import conform
from hullcheck.conform.declared import Kind
from hullcheck.conform.engine import Engine
from hullcheck.conform.lines import Key, Line, Said
from hullcheck.conform.observations import read, read_docker_lines
from hullcheck.conform.running import Conformance
from hullcheck.conform.stage import Asked
from hullcheck.errors import HOLDS, VIOLATED, LackingError

ANSWER = next(rule.answer for rule in specification().rules if rule.id == "container.pause.not-running")
REFUSED = Line(
    Key("pause", "container.pause.not-running", 1), Asked("container.pause", {}), ("pause", "n0"), {}, "",
    ("container.pause.not-running",), ANSWER, changes=False,
    expected=Said(1, ("Error response from daemon: Container <id> is not running",)), sequence=("docker pause n0",),
)  # fmt: skip
OLD, NEW = ("20.10.24", "20.10.24"), ("28.5.2", "28.2.2")


@pytest.mark.parametrize(
    ("told", "versions", "kinds"),
    [
        (REFUSED.expected, OLD, set()),
        (Said(0, REFUSED.expected.errors), OLD, {Kind.EXIT_STATUS}),
        (Said(1, ("Error response from daemon: container <id> is not running",)), OLD, {Kind.ERROR_LINE}),
        (Said(1, ("Error response from daemon: container <id> is not running",)), NEW, set()),
        (Said(1, ("Error response from daemon: No such container: n0",)), NEW, {Kind.ERROR_LINE}),
        (Said(125, ()), NEW, {Kind.EXIT_STATUS, Kind.ERROR_LINE}),
    ],
    ids=[
        "the same",
        "another status",
        "other words",
        "other words of another version",
        "another class",
        "no words",
    ],
)
def test_a_line_is_held_against_the_specification(told: Said, versions: tuple[str, str], kinds: set[Kind]) -> None:
    """Exit status and words count, but of a version that the specification has no words of only the error's class."""
    assert compared(REFUSED, told, "docker", versions).kinds == kinds


def test_of_an_attach_that_is_refused_only_the_status_is_told() -> None:
    """Newer clients attach before they start, and have no words for what the engine answers then."""
    attached = replace(REFUSED, key=REFUSED.key._replace(command="start -a"))
    told = Said(1, ("unable to upgrade to tcp, received 409",))
    assert compared(attached, told, "docker", NEW).kinds == set()
    assert compared(REFUSED, told, "docker", NEW).kinds == {Kind.ERROR_LINE}


def test_a_missing_program_is_lacking() -> None:
    """One line says where to get it."""
    with pytest.raises(LackingError, match=r"docker\.io"):
        Client.found("no-such-docker", "20.10.24")


def test_the_program_of_the_engines_version_is_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of several on the path, wherever it stands; the first, where none is of that version."""
    for version in ("1.2.3", "20.10.24+dfsg1"):
        program = tmp_path / version / "docker"
        program.parent.mkdir()
        program.write_text(f"#!/bin/sh\necho Docker version {version}, build 0\n")
        program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}/1.2.3:{tmp_path}/20.10.24+dfsg1")
    assert Client.found("docker", "20.10.24").version == "20.10.24"
    assert Client.found("docker", "26.1.5").version == "1.2.3"


@pytest.fixture
def liar(engine: Private, tmp_path: Path) -> str:
    """A docker that says of a container that does not run that it is paused now."""
    program = tmp_path / "docker"
    real = shlex.quote(engine.client)
    program.write_text(f'#!/bin/sh\ncase "$*" in *" pause "*) echo ok; exit 0;; esac\nexec {real} "$@"\n')
    program.chmod(0o755)
    return str(program)


def test_a_planted_difference_is_found(engine: Private, liar: str, capsys: pytest.CaptureFixture[str]) -> None:
    """A docker that lies is reported with a sequence; the engine, which does not, differs in nothing."""
    words = ["--host", engine.host, "--client", liar, "--rules", "container.pause.not-running"]
    assert conform.main([*words, "--json"], standalone_mode=False) == VIOLATED
    found = json.loads(capsys.readouterr().out)
    assert found["differences"] == []
    (difference,) = found["client"]["differences"]
    assert (difference["command"], difference["rule"]) == ("pause", "container.pause.not-running")
    assert difference["docker"] == {"exit_code": 0, "errors": []}
    assert difference["specification"]["exit_code"] == 1
    assert difference["sequence"][-1] == "docker pause n0"


def test_lines_are_written_down_and_only_what_differs_is_run_again(
    engine: Private, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A record has each line once, as it came to last; --resume takes the word of those that agree."""
    record, docker = tmp_path / "seen.jsonl", tmp_path / "docker"
    words = ["--host", engine.host, "--rules", "image.tag", "--record", str(record), "--client", str(docker), "--json"]

    def failing(pattern: str) -> None:
        """A docker that fails where its words are like this."""
        docker.write_text(
            f'#!/bin/sh\ncase "$*" in {pattern}) exit 99;; esac\nexec {shlex.quote(engine.client)} "$@"\n'
        )
        docker.chmod(0o755)

    failing('*" tag "*@*')
    assert conform.main(words, standalone_mode=False) == VIOLATED
    lines = list(read_docker_lines(record))
    (differing,) = (line for line in lines if not line["agrees"])
    assert differing["differences"][0] == "exit status: 1; docker's 99 none"
    assert (differing["docker"], differing["exit_code"]) == ("tag", 99)
    assert engine.client_version.startswith(differing["client"])
    assert len(lines) > 2
    assert list(read(record)), "cells stand beside them"
    capsys.readouterr()
    failing('*@*) ;; *" tag "*')
    assert conform.main([*words, "--resume"], standalone_mode=False) == HOLDS
    assert len(json.loads(capsys.readouterr().out)["client"]["compared"]) == len(lines)
    again = list(read_docker_lines(record))
    assert sorted(line["rule"] for line in again) == sorted(line["rule"] for line in lines)
    assert all(line["agrees"] for line in again)


def test_without_docker_the_rest_is_done_and_that_is_told(engine: Private, capsys: pytest.CaptureFixture[str]) -> None:
    """The report says that docker's command line was not run, and why."""
    words = ["--host", engine.host, "--client", "no-such-docker", "--rules", "container.pause.absent"]
    assert conform.main(words, standalone_mode=False) == 0
    assert "docker's command line was not run: no-such-docker is not installed" in capsys.readouterr().out


def test_lines_leave_nothing_behind(engine: Private) -> None:
    """What docker's own create, run, commit and build make is found again, and taken away."""
    run = Conformance(Engine.at(engine.host), specification(), client=Client.found(engine.client, engine.version))
    report = run.systematic(["container.create", "container.commit.committed", "build.run"])
    run.close()
    assert report.hearing is not None
    assert {key.command for key in report.hearing.compared} >= {"create", "run", "run -d", "commit", "build"}
    assert report.hearing.missing == {}
    assert report.left == []
    assert engine.asked("/containers/json", all=1) == []
    assert len(engine.asked("/images/json", all=1)) == 1
