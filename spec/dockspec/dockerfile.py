r"""Reading a Dockerfile, as the classic builder reads it: into instructions, and into stages.

    # a comment
    FROM alpine:3.20 AS base          a stage begins; a number is its name too
    RUN apk add curl \
        && rm -rf /var/cache          one instruction, the line end is a blank
    CMD ["sh", "-c", "date"]          exec form (JSON); anything else is for /bin/sh -c

Source: buildkit `frontend/dockerfile/parser`, `instructions`; measured on Docker 20.10.24. Left out: parser directives,
heredocs, ONBUILD's later effect, variables outside FROM.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

INSTRUCTIONS: Final = (
    "ADD", "ARG", "CMD", "COPY", "ENTRYPOINT", "ENV", "EXPOSE", "FROM", "HEALTHCHECK", "LABEL", "MAINTAINER", "ONBUILD",
    "RUN", "SHELL", "STOPSIGNAL", "USER", "VOLUME", "WORKDIR",
)  # fmt: skip
SCRATCH: Final = "scratch"


class DockerfileError(ValueError):
    """Docker refuses the file; the text is docker's, without `Error response from daemon: `."""


@dataclass(frozen=True, slots=True)
class Instruction:
    """One instruction: its word in capitals, what follows it, and the text that the builder prints for it."""

    word: str
    rest: str

    @property
    def text(self) -> str:
        """As the builder prints it."""
        return f"{self.word} {self.rest}".rstrip()

    @property
    def exec_form(self) -> tuple[str, ...] | None:
        """The words of the exec form; None where it is the shell form."""
        try:
            words = json.loads(self.rest)
        except (ValueError, RecursionError):
            return None
        if not isinstance(words, list) or not all(isinstance(word, str) for word in words):
            return None
        return tuple(words)

    @property
    def argv(self) -> tuple[str, ...]:
        """The command line that RUN, CMD or ENTRYPOINT stands for."""
        words = self.exec_form
        return ("/bin/sh", "-c", self.rest) if words is None else words

    @property
    def base(self) -> str:
        """Of FROM: the image, with its variables as they are."""
        return self._from[0]

    @property
    def stage(self) -> str:
        """Of FROM: the name of the stage, in small letters; empty where it has none."""
        words = self._from
        return words[2].lower() if len(words) == 3 and words[1].upper() == "AS" else ""  # noqa: PLR2004  # image AS name

    @property
    def from_stage(self) -> str:
        """Of COPY: the stage or image that --from names; empty: the build's own files."""
        return next((w.removeprefix("--from=") for w in self.rest.split() if w.startswith("--from=")), "")

    @property
    def sources(self) -> tuple[str, ...]:
        """Of COPY and ADD: the paths to be copied."""
        words = [word for word in (self.exec_form or self.rest.split()) if not word.startswith("--")]
        return tuple(words[:-1])

    @property
    def _from(self) -> list[str]:
        return [word for word in self.rest.split() if not word.startswith("--")]


def read(text: str, name: str = "Dockerfile") -> tuple[Instruction, ...]:
    """The instructions of a Dockerfile. Raises ``DockerfileError``."""
    found: list[Instruction] = []
    for number, line in _logical_lines(text):
        word, _, rest = line.partition(" ")
        instruction = Instruction(word.upper(), rest.strip())
        _check(instruction, number)
        if not found and instruction.word not in {"FROM", "ARG"}:
            raise DockerfileError("no build stage in current context")
        found.append(instruction)
    if not found:
        raise DockerfileError(
            f"the Dockerfile ({name}) cannot be empty" if not text.strip() else "file with no instructions"
        )
    return tuple(found)


def _check(instruction: Instruction, line: int) -> None:
    word = instruction.word
    if word not in INSTRUCTIONS:
        raise DockerfileError(f"dockerfile parse error line {line}: unknown instruction: {word}")
    if not instruction.rest and word not in {"CMD", "ENTRYPOINT"}:
        counted = "exactly one argument" if word in {"STOPSIGNAL", "USER", "WORKDIR"} else "at least one argument"
        needs = "either one or three arguments" if word == "FROM" else counted
        raise DockerfileError(f"dockerfile parse error line {line}: {word} requires {needs}")
    if word == "FROM":
        words = instruction._from  # noqa: SLF001  # its own
        if not (len(words) == 1 or (len(words) == 3 and instruction.stage)):  # noqa: PLR2004  # image AS name
            raise DockerfileError(f"dockerfile parse error line {line}: FROM requires either one or three arguments")
    if word in {"COPY", "ADD"} and not instruction.sources:
        raise DockerfileError(
            f"dockerfile parse error line {line}: {word} requires at least two arguments, but only one was provided. "
            "Destination could not be determined."
        )


def _logical_lines(text: str) -> Sequence[tuple[int, str]]:
    """Each instruction on one line, with the number of its first line. Comments and empty lines are gone."""
    lines: list[tuple[int, str]] = []
    open_line: tuple[int, str] | None = None
    for number, raw in enumerate(text.replace("\r\n", "\n").split("\n"), start=1):
        line = raw.lstrip() if open_line is None else raw
        if line.lstrip().startswith("#") or not line.strip():
            continue
        first, before = open_line or (number, "")
        if line.rstrip().endswith("\\"):
            open_line = (first, before + line.rstrip()[:-1])
            continue
        lines.append((first, (before + line).strip()))
        open_line = None
    if open_line is not None:
        lines.append((open_line[0], open_line[1].strip()))
    return [(number, line.replace("\t", " ")) for number, line in lines if line]


def select(instructions: Sequence[Instruction], target: str) -> tuple[Instruction, ...]:
    """The instructions up to the end of the stage ``target``; the empty text: all.

    Raises ``DockerfileError`` where there is no such stage.
    """
    if not target:
        return tuple(instructions)
    starts = [at for at, instruction in enumerate(instructions) if instruction.word == "FROM"]
    for number, at in enumerate(starts):
        if target.lower() in {instructions[at].stage, str(number)}:
            end = starts[number + 1] if number + 1 < len(starts) else len(instructions)
            return tuple(instructions[:end])
    raise DockerfileError(f"failed to reach build target {target} in Dockerfile")


_VARIABLE: Final = re.compile(r"\$(?:(\w+)|\{(\w+)(?::-([^}]*))?\})")


def substituted(text: str, values: Mapping[str, str]) -> str:
    """A text with `$X`, `${X}` and `${X:-default}` replaced; a variable without a value is empty."""
    return _VARIABLE.sub(lambda m: values.get(m[1] or m[2], m[3] or ""), text)
