"""What is said of a transitive closure is true of it."""

from __future__ import annotations

import pytest

from dockspec import specification
from dockspec.image import IMAGE, parent
from dockspec.model import Always
from hullcheck.prove.closure import PREFIX, closed_functions, lemmas, order_of, with_orders
from hullcheck.prove.finite import Question
from hullcheck.prove.universe import conjunction, negation


@pytest.mark.parametrize("size", [1, 2, 3, 4])
def test_lemmas_are_true_of_every_function(size: int) -> None:
    """No partial function on a few objects, and no relation as an order, makes a lemma false of its real closure."""
    question = Question({IMAGE: size}, (parent, order_of(parent)))
    found = lemmas(question.universe, parent, question.state)
    assert not question.has_answer(negation(conjunction(*found.plain, *found.further)))
    assert question.has_answer(conjunction(*found.plain, *found.further))


def test_the_order_is_not_read() -> None:
    """No guard, no answer and no other update reads the order, so the steps are the same without it."""
    spec = specification("docker")
    ordered = with_orders(spec)
    order = order_of(parent).name
    for rule, same in zip(ordered.rules, spec.rules, strict=True):
        assert rule.when is same.when
        assert rule.events is same.events
        assert [u for u in rule.updates if u.target.function.name != order] == list(same.updates)


def test_companions_are_claims_like_any_other() -> None:
    """They are added as invariants, under their own prefix, so that each is proved before it is used."""
    spec = specification("docker")
    assert [function.name for function in closed_functions(spec)] == ["image.parent"]
    added = with_orders(spec).properties[len(spec.properties) :]
    assert added
    assert all(isinstance(prop, Always) and prop.id.startswith(PREFIX) for prop in added)
