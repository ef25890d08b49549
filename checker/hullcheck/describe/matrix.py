"""Operation × state: what each operation answers in each state of an object, as the interpreter says it.

The states are reached by operations, in a small world: containers and images to ask about, and what stands beside them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from itertools import product

from dockspec.container import CONTAINER, NAME, Policy, Process
from dockspec.evaluation import Binding, State, evaluate
from dockspec.host import PORT
from dockspec.image import ARCHIVE, IMAGE
from dockspec.language import Expr, Sort, Value, Variable
from dockspec.model import Machine, Operation, Specification
from dockspec.operations.processes import Ending
from hullcheck.steps import completions, take
from hullcheck.worlds import world


@dataclass(frozen=True)
class Answered:
    """What an operation comes to in a state.

    Attributes:
        rule: the rule that answers.
        status: HTTP status; 0 where nobody asked.
        kind: accepted, unchanged, refused, failed.
        after: the object's state afterwards; empty where it is the same.
        blocks: whether the answer's end comes only later.
    """

    rule: str
    status: int
    kind: str
    after: str = ""
    blocks: bool = False


@dataclass(frozen=True)
class Line:
    """An operation, in one of the ways to ask it, over the states of a machine.

    Attributes:
        operation: its id.
        variant: what was asked with; empty where it makes no difference.
        cells: state -> what it comes to; several where the outcome is open, none where it is not possible.
    """

    operation: str
    variant: tuple[tuple[str, Value], ...]
    cells: Mapping[str, tuple[Answered, ...]]


def matrix(spec: Specification, machine: Machine) -> list[Line]:
    """The matrix of a machine: a line for each operation about its objects, or more where the way to ask counts."""
    states = _STATES[machine.name](spec)
    lines: list[Line] = []
    for operation in spec.operations:
        if _is_about(operation, machine):
            lines += _lines(operation, machine, states)
    return [line for line in lines if any(line.cells.values())]


def _is_about(operation: Operation, machine: Machine) -> bool:
    """Whether the operation is asked of one of the machine's objects, or of all of them at once."""
    if machine.sort is None:
        return operation.id.startswith("firewall.")
    if operation.id in {"container.create", *_ALL_AT_ONCE[machine.name]}:
        return True
    if machine.name == "image" and not operation.id.startswith(("image.", "build.")):
        return False
    return any(v.name in _TIES[machine.name] for v in operation.parameters)


_TIES = {"container": ("c",), "image": ("base", "i", "r", "t")}
_ALL_AT_ONCE = {"container": ("container.prune", "daemon.restart", "daemon.crash"), "image": ("image.prune",)}
_TO_CREATE: Mapping[str, Value] = {"restart_policy": Policy.NO, "rm": False, "command": Process.ENDS_WELL}
_USUALLY_SO = {"prune", "pause", "command_found"}
"""Parameters that are true unless a flag says otherwise."""


def _lines(operation: Operation, machine: Machine, states: Mapping[str, Place]) -> Iterator[Line]:
    """One line for each way to ask that makes a difference."""
    asked: dict[tuple[tuple[str, Value], ...], dict[str, tuple[Answered, ...]]] = {}
    for variant in _variants(operation):
        asked[variant] = {
            name: _cell(operation, machine, place, _binding(operation, place, dict(variant)))
            for name, place in states.items()
        }
    for variant, cells in _merged(asked):
        yield Line(operation.id, variant, cells)


def _variants(operation: Operation) -> Iterator[tuple[tuple[str, Value], ...]]:
    """Every way to choose the parameters that are no objects; the usual one first."""
    free = [v for v in operation.parameters if not isinstance(v.type, Sort)]
    fixed = _TO_CREATE if operation.id == "container.create" else {}
    values = [[fixed[v.name]] if v.name in fixed else list(_values(v)) for v in free]
    for chosen in product(*values):
        yield tuple(zip([v.name for v in free], chosen, strict=True))


def _values(variable: Variable) -> Sequence[Value]:
    if variable.type is bool:
        return (True, False) if variable.name in _USUALLY_SO else (False, True)
    assert not isinstance(variable.type, Sort)  # noqa: S101  # objects are bound otherwise
    return tuple(variable.type)


def _merged(
    asked: Mapping[tuple[tuple[str, Value], ...], dict[str, tuple[Answered, ...]]],
) -> Iterator[tuple[tuple[tuple[str, Value], ...], dict[str, tuple[Answered, ...]]]]:
    """The ways to ask, without the parameters that make no difference but to the rule that answers."""
    left = dict(asked)
    for name in dict.fromkeys(n for variant in asked for n, _ in variant):
        reduced: dict[tuple[tuple[str, Value], ...], dict[str, tuple[Answered, ...]]] = {}
        for variant, cells in left.items():
            without = tuple(pair for pair in variant if pair[0] != name)
            if _seen(reduced.setdefault(without, cells)) != _seen(cells):
                break
        else:
            left = reduced
    yield from left.items()


def _seen(cells: Mapping[str, tuple[Answered, ...]]) -> list[object]:
    """What can be told of cells from outside."""
    return [[replace(answered, rule="") for answered in cell] for cell in cells.values()]


@dataclass(frozen=True)
class Place:
    """A state of the world in which the object that is asked about is in a given state.

    ``objects`` says what stands for a parameter (``r``), or for that of one operation (``image.tag.r``); -1: nothing.
    """

    state: State
    objects: Mapping[str, int]
    slot: int = 0

    def object(self, operation: Operation, parameter: str) -> int:
        """What stands for a parameter."""
        return self.objects.get(f"{operation.id}.{parameter}", self.objects.get(parameter, 0))


def _binding(operation: Operation, place: Place, variant: Mapping[str, Value]) -> Binding:
    objects = {v.name: place.object(operation, v.name) for v in operation.parameters if isinstance(v.type, Sort)}
    return {**objects, **variant}


def _cell(operation: Operation, machine: Machine, place: Place, given: Binding) -> tuple[Answered, ...]:
    if any(value < 0 for value in given.values() if isinstance(value, int) and not isinstance(value, bool)):
        return ()
    seen: dict[Answered, None] = {}
    before = _status(machine, place, place.state)
    for binding in completions(operation, given, place.state):
        taken = take(operation, binding, place.state)
        if taken is None:
            continue
        answer, after = taken.rule.answer, _status(machine, place, taken.after)
        told = after if after != before else ""
        seen[Answered(taken.rule.id, answer.status, answer.kind.value, told, answer.blocks)] = None
    return tuple(seen)


def _status(machine: Machine, place: Place, state: State) -> str:
    variable = Variable("x", machine.sort) if machine.sort is not None else None
    term: Expr = machine.status(variable) if variable is not None else machine.status()
    value = evaluate(term, state, {"x": place.slot} if variable is not None else {})
    assert isinstance(value, Enum)  # noqa: S101  # a status is a member of an enumeration
    return str(value.value)


# --- the states, reached by operations --------------------------------------------------------------------------------

_Step = tuple[str, Binding]


def _run(spec: Specification, state: State, *steps: _Step) -> State:
    for operation, given in steps:
        asked = spec.operation(operation)
        taken = take(asked, next(completions(asked, given, state)), state)
        assert taken is not None  # noqa: S101  # every operation answers
        state = taken.after
    return state


def _containers(spec: Specification) -> dict[str, Place]:
    empty = world({CONTAINER: 3, NAME: 3, IMAGE: 4}, ["app:1"])
    imported: tuple[_Step, ...] = (("image.import", {"i": 0}),)

    def create(policy: Policy) -> tuple[_Step, ...]:
        more: Binding = {"restart_policy": policy, "rm": False, "command": Process.ENDS_WELL}
        return (*imported, ("container.create", {"c": 0, "n": 0, "i": 0, **more}))

    created = create(Policy.NO)
    running: tuple[_Step, ...] = (*created, ("container.start", {"c": 0}), ("exec.create", {"c": 0}))
    stopped: tuple[_Step, ...] = (*running, ("container.exit", _ENDED))
    ways: Mapping[str, tuple[_Step, ...]] = {
        "removed": imported,
        "created": created,
        "running": running,
        "paused": (*running, ("container.pause", {"c": 0})),
        "restarting": (*create(Policy.ALWAYS), ("container.start", {"c": 0}), ("container.exit", _ENDED)),
        "stopped": stopped,
        "removing": (*stopped, ("removal.begin", {"c": 0})),
        "dead": (
            *stopped,
            ("obstacle.put", {"c": 0}),
            ("container.rm", {"c": 0, "force": False}),
            ("obstacle.clear", {"c": 0}),
        ),
    }
    return {name: Place(_run(spec, empty, *steps), {"container.rename.n": 1}) for name, steps in ways.items()}


_ENDED: Binding = {"c": 0, "ending": Ending.BADLY, "retries_left": True}


def images(spec: Specification) -> dict[str, Place]:
    """Image 0 in each state. References 0 and 1 are a tag and a digest of one repository; 2 is another tag."""
    empty = world({CONTAINER: 3, NAME: 3, IMAGE: 5, ARCHIVE: 1}, ["app:1", "app@1", "web:1"])
    create: Binding = {"c": 0, "n": 0, "restart_policy": Policy.NO, "rm": False, "command": Process.ENDS_WELL}
    built_on: tuple[_Step, ...] = (
        ("container.create", {**create, "i": 0}),
        ("container.commit", {"c": 0, "pause": True, "i": 1}),
        ("container.rm", {"c": 0, "force": False}),
    )
    published: tuple[_Step, ...] = (("registry.publish", {"t": 0, "i": 0}),)
    pulled: tuple[_Step, ...] = (*published, ("image.pull", {"t": 0, "digest": 1}))
    moved: tuple[_Step, ...] = (("image.import", {"i": 2}), ("image.tag", {"i": 2, "r": 0}))
    unnamed = {"r": -1, "t": -1}
    ways: Mapping[str, tuple[tuple[_Step, ...], Mapping[str, int]]] = {
        "removed": (published, {}),
        "tagged": (pulled, {}),
        "digest-only": ((*pulled, *built_on, *moved), {"r": 1, "image.push.t": -1}),
        "dangling": ((*pulled, *moved), {"r": 1, "image.push.t": -1}),
        "intermediate": ((("image.import", {"i": 0}), *built_on), unnamed),
    }
    return {
        name: Place(_run(spec, empty, *steps), {**names, "n": 1, "image.tag.r": 2, "build.cached.i": 1})
        for name, (steps, names) in ways.items()
    }


def _host(spec: Specification) -> dict[str, Place]:
    empty = world({PORT: 1})
    return {"stopped": Place(empty, {}), "running": Place(_run(spec, empty, ("firewall.start", {})), {})}


_STATES = {"container": _containers, "image": images, "host": _host}
