"""The record of what is proved: it is what a proof finds now, for this very text."""

from __future__ import annotations

import dataclasses

import pytest

from dockspec import DIALECTS, specification
from dockspec.language import FALSE
from hullcheck.proofs import COMMAND, RECORD, proved
from hullcheck.prove import Proof
from hullcheck.prove.record import written


def test_it_is_what_is_proved(every: dict[str, Proof]) -> None:
    """The file is what a proof of every dialect writes."""
    assert RECORD.read_text(encoding="utf-8") == written(every.values()), f"prove again: {COMMAND}"


@pytest.mark.parametrize("dialect", DIALECTS)
def test_it_is_for_this_text_only(dialect: str) -> None:
    """As soon as a guard differs nothing counts as proved; other prose changes nothing."""
    spec = specification(dialect)
    rule = next(r for r in spec.rules if r.id == "container.rm.running")
    known = proved(spec)
    assert known
    assert proved(spec.replaced({rule.id: dataclasses.replace(rule, says="Other words.")})) == known
    assert proved(spec.replaced({rule.id: dataclasses.replace(rule, when=FALSE)})) is None
