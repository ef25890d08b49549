"""The specification as a stateful Hypothesis test: each operation is a rule, every step is checked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from dockspec.evaluation import Binding, State
from dockspec.language import Value
from dockspec.model import Actor, Operation, Specification
from hullcheck.sample.checking import Checks, Violation
from hullcheck.sample.drawing import Data, Situation, draw_binding, pick
from hullcheck.sample.steering import Tally, Tip
from hullcheck.steps import Taken, take


class LifecycleMachine(RuleBasedStateMachine):
    """A machine whose rules are operations; a subclass says what comes of one that was drawn.

    Attributes:
        specification: whose operations they are.
        only: parameter -> the values that are drawn for it, where not all are wanted.
        situation: the state, and what can be asked in it.
    """

    specification: ClassVar[Specification]
    only: ClassVar[Mapping[str, Sequence[Value]]] = {}
    situation: Situation

    def ask(self, operation: Operation, data: Data) -> None:
        """An operation was drawn."""
        raise NotImplementedError

    def enter(self, state: State) -> None:
        """The state is another one from now on."""
        self.situation = Situation(state, self.specification.functions, self.only)


def hypothesis_rule(name: str, operations: Sequence[Operation]) -> Any:  # noqa: ANN401  # what Hypothesis makes of a method
    """The rule that asks one of some operations, wherever one is possible; the more rules it has, the more often."""

    def asked(machine: LifecycleMachine, data: Data) -> None:
        possible = [o for o in operations if machine.situation.openings(o)]
        machine.ask(pick(data, [o for o in possible for _ in o.rules]), data)

    def is_possible(machine: LifecycleMachine) -> bool:
        return any(machine.situation.openings(o) for o in operations)

    asked.__name__ = asked.__qualname__ = name
    return precondition(is_possible)(rule(data=st.data())(asked))


def method_name(operation: Operation) -> str:
    """The operation's id as a Python name: ``container_create``."""
    return operation.id.replace(".", "_").replace("-", "_")


def group(operation: Operation) -> str:
    """Operations of one kind make one rule: Hypothesis leaves kinds out of a run, and so gets far with the others."""
    if not any(rule.updates for rule in operation.rules):
        return "read"
    if operation.actor is not Actor.USER:
        return str(operation.actor.value)
    return operation.id.partition(".")[0].replace("exec", "container")


@dataclass(frozen=True)
class Round:
    """What the runs of one round have in common: fixed before it begins, so that a run depends only on what is drawn.

    Attributes:
        specification: what is run.
        world: where a run begins.
        checks: what is checked of each step.
        tips: a run goes on from one of these, if there are any.
    """

    specification: Specification
    world: State
    checks: Checks
    tips: Sequence[Tip]


class SpecificationMachine(LifecycleMachine):
    """Runs of the specification by itself. Made by ``specification_machine``, which gives it its rules."""

    this_round: ClassVar[Round]
    tally: ClassVar[Tally]

    def __init__(self) -> None:
        super().__init__()
        self.run: list[Taken] = []
        self.tally.examples += 1
        self._begin((), self.this_round.world)

    def go_on(self, data: Data) -> None:
        """Begin where an earlier round has come to, and do something new."""
        run, operation, binding = pick(data, self.this_round.tips)
        self._begin(run, run[-1].after if run else self.this_round.world)
        self._step(operation, binding)

    def _begin(self, run: Sequence[Taken], state: State) -> None:
        self.run = list(run)
        self.enter(state)
        self.this_round.checks.begin(state)

    def ask(self, operation: Operation, data: Data) -> None:
        """Ask it, with parameters that are drawn."""
        self._step(operation, draw_binding(data, operation, self.situation))

    def _step(self, operation: Operation, binding: Binding) -> None:
        taken = take(operation, binding, self.situation.state)
        try:
            if taken is None:
                self.this_round.checks.unanswered(operation, binding)
                return
            self.run.append(taken)
            self.tally.add(self.run)
            self.this_round.checks.check(taken)
        except Violation as broken:
            broken.run = tuple(self.run)
            raise
        if taken.after is not taken.before:
            self.enter(taken.after)


def specification_machine(this_round: Round, tally: Tally) -> type[SpecificationMachine]:
    """A class of machines for one round; what happens is counted in the tally."""
    groups = groupby(sorted(this_round.specification.operations, key=group), group)
    rules = {f"ask_{name}": hypothesis_rule(name, list(operations)) for name, operations in groups}
    if this_round.tips:
        rules["go_on"] = initialize(data=st.data())(SpecificationMachine.go_on)
    given = {"specification": this_round.specification, "this_round": this_round, "tally": tally}
    return type("Run", (SpecificationMachine,), {**rules, **given})
