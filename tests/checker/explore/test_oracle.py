"""The explorer against the plain interpreter, on random small specifications."""

from __future__ import annotations

import itertools
from collections import Counter
from dataclasses import dataclass, field
from enum import Enum
from functools import cache

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
)
from dockspec.model import State as MachineState
from hullcheck.explore import Graph, Scope, explore
from hullcheck.explore.emit import Atoms
from hullcheck.explore.exploring import prepared
from hullcheck.explore.questions import Taken
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
MEMBERS = st.sampled_from(Colour)
x, y, b = Variable("x", A), Variable("y", A), Variable("b", B)
EACH = {A: Variable("each_a", A), B: Variable("each_b", B)}
free_x, quiet, hue = Variable("fx", A), Variable("quiet", bool), Variable("hue", Colour)


def atoms(functions: tuple[Function, ...], scope: tuple[Variable, ...]) -> list[st.SearchStrategy[Expr]]:
    """Every kind of simple formula over some functions and variables."""
    found: list[st.SearchStrategy[Expr]] = []
    objects = {sort: [v for v in scope if v.type is sort] for sort in (A, B)}
    for function in (*functions, KIND, LIKES):
        for arguments in itertools.product(*(objects[sort] for sort in function.domain)):
            term = function(*arguments)
            if function.type is bool:
                found.append(st.just(term))
            elif function.type is Colour:
                found += [MEMBERS.map(lambda m, t=term: t == m), st.just(term.one_of(Colour.RED, Colour.BLUE))]
                found += [st.just(term == v) for v in scope if v.type is Colour]
            else:
                found += [st.just(defined(term)), *(st.just(term == v) for v in objects[function.type])]
    found += [st.just(v) for v in scope if v.type is bool]
    if LINK in functions:
        found += [st.just(reaches(LINK, one, other)) for one in objects[A] for other in objects[A]]
    found += [st.just(one == other) for one in objects[A] for other in objects[A] if one is not other]
    return found


@cache
def formulas(functions: tuple[Function, ...], scope: tuple[Variable, ...], depth: int = 2) -> st.SearchStrategy[Expr]:
    """Formulas whose free variables are among some."""
    simple = atoms(functions, scope)
    leaf = st.one_of(simple) if simple else st.booleans().map(Literal)
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
            options += [deeper.map(lambda f, v=variable: every(v, f)), deeper.map(lambda f, v=variable: some(v, f))]
    return st.one_of(options)


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
        where = draw(st.one_of(st.just(Literal(value=True)), formulas(functions, inside, 1)))
        value = draw(values(function, functions, inside))
        found.append(becomes(target, value, where=where, each=each))
    return tuple(found)


def values(
    function: Function, functions: tuple[Function, ...], scope: tuple[Variable, ...]
) -> st.SearchStrategy[Expr]:
    """Right-hand sides for a function."""
    if function.type is bool:
        return formulas(functions, scope, 1)
    if function.type is Colour:
        simple = [MEMBERS.map(Literal), *(st.just(v) for v in scope if v.type is Colour)]
        simple += [st.just(COLOUR(v)) for v in scope if v.type is A and COLOUR in set(functions)]
    else:
        simple = [st.just(NONE), *(st.just(v) for v in scope if v.type is function.type)]
        simple += [st.just(function(v)) for v in scope if function.domain == (v.type,)]
    leaf = st.one_of(simple)
    return st.one_of(leaf, st.tuples(formulas(functions, scope, 1), leaf, leaf).map(lambda p: choose(*p)))


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
    possible = draw(st.one_of(st.just(Literal(value=True)), formulas(functions, scope, 1)))
    return Operation(f"op{number}", parameters, tuple(rules), "", fresh=fresh, possible=possible)


@st.composite
def specifications(draw: st.DrawFn) -> tuple[Specification, Scope]:
    """A specification with few reachable states, and a scope for it."""
    functions = tuple(draw(st.lists(st.sampled_from(VARYING), unique=True, min_size=1, max_size=3)))
    steps = tuple(draw(operations(n, functions)) for n in range(draw(st.integers(1, 3))))
    props: list[Property] = [
        Always("always", "", draw(formulas(functions, ()))),
        Sometimes("sometimes", "", draw(formulas(functions, ()))),
        Recoverable("recoverable", "", draw(formulas(functions, ())), tuple(o.id for o in steps)),
        Step("step", "", draw(step_formulas(functions, ()))),
        Step("step-of", "", draw(step_formulas(functions, steps[0].all_parameters)), of=(steps[0].id,)),
    ]
    machine = Machine(
        "a",
        A,
        lambda a: status(functions, a),
        tuple(MachineState(m, "") for m in Colour),
        (Row("op0", (Colour.RED, Colour.GREEN), Colour.BLUE), Row("op0", (Colour.GREEN,), Colour.RED)),
    )
    sizes = {A: draw(st.integers(1, 2)), B: draw(st.integers(1, 2))}
    if len(functions) == 1:
        sizes[A] = draw(st.integers(1, 3))
    rigid: dict[Function, dict[tuple[int, ...], object]] = {
        KIND: {(a,): draw(st.booleans()) for a in range(sizes[A])},
        LIKES: {(a,): draw(st.sampled_from([None, *range(sizes[B])])) for a in range(sizes[A])},
    }
    frozen = {}
    if len(functions) > 1 and draw(st.integers(0, 3)) == 0:
        function = functions[0]
        options = {bool: [True, False], Colour: list(Colour)}.get(function.type, [None, 0])  # type: ignore[call-overload]
        frozen[function] = draw(st.sampled_from(options))
    spec = Specification("fake", (machine,), steps, tuple(props))
    return spec, Scope("random", "", sizes, rigid=rigid, frozen=frozen)  # type: ignore[arg-type]


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


@dataclass
class Plain:
    """What a breadth-first search with the interpreter finds."""

    levels: list[list[State]] = field(default_factory=list)
    transitions: int = 0
    refusals: int = 0
    rules: Counter[str] = field(default_factory=Counter)
    first: dict[str, int] = field(default_factory=dict)
    edges: set[tuple[int, str, tuple[object, ...], str, int]] = field(default_factory=set)


def plain(spec: Specification, scope: Scope) -> Plain:
    """Explore with nothing but the interpreter."""
    selection = select(spec, scope)
    start = prepared(selection, symmetry=False)[0].layout.initial
    found, level = Plain(), [start]
    keys = {key(start): 0}
    successors: dict[int, set[int]] = {}
    order = [start]
    while level:
        found.levels.append(level)
        following = []
        for state in level:
            here = keys[key(state)]
            successors[here] = set()
            for prop in spec.properties:
                if isinstance(prop, Always) and not holds(prop.formula, state, {}):
                    found.first.setdefault(prop.id, len(found.levels) - 1)
                if isinstance(prop, Sometimes) and holds(prop.formula, state, {}):
                    found.first.setdefault(prop.id, len(found.levels) - 1)
            for operation in selection.operations:
                for binding in bindings(operation, state):
                    rule = answering(operation, binding, state)
                    if rule is None:
                        if holds(operation.possible, state, binding):
                            found.first.setdefault(f"total.{operation.id}", len(found.levels) - 1)
                        continue
                    later = fire(rule, binding, state)
                    if blocked(scope, state, later):
                        continue
                    steps(spec, operation, binding, rule, state, later, found)
                    found.rules[rule.id] += 1
                    if rule.answer.kind is Kind.REFUSED:
                        found.refusals += 1
                    else:
                        found.transitions += 1
                    if key(later) not in keys:
                        keys[key(later)] = len(order)
                        order.append(later)
                        following.append(later)
                    successors[here].add(keys[key(later)])
                    if rule.answer.kind is not Kind.REFUSED:
                        edge = (here, operation.id, tuple(binding.items()), rule.id, keys[key(later)])
                        found.edges.add(edge)
        level = following
    recoverable(spec, order, successors, found)
    return found


def steps(
    spec: Specification, operation: Operation, binding: Binding, rule: Rule, state: State, later: State, found: Plain
) -> None:
    """Check what is claimed of one step."""
    level = len(found.levels) - 1
    for prop in spec.properties:
        if isinstance(prop, Step) and (not prop.of or operation.id in prop.of):
            if not holds(prop.formula, state, binding, after=later, rule=rule):
                found.first.setdefault(prop.id, level)
    machine = spec.machines[0]
    a = Variable("a", A)
    for slot in state.objects(A):
        source, target = (evaluate(machine.status(a), s, {"a": slot}) for s in (state, later))
        rows = (row for row in machine.rows if row.trigger == operation.id)
        if source != target and not any(source in row.sources and target == row.target for row in rows):
            found.first.setdefault("machine.a.rows", level)


def recoverable(spec: Specification, order: list[State], successors: dict[int, set[int]], found: Plain) -> None:
    """Decide what stays possible, by repetition."""
    (prop,) = (p for p in spec.properties if isinstance(p, Recoverable))
    good = {n for n, state in enumerate(order) if holds(prop.formula, state, {})}
    while more := {n for n in successors if n not in good and successors[n] & good}:
        good |= more
    if len(good) < len(order):
        found.first[prop.id] = -1


def key(state: State) -> object:
    """A state as something to look up."""
    return tuple(sorted((name, tuple(sorted(table.items()))) for name, table in state.tables.items() if table)).__repr__()


def blocked(scope: Scope, state: State, later: State) -> bool:
    """Whether a step would change what is frozen."""
    return any(state.tables.get(f.name, {}) != later.tables.get(f.name, {}) for f in scope.frozen)


SLOW = settings(deadline=None, max_examples=150, suppress_health_check=list(HealthCheck))


@SLOW
@given(specifications())
def test_agrees_with_the_interpreter(case: tuple[Specification, Scope]) -> None:
    """States, levels, transitions, refusals, rule counts and verdicts are those of a plain search, with symmetry and
    without."""
    spec, scope = case
    expected = plain(spec, scope)
    for symmetry in (True, False):
        found = explore(spec, scope, symmetry=symmetry)
        assert found.complete
        assert found.levels == tuple(map(len, expected.levels))
        assert (found.transitions, found.refusals) == (expected.transitions, expected.refusals)
        assert {rule: c.count for rule, c in found.rules.items()} == dict(expected.rules)
        for identifier, verdict in found.verdicts.items():
            if identifier == "sometimes":
                assert verdict.holds == (identifier in expected.first)
            elif verdict.holds is not None:
                assert verdict.holds == (identifier not in expected.first), identifier
            if verdict.trace is not None and expected.first[identifier] >= 0:
                step = identifier.startswith(("step", "machine"))
                assert len(verdict.trace) == expected.first[identifier] + step
        assert found.representatives <= found.states


@SLOW
@given(specifications())
def test_edges_are_those_of_the_interpreter(case: tuple[Specification, Scope]) -> None:
    """The graph has every edge of a plain search and no other."""
    spec, scope = case
    expected = plain(spec, scope)
    graph = Graph(spec, scope)
    assert len(graph) == sum(map(len, expected.levels))
    numbers = {n: graph.number(state) for n, state in enumerate(s for level in expected.levels for s in level)}
    renamed = {(numbers[a], o, binding, rule, numbers[b]) for a, o, binding, rule, b in expected.edges}
    assert {(e.source, e.operation, tuple(e.binding.items()), e.rule, e.target) for e in graph.edges()} == renamed


@SLOW
@given(specifications())
def test_representatives_are_one_for_each_orbit(case: tuple[Specification, Scope]) -> None:
    """Words that differ by a renaming have one representative, and the orbits' sizes add up to all words."""
    spec, scope = case
    program, canonical = prepared(select(spec, scope), symmetry=True)
    words = Graph(spec, scope)
    everything = np.unique(
        np.array([program.layout.word(words.state(n)) for n in range(len(words))], np.uint64)
    )
    representatives = np.unique(canonical.representatives(everything))
    assert int(canonical.orbits(representatives).sum()) == len(everything)
    for word in representatives:
        orbit, _ = canonical.orbit(np.array([word], np.uint64))
        assert set(canonical.representatives(orbit).tolist()) == {int(word)}
        assert len(orbit) == int(canonical.orbits(np.array([word], np.uint64))[0])
