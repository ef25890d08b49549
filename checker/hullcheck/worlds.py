"""The world at the beginning: so many slots of each sort, and references that are written as Docker writes them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import product

from dockspec.evaluation import State
from dockspec.image import REFERENCE, ReferenceKind, before, kind, same_repository
from dockspec.language import Function, Sort, Value


def world(sizes: Mapping[Sort, int], references: Sequence[str] = ()) -> State:
    """An empty world: nothing is created, pulled or running.

    Args:
        sizes: how many slots of each sort but references.
        references: as ``app:1`` (a tag) or ``app@1`` (a digest), one slot each, in this order; which are of one
            repository, and which sorts before which, is read off the text.
    """
    constants: dict[tuple[Function, tuple[int, ...]], Value] = {}
    for slot, text in enumerate(references):
        constants[kind, (slot,)] = ReferenceKind.DIGEST if "@" in text else ReferenceKind.TAG
    for (one, text), (other, another) in product(enumerate(references), repeat=2):
        constants[same_repository, (one, other)] = repository(text) == repository(another)
        constants[before, (one, other)] = text < another
    return State({**sizes, REFERENCE: len(references)}).setting(constants)


def repository(reference: str) -> str:
    """The part of a reference before the tag or the digest."""
    return reference.partition("@")[0].rpartition(":")[0] if "@" not in reference else reference.partition("@")[0]
