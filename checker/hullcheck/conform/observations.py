"""What was seen, as lines of JSON: one for each cell, and one for each docker line.

That of a cell is in the format of the expected cells (``hullcheck.cells.stories``).

Beyond that format a line tells ``engine``, ``version``, ``store``, ``dialect``, ``date``, ``rule``, ``cell``, whether
the specification ``agrees``, and if not the ``differences``. What a state has that no engine shows (a stop by hand,
say) is taken from the specification. Where an engine cannot be relied on to tell an event in time, none is kept.

That of a docker line has no ``cell`` but ``docker``: its command, the ``rule`` that answers last, as in ``hullcheck
conform --json``, and the ``sequence`` that ends with it; what docker's command line of the version ``client`` came to
there, without ids; whether it ``agrees``, and if not the ``differences``.

A whole run ends with a line for each rule that was not seen: with neither, and with the reason as ``unreached``.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import IO, Any, Final

from dockspec import container, image
from dockspec.evaluation import State
from dockspec.language import Function, Sort, Type, Value
from dockspec.model import Specification
from hullcheck.conform.client import Heard
from hullcheck.conform.engine import Engine
from hullcheck.conform.events import TRANSFERS, Told, in_order, is_told_reliably
from hullcheck.conform.lines import Key
from hullcheck.conform.plan import Cell
from hullcheck.conform.playing import Step
from hullcheck.conform.texts import masked
from hullcheck.conform.views import View
from hullcheck.errors import InputError

_KINDS: Final = ("cell", "docker", "unreached")
"""One of these is in each line, and tells what it is."""
_STATUSES: Final = {state.docker: state.value for state in container.MACHINE.states if state.docker}


def line(  # noqa: PLR0917  # an observation has as many parts
    specification: Specification, engine: Engine, cell: Cell, step: Step, references: tuple[str, ...], date: str
) -> Mapping[str, Any]:
    """The observation of one step."""
    words = _Words(specification, references)
    before, after = step.taken.before, _as_seen(step.taken.after, step.seen)
    told = [words.event(event) for event in in_order(step.taken, step.events)]
    answer: dict[str, Any] = {"status": step.reply.status, "class": step.error_class}
    if step.reply.blocks:
        answer["blocks"] = True
    return {
        "id": str(cell),
        "given": words.state(before),
        "when": {step.asked.operation: words.arguments(step)},
        "then": {
            **answer,
            "events": told if is_told_reliably(step.taken, engine.name) else None,
            "changes": words.changes(before, after),
        },
        **({"text": masked(step.reply.message)} if step.reply.message else {}),
        "source": f"measured on {engine.name.capitalize()} {engine.version}",
        **_head(specification, engine, date),
        "rule": step.rule,
        "cell": [cell.rule, list(cell.given), list(cell.states)],
        "agrees": not step.differences,
        **({"differences": [masked(str(contrast)) for contrast in step.differences]} if step.differences else {}),
    }


def docker_line(
    specification: Specification, engine: Engine, client: str, heard: Heard, date: str
) -> Mapping[str, Any]:
    """What a docker line came to, by a client of a version."""
    return {
        "docker": heard.line.key.command,
        "sequence": list(heard.line.sequence),
        "exit_code": heard.said.exit_code,
        "errors": list(heard.said.errors),
        **_head(specification, engine, date),
        "client": client,
        "rule": heard.rule,
        "agrees": not heard.differences,
        **({"differences": [str(contrast) for contrast in heard.differences]} if heard.differences else {}),
    }


def unreached(specification: Specification, engine: Engine, rule: str, why: str, date: str) -> Mapping[str, Any]:
    """The line of a rule that was not seen."""
    return {**_head(specification, engine, date), "rule": rule, "unreached": why}


def _head(specification: Specification, engine: Engine, date: str) -> Mapping[str, str]:
    return {
        "engine": engine.name,
        "version": engine.version,
        "store": engine.storage,
        "dialect": specification.dialect,
        "date": date,
    }


def read(path: Path) -> Iterator[Mapping[str, Any]]:
    """The cells that were seen, by a file; a line that was cut off at its end is left out.

    Raises:
        InputError: when it is no file of observations.
    """
    return (line for line in _lines(path) if "cell" in line)


def read_docker_lines(path: Path) -> Iterator[Mapping[str, Any]]:
    """The docker lines that were run, by a file, in the same way."""
    return (line for line in _lines(path) if "docker" in line)


def _lines(path: Path) -> Iterator[Mapping[str, Any]]:
    for number, text in enumerate(path.read_text("utf-8").splitlines(), start=1):
        try:
            found = json.loads(text)
        except ValueError:
            return
        if not isinstance(found, dict) or "engine" not in found or found.keys().isdisjoint(_KINDS):
            raise InputError(f"{path}, line {number}: no observation of conform; name another file")
        yield found


def write(file: IO[str], lines: Iterable[Mapping[str, Any]]) -> None:
    """Add lines to a file at once, so that a broken run loses none."""
    file.writelines(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
    file.flush()


def cell_of(observed: Mapping[str, Any]) -> Cell:
    """Which cell a line is about."""
    rule, given, states = observed["cell"]
    return Cell(rule, tuple(given), tuple(states))


def key_of(observed: Mapping[str, Any]) -> Key:
    """Of which command and answer a docker line is that agrees."""
    return Key(observed["docker"], observed["rule"], observed["exit_code"])


def _as_seen(after: State, seen: View) -> State:
    """The state, with what an engine showed of it."""
    changes: dict[tuple[Function, tuple[int, ...]], Value] = {}
    for slot in range(after.sizes.get(container.CONTAINER, 0)):
        facts = seen.get(f"container {slot}")
        if facts is None:
            gone = (container.status, *container.FUNCTIONS)
            changes |= {(f, (slot,)): f.initial for f in gone if after.value(f, slot) != f.initial}
            continue
        if facts["status"] in _STATUSES:
            changes[container.status, (slot,)] = _STATUSES[str(facts["status"])]
        changes[container.exit_code, (slot,)] = container.ExitCode(str(facts["exit code"]))
        if isinstance(facts["name"], int):
            changes[container.name_of, (slot,)] = facts["name"]
    for slot in range(after.sizes.get(image.IMAGE, 0)):
        facts = seen.get(f"image {slot}")
        changes[image.present, (slot,)] = facts is not None
        is_lost = f"image {after.value(image.parent, slot)}" not in seen  # then no parent is seen
        if facts is not None and (isinstance(facts["parent"], int) or (facts["parent"] is None and not is_lost)):
            changes[image.parent, (slot,)] = facts["parent"]
    return after.setting(changes)


class _Words:
    """Names for slots: A, B, ... for images, c0, n0, a0, and references as docker writes them."""

    def __init__(self, specification: Specification, references: tuple[str, ...]) -> None:
        self._functions = {f.name: f for f in specification.functions if not f.rigid}
        self._specification = specification
        self._references = references

    def thing(self, sort: Sort, slot: int) -> str:
        if sort is image.REFERENCE:
            return self._references[slot]
        return chr(ord("A") + slot) if sort is image.IMAGE else f"{sort.name[0].lower()}{slot}"

    def value(self, kind: Type, value: Value) -> Any:  # noqa: ANN401  # as JSON has it
        if isinstance(kind, Sort):
            return None if value is None else self.thing(kind, value)  # type: ignore[arg-type]  # a slot
        return value if isinstance(value, bool) else getattr(value, "value", value)

    def key(self, function: Function, slots: tuple[int, ...]) -> str:
        return " ".join(self.thing(sort, slot) for sort, slot in zip(function.domain, slots, strict=True))

    def state(self, state: State) -> Mapping[str, Any]:
        found: dict[str, Any] = {}
        for name, table in state.tables.items():
            if name not in self._functions:
                continue
            function = self._functions[name]
            entries = {self.key(function, slots): self.value(function.type, value) for slots, value in table.items()}
            found[name] = sorted(entries) if function.type is bool else dict(sorted(entries.items()))
        unnamed = [name for name in self._references if name not in found.get("reference.image", {})]
        if unnamed:
            found["reference.image"] = {**found.get("reference.image", {}), **dict.fromkeys(unnamed)}
        return found

    def arguments(self, step: Step) -> Mapping[str, Any]:
        operation = self._specification.operation(step.asked.operation)
        types = {p.name: p.type for p in (*operation.parameters, *operation.fresh)}
        given = step.asked.given.items()
        return {name: self.value(types[name], value) for name, value in given if name in types}

    def event(self, event: Told) -> str:
        sort = container.CONTAINER if event.type == "container" else image.IMAGE
        sort = image.REFERENCE if event.action in TRANSFERS else sort
        told = [f"{name}={masked(value)}" for name, value in event.attributes.items()]
        which = [] if event.slot is None else [self.thing(sort, event.slot)]
        return " ".join([f"{event.type}:{event.action}", *which, *told])

    def changes(self, before: State, after: State) -> Mapping[str, Any]:
        found: dict[str, dict[str, Any]] = {}
        for name, function in self._functions.items():
            one, other = before.tables.get(name, {}), after.tables.get(name, {})
            for slots in sorted({*one, *other}):
                if before.value(function, *slots) != after.value(function, *slots):
                    value = self.value(function.type, after.value(function, *slots))
                    found.setdefault(name, {})[self.key(function, slots)] = value
        return found
