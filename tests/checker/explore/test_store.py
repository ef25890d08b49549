"""A set of words in sorted arrays."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from hullcheck.explore.store import Store, distinct, positions

WORDS = st.lists(st.one_of(st.integers(0, 20), st.integers(0, 2**64 - 1)), max_size=30)


@given(st.lists(WORDS, max_size=8))
def test_a_store_is_a_set(batches: list[list[int]]) -> None:
    """Adding what is not yet there, batch by batch, gives the union, sorted and each word once."""
    store, expected = Store(), set[int]()
    for batch in batches:
        words = distinct(np.array(batch, np.uint64))
        new = store.without(words)
        assert set(new.tolist()) == set(batch) - expected
        store.add(new)
        expected |= set(batch)
        assert len(store) == len(expected)
    assert store.all().tolist() == sorted(expected)
    assert store.bytes == 8 * len(expected)


@given(WORDS, WORDS)
def test_positions(words: list[int], among: list[int]) -> None:
    """A word is found where it is, and nowhere else."""
    array = distinct(np.array(among, np.uint64))
    known, at = positions(np.array(words, np.uint64), array)
    assert known.tolist() == [word in set(among) for word in words]
    assert [int(array[k]) for k, found in zip(at, known, strict=True) if found] == [w for w in words if w in set(among)]
