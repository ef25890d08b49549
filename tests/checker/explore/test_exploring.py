"""``explore`` on tiny specifications: counts, verdicts, runs, and what is left out."""

from __future__ import annotations

import dataclasses
from enum import Enum
from itertools import pairwise

import pytest

from dockspec.evaluation import State, answering, fire, holds
from dockspec.language import (
    TRUE,
    Apply,
    Expr,
    Function,
    Literal,
    Sort,
    Variable,
    after,
    becomes,
    choose,
    defined,
    every,
    implies,
    reaches,
    some,
)
from dockspec.model import (
    Always,
    Call,
    Kind,
    Machine,
    Operation,
    Property,
    Recoverable,
    Row,
    Rule,
    Same,
    Sometimes,
    Specification,
    Step,
    accepted,
    answered,
    refused,
)
from dockspec.model import State as MachineState
from hullcheck.explore import Exploration, Progress, Scope, ScopeError, Verdict, edges, explore

# --- a clock: one hand with many positions, advanced by one -----------------------------------------------------------

Hour = Enum("Hour", [f"H{n}" for n in range(17)])  # type: ignore[misc]  # two hands pass through more than a byte counts
HOURS = list(Hour)
HAND = Function("hand", (), Hour, HOURS[0], "")
SLOW_HAND = Function("slow-hand", (), Hour, HOURS[0], "")


def clock(positions: int, *properties: Property, wraps: bool = True) -> Specification:
    """A hand that goes from each position to the next; ``wraps``: from the last one to the first."""
    hours = HOURS[:positions]
    end = Rule("tick.end", HAND() == hours[-1], accepted() if wraps else refused(409, "Over", ""), "", "")
    if wraps:
        end = dataclasses.replace(end, effects=(becomes(HAND(), hours[0]),))
    tick = Rule("tick.on", TRUE, accepted(), "", "", effects=(becomes(HAND(), following(HAND(), hours)),))
    return Specification("clock", (), (Operation("tick", (), (end, tick), ""),), properties)


def following(hand: Apply, hours: list[Hour]) -> Expr:
    """The next position of a hand; the last one is kept."""
    later: Expr = hand
    for hour, next_hour in pairwise(hours):
        later = choose(hand == hour, next_hour, later)
    return later


CLOCK = Scope("clock", "", {})


def test_more_levels_than_a_byte_can_count() -> None:
    """A clock with two hands of 17 positions has 289 levels, and the run to the last one has 288 steps."""
    forward = (becomes(HAND(), following(HAND(), HOURS)),)
    around = (becomes(HAND(), HOURS[0]), becomes(SLOW_HAND(), following(SLOW_HAND(), HOURS)))
    rules = (
        Rule("tick.around", HAND() == HOURS[-1], accepted(), "", "", effects=around),
        Rule("tick.on", TRUE, accepted(), "", "", effects=forward),
    )
    late = Sometimes("late", "", (SLOW_HAND() == HOURS[-1]) & (HAND() == HOURS[-1]))
    found = explore(Specification("clock", (), (Operation("tick", (), rules, ""),), (late,)), CLOCK)
    assert (found.states, found.transitions, found.depth) == (289, 289, 288)
    trace = found.verdicts["late"].trace
    assert trace is not None
    assert len(trace) == 288


def test_refusals_are_no_transitions() -> None:
    """A refusal is counted apart, and leads nowhere."""
    found = explore(clock(12, wraps=False), CLOCK)
    assert (found.states, found.transitions, found.refusals) == (12, 11, 1)
    assert found.rules["tick.end"].count == 1
    assert found.rules["tick.end"].level == 11


def test_shortest_counterexample() -> None:
    """An invariant is broken in as few steps as possible, and the run says by which rules."""
    found = explore(clock(12, Always("early", "", HAND() != HOURS[3])), CLOCK)
    verdict = found.verdicts["early"]
    assert verdict.holds is False
    assert verdict.trace is not None
    assert [step.rule for step in verdict.trace] == ["tick.on"] * 3
    assert verdict.state is not None
    assert verdict.state.value(HAND) is HOURS[3]
    assert found.violated == ("early",)


def test_recoverable_where_the_hand_wraps() -> None:
    """Midnight stays possible for ever where the clock wraps, and not where it stops."""
    midnight = Recoverable("midnight", "", HAND() == HOURS[0], ("tick",))
    assert explore(clock(12, midnight), CLOCK).verdicts["midnight"].holds is True
    verdict = explore(clock(12, midnight, wraps=False), CLOCK).verdicts["midnight"]
    assert verdict.holds is False
    assert verdict.trace is not None
    assert len(verdict.trace) == 1


def test_not_reached_is_not_undecided() -> None:
    """A witness that is not reachable is refuted by a complete exploration, and undecided by a partial one."""
    spec = clock(12, Sometimes("never", "", HAND() == HOURS[13]))
    assert explore(spec, CLOCK).verdicts["never"].holds is False
    partial = explore(spec, CLOCK, memory=16)
    assert not partial.complete
    assert partial.verdicts["never"].holds is None
    assert "memory" in partial.verdicts["never"].note


def test_little_memory_ends_the_exploration_early() -> None:
    """Where memory runs out, what was covered is returned, with the violations found so far."""
    found = explore(clock(17, Always("early", "", HAND() != HOURS[3])), CLOCK, memory=120)
    assert not found.complete
    assert "memory" in found.reason
    assert 3 < found.states < 17
    assert found.verdicts["early"].holds is False


def test_interruption_loses_nothing() -> None:
    """Ctrl-C ends the exploration, and what was covered is returned."""

    def interrupt(progress: Progress) -> None:
        if progress.level == 5:
            raise KeyboardInterrupt

    found = explore(clock(17, Always("early", "", HAND() != HOURS[3])), CLOCK, progress=interrupt)
    assert (found.complete, found.reason, found.states) == (False, "interrupted", 6)
    assert found.verdicts["early"].holds is False
    assert found.verdicts["total.tick"].holds is None


def test_edges_are_numbered_from_the_initial_state() -> None:
    """State 0 is the initial one, and every edge of the clock is listed once."""
    listed = [(edge.source, edge.rule, edge.target) for edge in edges(clock(3), CLOCK)]
    assert sorted(listed) == [(0, "tick.on", 1), (1, "tick.on", 2), (2, "tick.end", 0)]


# --- a house: keys that hang on hooks, and lamps ----------------------------------------------------------------------


class Lamp(Enum):
    """The states of a lamp."""

    OFF = "off"
    ON = "on"
    BROKEN = "broken"


LAMP, ROOM = Sort("Lamp"), Sort("Room")
STATUS = Function("lamp.status", (LAMP,), Lamp, Lamp.OFF, "")
PLACE = Function("lamp.room", (LAMP,), ROOM, None, "", partial=True)
OPEN = Function("room.open", (ROOM,), bool, False, "")
BEHIND = Function("room.behind", (ROOM,), ROOM, None, "", partial=True, rigid=True)
lamp, other, room, next_room = Variable("l", LAMP), Variable("o", LAMP), Variable("r", ROOM), Variable("q", ROOM)

MACHINE = Machine(
    "lamp",
    LAMP,
    STATUS,
    tuple(MachineState(member, "") for member in Lamp),
    (Row("on", (Lamp.OFF,), Lamp.ON), Row("off", (Lamp.ON,), Lamp.OFF), Row("break", (Lamp.ON,), Lamp.BROKEN)),
    stored=STATUS,
)
ON = Operation(
    "lamp.on",
    (lamp,),
    (
        Rule("lamp.on.broken", STATUS(lamp) == Lamp.BROKEN, refused(409, "Broken", ""), "", ""),
        Rule("lamp.on.again", STATUS(lamp) == Lamp.ON, refused(409, "On", ""), "", ""),
        Rule("lamp.on.lit", TRUE, accepted(), "", "", moves=(MACHINE.moves("on", lamp),)),
    ),
    "",
)
OFF = Operation(
    "lamp.off",
    (lamp,),
    (Rule("lamp.off.dark", STATUS(lamp) == Lamp.ON, accepted(), "", "", moves=(MACHINE.moves("off", lamp),)),),
    "",
    possible=STATUS(lamp) == Lamp.ON,
)
FUSE = Operation(
    "lamp.fuse",
    (),
    (
        Rule(
            "lamp.fuse.blown",
            some(lamp, STATUS(lamp) == Lamp.ON),
            accepted(),
            "",
            "",
            moves=(MACHINE.moves_each(lamp, (TRUE, "break")),),
        ),
        Rule("lamp.fuse.fine", TRUE, refused(409, "Fine", ""), "", ""),
    ),
    "",
)
CARRY = Operation(
    "lamp.carry",
    (lamp, room),
    (
        Rule("lamp.carry.closed", ~OPEN(room), refused(409, "Closed", ""), "", ""),
        Rule("lamp.carry.carried", TRUE, accepted(), "", "", effects=(becomes(PLACE(lamp), room),)),
    ),
    "",
)
UNLOCK = Operation(
    "room.unlock",
    (room,),
    (Rule("room.unlock.unlocked", TRUE, accepted(), "", "", effects=(becomes(OPEN(room), True),)),),
    "",
)


def house(*properties: Property, operations: tuple[Operation, ...] = (ON, OFF, FUSE, CARRY, UNLOCK)) -> Specification:
    """Lamps that are lit and carried about."""
    return Specification("house", (MACHINE,), operations, properties)


def scope(lamps: int = 2, rooms: int = 2, **more: object) -> Scope:
    """Some lamps and rooms."""
    return Scope("house", "", {LAMP: lamps, ROOM: rooms}, **more)  # type: ignore[arg-type]


def verdict(prop: Property, where: Scope | None = None, operations: tuple[Operation, ...] | None = None) -> Verdict:
    """What is found about one property of the house."""
    spec = house(prop) if operations is None else house(prop, operations=operations)
    return explore(spec, where or scope()).verdicts[prop.id]


@pytest.mark.parametrize("symmetry", [True, False])
def test_counts_of_a_product(symmetry: bool) -> None:
    """Each lamp has 3 statuses and 3 places, each room 2 states; a lamp stays where it is until a room is open."""
    found = explore(house(), scope(), symmetry=symmetry)
    places = {0: 1, 1: 2, 2: 3}
    expected = sum(count * (3 * places[opened]) ** 2 for opened, count in ((0, 1), (1, 2), (2, 1)))
    assert found.states == expected
    assert found.symmetry == (4 if symmetry else 1)
    assert found.statuses == {"lamp": frozenset(Lamp)}
    assert found.never == ()
    assert found.rows_never == ()


def test_symmetry_keeps_every_number() -> None:
    """Visiting one state for each orbit changes no count, whatever the shape of the group."""
    for lamps, rooms, rigid in (
        (3, 1, {}),
        (2, 3, {}),
        (3, 2, {BEHIND: {(0,): 1}}),
        (1, 4, {BEHIND: {(0,): 1, (2,): 3}}),
    ):
        where = scope(lamps, rooms, rigid=rigid)
        spec = house(Always("dark", "", every(room, implies(defined(BEHIND(room)), ~OPEN(room)))))
        one, two = explore(spec, where), explore(spec, where, symmetry=False)
        assert numbers(one) == numbers(two)
        assert one.representatives < two.representatives


def numbers(found: Exploration) -> tuple[object, ...]:
    """Everything that must not depend on symmetry."""
    verdicts = {v.property: (v.holds, v.trace and len(v.trace)) for v in found.verdicts.values()}
    return found.levels, found.transitions, found.refusals, found.rules, found.statuses, found.rows, verdicts


def test_rigid_tables_that_are_read_break_symmetry() -> None:
    """Two rooms of which one lies behind the other are different, if anybody asks."""
    where = scope(1, 2, rigid={BEHIND: {(0,): 1}})
    asked = house(Always("any", "", every(room, implies(OPEN(room), TRUE) | defined(BEHIND(room)))))
    assert explore(house(), where).symmetry == 2
    assert explore(asked, where).symmetry == 2
    really = house(Always("shut", "", every(room, ~OPEN(room) | defined(BEHIND(room)))))
    found = explore(really, where)
    assert found.symmetry == 1
    assert found.verdicts["shut"].trace is not None


def test_traces_are_runs_of_the_interpreter() -> None:
    """Every run starts in the initial state, each rule is the one that answers, and the end breaks the invariant."""
    broken = every(lamp, STATUS(lamp) != Lamp.BROKEN) | ~some(room, OPEN(room)) | every(lamp, ~defined(PLACE(lamp)))
    spec = house(Always("whole", "", broken))
    trace = explore(spec, scope(3, 2)).verdicts["whole"].trace
    assert trace is not None
    assert len(trace) == 4
    state = State({LAMP: 3, ROOM: 2})
    for step in trace:
        assert step.before == state
        rule = answering(spec.operation(step.operation), step.binding, state)
        assert rule is not None
        assert rule.id == step.rule
        state = fire(rule, step.binding, state)
        assert step.after == state
    assert not holds(broken, state, {})


def test_step_properties() -> None:
    """A relation of two states holds, or the last step of the run breaks it."""
    forever = every(lamp, implies(STATUS(lamp) == Lamp.BROKEN, after(STATUS(lamp)) == Lamp.BROKEN))
    assert verdict(Step("forever", "", forever)).holds is True
    one = verdict(Step("one", "", every(lamp, implies(STATUS(lamp) == Lamp.ON, after(STATUS(lamp)) != Lamp.BROKEN))))
    assert one.holds is False
    assert one.trace is not None
    assert [step.rule for step in one.trace] == ["lamp.on.lit", "lamp.fuse.blown"]


def test_step_properties_of_one_operation_use_its_parameters() -> None:
    """A property of carrying speaks of the lamp and the room, and of the answer."""
    arrives = implies(answered(Kind.ACCEPTED), after(PLACE(lamp)) == room)
    assert verdict(Step("arrives", "", arrives, of=("lamp.carry",))).holds is True
    refused_ = verdict(Step("refused", "", answered(Kind.ACCEPTED), of=("lamp.carry",)))
    assert refused_.trace is not None
    assert [step.rule for step in refused_.trace] == ["lamp.carry.closed"]
    stays = implies(lamp != other, after(STATUS(other)) == STATUS(other))
    assert verdict(Step("stays", "", every(other, stays), of=("lamp.on",))).holds is True


def test_free_variables_are_refused() -> None:
    """A property that reads a variable nobody gives is an error, not a crash."""
    with pytest.raises(ScopeError, match="nothing gives l a value"):
        verdict(Always("free", "", STATUS(lamp) == Lamp.ON))


def test_an_operation_without_an_answer() -> None:
    """An operation that is possible although no rule answers is a violation, with its parameters."""
    silent = dataclasses.replace(OFF, possible=TRUE)
    found = explore(house(operations=(ON, silent, FUSE)), scope())
    missing = found.verdicts["total.lamp.off"]
    assert missing.holds is False
    assert missing.trace == ()
    assert missing.binding.keys() == {"l"}
    assert found.verdicts["total.lamp.on"].holds is True


def test_a_move_outside_its_row() -> None:
    """A rule that fires a row from a state the row does not leave breaks the machine."""
    rule = Rule("lamp.on.lit", TRUE, accepted(), "", "", moves=(MACHINE.moves("on", lamp),))
    careless = dataclasses.replace(ON, rules=(rule,))
    found = explore(house(operations=(careless, FUSE)), scope()).verdicts["machine.lamp.rows"]
    assert found.holds is False
    assert found.trace is not None
    assert [step.rule for step in found.trace] == ["lamp.on.lit", "lamp.on.lit"]
    assert verdict(Always("any", "", TRUE)).holds is True


def test_a_status_that_is_read_off() -> None:
    """Where the status is not stored, each change of it must be a row of the operation."""

    def light(r: Variable) -> Literal:
        return choose(OPEN(r), Lamp.ON, Lamp.OFF)  # type: ignore[return-value]

    states = tuple(MachineState(m, "") for m in Lamp)
    right = Machine("room", ROOM, light, states, (Row("room.unlock", (Lamp.OFF,), Lamp.ON),))
    wrong = dataclasses.replace(right, rows=(Row("room.unlock", (Lamp.OFF,), Lamp.BROKEN),))
    good = explore(Specification("house", (right,), (UNLOCK,), ()), scope())
    assert good.verdicts["machine.room.rows"].holds is True
    assert [(row.source, row.target) for row in good.rows] == [(Lamp.OFF, Lamp.ON)]
    bad = explore(Specification("house", (wrong,), (UNLOCK,), ()), scope())
    assert bad.verdicts["machine.room.rows"].holds is False
    assert bad.rows == frozenset()


def test_frozen_functions_cost_nothing_and_block() -> None:
    """A step that would change what is frozen is not taken, its rule is listed, and it takes no bits."""
    found = explore(house(), scope(frozen={OPEN: False}))
    assert found.left_out == {
        "room.unlock.unlocked": "changes what is frozen here",
        "lamp.carry.carried": "its guard can never hold here",
    }
    assert found.widths == {"lamp.status": 4, "lamp.room": 4}
    assert found.states == 9


def test_frozen_functions_still_let_pass_what_does_not_change_them() -> None:
    """Where the new value is the frozen one, the step is taken."""
    found = explore(house(), scope(frozen={OPEN: True}))
    assert "room.unlock.unlocked" in found.rules
    assert found.states == 81


def test_recovery_through_a_blocked_rule_is_not_decided() -> None:
    """Where a rule that is left out might have helped, nobody is told that nothing helps."""
    claim = Recoverable("opens", "", some(room, OPEN(room)), ("room.unlock",))
    assert verdict(claim).holds is True
    frozen = verdict(claim, scope(frozen={OPEN: False}))
    assert frozen.holds is None
    assert "room.unlock.unlocked" in frozen.note


def test_dropped_functions_leave_out_what_reads_them() -> None:
    """An operation that reads what is dropped is left out, one that only writes it stays, a property is not checked."""
    claim = Always("shut", "", every(room, ~OPEN(room)))
    found = explore(house(claim), scope(dropped=(OPEN,)))
    assert found.left_out["lamp.carry"] == "reads room.open, which is dropped here"
    assert "room.unlock.unlocked" in found.rules
    assert found.verdicts["shut"].holds is None
    assert found.states == 9


def test_an_impossible_scope() -> None:
    """A scope in which nothing can be done is an error that says why."""
    with pytest.raises(ScopeError, match=r"no operation remains .*lamp.on: reads lamp.status"):
        explore(house(operations=(ON, OFF)), scope(dropped=(STATUS,)))


def test_a_scope_that_is_too_wide() -> None:
    """More than 64 bits are refused, with the widths."""
    with pytest.raises(ScopeError, match=r"needs \d+ bits, 64 are the most.*lamp.room"):
        explore(house(), scope(20, 20))


def test_unknown_names_are_refused() -> None:
    """An operation or a property that does not exist is an error."""
    with pytest.raises(ScopeError, match=r"no operation lamp\.of;"):
        explore(house(), scope(operations=("lamp.of",)))
    with pytest.raises(ScopeError, match="no property nobody"):
        explore(house(), scope(), properties=["nobody"])
    assert explore(house(), scope(operations=("lamp.", "container.create"))).complete  # Docker's, in a dialect without


def test_chosen_operations_and_properties() -> None:
    """A prefix includes, ``without`` excludes, and only the wanted properties are judged."""
    claim = Sometimes("lit", "", some(lamp, STATUS(lamp) == Lamp.ON))
    where = scope(operations=("lamp.",), without=("lamp.carry",))
    found = explore(house(claim), where, properties=["lit", "total.lamp.on"])
    assert {*found.verdicts} == {"lit", "total.lamp.on"}
    assert {rule.rpartition(".")[0] for rule in found.rules} == {"lamp.on", "lamp.off", "lamp.fuse"}
    assert found.widths == {"lamp.status": 4}


# --- the same ---------------------------------------------------------------------------------------------------------


def test_two_orders_lead_to_the_same() -> None:
    """Lighting two lamps commutes; lighting and blowing the fuse does not, and the note says how they differ."""
    one, two = Call("lamp.on", {"l": lamp}), Call("lamp.on", {"l": other})
    assert verdict(Same("commutes", "", lamp != other, (one, two), (two, one))).holds is True
    found = verdict(
        Same("fuse", "", STATUS(lamp) == Lamp.OFF, (one, Call("lamp.fuse", {})), (Call("lamp.fuse", {}), one))
    )
    assert found.holds is False
    assert found.trace == ()
    assert "lamp.status" in found.note
    assert found.binding.keys() == {"l"}


def test_the_same_up_to_a_function() -> None:
    """What a claim does not speak of may differ."""
    one, fuse = Call("lamp.on", {"l": lamp}), Call("lamp.fuse", {})
    claim = Same("fuse", "", STATUS(lamp) == Lamp.OFF, (one, fuse), (fuse, one), up_to=(STATUS,))
    assert verdict(claim).holds is True


def test_a_claim_that_never_applies_is_not_decided() -> None:
    """Two sequences of which one is possible nowhere are not the same."""
    off = Call("lamp.off", {"l": lamp})
    found = verdict(Same("off", "", STATUS(lamp) == Lamp.OFF, (off,), (off,)))
    assert found.holds is None
    with pytest.raises(ScopeError, match="not told its l"):
        verdict(Same("off", "", TRUE, (Call("lamp.off", {}),), ()))


def test_sets_of_outcomes_are_compared() -> None:
    """An operation with a choice is the same as itself, and not the same as one of its outcomes."""
    bright = Variable("bright", bool)
    flip = Operation(
        "lamp.flip",
        (lamp,),
        (
            Rule("lamp.flip.on", bright, accepted(), "", "", effects=(becomes(STATUS(lamp), Lamp.ON),)),
            Rule("lamp.flip.off", TRUE, accepted(), "", "", effects=(becomes(STATUS(lamp), Lamp.OFF),)),
        ),
        "",
        choices=(bright,),
    )
    free, chosen = Call("lamp.flip", {"l": lamp}), Call("lamp.flip", {"l": lamp, "bright": True})
    assert verdict(Same("self", "", TRUE, (free,), (chosen, free)), operations=(flip,)).holds is True
    assert verdict(Same("one", "", TRUE, (free,), (chosen,)), operations=(flip,)).holds is False


# --- a graph: ancestors -----------------------------------------------------------------------------------------------

NODE = Sort("Node")
PARENT = Function("parent", (NODE,), NODE, None, "", partial=True)
here, there = Variable("here", NODE), Variable("there", NODE)


def graph(guard: bool) -> Specification:
    """Nodes that get a parent; ``guard``: only one that is no descendant."""
    acyclic = ~reaches(PARENT, there, here) & (here != there) if guard else TRUE
    rule = Rule("adopt.done", acyclic, accepted(), "", "", effects=(becomes(PARENT(here), there),))
    adopt = Operation("adopt", (here, there), (rule,), "", possible=~defined(PARENT(here)) & acyclic)
    return Specification("graph", (), (adopt,), (Always("forest", "", every(here, ~reaches(PARENT, here, here))),))


def test_ancestors_are_recomputed() -> None:
    """With the guard all forests are reached, (n + 1)^(n - 1) of them, and nothing is its own ancestor."""
    for nodes in (1, 2, 3, 4):
        found = explore(graph(guard=True), Scope("graph", "", {NODE: nodes}))
        assert found.states == (nodes + 1) ** (nodes - 1)
        assert found.verdicts["forest"].holds is True


def test_without_the_guard_a_node_is_its_own_ancestor() -> None:
    """The shortest cycle is found: a node that adopts itself."""
    found = explore(graph(guard=False), Scope("graph", "", {NODE: 3}))
    trace = found.verdicts["forest"].trace
    assert trace is not None
    assert len(trace) == 1
