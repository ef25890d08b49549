"""What a specification is made of: machines, operations with their ordered rules, properties, dialects.

The three levels, each readable alone:

1. a Machine says which states an object has, and which rows lead from one to another;
2. an Operation says what the engine does when asked (or when the world acts): its first rule whose guard holds
   answers, and the rule names the rows that it fires;
3. commands, in ``commands.py``, say which operations a typed line stands for.

Nothing here knows a Docker fact; like ``language.py`` it is the form, not the content.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from functools import cached_property

from dockspec.language import (
    TRUE,
    Expr,
    Fired,
    Function,
    If,
    Literal,
    Sort,
    SpecificationError,
    Update,
    Value,
    Variable,
    conjunction,
    disjunction,
    free_variables,
    type_name,
    walk,
)

# --- level 1: machines ----------------------------------------------------------------------------------------------


class Actor(Enum):
    """Who causes a step; the diagrams colour by it."""

    USER = "user"
    """a command or an API call"""
    PROCESS = "process"
    """the container's own process"""
    ENGINE = "engine"
    """the daemon, by itself"""
    WORLD = "world"
    """anything else: the machine, a registry, an administrator"""


@dataclass(frozen=True)
class State:
    """One state of a machine.

    Attributes:
        value: the member of the machine's enumeration.
        about: what it means, in a sentence.
        docker: the word that Docker shows for it, if it shows one.
        terminal: whether nothing but a new object can follow.
    """

    value: Enum
    about: str
    docker: str = ""
    terminal: bool = False


@dataclass(frozen=True)
class Row:
    """One guarded transition: ``trigger`` leads from any of ``sources`` to ``target``.

    Attributes:
        trigger: what fires it, unique together with the source unless the target depends on the rest of the state.
        sources: the states that it leaves.
        target: the state that it enters.
        label: the condition in a few words, for a diagram; empty where the trigger says enough.
        actor: who causes it.
        source: where the fact is from; empty: from the rules that fire it.
    """

    trigger: str
    sources: tuple[Enum, ...]
    target: Enum
    label: str = ""
    actor: Actor = Actor.USER
    source: str = ""


@dataclass(frozen=True)
class Machine:
    """The states of one kind of object, and every way from one to another.

    Where ``stored`` is given, the status is a part of the state and *only a row changes it*: rules change it through
    ``moves``. Where it is not, the status is read off the rest of the state, and each step is checked against the rows.

    Attributes:
        name: ``container``, ``image``, ``host``.
        sort: the objects; None for a machine of which there is one.
        status: the expression that reads an object's status.
        states: in reading order, the initial one first.
        rows: every transition.
        stored: the function that holds the status, if it is stored.
    """

    name: str
    sort: Sort | None
    status: Callable[..., Expr]
    states: tuple[State, ...]
    rows: tuple[Row, ...]
    stored: Function | None = None

    def __post_init__(self) -> None:
        seen = set()
        for row in self.rows:
            for source in row.sources:
                if (row.trigger, source, row.target if self.stored is None else None) in seen:
                    raise SpecificationError(f"{self.name}: two rows lead from {source.value} by {row.trigger}")
                seen.add((row.trigger, source, row.target if self.stored is None else None))

    @property
    def initial(self) -> Enum:
        """The state of an object that was never made."""
        return self.states[0].value

    def rows_of(self, trigger: str) -> tuple[Row, ...]:
        """The rows with this trigger.

        Raises:
            SpecificationError: when there is none.
        """
        rows = tuple(row for row in self.rows if row.trigger == trigger)
        if not rows:
            raise SpecificationError(
                f"{self.name} has no row {trigger!r}; it has {sorted({r.trigger for r in self.rows})}"
            )
        return rows

    def moves(self, trigger: str, *subject: Variable) -> Move:
        """The effect that the row with this trigger is fired for one object."""
        return Move(self, subject, ((TRUE, trigger),))

    def moves_each(self, subject: Variable, *cases: tuple[Expr, str]) -> Move:
        """The effect that for each object the row of the first case that holds is fired, and none where none holds."""
        return Move(self, (subject,), cases, each=True)


@dataclass(frozen=True)
class Move:
    """The effect that rows of a machine are fired. Made by ``Machine.moves`` and ``Machine.moves_each``."""

    machine: Machine
    subject: tuple[Variable, ...]
    cases: tuple[tuple[Expr, str], ...]
    each: bool = False

    @cached_property
    def condition(self) -> Expr:
        """Where a row applies: a case holds, and the object is in one of its row's sources."""
        return disjunction(*(conjunction(when, self._in_source(trigger)) for when, trigger in self.cases))

    @cached_property
    def update(self) -> Update:
        """The same as an override of the stored status."""
        if self.machine.stored is None:
            raise SpecificationError(f"{self.machine.name}: the status is not stored, so no rule moves it")
        target = self.machine.stored(*self.subject)
        value: Expr = target
        for when, trigger in reversed(self.cases):
            for row in reversed(self.machine.rows_of(trigger)):
                if value is target:
                    value = Literal(row.target)
                elif not (isinstance(value, Literal) and value.value is row.target):
                    value = If(conjunction(when, target.one_of(*row.sources)), Literal(row.target), value)
        where = self.condition if self.each else TRUE
        return Update(target, value, where, self.subject if self.each else ())

    def _in_source(self, trigger: str) -> Expr:
        sources = [source for row in self.machine.rows_of(trigger) for source in row.sources]
        return self.machine.status(*self.subject).one_of(*sources)


# --- level 2: operations --------------------------------------------------------------------------------------------


class Kind(Enum):
    """What an answer means for the state."""

    ACCEPTED = "accepted"
    """it was done"""
    UNCHANGED = "unchanged"
    """nothing to do (HTTP 304, or a wish already fulfilled)"""
    REFUSED = "refused"
    """an error, and nothing changed"""
    FAILED = "failed"
    """an error, although something changed"""


_ERRORS = {400: "invalid_parameter", 404: "not_found", 409: "conflict", 500: "system"}


@dataclass(frozen=True)
class Answer:
    """What the engine answers.

    Attributes:
        kind: see Kind.
        status: HTTP status; 0 where nothing asked (the world acted).
        error_class: the class of a refusal (``NotRunning``), the same in every version and engine; empty for a success.
        message: the text of Docker 20.10.24, with ``{c.id}`` and the like for what the caller named.
        exit_code: what docker's command line exits with.
        blocks: whether the answer's end comes only when the container ends.
    """

    kind: Kind
    status: int
    error_class: str = ""
    message: str = ""
    exit_code: int = 0
    blocks: bool = False

    @property
    def error(self) -> str:
        """The kind of error, as Docker's own error types call it; empty for a success."""
        return _ERRORS.get(self.status, "")


def accepted(status: int = 204, *, blocks: bool = False) -> Answer:
    """It was done, or (``blocks``) it will be when the container ends."""
    return Answer(Kind.ACCEPTED, status, blocks=blocks)


def unchanged(status: int = 304, *, exit_code: int = 0) -> Answer:
    """There was nothing to do."""
    return Answer(Kind.UNCHANGED, status, exit_code=exit_code)


def refused(status: int, error_class: str, message: str, *, exit_code: int = 1) -> Answer:
    """An error, and nothing changed."""
    return Answer(Kind.REFUSED, status, error_class, message, exit_code)


def failed(status: int, error_class: str, message: str, *, exit_code: int = 1) -> Answer:
    """An error, although something changed."""
    return Answer(Kind.FAILED, status, error_class, message, exit_code)


HAPPENS = Answer(Kind.ACCEPTED, 0)
"""The answer of the world's steps: nobody asked."""


@dataclass(frozen=True)
class Event:
    """One phase of what ``docker events`` shows of a step.

    Attributes:
        type: ``container`` or ``image``.
        action: ``create``, ``die``, ...
        subject: the object it names.
        attributes: further attributes, as terms or as fixed texts.
        where: only where this holds.
        each: whether it is emitted for every object that ``where`` selects, in no particular order.
    """

    type: str
    action: str
    subject: tuple[Variable, ...]
    attributes: Mapping[str, Expr | str] = field(default_factory=dict)
    where: Expr = TRUE
    each: bool = False


@dataclass(frozen=True)
class Rule:
    """One line of an operation: where its guard holds, and no earlier rule's does, it answers.

    Attributes:
        id: stable, ``container.rm.running``.
        when: the guard.
        answer: what the engine answers.
        says: one or two sentences for the reference.
        source: where the fact is from.
        moves: the machine rows that it fires.
        effects: what else changes.
        events: what ``docker events`` shows, in order.
    """

    id: str
    when: Expr
    answer: Answer
    says: str
    source: str
    moves: tuple[Move, ...] = ()
    effects: tuple[Update, ...] = ()
    events: tuple[Event, ...] = ()

    def __post_init__(self) -> None:
        quiet = self.answer.kind in {Kind.UNCHANGED, Kind.REFUSED}
        if self.answer.kind is Kind.REFUSED and (self.moves or self.effects or self.events):
            raise SpecificationError(f"{self.id}: a refused answer changes nothing and emits nothing")
        if quiet and (self.moves or self.effects):
            raise SpecificationError(f"{self.id}: an answer of kind {self.answer.kind.value} changes nothing")
        seen: set[str] = set()
        for update in self.updates:
            name = update.target.function.name
            if name in seen:
                raise SpecificationError(f"{self.id}: {name} is overridden twice")
            seen.add(name)

    @cached_property
    def updates(self) -> tuple[Update, ...]:
        """Everything that changes, as overrides: the moves first."""
        return (*(move.update for move in self.moves), *self.effects)


class Role(Enum):
    """Who picks the value of an operation's parameter."""

    CALLER = "caller"
    """the one who asks: which object, which flags"""
    FRESH = "fresh"
    """the engine, for a new object: any slot that nothing knows any more"""
    CHOICE = "choice"
    """the engine or the world, where more than one outcome is possible"""


@dataclass(frozen=True)
class Operation:
    """What can be asked of the engine, or what the world can do, as an ordered list of rules.

    Attributes:
        id: stable, ``container.stop``.
        parameters: what it is asked with.
        rules: the first whose guard holds answers.
        about: what it is for, in a sentence.
        http: the request of the Engine API; empty where it is none.
        actor: who does it.
        fresh: parameters that the engine picks among unused slots.
        choices: parameters that stand for an outcome nobody asked for.
        possible: where the operation makes sense at all: the scope has a slot left, the world can act so.
    """

    id: str
    parameters: tuple[Variable, ...]
    rules: tuple[Rule, ...]
    about: str
    http: str = ""
    actor: Actor = Actor.USER
    fresh: tuple[Variable, ...] = ()
    choices: tuple[Variable, ...] = ()
    possible: Expr = TRUE

    def __post_init__(self) -> None:
        names = {p.name for p in self.all_parameters}
        for rule in self.rules:
            if not rule.id.startswith(self.id + "."):
                raise SpecificationError(f"the rule {rule.id} stands in {self.id}: its id begins otherwise")
            for unknown in _free(rule) - names:
                raise SpecificationError(f"{rule.id} reads {unknown}, which {self.id} is not asked with")

    @cached_property
    def all_parameters(self) -> tuple[Variable, ...]:
        """What the caller gives, what the engine allots, what it chooses, in this order."""
        return (*self.parameters, *self.fresh, *self.choices)

    def role(self, parameter: Variable) -> Role:
        """Who picks this parameter."""
        names = {v.name: Role.FRESH for v in self.fresh} | {v.name: Role.CHOICE for v in self.choices}
        return names.get(parameter.name, Role.CALLER)

    def enabled(self, rule: Rule) -> Expr:
        """Where this very rule answers: its guard holds and no earlier one does."""
        return conjunction(self.possible, *(~r.when for r in self.earlier(rule)), rule.when)

    def earlier(self, rule: Rule) -> tuple[Rule, ...]:
        """The rules that are asked before this one."""
        return self.rules[: self.rules.index(rule)]


def _free(rule: Rule) -> set[str]:
    free = set(free_variables(rule.when))
    for update in rule.updates:
        bound = {v.name for v in update.each}
        for part in (update.target, update.value, update.where):
            free |= set(free_variables(part)) - bound
    for event in rule.events:
        bound = {v.name for v in event.subject} if event.each else set()
        parts = [event.where, *event.subject, *(a for a in event.attributes.values() if isinstance(a, Expr))]
        free |= {name for part in parts for name in free_variables(part)} - bound
    return free


# --- properties -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Property:
    """A claim about every behaviour of the specification; one of the five kinds below.

    Attributes:
        id: stable, ``container.names-unique``.
        says: the claim in words.
        fails_in: the dialects in which it does not hold, each with the reason.
        by_construction: whether the form of the specification already implies it, so that checking it proves little.
    """

    id: str
    says: str
    fails_in: Mapping[str, str] = field(default_factory=dict, kw_only=True)
    by_construction: bool = field(default=False, kw_only=True)

    def holds_in(self, dialect: str) -> bool:
        """Whether the claim is made for this dialect."""
        return dialect not in self.fails_in


@dataclass(frozen=True)
class Always(Property):
    """An invariant: the formula holds in every reachable state."""

    formula: Expr


@dataclass(frozen=True)
class Step(Property):
    """A relation of an answered operation, and the states before and after it (``after(...)``).

    Attributes:
        formula: may name the parameters of the operations in ``of``, which then share them.
        of: the operations that it speaks of; empty: every one.
    """

    formula: Expr
    of: tuple[str, ...] = ()


@dataclass(frozen=True)
class Sometimes(Property):
    """A witness: the formula holds in some reachable state, so that nothing else holds in vain."""

    formula: Expr


@dataclass(frozen=True)
class Recoverable(Property):
    """From every reachable state, steps of the operations ``by`` can lead to one where the formula holds."""

    formula: Expr
    by: tuple[str, ...]


@dataclass(frozen=True)
class Call:
    """An operation with its parameters given: variables of the property, members, truth values."""

    operation: str
    arguments: Mapping[str, Expr | Enum | bool]


@dataclass(frozen=True)
class Same(Property):
    """Where ``when`` holds, two sequences of operations lead to the same state, up to the functions ``up_to``."""

    when: Expr
    first: tuple[Call, ...]
    second: tuple[Call, ...]
    up_to: tuple[Function, ...] = ()


def answered(*kinds: Kind) -> Expr:
    """In a step property: the answer was of one of these kinds."""
    return Fired(
        f"answered {'/'.join(k.value for k in kinds)}",
        lambda rule: isinstance(rule, Rule) and rule.answer.kind in kinds,
    )


def taken_by(*operations: str) -> Expr:
    """In a step property: the step was one of these operations, or of those whose ids begin with ``prefix.``."""
    prefixes = tuple(o if o.endswith(".") else f"{o}." for o in operations)
    return Fired(
        f"taken by {', '.join(operations)}",
        lambda rule: isinstance(rule, Rule) and rule.id.startswith(prefixes),
    )


def emits(action: str | None = None) -> Expr:
    """In a step property: the rule emits this event (any event, where none is named)."""
    return Fired(
        f"emits {action or 'an event'}",
        lambda rule: isinstance(rule, Rule) and any(action in {None, e.action} for e in rule.events),
    )


# --- the whole ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Specification:
    """Machines, operations and properties in one dialect.

    Raises (when made):
        SpecificationError: when an id is used twice, or a property or a machine names what is not there.
    """

    dialect: str
    machines: tuple[Machine, ...]
    operations: tuple[Operation, ...]
    properties: tuple[Property, ...]
    about: str = ""

    def __post_init__(self) -> None:
        _unique("operation", (o.id for o in self.operations))
        _unique("rule", (r.id for r in self.rules))
        _unique("property", (p.id for p in self.properties))
        known = {o.id for o in self.operations}
        for prop in self.properties:
            for operation in _operations_named(prop):
                if operation not in known:
                    raise SpecificationError(f"the property {prop.id} speaks of {operation}, which is no operation")

    @cached_property
    def rules(self) -> tuple[Rule, ...]:
        """Every rule, operation by operation, in order."""
        return tuple(rule for operation in self.operations for rule in operation.rules)

    @cached_property
    def functions(self) -> tuple[Function, ...]:
        """Every function that a rule or a property reads or writes, in the order of their first use."""
        found: dict[str, Function] = {}
        for term in self._expressions():
            for part in walk(term):
                function = getattr(part, "function", None)
                if isinstance(function, Function):
                    found.setdefault(function.name, function)
        return tuple(found.values())

    @cached_property
    def sorts(self) -> tuple[Sort, ...]:
        """Every sort that a function is about."""
        sorts = [s for f in self.functions for s in (*f.domain, f.type) if isinstance(s, Sort)]
        return tuple(dict.fromkeys(sorts))

    def operation(self, identifier: str) -> Operation:
        """The operation with this id; KeyError where there is none."""
        return self._by_id[identifier]

    def operation_of(self, rule: Rule) -> Operation:
        """The operation in which a rule stands."""
        return next(o for o in self.operations if any(r.id == rule.id for r in o.rules))

    def replaced(self, replacements: Mapping[str, Rule | None]) -> Specification:
        """A copy in which some rules are replaced by others, or (None) left out; the basis of dialects and mutants.

        Raises:
            SpecificationError: when there is no such rule.
        """
        unknown = set(replacements) - {r.id for r in self.rules}
        if unknown:
            raise SpecificationError(f"there is no rule {min(unknown)} to replace")
        operations = tuple(_with_rules(o, replacements) for o in self.operations)
        return dataclasses.replace(self, operations=operations)

    @cached_property
    def _by_id(self) -> dict[str, Operation]:
        return {o.id: o for o in self.operations}

    def _expressions(self) -> Iterator[Expr]:
        for operation in self.operations:
            yield operation.possible
            for rule in operation.rules:
                yield rule.when
                for update in rule.updates:
                    yield from (update.target, update.value, update.where)
                for event in rule.events:
                    yield event.where
                    yield from (a for a in event.attributes.values() if isinstance(a, Expr))
        for prop in self.properties:
            yield from (value for value in vars(prop).values() if isinstance(value, Expr))


def _with_rules(operation: Operation, replacements: Mapping[str, Rule | None]) -> Operation:
    if not any(rule.id in replacements for rule in operation.rules):
        return operation
    rules = (replacements.get(rule.id, rule) for rule in operation.rules)
    return dataclasses.replace(operation, rules=tuple(rule for rule in rules if rule is not None))


def _operations_named(prop: Property) -> Sequence[str]:
    match prop:
        case Step(of=of):
            return of
        case Recoverable(by=by):
            return by
        case Same(first=first, second=second):
            return [call.operation for call in (*first, *second)]
        case _:
            return ()


def _unique(what: str, identifiers: Iterable[str]) -> None:
    seen: set[str] = set()
    for identifier in identifiers:
        if identifier in seen:
            raise SpecificationError(f"two of {what} are called {identifier}")
        seen.add(identifier)


def describe_type(kind: type[Enum | bool] | Sort) -> str:
    """A parameter's type for a reader: the sort, or the members of the enumeration."""
    if isinstance(kind, Sort) or kind is bool:
        return type_name(kind)
    return " | ".join(str(m.value) for m in kind)


def values_of(kind: type[Enum | bool]) -> tuple[Value, ...]:
    """The members of an enumeration, or the two truth values."""
    return (False, True) if kind is bool else tuple(kind)
