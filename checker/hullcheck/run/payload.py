"""What rides beside a state: names, ids, commands, times, histories. Answers print it; no rule reads it.

The state knows slots and classes ("a code of its own"); here stand the letters and numbers behind them.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from dockspec.names import Reference
from hullcheck.run.ids import EPOCH
from hullcheck.run.processes import NOTHING, Program


@dataclass(frozen=True)
class Container:
    """Of one container, for ever: a slot is not used twice.

    Attributes:
        id: 64 hexadecimal digits.
        created: when, in seconds since 1970.
        image: the image as it was typed, or its id.
        program: its main process.
        ports: what -p asked for.
        interactive: -i or -t was given.
        retries: how often on-failure may restart it; 0: always.
        restarts: how often it was restarted since the last start by hand.
        own_code: the exit code behind the class "own".
        last_code: what its last run ended with, also where --rm has removed it.
        error: why the last start failed.
        started, finished: when its last run began and ended.
        log: what it wrote, each with whether to standard error.
        mark: how long the log was when the last run began.
    """

    id: str
    created: int
    image: str = ""
    program: Program = NOTHING
    ports: tuple[str, ...] = ()
    interactive: bool = False
    retries: int = 0
    restarts: int = 0
    own_code: int = 1
    last_code: int = 0
    error: str = ""
    started: int | None = None
    finished: int | None = None
    log: tuple[tuple[bool, str], ...] = ()
    mark: int = 0


@dataclass(frozen=True)
class Step:
    """One line of an image's history."""

    created: int
    created_by: str = ""
    size: int = 0
    comment: str = ""


@dataclass(frozen=True)
class Image:
    """Of one image, for ever.

    Attributes:
        id: with ``sha256:``.
        created: when, in seconds since 1970.
        history: the oldest step first.
        layers: the ids of its layers, the lowest first.
        entrypoint, command: what a container of it runs.
        key: the build step that made it; what the cache compares.
    """

    id: str
    created: int
    history: tuple[Step, ...] = ()
    layers: tuple[str, ...] = ()
    entrypoint: tuple[str, ...] = ()
    command: tuple[str, ...] = ()
    key: str = ""

    @property
    def size(self) -> int:
        """In bytes."""
        return sum(step.size for step in self.history)


@dataclass(frozen=True)
class File:
    """A file that a command wrote. Files live in the world, not on the disk.

    Attributes:
        text: its text, where it is a text.
        archive: the slot of the archive that `save` wrote.
        files: the image id behind what `export` wrote: "some file system".
    """

    text: str = ""
    archive: int | None = None
    files: str | None = None


@dataclass
class Payload:
    """All of it. ``copy`` is cheap: what it holds is never changed in place."""

    now: int = EPOCH
    containers: dict[int, Container] = field(default_factory=dict)
    images: dict[int, Image] = field(default_factory=dict)
    names: list[str] = field(default_factory=list)
    references: list[Reference] = field(default_factory=list)
    ports: list[str] = field(default_factory=list)
    archives: int = 0
    files: dict[str, File] = field(default_factory=dict)
    withdrawn: set[int] = field(default_factory=set)
    declared: dict[str, Program] = field(default_factory=dict)
    generated: int = 0
    kill_wins: bool = True
    variables: dict[str, str] = field(default_factory=dict)

    def copy(self) -> Payload:
        """Another payload with the same content."""
        return replace(
            self,
            containers=dict(self.containers),
            images=dict(self.images),
            names=list(self.names),
            references=list(self.references),
            ports=list(self.ports),
            files=dict(self.files),
            withdrawn=set(self.withdrawn),
            declared=dict(self.declared),
            variables=dict(self.variables),
        )
