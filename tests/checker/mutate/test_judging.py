"""Which check notices a mutant."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from dockspec import specification
from dockspec.evaluation import State
from dockspec.language import SpecificationError
from dockspec.model import Specification
from hullcheck.cells import Action, Cell, Outcome, Place
from hullcheck.explore import Scope
from hullcheck.mutate import Fate, Judge, Killer, Kind, Mutant, mutants
from hullcheck.scopes import SCOPES

_WRONG = Cell("nobody saw this", State({}), (), (Action("lamp.on", {}),), Outcome(500), "nowhere")
Judged = Callable[..., Fate]


@pytest.fixture(name="fate")
def _fate(lamp: Specification, scope: Scope) -> Judged:
    """Decides the fate of a mutant of the lamp, by its id, with the cells that are given."""

    def judged(identifier: str, *cells: Cell) -> Fate:
        return Judge(lamp, [scope], cells).judge(next(m for m in mutants(lamp) if m.id == identifier))

    return judged


@pytest.fixture(name="rings")
def _rings(lamp: Specification) -> Cell:
    """A cell that tells of everything that changes."""
    places = {function.name: Place(function, ()) for function in lamp.functions}
    on = lamp.machines[0].states[1].value
    seen = Outcome(204, changes={places["lamp.light"]: on, places["lamp.bell"]: True})
    return Cell("it rings", State({}), (), (Action("lamp.on", {}),), seen, "by definition")


@pytest.mark.parametrize(
    ("mutant", "killer", "by"),
    [
        ("lamp.on.worn/rule", Killer.PROPERTY, "lamp.worn-is-dark"),
        ("lamp.on.already/guard/1", Killer.PROPERTY, "lamp.shines"),
        ("lamp.on.worn/guard/1", Killer.PROPERTY, "lamp.shines"),
        ("lamp.on.lit/move-target/off", Killer.PROPERTY, "lamp.on-shines"),
        ("lamp.on.already/rule", Killer.CHECK, "machine.lamp.rows"),
        ("lamp.on.lit/rule", Killer.CHECK, "total.lamp.on"),
        ("lamp.off.dark/effect/lamp.worn", Killer.CHECK, "rules.reached"),
    ],
)
def test_the_properties_notice(fate: Judged, mutant: str, killer: Killer, by: str) -> None:
    """What the lamp's properties speak of is noticed by them, and the form of the specification by its checks."""
    found = fate(mutant)
    assert (found.killer, found.by) == (killer, by)


def test_what_nothing_speaks_of_survives_although_the_counts_differ(fate: Judged) -> None:
    """No property reads the bell: forgetting it changes the number of states, and that is not a reason."""
    found = fate("lamp.on.lit/effect/lamp.bell")
    assert found.survives
    assert not found.note


def test_a_cell_notices_before_anything_is_explored(fate: Judged, rings: Cell) -> None:
    """A cell that tells of the bell notices that it is forgotten."""
    found = fate("lamp.on.lit/effect/lamp.bell", rings)
    assert (found.killer, found.by) == (Killer.CELL, rings.id)


def test_a_cell_that_is_wrong_about_the_specification_notices_nothing(fate: Judged) -> None:
    """Where the specification itself disagrees with a cell, that cell is not held against its mutants."""
    assert fate("lamp.on.lit/effect/lamp.bell", _WRONG).survives


def test_an_equivalent_mutant_takes_the_same_steps(fate: Judged) -> None:
    """Only a worn lamp is dark and was on: that lamp.on.worn asks for it too changes nothing, and is noted."""
    found = fate("lamp.on.worn/guard/2")
    assert found.survives
    assert found.note == "the same steps in every scope"


def test_a_malformed_mutant_is_noticed(lamp: Specification, scope: Scope) -> None:
    """What cannot even be written down is noticed by the language."""

    def refuse() -> None:
        raise SpecificationError("nonsense")

    mutant = Mutant("x/rule", Kind.RULE, "lamp.on", "x", "is forgotten", refuse)  # type: ignore[arg-type]  # it never returns
    assert Judge(lamp, [scope], []).judge(mutant) == Fate("x/rule", Killer.CHECK, "malformed", note="nonsense")


def test_the_firewall_is_held() -> None:
    """No mutant of the firewall's rules survives, by its properties and checks alone, but where they say nothing."""
    spec = specification()
    judge = Judge(spec, [SCOPES["host"]], [])
    fates = [judge.judge(mutant) for mutant in mutants(spec) if mutant.operation.startswith("firewall.st")]
    assert len(fates) >= 12
    assert all(fate.survives or fate.by for fate in fates)
    assert sum(fate.survives for fate in fates) < len(fates) / 2
