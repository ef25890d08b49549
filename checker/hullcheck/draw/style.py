"""How the pictures look: colours, lines, letters. Nothing here knows a Docker fact.

The colours are those of Okabe and Ito, darkened until text in them is readable on white; each cause has a line style of
its own too, so that a picture can be read in grey and by colour-blind readers.
"""

from __future__ import annotations

from dataclasses import dataclass

from dockspec.model import Actor, Kind

FONT = "DejaVu Sans"
"""The font whose widths the layout assumes: the widest of the usual ones, so that text fits in any of them."""
BOLD = "DejaVu Sans Bold"
FAMILY = "DejaVu Sans,Verdana,Geneva,sans-serif"
"""What the SVG asks a browser for: fonts of the same widths, first of all."""

SMALL, PLAIN, LARGE = 9, 10, 12
"""Sizes of text, in points."""

INK = "#1a1a1a"
FAINT = "#8a8a8a"
PALE = "#f2f2f2"


@dataclass(frozen=True)
class Line:
    """How a cause's transitions are drawn.

    Attributes:
        colour: of the line and its text; to Graphviz, possibly two parallel lines.
        style: Graphviz's word.
        says: for the legend.
    """

    colour: str
    style: str
    says: str
    double: bool = False
    width: str = "1.2"

    @property
    def stroke(self) -> str:
        """Graphviz's colour attribute."""
        return f"{self.colour}:{self.colour}" if self.double else self.colour


LINES = {
    Actor.USER: Line("#005a9c", "solid", "a user's command"),
    Actor.PROCESS: Line("#b34700", "dashed", "the container's process"),
    Actor.ENGINE: Line("#8a3a73", "dotted", "the engine", width="1.8"),
    Actor.WORLD: Line("#00664b", "solid", "a restart of the daemon", double=True),
}


@dataclass(frozen=True)
class Fill:
    """How a kind of answer is filled: each differs from the others in grey too."""

    fill: str
    text: str
    border: str
    says: str


KINDS = {
    Kind.ACCEPTED: Fill("#cfe6f5", INK, "#005a9c", "done"),
    Kind.UNCHANGED: Fill("#ffffff", INK, FAINT, "nothing to do"),
    Kind.REFUSED: Fill("#f0a35e", INK, "#7a3a00", "refused: nothing changes"),
    Kind.FAILED: Fill("#7a1f2b", "#ffffff", "#7a1f2b", "failed: something changed"),
}
NOTHING = Fill("#ffffff", FAINT, "#d0d0d0", "cannot happen")

# advance widths of DejaVu Sans for the characters 32 to 126, in thousandths of the size
_WIDTHS = (
    318,
    401,
    460,
    838,
    636,
    950,
    780,
    275,
    390,
    390,
    500,
    838,
    318,
    361,
    318,
    337,
    636,
    636,
    636,
    636,
    636,
    636,
    636,
    636,
    636,
    636,
    337,
    337,
    838,
    838,
    838,
    531,
    1000,
    684,
    686,
    698,
    770,
    632,
    575,
    775,
    752,
    295,
    295,
    656,
    557,
    863,
    748,
    787,
    603,
    787,
    695,
    635,
    611,
    732,
    684,
    989,
    685,
    611,
    685,
    390,
    674,
    390,
    838,
    500,
    500,
    613,
    635,
    550,
    635,
    615,
    352,
    635,
    634,
    278,
    278,
    579,
    278,
    974,
    634,
    612,
    635,
    635,
    411,
    521,
    392,
    634,
    592,
    818,
    592,
    592,
    525,
    636,
    337,
    636,
    838,
)
_OTHER = 954
_BOLDER = 1.14


def width(text: str, size: float, *, bold: bool = False) -> float:
    """How wide a line of text is at most, in points."""
    thousandths = sum(_WIDTHS[ord(ch) - 32] if 32 <= ord(ch) < 127 else _OTHER for ch in text)  # noqa: PLR2004  # ASCII
    return thousandths * size / 1000 * (_BOLDER if bold else 1)
