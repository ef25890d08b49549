"""The fates of many mutants, on every core.

A mutant cannot be sent to another process (formulas are built by functions), but its id can: each worker makes the
mutants of the dialect itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from importlib import import_module
from multiprocessing.synchronize import Event

from dockspec import specification
from dockspec.language import SpecificationError
from hullcheck.explore import Progress
from hullcheck.mutate.baseline import Baseline, Explored
from hullcheck.mutate.expected import expected_cells, files_of_cells
from hullcheck.mutate.judging import MALFORMED, Fate, Judge
from hullcheck.mutate.mutants import Mutant, mutants
from hullcheck.scopes import SCOPES
from hullcheck.workers import workers


def judged(dialect: str, chosen: Sequence[str], processes: int) -> Iterator[Fate]:
    """The fates of some mutants, as they are decided; after Ctrl-C, no more.

    Those that a cell notices come first; only for the others the scopes are explored.

    Args:
        dialect: of which specification.
        chosen: the ids of the mutants.
        processes: how many at a time.

    Raises:
        LackingError: when the expected cells are not there.
    """
    files_of_cells()  # here, where what it raises can be told
    with workers(processes, _begin, dialect) as here:
        left: list[str] = []
        for mutant, fate in here.ended({here.pool.submit(_at_once, mutant): mutant for mutant in chosen}):
            if fate is None:
                left.append(mutant)
            else:
                yield fate
        if not left or here.interrupted:
            return
        explored = dict(here.ended({here.pool.submit(_examine, name): name for name in SCOPES}))
        if not here.interrupted:
            judge = partial(_explored, Baseline.of(explored))
            for _, fate in here.ended({here.pool.submit(judge, mutant): mutant for mutant in chosen if mutant in left}):
                yield fate


def asked_of_proofs(dialect: str, fates: Sequence[Fate], processes: int) -> Iterator[Fate]:
    """Fates that are decided, each with what a proof alone says of the mutant; after Ctrl-C, no more.

    Args:
        dialect: of which specification.
        fates: of its mutants.
        processes: how many at a time.

    Raises:
        LackingError: when z3 is not installed.
    """
    import_module("hullcheck.prove")  # as above
    with workers(processes, _begin, dialect) as here:
        by_id = {fate.mutant: fate for fate in fates}
        for mutant, claim in here.ended({here.pool.submit(_proved, mutant): mutant for mutant in by_id}):
            yield replace(by_id[mutant], proof=claim)


# --- in a worker ----------------------------------------------------------------------------------------------------


@dataclass
class _Worker:
    """What a worker process keeps."""

    judge: Judge
    mutants: dict[str, Mutant]


_worker: _Worker | None = None


def _begin(stop: Event, dialect: str) -> None:
    global _worker  # noqa: PLW0603  # a process of the pool has no other place

    def watched(_: Progress) -> None:
        if stop.is_set():
            raise KeyboardInterrupt

    spec = specification(dialect)
    judge = Judge(spec, [*SCOPES.values()], expected_cells(spec), watched)
    _worker = _Worker(judge, {mutant.id: mutant for mutant in mutants(spec)})


def _here() -> _Worker:
    if _worker is None:
        raise RuntimeError("this runs in a worker process only")
    return _worker


def _examine(scope: str) -> Explored:
    return _here().judge.examine(scope)


def _proved(mutant: str) -> str:
    """The first claim that is not proved to be kept; empty where all are."""
    from hullcheck.prove import not_kept  # noqa: PLC0415  # z3 is an extra

    changed = _here().mutants[mutant]
    try:
        return next(not_kept(changed.spec, changed.operation), "")
    except SpecificationError:
        return MALFORMED
    finally:
        vars(changed).pop("spec", None)  # a thousand specifications are too much to keep


def _at_once(mutant: str) -> Fate | None:
    changed = _here().mutants[mutant]
    fate = _here().judge.at_once(changed)
    vars(changed).pop("spec", None)  # the same
    return fate


def _explored(before: Baseline, mutant: str) -> Fate:
    changed = _here().mutants[mutant]
    fate = _here().judge.explored(changed, before)
    vars(changed).pop("spec", None)  # the same
    return fate
