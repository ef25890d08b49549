"""``hullcheck describe`` as a user and a script meet it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from hullcheck.describe.command import FILES, describe
from hullcheck.describe.observed import COMMAND, RECORDS
from hullcheck.errors import InputError

TOP = Path(__file__).parents[3]


def run(*arguments: str) -> int:
    """The exit status; what is wrong is raised."""
    status: int = describe.main(list(arguments), standalone_mode=False)
    return status


def test_the_reference_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    """Without any option it is Markdown on standard output."""
    assert run() == 0
    out = capsys.readouterr().out
    assert out.startswith("<!-- Generated: hullcheck describe -o spec/REFERENCE.md -->")
    assert "# What Docker does" in out


def test_it_is_written_and_compared(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """-o writes; --check says whether a file is fresh, and what mends it."""
    file = tmp_path / "reference.md"
    assert run("-o", str(file), "--lang", "zh") == 0
    assert run("--check", "-o", str(file), "--lang", "zh") == 0
    file.write_text(file.read_text("utf-8") + "\n", "utf-8")
    capsys.readouterr()
    assert run("--check", "-o", str(file), "--lang", "zh") == 1
    assert capsys.readouterr().err == f"{file} is stale: hullcheck describe --lang zh -o {file}\n"


def test_other_observations_are_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """--check says, too, where the sum of the observations is not that of the repository."""
    monkeypatch.chdir(tmp_path)
    run("-o", "reference.md")
    assert run("--check", "-o", "reference.md") == 0
    RECORDS.mkdir(parents=True)
    capsys.readouterr()
    assert run("--check", "-o", "reference.md") == 1
    assert f"observed.json is of other observations: {COMMAND}\n" in capsys.readouterr().err


def test_the_committed_files_are_compared(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without -o it is the committed file of the language, seen from the top of the repository."""
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InputError, match="from the top of the repository"):
        run("--check")
    for file in FILES.values():
        (tmp_path / file).parent.mkdir(exist_ok=True)
        shutil.copy(TOP / file, tmp_path / file)
    assert run("--check") == 0
    assert run("--check", "--lang", "zh") == 0


def test_stale_verdicts_are_told(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """Where the verdicts belong to another text of the specification, a line on standard error says so."""
    monkeypatch.setattr("hullcheck.describe.reference.fingerprint", lambda _spec: "another")
    assert run() == 0
    err = capsys.readouterr().err
    assert "the verdicts of docker were recorded for another text" in err
    assert "python -m hullcheck.describe.record" in err


def test_one_entry(capsys: pytest.CaptureFixture[str]) -> None:
    """--rule and --state print one entry for a terminal, in either language."""
    assert run("--rule", "container.rm.running") == 0
    assert "You cannot remove a running container" in capsys.readouterr().out
    assert run("--state", "container.paused", "--lang", "zh") == 0
    assert "所有进程都被冻结" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (
            ["--rule", "container.rm.runing"],
            "there is no rule 'container.rm.runing'; did you mean container.rm.running?",
        ),
        (["--rule", "container.pause"], "container.pause is an operation; its rules are container.pause.absent, "),
        (["--rule", "qwertz"], "there is no rule 'qwertz'; the reference lists them all"),
        (["--state", "paused"], "there is no state 'paused'; did you mean container.paused?"),
        (["--state", "container.stoped"], "did you mean container.stopped?"),
        (["--lang", "de"], "there is no reference in 'de'; there are: en, zh"),
        (["--rule", "a", "--state", "b"], "--rule and --state together"),
        (["--rule", "a", "--check"], "leave out -o and --check"),
        (["-o", "no/such/folder/x.md"], "cannot write no/such/folder/x.md"),
    ],
)
def test_a_wrong_call_is_told_in_one_line(arguments: list[str], text: str) -> None:
    """What, where, how to mend."""
    with pytest.raises(InputError) as caught:
        run(*arguments)
    assert text in str(caught.value)
    assert "\n" not in str(caught.value)
