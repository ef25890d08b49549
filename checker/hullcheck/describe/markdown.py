"""Small pieces of Markdown, as GitHub, Sphinx (MyST) and MkDocs read it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

_CODE = re.compile(r"(`[^`]*`)")


def anchor(identifier: str) -> str:
    """A place that can be linked to."""
    return f'<a id="{identifier}"></a>'


def heading(level: int, identifier: str, text: str) -> Iterator[str]:
    """A heading that can be linked to."""
    yield anchor(identifier)
    yield ""
    yield f"{'#' * level} {text}"
    yield ""


def link(identifier: str, text: str = "") -> str:
    """A link to an anchor of the same page; the text is the id itself, unless another is given."""
    return f"[{text or code(identifier)}](#{identifier})"


def code(text: str) -> str:
    """A text as it is typed or printed by a machine."""
    fence = "``" if "`" in text else "`"
    return f"{fence}{text}{fence}"


def prose(text: str) -> str:
    """A sentence: what Markdown would read as a tag or as emphasis is told as it is written; code in it stays code."""
    parts = _CODE.split(text)
    return "".join(p if p.startswith("`") else p.replace("<", "&lt;").replace("*", "\\*") for p in parts)


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """A table, line by line."""
    lines = [_row(header), _row(["---"] * len(header)), *(_row(row) for row in rows)]
    return [*lines, ""]


def _row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def block(lines: Iterable[str], language: str = "") -> list[str]:
    """Lines as they are typed or printed."""
    return [f"```{language}", *lines, "```", ""]


def plain(text: str) -> str:
    """The same for a terminal: links by their texts, code and sentences as they are."""
    text = re.sub(r"\[([^\]]*)\]\(#[^)]*\)", r"\1", text)
    return text.replace("``", "").replace("`", "").replace("&lt;", "<").replace("\\*", "*").replace("**", "")
