"""Stories: cells about any operation, each with the few words that its start state needs.

A line of the file is an object:

    {"id": "rmi by tag, last one, has children",
     "given": {"images": {"A": null, "B": "A"}, "references": {"app:1": "A", "app:2": "B"}},
     "when": {"image.untag": {"r": "app:1", "force": false, "prune": true}},
     "then": {"status": 200, "events": ["image:untag A"], "changes": {"reference.image": {"app:1": null}}},
     "source": "measured on Docker 20.10.24"}

``given`` names the objects: the present images with their parents, the references with their images (null: they name
nothing), the containers with those of their fields that differ from the ordinary (below), and any other function of the
specification with its values. ``when`` is one operation, ``then`` what an engine was seen to answer, and *everything*
that changes: functions with their new values, ``gone`` with the containers of which nothing is left. ``or`` holds
further outcomes where the engine itself is open.

An ordinary container: created from the first image, named after itself, with a clean read-write layer (a dead one has
none), a process space where it runs, and a process that ends well on SIGTERM.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from enum import Enum
from pathlib import Path
from typing import Any

from dockspec import container, image
from dockspec.evaluation import State
from dockspec.language import Function, Sort, Type, Value
from dockspec.model import Specification
from hullcheck.cells.cell import Action, Cell, Outcome, Place, SeenEvent
from hullcheck.cells.matrix import seen_event
from hullcheck.worlds import world

_ALIVE = {"running", "paused"}
_Json = Mapping[str, Any]


def story_cells(path: Path, specification: Specification) -> Iterator[Cell]:
    """The cells of a file, in the words of a specification.

    Raises:
        ValueError: when a line names a function, an operation or a value that the specification does not have.
    """
    for number, line in enumerate(path.read_text("utf-8").splitlines(), start=1):
        try:
            yield _Reader(json.loads(line), specification).cell()
        except (KeyError, ValueError) as problem:
            raise ValueError(f"{path.name}, line {number}: {problem}") from problem


class _Reader:
    """Reads one line: first which objects it names, then what it says of them."""

    def __init__(self, line: _Json, specification: Specification) -> None:
        self.line = line
        self.specification = specification
        self.functions = {function.name: function for function in specification.functions}
        self.functions |= {f.name: f for f in container.FUNCTIONS}
        self.names: dict[Sort, list[str]] = {}
