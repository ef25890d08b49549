"""The article's tour of docker's commands, and more: every line on the specification and on a real engine, compared.

What is compared: the exit status; every container's name, state, exit code and image; the graph of images, up to the
renaming of ids; and of a line that fails the text of the error, ids masked, where engine and docker client are of the
version that the texts are from.
"""

from __future__ import annotations

import re
import shlex
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, NamedTuple, TypeAlias

import pytest
from engine import Engine, go_without, wait_for

from dockspec.container import image_of
from hullcheck.run.world import World

DATA = Path(__file__).parents[1] / "data"
ONLY_ON_THE_SPECIFICATION = ("firewall-cmd", "systemctl")
"""They would change the machine that the tests run on, and no engine takes part."""

TOUR = [
    line.partition(" #=")[0].strip()
    for name in ("tour.hull", "beyond-the-article.hull")
    for line in (DATA / name).read_text("utf-8").splitlines()
    if line and not line.startswith(("#", *ONLY_ON_THE_SPECIFICATION))
]

TELLING_TIMES = tuple(
    f"docker {command}"
    for command in ("version", "info", "pull", "ps", "images", "history", "top", "inspect", "image", "rmi", "system")
)
"""They print times, sizes, process ids or layers."""

TEXTS_OF = "20.10."
SETTLING = 8.0
"""Seconds that an engine may need until its state is the one expected; after a first difference it gets no more."""

Tree: TypeAlias = tuple[object, ...]
Containers: TypeAlias = tuple[tuple[str, str, int], ...]
"""Name, state and exit code of each."""


class Seen(NamedTuple):
    """What a line came to, on either side."""

    exit_code: int
    output: str
    errors: str
    containers: Containers
    images: tuple[Tree, ...]


@dataclass(frozen=True)
class Stop:
    """One line of the tour, with what both sides make of it."""

    line: str
    specification: Seen
    engine: Seen


# --- both sides in the same words -----------------------------------------------------------------------------------


class Image(NamedTuple):
    """An image as either side tells of it."""

    id: str
    parent: str
    references: tuple[str, ...]
    top_level: bool
    dangling: bool


def forest(images: list[Image], used_by: Mapping[str, str]) -> tuple[Tree, ...]:
    """The images as trees, the same for two graphs that differ only in ids.

    Args:
        images: every image.
        used_by: each container's image, by the container's name; it may be gone.
    """
    users: dict[str, list[str]] = {}
    for container, image in used_by.items():
        users.setdefault(image, []).append(container)
    present = {image.id for image in images}

    def tree(image: Image) -> Tree:
        references = tuple(sorted(re.sub("@sha256:.*", "@sha256:", name) for name in image.references))
        children = sorted((tree(child) for child in images if child.parent == image.id), key=repr)
        return (references, image.top_level, image.dangling, tuple(sorted(users.get(image.id, ()))), *children)

    roots = [tree(image) for image in images if image.parent not in present]
    gone = [("gone", *sorted(names)) for image, names in users.items() if image not in present]
    return tuple(sorted([*roots, *gone], key=repr))


def known(name: str) -> str:
    """A container's name, if it was chosen."""
    return name if re.search(rf"\b{name}\b", " ".join(TOUR)) else "<any name>"


def masked(text: str) -> str:
    """A text without what differs from one run to another, and without the specification's own hints.

    Ids differ, and whether docker's client logs that it waited in vain for a container that did not start.
    """
    text = re.sub(r"^\(hint: .*\)$", "", text, flags=re.MULTILINE)
    text = re.sub(r"/\S*/data/image/", "/var/lib/docker/image/", text)
    text = re.sub(r"[0-9a-f]{64}", "<id>", text)
    text = re.sub(r"\b[0-9a-f]{12}\b", "<short id>", text)
    text = re.sub(r'^time=".*$', "", text, flags=re.MULTILINE)
    return re.sub(r"\r\n?", "\n", text).strip()


# --- the specification ----------------------------------------------------------------------------------------------


def on_the_specification(world: World, line: str) -> Seen:
    """Run a line on the specification."""
    outcomes = list(world.script(line))
    assert not any(outcome.problem for outcome in outcomes), outcomes[-1].problem
    state = world.state
    slots = world.core.containers()
    used_by = {
        known(container.name): world.core.payload.images[slot_of(world.core.state.value(image_of, slot))].id
        for container, slot in zip(state.containers, slots, strict=True)
    }
    images = [Image(i.id, i.parent, i.references, i.top_level, i.dangling) for i in state.images]
    return Seen(
        outcomes[-1].exit_code,
        "".join("" if outcome.captured else outcome.stdout for outcome in outcomes),
        "".join(outcome.stderr for outcome in outcomes),
        tuple(sorted((known(c.name), c.status, c.exit_code) for c in state.containers)),
        forest(images, used_by),
    )


def slot_of(value: object) -> int:
    """A slot, as the type checker wants it."""
    assert isinstance(value, int)
    return value


# --- the engine -----------------------------------------------------------------------------------------------------


# the engine has no bridge, and its default network then breaks the rename of a container that was started twice
WITHOUT_NETWORK = """
docker() {
  case $1 in
    run|create|build) command docker "$1" --network none "${@:2}" ;;
    *) command docker "$@" ;;
  esac
}
"""


class Said(NamedTuple):
    """An exit status, standard output and standard error."""

    exit_code: int
    output: str = ""
    errors: str = ""


class Shell:
    """One bash in a folder of its own, so that variables and files last; docker leads to the engine."""

    def __init__(self, engine: Engine, folder: Path) -> None:
        self.folder = folder
        self.process = subprocess.Popen(
            ["bash", "--norc"],
            cwd=folder,
            env=engine.environment,
            text=True,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        self._to.write(WITHOUT_NETWORK)

    def run(self, line: str) -> Said:
        """Run a line."""
        output, errors = self.folder.parent / "output", self.folder.parent / "errors"
        self._to.write(f"{{ {line}\n}} </dev/null >{shlex.quote(str(output))} 2>{shlex.quote(str(errors))}; echo $?\n")
        self._to.flush()
        assert self.process.stdout
        return Said(int(self.process.stdout.readline()), output.read_text("utf-8"), errors.read_text("utf-8"))

    def close(self) -> None:
        """End it."""
        self._to.close()
        self.process.wait(20)
        assert self.process.stdout
        self.process.stdout.close()

    @property
    def _to(self) -> IO[str]:
        assert self.process.stdin
        return self.process.stdin


def the_world_acts(engine: Engine, line: str) -> Said:
    """What a world line means to a real engine; the processes of the tour wait for an exit code to be told."""
    match line.removeprefix("!").split():
        case ["exit", name, code]:
            done = engine.docker("exec", name, "sh", "-c", f"echo {code} >/end")
            return Said(done.returncode, errors=done.stderr)
        case ["daemon", "restart"]:
            assert engine.daemon is not None
            engine.daemon.restart()
            return Said(0)
        case ["daemon", "crash"]:
            assert engine.daemon is not None
            engine.daemon.crash()
            return Said(0)
        case _:
            raise NotImplementedError(f"nothing is known of {line} on a real engine")


def state_of(engine: Engine) -> tuple[Containers, tuple[Tree, ...]] | None:
    """The containers and the images; None where one went away between two questions."""
    containers: list[tuple[str, str, int]] = []
    used_by: dict[str, str] = {}
    for listed in engine.asked("/containers/json", all=1):
        answer = engine.request("GET", f"/containers/{listed['Id']}/json")
        if answer.status_code == 404:
            return None
        seen = answer.json()
        name = known(seen["Name"].removeprefix("/"))
        containers.append((name, seen["State"]["Status"], seen["State"]["ExitCode"]))
        used_by[name] = seen["Image"]
    top_level = {image["Id"] for image in engine.asked("/images/json")}
    dangling = {image["Id"] for image in engine.asked("/images/json", filters='{"dangling": ["true"]}')}
    images = []
    for listed in engine.asked("/images/json", all=1):
        names = [*(listed["RepoTags"] or ()), *(listed["RepoDigests"] or ())]
        references = tuple(name for name in names if not name.startswith("<none>"))  # 20.10 lists <none>:<none>
        shown = (listed["Id"] in top_level, listed["Id"] in dangling)
        images.append(Image(listed["Id"], listed["ParentId"], references, *shown))
    return tuple(sorted(containers)), forest(images, used_by)


def on_the_engine(engine: Engine, shell: Shell, line: str, expected: Seen, patience: float) -> Seen:
    """Run a line on the engine, and look when its state is as expected, or when patience ends."""
    said = the_world_acts(engine, line) if line.startswith("!") else shell.run(line)
    looked: list[tuple[Containers, tuple[Tree, ...]]] = [((), ())]

    def settled() -> bool:
        looked.append(state_of(engine) or looked[-1])
        return looked[-1] == (expected.containers, expected.images)

    with suppress(TimeoutError):
        wait_for("the state that the specification expects", settled, patience)
    containers, images = looked[-1]
    return Seen(*said, containers, images)


# --- the tour -------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def tour(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Stop]]:
    """Both sides of every line."""
    if engine.daemon is None:
        go_without("the tour restarts the daemon: it is for a private engine, not for DOCKER_HOST")
    if not engine.mirror:
        go_without("the tour pulls images from a registry: docker-registry is not installed")
    folder = tmp_path_factory.mktemp("tour") / "here"
    folder.mkdir()
    engine.clear()
    world, shell = World(), Shell(engine, folder)
    stops: list[Stop] = []
    patience = SETTLING
    try:
        with pytest.MonkeyPatch.context() as patch:
            patch.chdir(folder)
            for line in TOUR:
                expected = on_the_specification(world, line)
                seen = on_the_engine(engine, shell, line, expected, patience)
                if (seen.containers, seen.images) != (expected.containers, expected.images):
                    patience = 0.2
                stops.append(Stop(line, expected, seen))
        yield stops
    finally:
        shell.close()
        engine.clear()


@pytest.mark.parametrize("number", range(len(TOUR)), ids=lambda number: f"{number} {TOUR[number]}")
def test_the_engine_does_what_the_specification_says(tour: list[Stop], number: int) -> None:
    """After each line: the same exit status, the same containers, the same images."""
    stop = tour[number]
    assert stop.engine.exit_code == stop.specification.exit_code, stop.engine.errors
    assert stop.engine.containers == stop.specification.containers
    assert stop.engine.images == stop.specification.images


def test_both_say_the_same(engine: Engine, tour: list[Stop]) -> None:
    """Both sides print the same, ids masked, wherever the engine is of the version that the texts are from.

    Compared are the errors of lines that fail, in any order, for docker logs and prints at once; and the output of
    those commands that print no times, sizes or layers.
    """
    specification: list[list[str]] = []
    real: list[list[str]] = []
    for stop in tour:
        if stop.line.startswith("!"):
            continue
        for side, seen in ((specification, stop.specification), (real, stop.engine)):
            output = "" if stop.line.startswith(TELLING_TIMES) else masked(seen.output)
            errors = sorted(filter(None, masked(seen.errors).splitlines())) if stop.engine.exit_code else []
            side.append([stop.line, output, *errors])
    assert len([said for said in real if any(said[1:])]) > len(real) / 2
    if engine.version.startswith(TEXTS_OF) and engine.version == engine.client_version:
        assert specification == real
