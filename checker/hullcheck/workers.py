"""Processes that work side by side, and that Ctrl-C ends in good order.

Ctrl-C is noted, not raised: wherever it comes, what is known by then is reported. The second one raises as ever.
"""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.synchronize import Event
from typing import TypeVar, TypeVarTuple

_Key = TypeVar("_Key")
_Found = TypeVar("_Found")
_Given = TypeVarTuple("_Given")

_TICK = 0.1
"""Seconds between two looks at what was noted."""


@dataclass
class _CtrlC:
    pressed: bool = False


@dataclass
class Workers:
    """A pool of processes.

    Attributes:
        pool: takes the work.
        stop: is set after Ctrl-C; what runs in a worker is to look at it, and to raise KeyboardInterrupt.
    """

    pool: ProcessPoolExecutor
    stop: Event
    _ctrl_c: _CtrlC

    @property
    def interrupted(self) -> bool:
        """Whether Ctrl-C was pressed."""
        return self._ctrl_c.pressed

    def ended(
        self, futures: Mapping[Future[_Found], _Key], meanwhile: Callable[[], None] = lambda: None
    ) -> Iterator[tuple[_Key, _Found]]:
        """What was submitted, as it ends; after Ctrl-C what is not begun is left, and what is under way may end.

        Args:
            futures: what was submitted -> what it is called.
            meanwhile: is called again and again.
        """
        waiting = set(futures)
        while waiting:
            if self.interrupted:
                self.stop.set()
                waiting = {future for future in waiting if not future.cancel()}
            ended, waiting = wait(waiting, _TICK, FIRST_COMPLETED)
            meanwhile()
            for future in ended:
                if not isinstance(future.exception(), KeyboardInterrupt):
                    yield futures[future], future.result()


@contextmanager
def workers(count: int, begin: Callable[[Event, *_Given], None], *given: *_Given) -> Iterator[Workers]:
    """A pool of processes, until all that was submitted has ended.

    Args:
        count: of processes.
        begin: is called in each process first, with ``stop`` and what is given.
        given: for it.
    """
    context = get_context("spawn")
    stop = context.Event()
    with _ctrl_c_noted() as noted, ProcessPoolExecutor(count, context, _begin, (begin, stop, *given)) as pool:
        yield Workers(pool, stop, noted)


def _begin(begin: Callable[[Event, *_Given], None], stop: Event, *given: *_Given) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # it is the business of the process that started this one
    begin(stop, *given)


@contextmanager
def _ctrl_c_noted() -> Iterator[_CtrlC]:
    noted = _CtrlC()
    if signal.getsignal(signal.SIGINT) is not signal.default_int_handler:  # somebody ignores it, or does better
        yield noted
        return

    def note(*_: object) -> None:
        signal.signal(signal.SIGINT, signal.default_int_handler)
        noted.pressed = True

    signal.signal(signal.SIGINT, note)
    try:
        yield noted
    finally:
        signal.signal(signal.SIGINT, signal.default_int_handler)
