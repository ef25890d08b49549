"""A Docker engine of one's own, in a folder of its own: it may be stopped, killed and started again.

It has no bridge and no iptables, and a socket and a containerd namespace of its own; what the machine's own engine has
and does is left alone.
"""

from __future__ import annotations

import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar, Final, TypeVar

from hullcheck.errors import LackingError

_T = TypeVar("_T")

_STARTUP: Final = 60.0
"""Seconds that a daemon may take to answer: a cold one took 6 on a busy machine, and it may have to stop containers."""
_ENDING: Final = 60.0
"""Seconds that one may take to end: it stops its containers."""


def wait_for(what: str, found: Callable[[], _T | None], seconds: float = 20.0) -> _T:
    """Ask again and again until there is an answer.

    Raises:
        TimeoutError: when there is none in time.
    """
    deadline = time.monotonic() + seconds
    while True:
        answer = found()
        if answer:
            return answer
        if time.monotonic() > deadline:
            raise TimeoutError(f"waited {seconds:g} s in vain for {what}")
        time.sleep(0.02)


def program(name: str, package: str) -> str:
    """The path of a program.

    Raises:
        LackingError: when it is not installed.
    """
    path = shutil.which(name)
    if path is None:
        raise LackingError(f"{name} is not installed (Debian has it in {package})")
    return path


@dataclass
class Service:
    """A process in the background, with its log.

    Attributes:
        name: for people.
        command: what is run.
        log: where its output goes.
        answers: whether it is ready.
        environment: of the process; None: this one's.
    """

    name: str
    command: Sequence[str]
    log: Path
    answers: Callable[[], bool]
    environment: Mapping[str, str] | None = None
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it and wait until it answers; Ctrl-C does not reach it.

        Raises:
            LackingError: when it does not answer.
        """
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(  # noqa: S603  # a program of ours
                self.command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=self.environment,
                start_new_session=True,
            )
        try:
            wait_for(self.name, lambda: self.answers() or self.ended, _STARTUP)
        except TimeoutError as slow:
            self.stop()
            raise LackingError(f"{slow}: {self.last_words()}") from None
        if self.ended:
            raise LackingError(f"{self.name} does not start: {self.last_words()}")

    @property
    def ended(self) -> bool:
        """Whether it does not run."""
        return self.process is None or self.process.poll() is not None

    def stop(self, how: int = signal.SIGTERM) -> None:
        """End it, by force where it does not listen."""
        if self.process is None or self.ended:
            return
        self.process.send_signal(how)
        try:
            self.process.wait(_ENDING)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def last_words(self) -> str:
        """The end of its log."""
        lines = self.log.read_text("utf-8", "replace").splitlines()
        return " / ".join(lines[-2:]) or "it said nothing"


@dataclass
class Daemon:
    """A dockerd in a folder of its own.

    Attributes:
        folder: its folder; a socket's path may have 108 characters.
        program: dockerd.
        options: more of its options.
    """

    folder: Path
    program: str
    options: Sequence[str] = ()
    service: Service = field(init=False)
    helpers: ClassVar[Sequence[str]] = ("containerd",)
    """Programs of which processes may outlive it; they have its folder in their command lines."""
    no_driver: ClassVar[str] = "graphdriver"
    """What its last words have where the storage driver does not work (layer/layer_store.go)."""

    def __post_init__(self) -> None:
        self.choose("overlay2")

    @property
    def host(self) -> str:
        """Its address, as DOCKER_HOST has it."""
        return f"unix://{self.folder}/api.sock"

    def start(self) -> None:
        """Start it for the first time: with overlay2, or with vfs where the folder's file system cannot carry it.

        What else keeps it from starting, as a busy machine does, may be over at the second try.

        Raises:
            LackingError: when it does not start.
        """
        try:
            self.service.start()
        except LackingError:
            self.clean_up()
            if self.no_driver in self.service.last_words():
                self.choose("vfs")
            self.service.start()

    def restart(self) -> None:
        """End it in good order, and start it again. Raises ``LackingError`` when it does not start."""
        self.service.stop()
        self._start_again()

    def crash(self) -> None:
        """Kill it, and start it again. What it left of its process ids would keep the new one from starting.

        Raises:
            LackingError: when it does not start.
        """
        own = self.folder / "exec/containerd/containerd.pid"  # missing where it uses the machine's own containerd
        containerd = Path("/proc", own.read_text()) if own.exists() else None
        self.service.stop(signal.SIGKILL)
        wait_for("containerd to die with it", lambda: containerd is None or not containerd.exists())
        for left in (own, self.folder / "dockerd.pid"):
            left.unlink(missing_ok=True)
        self._start_again()

    def clean_up(self) -> None:
        """End everything that was started here, and undo every mount."""
        self.service.stop()
        for state in self.folder.glob("exec/runtime-*/*/*/state.json"):
            _kill(json.loads(state.read_text())["init_process_pid"])
        for pid in self.left_alive():
            _kill(pid)
        for line in reversed(Path("/proc/self/mounts").read_text().splitlines()):
            point = line.split()[1]
            if point.startswith(f"{self.folder}/"):
                subprocess.run(["umount", "-l", point], check=False, capture_output=True)  # noqa: S603, S607  # ours

    def _start_again(self) -> None:
        """Start it, at the second try if need be: it gives its containerd no more than 15 s, also on a busy machine."""
        try:
            self.service.start()
        except LackingError:
            self.service.start()

    def choose(self, storage: str) -> None:
        """Say how it is run, with which storage driver."""
        (self.folder / "daemon.json").write_text("{}")  # not the machine's own settings
        here, namespace = self.folder, f"hull-{secrets.token_hex(4)}"
        command = [
            self.program, "--config-file", f"{here}/daemon.json", "--data-root", f"{here}/data", "--exec-root",
            f"{here}/exec", "-H", self.host, "--pidfile", f"{here}/dockerd.pid", "--storage-driver", storage,
            "--containerd-namespace", namespace, "--containerd-plugins-namespace", f"{namespace}-plugins",
            "--iptables=false", "--ip6tables=false", "--bridge=none", *self.options,
        ]  # fmt: skip
        self.service = Service("dockerd", command, here / "dockerd.log", self._answers)

    def _answers(self) -> bool:
        with suppress(OSError), socket.socket(socket.AF_UNIX) as line:
            line.settimeout(5)
            line.connect(f"{self.folder}/api.sock")
            line.sendall(b"GET /_ping HTTP/1.0\r\n\r\n")
            return line.recv(12).endswith(b" 200")
        return False

    def left_alive(self) -> list[int]:
        """What has outlived it, by process id."""
        found = []
        for line in Path("/proc").glob("[0-9]*/cmdline"):
            with suppress(OSError):
                words = line.read_text("utf-8", "replace")
                if f"{self.folder}/" in words and any(helper in words for helper in self.helpers):
                    found.append(int(line.parent.name))
        return found


def _kill(pid: int) -> None:
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)


@contextmanager
def folder() -> Iterator[Path]:
    """A folder for a private engine, with a short path; it is removed at the end."""
    with tempfile.TemporaryDirectory(prefix="hull-", ignore_cleanup_errors=True) as path:
        yield Path(path)
