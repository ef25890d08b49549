"""What can be wrong with a call, and the exit status that says so."""

from __future__ import annotations

HOLDS = 0
"""Exit status: all holds."""
VIOLATED = 1
"""Exit status: a property is violated, or a difference was found."""
WRONG_INPUT = 2
"""Exit status: the call or the input is wrong."""
LACKING = 3
"""Exit status: the environment lacks something."""
INCOMPLETE = 4
"""Exit status: incomplete, and nothing found so far."""


class HullcheckError(Exception):
    """Anything that ends a command with one line on standard error: what, where, how to mend."""

    exit_code = WRONG_INPUT


class InputError(HullcheckError):
    """The call or what it reads is wrong."""


class LackingError(HullcheckError):
    """The environment lacks something that the command needs."""

    exit_code = LACKING


def no_such(what: str, name: str, known: list[str]) -> InputError:
    """The error for a name that is unknown, with the nearest one that is known."""
    from difflib import get_close_matches  # noqa: PLC0415  # only needed when something is wrong

    near = get_close_matches(name, known, 1, 0.5)
    hint = f"did you mean {near[0]}?" if near else f"there are: {', '.join(known)}"
    return InputError(f"there is no {what} {name!r}; {hint}")
