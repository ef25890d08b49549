"""Docker lines on the specification: one for each command and answer, with what it comes to."""

from __future__ import annotations

from functools import cache

from dockspec import specification
from hullcheck.conform.acting import reason_why_not
from hullcheck.conform.lines import Key, Line, said, scenes
from hullcheck.conform.plan import GROUNDS, Cells, Walk
from hullcheck.run.world import World

SPEC = specification()
RULES = {rule.id for rule in SPEC.rules}


@cache
def lines(name: str) -> dict[Key, Line]:
    """The lines of a ground."""
    ground = next(ground for ground in GROUNDS if ground.scope.name == name)
    walk = Walk(Cells(SPEC), ground, lambda operation: not reason_why_not(operation))
    planned = [line for scene in scenes(SPEC, walk, RULES, set(), set()) for line in scene.lines]
    assert len({line.key for line in planned}) == len(planned)
    return {line.key: line for line in planned}


def test_a_sequence_comes_to_what_is_expected() -> None:
    """The lines of each sequence, pasted into ``hullcheck run``, end with its exit status and its errors."""
    for key, line in lines("life").items():
        assert run(line)[-1] == (key.exit_code, line.expected.errors), key


def run(line: Line) -> list[tuple[int, tuple[str, ...]]]:
    """What the lines of a sequence come to."""
    world = World()
    outcomes = [outcome for text in line.sequence for outcome in world.script(text)]
    assert not any(outcome.problem for outcome in outcomes)
    return [(o.exit_code, said(line.key.command, o.exit_code, o.stdout, o.stderr).errors) for o in outcomes]


def test_a_command_of_several_operations_is_run_too() -> None:
    """Run, start -a and exec come to the exit statuses that docker alone has: 125, 126, 127, and the program's own."""
    codes: dict[str, set[int]] = {}
    for key in lines("life"):
        codes.setdefault(key.command, set()).add(key.exit_code)
    assert codes["run"] == {0, 3, 125, 126, 127}
    assert codes["run -d"] == {0, 125, 126, 127}
    assert codes["start -a"] == {1}
    assert codes["exec"] == {0, 1, 3, 126}
    assert codes["exec -d"] == {0, 1}


def test_what_is_done_already_is_not_planned() -> None:
    """What was shown on one ground is left out on the next; so is what rules answer that are left out."""
    ground = next(ground for ground in GROUNDS if ground.scope.name == "names")
    walk = Walk(Cells(SPEC), ground, lambda _operation: True)
    done = set(lines("life"))
    left = [
        line.key for scene in scenes(SPEC, walk, RULES, {"container.rename.name-in-use"}, done) for line in scene.lines
    ]
    assert left
    assert {key.rule for key in left} == {"container.create.name-in-use"}
    assert done >= {*left}


def test_only_the_last_line_of_a_scene_changes_anything() -> None:
    """Those before it find the state that the scene begins with."""
    ground = next(ground for ground in GROUNDS if ground.scope.name == "names")
    for scene in scenes(SPEC, Walk(Cells(SPEC), ground, lambda _operation: True), RULES, set(), set()):
        assert not any(line.changes for line in scene.lines[:-1])
