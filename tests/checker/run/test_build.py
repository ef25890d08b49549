"""docker build in a world: what the classic builder prints and leaves, as measured on docker 20.10.24."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from hullcheck.run.outcome import Outcome
from hullcheck.run.world import World

DOCKERFILE = """FROM busybox
# a comment
ENV A=b
WORKDIR /app
COPY file /app/file
RUN echo hello \\
    && echo world >&2
CMD ["sh", "-c", "exit 3"]
"""
FAILING = "FROM busybox\nRUN echo one\nRUN exit 7\nRUN echo never\n"
STAGES = 'FROM busybox AS base\nRUN echo b >/b\nFROM busybox\nCOPY --from=base /b /b2\nCMD ["cat","/b2"]\n'


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    """A world in a folder with the Dockerfiles above, and busybox pulled."""
    monkeypatch.chdir(tmp_path)
    for name, text in {"Dockerfile": DOCKERFILE, "Fail": FAILING, "Multi": STAGES, "file": "abc\n"}.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    made = World()
    made.docker("pull busybox")
    return made


def operations(outcome: Outcome) -> list[str]:
    """The operations that were asked."""
    return [answered.operation for answered in outcome.operations]


def masked(text: str) -> str:
    """A text without its ids."""
    return re.sub(r"\b[0-9a-f]{12}\b", "<short>", text)


def test_steps(world: World) -> None:
    """One operation an instruction, one image each, and no container is left."""
    outcome = world.docker("build -t app:1 .")
    assert operations(outcome) == [
        "build.config",
        "build.config",
        "build.copy",
        "build.run",
        "build.config",
        "image.tag",
    ]
    assert masked(outcome.stdout).split("\n\n", 1)[1] == (
        "Step 1/6 : FROM busybox\n ---> <short>\n"
        "Step 2/6 : ENV A=b\n ---> Running in <short>\nRemoving intermediate container <short>\n ---> <short>\n"
        "Step 3/6 : WORKDIR /app\n ---> Running in <short>\nRemoving intermediate container <short>\n ---> <short>\n"
        "Step 4/6 : COPY file /app/file\n ---> <short>\n"
        "Step 5/6 : RUN echo hello     && echo world >&2\n ---> Running in <short>\n"
        "\x1b[91mworld\n\x1b[0mhello\nRemoving intermediate container <short>\n ---> <short>\n"
        'Step 6/6 : CMD ["sh", "-c", "exit 3"]\n ---> Running in <short>\n'
        "Removing intermediate container <short>\n ---> <short>\n"
        "Successfully built <short>\nSuccessfully tagged app:1\n"
    )
    assert world.state.containers == ()
    assert len(world.state.images) == 6
    assert world.docker("run app:1").exit_code == 3


def test_cache(world: World, tmp_path: Path) -> None:
    """The same steps are not done again; a changed file breaks the cache from there on; --no-cache does all."""
    world.docker("build -t app:1 .")
    assert set(operations(world.docker("build -t app:1 ."))) == {"build.cached", "image.tag"}
    (tmp_path / "file").write_text("changed\n", encoding="utf-8")
    assert operations(world.docker("build -t app:1 ."))[:4] == [
        "build.cached",
        "build.cached",
        "build.copy",
        "build.run",
    ]
    assert "build.cached" not in operations(world.docker("build --no-cache ."))


def test_a_failing_step(world: World) -> None:
    """Docker exits with the command's code, the container stays unless --force-rm, and no tag is given."""
    outcome = world.docker("build -f Fail -t fail:1 .")
    assert (outcome.exit_code, outcome.stderr) == (7, "The command '/bin/sh -c exit 7' returned a non-zero code: 7\n")
    assert [(c.status, c.exit_code) for c in world.state.containers] == [("exited", 7)]
    assert not any("fail:1" in image.references for image in world.state.images)
    assert world.docker("build --force-rm -f Fail .").exit_code == 7
    assert len(world.state.containers) == 1


def test_quiet(world: World) -> None:
    """-q prints the id alone; a failure prints all of it to standard error."""
    assert re.fullmatch(r"sha256:[0-9a-f]{64}\n", world.docker("build -q .").stdout)
    failed = world.docker("build -q -f Fail .")
    assert failed.stdout == ""
    assert failed.stderr.startswith("Sending build context to Docker daemon")


def test_containers_are_kept(world: World) -> None:
    """--rm=false leaves one container a step that needs one: exited for RUN, created for the others."""
    world.docker("build --rm=false .")
    assert [container.status for container in world.state.containers] == ["created", "created", "exited", "created"]


def test_stages(world: World) -> None:
    """A stage's image is not under the last one; a target stops at its stage."""
    world.docker("build -f Multi -t multi:1 .")
    assert "Step 2/2" in world.docker("build -f Multi --target base .").stdout
    assert world.docker("build -f Multi --target nope .").stderr == (
        "Error response from daemon: failed to reach build target nope in Dockerfile\n"
    )
    assert world.docker("history -q multi:1").stdout.count("\n") == 4


@pytest.mark.parametrize(
    ("text", "error"),
    [
        (
            "FROM busybox\nBOGUS x",
            "Error response from daemon: dockerfile parse error line 2: unknown instruction: BOGUS",
        ),
        ("RUN x", "Error response from daemon: no build stage in current context"),
        ("", "Error response from daemon: the Dockerfile (F2) cannot be empty"),
        ("FROM scratch", "No image was generated. Is your Dockerfile empty?"),
        ("FROM UPPER", "invalid reference format: repository name must be lowercase"),
        (
            "FROM busybox\nCOPY nofile /x",
            "COPY failed: file not found in build context or excluded by .dockerignore: "
            "stat nofile: file does not exist",
        ),
    ],
)
def test_errors(world: World, tmp_path: Path, text: str, error: str) -> None:
    """Docker's own words."""
    (tmp_path / "F2").write_text(text, encoding="utf-8")
    outcome = world.docker("build -f F2 .")
    assert (outcome.exit_code, outcome.stderr) == (1, error + "\n")


def test_files_that_cannot_be_read(world: World, tmp_path: Path) -> None:
    """A folder or a Dockerfile that is not there gets docker's error; one that is no text is refused."""
    assert world.docker("build nodir").stderr == 'unable to prepare context: path "nodir" not found\n'
    assert world.docker("build -f Nofile .").exit_code == 1
    (tmp_path / "Binary").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ValueError, match="no text"):
        world.docker("build -f Binary .")
