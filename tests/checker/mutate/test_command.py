"""``hullcheck mutate`` on Docker's specification."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from hullcheck.cli import call
from hullcheck.mutate.expected import files_of_cells
from hullcheck.mutate.record import read


def test_a_dozen_mutants(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The mutants of pause are noticed by expected cells, and their fates are recorded."""
    record = tmp_path / "mutation.json"
    assert call(["mutate", "--rules", "container.pause.", "-j", "1", "--json", "-o", str(record)]) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["complete"]
    assert len(document["mutants"]) == document["chosen"] >= 12
    assert {m["outcome"] for m in document["mutants"]} == {"cell"}
    assert {*read(record).fates} == {m["id"] for m in document["mutants"]}
    assert {m["proof"] for m in document["mutants"]} == {None}


def test_a_proof_is_asked_too(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """With --prove each mutant is told what a proof alone says; the record can be shown again."""
    record = tmp_path / "mutation.json"
    assert call(["mutate", "--rules", "firewall.stop.ended/", "-j", "1", "--prove", "--json", "-o", str(record)]) == 0
    proofs = {m["id"]: m["proof"] for m in json.loads(capsys.readouterr().out)["mutants"]}
    assert proofs["firewall.stop.ended/effect/firewall.runtime"] == "firewall.stopped-opens-nothing"
    assert call(["mutate", "--show", str(record)]) == 4
    assert "a proof alone" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["--rules", "container.puase"], "did you mean container.pause"),
        (["--dialect", "dokcer"], "did you mean docker?"),
        (["-o", "/nowhere/at/all.json"], "name another file"),
        (["--since", "no-such-revision"], "is not there at no-such-revision"),
        (["--show", "nowhere.json"], "cannot read nowhere.json"),
    ],
)
def test_a_wrong_call(arguments: list[str], complaint: str, capsys: pytest.CaptureFixture[str]) -> None:
    """One line on standard error says what is wrong and how to mend it."""
    assert call(["mutate", *arguments]) == 2
    assert complaint in capsys.readouterr().err


def test_without_the_cells_nothing_is_broken(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """An installed hullcheck has no expected cells: it says so in one line, and exits with 3."""
    monkeypatch.setattr("hullcheck.mutate.running.files_of_cells", lambda: files_of_cells(tmp_path))
    assert call(["mutate", "--rules", "container.pause"]) == 3
    told = capsys.readouterr().err
    assert "there are no expected cells" in told
    assert told.count("\n") == 1
