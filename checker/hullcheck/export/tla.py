"""A scope as a TLA+ module and a configuration for TLC.

One action for each rule, with the operation's parameters; step properties are asserted inside the action, where both
states are known; invariants stand in the configuration. The states and the steps are the explorer's; with the symmetry
sets, TLC visits one state for all that differ by a renaming.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from dockspec.language import Apply, Expr, Function, Reaches, Update, Variable, conjunction, free_variables, rewrite
from dockspec.model import Always, Kind, Operation, Rule, Sometimes, Specification
from hullcheck.explore import Scope, circuit
from hullcheck.explore.claims import Claims
from hullcheck.explore.layout import Layout
from hullcheck.explore.scope import Selection, reads, select
from hullcheck.explore.symmetry import group_of
from hullcheck.explore.translate import Translator
from hullcheck.export import naming
from hullcheck.export.naming import Names
from hullcheck.export.notes import notes, unchecked
from hullcheck.export.tla_terms import (
    FALSE,
    TRUE,
    Operator,
    TlaTerms,
    all_of,
    any_of,
    choice,
    equal,
    is_constant,
    negation,
)
from hullcheck.export.wrapping import TLA, broken, wrapped

_HOW = (
    "java -cp tla2tools.jar tlc2.TLC -deadlock MODULE, with the configuration MODULE.cfg beside it.",
    "Without the line SYMMETRY of the configuration, TLC counts every state.",
)

_RESERVED = (
    "ASSUME", "BOOLEAN", "CASE", "CHOOSE", "CONSTANT", "CONSTANTS", "DOMAIN", "ELSE", "ENABLED", "EXCEPT", "EXTENDS",
    "IF", "IN", "INSTANCE", "LET", "LOCAL", "MODULE", "OTHER", "SUBSET", "THEN", "THEOREM", "UNCHANGED", "UNION",
    "VARIABLE", "VARIABLES", "WITH", "Init", "Next", "Spec", "Symmetry", "None", "Reaches", "Claim", "Permutations",
    "Assert", "Print", "PrintT", "Cardinality", "vars", "f", "start", "end", "from", "next", "seen", "x", "id", "holds",
)  # fmt: skip

_REACHES = """\\* one or more steps of f lead from start to end
Reaches(f, start, end) ==
  LET from[seen \\in SUBSET DOMAIN f] ==
        LET next == {f[x] : x \\in seen} \\ {None}
        IN  IF next \\subseteq seen THEN seen ELSE from[seen \\union next]
  IN  end \\in from[{f[start]} \\ {None}]"""

_CLAIM = """\\* a property of steps, asserted inside the action: both states are known there
Claim(id, holds) == Assert(holds, id)"""


@dataclass(frozen=True)
class Module:
    """An exported module.

    Attributes:
        name: of the module, and so of the files ``name.tla`` and ``name.cfg``.
        text: the module.
        configuration: for TLC.
        unchecked: property id -> why TLC does not check it.
    """

    name: str
    text: str
    configuration: str
    unchecked: Mapping[str, str]


def tla(spec: Specification, scope: Scope, name: str | None = None) -> Module:
    """Write a scope as a TLA+ module.

    Args:
        spec: the specification.
        scope: the part of it to write.
        name: of the module; None: the scope's and the dialect's.

    Raises:
        ScopeError: when the scope cannot be explored.
    """
    return _Writer(select(spec, scope)).module(naming.identifier(name or f"{scope.name}_{spec.dialect}"))


class _Writer:
    def __init__(self, selection: Selection) -> None:
        self._selection = selection
        self._names = Names(_RESERVED)
        self._varying = [f for f in selection.varying if all(selection.size(s) for s in f.domain)]
        for function in self._varying:
            self._names.new(naming.function(function))
        self._terms = TlaTerms(selection, self._names)
        self._sorts = [s for s in selection.spec.sorts if selection.size(s)]
        for sort in self._sorts:
            self._names.new(sort.name)
            for name in self._terms.objects(sort):
                self._names.new(name)
        self._claims = Claims(selection)
        self._translator = Translator(Layout(selection))
        self._shared: dict[str, str] = {}
        self._asked: dict[str, str] = {}
        self._assumptions: list[str] = []
        self._trivial: list[str] = []
        self._actions: list[str] = []

    def module(self, name: str) -> Module:
        """The whole."""
        invariants = dict(self._invariants())
        rules = [line for operation in self._selection.operations for line in self._operation(operation)]
        invariants |= self._asked
        witnesses = list(self._witnesses())
        operators = self._terms.operators  # whatever has been asked for by now
        head = [f" MODULE {name} ".center(118, "-"), *_comment(notes(self._selection, "TLA+, for TLC", _HOW)), ""]
        lines = [
            *head,
            "EXTENDS Integers, FiniteSets, TLC",
            "",
            *self._declarations(),
            *self._initial(),
            _REACHES,
            "",
            _CLAIM,
            "",
            *_titled("what is read off the state"),
            *(_definition(o.name, o.parameters, o.body) for o in operators),
            "",
            *_titled("the rules: where each answers, and what it does"),
            *rules,
            *_titled("every state, every step"),
            "Next ==",
            *self._actions,
            "",
            "Spec == Init /\\ [][Next]_vars",
            "",
            *_titled("invariants"),
            *invariants.values(),
            "",
            *_titled("witnesses: as an invariant, each fails, and TLC prints a shortest run to what should happen"),
            *witnesses,
            "",
            *self._constant(),
            *self._symmetry(),
            "=" * 118,
            "",
        ]
        return Module(name, "\n".join(lines), self._configuration(list(invariants)), unchecked(self._selection))

    # --- declarations -------------------------------------------------------------------------------------------

    def _declarations(self) -> Iterator[str]:
        objects = [name for sort in self._sorts for name in self._terms.objects(sort)]
        yield wrapped(f"CONSTANTS {', '.join(['None', *objects])}")
        yield ""
        for sort in self._sorts:
            yield f"{sort.name} == {{{', '.join(self._terms.objects(sort))}}}"
        yield ""
        yield "VARIABLES"
        for number, function in enumerate(self._varying):
            comma = "," if number < len(self._varying) - 1 else ""
            yield f"  {naming.function(function)}{comma}  \\* {function.about}"
        yield ""
        yield wrapped(f"vars == <<{', '.join(map(naming.function, self._varying))}>>")
        yield ""

    def _initial(self) -> Iterator[str]:
        yield "Init =="
        for function in self._varying:
            value = self._terms.value(function.initial, function.type)
            sets = ", ".join(f"x{k} \\in {sort.name}" for k, sort in enumerate(function.domain))
            yield f"  /\\ {naming.function(function)} = {f'[{sets} |-> {value}]' if sets else value}"
        yield ""

    def _invariants(self) -> Iterator[tuple[str, str]]:
        """Name -> definition; what no step can change is an assumption instead, which needs no name elsewhere."""
        varying = {f.name for f in self._varying}
        for prop in self._selection.properties:
            if isinstance(prop, Always):
                body = self._terms.text(prop.formula, {})
                says = _comment([f"{prop.id}: {prop.says}"])
                if body == TRUE:
                    self._trivial.append(prop.id)
                    continue
                if not varying & reads(prop.formula):
                    self._assumptions += [*says, f"ASSUME {body}"]
                    continue
                name = self._names.new(f"Inv_{naming.identifier(prop.id)}")
                yield name, "\n".join([*says, _definition(name, (), body)])

    def _constant(self) -> Iterator[str]:
        """What no step can change."""
        if self._assumptions:
            yield from (*_titled("what no step can change"), *self._assumptions, "")
        if self._trivial:
            yield from _comment([f"Nothing in this scope can break: {', '.join(self._trivial)}."])
            yield ""

    def _witnesses(self) -> Iterator[str]:
        """What must happen sometimes, denied; what cannot happen in this scope is left away."""
        for prop in self._selection.properties:
            if isinstance(prop, Sometimes) and (body := negation(self._terms.text(prop.formula, {}))) != TRUE:
                yield from _comment([f"{prop.id}: {prop.says}"])
                yield _definition(self._names.new(f"Never_{naming.identifier(prop.id)}"), (), body)

    def _refusal(self, operation: Operation, rule: Rule) -> None:
        """Step properties hold of refusals too; those are no steps of the module, so it is asked in every state."""
        for identifier, claim in self._claims.of(operation, rule):
            name = f"Refused_{naming.identifier(rule.id)}_{naming.identifier(identifier)}"
            self._never(operation, name, conjunction(operation.enabled(rule), ~rewrite(claim, _unprimed)), rule)

    def _unanswered(self, operation: Operation) -> None:
        where = conjunction(operation.possible, *(~rule.when for rule in operation.rules))
        self._never(operation, f"Answered_{naming.identifier(operation.id)}", where, None)

    def _never(self, operation: Operation, name: str, formula: Expr, rule: Rule | None) -> None:
        """The invariant that a formula holds for no parameters, unless that is decided already."""
        bindings = self._translator.bindings(operation.all_parameters)
        if any(self._translator.formula(formula, binding, rule=rule) != circuit.FALSE for binding in bindings):
            env = {v.name: self._terms.local(v) for v in operation.all_parameters}
            ranges = ", ".join(f"{env[v.name]} \\in {self._terms.domain(v.type)}" for v in operation.all_parameters)
            text = negation(self._terms.text(formula, env, rule))
            self._asked[name] = _definition(name, (), f"\\A {ranges} : {text}" if ranges else text)

    # --- rules --------------------------------------------------------------------------------------------------

    def _operation(self, operation: Operation) -> Iterator[str]:
        env = {v.name: self._terms.local(v) for v in operation.all_parameters}
        yield from _comment([f"{operation.id}: {operation.about}"])
        yield ""
        self._unanswered(operation)
        for rule in operation.rules:
            kind, status = rule.answer.kind.value, rule.answer.status
            yield from _comment([f"{rule.id} ({kind}{f', {status}' if status else ''}): {rule.says} [{rule.source}]"])
            yield from self._rule(operation, rule, env)
            yield ""

    def _rule(self, operation: Operation, rule: Rule, env: Mapping[str, str]) -> Iterator[str]:
        when = self._terms.text(rule.when, env)
        if not is_constant(when):
            names = [env[v.name] for v in operation.all_parameters if v.name in free_variables(rule.when)]
            yield _definition(f"when_{naming.identifier(rule.id)}", names, when)
        if rule.answer.kind is Kind.REFUSED:
            self._refusal(operation, rule)
            return
        guard = all_of(
            [
                self._terms.text(operation.possible, env),
                *(negation(self._guard(r, operation, env)) for r in operation.earlier(rule)),
                self._guard(rule, operation, env),
                negation(self._blocked(rule, env)),
            ]
        )
        if guard == FALSE:
            yield "\\* (never in this scope)"
            return
        name = naming.identifier(rule.id)
        effects = dict(self._effects(rule, env))
        kept = [naming.function(f) for f in self._varying if f.name not in effects]
        claims = [
            f'Claim("{identifier}", {formula})'
            for identifier, claim in self._claims.of(operation, rule)
            if not self._always(operation, rule, claim)
            and (formula := self._claimed(identifier, claim, env, rule)) != TRUE
        ]
        unchanged = f"UNCHANGED <<{', '.join(kept)}>>" if effects else "UNCHANGED vars"
        parts = [
            *([f"{guard if guard.startswith('(') else f'({guard})'} = TRUE"] if guard != TRUE else []),
            *effects.values(),
            *([unchanged] if kept else []),
            *claims,
        ]
        yield f"{_head(name, env.values())} =="
        yield from (_wrapped(f"/\\ {part}", "  ", "     ") for part in parts)
        ranges = ", ".join(f"{env[v.name]} \\in {self._terms.domain(v.type)}" for v in operation.all_parameters)
        some = f"\\E {ranges} : " if ranges else ""
        self._actions.append(_wrapped(f"\\/ {some}{_head(name, env.values())}", "  ", "     "))

    def _always(self, operation: Operation, rule: Rule, claim: Expr) -> bool:
        """Whether a claim holds after the rule in any state whatever, whatever the parameters."""
        translator = self._translator
        return all(
            translator.formula(claim, binding, rule=rule, writes=translator.writes(rule, binding)) == circuit.TRUE
            for binding in translator.bindings(operation.all_parameters)
        )

    def _claimed(self, identifier: str, claim: Expr, env: Mapping[str, str], rule: Rule) -> str:
        """A claim, as an operator that all rules share of which it says the same."""
        text = self._terms.text(claim, env, rule)
        if is_constant(text):
            return text
        if text not in self._shared:
            name = self._names.new(f"step_{naming.identifier(identifier)}")
            self._shared[text] = _head(name, [env[variable] for variable in free_variables(claim)])
            self._terms.operators.append(
                Operator(name, tuple(env[variable] for variable in free_variables(claim)), text)
            )
        return self._shared[text]

    def _guard(self, rule: Rule, operation: Operation, env: Mapping[str, str]) -> str:
        when = self._terms.text(rule.when, env)
        if is_constant(when):
            return when
        names = [env[v.name] for v in operation.all_parameters if v.name in free_variables(rule.when)]
        return _head(f"when_{naming.identifier(rule.id)}", names)

    def _effects(self, rule: Rule, env: Mapping[str, str]) -> Iterator[tuple[str, str]]:
        """Function -> its value afterwards, for those that a rule changes."""
        for update in rule.updates:
            function = update.target.function
            if function in self._varying and (value := self._after(update, env)):
                yield function.name, f"{naming.function(function)}' = {value}"

    def _after(self, update: Update, env: Mapping[str, str]) -> str:
        function = update.target.function
        inner = {**env, **self._terms.binding(update.each, env)}
        where = self._terms.text(update.where, inner)
        value = self._terms.right_side(update.value, function.type, inner)
        arguments = [inner[a.name] for a in update.target.arguments]
        old = self._terms.apply(function, arguments)
        if where == FALSE or value == old:
            return ""
        if not update.each:
            new = choice(where, value, old)
            return f"[{naming.function(function)} EXCEPT ![{', '.join(arguments)}] = {new}]" if arguments else new
        # of each object that is bound; an argument that is a parameter stands for the one object that it is
        bound = {v.name for v in update.each}
        places, fixed = [], []
        for argument, sort in zip(update.target.arguments, function.domain, strict=True):
            name = inner[argument.name]
            if argument.name not in bound:
                name = self._terms.local(Variable(f"every_{argument.name}", sort))
                fixed.append(equal(name, inner[argument.name]))
            places.append(f"{name} \\in {sort.name}")
        names = [place.partition(" ")[0] for place in places]
        new = choice(all_of([*fixed, where]), value, self._terms.apply(function, names))
        return f"[{', '.join(places)} |-> {new}]"

    def _blocked(self, rule: Rule, env: Mapping[str, str]) -> str:
        """Where a rule would change what is frozen."""
        frozen = {f.name: value for f, value in self._selection.scope.frozen.items()}
        against = []
        for update in rule.updates:
            function: Function = update.target.function
            if function.name in frozen:
                inner = {**env, **self._terms.binding(update.each, env)}
                kept = equal(
                    self._terms.right_side(update.value, function.type, inner),
                    self._terms.value(frozen[function.name], function.type),
                )
                changed = all_of([self._terms.text(update.where, inner), negation(kept)])
                sets = ", ".join(f"{inner[v.name]} \\in {self._terms.domain(v.type)}" for v in update.each)
                against.append(f"(\\E {sets} : {changed})" if sets and not is_constant(changed) else changed)
        return any_of(against)

    # --- symmetry and configuration -----------------------------------------------------------------------------

    def _classes(self) -> Iterator[list[str]]:
        """The sets of model values that can be permuted freely."""
        for component in group_of(self._selection).components:
            for slots in component.classes:
                objects = self._terms.objects(component.sorts[0])
                if len(slots) > 1:
                    yield [objects[slot] for slot in slots]

    def _symmetry(self) -> Iterator[str]:
        sets = [f"Permutations({{{', '.join(names)}}})" for names in self._classes()]
        if sets:
            yield from _comment(["What differs only by a renaming of these objects need not be visited twice."])
            yield "Symmetry == " + " \\union ".join(sets)
            yield ""

    def _configuration(self, invariants: list[str]) -> str:
        objects = [name for sort in self._sorts for name in self._terms.objects(sort)]
        symmetry = ["SYMMETRY Symmetry", ""] if list(self._classes()) else []
        return "\n".join(
            [
                "SPECIFICATION Spec",
                "CHECK_DEADLOCK FALSE",
                "",
                "CONSTANTS",
                *(f"  {name} = {name}" for name in ["None", *objects]),
                "",
                *symmetry,
                *(["INVARIANTS", *(f"  {name}" for name in invariants)] if invariants else []),
                "",
            ]
        )


def _unprimed(term: Expr) -> Expr | None:
    match term:
        case Apply(function=function, arguments=arguments, primed=True):
            return Apply(function, arguments)
        case Reaches(function=function, start=start, end=end, primed=True):
            return Reaches(function, start, end)
        case _:
            return None


def _wrapped(text: str, indent: str, more: str) -> str:
    return wrapped(text, indent, more, unbreakable=TLA)


def _head(name: str, parameters: Iterable[str]) -> str:
    names = ", ".join(parameters)
    return f"{name}({names})" if names else name


def _definition(name: str, parameters: Iterable[str], body: str) -> str:
    return _wrapped(f"{_head(name, parameters)} == {body}", "", "  ")


def _titled(title: str) -> list[str]:
    return [f"\\* ---- {title} {'-' * (105 - len(title))}", ""]


def _comment(texts: list[str]) -> list[str]:
    return [broken(f"\\* {text}", more="\\*   ") if text else "\\*" for text in texts]
