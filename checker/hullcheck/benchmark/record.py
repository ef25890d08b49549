"""What was measured, and whether it is what was aimed at."""

from __future__ import annotations

import dataclasses
import json
import os
import platform
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hullcheck.errors import InputError

SCHEMA = "hullcheck/benchmark/1"
"""The version of the record."""


@dataclass(frozen=True)
class Run:
    """One search.

    Attributes:
        id: which one: ``explorer``, ``spin-fast``, ...
        what: for a reader: the tool, and how it was called.
        model: the name of the scope.
        properties: how many properties were checked meanwhile.
        states: how many states there are; with symmetry, how many the visited ones stand for.
        visited: how many states were visited.
        transitions: how many steps.
        preparing: CPU seconds to read, translate and compile the model.
        searching: CPU seconds of the search; of the explorer, with everything else that its process does.
        wall: seconds, of both.
        memory: bytes of the searching process at its peak.
        stored: bytes of the visited states.
    """

    id: str
    what: str
    model: str
    properties: int
    states: int
    visited: int
    transitions: int
    preparing: float
    searching: float
    wall: float
    memory: int
    stored: int


@dataclass(frozen=True)
class Goal:
    """What was aimed at.

    Attributes:
        says: in words, with the number that is asked for.
        measured: the number.
        asked: the number that is asked for.
        hoped: the number that was hoped for besides, if any.
        most: whether it is the most that is allowed, and not the least.
    """

    says: str
    measured: float
    asked: float
    hoped: float | None = None
    most: bool = False

    @property
    def met(self) -> bool:
        """Whether it is reached."""
        return self.measured <= self.asked if self.most else self.measured >= self.asked

    @property
    def short(self) -> bool:
        """Whether it is reached, but not what was hoped for."""
        return self.met and self.hoped is not None and self.measured < self.hoped


@dataclass(frozen=True)
class Record:
    """One benchmark.

    Attributes:
        date: of the day, ``2026-01-31``.
        machine: what it ran on, without names.
        programs: program -> version.
        models: scope -> what it holds.
        runs: the runs.
    """

    date: str
    machine: str
    programs: Mapping[str, str]
    models: Mapping[str, str]
    runs: tuple[Run, ...]

    def run(self, identifier: str) -> Run | None:
        """A run by its id; None where there was none."""
        return next((run for run in self.runs if run.id == identifier), None)

    def as_json(self) -> str:
        """The record as it is kept."""
        return json.dumps({"schema": SCHEMA} | dataclasses.asdict(self), indent=2, ensure_ascii=False) + "\n"


def read(path: Path) -> Record:
    """A record that was kept.

    Raises:
        InputError: when it cannot be read, or is of another version.
    """
    try:
        found: Any = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise InputError(f"cannot read {path}: {error.strerror}; name a record") from error
    except ValueError as error:
        raise InputError(f"{path} is no record: {error}; measure again") from error
    if not isinstance(found, dict) or found.pop("schema", None) != SCHEMA:
        raise InputError(f"{path} is no record of the version {SCHEMA}; measure again")
    return Record(**{**found, "runs": tuple(Run(**run) for run in found["runs"])})


def machine() -> str:
    """The processor, its cores and the memory, without names."""
    info = _lines("/proc/cpuinfo").get("model name", platform.processor() or platform.machine())
    kilobytes = int(_lines("/proc/meminfo").get("MemTotal", "0 kB").split()[0])
    memory = f", {kilobytes / (1 << 20):.0f} GB" if kilobytes else ""
    return f"{info}, {os.cpu_count()} cores{memory}, {platform.system()}"


def _lines(path: str) -> dict[str, str]:
    try:
        text = Path(path).read_text(encoding="utf-8")
    except OSError:
        return {}
    pairs = (line.partition(":") for line in text.splitlines())
    return {key.strip(): value.strip() for key, _, value in reversed([*pairs])}


def goals(record: Record) -> list[Goal]:
    """What was aimed at, as far as the runs tell."""
    found = []
    plain, folded, fast = (record.run(i) for i in ("explorer", "symmetry", "spin-fast"))
    spins = [run for run in record.runs if run.id.startswith("spin") and run.properties]
    if plain and fast:
        least = min(run.memory for run in spins)
        found += [
            Goal("without symmetry: SPIN's CPU at its best, at least 2 ×", fast.searching / plain.searching, 2, 4),
            Goal("without symmetry: SPIN's memory at its best, at least 2 ×", least / plain.memory, 2, 4),
        ]
    if folded and fast:
        whole = _whole(fast) / _whole(folded)
        found += [
            Goal("with symmetry: SPIN's CPU at its best, at least 30 ×", fast.searching / folded.searching, 30, 100),
            Goal("the same with all that comes before the search, at least 30 ×", whole, 30, 100),
        ]
    small, large, bare, recovering = (record.run(i) for i in ("small", "large", "explorer-bare", "recovering"))
    if small and large:
        ratio = (large.searching / large.states) / (small.searching / small.states)
        found += [
            Goal("a state's cost among 6·10⁷: that among 10⁶, at most 2.5 ×", ratio, 2.5, most=True),
            Goal("memory for 6·10⁷ states, in GB: at most 3", large.memory / 1e9, 3, most=True),
        ]
    if bare and recovering:
        ratio = recovering.searching / bare.searching - 1
        found.append(Goal("what is recoverable: the time of exploring, at most 5 ×", ratio, 5, most=True))
    return found


def _whole(run: Run) -> float:
    return run.preparing + run.searching
