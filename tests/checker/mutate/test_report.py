"""What a report says, and the exit status."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping

import pytest
from rich.console import Console

from dockspec.model import Specification
from hullcheck.mutate import Fate, Killer, Kind, mutants
from hullcheck.mutate.printing import SCHEMA, as_json, print_report
from hullcheck.mutate.report import Report

Reported = Callable[..., Report]
KILLED = Fate("lamp.on.worn/rule", Killer.PROPERTY, "lamp.worn-is-dark", "lamp")
SURVIVOR = Fate("lamp.on.worn/guard/2", Killer.NOTHING, note="the same steps in every scope")


@pytest.fixture(name="report")
def _report(lamp: Specification) -> Reported:
    """Makes a report of some fates."""
    every = {mutant.id: mutant for mutant in mutants(lamp)}

    def reported(*fates: Fate, listed: Mapping[str, str] | None = None, chosen: int | None = None) -> Report:
        found = {fate.mutant: fate for fate in fates}
        return Report("lamp", every, len(fates) if chosen is None else chosen, found, listed or {}, 1.0)

    return reported


def test_all_noticed(report: Reported) -> None:
    """Exit status 0."""
    assert report(KILLED).exit_status == 0


def test_a_survivor_is_a_finding(report: Reported) -> None:
    """Exit status 1, even if the run was not finished."""
    found = report(KILLED, SURVIVOR, chosen=3)
    assert found.survivors == (SURVIVOR,)
    assert found.exit_status == 1


def test_an_equivalent_mutant_is_none(report: Reported) -> None:
    """A survivor that is listed with a reason is no finding."""
    found = report(KILLED, SURVIVOR, listed={SURVIVOR.mutant: "only a worn lamp is dark and was on"})
    assert found.exit_status == 0
    assert found.table()[Kind.GUARD]["equivalent"] == 1


def test_a_stale_listing_is_a_finding(report: Reported) -> None:
    """Whether the mutant is noticed after all, or does not exist."""
    found = report(KILLED, listed={KILLED.mutant: "?", "lamp.explode/rule": "?"})
    assert found.stale == {
        "lamp.explode/rule": "there is no such mutant",
        KILLED.mutant: "it is noticed, by the property lamp.worn-is-dark",
    }
    assert found.exit_status == 1


def test_an_interrupted_run_is_incomplete(report: Reported) -> None:
    """Exit status 4, if nothing was found so far."""
    assert report(KILLED, chosen=2).exit_status == 4


def test_the_text_names_what_survives(report: Reported) -> None:
    """The survivor is printed with what it changes, the stale listing with why it is one."""
    console = Console(width=120)
    with console.capture() as captured:
        print_report(report(KILLED, SURVIVOR, listed={"lamp.explode/rule": "?"}), console)
    text = captured.get()
    assert "lamp.on.worn/guard/2 survives (the same steps in every scope)" in text
    assert "lamp.on.worn answers although not: lamp.light = off" in text
    assert "lamp.explode/rule is listed as equivalent, but there is no such mutant" in text
    assert "2 of the 23 mutants of lamp: 1 are noticed, 0 are equivalent, 1 survive" in text


def test_the_document_has_every_fate(report: Reported) -> None:
    """The JSON document names each mutant with its outcome."""
    document = as_json(report(KILLED, SURVIVOR))
    assert document["schema"] == SCHEMA
    assert [(m["id"], m["outcome"]) for m in document["mutants"]] == [
        (KILLED.mutant, "property"),
        (SURVIVOR.mutant, "survives"),
    ]


def test_what_a_proof_alone_notices_is_a_column(report: Reported) -> None:
    """It is counted whatever else notices the mutant; without proofs there is no such column."""
    proved, unnoticed = (dataclasses.replace(fate, proof=claim) for fate, claim in ((KILLED, ""), (SURVIVOR, "x")))
    found = report(proved, unnoticed, listed={SURVIVOR.mutant: "?"})
    assert found.proofs() == {Kind.GUARD: 1}
    assert len(found.asked) == 2
    texts = []
    for shown in (found, report(KILLED, SURVIVOR)):
        console = Console(width=120)
        with console.capture() as captured:
            print_report(shown, console)
        texts.append(captured.get())
    assert "Of 2 a proof alone notices 1; 1 of these make no difference" in texts[0]
    assert "a proof alone" in texts[0].splitlines()[0]
    assert "a proof alone" not in texts[1]
