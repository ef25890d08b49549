"""What a run found: as text, as JSON for scripts, as JUnit's XML for CI servers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple
from xml.etree import ElementTree as ET

from hullcheck.conform import events, views
from hullcheck.conform.client import Heard, Hearing
from hullcheck.conform.declared import LINES, Declarations, Deviation, covered
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
        lines: docker lines that differ, and nothing declares it.
        stale: deviations whose rule was tried, and that no longer show, although they are no chance.
    """

    report: Report
    undeclared: Sequence[Difference]
    known: Sequence[Difference]
    lines: Sequence[Heard]
    stale: Sequence[Deviation]

    @property
    def holds(self) -> bool:
        """Whether nothing is found that is not declared, and everything that is."""
        return not self.undeclared and not self.lines and not self.stale

    @property
    def finished(self) -> bool:
        """Whether the run came to its end, and left nothing behind."""
        return not self.report.broken and not self.report.left


def judge(report: Report, declared: Declarations) -> Judgement:
    """Hold a report against what is declared."""
    hearing = report.hearing or Hearing()
    differing = {d.cell.rule for d in report.differences} | {heard.rule for heard in hearing.differences}
    whole = report.systematic and not report.broken and declared.exact
    tried = {cell.rule for cell in report.observed} if whole else set()
    heard = {key.rule for key in hearing.keys} if whole else set()
    known = [d for d in report.differences if covered(declared.deviations, d.step)]
    return Judgement(
        report,
        [d for d in report.differences if d not in known],
        known,
        [heard for heard in hearing.differences if not covered(declared.deviations, heard)],
        [
            d
            for rule, d in declared.deviations.items()
            if rule in (tried if d.differs - LINES else heard) and rule not in differing and not d.sometimes
        ],
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
    for heard in judgement.lines:
        lines += [*_heard(heard), ""]
    for deviation in judgement.stale:
        lines += [f"declared, but it no longer shows: {deviation.rule}: {deviation.reason}", ""]
    if report.unreachable:
        lines.append("not reached:")
        lines += [f"    {what}: {why}" for what, why in sorted(report.unreachable.items())]
        lines.append("")
    lines += _hearing(report.hearing)
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


def _heard(heard: Heard) -> list[str]:
    return [
        f"DIFFERS {heard.line.key}",
        *(f"    {line}" for line in heard.line.sequence),
        *(f"  {contrast}" for contrast in heard.differences),
    ]


def _hearing(hearing: Hearing | None) -> list[str]:
    """What was done of docker's command line."""
    if hearing is None:
        return []
    if hearing.reason:
        return [f"docker's command line was not run: {hearing.reason}"]
    return [
        *(f"not run: {key}: {why}" for key, why in sorted(hearing.missing.items())),
        f"docker {hearing.version}: {len(hearing.keys)} commands and answers, {len(hearing.differences)} differ",
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
        "client": _client_as_json(judgement),
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


def _client_as_json(judgement: Judgement) -> dict[str, Any] | None:
    hearing = judgement.report.hearing
    if hearing is None:
        return None
    return {
        "version": hearing.version,
        "reason": hearing.reason,
        "compared": [key._asdict() for key in sorted(hearing.keys)],
        "differences": [
            {
                **heard.line.key._asdict(),
                "declared": heard not in judgement.lines,
                "sequence": list(heard.line.sequence),
                "differences": [str(contrast) for contrast in heard.differences],
                "specification": heard.line.expected._asdict(),
                "docker": heard.said._asdict(),
            }
            for heard in hearing.differences
        ],
        "missing": {str(key): why for key, why in sorted(hearing.missing.items())},
    }


def as_junit(judgement: Judgement) -> str:
    """The report as JUnit's XML: one test case a rule, and one a docker line; what was not reached is skipped."""
    report = judgement.report
    cases = [*_rule_cases(judgement), *_line_cases(judgement)]
    suite = ET.Element(
        "testsuite",
        name=f"hullcheck conform {report.engine.label} --dialect {report.dialect}",
        tests=str(len(cases)),
        failures=str(sum(case.outcome == "failure" for case in cases)),
        skipped=str(sum(case.outcome == "skipped" for case in cases)),
        errors="0",
        time=f"{report.seconds:.3f}",
    )
    for case in cases:
        element = ET.SubElement(
            suite, "testcase", classname=f"hullcheck.{report.engine.label}", name=case.name, time="0"
        )
        if case.outcome:
            ET.SubElement(element, case.outcome, message=case.message).text = case.text or None
    ET.indent(suite)
    return ET.tostring(suite, encoding="unicode", xml_declaration=True) + "\n"


class _Case(NamedTuple):
    name: str
    outcome: str = ""
    message: str = ""
    text: str = ""


def _rule_cases(judgement: Judgement) -> Iterator[_Case]:
    report = judgement.report
    failures = {d.cell.rule: d for d in judgement.undeclared}
    stale = {d.rule: d for d in judgement.stale}
    unreached = report.unreached
    for rule in sorted({*report.rules, *unreached}):
        if rule in failures:
            text = "\n".join(_difference(failures[rule], report.dialect))
            yield _Case(rule, "failure", "; ".join(map(str, failures[rule].step.differences)), text)
        elif rule in stale:
            yield _Case(rule, "failure", f"declared, but it no longer shows: {stale[rule].reason}")
        elif rule in unreached:
            yield _Case(rule, "skipped", unreached[rule])
        else:
            yield _Case(rule)


def _line_cases(judgement: Judgement) -> Iterator[_Case]:
    hearing = judgement.report.hearing or Hearing()
    failures = {heard.line.key: heard for heard in judgement.lines}
    if hearing.reason:
        yield _Case("docker's command line", "skipped", hearing.reason)
    for key in sorted({*hearing.keys, *hearing.missing}):
        if key in failures:
            text = "\n".join(_heard(failures[key]))
            yield _Case(str(key), "failure", "; ".join(map(str, failures[key].differences)), text)
        elif key in hearing.missing:
            yield _Case(str(key), "skipped", hearing.missing[key])
        else:
            yield _Case(str(key))
