"""``hullcheck benchmark`` as it is called."""

from __future__ import annotations

from pathlib import Path

import pytest

from hullcheck.cli import call

KEPT = Path(__file__).parents[2] / "data" / "benchmark.json"


def test_a_record_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    """With --show nothing is measured: the record is printed."""
    assert call(["benchmark", "--show", str(KEPT)]) == 0
    assert capsys.readouterr().out.startswith("Measured on ")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--run", "explorr"], "there is no run 'explorr'; did you mean explorer?"),
        (["--show", "nowhere.json"], "cannot read nowhere.json: No such file or directory"),
        (["-o", "nowhere/record.json"], "cannot write nowhere/record.json"),
        (["-o", "."], "is a directory"),
    ],
)
def test_wrong_calls(arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]) -> None:
    """What is wrong with a call is said in one line, before anything is measured."""
    assert call(["benchmark", *arguments]) == 2
    told = capsys.readouterr().err
    assert message in told
    assert told.count("\n") == 1
