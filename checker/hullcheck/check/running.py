"""The exploration of each scope and the sampling, spread over the processor's cores.

Each is a task of its own for a small pool of processes. On Ctrl-C an exploration that is under way returns what it has
covered, what was not begun is left, and the report is made of what there is.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, replace
from multiprocessing import get_context
from multiprocessing.queues import SimpleQueue
from multiprocessing.synchronize import Event
from typing import TypeAlias

from dockspec import specification
from hullcheck.check.report import Report, report
from hullcheck.explore import Exploration, Progress, explore
from hullcheck.proofs import proved
from hullcheck.sample import SampleReport, sample
from hullcheck.scopes import SCOPES
from hullcheck.workers import workers

SAMPLE = "sample"
"""The name of the task that samples."""

Found: TypeAlias = Exploration | SampleReport
Listener: TypeAlias = Callable[[str, Progress | Found], None]
"""Told of a task that proceeds, or ends."""


@dataclass
class _Worker:
    """What a worker process knows of the one that started it."""

    told: SimpleQueue[tuple[str, Progress]]
    stop: Event


_worker: _Worker | None = None


def run(
    dialect: str,
    scopes: Sequence[str],
    *,
    sampling: bool = True,
    seed: int | None = None,
    listener: Listener = lambda task, news: None,  # noqa: ARG005  # nobody listens
) -> Report:
    """Check a dialect: explore the scopes, sample, and put it together.

    Args:
        dialect: its name.
        scopes: the names of the scopes to explore.
        sampling: whether to sample as well.
        seed: varies the sampling; None: the same every time; see ``sample``.
        listener: is told of each task.
    """
    began = time.perf_counter()
    results: dict[str, Found] = {}
    for task, found in _tasks(dialect, scopes, seed, listener, sampling=sampling):
        results[task] = found
        listener(task, found)
    explorations = [replace(e, scope=SCOPES[s]) for s in scopes if isinstance(e := results.get(s), Exploration)]
    wanted = [*scopes, *([SAMPLE] if sampling else [])]
    unfinished = {task: "interrupted" for task in wanted if task not in results}
    sampled = results.get(SAMPLE)
    spec = specification(dialect)
    return report(
        spec,
        explorations,
        sampled if isinstance(sampled, SampleReport) else None,
        whole=set(scopes) >= set(SCOPES),
        seconds=time.perf_counter() - began,
        unfinished=unfinished | {e.scope.name: e.reason for e in explorations if not e.complete},
        proved=proved(spec),
    )


def _tasks(
    dialect: str, scopes: Sequence[str], seed: int | None, listener: Listener, *, sampling: bool
) -> Iterator[tuple[str, Found]]:
    """Run the tasks, and yield what each found as it ends; after Ctrl-C, what is there."""
    told: SimpleQueue[tuple[str, Progress]] = get_context("spawn").SimpleQueue()

    def pass_on() -> None:
        while not told.empty():
            listener(*told.get())

    with workers(min(len(scopes) + sampling, os.cpu_count() or 1), _begin, told) as here:
        futures: dict[Future[Found], str] = {here.pool.submit(_sample, dialect, seed): SAMPLE} if sampling else {}
        futures |= {here.pool.submit(_explore, dialect, scope): scope for scope in scopes}
        yield from here.ended(futures, pass_on)


def _begin(stop: Event, told: SimpleQueue[tuple[str, Progress]]) -> None:
    global _worker  # noqa: PLW0603  # a process of the pool has no other place
    _worker = _Worker(told, stop)


def _tell(task: str, progress: Progress) -> None:
    if _worker is not None:
        if _worker.stop.is_set():
            raise KeyboardInterrupt
        _worker.told.put((task, progress))


def _explore(dialect: str, scope: str) -> Found:
    return explore(specification(dialect), SCOPES[scope], progress=lambda progress: _tell(scope, progress))


def _sample(dialect: str, seed: int | None) -> Found:
    return sample(specification(dialect), seed=seed)
