"""The record of fates, and the list of equivalent mutants."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import pytest

from dockspec import specification
from dockspec.language import TRUE
from dockspec.model import Specification
from hullcheck.errors import InputError
from hullcheck.mutate import Fate, Killer, mutants
from hullcheck.mutate.command import RECORD
from hullcheck.mutate.record import Record, digests, equivalents, read, write


@pytest.fixture(name="places")
def _places(lamp: Specification) -> dict[str, str]:
    """Every mutant of the lamp, and the rule or operation that it changes."""
    return {mutant.id: mutant.place for mutant in mutants(lamp)}


@pytest.fixture(name="fates")
def _fates(places: dict[str, str]) -> list[Fate]:
    """A fate for each."""
    return [Fate(mutant, Killer.PROPERTY, "lamp.shines", "lamp") for mutant in places]


def test_what_is_written_is_read(
    lamp: Specification, fates: list[Fate], places: dict[str, str], tmp_path: Path
) -> None:
    """A record comes back as it was."""
    record = Record("lamp").updated(digests(lamp), fates, places)
    write(record, tmp_path / "record.json")
    assert read(tmp_path / "record.json") == record


def test_a_changed_rule_is_known_by_its_digest(lamp: Specification, fates: list[Fate], places: dict[str, str]) -> None:
    """Another guard is a change; another sentence is not."""
    record = Record("lamp").updated(digests(lamp), fates, places)
    rule = next(rule for rule in lamp.rules if rule.id == "lamp.on.worn")
    reworded = lamp.replaced({rule.id: dataclasses.replace(rule, says="Worn out.")})
    weaker = lamp.replaced({rule.id: dataclasses.replace(rule, when=TRUE)})
    assert record.changed(digests(reworded)) == set()
    assert record.changed(digests(weaker)) == {rule.id}


def test_a_place_counts_as_judged_when_all_its_mutants_are(
    lamp: Specification, fates: list[Fate], places: dict[str, str]
) -> None:
    """After a run of some mutants, the rules of the others still count as changed."""
    some = [fate for fate in fates if fate.mutant.startswith("lamp.on.worn/") or fate.mutant == "lamp.on.lit/rule"]
    record = Record("lamp").updated(digests(lamp), some, places)
    changed = record.changed(digests(lamp))
    assert "lamp.on.worn" not in changed
    assert "lamp.on.lit" in changed


def test_a_mutant_that_is_gone_is_forgotten(lamp: Specification, fates: list[Fate], places: dict[str, str]) -> None:
    """A later record has no fates of mutants that no longer exist."""
    older = Record("lamp", fates={"lamp.explode/rule": Fate("lamp.explode/rule", Killer.NOTHING)})
    assert set(older.updated(digests(lamp), fates, places).fates) == set(places)


def test_what_a_proof_says_is_kept(tmp_path: Path) -> None:
    """That it notices nothing is another thing than that it was not asked."""
    file = tmp_path / "record.json"
    fates = {str(proof): Fate(str(proof), Killer.CELL, "a cell", proof=proof) for proof in (None, "", "lamp.on-shines")}
    write(Record("lamp", fates=fates), file)
    assert read(file).fates == fates


def test_the_record_that_is_kept_is_fresh() -> None:
    """Every mutant of every rule as it is now has its fate, and what a proof alone says of it."""
    spec, kept = specification(), read(RECORD)
    again = "hullcheck mutate --changed --prove -o tests/data/mutation.json"
    assert kept.changed(digests(spec)) == set(), again
    assert list(kept.fates) == [mutant.id for mutant in mutants(spec)], again
    assert [fate.mutant for fate in kept.fates.values() if fate.proof is None] == [], again


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"schema": "another/1"}'])
def test_what_is_no_record_is_refused(tmp_path: Path, text: str) -> None:
    """One line tells how to get a record."""
    file = tmp_path / "record.json"
    file.write_text(text, "utf-8")
    with pytest.raises(InputError, match="a full run with -o"):
        read(file)


@pytest.mark.parametrize(
    "listed",
    [
        "x",
        {"x": "y"},
        [{"mutants": ["x"]}],
        [{"because": "", "mutants": ["x"]}],
        [{"because": "y", "mutants": ["x", "x"]}],
    ],
)
def test_a_malformed_list_is_refused(tmp_path: Path, listed: object) -> None:
    """A listing needs a reason, and is made once."""
    file = tmp_path / "equivalent.json"
    file.write_text(json.dumps(listed), "utf-8")
    with pytest.raises(InputError):
        equivalents(file)


def test_every_mutant_that_is_listed_exists() -> None:
    """No listing outlives its mutant."""
    assert set(equivalents()) <= {mutant.id for mutant in mutants(specification())}
