"""A tiny specification to break: a lamp that wears out, and a bell that nothing watches."""

from __future__ import annotations

from enum import Enum

import pytest

from dockspec.language import TRUE, Function, after, becomes, implies
from dockspec.model import (
    Always,
    Kind,
    Machine,
    Operation,
    Row,
    Rule,
    Sometimes,
    Specification,
    State,
    Step,
    accepted,
    answered,
    refused,
)
from hullcheck.explore import Scope


class Light(Enum):
    """The states of the lamp."""

    OFF = "off"
    ON = "on"
    BROKEN = "broken"


_light = Function("lamp.light", (), Light, Light.OFF, "whether it shines")
_worn = Function("lamp.worn", (), bool, False, "it was on before")
_bell = Function("lamp.bell", (), bool, False, "the bell has rung; nothing reads it")

_MACHINE = Machine(
    "lamp",
    None,
    _light,
    (State(Light.OFF, "dark"), State(Light.ON, "bright"), State(Light.BROKEN, "in pieces")),
    (Row("on", (Light.OFF,), Light.ON), Row("off", (Light.ON,), Light.OFF)),
    stored=_light,
)

_SWITCH_ON = Operation(
    "lamp.on",
    (),
    (
        Rule("lamp.on.already", _light() == Light.ON, refused(409, "On", "on"), "", ""),
        Rule("lamp.on.worn", _worn() & (_light() == Light.OFF), refused(409, "Worn", "worn"), "", ""),
        Rule(
            "lamp.on.lit",
            TRUE,
            accepted(204),
            "",
            "",
            moves=(_MACHINE.moves("on"),),
            effects=(becomes(_bell(), True),),
        ),
    ),
    "switches it on",
)
_SWITCH_OFF = Operation(
    "lamp.off",
    (),
    (
        Rule(
            "lamp.off.dark",
            TRUE,
            accepted(204),
            "",
            "",
            moves=(_MACHINE.moves("off"),),
            effects=(becomes(_worn(), True), becomes(_bell(), False, where=_worn() & _bell())),
        ),
    ),
    "switches it off",
    possible=_light() == Light.ON,
)
_MEND = Operation(
    "lamp.mend",
    (),
    (Rule("lamp.mend.mended", TRUE, accepted(204), "", "", effects=(becomes(_worn(), False),)),),
    "puts a new bulb in",
    possible=_worn() & (_light() == Light.OFF),
)

_LAMP = Specification(
    "lamp",
    (_MACHINE,),
    (_SWITCH_ON, _SWITCH_OFF, _MEND),
    (
        Always("lamp.worn-is-dark", "A worn lamp does not shine.", ~(_worn() & (_light() == Light.ON))),
        Step("lamp.on-shines", "Switched on, it shines.",
             implies(answered(Kind.ACCEPTED), after(_light() == Light.ON)), of=("lamp.on",)),
        Sometimes("lamp.shines", "It shines somewhere.", _light() == Light.ON),
    ),
)  # fmt: skip


@pytest.fixture(name="lamp")
def _lamp() -> Specification:
    """The specification of the lamp."""
    return _LAMP


@pytest.fixture(name="scope")
def _scope() -> Scope:
    """A scope in which the whole lamp is explored."""
    return Scope("lamp", "everything", {})
