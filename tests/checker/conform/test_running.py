"""A run as a whole: what is left out has a reason, and what breaks is told."""

from __future__ import annotations

import gc
import io
import json

import pytest
from engine import Engine as Private
from engine import go_without

from dockspec import specification
from hullcheck.conform import running
from hullcheck.conform.daemon import folder
from hullcheck.conform.engine import Engine
from hullcheck.conform.private import private
from hullcheck.conform.running import Conformance
from hullcheck.conform.stage import Stage

REMOVING = ("container.rm.busy", "removal.begin.begun", "removal.end.ended", "removal.fail.failed")


def test_an_engine_that_is_not_its_own_is_not_restarted(engine: Private) -> None:
    """Nothing is done, and the reason names the option; it is recorded."""
    record = io.StringIO()
    run = Conformance(Engine.at(engine.host), specification(), private=True, record=record)
    report = run.systematic(["daemon"])
    run.close()
    assert report.steps == 0
    assert {rule for rule, why in report.unreached.items() if "--own" in why} == {
        "daemon.restart.restarted", "daemon.crash.restarted",
    }  # fmt: skip
    lines = map(json.loads, record.getvalue().splitlines())
    assert {line["rule"]: line["unreached"] for line in lines} == report.unreached


def test_a_removal_is_held_open_while_everything_is_asked(engine: Private) -> None:
    """A removal begins, is met by another one, ends and fails, all on the engine."""
    if engine.daemon is None:
        go_without("the files of the engine at DOCKER_HOST are not on this machine for certain")
    run = Conformance(Engine.at(engine.host), specification())
    report = run.systematic(REMOVING)
    run.close()
    assert report.differences == []
    assert report.rules >= set(REMOVING)
    assert report.left == []
    assert engine.asked("/containers/json", all=1) == []


def test_what_is_left_is_tried_once_more(engine: Private, monkeypatch: pytest.MonkeyPatch) -> None:
    """A busy engine may have had no time for it; what is left after that is told."""
    answers = iter([["one", "two"], ["two"], []])
    monkeypatch.setattr(running, "clean", lambda _stage: next(answers))
    run = Conformance(Engine.at(engine.host), specification())
    run._clean(Stage(run.engine, "hullcheck-t"))
    for left in (["two"], [], []):
        run.clean_again()
        assert run.report.left == left
    run.close()


@pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning")  # docker's SDK forgets what it cannot connect
def test_an_engine_that_is_gone_is_told(engine: Private, capfd: pytest.CaptureFixture[str]) -> None:
    """The run ends, with the reason and with what it had seen; a thread that fails says nothing of its own."""
    if engine.daemon is None:
        go_without("dockerd is not to be started here, but reached at DOCKER_HOST")
    with folder() as here, private(here) as daemon:
        run = Conformance(Engine.at(daemon.host), specification(), private=True)
        run.progress = lambda report, _wanted, _what: daemon.service.stop() if report.steps > 20 else None
        report = run.systematic(["container"])
        run.close()
    assert report.broken
    assert report.steps > 20
    assert report.differences == []
    assert "Traceback" not in capfd.readouterr().err
    gc.collect()
