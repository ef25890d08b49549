"""cvc5 agrees with z3."""

from __future__ import annotations

import pytest

from dockspec.model import Rule
from hullcheck.prove.claims import Claim
from hullcheck.prove.conditions import Condition
from hullcheck.prove.induction import Clock, Induction, Proved
from hullcheck.prove.second import as_smtlib, second_opinion

pytest.importorskip("cvc5")


def test_cvc5_confirms_conditions_of_every_rule(induction: Induction) -> None:
    """A sample of every rule of which anything has to be proved is confirmed, and nothing is denied."""
    proofs = [proof for record in induction.records.values() for proof in record.proved]
    places = {proof.place.name for proof in proofs}
    claimed = [claim for record in induction.records.values() if (claim := record.claim).operation is None]
    for rule in (rule for rule in induction.spec.rules if rule.updates):
        found = [_condition(induction, claim, rule) for claim in claimed]
        assert rule.id in places or not any(c is not None and c.goals and c.place == rule.id for c in found)
    opinion = second_opinion(induction, Clock(None), per_rule=2)
    assert opinion.denied == ()
    assert opinion.undecided == ()
    assert opinion.confirmed > len(places)


def _condition(induction: Induction, claim: Claim, rule: Rule) -> Condition | None:
    if claim.is_invariant:
        return induction.conditions.preserved(claim, rule)
    return induction.conditions.step(claim, rule)


def test_the_text_says_what_was_proved(induction: Induction) -> None:
    """Without the hypotheses that a proof leans on, the same text is no longer unsatisfiable for cvc5."""
    record = induction.records["image.references-present"]
    (proof,) = (p for p in record.proved if p.place.name == "image.load.loaded")
    assert "archive.names-inside" in proof.leans_on
    bare = Proved(proof.condition, proof.place, frozenset())
    assert len(as_smtlib(induction, bare)) < len(as_smtlib(induction, proof))
