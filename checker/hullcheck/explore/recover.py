"""From which words a goal can be reached by some operations: a fixpoint, computed backwards without stored edges."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from dockspec.model import Recoverable
from hullcheck.explore.emit import Atoms, Mask, Words
from hullcheck.explore.search import CHUNK, Finding, Search
from hullcheck.explore.store import positions
from hullcheck.explore.trace import taken


def stuck(search: Search, claim: Recoverable) -> Finding | None:
    """The first word from which no steps of the claim's operations lead to its goal; None: there is none."""
    words = search.words
    good = _goal(search, claim, words)
    operations = [o for o in claim.by if o in search.program.operations]
    left = np.flatnonzero(~good)
    changed = True
    while changed and len(left):
        for start in range(0, len(left), CHUNK):
            part = left[start : start + CHUNK]
            good[part] = _leads_to_good(search, operations, words[part], words, good)
        remaining = left[~good[left]]
        changed, left = len(remaining) < len(left), remaining
    bad = words[left]
    for level, here in enumerate(search.levels):
        found, _ = positions(here, bad)
        if found.any():
            return Finding(claim.id, level, int(here[int(found.argmax())]), None)
    return None


def _goal(search: Search, claim: Recoverable, words: Words) -> Mask:
    program = search.program
    node = program.translator.formula(claim.formula, {})
    parts = (Atoms(program.emitter, words[k : k + CHUNK]) for k in range(0, len(words), CHUNK))
    return np.concatenate([program.emitter.mask(node, atoms) for atoms in parts])


def _leads_to_good(search: Search, operations: Sequence[str], part: Words, words: Words, good: Mask) -> Mask:
    """For some words, whether one step leads to a good one."""
    program = search.program
    atoms = Atoms(program.emitter, part)
    after: list[Words] = [np.empty(0, np.uint64)]
    origins = [np.empty(0, np.intp)]
    for operation in operations:
        for meaning, mask in taken(program.operations[operation], atoms):
            origin = np.flatnonzero(mask)
            for successors in meaning.successors(Atoms(program.emitter, part[origin])):
                after.append(successors)
                origins.append(origin)
    known, at = positions(search.canonical.representatives(np.concatenate(after)), words)
    leads = np.zeros(len(part), np.bool_)
    leads[np.concatenate(origins)[known & good[at]]] = True
    return leads
