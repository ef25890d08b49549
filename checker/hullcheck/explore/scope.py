"""What of a specification one exploration looks at: how many objects, what is held fixed, what is left away.

A state space is made small enough by four honest means, and each of them is reported:

- *sizes*: so many objects of each sort, and no more;
- *rigid* tables: the constants of the world are given a value;
- *frozen* functions keep one value for ever; a step that would change one is not taken;
- *dropped* functions are forgotten; what reads one is left out (an operation) or not checked (a property).

A function that no operation of the scope writes is a constant too, and costs nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum
from itertools import product

from dockspec.language import Expr, Function, Sort, Value, Variable, walk
from dockspec.model import (
    Call,
    Machine,
    Operation,
    Property,
    Same,
    Specification,
    Step,
)
from dockspec.operations import OPERATIONS
from hullcheck.steps import is_meant


class ScopeError(Exception):
    """A scope that cannot be explored; one line that says what, where, and how to mend it."""


@dataclass(frozen=True)
class Scope:
    """A bounded part of a specification.

    Attributes:
        name: short, as typed on the command line.
        about: what it is for, in a sentence.
        sizes: how many objects of each sort; a sort that is not named has none.
        rigid: the tables of rigid functions; where a table says nothing, the function's initial value.
        frozen: functions that keep one value everywhere; a step that would change one is not taken.
        dropped: functions that are forgotten; operations and properties that read one are left out.
        operations: ids, or prefixes that end with a dot, of the operations to include; empty: all.
        without: ids or prefixes of operations to leave out again.
    """

    name: str
    about: str
    sizes: Mapping[Sort, int]
    rigid: Mapping[Function, Mapping[tuple[int, ...], Value]] = field(default_factory=dict)
    frozen: Mapping[Function, Value] = field(default_factory=dict)
    dropped: tuple[Function, ...] = ()
    operations: tuple[str, ...] = ()
    without: tuple[str, ...] = ()


@dataclass(frozen=True)
class Selection:
    """A specification as a scope sees it. Made by ``select``.

    Attributes:
        spec: the whole specification.
        scope: the scope.
        operations: those explored, in the order of the specification.
        varying: the functions that need bits, in the order of their first use.
        machines: those whose status can be read here.
        properties: those that can be checked here.
        left_out: operation id -> why it is not explored.
        unchecked: property id -> why it is not checked.
    """

    spec: Specification
    scope: Scope
    operations: tuple[Operation, ...]
    varying: tuple[Function, ...]
    machines: tuple[Machine, ...]
    properties: tuple[Property, ...]
    left_out: Mapping[str, str]
    unchecked: Mapping[str, str]

    def size(self, sort: Sort) -> int:
        """How many objects of a sort there are."""
        return self.scope.sizes.get(sort, 0)

    def places(self, function: Function) -> Iterator[tuple[int, ...]]:
        """Every tuple of slots at which a function has a value."""
        return product(*(range(self.size(sort)) for sort in function.domain))

    def constant(self, function: Function, slots: tuple[int, ...]) -> Value:
        """The value of a function that does not vary here."""
        for frozen, value in self.scope.frozen.items():
            if frozen.name == function.name:
                return value
        for rigid, table in self.scope.rigid.items():
            if rigid.name == function.name:
                return table.get(slots, function.initial)
        return function.initial

    def formulas(self) -> Iterator[Expr]:
        """Everything that is evaluated here: guards, the parts of updates, statuses, properties."""
        for operation in self.operations:
            yield operation.possible
            for rule in operation.rules:
                yield rule.when
                for update in rule.updates:
                    yield from (update.where, update.value)
        yield from (_status(machine) for machine in self.machines)
        for prop in self.properties:
            yield from (value for value in vars(prop).values() if isinstance(value, Expr))

    def read(self) -> set[str]:
        """The names of the functions that anything explored or checked here reads."""
        found = {name for operation in self.operations for name in _read_by_operation(operation, self.scope)}
        found |= {name for machine in self.machines for name in reads(_status(machine))}
        return found | {name for prop in self.properties for name in _read_by_property(prop)}


def select(spec: Specification, scope: Scope) -> Selection:
    """Cut a specification down to a scope.

    Raises:
        ScopeError: when the scope names what is not there, gives a value that is none, or leaves nothing over.
    """
    _check_values(scope)
    left_out: dict[str, str] = {}
    operations = tuple(o for o in _included(spec, scope) if not _leave_out(o, scope, left_out))
    if not operations:
        why = "; ".join(f"{o}: {reason}" for o, reason in left_out.items()) or "none is included"
        raise ScopeError(f"scope {scope.name}: no operation remains ({why}); drop fewer functions or add objects")
    fixed = {f.name for f in (*scope.frozen, *scope.dropped)}
    written = {u.target.function.name for o in operations for r in o.rules for u in r.updates} - fixed
    dropped = {f.name for f in scope.dropped}
    unchecked: dict[str, str] = {}
    for prop in spec.properties:
        if reason := _unchecked(prop, dropped, {o.id for o in operations}):
            unchecked[prop.id] = reason
    return Selection(
        spec=spec,
        scope=scope,
        operations=operations,
        varying=tuple(f for f in spec.functions if f.name in written),
        machines=tuple(m for m in spec.machines if not reads(_status(m)) & dropped),
        properties=tuple(p for p in spec.properties if p.id not in unchecked),
        left_out=left_out,
        unchecked=unchecked,
    )


def reads(*terms: Expr) -> set[str]:
    """The names of the functions that some expressions read."""
    functions = (getattr(part, "function", None) for term in terms for part in walk(term))
    return {f.name for f in functions if isinstance(f, Function)}


def subject_of(machine: Machine) -> tuple[Variable, ...]:
    """A variable for the object of a machine; none for a machine of which there is one."""
    return () if machine.sort is None else (Variable(machine.name, machine.sort),)


def _status(machine: Machine) -> Expr:
    return machine.status(*subject_of(machine))


def _included(spec: Specification, scope: Scope) -> Iterator[Operation]:
    known = {operation.id for operation in (*spec.operations, *OPERATIONS)}  # a dialect leaves some of Docker's out
    for pattern in (*scope.operations, *scope.without):
        if not any(is_meant(identifier, (pattern,)) for identifier in known):
            raise ScopeError(f"scope {scope.name}: there is no operation {pattern}; a prefix ends with a dot")
    for operation in spec.operations:
        wanted = not scope.operations or is_meant(operation.id, scope.operations)
        if wanted and not is_meant(operation.id, scope.without):
            yield operation


def _leave_out(operation: Operation, scope: Scope, reasons: dict[str, str]) -> bool:
    sorts = (p.type for p in operation.all_parameters if isinstance(p.type, Sort))
    missing = [sort.name for sort in sorts if not scope.sizes.get(sort, 0)]
    forgotten = sorted({f.name for f in scope.dropped} & _read_by_operation(operation, scope))
    if missing:
        reasons[operation.id] = f"there is no {missing[0]} here"
    elif forgotten:
        reasons[operation.id] = f"reads {', '.join(forgotten)}, which is dropped here"
    return operation.id in reasons


def _read_by_operation(operation: Operation, scope: Scope) -> set[str]:
    dropped = {f.name for f in scope.dropped}
    found = reads(operation.possible)
    for rule in operation.rules:
        found |= reads(rule.when)
        for update in rule.updates:
            if update.target.function.name not in dropped:
                found |= reads(update.where, update.value)
    return found


def _read_by_property(prop: Property) -> set[str]:
    return reads(*(value for value in vars(prop).values() if isinstance(value, Expr)))


def _unchecked(prop: Property, dropped: set[str], operations: set[str]) -> str:
    forgotten = sorted(dropped & _read_by_property(prop))
    if forgotten:
        return f"reads {', '.join(forgotten)}, which is dropped here"
    match prop:
        case Step(of=of) if of and not operations & set(of):
            return "none of its operations is explored here"
        case Same(first=first, second=second):
            absent = _absent((*first, *second), operations)
            return f"{absent} is not explored here" if absent else ""
        case _:
            return ""


def _absent(calls: Iterable[Call], operations: set[str]) -> str:
    return next((call.operation for call in calls if call.operation not in operations), "")


def _check_values(scope: Scope) -> None:
    for function, table in scope.rigid.items():
        if not function.rigid:
            raise ScopeError(f"scope {scope.name}: {function.name} changes, so it has no table; freeze it instead")
        for slots, value in table.items():
            sizes = [scope.sizes.get(sort, 0) for sort in function.domain]
            fits = len(slots) == len(sizes) and all(0 <= s < n for s, n in zip(slots, sizes, strict=True))
            if not fits:
                raise ScopeError(f"scope {scope.name}: {function.name}{slots} is outside the sizes of the scope")
            _check_value(scope, function, value)
    for function, value in scope.frozen.items():
        _check_value(scope, function, value)
    both = {f.name for f in scope.frozen} & {f.name for f in scope.dropped}
    if both:
        raise ScopeError(f"scope {scope.name}: {min(both)} is both frozen and dropped; choose one")


def _check_value(scope: Scope, function: Function, value: Value) -> None:
    kind = function.type
    if isinstance(kind, Sort):
        slot = isinstance(value, int) and not isinstance(value, bool) and 0 <= value < scope.sizes.get(kind, 0)
        fits = value is None or slot
    elif issubclass(kind, Enum):
        fits = isinstance(value, kind)
    else:
        fits = isinstance(value, bool)
    if not fits:
        raise ScopeError(f"scope {scope.name}: {value!r} is no value of {function.name}")
