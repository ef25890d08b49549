"""What the stream may show of one container."""

from __future__ import annotations

import pytest

from dockspec import specification
from hullcheck.watch.projection import REFUSED, Projection
from hullcheck.watch.views import IMAGES
from hullcheck.watch.vocabulary import DOCKER


def follow(projection: Projection, events: str, start: int | None = None) -> int:
    """The set after these events; ``REFUSED`` as soon as one is not allowed, ``...`` is some time without any."""
    number = projection.new if start is None else start
    for action in events.split():
        if number == REFUSED:
            return REFUSED
        number = projection.tick(projection.tick(number)) if action == "..." else projection.step(number, action)
    return number


ALLOWED = {
    "a life": "create start die destroy",
    "a stop": "create start kill die stop",
    "a stop of 28": "create start kill stop die",
    "a stop of one that does not listen": "create start kill kill die stop",
    "the kill is told late": "create start die kill stop",
    "both kills are told late": "create start kill die kill stop",
    "a stop of a paused one": "create start pause kill unpause die stop",
    "a kill of a paused one": "create start pause kill die",
    "a signal to a paused one": "create start pause kill unpause die kill",
    "an exec during a stop": "create start kill exec_create exec_start kill die stop",
    "all sorts during a stop": "create start kill pause unpause rename update pause commit unpause kill die stop",
    "two stops at once": "create start kill kill kill die stop stop start",
    "ten stops at once": f"create start {'kill ' * 10} die {'stop ' * 10}",
    "rm -f during a stop": "create start kill kill die stop destroy",
    "rm -f during a stop, told after": "create start kill kill die destroy stop",
    "a restart": "create start kill die stop start restart kill die stop",
    "a restart of a stopped one": "create start die start restart",
    "a stop while it waits to be restarted": "create start die start die stop",
    "rm -f while it waits to be restarted": "create start die destroy",
    "a restart while it waits to be restarted": "create start die stop start restart",
    "--rm": "create start kill die stop destroy",
    "a start that fails": "create destroy",
    "a step of a build": "create start die destroy",
    "a commit": "create start pause commit unpause commit",
    "an exec that is told late": "create start kill die exec_create",
    "a top that is told late": "create start kill die top stop destroy",
    "a commit that is told late": "create destroy commit",
    "a stop of a paused one that kills at once": "create start pause kill kill die stop",
    "a stop beside a restart, told after it": "create start kill kill kill kill die stop start restart stop",
    "many signals": f"create start {'kill ' * 40} die",
}

REFUSED_AT_THE_END = {
    "two starts": "create start start",
    "two creates": "create create",
    "two dies": "create start die die",
    "two stops in a row": "create start kill die stop stop",
    "two pauses": "create start pause pause",
    "unpause of a running one": "create start unpause",
    "an exec in a stopped one": "create start die ... exec_create",
    "an exec in one that was never started": "create exec_create",
    "a stop that is told after a start": "create start kill die start stop",
    "a commit of one that is gone": "create start die destroy ... commit",
    "an exec in a paused one": "create start pause exec_create",
    "pause of one that was never started": "create pause",
    "die before start": "create die",
    "rm of a running one": "create start destroy",
    "rm of a paused one": "create start pause destroy",
    "a second stop, later": "create start kill die stop ... stop",
    "a stop without a die": "create start kill stop start",
    "something after the end": "create start die destroy start",
    "made again under its old id": "create destroy create",
    "restart long after a start": "create start die ... restart",
    "a stop long after the end": "create start kill die ... stop",
    "a kill long after the end": "create start kill die ... kill",
}


@pytest.mark.parametrize("events", ALLOWED.values(), ids=ALLOWED)
def test_allowed(projection: Projection, events: str) -> None:
    """What Docker does is explained."""
    assert follow(projection, events) != REFUSED


@pytest.mark.parametrize("events", REFUSED_AT_THE_END.values(), ids=REFUSED_AT_THE_END)
def test_refused(projection: Projection, events: str) -> None:
    """What no behaviour does is refused, at the last event and not before."""
    assert follow(projection, events.rsplit(maxsplit=1)[0]) != REFUSED
    assert follow(projection, events) == REFUSED


def test_joining_in_the_middle_narrows(projection: Projection) -> None:
    """Of an unknown container every event is possible; what follows from it is known."""
    assert set(projection.allowed(projection.unknown)) == set(projection.actions)
    for action in projection.actions:
        after = projection.step(projection.unknown, action)
        assert set(projection.allowed(after)) < set(projection.actions)
    assert follow(projection, "pause start", projection.unknown) == REFUSED
    assert follow(projection, "stop", projection.unknown) != REFUSED  # in the middle of a stop
    assert follow(projection, "stop stop stop stop die", projection.unknown) != REFUSED  # in the middle of four
    assert follow(projection, "destroy start", projection.unknown) == REFUSED


def test_unknown_allows_whatever_known_allows(projection: Projection) -> None:
    """Every allowed sequence stays allowed when its beginning was not seen."""
    for events in ALLOWED.values():
        actions = events.split()
        for n in range(len(actions)):
            if "kill kill kill" not in events:  # more than one operation under way
                assert follow(projection, " ".join(actions[n:]), projection.unknown) != REFUSED, (events, n)


def test_lost_events(projection: Projection) -> None:
    """With events missing anything can follow, but nothing after the end and no second beginning."""
    running = follow(projection, "create start")
    assert projection.step(projection.lost(running), "start") != REFUSED
    assert projection.step(projection.lost(running), "create") == REFUSED
    gone = follow(projection, "create destroy")
    assert projection.step(projection.lost(gone), "start") == REFUSED


def test_sets_stay_small(projection: Projection) -> None:
    """What one situation explains is not kept beside it: the sets do not grow with what happened."""
    number = follow(projection, f"create start {'kill ' * 30} die {'stop ' * 10} start {'kill ' * 30}")
    assert len(projection._sets[number]) < 40


def test_images() -> None:
    """A deleted image is gone until it is loaded, pulled or tagged again."""
    images = Projection(specification(), IMAGES, DOCKER)
    assert follow(images, "tag import tag untag untag delete") != REFUSED
    deleted = follow(images, "tag untag delete")
    assert images.step(deleted, "save") != REFUSED  # it is told when it is over
    deleted = images.tick(images.tick(deleted))
    for action in ("delete", "untag", "save"):
        assert images.step(deleted, action) == REFUSED
        assert images.step(images.elsewhere(deleted, "pull"), action) != REFUSED
        assert follow(images, f"load {action}", deleted) != REFUSED
    assert follow(images, "tag untag", deleted) != REFUSED
