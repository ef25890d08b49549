"""The runs of a benchmark, on a tiny model."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Mapping

import pytest

from hullcheck.benchmark.models import TINY
from hullcheck.benchmark.record import Run
from hullcheck.benchmark.running import PLAN, BenchmarkError, Exploring, Spinning, measure
from hullcheck.explore import Scope
from hullcheck.export import spin


def tiny(*identifiers: str, model: Scope = TINY) -> Mapping[str, Exploring | Spinning]:
    """Some runs of the plan, on a small model, quickly compiled."""
    small = {i: dataclasses.replace(PLAN[i], model=model) for i in identifiers}
    return {i: dataclasses.replace(p, flags=spin.QUICK) if isinstance(p, Spinning) else p for i, p in small.items()}


def test_explorer_counts_the_same() -> None:
    """With and without symmetry the same states are counted, fewer are visited, and what it took is told."""
    plain, folded = measure(tiny("explorer-bare", "symmetry-bare")).runs
    assert (plain.states, plain.transitions) == (folded.states, folded.transitions)
    assert folded.visited < plain.visited == plain.states
    assert plain.memory > plain.stored >= 8 * plain.visited
    assert min(plain.preparing, plain.searching, plain.wall) > 0


def test_beside_spin() -> None:
    """SPIN searches the same model, with the same properties."""
    if why := spin.missing():
        if os.environ.get("HULLCHECK_REQUIRE_ENGINE") == "1":
            pytest.fail(f"HULLCHECK_REQUIRE_ENGINE=1, but {why}", pytrace=False)
        pytest.skip(why)
    explorer, searched = measure(tiny("symmetry", "spin-fast")).runs
    assert (explorer.states, explorer.transitions) == (searched.states, searched.transitions)
    assert explorer.properties == searched.properties


def test_different_counts_are_no_benchmark(monkeypatch: pytest.MonkeyPatch) -> None:
    """Runs of one model that do not count the same are not compared."""

    def explored(identifier: str, planned: Exploring) -> Run:
        states = 2 if identifier == "explorer" else 1
        return Run(identifier, planned.what, planned.model.name, 0, states, 1, 1, 1.0, 1.0, 1.0, 1, 1)

    monkeypatch.setattr("hullcheck.benchmark.running._explored", explored)
    with pytest.raises(BenchmarkError, match="symmetry and explorer do not count the same"):
        measure(tiny("explorer", "symmetry"))
