"""Every reachable state of a small world, as it is drawn: a container's status, and whether its image is there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from dockspec import container, image
from dockspec.container import CONTAINER, NAME, Policy, Process
from dockspec.evaluation import State
from dockspec.image import IMAGE
from dockspec.language import Value
from dockspec.model import Actor, Specification
from hullcheck.draw.diagram import Diagram, Text
from hullcheck.draw.geometry import Box, Label, Path
from hullcheck.draw.lifecycle import legend
from hullcheck.draw.sheet import Sheet
from hullcheck.draw.style import FAINT, INK, LARGE, LINES, PALE
from hullcheck.explore import Graph, Scope

SCOPE = Scope(
    "states",
    "one container and one image, with little detail",
    {CONTAINER: 1, NAME: 1, IMAGE: 1},
    frozen={
        container.process: Process.IGNORES,
        container.policy: Policy.NO,
        container.auto_remove: False,
        container.obstructed: False,
    },
    dropped=(
        container.exit_code,
        container.retries_spent,
        container.layer,
        container.process_space,
        container.exec_process,
    ),
    operations=(
        "container.create",
        "container.start",
        "container.stop",
        "container.exit",
        "container.pause",
        "container.unpause",
        "container.rm",
        "image.import",
        "image.remove",
    ),
)

_WORDS = {"image.import": "import", "image.remove": "rmi"}


@dataclass(frozen=True, order=True)
class Drawn:
    """What is drawn of a state: the container's status, and whether the image is in the store.

    ``alive`` stands for running and paused, where both do the same.
    """

    status: str
    image: bool

    @property
    def id(self) -> str:
        """Unique in the picture."""
        return f"{self.status}.{'image' if self.image else 'no-image'}"


_ALIVE = ("running", "paused")
_Arrows = dict[tuple[Drawn, Drawn, Actor], tuple[str, ...]]


def states(spec: Specification) -> Diagram:
    """The picture of the reachable states."""
    graph = Graph(spec, SCOPE)
    numbers = [drawn(graph.state(number)) for number in range(len(graph))]
    arrows = _together(quotient(spec, graph, numbers))
    sheet = Sheet("states")
    for status, here in (("alive", True), ("alive", False)):
        state = Drawn(status, here)
        sheet.box(state.id, _PLACES[state], border=FAINT, fill="none", style="rounded", part="frame")
    for state in dict.fromkeys(numbers):
        _state(sheet, state, numbers.count(state))
    for (one, other, actor), names in sorted(
        arrows.items(), key=lambda item: (item[0][0], item[0][1], item[0][2].value)
    ):
        line, path = LINES[actor], _PATHS.get((one.id, other.id, actor)) or _straight(one, other)
        texts = tuple(Text(name) for name in names)
        sheet.arrow(
            f"{one.id}--{other.id}.{actor.value}",
            one.id,
            other.id,
            path.points,
            texts,
            path.label,
            colour=line.stroke,
            ink=line.colour,
            style=line.style,
            pen=float(line.width),
            says=f"{one.status} to {other.status}: {', '.join(names)}",
        )
    below = max(box.bottom for box in _PLACES.values())
    legend_nodes, legend_edges = legend({actor for _, _, actor in arrows}, below)
    sheet.nodes += legend_nodes
    sheet.edges += legend_edges
    return sheet.diagram(
        "Every reachable state of one container and its image",
        f"All {len(graph)} reachable states of a world with one container and one image, drawn as "
        f"{len(set(numbers))}: by the status of the container, and by whether the image is still in the store. Each "
        "arrow names the commands that lead along it; one that leaves the frame around running and paused leaves "
        "from both.",
    )


def quotient(spec: Specification, graph: Graph, numbers: list[Drawn]) -> dict[tuple[Drawn, Drawn, Actor], set[str]]:
    """The commands that lead from one drawn state to another one.

    Args:
        spec: the specification.
        graph: its reachable states.
        numbers: what is drawn of each, by its number.
    """
    found: dict[tuple[Drawn, Drawn, Actor], set[str]] = {}
    for edge in graph.edges():
        one, other = numbers[edge.source], numbers[edge.target]
        if one != other:
            actor = spec.operation(edge.operation).actor
            found.setdefault((one, other, actor), set()).add(_command(edge.operation, edge.binding))
    return found


def drawn(state: State) -> Drawn:
    """What is drawn of a state."""
    status = state.value(container.status, 0)
    return Drawn(str(getattr(status, "value", status)), state.value(image.present, 0) is True)


def _command(operation: str, binding: Mapping[str, Value]) -> str:
    word = _WORDS.get(operation, operation.removeprefix("container."))
    return f"{word} -f" if binding.get("force") is True else word


def _together(found: Mapping[tuple[Drawn, Drawn, Actor], set[str]]) -> _Arrows:
    """Without -f where it changes nothing; from the frame where running and paused do the same."""
    arrows = {
        key: tuple(sorted(n for n in names if n.removesuffix(" -f") == n or n[:-3] not in names))
        for key, names in found.items()
    }
    for (one, other, actor), names in list(arrows.items()):
        others = [(Drawn(status, one.image), other, actor) for status in _ALIVE]
        if one.status in _ALIVE and all(arrows.get(key) == names for key in others):
            for key in others:
                del arrows[key]
            arrows[Drawn("alive", one.image), other, actor] = names
    return arrows


# --- where it stands --------------------------------------------------------------------------------------------------

_PLACES = {
    Drawn("removed", True): Box(76, 4, 606, 34),
    Drawn("created", True): Box(90, 96, 176, 132),
    Drawn("alive", True): Box(270, 86, 414, 212),
    Drawn("running", True): Box(286, 96, 398, 132),
    Drawn("paused", True): Box(286, 166, 398, 202),
    Drawn("stopped", True): Box(520, 96, 600, 202),
    Drawn("alive", False): Box(270, 262, 414, 388),
    Drawn("paused", False): Box(286, 272, 398, 308),
    Drawn("running", False): Box(286, 342, 398, 378),
    Drawn("created", False): Box(90, 342, 176, 378),
    Drawn("stopped", False): Box(520, 272, 600, 378),
    Drawn("removed", False): Box(76, 440, 606, 470),
}
_U, _P = Actor.USER, Actor.PROCESS
_PATHS = {
    ("removed.no-image", "removed.image", _U): Path(((76, 460), (8, 460), (8, 14), (76, 14)), Label(8, 238, "right")),
    ("removed.image", "removed.no-image", _U): Path(
        ((76, 26), (56, 26), (56, 448), (76, 448)), Label(56, 238, "right")
    ),
    ("removed.image", "created.image", _U): Path(((112, 34), (112, 96)), Label(112, 62, "right")),
    ("created.image", "removed.image", _U): Path(((160, 96), (160, 34)), Label(160, 62, "right")),
    ("alive.image", "removed.image", _U): Path(((342, 86), (342, 34)), Label(342, 62, "right")),
    ("stopped.image", "removed.image", _U): Path(((560, 96), (560, 34)), Label(560, 62, "right")),
    ("created.image", "running.image", _U): Path(((176, 114), (286, 114)), Label(224, 113, "over")),
    ("running.image", "paused.image", _U): Path(((326, 132), (326, 166)), Label(326, 149, "left")),
    ("paused.image", "running.image", _U): Path(((346, 166), (346, 132)), Label(346, 149, "right")),
    ("running.image", "stopped.image", _P): Path(((398, 106), (520, 106)), Label(470, 105, "over")),
    ("stopped.image", "running.image", _U): Path(((520, 124), (398, 124)), Label(470, 125, "under")),
    ("alive.image", "stopped.image", _U): Path(((414, 184), (520, 184)), Label(468, 183, "over")),
    ("created.image", "created.no-image", _U): Path(((133, 132), (133, 342)), Label(133, 238, "right")),
    ("stopped.image", "stopped.no-image", _U): Path(((560, 202), (560, 272)), Label(560, 238, "right")),
    ("alive.no-image", "stopped.no-image", _U): Path(((414, 290), (520, 290)), Label(468, 289, "over")),
    ("running.no-image", "paused.no-image", _U): Path(((326, 342), (326, 308)), Label(326, 325, "left")),
    ("paused.no-image", "running.no-image", _U): Path(((346, 308), (346, 342)), Label(346, 325, "right")),
    ("created.no-image", "running.no-image", _U): Path(((176, 360), (286, 360)), Label(224, 359, "over")),
    ("stopped.no-image", "running.no-image", _U): Path(((520, 350), (398, 350)), Label(470, 349, "over")),
    ("running.no-image", "stopped.no-image", _P): Path(((398, 368), (520, 368)), Label(470, 369, "under")),
    ("created.no-image", "removed.no-image", _U): Path(((133, 378), (133, 440)), Label(133, 412, "right")),
    ("alive.no-image", "removed.no-image", _U): Path(((342, 388), (342, 440)), Label(342, 412, "right")),
    ("stopped.no-image", "removed.no-image", _U): Path(((560, 378), (560, 440)), Label(560, 412, "right")),
}


def _straight(one: Drawn, other: Drawn) -> Path:
    (x, y), (to_x, to_y) = _place(one).centre, _place(other).centre
    return Path(((x, y), (to_x + 0.1, to_y)), Label((x + to_x) / 2, (y + to_y) / 2, "right"))


def _place(state: Drawn) -> Box:
    return _PLACES.get(state, Box(0, 480, 80, 510))


def _state(sheet: Sheet, state: Drawn, count: int) -> None:
    name = "no container" if state.status == "removed" else state.status
    sheet.box(
        state.id,
        _place(state),
        (name,),
        note=("image there" if state.image else "image gone",),
        size=LARGE,
        bold=True,
        style="rounded" if state.image else "rounded,dashed",
        fill="#ffffff" if state.image else PALE,
        border=INK,
        pen=1.3,
        part="state",
        says=f"{name}, the image is {'there' if state.image else 'gone'}: {count} reachable states",
    )
