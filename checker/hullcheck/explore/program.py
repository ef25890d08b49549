"""What is computed of each operation: where its rules answer, what they change, and what could go wrong there.

For every binding of an operation's parameters its rules are translated in order: a rule answers where its guard
holds and no earlier one's does. Instances that answer in the same words, or change them alike, are computed once.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import cached_property

from dockspec.evaluation import Binding
from dockspec.language import Expr, Variable, after, free_variables
from dockspec.model import Always, Kind, Machine, Move, Operation, Property, Recoverable, Rule, Sometimes
from hullcheck.explore.circuit import FALSE, TRUE, Node
from hullcheck.explore.claims import Claim, Claims, total_id
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


@dataclass(frozen=True)
class _Claimed:
    """What is claimed of the steps of a rule.

    Attributes:
        of_any: the claims that do not speak of the operation's parameters.
        of_one: those that do.
    """

    of_any: tuple[Claim, ...] = ()
    of_one: tuple[Claim, ...] = ()


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
        self._claims = Claims(self.selection, checked)
        self._free: dict[int, frozenset[str]] = {}
        self._against_any: dict[tuple[str, int], list[tuple[str, Node]]] = {}
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
        return self._claims.of(operation, rule)

    # --- operations ---------------------------------------------------------------------------------------------

    def _compiled(self, operation: Operation) -> Questions:
        claims = {rule.id: self._sorted_out(operation, rule) for rule in operation.rules}
        bindings = list(self.translator.bindings(operation.all_parameters))
        questions = self._asked(operation, bindings, claims)
        self._note_left_out(operation, questions)
        return questions

    def _asked(self, operation: Operation, bindings: Sequence[Binding], claims: dict[str, _Claimed]) -> Questions:
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
                others.append(self._broken(instance, answers, writes, claims.get(rule.id, _Claimed())))
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

    def _broken(self, instance: Instance, answers: Node, writes: Writes, claims: _Claimed) -> tuple[Node, Meaning]:
        broken = []
        for identifier, against in self._against(instance, writes, claims):
            fails = self.circuit.every((answers, against))
            if fails != FALSE:
                broken.append((identifier, fails))
        return self.circuit.some(fails for _, fails in broken), Broken(instance, tuple(broken))

    def _sorted_out(self, operation: Operation, rule: Rule) -> _Claimed:
        """The claims about a rule, those that speak of its parameters apart."""
        of_any: list[Claim] = []
        of_one: list[Claim] = []
        for identifier, formula in self.claims(operation, rule):
            names = self._free.get(id(formula))
            if names is None:
                names = self._free[id(formula)] = frozenset(free_variables(formula))
            _refuse_free(identifier, names, operation.all_parameters)
            (of_one if names else of_any).append((identifier, formula))
        return _Claimed(tuple(of_any), tuple(of_one))

    def _against(self, instance: Instance, writes: Writes, claims: _Claimed) -> list[tuple[str, Node]]:
        """Where claims fail after an instance, unless that is nowhere; those without parameters are asked once."""
        key = (instance.rule.id, id(writes))  # equal writes are one object, which the translator keeps

        def against(claims: Iterable[Claim]) -> list[tuple[str, Node]]:
            formula, rule, binding = self.translator.formula, instance.rule, instance.binding
            nodes = [(identifier, formula(claim, binding, rule=rule, writes=writes)) for identifier, claim in claims]
            return [(identifier, self.circuit.inverse(node)) for identifier, node in nodes if node != TRUE]

        if key not in self._against_any:
            self._against_any[key] = against(claims.of_any)
        return self._against_any[key] + against(claims.of_one)

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
        machine, circuit, formula = move.machine, self.circuit, self.translator.formula
        is_, _ = self._status(machine)
        objects = [v.name for v in subject_of(machine)]
        for bound in self.translator.bindings(move.subject if move.each else ()):
            env = {**binding, **bound}
            itself = dict(zip(objects, (env[v.name] for v in move.subject), strict=True))
            left: list[Node] = []
            for when, trigger in move.cases:
                holds = formula(when, env)
                if holds == FALSE:
                    continue
                rows = machine.rows_of(trigger)
                here = {source: formula(is_(source), itself) for row in rows for source in row.sources}
                for row in rows:
                    for source in row.sources:
                        seen = RowSeen(machine.name, trigger, source, row.target)
                        yield seen, circuit.every((holds, here[source], *map(circuit.inverse, left)))
                left.append(circuit.every((holds, circuit.some(here.values()))))

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
                    is_taken = bool(given & {*bound.values()}) if source is row.target else bool(writes)
                    if is_taken:
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
                _refuse_free(prop.id, free_variables(prop.formula), ())
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


def _refuse_free(identifier: str, names: Collection[str], given: tuple[Variable, ...]) -> None:
    unknown = sorted({*names} - {v.name for v in given})
    if unknown:
        raise ScopeError(f"property {identifier}: nothing gives {unknown[0]} a value; quantify it, or name it in `of`")
