"""The world at the beginning: so many slots of each sort, and references that are written as Docker writes them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import product

from dockspec.evaluation import State
from dockspec.image import REFERENCE, ReferenceKind, before, kind, same_repository
from dockspec.language import Function, Sort, Value


def references(*spelled: str) -> dict[Function, dict[tuple[int, ...], Value]]:
    """The constants of some references, one slot each, in this order; their repositories and their order are read off.

    ``references("app:1", "app:2", "app@1", "web:1")``: two tags and a digest of one repository, a tag of another.
    """
    slots = list(enumerate(spelled))
    pairs = list(product(slots, repeat=2))
    return {
        kind: {(x,): ReferenceKind.DIGEST for x, text in slots if "@" in text},
        same_repository: {(x, y): True for (x, one), (y, other) in pairs if repository(one) == repository(other)},
        before: {(x, y): True for (x, one), (y, other) in pairs if one < other},
    }


def world(sizes: Mapping[Sort, int], spelled: Sequence[str] = ()) -> State:
    """An empty world: nothing is created, pulled or running.

    Args:
        sizes: how many slots of each sort but references.
        spelled: the references, as for ``references``.
    """
    tables = references(*spelled).items()
    constants = {(function, slots): value for function, table in tables for slots, value in table.items()}
    return State({**sizes, REFERENCE: len(spelled)}).setting(constants)


def repository(reference: str) -> str:
    """The part of a reference before the tag or the digest."""
    name, digest, _ = reference.partition("@")
    return name if digest else name.rpartition(":")[0]
