"""Which renamings keep the constants, and how words are sorted."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from dockspec.language import TRUE, Function, Sort, Value, Variable, becomes, some
from dockspec.model import Operation, Rule, Specification, accepted
from hullcheck.explore.canonical import Canonical
from hullcheck.explore.layout import Layout
from hullcheck.explore.scope import Scope, Selection, select
from hullcheck.explore.symmetry import group_of, leaves_of

TAG, IMAGE = Sort("Tag"), Sort("Image")
NAMES = Function("names", (TAG,), IMAGE, None, "", partial=True)
USED = Function("used", (IMAGE,), bool, False, "")
BEFORE = Function("before", (TAG, TAG), bool, False, "", rigid=True)
TWIN = Function("twin", (TAG,), TAG, None, "", partial=True, rigid=True)
t, u, i = Variable("t", TAG), Variable("u", TAG), Variable("i", IMAGE)

READ = some(u, BEFORE(t, u)) | some(u, TWIN(t) == u)
RULE = Rule("tag.done", READ | TRUE, accepted(), "", "", effects=(becomes(NAMES(t), i), becomes(USED(i), True)))
GUARDED = Rule("tag.done", READ, accepted(), "", "", effects=RULE.effects)
Tables = dict[Function, dict[tuple[int, ...], Value]]


def selection(tags: int, images: int, rigid: Tables, rule: Rule = GUARDED) -> Selection:
    """Tags that name images, under some constants."""
    spec = Specification("tags", (), (Operation("tag", (t, i), (rule,), ""),), ())
    return select(spec, Scope("tags", "", {TAG: tags, IMAGE: images}, rigid=rigid))


@pytest.mark.parametrize(
    ("rigid", "order", "leaves"),
    [
        ({}, 6 * 6, {"Tag"}),
        ({BEFORE: {(0, 1): True, (1, 2): True, (0, 2): True}}, 6, set()),
        ({BEFORE: {(0, 1): True, (0, 2): True}}, 6 * 2, {"Tag"}),
        ({TWIN: {(0,): 1, (1,): 2, (2,): 0}}, 6 * 3, set()),
    ],
)
def test_the_group_keeps_the_constants(rigid: Tables, order: int, leaves: set[str]) -> None:
    """An order leaves no freedom, a first one leaves the rest, a cycle can be turned."""
    chosen = selection(3, 3, rigid)
    group = group_of(chosen)
    assert group.order == order
    assert {leaf.sorts[0].name for leaf in leaves_of(chosen, group)} == leaves


def test_what_nobody_reads_breaks_nothing() -> None:
    """A table is only kept where it is read."""
    careless = Rule("tag.done", TRUE, accepted(), "", "", effects=RULE.effects)
    assert group_of(selection(3, 3, {BEFORE: {(0, 1): True}}, careless)).order == 36


@pytest.mark.parametrize("rigid", [{}, {BEFORE: {(0, 1): True, (0, 2): True}}, {TWIN: {(0,): 1, (1,): 2, (2,): 0}}])
def test_orbits_divide_all_words(rigid: Tables) -> None:
    """Over all words of a layout, the orbits of the representatives are a partition, and renamings can be found."""
    chosen = selection(3, 3, rigid)
    group = group_of(chosen)
    leaves = leaves_of(chosen, group)
    layout = Layout(chosen, [leaf.sorts[0] for leaf in leaves])
    canonical = Canonical(layout, group, leaves)
    choices = itertools.product(*([code << f.offset for code in range(f.codes)] for f in layout.fields))
    words = np.array([sum(choice) for choice in choices], np.uint64)
    representatives = canonical.representatives(words)
    found = np.unique(representatives)
    assert int(canonical.orbits(found).sum()) == len(words)
    assert len(found) < len(words)
    for word, target in list(zip(words.tolist(), representatives.tolist(), strict=True))[:: len(words) // 40]:
        assert canonical.renaming(word, target)
