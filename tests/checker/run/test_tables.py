"""hullcheck.run.tables: docker's columns, ages and commands, as measured on docker 20.10.24."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hullcheck.run.tables import age, command_text, table


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "Less than a second"), (1, "1 second"), (10, "10 seconds"), (59, "59 seconds"), (60, "About a minute"),
        (119, "About a minute"), (120, "2 minutes"), (3599, "59 minutes"), (3600, "About an hour"),
        (5340, "About an hour"),
        (5460, "2 hours"), (169200, "47 hours"), (171060, "2 days"), (604800, "7 days"), (1206000, "13 days"),
        (1209600, "2 weeks"), (2592000, "4 weeks"), (5097600, "8 weeks"), (5184000, "2 months"), (7776000, "3 months"),
        (31622400, "12 months"), (62985600, "24 months"), (63158400, "2 years"), (94608000, "3 years"),
    ],
)  # fmt: skip
def test_ages(seconds: int, words: str) -> None:
    """Docker's words for a duration."""
    assert age(seconds) == words


@pytest.mark.parametrize(
    ("argv", "shown"),
    [
        (["sleep", "1000"], '"sleep 1000"'),
        (["sh", "-c", "sleep 0.2; exit 1"], '"sh -c \'sleep 0.2; e…"'),
        (["/bin/echo", "one", "two three"], '"/bin/echo one \'two …"'),
        (["sh", "-c", "echo 'a \"quoted\" string'"], '"sh -c \'echo \'a \\"quo…"'),
        ([""], '""'),
    ],
)
def test_commands(argv: list[str], shown: str) -> None:
    """The COMMAND column: twenty letters, quoted."""
    assert command_text(argv, whole=False) == shown


def test_table() -> None:
    """Each column is as wide as its longest cell and three, at least ten; the last is not padded."""
    assert table([("REPOSITORY", "TAG", "SIZE"), ("a", "latest", "0B")]) == (
        "REPOSITORY   TAG       SIZE\na            latest    0B\n"
    )


@given(st.lists(st.tuples(st.text("ab…", max_size=20), st.text("ab", max_size=20)), min_size=1, max_size=5))
def test_columns_are_aligned(rows: list[tuple[str, str]]) -> None:
    """The second column begins at the same place in every line, three blanks after the longest cell."""
    lines = table(rows).splitlines()
    width = max(10, 3 + max(len(first) for first, _ in rows))
    assert [line[width:] for line in lines] == [second for _, second in rows]
