"""A removal that is held open: an engine waits at a folder among the files that it deletes, until it is let go.

The kernel asks whoever has marked a folder before it lets anybody open it (fanotify(7), Linux, as root). An engine
that deletes a container opens every folder of its read-write layer, so that one marked folder holds the removal for as
long as one likes, and a refusal lets it fail. With the containerd store a layer that cannot be deleted is only logged
(the overlay snapshotter's Remove); there the removal fails at the engine's own folder of the container. If this process
dies, the kernel lets everybody pass.
"""

from __future__ import annotations

import ctypes
import os
import select
import struct
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import suppress
from pathlib import Path
from typing import Final, TypeVar

from hullcheck.conform.engine import ConnectionBroken, Engine

_T = TypeVar("_T")

_CLASS_CONTENT, _CLOEXEC, _NONBLOCK = 0x4, 0x1, 0x2
_ADD, _REMOVE, _ON_DIRECTORY, _OPEN_PERMISSION = 0x1, 0x2, 0x40000000, 0x10000
_ALLOW, _DENY = 1, 2
_HERE: Final = -100
_EVENT: Final = struct.Struct("=IBBHQii")
"""``struct fanotify_event_metadata``: length, version, reserved, its own length, mask, descriptor, process."""
_ANSWER: Final = struct.Struct("=iI")

_PATIENCE: Final = 10.0
"""Seconds until an engine has come to the folder."""
_MOMENT: Final = 2.0
"""Seconds that an engine has for an answer, before the removal goes on."""


class Hold:
    """A folder that nobody opens before it is let go. To be closed.

    Raises:
        OSError: where the kernel, or the missing rights, do not allow it.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = os.fsencode(folder)
        self._libc = ctypes.CDLL(None, use_errno=True)
        self._watch = self._done(self._libc.fanotify_init(_CLASS_CONTENT | _CLOEXEC | _NONBLOCK, os.O_RDONLY))
        try:
            self._mark(_ADD)
        except OSError:
            os.close(self._watch)
            raise
        self._waiting: list[int] = []

    def is_met(self) -> bool:
        """Whether somebody waits to open it."""
        while select.select([self._watch], [], [], 0)[0]:
            events = os.read(self._watch, 4096)
            while events:
                length, *_, descriptor, _ = _EVENT.unpack_from(events)
                self._waiting.append(descriptor)
                events = events[length:]
        return bool(self._waiting)

    def forget(self) -> None:
        """Hold nobody who comes from now on; who waits goes on waiting."""
        self._mark(_REMOVE)

    def close(self, *, refuse: bool = False) -> None:
        """Let go, if it was not yet; ``refuse``: who waits must not open it."""
        if self._watch < 0:
            return
        self.is_met()
        for descriptor in self._waiting:
            os.write(self._watch, _ANSWER.pack(descriptor, _DENY if refuse else _ALLOW))
            os.close(descriptor)
        os.close(self._watch)
        self._watch = -1

    def _mark(self, how: int) -> None:
        mask = ctypes.c_uint64(_OPEN_PERMISSION | _ON_DIRECTORY)
        self._done(self._libc.fanotify_mark(self._watch, how, mask, _HERE, self._folder))

    @staticmethod
    def _done(answer: int) -> int:
        if answer < 0:
            number = ctypes.get_errno()
            raise OSError(number, os.strerror(number))
        return answer


class Removal:
    """An rm that is under way until it is ended: it comes by several folders, and waits at each.

    Args:
        engine: which.
        container: an id.
        folders: what is deleted, in the engine's order.
        fails_at: what is deleted after them, where the loss of those is no failure to the engine.

    Attributes:
        has_gone_on: whether it waits no longer at the first folder.

    Raises:
        OSError: where nothing can be held here.
        TimeoutError: when the engine does not come to the first folder.
    """

    def __init__(self, engine: Engine, container: str, folders: Sequence[Path], fails_at: Path | None = None) -> None:
        self._engine, self._container = engine.another(), container
        self._holds = [_held(folder / "held") for folder in folders]
        self._last = [_held(fails_at / "held")] if fails_at else []
        self.has_gone_on = False
        self._thread = threading.Thread(target=self._remove, name="removal", daemon=True)
        self._thread.start()
        if not self._has_come():
            self.end(well=True)
            raise TimeoutError("the engine does not open what it is to remove")

    @property
    def folder(self) -> Path:
        """Where a file that cannot be deleted lets it fail."""
        return (self._last or self._holds)[0][0]

    def meanwhile(self, ask: Callable[[], _T]) -> _T | None:
        """Ask for something while it waits; None where the engine answers only when it is over, as it is then.

        A restart waits for the read-write layer to be gone, which it mounts first (daemon/restart.go:containerRestart,
        before 28.0), so the removal goes to the last folder if no answer comes.
        """
        with ThreadPoolExecutor(1, thread_name_prefix="meanwhile") as alone:
            answer = alone.submit(ask)
            if len(self._holds) > 1 and not wait([answer], _MOMENT).done:
                self.has_gone_on = True
                self._holds.pop(0)[1].close()
                self._has_come()
            if wait([answer], _MOMENT).done:
                return answer.result()
            self.end(well=True)
        return None

    def end(self, *, well: bool) -> None:
        """Let it end, or fail; its answer has come then."""
        if self._last:
            for _, hold in self._holds:
                hold.close()
            self._holds = self._last
            _ = well or self._has_come()
        for _, hold in self._holds:
            hold.close(refuse=not well)
        self._thread.join(_PATIENCE)
        self._engine.close()

    def outlive(self) -> None:
        """The engine is about to be stopped: what it starts anew is not held."""
        for _, hold in (*self._holds, *self._last):
            hold.forget()

    def _has_come(self) -> bool:
        deadline = time.monotonic() + _PATIENCE
        while not self._holds[0][1].is_met():
            if time.monotonic() > deadline or not self._thread.is_alive():
                return False
            time.sleep(0.01)
        return True

    def _remove(self) -> None:
        with suppress(ConnectionBroken):  # where the engine is stopped meanwhile
            self._engine.ask("DELETE", f"/containers/{self._container}")


def _held(folder: Path) -> tuple[Path, Hold]:
    folder.mkdir(exist_ok=True)
    (folder / "file").touch()  # an empty folder is deleted without being opened
    return folder, Hold(folder)
