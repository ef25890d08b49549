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
that changes: functions with their new values, ``gone`` with the containers of which nothing is left. Where the engine
itself is open, each outcome is a cell of its own.

An ordinary container: created from the first image, named after itself, with a clean read-write layer (a dead one has
none), a process space where it runs, and a process that ends well on SIGTERM.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, TypeAlias

from dockspec import container, image
from dockspec.language import Function, Sort, Type, Value
from dockspec.model import Specification
from hullcheck.cells.cell import Action, Cell, Outcome, Place, SeenEvent
from hullcheck.worlds import world

_ALIVE = {"running", "paused"}
_Json: TypeAlias = Mapping[str, Any]
_Values: TypeAlias = dict[Place, Value]


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


def _ordinary(name: str, fields: _Json) -> dict[str, Any]:
    """The fields of a container of which nothing else is told."""
    status = fields["status"]
    return {
        "image": "A",
        "name": name,
        "layer": "none" if status == "dead" else "clean",
        "process-space": status in _ALIVE,
        "process": container.Process.ENDS_WELL.value,
    }


class _Reader:
    """Reads one line; an object gets its slot where it is first mentioned."""

    def __init__(self, line: _Json, specification: Specification) -> None:
        self.line = line
        self.specification = specification
        self.functions = {f.name: f for f in (*specification.functions, *container.FUNCTIONS)}
        self.names: dict[Sort, list[str]] = {}

    def cell(self) -> Cell:
        """The cell."""
        given = self.given(self.line["given"])
        ((operation, arguments),) = self.line["when"].items()
        types = {p.name: p.type for p in self.specification.operation(operation).all_parameters}
        action = Action(operation, {name: self.value(types[name], value) for name, value in arguments.items()})
        then = self.outcome(self.line["then"])
        sizes = {sort: len(names) for sort, names in self.names.items()}
        start = world(sizes, self.names.get(image.REFERENCE, ()))
        return Cell(
            id=self.line["id"],
            world=start.setting({(place.function, place.slots): value for place, value in given.items()}),
            given=(),
            when=(action,),
            then=then,
            source=self.line["source"],
        )

    def given(self, content: _Json) -> _Values:
        """The values at the beginning."""
        values: _Values = {}
        for name, parent in content.get("images", {}).items():
            values[self.place(image.present, name)] = True
            if parent is not None:
                values[self.place(image.parent, name)] = self.slot(image.IMAGE, parent)
        for name, target in content.get("references", {}).items():
            values[self.place(image.refers, name)] = self.value(image.IMAGE, target)
        for name, fields in content.get("containers", {}).items():
            for field, value in (_ordinary(name, fields) | fields).items():
                function = self.function(f"container.{field}")
                values[self.place(function, name)] = self.value(function.type, value)
        for name, entries in content.items():
            if name not in {"images", "references", "containers"}:
                values |= self.entries(self.function(name), entries)
        return values

    def outcome(self, content: _Json) -> Outcome:
        """What was seen."""
        changes: _Values = {}
        for name, entries in content.get("changes", {}).items():
            if name == "gone":
                changes |= {
                    self.place(f, gone): f.initial for gone in entries for f in (container.status, *container.FUNCTIONS)
                }
            else:
                changes |= self.entries(self.function(name), entries)
        events = content.get("events", ())
        return Outcome(
            status=content.get("status", 0),
            message=content.get("message"),
            error_class=content.get("class", ""),
            exit_code=content.get("exit"),
            blocks=content.get("blocks", False),
            events=None if events is None else tuple(self.event(text) for text in events),
            changes=changes,
        )

    def event(self, text: str) -> SeenEvent:
        """``container:die c exitCode=own``, or ``image:prune`` of no object."""
        head, *subject, attributes = [*text.split(" ", 2), "", ""][:3]
        kind, action = head.split(":")
        told = dict(attribute.split("=", 1) for attribute in attributes.split())
        return SeenEvent(kind, action, told, tuple(self.subject(name) for name in subject if name))

    def subject(self, name: str) -> int:
        """An object of an event, whose sort the event does not tell."""
        for sort in (container.CONTAINER, image.IMAGE, image.REFERENCE):
            if name in self.names.get(sort, ()):
                return self.slot(sort, name)
        raise ValueError(f"{name} is mentioned in no other place")

    def entries(self, function: Function, content: Any) -> _Values:  # noqa: ANN401  # as JSON has it
        """The values of a function: an object, or a list of where it is true, or the value of one without arguments."""
        if not function.domain:
            return {Place(function, ()): self.value(function.type, content)}
        entries = dict.fromkeys(content, True) if isinstance(content, list) else content
        return {self.place(function, key): self.value(function.type, value) for key, value in entries.items()}

    def function(self, name: str) -> Function:
        """The function of this name."""
        if name not in self.functions:
            raise ValueError(f"the specification has no function {name}")
        return self.functions[name]

    def place(self, function: Function, key: str) -> Place:
        """A function at the objects that are named."""
        names = key.split(" ")
        return Place(function, tuple(self.slot(sort, name) for sort, name in zip(function.domain, names, strict=True)))

    def value(self, kind: Type, raw: Any) -> Value:  # noqa: ANN401  # as JSON has it
        """A value of a type: an object by its name, a member by its text."""
        if isinstance(kind, Sort):
            return None if raw is None else self.slot(kind, raw)
        if kind is bool:
            return bool(raw)
        return kind(raw)

    def slot(self, sort: Sort, name: str) -> int:
        """The slot of an object."""
        names = self.names.setdefault(sort, [])
        if name not in names:
            names.append(name)
        return names.index(name)
