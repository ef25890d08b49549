"""How docker lays out tables and words: Go's text/tabwriter, ages, commands.

Source: measured on docker 20.10.24; go-units `duration.go`, docker/cli `cli/command/formatter`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from dockspec._flags.pflag import quote

_PADDING: Final = 3
_COMMAND_WIDTH: Final = 20
_MINUTE, _HOUR = 60, 3600


def table(rows: Sequence[Sequence[str]], *, narrowest: int = 10, padding: int = _PADDING) -> str:
    """Rows in columns, with line ends: each as wide as its longest cell and the padding; the last one is not padded."""
    widths = [max(narrowest, padding + max(map(len, column))) for column in zip(*rows, strict=True)]
    lines = (
        "".join(cell.ljust(width) for cell, width in zip(row[:-1], widths, strict=False)) + row[-1] for row in rows
    )
    return "".join(f"{line}\n" for line in lines)


def age(seconds: float) -> str:  # noqa: PLR0911  # one return a unit
    """A duration in Docker's words: `About a minute`, `3 weeks` (go-units `HumanDuration`)."""
    whole = int(seconds)
    minutes, hours = whole // _MINUTE, int(seconds / _HOUR + 0.5)
    if whole < 1:
        return "Less than a second"
    if whole == 1:
        return "1 second"
    if whole < _MINUTE:
        return f"{whole} seconds"
    if minutes == 1:
        return "About a minute"
    if minutes < _MINUTE:
        return f"{minutes} minutes"
    if hours == 1:
        return "About an hour"
    units = (
        (48, 1, "hours"),
        (24 * 7 * 2, 24, "days"),
        (24 * 30 * 2, 24 * 7, "weeks"),
        (24 * 365 * 2, 24 * 30, "months"),
    )
    for limit, unit, word in units:
        if hours < limit:
            return f"{hours // unit} {word}"
    return f"{whole // _HOUR // 24 // 365} years"


def command_text(argv: Sequence[str], *, whole: bool) -> str:
    """A command as the COMMAND column of `ps` shows it: cut to 20 letters unless ``whole``, and quoted."""
    text = " ".join(f"'{word}'" if " " in word else word for word in argv)
    return quote(text if whole else shortened(text, _COMMAND_WIDTH))


def shortened(text: str, width: int) -> str:
    """A text cut to a number of letters, the last of which tells of it."""
    return text if len(text) <= width else text[: width - 1] + "…"
