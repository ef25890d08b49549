"""SPIN agrees with the explorer: the same states, the same steps, the same verdict on each property."""

from __future__ import annotations

import dataclasses

import pytest

from dockspec import DIALECTS, specification
from dockspec.language import FALSE
from dockspec.model import Always, Rule, Sometimes, Specification, Step
from hullcheck.explore import Scope, explore
from hullcheck.export import spin as runner
from hullcheck.export.promela import promela
from hullcheck.export.spin import SpinError, SpinRun
from hullcheck.scopes import HOST, SCOPES
from hullcheck.steps import is_meant

pytestmark = pytest.mark.usefixtures("spin")


def agrees(spec: Specification, scope: Scope) -> SpinRun:
    """Search with both, and compare everything that both count."""
    model = promela(spec, scope)
    run = runner.run(model, define=["WITNESSES"])
    found = explore(spec, scope, symmetry=False)
    assert (run.states, run.transitions) == (found.states, found.transitions)
    witnesses = {p.id for p in spec.properties if isinstance(p, Sometimes)}
    verdicts = {i: v.holds for i, v in found.verdicts.items() if v.holds is not None}
    told = {i for i, holds in verdicts.items() if i in model.properties and holds is (i in witnesses)}
    assert run.told == told
    assert {*verdicts} <= {*model.properties, *model.unchecked}
    return run


@pytest.mark.parametrize("dialect", DIALECTS)
def test_agrees(small: Scope, dialect: str) -> None:
    """On small scopes of every dialect SPIN finds the same; what is declared to fail of images, it finds broken."""
    spec = specification(dialect)
    run = agrees(spec, small)
    declared = {p.id: p for p in spec.properties if isinstance(p, (Always, Step)) and not p.holds_in(dialect)}
    broken = run.told - {p.id for p in spec.properties if isinstance(p, Sometimes)}
    assert broken <= {*declared}
    if small.name == "images":
        images = {i for i, p in declared.items() if i.startswith("image.") and is_met(p, small)}
        assert images <= broken


def is_met(prop: Always | Step, scope: Scope) -> bool:
    """Whether something is done there of which the property speaks."""
    return isinstance(prop, Always) or not prop.of or any(is_meant(o, scope.operations) for o in prop.of)


def without_guard(rule: str) -> dict[str, Rule | None]:
    """The rule never answers, so that the next one does."""
    spec = specification()
    return {rule: dataclasses.replace(next(r for r in spec.rules if r.id == rule), when=FALSE)}


def without_effect(rule: str, function: str) -> dict[str, Rule | None]:
    """The rule forgets one of its effects."""
    whole = next(r for r in specification().rules if r.id == rule)
    effects = tuple(update for update in whole.effects if update.target.function.name != function)
    assert len(effects) < len(whole.effects)
    return {rule: dataclasses.replace(whole, effects=effects)}


PLANTED = {
    "a running container is removed without force": (
        "names", without_guard("container.rm.running"), "container.rm-only-not-running",
    ),
    "two containers get one name": (
        "names", without_guard("container.create.name-in-use"), "container.names-unique",
    ),
    "stop forgets that it was by hand": (
        "life", without_effect("container.kill.killed", "container.manually-stopped"), "container.kill-cancels-restart",
    ),
    "an image in use is deleted": (
        "images", without_guard("image.remove.used-by-running"), "image.in-use-kept",
    ),
    "an image keeps its names after it is gone": (
        "images", without_effect("image.remove.deleted-alone", "reference.image"), "image.references-present",
    ),
    "firewalld keeps its ports when it stops": (
        "host", without_effect("firewall.stop.ended", "firewall.runtime"), "firewall.stopped-opens-nothing",
    ),
    "nothing answers a reload": (
        "host", {"firewall.reload.reloaded": None}, "total.firewall.reload",
    ),
}  # fmt: skip
"""What is wrong: the scope, the rules that are replaced, a property that must break."""


@pytest.mark.parametrize("bug", PLANTED)
def test_finds_planted_bugs(bug: str, scopes: dict[str, Scope]) -> None:
    """SPIN finds a bug that was planted into a rule, and breaks exactly the properties that the explorer breaks."""
    scope, replacements, broken = PLANTED[bug]
    assert broken in agrees(specification().replaced(replacements), scopes[scope]).told


def test_longest_path_is_found() -> None:
    """A search that is too shallow is repeated deeper, so that no state is missed."""
    model = promela(specification(), SCOPES["names"])
    assert runner.run(model, depth=10).states == explore(specification(), SCOPES["names"], symmetry=False).states


def test_refused_model() -> None:
    """What SPIN cannot read is an error with SPIN's words, and not a result."""
    model = promela(specification(), HOST)
    with pytest.raises(SpinError, match="syntax error"):
        runner.run(dataclasses.replace(model, text=f"{model.text}\nnonsense"))
