"""Whether a mutant differs from the specification at all: what its operation does in every state that is reachable.

Only one operation of a mutant is changed. If in every reachable state of the specification it is answered by the same
rules with the same states after, nothing else becomes reachable, and the two graphs are one: no property can tell them
apart in this scope. To find that out takes a fraction of an exploration.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from functools import cached_property
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from dockspec.model import Specification
from hullcheck.explore import ScopeError
from hullcheck.explore.emit import Atoms, Words
from hullcheck.explore.exploring import MOST_MEMORY, prepared
from hullcheck.explore.layout import Layout
from hullcheck.explore.program import Program
from hullcheck.explore.questions import Refused, Taken
from hullcheck.explore.scope import Scope, Selection, select
from hullcheck.explore.search import Search
from hullcheck.explore.symmetry import group_of, leaves_of

Behaviour: TypeAlias = Mapping[str, bytes]
"""What is asked -> a digest of who answers it in each reachable state, and of the states after."""


class Reachable:
    """The reachable states of a scope, and what an operation does in them.

    Args:
        spec: the specification.
        scope: the scope.

    Raises:
        ScopeError: when it cannot be explored.
    """

    def __init__(self, spec: Specification, scope: Scope) -> None:
        self._scope = scope
        self._selection = select(spec, scope)
        self._behaviours: dict[str, Behaviour] = {}
        self._numbers = {rule.id: number for number, rule in enumerate(spec.rules)}

    def is_same(self, changed: Specification, operation: str) -> bool:
        """Whether a specification in which nothing but this operation is changed has the same graph here.

        False also where that is not easily said: where other functions vary, or the operation is left out.
        """
        selection = select(changed, self._scope)
        if {f.name for f in selection.varying} != {f.name for f in self._selection.varying}:
            return False
        if operation not in self._behaviours:
            self._behaviours[operation] = self._behaviour(self._selection, operation)
        return self._behaviour(selection, operation) == self._behaviours[operation]

    @cached_property
    def _words(self) -> Words:
        """One word for all states that differ by a renaming only."""
        search = Search(*prepared(self._selection, symmetry=True, properties=()), MOST_MEMORY)
        search.run()
        if search.reason == "interrupted":
            raise KeyboardInterrupt
        if search.reason:
            raise ScopeError(f"scope {self._scope.name} was not seen whole: {search.reason}")
        return search.words

    @cached_property
    def _leaves(self) -> tuple[str, ...]:
        return tuple(leaf.sorts[0].name for leaf in leaves_of(self._selection, group_of(self._selection)))

    def _behaviour(self, selection: Selection, operation: str) -> Behaviour:
        """What an operation does in every reachable state, instance by instance."""
        words = self._words
        alone = tuple(o for o in selection.operations if o.id == operation)
        leaves = [sort for sort in selection.scope.sizes if sort.name in self._leaves]
        trimmed = replace(selection, operations=alone, varying=self._selection.varying, machines=(), properties=())
        program = Program(Layout(trimmed, leaves), lambda _: False)
        answers: dict[str, tuple[NDArray[np.int64], Words]] = {}

        def note(asked: object, rule: str, where: NDArray[np.bool_], after: Words) -> None:
            rules, states = answers.setdefault(repr(asked), (np.full(len(words), -1), words.copy()))
            rules[where] = self._numbers[rule]
            states[where] = after

        for questions in program.operations.values():
            for number, mask in questions.masks(Atoms(program.emitter, words), [True] * len(questions.meanings)):
                match questions.meanings[number]:
                    case Refused(instances=instances):
                        for instance in instances:
                            note(instance.binding, instance.rule.id, mask, words[mask])
                    case Taken() as taken:
                        here = Atoms(program.emitter, words[mask])
                        for (_, done), after in zip(taken.steps, taken.successors(here), strict=True):
                            for instance in done:
                                note(instance.binding, instance.rule.id, mask, after)
        return {asked: _digest(*arrays) for asked, arrays in answers.items() if (arrays[0] >= 0).any()}


def _digest(rules: NDArray[np.int64], states: Words) -> bytes:
    return hashlib.sha256(rules.tobytes() + states.tobytes()).digest()
