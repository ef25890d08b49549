"""The words that were visited: a few sorted arrays, merged as they grow."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from hullcheck.explore.emit import Mask, Words

Positions: TypeAlias = NDArray[np.intp]

_RATIO = 2
"""Two arrays are merged when the older is less than this many times the newer."""


def distinct(words: Words) -> Words:
    """The words sorted and each once; the given array may be sorted in place."""
    words.sort()
    if len(words) < 2:  # noqa: PLR2004  # nothing to compare
        return words
    first = np.empty(len(words), np.bool_)
    first[0] = True
    np.not_equal(words[1:], words[:-1], out=first[1:])
    return words[first]


def positions(words: Words, among: Words) -> tuple[Mask, Positions]:
    """Which words occur in a sorted array, and where they do (elsewhere the position means nothing)."""
    if not len(among):
        return np.zeros(len(words), np.bool_), np.zeros(len(words), np.intp)
    at = np.searchsorted(among, words)
    at[at == len(among)] = 0
    return among[at] == words, at


class Store:
    """A growing set of words."""

    def __init__(self) -> None:
        self._runs: list[Words] = []

    def __len__(self) -> int:
        return sum(len(run) for run in self._runs)

    @property
    def bytes(self) -> int:
        """The memory that the words take."""
        return sum(run.nbytes for run in self._runs)

    def without(self, words: Words) -> Words:
        """Those of some sorted words that are not in the set."""
        for run in self._runs:
            known, _ = positions(words, run)
            words = words[~known]
        return words

    def add(self, words: Words) -> None:
        """Add sorted words, none of which is in the set."""
        if not len(words):
            return
        self._runs.append(words)
        while len(self._runs) > 1 and len(self._runs[-2]) < _RATIO * len(self._runs[-1]):
            newer, older = self._runs.pop(), self._runs.pop()
            self._runs.append(_merged(older, newer))

    def all(self) -> Words:
        """Every word, in order."""
        merged = np.empty(0, np.uint64)
        for run in reversed(self._runs):
            merged = _merged(run, merged)
        return merged


def _merged(older: Words, newer: Words) -> Words:
    merged = np.concatenate((older, newer))
    merged.sort(kind="stable")  # of two sorted halves this makes one pass
    return merged
