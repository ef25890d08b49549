"""What a command runs over: somebody who knows names, asks the operations, prints, and acts for the processes.

``commands.py`` and ``building.py`` are written against this; a simulated world implements it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Final, NamedTuple, Protocol

from dockspec.commandline import Invocation
from dockspec.container import Policy, Process
from dockspec.language import Value
from dockspec.model import Kind, Rule
from dockspec.names import Reference, parse_reference


class Thing(NamedTuple):
    """An object: its slot, and how the caller named it. What is not there is a thing too, one that does not exist."""

    slot: int
    typed: str = ""


class Spoken(NamedTuple):
    """A member of an enumeration, and how the caller named it: ``kill -s BOGUS``."""

    value: Enum
    typed: str


class FoundImage(NamedTuple):
    """What a typed text means among images: the image, and the reference by which it was found (None: by its id)."""

    image: Thing
    reference: Thing | None


@dataclass(frozen=True)
class Reply:
    """What an operation answered: the rule, its text with everything filled in, and the values of all parameters."""

    rule: Rule
    message: str
    given: Mapping[str, Value]

    @property
    def ok(self) -> bool:
        """It was done, or there was nothing to do."""
        return self.rule.answer.kind in {Kind.ACCEPTED, Kind.UNCHANGED}

    @property
    def blocks(self) -> bool:
        """The answer comes only when the container ends."""
        return self.rule.answer.blocks

    def thing(self, parameter: str) -> Thing:
        """The object that a parameter stands for. Raises TypeError where it stands for none."""
        slot = self.given[parameter]
        if not isinstance(slot, int) or isinstance(slot, bool):
            raise TypeError(f"{parameter} is no object")
        return Thing(slot)


class Stop(Exception):  # it ends a command, and is no mistake of this program
    """The command ends here; what there was to say has been said."""

    def __init__(self, exit_code: int) -> None:
        super().__init__(f"exit status {exit_code}")
        self.exit_code = exit_code


class Program(Protocol):
    """A command line inside a container, as far as it is known."""

    @property
    def argv(self) -> Sequence[str]:
        """Its words."""

    @property
    def process(self) -> Process:
        """What it is like as a main process."""

    @property
    def code(self) -> int | None:
        """What it ends with, where it ends by itself; else None."""

    @property
    def output(self) -> str:
        """What it writes to standard output."""

    @property
    def errors(self) -> str:
        """What it writes to standard error."""

    @property
    def writes(self) -> bool:
        """Whether it writes files."""


class BuildContext(Protocol):
    """The files that a build is given."""

    @property
    def dockerfile(self) -> str:
        """The text of the Dockerfile."""

    @property
    def size(self) -> int:
        """What is sent to the engine, in bytes."""

    def fingerprint(self, path: str) -> str | None:
        """What a file or folder holds, as a short text that differs when it does; None where there is none."""


@dataclass(frozen=True)
class Made:
    """What is remembered of an image that a build step made, for its history, its children and the cache.

    Attributes:
        created_by: the line of its history.
        key: what must be the same for the cache to stand in.
        layer: what its new layer holds; empty: it has none.
        size: the size of that layer, in bytes.
        command: CMD or ENTRYPOINT, where the step sets it.
    """

    created_by: str
    key: str
    layer: str = ""
    size: int = 0
    command: tuple[str, tuple[str, ...]] | None = None


class Session(Protocol):
    """Who runs a recipe. Lookups raise ``NamesError`` for what is no name, or is ambiguous."""

    # asking

    def ask(self, operation: str, /, **arguments: Thing | Spoken | Enum | bool) -> Reply:
        """Ask an operation; the session picks what is fresh or open."""

    # looking up

    def container(self, typed: str) -> Thing:
        """The container that a text means."""

    def image(self, typed: str) -> FoundImage:
        """The image that a text means."""

    def present(self, image: Thing) -> bool:
        """Whether the image is in the store."""

    def reference(self, reference: Reference) -> Thing:
        """A stored reference as an object."""

    def tags(self, repository: Reference) -> Sequence[Reference]:
        """The tags of a repository that name an image here."""

    def name(self, typed: str | None) -> Thing:
        """A container name; None: one that nobody chose."""

    def identity(self, thing: Thing, *, image: bool = False) -> str:
        """The full id of a container, or of an image (with ``sha256:``)."""

    def policy(self, container: Thing) -> Policy:
        """The restart policy that it has."""

    def exit_code(self, container: Thing) -> int:
        """The code of the last run."""

    # processes

    def program(self, argv: Sequence[str] | None, image: Thing, call: Invocation) -> Program:
        """What an image, a command and the flags of `create` make together; without an image's own command: nothing."""

    def exec_program(self, call: Invocation) -> Program:
        """What the command of an exec is like. Refuses one that never ends, unless it is detached."""

    def step_program(self, argv: Sequence[str], image: Thing) -> Program:
        """What the command of a RUN step is like."""

    def attach(self, container: Thing) -> int:
        """Follow a container to its end, print what it writes, and tell its exit code. Refuses one that never ends."""

    def await_end(self, container: Thing) -> int:
        """Wait for the end of a container that runs, and tell its exit code. Refuses one that never ends."""

    # what no rule reads, remembered

    def describe(self, container: Thing, program: Program, image: str, call: Invocation) -> None:
        """Of a new container: its command, the image as typed, its ports."""

    def limit(self, container: Thing, retries: int) -> None:
        """How often on-failure restarts; 0: always."""

    def made(self, image: Thing, base: Thing | None, steps: Sequence[Made]) -> None:
        """Of an image that a build made: upon which (None: scratch), and by which steps."""

    def left_behind(self, container: Thing, program: Program, base: Thing) -> bool:
        """Of the container of a build step, and of which image: what ran in it. False where the step left none."""

    # archives and other files; docker's errors are printed by the session

    def write_archive(self, call: Invocation) -> Thing | None:
        """The archive that `save -o` or standard output stands for; None where docker refuses, and has said why."""

    def read_archive(self, call: Invocation) -> Thing | None:
        """The archive that `load -i` or standard input stands for; None where docker refuses, and has said why."""

    def write_files(self, call: Invocation, container: Thing) -> bool:
        """Write an export to `-o` or standard output; False where docker refuses, and has said why."""

    def read_files(self, source: str) -> bool:
        """Whether an import's source can be read; False where docker refuses, and has said why."""

    def context(self, call: Invocation) -> BuildContext | None:
        """The files of a build; None where docker refuses, and has said why."""

    # building

    @property
    def buildkit(self) -> bool:
        """Whether BuildKit builds."""

    def cached(self, base: Thing, key: str) -> Thing | None:
        """The newest image that was built upon this one by the same step."""

    # printing

    def out(self, text: str) -> None:
        """Write to standard output."""

    def err(self, text: str) -> None:
        """Write to standard error."""

    def show(self, call: Invocation, things: Sequence[tuple[Thing, bool]] = ()) -> int:
        """Print what a listing command prints, and tell its exit status; of each thing, whether it is an image."""

    def transfer(self, reference: Thing, reply: Reply, *, push: bool, quiet: bool) -> str:
        """What a pull or a push that was accepted prints."""

    def deleted(self) -> str:
        """What the last removal of images or containers prints."""

    def loaded(self, archive: Thing) -> str:
        """What the last `load` prints."""

    def agreed(self, warning: str) -> bool:
        """Print a prune's warning and question; nobody is there to answer, so the answer is no."""

    def stamp(self) -> str:
        """The time, as docker writes it into its own log lines."""


Recipe = Callable[[Session, Invocation], int]
"""A command over a session: what docker's command line exits with. Raises ``Stop`` instead where it ends early."""


# --- what every recipe needs ------------------------------------------------------------------------------------------

DAEMON: Final = "Error response from daemon: "
IMAGE_FILES: Final = "/var/lib/docker/image/overlay2/imagedb/content/sha256"
"""Where Docker keeps what it knows of an image, in a file that is called after its id."""
_RESERVED: Final = "refusing to create an ambiguous tag using digest algorithm as name"


def fail(session: Session, text: str, exit_code: int = 1) -> Stop:
    """Print an error; what is returned is to be raised."""
    session.err(text + "\n")
    return Stop(exit_code)


def give_tag(session: Session, image: Thing, text: str) -> Reply | str:
    """The answer of the tag operation, or docker's error: the name `sha256` would be ambiguous.

    Raises ``BadReference``. Source: moby `reference/store.go:addReference`; measured on Docker 20.10.24.
    """
    reference = parse_reference(text).with_default_tag()
    if reference.repository == "sha256":
        return _RESERVED
    return session.ask("image.tag", i=image, r=session.reference(reference))
