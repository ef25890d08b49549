"""What is done with the specification: run it, explore it, sample it, hold it against other things."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from hullcheck.run.world import World

__all__ = ["World"]


def __getattr__(name: str) -> Any:  # noqa: ANN401  # what a module exports may be anything
    """``World`` is imported when it is first asked for, so that the command line starts fast."""
    if name == "World":
        from hullcheck.run.world import World  # noqa: PLC0415  # see above

        return World
    raise AttributeError(f"module 'hullcheck' has no attribute {name!r}")
