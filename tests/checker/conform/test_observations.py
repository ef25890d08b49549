"""What was recorded of real engines is what the specification says, or declared to be otherwise."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from dockspec import specification
from hullcheck.cells import differences, story_cells
from hullcheck.conform.declared import LINES, declarations
from hullcheck.conform.lines import Key
from hullcheck.conform.observations import key_of, read, read_docker_lines
from hullcheck.errors import InputError

RECORDS = sorted((Path(__file__).parents[2] / "data" / "observations").glob("*.jsonl"))


def test_there_are_some() -> None:
    """Several versions of Docker, and both image stores, were observed."""
    known = {"docker-20.10.24", "docker-26.1.5", "docker-28.5.2", "docker-28.5.2-containerd"}
    assert known <= {path.stem for path in RECORDS}


@pytest.mark.parametrize("path", RECORDS, ids=lambda path: path.stem)
def test_what_agreed_agrees_still(path: Path, tmp_path: Path) -> None:
    """Each recorded answer is that of the specification in the engine's dialect: status, class, events, changes."""
    spec = specification(declarations(path.stem).dialect)
    agreed = [line for line in read(path) if line["agrees"]]
    assert {line["dialect"] for line in agreed} == {spec.dialect}
    file = tmp_path / "agreed.jsonl"
    file.write_text("".join(json.dumps(line) + "\n" for line in agreed), encoding="utf-8")
    found = {cell.id: told for cell in story_cells(file, spec) if (told := differences(spec, cell))}
    assert found == {}


@pytest.mark.parametrize("path", RECORDS, ids=lambda path: path.stem)
def test_what_differed_is_declared_and_what_is_declared_differed(path: Path) -> None:
    """Of the rules that were seen, those that differed are those that are declared."""
    declared, lines = declarations(path.stem), list(read(path))
    assert declared.exact
    seen = {line["rule"] for line in lines}
    shown = {rule for rule, deviation in declared.deviations.items() if deviation.differs - LINES}
    chance = {rule for rule, deviation in declared.deviations.items() if deviation.sometimes}
    assert shown & seen - chance <= {line["rule"] for line in lines if not line["agrees"]} <= shown


@pytest.mark.parametrize("path", RECORDS, ids=lambda path: path.stem)
def test_so_it_is_of_docker_lines(path: Path) -> None:
    """In what one comes out otherwise is declared, and what is declared of these alone comes out otherwise."""
    declared, lines = declarations(path.stem).deviations, list(read_docker_lines(path))
    for line in lines:
        kinds = {kind for kind in LINES for text in line.get("differences", ()) if text.startswith(f"{kind.value}: ")}
        assert not line["agrees"] or not kinds
        assert line["agrees"] or kinds <= declared[line["rule"]].differs
    alone = {rule for rule, deviation in declared.items() if deviation.differs <= LINES}
    assert alone & {line["rule"] for line in lines} <= {line["rule"] for line in lines if not line["agrees"]}


def test_each_line_of_a_record_tells_what_it_is(tmp_path: Path) -> None:
    """Cells and docker lines are read one without the other; what is neither, and no reason, is refused."""
    head, file = {"engine": "docker", "rule": "container.rm.running"}, tmp_path / "seen.jsonl"
    lines = [{"cell": []}, {"docker": "rm", "exit_code": 1, "agrees": True}, {"unreached": "why"}]
    text = "".join(json.dumps({**head, **line}) + "\n" for line in lines)
    file.write_text(text + '{"engine": "dock', encoding="utf-8")
    assert [line["cell"] for line in read(file)] == [[]]
    assert [key_of(line) for line in read_docker_lines(file)] == [Key("rm", "container.rm.running", 1)]
    file.write_text(text + json.dumps(head) + "\n", encoding="utf-8")
    with pytest.raises(InputError, match="line 4: no observation of conform"):
        list(read(file))
