"""A proof as JSON, for scripts."""

from __future__ import annotations

from typing import Any

from dockspec.evaluation import Binding, State
from dockspec.language import Value
from hullcheck.prove.results import Counterexample, Outcome, Proof, Result
from hullcheck.steps import shown

SCHEMA = "hullcheck/prove/1"
"""The version of the JSON document; it changes with a note."""


def as_json(proof: Proof) -> dict[str, Any]:
    """The proof as one JSON document."""
    opinion = proof.second_opinion
    return {
        "schema": SCHEMA,
        "dialect": proof.dialect,
        "complete": proof.complete,
        "seconds": round(proof.seconds, 3),
        "properties": [_result(result) for result in proof.results],
        "companions": [
            {"id": name, "verdict": (Outcome.PROVED if held else Outcome.UNKNOWN).value}
            for name, held in proof.companions.items()
        ],
        "rules": [
            *({"rule": rule, "satisfiable": True, "objects": size} for rule, size in proof.satisfiable.items()),
            *({"rule": rule, "satisfiable": False, "note": note} for rule, note in proof.vacuous.items()),
        ],
        "second_opinion": None
        if opinion is None
        else {
            "solver": f"cvc5 {opinion.version}",
            "confirmed": opinion.confirmed,
            "undecided": list(opinion.undecided),
            "denied": list(opinion.denied),
            "seconds": round(opinion.seconds, 3),
        },
    }


def facts(state: State) -> list[str]:
    """What is not as it was at the beginning, as ``image.parent(1) = 0``; objects are known by their slots."""
    found = []
    for name, table in state.tables.items():
        for slots, value in sorted(table.items()):
            inside = f"({', '.join(map(str, slots))})" if slots else ""
            found.append(f"{name}{inside}" if value is True else f"{name}{inside} = {_worded(value)}")
    return found


def arguments(binding: Binding) -> dict[str, str]:
    """The parameters of an operation, as they are printed."""
    return {name: _worded(value) for name, value in binding.items()}


def _worded(value: Value) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return "none" if value is None else shown(value)


def _result(result: Result) -> dict[str, Any]:
    return {
        "id": result.id,
        "says": result.says,
        "kind": result.kind,
        "verdict": result.outcome.value,
        "seconds": round(result.seconds, 3),
        "conditions": result.conditions,
        "leans_on": list(result.leans_on),
        "open": list(result.open),
        "declared": result.declared,
        "note": result.note,
        "counterexample": None if result.counterexample is None else _counterexample(result.counterexample),
    }


def _counterexample(found: Counterexample) -> dict[str, Any]:
    return {
        "objects": {sort.name: size for sort, size in found.before.sizes.items() if size},
        "before": facts(found.before),
        "operation": found.operation,
        "arguments": arguments(found.binding),
        "rule": found.rule,
        "after": None if found.after is None else facts(found.after),
        "reach": found.reach.value,
        "run": [{"operation": s.operation, "arguments": arguments(s.binding), "rule": s.rule} for s in found.trace],
        "note": found.note,
    }
