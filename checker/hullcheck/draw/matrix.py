"""Every operation in every state and what it answers, by kind; read off the reachable states of small scopes."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum

from dockspec import container, image
from dockspec.container import CONTAINER, NAME
from dockspec.evaluation import Binding, State, evaluate
from dockspec.image import IMAGE, REFERENCE
from dockspec.language import Expr, Function, Value, Variable
from dockspec.model import Actor, Kind, Machine, Operation, Specification
from dockspec.operations.containers import Signal
from hullcheck.draw.diagram import Diagram
from hullcheck.draw.geometry import Box
from hullcheck.draw.sheet import WIDTH, Sheet
from hullcheck.draw.style import KINDS, NOTHING, SMALL, width
from hullcheck.draw.wording import command, slug
from hullcheck.explore import Graph, Scope
from hullcheck.worlds import references

_STATUS_ONLY: Mapping[Function, Value] = {
    container.process: container.Process.IGNORES,
    container.policy: container.Policy.NO,
    container.auto_remove: False,
    container.obstructed: False,
}
_DETAILS = (
    container.exit_code,
    container.manually_stopped,
    container.retries_spent,
    container.layer,
    container.process_space,
    container.exec_process,
)
_CONTAINERS = Scope(
    "matrix-containers",
    "one container in every state, with every process and policy",
    {CONTAINER: 1, NAME: 1, IMAGE: 1},
    frozen={container.retries_spent: False},
    dropped=(container.process_space, container.layer),
    operations=("container.", "exec.", "removal.begin", "removal.fail", "obstacle.put", "image.import"),
    without=("container.write", "container.rename", "container.commit"),
)
_STAGES = Scope(
    "matrix-stages",
    "every state, with little detail",
    {CONTAINER: 1, NAME: 1, IMAGE: 2},
    frozen={**_STATUS_ONLY, container.policy: container.Policy.ALWAYS, container.retries_spent: False},
    dropped=(container.exit_code, container.layer, container.process_space, container.exec_process),
    operations=(
        "container.create",
        "container.start",
        "container.stop",
        "container.pause",
        "container.exit",
        "container.rm",
        "removal.",
        "image.import",
        "image.remove",
        "container.commit",
    ),
)
_NAMES = dataclasses.replace(
    _STAGES,
    name="matrix-names",
    sizes={CONTAINER: 2, NAME: 2, IMAGE: 1},
    operations=(*_STAGES.operations[:-2], "container.rename"),
)
_IMAGES = Scope(
    "matrix-images",
    "two images in every state, and a container that may use one",
    {CONTAINER: 1, NAME: 1, IMAGE: 2, REFERENCE: 3},
    rigid=references("app:1", "app@sha256:1", "web:1"),
    frozen=_STATUS_ONLY,
    dropped=_DETAILS,
    operations=(
        "container.create",
        "container.start",
        "container.rm",
        "container.commit",
        "image.",
        "registry.publish",
    ),
    without=("image.save", "image.save-id", "image.load"),
)

_VARIANTS: Mapping[str, Mapping[Value, str]] = {
    "force": {False: "", True: "-f"},
    "prune": {True: "", False: "--no-prune"},
    "signal": {
        Signal.KILL: "",
        Signal.TERM: "-s TERM",
        Signal.HARMLESS: "-s (ignored)",
        Signal.UNKNOWN: "-s (unknown)",
    },
}
"""Parameters by which a row is split, and what is typed for their values."""

Answers = Mapping[Kind, tuple[int, ...]]


@dataclass(frozen=True)
class Row:
    """One line: an operation with some of its flags, and its answers in each state."""

    operation: Operation
    flags: str
    cells: Mapping[Enum, Answers]


def matrix(spec: Specification) -> Diagram:
    """The picture of all answers."""
    sheet = Sheet("matrix")
    machines = {machine.name: machine for machine in spec.machines}
    top = _table(sheet, machines["container"], rows(spec, "container"), 0, 116)
    top = _table(sheet, machines["image"], rows(spec, "image"), top + 18, 116)
    kinds = [(kind.value, fill) for kind, fill in KINDS.items()]
    sheet.key([*kinds, ("nothing", NOTHING)], (2, top + 10))
    return sheet.diagram(
        "Every operation in every state",
        "For each operation of the engine, in each state of a container and of an image, the HTTP statuses with "
        "which it is answered, coloured by kind: done, nothing to do, refused, or failed although something changed. "
        "A cell with several parts depends on more than the state.",
    )


_Found = dict[tuple[str, str], dict[Enum, dict[Kind, set[int]]]]


def rows(spec: Specification, which: str) -> list[Row]:
    """The lines of the table of containers or of images, in the order of the specification.

    Args:
        spec: the specification.
        which: ``container`` or ``image``.
    """
    machine = next(m for m in spec.machines if m.name == which)
    found: _Found = {}
    if which == "container":
        _collect(spec, machine, _CONTAINERS, _container_of, found)
        _collect(spec, machine, _STAGES, _container_of, found, only=("container.commit",))
        _collect(spec, machine, _NAMES, _container_of, found, only=("container.rename",))
    else:
        _collect(spec, machine, _IMAGES, _image_of, found)
    return _merged(spec, found)


def _collect(  # what is asked, and where it is noted
    spec: Specification,
    machine: Machine,
    scope: Scope,
    subject: Callable[[Operation, Binding, State], int | None],
    found: _Found,
    *,
    only: tuple[str, ...] = (),
) -> None:
    """Note every answer to a user's operation in a scope, under the status of its subject."""
    graph = Graph(spec, scope)
    rules = {rule.id: rule for rule in spec.rules}
    states = [graph.state(number) for number in range(len(graph))]
    thing = Variable("object", CONTAINER if machine.name == "container" else IMAGE)
    status_of = machine.status(thing)
    known: dict[tuple[int, int], Enum] = {}
    wanted = {o.id: o for o in spec.operations if o.actor is Actor.USER and (not only or o.id in only)}
    for edge in graph.edges(refusals=True):
        operation = wanted.get(edge.operation)
        if operation is None:
            continue
        slot = subject(operation, edge.binding, states[edge.source])
        if slot == _NO_SUBJECT:
            continue
        status = machine.initial
        if slot is not None:
            if (edge.source, slot) not in known:
                known[edge.source, slot] = _status(status_of, states[edge.source], slot)
            status = known[edge.source, slot]
        answer = rules[edge.rule].answer
        cells = found.setdefault((operation.id, _flags(edge.binding)), {})
        cells.setdefault(status, {}).setdefault(answer.kind, set()).add(answer.status)


def _merged(spec: Specification, found: _Found) -> list[Row]:
    """The flags that make no difference are left away."""
    lines = []
    for operation in spec.operations:
        variants = {
            flags: {s: {k: tuple(sorted(codes)) for k, codes in kinds.items()} for s, kinds in cells.items()}
            for (identifier, flags), cells in found.items()
            if identifier == operation.id
        }
        kept: list[Row] = []
        for flags in sorted(variants, key=lambda text: (len(text.split()), text)):
            if not any(row.cells == variants[flags] for row in kept):
                kept.append(Row(operation, flags, variants[flags]))
        lines += kept
    return lines


def _flags(binding: Binding) -> str:
    return " ".join(filter(None, (words[binding[name]] for name, words in _VARIANTS.items() if name in binding)))


_NO_SUBJECT = -1
"""The operation is not about one object of the machine."""


def _container_of(operation: Operation, binding: Binding, _state: State) -> int | None:
    if not operation.id.startswith(("container.", "exec.")) or "c" not in binding:
        return _NO_SUBJECT
    return _slot(binding["c"])


def _image_of(operation: Operation, binding: Binding, state: State) -> int | None:
    """The image that is named: by id, or by a reference; None where the reference names none."""
    asked = {parameter.name for parameter in operation.parameters}
    if "c" in asked or not operation.id.startswith(("image.", "container.create")):
        return _NO_SUBJECT
    if "i" in asked:
        return _slot(binding["i"])
    reference = next((binding[name] for name in ("r", "t") if name in asked), None)
    return _NO_SUBJECT if reference is None else _slot(state.value(image.refers, _slot(reference) or 0))


def _slot(value: Value) -> int | None:
    return value if isinstance(value, int) else None


def _status(status_of: Expr, state: State, slot: int) -> Enum:
    value = evaluate(status_of, state, {"object": slot})
    if not isinstance(value, Enum):
        raise TypeError(f"{value!r} is no status")
    return value


_HIGH, _LINE = 15.0, 11.0


def _table(sheet: Sheet, machine: Machine, lines: Sequence[Row], top: float, labels: float) -> float:
    states = [*machine.states[1:], machine.states[0]]
    wide = (WIDTH - labels) / len(states)
    sheet.left(f"{machine.name}.title", (2, top + 2), f"{machine.name} is ...", bold=True)
    for column, state in enumerate(states):
        left = labels + column * wide
        sheet.box(
            f"{machine.name}.{state.value.value}",
            Box(left, top, left + wide, top + _HIGH),
            (str(state.value.value),),
            border="none",
            size=SMALL,
            bold=True,
            says=state.about,
        )
    top += _HIGH
    for row in lines:
        parts = {state.value: row.cells.get(state.value, {}) for state in states}
        high = max((_needed(answers, wide) for answers in parts.values()), default=1) * _LINE + 5
        label = " ".join(filter(None, (_label(row.operation), row.flags)))
        identifier = f"{machine.name}.{slug(f'{row.operation.id} {row.flags}')}".replace(
            "container.container.", "container."
        ).replace("image.image.", "image.")
        sheet.left(f"{identifier}.label", (2, top + (high - 11) / 2), label)
        for column, state in enumerate(states):
            box = Box(labels + column * wide + 1, top + 0.5, labels + (column + 1) * wide - 1, top + high - 0.5)
            _cell(sheet, f"{identifier}.{state.value.value}", box, parts[state.value], f"{label}, {state.value.value}")
        top += high
    return top


def _label(operation: Operation) -> str:
    known = command(operation.id)
    return known if known != operation.id else operation.id.removeprefix("container.").replace(".", " ")


def _needed(answers: Answers, wide: float) -> int:
    """How many lines a cell needs: the statuses of one kind stand below each other where a line is too short."""
    beside = sum(width("/".join(map(str, codes)), SMALL) + 5 for codes in answers.values())
    return 1 if beside <= wide - 2 else max(map(len, answers.values()))


def _cell(sheet: Sheet, identifier: str, box: Box, answers: Answers, about: str) -> None:
    if not answers:
        sheet.box(
            identifier, box, fill=NOTHING.fill, border=NOTHING.border, part="cell", says=f"{about}: cannot happen"
        )
        return
    one_line = _needed(answers, box.right - box.left + 2) == 1
    texts = {k: ["/".join(map(str, codes))] if one_line else [str(c) for c in codes] for k, codes in answers.items()}
    needs = {kind: max(width(t, SMALL) for t in lines) + 5 for kind, lines in texts.items()}
    left, scale = box.left, (box.right - box.left) / sum(needs.values())
    for kind in (kind for kind in KINDS if kind in answers):
        fill, right = KINDS[kind], left + needs[kind] * scale
        sheet.box(
            f"{identifier}.{kind.value}",
            Box(left, box.top, right, box.bottom),
            texts[kind],
            fill=fill.fill,
            border=fill.border,
            ink=fill.text,
            size=SMALL,
            pen=0.7,
            part="cell",
            says=f"{about}: {kind.value} ({', '.join(map(str, answers[kind]))})",
        )
        left = right
