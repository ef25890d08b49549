"""What is to be proved: claims about every state, and claims about every step.

Besides the properties of the specification these are what its form implies and ``explore`` checks too: each operation
answers (``total.<operation>``), each change of a status is a row of its machine (``machine.<name>.rows``).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import permutations

from dockspec.language import (
    Apply,
    Expr,
    Function,
    Reaches,
    Variable,
    after,
    conjunction,
    disjunction,
    every,
    implies,
    walk,
)
from dockspec.model import Always, Machine, Operation, Property, Recoverable, Rule, Same, Sometimes, Specification, Step
from hullcheck.explore.claims import rows_id, total_id


@dataclass(frozen=True)
class Claim:
    """A claim.

    Attributes:
        id: the property's id.
        says: the claim in words.
        kind: ``always``, ``step`` or ``form``: what kind of property it is; what the form implies is one, too.
        prop: the property; None for what the form implies.
        machine: whose rows are claimed to be the only ways.
        operation: what is claimed to answer.
    """

    id: str
    says: str
    kind: str
    prop: Always | Step | None = None
    machine: Machine | None = None
    operation: Operation | None = None

    @property
    def is_invariant(self) -> bool:
        """Whether it is claimed of every state; what is not established cannot be used, what is can."""
        return isinstance(self.prop, Always)

    @property
    def state(self) -> Expr | None:
        """What is claimed of every state; None for a claim about steps."""
        if isinstance(self.prop, Always):
            return self.prop.formula
        if self.operation is not None:
            return implies(self.operation.possible, disjunction(*(rule.when for rule in self.operation.rules)))
        return None

    def of_step(self, operation: Operation, rule: Rule) -> Expr | None:
        """What is claimed of every step in which a rule answers; None where nothing is."""
        if isinstance(self.prop, Step):
            return self.prop.formula if not self.prop.of or operation.id in self.prop.of else None
        return None if self.machine is None else _rows(self.machine, operation, rule)


def claims(spec: Specification) -> Iterator[Claim]:
    """Everything that is to be proved, the invariants first."""
    for prop in spec.properties:
        if isinstance(prop, Always):
            yield Claim(prop.id, prop.says, "always", prop)
    for prop in spec.properties:
        if isinstance(prop, Step):
            yield Claim(prop.id, prop.says, "step", prop)
    for machine in spec.machines:
        says = f"Only a row changes the status of {machine.name}."
        yield Claim(rows_id(machine), says, "form", machine=machine)
    for operation in spec.operations:
        says = f"{operation.id} answers wherever it is possible."
        yield Claim(total_id(operation), says, "form", operation=operation)


ELSEWHERE = {
    Sometimes: ("sometimes", "a witness is not proved but found: explore finds the shortest run to one"),
    Recoverable: ("recoverable", "induction shows what stays, not what can be done: explore decides it in its scopes"),
    Same: ("same", "it compares runs of several steps: explore decides it in its scopes"),
}
"""The kinds of properties that induction does not prove: their names, and what establishes them instead."""


def elsewhere(prop: Property) -> tuple[str, str] | None:
    """The kind of a property that is not proved, and by what means it is established; None where it is."""
    return ELSEWHERE.get(type(prop))


def is_about_constants(claim: Claim) -> bool:
    """Whether a claim speaks of constants of the world only; then it is a condition on them, and not to be proved."""
    if claim.state is None:
        return False
    functions = [part.function for part in walk(claim.state) if hasattr(part, "function")]
    return bool(functions) and all(isinstance(f, Function) and f.rigid for f in functions)


def closures(*terms: Expr) -> dict[str, Function]:
    """The functions of which some expressions read the closure, by name."""
    return {part.function.name: part.function for t in terms for part in walk(t) if isinstance(part, Reaches)}


def _rows(machine: Machine, operation: Operation, rule: Rule) -> Expr | None:
    """Where the status is stored a move that is fired has a row; where it is read off, the change has one."""
    if machine.stored is not None:
        moves = [m.condition for m in rule.moves if m.machine.name == machine.name and not m.each]
        return conjunction(*moves) if moves else None
    subject = () if machine.sort is None else (Variable(machine.name, machine.sort),)
    status = machine.status(*subject)
    if not _reads(status) & {update.target.function.name for update in rule.updates}:
        return None  # what is read off what stays the same stays the same
    rows = {(s, row.target) for row in machine.rows if row.trigger == operation.id for s in row.sources}
    changes = permutations((state.value for state in machine.states), 2)
    absent = [~((status == s) & after(status == t)) for s, t in changes if (s, t) not in rows]
    return conjunction(*(every(*subject, claim) if subject else claim for claim in absent))


def _reads(term: Expr) -> set[str]:
    return {part.function.name for part in walk(term) if isinstance(part, (Apply, Reaches))}
