"""The specification in a dialect as one JSON document, for other tools.

Formulas are given twice: as text, as the reference prints them, and as a tree. A named formula stands in
``definitions`` once and is called by its name. ``schema.json``, beside this module, is the document's JSON Schema.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from enum import Enum
from importlib import resources
from pathlib import Path
from typing import Any, TypeAlias

from dockspec import DIALECTS
from dockspec.language import (
    And,
    Apply,
    Defined,
    Equal,
    Expr,
    Fired,
    Function,
    If,
    Literal,
    Member,
    Named,
    Not,
    Or,
    Quantified,
    Reaches,
    Sort,
    Type,
    Update,
    Value,
    Variable,
    type_name,
    walk,
)
from dockspec.model import (
    Always,
    Call,
    Event,
    Machine,
    Operation,
    Property,
    Recoverable,
    Rule,
    Same,
    Sometimes,
    Specification,
    Step,
)
from hullcheck.errors import InputError
from hullcheck.explore.scope import subject_of
from hullcheck.export import naming
from hullcheck.export.naming import Names

SCHEMA = "hullcheck/specification/1"
"""The version of the document; it changes with a note."""

Json: TypeAlias = dict[str, Any]

_AS_THEY_ARE: Mapping[str, str] = {}
"""Variables under their own names."""


def document(spec: Specification, cells: Sequence[Path] = ()) -> Json:
    """A specification as one document.

    Args:
        spec: the specification.
        cells: files of measured answers, one JSON object a line, to include.

    Raises:
        InputError: when a file of cells cannot be read.
    """
    return _Document(spec).whole([cell for path in cells for cell in _cells(path)])


def schema() -> Json:
    """The JSON Schema of the document."""
    text = resources.files("hullcheck.export").joinpath("schema.json").read_text(encoding="utf-8")
    loaded: Json = json.loads(text)
    return loaded


def _cells(path: Path) -> list[Json]:
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise InputError(f"cannot read {path}: {error.strerror}; name a file of cells") from error
    found = []
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            cell = json.loads(line)
        except json.JSONDecodeError as error:
            raise InputError(f"{path}, line {number}: {error.msg}; a cell is one JSON object a line") from error
        found.append(cell)
    return found


class _Document:
    def __init__(self, spec: Specification) -> None:
        self._spec = spec
        self._names = Names()
        self._definitions: dict[str, Json] = {}
        self._called: dict[tuple[str, int, str], str] = {}
        self._seen: dict[int, tuple[Named, str]] = {}  # with the formula, so that its id stays its own

    def whole(self, cells: list[Json]) -> Json:
        spec, dialect = self._spec, DIALECTS.get(self._spec.dialect)
        found = {
            "schema": SCHEMA,
            "dialect": {
                "name": spec.dialect,
                "about": spec.about,
                "replaces": dict(dialect.reasons) if dialect else {},
            },
            "dialects": [{"name": d.name, "about": d.about} for d in DIALECTS.values()],
            "sorts": [sort.name for sort in spec.sorts],
            "enumerations": {name: [str(m.value) for m in kind] for name, kind in self._enumerations().items()},
            "functions": [self._function(function) for function in spec.functions],
            "machines": [self._machine(machine) for machine in spec.machines],
            "operations": [self._operation(operation) for operation in spec.operations],
            "properties": [self._property(prop) for prop in spec.properties],
        }
        return found | {"definitions": self._definitions, "cells": cells}

    # --- the state ----------------------------------------------------------------------------------------------

    def _enumerations(self) -> dict[str, type[Enum]]:
        """Every enumeration, by its name with the module: two of them are called Status."""
        parameters = (p.type for o in self._spec.operations for p in o.all_parameters)
        kinds = [*(f.type for f in self._spec.functions), *parameters, *(type(m.initial) for m in self._spec.machines)]
        return {_kind(kind): kind for kind in kinds if not isinstance(kind, Sort) and issubclass(kind, Enum)}

    def _function(self, function: Function) -> Json:
        return {
            "name": function.name,
            "domain": [sort.name for sort in function.domain],
            "type": _kind(function.type),
            "partial": function.partial,
            "rigid": function.rigid,
            "initial": _value(function.initial),
            "about": function.about,
        }

    def _machine(self, machine: Machine) -> Json:
        return {
            "name": machine.name,
            "sort": machine.sort.name if machine.sort else None,
            "stored": machine.stored.name if machine.stored else None,
            "status": self._formula(machine.status(*subject_of(machine))),
            "states": [
                {"name": str(s.value.value), "about": s.about, "docker": s.docker, "terminal": s.terminal}
                for s in machine.states
            ],
            "rows": [
                {
                    "trigger": row.trigger,
                    "sources": [str(source.value) for source in row.sources],
                    "target": str(row.target.value),
                    "label": row.label,
                    "actor": row.actor.value,
                }
                for row in machine.rows
            ],
        }

    # --- operations ---------------------------------------------------------------------------------------------

    def _operation(self, operation: Operation) -> Json:
        return {
            "id": operation.id,
            "about": operation.about,
            "http": operation.http,
            "actor": operation.actor.value,
            "parameters": [
                {"name": p.name, "type": _kind(p.type), "role": operation.role(p).value}
                for p in operation.all_parameters
            ],
            "possible": self._formula(operation.possible),
            "rules": [self._rule(rule) for rule in operation.rules],
        }

    def _rule(self, rule: Rule) -> Json:
        answer = rule.answer
        return {
            "id": rule.id,
            "when": self._formula(rule.when),
            "answer": {
                "kind": answer.kind.value,
                "status": answer.status,
                "error": answer.error,
                "class": answer.error_class,
                "message": answer.message,
                "exit_code": answer.exit_code,
                "blocks": answer.blocks,
            },
            "says": rule.says,
            "source": rule.source,
            "moves": [
                {"machine": move.machine.name, "trigger": trigger, "when": self._formula(when), "each": move.each}
                for move in rule.moves
                for when, trigger in move.cases
            ],
            "updates": [self._update(update) for update in rule.updates],
            "events": [self._event(event) for event in rule.events],
        }

    def _update(self, update: Update) -> Json:
        return {
            "text": repr(update),
            "target": self._tree(update.target),
            "value": self._tree(update.value),
            "where": self._tree(update.where),
            "each": [_variable(v) for v in update.each],
        }

    def _event(self, event: Event) -> Json:
        return {
            "type": event.type,
            "action": event.action,
            "subject": [v.name for v in event.subject],
            "attributes": {
                name: self._formula(value) if isinstance(value, Expr) else value
                for name, value in event.attributes.items()
            },
            "where": self._formula(event.where),
            "each": event.each,
        }

    # --- properties ---------------------------------------------------------------------------------------------

    def _property(self, prop: Property) -> Json:
        common = {
            "id": prop.id,
            "says": prop.says,
            "fails_in": dict(prop.fails_in),
            "by_construction": prop.by_construction,
        }
        match prop:
            case Always(formula=formula):
                return common | {"kind": "always", "formula": self._formula(formula)}
            case Step(formula=formula, of=of):
                return common | {"kind": "step", "formula": self._formula(formula), "of": list(of)}
            case Sometimes(formula=formula):
                return common | {"kind": "sometimes", "formula": self._formula(formula)}
            case Recoverable(formula=formula, by=by):
                return common | {"kind": "recoverable", "formula": self._formula(formula), "by": list(by)}
            case Same():
                return common | {
                    "kind": "same",
                    "when": self._formula(prop.when),
                    "first": [self._call(call) for call in prop.first],
                    "second": [self._call(call) for call in prop.second],
                    "up_to": [f.name for f in prop.up_to],
                }
            case _:
                raise TypeError(f"{prop.id} is of no kind that is known")

    def _call(self, call: Call) -> Json:
        return {
            "operation": call.operation,
            "arguments": {
                name: self._tree(value if isinstance(value, Expr) else Literal(value))
                for name, value in call.arguments.items()
            },
        }

    # --- formulas -----------------------------------------------------------------------------------------------

    def _formula(self, term: Expr) -> Json:
        return {"text": repr(term), "tree": self._tree(term)}

    def _tree(self, term: Expr, called: Mapping[str, str] = _AS_THEY_ARE) -> Json:  # noqa: C901, PLR0911, PLR0912  # one case a word of the language
        match term:
            case Literal(value=value):
                return {
                    "op": "literal",
                    "value": _value(value),
                    "type": _kind(type(value)) if value is not None else None,
                }
            case Variable():
                return {"op": "variable"} | _variable(term, called)
            case Apply(function=function, arguments=arguments, primed=primed):
                return {
                    "op": "apply",
                    "function": function.name,
                    "arguments": _names(arguments, called),
                    "after": primed,
                }
            case Equal(left=left, right=right):
                return {"op": "equal", "terms": [self._tree(left, called), self._tree(right, called)]}
            case Member(term=inner, values=values):
                return {"op": "member", "term": self._tree(inner, called), "values": [str(v.value) for v in values]}
            case Defined(term=inner):
                return {"op": "defined", "term": self._tree(inner, called)}
            case Not(term=inner):
                return {"op": "not", "term": self._tree(inner, called)}
            case And(terms=terms):
                return {"op": "and", "terms": [self._tree(t, called) for t in terms]}
            case Or(terms=terms):
                return {"op": "or", "terms": [self._tree(t, called) for t in terms]}
            case If():
                condition, then, otherwise = (self._tree(part, called) for part in term.parts())
                return {"op": "if", "condition": condition, "then": then, "otherwise": otherwise}
            case Quantified(universal=universal, variables=variables, body=body):
                bound = [_variable(v) for v in variables]
                return {"op": "all" if universal else "some", "variables": bound, "body": self._tree(body, called)}
            case Reaches(function=function, start=start, end=end, primed=primed):
                return {
                    "op": "reaches",
                    "function": function.name,
                    "arguments": _names((start, end), called),
                    "after": primed,
                }
            case Named():
                return {"op": "call", "name": self._defined(term), "arguments": _names(naming.parameters(term), called)}
            case Fired(what=what):
                return {"op": "fired", "what": what}
            case _:
                raise TypeError(f"no meaning is given to {term!r}")

    def _defined(self, term: Named) -> str:
        """The name under which a named formula is defined; one read after the step is another than one before it."""
        if id(term) not in self._seen:
            self._seen[id(term)] = (term, self._define(term))
        return self._seen[id(term)][1]

    def _define(self, term: Named) -> str:
        variables = naming.parameters(term)
        # whatever its variables are called, it is the same definition
        positions = {v.name: f"${number}" for number, v in enumerate(variables)}
        key = (term.name, len(variables), json.dumps(self._tree(term.body, positions)))
        if key not in self._called:
            primed = any(isinstance(part, (Apply, Reaches)) and part.primed for part in walk(term.body))
            name = self._names.new(naming.identifier(term.name) + ("_after" if primed else ""))
            self._called[key] = name
            self._definitions[name] = {
                "says": term.name,
                "parameters": [_variable(v) for v in variables],
                "body": self._formula(term.body),
            }
        return self._called[key]


def _variable(variable: Variable, called: Mapping[str, str] = _AS_THEY_ARE) -> Json:
    return {"name": called.get(variable.name, variable.name), "type": _kind(variable.type)}


def _names(variables: Sequence[Variable], called: Mapping[str, str]) -> list[str]:
    return [called.get(v.name, v.name) for v in variables]


def _value(value: Value) -> str | bool | int | None:
    return str(value.value) if isinstance(value, Enum) else value


def _kind(kind: Type | type[object]) -> str:
    """The name of a type: a sort, ``bool``, or an enumeration with its module."""
    if isinstance(kind, Sort) or not issubclass(kind, Enum):
        return type_name(kind)  # type: ignore[arg-type]  # a sort or bool
    return f"{kind.__module__.rpartition('.')[2]}.{kind.__name__}"


def as_text(found: Mapping[str, Any]) -> str:
    """The document as it is written."""
    return json.dumps(found, indent=1, ensure_ascii=False) + "\n"
