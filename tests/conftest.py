"""What all tests share: a real Docker engine, where the machine has one; and chance that is the same every time."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from engine import Engine, Missing, any_engine, go_without
from hypothesis import settings

settings.register_profile("steady", deadline=None, derandomize=True)  # a slow machine is no failure, nor is luck
settings.load_profile("steady")

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # a job in the background: what it starts would ignore Ctrl-C too
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.hookimpl(tryfirst=True)  # before xdist reads the groups
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what uses the engine, and keep it together when tests are spread over processes: there is one engine."""
    for item in items:
        if "engine" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.engine)
            item.add_marker(pytest.mark.xdist_group("engine"))


@pytest.fixture(scope="session")
def engine() -> Iterator[Engine]:
    """The engine at DOCKER_HOST, or a private one; without any the test is skipped, or fails where one is required."""
    with ExitStack() as stack:
        try:
            found = stack.enter_context(any_engine())
        except Missing as why:
            go_without(f"there is no Docker engine: {why}")
        yield found
