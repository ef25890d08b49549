"""What a dialect changes can be seen: each change has lines that show it."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from dockspec import DIALECTS
from dockspec.dialects import Change
from hullcheck.run.outcome import Outcome
from hullcheck.run.world import World

CHANGES = [(dialect.name, change) for dialect in DIALECTS.values() for change in dialect.changes]


def last(dialect: str, lines: Sequence[str]) -> Outcome:
    """What the last line comes to, in a world of its own."""
    outcomes = [outcome for outcome in World(dialect).script("\n".join(lines)) if not outcome.captured]
    assert not any(outcome.problem for outcome in outcomes)
    return outcomes[-1]


@pytest.mark.parametrize(("dialect", "change"), CHANGES, ids=lambda part: getattr(part, "rule", part))
def test_the_lines_of_a_change_show_it(dialect: str, change: Change) -> None:
    """The last line comes out otherwise than in Docker, and the changed rule answers it here or there."""
    here, there = last(dialect, change.sequence), last("docker", change.sequence)
    assert (here.exit_code, here.stdout, here.stderr) != (there.exit_code, there.stdout, there.stderr)
    assert change.rule in {answered.rule.id for outcome in (here, there) for answered in outcome.operations}
