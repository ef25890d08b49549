"""Why it was so: for each command the rules that answered, their prose and source, and what changed."""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum
from typing import TYPE_CHECKING

from dockspec.container import CONTAINER, NAME
from dockspec.host import PORT
from dockspec.image import IMAGE, REFERENCE
from dockspec.language import Function, Sort, Value
from dockspec.names import short_id
from hullcheck.run.core import Core, Taken

if TYPE_CHECKING:
    from hullcheck.run.outcome import Outcome


def changes(core: Core, taken: Taken) -> tuple[str, ...]:
    """What a step changed, one line each: ``container.status(web): running -> stopped``."""
    return tuple(_changes(core, taken))


def _changes(core: Core, taken: Taken) -> Iterator[str]:
    for function in core.spec.functions:
        old, new = taken.before.tables.get(function.name, {}), taken.after.tables.get(function.name, {})
        if function.rigid or old == new:
            continue
        for slots in sorted({*old, *new}):
            before, after = old.get(slots, function.initial), new.get(slots, function.initial)
            if before != after:
                inside = ", ".join(
                    _object(core, taken, s, slot) for s, slot in zip(function.domain, slots, strict=True)
                )
                shown = f"{function.name}({inside})" if inside else function.name
                yield f"{shown}: {_value(core, taken, function, before)} -> {_value(core, taken, function, after)}"


def _value(core: Core, taken: Taken, function: Function, value: Value) -> str:
    if value is None:
        return "none"
    if isinstance(value, Enum):
        return str(value.value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    return _object(core, taken, function.type, value) if isinstance(function.type, Sort) else str(value)


def _object(core: Core, taken: Taken, sort: Sort, slot: int) -> str:
    payload = core.payload
    if sort is CONTAINER and slot in payload.containers:
        names = [state.tables.get("container.name", {}).get((slot,)) for state in (taken.after, taken.before)]
        named = next((name for name in names if isinstance(name, int)), None)
        return short_id(payload.containers[slot].id) if named is None else payload.names[named]
    if sort is IMAGE and slot in payload.images:
        return short_id(payload.images[slot].id)
    lists = {NAME: payload.names, REFERENCE: [r.familiar for r in payload.references], PORT: payload.ports}
    known = lists.get(sort, [])
    return known[slot] if slot < len(known) else f"{sort.name} {slot}"


def explanation(outcome: Outcome) -> str:
    """The rules behind one command, for a person; line ends included."""
    lines: list[str] = []
    for answered in outcome.operations:
        rule = answered.rule
        status = f" ({rule.answer.status})" if rule.answer.status else ""
        lines += [f"  {rule.id}: {rule.answer.kind.value}{status}", f"    {rule.says}", f"    source: {rule.source}"]
        lines += [f"    {change}" for change in answered.changes]
    return "".join(f"{line}\n" for line in lines)
