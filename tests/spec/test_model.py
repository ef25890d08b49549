"""The form of a specification is checked when it is defined."""

from __future__ import annotations

from enum import Enum

import pytest

from dockspec.language import TRUE, Function, Sort, SpecificationError, Variable, becomes
from dockspec.model import (
    Always,
    Event,
    Machine,
    Operation,
    Row,
    Rule,
    Specification,
    State,
    Step,
    accepted,
    refused,
    unchanged,
)


class Light(Enum):
    """An enumeration of this test."""

    OFF = "off"
    ON = "on"
    BROKEN = "broken"


LAMP = Sort("Lamp")
x = Variable("x", LAMP)
light = Function("lamp.light", (LAMP,), Light, Light.OFF, "")
warm = Function("lamp.warm", (LAMP,), bool, False, "")
ROWS = (
    Row("switch on", (Light.OFF,), Light.ON),
    Row("hit", (Light.OFF, Light.ON), Light.BROKEN),
    Row("mend", (Light.BROKEN,), Light.OFF),
)
MACHINE = Machine("lamp", LAMP, light, tuple(State(value, "") for value in Light), ROWS, stored=light)


def rule(identifier: str = "lamp.switch.done", **parts: object) -> Rule:
    """A rule with some parts given."""
    return Rule(**{"id": identifier, "when": TRUE, "answer": accepted(), "says": "", "source": "", **parts})  # type: ignore[arg-type]


def test_a_move_is_an_override_of_the_stored_status() -> None:
    """Firing a row sets the status to its target."""
    (update,) = rule(moves=(MACHINE.moves("hit", x),)).updates
    assert repr(update) == "lamp.light(x) := broken"
    assert repr(MACHINE.moves("hit", x).condition) == "lamp.light(x) in {off, on}"


def test_moves_of_several_objects_take_the_first_case_that_holds() -> None:
    """Each object gets the row of its first case, and stays where none holds."""
    (update,) = rule(moves=(MACHINE.moves_each(x, (warm(x), "hit"), (TRUE, "mend")),)).updates
    assert repr(update.value) == "(broken if lamp.warm(x) and lamp.light(x) in {off, on} else off)"
    assert update.each == (x,)


@pytest.mark.parametrize(
    ("parts", "text"),
    [
        ({"answer": refused(409, "Broken", ""), "effects": (becomes(warm(x), True),)}, "changes nothing"),
        ({"answer": refused(409, "Broken", ""), "events": (Event("lamp", "flash", (x,)),)}, "emits nothing"),
        ({"answer": unchanged(), "moves": (MACHINE.moves("hit", x),)}, "changes nothing"),
        ({"effects": (becomes(warm(x), True), becomes(warm(x), False))}, "overridden twice"),
        (
            {"moves": (MACHINE.moves("hit", x),), "effects": (becomes(light(x), Light.ON),)},
            "overridden twice",
        ),
    ],
)
def test_a_rule_that_contradicts_itself_is_refused(parts: dict[str, object], text: str) -> None:
    """Refused and unchanged answers change nothing; a function is overridden once."""
    with pytest.raises(SpecificationError, match=text):
        _ = rule(**parts).updates


def test_an_unknown_trigger_names_those_that_are_known() -> None:
    """A misspelt row is found when the rule is written."""
    with pytest.raises(SpecificationError, match="switch on"):
        MACHINE.moves("switch", x).update  # noqa: B018  # reading it is the test


def test_two_rows_from_one_state_by_one_trigger_are_refused() -> None:
    """A stored status has one successor a trigger."""
    with pytest.raises(SpecificationError, match="two rows"):
        Machine("lamp", LAMP, light, MACHINE.states, (*ROWS, Row("hit", (Light.ON,), Light.OFF)), stored=light)


def test_operations_and_specifications_know_their_names() -> None:
    """Ids are unique and nested; a property speaks only of what is there."""
    with pytest.raises(SpecificationError, match="begins otherwise"):
        Operation("lamp.hit", (x,), (rule(),), "")
    with pytest.raises(SpecificationError, match=r"which lamp\.switch is not asked with"):
        Operation("lamp.switch", (), (rule(when=warm(x)),), "")
    switch = Operation("lamp.switch", (x,), (rule(when=warm(x)),), "")
    with pytest.raises(SpecificationError, match="two of operation"):
        Specification("toy", (MACHINE,), (switch, switch), ())
    with pytest.raises(SpecificationError, match="which is no operation"):
        Specification("toy", (MACHINE,), (switch,), (Step("p", "", warm(x), of=("lamp.hit",)),))
    with pytest.raises(SpecificationError, match=r"no rule lamp\.switch\.gone"):
        Specification("toy", (MACHINE,), (switch,), ()).replaced({"lamp.switch.gone": None})


def test_a_specification_knows_its_functions_and_can_lose_a_rule() -> None:
    """What is read or written is found; a replaced rule leaves the others as they are."""
    switch = Operation("lamp.switch", (x,), (rule(when=warm(x)), rule("lamp.switch.other")), "")
    spec = Specification("toy", (MACHINE,), (switch,), (Always("p", "", TRUE),))
    assert [f.name for f in spec.functions] == ["lamp.warm"]
    assert spec.sorts == (LAMP,)
    assert [r.id for r in spec.replaced({"lamp.switch.done": None}).rules] == ["lamp.switch.other"]
    assert spec.operation_of(spec.rules[1]) is switch
