"""Whether two sequences of operations lead to the same states, from every reachable one.

Where an operation has more than one outcome, the sets of outcomes are compared. A new object takes the first slot in
which the operation is possible, in both sequences. A state in which a sequence is not possible (no slot is left, a
frozen function would change) is passed over; a claim that never applied is not decided.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from dockspec.evaluation import Binding, State, answering, evaluate, fire, holds
from dockspec.language import Literal, Value, Variable, expr, free_variables
from dockspec.model import Call, Operation, Same
from hullcheck.explore.emit import Atoms, Mask, Words
from hullcheck.explore.questions import Questions, Taken
from hullcheck.explore.results import ExplorerError
from hullcheck.explore.scope import ScopeError
from hullcheck.explore.search import CHUNK, Finding, Search
from hullcheck.explore.store import Positions


@dataclass(frozen=True)
class Difference:
    """A state and a binding for which the two sequences differ."""

    finding: Finding
    binding: Binding


class Comparison:
    """A claim that two sequences lead to the same, on the words of a search."""

    def __init__(self, search: Search, claim: Same) -> None:
        self._search = search
        self._program = search.program
        self._claim = claim
        self._instances: dict[tuple[object, ...], Questions] = {}
        ignored = {f.name for f in claim.up_to}
        self._compared = sum(f.mask for f in self._program.layout.fields if f.function.name not in ignored)
        self.applied = False
        """Whether there was a state in which both sequences are possible."""
        for call in (*claim.first, *claim.second):
            _refuse_incomplete(claim, call, self._operation(call))

    def difference(self) -> Difference | None:
        """The first state and binding that differ, in the order of the levels; None: there is none."""
        arguments = [expr(a) for c in (*self._claim.first, *self._claim.second) for a in c.arguments.values()]
        free: dict[str, Variable] = {}
        for term in (self._claim.when, *arguments):
            free |= free_variables(term)
        for level, words in enumerate(self._search.levels):
            for start in range(0, len(words), CHUNK):
                part = words[start : start + CHUNK]
                for binding in self._program.translator.bindings(tuple(free.values())):
                    found = self._differing(part, binding)
                    if found is not None:
                        return Difference(Finding(self._claim.id, level, found, None), binding)
        return None

    def explained(self, state: State, binding: Binding) -> str:
        """How the two sequences differ in a state, as the interpreter sees it.

        Raises:
            ExplorerError: when they do not.
        """
        first, second = (self._interpreted(calls, state, binding) for calls in (self._claim.first, self._claim.second))
        if set(first) == set(second) or not holds(self._claim.when, state, binding):
            raise ExplorerError(f"{self._claim.id}: the explorer sees a difference, the interpreter none")
        texts = []
        for mine, theirs in ((first, second), (second, first)):
            extra = [outcome for word, outcome in mine.items() if word not in theirs]
            other = next(iter(theirs.values()), None)
            texts.append(self._changes(extra[0], other) if extra else "nothing else")
        given = ", ".join(f"{name} = {_shown(value)}" for name, value in binding.items())
        return f"{f'with {given}: ' if given else ''}the first leads to {texts[0]}, the second to {texts[1]}"

    # --- compiled -----------------------------------------------------------------------------------------------

    def _operation(self, call: Call) -> Operation:
        return self._program.selection.spec.operation(call.operation)

    def _differing(self, words: Words, binding: Binding) -> int | None:
        """The first of some words for which the sequences differ under a binding."""
        where = self._program.translator.formula(self._claim.when, binding)
        words = words[self._program.emitter.mask(where, Atoms(self._program.emitter, words))]
        if not len(words):
            return None
        possible = np.ones(len(words), np.bool_)
        first = self._outcomes(self._claim.first, words, binding, possible)
        second = self._outcomes(self._claim.second, words, binding, possible)
        self.applied = self.applied or bool(possible.any())
        lonely = _lonely(first, second)
        lonely = lonely[possible[lonely]]
        return int(words[lonely[0]]) if len(lonely) else None

    def _outcomes(
        self, calls: Sequence[Call], words: Words, binding: Binding, possible: Mask
    ) -> tuple[Positions, Words]:
        """Every outcome: from which word, and what is compared of it. Where there is none, ``possible`` is cleared."""
        origins = np.arange(len(words))
        for call in calls:
            results = [(origins[:0], words[:0])]
            moved = np.zeros(len(words), np.bool_)
            for choice in self._ways(call, self._operation(call).choices):
                left = np.arange(len(words))
                for fresh in self._ways(call, self._operation(call).fresh):
                    if not len(left):
                        break
                    given = {**_arguments(call, binding), **choice, **fresh}
                    allowed = self._possible(self._operation(call), given, words[left])
                    here, left = left[allowed], left[~allowed]
                    after, answered = self._applied(self._operation(call), given, words[here])
                    moved[here] = True
                    possible[origins[here[~answered]]] = False
                    results.append((origins[here], after))
            possible[origins[~moved]] = False
            origins, words = np.concatenate([r[0] for r in results]), np.concatenate([r[1] for r in results])
        return origins, words & np.uint64(self._compared)

    def _ways(self, call: Call, variables: Sequence[Variable]) -> Sequence[Binding]:
        return self._program.translator.bindings(tuple(v for v in variables if v.name not in call.arguments))

    def _possible(self, operation: Operation, given: Binding, words: Words) -> Mask:
        node = self._program.translator.formula(operation.possible, given)
        return self._program.emitter.mask(node, Atoms(self._program.emitter, words))

    def _applied(self, operation: Operation, given: Binding, words: Words) -> tuple[Words, Mask]:
        """The words after an operation, and where a rule answered and nothing stood against it."""
        key = (operation.id, *sorted(given.items()))
        if key not in self._instances:
            self._instances[key] = self._program.single(operation, given)
        questions = self._instances[key]
        after, answered = words.copy(), np.zeros(len(words), np.bool_)
        atoms = Atoms(self._program.emitter, words)
        for number, mask in questions.masks(atoms, [False] * len(questions.meanings)):
            meaning = questions.meanings[number]
            answered |= mask
            if isinstance(meaning, Taken):
                for successors in meaning.successors(Atoms(self._program.emitter, words[mask])):
                    after[mask] = successors
        return after, answered

    # --- interpreted --------------------------------------------------------------------------------------------

    def _interpreted(self, calls: Sequence[Call], state: State, binding: Binding) -> Mapping[int, State]:
        """Every outcome, by what is compared of it, according to the interpreter."""
        outcomes = [state]
        for call in calls:
            outcomes = [after for before in outcomes for after in self._called(call, before, binding)]
        return {self._program.layout.word(outcome) & self._compared: outcome for outcome in outcomes}

    def _called(self, call: Call, state: State, binding: Binding) -> Iterator[State]:
        operation = self._operation(call)
        for choice in self._ways(call, operation.choices):
            for fresh in self._ways(call, operation.fresh):
                given = {**_arguments(call, binding), **choice, **fresh}
                rule = answering(operation, given, state)
                if rule is not None:
                    yield fire(rule, given, state)
                if holds(operation.possible, state, given):
                    break

    def _changes(self, outcome: State, other: State | None) -> str:
        fields = [f for f in self._program.layout.fields if f.mask & self._compared]
        return ", ".join(
            f"{f.function.name}{f.slots or ''} = {_shown(outcome.value(f.function, *f.slots))}"
            for f in fields
            if other is None or outcome.value(f.function, *f.slots) != other.value(f.function, *f.slots)
        )


def _lonely(
    first: tuple[Positions, Words],
    second: tuple[Positions, Words],
) -> Positions:
    """The origins, in order, of the outcomes that occur on one side only."""
    origins, words, sides = (
        np.concatenate([first[0], second[0]]),
        np.concatenate([first[1], second[1]]),
        np.concatenate([np.zeros(len(first[0]), np.bool_), np.ones(len(second[0]), np.bool_)]),
    )
    order = np.lexsort((sides, words, origins))
    origins, words, sides = origins[order], words[order], sides[order]
    starts = np.ones(len(origins), np.bool_)
    starts[1:] = (origins[1:] != origins[:-1]) | (words[1:] != words[:-1])
    begins = np.flatnonzero(starts)
    ends = np.append(begins[1:], len(origins)) - 1
    return origins[begins[sides[begins] == sides[ends]]] if len(begins) else origins


def _arguments(call: Call, binding: Binding) -> dict[str, Value]:
    return {name: evaluate(expr(term), _NOWHERE, binding) for name, term in call.arguments.items()}


_NOWHERE = State({})
"""Arguments are variables and constants: they are the same in every state."""


def _refuse_incomplete(claim: Same, call: Call, operation: Operation) -> None:
    missing = [p.name for p in operation.parameters if p.name not in call.arguments]
    if missing:
        raise ScopeError(f"property {claim.id}: {call.operation} is not told its {missing[0]}; name it in the call")
    for name, term in call.arguments.items():
        if name not in {p.name for p in operation.all_parameters}:
            raise ScopeError(f"property {claim.id}: {call.operation} takes no {name}")
        if not isinstance(expr(term), (Variable, Literal)):
            raise ScopeError(f"property {claim.id}: {call.operation} needs a variable or a constant as {name}")


def _shown(value: Value) -> str:
    return str(getattr(value, "value", value)).lower() if not isinstance(value, int) else str(value)
