"""Which objects are interchangeable.

The specification cannot name a slot, so two objects of a sort differ only by the constants of the world: the rigid
and frozen tables that are read in this scope. The group of a scope is every renaming of objects that keeps those
tables (and the initial state) as they are. It is a product of *components*: sorts that share a table are renamed
together, all others each for itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import permutations, product
from math import factorial, prod
from typing import TypeAlias

from dockspec.language import Function, Sort, Value
from hullcheck.explore.scope import Selection

Renaming: TypeAlias = Mapping[Sort, tuple[int, ...]]
"""For each sort, the new slot of each slot; a sort that is not named keeps its slots."""

_MOST_RENAMINGS = 50_000
"""How many renamings of one component are tried; beyond, its objects are taken as different, which is sound."""


@dataclass(frozen=True)
class Component:
    """Some sorts whose objects are renamed together.

    Attributes:
        sorts: the sorts.
        renamings: every renaming that keeps the constants, the one that renames nothing first.
        classes: where the component is one sort and its renamings are all that stay inside some classes of slots:
            those classes; else empty.
    """

    sorts: tuple[Sort, ...]
    renamings: tuple[Renaming, ...]
    classes: tuple[tuple[int, ...], ...]


@dataclass(frozen=True)
class Group:
    """The renamings under which nothing changes: every product of one renaming of each component."""

    components: tuple[Component, ...]

    @property
    def order(self) -> int:
        """How many renamings there are."""
        return prod(len(c.renamings) for c in self.components)


TRIVIAL = Group(())
"""The group that renames nothing."""


def group_of(selection: Selection) -> Group:
    """Every renaming of the objects of a scope that keeps the constants that are read in it, and the initial state."""
    tables = list(_tables(selection))
    sorts = [sort for sort in selection.spec.sorts if selection.size(sort) > 1]
    components = []
    for together in _linked(sorts, tables):
        own = [t for t in tables if t.sorts & set(together)]
        if prod(factorial(selection.size(sort)) for sort in together) > _MOST_RENAMINGS:
            continue
        kept = tuple(r for r in _all(selection, together) if all(t.kept_by(r) for t in own))
        if len(kept) > 1:
            components.append(Component(together, kept, _classes(together, kept)))
    return Group(tuple(components))


def leaves_of(selection: Selection, group: Group) -> tuple[Component, ...]:
    """The components whose objects can be sorted by their blocks.

    A leaf is a sort that nothing maps to, and of which no function takes two; and no function takes objects of two
    leaves. The largest come first, because sorting saves most there.
    """
    chosen: list[Component] = []
    candidates = [c for c in group.components if c.classes]
    for component in sorted(candidates, key=lambda c: -len(c.renamings)):
        sort = component.sorts[0]
        taken = {c.sorts[0] for c in chosen}
        mapped_to = any(f.type == sort for f in selection.varying)
        repeated = any(
            f.domain.count(sort) > 1 or (sort in f.domain and taken & {*f.domain}) for f in selection.varying
        )
        if not mapped_to and not repeated and any(sort in f.domain for f in selection.varying):
            chosen.append(component)
    return tuple(chosen)


@dataclass(frozen=True)
class _Table:
    """A constant function, written out."""

    function: Function
    values: Mapping[tuple[int, ...], Value]

    @property
    def sorts(self) -> set[Sort]:
        """The sorts that it speaks of."""
        kind = self.function.type
        return {*self.function.domain, *([kind] if isinstance(kind, Sort) else [])}

    def kept_by(self, renaming: Renaming) -> bool:
        """Whether the table is the same after a renaming."""
        return all(
            self.values[_renamed(renaming, self.function.domain, slots)] == self._value(renaming, value)
            for slots, value in self.values.items()
        )

    def _value(self, renaming: Renaming, value: Value) -> Value:
        kind = self.function.type
        named = isinstance(kind, Sort) and kind in renaming and isinstance(value, int)
        return renaming[kind][value] if named else value  # type: ignore[index]  # a sort and a slot, when it is named


def _tables(selection: Selection) -> Iterator[_Table]:
    varying = {f.name for f in selection.varying}
    read = selection.read()
    for function in selection.spec.functions:
        if function.name in varying:
            yield _Table(function, dict.fromkeys(selection.places(function), function.initial))
        elif function.name in read:
            yield _Table(function, {s: selection.constant(function, s) for s in selection.places(function)})


def _linked(sorts: list[Sort], tables: list[_Table]) -> Iterator[tuple[Sort, ...]]:
    """The sorts, grouped by the tables that they share; a table that is the same everywhere links nothing."""
    parts = [{sort} for sort in sorts]
    for table in tables:
        if isinstance(table.function.type, Sort) or len(set(table.values.values())) > 1:
            if all(value is None for value in table.values.values()):
                continue
            touched = [p for p in parts if p & table.sorts]
            parts = [p for p in parts if not p & table.sorts] + ([set().union(*touched)] if touched else [])
    for part in parts:
        yield tuple(sort for sort in sorts if sort in part)


def _all(selection: Selection, sorts: tuple[Sort, ...]) -> Iterator[Renaming]:
    for renamed in product(*(permutations(range(selection.size(sort))) for sort in sorts)):
        yield dict(zip(sorts, renamed, strict=True))


def _classes(sorts: tuple[Sort, ...], renamings: tuple[Renaming, ...]) -> tuple[tuple[int, ...], ...]:
    if len(sorts) != 1:
        return ()
    tables = [r[sorts[0]] for r in renamings]
    orbits = {tuple(sorted({table[slot] for table in tables})) for slot in range(len(tables[0]))}
    full = prod(factorial(len(orbit)) for orbit in orbits) == len(tables)
    return tuple(sorted(orbits)) if full else ()


def _renamed(renaming: Renaming, domain: tuple[Sort, ...], slots: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(renaming[sort][s] if sort in renaming else s for sort, s in zip(domain, slots, strict=True))
