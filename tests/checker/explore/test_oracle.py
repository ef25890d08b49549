"""The explorer against the plain interpreter, on random small specifications."""

from __future__ import annotations

import itertools
import math
from collections import Counter
from enum import Enum
from functools import cache, partial

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dockspec.evaluation import Binding, State, answering, bindings, evaluate, fire, holds
from dockspec.language import (
    NONE,
    Expr,
    Function,
    Literal,
    Sort,
    Update,
    Value,
    Variable,
    after,
    becomes,
    choose,
    conjunction,
    defined,
    disjunction,
    every,
    reaches,
    some,
)
from dockspec.model import (
    Always,
    Kind,
    Machine,
    Operation,
    Property,
    Recoverable,
    Row,
    Rule,
    Sometimes,
    Specification,
    Step,
    accepted,
    answered,
    failed,
    refused,
    unchanged,
    values_of,
)
from dockspec.model import State as MachineState
from hullcheck.explore import Graph, Scope, explore
from hullcheck.explore.exploring import prepared
from hullcheck.explore.scope import select


class Colour(Enum):
    """Three members, so that a field has a code to spare."""

    RED = "red"
    GREEN = "green"
    BLUE = "blue"


A, B = Sort("A"), Sort("B")
COLOUR = Function("colour", (A,), Colour, Colour.RED, "")
FLAG = Function("flag", (A,), bool, False, "")
LINK = Function("link", (A,), A, None, "", partial=True)
OWNER = Function("owner", (A,), B, None, "", partial=True)
MARK = Function("mark", (B,), bool, True, "")
GRID = Function("grid", (A, B), bool, False, "")
MOOD = Function("mood", (), Colour, Colour.GREEN, "")
KIND = Function("kind", (A,), bool, False, "", rigid=True)
LIKES = Function("likes", (A,), B, None, "", partial=True, rigid=True)
VARYING = (COLOUR, FLAG, LINK, OWNER, MARK, GRID, MOOD)
MOST_STATES = 200
MEMBERS = st.sampled_from(Colour)
x, y, b = Variable("x", A), Variable("y", A), Variable("b", B)
EACH = {A: Variable("each_a", A), B: Variable("each_b", B)}
PLACES = {A: x, B: b}
free_x, quiet, hue = Variable("fx", A), Variable("quiet", bool), Variable("hue", Colour)


def equation(term: Expr, member: Colour) -> Expr:
    """The formula that a term has a value."""
    return term == member


def atoms(functions: tuple[Function, ...], scope: tuple[Variable, ...]) -> list[st.SearchStrategy[Expr]]:
    """Every kind of simple formula over some functions and variables."""
    found: list[st.SearchStrategy[Expr]] = []
    objects: dict[object, list[Variable]] = {sort: [v for v in scope if v.type is sort] for sort in (A, B)}
    for function in (*functions, KIND, LIKES):
        for arguments in itertools.product(*(objects[sort] for sort in function.domain)):
            term = function(*arguments)
            if function.type is bool:
                found.append(st.just(term))
            elif function.type is Colour:
                found += [MEMBERS.map(partial(equation, term)), st.just(term.one_of(Colour.RED, Colour.BLUE))]
                found += [st.just(term == v) for v in scope if v.type is Colour]
            else:
                found += [st.just(defined(term)), *(st.just(term == v) for v in objects[function.type])]
    found += [st.just(v) for v in scope if v.type is bool]
    if LINK in functions:
        found += [st.just(reaches(LINK, one, other)) for one in objects[A] for other in objects[A]]
    found += [st.just(one == other) for one in objects[A] for other in objects[A] if one is not other]
    return found


def any_of(options: list[st.SearchStrategy[Expr]]) -> st.SearchStrategy[Expr]:
    """One of some strategies, each as likely as the other: ``one_of`` flattens what is inside, and drowns it."""
    return st.sampled_from(options).flatmap(lambda chosen: chosen)


@cache
def formulas(functions: tuple[Function, ...], scope: tuple[Variable, ...], depth: int = 2) -> st.SearchStrategy[Expr]:
    """Formulas whose free variables are among some."""
    simple = atoms(functions, scope)
    leaf = any_of(simple) if simple else st.booleans().map(Literal)
    if depth == 0:
        return leaf
    inner = formulas(functions, scope, depth - 1)
    options = [
        leaf,
        inner.map(lambda f: ~f),
        st.lists(inner, min_size=2, max_size=3).map(lambda fs: conjunction(*fs)),
        st.lists(inner, min_size=2, max_size=3).map(lambda fs: disjunction(*fs)),
        st.tuples(inner, inner, inner).map(lambda fs: choose(*fs)),
        st.tuples(inner, inner).map(lambda fs: fs[0] == fs[1]),
    ]
    for variable in (x, y, b):
        if variable not in scope_of(scope):
            deeper = formulas(functions, (*scope, variable), depth - 1)
            options += [deeper.map(partial(every, variable)), deeper.map(partial(some, variable))]
    return any_of(options)


def conditions(functions: tuple[Function, ...], scope: tuple[Variable, ...]) -> st.SearchStrategy[Expr]:
    """Truth, as often as a formula."""
    return any_of([st.just(Literal(value=True)), formulas(functions, scope, 1)])


def scope_of(variables: tuple[Variable, ...]) -> set[Variable]:
    """The variables as a set; ``in`` on a tuple would build an equation of the language."""
    return set(variables)


@st.composite
def updates(draw: st.DrawFn, functions: tuple[Function, ...], scope: tuple[Variable, ...]) -> tuple[Update, ...]:
    """At most one update of each function."""
    found = []
    for function in draw(st.lists(st.sampled_from(functions), unique=True, max_size=2)):
        each = tuple(EACH[sort] for sort in function.domain if draw(st.booleans()))
        by_sort = {v.type: v for v in each}
        arguments = []
        for sort in function.domain:
            options = [by_sort[sort]] if sort in by_sort else [v for v in scope if v.type is sort]
            arguments += [draw(st.sampled_from(options))] if options else []
        if len(arguments) < len(function.domain):
            continue
        inside = (*scope, *each)
        target = function(*arguments)
        where = draw(conditions(functions, inside))
        value = draw(values(function, functions, inside))
        found.append(becomes(target, value, where=where, each=each))
    return tuple(found)


def values(function: Function, functions: tuple[Function, ...], scope: tuple[Variable, ...]) -> st.SearchStrategy[Expr]:
    """Right-hand sides for a function."""
    if function.type is bool:
        return formulas(functions, scope, 1)
    if function.type is Colour:
        simple = [MEMBERS.map(Literal), *(st.just(v) for v in scope if v.type is Colour)]
        simple += [st.just(COLOUR(v)) for v in scope if v.type is A and COLOUR in set(functions)]
    else:
        simple = [st.just(NONE), *(st.just(v) for v in scope if v.type is function.type)]
        simple += [st.just(function(v)) for v in scope if function.domain == (v.type,)]
    leaf = any_of(simple)
    return any_of([leaf, st.tuples(formulas(functions, scope, 1), leaf, leaf).map(lambda p: choose(*p))])


@st.composite
def operations(draw: st.DrawFn, number: int, functions: tuple[Function, ...]) -> Operation:
    """An operation with up to three rules."""
    parameters = tuple(draw(st.lists(st.sampled_from([x, b, quiet, hue]), unique=True, max_size=2)))
    fresh = draw(st.sampled_from([(), (free_x,)]))
    scope = (*parameters, *fresh)
    rules = []
    for k in range(draw(st.integers(1, 3))):
        answer = draw(st.sampled_from([accepted(), failed(500, "Odd", ""), unchanged(), refused(409, "No", "")]))
        changes = answer.kind in {Kind.ACCEPTED, Kind.FAILED}
        effects = draw(updates(functions, scope)) if changes else ()
        rules.append(Rule(f"op{number}.r{k}", draw(formulas(functions, scope)), answer, "", "", effects=effects))
    possible = draw(conditions(functions, scope))
    return Operation(f"op{number}", parameters, tuple(rules), "", fresh=fresh, possible=possible)


@st.composite
def movers(draw: st.DrawFn, function: Function, functions: tuple[Function, ...]) -> Operation:
    """An operation that sets a function to anything, under some condition: without it little would ever happen."""
    place = tuple(PLACES[sort] for sort in function.domain)
    value = Variable("value", function.type)
    undefine = (Variable("undefine", bool),) if function.partial else ()
    right = choose(undefine[0], NONE, value) if undefine else value
    guard = draw(conditions(functions, place))
    rule = Rule(f"set-{function.name}.set", guard, accepted(), "", "", effects=(becomes(function(*place), right),))
    otherwise = Rule(f"set-{function.name}.no", Literal(value=True), refused(409, "No", ""), "", "")
    return Operation(f"set-{function.name}", (*place, value, *undefine), (rule, otherwise), "")


@st.composite
def specifications(draw: st.DrawFn) -> tuple[Specification, Scope]:
    """A specification with few reachable states, and a scope for it."""
    sizes = {A: draw(st.sampled_from([2, 3, 1])), B: draw(st.sampled_from([2, 1]))}
    functions: tuple[Function, ...] = ()
    for function in draw(st.permutations(VARYING)):
        if states((*functions, function), sizes) <= MOST_STATES and len(functions) < 3:
            functions = (*functions, function)
    moving = functions if draw(st.booleans()) else functions[:1]
    steps = (
        *(draw(operations(n, functions)) for n in range(draw(st.integers(1, 2)))),
        *(draw(movers(function, functions)) for function in moving),
    )
    props: list[Property] = [
        Always("always", "", draw(formulas(functions, ()))),
        Sometimes("sometimes", "", draw(formulas(functions, ()))),
        Recoverable(
            "recoverable", "", draw(formulas(functions, ())), tuple(o.id for o in steps if draw(st.booleans()))
        ),
        Step("step", "", draw(step_formulas(functions, ()))),
        Step("step-of", "", draw(step_formulas(functions, steps[0].all_parameters)), of=(steps[0].id,)),
    ]
    machine = Machine(
        "a",
        A,
        lambda a: status(functions, a),
        tuple(MachineState(m, "") for m in Colour),
        (
            Row("op0", (Colour.RED, Colour.GREEN), Colour.BLUE),
            Row("op0", (Colour.GREEN,), Colour.RED),
            *(Row(f"set-{f.name}", tuple(Colour), member) for f in functions for member in Colour),
        ),
    )
    rigid: dict[Function, dict[tuple[int, ...], Value]] = {
        KIND: {(a,): draw(st.booleans()) for a in range(sizes[A])},
        LIKES: {(a,): draw(st.sampled_from([None, *range(sizes[B])])) for a in range(sizes[A])},
    }
    frozen: dict[Function, Value] = {}
    if len(functions) > 1 and draw(st.integers(0, 3)) == 0:
        function = functions[0]
        options: list[Value] = [None, 0] if isinstance(function.type, Sort) else [*values_of(function.type)]
        frozen[function] = draw(st.sampled_from(options))
    spec = Specification("fake", (machine,), steps, tuple(props))
    return spec, Scope("random", "", sizes, rigid=rigid, frozen=frozen)


def states(functions: tuple[Function, ...], sizes: dict[Sort, int]) -> int:
    """How many states some functions can make up."""
    values_ = {bool: 2, Colour: 3} | {sort: size + 1 for sort, size in sizes.items()}
    return math.prod(values_[f.type] ** math.prod(sizes[sort] for sort in f.domain) for f in functions)


def status(functions: tuple[Function, ...], a: Variable) -> Expr:
    """A status to read off whatever functions there are."""
    names = {f.name for f in functions}
    if "colour" in names:
        return COLOUR(a)
    if "link" in names:
        return choose(defined(LINK(a)), choose(KIND(a), Colour.GREEN, Colour.BLUE), Colour.RED)
    return choose(FLAG(a), Colour.GREEN, Colour.RED) if "flag" in names else choose(KIND(a), Colour.GREEN, Colour.RED)


@st.composite
def step_formulas(draw: st.DrawFn, functions: tuple[Function, ...], scope: tuple[Variable, ...]) -> Expr:
    """Formulas that compare the state before and after."""
    before, later = draw(formulas(functions, scope, 1)), after(draw(formulas(functions, scope, 1)))
    kind = answered(draw(st.sampled_from(Kind)))
    return draw(st.sampled_from([before | later, ~later | before, before == later, later | kind, ~kind | later]))


class Plain:
    """A breadth-first search with nothing but the interpreter.

    Attributes:
        states: in the order in which they were reached.
        levels: how many were reached in 0, 1, 2, ... steps.
        rules: how often each rule answered.
        kinds: how often answers of each kind were given.
        first: property id -> the level at which a violation, or a witness, was first seen.
        edges: source, operation, parameters, rule, target.
    """

    def __init__(self, spec: Specification, scope: Scope) -> None:
        self._spec, self._scope = spec, scope
        self._operations = select(spec, scope).operations
        self.states = [prepared(select(spec, scope), symmetry=False)[0].layout.initial]
        self._numbers = {key(self.states[0]): 0}
        self.levels: list[int] = []
        self.rules: Counter[str] = Counter()
        self.kinds: Counter[Kind] = Counter()
        self.first: dict[str, int] = {}
        self.edges: set[tuple[int, str, tuple[object, ...], str, int]] = set()
        seen = 0
        while seen < len(self.states):
            self.levels.append(len(self.states) - seen)
            for number in range(seen, len(self.states)):
                self._visit(number)
            seen += self.levels[-1]
        self._recover()

    def _visit(self, number: int) -> None:
        state = self.states[number]
        for prop in self._spec.properties:
            if isinstance(prop, Always) and not holds(prop.formula, state, {}):
                self._see(prop.id)
            if isinstance(prop, Sometimes) and holds(prop.formula, state, {}):
                self._see(prop.id)
        for operation in self._operations:
            for binding in bindings(operation, state):
                rule = answering(operation, binding, state)
                if rule is not None:
                    self._take(number, operation, binding, rule)
                elif holds(operation.possible, state, binding):
                    self._see(f"total.{operation.id}")

    def _take(self, number: int, operation: Operation, binding: Binding, rule: Rule) -> None:
        state = self.states[number]
        later = fire(rule, binding, state)
        if any(state.tables.get(f.name, {}) != later.tables.get(f.name, {}) for f in self._scope.frozen):
            return
        self._check(operation, binding, rule, state, later)
        self.rules[rule.id] += 1
        self.kinds[rule.answer.kind] += 1
        target = self._numbers.setdefault(key(later), len(self.states))
        if target == len(self.states):
            self.states.append(later)
        if rule.answer.kind is not Kind.REFUSED:
            self.edges.add((number, operation.id, tuple(binding.items()), rule.id, target))

    def _check(self, operation: Operation, binding: Binding, rule: Rule, state: State, later: State) -> None:
        """Check what is claimed of one step."""
        for prop in self._spec.properties:
            if not isinstance(prop, Step) or (prop.of and operation.id not in prop.of):
                continue
            if not holds(prop.formula, state, binding, after=later, rule=rule):
                self._see(prop.id)
        machine, subject = self._spec.machines[0], Variable("a", A)
        for slot in range(self._scope.sizes[A]):
            source, target = (evaluate(machine.status(subject), s, {"a": slot}) for s in (state, later))
            rows = (row for row in machine.rows if row.trigger == operation.id)
            if source != target and not any(source in row.sources and target == row.target for row in rows):
                self._see("machine.a.rows")

    def _recover(self) -> None:
        """Decide what stays possible, by repetition."""
        (prop,) = (p for p in self._spec.properties if isinstance(p, Recoverable))
        good = {n for n, state in enumerate(self.states) if holds(prop.formula, state, {})}
        steps = {(source, target) for source, operation, _, _, target in self.edges if operation in prop.by}
        while more := {source for source, target in steps if source not in good and target in good}:
            good |= more
        if len(good) < len(self.states):
            self.first[prop.id] = next(d for n, d in enumerate(self.distances) if n not in good)

    @property
    def distances(self) -> list[int]:
        """How many steps each state is from the initial one."""
        return [distance for distance, count in enumerate(self.levels) for _ in range(count)]

    def _see(self, identifier: str) -> None:
        self.first.setdefault(identifier, len(self.levels) - 1)


def key(state: State) -> str:
    """A state as something to look up."""
    return repr(sorted((name, sorted(table.items())) for name, table in state.tables.items() if table))


SLOW = settings(deadline=None, max_examples=40, derandomize=True, suppress_health_check=list(HealthCheck))
QUICK = settings(SLOW, max_examples=20)


@SLOW
@given(specifications())
def test_agrees_with_the_interpreter(case: tuple[Specification, Scope]) -> None:
    """Levels, counts, verdicts and the lengths of runs are those of a plain search, with symmetry and without."""
    spec, scope = case
    expected = Plain(spec, scope)
    for symmetry in (True, False):
        found = explore(spec, scope, symmetry=symmetry)
        assert found.complete
        assert found.levels == tuple(expected.levels)
        assert found.refusals == expected.kinds[Kind.REFUSED]
        assert found.transitions == expected.kinds.total() - found.refusals
        assert {rule: c.count for rule, c in found.rules.items()} == dict(expected.rules)
        for identifier, verdict in found.verdicts.items():
            if verdict.holds is not None:
                assert verdict.holds == ((identifier in expected.first) == (identifier == "sometimes")), identifier
            if verdict.trace is not None:
                steps = len(verdict.trace) - identifier.startswith(("step", "machine"))
                assert steps == expected.first[identifier], identifier
        assert found.representatives <= found.states


@QUICK
@given(specifications())
def test_edges_are_those_of_the_interpreter(case: tuple[Specification, Scope]) -> None:
    """The graph has every edge of a plain search and no other."""
    spec, scope = case
    expected = Plain(spec, scope)
    graph = Graph(spec, scope)
    assert len(graph) == len(expected.states)
    numbers = [graph.number(state) for state in expected.states]
    assert [int(graph.distances[number]) for number in numbers] == expected.distances
    renamed = {(numbers[a], o, binding, rule, numbers[b]) for a, o, binding, rule, b in expected.edges}
    assert {(e.source, e.operation, tuple(e.binding.items()), e.rule, e.target) for e in graph.edges()} == renamed


@QUICK
@given(specifications())
def test_representatives_are_one_for_each_orbit(case: tuple[Specification, Scope]) -> None:
    """Words that differ by a renaming have one representative, and the orbits' sizes add up to all words."""
    spec, scope = case
    program, canonical = prepared(select(spec, scope), symmetry=True)
    graph = Graph(spec, scope)
    everything = np.array(sorted(program.layout.word(graph.state(n)) for n in range(len(graph))), np.uint64)
    representatives = np.unique(canonical.representatives(everything))
    assert int(canonical.orbits(representatives).sum()) == len(everything)
    for word in representatives:
        orbit, _ = canonical.orbit(np.array([word], np.uint64))
        assert set(canonical.representatives(orbit).tolist()) == {int(word)}
        assert len(orbit) == int(canonical.orbits(np.array([word], np.uint64))[0])
