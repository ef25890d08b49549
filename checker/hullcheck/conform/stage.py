"""The concrete things behind the slots of one run.

Everything that is made carries a label and a name that begins with a prefix, both of this run alone; nothing else is
ever touched.
"""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Final, Protocol

from dockspec.evaluation import Binding
from dockspec.language import Value
from hullcheck.conform import programs
from hullcheck.conform.engine import Engine
from hullcheck.conform.holding import Removal
from hullcheck.conform.registry import Registry

LABEL: Final = "hullcheck.run"
"""The label of everything that is made; its value is the prefix of the names."""
PREFIX: Final = "hullcheck-"
OBSTACLE: Final = "immutable"
"""The name of a file that keeps a container's files from being deleted."""

_SNAPSHOTS: Final = "containerd/daemon/io.containerd.snapshotter.v1.overlayfs/snapshots"
"""Where a containerd that Docker starts itself keeps its overlay folders, in Docker's own."""

SUCCESSES: Final = range(200, 400)
_LONGEST_BEGINNING: Final = 3.0
"""Seconds until a process is ready for signals: it took 0.1, and 1 on a busy machine."""
_LONGEST_HOLD: Final = 40.0
"""Seconds until a container waits long enough: the waits add up to 12 s before the first one of 6.4 s."""


class Unreachable(Exception):
    """The engine cannot be brought there from outside; the text says why."""


class Lost(Unreachable):
    """The same; trying it has cost the state that was reached before."""


class Missed(Lost):
    """The same, because the moment was missed: another try may meet it."""


class Restarting(Protocol):
    """Stops the engine and starts it again, once for all stories that take part."""

    def gather(self) -> None:
        """Wait for the others."""

    def restart(self, *, crash: bool) -> None:
        """Wait for the others; then it is done. ``crash``: it is killed."""


@dataclass(frozen=True)
class Asked:
    """An operation that is asked, or done by the world.

    Attributes:
        operation: its id.
        given: its parameters; what the engine allots or chooses may be there too, as it was planned.
    """

    operation: str
    given: Binding


@dataclass
class Stage:
    """One run's things.

    Attributes:
        engine: the engine.
        prefix: of every name.
        references: how each reference slot is written, without the prefix: ``app:1``.
        containers: slot -> id, for those that were ever made; the newest.
        images: slot -> id.
        owners: id -> (``container`` or ``image``, slot), also of what is gone.
        history: image slot -> how many steps its history has.
        archives: archive slot -> the tar.
        execs: container slot -> the id and the program of what was prepared last.
        ended: containers whose process ends at once whenever it begins.
        broken: containers that have lost their program.
        obstacles: container slot -> the immutable file.
        removals: container slot -> its removal, held open.
        names: names that the engine chose -> the slot of the name.
        builders: short ids of the containers in which steps of builds ran -> their slot.
        made: how many things were made; it tells them apart.
        restarts: stops and starts the engine; None where it is not conform's own.
        registry: where references point to; None where they name no registry.
        digests: reference slot -> the digest that it stands for.
        recipes: image slot -> the step of the build that made it.
    """

    engine: Engine
    prefix: str
    references: Sequence[str] = ()
    containers: dict[int, str] = field(default_factory=dict)
    images: dict[int, str] = field(default_factory=dict)
    owners: dict[str, tuple[str, int]] = field(default_factory=dict)
    history: dict[int, int] = field(default_factory=dict)
    archives: dict[int, bytes] = field(default_factory=dict)
    execs: dict[int, tuple[str, str]] = field(default_factory=dict)
    ended: set[int] = field(default_factory=set)
    broken: set[int] = field(default_factory=set)
    obstacles: dict[int, Path] = field(default_factory=dict)
    removals: dict[int, Removal] = field(default_factory=dict)
    names: dict[str, int] = field(default_factory=dict)
    builders: dict[str, int] = field(default_factory=dict)
    made: int = 0
    restarts: Restarting | None = None
    registry: Registry | None = None
    digests: dict[int, str] = field(default_factory=dict)
    recipes: dict[int, str] = field(default_factory=dict)

    def count(self) -> int:
        """A number that nothing else has."""
        self.made += 1
        return self.made

    # --- names --------------------------------------------------------------------------------------------------------

    def container(self, slot: Value) -> str:
        """The id of the container in a slot; a name that nothing has, if there never was one."""
        return self.containers.get(slot_of(slot), f"{self.prefix}-gone{slot}")

    def image(self, slot: Value) -> str:
        """The short id of the image in a slot; one that nothing has, if there never was one."""
        known = self.images.get(slot_of(slot), f"{slot_of(slot) + 0xA0:02x}" * 6)
        return known.removeprefix("sha256:")[:12]

    def name(self, slot: Value) -> str:
        """A container's name."""
        return f"{self.prefix}-n{slot}"

    def reference(self, slot: Value) -> str:
        """A reference as docker writes it."""
        text = self.references[slot_of(slot)]
        where = f"{self.registry.address}/" if self.registry else ""
        if "@" in text:
            digest = self.digests.get(slot_of(slot), "sha256:" + f"{slot_of(slot) + 0xB0:02x}" * 32)
            return f"{where}{self.prefix}-{text.partition('@')[0]}@{digest}"
        return f"{where}{self.prefix}-{text}"

    def published(self, slot: Value) -> tuple[str, str]:
        """The repository of a tag as its registry has it, and the tag."""
        repository, _, tag = self.reference(slot).partition("/")[2].rpartition(":")
        return repository, tag

    def newest_exec(self, slot: int) -> str | None:
        """The id of what was prepared last in a container."""
        return self.execs[slot][0] if slot in self.execs else None

    # --- what was made ------------------------------------------------------------------------------------------------

    def adopt_container(self, slot: Value, identity: str) -> None:
        """A container was made."""
        self.containers[slot_of(slot)] = identity
        self.owners[identity] = ("container", slot_of(slot))
        self.execs.pop(slot_of(slot), None)
        self.ended.discard(slot_of(slot))
        self.broken.discard(slot_of(slot))

    def adopt_image(self, slot: Value, identity: str, steps: int) -> None:
        """An image was made, by so many steps."""
        whole = whole_id(identity)
        self.images[slot_of(slot)] = whole
        self.owners[whole] = ("image", slot_of(slot))
        self.history[slot_of(slot)] = steps

    def adopt_digest(self, slot: Value, digest: str) -> None:
        """A reference stands for a digest, and no other one of its repository does."""
        known = slot_of(slot)
        repository = self.references[known].partition("@")[0]
        for other in [s for s, d in self.digests.items() if d == digest]:
            if self.references[other].partition("@")[0] == repository:
                del self.digests[other]
        self.digests[known] = digest

    def steps(self, image: Value) -> int:
        """How many steps the history of an image has."""
        return 0 if image is None else self.history.get(slot_of(image), 0)

    # --- files of a container -----------------------------------------------------------------------------------------

    def put(self, slot: Value, content: bytes) -> None:
        """Unpack a tar at the root of a container. Raises ``Unreachable`` where the engine refuses."""
        reply = self.engine.ask("PUT", f"/containers/{self.container(slot)}/archive", {"path": "/"}, data=content)
        if reply.status not in SUCCESSES:
            raise Unreachable(f"a file cannot be put into the container: {reply.status} {reply.message}")

    def end(self, slot: Value, code: int, *, once: bool = False) -> None:
        """Let the main process end with a code, and (unless ``once``) end again whenever it is started."""
        self.put(slot, programs.file("end", f"{code}{' once' * once}".encode()))
        if not once:
            self.ended.add(slot_of(slot))

    def let_live(self, slot: Value) -> None:
        """Let the main process live when it is started next."""
        if slot_of(slot) in self.ended:
            self.put(slot, programs.file("end"))
            self.ended.discard(slot_of(slot))

    def obstruct(self, slot: Value, path: Path) -> bool:
        """Make a file immutable; whether that is possible."""
        path.touch()
        done = set_immutable(path, on=True)
        if done:
            self.obstacles[slot_of(slot)] = path
        return done

    def clear(self, slot: Value) -> None:
        """Let the file be deleted."""
        path = self.obstacles.pop(slot_of(slot), None)
        if path is not None and path.exists():
            set_immutable(path, on=False)

    def upper(self, slot: Value) -> Path | None:
        """The folder of a container's read-write layer, where it is on this machine and may be touched."""
        return upper(self.engine, self.container(slot))

    def snapshot(self, slot: Value) -> Path | None:
        """The same with the containerd store, which does not tell it: where a file is found that is put into it.

        Raises:
            Unreachable: where the engine takes no file.
        """
        if self.engine.storage != "containerd" or os.geteuid() != 0:
            return None
        mark = f"mark{self.count()}-{self.prefix}"
        self.put(slot, programs.file(mark))
        found = Path(self.engine.get("/info")["DockerRootDir"]).glob(f"{_SNAPSHOTS}/*/fs/{mark}")
        return next((path.parent for path in found), None)

    def root(self, slot: Value) -> Path | None:
        """The folder in which the engine keeps what it knows of a container, likewise."""
        return root(self.engine, self.container(slot))

    def await_begun(self, slot: Value) -> None:
        """Wait until the main process, which runs, is ready for signals; for those that never are, a moment."""
        deadline = time.monotonic() + _LONGEST_BEGINNING
        while time.monotonic() < deadline:
            seen = self.engine.get(f"/containers/{self.container(slot)}/json")
            if seen is None or seen["State"]["Status"] != "running":
                return
            written = self.engine.written(self.container(slot), programs.BEGUN)
            if written and _moment(written) > _moment(seen["State"]["FinishedAt"]):  # not by the run before
                return
            time.sleep(0.02)

    # --- restarting containers ----------------------------------------------------------------------------------------

    def hold(self, slot: Value, margin: float) -> bool:
        """Wait until a container waits to be restarted, and goes on waiting for a while; whether it came to that.

        Its process ends at once whenever it is started, so the waits double, from 100 ms.
        """
        deadline = time.monotonic() + _LONGEST_HOLD
        while time.monotonic() < deadline:
            left = self.waiting(slot)
            if left is None:
                return False
            if left > margin:
                return True
            time.sleep(0.05)
        return False

    def waiting(self, slot: Value) -> float | None:
        """How many seconds a container goes on waiting to be restarted: 0 while it runs in between, None otherwise."""
        seen = self.engine.get(f"/containers/{self.container(slot)}/json")
        if seen is None or seen["State"]["Status"] not in {"restarting", "running"}:
            return None
        over = _moment(seen["State"]["FinishedAt"]) + 0.1 * 2 ** max(seen["RestartCount"] - 1, 0)
        return max(over - time.time(), 0.0) if seen["State"]["Status"] == "restarting" else 0.0


def upper(engine: Engine, container: str) -> Path | None:
    """The folder of the read-write layer of a container, where it is on this machine and may be touched."""
    seen = engine.get(f"/containers/{container}/json") or {}
    return _reachable(((seen.get("GraphDriver") or {}).get("Data") or {}).get("UpperDir") or "")


def root(engine: Engine, container: str) -> Path | None:
    """The folder in which Docker keeps what it knows of a container, likewise."""
    return _reachable(f"{engine.get('/info')['DockerRootDir']}/containers/{container}")


def _reachable(path: str) -> Path | None:
    return Path(path) if path and os.geteuid() == 0 and Path(path).is_dir() else None


def set_immutable(path: Path, *, on: bool) -> bool:
    """Let a file be immutable, or no longer; whether that was possible."""
    command = ["chattr", "+i" if on else "-i", str(path)]
    return subprocess.run(command, check=False, capture_output=True).returncode == 0  # noqa: S603  # a path of ours


def whole_id(identity: str) -> str:
    """An image's id with its algorithm, which Podman leaves out."""
    return f"sha256:{identity.removeprefix('sha256:')}"


def slot_of(value: Value) -> int:
    """A slot, as the type checker wants it."""
    if not isinstance(value, int):
        raise TypeError(f"{value!r} is no object")
    return value


def _moment(text: str) -> float:
    """An engine's time, in seconds since 1970."""
    return datetime.fromisoformat(text).timestamp()
