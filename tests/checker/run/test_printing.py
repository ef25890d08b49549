"""hullcheck.run.printing: ps, images, history, inspect and their filters."""

from __future__ import annotations

import json

import pytest

from hullcheck.run.world import World


@pytest.fixture
def world() -> World:
    """A few containers in several states."""
    made = World()
    list(
        made.script(
            "docker run -d --name up -p 8080:80 alpine sleep 1000\ndocker run -d --name pa alpine sleep 1000\n"
            "docker pause pa\ndocker run --name ex alpine sh -c 'exit 3'\ndocker create --name cr alpine\n"
            "docker commit ex child:1\ndocker commit ex child:2\ndocker tag alpine other/thing:v1"
        )
    )
    return made


def names(world: World, options: str) -> list[str]:
    """The names that `ps` lists."""
    return [line.split()[-1] for line in world.docker(f"ps {options}").stdout.splitlines()[1:]]


@pytest.mark.parametrize(
    ("options", "listed"),
    [
        ("", ["pa", "up"]),
        ("-a", ["cr", "ex", "pa", "up"]),
        ("-l", ["cr"]),
        ("-n 2", ["cr", "ex"]),
        ("--filter status=exited", ["ex"]),
        ("--filter status=exited --filter status=created", ["cr", "ex"]),
        ("-a --filter name=^/ex$", ["ex"]),
        ("-a --filter name=p", ["pa", "up"]),
        ("-a --filter exited=3", ["ex"]),
        ("-a --filter exited=0", []),
        ("-a --filter ancestor=alpine", ["cr", "ex", "pa", "up"]),
        ("-a --filter ancestor=nope", []),
    ],
)
def test_ps_filters(world: World, options: str, listed: list[str]) -> None:
    """Which containers are listed, the newest first."""
    assert names(world, options) == listed


def test_ps_columns(world: World) -> None:
    """Ports only while it runs; the status in docker's words."""
    text = world.docker("ps -a").stdout
    assert text.splitlines()[0].split() == [
        "CONTAINER",
        "ID",
        "IMAGE",
        "COMMAND",
        "CREATED",
        "STATUS",
        "PORTS",
        "NAMES",
    ]
    assert "0.0.0.0:8080->80/tcp, :::8080->80/tcp" in text
    assert "(Paused)" in text
    assert "Exited (3) " in text


def test_the_image_column_falls_back_to_the_id(world: World) -> None:
    """When the tag names another image, or none, ps shows the id."""
    world.docker("tag child:1 alpine:latest")
    assert "alpine" not in world.docker("ps -a").stdout


@pytest.mark.parametrize(
    ("line", "error"),
    [
        ("ps --filter status=bogus", "Invalid filter 'status=bogus'"),
        ("ps --filter bogus=1", "Invalid filter 'bogus'"),
        ("images -f dangling=bogus", "Invalid filter 'dangling=[bogus]'"),
        ("images -f bogus=1", "Invalid filter 'bogus'"),
        ("images -f since=nope", "No such image: nope:latest"),
    ],
)
def test_bad_filters(world: World, line: str, error: str) -> None:
    """The engine's words."""
    outcome = world.docker(line)
    assert (outcome.exit_code, outcome.stderr) == (1, f"Error response from daemon: {error}\n")


def test_images(world: World) -> None:
    """One row a tag; by name; by filter; with digests."""
    rows = [line.split()[:2] for line in world.docker("images").stdout.splitlines()[1:]]
    assert sorted(rows) == [["alpine", "latest"], ["child", "1"], ["child", "2"], ["other/thing", "v1"]]
    assert world.docker("images child:2").stdout.count("\n") == 2
    assert world.docker("images 'chi*'").stdout.count("\n") == 3
    assert world.docker("images -f before=child:1 -q").stdout.count("\n") == 2
    assert world.docker("images UPPER").stdout == "REPOSITORY   TAG       IMAGE ID   CREATED   SIZE\n"
    assert "sha256:" in world.docker("images --digests alpine").stdout
    world.docker("commit cr")
    assert world.docker("images -q -f dangling=true").stdout.count("\n") == 1


def test_history(world: World) -> None:
    """Ids as far as the parents lead, then <missing>."""
    lines = world.docker("history child:1").stdout.splitlines()
    assert [line.split()[0] == "<missing>" for line in lines[1:]] == [False, False, True]
    assert world.docker("history -q child:1").stdout.count("\n") == 3


def test_inspect(world: World) -> None:
    """A JSON list of what was found; what was not is told after it."""
    outcome = world.docker("inspect ex child:1 nope")
    container, image = json.loads(outcome.stdout)
    assert (container["Name"], container["State"]["Status"], container["State"]["ExitCode"]) == ("/ex", "exited", 3)
    assert image["RepoTags"] == ["child:1"]
    assert image["Parent"] == container["Image"]
    assert (outcome.exit_code, outcome.stderr) == (1, "Error: No such object: nope\n")
    assert json.loads(world.docker("container inspect child:1").stdout) == []


def test_removals_tell_their_layers(world: World) -> None:
    """A layer that another image holds is not told as deleted."""
    assert [line.split(":")[0] for line in world.docker("rmi child:1").stdout.splitlines()] == ["Untagged", "Deleted"]
    assert [line.split(":")[0] for line in world.docker("rmi child:2").stdout.splitlines()] == [
        "Untagged",
        "Deleted",
        "Deleted",
    ]


def test_prune(world: World) -> None:
    """The report names what went; without -f nobody answers, so nothing goes."""
    assert world.docker("container prune").stdout.endswith("[y/N] Total reclaimed space: 0B\n")
    ids = [c.id for c in world.state.containers if c.status in {"created", "exited"}]
    printed = world.docker("container prune -f").stdout
    assert printed.startswith("Deleted Containers:\n")
    assert set(ids) <= set(printed.splitlines())
    assert world.docker("system prune -af").stdout.startswith("Deleted Images:\nuntagged: child:2\n")
