"""What the stream may show of one object: a machine over sets of local situations, made from the rules' steps.

    local        its status, and what else decides its next events
    script       the phases of an operation that are still to come; others' phases may fall between them
    situation    a local state, and the scripts that are under way

An event happens as a whole step, as the first phase of one, or as the next phase of a script. The events that change a
status are shared: after one `die`, every operation that waits for it goes on. What is known of an object is the set of
situations that explain all events so far; an event that no situation explains is one that no behaviour allows. A set
has a number, and the way from a set with an event to the next set is worked out once: then an event costs a look-up.

A script need not be finished: a stop may wait for ever. So of two situations with the same local state the one with
less under way is left out: the other explains whatever it does.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from enum import Enum
from itertools import combinations_with_replacement
from typing import TypeAlias, TypeGuard

from dockspec.language import Value
from dockspec.model import Specification, values_of
from hullcheck.watch.views import Status, Step, View, steps
from hullcheck.watch.vocabulary import Vocabulary

REFUSED = -1
"""The number of the empty set: no behaviour."""

_MOST = 200
"""Of more situations than these, those of one local state are joined: one that explains whatever any of them does."""

_MANY = 3
"""So many scripts of a kind under way stand for that many and any greater number."""


@dataclass(frozen=True, slots=True)
class Local:
    """A local state: status, kept values, and whether the object was ever there."""

    status: Status
    kept: tuple[Value, ...]
    seen: bool


@dataclass(frozen=True, slots=True)
class Phase:
    """An event that an operation has still to tell.

    Attributes:
        action: which.
        moves: whether it changes the status; then it is shared with other operations.
        overtaken: whether a later phase was told already: it is due.
        stale: whether it was due some time ago.
    """

    action: str
    moves: bool
    overtaken: bool = False
    stale: bool = False


Script: TypeAlias = tuple[Phase, ...]
Pending: TypeAlias = tuple[tuple[Script, int], ...]
Situation: TypeAlias = tuple[Local, Pending]


class Projection:
    """The machine for one kind of object. Sets of situations are known by their numbers.

    Args:
        spec: the specification.
        view: what is followed of the object.
        vocabulary: how the engine tells it.
    """

    def __init__(self, spec: Specification, view: View, vocabulary: Vocabulary) -> None:
        self.view, self._vocabulary = view, vocabulary
        told = list(_told(steps(spec, view), vocabulary, view))
        self._silent = [s for s in told if not s.events and not s.elsewhere]
        self._elsewhere = [s for s in told if s.elsewhere]
        self._single: dict[str, list[Step]] = defaultdict(list)
        for step in told:
            if len(step.events) == 1:
                self._single[step.events[0]].append(step)
        self._composed = [s for s in told if len(s.events) > 1]
        self.actions = tuple(sorted({action for step in told for action in step.events}))
        """Every action that some rule tells of such an object."""
        self.stirring = tuple(sorted({step.elsewhere for step in self._elsewhere}))
        """The actions of other objects that may touch such an object."""
        self._domain: dict[str, set[Status]] = defaultdict(set)
        self._closures: dict[Local, tuple[Local, ...]] = {}
        self._starts: dict[Local, dict[str, set[tuple[Local, Script]]]] = {}
        self._effects: dict[tuple[str, Local], list[Local]] = {}
        self._own: dict[tuple[str, Status], bool] = {}
        self._sets: list[frozenset[Situation]] = []
        self.gone: list[bool] = []
        """By number: whether the object was there, and is no more, whatever is still to be told of it."""
        self._numbers: dict[frozenset[Situation], int] = {}
        self._next: dict[tuple[int, str], int] = {}
        self._new = Local(view.initial, tuple(f.initial for f in view.kept), False)
        self._locals = self._explore()
        self._covered = self._simulation()
        self.new = self._number([(self._new, ())])
        """An object of which nothing was ever seen, and which was not there before."""
        anything = _two_each(set(self._most(self._anything())))
        self.unknown = self._number((local, self._plus_late(local, pending)) for local, pending in anything)
        """An object of which nothing is known: it may have been there before, with operations under way."""

    # --- what is asked, by number ----------------------------------------------------------------------------------

    def step(self, number: int, action: str) -> int:
        """The set after an event; ``REFUSED`` where nothing in the set explains it."""
        key = (number, action)
        found = self._next.get(key)
        if found is None:
            after = {
                self._with_late(situation[0], action, local, pending)
                for situation in self._sets[number]
                for local, pending in self._after(situation, action)
            }
            found = self._next[key] = self._number(after) if after else REFUSED
        return found

    def tick(self, number: int) -> int:
        """The set after some time: what was due the last time has not come, and will not."""
        key = (number, " tick")
        if key not in self._next:
            aged = [
                (local, self._still_possible(local, self._aged(local, pending)))
                for local, pending in self._sets[number]
            ]
            self._next[key] = self._number(aged)
        return self._next[key]

    def elsewhere(self, number: int, action: str) -> int:
        """The set after an event of another object that may have touched this one."""
        key = (number, f" {action}")
        if key not in self._next:
            before = self._sets[number]
            touched = {
                (after, pending)
                for local, pending in before
                for here in self._closure(local)
                for step in self._elsewhere
                if step.elsewhere == action and (after := self._apply(step, here)) is not None
            }
            self._next[key] = self._number(before | touched)
        return self._next[key]

    def lost(self, number: int) -> int:
        """The set after any events that were not told. A container that is gone stays so, an image can be back."""
        key = (number, " lost")
        if key not in self._next:
            anything = self._sets[self.unknown]
            known = {s for s in anything if s[0].seen}
            result: set[Situation] = set()
            for local, pending in self._sets[number]:
                if self._is_gone(local):
                    result.add((local, pending))
                if not self._is_gone(local) or self._returns(local):
                    result |= known if local.seen else anything
            self._next[key] = self._number(result)
        return self._next[key]

    def allowed(self, number: int) -> tuple[str, ...]:
        """The actions that some situation of the set explains."""
        return tuple(action for action in self.actions if self.step(number, action) != REFUSED)

    def statuses(self, number: int) -> tuple[Status, ...]:
        """The states that the object can be in, in the order of their definition."""
        found = {after.status for local, _ in self._sets[number] for after in self._closure(local)}
        return tuple(status for status in values_of(type(self.view.initial)) if _is_status(status) and status in found)

    # --- one situation ---------------------------------------------------------------------------------------------

    def _after(self, situation: Situation, action: str) -> Iterator[Situation]:
        local, pending = situation
        waiting: Script = ()
        if action in self._vocabulary.slow:
            waiting = self._waiting(pending)
            pending = self._without_due(local, pending)
        advanced = _advanced(pending, action, self._vocabulary)
        for here in self._closure(local):
            for step in self._single.get(action, ()):
                after = self._apply(step, here)
                if after is not None:
                    yield after, self._still_possible(after, advanced)
            for after, script in self._starts_from(here).get(action, ()):
                yield after, self._still_possible(after, _plus(advanced, (*script, *waiting)))
            for script, _ in pending:
                for n, phase in enumerate(script):
                    if phase.action == action and self._is_next(script, n):
                        behind = _followed(advanced, _without(script, n), waiting)
                        yield from self._told_by(here, pending, behind, script, n)
                        break

    def _told_by(
        self, local: Local, pending: Pending, advanced: Pending, script: Script, n: int
    ) -> Iterator[Situation]:
        """The next phase of a script that is under way."""
        moves, action = script[n].moves, script[n].action
        rest = advanced if moves else _plus(_minus(pending, script), _without(script, n))
        for after in self._phase(action, local, moves=moves):
            yield after, self._still_possible(after, rest)

    def _phase(self, action: str, local: Local, *, moves: bool) -> list[Local]:
        """What a phase of an operation that is under way leads to; one that changes no status can come at any time."""
        changed = self._within(action, local) if local.status in self._domain[action] else []
        return changed if moves else [*changed, local]

    def _still_possible(self, local: Local, pending: Pending) -> Pending:
        """Of an object that is gone nothing is told any more but what does not change it."""
        if not pending or not self._is_gone(local):
            return pending
        return tuple((s, k) for s, k in pending if any(not p.moves and self._is_next(s, n) for n, p in enumerate(s)))

    def _with_late(self, before: Local, action: str, after: Local, pending: Pending) -> Situation:
        """What is told when it is over may have begun before the event, and can still be told for some time."""
        late = {late for late, overtakes in self._vocabulary.late if overtakes == action and self._begins(late, before)}
        return after, self._plus_late(after, pending, late)

    def _plus_late(self, local: Local, pending: Pending, actions: Iterable[str] | None = None) -> Pending:
        """With what may have begun before the object became what does not allow it any more."""
        for action in sorted({late for late, _ in self._vocabulary.late} if actions is None else actions):
            told = (Phase(action, False, overtaken=True),)
            if local.seen and action in self.actions and not self._begins(action, local) and (told, 1) not in pending:
                pending = _plus(pending, told)
        return pending

    def _begins(self, action: str, local: Local) -> bool:
        """Whether the event can tell a step of its own in a local state."""
        ways = self._single.get(action, ())
        return any(self._apply(step, here) is not None for here in self._closure(local) for step in ways)

    def _is_due(self, script: Script) -> bool:
        return script[0].overtaken or script[0].action in self._vocabulary.prompt

    def _waiting(self, pending: Pending) -> Script:
        """What is due of operations that may wait for a lock, which a restart holds until it is told."""
        due = [(script[0], count) for script, count in pending if script[0].action in self._vocabulary.waiting]
        return tuple(phase for phase, count in due for _ in range(count))

    def _without_due(self, local: Local, pending: Pending) -> Pending:
        return self._still_possible(local, tuple((s, k) for s, k in pending if not self._is_due(s)))

    def _aged(self, local: Local, pending: Pending) -> Pending:
        result: Pending = ()
        gone = self._is_gone(local)
        for script, count in pending:
            if not gone and not self._is_due(script):
                result = _plus(result, script, count)
            elif not script[0].stale:
                result = _plus(result, (replace(script[0], stale=True), *script[1:]), count)
        return result

    def _returns(self, gone: Local) -> bool:
        """Whether an object that is gone can be there again."""
        every = (*self._silent, *self._elsewhere, *(step for several in self._single.values() for step in several))
        return any(self._apply(step, gone) is not None for step in every)

    def _is_next(self, script: Script, n: int) -> bool:
        """Whether the phases before this one may be told after it."""
        apart = self._vocabulary.apart
        return all(frozenset((p.action, script[n].action)) in apart for p in script[:n])

    def _is_gone(self, local: Local) -> bool:
        return local.seen and local.status == self.view.initial

    # --- local states ----------------------------------------------------------------------------------------------

    def _apply(self, step: Step, local: Local) -> Local | None:
        if step.before != local.status or (step.makes and local.seen):
            return None
        if any(local.kept[n] != value for n, value in step.needs):
            return None
        return self._changed(local, step, step.after)

    def _changed(self, local: Local, step: Step, status: Status) -> Local:
        kept = list(local.kept)
        for n, value in step.sets:
            kept[n] = value
        return Local(status, tuple(kept), local.seen or bool(step.events) or status != self.view.initial)

    def _closure(self, local: Local) -> tuple[Local, ...]:
        """What a local state can become without any event."""
        if local not in self._closures:
            found, todo = {local: None}, [local]
            while todo:
                here = todo.pop()
                for step in self._silent:
                    after = self._apply(step, here)
                    if after is not None and after not in found:
                        found[after] = None
                        todo.append(after)
            self._closures[local] = tuple(found)
        return self._closures[local]

    def _within(self, action: str, local: Local) -> list[Local]:
        """What a phase inside an operation does.

        As much as possible it does what the same event does as a step of its own: from the same status, with the same
        kept values. A `die` of a paused container, say, is no step of its own; as a phase of a kill it leads where a
        `die` leads. An event that is never a step of its own (restart) changes nothing.
        """
        if (action, local) not in self._effects:
            self._effects[action, local] = self._effect(action, local)
        return self._effects[action, local]

    def _effect(self, action: str, local: Local) -> list[Local]:
        exact = [after for step in self._single.get(action, ()) if (after := self._apply(step, local)) is not None]
        if exact:
            return exact
        alike = self._single.get(action, [])
        same = [step for step in alike if step.before == local.status]
        if not same and any(step.after == local.status != step.before for step in alike):
            return [local]
        candidates = same or alike
        if not candidates:
            return [local]

        def distance(step: Step) -> int:
            return sum(local.kept[n] != value for n, value in step.needs)

        least = min(map(distance, candidates))
        nearest = [step for step in candidates if distance(step) == least]
        return list(
            dict.fromkeys(
                self._changed(local, step, local.status if step.before == step.after else step.after)
                for step in nearest
            )
        )

    # --- operations of several events ------------------------------------------------------------------------------

    def _paths(self, step: Step, local: Local) -> list[tuple[Local, ...]]:
        """The local states through which an operation leads, phase by phase."""
        if self._apply(step, local) is None:
            return []
        paths: list[tuple[Local, ...]] = [(local,)]
        for action in step.events:
            paths = [(*path, after) for path in paths for after in self._within(action, path[-1])]
        right = [path for path in paths if path[-1].status == step.after]
        if not right:  # the last event is told although nothing comes of it
            right = [(*path[:-1], path[-2]) for path in paths if path[-2].status == step.after]
        return right or paths

    def _starts_from(self, local: Local) -> dict[str, set[tuple[Local, Script]]]:
        """By the event that comes first: the operations of several events that can begin here."""
        if local not in self._starts:
            starts: dict[str, set[tuple[Local, Script]]] = defaultdict(set)
            for step in self._composed:
                for path in self._paths(step, local):
                    script = self._script(step.events, path)
                    for n, phase in enumerate(script):
                        if n == 0:
                            starts[phase.action].add((path[1], script[1:]))
                        elif self._is_next(script, n):
                            for after in self._within(phase.action, local):
                                starts[phase.action].add((after, _without(script, n)))
            self._starts[local] = starts
        return self._starts[local]

    def _script(self, events: tuple[str, ...], path: tuple[Local, ...]) -> Script:
        """The phases of an operation, without those at its end that can as well be steps of their own."""
        phases = [
            Phase(action, before.status != after.status)
            for before, after, action in zip(path, path[1:], events, strict=False)
        ]
        while len(phases) > 1 and self._is_own(phases[-1].action, path[len(phases) - 1].status):
            if path[len(phases)] not in self._within(phases[-1].action, path[len(phases) - 1]):
                break
            phases.pop()
        return tuple(phases)

    def _is_own(self, action: str, status: Status) -> bool:
        """Whether the event can be the beginning of something in every local state with this status."""
        if (action, status) not in self._own:
            beginnings = (*self._single.get(action, ()), *(s for s in self._composed if s.events[0] == action))
            here = [local for local in self._locals if local.status == status]
            own = all(any(self._apply(step, local) is not None for step in beginnings) for local in here)
            self._own[action, status] = own
        return self._own[action, status]

    # --- sets ------------------------------------------------------------------------------------------------------

    def _explore(self) -> list[Local]:
        """Visit every local state once, so that it is known in which of them each phase changes something."""
        found, todo = {self._new}, [self._new]
        while todo:
            local = todo.pop()
            after = {s for steps_ in self._single.values() for step in steps_ if (s := self._apply(step, local))}
            after |= {s for step in (*self._silent, *self._elsewhere) if (s := self._apply(step, local))}
            for step in self._composed:
                for path in self._paths(step, local):
                    after |= set(path)
                    for one, next_, action in zip(path, path[1:], step.events, strict=False):
                        if one.status != next_.status:
                            self._domain[action].add(one.status)
            todo += after - found
            found |= after
        return sorted(found, key=repr)

    def _simulation(self) -> dict[Local, frozenset[Local]]:
        """For each local state those that explain whatever it explains: then it need not be kept beside them."""
        number = {local: n for n, local in enumerate(self._locals)}
        moves = [
            {key: [(number[after], script) for after, script in results] for key, results in self._moves(local).items()}
            for local in self._locals
        ]
        kinds = [(local.seen, self._is_gone(local)) for local in self._locals]
        everyone = range(len(moves))
        above = [
            {other for other in everyone if kinds[n] == kinds[other] and moves[n].keys() <= moves[other].keys()}
            for n in everyone
        ]

        def explains(other: int, n: int) -> bool:
            return all(
                any(
                    after2 in above[after] and script2[: len(script)] == script for after2, script2 in moves[other][key]
                )
                for key, results in moves[n].items()
                for after, script in results
            )

        stable = False
        while not stable:
            stable = True
            for n in everyone:
                wrong = {other for other in above[n] if other != n and not explains(other, n)}
                if wrong:
                    above[n] -= wrong
                    stable = False
        return {self._locals[n]: frozenset(self._locals[other] for other in above[n] - {n}) for n in everyone}

    def _moves(self, local: Local) -> dict[tuple[str, str], set[tuple[Local, Script]]]:
        """What can come of a local state, by the event and by how it comes about."""
        moves: dict[tuple[str, str], set[tuple[Local, Script]]] = defaultdict(set)
        for here in self._closure(local):
            for action in self.actions:
                for step in self._single.get(action, ()):
                    if (after := self._apply(step, here)) is not None:
                        moves["event", action].add((after, ()))
                moves["event", action] |= self._starts_from(here).get(action, set())
                moves["phase", action] |= {(after, ()) for after in self._phase(action, here, moves=True)}
                moves["word", action] |= {(after, ()) for after in self._phase(action, here, moves=False)}
            for step in self._elsewhere:
                if (after := self._apply(step, here)) is not None:
                    moves["elsewhere", step.elsewhere].add((after, ()))
        return {key: results for key, results in moves.items() if results}

    def _anything(self) -> set[Situation]:
        """Every situation with at most one operation under way."""
        todo: list[Situation] = [(self._new, ())]
        found = set(todo)
        while todo:
            situation = todo.pop()
            for action in self.actions:
                for after in self._after(situation, action):
                    if after not in found and sum(count for _, count in after[1]) <= 1:
                        found.add(after)
                        todo.append(after)
        return found

    def _number(self, situations: Iterable[Situation]) -> int:
        distinct = set(situations)
        kept = frozenset(self._most(distinct if len(distinct) <= _MOST else _joined(distinct)))
        if kept not in self._numbers:
            self._numbers[kept] = len(self._sets)
            self._sets.append(kept)
            self.gone.append(all(self._is_gone(local) for local, _ in kept))
        return self._numbers[kept]

    def _most(self, situations: Iterable[Situation]) -> Iterator[Situation]:
        """Those of the situations that no other one explains."""
        largest_first = sorted(situations, key=lambda s: (-sum(len(script) * k for script, k in s[1]), repr(s)))
        kept: dict[Local, list[Pending]] = defaultdict(list)
        for local, pending in largest_first:
            if not any(_covers(other, pending) for more in (local, *self._covered[local]) for other in kept[more]):
                kept[local].append(pending)
        for local, several in kept.items():
            for pending in several:
                above = (p for more in self._covered[local] if local not in self._covered[more] for p in kept[more])
                if not any(_covers(other, pending) for other in above):
                    yield local, pending


def _is_status(value: Value) -> TypeGuard[Status]:
    return isinstance(value, (Enum, bool))


# --- steps as an engine tells them --------------------------------------------------------------------------------


def _told(rules: Iterable[Step], words: Vocabulary, view: View) -> Iterator[Step]:
    for step in rules:
        events = tuple(action for action in step.events if action not in words.passed)
        yield _with_events(step, events)
        for action, later in words.left_out:
            if action in events and later in events[events.index(action) :]:
                yield _with_events(step, tuple(told for told in events if told != action))
        if len(events) == 1 and events[0] in words.after_the_fact:
            yield Step(step.rule, step.after, (), events, step.after, ())
        if len(events) == 1 and events[0] in words.remakes and step.before == step.after:
            yield Step(step.rule, view.initial, (), events, step.after, ())


def _with_events(step: Step, events: tuple[str, ...]) -> Step:
    return Step(step.rule, step.before, step.needs, events, step.after, step.sets, step.makes, step.elsewhere)


# --- scripts ------------------------------------------------------------------------------------------------------


def _without(script: Script, n: int) -> Script:
    """The script when phase n was told; those before it are due."""
    return (*(Phase(p.action, p.moves, True) for p in script[:n]), *script[n + 1 :])


def _advanced(pending: Pending, action: str, words: Vocabulary) -> Pending:
    """What is under way when an event changed the status: whoever waited for it goes on."""
    result: Pending = ()
    for script, count in pending:
        rest = script
        for n, phase in enumerate(script):
            ahead = all(frozenset((p.action, action)) in words.apart for p in script[:n])
            if phase.moves and phase.action == action and ahead:
                rest = _without(script, n)
                break
        if rest:
            result = _plus(result, rest, count)
    return result


def _followed(pending: Pending, script: Script, waiting: Script) -> Pending:
    """What is under way when others wait for the end of one script."""
    return _plus(_minus(pending, script), (*script, *waiting)) if script and waiting else pending


def _plus(pending: Pending, script: Script, more: int = 1) -> Pending:
    if not script:
        return pending
    counts = dict(pending)
    counts[script] = min(counts.get(script, 0) + more, _MANY)
    return tuple(sorted(counts.items(), key=repr))


def _minus(pending: Pending, script: Script) -> Pending:
    """One script less; many less one are still many, perhaps."""
    return tuple((s, k if s != script or k == _MANY else k - 1) for s, k in pending if s != script or k > 1)


def _joined(situations: Iterable[Situation]) -> Iterator[Situation]:
    """One situation a local state, with as much under way as any had."""
    most: dict[Local, dict[Script, int]] = defaultdict(dict)
    for local, pending in situations:
        for script, count in pending:
            most[local][script] = max(count, most[local].get(script, 0))
        most.setdefault(local, {})
    for local, counts in most.items():
        yield local, tuple(sorted(counts.items(), key=repr))


def _two_each(situations: Iterable[Situation]) -> Iterator[Situation]:
    """Of each local state what two situations have under way together, any number of times."""
    by_local: dict[Local, list[Pending]] = defaultdict(list)
    for local, pending in situations:
        by_local[local].append(pending)
    for local, several in by_local.items():
        for one, other in combinations_with_replacement(several, 2):
            yield local, tuple((script, _MANY) for script in sorted(dict((*one, *other)), key=repr))


def _covers(larger: Pending, smaller: Pending) -> bool:
    """Whether each script of the one is the beginning of a script of the other, each of another one."""
    left = dict(larger)
    for script, count in sorted(smaller, key=lambda item: -len(item[0])):
        for _ in range(count):
            found = next((s for s in sorted(left, key=len) if left[s] and _begins_with(s, script)), None)
            if found is None:
                return False
            if left[found] < _MANY:
                left[found] -= 1
    return True


def _begins_with(script: Script, beginning: Script) -> bool:
    """Whether the one is the beginning of the other; what is due since lately covers what was due before."""
    if script[: len(beginning)] == beginning:
        return True
    first = beginning[0]
    return first.stale and _begins_with(script, (replace(first, stale=False), *beginning[1:]))
