"""What is computed of each operation: where its rules answer, what they change, and what could go wrong there.

For every binding of an operation's parameters its rules are translated in order: a rule answers where its guard
holds and no earlier one's does. Instances that answer in the same words, or change them alike, are computed once.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from enum import Enum
from functools import cached_property
from typing import TypeAlias

from dockspec.evaluation import Binding
from dockspec.language import Expr, Variable, after, conjunction, disjunction, every, free_variables
from dockspec.model import Always, Kind, Machine, Move, Operation, Property, Recoverable, Rule, Sometimes, Step
from hullcheck.explore.circuit import FALSE, Node
from hullcheck.explore.emit import Emitter
from hullcheck.explore.layout import Layout
from hullcheck.explore.questions import (
    Blocked,
    Broken,
    Instance,
    Meaning,
    Questions,
    Refused,
    RowSeen,
    StatusSeen,
    Taken,
    Unanswered,
    Violated,
    Witnessed,
)
from hullcheck.explore.scope import ScopeError, subject_of
from hullcheck.explore.translate import Translator, Writes

Claim: TypeAlias = tuple[str, Expr]
"""The id of a property, and a formula that must hold of a step."""


def total_id(operation: Operation) -> str:
    """The id of the implicit property that an operation answers wherever it is possible."""
    return f"total.{operation.id}"


def rows_id(machine: Machine) -> str:
    """The id of the implicit property that only rows change a machine's status."""
    return f"machine.{machine.name}.rows"


class Program:
    """A scope, compiled.

    Args:
        layout: its fields.
        checked: tells which properties are checked, by id.

    Raises:
        ScopeError: when a property reads a variable that nothing gives a value.
    """

    def __init__(self, layout: Layout, checked: Callable[[str], bool] = lambda _: True) -> None:
        self.layout = layout
        self.selection = layout.selection
        self.translator = Translator(layout)
        self.circuit = self.translator.circuit
        self.emitter = Emitter(self.circuit, layout.fields)
        self.checked = checked
        """Tells which properties are checked, by id."""
        self._row_claims: dict[tuple[str, str], Expr] = {}
        self._statuses: dict[str, tuple[Callable[[Enum], Expr], Callable[[Enum], Expr]]] = {}
        self.left_out: dict[str, str] = {}
        """Rule id -> why it can never be taken here."""
        self.operations = {o.id: self._compiled(o) for o in self.selection.operations}
        """Operation id -> where its rules answer, and where that breaks a claim."""
        self.rows = {o.id: self._rows(o) for o in self.selection.operations}
        """Operation id -> which rows of machines it witnesses."""
        self.states = self._states()
        """What is asked of every state."""

    @cached_property
    def properties(self) -> tuple[Property, ...]:
        """The properties that are checked."""
        return tuple(p for p in self.selection.properties if self.checked(p.id))

    def single(self, operation: Operation, binding: Binding) -> Questions:
        """Where the rules of one instance of an operation answer, without claims."""
        return self._asked(operation, [binding], {})

    def claims(self, operation: Operation, rule: Rule) -> Iterator[Claim]:
        """What is claimed of every step in which a rule answers."""
        for prop in self.properties:
            if isinstance(prop, Step) and (not prop.of or operation.id in prop.of):
                yield prop.id, prop.formula
        for machine in self.selection.machines:
            if self.checked(rows_id(machine)):
                yield from ((rows_id(machine), formula) for formula in self._row_claim(machine, operation, rule))

    # --- operations ---------------------------------------------------------------------------------------------

    def _compiled(self, operation: Operation) -> Questions:
        claims = {rule.id: list(self.claims(operation, rule)) for rule in operation.rules}
        for identifier, formula in (claim for found in claims.values() for claim in found):
            _refuse_free(identifier, formula, operation.all_parameters)
        bindings = list(self.translator.bindings(operation.all_parameters))
        questions = self._asked(operation, bindings, claims)
        self._note_left_out(operation, questions)
        return questions

    def _asked(self, operation: Operation, bindings: Sequence[Binding], claims: dict[str, list[Claim]]) -> Questions:
        """Where the rules of an operation answer, for some bindings; what means the same is asked once."""
        taken: dict[Node, dict[frozenset[tuple[int, Node]], tuple[Writes, list[Instance]]]] = {}
        refused: dict[Node, list[Instance]] = {}
        others: list[tuple[Node, Meaning]] = []
        for binding in bindings:
            left = self.translator.formula(operation.possible, binding)
            for rule in operation.rules:
                guard = self.translator.formula(rule.when, binding)
                answers = self.circuit.every((left, guard))
                left = self.circuit.every((left, self.circuit.inverse(guard)))
                if answers == FALSE:
                    continue
                instance, writes = Instance(operation, binding, rule), self.translator.writes(rule, binding)
                if rule.answer.kind is Kind.REFUSED:
                    refused.setdefault(answers, []).append(instance)
                else:
                    blocked = self.translator.blocked(rule, binding)
                    others.append((self.circuit.every((answers, blocked)), Blocked(rule)))
                    answers = self.circuit.every((answers, self.circuit.inverse(blocked)))
                    ways = taken.setdefault(answers, {})
                    ways.setdefault(frozenset(writes.items()), (writes, []))[1].append(instance)
                others.append(self._broken(instance, answers, writes, claims.get(rule.id, [])))
            if self.checked(total_id(operation)):
                others.append((left, Unanswered(operation, binding)))
        asked: list[tuple[Node, Meaning]] = [(node, Refused(tuple(found))) for node, found in refused.items()]
        name = _identifier(operation.id)
        for number, (node, ways) in enumerate(taken.items()):
            if node != FALSE:
                steps = tuple((writes, tuple(instances)) for writes, instances in ways.values())
                successors = self.emitter.successors(f"{name}_{number}", [writes for writes, _ in steps])
                asked.append((node, Taken(steps, successors)))
        return self._questions(name, [*asked, *others])

    def _broken(
        self, instance: Instance, answers: Node, writes: Writes, claims: Iterable[Claim]
    ) -> tuple[Node, Meaning]:
        broken = []
        for identifier, formula in claims:
            holds = self.translator.formula(formula, instance.binding, rule=instance.rule, writes=writes)
            fails = self.circuit.every((answers, self.circuit.inverse(holds)))
            if fails != FALSE:
                broken.append((identifier, fails))
        return self.circuit.some(fails for _, fails in broken), Broken(instance, tuple(broken))

    def _questions(self, name: str, asked: Sequence[tuple[Node, Meaning]]) -> Questions:
        kept = [(node, meaning) for node, meaning in asked if node != FALSE]
        nodes = tuple(node for node, _ in kept)
        meanings = tuple(meaning for _, meaning in kept)
        optional = [not isinstance(meaning, (Taken, Refused)) for meaning in meanings]
        return Questions(meanings, self.emitter.masks(name, nodes, optional), nodes)

    def _note_left_out(self, operation: Operation, questions: Questions) -> None:
        answering = {i.rule.id for m in questions.meanings if isinstance(m, (Taken, Refused)) for i in m.instances}
        blocked = {m.rule.id for m in questions.meanings if isinstance(m, Blocked)}
        for rule in operation.rules:
            if rule.id in blocked - answering:
                self.left_out[rule.id] = "changes what is frozen here"
            elif rule.id not in answering:
                self.left_out[rule.id] = "its guard can never hold here"

    # --- machines -----------------------------------------------------------------------------------------------

    def _row_claim(self, machine: Machine, operation: Operation, rule: Rule) -> Iterator[Expr]:
        """What must hold of a step for a machine's rows to be the only ways from one status to another."""
        if machine.stored is not None:
            yield from (m.condition for m in rule.moves if m.machine.name == machine.name and not m.each)
            return
        key = (machine.name, operation.id)
        if key not in self._row_claims:
            subject = subject_of(machine)
            status = machine.status(*subject)
            rows = [row for row in machine.rows if row.trigger == operation.id]
            ways = (conjunction(status.one_of(*row.sources), after(status) == row.target) for row in rows)
            claim = disjunction(after(status) == status, *ways)
            self._row_claims[key] = every(*subject, claim) if subject else claim
        yield self._row_claims[key]

    def _rows(self, operation: Operation) -> Questions:
        """Which rows an operation witnesses, and where."""
        seen: defaultdict[RowSeen, list[Node]] = defaultdict(list)
        questions = self.operations[operation.id]
        for node, meaning in zip(questions.nodes, questions.meanings, strict=True):
            if isinstance(meaning, Taken):
                for writes, instances in meaning.steps:
                    for instance in instances:
                        for row, here in self._rows_of(instance, writes):
                            seen[row].append(self.circuit.every((node, here)))
        asked = [(self.circuit.some(nodes), row) for row, nodes in seen.items()]
        return self._questions(f"rows_{_identifier(operation.id)}", asked)

    def _rows_of(self, instance: Instance, writes: Writes) -> Iterator[tuple[RowSeen, Node]]:
        for move in instance.rule.moves:
            if any(move.machine.name == machine.name for machine in self.selection.machines):
                yield from self._rows_moved(move, instance.binding)
        for machine in self.selection.machines:
            if machine.stored is None:
                yield from self._rows_read(machine, instance, writes)

    def _rows_moved(self, move: Move, binding: Binding) -> Iterator[tuple[RowSeen, Node]]:
        """Which rows a move fires: those of its first case that applies."""
        machine, circuit = move.machine, self.circuit
        status = machine.status(*move.subject)
        for bound in self.translator.bindings(move.subject if move.each else ()):
            env = {**binding, **bound}
            left: list[Node] = []
            for when, trigger in move.cases:
                holds = self.translator.formula(when, env)
                for row in machine.rows_of(trigger):
                    for source in row.sources:
                        here = self.translator.formula(status.one_of(source), env)
                        seen = RowSeen(machine.name, trigger, source, row.target)
                        yield seen, circuit.every((holds, here, *map(circuit.inverse, left)))
                sources = [source for row in machine.rows_of(trigger) for source in row.sources]
                applies = self.translator.formula(status.one_of(*sources), env)
                left.append(circuit.every((holds, applies)))

    def _rows_read(self, machine: Machine, instance: Instance, writes: Writes) -> Iterator[tuple[RowSeen, Node]]:
        """Which rows a step is seen to take.

        One that leads back to where it came from is only told by its object, which must be a parameter.
        """
        subject = subject_of(machine)
        is_, after_is = self._status(machine)
        given = {instance.binding[p.name] for p in instance.operation.all_parameters if p.type == machine.sort}
        for row in machine.rows:
            if row.trigger != instance.operation.id:
                continue
            for bound in self.translator.bindings(subject):
                arrives = self.translator.formula(after_is(row.target), bound, writes=writes)
                for source in row.sources:
                    if source is not row.target or given & {*bound.values()}:
                        here = self.translator.formula(is_(source), bound)
                        seen = RowSeen(machine.name, row.trigger, source, row.target)
                        yield seen, self.circuit.every((here, arrives))

    def _status(self, machine: Machine) -> tuple[Callable[[Enum], Expr], Callable[[Enum], Expr]]:
        """The formulas that an object of a machine has a status, before and after; made once, so known when seen."""
        if machine.name not in self._statuses:
            status = machine.status(*subject_of(machine))
            before = {state.value: status.one_of(state.value) for state in machine.states}
            afterwards = {value: after(formula) for value, formula in before.items()}
            self._statuses[machine.name] = (before.__getitem__, afterwards.__getitem__)
        return self._statuses[machine.name]

    # --- states -------------------------------------------------------------------------------------------------

    def _states(self) -> Questions:
        asked: list[tuple[Node, Meaning]] = []
        for prop in self.properties:
            if isinstance(prop, (Always, Sometimes, Recoverable)):
                _refuse_free(prop.id, prop.formula, ())
            if isinstance(prop, Always):
                holds = self.translator.formula(prop.formula, {})
                asked.append((self.circuit.inverse(holds), Violated(prop.id)))
            elif isinstance(prop, Sometimes):
                asked.append((self.translator.formula(prop.formula, {}), Witnessed(prop.id)))
        for machine in self.selection.machines:
            subject = subject_of(machine)
            status = machine.status(*subject)
            for state in machine.states:
                somewhere = (
                    self.translator.formula(status.one_of(state.value), bound)
                    for bound in self.translator.bindings(subject)
                )
                asked.append((self.circuit.some(somewhere), StatusSeen(machine.name, state.value)))
        return self._questions("states", asked)


def _identifier(name: str) -> str:
    return "".join(c if c.isalnum() else "_" for c in name)


def _refuse_free(identifier: str, formula: Expr, given: tuple[Variable, ...]) -> None:
    unknown = sorted({*free_variables(formula)} - {v.name for v in given})
    if unknown:
        raise ScopeError(f"property {identifier}: nothing gives {unknown[0]} a value; quantify it, or name it in `of`")
