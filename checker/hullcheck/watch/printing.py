"""What is found in a stream, as text and as JSON objects."""

from __future__ import annotations

from dataclasses import dataclass

from dockspec import container
from hullcheck.watch.monitor import Counts, Finding, Skipped
from hullcheck.watch.views import Status

SCHEMA = 1
"""The version of the JSON objects; it changes only with a note."""

_WORDS = {state.value: state.docker or str(state.value.value) for state in container.MACHINE.states}


def word(kind: str, status: Status) -> str:
    """A state in Docker's word: ``exited``; of an image whether it is there."""
    if kind == "image":
        return "present" if status else "absent"
    return _WORDS.get(status, str(getattr(status, "value", status))) if not isinstance(status, bool) else str(status)


def finding_text(finding: Finding) -> str:
    """Several lines: what came, what the object can be in, what would have been allowed, and its last events."""
    kind, named = _subject(finding)
    lines = [f"line {finding.line}: {kind} {named}: `{finding.action}` is not allowed here"]
    if finding.gone:
        lines.append(f"  it is gone since line {finding.gone}")
    else:
        lines.append(f"  it is {_or([word(finding.type, s) for s in finding.statuses])}")
    lines.append(f"  allowed: {', '.join(finding.allowed) or 'nothing'}")
    history = ", ".join(f"{told.line} {told.action}" for told in finding.history)
    lines.append(f"  before: {history or 'no event of it in this stream'}")
    return "\n".join(lines)


def skipped_text(skipped: Skipped) -> str:
    """One line."""
    return f"line {skipped.line} {skipped.reason}, skipped: {skipped.text}"


@dataclass(frozen=True)
class Summary:
    """What is said at the end.

    Attributes:
        counts: what the stream came to.
        alive: how many objects are still followed.
        dialect: that the stream was held to; empty where it told of no container and no image.
        interrupted: whether it was broken off.
    """

    counts: Counts
    alive: int
    dialect: str
    interrupted: bool = False


def summary_text(summary: Summary, *, lossy: bool) -> str:
    """Two or three lines."""
    counts, alive = summary.counts, summary.alive
    seen = ", ".join(_count(number, kind) for kind, number in counts.objects.items() if number) or "no objects"
    out = f"{_count(counts.events, 'event')} of {seen}; {counts.checked:,} checked, {counts.passed:,} out of scope"
    rest = f"{_count(counts.joined, 'object')} there before the stream began, {alive:,} there at its end"
    if counts.skipped:
        rest += f"; {_count(counts.skipped, 'line')} skipped"
    if summary.dialect:
        rest += f"; held to {summary.dialect}"
    if lossy:
        rest += f"; {_count(counts.gaps, 'gap')}"
    verdict = _count(counts.findings, "finding") if counts.findings else "no finding: every event is allowed"
    return f"{out}\n{rest}\n{verdict}{' (interrupted)' if summary.interrupted else ''}"


def finding_json(finding: Finding) -> dict[str, object]:
    """A finding as ``--json`` prints it."""
    return {
        "schema": SCHEMA,
        "kind": "finding",
        "line": finding.line,
        "object": {"type": finding.type, "id": finding.id, "name": finding.name},
        "event": finding.action,
        "statuses": [word(finding.type, s) for s in finding.statuses],
        "gone_since_line": finding.gone or None,
        "allowed": list(finding.allowed),
        "history": [{"line": told.line, "event": told.action} for told in finding.history],
    }


def skipped_json(skipped: Skipped) -> dict[str, object]:
    """A skipped line as ``--json`` prints it."""
    return {
        "schema": SCHEMA,
        "kind": "skipped",
        "line": skipped.line,
        "reason": skipped.reason,
        "text": skipped.text,
    }


def summary_json(summary: Summary) -> dict[str, object]:
    """The last object that ``--json`` prints."""
    counts = summary.counts
    return {
        "schema": SCHEMA,
        "kind": "summary",
        "lines": counts.lines,
        "events": counts.events,
        "checked": counts.checked,
        "out_of_scope": counts.passed,
        "skipped": counts.skipped,
        "findings": counts.findings,
        "gaps": counts.gaps,
        "objects": dict(counts.objects),
        "joined": counts.joined,
        "alive": summary.alive,
        "dialect": summary.dialect or None,
        "interrupted": summary.interrupted,
    }


def _subject(finding: Finding) -> tuple[str, str]:
    short = finding.id.removeprefix("sha256:")[:12]
    if finding.type == "exec":
        return "exec", f"{short} in {finding.name}" if finding.name else short
    named = "" if finding.name in {"", finding.id} else finding.name
    return finding.type, f"{named} ({short})" if named else short


def _or(words: list[str]) -> str:
    return " or ".join([", ".join(words[:-1]), words[-1]]) if len(words) > 1 else "".join(words)


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"
