"""dockspec.dockerfile: Dockerfiles as the classic builder reads them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dockspec.dockerfile import DockerfileError, Instruction, read, select, substituted


def test_instructions() -> None:
    """Comments go, continued lines are joined with their blanks, words are in capitals."""
    text = '# c\nfrom alpine AS Base\nRUN a \\\n# inside\n    && b\n\nCMD ["x", "y"]\n'
    assert read(text) == (
        Instruction("FROM", "alpine AS Base"),
        Instruction("RUN", "a     && b"),
        Instruction("CMD", '["x", "y"]'),
    )


def test_forms() -> None:
    """The exec form is JSON; everything else goes to the shell."""
    assert Instruction("CMD", '["x", "y"]').argv == ("x", "y")
    assert Instruction("CMD", "x y").argv == ("/bin/sh", "-c", "x y")
    assert Instruction("RUN", "[x]").argv == ("/bin/sh", "-c", "[x]")


def test_parts() -> None:
    """The image and the name of a stage; what COPY copies, and from where."""
    stage = Instruction("FROM", "--platform=linux/amd64 alpine:3 AS Base")
    assert (stage.base, stage.stage) == ("alpine:3", "base")
    copy = Instruction("COPY", "--from=base --chown=a:b /x /y /z")
    assert (copy.from_stage, copy.sources) == ("base", ("/x", "/y"))


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("", "the Dockerfile (Dockerfile) cannot be empty"),
        ("RUN x", "no build stage in current context"),
        ("FROM a\nBOGUS x", "dockerfile parse error line 2: unknown instruction: BOGUS"),
        ("FROM a b", "dockerfile parse error line 1: FROM requires either one or three arguments"),
    ],
)
def test_errors(text: str, error: str) -> None:
    """Docker's own words."""
    with pytest.raises(DockerfileError) as caught:
        read(text)
    assert str(caught.value) == error


def test_targets() -> None:
    """A target is a stage's name or number; what follows its stage is left out."""
    instructions = read("FROM a AS one\nRUN x\nFROM b\nRUN y")
    assert select(instructions, "ONE") == instructions[:2]
    assert select(instructions, "1") == instructions
    assert select(instructions, "") == instructions
    with pytest.raises(DockerfileError, match="failed to reach build target"):
        select(instructions, "two")


def test_variables() -> None:
    """`$X`, `${X}` and a default."""
    assert substituted("a:$V-${V}-${W:-d}-$W", {"V": "1"}) == "a:1-1-d-"


@given(st.text(max_size=200))
def test_any_text(text: str) -> None:
    """Any text is a Dockerfile, or is refused with docker's words."""
    try:
        instructions = read(text)
    except DockerfileError:
        return
    assert instructions[0].word in {"FROM", "ARG"}
    assert all(isinstance(instruction.argv, tuple) for instruction in instructions)
