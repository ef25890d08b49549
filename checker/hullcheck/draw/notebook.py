"""Machines in a notebook: dockspec knows nothing of pictures, so IPython is told here how to show one."""

from __future__ import annotations

import sys
from typing import Any

from dockspec.model import Machine
from hullcheck.draw.catalogue import picture_of


def register(shell: Any) -> None:  # noqa: ANN401  # IPython is no dependency
    """Let a notebook's shell show every machine as SVG.

    Args:
        shell: IPython's ``InteractiveShell``.
    """
    shell.display_formatter.formatters["image/svg+xml"].for_type(Machine, _svg)


def register_if_running() -> None:
    """Do so where a notebook's shell is running already; nothing elsewhere."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None else None
    if shell is not None:
        register(shell)


def _svg(machine: Machine) -> str:
    return picture_of(machine).svg
