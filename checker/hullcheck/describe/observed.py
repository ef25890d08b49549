"""What real engines were seen to do, rule by rule: the sum of all observations, kept as data beside this module.

    python -m hullcheck.describe.observed             sum up ``tests/data/observations``, and write ``observed.json``
    python -m hullcheck.describe.observed --check     compare; exit status 1 where the file is of other observations

``hullcheck conform --record`` makes the observations. Both commands are for the top of the repository.
"""

from __future__ import annotations

import json
import sys
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from dockspec.dialects import DIALECTS, specification

SCHEMA: Final = "hullcheck/observed/2"
"""The version of the file; it changes with a note."""
FILE: Final = Path(__file__).with_name("observed.json")
"""The file."""
RECORDS: Final = Path("tests/data/observations")
"""What it sums up, from the top of the repository."""
UNFINISHED: Final = "the run that is recorded was not finished"
"""Why a rule was not reached, where the record has no reason."""
COMMAND: Final = "python -m hullcheck.describe.observed"
"""What writes it."""


@dataclass(frozen=True)
class Engine:
    """An engine that was observed.

    Rules are called as Docker's, in whose place they are; each one that the dialect has is in one of the three sets.

    Attributes:
        label: its name, version and store: ``docker-28.5.2-containerd``.
        dialect: the one in which it was held against the specification.
        date: of the last observation.
        cells: how many cells were seen.
        agreed: ids of the rules that were seen, and that it follows in every cell.
        differed: ids of those from which it differs in some cell.
        unreached: ids of those that could not be seen -> why.
        lines: how many docker lines were compared: each command and answer once.
        lines_differed: ids of the rules about which some came out otherwise -> how many.
    """

    label: str
    dialect: str
    date: str
    cells: int
    agreed: frozenset[str]
    differed: frozenset[str]
    unreached: Mapping[str, str]
    lines: int
    lines_differed: Mapping[str, int]

    @property
    def name(self) -> str:
        """Whose engine it is: ``Docker``."""
        return self.label.split("-")[0].capitalize()

    @property
    def version(self) -> str:
        """Its version, and its store where that is not the usual one: ``28.5.2 (containerd)``."""
        version, *store = self.label.split("-")[1:]
        return " ".join([version, *(f"({name})" for name in store)])


@cache
def originals(dialect: str) -> Mapping[str, str]:
    """The rules of a dialect -> Docker's, in whose place they are."""
    own = {other.id: rule for rule, other in DIALECTS[dialect].replaces.items() if other is not None}
    return {rule.id: own.get(rule.id, rule.id) for rule in specification(dialect).rules}


@cache
def observed() -> tuple[Engine, ...]:
    """The engines that were observed, by name and version."""
    return tuple(_read(told) for told in json.loads(FILE.read_text("utf-8"))["engines"])


def _read(told: Mapping[str, Any]) -> Engine:
    return Engine(
        told["engine"],
        told["dialect"],
        told["date"],
        told["cells"],
        frozenset(told["agreed"]),
        frozenset(told["differed"]),
        {rule: why for why, rules in told["unreached"].items() for rule in rules},
        told["lines"],
        told["lines_differed"],
    )


# --- writing it -------------------------------------------------------------------------------------------------------


def summed_up(records: Path = RECORDS) -> str:
    """The content of the file, from a folder of observations.

    Raises:
        OSError, ValueError, KeyError: when one of its files holds something else, or a rule that is not there.
    """
    engines = [_sum(file) for file in sorted(records.glob("*.jsonl"), key=_by_version)]
    return json.dumps({"schema": SCHEMA, "engines": engines}, indent=1, ensure_ascii=False) + "\n"


def is_stale() -> bool:
    """Whether the file is of other observations than those of the repository; no, where there are none."""
    return RECORDS.is_dir() and summed_up() != FILE.read_text("utf-8")


def _by_version(file: Path) -> tuple[str, list[int], list[str]]:
    name, version, *store = file.stem.split("-")
    return name, [int(part) for part in version.split(".")], store


def _sum(file: Path) -> Mapping[str, object]:
    lines = [json.loads(line) for line in file.read_text("utf-8").splitlines()]
    dialect = lines[0]["dialect"]
    for line in lines:
        line["rule"] = originals(dialect)[line["rule"]]
    seen = [line for line in lines if "cell" in line]
    differed = {line["rule"] for line in seen if not line["agrees"]}
    agreed = {line["rule"] for line in seen} - differed
    docker_lines = [line for line in lines if "docker" in line]
    reasons = dict.fromkeys(originals(dialect).values(), UNFINISHED)
    reasons |= {line["rule"]: line["unreached"] for line in lines if "unreached" in line}
    return {
        "engine": file.stem,
        "dialect": dialect,
        "date": max(line["date"] for line in lines),
        "cells": len(seen),
        "agreed": sorted(agreed),
        "differed": sorted(differed),
        "unreached": _by_reason({rule: why for rule, why in reasons.items() if rule not in agreed | differed}),
        "lines": len(docker_lines),
        "lines_differed": dict(sorted(Counter(line["rule"] for line in docker_lines if not line["agrees"]).items())),
    }


def _by_reason(reasons: Mapping[str, str]) -> Mapping[str, list[str]]:
    rules = defaultdict[str, list[str]](list)
    for rule, why in sorted(reasons.items()):
        rules[why].append(rule)
    return dict(sorted(rules.items()))


def main(arguments: list[str]) -> int:
    """Write the file, or compare; the exit status."""
    if arguments == ["--check"]:
        if is_stale():
            sys.stderr.write(f"{FILE.name} is not of the observations in {RECORDS}: {COMMAND}\n")
            return 1
        return 0
    FILE.write_text(summed_up(), "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
