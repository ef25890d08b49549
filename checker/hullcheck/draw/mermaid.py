"""The diagram of a machine in Mermaid's language: a plainer form, for pages that draw it themselves."""

from __future__ import annotations

import re
from collections.abc import Iterator

from hullcheck.draw.diagram import Diagram, Edge, Node

_DRAWN = ("state", "frame", "begin", "question", "answer")


def text(diagram: Diagram) -> str:
    """A flowchart with the same nodes and edges; a frame is a node with round ends.

    Args:
        diagram: a graph of states, or of questions and answers.
    """
    nodes = [node for node in diagram.nodes if node.attributes.get("class") in _DRAWN]
    known = {node.id for node in nodes}
    edges = [edge for edge in diagram.edges if edge.tail in known and edge.head in known]
    used = {end for edge in edges for end in (edge.tail, edge.head)}
    lines = ["---", f"title: {diagram.title}", "---", "flowchart TD"]
    lines += [f"    {line}" for node in nodes if node.id in used for line in _node(node)]
    lines += [f"    {_edge(edge)}" for edge in edges]
    return "\n".join(lines) + "\n"


def _node(node: Node) -> Iterator[str]:
    words = "<br/>".join(_plain(str(t)) for t in node.texts if str(t))
    match node.attributes["class"]:
        case "begin" if not words:
            yield f'{_name(node.id)}(("#8203;"))'
        case "frame":
            yield f'{_name(node.id)}(["{_plain(node.says)}"])'
        case "question":
            yield f'{_name(node.id)}{{{{"{words}"}}}}'
        case _:
            double = node.attributes.get("peripheries") == "2"
            yield f'{_name(node.id)}{"[[" if double else "("}"{words}"{"]]" if double else ")"}'


def _edge(edge: Edge) -> str:
    arrow = "-.->" if edge.attributes.get("style") in {"dashed", "dotted"} else "==>" if _is_thick(edge) else "-->"
    words = "<br/>".join(_plain(str(line)) for line in edge.texts)
    label = f'|"{words}"|' if words else ""
    return f"{_name(edge.tail)} {arrow}{label} {_name(edge.head)}"


def _is_thick(edge: Edge) -> bool:
    return float(edge.attributes.get("penwidth", "1")) > 2  # noqa: PLR2004  # the usual way


def _name(identifier: str) -> str:
    return re.sub(r"\W", "_", identifier)


def _plain(words: str) -> str:
    """A text in which Mermaid sees no mark-up of its own."""
    for character, code in (("#", "#35;"), ('"', "#quot;"), ("<", "#lt;"), (">", "#gt;")):
        words = words.replace(character, code)
    return words
