"""Your own implementation beside the specification: the same is asked of both, and answers and states are compared.

    class EngineMachine(ImplementationMachine):
        world = world({CONTAINER: 2, NAME: 2, IMAGE: 1}).setting({(present, (0,)): True})
        only = {"restart_policy": [Policy.NO], "rm": [False], "command": [Process.ENDS_WELL], "i": [0]}

        def __init__(self):
            super().__init__()
            self.engine, self.ids = MyEngine(), {}

        def container_create(self, c, n, **_):
            status, self.ids[c] = self.engine.create(name=f"name{n}")
            return status

        def container_start(self, c):
            return self.engine.start(self.ids.get(c, "absent"))

        def container_state(self, c):
            return self.engine.status(self.ids.get(c))

    TestEngine = EngineMachine.TestCase

A method is called like an operation (`container.create`: ``container_create``), takes the operation's parameters by
name, objects as numbers, and returns what was answered: an HTTP status, a ``Reply``, or None where nobody asks.
Operations without a method are not asked. ``c`` and ``i`` of what is made are numbers that the specification allots:
remember under them what your implementation calls it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from dockspec.dialects import specification
from dockspec.evaluation import Binding, State
from dockspec.model import Answer, Machine, Operation, Specification
from hullcheck.machines import Reading
from hullcheck.sample.drawing import Data, draw_request
from hullcheck.sample.machine import LifecycleMachine, hypothesis_rule, method_name
from hullcheck.steps import Taken, completions, shown, take


class Disagreement(AssertionError):
    """The implementation and the specification differ; the text tells how, and by which steps."""


@dataclass(frozen=True)
class Reply:
    """What the implementation answered.

    Attributes:
        status: HTTP status.
        error_class: the class of the error, as in the specification (``NotRunning``); empty: not told.
    """

    status: int
    error_class: str = ""


class ImplementationMachine(LifecycleMachine):
    """A stateful test of an implementation; see the module for how to subclass it.

    After each step ``container_state(c)``, ``image_state(i)`` and ``host_state()`` are asked, those that there are:
    they return a state's word, the specification's or Docker's (``exited``), and ``removed`` for what is not there.

    Attributes:
        specification: the specification, in the dialect that is wanted.
        world: the state in which every run begins, and with it how many objects there can be.
        run: the steps so far.
    """

    specification: ClassVar[Specification] = specification()
    world: ClassVar[State]
    _readings: ClassVar[Mapping[str, Reading]]

    def __init_subclass__(cls, **kwargs: Any) -> None:  # noqa: ANN401  # Python's
        super().__init_subclass__(**kwargs)
        cls._readings = {machine.name: Reading.of(machine) for machine in cls.specification.machines}
        for operation in cls.specification.operations:
            name = method_name(operation)
            if hasattr(cls, name):
                setattr(cls, f"ask_{name}", hypothesis_rule(f"ask_{name}", [operation]))

    def __init__(self) -> None:
        super().__init__()
        self.run: list[str] = []
        self._states = [self.world]
        self.enter(self.world)

    def ask(self, operation: Operation, data: Data) -> None:
        """Ask both, and compare.

        Raises:
            Disagreement: when no behaviour of the specification agrees with what was answered, or is seen now.
        """
        given = draw_request(data, operation, self.situation)
        first = next(completions(operation, given, self.situation.state))
        given = {name: value for name, value in first.items() if name not in {p.name for p in operation.choices}}
        self.run.append(f"{operation.id}({', '.join(f'{name}={shown(value)}' for name, value in given.items())})")
        reply = getattr(self, method_name(operation))(**given)
        reply = Reply(reply) if isinstance(reply, int) else reply
        allowed = [taken for state in self._states for taken in _behaviours(operation, given, state)]
        agreeing = [taken for taken in allowed if reply is None or _answers(reply, taken.rule.answer)]
        if not agreeing:
            raise self._disagreement(f"it answers {_listed({_told(t) for t in allowed})}; the implementation {reply}")
        seen = list(self._seen(agreeing[0].after))
        self._states = _distinct(t.after for t in agreeing if next(self._differences(t.after, seen), None) is None)
        if not self._states:
            raise self._disagreement(_listed(self._differences(agreeing[0].after, seen)))
        self.enter(self._states[0])

    def _seen(self, state: State) -> Iterator[tuple[Machine, tuple[int, ...], str]]:
        """What the implementation shows of each object."""
        for machine in self.specification.machines:
            look = getattr(self, f"{machine.name}_state", None)
            for slots in self._readings[machine.name].places(state) if look else ():
                word = look(*slots) if look else None
                if word is not None:
                    yield machine, slots, word

    def _differences(self, state: State, seen: list[tuple[Machine, tuple[int, ...], str]]) -> Iterator[str]:
        for machine, slots, word in seen:
            status = self._readings[machine.name].status(slots, state)
            known = next(s for s in machine.states if s.value is status)
            if word not in {known.value.value, known.docker}:
                which = " ".join([machine.name, *map(str, slots)])
                yield f"{which} is {known.docker or known.value.value}; in the implementation {word}"

    def _disagreement(self, how: str) -> Disagreement:
        steps = "".join(f"\n    {step}" for step in self.run)
        return Disagreement(f"after{steps}\nby the specification {how}")


def _behaviours(operation: Operation, given: Binding, state: State) -> Iterator[Taken]:
    """What the specification may do: one step for each outcome that it leaves open."""
    for binding in completions(operation, given, state):
        taken = take(operation, binding, state)
        if taken:
            yield taken


def _distinct(states: Iterable[State]) -> list[State]:
    found: list[State] = []
    for state in states:
        if state not in found:
            found.append(state)
    return found


def _answers(reply: Reply, answer: Answer) -> bool:
    return reply.status == answer.status and reply.error_class in {"", answer.error_class}


def _told(taken: Taken) -> str:
    answer = taken.rule.answer
    return f"{answer.status} {answer.error_class}".strip() + f" ({taken.rule.id})"


def _listed(parts: set[str] | Iterator[str]) -> str:
    return " or ".join(sorted(parts))
