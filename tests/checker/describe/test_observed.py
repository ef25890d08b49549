"""hullcheck.describe.observed: the sum of what was recorded of engines."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from dockspec import DIALECTS, specification
from hullcheck.describe import observed as module
from hullcheck.describe.observed import COMMAND, FILE, RECORDS, UNFINISHED, main, observed, originals, summed_up

TOP = Path(__file__).parents[3]
HEAD = {"dialect": "docker", "date": "2026-01-02"}
SEEN, OTHERWISE, MISSED = (rule.id for rule in specification().rules[:3])


def record(folder: Path, name: str, *lines: dict[str, object]) -> None:
    """A file of observations."""
    (folder / name).write_text("".join(json.dumps(HEAD | line) + "\n" for line in lines), "utf-8")


def test_the_committed_one_is_fresh() -> None:
    """What is committed is the sum of the records that are committed."""
    assert FILE.read_text("utf-8") == summed_up(TOP / RECORDS), f"stale: {COMMAND}"


def test_every_engine_was_asked_everything() -> None:
    """Each engine follows each rule of its dialect, or differs from it, or could not reach it for a reason."""
    for engine in observed():
        rules = {*originals(engine.dialect).values()}
        assert engine.agreed | engine.differed | engine.unreached.keys() == rules
        assert len(engine.agreed) + len(engine.differed) + len(engine.unreached) == len(rules)
        assert UNFINISHED not in engine.unreached.values(), f"{engine.label}: hullcheck conform --record ... --resume"


@pytest.mark.parametrize("dialect", DIALECTS)
def test_the_rules_of_a_dialect_have_docker_s_names(dialect: str) -> None:
    """Each stands in the place of another rule of Docker; what a dialect drops stands nowhere."""
    names = [*originals(dialect).values()]
    assert len(names) == len(set(names))
    dropped = {rule for rule, other in DIALECTS[dialect].replaces.items() if other is None}
    assert set(names) == {rule.id for rule in specification().rules} - dropped


def test_a_record_is_summed_up(tmp_path: Path) -> None:
    """A rule that differs in one cell differs; what was neither seen nor explained was not finished.

    A docker line is no cell, and a record may have none.
    """
    record(
        tmp_path,
        "docker-1.10.jsonl",
        {"rule": SEEN, "cell": [], "agrees": True},
        {"rule": OTHERWISE, "cell": [], "agrees": True},
        {"rule": OTHERWISE, "cell": [], "agrees": False, "date": "2026-01-03"},
        {"rule": MISSED, "unreached": "a reason"},
        {"rule": SEEN, "docker": "ps", "agrees": True},
        {"rule": SEEN, "docker": "ps -a", "agrees": False},
    )
    record(tmp_path, "docker-1.9.jsonl", {"rule": SEEN, "cell": [], "agrees": True})
    old, new = json.loads(summed_up(tmp_path))["engines"]
    assert (old["engine"], new["engine"]) == ("docker-1.9", "docker-1.10")
    assert (new["date"], new["cells"], new["agreed"], new["differed"]) == ("2026-01-03", 3, [SEEN], [OTHERWISE])
    assert (new["lines"], new["lines_differed"]) == (2, {SEEN: 1})
    assert (old["lines"], old["lines_differed"]) == (0, {})
    assert new["unreached"]["a reason"] == [MISSED]
    assert {*old["unreached"][UNFINISHED]} == {rule.id for rule in specification().rules} - {SEEN}


def test_it_is_written_and_compared(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """--check says that the file is of other observations, and what mends it; without it the file is written."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(module, "FILE", tmp_path / "observed.json")
    assert main([]) == 0
    assert main(["--check"]) == 0
    RECORDS.mkdir(parents=True)
    record(RECORDS, "docker-1.9.jsonl", {"rule": SEEN, "cell": [], "agrees": True})
    assert main(["--check"]) == 1
    assert capsys.readouterr().err == f"observed.json is not of the observations in {RECORDS}: {COMMAND}\n"
    assert main([]) == 0
    assert main(["--check"]) == 0
