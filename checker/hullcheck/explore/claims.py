"""What is claimed of every step: the step properties, and that only the rows of a machine change a status."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeAlias

from dockspec.language import Expr, after, conjunction, disjunction, every
from dockspec.model import Machine, Operation, Rule, Step
from hullcheck.explore.scope import Selection, subject_of

Claim: TypeAlias = tuple[str, Expr]
"""The id of a property, and a formula that must hold of a step."""


def total_id(operation: Operation) -> str:
    """The id of the implicit property that an operation answers wherever it is possible."""
    return f"total.{operation.id}"


def rows_id(machine: Machine) -> str:
    """The id of the implicit property that only rows change a machine's status."""
    return f"machine.{machine.name}.rows"


class Claims:
    """The claims about the steps of a selection.

    Args:
        selection: the operations, machines and properties.
        checked: tells which properties are checked, by id.
    """

    def __init__(self, selection: Selection, checked: Callable[[str], bool] = lambda _: True) -> None:
        self._selection = selection
        self._checked = checked
        self._rows: dict[tuple[str, str], Expr] = {}

    def of(self, operation: Operation, rule: Rule) -> Iterator[Claim]:
        """What is claimed of every step in which a rule answers."""
        for prop in self._selection.properties:
            if isinstance(prop, Step) and (not prop.of or operation.id in prop.of) and self._checked(prop.id):
                yield prop.id, prop.formula
        for machine in self._selection.machines:
            if self._checked(rows_id(machine)):
                yield from ((rows_id(machine), formula) for formula in self._row_claim(machine, operation, rule))

    def _row_claim(self, machine: Machine, operation: Operation, rule: Rule) -> Iterator[Expr]:
        """What must hold of a step for a machine's rows to be the only ways from one status to another."""
        if machine.stored is not None:
            yield from (m.condition for m in rule.moves if m.machine.name == machine.name and not m.each)
            return
        key = (machine.name, operation.id)
        if key not in self._rows:
            subject = subject_of(machine)
            status = machine.status(*subject)
            rows = [row for row in machine.rows if row.trigger == operation.id]
            ways = (conjunction(status.one_of(*row.sources), after(status) == row.target) for row in rows)
            claim = disjunction(after(status) == status, *ways)
            self._rows[key] = every(*subject, claim) if subject else claim
        yield self._rows[key]
