"""Work spread over processes, and Ctrl-C."""

from __future__ import annotations

import signal
from multiprocessing.synchronize import Event

import pytest

from hullcheck.workers import workers

stop: Event


def begin(event: Event) -> None:
    """In a worker: keep what says that it is to stop."""
    global stop  # noqa: PLW0603  # a process of the pool has no other place
    stop = event


def at_once() -> str:
    """Work that is short."""
    return "done"


def until_stopped() -> str:
    """Work that goes on until it is called off."""
    if stop.wait(60):
        raise KeyboardInterrupt
    return "nobody stopped it"


def test_results_come_with_their_names() -> None:
    """What was submitted comes back, called as the caller calls it."""
    with workers(2, begin) as here:
        futures = {here.pool.submit(at_once): number for number in range(5)}
        assert sorted(here.ended(futures)) == [(number, "done") for number in range(5)]
        assert not here.interrupted


def test_ctrl_c_while_a_result_is_looked_at() -> None:
    """It interrupts nothing half-way: what is known stays, what is under way is called off, the rest is not begun."""
    with workers(1, begin) as here:
        futures = {here.pool.submit(work): work.__name__ for work in (at_once, until_stopped, until_stopped)}
        known = []
        for name, _ in here.ended(futures):
            signal.raise_signal(signal.SIGINT)
            known.append(name)
        assert known == ["at_once"]
        assert here.interrupted


def test_the_second_ctrl_c_raises() -> None:
    """Who presses it again does not want to wait; and afterwards it is what it was."""
    with workers(1, begin) as here:
        signal.raise_signal(signal.SIGINT)
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)
        assert here.interrupted
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
