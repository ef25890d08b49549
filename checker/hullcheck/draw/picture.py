"""A picture: what is drawn, and its forms."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Literal, TypeAlias, get_args

from hullcheck.draw import mermaid, renderer, svg
from hullcheck.draw.diagram import Diagram
from hullcheck.errors import InputError

Format: TypeAlias = Literal["svg", "dot", "png", "pdf", "mermaid"]
FORMATS: tuple[Format, ...] = get_args(Format)
ENDINGS = {"mermaid": "mmd"}
"""Where a file's name ends otherwise than with the name of its format."""


@dataclass(frozen=True)
class Picture:
    """One picture in every format; in a notebook it shows itself.

    Attributes:
        name: as on the command line, ``container`` or ``commands/run``.
        diagram: what is drawn.
        graph: whether it is a graph of states rather than a page of boxes; only graphs have a Mermaid form.
    """

    name: str
    diagram: Diagram
    graph: bool

    @cached_property
    def dot(self) -> str:
        """In Graphviz's language."""
        return self.diagram.dot()

    @cached_property
    def svg(self) -> str:
        """As SVG, the same text on every machine. Raises ``LackingError`` where there is no renderer."""
        return svg.finished(renderer.svg(self.dot), self.diagram)

    @cached_property
    def mermaid(self) -> str:
        """In Mermaid's language, for pages that draw it themselves. Raises ``InputError`` where it is no graph."""
        if not self.graph:
            raise InputError(f"{self.name} is no graph, so it has no Mermaid form; take --format svg")
        return mermaid.text(self.diagram)

    def content(self, form: Format) -> bytes:
        """The bytes of a file.

        Raises:
            LackingError: when nothing can make this format here.
            InputError: when the picture has no such form.
        """
        match form:
            case "svg":
                return self.svg.encode()
            case "dot":
                return self.dot.encode()
            case "mermaid":
                return self.mermaid.encode()
            case "png" | "pdf":
                return renderer.other(self.dot, form)

    def file(self, form: Format) -> str:
        """The path of its file, below the folder of all pictures."""
        return f"{self.name}.{ENDINGS.get(form, form)}"

    def _repr_svg_(self) -> str:
        return self.svg
