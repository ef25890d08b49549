"""Long lines are broken only where that changes nothing."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from hullcheck.export.wrapping import block, comment, define, wrapped

ATOMS = st.sampled_from(["(container_status[0] == CONTAINER_STATUS_RUNNING)", "!image_present[1]", "before_x[2]"])


@given(st.lists(ATOMS, min_size=1, max_size=40), st.sampled_from([" && ", " || "]))
def test_statements_are_broken_after_operators(atoms: list[str], word: str) -> None:
    """Joined again, the lines are the text; and no line but the last ends where Promela would end a statement."""
    lines = wrapped(f"x = ({word.join(atoms)});").split("\n")
    assert " ".join(line.strip() for line in lines) == f"x = ({word.join(atoms)});"
    assert all(line.endswith(word.rstrip()) for line in lines[:-1])


@given(st.lists(ATOMS, min_size=1, max_size=40))
def test_definitions_go_on(atoms: list[str]) -> None:
    """Every line of a definition but the last says that it goes on."""
    lines = define("name", ["c"], f"({' && '.join(atoms)})").split("\n")
    assert all(line.endswith(" \\") for line in lines[:-1])
    assert not lines[-1].endswith("\\")


def test_negations_are_enclosed() -> None:
    """A definition can be negated where it is used."""
    assert define("absent", ["c"], "!present[c]") == "#define absent(c) (!present[c])"


@given(st.text(st.characters(codec="ascii", exclude_categories=["Cc"]), max_size=300))
def test_comments_end_once(text: str) -> None:
    """Whatever a comment says, it does not end before its end."""
    assert comment(text).count("*/") == 1
    assert block([text]).count("*/") == 1
