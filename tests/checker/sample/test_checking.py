"""hullcheck.sample.checking: what is checked of a step."""

from __future__ import annotations

import dataclasses

import pytest

from dockspec import host
from dockspec.dialects import specification
from dockspec.evaluation import State
from dockspec.language import becomes
from dockspec.model import Actor
from hullcheck.sample import WORLD
from hullcheck.sample.checking import Checks, Violation, can_be_repeated, violation
from hullcheck.steps import Taken, take

SPECIFICATION = specification()
RUNNING = WORLD.setting({(host.status, ()): host.Status.RUNNING, (host.permanent, (0,)): True})


def reload(state: State, *, wrong: bool = False) -> tuple[Checks, Taken]:
    """A step, and what checks it; wrong: the reload turns every port of the runtime set round."""
    spec = SPECIFICATION
    if wrong:
        rule = spec.operation("firewall.reload").rules[-1]
        turned = becomes(host.runtime(host.port), ~host.runtime(host.port), each=host.port)
        spec = spec.replaced({rule.id: dataclasses.replace(rule, effects=(turned,))})
    taken = take(spec.operation("firewall.reload"), {}, state)
    assert taken
    checks = Checks(spec, WORLD)
    checks.begin(state)
    return checks, taken


def test_a_good_step_passes() -> None:
    """Nothing is raised."""
    checks, taken = reload(RUNNING)
    checks.check(taken)
    assert {"firewall.reload-forgets", "machine.host.rows", "again.firewall.reload"} <= checks.checked


def test_a_property_that_is_broken_is_named() -> None:
    """The violation tells the property, its words and the step."""
    checks, taken = reload(RUNNING, wrong=True)
    with pytest.raises(Violation, match=r"firewall\.reload\.reloaded: ") as broken:
        checks.check(taken)
    assert broken.value.property == "firewall.reload-forgets"


def test_what_is_known_to_be_broken_is_left_out() -> None:
    """Another property of the same step is found then: asked twice, the reload does something more."""
    checks, taken = reload(RUNNING, wrong=True)
    checks.without = frozenset({"firewall.reload-forgets"})
    with pytest.raises(Violation, match="asked again") as broken:
        checks.check(taken)
    assert broken.value.property == "again.firewall.reload"


def test_each_property_has_a_class_of_its_own() -> None:
    """Hypothesis tells failures apart by their class."""
    assert violation("a") is violation("a")
    assert violation("a") is not violation("b")
    assert issubclass(violation("a"), Violation)


def test_only_a_caller_can_ask_again_and_not_for_something_new() -> None:
    """The world's acts, and what makes a new container or image, are not repeated."""
    repeated = {o.id for o in SPECIFICATION.operations if can_be_repeated(o)}
    assert {"container.stop", "image.tag", "image.pull"} <= repeated
    assert not {"container.create", "container.commit", "image.import", "build.run"} & repeated
    assert not {o.id for o in SPECIFICATION.operations if o.actor is not Actor.USER} & repeated
