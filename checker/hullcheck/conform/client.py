"""Docker's command line on an engine: its exit status and its errors, beside what the specification says of them."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from dockspec.container import CONTAINER, name_of
from dockspec.evaluation import State
from dockspec.image import IMAGE, REFERENCE
from hullcheck.conform import programs
from hullcheck.conform.declared import Kind
from hullcheck.conform.engine import PATIENCE
from hullcheck.conform.lines import Key, Line, Said, Scene, said
from hullcheck.conform.playing import Contrast
from hullcheck.conform.stage import LABEL, Stage, Unreachable
from hullcheck.conform.texts import fits
from hullcheck.errors import LackingError

TEXTS_OF: Final = "20.10."
"""The version of engine and client whose words the specification has; of others the class of an error is compared."""
_UNATTACHED: Final = re.compile(r"unable to upgrade to tcp, received \d+")


@dataclass(frozen=True)
class Heard:
    """What one line came to.

    Attributes:
        line: the line.
        said: what it came to.
        differences: in what that is something else than the specification says.
    """

    line: Line
    said: Said
    differences: tuple[Contrast, ...]

    @property
    def rule(self) -> str:
        """The id of the rule that answers last."""
        return self.line.key.rule

    @property
    def kinds(self) -> frozenset[Kind]:
        """In what it differs."""
        return frozenset(contrast.kind for contrast in self.differences)


@dataclass
class Hearing:
    """What docker's command line came to.

    Attributes:
        version: of the client; empty where there is none.
        reason: why there is none.
        compared: what was run.
        before: what agreed in an earlier run, and is not run again.
        missing: what could not be run -> why.
    """

    version: str = ""
    reason: str = ""
    compared: dict[Key, Heard] = field(default_factory=dict)
    before: AbstractSet[Key] = frozenset()
    missing: dict[Key, str] = field(default_factory=dict)

    @property
    def keys(self) -> set[Key]:
        """What was compared, in this run or before."""
        return {*self.compared, *self.before}

    @property
    def differences(self) -> list[Heard]:
        """What differs."""
        return [heard for heard in self.compared.values() if heard.differences]

    def take(self, scene: Scene, heard: Iterable[Heard], why: str) -> None:
        """Take in what the lines of a scene came to, and why not all of them could be run."""
        self.compared |= {one.line.key: one for one in heard}
        keys = {line.key for line in scene.lines}
        self.missing = {key: reason for key, reason in self.missing.items() if key not in keys}
        self.missing |= dict.fromkeys(keys - self.compared.keys(), why)

    def doubtful(self, scene: Scene) -> Scene | None:
        """What of a scene differs or is missing; None where nothing is."""
        agreeing = {key for key, heard in self.compared.items() if not heard.differences}
        lines = tuple(line for line in scene.lines if line.key not in agreeing)
        return scene._replace(lines=lines) if lines else None


@dataclass(frozen=True)
class Client:
    """Docker's command line.

    Attributes:
        program: its path.
        version: ``20.10.24``.
    """

    program: str
    version: str

    @classmethod
    def found(cls, name: str, version: str) -> Client:
        """The program of a name; where the path has several, the one of this version, or else the first.

        Raises:
            LackingError: when there is none.
        """
        folders = [None] if os.sep in name else os.get_exec_path()
        known = [cls(path, _version_of(path)) for folder in folders if (path := shutil.which(name, path=folder))]
        if not known:
            raise LackingError(f"{name} is not installed (Debian has docker's command line in docker.io or docker-cli)")
        return next((client for client in known if client.version == version), known[0])

    def ask(self, line: Line, stage: Stage, before: State, folder: Path) -> Said:
        """Run a line on an engine.

        Args:
            line: the line.
            stage: the things that it names.
            before: the state.
            folder: where it finds archives, and leaves files.

        Raises:
            Unreachable: when it does not come back.
        """
        words = [self.program, "-H", stage.engine.host, *_on_stage(line, stage, before)]
        try:
            done = subprocess.run(  # noqa: S603  # docker
                words,
                cwd=folder,
                env={**os.environ, "DOCKER_BUILDKIT": "0"},
                input=_input(line, stage, before),
                check=False,
                capture_output=True,
                timeout=PATIENCE,
            )
        except subprocess.TimeoutExpired:
            raise Unreachable(f"docker does not come back within {PATIENCE} s") from None
        return said(
            line.key.command, done.returncode, *(s.decode("utf-8", "replace") for s in (done.stdout, done.stderr))
        )


def _version_of(program: str) -> str:
    told = subprocess.run([program, "--version"], check=False, capture_output=True, text=True).stdout  # noqa: S603  # docker
    match = re.search(r"version ([^ ,+]+)", told)
    return match[1] if match else ""


# --- the same line on an engine ---------------------------------------------------------------------------------------


def _on_stage(line: Line, stage: Stage, before: State) -> list[str]:
    """Its words with what things are called on the engine; what they make carries the label of the run."""
    label = f"{LABEL}={stage.prefix}"
    marks: dict[str, Sequence[str]] = {
        **dict.fromkeys(("create", "run"), ("--label", label)),
        **dict.fromkeys(("import", "commit"), ("--change", f"LABEL {label}")),
    }
    command, *words = (_called(word, line, stage, before) for word in line.words)
    return [command, *marks.get(command, ()), *words]


def _input(line: Line, stage: Stage, before: State) -> bytes:
    """What it reads: the files of an import, or a Dockerfile whose steps carry the label."""
    if line.key.command == "import":
        return programs.root_file_system()
    lines = [" ".join(_called(w, line, stage, before) for w in text.split()) for text in line.dockerfile.splitlines()]
    return "\n".join([*lines[:1], f"LABEL {LABEL}={stage.prefix}", *lines[1:]]).encode()


def _called(word: str, line: Line, stage: Stage, before: State) -> str:
    """What is called so in the world of the line is called otherwise on the engine; other words stay."""
    if word not in line.names:
        return word
    sort, slot = line.names[word]
    if sort is REFERENCE:
        return stage.reference(slot)
    if sort is IMAGE:
        known = stage.images.get(slot, "sha256:" + f"{slot + 0xA0:02x}" * 32)
        return known if word.startswith("sha256:") else stage.image(slot)
    name = before.value(name_of, slot) if sort is CONTAINER else slot
    if name is None:
        return f"{stage.prefix}-{word}"  # nobody has it
    return next((text for text, known in stage.names.items() if known == name), stage.name(name))


# --- comparing --------------------------------------------------------------------------------------------------------


def compared(line: Line, told: Said, engine: str, versions: Sequence[str]) -> Heard:
    """Hold what a line came to against the specification.

    Args:
        line: the line.
        told: what it came to.
        engine: ``docker`` or ``podman``.
        versions: of the engine and of the client.
    """
    found = []
    if told.exit_code != line.expected.exit_code:
        text = f"exit status: {line.expected.exit_code}; docker's {told.exit_code} {_quoted(told)}"
        found.append(Contrast(Kind.EXIT_STATUS, text))
    exact = line.exact and all(version.startswith(TEXTS_OF) for version in versions)
    if told.errors != line.expected.errors and (exact or not _is_of_class(line, told, engine)):
        text = f"error line: {_quoted(line.expected)}; docker's {_quoted(told)}"
        found.append(Contrast(Kind.ERROR_LINE, text))
    return Heard(line, told, tuple(found))


def _is_of_class(line: Line, told: Said, engine: str) -> bool:
    """Whether an error is of the class of the answer.

    ``start -a`` attaches first, and of a refusal of that a client tells the HTTP status alone (docker 28.2.2).
    """
    wanted = line.answer.error_class if line.answer else ""
    unattached = line.key.command == "start -a" and any(_UNATTACHED.fullmatch(error) for error in told.errors)
    return not wanted or unattached or any(fits(engine, wanted, error) for error in told.errors)


def _quoted(words: Said) -> str:
    return " / ".join(words.errors) or "none"
