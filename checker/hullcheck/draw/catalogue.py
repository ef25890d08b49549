"""Every picture by its name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from dockspec import specification
from dockspec.model import Machine, Specification
from hullcheck.draw import commands, looks
from hullcheck.draw.diagram import Diagram
from hullcheck.draw.lifecycle import Look, lifecycle
from hullcheck.draw.matrix import matrix
from hullcheck.draw.picture import Picture
from hullcheck.draw.restart import restart
from hullcheck.draw.rmi import rmi
from hullcheck.draw.states import states
from hullcheck.errors import no_such


def _machine(look: Look, name: str, spec: Specification) -> Diagram:
    return lifecycle(spec, next(machine for machine in spec.machines if machine.name == name), look)


_GRAPHS: Mapping[str, Callable[[Specification], Diagram]] = {
    "container": partial(_machine, looks.CONTAINER, "container"),
    "container-simple": partial(_machine, looks.SIMPLE, "container"),
    "image": partial(_machine, looks.IMAGE, "image"),
    "host": partial(_machine, looks.HOST, "host"),
    "restart": restart,
    "rmi": rmi,
    "states": states,
}
_PAGES: Mapping[str, Callable[[Specification], Diagram]] = {
    "matrix": matrix,
    **{f"commands/{name}": partial(commands.command, name=name) for name in commands.STORIES},
}

NAMES: tuple[str, ...] = (*_GRAPHS, *_PAGES)
"""The names of all pictures, those of graphs first."""


def picture(name: str, spec: Specification | None = None) -> Picture:
    """A picture.

    Args:
        name: one of ``NAMES``.
        spec: of which specification; that of Docker, unless told otherwise.

    Raises:
        InputError: when there is no such picture.
    """
    draw = _GRAPHS.get(name) or _PAGES.get(name)
    if draw is None:
        raise no_such("picture", name, list(NAMES))
    return Picture(name, draw(spec or specification()), name in _GRAPHS)


def picture_of(machine: Machine) -> Picture:
    """The picture of a machine of Docker's specification.

    Raises:
        InputError: when the machine has no layout.
    """
    return picture(machine.name)
