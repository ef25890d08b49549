"""Declared deviations: where an engine is known to differ from its dialect, as data, one file for each version.

A file is called ``docker-20.10.json``, or ``docker-28.5-containerd.json``, and holds the engine's dialect and
``{"deviations": [{"rule", "differs", "reason", "sequence"}, ...]}``. What all versions have in common stands in a file
that theirs name: ``"like": "podman"``. A difference that is not declared fails a run; so does a declared one whose rule
was tried and that no longer shows, unless it is chance: ``"sometimes": true``. A version without a file of its own is
held against the file of the newest one before it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from hullcheck.errors import InputError

if TYPE_CHECKING:
    from hullcheck.conform.client import Heard
    from hullcheck.conform.playing import Step

FOLDER: Final = Path(__file__).with_name("deviations")
_LABEL: Final = re.compile(r"(?P<name>[a-z]+)-(?P<version>\d+(?:\.\d+)*)(?P<store>-containerd)?")


class Kind(Enum):
    """In what an engine can differ."""

    STATUS = "status"
    ERROR = "error"
    BLOCKING = "blocking"
    STATE = "state"
    LISTS = "lists"
    """what ps, images and history show otherwise since this step"""
    EVENTS = "events"
    EXIT_STATUS = "exit status"
    ERROR_LINE = "error line"


ANSWERS: Final = frozenset({Kind.STATUS, Kind.ERROR, Kind.BLOCKING, Kind.STATE})
"""What lets docker's command line say something else, too."""
LINES: Final = frozenset({Kind.EXIT_STATUS, Kind.ERROR_LINE})
"""What docker's command line alone shows."""


@dataclass(frozen=True)
class Deviation:
    """A known difference.

    Attributes:
        rule: the id of the rule in which the engine differs.
        differs: in what.
        reason: how, and why it is no mistake of the specification.
        sequence: lines for ``hullcheck run`` that show it.
        sometimes: whether that is chance; then a run need not show it.
    """

    rule: str
    differs: frozenset[Kind]
    reason: str
    sequence: Sequence[str]
    sometimes: bool = False


@dataclass(frozen=True)
class Declarations:
    """What is declared of an engine.

    Attributes:
        name: of the file, ``docker-20.10``; empty where there is none.
        dialect: the dialect that is the engine's own.
        deviations: rule id -> where it differs from that dialect.
        exact: whether the file is of this very version.
    """

    name: str = ""
    dialect: str = "docker"
    deviations: Mapping[str, Deviation] = field(default_factory=dict)
    exact: bool = True


def declarations(label: str) -> Declarations:
    """What is declared of an engine, by its label: ``docker-28.5.2-containerd``.

    Raises:
        InputError: when its file is not as it should be.
    """
    engine = _LABEL.match(label)
    if engine is None:
        return Declarations()
    known = [(match, path) for path in FOLDER.glob("*.json") if (match := _LABEL.fullmatch(path.stem))]
    wanted, kind = _version(engine), (engine["name"], engine["store"])
    kin = sorted((_version(match), path) for match, path in known if (match["name"], match["store"]) == kind)
    if not kin:
        return Declarations()
    version, path = next((found for found in reversed(kin) if found[0] <= wanted), kin[0])
    return _read(path, exact=version == wanted[: len(version)])


def _version(match: re.Match[str]) -> list[int]:
    return [int(part) for part in match["version"].split(".")]


def _read(path: Path, *, exact: bool) -> Declarations:
    try:
        whole = json.loads(path.read_text("utf-8"))
        found = {one["rule"]: _deviation(one) for one in whole["deviations"]}
        if "like" in whole:
            common = _read(path.with_name(f"{whole['like']}.json"), exact=exact)
            found = {**common.deviations, **found}
        return Declarations(path.stem, whole["dialect"], found, exact)
    except (ValueError, KeyError, TypeError) as problem:
        raise InputError(f"{path} is no file of deviations: {problem!r}") from problem


def covered(deviations: Mapping[str, Deviation], found: Step | Heard) -> bool:
    """Whether everything in which a step, or a line of docker's, differs is declared."""
    deviation = deviations.get(found.rule)
    return deviation is not None and found.kinds <= deviation.differs


def _deviation(one: Mapping[str, Any]) -> Deviation:
    kinds = frozenset(Kind(kind) for kind in one["differs"])
    return Deviation(one["rule"], kinds, one["reason"], tuple(one["sequence"]), one.get("sometimes", False))
