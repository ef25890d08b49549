"""What can be wrong with a call, and the exit status that says so."""

from __future__ import annotations

import os
from collections.abc import Collection
from pathlib import Path

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


def check_known(what: str, name: str, known: Collection[str]) -> None:
    """Raise ``no_such`` unless a name is known."""
    if name not in known:
        raise no_such(what, name, list(known))


def check_writable(file: Path | None) -> None:
    """See early that a file, if one is named, can be written.

    Raises:
        InputError: when its folder is not there, or not writable.
    """
    if file is None:
        return
    folder = file.absolute().parent
    if not (folder.is_dir() and os.access(folder, os.W_OK)):
        raise InputError(f"cannot write {file}: its folder is not there, or not writable; name another file")
