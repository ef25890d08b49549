"""The verdicts of a whole check, kept as data, so that the reference need not check anything while it is written.

    python -m hullcheck.describe.record             check every dialect, and write ``verdicts.json``
    python -m hullcheck.describe.record --check     check every dialect, and compare; exit status 1 where it differs

What is proved is taken from its own record (``hullcheck.proofs``), which is written first where it is of another text.
The file also holds a fingerprint of everything that a verdict depends on, so that a changed rule is noticed without a
check.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dockspec.dialects import DIALECTS, specification
from hullcheck import proofs
from hullcheck.fingerprint import digest, fingerprint

if TYPE_CHECKING:
    from hullcheck.explore import Scope

SCHEMA = "hullcheck/verdicts/1"
"""The version of the file; it changes with a note."""
RECORD = Path(__file__).with_name("verdicts.json")
"""The file."""
COMMAND = "python -m hullcheck.describe.record"
"""What writes it."""


@dataclass(frozen=True)
class Counterexample:
    """A run that breaks a property, as lines that ``hullcheck run`` takes, each with the rule that answers it."""

    lines: tuple[tuple[str, str], ...]
    shortest: bool
    where: str
    note: str


@dataclass(frozen=True)
class Kept:
    """What a check found of a property.

    Attributes:
        verdict: holds, violated, undecided.
        means: proved, explored, sampled.
        scopes: where it was decided.
        note: a sentence for a reader.
        counterexample: what breaks it; None where nothing does.
    """

    verdict: str
    means: tuple[str, ...]
    scopes: tuple[str, ...]
    note: str
    counterexample: Counterexample | None


@dataclass(frozen=True)
class Explored:
    """How much of a scope there is; ``about``: what it looks at."""

    about: str
    states: int
    transitions: int
    refusals: int
    depth: int


@dataclass(frozen=True)
class Verdicts:
    """What a whole check of a dialect found.

    Attributes:
        fingerprint: of the specification that was checked.
        scopes_fingerprint: of the scopes that were explored.
        properties: property id -> what was found.
        scopes: scope -> how much was looked at.
        examples, steps: how much was sampled.
    """

    fingerprint: str
    scopes_fingerprint: str
    properties: Mapping[str, Kept]
    scopes: Mapping[str, Explored]
    examples: int
    steps: int


@cache
def verdicts() -> Mapping[str, Verdicts]:
    """What was recorded, by dialect."""
    return {name: _read(told) for name, told in json.loads(RECORD.read_text("utf-8"))["dialects"].items()}


def _read(told: Mapping[str, Any]) -> Verdicts:
    return Verdicts(
        told["fingerprint"],
        told["scopes_fingerprint"],
        {p["id"]: _property(p) for p in told["properties"]},
        {s.pop("scope"): Explored(**s) for s in told["scopes"]},
        told["sample"]["examples"],
        told["sample"]["steps"],
    )


def _property(told: Mapping[str, Any]) -> Kept:
    run = told.get("counterexample")
    broken = None if run is None else Counterexample(
        tuple((line, rule) for line, rule in run["lines"]), run["shortest"], run["where"], run["note"]
    )  # fmt: skip
    return Kept(told["verdict"], tuple(told["means"]), tuple(told["scopes"]), told["note"], broken)


def scopes_fingerprint(scopes: Mapping[str, Scope]) -> str:
    """A digest of what scopes look at."""
    return digest(
        repr([(key, str(value)) for key, value in sorted(vars(scope).items()) if key != "about"])
        for scope in scopes.values()
    )


# --- writing it -------------------------------------------------------------------------------------------------------


def recorded() -> dict[str, Any]:
    """The content of the file, from a check of every dialect. It takes as long as ``hullcheck check`` for each."""
    from hullcheck.check.documents import as_json  # noqa: PLC0415  # only a new record needs the whole check
    from hullcheck.check.running import run  # noqa: PLC0415  # the same
    from hullcheck.run.spelling import spelled  # noqa: PLC0415  # the same
    from hullcheck.scopes import SCOPES  # noqa: PLC0415  # the same

    dialects = {}
    for dialect in DIALECTS:
        report = run(dialect, list(SCOPES))
        if not report.complete:
            raise SystemExit(f"the check of {dialect} was not finished: nothing is recorded")
        lines = {r.id: spelled(r.counterexample.steps, dialect) for r in report.results if r.counterexample}
        kept = _kept(as_json(report, lines), {name: scope.about for name, scope in SCOPES.items()})
        digests = {
            "fingerprint": fingerprint(specification(dialect)),
            "scopes_fingerprint": scopes_fingerprint(SCOPES),
        }
        dialects[dialect] = digests | kept
    return {"schema": SCHEMA, "dialects": dialects}


def _kept(document: Mapping[str, Any], about: Mapping[str, str]) -> dict[str, Any]:
    """What is worth keeping of a report: everything but times."""
    return {
        "scopes": [
            {"about": about[scope["scope"]]}
            | {key: scope[key] for key in ("scope", "states", "transitions", "refusals", "depth")}
            for scope in document["scopes"]
        ],
        "sample": {key: document["sample"][key] for key in ("examples", "steps")},
        "properties": [
            {key: told[key] for key in ("id", "verdict", "means", "scopes", "note")}
            | ({"counterexample": _run(told["counterexample"])} if told["counterexample"] else {})
            for told in document["properties"]
        ],
    }


def _run(told: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "shortest": told["means"] == "explored",
        "where": told["where"],
        "note": told["note"],
        "lines": [[step["line"], step["rule"]] for step in told["steps"]],
    }


def written(content: Mapping[str, Any]) -> str:
    """The file's text."""
    return json.dumps(content, indent=1, ensure_ascii=False) + "\n"


def _prove() -> None:
    """Write the record of what is proved anew."""
    from hullcheck.prove.record import main as record_proofs  # noqa: PLC0415  # z3 is an extra

    record_proofs([])
    proofs.recorded.cache_clear()


def main(arguments: list[str]) -> int:
    """Write the file, or compare; the exit status."""
    if any(proofs.proved(specification(dialect)) is None for dialect in DIALECTS):
        if arguments == ["--check"]:
            sys.stderr.write(f"{proofs.RECORD.name} is not of the specification as it is now: {proofs.COMMAND}\n")
            return 1
        _prove()
    text = written(recorded())
    if arguments == ["--check"]:
        same = RECORD.is_file() and RECORD.read_text("utf-8") == text
        if not same:
            sys.stderr.write(f"{RECORD.name} is not what a check finds now: {COMMAND}\n")
        return int(not same)
    RECORD.write_text(text, "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
