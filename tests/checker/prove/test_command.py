"""``hullcheck prove``, as a person or a script calls it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from hullcheck.errors import HOLDS, INCOMPLETE, VIOLATED, InputError
from hullcheck.prove import Proof, command
from hullcheck.prove.documents import as_json


def _call(*arguments: str) -> Any:  # noqa: ANN401  # whatever the command returns
    return command.prove.main(list(arguments), standalone_mode=False)


@pytest.fixture
def known(monkeypatch: pytest.MonkeyPatch, docker: Proof, article: Proof) -> None:
    """The command, with the proofs that were made already."""
    proofs = {"docker": docker, "article": article}
    monkeypatch.setattr(command, "prove_specification", lambda spec, **_: proofs[spec.dialect])


@pytest.mark.usefixtures("known")
def test_table(capsys: pytest.CaptureFixture[str]) -> None:
    """Each property stands in the table with its verdict; all that can be proved is: exit status 0."""
    assert _call() == HOLDS
    text = capsys.readouterr().out
    assert "image.no-cycle" in text
    assert "not by induction" in text
    assert "0 fail, 0 are unknown" in text


@pytest.mark.usefixtures("known")
def test_failure_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    """A failed proof shows the state, the step, what comes of it, and a run that reaches it: exit status 1."""
    assert _call("--dialect", "article") == VIOLATED
    text = capsys.readouterr().out
    assert "image.parent(1) = 0" in text
    assert "no longer image.present(0)" in text
    assert "That state is reachable" in text
    assert "build.copy" in text


@pytest.mark.usefixtures("known")
def test_json(capsys: pytest.CaptureFixture[str], article: Proof) -> None:
    """One document with a schema version; a result for each property, and the counterexample as data."""
    _call("--dialect", "article", "--json")
    document = json.loads(capsys.readouterr().out)
    assert document == json.loads(json.dumps(as_json(article)))
    assert document["schema"] == "hullcheck/prove/1"
    verdicts = {entry["id"]: entry for entry in document["properties"]}
    assert verdicts["image.no-cycle"]["verdict"] == "proved"
    failed = verdicts["image.parent-present"]
    assert failed["verdict"] == "failed"
    assert failed["counterexample"]["objects"] == {"Image": 2}
    assert failed["counterexample"]["reach"] == "reachable"


def test_timeout(capsys: pytest.CaptureFixture[str]) -> None:
    """What is not decided in time is unknown: exit status 4."""
    assert _call("--timeout", "0.001") == INCOMPLETE
    assert "unknown" in capsys.readouterr().out


def test_no_such_dialect() -> None:
    """A dialect that is not there is refused in one line that names the nearest."""
    with pytest.raises(InputError, match="did you mean docker"):
        _call("--dialect", "doker")
