"""A page on which boxes, texts and arrows are placed one by one."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass, field

from hullcheck.draw.diagram import Diagram, Edge, Node, Text
from hullcheck.draw.geometry import LINE_HEIGHT, Box, Label, Point, label_attributes, spline
from hullcheck.draw.style import BOLD, FAINT, FONT, INK, PLAIN, SMALL, Fill, width

WIDTH = 612.0
"""What fits into the column of a README, in points."""


@dataclass
class Sheet:
    """What has been placed so far; every id begins with the sheet's name."""

    name: str
    nodes: list[Node] = field(default_factory=list)
    edges: list[Edge] = field(default_factory=list)

    def box(
        self,
        identifier: str,
        box: Box,
        lines: Sequence[str] = ("",),
        *,
        fill: str = "#ffffff",
        border: str = INK,
        ink: str = INK,
        size: int = PLAIN,
        bold: bool = False,
        style: str = "",
        pen: float = 1.0,
        says: str = "",
        part: str = "box",
        shape: str = "box",
        note: Sequence[str] = (),
    ) -> None:
        """A box with some lines of text in it, and notes below them.

        Args:
            identifier: unique on the sheet.
            box: where.
            lines: centred; the first ones, in the given size.
            fill: its colour.
            border: the colour of its border; "none": it is only text.
            ink: the colour of its text.
            size: of the text.
            bold: whether it stands out.
            style: Graphviz's, beside filled.
            pen: how thick the border is.
            says: what a reader is told who asks.
            part: a class for the SVG.
            shape: Graphviz's.
            note: small lines in italics.
        """
        look = {
            "style": ",".join(filter(None, ("filled", style))),
            "fillcolor": fill,
            "color": border,
            "penwidth": f"{pen:g}",
            "fontname": BOLD if bold else FONT,
            "fontsize": str(size),
            "fontcolor": ink,
            "class": part,
            "shape": shape,
            **box.attributes(),
        }
        if border == "none":
            look |= {"shape": "plaintext", "style": "solid"}
        texts = (*(Text(line) for line in lines), *(Text(line, note=True) for line in note))
        self.nodes.append(Node(f"{self.name}.{identifier}", texts, look, says))

    def text(
        self,
        identifier: str,
        at: Point,
        lines: Sequence[str],
        *,
        size: int = SMALL,
        bold: bool = False,
        ink: str = INK,
        wide: float = 0,
    ) -> float:
        """Lines of text below a point, centred on it; returns how high they are."""
        wide = wide or max(width(line, size, bold=bold) for line in lines) + 2
        high = len(lines) * size * LINE_HEIGHT
        place = Box(at[0] - wide / 2, at[1], at[0] + wide / 2, at[1] + high)
        self.box(identifier, place, lines, border="none", ink=ink, size=size, bold=bold, part="note")
        return high

    def left(
        self, identifier: str, at: Point, line: str, *, size: int = SMALL, bold: bool = False, ink: str = INK
    ) -> float:
        """A line of text that begins at a point; returns where it ends."""
        wide = width(line, size, bold=bold)
        self.text(identifier, (at[0] + wide / 2, at[1]), (line,), size=size, bold=bold, ink=ink, wide=wide)
        return at[0] + wide

    def arrow(  # noqa: PLR0917  # what it joins, where it goes, what it says
        self,
        identifier: str,
        tail: str,
        head: str,
        points: Sequence[Point],
        texts: Sequence[Text] = (),
        label: Label | None = None,
        *,
        colour: str = INK,
        ink: str = INK,
        style: str = "solid",
        pen: float = 1.2,
        says: str = "",
    ) -> None:
        """An arrow between two boxes of the sheet, along some points."""
        look = {"color": colour, "fontcolor": ink, "style": style, "penwidth": f"{pen:g}", "pos": spline(points)}
        if texts and label:
            look |= label_attributes(texts, label)
        self.edges.append(
            Edge(f"{self.name}.{identifier}", f"{self.name}.{tail}", f"{self.name}.{head}", tuple(texts), look, says)
        )

    def key(self, fills: Sequence[tuple[str, Fill]], at: Point) -> None:
        """A legend of filled boxes, side by side."""
        x, y = at
        for name, fill in fills:
            self.box(f"key.{name}", Box(x, y, x + 18, y + 12), fill=fill.fill, border=fill.border, part="legend")
            x = self.left(f"key.{name}.says", (x + 22, y + 0.5), fill.says) + 16

    def diagram(self, title: str, description: str) -> Diagram:
        """The finished page."""
        return Diagram(self.name, title, description, tuple(self.nodes), tuple(self.edges), {"layout": "nop2"})


def wrapped(text: str, wide: float, size: float) -> list[str]:
    """A text broken into lines of at most some points."""
    characters = max(8, int(wide / (size * 0.56)))
    lines = textwrap.wrap(text, characters)
    while any(width(line, size) > wide for line in lines) and characters > 4:  # noqa: PLR2004  # a word must fit
        characters -= 1
        lines = textwrap.wrap(text, characters, break_long_words=False)
    return lines


FAINT_FILL = Fill("#ffffff", FAINT, FAINT, "")
