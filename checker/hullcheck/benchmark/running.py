"""Every run of the benchmark, one after the other, each in a process of its own."""

from __future__ import annotations

import json
import platform
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from dockspec import specification
from hullcheck.benchmark.models import COMPARED, LARGE, MODELS, SMALL, shared
from hullcheck.benchmark.record import Record, Run, machine
from hullcheck.errors import VIOLATED, HullcheckError
from hullcheck.explore import Scope
from hullcheck.export import costs, spin
from hullcheck.export.promela import promela

_DEPTH = 2_100_000
"""How deep SPIN may go: deep enough for the compared model, and no deeper, because the stack is memory."""
_SECONDS = 3600.0
"""How long one search may take."""


class BenchmarkError(HullcheckError):
    """Two tools do not find the same: there is nothing to compare."""

    exit_code = VIOLATED


@dataclass(frozen=True)
class Exploring:
    """A run of the explorer; see ``exploring``."""

    what: str
    how: str
    properties: str = "shared"
    model: Scope = COMPARED


@dataclass(frozen=True)
class Spinning:
    """A run of SPIN.

    Attributes:
        what: for a reader.
        flags: of the C compiler.
        options: of the search.
        checked: whether it checks the shared properties.
        model: the scope.
    """

    what: str
    flags: tuple[str, ...] = ()
    options: tuple[str, ...] = ()
    checked: bool = True
    model: Scope = COMPARED


_FAST = ("-O3", "-march=native", "-DSAFETY", "-DNOREDUCE")
_TABLE = ("-w22",)
"""A hash table for as many states as there are."""

PLAN: Mapping[str, Exploring | Spinning] = {
    "explorer": Exploring("explorer", "plain"),
    "symmetry": Exploring("explorer, with symmetry", "symmetry"),
    "spin-default": Spinning("SPIN, no flags"),
    "spin-fast": Spinning(f"SPIN, {' '.join((*_FAST, *_TABLE))}", _FAST, _TABLE),
    "spin-collapse": Spinning("SPIN, the same and -DCOLLAPSE", (*_FAST, "-DCOLLAPSE"), _TABLE),
    "explorer-bare": Exploring("explorer", "plain", "none"),
    "symmetry-bare": Exploring("explorer, with symmetry", "symmetry", "none"),
    "spin-bare": Spinning(f"SPIN, {' '.join((*_FAST, *_TABLE))}", _FAST, _TABLE, checked=False),
    "recovering": Exploring("explorer, what is recoverable", "plain", "recoverable"),
    "small": Exploring("explorer", "plain", "none", SMALL),
    "large": Exploring("explorer", "plain", "none", LARGE),
    "large-symmetry": Exploring("explorer, with symmetry", "symmetry", "none", LARGE),
}
"""The runs, by id."""


def measure(
    plan: Mapping[str, Exploring | Spinning],
    listener: Callable[[Run], None] = lambda run: None,  # noqa: ARG005
) -> Record:
    """Make the runs of a plan.

    Args:
        plan: the runs.
        listener: is told of each as it ends.

    Raises:
        BenchmarkError: when two runs of one model do not count the same, or a property does not hold.
        LackingError: when SPIN is not there.
    """
    runs = []
    for run in _runs(plan):
        listener(run)
        runs.append(run)
        first = next(r for r in runs if r.model == run.model)
        if (run.states, run.transitions) != (first.states, first.transitions):
            raise BenchmarkError(f"{run.id} and {first.id} do not count the same states and transitions of {run.model}")
    models = {run.model: MODELS[run.model].about for run in runs}
    return Record(datetime.now(UTC).date().isoformat(), machine(), _programs(), models, tuple(runs))


def _runs(plan: Mapping[str, Exploring | Spinning]) -> Iterator[Run]:
    for identifier, planned in plan.items():
        yield _explored(identifier, planned) if isinstance(planned, Exploring) else _spun(identifier, planned)


def _explored(identifier: str, planned: Exploring) -> Run:
    command = [
        sys.executable,
        "-m",
        "hullcheck.benchmark.exploring",
        planned.model.name,
        planned.how,
        planned.properties,
    ]
    with tempfile.TemporaryDirectory() as folder:
        status, text, cost = costs.run(command, Path(folder), _SECONDS)
    told = json.loads(text.splitlines()[-1]) if status == 0 else {}
    if not told or not told["complete"] or told["violated"]:
        raise BenchmarkError(f"{identifier} did not end well: {text[-1000:]}")
    return Run(
        id=identifier,
        what=planned.what,
        model=planned.model.name,
        properties=told["properties"],
        states=told["states"],
        visited=told["visited"],
        transitions=told["transitions"],
        preparing=round(told["preparing"], 2),
        searching=round(cost.cpu - told["preparing"], 2),
        wall=round(cost.wall, 2),
        memory=cost.memory,
        stored=told["stored"],
    )


def _spun(identifier: str, planned: Spinning) -> Run:
    spec = specification()
    model = promela(spec, planned.model, shared(spec) if planned.checked else ())
    found = spin.run(model, flags=planned.flags, options=planned.options, depth=_DEPTH, seconds=_SECONDS)
    if found.told:
        raise BenchmarkError(f"{identifier}: SPIN says that {', '.join(sorted(found.told))} fails")
    return Run(
        id=identifier,
        what=planned.what,
        model=planned.model.name,
        properties=len(model.properties),
        states=found.states,
        visited=found.states,
        transitions=found.transitions,
        preparing=round(found.translating.cpu + found.compiling.cpu, 2),
        searching=round(found.search.cpu, 2),
        wall=round(sum(c.wall for c in (found.translating, found.compiling, found.search)), 2),
        memory=found.search.memory,
        stored=found.stored,
    )


def _programs() -> dict[str, str]:
    found = {"Python": platform.python_version(), "NumPy": np.__version__}
    for program, option in (("spin", "-V"), ("gcc", "--version")):
        text = subprocess.run([program, option], capture_output=True, text=True, check=False).stdout  # noqa: S603  # ours
        version = re.search(r"\d+\.\d+\.\d+", text)
        found[program] = version[0] if version else "unknown"
    return found
