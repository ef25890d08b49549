"""From what a search found to a verdict on every property, each with a run that the interpreter has replayed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from dockspec.evaluation import State, answering, holds
from dockspec.model import Always, Property, Recoverable, Same, Sometimes
from hullcheck.explore.program import Program, rows_id, total_id
from hullcheck.explore.questions import Instance, Unanswered
from hullcheck.explore.recover import stuck
from hullcheck.explore.results import ExplorerError, TraceStep, Verdict
from hullcheck.explore.same import Comparison, Difference
from hullcheck.explore.search import Finding, Search
from hullcheck.explore.trace import Run, replayed, runs


def verdicts(search: Search, *, checked: frozenset[str]) -> dict[str, Verdict]:
    """The verdict on every property that is checked, by its id, in the order of the specification.

    Raises:
        ExplorerError: when the interpreter does not confirm a finding.
    """
    return {v.property: v for v in _Verdicts(search).all() if v.property in checked}
