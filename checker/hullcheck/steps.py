"""Steps of the specification on concrete states: what can be asked, who answers, what comes of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import product

from dockspec.evaluation import Binding, Happening, State, answering, emitted, fire, holds
from dockspec.language import TRUE, Value, Variable, free_variables
from dockspec.model import Operation, Rule


@dataclass(frozen=True, eq=False)
class Taken:
    """A step that was taken.

    Attributes:
        operation: what was asked, or what the world did.
        binding: its parameters, all of them.
        rule: the rule that answered.
        before: the state before.
        after: the state after.
    """

    operation: Operation
    binding: Binding
    rule: Rule
    before: State
    after: State

    @cached_property
    def events(self) -> tuple[Happening, ...]:
        """What the step shows in ``docker events``."""
        return emitted(self.rule, self.binding, self.before)

    def __str__(self) -> str:
        arguments = ", ".join(f"{name}={shown(value)}" for name, value in self.binding.items())
        return f"{self.operation.id}({arguments}): {self.rule.id}"


def shown(value: Value) -> str:
    """A value as it is printed: a member by its text, a slot by its number."""
    return str(getattr(value, "value", value))


def take(operation: Operation, binding: Binding, state: State) -> Taken | None:
    """The step, with every parameter given; None where it is not possible, or no rule answers."""
    rule = answering(operation, binding, state)
    return Taken(operation, binding, rule, state, fire(rule, binding, state)) if rule else None


def completions(operation: Operation, given: Binding, state: State) -> Iterator[Binding]:
    """Every way to complete what the caller gives, where the operation is possible.

    What the engine allots is the first unused slot; what it, or the world, chooses is open, and each choice is tried.

    Raises:
        KeyError: when the caller leaves out a parameter of its own.
    """
    for parameter in operation.parameters:
        if parameter.name not in given:
            raise KeyError(f"{operation.id} is asked without {parameter.name}")
    fresh = [p for p in operation.fresh if p.name not in given]
    choices = [p for p in operation.choices if p.name not in given]
    for chosen in _values(choices, state):
        for allotted in _values(fresh, state):
            binding = {**given, **allotted, **chosen}
            if holds(operation.possible, state, binding):
                yield binding
                break


def openings(operation: Operation, state: State) -> list[Binding]:
    """What a caller can give so that the operation is possible: values of those parameters that decide it."""
    if operation.possible is TRUE and not operation.fresh:
        return [{}] if all(state.objects(p.type) for p in operation.parameters) else []
    decisive = free_variables(operation.possible)
    deciding = [p for p in operation.parameters if p.name in decisive]
    others = {p.name: v for p in operation.parameters if p.name not in decisive for v in state.objects(p.type)[:1]}
    if len(others) + len(deciding) < len(operation.parameters):
        return []  # of some sort there is no object at all
    return [
        values
        for values in _values(deciding, state)
        if next(completions(operation, {**others, **values}, state), None) is not None
    ]


def _values(parameters: Sequence[Variable], state: State) -> Iterator[Binding]:
    names = [p.name for p in parameters]
    for values in product(*(state.objects(p.type) for p in parameters)):
        yield dict(zip(names, values, strict=True))


def is_meant(identifier: str, patterns: Iterable[str]) -> bool:
    """Whether an id is one of some ids, or begins with one of some prefixes: those that end with a dot."""
    return any(identifier == p or (p.endswith(".") and identifier.startswith(p)) for p in patterns)
