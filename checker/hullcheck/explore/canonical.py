"""One word for all words that differ only by a renaming of objects.

The representative of a word is the smallest of its renamed words, where leaf objects (see ``symmetry.leaves_of``)
are not permuted but sorted by their blocks. Renamings are walked through as a tree of small changes: to exchange two
objects is two shifts of their blocks and an exclusive-or in the fields that point at them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise, product
from math import prod

import numpy as np

from dockspec.language import Sort
from hullcheck.explore.emit import Mask, Words
from hullcheck.explore.layout import WORD_BITS, Layout
from hullcheck.explore.symmetry import Component, Group, Renaming

_CHUNK = 8192
"""Words at a time, so that the few arrays in use stay in the processor's cache."""
_MOST_WALKED = 2_000
"""How many renamings are walked through for each word; beyond, the larger components are left alone, which is sound."""
_LOOK_AHEAD = 64
"""Among how many renamings the cheapest next one is looked for."""


class Canonical:
    """Finds representatives, and how many words each stands for.

    Args:
        layout: the fields; the sorts of ``leaves`` are laid out in blocks.
        group: the renamings.
        leaves: the components of the group whose objects are sorted.
    """

    def __init__(self, layout: Layout, group: Group, leaves: Sequence[Component] = ()) -> None:
        self._layout = layout
        walked: list[Component] = []
        for component in sorted((c for c in group.components if c not in leaves), key=lambda c: len(c.renamings)):
            if prod(len(c.renamings) for c in (*walked, component)) <= _MOST_WALKED:
                walked.append(component)
        self._components = (*walked, *leaves)
        self.order = Group(self._components).order
        """How many renamings there are."""
        self._sorters = [_Sorter(layout, leaf) for leaf in leaves]
        self._tours = [_tour(layout, component) for component in walked]

    def representatives(self, words: Words) -> Words:
        """The representative of each word, in the same order."""
        if self.order == 1:
            return words
        found = np.empty_like(words)
        for start in range(0, len(words), _CHUNK):
            chunk = words[start : start + _CHUNK]
            best = found[start : start + _CHUNK]
            best.fill(np.iinfo(np.uint64).max)
            for renamed in self._renamed(chunk):
                np.minimum(best, self._sorted(renamed), out=best)
        return found

    def orbits(self, representatives: Words) -> Words:
        """How many words each representative stands for."""
        orbits = np.ones(len(representatives), np.uint64)
        if self.order == 1:
            return orbits
        for start in range(0, len(representatives), _CHUNK):
            chunk = representatives[start : start + _CHUNK]
            fixed = np.zeros(len(chunk), np.uint64)
            for renamed in self._renamed(chunk):
                fixed += self._sorted(renamed) == chunk
            for sorter in self._sorters:
                fixed *= sorter.ties(chunk)
            orbits[start : start + _CHUNK] = np.uint64(self.order) // fixed
        return orbits

    def orbit(self, words: Words) -> tuple[Words, Words]:
        """Every word that some words stand for.

        Returns:
            the words, sorted and each once; and for each the position of (one of) the words that stand for it.
        """
        everything, origins = words, np.arange(len(words), dtype=np.uint64)
        for component in self._components:
            changes = [_Change.of(self._layout, renaming) for renaming in component.renamings]
            everything = np.concatenate([change.applied(everything) for change in changes])
            origins = np.concatenate([origins] * len(changes))
            order = np.argsort(everything, kind="stable")
            everything, origins = everything[order], origins[order]
            first = np.ones(len(everything), np.bool_)
            first[1:] = everything[1:] != everything[:-1]
            everything, origins = everything[first], origins[first]
        return everything, origins

    def renaming(self, word: int, target: int) -> Renaming:
        """A renaming that leads from one word to another; KeyError where there is none."""
        for parts in product(*(component.renamings for component in self._components)):
            renaming = {sort: slots for part in parts for sort, slots in part.items()}
            if int(_Change.of(self._layout, renaming).applied(np.array([word], np.uint64))[0]) == target:
                return renaming
        raise KeyError(f"no renaming leads from {word:#x} to {target:#x}")

    def _renamed(self, words: Words, level: int = 0) -> Iterator[Words]:
        """The words under every walked renaming; what is yielded may be changed before the next."""
        if level == len(self._tours):
            yield words
            return
        for change in self._tours[level]:
            words = words if change is None else change.applied(words)
            yield from self._renamed(words, level + 1)

    def _sorted(self, words: Words) -> Words:
        for sorter in self._sorters:
            words = sorter.sorted(words)
        return words


@dataclass(frozen=True)
class _Relabel:
    """The codes of the fields that point at one sort, exchanged.

    Attributes:
        width: of each of those fields.
        lowest: the lowest bit of each of those fields.
        changes: (codes, difference): where the code is one of these, it is changed by exclusive-or.
    """

    width: int
    lowest: int
    changes: tuple[tuple[tuple[int, ...], int], ...]

    def apply(self, words: Words) -> None:
        """Relabel some words in place."""
        bits = [words >> np.uint64(k) for k in range(self.width)]
        lowest, difference = np.uint64(self.lowest), np.zeros_like(words)
        for codes, change in self.changes:
            here = np.zeros_like(words)
            for code in codes:
                here |= self._having(bits, code)
            here &= lowest
            here *= np.uint64(change)
            difference |= here
        words ^= difference

    def _having(self, bits: list[Words], code: int) -> Words:
        """In the lowest bit of each field, whether it has this code."""
        ones = [bit for k, bit in enumerate(bits) if code >> k & 1]
        zeros = [bit for k, bit in enumerate(bits) if not code >> k & 1]
        having = ones[0].copy()
        for bit in ones[1:]:
            having &= bit
        if zeros:
            none = zeros[0].copy()
            for bit in zeros[1:]:
                none |= bit
            having &= ~none
        return having


@dataclass(frozen=True)
class _Change:
    """A renaming of objects, as it acts on words: fields are moved, codes are exchanged."""

    kept: int
    moves: tuple[tuple[int, int], ...]
    relabels: tuple[_Relabel, ...]

    @classmethod
    def of(cls, layout: Layout, renaming: Renaming) -> _Change:
        """How a renaming acts on the words of a layout."""
        moves: dict[int, int] = {}
        pointing: dict[Sort, list[int]] = {}
        for field in layout.fields:
            domain = zip(field.function.domain, field.slots, strict=True)
            slots = tuple(renaming[sort][s] if sort in renaming else s for sort, s in domain)
            target = layout.field(field.function, slots)
            if target is None:
                raise TypeError(f"{field.function.name}{slots} has no field")
            shift = layout.fields[target].offset - field.offset
            moves[shift] = moves.get(shift, 0) | field.mask
            kind = field.function.type
            if isinstance(kind, Sort) and kind in renaming:
                pointing.setdefault(kind, []).append(field.offset)
        relabels = (_relabel(renaming[sort], offsets) for sort, offsets in pointing.items())
        kept = moves.pop(0, 0)
        return cls(kept, tuple((mask, shift) for shift, mask in moves.items()), tuple(r for r in relabels if r.changes))

    @property
    def cost(self) -> int:
        """Roughly how many passes over the words it takes."""
        return 3 * len(self.moves) + sum(4 * len(r.changes) + r.width for r in self.relabels)

    def applied(self, words: Words) -> Words:
        """Renamed words, in a new array."""
        renamed = words & np.uint64(self.kept)
        for mask, shift in self.moves:
            moved = words & np.uint64(mask)
            if shift > 0:
                moved <<= np.uint64(shift)
            else:
                moved >>= np.uint64(-shift)
            renamed |= moved
        for relabel in self.relabels:
            relabel.apply(renamed)
        return renamed


class _Sorter:
    """Sorts the objects of a leaf by their blocks, within each class of interchangeable ones."""

    def __init__(self, layout: Layout, leaf: Component) -> None:
        start, width = layout.blocks[leaf.sorts[0]]
        self._block = np.uint64((1 << width) - 1 if width < WORD_BITS else (1 << WORD_BITS) - 1)
        self._classes = [[np.uint64(start + slot * width) for slot in members] for members in leaf.classes]

    def sorted(self, words: Words) -> Words:
        """The words with the blocks of each class in falling order from its first slot on, in a new array."""
        words = words.copy()
        for offsets in self._classes:
            for last in range(len(offsets) - 1, 0, -1):
                for k in range(last):
                    self._exchange(words, offsets[k], offsets[k + 1])
        return words

    def ties(self, words: Words) -> Words:
        """For sorted words, in how many ways equal blocks can be exchanged."""
        ways = np.ones(len(words), np.uint64)
        for offsets in self._classes:
            run = np.ones(len(words), np.uint64)
            for before, here in pairwise(offsets):
                same: Mask = self._at(words, before) == self._at(words, here)
                run = np.where(same, run + np.uint64(1), np.uint64(1))
                ways *= run
        return ways

    def _exchange(self, words: Words, low: np.uint64, high: np.uint64) -> None:
        """Where the block at the lower slot is the smaller one, exchange the two."""
        one, other = self._at(words, low), self._at(words, high)
        wrong = one < other
        one ^= other
        one *= wrong
        words ^= one << low
        words ^= one << high

    def _at(self, words: Words, offset: np.uint64) -> Words:
        block = words >> offset
        block &= self._block
        return block


def _relabel(renamed: tuple[int, ...], offsets: Sequence[int]) -> _Relabel:
    changes: dict[int, list[int]] = {}
    for slot, target in enumerate(renamed):
        if slot != target:
            changes.setdefault((slot + 1) ^ (target + 1), []).append(slot + 1)
    lowest = sum(1 << offset for offset in offsets)
    width = len(renamed).bit_length()
    return _Relabel(width, lowest, tuple((tuple(codes), change) for change, codes in changes.items()))


def _tour(layout: Layout, component: Component) -> list[_Change | None]:
    """Changes that lead from each renaming of a component to the next, cheap ones first; None: stay at the first."""
    first, *left = component.renamings
    tour: list[_Change | None] = [None]
    here = first
    known: dict[tuple[tuple[int, ...], ...], _Change] = {}
    while left:
        steps = [(_difference(here, there, component.sorts), k) for k, there in enumerate(left[:_LOOK_AHEAD])]
        for step, _ in steps:
            key = tuple(step.values())
            if key not in known:
                known[key] = _Change.of(layout, step)
        step, nearest = min(steps, key=lambda s: known[tuple(s[0].values())].cost)
        tour.append(known[tuple(step.values())])
        here = left.pop(nearest)
    return tour


def _difference(here: Renaming, there: Renaming, sorts: Sequence[Sort]) -> Mapping[Sort, tuple[int, ...]]:
    """The renaming that leads from one renaming to another."""
    difference = {}
    for sort in sorts:
        renamed = [0] * len(here[sort])
        for at, target in zip(here[sort], there[sort], strict=True):
            renamed[at] = target
        difference[sort] = tuple(renamed)
    return difference
