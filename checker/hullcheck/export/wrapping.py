"""Long lines of generated text, broken where they may be."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Sequence

_WIDTH = 116
_GOES_ON = " \\"
_PROMELA = re.compile(r"(?<![;{,]) (?<!&& )(?<!\|\| )(?<!-> )")
"""A space at which a statement must not be broken: at the end of a line, Promela puts in a semicolon where one fits."""
TLA = re.compile(r"(?<!,) (?<!/\\ )(?<!\\/ )(?<!== )(?<!: )(?<!THEN )(?<!ELSE )")
"""A space of TLA+ at which a line would be hard to read."""


def wrapped(
    text: str, indent: str = "", more: str = "    ", ending: str = "", unbreakable: re.Pattern[str] = _PROMELA
) -> str:
    """A statement or an expression over several lines.

    Args:
        text: without line breaks.
        indent: before the first line.
        more: before the others, besides.
        ending: after each line but the last.
        unbreakable: the spaces at which a line must not end.
    """
    return broken(unbreakable.sub("\0", text), indent, more, ending).replace("\0", " ")


def broken(text: str, indent: str = "", more: str = "", ending: str = "") -> str:
    """The same, for prose: it can be broken at every space."""
    lines = textwrap.wrap(
        text, _WIDTH - len(ending), initial_indent=indent, subsequent_indent=indent + more, break_long_words=False,
        break_on_hyphens=False,
    )  # fmt: skip
    return f"{ending}\n".join(lines)


def comment(text: str, indent: str = "") -> str:
    """A comment of C over several lines."""
    return broken(f"/* {_safe(text)} */", indent, "   ")


def block(lines: Sequence[str]) -> str:
    """A comment of C, a line for each text."""
    return "\n".join(["/*", *(broken(_safe(line), " * ", "  ") if line else " *" for line in lines), " */"])


def define(name: str, parameters: Sequence[str], body: str) -> str:
    """A formula as a definition for the preprocessor of C."""
    whole = f"({body})" if body.startswith("!") else body
    return wrapped(f"#define {name}({', '.join(parameters)}) {whole}", ending=_GOES_ON)


def define_statements(name: str, parameters: Sequence[str], statements: Sequence[str]) -> str:
    """Statements as a definition for the preprocessor of C, each on a line of its own."""
    lines = (wrapped(statement, "  ", ending=_GOES_ON) for statement in statements)
    return f"{_GOES_ON}\n".join([f"#define {name}({', '.join(parameters)})", *lines])


def _safe(text: str) -> str:
    return text.replace("*/", "* /").replace("/*", "/ *")
