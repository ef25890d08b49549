"""The reachable states one by one, with every edge between them: for diagrams, and for walks over small scopes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from dockspec.evaluation import Binding, State
from dockspec.model import Specification
from hullcheck.explore.emit import Atoms
from hullcheck.explore.exploring import MOST_MEMORY, prepared
from hullcheck.explore.questions import Refused, Taken
from hullcheck.explore.results import ExplorerError
from hullcheck.explore.scope import Scope, select
from hullcheck.explore.search import CHUNK, Search
from hullcheck.explore.store import positions


@dataclass(frozen=True)
class Edge:
    """One answer to one operation in one state.

    Attributes:
        source: the number of the state before.
        operation: what was asked.
        binding: with which parameters.
        rule: the rule that answers.
        target: the number of the state after; the same where nothing changes.
    """

    source: int
    operation: str
    binding: Binding
    rule: str
    target: int


class Graph:
    """Every reachable state of a scope, numbered in breadth-first order; the initial one is number 0.

    Args:
        spec: the specification.
        scope: a scope of at most some hundred thousand states: symmetry is not used.
        memory: how many bytes the states may take.

    Raises:
        ScopeError: when the scope cannot be explored.
        ExplorerError: when it does not fit into the memory.
    """

    def __init__(self, spec: Specification, scope: Scope, *, memory: int = MOST_MEMORY) -> None:
        self._program, canonical = prepared(select(spec, scope), symmetry=False, properties=())
        search = Search(self._program, canonical, memory)
        search.run()
        if search.reason:
            raise ExplorerError(f"scope {scope.name} was not seen whole: {search.reason}")
        self.words = np.concatenate(search.levels)
        """The states, packed."""
        self.distances = np.repeat(np.arange(len(search.levels)), [len(level) for level in search.levels])
        """How many steps each is from the initial one."""

    def __len__(self) -> int:
        return len(self.words)

    def state(self, number: int) -> State:
        """The state with this number."""
        return self._program.layout.state(int(self.words[number]))

    def number(self, state: State) -> int:
        """The number of a state, as far as it varies in this scope; KeyError where it is not reachable."""
        known, at = positions(np.array([self._program.layout.word(state)], np.uint64), self._sorted)
        if not known[0]:
            raise KeyError(state)
        return int(self._order[at[0]])

    def edges(self, *, refusals: bool = False) -> Iterator[Edge]:
        """Every step, in the order of the states it leaves in some thousands; with ``refusals`` those too."""
        for start in range(0, len(self), CHUNK):
            atoms = Atoms(self._program.emitter, self.words[start : start + CHUNK])
            for questions in self._program.operations.values():
                for number, mask in questions.masks(atoms, [False] * len(questions.meanings)):
                    meaning = questions.meanings[number]
                    sources = np.flatnonzero(mask) + start
                    if isinstance(meaning, Taken):
                        yield from self._taken(meaning, sources)
                    elif isinstance(meaning, Refused) and refusals:
                        for instance in meaning.instances:
                            rule, operation = instance.rule.id, instance.operation.id
                            for source in sources.tolist():
                                yield Edge(source, operation, instance.binding, rule, source)

    def _taken(self, meaning: Taken, sources: np.ndarray[tuple[int], np.dtype[np.intp]]) -> Iterator[Edge]:
        before = Atoms(self._program.emitter, self.words[sources])
        for (_, instances), after in zip(meaning.steps, meaning.successors(before), strict=True):
            _, at = positions(after, self._sorted)
            targets = self._order[at].tolist()
            for instance in instances:
                for source, target in zip(sources.tolist(), targets, strict=True):
                    yield Edge(source, instance.operation.id, instance.binding, instance.rule.id, target)

    @cached_property
    def _order(self) -> np.ndarray[tuple[int], np.dtype[np.intp]]:
        return np.argsort(self.words)

    @cached_property
    def _sorted(self) -> np.ndarray[tuple[int], np.dtype[np.uint64]]:
        return self.words[self._order]


def edges(spec: Specification, scope: Scope, *, refusals: bool = False) -> Iterator[Edge]:
    """Every edge between the reachable states of a scope; see ``Graph``."""
    yield from Graph(spec, scope).edges(refusals=refusals)
