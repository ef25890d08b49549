"""The machine tables as running machines, by the `transitions` library: one for each container, image, firewall.

They know the rows of the tables and nothing else: not the rules, not the rest of the state. So they are a second
opinion on every step that a rule takes: does a row lead from this state to that one, by this trigger?

    machines = Machines(specification, state)
    machines.follow(taken)        each object whose rows the step fires moves; all must end where the state says
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from enum import Enum
from itertools import product
from typing import NamedTuple

import transitions

from dockspec.evaluation import Binding, State, evaluate, holds
from dockspec.language import Expr, Sort, Variable
from dockspec.model import Machine, Move, Row, Specification
from hullcheck.steps import Taken


class MachineRefusal(Exception):
    """A machine does not do what it was asked to.

    Attributes:
        machine: its name.
        slots: which object it is about; empty where there is only one.
        state: where the object was.
        trigger: what should have moved it; empty where nothing did, and it is somewhere else all the same.
        target: where it should have gone, if that was told.
    """

    def __init__(self, machine: str, slots: tuple[int, ...], state: Enum, trigger: str, target: Enum | None) -> None:
        self.machine, self.slots, self.state, self.trigger, self.target = machine, slots, state, trigger, target
        which = " ".join([machine, *map(str, slots)])
        way = f" to {target.value}" if target else ""
        no_row = f"no row leads from {state.value}{way} by {trigger}"
        super().__init__(f"{which}: {no_row if trigger else f'it went from {state.value}{way} by no row'}")


class Moved(NamedTuple):
    """A row of a machine is fired for an object."""

    machine: str
    slots: tuple[int, ...]
    trigger: str


class Follower:
    """One object that follows the rows of its machine.

    Args:
        table: the machine.
        slots: which object it is; empty where there is only one.
        state: where it is; by default where the machine begins.
    """

    def __init__(self, table: Machine, slots: tuple[int, ...] = (), state: Enum | None = None) -> None:
        self.table, self.slots = table, slots
        self.state: Enum = table.initial
        self._machine = transitions.Machine(
            self,
            states=[s.value for s in table.states],
            transitions=_rows(table),
            initial=state or table.initial,
            auto_transitions=False,
            send_event=True,
        )

    def follow(self, trigger: str, target: Enum | None = None) -> Enum:
        """Fire the row with this trigger; the new state.

        Where several rows have the trigger and leave from here, ``target`` decides: it is where the rest of the
        specification's state says that the object is now.

        Raises:
            MachineRefusal: when there is no such row; the object stays where it is.
        """
        before = self.state
        try:
            moved = trigger in self._machine.events and self._machine.events[trigger].trigger(self, target=target)
        except transitions.MachineError:
            moved = False
        if not moved or target not in {None, self.state}:
            self.put(before)
            raise MachineRefusal(self.table.name, self.slots, before, trigger, target)
        return self.state

    def put(self, state: Enum) -> None:
        """Begin again, somewhere."""
        self._machine.set_state(state, self)


class Machines:
    """A follower for every object of a specification's machines.

    Args:
        specification: where the tables are from.
        state: where the objects are at first, and how many there are.
    """

    def __init__(self, specification: Specification, state: State) -> None:
        self._readings = {table.name: Reading.of(table) for table in specification.machines}
        self.followers = {
            (table.name, slots): Follower(table, slots)
            for table in specification.machines
            for slots in self._readings[table.name].places(state)
        }
        self.put(state)

    def put(self, state: State) -> None:
        """Begin again: every object is where a state says."""
        for (name, slots), follower in self.followers.items():
            follower.put(self._readings[name].status(slots, state))

    def follow(self, taken: Taken) -> None:
        """Take the step: fire the rows that it fires, and nothing else; then every object is where the state says.

        Raises:
            MachineRefusal: when a row is missing, or an object is somewhere else without a row.
        """
        for name, slots, trigger in self.fired(taken):
            self.followers[name, slots].follow(trigger, self._readings[name].status(slots, taken.after))
        if taken.after is taken.before:
            return
        for (name, slots), follower in self.followers.items():
            now = self._readings[name].status(slots, taken.after)
            if follower.state is not now:
                raise MachineRefusal(name, slots, follower.state, "", now)

    def fired(self, taken: Taken) -> Iterator[Moved]:
        """The rows that a step fires.

        Where the status is stored, the rule names them. Where it is read off the state, the operation is the trigger,
        for each object whose status is another one afterwards.
        """
        for move in taken.rule.moves:
            for bound in _each(move, taken.before):
                env = {**taken.binding, **bound}
                slots = tuple(slot for v in move.subject if isinstance(slot := env[v.name], int))
                trigger = self._case(move, slots, env, taken.before)
                if trigger:
                    yield Moved(move.machine.name, slots, trigger)
        if taken.after is taken.before:
            return
        for name, slots in self.followers:
            reading = self._readings[name]
            if not reading.stored and reading.status(slots, taken.before) is not reading.status(slots, taken.after):
                yield Moved(name, slots, taken.operation.id)

    def _case(self, move: Move, slots: tuple[int, ...], env: Binding, state: State) -> str | None:
        """The row that is named; of several, that of the first case that holds where the object is in a source."""
        if not move.each:
            return move.cases[0][1]
        here = self._readings[move.machine.name].status(slots, state)
        for when, trigger in move.cases:
            if any(here in row.sources for row in move.machine.rows_of(trigger)) and holds(when, state, env):
                return trigger
        return None


class Reading(NamedTuple):
    """How the status of a machine's objects is read; made once, for it takes time to write the term.

    Attributes:
        sorts: of its objects; empty where there is only one.
        term: the status of the object x.
        stored: whether the status is a part of the state.
    """

    sorts: tuple[Sort, ...]
    term: Expr
    stored: bool

    @classmethod
    def of(cls, table: Machine) -> Reading:
        """Of this machine."""
        sorts = (table.sort,) if table.sort else ()
        return cls(sorts, table.status(*(Variable("x", sort) for sort in sorts)), table.stored is not None)

    def places(self, state: State) -> Iterator[tuple[int, ...]]:
        """Every object."""
        return product(*(range(state.sizes.get(sort, 0)) for sort in self.sorts))

    def status(self, slots: tuple[int, ...], state: State) -> Enum:
        """Where an object is."""
        value = evaluate(self.term, state, {"x": slots[0]} if slots else {})
        if not isinstance(value, Enum):
            raise TypeError(f"{self.term!r}: a status is a member of an enumeration, not {value!r}")
        return value


def _each(move: Move, state: State) -> Iterator[Binding]:
    """The objects that a move is about, where it is about each of a sort; otherwise nothing is left open."""
    names = [v.name for v in move.subject] if move.each else []
    for values in product(*(state.objects(v.type) for v in move.subject if move.each)):
        yield dict(zip(names, values, strict=True))


def _rows(table: Machine) -> list[dict[str, object]]:
    """The rows, one for each source; where trigger and source do not decide the target, the step's outcome does."""
    ways = Counter((row.trigger, source) for row in table.rows for source in row.sources)
    return [
        {
            "trigger": row.trigger,
            "source": source,
            "dest": row.target,
            "conditions": [_ends_at(row)] if ways[row.trigger, source] > 1 else [],
        }
        for row in table.rows
        for source in row.sources
    ]


class _ends_at:  # noqa: N801  # read as a condition
    """The condition that the object is where the row leads."""

    def __init__(self, row: Row) -> None:
        self.row = row

    def __call__(self, event: transitions.EventData) -> bool:
        return event.kwargs["target"] is self.row.target
