"""docker's own command line as data: the vocabulary of the tables, and the reader of their notation.

The tables themselves stand in `tables`. They are written as `docker COMMAND --help` prints flags, so that a person, and
a test, can lay one beside the other:

        -t, --time int           a flag with a short form and one whole number
            --rm                 a switch: it takes a value only as --rm=false
        -p, --publish list       may be repeated
            --net network = network, hidden
                                 another word for --network, which `--help` does not print
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from typing import Final


class Effect(Enum):
    """What a flag does to the lifecycle, as far as the spec is concerned."""

    MODELLED = "modelled"
    WITHOUT_EFFECT = "without effect"
    NOT_MODELLED = "not modelled"


class Kind(Enum):
    """How docker reads the value of a flag."""

    SWITCH = "switch"
    NUMBER = "number"
    NATURAL = "natural"
    TEXT = "text"
    LIST = "list"
    FILTER = "filter"


# docker's word after a flag, and how its value is read. The value of a flag without effect is checked no further than
# this.
_KINDS: Final = {
    "": Kind.SWITCH,
    "int": Kind.NUMBER,
    "uint16": Kind.NATURAL,
    "uint64": Kind.NATURAL,
    "string": Kind.TEXT,
    "bytes": Kind.TEXT,
    "decimal": Kind.TEXT,
    "duration": Kind.TEXT,
    "list": Kind.LIST,
    "strings": Kind.LIST,
    "map": Kind.LIST,
    "mount": Kind.LIST,
    "network": Kind.LIST,
    "ulimit": Kind.LIST,
    "gpu-request": Kind.LIST,
    "filter": Kind.FILTER,
}


@dataclass(frozen=True, slots=True)
class Flag:
    """One flag of one command. `word` is docker's word for its value, "" for a switch; `bits` limits a number."""

    name: str
    short: str
    word: str
    effect: Effect
    canonical: str
    hidden: bool = False

    @property
    def kind(self) -> Kind:
        """How its value is read."""
        return _KINDS[self.word]

    @property
    def bits(self) -> int:
        """The size of a number; 64 for every other kind."""
        return 16 if self.word == "uint16" else 64

    @property
    def spelling(self) -> str:
        """As docker names it in an error: `-t, --time`."""
        return f"-{self.short}, --{self.name}" if self.short else f"--{self.name}"


@dataclass(frozen=True, slots=True)
class Command:
    """One command. `forms` are the ways to type it, the first being its name here; `synonyms` are other words for them.

    `least` and `most` bound its arguments (`most` None: no bound). `interspersed` tells whether flags may follow
    arguments.
    """

    name: str
    forms: tuple[str, ...]
    usage: str
    summary: str
    least: int
    most: int | None
    flags: tuple[Flag, ...] = ()
    synonyms: tuple[str, ...] = ()
    interspersed: bool = True


_ROW: Final = re.compile(
    r"(?:-(?P<short>\w), )?--(?P<name>[\w-]+)(?: (?P<word>[\w-]+))?(?: = (?P<canonical>[\w-]+))?(?P<hidden>, hidden)?",
)


def flags(*, modelled: str = "", without_effect: str = "", not_modelled: str = "") -> tuple[Flag, ...]:
    """The flags of a table, one row a line. Raises `ValueError` for a row that does not read, or a flag given twice."""
    sections = (
        (Effect.MODELLED, modelled),
        (Effect.WITHOUT_EFFECT, without_effect),
        (Effect.NOT_MODELLED, not_modelled),
    )
    table = tuple(_flag(row.strip(), effect) for effect, rows in sections for row in rows.splitlines() if row.strip())
    spellings = [word for flag in table for word in (flag.name, flag.short) if word]
    twice = {word for word in spellings if spellings.count(word) > 1}
    if twice:
        raise ValueError(f"flags given twice in one table: {', '.join(sorted(twice))}")
    return table


def _flag(row: str, effect: Effect) -> Flag:
    match = _ROW.fullmatch(row)
    if match is None or (match["word"] or "") not in _KINDS:
        raise ValueError(f"not a row of a flag table: {row!r}")
    return Flag(
        name=match["name"],
        short=match["short"] or "",
        word=match["word"] or "",
        effect=effect,
        canonical=match["canonical"] or match["name"],
        hidden=match["hidden"] is not None,
    )
