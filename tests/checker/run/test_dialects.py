"""What a dialect changes can be seen: each change has lines that show it."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from dockspec import DIALECTS
from dockspec.dialects import Change
from hullcheck.run.outcome import Outcome
from hullcheck.run.world import World

CHANGES = [(dialect.name, change) for dialect in DIALECTS.values() for change in dialect.changes]


def played(dialect: str, lines: Sequence[str]) -> list[Outcome]:
    """What the lines come to, in a world of their own."""
    return [outcome for outcome in World(dialect).script("\n".join(lines)) if not outcome.captured]


def ending(outcome: Outcome) -> tuple[object, ...]:
    """What a line shows."""
    return outcome.exit_code, outcome.stdout, outcome.stderr, outcome.problem


@pytest.mark.parametrize(("dialect", "change"), CHANGES, ids=lambda part: getattr(part, "rule", part))
def test_the_lines_of_a_change_show_it(dialect: str, change: Change) -> None:
    """The last line, understood in Docker, comes out otherwise here; the changed rule answers one of them somewhere."""
    here, there = played(dialect, change.sequence), played("docker", change.sequence)
    assert not any(outcome.problem for outcome in there)
    assert ending(here[-1]) != ending(there[-1])
    answered = {answered.rule.id for outcome in (*here, *there) for answered in outcome.operations}
    assert {change.rule, *([change.other.id] if change.other else [])} & answered
