"""The specification as one JSON document: it fits its schema, and nothing is left out."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from dockspec import DIALECTS, specification
from hullcheck.errors import InputError
from hullcheck.export.document import as_text, document, schema

CELLS = sorted((Path(__file__).parents[2] / "data").glob("cells-*.jsonl"))


def everything(value: object) -> Iterator[dict[str, Any]]:
    """Every object in a document."""
    if isinstance(value, dict):
        yield value
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from everything(inner)


@pytest.mark.parametrize("dialect", DIALECTS)
def test_fits_its_schema(dialect: str) -> None:
    """The document of each dialect, with every measured answer, is valid."""
    Draft202012Validator.check_schema(schema())
    found = json.loads(as_text(document(specification(dialect), CELLS)))
    errors = [f"{e.json_path}: {e.message[:300]}" for e in Draft202012Validator(schema()).iter_errors(found)]
    assert errors == []
    assert len(found["cells"]) == sum(len(path.read_text().splitlines()) for path in CELLS)


def test_everything_is_there() -> None:
    """Every operation, rule, property, machine and dialect stands in it, in order."""
    spec = specification()
    found = document(spec)
    assert [o["id"] for o in found["operations"]] == [o.id for o in spec.operations]
    assert [r["id"] for o in found["operations"] for r in o["rules"]] == [r.id for r in spec.rules]
    assert [p["id"] for p in found["properties"]] == [p.id for p in spec.properties]
    assert [m["name"] for m in found["machines"]] == [m.name for m in spec.machines]
    assert [d["name"] for d in found["dialects"]] == [*DIALECTS]


def test_nothing_is_undefined() -> None:
    """What a formula calls is defined, and called with as many arguments; every type and function is known."""
    found = document(specification())
    functions = {f["name"] for f in found["functions"]}
    types = {"bool", *found["sorts"], *found["enumerations"]}
    for node in everything(found):
        match node.get("op"):
            case "call":
                assert len(node["arguments"]) == len(found["definitions"][node["name"]]["parameters"])
            case "apply" | "reaches":
                assert node["function"] in functions
            case "variable":
                assert node["type"] in types


def test_bad_cells(tmp_path: Path) -> None:
    """A file that is not there, or no file of cells, is refused in one line that says what is wrong."""
    with pytest.raises(InputError, match=r"nowhere\.jsonl: No such file"):
        document(specification(), [tmp_path / "nowhere.jsonl"])
    (tmp_path / "bad.jsonl").write_text('{"id": 1}\nnonsense\n')
    with pytest.raises(InputError, match=r"bad\.jsonl, line 2: .*one JSON object a line"):
        document(specification(), [tmp_path / "bad.jsonl"])
