"""Explore a scope: the one function that most callers need."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from pathlib import Path

from dockspec.model import Specification
from hullcheck.explore.canonical import Canonical
from hullcheck.explore.claims import rows_id, total_id
from hullcheck.explore.layout import Layout
from hullcheck.explore.program import Program
from hullcheck.explore.questions import RowSeen
from hullcheck.explore.results import Exploration, Progress
from hullcheck.explore.scope import Scope, ScopeError, Selection, select
from hullcheck.explore.search import Search
from hullcheck.explore.symmetry import TRIVIAL, group_of, leaves_of
from hullcheck.explore.verdicts import verdicts

MOST_MEMORY = 3 << 30
"""How many bytes the visited states take at most, unless told otherwise."""


def explore(
    spec: Specification,
    scope: Scope,
    *,
    symmetry: bool = True,
    memory: int | None = None,
    progress: Callable[[Progress], None] | None = None,
    properties: Collection[str] | None = None,
) -> Exploration:
    """Visit every state that is reachable in a scope, and decide every property there.

    Ctrl-C, or the end of the memory, ends the exploration early; what was covered is returned.

    Args:
        spec: the specification.
        scope: the part of it to explore.
        symmetry: whether states that differ only by a renaming of objects are visited once. The counts are the same.
        memory: how many bytes the visited states may take; None: 3 GiB, or 60 % of the free memory if that is less.
        progress: is told after each level.
        properties: the ids of the properties to check (``total.<operation>`` and ``machine.<name>.rows`` among them);
            None: all.

    Raises:
        ScopeError: when the scope cannot be explored, or a property is not known.
        ExplorerError: when the interpreter does not confirm a finding.
    """
    began = time.perf_counter()
    selection = select(spec, scope)
    program, canonical = prepared(selection, symmetry=symmetry, properties=properties)
    search = Search(program, canonical, _memory() if memory is None else memory, progress)
    search.run()
    return Exploration(
        scope=scope,
        symmetry=canonical.order,
        complete=not search.reason,
        reason=search.reason,
        states=sum(search.sizes),
        representatives=sum(map(len, search.levels)),
        transitions=search.transitions,
        refusals=search.refusals,
        levels=tuple(search.sizes),
        rules=search.rules,
        never=_never(search),
        left_out=_left_out(search),
        statuses={name: frozenset(seen) for name, seen in search.statuses.items()},
        rows=frozenset(search.rows),
        rows_never=tuple(row for row in _rows(program) if row not in search.rows),
        verdicts=verdicts(search),
        widths=program.layout.widths,
        seconds=time.perf_counter() - began,
        bytes=search.bytes,
    )


def prepared(
    selection: Selection, *, symmetry: bool, properties: Collection[str] | None = None
) -> tuple[Program, Canonical]:
    """A selection, compiled.

    Raises:
        ScopeError: when a state does not fit into a word, or a property is not known.
    """
    spec = selection.spec
    known = {
        *(p.id for p in spec.properties),
        *map(rows_id, spec.machines),
        *map(total_id, spec.operations),
    }
    unknown = sorted({*(properties or ())} - known)
    if unknown:
        raise ScopeError(f"there is no property {unknown[0]}")
    group = group_of(selection) if symmetry else TRIVIAL
    leaves = leaves_of(selection, group)
    layout = Layout(selection, [leaf.sorts[0] for leaf in leaves])
    wanted = known if properties is None else {*properties}
    with _no_collection():
        return Program(layout, wanted.__contains__), Canonical(layout, group, leaves)


@contextmanager
def _no_collection() -> Iterator[None]:
    """While very many objects are made, all of which are kept, looking for garbage is a fifth of the work."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def _never(search: Search) -> tuple[str, ...]:
    left_out = _left_out(search)
    rules = (rule.id for operation in search.program.selection.operations for rule in operation.rules)
    return tuple(rule for rule in rules if rule not in search.rules and rule not in left_out)


def _left_out(search: Search) -> dict[str, str]:
    program = search.program
    found = {**program.selection.left_out, **program.left_out}
    blocked = sorted(search.blocked - set(search.rules) - set(found))
    return found | dict.fromkeys(blocked, "changes what is frozen here, wherever it answers")


def _rows(program: Program) -> list[RowSeen]:
    questions = program.rows.values()
    return list(dict.fromkeys(m for q in questions for m in q.meanings if isinstance(m, RowSeen)))


def _memory() -> int:
    """3 GiB, or 60 % of the memory that is free, where the system says how much that is."""
    try:
        lines = Path("/proc/meminfo").read_text(encoding="ascii").splitlines()
        free = next(int(line.split()[1]) << 10 for line in lines if line.startswith("MemAvailable:"))
    except (OSError, StopIteration):
        return MOST_MEMORY
    return min(MOST_MEMORY, free * 6 // 10)
