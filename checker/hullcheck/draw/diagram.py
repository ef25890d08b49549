"""A diagram as data: nodes, edges, groups; and its text in Graphviz's language.

Plain labels only: the WebAssembly build of Graphviz knows no HTML-like ones. What plain labels cannot say (which line
of a label belongs to which transition, what is small print) is kept beside them and added to the SVG later.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import graphviz

from hullcheck.draw.style import FONT, INK, PLAIN, SMALL

Attributes = Mapping[str, str]


@dataclass(frozen=True)
class Text:
    """One line of a label.

    Attributes:
        text: as it is read.
        answer: what the engine answers, in small print behind the text.
        note: whether it is a condition rather than a command.
        ids: the ids of what the line stands for, so that pages can link to it.
        says: what a reader is told who asks.
    """

    text: str
    answer: str = ""
    note: bool = False
    ids: tuple[str, ...] = ()
    says: str = ""

    def __str__(self) -> str:
        return f"{self.text} {self.answer}" if self.answer else self.text


@dataclass(frozen=True)
class Node:
    """A node: its id, the lines of its label (the first one may be bold), its attributes for Graphviz."""

    id: str
    texts: tuple[Text, ...]
    attributes: Attributes = field(default_factory=dict)
    says: str = ""
    align: str = "n"


@dataclass(frozen=True)
class Edge:
    """An edge: its id, its ends, the lines of its label, its attributes for Graphviz."""

    id: str
    tail: str
    head: str
    texts: tuple[Text, ...] = ()
    attributes: Attributes = field(default_factory=dict)
    says: str = ""


@dataclass(frozen=True)
class Diagram:
    """Everything that a picture shows.

    Attributes:
        name: of the picture.
        title: a few words.
        description: for a reader who does not see it: what is shown, and how to read it.
        nodes, edges: in the order in which Graphviz gets them, which its layout follows.
        attributes: of the graph.
    """

    name: str
    title: str
    description: str
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...] = ()
    attributes: Attributes = field(default_factory=dict)

    def dot(self) -> str:
        """The diagram in Graphviz's language; an edge's comment has the ids of all that it stands for."""
        graph = graphviz.Digraph(
            self.name,
            comment=f"{self.title}. {self.description}",
            graph_attr={
                "bgcolor": "white",
                "fontname": FONT,
                "fontsize": str(SMALL),
                "fontcolor": INK,
                "margin": "0",
                "pad": "0.06",
                **self.attributes,
            },
            node_attr={"fontname": FONT, "fontsize": str(PLAIN), "fontcolor": INK, "shape": "box"},
            edge_attr={"fontname": FONT, "fontsize": str(PLAIN), "fontcolor": INK, "arrowsize": "0.7"},
        )
        for node in self.nodes:
            graph.node(node.id, label=_label(node.texts, node.align), id=node.id, **node.attributes)
        for edge in self.edges:
            stands_for = " ".join(identifier for line in edge.texts for identifier in line.ids)
            comment = {"comment": stands_for} if stands_for else {}
            graph.edge(edge.tail, edge.head, label=_label(edge.texts), id=edge.id, **comment, **edge.attributes)
        text: str = graph.source
        return text


def _label(texts: Sequence[Text], align: str = "n") -> str:
    """The lines of a label, each centred (n) or at the left (l) or right (r) of its box."""
    lines = [graphviz.escape(str(text)) for text in texts]
    label = "\\n".join(lines) if align == "n" else "".join(f"{line}\\{align}" for line in lines)
    plain: str = graphviz.nohtml(label)
    return plain
