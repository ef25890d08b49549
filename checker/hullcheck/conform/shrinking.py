"""A sequence that shows a difference, made shorter on the engine itself, as long as the same difference shows."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from typing import Final

from dockspec.evaluation import State
from dockspec.model import Specification
from hullcheck.conform.playing import Run, Step
from hullcheck.conform.stage import Asked
from hullcheck.steps import completions, take

PATIENCE: Final = 90.0
"""Seconds that shrinking may take."""


def shrunk(
    specification: Specification,
    world: State,
    run: Run,
    play: Callable[[Sequence[Asked]], Run],
    patience: float = PATIENCE,
) -> Run:
    """A shorter run that ends with the same difference; the run itself, where none was found.

    Args:
        specification: in its dialect.
        world: where the run began.
        run: its last step differs.
        play: plays a sequence on the engine, from the beginning.
        patience: no further sequence is tried after so many seconds.
    """
    deadline, best = time.monotonic() + patience, run
    tried = set[tuple[str, ...]]()
    progress = True
    while progress:
        progress = False
        for candidate in _shorter(best):
            key = tuple(map(str, candidate))
            if time.monotonic() > deadline:
                return best
            if key in tried or not _leads(specification, world, candidate, best.steps[-1].rule):
                continue
            tried.add(key)
            again = play(candidate)
            if again.difference and same(again.difference, best.steps[-1]):
                best, progress = again, True
                break
    return best


def same(one: Step, other: Step) -> bool:
    """Whether two steps differ in the same way: the same rule, the same kinds of difference."""
    return one.rule == other.rule and one.kinds == other.kinds


def _shorter(run: Run) -> Iterator[list[Asked]]:
    """The same without what changes nothing; without a half, a quarter, ... of it; without one step."""
    asked = [step.asked for step in run.steps]
    changing = [step.asked for step in run.steps[:-1] if step.taken.after != step.taken.before]
    if len(changing) + 1 < len(asked):
        yield [*changing, asked[-1]]
    length = (len(asked) - 1) // 2
    while length >= 1:
        for start in range(0, len(asked) - 1, length):
            yield [*asked[:start], *asked[min(start + length, len(asked) - 1) :]]
        length //= 2


def _leads(specification: Specification, world: State, sequence: Sequence[Asked], rule: str) -> bool:
    """Whether the sequence is possible by the specification alone, and the rule answers last."""
    state, last = world, ""
    for asked in sequence:
        operation = specification.operation(asked.operation)
        names = {p.name for p in (*operation.parameters, *operation.fresh)}
        given = {name: value for name, value in asked.given.items() if name in names}
        taken = next((t for b in completions(operation, given, state) if (t := take(operation, b, state))), None)
        if taken is None:
            return False
        state, last = taken.after, taken.rule.id
    return last == rule
