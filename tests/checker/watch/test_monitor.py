"""Streams, recorded, mutilated and generated."""

from __future__ import annotations

import json
import random
import tracemalloc
from pathlib import Path

import pytest
from streams import event, many, told

from dockspec import specification
from hullcheck.watch import Finding, Monitor, Skipped, monitor

# the streams that were recorded, with the dialect that each shows
STREAMS = {
    "docker-20.10": "docker",
    "docker-26.1": "docker",
    "docker-28.5": "docker",
    "docker-28.5-containerd": "docker-containerd",
    "podman-4.3": "podman",
    "podman-5.4": "podman",
    "podman-5.8": "podman",
    "podman-5.8-own": "podman",
}
DOCKERS = tuple(name for name in STREAMS if name.startswith("docker"))


def follow(
    lines: list[bytes], *, lossy: bool = False, dialect: str | None = None
) -> tuple[Monitor, list[Finding | Skipped]]:
    """Follow a stream; the monitor, and what it reported."""
    follower = Monitor(specification(dialect) if dialect else None, lossy=lossy)
    return follower, list(follower.feed(lines))


def lines_of(recorded: Path, name: str) -> list[bytes]:
    """A recorded stream."""
    return (recorded / f"{name}.jsonl").read_bytes().splitlines(keepends=True)


@pytest.mark.parametrize("name", STREAMS)
def test_recorded_streams_replay_clean(recorded: Path, name: str) -> None:
    """What a real engine told in a varied session is allowed, all of it."""
    lines = lines_of(recorded, name)
    follower, found = follow(lines)
    assert not found
    assert follower.counts.events == len(lines) > 300
    assert follower.counts.checked > len(lines) * 0.45
    assert follower.dialect == STREAMS[name]


@pytest.mark.parametrize("name", STREAMS)
def test_recorded_streams_hold_in_the_dialect_that_is_asked_for(recorded: Path, name: str) -> None:
    """A dialect that is named is not overruled by what the stream shows."""
    follower, found = follow(lines_of(recorded, name), dialect="docker")
    assert not found
    assert follower.dialect == "docker"


@pytest.mark.parametrize("name", STREAMS)
def test_recorded_streams_can_be_joined_anywhere(recorded: Path, name: str) -> None:
    """The rest of a recorded stream is allowed, wherever one begins to read."""
    lines = lines_of(recorded, name)
    for start in range(0, len(lines), 7):
        _, found = follow(lines[start:])
        assert not found, (start, found[0])


@pytest.mark.parametrize("name", STREAMS)
def test_recorded_streams_with_gaps_are_tolerated(recorded: Path, name: str) -> None:
    """With missing events tolerated, a stream from which any tenth of the lines was lost has no findings."""
    lines = lines_of(recorded, name)
    for seed in range(5):
        draw = random.Random(seed)  # noqa: S311  # no secret
        follower, found = follow([line for line in lines if draw.random() > 0.1], lossy=True)
        assert not found, (seed, found[0])
        assert follower.counts.gaps


# --- mutilated streams: which line shows it -----------------------------------------------------------------------

# by stream: (what is done, with which line of the file, the line of the mutilated stream that shows it)
MUTILATED_20 = [
    ("drop", 2, 2, "start: the pause needs a running container"),
    ("drop", 3, 3, "pause: there is nothing to unpause"),
    ("drop", 4, 7, "unpause: the next exec needs a running container"),
    ("drop", 9, 9, "exec_start: what dies was never started"),
    ("drop", 8, 8, "exec_create: what starts was never made"),
    ("drop", 32, 33, "die: the start needs a stopped container"),
    ("drop", 82, 83, "die: the container runs already"),
    ("drop", 88, 88, "start: what ends was never started"),
    ("drop", 77, 77, "die: a running container is not destroyed"),
    ("drop", 364, 365, "load: a deleted image has no tag"),
    ("double", 1, 2, "create"),
    ("double", 2, 3, "start"),
    ("double", 3, 4, "pause"),
    ("double", 4, 5, "unpause"),
    ("double", 8, 9, "exec_create"),
    ("double", 9, 10, "exec_start"),
    ("double", 10, 11, "exec_die"),
    ("double", 42, 43, "die"),
    ("double", 110, 111, "destroy"),
    ("double", 230, 231, "die"),
    ("double", 234, 235, "stop"),
    ("double", 78, 79, "destroy"),
    ("double", 355, 356, "delete of an image"),
    ("swap", 1, 2, "create and start"),
    ("swap", 3, 3, "pause and unpause"),
    ("swap", 8, 8, "exec_create and exec_start"),
    ("swap", 9, 9, "exec_start and exec_die"),
    ("swap", 77, 77, "die and destroy"),
    ("swap", 354, 355, "untag and delete"),
]
MUTILATED_28 = [
    ("drop", 3, 3, "start: the pause needs a running container"),
    ("drop", 4, 4, "pause: there is nothing to unpause"),
    ("drop", 9, 9, "exec_create: what starts was never made"),
    ("drop", 38, 39, "die: the start needs a stopped container"),
    ("drop", 97, 97, "die: a paused container is not destroyed"),
    ("drop", 505, 506, "load: an image that was deleted has no name to lose"),
    ("double", 1, 2, "create"),
    ("double", 3, 4, "start"),
    ("double", 38, 39, "die"),
    ("double", 98, 99, "destroy"),
    ("double", 496, 497, "delete of an image"),
    ("swap", 4, 4, "pause and unpause"),
    ("swap", 9, 9, "exec_create and exec_start"),
    ("swap", 134, 134, "die and destroy"),
    ("swap", 97, 97, "die and destroy"),
    ("swap", 495, 496, "untag and delete"),
]
MUTILATED_PODMAN = [
    ("drop", 3, 3, "start: the pause needs a running container"),
    ("drop", 4, 4, "pause: there is nothing to unpause"),
    ("drop", 19, 20, "die: the start needs a stopped container"),
    ("drop", 34, 35, "die: the start needs a stopped container"),
    ("drop", 38, 38, "die: a paused container is not destroyed"),
    ("double", 1, 2, "create"),
    ("double", 3, 4, "start"),
    ("double", 4, 5, "pause"),
    ("double", 34, 35, "die"),
    ("double", 39, 40, "destroy"),
    ("swap", 3, 3, "start and pause"),
    ("swap", 4, 4, "pause and unpause"),
    ("swap", 38, 38, "die and destroy"),
    ("swap", 43, 43, "start and die"),
]
MUTILATED = [
    (stream, *mutilation)
    for stream, several in (
        ("docker-20.10", MUTILATED_20),
        ("docker-28.5", MUTILATED_28),
        ("podman-5.8", MUTILATED_PODMAN),
    )
    for mutilation in several
]
ENDS = {"docker-20.10": (78, 200), "docker-28.5": (98, 200), "podman-5.8": (39, 300)}
"""The line with which a container goes, and one that is much later."""
ADDED = [
    (stream, action)
    for stream in ENDS
    for action in ("create", "start", "die", "pause", "unpause", "destroy", "stop", "restart", "commit")
    if not (stream.startswith("podman") and action in {"stop", "restart"})  # which Podman tells when it likes
]


def mutilated(lines: list[bytes], how: str, number: int) -> list[bytes]:
    """The stream with one line dropped or doubled, or swapped with the next (the times stay in order)."""
    at = number - 1
    match how:
        case "drop":
            return [*lines[:at], *lines[at + 1 :]]
        case "double":
            return [*lines[: at + 1], lines[at], *lines[at + 1 :]]
        case _:
            return [*lines[:at], lines[at + 1], lines[at], *lines[at + 2 :]]


@pytest.mark.parametrize(
    ("stream", "how", "number", "shown", "why"), MUTILATED, ids=["-".join(map(str, m[:3])) for m in MUTILATED]
)
def test_a_mutilated_stream_is_reported_at_the_right_line(  # noqa: PLR0917  # what is done where, and what shows it
    recorded: Path, stream: str, how: str, number: int, shown: int, why: str
) -> None:
    """One event dropped, doubled or swapped with the next shows at the first line that contradicts it."""
    _, found = follow(mutilated(lines_of(recorded, stream), how, number))
    assert [f.line for f in found][:1] == [shown], why


@pytest.mark.parametrize(("stream", "action"), ADDED)
def test_an_impossible_event_is_reported_where_it_was_added(recorded: Path, stream: str, action: str) -> None:
    """After its end nothing is told of a container, whatever it is."""
    lines = lines_of(recorded, stream)
    gone, later = ENDS[stream]
    end = json.loads(lines[gone - 1])
    assert end["Action"] in {"destroy", "remove"}
    time = json.loads(lines[later - 1])["timeNano"]
    lines.insert(later, json.dumps({**end, "status": action, "Action": action, "timeNano": time}).encode())
    _, found = follow(lines)
    assert [f.line for f in found] == [later + 1]
    assert isinstance(found[0], Finding)
    assert (found[0].action, found[0].gone, found[0].allowed) == (action, gone, ())
    assert [(t.line, t.action) for t in found[0].history][-1] == (gone, end["Action"])


CHANGES = {"create", "start", "die", "died", "pause", "unpause", "destroy", "remove"}
"""What changes a container's state, in every engine's words."""


def said(line: bytes) -> tuple[str, str, str]:
    """Type, action and id of an event, in either form."""
    event = json.loads(line)
    actor = event.get("Actor", event)
    return event["Type"], event.get("Action") or event["Status"], actor.get("ID", "")


@pytest.mark.parametrize("name", STREAMS)
def test_a_doubled_event_that_changes_a_state_is_seen_at_once(recorded: Path, name: str) -> None:
    """Of the events that change a container's state every one that is doubled is reported in the next line."""
    lines = lines_of(recorded, name)
    places = [
        n
        for n, line in enumerate(lines, 1)
        if said(line)[0] == "container" and said(line)[1] in CHANGES and said(line)[2]
    ]
    for n in places[::9]:
        assert [f.line for f in follow(mutilated(lines, "double", n))[1]][:1] == [n + 1]


DROPPED = {
    **dict.fromkeys(DOCKERS, 0.80),
    "podman-4.3": 0.69,
    **dict.fromkeys(("podman-5.4", "podman-5.8", "podman-5.8-own"), 0.89),
}
"""The least part of the events that are missed when they are dropped; the others are mostly the first of an object."""


@pytest.mark.parametrize("name", STREAMS)
def test_most_mutilations_are_seen(recorded: Path, name: str) -> None:
    """Of two changes of a container's state in turn most first ones are missed, and all show in the wrong order."""
    lines = lines_of(recorded, name)
    facts = [said(line) for line in lines]
    missed = tried = 0
    for n, (kind, action, identity) in enumerate(facts):
        if kind == "container" and action in CHANGES and identity:
            after = next((k for k in range(n + 1, len(facts)) if facts[k][2] == identity), n)
            if after != n and facts[after][1] in CHANGES:
                tried += 1
                swapped = list(lines)
                swapped[n], swapped[after] = lines[after], lines[n]
                assert follow(swapped)[1], n + 1
                missed += bool(follow(mutilated(lines, "drop", n + 1))[1])
    assert missed / tried >= DROPPED[name], (missed, tried)


# --- findings -----------------------------------------------------------------------------------------------------


def test_a_finding_says_what_came_before_and_what_was_allowed() -> None:
    """The line, the object, its last events, its states, and the actions that would have been allowed."""
    _, found = follow(told("create", "start", "pause", "start"))
    (finding,) = found
    assert isinstance(finding, Finding)
    assert (finding.line, finding.type, finding.name, finding.action) == (4, "container", "web", "start")
    assert [(t.line, t.action) for t in finding.history] == [(1, "create"), (2, "start"), (3, "pause")]
    assert [s.value for s in finding.statuses] == ["paused"]  # type: ignore[union-attr]
    assert {"unpause", "kill", "commit"} <= set(finding.allowed)
    assert "start" not in finding.allowed


def test_a_mistake_is_reported_once() -> None:
    """After a finding the object is followed from the event that was found."""
    _, found = follow(told("create", "start", "destroy", "start", "pause", "unpause", "kill", "die", "stop"))
    assert [f.line for f in found] == [3, 4]
    _, found = follow(told("create", "start", "start", "pause", "unpause", "kill", "die", "stop", "destroy"))
    assert [f.line for f in found] == [3]


def test_objects_do_not_disturb_one_another() -> None:
    """Two containers in step are two lives."""
    one, two = told("create", "start", "die", "destroy"), told("create", "start", "die", "destroy", name="db")
    _, found = follow([line for pair in zip(one, two, strict=True) for line in pair])
    assert not found


def test_an_exec_has_a_life_of_its_own() -> None:
    """Several at once, each with an id; they end with the container at the latest, and a new run knows none of them."""

    def told_of(action: str, process: str = "") -> bytes:
        return event(action, **({"execID": process} if process else {}))

    begun = [told_of("create"), told_of("start")]
    two = [told_of(f"exec_{what}: sh -c 'a: b'", process) for what in ("create", "start") for process in ("p", "q")]
    ends = [told_of("kill"), told_of("exec_die", "q"), told_of("die"), told_of("exec_die", "p")]
    assert not follow([*begun, *two, *ends])[1]
    assert [f.line for f in follow([*begun, *two, *ends, told_of("exec_die", "p")])[1]] == [11]
    again = [told_of("die"), told_of("start"), told_of("exec_die", "p")]
    assert [f.line for f in follow([*begun, *two, *again])[1]] == [9]
    follower, found = follow([*told("create", "start", "die", "destroy"), told_of("exec_die", "p")])
    assert [f.line for f in found] == [5]
    assert follower.alive == 0  # what is gone is forgotten again
    assert [f.line for f in follow([told_of("exec_die", "p")])[1]] == []  # it may have begun before the stream


def test_what_is_out_of_scope_passes() -> None:
    """Networks, volumes, attach, health checks, prunes: counted, not judged."""
    lines = [
        *told("attach", "resize", "health_status: healthy", "oom", "archive-path"),
        *told("connect", kind="network"),
        *told("mount", kind="volume"),
        b'{"Type":"container","Action":"prune","Actor":{"ID":"","Attributes":{"reclaimed":"0"}}}\n',
        b'{"Type":"builder","Action":"prune","Actor":{"ID":"","Attributes":{}}}\n',
    ]
    follower, found = follow(lines)
    assert not found
    assert (follower.counts.events, follower.counts.passed) == (len(lines), len(lines))


def test_what_is_no_event_is_reported_and_skipped() -> None:
    """Text, broken JSON, JSON that is no event, bytes that are no text: none of them ends the watch."""
    rubbish = [
        b"hello\n", b'{"Type":"container"', b"[1, 2]\n", b"7\n", b"{}\n", b'{"Type":"container","Action":null}\n',
        b"\xff\xfe\n", b'{"Type":"image","Action":"tag","Actor":7}\n', b"[" * 100_000,
        b'{"Type":"container","Action":["start"],"Actor":{"ID":"a"}}\n',
        b'{"Type":"container","Action":"start","Actor":{"ID":{}}}\n',
        b'{"Type":"container","Action":"start","Actor":{"ID":"a"},"timeNano":"soon"}\n',
    ]  # fmt: skip
    lines = [line for pair in zip(rubbish, told(*["top"] * len(rubbish)), strict=True) for line in pair]
    follower, found = follow([b"\n", *told("create", "start"), *lines, *told("start")])
    assert [f.line for f in found if isinstance(f, Skipped)] == [4 + 2 * n for n in range(len(rubbish))]
    assert [f.line for f in found if isinstance(f, Finding)] == [follower.counts.lines]
    assert follower.counts.skipped == len(rubbish)


def test_what_podman_itself_prints_is_understood() -> None:
    """``podman events --format json`` has fields and words of its own."""
    lines = [
        json.dumps({"ID": "a" * 64, "Name": "web", "Status": status, "Type": "container", "time": 1}).encode()
        for status in ("create", "init", "start", "died", "cleanup", "remove", "start")
    ]
    assert [f.line for f in follow(lines)[1]] == [7]


def test_time_tells_what_did_not_come() -> None:
    """A late record comes at once; long after, it is another call, and none is allowed."""
    assert not follow(told("create", "start", "die", "kill"))[1]
    assert [f.line for f in follow(told("create", "start", "die", "kill", apart=60.0))[1]] == [4]


# --- missing events -----------------------------------------------------------------------------------------------


def test_the_containerd_store_shows_itself() -> None:
    """An untag that gives the name is of the containerd store; what was known of images before is held no more."""
    untag = event("untag", "base", kind="image", at=1.5)
    named = untag.replace(b'"name":"base"', b'"name":"app:1"')
    by_id = untag.replace(b'"name":"base"', b'"name":"sha256:1"')
    follower, found = follow([*told("delete", name="base", kind="image"), by_id])
    assert (follower.dialect, len(found)) == ("docker", 1)
    follower, found = follow([*told("delete", name="base", kind="image"), named])
    assert (follower.dialect, found) == ("docker-containerd", [])
    again = event("untag", "base", kind="image", at=60.0)
    assert not follow([named, *told("delete", name="base", kind="image"), again])[1]  # what is built on it keeps it


def test_each_podman_shows_itself() -> None:
    """One that gives each event an exit code may leave out that a removal killed; later ones may not."""

    def lines(**more: str) -> list[bytes]:
        return [event(action, podId="", **more) for action in ("create", "start", "remove")]

    assert [f.line for f in follow(lines())[1]] == [3]
    assert not follow(lines(containerExitCode="0"))[1]
    own = [
        json.dumps({"ID": "a", "Name": "web", "Status": status, "Type": "container", "Time": "2026-01-01T00:00:00Z"})
        for status in ("create", "start", "remove")
    ]
    assert not follow([line.encode() for line in own])[1]


def test_gaps_are_counted_where_events_may_be_missing() -> None:
    """What some missing events explain is a gap; what none can explain is still a finding."""
    follower, found = follow(told("create", "start", "start", "pause", "exec_create"), lossy=True)
    assert not found
    assert follower.counts.gaps == 2
    _, found = follow(told("create", "destroy", "start"), lossy=True)
    assert [f.line for f in found] == [3]
    _, found = follow(told("create", "start", "create"), lossy=True)
    assert [f.line for f in found] == [3]
    assert not follow(told("tag", "untag", "delete", "untag", kind="image"), lossy=True)[1]  # a load was missed


# --- size ---------------------------------------------------------------------------------------------------------


def test_generated_streams_are_allowed() -> None:
    """What the benchmark follows is a life that Docker allows."""
    follower, found = follow(list(many(3_000)))
    assert not found
    assert follower.counts.checked > 2_500


def test_memory_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is gone is forgotten but for the newest ids: five times the events take no more memory."""
    monkeypatch.setattr(monitor, "REMEMBERED", 50)
    follower = Monitor(specification())
    stream = many(12_000, together=10)
    sizes = []
    tracemalloc.start()
    try:
        for turn in range(6):
            for _ in range(2_000):
                assert follower.line(next(stream)) is None
            if turn in {0, 5}:
                sizes.append(tracemalloc.get_traced_memory()[0])
    finally:
        tracemalloc.stop()
    assert follower.alive <= 20
    assert sizes[1] - sizes[0] < 100_000
