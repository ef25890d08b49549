"""Planted differences: whatever one answer is changed into, conform reports it, with a short sequence."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import pytest
from engine import Engine as Private
from proxy import Answer, Change, Drop, proxy

from dockspec import specification
from hullcheck.conform.cleaning import clean_all
from hullcheck.conform.engine import Engine
from hullcheck.conform.plan import Cell, Walk
from hullcheck.conform.running import Conformance


def a_wrong_status(_method: str, path: str, status: int | None) -> Answer | None:
    """Unpause of what is not paused answers as its like do, with 409."""
    return Answer(409, "Container x is not paused") if path.endswith("/unpause") and status == 500 else None


def a_wrong_class(_method: str, path: str, status: int | None) -> Answer | None:
    """Pausing what does not run is refused with another reason."""
    return Answer(409, "Container x is already paused") if path.endswith("/pause") and status == 409 else None


def an_idle_rm(method: str, path: str, status: int | None) -> Answer | None:
    """Rm without -f says that it is done, and does nothing."""
    is_rm = method == "DELETE" and "/containers/" in path and "force" not in path
    return Answer(204) if is_rm and status is None else None


def nothing(_method: str, _path: str, _status: int | None) -> Answer | None:
    """Every answer stays."""
    return None


def a_lost_event(event: Mapping[str, Any]) -> bool:
    """No rename is told."""
    return bool(event.get("Action") == "rename")


def no_event(_event: Mapping[str, Any]) -> bool:
    """Every event stays."""
    return False


@pytest.mark.parametrize(
    ("change", "drop", "rules", "found", "steps"),
    [
        (a_wrong_status, no_event, ["container.unpause.not-paused"], "container.unpause.not-paused", 3),
        (a_wrong_class, no_event, ["container.pause.not-running"], "container.pause.not-running", 3),
        (an_idle_rm, no_event, ["container.rm.removed"], "container.rm.removed", 3),
        (nothing, a_lost_event, ["container.rename.renamed"], "container.rename.renamed", 3),
    ],
    ids=["a status", "a class", "an rm that does nothing", "an event"],
)
def test_a_planted_difference_is_found(  # noqa: PLR0917  # a row of the table above
    engine: Private, change: Change, drop: Drop, rules: list[str], found: str, steps: int
) -> None:
    """One answer is changed: its rule differs, and the sequence that shows it is short."""
    with proxy(engine.host, change, drop) as between:
        run = Conformance(Engine.at(between.host), specification(), settling=2.0)
        try:
            report = run.systematic(rules)
            run.shrink({found})
        finally:
            run.close()
    shown = [difference for difference in report.differences if difference.cell.rule == found]
    assert shown
    assert min(len(difference.run.steps) for difference in shown) <= steps


@pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning")  # docker's SDK forgets what it cannot connect
def test_what_an_engine_does_while_it_ends_is_no_difference(engine: Private) -> None:
    """It takes no new connections, and answers otherwise over the old ones: the run is broken, and nothing differs."""
    doors = list[Callable[[], None]]()

    def ending(_method: str, path: str, status: int | None) -> Answer | None:
        if not path.endswith("/pause") or status != 204:
            return None
        while doors:
            doors.pop()()
        return Answer(500, "the engine ends")

    with proxy(engine.host, ending, no_event) as between:
        doors.append(between.close_door)
        run = Conformance(Engine.at(between.host), specification())
        report = run.systematic(["container.pause"])
        run.close()
    assert doors == []
    assert report.broken
    assert report.differences == []
    removed, left = clean_all(Engine.at(engine.host))
    assert removed > 0
    assert left == []
    gc.collect()


def test_no_way_leads_over_a_planted_difference(engine: Private, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where rm does nothing, the container is still there: what is planned afterwards does not count on its end."""
    avoided = list[set[Cell]]()
    original = Walk.avoid

    def avoid(walk: Walk, cells: Iterable[Cell]) -> None:
        avoided.append(set(cells))
        original(walk, avoided[-1])

    monkeypatch.setattr(Walk, "avoid", avoid)
    with proxy(engine.host, an_idle_rm, no_event) as between:
        run = Conformance(Engine.at(between.host), specification(), settling=1.0)
        report = run.systematic(["container.rm.removed"])
        run.close()
    assert avoided[0] == set()
    assert "container.rm.removed" in {cell.rule for cell in avoided[-1]}
    assert avoided[-1] <= {difference.cell for difference in report.differences}
