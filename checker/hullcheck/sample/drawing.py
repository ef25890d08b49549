"""What is asked next: an operation that is possible, with parameters drawn from what there is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Protocol, TypeVar

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from dockspec.evaluation import Binding, State
from dockspec.language import Function, Sort, Type, Value, Variable
from dockspec.model import Operation
from hullcheck.steps import completions, openings

_T = TypeVar("_T")
_KNOWN, _UNKNOWN = 4, 1
"""How often an object that there is is drawn, and how often the first one that there is not."""


class Data(Protocol):
    """What Hypothesis hands to a rule that draws more."""

    def draw(self, strategy: SearchStrategy[_T]) -> _T:
        """A value."""


class Situation:
    """A state, and what can be asked in it; worked out when it is needed, and once.

    Args:
        state: the state.
        functions: those that make an object known: where one of them is not as at the beginning.
        only: parameter -> the values that are drawn for it, where not all are wanted.
    """

    def __init__(
        self, state: State, functions: Iterable[Function], only: Mapping[str, Sequence[Value]] | None = None
    ) -> None:
        self.state = state
        self._only = only or {}
        self._functions = tuple(functions)
        self._openings: dict[str, list[Binding]] = {}
        self._candidates: dict[str, Sequence[Value]] = {}

    def openings(self, operation: Operation) -> list[Binding]:
        """What a caller can give so that the operation is possible, of those parameters that decide it."""
        if operation.id not in self._openings:
            self._openings[operation.id] = openings(operation, self.state)
        return self._openings[operation.id]

    def wanted(self, parameter: Variable) -> Sequence[Value]:
        """What is drawn for a parameter."""
        return self._only.get(parameter.name) or self.candidates(parameter.type)

    def candidates(self, kind: Type) -> Sequence[Value]:
        """What is drawn from: every value, but of a sort the known objects and the first that is not."""
        if not isinstance(kind, Sort):
            return self.state.objects(kind)
        if kind.name not in self._candidates:
            known = self._known(kind)
            unknown = [slot for slot in self.state.objects(kind) if slot not in known][:1]
            self._candidates[kind.name] = [*sorted(known) * _KNOWN, *unknown * _UNKNOWN]
        return self._candidates[kind.name]

    def _known(self, sort: Sort) -> set[int]:
        found: set[int] = set()
        for function in self._functions:
            table = self.state.tables.get(function.name, {})
            places = [n for n, domain in enumerate(function.domain) if domain is sort]
            found |= {slots[n] for slots in table for n in places}
            if function.type is sort:
                found |= {value for value in table.values() if isinstance(value, int)}
        return found


def draw_request(data: Data, operation: Operation, situation: Situation) -> Binding:
    """What a caller gives: first what makes the operation possible, then the rest."""
    given = dict(pick(data, _likely(situation, situation.openings(operation), operation)))
    for parameter in operation.parameters:
        if parameter.name not in given:
            given[parameter.name] = pick(data, situation.wanted(parameter))
    return given


def draw_binding(data: Data, operation: Operation, situation: Situation) -> Binding:
    """Every parameter: what a caller gives, what the engine allots, and what is open."""
    return pick(data, list(completions(operation, draw_request(data, operation, situation), situation.state)))


def pick(data: Data, values: Sequence[_T]) -> _T:
    """One of some values; the first is the simplest."""
    return values[data.draw(_index(len(values)))] if len(values) > 1 else values[0]


@cache
def _index(count: int) -> SearchStrategy[int]:
    return st.integers(0, count - 1)


def _likely(situation: Situation, possible: list[Binding], operation: Operation) -> list[Binding]:
    """Those of the possible bindings whose objects are candidates, if there are any."""
    wanted = {p.name: situation.wanted(p) for p in operation.parameters}
    return [b for b in possible if all(value in wanted[name] for name, value in b.items())] or possible
