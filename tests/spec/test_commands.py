"""dockspec.commands: which operations a typed line stands for, and how errors become exit statuses."""

from __future__ import annotations

import pytest

from dockspec.building import human_size
from dockspec.commandline import commands
from dockspec.commands import RECIPES, parse_signal, start_failure
from dockspec.dialects import specification
from dockspec.operations.containers import Signal
from hullcheck.run.world import World


def test_every_command_has_a_recipe() -> None:
    """What the command line reads, a recipe performs. `container inspect` and `image inspect` are read as `inspect`."""
    names = {command.name for command in commands()} - {"container inspect", "image inspect"}
    assert names | {"help"} == set(RECIPES)


@pytest.mark.parametrize(
    ("line", "operations"),
    [
        ("run --rm busybox true", ["create", "start", "exit"]),
        ("run -d busybox sleep 9", ["create", "start"]),
        ("rm aa bb", ["rm", "rm"]),
        ("restart -t 0 aa", ["restart"]),
        ("commit aa", ["commit"]),
        ("commit aa x:1", ["commit", "image.tag"]),
        ("rmi busybox", ["image.untag"]),
        ("rmi $(docker images -q busybox)", ["image.remove"]),
        ("exec bb true", ["exec.create", "exec.start", "exec.exit"]),
        ("exec -d bb sleep 9", ["exec.create", "exec.start"]),
        ("system prune -f", ["prune", "image.prune"]),
        ("save -o x.tar busybox", ["image.save"]),
        ("import - x:1", ["image.import", "image.tag"]),
        ("update --restart=no aa bb", ["update", "update"]),
        ("inspect aa", ["inspect"]),
        ("inspect busybox", ["inspect", "image.inspect"]),
        ("--version", []),
    ],
)
def test_recipes(line: str, operations: list[str]) -> None:
    """The operations that a line asks, in order; `container.` is left out."""
    world = World()
    list(
        world.script(
            "docker pull busybox\ndocker create --name aa busybox sleep 1000\n"
            "docker run -d --name bb busybox sleep 1000"
        )
    )
    *_, outcome = world.script(f"docker {line}")
    assert [answered.operation.removeprefix("container.") for answered in outcome.operations] == operations
    known = {operation.id for operation in specification().operations}
    assert {answered.operation for answered in outcome.operations} <= known


@pytest.mark.parametrize(
    ("text", "signal"),
    [
        ("", Signal.KILL), ("KILL", Signal.KILL), ("sigkill", Signal.KILL), ("9", Signal.KILL), ("TERM", Signal.TERM),
        ("15", Signal.TERM), ("HUP", Signal.HARMLESS), ("64", Signal.HARMLESS), ("RTMIN+1", Signal.HARMLESS),
        ("SIGRTMAX", Signal.HARMLESS), ("0", Signal.UNKNOWN), ("65", Signal.UNKNOWN), ("BOGUS", Signal.UNKNOWN),
        ("KILLX", Signal.UNKNOWN), ("-1", Signal.UNKNOWN), ("²", Signal.UNKNOWN),
    ],
)  # fmt: skip
def test_signals(text: str, signal: Signal) -> None:
    """Names with and without SIG, in any case, and numbers."""
    assert parse_signal(text) is signal


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ('exec: "x": executable file not found in $PATH: unknown', 127),
        ("stat /no/such: no such file or directory: unknown", 127),
        ('exec: "/etc": permission denied: unknown', 126),
        ("driver failed programming external connectivity", 125),
    ],
)
def test_start_failures(text: str, code: int) -> None:
    """Docker reads the error's text."""
    assert start_failure(text) == code


@pytest.mark.parametrize(
    ("size", "shown"), [(0, "0B"), (5, "5B"), (3072, "3.072kB"), (5120, "5.12kB"), (1984162, "1.984MB"), (10**9, "1GB")]
)
def test_sizes(size: int, shown: str) -> None:
    """Docker's sizes, in steps of a thousand."""
    assert human_size(size) == shown


def test_short_sizes() -> None:
    """The SIZE column has three digits."""
    assert human_size(1984162, digits=3) == "1.98MB"
