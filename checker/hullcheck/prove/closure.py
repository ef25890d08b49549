"""What a proof needs to know of "one or more steps lead from here to there", with any number of objects.

First-order logic cannot say what a transitive closure is. It can say enough that is true of it. Let f be a partial
function from a sort to itself, and R its closure: R(x, y) where a path x, f(x), f(f(x)), ... of at least one step
arrives at y.

- *contains*: f(x) = y implies R(x, y). A path of one step.
- *transitive*: R(x, y) and R(y, z) imply R(x, z). One path, then the other.
- *first step*: R(x, y) and f(x) = z imply z = y or R(z, y). f is a function, so every path from x begins with z; what
  is left of the path is empty or a path from z.
- *last step*: R(x, y) implies that some z has f(z) = y, and z = x or R(x, z). z is the last object before y on the
  path.
- *least*: R is inside every transitive relation that contains f. By induction on the length of the path.

The last one holds for every relation, so it is no formula; a proof chooses one. Here it is an *order*, which the
functions of the state respect: x comes before y where x was there when y was made from it. It is a part of the state
that only the proof has. Nothing reads it, so that the steps are the same with it and without; every rule updates it by
a scheme that depends only on the form of the rule:

- a rule that sets f at one point, to p, makes the object at that point anew: it comes after p and whatever p comes
  after, and what was known of its place before is forgotten;
- any other rule leaves the order as it is.

Whether the functions respect the order is not assumed. Irreflexive, transitive, and respected by each function into
the sort whose last argument is of the sort: these are companions, properties like any other, and one that is not
established is not used. If they are, R is inside the (reversed) order, by *least*, and nothing is its own ancestor.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from dockspec.language import (
    Equal,
    Expr,
    Function,
    If,
    Update,
    Variable,
    conjunction,
    every,
    implies,
    some,
)
from dockspec.model import Always, Rule, Specification
from hullcheck.prove.claims import closures
from hullcheck.prove.meaning import View
from hullcheck.prove.universe import Term, Universe, implication
from hullcheck.prove.universe import conjunction as both
from hullcheck.prove.universe import disjunction as either
from hullcheck.prove.universe import equation as same

PREFIX = "companion."
"""How the ids of the companions begin."""


def closed_functions(spec: Specification) -> tuple[Function, ...]:
    """The functions of which the closure is read, in the order of their first use."""
    terms = (value for part in _described(spec) for value in part)
    return tuple(closures(*terms).values())


def order_of(function: Function) -> Function:
    """The order that the proof keeps for the closure of a function: the first argument comes before the second."""
    sort = function.domain[0]
    return Function(f"{function.name}-order", (sort, sort), bool, False, "the one was there when the other was made")


def with_orders(spec: Specification) -> Specification:
    """The specification, with an order and its companions for each function of which the closure is read."""
    for function in closed_functions(spec):
        rules = {rule.id: _ordering(rule, function) for rule in spec.rules if _sets_a_point(rule, function)}
        spec = dataclasses.replace(spec, properties=(*spec.properties, *_companions(spec, function)))
        spec = spec.replaced(rules)
    return spec


@dataclass(frozen=True)
class Lemmas:
    """What is true of closures.

    Attributes:
        plain: contains, transitive, first step. They name no new object, so they are tried alone first.
        further: last step, of which z3 can make ever longer paths, and least.
    """

    plain: tuple[Term, ...] = ()
    further: tuple[Term, ...] = ()

    def __add__(self, other: Lemmas) -> Lemmas:
        return Lemmas((*self.plain, *other.plain), (*self.further, *other.further))


def lemmas(universe: Universe, function: Function, view: View) -> Lemmas:
    """What is true of the closure of a function in a state; see the head of this module for why.

    Args:
        universe: of any number of objects.
        function: the function f.
        view: the state.
    """
    sort, order = function.domain[0], order_of(function)

    def leads(x: Term, y: Term) -> Term:
        return view.maps(function, [x], y)

    def comes_before(x: Term, y: Term) -> Term:
        return view.value(order, [x, y])

    def closure(x: Term, y: Term) -> Term:
        return view.reaches(function, x, y)

    def every_three(body: Callable[[Term, Term, Term], Term]) -> Term:
        return universe.every((sort, sort, sort), body)

    contains = universe.every((sort, sort), lambda x, y: implication(leads(x, y), closure(x, y)))
    transitive = every_three(lambda x, y, z: implication(both(closure(x, y), closure(y, z)), closure(x, z)))
    first_step = every_three(
        lambda x, y, z: implication(both(closure(x, y), leads(x, z)), either(same(z, y), closure(z, y)))
    )
    last_step = universe.every(
        (sort, sort),
        lambda x, y: implication(
            closure(x, y),
            universe.some((sort,), lambda z: both(leads(z, y), either(same(z, x), closure(x, z)))),
        ),
    )
    is_transitive = every_three(
        lambda x, y, z: implication(both(comes_before(x, y), comes_before(y, z)), comes_before(x, z))
    )
    is_respected = universe.every((sort, sort), lambda x, y: implication(leads(x, y), comes_before(y, x)))
    is_inside = universe.every((sort, sort), lambda x, y: implication(closure(x, y), comes_before(y, x)))
    least = implication(both(is_transitive, is_respected), is_inside)
    return Lemmas((contains, transitive, first_step), (last_step, least))


def _described(spec: Specification) -> Iterator[Sequence[Expr]]:
    for operation in spec.operations:
        yield (operation.possible,)
        for rule in operation.rules:
            yield (rule.when, *(term for u in rule.updates for term in (u.value, u.where)))
    for prop in spec.properties:
        yield [value for value in vars(prop).values() if isinstance(value, Expr)]


def _sets_a_point(rule: Rule, function: Function) -> bool:
    return any(u.target.function.name == function.name and not u.each for u in rule.updates)


def _ordering(rule: Rule, function: Function) -> Rule:
    """The rule, with the update of the order."""
    (update,) = (u for u in rule.updates if u.target.function.name == function.name)
    sort, order = function.domain[0], order_of(function)
    (made,) = update.target.arguments
    x, y, p = Variable("elder", sort), Variable("younger", sort), Variable("made_from", sort)
    is_made_from_p = Equal(update.value, p)
    placed = conjunction(x != made, some(p, is_made_from_p & ((x == p) | order(x, p))))
    value = If(y == made, placed, conjunction(x != made, order(x, y)))
    ordering = Update(order(x, y), value, conjunction(update.where, (x == made) | (y == made)), (x, y))
    return dataclasses.replace(rule, effects=(*rule.effects, ordering))


def _companions(spec: Specification, function: Function) -> Iterator[Always]:
    """Irreflexive, transitive, and respected by every function that could be expected to."""
    sort, order = function.domain[0], order_of(function)
    x, y, z = (Variable(name, sort) for name in ("elder", "middle", "younger"))
    name = f"{PREFIX}{order.name}"
    yield Always(f"{name}.irreflexive", "Nothing comes before itself.", every(x, ~order(x, x)))
    yield Always(
        f"{name}.transitive",
        "What comes before something comes before everything after it.",
        every(x, y, z, implies(order(x, y) & order(y, z), order(x, z))),
    )
    for other in spec.functions:
        if other.type is sort and other.domain[-1:] == (sort,):
            before = [Variable(f"at{place}", s) for place, s in enumerate(other.domain[:-1])]
            yield Always(
                f"{name}.respected-by.{other.name}",
                f"What {other.name} leads to comes before.",
                every(*before, x, z, implies(other(*before, z) == x, order(x, z))),
            )
