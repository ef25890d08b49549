"""A fingerprint of a specification: what was recorded of it says by this for which text it was."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator

from dockspec.language import Expr, Sort, Variable, type_name
from dockspec.model import Specification, values_of


def fingerprint(spec: Specification) -> str:
    """A digest of everything in a specification that a verdict depends on: not of its prose, texts and sources."""
    return digest(_parts(spec))


def digest(parts: Iterable[str]) -> str:
    """A digest of some texts, in this order."""
    found = hashlib.sha256()
    for part in parts:
        found.update(part.encode())
        found.update(b"\0")
    return found.hexdigest()[:16]


def _parts(spec: Specification) -> Iterator[str]:
    for function in spec.functions:
        values = [] if isinstance(function.type, Sort) else [str(value) for value in values_of(function.type)]
        kind = f"{type_name(function.type)} {values} {function.partial} {function.rigid}"
        yield f"{function.name} {[sort.name for sort in function.domain]} {kind} {function.initial}"
    for operation in spec.operations:
        yield f"{operation.id} {operation.all_parameters} {operation.actor.value} {_key(operation.possible)}"
        for rule in operation.rules:
            yield f"{rule.id} {rule.answer.kind.value} {_key(rule.when)} {[e.action for e in rule.events]}"
            for update in rule.updates:
                yield f"{_key(update.target)} {_key(update.value)} {_key(update.where)} {update.each}"
            for move in rule.moves:
                yield f"{move.machine.name} {[(trigger, _key(when)) for when, trigger in move.cases]} {move.each}"
    for machine in spec.machines:
        subject = [] if machine.sort is None else [Variable(machine.name, machine.sort)]
        yield f"{machine.name} {[str(state.value) for state in machine.states]} {_key(machine.status(*subject))}"
        yield from (f"{machine.name} {row.trigger} {row.sources} {row.target}" for row in machine.rows)
    for prop in spec.properties:
        told = {name: value for name, value in vars(prop).items() if name not in {"says", "fails_in"}}
        yield " ".join([prop.id, *(_key(part) if isinstance(part, Expr) else repr(part) for part in told.values())])


def _key(term: Expr) -> str:
    return repr(term.key)
