"""The report as JSON, for scripts, and as JUnit's XML, for CI servers."""

from __future__ import annotations

from typing import Any
from xml.etree import ElementTree as ET

from hullcheck.check.report import Counterexample, Outcome, Report, Result
from hullcheck.run.spelling import Spelled

SCHEMA = "hullcheck/check/1"
"""The version of the JSON document; it changes with a note."""


def as_json(report: Report, spelled: dict[str, list[Spelled]]) -> dict[str, Any]:
    """The report as one JSON document.

    Args:
        report: the result of a check.
        spelled: property id -> its counterexample, as lines.
    """
    return {
        "schema": SCHEMA,
        "dialect": report.dialect,
        "complete": report.complete,
        "seconds": round(report.seconds, 3),
        "properties": [_result(result, spelled.get(result.id, [])) for result in report.results],
        "scopes": [
            {
                "scope": name,
                "complete": e.complete,
                "reason": e.reason,
                "states": e.states,
                "representatives": e.representatives,
                "transitions": e.transitions,
                "refusals": e.refusals,
                "depth": e.depth,
                "seconds": round(e.seconds, 3),
                "bytes": e.bytes,
                "left_out": dict(e.left_out),
            }
            for name, e in report.explorations.items()
        ],
        "sample": None
        if report.sample is None
        else {
            "seed": report.sample.seed,
            "examples": report.sample.examples,
            "steps": report.sample.steps,
            "rules_fired": len(report.sample.fired),
            "seconds": round(report.sample.seconds, 3),
        },
        "never_fired": list(report.never_fired),
        "unfinished": dict(report.unfinished),
    }


def _result(result: Result, lines: list[Spelled]) -> dict[str, Any]:
    return {
        "id": result.id,
        "says": result.says,
        "kind": result.kind,
        "verdict": result.outcome.value,
        "means": [means.value for means in result.means],
        "scopes": list(result.scopes),
        "declared": result.declared,
        "by_construction": result.by_construction,
        "note": result.note,
        "counterexample": None if result.counterexample is None else _counterexample(result.counterexample, lines),
    }


def _counterexample(counterexample: Counterexample, lines: list[Spelled]) -> dict[str, Any]:
    return {
        "means": counterexample.means.value,
        "where": counterexample.where,
        "note": counterexample.note,
        "steps": [{"line": line.text, "rule": line.rule, "changes": list(line.changes)} for line in lines],
    }


def as_junit(report: Report, spelled: dict[str, list[Spelled]]) -> str:
    """The report as JUnit's XML: one test case a property; an undecided one counts as skipped.

    Args:
        report: the result of a check.
        spelled: property id -> its counterexample, as lines.
    """
    suite = ET.Element(
        "testsuite",
        name=f"hullcheck check --dialect {report.dialect}",
        tests=str(len(report.results)),
        failures=str(len(report.violated)),
        skipped=str(sum(r.outcome is Outcome.UNDECIDED for r in report.results)),
        errors="0",
        time=f"{report.seconds:.3f}",
    )
    for result in report.results:
        case = ET.SubElement(suite, "testcase", classname=f"hullcheck.{report.dialect}", name=result.id, time="0")
        if result.outcome is Outcome.VIOLATED:
            failure = ET.SubElement(case, "failure", message=result.says)
            failure.text = "\n".join(line.text for line in spelled.get(result.id, [])) or result.note
        elif result.outcome is Outcome.UNDECIDED:
            ET.SubElement(case, "skipped", message=result.note)
    ET.indent(suite)
    return ET.tostring(suite, encoding="unicode", xml_declaration=True) + "\n"
