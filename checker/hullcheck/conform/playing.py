"""One sequence of operations, on the specification and on an engine beside it, compared after every step."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final, NamedTuple, TypeVar

from dockspec import container
from dockspec.container import CONTAINER, Process, Status
from dockspec.evaluation import Binding, State
from dockspec.model import Kind as Answered
from dockspec.model import Operation, Specification
from hullcheck.conform import events, views
from hullcheck.conform.acting import perform, when_ready
from hullcheck.conform.declared import Kind
from hullcheck.conform.engine import ConnectionBroken, Engine, Reply
from hullcheck.conform.events import Listener, Told
from hullcheck.conform.stage import Asked, Lost, Missed, Stage, Unreachable, slot_of
from hullcheck.conform.texts import class_of, fits
from hullcheck.conform.views import View
from hullcheck.steps import Taken, completions, take

_T = TypeVar("_T")

SETTLING: Final = 12.0
"""Seconds since its last event until an engine's state and events have to be the ones expected."""
_LONGEST: Final = 40.0
"""The same, where it goes on telling events: a busy one may take long to start again what has ended."""
_KNOWN: Final = 1.0
"""The same, where its answer differs anyway, or where it is known to differ."""
_MARGIN: Final = 1.0
"""Seconds that a restarting container has to go on waiting when something is asked of it."""
_LONG_MARGIN: Final = 2.5
"""The same, where it cannot be met waiting again: its program is gone, or the engine is restarted for others too."""


class Contrast(NamedTuple):
    """One thing in which an engine differs, and how: both sides in a line."""

    kind: Kind
    text: str

    def __str__(self) -> str:
        return self.text


_ONLY_ONCE: Final = ("container.lose-program", "daemon.restart", "daemon.crash")


@dataclass(frozen=True)
class Step:
    """What came of one operation.

    Attributes:
        asked: the operation.
        taken: what the specification does; where it differs from the engine, the nearest that it may do.
        reply: what the engine answered.
        error_class: the class of its error.
        seen: what the engine shows afterwards.
        events: what it told.
        differences: how both differ; empty where they agree.
        expected: what the specification lets be seen afterwards.
    """

    asked: Asked
    taken: Taken
    reply: Reply
    error_class: str
    seen: View
    events: tuple[Told, ...]
    differences: tuple[Contrast, ...]
    expected: View

    @property
    def rule(self) -> str:
        """The id of the rule that answers."""
        return self.taken.rule.id

    @property
    def kinds(self) -> frozenset[Kind]:
        """In what it differs."""
        return frozenset(contrast.kind for contrast in self.differences)


@dataclass
class Run:
    """What came of a sequence.

    Attributes:
        steps: as far as they were taken; where one differs in more than what is answered or told, it is the last.
        unreachable: why the next one could not be done; empty where it was.
        lost: what could not be done, and has cost the state in which it was tried.
        missed: whether that was for once, and another try may succeed.
        left: what was not done.
    """

    steps: list[Step] = field(default_factory=list)
    unreachable: str = ""
    lost: Taken | None = None
    missed: bool = False
    left: tuple[Asked, ...] = ()

    @property
    def difference(self) -> Step | None:
        """The last step, if it differs."""
        return self.steps[-1] if self.steps and self.steps[-1].differences else None

    @property
    def differing(self) -> list[Run]:
        """For each step that differs the run as far as this step."""
        return [Run(self.steps[: number + 1]) for number, step in enumerate(self.steps) if step.differences]


@dataclass
class Player:
    """Plays sequences on one engine.

    Attributes:
        specification: in its dialect.
        world: the state at the beginning.
        stage: the things of this run.
        listener: of the engine's events.
        settling: how many seconds an engine has until it must agree.
        known: rules that are known to differ, and in what: the engine is given little time to agree in that.
        forgiving: whether a difference is no difference where the engine may have been late; not at the last try.
        stopped: whether to stop after the step that is under way.
        observe: is told of each step.
    """

    specification: Specification
    world: State
    stage: Stage
    listener: Listener
    settling: float = SETTLING
    known: Mapping[str, frozenset[Kind]] = field(default_factory=dict)
    forgiving: bool = False
    stopped: Callable[[], bool] = lambda: False  # nobody stops it
    observe: Callable[[Step], None] = lambda step: None  # noqa: ARG005  # nobody looks

    def __post_init__(self) -> None:
        self._states = [self.world]
        self._listed = frozenset[Contrast]()
        self._mark = self.listener.mark()

    @property
    def engine(self) -> Engine:
        """The engine."""
        return self.stage.engine

    @property
    def state(self) -> State:
        """The state now, by the specification."""
        return self._states[0]

    def play(self, sequence: Sequence[Asked], run: Run | None = None) -> Run:
        """Play a sequence until its end, until the state differs, or until a step that cannot be done.

        What is done is told in ``run`` at once, so that it is not lost where the connection breaks.
        """
        run = Run() if run is None else run
        for number, asked in enumerate(sequence):
            run.left = tuple(sequence[number:])
            if self.stopped():
                break
            if not self._allowed(asked):
                run.unreachable = "the engine chose otherwise than was planned"
                break
            try:
                run.steps.append(self.step(asked, sequence[number + 1 :]))
                self.observe(run.steps[-1])
            except Unreachable as why:
                run.unreachable = str(why)
                run.lost = self._allowed(asked)[0] if isinstance(why, Lost) else None
                run.missed = isinstance(why, Missed)
                if run.lost or self._changes(asked):
                    break
            run.left = tuple(sequence[number + 1 :])
            if run.difference and Kind.STATE in run.difference.kinds:
                break
        return run

    def ask(self, asked: Asked, ask: Callable[[], _T]) -> _T:
        """Ask for an operation by other means than a request, when the engine is ready for it.

        Raises:
            Unreachable: when it cannot be asked here.
            ConnectionBroken: when the engine does not answer.
        """
        self._hold(asked)
        return when_ready(self.stage, asked, self.state, ask)

    def _changes(self, asked: Asked) -> bool:
        return any(taken.after != state for state in self._states for taken in self._allowed(asked))

    def step(self, asked: Asked, ahead: Sequence[Asked] = ()) -> Step:
        """One step.

        Raises:
            Unreachable: when it cannot be done from outside, or is not possible here.
            ConnectionBroken: when the engine does not answer.
        """
        if not self._allowed(asked):
            raise Unreachable("it is not possible here")
        asked = self._complete(asked)
        self._hold(asked)
        allowed = _as_arranged(self._allowed(asked), asked)
        reply = perform(self.stage, asked, self.state, ahead)
        if asked.operation.startswith("daemon."):
            self._mark = self.listener.restarted
        step = self._compared(asked, allowed, reply)
        if step.differences and self.forgiving and _was_restarted(step):
            raise Missed("the engine restarted the container before it came to that")
        self._mark = self.listener.mark()
        self._listed = frozenset(one for one in contrasts(step.expected, step.seen) if one.kind is Kind.LISTS)
        self._states = [step.taken.after] if step.differences else self._agreeing(allowed, step)
        return step

    # --- the specification --------------------------------------------------------------------------------------------

    def _allowed(self, asked: Asked) -> list[Taken]:
        """Everything that the specification may do."""
        operation = self.specification.operation(asked.operation)
        return [taken for state in self._states for taken in _behaviours(operation, asked.given, state)]

    def _complete(self, asked: Asked) -> Asked:
        """With what the engine allots: the slot of something new."""
        operation = self.specification.operation(asked.operation)
        taken = self._allowed(asked)[0]
        chosen = {p.name for p in operation.choices}
        planned = {name: value for name, value in asked.given.items() if name in chosen}
        allotted = {name: value for name, value in taken.binding.items() if name not in chosen}
        return replace(asked, given=allotted | planned)

    def _agreeing(self, allowed: Sequence[Taken], step: Step) -> list[State]:
        agreeing = [t for t in allowed if not self._answer_differs(t, step.reply)]
        after = [t.after for t in agreeing if views.expected(t.after, self.stage.history) == step.seen]
        return [step.taken.after, *(state for state in after if state != step.taken.after)]

    # --- comparing ----------------------------------------------------------------------------------------------------

    def _compared(self, asked: Asked, allowed: Sequence[Taken], reply: Reply) -> Step:
        """Look at the engine until it agrees with something that is allowed, or until the time is over."""
        answering = [taken for taken in allowed if not self._answer_differs(taken, reply)]
        pause, began, heard = 0.01, time.monotonic(), 0
        as_declared = any(self._is_known(taken, self._answer_differs(taken, reply)) for taken in allowed)
        deadline = began + (self.settling if answering or as_declared else min(_KNOWN, self.settling))
        if asked.operation == "container.restart-timer":  # the world waits, and not the engine
            deadline += self.stage.waiting(asked.given["c"]) or 0.0
        while True:
            seen, found = views.seen(self.stage), self._told(asked)
            best: Step | None = None
            for taken in answering or allowed:
                step = self._step(asked, taken, reply, seen, found)
                if best is None or len(step.differences) < len(best.differences):
                    best = step
            if best is None:
                raise Unreachable("it is not possible here")
            now = time.monotonic()
            may_tell = Kind.EVENTS in self.known.get(best.rule, ()) and now < began + _KNOWN
            if not best.differences and not may_tell:  # what is known to be told besides may come a moment later
                return best
            if self.listener.broken:
                raise ConnectionBroken(self.listener.broken)
            if answering and len(found) > heard:
                heard, deadline = len(found), max(deadline, min(now + self.settling, began + _LONGEST))
            if (self._is_known(best.taken, best.differences) and now > began + _KNOWN) or now > deadline:
                self.engine.check_open()
                return best
            time.sleep(pause)
            pause = min(pause * 1.7, 0.3)

    def _step(self, asked: Asked, taken: Taken, reply: Reply, seen: View, found: Sequence[Told]) -> Step:
        wanted = views.expected(taken.after, self.stage.history)
        told = self._without_flicker(taken, found)
        differences = self._answer_differs(taken, reply)
        differences += [one for one in contrasts(wanted, seen) if one not in self._listed]
        if not events.agree(taken, told, self.engine.name):
            line = f"events: {events.listed(taken.events)}; on the engine {events.listed(told)}"
            differences.append(Contrast(Kind.EVENTS, line))
        wished = taken.rule.answer.error_class
        as_wished = fits(self.engine.name, wished, reply.message)
        error_class = wished if as_wished else class_of(self.engine.name, reply.message)
        return Step(asked, taken, reply, error_class, seen, tuple(told), tuple(differences), wanted)

    def _is_known(self, taken: Taken, differences: Sequence[Contrast]) -> bool:
        return {contrast.kind for contrast in differences} <= self.known.get(taken.rule.id, frozenset())

    def _answer_differs(self, taken: Taken, reply: Reply) -> list[Contrast]:
        answer = taken.rule.answer
        if answer.status == 0:
            return []
        found = []
        if answer.status != reply.status:
            line = f"status: {answer.status}; on the engine {reply.status} {reply.message}".rstrip()
            found.append(Contrast(Kind.STATUS, line))
        wanted = answer.error_class if answer.kind in {Answered.REFUSED, Answered.FAILED} else ""
        if not fits(self.engine.name, wanted, reply.message):
            instead = class_of(self.engine.name, reply.message) or "none"
            line = f"error: {wanted or 'none'}; on the engine {instead} {reply.message!r}"
            found.append(Contrast(Kind.ERROR, line))
        if answer.blocks != reply.blocks:
            line = f"the answer {'blocks' if answer.blocks else 'does not block'}; on the engine otherwise"
            found.append(Contrast(Kind.BLOCKING, line))
        return found

    def _told(self, asked: Asked) -> list[Told]:
        fresh = asked.given.get("c")
        return events.told(self.listener.since(self._mark), self.stage, fresh if isinstance(fresh, int) else None)

    # --- restarting containers ----------------------------------------------------------------------------------------

    def _hold(self, asked: Asked) -> None:
        """Where a container is to be restarting, wait until it is, and will be for a while."""
        restarting = list(_restarting(self.state))
        for slot in restarting:
            if self.state.value(container.process, slot) is Process.NOT_FOUND:
                continue
            margin = _LONG_MARGIN if asked.operation in _ONLY_ONCE else _MARGIN
            if not self.stage.hold(slot, margin) or not self._is_told(slot):
                raise Unreachable("the engine does not keep a container waiting to be restarted for long enough")
        if restarting:
            self._mark = self.listener.mark()

    def _is_told(self, slot: int) -> bool:
        """Wait until the end that a container waits after has been told: newer engines tell it after the state."""
        identity, deadline = self.stage.container(slot), time.monotonic() + self.settling
        while time.monotonic() < deadline:
            if self.listener.last(identity, {"start", "die", "died"}) != "start":
                return True
            time.sleep(0.01)
        return False

    def _without_flicker(self, taken: Taken, found: Sequence[Told]) -> list[Told]:
        before, after = set(_restarting(taken.before)), set(_restarting(taken.after))
        if taken.operation.id == "container.exit" and taken.binding.get("retries_left") is False:
            return events.without_flicker(found, [slot_of(taken.binding["c"])], first_die=True)
        told = events.without_vain_starts(found, before - after)
        told = events.without_flicker(told, [*(after - before)], first_die=True)
        return events.without_flicker(told, [*(after & before)], first_die=False)


def contrasts(wanted: View, seen: View) -> Iterator[Contrast]:
    """In what an engine shows another state, or other lists of it."""
    for fact, line in views.differences(wanted, seen):
        yield Contrast(Kind.LISTS if fact in views.LISTED else Kind.STATE, line)


def _as_arranged(allowed: Sequence[Taken], asked: Asked) -> Sequence[Taken]:
    """Without what is ruled out by how often the container was told to be restarted when it was created."""
    planned = asked.given.get("retries_left")
    return [t for t in allowed if planned is None or t.binding.get("retries_left", planned) is planned] or allowed


def _restarting(state: State) -> Iterator[int]:
    for slot in range(state.sizes.get(CONTAINER, 0)):
        if state.value(container.status, slot) is Status.RESTARTING:
            yield slot


def _was_restarted(step: Step) -> bool:
    """Whether a container that was to wait to be restarted was started, and that is not what was asked.

    A daemon that starts has not been late: it is its own doing.
    """
    if step.asked.operation.startswith("daemon."):
        return False
    asked = {event.subject[0] for event in step.taken.events if event.action == "start"}
    waiting = {*_restarting(step.taken.before)} - asked
    return any(event.action == "start" and event.slot in waiting for event in step.events)


def _behaviours(operation: Operation, given: Binding, state: State) -> Iterator[Taken]:
    """What the specification may do: one step for each outcome that it leaves open."""
    wanted = {p.name for p in (*operation.parameters, *operation.fresh)}
    exact = {name: value for name, value in given.items() if name in wanted}
    asked = {p.name for p in operation.parameters}
    for binding in [*completions(operation, exact, state)] or completions(
        operation, {name: value for name, value in given.items() if name in asked}, state
    ):
        taken = take(operation, binding, state)
        if taken:
            yield taken
