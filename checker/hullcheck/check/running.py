"""The exploration of each scope and the sampling, spread over the processor's cores.

Each is a task of its own for a small pool of processes. On Ctrl-C an exploration that is under way returns what it has
covered, what was not begun is left, and the report is made of what there is.
"""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
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

SAMPLE = "sample"
"""The name of the task that samples."""

Found: TypeAlias = Exploration | SampleReport
Listener: TypeAlias = Callable[[str, Progress | Found], None]
"""Told of a task that proceeds, or ends."""

_TICK = 0.1
"""Seconds between two looks at what the tasks tell."""


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
        seed: varies the sampling; None: the same every time.
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
    context = get_context("spawn")
    worker = _Worker(context.SimpleQueue(), context.Event())
    count = min(len(scopes) + sampling, os.cpu_count() or 1)
    with ProcessPoolExecutor(count, context, _begin, (worker.told, worker.stop)) as pool:
        futures: dict[Future[Found], str] = {pool.submit(_sample, dialect, seed): SAMPLE} if sampling else {}
        futures |= {pool.submit(_explore, dialect, scope): scope for scope in scopes}
        waiting = set(futures)
        while waiting:
            try:
                ended, waiting = wait(waiting, _TICK, FIRST_COMPLETED)
                while not worker.told.empty():
                    listener(*worker.told.get())
            except KeyboardInterrupt:
                worker.stop.set()
                waiting = {future for future in waiting if not future.cancel()}
                continue
            for future in ended:
                yield futures[future], future.result()


def _begin(told: SimpleQueue[tuple[str, Progress]], stop: Event) -> None:
    """In a new worker: Ctrl-C is the business of the process that started it, which says ``stop``."""
    global _worker  # noqa: PLW0603  # a process of the pool has no other place
    signal.signal(signal.SIGINT, signal.SIG_IGN)
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
