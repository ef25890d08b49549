"""The engine that the machine has, whichever version it is: no undeclared difference, systematically and at random."""

from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from engine import Engine

from dockspec import specification
from hullcheck.cells import differences, story_cells
from hullcheck.conform import observations
from hullcheck.conform.command import conform

COMMANDS = 300
MOST_RULES, MOST_CELLS, MOST_LINES = 145, 600, 150
"""So many can be reached without a registry."""


def test_every_rule_that_can_be_reached_is_observed(
    engine: Engine, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Neither the engine nor docker's command line differs undeclared; the record agrees with the specification."""
    record, junit = tmp_path / "seen.jsonl", tmp_path / "junit.xml"
    which = ["--own"] if engine.daemon else ["--host", engine.host, "--private"]  # it is to be restarted, too
    words = [*which, "--client", engine.client, "--record", str(record), "--junit", str(junit), "--json"]
    status = conform.main(words, standalone_mode=False)
    found = json.loads(capsys.readouterr().out)
    assert [(d["cell"], d["differences"], d["sequence"]) for d in found["differences"] if not d["declared"]] == []
    assert [line for line in found["client"]["differences"] if not line["declared"]] == []
    assert len(found["client"]["compared"]) > MOST_LINES
    told = [[line["docker"], line["rule"]] for line in observations.read_docker_lines(record)]
    assert sorted(told) == sorted([key["command"], key["rule"]] for key in found["client"]["compared"])
    assert found["stale"] == []
    assert (found["reason"], found["left"]) == ("", [])
    assert status == 0
    assert len(found["rules"]) > MOST_RULES
    cases = ET.parse(junit).iter("testcase")  # noqa: S314  # conform wrote it
    assert {case.get("name") for case in cases} >= set(found["rules"])
    agreed, spec = tmp_path / "agreed.jsonl", specification()
    with agreed.open("w", encoding="utf-8") as file:  # the cells alone
        observations.write(file, (line for line in observations.read(record) if line["agrees"]))
    cells = list(story_cells(agreed, spec))
    assert len(cells) > MOST_CELLS
    assert {cell.id: told for cell in cells if (told := differences(spec, cell))} == {}


def test_random_commands_agree(engine: Engine, capsys: pytest.CaptureFixture[str]) -> None:
    """Some hundred random commands show no undeclared difference."""
    words = ["--host", engine.host, "--random", str(COMMANDS), "--seed", "1", "--json"]
    status = conform.main(words, standalone_mode=False)
    found = json.loads(capsys.readouterr().out)
    assert [(d["cell"], d["differences"], d["sequence"]) for d in found["differences"] if not d["declared"]] == []
    assert status == 0
    assert found["operations"] >= COMMANDS
