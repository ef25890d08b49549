"""Several stories share a restart of the engine: it is stopped and started once, when all of them are ready."""

from __future__ import annotations

import threading
from collections.abc import Callable

from hullcheck.conform.daemon import Daemon
from hullcheck.conform.engine import ConnectionBroken
from hullcheck.conform.events import Listener
from hullcheck.errors import LackingError


class Restarts:
    """Restarts of a daemon on which several stories are played: it is restarted once for all of them.

    Args:
        daemon: which.
        listener: of its events.
        stories: how many stories take part.
    """

    def __init__(self, daemon: Daemon, listener: Listener, stories: int = 1) -> None:
        self._daemon, self._listener, self._stories = daemon, listener, stories
        self._changed = threading.Condition()
        self._waiting, self._turn = 0, 0
        self._action: Callable[[], None] = _nothing
        self._problem = ""

    def gather(self) -> None:
        """Wait until every story that takes part is here.

        Raises:
            ConnectionBroken: when the daemon did not start again.
        """
        self._meet(_nothing)

    def restart(self, *, crash: bool) -> None:
        """Wait until every story that takes part is here; then the daemon is restarted. ``crash``: it is killed.

        Raises:
            ConnectionBroken: when the daemon did not start again.
        """
        self._meet(self._daemon.crash if crash else self._daemon.restart)

    def leave(self) -> None:
        """A story takes part no longer: nobody waits for it."""
        with self._changed:
            self._stories -= 1
            self._go()

    def _meet(self, action: Callable[[], None]) -> None:
        with self._changed:
            self._waiting += 1
            self._action, turn = action, self._turn
            self._go()
            self._changed.wait_for(lambda: self._turn != turn)
            if self._problem:
                raise ConnectionBroken(self._problem)

    def _go(self) -> None:
        if not self._waiting or self._waiting < self._stories:
            return
        action, self._action = self._action, _nothing
        try:
            if action is not _nothing:
                with self._listener.over_a_restart():
                    action()
        except (LackingError, TimeoutError, ConnectionBroken) as why:
            self._problem = str(why)
        self._waiting, self._turn = 0, self._turn + 1
        self._changed.notify_all()


def _nothing() -> None:
    """For gathering only."""
