"""Follow a stream of events, object by object, and report what no behaviour of the specification allows."""

from __future__ import annotations

import json
from collections import OrderedDict, deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from dockspec import specification
from dockspec.model import Specification
from hullcheck.watch.projection import REFUSED, Projection
from hullcheck.watch.views import CONTAINERS, EXECS, IMAGES, Status, View
from hullcheck.watch.vocabulary import EXEC, Vocabulary, vocabulary

LAG = 2 * 10**9
"""Nanoseconds within which an engine has told what happened at one time; measured: some milliseconds. At the latest
after twice as long it is not expected any more."""

REMEMBERED = 65_536
"""So many objects that are gone are remembered, so that an event of one of them is seen to be impossible."""

HISTORY = 12
"""So many events of an object are kept for a report."""

LONGEST_LINE = 1 << 20
"""Bytes; an event has some hundreds, and a line that never ends is no event."""

_EXECS_KEPT = 256
_WORDS_KEPT = 256


@dataclass(frozen=True)
class Told:
    """An event in an object's history: the number of its line, and what it said."""

    line: int
    action: str


@dataclass(frozen=True)
class Finding:
    """An event that no behaviour of the specification allows.

    Attributes:
        line: the number of its line, from 1.
        type: ``container``, ``image`` or ``exec``.
        id: of the object; of a process of exec its own.
        name: of the object, where the event gives it.
        action: what the event says.
        statuses: the states in which the object can be, as the specification calls them.
        allowed: the actions that would have been allowed.
        history: the object's last events before, the oldest first.
        gone: the line of the event with which the object went, where it is gone; else 0.
    """

    line: int
    type: str
    id: str
    name: str
    action: str
    statuses: tuple[Status, ...]
    allowed: tuple[str, ...]
    history: tuple[Told, ...]
    gone: int = 0


@dataclass(frozen=True)
class Skipped:
    """A line that is no event."""

    line: int
    reason: str
    text: str


@dataclass
class Counts:
    """What a stream came to.

    Attributes:
        lines: read.
        events: lines that are events.
        checked: events of objects that are followed.
        passed: events that are out of scope.
        skipped: lines that are no events.
        findings: events that no behaviour allows.
        gaps: with missing events tolerated: how often some must be missing.
        objects: how many were seen, by type.
        joined: how many of them were there before the stream began.
    """

    lines: int = 0
    events: int = 0
    checked: int = 0
    passed: int = 0
    skipped: int = 0
    findings: int = 0
    gaps: int = 0
    objects: dict[str, int] = field(default_factory=lambda: {"container": 0, "image": 0, "exec": 0})
    joined: int = 0


class _Tracked:
    """What is known of one object."""

    __slots__ = ("execs", "gone_at", "history", "id", "last", "number", "stirred", "strangers")

    def __init__(self, identity: str, number: int, last: int, stirred: int) -> None:
        self.id = identity
        self.number = number
        """the set of its situations"""
        self.last = last
        """when its last event came, in units of ``LAG``"""
        self.stirred = stirred
        """how many events elsewhere had come then that may touch it"""
        self.gone_at = 0
        self.history: deque[tuple[int, str]] = deque(maxlen=HISTORY)
        self.execs: dict[str, int] = {}
        self.strangers = True
        """whether there may be processes of exec that began before the stream, or were forgotten"""


class Monitor:
    """Follows one stream.

    Args:
        spec: the specification, in a dialect; without, in that of the engine which the stream shows.
        lossy: whether events may be missing: then only what contradicts the rest however many are missing is reported.
        words: how the engine tells what it does; without, the first event of a container or an image shows it.
    """

    def __init__(
        self, spec: Specification | None = None, *, lossy: bool = False, words: Vocabulary | None = None
    ) -> None:
        self.counts = Counts()
        self._spec, self._lossy, self._words = spec, lossy, words
        self._projections: dict[str, Projection] = {}
        self._actions: dict[str, str] = {}
        self._objects: dict[str, _Tracked] = {}
        self._gone: OrderedDict[str, tuple[int, int, int, int, int, str]] = OrderedDict()
        self._stirred = 0

    @property
    def words(self) -> Vocabulary | None:
        """How the engine tells what it does, once that is known."""
        return self._words

    @property
    def dialect(self) -> str:
        """Of the specification that the stream is held to; empty while nothing has shown it."""
        return self._spec.dialect if self._spec else self._words.dialect if self._words else ""

    @property
    def alive(self) -> int:
        """How many objects are followed at the moment."""
        return len(self._objects)

    def feed(self, lines: Iterable[bytes]) -> Iterator[Finding | Skipped]:
        """Read lines, and yield what is to be reported."""
        for line in lines:
            found = self.line(line)
            if found is not None:
                yield found

    def line(self, text: bytes) -> Finding | Skipped | None:
        """Read the next line; what is to be reported of it."""
        counts = self.counts
        counts.lines += 1
        try:
            event = json.loads(text)
        except (ValueError, RecursionError):
            return self._skip(text, "is not JSON") if text.strip() else None
        try:
            kind, action, identity, attributes, time = _parts(event)
        except (AttributeError, KeyError, TypeError):
            return self._skip(text, "is no event of an engine")
        counts.events += 1
        if kind not in {"container", "image"}:
            counts.passed += 1
            return None
        words = self._words
        if kind == "container":
            if words is None:
                words = self._words = vocabulary(action, attributes)
            return self._container(words, action, identity, attributes, time)
        shown = vocabulary(action, attributes, words)
        if shown is not words:
            words = self._turned_out(shown)
        return self._image(words, action, identity, attributes, time)

    # --- one event -------------------------------------------------------------------------------------------------

    def _container(
        self, words: Vocabulary, action: str, identity: str, attributes: Mapping[str, Any], time: int
    ) -> Finding | None:
        known = self._actions.get(action)
        if known is None:
            known = self._container_action(words, action)
        if not identity or not known:
            self.counts.passed += 1
            return None
        projection = self._projections["container"]
        self.counts.checked += 1
        tracked = self._tracked(projection, identity, known, time)
        finding = None
        if known in _EXEC_ACTIONS and (process := attributes.get("execID")):
            finding = self._exec(words, tracked, known, action, str(process), attributes)
        elif known in _NEW_RUN:
            tracked.execs.clear()
            tracked.strangers = False
        if finding is None and known in projection.actions:
            finding = self._step(projection, tracked, known, action, attributes)
        self._noted(projection, tracked, action)
        return finding

    def _turned_out(self, words: Vocabulary) -> Vocabulary:
        """The stream shows which engine it is; what was known of images was known of those of another store."""
        if self._words is not None:
            projection = self._projections["image"] = _projection(self._spec_of(words), IMAGES, words)
            for identity, tracked in self._objects.items():
                if identity.startswith("sha256:"):
                    tracked.number = projection.unknown
            for identity, (_, last, stirred, gone_at, line, action) in self._gone.items():
                if identity.startswith("sha256:"):
                    self._gone[identity] = (projection.unknown, last, stirred, gone_at, line, action)
        self._words = words
        return words

    def _spec_of(self, words: Vocabulary) -> Specification:
        return self._spec or specification(words.dialect)

    def _container_action(self, words: Vocabulary, action: str) -> str:
        """The specification's word for an engine's, empty where it has none; an exec's command is cut off."""
        word = action.partition(":")[0]
        if "container" not in self._projections:
            self._projections["container"] = _projection(self._spec_of(words), CONTAINERS, words)
        known = words.words.get(word, word)
        processes = known in _EXEC_ACTIONS and "exec_create" not in words.passed
        result = known if processes or known in self._projections["container"].actions else ""
        if word == action and len(self._actions) < _WORDS_KEPT:  # not exec_create: COMMAND, which never ends
            self._actions[action] = result
        return result

    def _image(
        self, words: Vocabulary, action: str, identity: str, attributes: Mapping[str, Any], time: int
    ) -> Finding | None:
        if "image" in words.unchecked:
            self.counts.passed += 1
            return None
        if "image" not in self._projections:
            self._projections["image"] = _projection(self._spec_of(words), IMAGES, words)
        projection = self._projections["image"]
        if action in projection.stirring:
            self._stirred += 1
        if not identity or action not in projection.actions:
            self.counts.passed += 1
            return None
        self.counts.checked += 1
        tracked = self._tracked(projection, identity, action, time)
        if tracked.stirred != self._stirred:
            for elsewhere in projection.stirring:
                tracked.number = projection.elsewhere(tracked.number, elsewhere)
            tracked.stirred = self._stirred
        finding = self._step(projection, tracked, action, action, attributes)
        self._noted(projection, tracked, action)
        return finding

    def _exec(  # noqa: PLR0917  # what is told of it
        self, words: Vocabulary, tracked: _Tracked, known: str, action: str, process: str, attributes: Mapping[str, Any]
    ) -> Finding | None:
        if "exec" not in self._projections:
            self._projections["exec"] = _projection(self._spec_of(words), EXECS, EXEC)
        projection = self._projections["exec"]
        number = tracked.execs.get(process)
        if number is None:
            number = projection.unknown if tracked.strangers else projection.new
            self.counts.objects["exec"] += 1
        after = projection.step(number, known)
        finding = None
        if after == REFUSED:
            after = projection.step(projection.unknown, known)
            if self._lossy and projection.step(projection.lost(number), known) != REFUSED:
                self.counts.gaps += 1
            else:
                finding = self._finding(projection, tracked, number, process, action, attributes)
        if after != REFUSED and projection.allowed(after):
            tracked.execs[process] = after
            if len(tracked.execs) > _EXECS_KEPT:
                del tracked.execs[next(iter(tracked.execs))]
                tracked.strangers = True
        else:
            tracked.execs.pop(process, None)
        return finding

    def _step(
        self, projection: Projection, tracked: _Tracked, known: str, action: str, attributes: Mapping[str, Any]
    ) -> Finding | None:
        number = tracked.number
        after = projection.step(number, known)
        finding = None
        if after == REFUSED:
            if self._lossy and (after := projection.step(projection.lost(number), known)) != REFUSED:
                self.counts.gaps += 1
            else:
                finding = self._finding(projection, tracked, number, tracked.id, action, attributes)
                after = projection.step(projection.unknown, known)
                if after == REFUSED:
                    after = number
        tracked.number = after
        return finding

    def _noted(self, projection: Projection, tracked: _Tracked, action: str) -> None:
        """The event joins the object's history; an object that is gone is forgotten."""
        tracked.history.append((self.counts.lines, action))
        if projection.gone[tracked.number]:
            tracked.gone_at = tracked.gone_at or self.counts.lines
            self._forget(tracked)
        else:
            tracked.gone_at = 0

    # --- the objects -----------------------------------------------------------------------------------------------

    def _tracked(self, projection: Projection, identity: str, known: str, time: int) -> _Tracked:
        tracked = self._objects.get(identity)
        if tracked is None:
            tracked = self._remembered(identity)
            if tracked is None:
                tracked = _Tracked(identity, projection.unknown, time // LAG, self._stirred)
                self.counts.objects[projection.view.name] += 1
                if projection.step(projection.new, known) == REFUSED:
                    self.counts.joined += 1
            self._objects[identity] = tracked
        turn = time // LAG
        if turn != tracked.last:
            tracked.number = projection.tick(tracked.number)
            if turn != tracked.last + 1:
                tracked.number = projection.tick(tracked.number)
            tracked.last = turn
        return tracked

    def _forget(self, tracked: _Tracked) -> None:
        """The object is gone: of so many that went last it is remembered that they are."""
        del self._objects[tracked.id]
        self._gone[tracked.id] = (
            tracked.number, tracked.last, tracked.stirred, tracked.gone_at, *tracked.history[-1],
        )  # fmt: skip
        if len(self._gone) > REMEMBERED:
            self._gone.popitem(last=False)

    def _remembered(self, identity: str) -> _Tracked | None:
        """An object that is gone, of which something is told again."""
        kept = self._gone.pop(identity, None)
        if kept is None:
            return None
        number, last, stirred, gone_at, line, action = kept
        tracked = _Tracked(identity, number, last, stirred)
        tracked.gone_at = gone_at
        tracked.history.append((line, action))
        tracked.strangers = False
        return tracked

    # --- reports ---------------------------------------------------------------------------------------------------

    def _finding(  # noqa: PLR0917  # what a finding has
        self, projection: Projection, tracked: _Tracked, number: int, identity: str, action: str,
        attributes: Mapping[str, Any],
    ) -> Finding:  # fmt: skip
        self.counts.findings += 1
        return Finding(
            self.counts.lines,
            projection.view.name,
            identity,
            str(attributes.get("name", "")),
            action,
            projection.statuses(number),
            projection.allowed(number),
            tuple(Told(line, said) for line, said in tracked.history),
            tracked.gone_at if projection.gone[number] else 0,
        )

    def _skip(self, text: bytes, reason: str) -> Skipped:
        self.counts.skipped += 1
        return Skipped(self.counts.lines, reason, text[:80].decode("utf-8", "replace").strip())


_EXEC_ACTIONS = frozenset({"exec_create", "exec_start", "exec_die"})
_NEW_RUN = frozenset({"create", "start"})


_PROJECTIONS: dict[tuple[int, str, str], tuple[Specification, Projection]] = {}


def _projection(spec: Specification, view: View, words: Vocabulary) -> Projection:
    """A projection is made once: it only ever learns."""
    key = (id(spec), view.name, words.name)
    if key not in _PROJECTIONS:
        _PROJECTIONS[key] = (spec, Projection(spec, view, words))  # the specification is kept, and so its id
    return _PROJECTIONS[key][1]


def _parts(event: Any) -> tuple[str, str, str, Mapping[str, Any], int]:  # noqa: ANN401  # as JSON has it
    """Type, action, id, attributes and time (in nanoseconds) of an event, as docker or podman prints it.

    Raises:
        AttributeError, KeyError, TypeError: when it is none.
    """
    kind = event["Type"]
    actor = event.get("Actor")
    if actor is None:  # `podman events --format json`
        named = {**(event.get("Attributes") or {}), "name": event.get("Name", ""), "podId": ""}
        if "Time" in event:  # only Podman 4 has it; over its API each event has an exit code
            named["containerExitCode"] = ""
        parts = kind, event["Status"], event.get("ID", ""), named, event.get("timeNano", 0)
    else:
        parts = kind, event["Action"], actor["ID"], actor.get("Attributes") or {}, event.get("timeNano", 0)
    for part, wanted in zip(parts, _SHAPE, strict=True):
        if not isinstance(part, wanted):
            raise TypeError(f"{part!r} is no part of an event")
    return parts


_SHAPE = (str, str, str, dict, int)
