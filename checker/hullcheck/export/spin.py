"""Runs SPIN on an exported model, and reads what it found.

Needs ``spin`` and a C compiler (Debian: ``apt install spin gcc``).
"""

from __future__ import annotations

import re
import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from hullcheck.errors import INCOMPLETE, HullcheckError, LackingError
from hullcheck.export import costs
from hullcheck.export.costs import Cost
from hullcheck.export.promela import Model

QUICK = ("-O0", "-DSAFETY", "-DNOREDUCE")
"""Flags of the C compiler for a small model: quick to compile."""

_PROGRAMS = ("spin", "gcc")
_DEEPEST = 100_000_000


@dataclass(frozen=True)
class SpinRun:
    """What SPIN found.

    Attributes:
        states: how many states it stored.
        transitions: how many steps it took, without the observers' and its count for the initial state.
        told: the ids of the properties that fail, and of the witnesses that it found.
        vector: bytes of a state.
        depth: the length of the longest path that it followed.
        stored: bytes that the states took.
        translating: what ``spin -a`` took.
        compiling: what the C compiler took.
        search: what the search took.
    """

    states: int
    transitions: int
    told: frozenset[str]
    vector: int
    depth: int
    stored: int
    translating: Cost
    compiling: Cost
    search: Cost


class SpinError(HullcheckError):
    """SPIN, or the C compiler, refuses a model, or does not finish."""

    exit_code = INCOMPLETE


def missing() -> str:
    """The programs that are not there, with how to get them; empty where all are."""
    absent = [program for program in _PROGRAMS if shutil.which(program) is None]
    return f"there is no {' and no '.join(absent)}: apt install {' '.join(absent)}" if absent else ""


def run(
    model: Model,
    *,
    define: Sequence[str] = (),
    flags: Sequence[str] = QUICK,
    options: Sequence[str] = (),
    depth: int = 100_000,
    seconds: float = 600,
) -> SpinRun:
    """Translate, compile and search a model, whole.

    Args:
        model: the model.
        define: names for its preprocessor: WITNESSES, UNCHECKED.
        flags: of the C compiler.
        options: of the search.
        depth: the longest path at first; while that is too short, ten times as much.
        seconds: how long a search may take.

    Raises:
        LackingError: when SPIN or the compiler is not there.
        SpinError: when the model is refused, or the search does not end well.
    """
    if why := missing():
        raise LackingError(why)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "model.pml").write_text(model.text, encoding="utf-8")
        _, translating = _called(folder, ["spin", *(f"-D{d}" for d in define), "-a", "model.pml"], seconds)
        _, compiling = _called(folder, ["gcc", "-w", *flags, "-o", "pan", "pan.c"], seconds)
        while True:
            text, search = _called(folder, ["./pan", f"-m{depth}", "-c0", *options], seconds)
            if "max search depth too small" not in text or depth >= _DEEPEST:
                return _read(model, text, (translating, compiling, search))
            depth *= 10


def _called(folder: Path, command: list[str], seconds: float) -> tuple[str, Cost]:
    """Run a program: what it printed, and what it took."""
    status, text, cost = costs.run(command, folder, seconds)
    if status != 0:
        raise SpinError(f"{' '.join(command)} ended with {status}: {text[-2000:]}")
    return text, cost


def _read(model: Model, text: str, took: tuple[Cost, Cost, Cost]) -> SpinRun:
    if "Search not completed" in text or "out of memory" in text:
        raise SpinError(f"the search is not complete: {text[-2000:]}")
    observed = {int(number) for number in re.findall(r"assertion violated \(told!=(\d+)\)", text)}
    broken = {int(number) for number in re.findall(r"assertion violated \(broken!=(\d+)\)", text)}
    return SpinRun(
        states=_number(text, r"([\d.e+]+) states, stored"),
        transitions=_number(text, r"([\d.e+]+) transitions") - 1 - len(observed),
        told=frozenset(model.properties[number] for number in observed | broken),
        vector=_number(text, r"State-vector (\d+) byte"),
        depth=_number(text, r"depth reached (\d+)"),
        stored=int(_figure(text, r"([\d.]+)\s+actual memory usage for states") * 1e6),
        translating=took[0],
        compiling=took[1],
        search=took[2],
    )


def _number(text: str, pattern: str) -> int:
    return int(_figure(text, pattern))


def _figure(text: str, pattern: str) -> float:
    found = re.search(pattern, text)
    if found is None:
        raise SpinError(f"no line says {pattern}: {text[-2000:]}")
    return float(found[1])
