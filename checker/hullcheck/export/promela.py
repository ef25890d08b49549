"""A scope as a Promela model, for SPIN.

The model has the states and the transitions of the explorer without symmetry: one process, one ``d_step`` for each
rule with its parameters, none for a refusal. (SPIN counts the initial state as a transition too.) What a step is about
to change is copied into ``hidden`` variables, which are no part of a state: so effects read the state before, and step
properties compare the two. What the explorer's circuit knows to hold in any state whatever is not asked.

Whatever fails is told once, as an assertion about its number, and the search can go on (``pan -c0``). What is asked of
a state, and not of a step, is asked by an observer: a step of its own that is enabled only where something fails, and
changes nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from itertools import product

from dockspec.evaluation import Binding
from dockspec.language import Expr, Function, Sort, Update, Variable, conjunction, free_variables
from dockspec.model import Always, Kind, Operation, Rule, Sometimes, Specification, Step
from hullcheck.explore import Scope, circuit
from hullcheck.explore.claims import Claims, rows_id, total_id
from hullcheck.explore.layout import Layout
from hullcheck.explore.scope import Selection, select
from hullcheck.explore.translate import Translator
from hullcheck.export import naming
from hullcheck.export.naming import Names
from hullcheck.export.notes import notes, unchecked
from hullcheck.export.promela_terms import (
    BEFORE,
    FALSE,
    TRUE,
    Env,
    Reading,
    Terms,
    all_of,
    any_of,
    choice,
    equal,
    is_constant,
    negation,
)
from hullcheck.export.wrapping import block, comment, define, define_statements, wrapped

_RESERVED = (
    "active", "assert", "atomic", "bit", "bool", "break", "byte", "chan", "d_step", "do", "else", "empty", "enabled",
    "eval", "fi", "full", "goto", "hidden", "if", "init", "inline", "int", "len", "ltl", "mtype", "never", "nempty",
    "nfull", "of", "od", "pid", "printf", "priority", "proctype", "run", "select", "short", "show", "skip", "timeout",
    "true", "false", "typedef", "unless", "unsigned", "world", "seen", "broken", "told", "claim", "observe",
)  # fmt: skip

_HOW = (
    "spin -a MODEL && gcc -O2 -DSAFETY -DNOREDUCE -o pan pan.c && ./pan -m1000000 -c0",
    "With spin -DWITNESSES it also tells what happens sometimes: each is told like a property that fails.",
)

_MACHINERY = """\
/* what failed: told once, by its number; hidden variables are no part of a state */
hidden byte seen[{count}];
hidden byte broken, told;

/* a step property, after the step */
#define claim(number, formula) \\
  if \\
  :: (formula) || seen[number] \\
  :: else -> seen[number] = true; broken = number; assert(broken != number) \\
  fi

/* an observer: where a formula holds that never should (or, of a witness, once should) */
#define observe(number, formula) \\
  d_step {{ !seen[number] && (formula) -> seen[number] = true; told = number; assert(told != number) }}
"""


@dataclass(frozen=True)
class Model:
    """An exported model.

    Attributes:
        text: the model. With ``spin -DWITNESSES`` it also looks for what must happen sometimes.
        properties: the ids of the properties that SPIN checks, in the order of their numbers.
        unchecked: property id -> why SPIN does not check it.
    """

    text: str
    properties: tuple[str, ...]
    unchecked: Mapping[str, str]


def promela(spec: Specification, scope: Scope, properties: Collection[str] | None = None) -> Model:
    """Write a scope as a Promela model.

    Args:
        spec: the specification.
        scope: the part of it to write.
        properties: the ids of the properties to check (``total.<operation>`` and ``machine.<name>.rows`` among them);
            None: all that SPIN can check.

    Raises:
        ScopeError: when the scope cannot be explored.
    """
    checked = None if properties is None else frozenset(properties)
    return _Writer(select(spec, scope), lambda identifier: checked is None or identifier in checked).model()


class _Writer:
    def __init__(self, selection: Selection, wanted: Callable[[str], bool]) -> None:
        self._selection = selection
        names = Names(_RESERVED)
        for function in selection.varying:
            names.new(naming.function(function))
            names.new(f"{BEFORE}{naming.function(function)}")
        self._terms = Terms(selection, names)
        self._claims = Claims(selection, wanted)
        self._translator = Translator(Layout(selection))
        self._copied: dict[str, None] = {}
        self._numbers = {identifier: number for number, identifier in enumerate(filter(wanted, _checked(selection)))}
        self._observers: list[str] = []
        self._steps: list[str] = []

    def model(self) -> Model:
        """The whole."""
        self._state_properties()
        rules = [line for operation in self._selection.operations for line in self._operation(operation)]
        macros = list(self._macros(" ".join([*rules, *self._steps, *self._observers])))
        used = {
            *re.findall(r"[A-Z_0-9]+", "\n".join([*rules, *self._steps, *self._observers, *macros, *self._variables()]))
        }
        sections = {
            "": [block(notes(self._selection, "Promela, for SPIN 6", _HOW))],
            "the state": [*self._members(used), *self._variables()],
            "copies of what a step changes": list(self._copies()),
            "properties": [*self._numbered(), _MACHINERY.format(count=max(1, len(self._numbers)))],
            "what is read off the state": macros,
            "the rules: where each answers, and what it does": rules,
            "every state, every step": self._process(),
        }
        text = "\n".join(
            "\n".join([*([f"/* ---- {title} {'-' * (108 - len(title))} */", ""] if title else []), *lines, ""])
            for title, lines in sections.items()
        )
        return Model(text, tuple(self._numbers), unchecked(self._selection))

    # --- declarations -------------------------------------------------------------------------------------------

    def _macros(self, text: str) -> Iterator[str]:
        """The predicates that a text needs, and those that they need, in the order in which they were made."""
        needed: set[str] = set()
        for macro in reversed(self._terms.macros):  # a macro needs only those made before it
            if macro.name in {*re.findall(r"\w+", text)} | needed:
                needed |= {macro.name, *re.findall(r"\w+", macro.body)}
        for macro in self._terms.macros:
            if macro.name in needed:
                if macro.about:
                    yield comment(macro.about)
                yield define(macro.name, macro.parameters, macro.body)

    def _members(self, used: set[str]) -> Iterator[str]:
        """The members of the enumerations of which one is used."""
        kinds: dict[type[Enum], None] = {}
        parameters = (p.type for o in self._selection.operations for p in o.all_parameters)
        statuses = (type(machine.initial) for machine in self._selection.machines)
        for kind in (*(f.type for f in self._selection.spec.functions), *parameters, *statuses):
            if isinstance(kind, type) and issubclass(kind, Enum):
                kinds[kind] = None
        for kind in kinds:
            names = [naming.member(member) for member in kind]
            if used & {*names}:
                yield wrapped(f"mtype = {{ {', '.join(names)} }};")

    def _variables(self) -> Iterator[str]:
        for function in self._selection.varying:
            if cells := self._terms.cells(function):
                guard = self._terms.is_followed(function)
                size = f"[{cells + guard}]" if function.domain else ""
                initial = self._terms.value(function.initial, function.type)
                note = f"{function.about}; {initial}: none" if function.partial else function.about
                note += " (the last one stands for none)" if guard else ""
                yield f"{self._type(function.type)} {naming.function(function)}{size} = {initial};  {comment(note)}"

    def _copies(self) -> Iterator[str]:
        for function in self._selection.varying:
            if naming.function(function) in self._copied:
                guard = self._terms.is_followed(function)
                size = f"[{self._terms.cells(function) + guard}]" if function.domain else ""
                kind = "byte" if function.type is bool else self._type(function.type)  # a bool cannot be hidden
                yield f"hidden {kind} {BEFORE}{naming.function(function)}{size};"

    def _numbered(self) -> Iterator[str]:
        says = {p.id: p.says for p in self._selection.spec.properties}
        for identifier, number in self._numbers.items():
            yield comment(f"{number:3} {identifier}{': ' if identifier in says else ''}{says.get(identifier, '')}")
        yield ""

    def _type(self, kind: object) -> str:
        return "byte" if isinstance(kind, Sort) else "bool" if kind is bool else "mtype"

    # --- properties of states -----------------------------------------------------------------------------------

    def _state_properties(self) -> None:
        for prop in self._selection.properties:
            if isinstance(prop, (Always, Sometimes)) and prop.id in self._numbers:
                holds = self._terms.text(prop.formula, {})
                lines = self._observer(prop.id, negation(holds) if isinstance(prop, Always) else holds)
                self._observers += (
                    ["#ifdef WITNESSES", *lines, "#endif"] if isinstance(prop, Sometimes) and lines else lines
                )

    def _observer(self, identifier: str, where: str) -> list[str]:
        if where == FALSE:
            return []
        return [comment(identifier, "  "), wrapped(f":: observe({self._numbers[identifier]}, {where})", "  ")]

    # --- rules --------------------------------------------------------------------------------------------------

    def _operation(self, operation: Operation) -> Iterator[str]:
        yield comment(f"{operation.id}: {operation.about}")
        yield ""
        self._steps.append(comment(operation.id, "  "))
        for rule in operation.rules:
            kind, status = rule.answer.kind.value, rule.answer.status
            yield comment(f"{rule.id} ({kind}{f', {status}' if status else ''}): {rule.says} [{rule.source}]")
            yield from self._rule(operation, rule)
            yield ""
        yield from self._unanswered(operation)

    def _rule(self, operation: Operation, rule: Rule) -> Iterator[str]:
        env = _symbolic(operation)
        when = self._terms.text(rule.when, env)
        if not is_constant(when):
            names = [v.name for v in operation.all_parameters if v.name in free_variables(rule.when)]
            yield define(f"when_{naming.identifier(rule.id)}", names, when)
        answers = self._answers(operation, rule, env)
        if rule.answer.kind is Kind.REFUSED:
            yield from self._refusal(operation, rule, answers)
            return
        answers = all_of((answers, negation(self._blocked(rule, env))))
        if answers == FALSE:
            yield "/* (never in this scope) */"
            return
        name, parameters = naming.identifier(rule.id), list(env)
        yield define(f"answers_{name}", parameters, answers)
        effects = list(self._effects(rule, env))
        if effects:
            yield define_statements(name, parameters, effects)
        for binding in self._translator.bindings(operation.all_parameters):
            given = self._texts(operation, binding)
            if all_of((self._answers(operation, rule, given), negation(self._blocked(rule, given)))) != FALSE:
                self._steps.append(self._step(operation, rule, binding, changes=bool(effects)))

    def _effects(self, rule: Rule, env: Env) -> Iterator[str]:
        """Assignments, one after the other; what a later one reads of an earlier one's is copied first."""
        self._terms.copies.clear()
        written: set[str] = set()
        lines = []
        for update in rule.updates:
            function = update.target.function
            for bound in self._slots(update.each) if self._terms.varies(function) else ():
                place, value = self._assignment(update, {**env, **bound}, Reading(frozenset(written)))
                if value != place:
                    lines.append(f"{place} = {value};")
                    # at its own place it reads what is there still; at others not, if there are several
                    written |= {function.name} if update.each else set()
            written |= {function.name} if lines else set()
        for function in self._selection.varying:
            if function.name in self._terms.copies:
                yield " ".join(self._copy(place) for place in self._places(function))
        yield from lines

    def _assignment(self, update: Update, env: Env, reading: Reading) -> tuple[str, str]:
        """A place, and its new value; the place itself where that stays."""
        place = self._terms.place(update.target.function, [env[a.name] for a in update.target.arguments])
        where = self._terms.text(update.where, env, reading)
        return place, place if where == FALSE else choice(where, self._terms.right_side(update, env, reading), place)

    def _step(self, operation: Operation, rule: Rule, binding: Binding, *, changes: bool) -> str:
        """A step of the process: a rule with its parameters, and what is claimed of it."""
        env, writes = self._texts(operation, binding), self._translator.writes(rule, binding)
        call = f"{naming.identifier(rule.id)}({', '.join(env.values())})"
        places = {place: value for place, value in self._changes(rule, env) if place != value}
        reading = Reading(places=places, rule=rule)
        self._terms.copies.clear()
        claims = [
            f"claim({self._numbers[identifier]}, {formula});"
            for identifier, claim in self._claims.of(operation, rule)
            if self._translator.formula(claim, binding, rule=rule, writes=writes) != circuit.TRUE
            and (formula := self._terms.text(claim, env, reading)) != TRUE
        ]
        copies = [self._copy(place) for place in sorted(self._terms.copies)]
        parts = [*copies, *([f"{call};"] if changes else []), *claims] or ["skip"]
        return wrapped(f":: d_step {{ answers_{call} -> {' '.join(parts)} }}", "  ")

    def _changes(self, rule: Rule, env: Env) -> Iterator[tuple[str, str]]:
        for update in rule.updates:
            if self._terms.varies(update.target.function):
                for bound in self._slots(update.each):
                    yield self._assignment(update, {**env, **bound}, Reading())

    def _places(self, function: Function) -> list[str]:
        if not function.domain:
            return [naming.function(function)]
        cells = self._terms.cells(function) + self._terms.is_followed(function)
        return [f"{naming.function(function)}[{k}]" for k in range(cells)]

    def _copy(self, place: str) -> str:
        self._copied.setdefault(place.partition("[")[0])
        return f"{BEFORE}{place} = {place};"

    def _blocked(self, rule: Rule, env: Env) -> str:
        """Where a rule would change what is frozen."""
        frozen = {f.name: value for f, value in self._selection.scope.frozen.items()}
        against = []
        for update in rule.updates:
            function = update.target.function
            if function.name in frozen:
                for bound in self._slots(update.each):
                    where = self._terms.text(update.where, {**env, **bound})
                    value = self._terms.right_side(update, {**env, **bound}, Reading())
                    kept = equal(value, self._terms.value(frozen[function.name], function.type))
                    against.append(all_of((where, negation(kept))))
        return any_of(against)

    def _answers(self, operation: Operation, rule: Rule, env: Env) -> str:
        """Where a rule answers: its guard holds, and no earlier one's does."""
        parts = [negation(self._guard(r, operation, env)) for r in operation.earlier(rule)]
        possible = self._terms.text(operation.possible, env)
        return all_of([possible, *parts, self._guard(rule, operation, env)])

    def _guard(self, rule: Rule, operation: Operation, env: Env) -> str:
        text = self._terms.text(rule.when, env)
        if is_constant(text):
            return text
        given = [v.name for v in operation.all_parameters if v.name in free_variables(rule.when)]
        return f"when_{naming.identifier(rule.id)}({', '.join(env[name] for name in given)})"

    # --- what is asked where a step is refused, or not answered -------------------------------------------------

    def _refusal(self, operation: Operation, rule: Rule, answers: str) -> Iterator[str]:
        """Step properties hold of refusals too, and those are no steps of the model."""
        if answers == FALSE:
            return
        answering = operation.enabled(rule)
        for number, (identifier, claim) in enumerate(self._claims.of(operation, rule)):
            name = f"breaks_{number}_{naming.identifier(rule.id)}"
            fails = negation(self._terms.text(claim, _symbolic(operation), Reading(rule=rule)))
            where = all_of((answers, fails))
            yield from self._asked(operation, identifier, (name, where), conjunction(answering, ~claim), rule)

    def _unanswered(self, operation: Operation) -> Iterator[str]:
        if total_id(operation) not in self._numbers:
            return
        env = _symbolic(operation)
        guards = [negation(self._guard(rule, operation, env)) for rule in operation.rules]
        where = all_of([self._terms.text(operation.possible, env), *guards])
        name = f"unanswered_{naming.identifier(operation.id)}"
        formula = conjunction(operation.possible, *(~rule.when for rule in operation.rules))
        yield from self._asked(operation, total_id(operation), (name, where), formula)

    def _asked(
        self,
        operation: Operation,
        identifier: str,
        definition: tuple[str, str],
        formula: Expr,
        rule: Rule | None = None,
    ) -> Iterator[str]:
        """The definition of what an observer asks, for the parameters for which that is not decided already."""
        name, where = definition
        calls = [
            f"{name}({', '.join(self._texts(operation, binding).values())})"
            for binding in self._translator.bindings(operation.all_parameters)
            if where != FALSE and self._translator.formula(formula, binding, rule=rule) != circuit.FALSE
        ]
        if calls:
            yield define(name, [v.name for v in operation.all_parameters], where)
            self._observers += self._observer(identifier, any_of(calls))

    # --- the process --------------------------------------------------------------------------------------------

    def _process(self) -> list[str]:
        return [
            "active proctype world()",
            "{",
            "end:",
            "  do",
            *self._steps,
            *self._observers,
            "  od",
            "}",
        ]

    def _texts(self, operation: Operation, binding: Binding) -> dict[str, str]:
        """The text of each parameter's value."""
        return {v.name: self._terms.value(binding[v.name], v.type) for v in operation.all_parameters}

    def _slots(self, variables: Sequence[Variable]) -> Iterator[dict[str, str]]:
        """Every way to give values to some variables."""
        for values in product(*(self._terms.objects(v.type) for v in variables)):
            yield dict(zip((v.name for v in variables), values, strict=True))


def _checked(selection: Selection) -> Iterator[str]:
    """The ids of what SPIN checks."""
    yield from (p.id for p in selection.properties if isinstance(p, (Always, Sometimes, Step)))
    yield from map(rows_id, selection.machines)
    yield from map(total_id, selection.operations)


def _symbolic(operation: Operation) -> dict[str, str]:
    return {v.name: v.name for v in operation.all_parameters}
