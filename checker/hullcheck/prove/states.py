"""The states of a proof: any state, the initial one, and the one after a rule has answered.

The state after a step is not a second set of functions with axioms that tie it to the first: it is read by putting the
rule's updates in place of what they change. What a rule does not name is then the same by construction.
"""

from __future__ import annotations

from collections.abc import Sequence

from dockspec.language import Function, Update
from dockspec.model import Rule
from hullcheck.prove.meaning import Binding, Reading, View, maps, meaning
from hullcheck.prove.universe import (
    FALSE,
    FiniteUniverse,
    Term,
    Universe,
    choice,
    conjunction,
    disjunction,
    equation,
    implication,
    is_false,
)


class _Closed:
    """Reading "one or more steps of the function lead from here to there" in a universe."""

    def __init__(self, universe: Universe, mark: str) -> None:
        self._universe = universe
        self._mark = mark
        self._paths: dict[tuple[str, int, int, int], Term] = {}

    def maps(self, function: Function, arguments: Sequence[Term], target: Term) -> Term:
        raise NotImplementedError

    def closure(self, function: Function) -> Term:
        """The relation that stands for the transitive closure, where there is any number of objects."""
        sort = function.domain[0]
        return self._universe.relation(f"{function.name}+{self._mark}", sort, sort)

    def reaches(self, function: Function, start: Term, end: Term) -> Term:
        """Any number of objects: a relation, of which ``closure.py`` says what is true. A few: every path."""
        if isinstance(self._universe, FiniteUniverse):
            sort = function.domain[0]
            return self._path(self._universe, function, start, end, len(self._universe.objects(sort)))
        return self.closure(function)(start, end)

    def _path(self, universe: FiniteUniverse, function: Function, start: Term, end: Term, length: int) -> Term:
        """A path of at most so many steps; among n objects a longer one than n repeats itself."""
        key = (function.name, start.get_id(), end.get_id(), length)
        if key not in self._paths:
            onward = [
                conjunction(
                    self.maps(function, [start], between), self._path(universe, function, between, end, length - 1)
                )
                for between in (universe.objects(function.domain[0]) if length > 1 else ())
            ]
            self._paths[key] = disjunction(self.maps(function, [start], end), *onward)
        return self._paths[key]


class AnyState(_Closed):
    """A state of which nothing is known: a z3 function for each function."""

    def __init__(self, universe: Universe) -> None:
        super().__init__(universe, "")

    def value(self, function: Function, arguments: Sequence[Term]) -> Term:
        """The value of a total function."""
        return self._universe.symbol(function)(*arguments)

    def maps(self, function: Function, arguments: Sequence[Term], target: Term) -> Term:
        """Whether a partial function is defined, and maps to the target."""
        return self._universe.symbol(function)(*arguments, target)

    def functional(self, functions: Sequence[Function]) -> list[Term]:
        """That the relations which stand for these partial functions have at most one value at each point."""
        return [self._single(function) for function in functions if function.partial]

    def _single(self, function: Function) -> Term:
        width = len(function.domain)

        def one_value(*values: Term) -> Term:
            place, (one, other) = values[:width], values[width:]
            both = conjunction(self.maps(function, place, one), self.maps(function, place, other))
            return implication(both, equation(one, other))

        return self._universe.every((*function.domain, function.type, function.type), one_value)


class InitialState(AnyState):
    """The state at the beginning; the constants of the world are open."""

    def value(self, function: Function, arguments: Sequence[Term]) -> Term:
        """The value of a total function."""
        initial = function.initial
        if function.rigid or initial is None or (isinstance(initial, int) and not isinstance(initial, bool)):
            return super().value(function, arguments)
        return self._universe.member(initial)

    def maps(self, function: Function, arguments: Sequence[Term], target: Term) -> Term:
        """Whether a partial function is defined, and maps to the target."""
        return super().maps(function, arguments, target) if function.rigid else FALSE

    def reaches(self, function: Function, start: Term, end: Term) -> Term:
        """Nothing leads anywhere, where the function is undefined everywhere."""
        return super().reaches(function, start, end) if function.rigid else FALSE


class AfterRule(_Closed):
    """The state after a rule has answered, read in terms of the state before.

    Args:
        universe: what quantifiers range over.
        before: the state before.
        rule: the rule.
        binding: what the operation's parameters stand for.
    """

    def __init__(self, universe: Universe, before: View, rule: Rule, binding: Binding) -> None:
        super().__init__(universe, "'")
        self._before = before
        self._reading = Reading(universe, before)
        self._binding = binding
        self._updates = {update.target.function.name: update for update in rule.updates}

    def value(self, function: Function, arguments: Sequence[Term]) -> Term:
        """The value of a total function."""
        old = self._before.value(function, arguments)
        update = self._updates.get(function.name)
        if update is None:
            return old
        here, binding = self._met(update, arguments)
        if is_false(here):
            return old
        return choice(here, meaning(update.value, self._reading, binding), old)

    def maps(self, function: Function, arguments: Sequence[Term], target: Term) -> Term:
        """Whether a partial function is defined, and maps to the target."""
        old = self._before.maps(function, arguments, target)
        update = self._updates.get(function.name)
        if update is None:
            return old
        here, binding = self._met(update, arguments)
        if is_false(here):
            return old
        return choice(here, maps(update.value, target, self._reading, binding), old)

    def reaches(self, function: Function, start: Term, end: Term) -> Term:
        """As before, where the rule leaves the function as it is."""
        if function.name in self._updates:
            return super().reaches(function, start, end)
        return self._before.reaches(function, start, end)

    def _met(self, update: Update, arguments: Sequence[Term]) -> tuple[Term, Binding]:
        """Where the update touches this point, and what its variables then stand for."""
        bound = {v.name for v in update.each}
        binding = dict(self._binding)
        conditions = []
        for argument, value in zip(update.target.arguments, arguments, strict=True):
            if argument.name in bound:
                bound.discard(argument.name)
                binding[argument.name] = value
            else:
                conditions.append(equation(binding[argument.name], value))
        place = conjunction(*conditions)
        if is_false(place):
            return place, binding
        return conjunction(place, meaning(update.where, self._reading, binding)), binding
