"""Whether a counterexample to induction can occur: the explorer is asked, in a scope as small as the state.

What cannot influence the state is left out: the functions that nobody reads on whose answer it depends, and the
operations that write nothing else.
"""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable, Iterator, Mapping
from itertools import combinations, product

from dockspec.evaluation import State
from dockspec.language import (
    Apply,
    Defined,
    Equal,
    Expr,
    Literal,
    Not,
    Quantified,
    Reaches,
    Sort,
    Value,
    Variable,
    conjunction,
    walk,
)
from dockspec.model import Operation, Rule, Sometimes, Specification
from hullcheck.explore import Progress, Scope, ScopeError, explore
from hullcheck.prove.claims import Claim
from hullcheck.prove.induction import Clock
from hullcheck.prove.results import Counterexample, Reach

SECONDS = 20.0
"""How long one exploration may take."""
_MEMORY = 512 << 20
_ID = "counterexample.reached"


def with_reach(spec: Specification, claim: Claim, found: Counterexample, clock: Clock) -> Counterexample:
    """The same counterexample, and whether its state can be reached.

    Tried with the objects of the state alone, and then with one of each sort at least.
    """
    rules = [rule for rule in spec.rules if rule.id == found.rule]
    if not rules:
        return found
    alone = {sort: size for sort, size in found.before.sizes.items() if size}
    more = {sort: max(1, size) for sort, size in found.before.sizes.items()}
    for sizes in (alone, more) if alone != more else (alone,):
        scope = _scope(spec, claim, rules[0], found.before, sizes)
        looks = Sometimes(_ID, "It is reached.", _looks(spec, found.before, {f.name for f in scope.dropped}))
        asked = dataclasses.replace(spec, properties=(*spec.properties, looks))
        found = _explored(asked, claim, found, scope, clock)
        if found.reach is Reach.REACHED:
            break
    return found


def _explored(spec: Specification, claim: Claim, found: Counterexample, scope: Scope, clock: Clock) -> Counterexample:
    where = ", ".join(f"{size} {sort.name}" for sort, size in scope.sizes.items()) or "no object"
    try:
        exploration = explore(
            spec, scope, memory=_MEMORY, progress=_until(min(SECONDS, clock.left)), properties={_ID, claim.id}
        )
    except ScopeError as error:
        return dataclasses.replace(found, reach=Reach.OPEN, note=f"not explored: {error}")
    verdict, itself = exploration.verdicts[_ID], exploration.verdicts[claim.id]
    trace = verdict.trace or ()
    states = f"{exploration.states:,} states with {where}"
    if itself.holds is False:
        states += "; the explorer finds the property violated there"
    if verdict.holds:
        return dataclasses.replace(found, reach=Reach.REACHED, trace=trace, note=states)
    complete = exploration.complete and verdict.holds is False
    reach = Reach.NOT_REACHED if complete else Reach.OPEN
    note = states if complete else f"{verdict.note or exploration.reason}, {states}"
    return dataclasses.replace(found, reach=reach, note=note)


def _scope(spec: Specification, claim: Claim, rule: Rule, state: State, sizes: Mapping[Sort, int]) -> Scope:
    operation = spec.operation_of(rule)
    claimed = claim.state if claim.is_invariant else claim.of_step(operation, rule)
    seeds = _read(*_consulted(operation), *([claimed] if claimed is not None else []))
    seeds |= {name for name, table in state.tables.items() if table}
    operations, functions = _cone(spec, seeds)
    constants = {f: dict(state.tables.get(f.name, {})) for f in spec.functions if f.rigid}
    return Scope(
        "counterexample",
        "as many objects as a counterexample to induction",
        sizes,
        rigid={f: table for f, table in constants.items() if table},
        dropped=tuple(f for f in spec.functions if f.name not in functions and not f.rigid),
        operations=tuple(o.id for o in operations),
    )


def _cone(spec: Specification, functions: set[str]) -> tuple[list[Operation], set[str]]:
    """The operations that can influence some functions, and every function that these depend on."""
    while True:
        operations = [o for o in spec.operations if _written(o) & functions]
        grown = functions.union(*(_read(*_consulted(o, functions)) for o in operations))
        if grown == functions:
            return operations, functions
        functions = grown


def _consulted(operation: Operation, functions: set[str] | None = None) -> Iterator[Expr]:
    """What an operation reads: its guards, and what it writes into some functions (None: into any)."""
    yield operation.possible
    for rule in operation.rules:
        yield rule.when
        for update in rule.updates:
            if functions is None or update.target.function.name in functions:
                yield from (update.where, update.value)


def _written(operation: Operation) -> set[str]:
    return {update.target.function.name for rule in operation.rules for update in rule.updates}


def _read(*terms: Expr) -> set[str]:
    return {part.function.name for t in terms for part in walk(t) if isinstance(part, (Apply, Reaches))}


def _looks(spec: Specification, state: State, dropped: set[str]) -> Expr:
    """That some objects look like those of a state, as far as the scope knows them."""
    objects = {
        sort: [Variable(f"{sort.name.lower()}_{slot}", sort) for slot in range(size)]
        for sort, size in state.sizes.items()
    }
    parts: list[Expr] = [Not(Equal(x, y)) for same in objects.values() for x, y in combinations(same, 2)]
    for function in spec.functions:
        if not function.rigid and function.name not in dropped:
            for slots in product(*(range(state.sizes.get(sort, 0)) for sort in function.domain)):
                place = [objects[sort][slot] for sort, slot in zip(function.domain, slots, strict=True)]
                parts.append(_is(function(*place), state.value(function, *slots), objects))
    variables = tuple(variable for same in objects.values() for variable in same)
    return Quantified(False, variables, conjunction(*parts)) if variables else conjunction(*parts)


def _is(term: Apply, value: Value, objects: Mapping[Sort, list[Variable]]) -> Expr:
    kind = term.function.type
    if value is None:
        return Not(Defined(term))
    if isinstance(kind, Sort) and isinstance(value, int):
        return Equal(term, objects[kind][value])
    return (term if value else Not(term)) if kind is bool else Equal(term, Literal(value))


def _until(seconds: float) -> Callable[[Progress], None]:
    """Ends an exploration after so many seconds."""
    end = time.perf_counter() + seconds

    def told(_: Progress) -> None:
        if time.perf_counter() > end:
            raise KeyboardInterrupt

    return told
