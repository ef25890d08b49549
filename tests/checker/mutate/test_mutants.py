"""The mutants of a specification."""

from __future__ import annotations

from dockspec import specification
from dockspec.model import Specification
from hullcheck.mutate import Kind, mutants
from hullcheck.mutate.record import digests


def test_every_kind_of_change_is_made(lamp: Specification) -> None:
    """Of the lamp, each guard's and condition's conjunct, effect, move, target and rule is changed once."""
    assert [m.id for m in mutants(lamp)] == [
        "lamp.on.already/guard/1",
        "lamp.on.already/rule",
        "lamp.on.worn/guard/1",
        "lamp.on.worn/guard/2",
        "lamp.on.worn/rule",
        "lamp.on.lit/effect/lamp.bell",
        "lamp.on.lit/move",
        "lamp.on.lit/move-target/off",
        "lamp.on.lit/move-target/broken",
        "lamp.on.lit/rule",
        "lamp.off/possible/1",
        "lamp.off.dark/effect/lamp.worn",
        "lamp.off.dark/effect/lamp.bell",
        "lamp.off.dark/effect/lamp.bell/where/1",
        "lamp.off.dark/effect/lamp.bell/where/2",
        "lamp.off.dark/move",
        "lamp.off.dark/move-target/on",
        "lamp.off.dark/move-target/broken",
        "lamp.off.dark/rule",
        "lamp.mend/possible/1",
        "lamp.mend/possible/2",
        "lamp.mend.mended/effect/lamp.worn",
        "lamp.mend.mended/rule",
    ]


def test_a_target_is_changed_for_one_rule_only(lamp: Specification) -> None:
    """The row leads elsewhere where this rule fires it; the machine of the specification stays as it is."""
    mutant = next(m for m in mutants(lamp) if m.id == "lamp.on.lit/move-target/broken")
    (rule,) = (r for r in mutant.spec.rules if r.id == "lamp.on.lit")
    assert repr(rule.moves[0].update) == "lamp.light := broken"
    assert mutant.spec.machines == lamp.machines
    assert mutant.kind is Kind.TARGET


def test_ids_are_unique() -> None:
    """No two mutants of Docker's specification have the same id."""
    identifiers = [mutant.id for mutant in mutants(specification())]
    assert len(identifiers) == len(set(identifiers))


def test_a_mutant_is_wrong_in_one_place() -> None:
    """The digests of a mutant are the specification's but for the rule, or the operation, that it names."""
    spec = specification()
    before = digests(spec)
    for mutant in [*mutants(spec)][::40]:
        now = digests(mutant.spec)
        changed = {place for place in before if now.get(place) != before[place]}
        rules = {rule.id for rule in spec.operation(mutant.operation).rules}
        assert changed == {mutant.place} or (mutant.kind is Kind.POSSIBLE and changed == {mutant.place, *rules})
