"""Names for other languages: an identifier for everything that has an id here, and one for each predicate."""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum

from dockspec.language import Function, Named, Variable, free_variables


def identifier(name: str) -> str:
    """An id (``container.rm.busy``), or a name in words, as an identifier."""
    text = "".join(c if c.isalnum() else "_" for c in name).strip("_")
    return f"_{text}" if text[:1].isdigit() else text


def member(value: Enum) -> str:
    """A member of an enumeration, in capitals: module, enumeration, member, so that no two have the same name."""
    module = type(value).__module__.rpartition(".")[2]
    return f"{module}_{type(value).__name__}_{identifier(value.name)}".upper()


def function(function: Function) -> str:
    """A part of the state."""
    return identifier(function.name)


def parameters(term: Named) -> tuple[Variable, ...]:
    """The variables that a named formula reads: first those it is applied to, then the others."""
    free = free_variables(term.body)
    given = [name for argument in term.arguments for name in free_variables(argument) if name in free]
    return tuple(free[name] for name in dict.fromkeys([*given, *free]))


class Names:
    """Gives out names, each once.

    Args:
        reserved: names that must not be given out.
    """

    def __init__(self, reserved: Iterable[str] = ()) -> None:
        self._taken = set(reserved)

    def new(self, wanted: str) -> str:
        """The wanted name, or the first of ``name_2``, ``name_3``, ... that is free."""
        name, number = wanted, 1
        while name in self._taken:
            number += 1
            name = f"{wanted}_{number}"
        self._taken.add(name)
        return name
