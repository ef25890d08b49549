"""hullcheck.describe.record: the verdicts that the reference prints."""

from __future__ import annotations

import dataclasses

import pytest

from dockspec import DIALECTS, specification
from dockspec.language import FALSE
from dockspec.model import Sometimes
from hullcheck.describe.judgements import FORM
from hullcheck.describe.record import COMMAND, fingerprint, scopes_fingerprint, verdicts
from hullcheck.explore import explore
from hullcheck.run.world import World
from hullcheck.scopes import HOST, SCOPES


@pytest.mark.parametrize("dialect", DIALECTS)
def test_it_is_fresh(dialect: str) -> None:
    """The verdicts were recorded for this very text of the specification, and for these scopes."""
    kept = verdicts()[dialect]
    assert kept.fingerprint == fingerprint(specification(dialect)), f"record again: {COMMAND}"
    assert kept.scopes_fingerprint == scopes_fingerprint(SCOPES), f"record again: {COMMAND}"


@pytest.mark.parametrize("dialect", DIALECTS)
def test_every_property_has_a_verdict(dialect: str) -> None:
    """Every property and everything that the form promises was decided; what fails is declared, with a shortest run."""
    spec, kept = specification(dialect), verdicts()[dialect]
    assert set(kept.properties) == {prop.id for prop in spec.properties} | set(FORM)
    assert set(kept.scopes) == set(SCOPES)
    for prop in spec.properties:
        found = kept.properties[prop.id]
        assert found.verdict == ("holds" if prop.holds_in(dialect) else "violated"), prop.id
        assert (found.counterexample is not None) == (found.verdict == "violated")
        assert found.counterexample is None or found.counterexample.shortest


def test_it_agrees_with_a_fresh_exploration() -> None:
    """The smallest scope, explored anew, has the numbers and verdicts that were recorded."""
    found, kept = explore(specification(), HOST), verdicts()["docker"]
    recorded = kept.scopes["host"]
    assert (found.states, found.transitions, found.refusals, found.depth) == (
        recorded.states,
        recorded.transitions,
        recorded.refusals,
        recorded.depth,
    )
    witnesses = {prop.id for prop in specification().properties if isinstance(prop, Sometimes)}
    for identifier, verdict in found.verdicts.items():
        told = identifier in kept.properties and verdict.holds is not None
        if told and (verdict.holds or identifier not in witnesses):
            assert (kept.properties[identifier].verdict == "holds") is verdict.holds
            assert "host" in kept.properties[identifier].scopes


@pytest.mark.parametrize("dialect", DIALECTS)
def test_counterexamples_can_be_pasted(dialect: str) -> None:
    """Each line of a counterexample is understood, and the rule that stands beside it answers."""
    for identifier, found in verdicts()[dialect].properties.items():
        if found.counterexample is None:
            continue
        world = World(dialect)
        for line, rule in found.counterexample.lines:
            outcomes = list(world.script(line))
            assert not any(outcome.problem for outcome in outcomes), f"{identifier}: {line}"
            fired = [answered.rule.id for outcome in outcomes for answered in outcome.operations]
            assert rule.startswith("(") or rule in fired, f"{identifier}: {line}"


def test_the_fingerprint_sees_every_change() -> None:
    """Another guard, another kind of answer, another property: another fingerprint. Other prose: the same."""
    spec = specification()
    rule = next(r for r in spec.rules if r.id == "container.rm.running")
    same = spec.replaced({rule.id: dataclasses.replace(rule, says="Other words.", source="elsewhere")})
    assert fingerprint(same) == fingerprint(spec)
    assert fingerprint(spec.replaced({rule.id: dataclasses.replace(rule, when=FALSE)})) != fingerprint(spec)
    assert fingerprint(dataclasses.replace(spec, properties=spec.properties[1:])) != fingerprint(spec)
