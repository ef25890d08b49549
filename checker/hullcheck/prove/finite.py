"""A question to z3 about a few objects, and the one small answer to it.

Nothing here is read off a model with quantifiers in it: in a finite universe every question is decided, and a state is
found by asking, place by place, whether it may look as it did at the beginning.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from enum import Enum
from itertools import product

import z3

from dockspec.evaluation import State
from dockspec.language import Function, Sort, Type, Value, Variable
from dockspec.model import values_of
from hullcheck.prove.meaning import Binding, Reading, View
from hullcheck.prove.states import AnyState
from hullcheck.prove.universe import FiniteUniverse, Term, equation, negation


class Question:
    """Whether there is a state, and values of some parameters, of which formulas hold.

    Args:
        sizes: how many objects there are of each sort.
        functions: what the state consists of.
        parameters: the parameters.
    """

    def __init__(
        self, sizes: Mapping[Sort, int], functions: Sequence[Function], parameters: Sequence[Variable] = ()
    ) -> None:
        self.universe = FiniteUniverse(sizes)
        self.state = AnyState(self.universe)
        self.binding: Binding = {v.name: self.universe.constant(v) for v in parameters}
        self.reading = Reading(self.universe, self.state)
        self._functions = functions
        self._parameters = parameters
        self._solver = z3.Solver()
        self._solver.add(*self.state.functional(functions))

    def add(self, *formulas: Term) -> None:
        """Ask for these to hold, too."""
        self._solver.add(*formulas)

    def has_answer(self, *formulas: Term) -> bool:
        """Whether there is such a state, of which these formulas hold besides.

        Raises:
            TimeoutError: when z3 does not decide it.
        """
        answer = self._solver.check(*formulas)
        if answer == z3.unknown:
            raise TimeoutError(self._solver.reason_unknown())
        return bool(answer == z3.sat)

    def pin(self, state: State, binding: Mapping[str, Value]) -> None:
        """Ask about this one state, and these values of the parameters."""
        for function in self._functions:
            for slots in self._places(function):
                self.add(self._is(function, slots, state.value(function, *slots)))
        for parameter in self._parameters:
            self.add(equation(self.binding[parameter.name], self._named(parameter, binding[parameter.name])))

    def smallest(self) -> tuple[State, dict[str, Value]]:
        """A state and parameters, as near as can be to the beginning; only to be asked where there is an answer."""
        binding = {v.name: self._settled(v) for v in self._parameters}
        for function in self._functions:  # all at once where that is possible: most of them do not matter
            initial = [self._is(function, slots, function.initial) for slots in self._places(function)]
            if self.has_answer(*initial):
                self.add(*initial)
        places = [(function, slots) for function in self._functions for slots in self._places(function)]
        changes = {(function, slots): self._value(function, slots) for function, slots in places}
        return State(dict(self.universe.sizes)).setting(changes), binding

    def _settled(self, parameter: Variable) -> Value:
        return next(
            v
            for v in self._all(parameter.type)
            if self._holds(equation(self.binding[parameter.name], self._named(parameter, v)))
        )

    def _value(self, function: Function, slots: tuple[int, ...]) -> Value:
        """The value at a place: the initial one where that may be, else the first that may be."""
        return next(
            v for v in (function.initial, *self._all(function.type)) if self._holds(self._is(function, slots, v))
        )

    def _all(self, kind: Type) -> Sequence[Value]:
        """Every value of a type: the slots of a sort, the members of an enumeration."""
        return range(self.universe.sizes[kind]) if isinstance(kind, Sort) else values_of(kind)

    def _holds(self, formula: Term) -> bool:
        """Whether it may hold; then it does from now on."""
        if not self.has_answer(formula):
            return False
        self.add(formula)
        return True

    def _is(self, function: Function, slots: tuple[int, ...], value: Value) -> Term:
        """That a function has a value at a place."""
        return value_is(self.universe, self.state, function, slots, value)

    def _named(self, parameter: Variable, value: Value) -> Term:
        return named(self.universe, parameter.type, value)

    def _places(self, function: Function) -> Iterator[tuple[int, ...]]:
        return product(*(range(self.universe.sizes[sort]) for sort in function.domain))


def named(universe: FiniteUniverse, kind: Type, value: Value) -> Term:
    """A concrete value as a z3 term: a slot, where the type is a sort."""
    if isinstance(kind, Sort) and isinstance(value, int):
        return universe.objects(kind)[value]
    if isinstance(value, (Enum, bool)):
        return universe.member(value)
    raise TypeError(f"{value!r} is no value of {kind}")


def value_is(universe: FiniteUniverse, view: View, function: Function, slots: tuple[int, ...], value: Value) -> Term:
    """That a function has a value (or, None, is undefined) at a place, in a state."""
    place = [universe.objects(sort)[slot] for sort, slot in zip(function.domain, slots, strict=True)]
    if value is None:
        return universe.every((function.type,), lambda target: negation(view.maps(function, place, target)))
    term = named(universe, function.type, value)
    return view.maps(function, place, term) if function.partial else equation(view.value(function, place), term)
