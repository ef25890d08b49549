"""hullcheck.cells.stories: lines of JSON become cells."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from dockspec.container import Status, layer, name_of, process_space, status
from dockspec.dialects import specification
from dockspec.image import parent, present, refers
from hullcheck.cells import story_cells

SPECIFICATION = specification()
STORY = {
    "id": "rmi by tag, last one, has children",
    "given": {
        "images": {"A": None, "B": "A"},
        "references": {"app:1": "A", "app@1": None},
        "containers": {"c": {"status": "paused"}},
    },
    "when": {"image.untag": {"r": "app:1", "force": False, "prune": True}},
    "then": {
        "status": 200,
        "events": ["image:untag A name=x"],
        "changes": {"reference.image": {"app:1": None}, "gone": ["c"]},
    },
    "source": "measured",
}


def written(tmp_path: Path, **changed: object) -> Path:
    """A file with the story, changed in some places."""
    path = tmp_path / "cells.jsonl"
    path.write_text(json.dumps({**STORY, **changed}) + "\n", "utf-8")
    return path


def test_a_story_is_read(tmp_path: Path) -> None:
    """Objects get slots in the order of their mention; a container is ordinary where nothing else is told."""
    (cell,) = story_cells(written(tmp_path), SPECIFICATION)
    assert (cell.id, cell.source) == ("rmi by tag, last one, has children", "measured")
    assert [cell.world.value(present, slot) for slot in (0, 1)] == [True, True]
    assert (cell.world.value(parent, 1), cell.world.value(refers, 0), cell.world.value(refers, 1)) == (0, 0, None)
    assert cell.world.value(status, 0) is Status.PAUSED
    assert cell.world.value(process_space, 0) is True
    assert cell.world.value(name_of, 0) == 0
    assert cell.when[0].arguments == {"r": 0, "force": False, "prune": True}
    assert cell.then.events is not None
    assert (cell.then.events[0].subject, cell.then.events[0].attributes) == ((0,), {"name": "x"})
    changes = {(place.function.name, place.slots): value for place, value in (cell.then.changes or {}).items()}
    assert changes["reference.image", (0,)] is None
    assert changes["container.status", (0,)] is Status.REMOVED
    assert changes[layer.name, (0,)] is layer.initial


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"given": {"image.colour": {"A": "red"}}}, "the specification has no function image.colour"),
        ({"given": {"containers": {"c": {"status": "asleep"}}}}, "'asleep' is not a valid Status"),
        ({"when": {"image.paint": {}}}, "image.paint"),
        ({"then": {"status": 200, "events": ["image:untag Z"]}}, "Z is mentioned in no other place"),
    ],
)
def test_a_mistake_is_told_with_its_line(tmp_path: Path, changed: dict[str, object], told: str) -> None:
    """What the specification does not have is refused, with file and line."""
    with pytest.raises(ValueError, match=r"cells\.jsonl, line 1: ") as mistake:
        list(story_cells(written(tmp_path, **changed), SPECIFICATION))
    assert told in str(mistake.value)
