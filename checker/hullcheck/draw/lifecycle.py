"""The lifecycle of a machine: its states, and every row that leads from one to another.

Rows between the same two states by the same cause share an arrow, with a line of its label each. A row that leaves
every state of a frame leaves the frame, once. The machine's initial state is drawn twice: as the dots where an object
begins, and as the terminal state in which it ends.

What is drawn comes from the machine; ``looks.py`` says only where. What it says nothing about is drawn all the same,
straight from state to state.
"""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum

from dockspec.model import Actor, Machine, Row, Rule, Specification, State
from hullcheck.draw.diagram import Diagram, Edge, Node, Text
from hullcheck.draw.geometry import Box, Label, Path, Point, label_attributes, shortened, spline
from hullcheck.draw.style import BOLD, FAINT, INK, LARGE, LINES, PALE, SMALL, width
from hullcheck.draw.wording import command, slug


@dataclass(frozen=True)
class Frame:
    """States that share transitions, and the frame around them."""

    name: str
    says: str
    states: tuple[Enum, ...]
    box: Box
    label: Point


Ends = tuple[str, str, Actor]
"""What an arrow is known by: the state or frame that it leaves (``begin`` for none), the state it enters, the cause."""


@dataclass(frozen=True)
class Look:
    """How a machine is laid out.

    Attributes:
        name: of the picture.
        title: a few words.
        description: for a reader who does not see it.
        places: where each state is drawn; a state without a place is not drawn, nor are its rows.
        frames: in the order in which they take rows; the outermost first.
        paths: where each arrow goes.
        happy: the arrows of the usual way through a life, drawn thick.
        keeps: which rows are shown.
        details: whether conditions and answers are shown.
        notes: what else is written into a state.
    """

    name: str
    title: str
    description: str
    places: Mapping[Enum, Box]
    frames: tuple[Frame, ...] = ()
    paths: Mapping[Ends, Path] = field(default_factory=dict)
    happy: frozenset[Ends] = frozenset()
    keeps: Callable[[Row], bool] = lambda _row: True
    details: bool = True
    notes: Callable[[Specification, Enum], tuple[str, ...]] = lambda _spec, _state: ()


@dataclass
class _Arrow:
    """What one cause does between two ends."""

    tail: Enum | Frame
    head: Enum
    actor: Actor
    rows: list[Row]
    begins: bool

    @property
    def sources(self) -> tuple[Enum, ...]:
        return self.tail.states if isinstance(self.tail, Frame) else (self.tail,)

    @property
    def ends(self) -> Ends:
        name = self.tail.name if isinstance(self.tail, Frame) else str(self.tail.value)
        return "begin" if self.begins else name, str(self.head.value), self.actor


BEGIN_SIZE = 5.0


def lifecycle(spec: Specification, machine: Machine, look: Look) -> Diagram:
    """The diagram of a machine.

    Args:
        spec: where the rules are that fire its rows.
        machine: the machine.
        look: how it is laid out.
    """
    nodes = [part for frame in look.frames for part in _frame(machine, frame)]
    nodes += [_state(spec, machine, look, state) for state in machine.states if state.value in look.places]
    edges = []
    arrows = _arrows(machine, look)
    for arrow in arrows:
        tail = _id(machine, arrow.tail)
        if arrow.begins:
            tail = f"{machine.name}.begin.{arrow.head.value}.{arrow.actor.value}"
            nodes.append(
                Node(tail, (Text(""),), _begin(_path(look, arrow)), f"Here the life of a {machine.name} begins.")
            )
        edges.append(_edge(spec, machine, look, arrow, tail))
    legend_nodes, legend_edges = legend({arrow.actor for arrow in arrows}, _bottom(look))
    return Diagram(
        look.name, look.title, look.description, (*nodes, *legend_nodes), (*edges, *legend_edges), {"layout": "nop2"}
    )


def _id(machine: Machine, end: Enum | Frame) -> str:
    return f"{machine.name}.{slug(end.name) if isinstance(end, Frame) else end.value}"


def _bottom(look: Look) -> float:
    return max(box.bottom for box in (*look.places.values(), *(f.box for f in look.frames)))


def _state(spec: Specification, machine: Machine, look: Look, state: State) -> Node:
    """Its name, below it Docker's word where that is another, and notes."""
    texts = [Text(str(state.value.value))]
    if state.docker and state.docker != state.value.value:
        texts.append(Text(state.docker, note=True))
    texts += [Text(note, note=True) for note in look.notes(spec, state.value)]
    attributes = {
        "fontname": BOLD,
        "fontsize": str(LARGE),
        "style": "rounded,filled",
        "color": INK,
        "penwidth": "1.3",
        "class": "state",
        "fillcolor": PALE if state.terminal else "#ffffff",
        **look.places[state.value].attributes(),
    }
    return Node(
        _id(machine, state.value),
        tuple(texts),
        attributes | ({"peripheries": "2"} if state.terminal else {}),
        state.about,
    )


def _frame(machine: Machine, frame: Frame) -> tuple[Node, Node]:
    """The frame, and its label."""
    left, top = frame.label
    label = Box(left, top, left + width(frame.says, SMALL), top + SMALL * 1.3)
    style = {"style": "rounded", "color": FAINT, "class": "frame", **frame.box.attributes()}
    text = {"shape": "plaintext", "fontcolor": "#555555", "fontsize": str(SMALL), "class": "note", **label.attributes()}
    states = ", ".join(str(state.value) for state in frame.states)
    identifier = _id(machine, frame)
    return (
        Node(identifier, (Text(""),), style, f"{frame.says}: {states}"),
        Node(f"{identifier}.label", (Text(frame.says),), text),
    )


def _begin(path: Path) -> dict[str, str]:
    x, y = path.points[0]
    box = Box(x - BEGIN_SIZE, y - BEGIN_SIZE, x + BEGIN_SIZE, y + BEGIN_SIZE)
    return {"shape": "circle", "style": "filled", "fillcolor": INK, "class": "begin"} | dict(box.attributes())


# --- arrows -----------------------------------------------------------------------------------------------------------


def _arrows(machine: Machine, look: Look) -> list[_Arrow]:
    found: dict[Ends, _Arrow] = {}
    terminal = {state.value for state in machine.states if state.terminal}
    for row in machine.rows:
        if row.target not in look.places or not look.keeps(row):
            continue
        for tail in _tails(row, look):
            begins = tail is machine.initial and tail in terminal
            arrow = _Arrow(tail, row.target, row.actor, [], begins)
            found.setdefault(arrow.ends, arrow).rows.append(row)
    return list(found.values())


def _tails(row: Row, look: Look) -> Iterator[Enum | Frame]:
    left = [source for source in row.sources if source in look.places]
    for frame in look.frames:
        if set(frame.states) <= set(left):
            left = [source for source in left if source not in frame.states]
            yield frame
    yield from left


def _path(look: Look, arrow: _Arrow) -> Path:
    return look.paths.get(arrow.ends) or _straight(look, arrow)


def _straight(look: Look, arrow: _Arrow) -> Path:
    box = arrow.tail.box if isinstance(arrow.tail, Frame) else look.places[arrow.tail]
    (x, y), (to_x, to_y) = box.centre, look.places[arrow.head].centre
    if arrow.begins:
        x, y = to_x - 60, to_y - 60
    return Path(((x, y), (to_x + 0.1, to_y)), Label((x + to_x) / 2, (y + to_y) / 2, "right"))


def _edge(spec: Specification, machine: Machine, look: Look, arrow: _Arrow, tail: str) -> Edge:
    path = _path(look, arrow)
    line = LINES[arrow.actor]
    happy = arrow.ends in look.happy
    texts = tuple(_texts(spec, machine, look, arrow))
    name, target, actor = arrow.ends
    attributes = {
        "color": line.stroke,
        "fontcolor": line.colour,
        "style": line.style,
        "penwidth": "2.8" if happy else line.width,
        "class": "transition",
        "pos": spline(shortened(path.points, 4 if _is_terminal(machine, arrow.head) else 0)),
        **label_attributes(texts, path.label),
    }
    sources = "nothing" if arrow.begins else " or ".join(str(s.value) for s in arrow.sources)
    return Edge(
        f"{machine.name}.{slug(name)}--{target}.{actor.value}",
        tail,
        _id(machine, arrow.head),
        texts,
        attributes,
        f"{sources} to {target}: {', '.join(row.trigger for row in arrow.rows)} ({line.says})",
    )


def _is_terminal(machine: Machine, state: Enum) -> bool:
    return any(s.terminal for s in machine.states if s.value is state)


def _texts(spec: Specification, machine: Machine, look: Look, arrow: _Arrow) -> Iterator[Text]:
    """The label: rows with the same answer share a line, and their condition stands below those that have it too."""
    wrap = _path(look, arrow).label.wrap
    by_label: dict[str, dict[str, list[Row]]] = {}
    for row in arrow.rows:
        answer = "/".join(map(str, answers_of(spec, machine, row))) if look.details else ""
        by_label.setdefault(row.label or f"\0{row.trigger}", {}).setdefault(answer, []).append(row)
    for label, by_answer in by_label.items():
        for answer, rows in by_answer.items():
            ids = tuple(
                row_id(machine, row, source) for row in rows for source in arrow.sources if source in row.sources
            )
            says = " ".join(dict.fromkeys(reason for row in rows for reason in _explained(spec, machine, row)))
            lines = textwrap.wrap(", ".join(dict.fromkeys(command(row.trigger) for row in rows)), wrap)
            for number, line in enumerate(lines):
                first, last = number == 0, number == len(lines) - 1
                yield Text(line, answer if last else "", ids=ids if first else (), says=says if first else "")
        if look.details and not label.startswith("\0") and label not in arrow.rows[0].trigger:
            yield from (Text(text, note=True) for text in textwrap.wrap(label, wrap))


def _explained(spec: Specification, machine: Machine, row: Row) -> Iterator[str]:
    for rule in rules_of(spec, machine, row):
        yield f"{rule.id}: when {rule.when!r}. {rule.says}"


def row_id(machine: Machine, row: Row, source: Enum) -> str:
    """The id of a transition: machine, trigger, source; with the target where the trigger leaves it open."""
    trigger = row.trigger.removeprefix(f"{machine.name}.")
    return f"{machine.name}.{slug(trigger)}.{source.value}" + ("" if machine.stored else f".{row.target.value}")


def rules_of(spec: Specification, machine: Machine, row: Row) -> list[Rule]:
    """The rules that fire a row: those that move it, or those of the operation that it is named after."""
    if machine.stored is None:
        return [rule for rule in spec.operation(row.trigger).rules if rule.effects]
    moves = ((rule, move) for rule in spec.rules for move in rule.moves if move.machine.name == machine.name)
    return [rule for rule, move in moves if any(trigger == row.trigger for _, trigger in move.cases)]


def answers_of(spec: Specification, machine: Machine, row: Row) -> list[int]:
    """The HTTP statuses with which a row that somebody asked for is answered.

    By the operation of the same name, where there is one: a prune removes too, but rm is what the row is called.
    """
    if row.actor is not Actor.USER:
        return []
    rules = rules_of(spec, machine, row)
    own = [rule for rule in rules if rule.id.startswith(f"{machine.name}.{row.trigger.split()[0]}.") and rule.moves]
    return sorted({rule.answer.status for rule in own or rules} - {0})


# --- the legend -------------------------------------------------------------------------------------------------------


def legend(actors: set[Actor], top: float) -> tuple[list[Node], list[Edge]]:
    """One short arrow for each cause, side by side under the picture."""
    nodes, edges = [], []
    x, y = 4.0, top + 22
    for actor in (a for a in LINES if a in actors):
        line = LINES[actor]
        ends = (f"legend.{actor.value}.tail", f"legend.{actor.value}.head")
        for end, at in zip(ends, (x, x + 30), strict=True):
            place = Box(at - 0.5, y - 0.5, at + 0.5, y + 0.5).attributes()
            nodes.append(Node(end, (Text(""),), {"shape": "point", "style": "invis", "class": "legend", **place}))
        texts = (Text(line.says),)
        label = Label(x + 32, y, "right")
        look = {
            "color": line.stroke,
            "fontcolor": line.colour,
            "style": line.style,
            "penwidth": line.width,
            "class": "legend",
        }
        place = {"pos": spline(((x, y), (x + 30, y))), **label_attributes(texts, label)}
        edges.append(Edge(f"legend.{actor.value}", *ends, texts, look | place))
        x += 32 + width(line.says, 10) + 22
    return nodes, edges
