"""Breadth first, a whole level at a time: every reachable word, and what was found on the way."""

from __future__ import annotations

import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum
from itertools import pairwise
from typing import TypeAlias

import numpy as np

from hullcheck.explore.canonical import Canonical
from hullcheck.explore.claims import total_id
from hullcheck.explore.emit import Atoms, Mask, Words
from hullcheck.explore.program import Program
from hullcheck.explore.questions import (
    Blocked,
    Broken,
    Instance,
    Meaning,
    Questions,
    Refused,
    RowSeen,
    StatusSeen,
    Taken,
    Unanswered,
    Violated,
    Witnessed,
)
from hullcheck.explore.results import Progress, RuleCount
from hullcheck.explore.store import Store, distinct

CHUNK = 16_384
"""States at a time: large enough that NumPy's overhead vanishes, small enough for the processor's cache."""
_BUFFER = 1 << 18
"""Successors that are gathered before repeats are dropped."""

Subject: TypeAlias = Instance | Unanswered | None
"""Which step a finding is about; None: it is about the state."""


@dataclass(frozen=True)
class Finding:
    """The first violation or witness of a property.

    Attributes:
        property: its id.
        level: how many steps from the initial state.
        word: the representative of the state.
        subject: what happens there, if it is about a step.
    """

    property: str
    level: int
    word: int
    subject: Subject


@dataclass(frozen=True)
class Chunk:
    """Some representatives of one level.

    Attributes:
        words: the words.
        orbits: (start, stop, how many states each word stands for): they are in the order of that number.
    """

    words: Words
    orbits: tuple[tuple[int, int, int], ...]

    def weight(self, mask: Mask) -> int:
        """How many states a mask selects."""
        return sum(size * int(np.count_nonzero(mask[start:stop])) for start, stop, size in self.orbits)


class Search:
    """The exploration of one program.

    Args:
        program: the compiled scope.
        canonical: finds representatives.
        memory: how many bytes the visited words may take.
        progress: is told after each level.
    """

    def __init__(
        self,
        program: Program,
        canonical: Canonical,
        memory: int,
        progress: Callable[[Progress], None] | None = None,
    ) -> None:
        self.program = program
        self.canonical = canonical
        self.levels: list[Words] = []
        """The representatives first reached in 0, 1, 2, ... steps, sorted."""
        self.sizes: list[int] = []
        """How many states those stand for."""
        self.transitions = 0
        self.refusals = 0
        self.rules: dict[str, RuleCount] = {}
        self.blocked: set[str] = set()
        self.statuses: defaultdict[str, set[Enum]] = defaultdict(set)
        self.rows: set[RowSeen] = set()
        self.findings: dict[str, Finding] = {}
        self.reason = "not begun"
        """Why the search is incomplete; empty when it is complete."""
        self._memory = memory
        self._progress = progress
        self._visited = Store()
        self._began = time.perf_counter()
        self._wanted: dict[int, list[bool]] = {}
        self._asking: defaultdict[object, list[tuple[Questions, int]]] = defaultdict(list)
        for questions in (program.states, *program.operations.values(), *program.rows.values()):
            self._wanted[id(questions)] = [True] * len(questions.meanings)
            for number, meaning in enumerate(questions.meanings):
                for topic in _topics(meaning):
                    self._asking[topic].append((questions, number))

    @property
    def bytes(self) -> int:
        """The memory that the visited words take."""
        return self._visited.bytes + sum(level.nbytes for level in self.levels)

    @property
    def words(self) -> Words:
        """Every representative that was visited, sorted."""
        return self._visited.all()

    def run(self) -> None:
        """Visit every reachable word, or as many as there is memory for; Ctrl-C ends it early, and nothing is lost."""
        layout = self.program.layout
        frontier = self.canonical.representatives(np.array([layout.word(layout.initial)], np.uint64))
        self.reason = ""
        try:
            while len(frontier) and not self.reason:
                frontier = self._level(frontier)
        except KeyboardInterrupt:
            self.reason = "interrupted"

    # --- levels -------------------------------------------------------------------------------------------------

    def _level(self, frontier: Words) -> Words:
        """Visit one level, and return the next."""
        orbits = self.canonical.orbits(frontier)
        self.levels.append(frontier)
        self.sizes.append(int(orbits.sum()))
        self._visited.add(frontier)
        fresh = Store()
        gathered: list[Words] = []
        for chunk in _chunks(frontier, orbits):
            gathered += self._visit(chunk)
            if sum(map(len, gathered)) > _BUFFER:
                self._sift(gathered, fresh)
                gathered = []
                if self.bytes + 2 * fresh.bytes > self._memory:
                    self.reason = f"out of memory: {len(self.levels) - 1} levels are complete"
                    break
        self._sift(gathered, fresh)
        following = fresh.all()
        if len(following) and self.bytes + 3 * following.nbytes > self._memory and not self.reason:
            self.reason = f"out of memory: {len(self.levels)} levels are complete"
        if self._progress is not None:
            states, seconds = sum(self.sizes), time.perf_counter() - self._began
            level, known = len(self.levels) - 1, len(self._visited)
            self._progress(Progress(level, len(following), states, known, self.transitions, seconds))
        return following

    def _sift(self, gathered: list[Words], fresh: Store) -> None:
        """Add to the next level what of some successors was never seen."""
        if gathered:
            words = distinct(self.canonical.representatives(distinct(np.concatenate(gathered))))
            fresh.add(fresh.without(self._visited.without(words)))

    # --- chunks -------------------------------------------------------------------------------------------------

    def _visit(self, chunk: Chunk) -> list[Words]:
        """Ask everything of some words, and return their successors."""
        atoms = Atoms(self.program.emitter, chunk.words)
        taken: Counter[str] = Counter()
        refused: Counter[str] = Counter()
        successors: list[Words] = []
        self._ask(self.program.states, atoms)
        for operation, questions in self.program.operations.items():
            moved = False
            for meaning, mask in self._answers(questions, atoms):
                match meaning:
                    case Taken():
                        moved = True
                        _count(taken, meaning, chunk.weight(mask))
                        successors += self._successors(meaning, chunk.words, mask)
                    case Refused():
                        _count(refused, meaning, chunk.weight(mask))
                    case _:
                        self._note(meaning, mask, atoms)
            if moved and any(self._wanted[id(self.program.rows[operation])]):
                self._ask(self.program.rows[operation], atoms)
        level = len(self.levels) - 1
        for rule, count in (taken + refused).items():
            known = self.rules.get(rule, RuleCount(0, level))
            self.rules[rule] = RuleCount(known.count + count, known.level)
        self.transitions += taken.total()
        self.refusals += refused.total()
        return successors

    def _successors(self, meaning: Taken, words: Words, mask: Mask) -> Iterator[Words]:
        if meaning.changes:
            here = Atoms(self.program.emitter, words[mask])
            for (writes, _), after in zip(meaning.steps, meaning.successors(here), strict=True):
                if writes:
                    yield after

    def _ask(self, questions: Questions, atoms: Atoms) -> None:
        """Keep what some questions find, none of which is about a step that is taken."""
        for meaning, mask in self._answers(questions, atoms):
            self._note(meaning, mask, atoms)

    def _answers(self, questions: Questions, atoms: Atoms) -> Iterator[tuple[Meaning, Mask]]:
        for number, mask in questions.masks(atoms, self._wanted[id(questions)]):
            if mask.any():
                yield questions.meanings[number], mask

    def _note(self, meaning: Meaning, mask: Mask, atoms: Atoms) -> None:
        """Keep what is only wanted once."""
        match meaning:
            case Violated(property=identifier) | Witnessed(property=identifier):
                self._find(identifier, mask, atoms, None)
            case Unanswered(operation=operation):
                self._find(total_id(operation), mask, atoms, meaning)
            case Broken(instance=instance, claims=claims):
                for identifier, fails in claims:
                    if identifier not in self.findings:
                        self._find(identifier, self.program.emitter.mask(fails, atoms), atoms, instance)
            case StatusSeen(machine=machine, status=status):
                self.statuses[machine].add(status)
                self._close(meaning)
            case RowSeen():
                self.rows.add(meaning)
                self._close(meaning)
            case Blocked(rule=rule):
                self.blocked.add(rule.id)
                self._close(rule.id)

    def _find(self, identifier: str, mask: Mask, atoms: Atoms, subject: Subject) -> None:
        if identifier not in self.findings and mask.any():
            word = int(atoms.words[int(mask.argmax())])
            self.findings[identifier] = Finding(identifier, len(self.levels) - 1, word, subject)
            self._close(identifier)

    def _close(self, topic: object) -> None:
        """Ask no more about a topic."""
        for questions, number in self._asking.pop(topic, ()):
            meaning = questions.meanings[number]
            open_ = isinstance(meaning, Broken) and any(c not in self.findings for c, _ in meaning.claims)
            self._wanted[id(questions)][number] = open_


def _count(counts: Counter[str], meaning: Taken | Refused, weight: int) -> None:
    for rule, instances in meaning.counts:
        counts[rule] += weight * instances


def _topics(meaning: Meaning) -> tuple[object, ...]:
    """What a question is about; when all of it is known, it is asked no more."""
    match meaning:
        case Violated(property=identifier) | Witnessed(property=identifier):
            return (identifier,)
        case Unanswered(operation=operation):
            return (total_id(operation),)
        case Broken(claims=claims):
            return tuple(identifier for identifier, _ in claims)
        case Blocked(rule=rule):
            return (rule.id,)
        case StatusSeen() | RowSeen():
            return (meaning,)
        case _:
            return ()


def _chunks(words: Words, orbits: Words) -> Iterator[Chunk]:
    """The words in the order of their orbits' sizes, some at a time."""
    order = np.argsort(orbits, kind="stable")
    for start in range(0, len(words), CHUNK):
        part = order[start : start + CHUNK]
        sizes = orbits[part]
        cuts = [0, *(np.flatnonzero(sizes[1:] != sizes[:-1]) + 1).tolist(), len(part)]
        bounds = tuple((a, b, int(sizes[a])) for a, b in pairwise(cuts))
        yield Chunk(words[part], bounds)
