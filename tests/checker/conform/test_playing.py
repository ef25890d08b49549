"""Playing a sequence: what cannot be done is left out, and ends the sequence where something depends on it."""

from __future__ import annotations

from collections.abc import Sequence
from types import SimpleNamespace
from typing import cast

import pytest

from dockspec import specification
from dockspec.container import Status, status
from dockspec.evaluation import Happening
from dockspec.image import archived, archived_reference, refers
from hullcheck.conform import playing
from hullcheck.conform.acting import perform
from hullcheck.conform.engine import Engine, Reply
from hullcheck.conform.events import Listener, Told
from hullcheck.conform.plan import GROUNDS
from hullcheck.conform.playing import Player, Step
from hullcheck.conform.stage import Asked, Lost, Missed, Stage, Unreachable

LIST = Asked("container.list", {})
PAUSE = Asked("container.pause", {"c": 0})


class Silent:
    """A listener that hears nothing."""

    def mark(self) -> int:
        """Always the beginning."""
        return 0


class Unable(Player):
    """Nothing can be done."""

    why: Unreachable

    def step(self, asked: Asked, ahead: Sequence[Asked] = ()) -> Step:  # noqa: ARG002  # those of a Player
        """No step."""
        raise self.why


class Answering:
    """An engine that gives its answers one after the other."""

    name = "docker"
    storage = "graph"

    def __init__(self, *answers: Reply) -> None:
        self.left = list(answers)

    def ask(self, _method: str, _path: str, *_: object, **__: object) -> Reply:
        """The next one."""
        return self.left.pop(0)


def stage(*answers: Reply) -> Stage:
    """Things on such an engine."""
    return Stage(cast("Engine", Answering(*answers)), "hullcheck-t")


@pytest.mark.parametrize(
    ("why", "left"), [(Unreachable("not here"), 0), (Lost("not here"), 2), (Missed("not here"), 2)]
)
def test_only_what_costs_the_state_ends_a_sequence(why: Unreachable, left: int) -> None:
    """A read that cannot be done is left out; where trying it has cost the state, what comes after it is left."""
    player = Unable(specification(), GROUNDS[0].world, stage(), cast("Listener", Silent()))
    player.why = why
    run = player.play([LIST, LIST])
    assert (run.unreachable, len(run.left), run.missed) == ("not here", left, isinstance(why, Missed))
    assert [taken.rule.id for taken in [run.lost] if taken] == ["container.list.shown"] * (left > 0)


@pytest.mark.parametrize(
    ("was", "asked", "heard", "late"),
    [
        (Status.RESTARTING, [], ["start", "pause"], True),
        (Status.RESTARTING, [], ["pause"], False),
        (Status.RESTARTING, ["stop", "start"], ["stop", "start"], False),
        (Status.STOPPED, [], ["start"], False),
    ],
)
def test_an_engine_that_restarted_a_container_meanwhile_was_late(
    was: Status, asked: list[str], heard: list[str], *, late: bool
) -> None:
    """What it told besides says nothing then; but a start that was asked for, or that nothing made it do, does."""
    taken = SimpleNamespace(
        before=GROUNDS[0].world.setting({(status, (0,)): was}),
        events=[Happening("container", action, (0,), {}) for action in asked],
    )
    told = [Told("container", action, 0, {}) for action in heard]
    step = SimpleNamespace(asked=PAUSE, taken=taken, events=told)
    assert playing._was_restarted(cast("Step", step)) is late
    step.asked = Asked("daemon.crash", {})
    assert not playing._was_restarted(cast("Step", step))


def test_what_would_bring_the_engine_elsewhere_is_not_asked() -> None:
    """An unnamed archive of what has a name, on the containerd store; a commit of what has lost its program."""
    things = stage(Reply(200))
    things.engine.storage = "containerd"
    things.archives[0] = b""
    held = {(archived, (0, 0)): True, (refers, (0,)): 0}
    world = next(ground for ground in GROUNDS if ground.scope.name == "archives").world.setting(held)
    with pytest.raises(Unreachable, match="lists such an image twice"):
        perform(things, Asked("image.load", {"a": 0}), world)
    assert (
        perform(things, Asked("image.load", {"a": 0}), world.setting({(archived_reference, (0, 0)): 0})).status == 200
    )
    things.broken.add(0)
    with pytest.raises(Unreachable, match="lost the program"):
        perform(things, Asked("container.commit", {"c": 0, "pause": False, "i": 0}), world)


def test_a_freeze_that_runc_gives_up_is_asked_for_again() -> None:
    """The answer is the first one that is another; after five that say so it is the last."""
    failed, done = Reply(500, "cannot pause container c: OCI runtime pause failed: unable to freeze"), Reply(204)
    state = GROUNDS[0].world
    assert perform(stage(failed, failed, done), PAUSE, state) == done
    assert perform(stage(*[failed] * 5), PAUSE, state) == failed
