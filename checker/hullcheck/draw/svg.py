"""What Graphviz's SVG lacks: title and description, ids and titles of parts, small print, fonts that browsers have."""

from __future__ import annotations

import re
from collections.abc import Sequence
from xml.sax.saxutils import escape, quoteattr

from hullcheck.draw.diagram import Diagram, Edge, Node, Text
from hullcheck.draw.style import BOLD, FAMILY, FONT, SMALL

_COMMENT = re.compile(r"<!--.*?-->\n?", re.DOTALL)
_PART = re.compile(
    r'<g id="(?P<id>[^"]*)" class="(?P<kind>(?:node|edge)[^"]*)">\n<title>.*?</title>\n(?P<body>.*?)</g>\n', re.DOTALL
)
_TEXT = re.compile(r"(?P<open><text [^>]*>)(?P<content>[^<]*)</text>")
_HEAD = re.compile(r"(<svg [^>]*?)>\n<g id=\"[^\"]*\" class=\"graph\"([^>]*)>\n(?:<title>.*?</title>\n)?", re.DOTALL)


def finished(svg: str, diagram: Diagram) -> str:
    """Graphviz's drawing of a diagram, made accessible; the same text for the same drawing, whatever drew it.

    Args:
        svg: what Graphviz wrote.
        diagram: of what.
    """
    parts: Sequence[Node | Edge] = (*diagram.nodes, *diagram.edges)
    says = {part.id: part.says for part in parts}
    texts = {part.id: part.texts for part in parts}

    def part(match: re.Match[str]) -> str:
        identifier, body = match["id"].replace("&#45;", "-"), match["body"]
        title = f"<title>{escape(says[identifier])}</title>\n" if says.get(identifier) else ""
        lines = iter(texts.get(identifier, ()))
        body = _TEXT.sub(lambda found: _text(found, next(lines, None)), body)
        return f'<g id={quoteattr(identifier)} class="{match["kind"]}">\n{title}{body}</g>\n'

    svg = _COMMENT.sub("", svg)
    svg = re.sub(r"<!DOCTYPE.*?>\n", "", svg, flags=re.DOTALL)
    svg = _PART.sub(part, svg)
    head = (
        f'\\1 role="img" aria-labelledby="{diagram.name}-title {diagram.name}-desc">\n'
        f'<title id="{diagram.name}-title">{_literal(diagram.title)}</title>\n'
        f'<desc id="{diagram.name}-desc">{_literal(diagram.description)}</desc>\n'
        f'<g class="graph"\\2>\n'
    )
    svg = _HEAD.sub(head, svg, count=1)
    svg = svg.replace(f'font-family="{BOLD}"', f'font-family="{FAMILY}" font-weight="bold"')
    svg = svg.replace(' xml:space="preserve"', "").replace(' xmlns:xlink="http://www.w3.org/1999/xlink"', "")
    return svg.replace(f'font-family="{FONT}"', f'font-family="{FAMILY}"')


def _text(found: re.Match[str], line: Text | None) -> str:
    opening, content = found["open"], found["content"]
    if line is None:
        return found[0]
    if line.answer:
        before = content.removesuffix(line.answer)
        content = f'{before}<tspan font-size="{SMALL}" fill="#555555">{line.answer}</tspan>'
    if line.note:
        opening = re.sub(r'font-size="[^"]*"', f'font-size="{SMALL}" font-style="italic"', opening).replace(BOLD, FONT)
    text = f"{opening}{content}</text>"
    if line.says:
        text = f"{opening}<title>{escape(line.says)}</title>{content}</text>"
    for identifier in reversed(line.ids):
        text = f"<g id={quoteattr(identifier)}>{text}</g>"
    return text


def _literal(text: str) -> str:
    return escape(text).replace("\\", r"\\")
