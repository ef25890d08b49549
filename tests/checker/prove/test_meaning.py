"""z3's reading of the specification and the interpreter's are the same, on random small states and steps.

Decided by queries: the state is pinned, and z3 is asked whether it can say otherwise. No model is read.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product

import z3
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from dockspec import specification
from dockspec.evaluation import Binding, State, answering, fire, holds
from dockspec.image import IMAGE, parent
from dockspec.language import Function, Sort, Value, Variable, reaches
from dockspec.model import Always, Operation, Rule, Sometimes, values_of
from hullcheck.prove.claims import claims
from hullcheck.prove.closure import order_of
from hullcheck.prove.finite import Question, value_is
from hullcheck.prove.meaning import Reading, meaning
from hullcheck.prove.states import AfterRule, AnyState
from hullcheck.prove.universe import TRUE, Term, Universe, conjunction, disjunction, equation, negation

SPEC = specification("docker")
STEPS = [claim for claim in claims(SPEC) if claim.state is None]
STATES = [p.formula for p in SPEC.properties if isinstance(p, (Always, Sometimes))]
_RULES = {rule.id: operation for operation in SPEC.operations for rule in operation.rules}
_SETTINGS = settings(
    max_examples=40,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


def _values(state_sizes: Mapping[Sort, int], function: Function) -> list[Value]:
    kind = function.type
    return list(range(state_sizes[kind])) if isinstance(kind, Sort) else list(values_of(kind))


@st.composite
def states(draw: st.DrawFn) -> State:
    """Any state of one or two objects of each sort, reachable or not; most places as they were at the beginning."""
    sizes = {sort: draw(st.integers(1, 2), label=sort.name) for sort in SPEC.sorts}
    places = [(f, slots) for f in SPEC.functions for slots in product(*(range(sizes[s]) for s in f.domain))]
    changed = draw(st.lists(st.sampled_from(places), max_size=24, unique_by=lambda place: (place[0].name, place[1])))
    return State(sizes).setting({(f, slots): draw(st.sampled_from(_values(sizes, f))) for f, slots in changed})


@st.composite
def calls(draw: st.DrawFn) -> tuple[Operation, Binding, State]:
    """An operation with its parameters given, possible or not, in any state."""
    state = draw(states())
    operation = _RULES[draw(st.sampled_from(sorted(_RULES)))]
    binding = {v.name: draw(st.sampled_from(list(state.objects(v.type)))) for v in operation.all_parameters}
    return operation, binding, state


@_SETTINGS
@given(calls())
def test_the_same_rule_answers_and_the_same_comes_of_it(call: tuple[Operation, Binding, State]) -> None:
    """For every rule, enabled or not: whether it answers; the state after; and what each claim says of the step."""
    operation, binding, state = call
    question = Question(state.sizes, SPEC.functions, operation.all_parameters)
    question.pin(state, binding)
    assert question.has_answer()
    answer = answering(operation, binding, state)
    event(answer.answer.kind.value if answer else "not possible")
    same = []
    for rule in operation.rules:
        answers = meaning(operation.enabled(rule), question.reading, question.binding)
        same.append(answers if answer is not None and rule.id == answer.id else negation(answers))
        same.append(_same_step(question, operation, rule, binding, state))
    assert not question.has_answer(negation(conjunction(*same)))


def _same_step(question: Question, operation: Operation, rule: Rule, binding: Binding, state: State) -> Term:
    """That the rule leads to the state to which the interpreter says, and that the claims say the same of the step."""
    after = AfterRule(question.universe, question.state, rule, question.binding)
    then = fire(rule, binding, state)
    same = []
    for function in (update.target.function for update in rule.updates):
        places = product(*(range(state.sizes[sort]) for sort in function.domain))
        same += [value_is(question.universe, after, function, p, then.value(function, *p)) for p in places]
    reading = Reading(question.universe, question.state, after, rule)
    for claim in STEPS:
        formula = claim.of_step(operation, rule)
        if formula is not None:
            said = meaning(formula, reading, question.binding)
            same.append(said if holds(formula, state, binding, after=then, rule=rule) else negation(said))
    return conjunction(*same)


@_SETTINGS
@given(states())
def test_the_same_is_said_of_states(state: State) -> None:
    """What every property says of one state, and which images are ancestors of which."""
    question = Question(state.sizes, SPEC.functions)
    question.pin(state, {})
    same = []
    for formula in STATES:
        said = meaning(formula, question.reading, {})
        same.append(said if holds(formula, state, {}) else negation(said))
    assert not question.has_answer(negation(conjunction(*same)))


@_SETTINGS
@given(calls())
def test_the_unbounded_reading_is_the_same(call: tuple[Operation, Binding, State]) -> None:
    """With quantifiers that stay quantifiers, over sorts that are told to have just these objects."""
    operation, binding, state = call
    universe = Universe()
    before = AnyState(universe)
    objects = {s: [z3.Const(f"{s.name}-{n}", universe.sort(s)) for n in range(size)] for s, size in state.sizes.items()}
    solver = z3.Solver()
    solver.set("rlimit", 20_000_000)
    for sort, some in objects.items():
        solver.add(z3.Distinct(*some) if len(some) > 1 else TRUE)
        solver.add(universe.every((sort,), lambda x, some=some: disjunction(*(equation(x, y) for y in some))))
    solver.add(*(_pinned(universe, before, objects, f, state) for f in SPEC.functions))
    parameters = {v.name: _named(universe, objects, v, binding[v.name]) for v in operation.all_parameters}
    reading = Reading(universe, before)
    same = []
    for formula in (*(operation.enabled(rule) for rule in operation.rules), *STATES):
        said = meaning(formula, reading, parameters)
        same.append(said if holds(formula, state, binding) else negation(said))
    solver.add(negation(conjunction(*same)))
    assert solver.check() == z3.unsat


def _named(universe: Universe, objects: Mapping[Sort, list[Term]], variable: Variable, value: Value) -> Term:
    kind = variable.type
    return objects[kind][value] if isinstance(kind, Sort) else universe.member(value)  # type: ignore[index,arg-type]


def _pinned(
    universe: Universe, view: AnyState, objects: Mapping[Sort, list[Term]], function: Function, state: State
) -> Term:
    """That a function is what it is in a state, and so is its closure."""
    parts = []
    for slots in product(*(range(state.sizes[sort]) for sort in function.domain)):
        place = [objects[sort][slot] for sort, slot in zip(function.domain, slots, strict=True)]
        value = state.value(function, *slots)
        if not function.partial:
            parts.append(equation(view.value(function, place), universe.member(value)))  # type: ignore[arg-type]
            continue
        assert isinstance(function.type, Sort)
        for slot, target in enumerate(objects[function.type]):
            here = view.maps(function, place, target)
            parts.append(here if value == slot else negation(here))
    if function is parent:
        start, end = Variable("start", IMAGE), Variable("end", IMAGE)
        for one, other in product(range(state.sizes[IMAGE]), repeat=2):
            leads = holds(reaches(function, start, end), state, {"start": one, "end": other})
            said = view.reaches(function, objects[IMAGE][one], objects[IMAGE][other])
            parts.append(said if leads else negation(said))
    return conjunction(*parts)


def test_orders_are_no_part_of_the_specification() -> None:
    """The order that the proof keeps is not among what is compared above: the interpreter does not know it."""
    assert order_of(parent).name not in {function.name for function in SPEC.functions}
