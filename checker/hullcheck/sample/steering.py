"""Where to go on: what the runs of earlier rounds did, and what is new one step away from where they ended."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import product
from typing import NamedTuple, TypeAlias

from dockspec.evaluation import Binding, State, answering
from dockspec.language import Sort, Value, Variable
from dockspec.model import Operation, Role, Rule, Specification
from hullcheck.sample.drawing import Situation
from hullcheck.steps import Taken

Run: TypeAlias = tuple[Taken, ...]
Feat: TypeAlias = tuple[object, ...]
"""What a step does, for telling whether it is new: the rule that answers and, where it changes something, the flags."""

_FLAGS = 8
"""How many combinations of an operation's flags are tried in a state; create alone has 64 of them."""


def feat(rule: Rule, operation: Operation, binding: Binding) -> Feat:
    """What a step does."""
    return (rule.id, *(binding[p.name] for p in _flags(operation) if rule.updates))


class Tally:
    """What was done over many runs.

    Attributes:
        fired: rule id -> how often it answered.
        runs: feat -> the shortest run that does it with its last step.
        examples: how many runs there were.
    """

    def __init__(self) -> None:
        self.fired: Counter[str] = Counter()
        self.runs: dict[Feat, Run] = {}
        self.examples = 0

    def add(self, run: Sequence[Taken]) -> None:
        """A run has come so far."""
        last = run[-1]
        self.fired[last.rule.id] += 1
        done = feat(last.rule, last.operation, last.binding)
        if done not in self.runs or len(run) < len(self.runs[done]):
            self.runs[done] = tuple(run)


class Tip(NamedTuple):
    """A run that was done, and a step that would do something new at its end."""

    run: Run
    operation: Operation
    binding: Binding


class Frontier:
    """What is new one step away from the ends of the runs that were done.

    Args:
        specification: what is run.
        world: where every run begins.
        seed: for the choice of flags.
    """

    def __init__(self, specification: Specification, world: State, seed: int) -> None:
        self._specification = specification
        self._random = random.Random(seed)  # noqa: S311  # not for secrets
        self._seen: list[State] = []
        self._tips: dict[Feat, Tip] = {}
        self._world = world

    def tips(self, tally: Tally) -> list[Tip]:
        """The steps that would be new, those at the ends of the newest runs first."""
        for run in ((), *tally.runs.values()):
            end = run[-1].after if run else self._world
            if end not in self._seen:
                self._seen.append(end)
                self._tips |= {new: tip for new, tip in self._new(run, end, tally) if new not in self._tips}
        self._tips = {new: tip for new, tip in self._tips.items() if new not in tally.runs}
        return list(reversed(self._tips.values()))

    def _new(self, run: Run, end: State, tally: Tally) -> Iterator[tuple[Feat, Tip]]:
        situation = Situation(end, self._specification.functions)
        for operation in self._specification.operations:
            if not _flags(operation) and all(rule.id in tally.fired for rule in operation.rules):
                continue
            for binding in self._bindings(operation, situation):
                rule = answering(operation, binding, end)
                if rule and (new := feat(rule, operation, binding)) not in tally.runs:
                    yield new, Tip(run, operation, binding)

    def _bindings(self, operation: Operation, situation: Situation) -> Iterator[Binding]:
        """All objects that there are, and one of each sort that is not; some of the flags."""
        objects = [p for p in operation.all_parameters if isinstance(p.type, Sort)]
        flags = [p for p in operation.all_parameters if not isinstance(p.type, Sort)]
        combinations = list(product(*(situation.state.objects(p.type) for p in flags)))
        for chosen in self._random.sample(combinations, min(_FLAGS, len(combinations))):
            for found in product(*(_among(p, operation, situation) for p in objects)):
                names = [p.name for p in (*flags, *objects)]
                yield dict(zip(names, (*chosen, *found), strict=True))


def _flags(operation: Operation) -> list[Variable]:
    return [p for p in operation.parameters if not isinstance(p.type, Sort)]


def _among(parameter: Variable, operation: Operation, situation: Situation) -> Sequence[Value]:
    asked = operation.role(parameter) is Role.CALLER
    values = situation.candidates(parameter.type) if asked else situation.state.objects(parameter.type)
    return list(dict.fromkeys(values))
