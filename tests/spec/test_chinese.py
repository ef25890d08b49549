"""dockspec.chinese: the prose of the specification in Chinese."""

from __future__ import annotations

import re
from collections.abc import Iterator

from dockspec import DIALECTS, specification
from dockspec.chinese import catalogue, chinese
from hullcheck.conform.declared import FOLDER, declarations
from hullcheck.describe.observed import observed
from hullcheck.scopes import SCOPES

HAN = re.compile("[一-鿿]")
WITHOUT = {"-f", "--rm", "systemctl start firewalld.", "systemctl stop firewalld.", "systemctl status firewalld."}
"""Texts that are no sentences, and the same in both languages."""


def _sentences() -> Iterator[tuple[str, str]]:
    """Everything that is said in English of the specification and of engines, each with the id of what says it."""
    spec = specification()
    for machine in spec.machines:
        yield from ((f"{machine.name}.{state.value.value}", state.about) for state in machine.states)
        yield from ((f"{machine.name}, row {row.trigger}", row.label) for row in machine.rows if row.label)
    for operation in spec.operations:
        yield operation.id, operation.about
        yield from ((rule.id, rule.says) for rule in operation.rules)
    for prop in spec.properties:
        yield prop.id, prop.says
        yield from ((prop.id, reason) for reason in prop.fails_in.values())
    for dialect in DIALECTS.values():
        yield dialect.name, dialect.about
        yield from dialect.reasons.items()
        yield from ((prop.id, prop.says) for prop in dialect.properties)
        yield from ((f"row {row.trigger}", row.label) for rows in dialect.rows.values() for row in rows)
        yield from ((rule.id, rule.says) for rule in dialect.replaces.values() if rule is not None)
    yield from ((function.name, function.about) for function in spec.functions)
    yield from ((f"scope {scope.name}", scope.about) for scope in SCOPES.values())
    for file in FOLDER.glob("*.json"):
        yield from ((f"{file.stem}, {d.rule}", d.reason) for d in declarations(file.stem).deviations.values())
    for engine in observed():
        yield from ((f"{engine.label}, {rule}", why) for rule, why in engine.unreached.items())


def test_everything_has_its_chinese() -> None:
    """Every state, row, operation, rule, property, dialect, function, scope and deviation is told in Chinese too."""
    known = catalogue()
    missing = [f"{identifier}: {english}" for identifier, english in _sentences() if english not in known]
    assert not missing, "put these into spec/dockspec/chinese.toml:\n" + "\n".join(missing)


def test_nothing_is_left_over() -> None:
    """No translation stands there whose English is gone."""
    said = {english for _, english in _sentences()}
    left = [english for english in catalogue() if english not in said]
    assert not left, "take these out of spec/dockspec/chinese.toml:\n" + "\n".join(left)


def test_it_is_chinese() -> None:
    """Every translation is one; sentences end as Chinese sentences do, and labels do not."""
    for english, text in catalogue().items():
        assert english in WITHOUT or HAN.search(text), english
        assert english.endswith(".") == text.endswith("。"), english


def test_codes_and_names_are_kept() -> None:
    """What stands in code in the English stands in the Chinese too, and so do numbers and flags."""
    for english, text in catalogue().items():
        for kept in [
            *re.findall(r"`[^`]+`", english),
            *re.findall(r"\b\d{3}\b", english),
            *re.findall(r"<\w+>", english),
        ]:
            assert kept in text, english


def test_what_is_not_translated_stays_english() -> None:
    """A sentence that is not in the catalogue is given back as it is."""
    assert chinese("Nobody ever said this.") == "Nobody ever said this."
