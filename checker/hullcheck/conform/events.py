"""The engine's events: read in the background, told apart by run, and held against the phases of a rule."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from itertools import combinations
from typing import Any, Final, NamedTuple

from dockspec.evaluation import Happening
from dockspec.operations.shared import Patience, Race
from hullcheck.cells.cell import matches, shown_attribute
from hullcheck.conform.engine import Engine
from hullcheck.conform.stage import LABEL, Stage
from hullcheck.conform.views import code_class
from hullcheck.steps import Taken


class Told(NamedTuple):
    """An event as an engine told it: of a slot, with what a specification can know of it."""

    type: str
    action: str
    slot: int | None
    attributes: Mapping[str, str]

    def __str__(self) -> str:
        told = [f"{name}={value}" for name, value in self.attributes.items()]
        return " ".join([f"{self.type}:{self.action}", str("" if self.slot is None else self.slot), *told]).strip()


_OURS: Final = {
    "archive-path", "extract-to-dir", "resize", "exec_detach",
    "detach",
    "cleanup", "init", "mount", "unmount", "sync",
}  # fmt: skip
"""What says nothing of the container itself: what conform's own looking and acting emits; that the classic builder
stopped attending to a step's output, told only if the step ends before its stream (daemon/attach.go:containerAttach,
seen on 20.10.24 in some builds); and what Podman tells beyond Docker's events."""

TRANSFERS: Final = {"pull", "push"}
"""Events about a reference, where others are about an image."""

_DOCKERS: Final = {
    ("container", "died"): "die",
    ("container", "remove"): "destroy",
    ("container", "exec"): "exec_start",
    ("container", "exec_died"): "exec_die",
    ("image", "remove"): "delete",
    ("image", "loadfromarchive"): "load",
}
"""Podman's words for Docker's events."""

_UNRELIABLE: Final = {("podman", "image", "delete"), ("podman", "container", "exec_die")}
"""What is not compared. Podman tells of each image that rmi comes by, whether it goes or not, and a while later
(libimage/image.go:removeRecursive); and that an exec has ended when it next looks at it, maybe as late as at the end of
its container (libpod/container_exec.go:getActiveExecSessions; seen on 4.3.1, 5.4.2 and 5.8.6)."""

_OPEN: Final = {
    frozenset(pair)
    for pair in (
        ("kill", "die"), ("kill", "unpause"), ("unpause", "die"), ("die", "stop"), ("unpause", "stop"),
        ("exec_die", "die"), ("exec_die", "kill"), ("exec_die", "unpause"), ("exec_start", "exec_die"),
        ("kill", "stop"), ("stop", "destroy"), ("kill", "destroy"),
    )
}  # fmt: skip
"""Pairs of actions on one object whose order no engine promises."""


class Listener:
    """Reads an engine's events in a thread of its own.

    Attributes:
        broken: why the stream ended; empty while it goes on.
        restarted: where the stream was when the engine was stopped last.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine.another()
        self._events: list[Mapping[str, Any]] = []
        self._told = set[tuple[object, ...]]()
        self._lock = threading.Lock()
        self.broken = ""
        self.restarted = 0
        self._closed = False
        self._listen(time.time())

    def _listen(self, since: float) -> None:
        self._stream = self._engine.stream("/events", since=str(int(since)))
        self._thread = threading.Thread(target=self._read, name="events", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop listening."""
        self._end()
        self._engine.close()

    def _end(self) -> None:
        self._closed = True
        with suppress(OSError):
            self._stream.close()
        self._thread.join(5)

    @contextmanager
    def over_a_restart(self) -> Iterator[None]:
        """While the engine is stopped and started again: its stream ends by itself, and a new one is read.

        An engine that starts does not tell anew what it told before, so nothing comes twice.
        """
        since = time.time()
        self.restarted = self.mark()
        self._closed = True
        yield
        self._thread.join(5)
        self._end()
        self._engine.close()  # what it is connected to is gone
        self._closed = False
        self._listen(since)

    def mark(self) -> int:
        """Where the stream is now."""
        with self._lock:
            return len(self._events)

    def since(self, mark: int) -> list[Mapping[str, Any]]:
        """The events after a mark."""
        with self._lock:
            return self._events[mark:]

    def last(self, identity: str, actions: Collection[str]) -> str:
        """The last of some actions that was told of an object; empty where none was."""
        with self._lock:
            for event in reversed(self._events):
                if event.get("Action") in actions and (event.get("Actor") or {}).get("ID") == identity:
                    return str(event["Action"])
        return ""

    def _read(self) -> None:
        try:
            while self._hear() and self._engine.name == "podman" and not self._closed:
                self._stream = self._engine.stream("/events", since=str(self._events[-1]["time"]))
            self.broken = "" if self._closed else "the engine ended its stream of events"
        except Exception as error:  # noqa: BLE001  # whatever ends the stream is told to who waits
            self.broken = "" if self._closed else f"the stream of events broke: {error}"

    def _hear(self) -> bool:
        """Hear a stream to its end; whether it told anything new.

        When Podman begins another log file, it tells all anew (5.8.6) or ends the stream (4.3.1).
        """
        before = len(self._told)
        for event in self._stream:
            key = (event.get("timeNano"), event.get("Type"), event.get("Action"), str(event.get("Actor")))
            if key not in self._told:
                self._told.add(key)
                with self._lock:
                    self._events.append(event)
        return len(self._told) > before


def told(raw: Sequence[Mapping[str, Any]], stage: Stage, fresh: int | None) -> list[Told]:
    """The events of one run; a container that nobody knows yet, but that bears the run's label, is the fresh one."""
    found = []
    references = {stage.reference(slot): slot for slot in range(len(stage.references))}
    for event in raw:
        actor = event.get("Actor") or {}
        attributes = actor.get("Attributes") or {}
        kind, action = str(event.get("Type", "")), str(event.get("Action", "")).partition(":")[0]
        identity = str(actor.get("ID", ""))
        owner = stage.owners.get(identity) or stage.owners.get(f"sha256:{identity}")
        if owner is None and identity[:12] in stage.builders:
            owner = ("container", stage.builders[identity[:12]])
        if owner is None and kind == "container" and attributes.get(LABEL) == stage.prefix:
            owner = ("container", -1 if fresh is None else fresh)
        if kind == "image" and action in TRANSFERS:  # Podman's are of the image, and name the reference
            slots = [references[name] for name in (identity, attributes.get("name")) if name in references]
            owner = ("image", slots[0]) if slots else None
        if kind in {"container", "image"} and action == "prune":
            found.append(Told(kind, action, None, {}))
            continue
        action = _DOCKERS.get((kind, action), action)
        ours = action in _OURS or (stage.engine.name, kind, action) in _UNRELIABLE
        if owner is None or ours or kind not in {"container", "image"} or owner[0] != kind:
            continue
        if action == "exec_die" and attributes.get("execID") != stage.newest_exec(owner[1]):
            continue  # of one that was started before the newest the specification keeps nothing
        found.append(Told(kind, action, owner[1], _attributes(attributes)))
    return found


def _attributes(given: Mapping[str, str]) -> Mapping[str, str]:
    found = {name: given[name] for name in ("signal", "oldName") if name in given}
    code = given.get("exitCode", given.get("containerExitCode"))
    return found | ({"exitCode": code_class(code)} if code is not None else {})


def without_flicker(events: Sequence[Told], slots: Sequence[int], *, first_die: bool) -> list[Told]:
    """Without the starts and ends of containers that are restarted all the time; ``first_die``: the first end stays."""
    kept, seen = [], set[int | None]()
    for event in events:
        if event.type == "container" and event.slot in slots and event.action in {"start", "die", "restart"}:
            if first_die and event.action == "die" and event.slot not in seen:
                seen.add(event.slot)
                kept.append(event)
            continue
        kept.append(event)
    return kept


def without_vain_starts(events: Sequence[Told], slots: Collection[int]) -> list[Told]:
    """Without the starts of containers that wait to be restarted, where each ends again before what is asked is told.

    On a busy machine a request may take longer than they wait.
    """
    kept = list(events)
    for slot in slots:
        own = [event for event in kept if (event.type, event.slot) == ("container", slot)]
        while [event.action for event in own[:2]] == ["start", "die"]:
            for event in own[:2]:
                kept.remove(event)
            own = own[2:]
    return kept


def may_be_missing(taken: Taken) -> Callable[[Happening], bool]:
    """Which events of a step a race may swallow.

    Without any patience, the second signal, if the first is enough; and what a daemon that ends removes (--rm), if its
    stream is closed before that is told (Docker 28.5.2 in some restarts; daemon/monitor.go removes it on the side).
    """
    hasty = taken.binding.get("patience") is Patience.NONE and taken.binding.get("race") is Race.TERM
    ending = taken.operation.id == "daemon.restart"
    return lambda happening: (
        (hasty and happening.action == "kill" and happening.attributes.get("signal") == "9")
        or (ending and happening.action == "destroy")
    )


def agree(taken: Taken, found: Sequence[Told], engine: str) -> bool:
    """Whether the events are those of a step, as far as an engine of that name can be relied on; see ``is_order``."""
    wanted, optional = _reliable(taken, engine), may_be_missing(taken)
    shorter = [happening for happening in wanted if not optional(happening)]
    heard = without_echo(wanted, found)
    return is_order(wanted, heard) or (len(shorter) < len(wanted) and is_order(shorter, heard))


def without_echo(expected: Sequence[Happening], found: Sequence[Told]) -> list[Told]:
    """Without a second pause and unpause, where an unpause is expected.

    Docker tells both twice where they follow each other so quickly that containerd's own word comes after the second:
    it then finds the container not paused, and tells again (daemon/monitor.go:ProcessEvent).
    """
    wanted = Counter(happening.action for happening in expected)
    number = Counter(event.action for event in found)
    extra = number["pause"] - wanted["pause"]
    if not wanted["unpause"] or extra <= 0 or number["unpause"] - wanted["unpause"] != extra:
        return list(found)
    kept, left = list[Told](), Counter({"pause": wanted["pause"], "unpause": wanted["unpause"]})
    for event in found:
        if event.action in left:
            left[event.action] -= 1
            if left[event.action] < 0:
                continue
        kept.append(event)
    return kept


def is_complete(taken: Taken, found: Sequence[Told], engine: str) -> bool:
    """Whether no race has swallowed an event."""
    wanted = _reliable(taken, engine)
    return is_order(wanted, without_echo(wanted, found))


def is_told_reliably(taken: Taken, engine: str) -> bool:
    """Whether all events of a step are among those that an engine of that name tells in time, if at all."""
    return len(_reliable(taken, engine)) == len(taken.events)


def _reliable(taken: Taken, engine: str) -> list[Happening]:
    return [h for h in taken.events if (engine, h.type, h.action) not in _UNRELIABLE]


def in_order(taken: Taken, found: Sequence[Told]) -> list[Told]:
    """Events that agree with a step, each told once, in the order in which its rule has them; the others last."""
    left, ordered = without_echo(taken.events, found), list[Told]()
    for happening in taken.events:
        match = next((event for event in left if _is(event, happening)), None)
        if match is not None:
            left.remove(match)
            ordered.append(match)
    return [*ordered, *left]


def is_order(expected: Sequence[Happening], found: Sequence[Told]) -> bool:
    """Whether the events are those of a rule, in an order that it allows.

    Events of different objects, and those in ``_OPEN``, may come in any order; all others as the rule has them.
    """
    if len(expected) != len(found):
        return False
    left = list(found)
    for happening in expected:
        match = next((event for event in left if _is(event, happening)), None)
        if match is None:
            return False
        left.remove(match)
    wanted = [(h.type, h.action, h.subject[0] if h.subject else None) for h in expected]
    order = [(e.type, e.action, e.slot) for e in found]
    return all(
        [x for x in wanted if x in {one, other}] == [x for x in order if x in {one, other}]
        for one, other in combinations(Counter(wanted), 2)
        if one[0] == other[0] and one[2] == other[2] and frozenset((one[1], other[1])) not in _OPEN
    )


def _is(event: Told, happening: Happening) -> bool:
    common = event.attributes.keys() & happening.attributes.keys()
    return (
        (event.type, event.action) == (happening.type, happening.action)
        and (not happening.subject or event.slot == happening.subject[0])
        and all(matches(_attribute(name, happening), event.attributes[name]) for name in common)
    )


def _attribute(name: str, happening: Happening) -> str:
    value = shown_attribute(happening.attributes[name])
    return code_class(value) if name == "exitCode" else value


def listed(events: Sequence[Told] | Sequence[Happening]) -> str:
    """Events in one line."""
    parts = []
    for event in events:
        if isinstance(event, Happening):
            attributes = {name: shown_attribute(value) for name, value in event.attributes.items()}
            event = Told(event.type, event.action, event.subject[0] if event.subject else None, attributes)  # noqa: PLW2901  # the same in other words
        parts.append(str(event))
    return "; ".join(parts) or "none"
