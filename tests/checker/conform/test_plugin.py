"""The fixture of pytest: an engine that does otherwise, or is not there, fails a test of one's own."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from importlib import import_module
from pathlib import Path

import pytest
from engine import Engine as Private
from proxy import Answer, proxy

pytest_plugins = ["pytester"]

PYPROJECT = Path(__file__).parents[3] / "pyproject.toml"
TEST = 'def test_it(conform):\n    assert conform(rules=["{}"]).holds\n'


def outcome(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, host: str, rule: str) -> pytest.RunResult:
    """What comes of a test of one's own, in a process of its own."""
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")  # whether this tree is installed or not
    pytester.makepyfile(TEST.format(rule))
    return pytester.runpytest_subprocess("-p", "hullcheck.conform.plugin", "--hullcheck-host", host)


def test_pytest_finds_it() -> None:
    """The package names the module, and that has the fixture and the option."""
    project = tomllib.loads(PYPROJECT.read_text("utf-8"))["project"]
    (module,) = project["entry-points"]["pytest11"].values()
    assert {"conform", "pytest_addoption"} <= vars(import_module(module)).keys()


def test_pytest_starts_as_fast_as_without_it() -> None:
    """Neither the specification nor docker's SDK is imported with it."""
    asked = "import hullcheck.conform.plugin, sys; print(*sorted({'dockspec', 'docker', 'numpy'} & sys.modules.keys()))"
    assert subprocess.run([sys.executable, "-c", asked], check=True, capture_output=True, text=True).stdout == "\n"


def test_an_engine_that_is_not_there_is_no_skip(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    """The test fails, and says in one line where nobody answers."""
    result = outcome(pytester, monkeypatch, "unix:///nowhere.sock", "container.pause.absent")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["no engine answers at unix:///nowhere.sock*"])
    result.stdout.no_fnmatch_line("*Traceback*")
    result.stdout.no_fnmatch_line("During handling*")


def test_a_run_that_looks_at_nothing_is_no_success(
    engine: Private, pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All that is wanted is refused on an engine that others may use: the test fails, and says why."""
    result = outcome(pytester, monkeypatch, engine.host, "daemon.restart")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["not reached:", "*daemon.restart.restarted: *"])


def test_an_engine_that_does_as_it_should_passes(
    engine: Private, pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The fixture gives the judgement."""
    outcome(pytester, monkeypatch, engine.host, "container.pause.absent").assert_outcomes(passed=1)


def test_a_difference_is_told_with_its_sequence(
    engine: Private, pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The failure is the report, without a traceback."""

    def change(_method: str, path: str, status: int | None) -> Answer | None:
        return Answer(409, "Container x is already paused") if path.endswith("/pause") and status == 404 else None

    with proxy(engine.host, change) as between:
        result = outcome(pytester, monkeypatch, between.host, "container.pause.absent")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        ["DIFFERS container.pause.absent*", "*docker pause gone0", "*status: 404; on the engine 409*"]
    )
    result.stdout.no_fnmatch_line("*Traceback*")
