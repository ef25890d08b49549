"""The expected cells, from the files in which the project keeps them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from dockspec.model import Specification
from hullcheck.cells import Cell, matrix_cells, story_cells
from hullcheck.errors import LackingError

DATA = Path(__file__).resolve().parents[3] / "tests" / "data"
"""Where the project keeps what engines were seen to do; only a checkout of the source has it."""


def files_of_cells(folder: Path = DATA) -> list[Path]:
    """The files of expected cells in a folder.

    Raises:
        LackingError: when there is none.
    """
    files = sorted(folder.glob("cells-*.jsonl"))
    if not files:
        raise LackingError(f"there are no expected cells in {folder}; run this in a checkout of the source")
    return files


def expected_cells(spec: Specification, folder: Path = DATA) -> Iterator[Cell]:
    """The cells of every ``cells-*.jsonl`` in a folder.

    Raises:
        LackingError: when there is none.
    """
    for file in files_of_cells(folder):
        yield from matrix_cells(file) if _is_matrix(file) else story_cells(file, spec)


def _is_matrix(file: Path) -> bool:
    with file.open(encoding="utf-8") as lines:
        return "operation" in json.loads(next(lines))
