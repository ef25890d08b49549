"""What is checked of a step.

The properties of every state and of every step; that each status changes by a row of its machine; that some rule
answers; and that a caller who asks the very same again changes nothing more.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import ClassVar

from dockspec.evaluation import Binding, State, holds
from dockspec.language import Expr, walk
from dockspec.model import Actor, Always, Operation, Specification, Step
from hullcheck.machines import MachineRefusal, Machines
from hullcheck.steps import Taken, take


class Violation(AssertionError):
    """A step breaks a property; see ``violation`` for the class of each property.

    Attributes:
        property: its id.
        run: the steps of the run, the last of which breaks it.
        unanswered: what was asked last, where no rule answers it.
    """

    property: ClassVar[str] = ""
    run: tuple[Taken, ...] = ()
    unanswered: tuple[Operation, Binding] | None = None


@cache
def violation(identifier: str) -> type[Violation]:
    """A class of its own for each property, by which Hypothesis tells failures apart and shrinks each as it is."""
    return type("Violation", (Violation,), {"property": identifier, "__module__": __name__})


class Checks:
    """Checks one run after another, step by step.

    Args:
        specification: what is checked; of its properties those of every state and of every step, without those that its
            dialect declares to fail.
        world: the state in which every run begins.

    Attributes:
        checked: the ids of what is checked.
        without: ids of what is not to be checked any more.
    """

    def __init__(self, specification: Specification, world: State) -> None:
        self._machines = Machines(specification, world)
        self.without: frozenset[str] = frozenset()
        wanted = [p for p in specification.properties if p.holds_in(specification.dialect)]
        self._always = [(p, _reads(p.formula)) for p in wanted if isinstance(p, Always)]
        self._steps = {
            o.id: [p for p in wanted if isinstance(p, Step) and (o.id in p.of or not p.of)]
            for o in specification.operations
        }
        self.checked: frozenset[str] = frozenset(
            [p.id for p in wanted if isinstance(p, Always | Step)]
            + [f"machine.{m.name}.rows" for m in specification.machines]
            + [f"total.{o.id}" for o in specification.operations]
            + [f"again.{o.id}" for o in specification.operations if can_be_repeated(o)]
        )

    def begin(self, world: State) -> None:
        """A run begins."""
        self._machines.put(world)

    def check(self, taken: Taken) -> None:
        """Check a step.

        Raises:
            Violation: by the first property that it breaks.
        """
        for broken, text in self._broken(taken):
            if broken not in self.without:
                raise violation(broken)(text)

    def unanswered(self, operation: Operation, binding: Binding) -> None:
        """An operation was possible, and no rule answered.

        Raises:
            Violation: always, unless it is not to be checked.
        """
        broken = f"total.{operation.id}"
        if broken not in self.without:
            nobody = violation(broken)(f"{operation.id}: no rule answers with {binding}")
            nobody.unanswered = (operation, binding)
            raise nobody

    def _broken(self, taken: Taken) -> Iterator[tuple[str, str]]:
        try:
            self._machines.follow(taken)
        except MachineRefusal as refusal:
            self._machines.put(taken.after)
            yield f"machine.{refusal.machine}.rows", f"{taken}: {refusal}"
        for prop in self._steps[taken.operation.id]:
            if not holds(prop.formula, taken.before, taken.binding, after=taken.after, rule=taken.rule):
                yield prop.id, f"{taken}: {prop.says}"
        changed = _changed(taken)
        for claim, reads in self._always:
            if not reads.isdisjoint(changed) and not holds(claim.formula, taken.after, {}):
                yield claim.id, f"{taken}: {claim.says}"
        if changed and can_be_repeated(taken.operation):
            again = take(taken.operation, taken.binding, taken.after)
            if again and again.after != taken.after:
                yield (
                    f"again.{taken.operation.id}",
                    f"{taken}: asked again ({again.rule.id}), it changes something more",
                )


def can_be_repeated(operation: Operation) -> bool:
    """Whether a caller can ask the same again, about the same objects: it makes no new one."""
    made = {v.name for v in operation.fresh} & {"c", "i"}
    return operation.actor is Actor.USER and not made


def _changed(taken: Taken) -> frozenset[str]:
    """The functions that the step changes: a table that is still the same object has not changed."""
    before, after = taken.before.tables, taken.after.tables
    if before is after:
        return frozenset()
    return frozenset(name for name in before.keys() | after.keys() if before.get(name) is not after.get(name))


def _reads(formula: Expr) -> frozenset[str]:
    """The functions that a formula reads."""
    return frozenset(part.function.name for part in walk(formula) if hasattr(part, "function"))
