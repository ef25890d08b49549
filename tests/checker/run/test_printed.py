"""What a world prints is what docker printed, byte for byte but for ids: recorded on docker 20.10.24."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from hullcheck.run.world import World

RECORDING = Path(__file__).parents[2] / "data" / "docker-cli-20.10.24.txt"


@dataclass(frozen=True)
class Recorded:
    """One command, and what was recorded of it."""

    command: str
    stdout: str
    stderr: str
    exit_code: int


def sections() -> dict[str, list[str | Recorded]]:
    """The recording: for each section the lines to be run unseen (a text), and the recorded commands, in order."""
    found: dict[str, list[str | Recorded]] = {}
    current: list[str | Recorded] = []
    for block in re.split(r"(?m)^(?=## |% |\$ )", RECORDING.read_text(encoding="utf-8"))[1:]:
        head, body = block[:2], block.rstrip("\n").split("\n")
        if head == "##":
            current = found.setdefault(body[0].removeprefix("## "), [])
        elif head == "% ":
            current.append(body[0].removeprefix("% "))
        else:
            current.append(recorded(body))
    return found


def recorded(lines: list[str]) -> Recorded:
    """One block of the recording."""
    *printed, last = lines[1:]
    stdout = "".join(f"{line}\n" for line in printed if not line.startswith("2> "))
    stderr = "".join(f"{line.removeprefix('2> ')}\n" for line in printed if line.startswith("2> "))
    return Recorded(lines[0].removeprefix("$ "), stdout, stderr, int(last.removeprefix("[rc ").removesuffix("]")))


def masked(text: str) -> str:
    """A text with its ids and times taken out."""
    text = re.sub(r'time="[^"]*"', 'time="<time>"', text)
    return re.sub(r"\b[0-9a-f]{12}\b", "<short>", re.sub(r"\b[0-9a-f]{64}\b", "<id>", text))


def run(world: World, line: str) -> Iterator[Recorded]:
    """The line in a world, as if it had been recorded."""
    for outcome in world.script(line):
        assert not outcome.problem
        yield Recorded(line, masked(outcome.stdout), masked(outcome.stderr), outcome.exit_code)


@pytest.mark.parametrize("section", sections())
def test_texts(section: str) -> None:
    """Standard output, standard error and the exit status of every recorded command."""
    world = World()
    list(run(world, "docker pull busybox"))
    for line in sections()[section]:
        if isinstance(line, str):
            list(run(world, line))
        else:
            assert list(run(world, line.command)) == [line]
