"""What a run found: as text, as JSON for scripts, as JUnit's XML for CI servers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final
from xml.etree import ElementTree as ET

from hullcheck.conform import events, views
from hullcheck.conform.declared import Declarations, Deviation, covered
from hullcheck.conform.playing import Run
from hullcheck.conform.running import Difference, Report
from hullcheck.explore import TraceStep
from hullcheck.run.spelling import spelled

SCHEMA: Final = "hullcheck/conform/1"
"""The version of the JSON document; it changes with a note."""


@dataclass(frozen=True)
class Judgement:
    """A report held against what is declared.

    Attributes:
        report: what was found.
        undeclared: differences that nothing declares.
        known: those that are declared.
        stale: deviations whose rule was tried, and that no longer show.
    """

    report: Report
    undeclared: Sequence[Difference]
    known: Sequence[Difference]
    stale: Sequence[Deviation]

    @property
    def holds(self) -> bool:
        """Whether nothing is found that is not declared, and everything that is."""
        return not self.undeclared and not self.stale


def judge(report: Report, declared: Declarations) -> Judgement:
    """Hold a report against what is declared."""
    differing = {d.cell.rule for d in report.differences}
    whole = report.systematic and not report.broken and declared.exact
    tried = {cell.rule for cell in report.observed} if whole else set()
    known = [d for d in report.differences if covered(declared.deviations, d.step)]
    return Judgement(
        report,
        [d for d in report.differences if d not in known],
        known,
        [d for rule, d in declared.deviations.items() if rule in tried and rule not in differing],
    )


def commands(run: Run, dialect: str) -> list[str]:
    """A run as docker commands and world lines; operations, where one cannot be spelled."""
    steps = [TraceStep(t.operation.id, t.binding, t.rule.id, t.before, t.after) for t in (s.taken for s in run.steps)]
    try:
        return [line.text for line in spelled(steps, dialect)]
    except (KeyError, ValueError, StopIteration):
        return [str(step.taken) for step in run.steps]


def as_text(judgement: Judgement) -> str:
    """For a reader: the differences with their sequences and both states, then what was not seen, then the figures."""
    report = judgement.report
    lines: list[str] = []
    for difference in judgement.undeclared:
        lines += [*_difference(difference, report.dialect), ""]
    for deviation in judgement.stale:
        lines += [f"declared, but it no longer shows: {deviation.rule}: {deviation.reason}", ""]
    if report.unreachable:
        lines.append("not reached:")
        lines += [f"    {what}: {why}" for what, why in sorted(report.unreachable.items())]
        lines.append("")
    lines += [f"could not be removed: {what}" for what in report.left]
    lines += [f"ended early: {report.broken}"] * bool(report.broken)
    lines.append(
        f"{report.engine.label}, dialect {report.dialect}: {len(report.rules)} rules and {len(report.observed)} cells "
        f"observed by {report.steps} operations in {report.seconds:.0f} s; {len(judgement.undeclared)} differences, "
        f"{len({d.cell.rule for d in judgement.known})} declared rules differ"
    )
    return "\n".join(lines)


def _difference(difference: Difference, dialect: str) -> list[str]:
    step = difference.step
    answer = step.taken.rule.answer
    said = f"{step.reply.status} {step.error_class} {step.reply.message}".strip()
    return [
        f"DIFFERS {difference.cell}",
        *(f"    {line}" for line in commands(difference.run, dialect)),
        *(f"  {contrast}" for contrast in step.differences),
        "  by the specification:",
        f"    {answer.status} {answer.error_class}".rstrip(),
        f"    events: {events.listed(step.taken.events)}",
        *(f"    {line}" for line in views.told(step.expected)),
        "  on the engine:",
        f"    {said}",
        f"    events: {events.listed(step.events)}",
        *(f"    {line}" for line in views.told(step.seen)),
    ]


def as_json(judgement: Judgement) -> dict[str, Any]:
    """The report as one JSON document."""
    report = judgement.report
    return {
        "schema": SCHEMA,
        "engine": report.engine.name,
        "version": report.engine.version,
        "store": report.engine.storage,
        "dialect": report.dialect,
        "holds": judgement.holds,
        "complete": not report.broken,
        "reason": report.broken,
        "seconds": round(report.seconds, 1),
        "operations": report.steps,
        "rules": sorted(report.rules),
        "cells": len(report.observed),
        "differences": [_as_json(d, report.dialect, declared=False) for d in judgement.undeclared]
        + [_as_json(d, report.dialect, declared=True) for d in judgement.known],
        "stale": [{"rule": d.rule, "reason": d.reason} for d in judgement.stale],
        "unreachable": dict(sorted(report.unreachable.items())),
        "left": report.left,
    }


def _as_json(difference: Difference, dialect: str, *, declared: bool) -> dict[str, Any]:
    step = difference.step
    return {
        "rule": difference.cell.rule,
        "cell": str(difference.cell),
        "declared": declared,
        "sequence": commands(difference.run, dialect),
        "differences": [str(contrast) for contrast in step.differences],
        "specification": {
            "status": step.taken.rule.answer.status,
            "class": step.taken.rule.answer.error_class,
            "events": events.listed(step.taken.events),
            "state": views.told(step.expected),
        },
        "engine": {
            "status": step.reply.status,
            "class": step.error_class,
            "message": step.reply.message,
            "events": events.listed(step.events),
            "state": views.told(step.seen),
        },
    }


def as_junit(judgement: Judgement) -> str:
    """The report as JUnit's XML: one test case a rule; what was not reached counts as skipped."""
    report = judgement.report
    failures = {d.cell.rule: d for d in judgement.undeclared}
    stale = {d.rule: d for d in judgement.stale}
    unreached = report.unreached
    suite = ET.Element(
        "testsuite",
        name=f"hullcheck conform {report.engine.label} --dialect {report.dialect}",
        tests=str(len(report.rules) + len(unreached)),
        failures=str(len({*failures, *stale})),
        skipped=str(len(unreached)),
        errors="0",
        time=f"{report.seconds:.3f}",
    )
    for rule in sorted({*report.rules, *unreached}):
        case = ET.SubElement(suite, "testcase", classname=f"hullcheck.{report.engine.label}", name=rule, time="0")
        if rule in failures:
            failure = ET.SubElement(case, "failure", message="; ".join(map(str, failures[rule].step.differences)))
            failure.text = "\n".join(_difference(failures[rule], report.dialect))
        elif rule in stale:
            ET.SubElement(case, "failure", message=f"declared, but it no longer shows: {stale[rule].reason}")
        elif rule in unreached:
            ET.SubElement(case, "skipped", message=unreached[rule])
    ET.indent(suite)
    return ET.tostring(suite, encoding="unicode", xml_declaration=True) + "\n"
