"""hullcheck.describe.engines and .differences: the rules held against real engines."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from dockspec import specification
from hullcheck.conform.declared import Kind
from hullcheck.describe import observed as module
from hullcheck.describe.differences import TOLD, by_rule, differences, differing, differing_in_lines, interesting
from hullcheck.describe.engines import KINDS, SEEN, engines, seen_on
from hullcheck.describe.lingua import CHINESE, ENGLISH, Lingua
from hullcheck.describe.observed import observed

LINE = r"( \[(line|命令行)\]\(#differs\.\S+\))?"
CELL = re.compile(rf"\[(differs|不同)\]\(#differs\.\S+\)|({SEEN}|\[[a-z]\]\(#engines\.unreached\.[a-z]\)){LINE}")
CONTAINERD = next(engine for engine in observed() if engine.label == "docker-28.5.2-containerd")


@pytest.mark.parametrize("lang", [ENGLISH, CHINESE])
def test_every_rule_has_a_row_and_every_engine_a_cell(lang: str) -> None:
    """The matrix has each rule once, and in each cell a mark of the legend."""
    rows = [line.strip("| ").split(" | ") for line in engines(Lingua(lang)) if line.startswith("| [`")]
    assert sorted(row[0] for row in rows) == sorted(f"[`{rule.id}`](#{rule.id})" for rule in specification().rules)
    for row in rows:
        assert len(row) == 1 + len(observed())
        assert all(CELL.fullmatch(cell) for cell in row[1:]), row


def test_every_difference_that_was_observed_is_told() -> None:
    """What an engine did otherwise than its dialect, and what its dialect changes, is a difference from the rule."""
    for engine in observed():
        assert all(engine in differing(rule) for rule in engine.differed)
    assert CONTAINERD in differing("image.untag.kept")
    assert CONTAINERD not in differing("container.rm.removed")


def test_a_rule_that_a_dialect_drops_differs() -> None:
    """Nobody can observe a rule that is not there; what answers in its place is the difference."""
    (difference,) = (d for d in by_rule()["image.remove.has-children"] if d.dialect == CONTAINERD.dialect)
    assert CONTAINERD in differences()[difference]
    assert Kind.STATE in difference.differs


def test_whatever_can_differ_has_a_word() -> None:
    """In what an engine can differ is told in both languages."""
    assert set(KINDS) == set(Kind)


def test_every_difference_differs_in_something() -> None:
    """A change of a dialect can be seen by its lines, and a deviation says in what it differs."""
    assert all(difference.differs and difference.sequence for difference in differences())


@pytest.fixture
def one_line_differs(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """What was observed, and of docker's command line on one engine, which has it declared, that one of ten differs."""
    told = json.loads(module.FILE.read_text("utf-8"))
    (engine,) = (engine for engine in told["engines"] if engine["engine"] == "docker-28.5.2")
    engine |= {"lines": 10, "lines_differed": {"exec.start.not-found": 1}}
    for other in told["engines"]:
        if other is not engine:
            other |= {"lines": 0, "lines_differed": {}}
    file = tmp_path / "observed.json"
    file.write_text(json.dumps(told), "utf-8")
    caches = (observed, differences, by_rule)
    with monkeypatch.context() as patched:
        patched.setattr(module, "FILE", file)
        for cached in caches:
            cached.cache_clear()
        yield
    for cached in caches:
        cached.cache_clear()


@pytest.mark.usefixtures("one_line_differs")
def test_what_docker_s_command_line_alone_shows() -> None:
    """It is counted, told as a difference, and marked beside the rule, which the engine follows all the same."""
    rule = "exec.start.not-found"
    (engine,) = differing_in_lines(rule)
    assert engine.label == "docker-28.5.2"
    assert engine not in differing(rule)
    text = list(engines(Lingua()))
    (row,) = (line for line in text if line.startswith("| Docker 28.5.2 | "))
    assert row.endswith(" | 10 | 1 |")
    (row,) = (line for line in text if line.startswith(f"| [`{rule}`]"))
    assert row.split(" | ").count(f"{SEEN} [line](#differs.{rule})") == 1
    (told,) = (line for line in text if line.startswith("- **Docker 28.5.2** (docker's command line: exit status): "))
    assert "127 and not 126" in told
    assert seen_on(rule, Lingua()).endswith(f"; docker's command line [differs](#differs.{rule}) on Docker 28.5.2.")


def test_the_interesting_ones() -> None:
    """At most ten, the shortest first; what is left out weighs no more, or has its operation or reason told."""
    chosen = interesting()
    assert len(chosen) <= TOLD
    lengths = [len(difference.sequence) for difference in chosen]
    assert lengths == sorted(lengths)
    operation = {rule.id: o.id for o in specification().operations for rule in o.rules}
    operations, reasons = {operation[d.rule] for d in chosen}, {d.reason for d in chosen}
    assert (len(operations), len(reasons)) == (len(chosen), len(chosen))
    for difference in differences():
        if operation[difference.rule] not in operations and difference.reason not in reasons:
            assert len(chosen) == TOLD
            assert difference.weight <= min(other.weight for other in chosen)


def test_where_a_rule_was_observed() -> None:
    """The versions of an engine stand behind its name; who differs is told, and where nobody got there, why."""
    told = seen_on("image.untag.kept", Lingua())
    assert told.startswith("Docker 20.10.24, ")
    assert "; [differs](#differs.image.untag.kept) on Docker 28.5.2 (containerd)" in told
    assert seen_on("firewall.start.started", Lingua()) == "none: it is no part of an engine."
