"""``run --json``: one object a line, the state last."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator

from hullcheck.run.outcome import Outcome, WorldState


def lines(outcomes: Iterable[Outcome]) -> Iterator[str]:
    """Each outcome as one line of JSON, without its end."""
    return (json.dumps(outcome.json(), ensure_ascii=False) for outcome in outcomes)


def last_line(state: WorldState) -> str:
    """The state as one line of JSON, without its end."""
    return json.dumps(state.json(), ensure_ascii=False)
