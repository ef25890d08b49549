"""A state and its word say the same."""

from __future__ import annotations

from enum import Enum

from hypothesis import given
from hypothesis import strategies as st

from dockspec.evaluation import State
from dockspec.language import TRUE, Function, Sort, Value, Variable, becomes
from dockspec.model import Operation, Rule, Specification, accepted, values_of
from hullcheck.explore.layout import Layout
from hullcheck.explore.scope import Scope, select


class Size(Enum):
    """The initial value is not the first member."""

    SMALL = "small"
    MEDIUM = "medium"
    LARGE = "large"


BOX, SHELF = Sort("Box"), Sort("Shelf")
SIZE = Function("size", (BOX,), Size, Size.MEDIUM, "")
ON = Function("on", (BOX,), SHELF, None, "", partial=True)
TOUCHES = Function("touches", (BOX, BOX), bool, True, "")
HOLDS = Function("holds", (SHELF, BOX), bool, False, "")
LIGHT = Function("light", (), bool, False, "")
WEIGHT = Function("weight", (BOX,), Size, Size.SMALL, "")
a, b, s = Variable("a", BOX), Variable("b", BOX), Variable("s", SHELF)

MOVE = Rule(
    "move.done",
    TRUE,
    accepted(),
    "",
    "",
    effects=(
        becomes(SIZE(a), Size.LARGE),
        becomes(ON(a), s),
        becomes(TOUCHES(a, b), False),
        becomes(HOLDS(s, a), True),
        becomes(LIGHT(), True),
        becomes(WEIGHT(a), Size.LARGE),
    ),
)
SPEC = Specification("boxes", (), (Operation("move", (a, b, s), (MOVE,), ""),), ())
SCOPE = Scope("boxes", "", {BOX: 3, SHELF: 2}, frozen={WEIGHT: Size.LARGE})


@st.composite
def states(draw: st.DrawFn) -> State:
    """Any state of the scope."""
    changes: dict[tuple[Function, tuple[int, ...]], Value] = {(WEIGHT, (k,)): Size.LARGE for k in range(3)}
    selection = select(SPEC, SCOPE)
    for function in selection.varying:
        kind = function.type
        values = [None, *range(selection.size(kind))] if isinstance(kind, Sort) else [*values_of(kind)]
        changes |= {(function, place): draw(st.sampled_from(values)) for place in selection.places(function)}
    return State(SCOPE.sizes).setting(changes)


@given(states(), st.sampled_from([(), (BOX,), (SHELF,)]))
def test_a_state_survives_its_word(state: State, leaves: tuple[Sort, ...]) -> None:
    """Packing and unpacking is the identity, whatever the order of the fields."""
    layout = Layout(select(SPEC, SCOPE), leaves)
    assert layout.state(layout.word(state)) == state


def test_widths_and_blocks() -> None:
    """What is frozen takes no bits; the blocks of a sort lie side by side and are equally wide."""
    layout = Layout(select(SPEC, SCOPE), (BOX,))
    assert layout.widths == {"size": 6, "on": 6, "touches": 9, "holds": 6, "light": 1}
    assert layout.bits == sum(layout.widths.values()) == 28
    assert layout.blocks[BOX][1] == 2 + 2 + 3 + 2
    assert sum(f.mask for f in layout.fields) == (1 << 28) - 1
