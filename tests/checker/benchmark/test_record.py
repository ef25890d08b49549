"""A record of a benchmark: kept, read, judged, and shown."""

from __future__ import annotations

import dataclasses
import json
import platform
from pathlib import Path

import pytest

from dockspec import specification
from hullcheck.benchmark.models import MODELS
from hullcheck.benchmark.record import Record, Run, goals, machine, read
from hullcheck.benchmark.table import markdown
from hullcheck.errors import InputError
from hullcheck.explore import explore

KEPT = Path(__file__).parents[2] / "data" / "benchmark.json"


def run(identifier: str, searching: float, memory: int, *, properties: int = 5, states: int = 1_000_000) -> Run:
    """A run that took so many CPU seconds and bytes."""
    return Run(
        identifier, identifier, "m", properties, states, states, 9_000_000, 1.0, searching, 2.0, memory, 8_000_000
    )


def record(*runs: Run) -> Record:
    """A record of some runs."""
    return Record("2026-01-31", "a machine", {"Python": "3.11"}, {"m": "three containers"}, runs)


def test_kept_and_read(tmp_path: Path) -> None:
    """What is written is read again, and another version is refused."""
    whole = record(run("explorer", 4, 100))
    file = tmp_path / "record.json"
    file.write_text(whole.as_json())
    assert read(file) == whole
    for text in (json.dumps({"schema": "other/1"}), "[]", "nonsense"):
        file.write_text(text)
        with pytest.raises(InputError, match="measure again"):
            read(file)
    with pytest.raises(InputError, match="cannot read"):
        read(tmp_path)


def test_goals() -> None:
    """A ratio is compared with what was asked, from below or from above; what was not run is not judged."""
    fast = run("spin-fast", 16, 400)
    found = goals(record(run("explorer", 4, 300), fast, run("spin-collapse", 20, 500)))
    assert [(goal.measured, goal.met) for goal in found] == [(4, True), (pytest.approx(4 / 3), False)]
    found = goals(record(run("small", 1, 1), run("large", 100, 4_000_000_000, states=50_000_000)))
    assert [(goal.measured, goal.met) for goal in found] == [(2, True), (4, False)]
    assert goals(record(run("symmetry", 1, 1))) == []


def test_markdown() -> None:
    """The table names what was measured, where and when; a goal that is missed is told."""
    text = markdown(record(run("explorer", 4, 300_000_000), run("spin-fast", 6, 400_000_000)))
    assert text.startswith("Measured on 2026-01-31 (a machine; Python 3.11).\n")
    assert "| explorer | 5 | 1,000,000 | 4.00 | 1.00 | 2.00 | 300 | 8.0 | 1 |" in text
    assert "| 1.50 | **missed** |" in text
    assert "| 3.00 | met; hoped for: 4 |" in markdown(record(run("explorer", 4, 300), run("spin-fast", 12, 900)))


def test_machine_has_no_name() -> None:
    """The machine is told by its processor, not by its name."""
    assert "cores" in machine()
    assert platform.node() not in machine()


@pytest.mark.parametrize("model", MODELS)
def test_the_record_counts_what_is_there_now(model: str) -> None:
    """Every model that was measured has the states and transitions that the specification has now."""
    kept = {(run.states, run.transitions) for run in read(KEPT).runs if run.model == model}
    if model == "tiny":
        assert not kept
        return
    found = explore(specification(), MODELS[model])
    assert kept == {(found.states, found.transitions)}, (
        "measure again: hullcheck benchmark -o tests/data/benchmark.json"
    )


def test_the_record_that_is_kept() -> None:
    """The project's own record can be shown, and holds one count for each model."""
    kept = read(KEPT)
    assert {(r.model, r.states, r.transitions) for r in kept.runs} == {
        (model, *next((r.states, r.transitions) for r in kept.runs if r.model == model)) for model in kept.models
    }
    assert markdown(kept).count("| explorer") >= len(kept.models)
    assert dataclasses.replace(kept, runs=()).as_json()
