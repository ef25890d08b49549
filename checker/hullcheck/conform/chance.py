"""Random sequences: the specification says what is possible next, chance says which of it is asked.

Left to chance alone most of it would be the same few things, and little would come of what takes several steps. So each
sequence has some of the operations only (swarm testing: Groce et al., ISSTA 2012), and of some requests that are drawn
the one is asked whose answer is rarest. Of 2,000 commands more rules answer that way, and a third more pairs of rules.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Final, TypeVar

from dockspec import container
from dockspec.container import CONTAINER, NAME, Policy, Process, Status
from dockspec.evaluation import Binding, State, answering
from dockspec.image import ARCHIVE, IMAGE
from dockspec.language import Value
from dockspec.model import Operation, Rule, Specification
from hullcheck.conform.acting import reason_why_not, reason_why_not_here
from hullcheck.conform.plan import Ground
from hullcheck.conform.stage import Asked
from hullcheck.explore import Scope
from hullcheck.sample.drawing import Situation
from hullcheck.steps import completions, is_meant

_T = TypeVar("_T")

LENGTH: Final = 25
"""Commands of one sequence."""
GROUND: Final = Ground(
    Scope("random", "room for a few things", {CONTAINER: 3, NAME: 3, IMAGE: 4, ARCHIVE: 1}), ("app:1", "app:2", "web:1")
)
"""Where they are played."""

_RARELY: Final = 0.1
_TRIES: Final = 12
"""Requests of which one is asked."""
_SHARE: Final = 0.3
"""Of the operations, in one sequence."""
_ALWAYS: Final = ("image.import", "container.create", "container.start")
"""Those in each: without them there is nothing to ask about."""
_OFTEN: Final[Mapping[str, Sequence[Value]]] = {
    "restart_policy": [Policy.NO] * 9 + [Policy.ALWAYS, Policy.ON_FAILURE, Policy.UNLESS_STOPPED],
    "rm": [False] * 4 + [True],
    "command": [Process.ENDS_WELL, Process.ENDS_BADLY, Process.IGNORES, Process.DIES] * 3
    + [Process.NOT_FOUND, Process.NOT_EXECUTABLE, Process.NOT_STARTED, Process.NOTHING],
    "more": [False],
    "keep": [False],  # what a build leaves behind ends by itself as soon as it is started
}
_READS: Final = ("container.list", "image.list", "engine.version", "engine.info")


class Chance:
    """Draws what is asked next.

    Args:
        specification: in its dialect.
        seed: of the sequence.
        engine: the engine's name.
        without: ids or prefixes of operations that are not drawn.
    """

    def __init__(
        self, specification: Specification, seed: str, engine: str = "docker", without: Sequence[str] = ()
    ) -> None:
        self._specification = specification
        self._engine = engine
        self._answers = Counter[str]()
        self._random = random.Random(seed)  # noqa: S311  # not for secrets
        self._operations = [
            o
            for o in specification.operations
            if not reason_why_not(o.id, (), engine)
            and not o.id.endswith(".prune")
            and o.id not in _READS
            and not is_meant(o.id, without)
            and (o.id in _ALWAYS or self._random.random() < _SHARE)
        ]

    def next(self, state: State) -> Asked:
        """What is asked in a state: of some requests the one whose answer came least often in this sequence.

        Among equals it is one that changes something.
        """
        situation = Situation(state, self._specification.functions)
        drawn = [self._any(situation) for _ in range(_TRIES)]
        rules = [self._answered(asked, state) for asked in drawn]
        best = min(range(_TRIES), key=lambda number: (self._answers[rules[number].id], not rules[number].updates))
        self._answers[rules[best].id] += 1
        return drawn[best]

    def _any(self, situation: Situation) -> Asked:
        while True:
            operation = self._one(self._operations)
            given = self._given(operation, situation)
            if given is None or reason_why_not_here(operation.id, given, situation.state, self._engine):
                continue
            if not self._would_wait(operation, given, situation.state):
                return Asked(operation.id, given)

    def _answered(self, asked: Asked, state: State) -> Rule:
        operation = self._specification.operation(asked.operation)
        rule = answering(operation, next(completions(operation, asked.given, state)), state)
        if rule is None:
            raise ValueError(f"nothing answers {asked}")
        return rule

    def _given(self, operation: Operation, situation: Situation) -> Binding | None:
        openings = situation.openings(operation)
        if not openings:
            return None
        given = dict(self._one(openings))
        for parameter in operation.parameters:
            if parameter.name not in given:
                given[parameter.name] = self._one(_OFTEN.get(parameter.name) or situation.wanted(parameter))
        return given if next(completions(operation, given, situation.state), None) else None

    def _would_wait(self, operation: Operation, given: Binding, state: State) -> bool:
        """Containers that are restarted again and again take seconds: rarely."""
        slot = given.get("c")
        if (
            operation.id == "container.exit"
            and isinstance(slot, int)
            and state.value(container.policy, slot) is not Policy.NO
        ):
            return self._random.random() > _RARELY
        # one that has lost its program cannot be met waiting again
        lost = operation.id == "container.lose-program"
        return lost and isinstance(slot, int) and state.value(container.status, slot) is Status.RESTARTING

    def _one(self, values: Sequence[_T]) -> _T:
        return values[self._random.randrange(len(values))]


def seeds(seed: int, commands: int) -> Iterator[tuple[str, int]]:
    """For each sequence its seed and its length, until there are so many commands."""
    for number, start in enumerate(range(0, commands, LENGTH)):
        yield f"{seed}/{number}", min(LENGTH, commands - start)
