"""hullcheck.describe.record: the verdicts that the reference prints."""

from __future__ import annotations

import pytest

from dockspec import DIALECTS, specification
from dockspec.model import Recoverable, Same, Sometimes
from hullcheck.describe.judgements import FORM
from hullcheck.describe.record import COMMAND, scopes_fingerprint, verdicts
from hullcheck.explore import explore
from hullcheck.fingerprint import fingerprint
from hullcheck.proofs import proved
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
        shown = found.verdict == "violated" and not isinstance(prop, Sometimes)  # what is nowhere cannot be shown
        assert (found.counterexample is not None) == shown
        assert found.counterexample is None or found.counterexample.shortest


@pytest.mark.parametrize("dialect", DIALECTS)
def test_what_is_proved_is_told(dialect: str) -> None:
    """What is recorded as proved says so; witnesses, what is recoverable and what is the same are explored only."""
    spec, kept = specification(dialect), verdicts()[dialect].properties
    told = {identifier for identifier, found in kept.items() if "proved" in found.means}
    known = proved(spec)
    assert known is not None
    assert told == ({prop.id for prop in spec.properties} & known) | {"machine.rows", "rules.total"}
    for prop in spec.properties:
        if isinstance(prop, (Sometimes, Recoverable, Same)):
            assert kept[prop.id].means == ("explored",), prop.id


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
