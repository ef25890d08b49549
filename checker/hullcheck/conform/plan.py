"""What the systematic part does: every cell that can be reached, in sequences that walk the explored graph.

A cell is a rule that answers, in a state of the object that it is about, with what the caller gives beside objects.
Sequences are short ways: from where one stands the nearest cell that is not yet done, until a fresh start is nearer.
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain, count
from typing import Final, NamedTuple

from dockspec import container, image
from dockspec.container import CONTAINER, NAME, Policy, Process, Status
from dockspec.evaluation import Binding, State, fire
from dockspec.image import ARCHIVE, IMAGE, REFERENCE
from dockspec.language import Expr, Function, Sort, Value, walk
from dockspec.model import Operation, Rule, Specification
from hullcheck.conform.acting import reason_why_not_here
from hullcheck.conform.stage import Asked, slot_of
from hullcheck.explore import Edge, Graph, Scope
from hullcheck.machines import Reading
from hullcheck.steps import completions, is_meant, shown
from hullcheck.worlds import references, world

_WRITTEN: Final = ("app:1", "app@1", "web:1")
_TRANSFERRED: Final = ("app:1", "app:2", "app@1", "app@2")
_PLAIN: Final[Mapping[Function, Value]] = {
    container.auto_remove: False,
    container.obstructed: False,
    container.process: Process.IGNORES,
}
_DETAILS: Final = (
    container.exit_code, container.manually_stopped, container.retries_spent, container.layer, container.process_space,
    container.exec_process,
)  # fmt: skip
_LIVES: Final = (
    "container.create", "container.start", "container.stop", "container.pause", "container.exit", "container.rm",
)  # fmt: skip


@dataclass(frozen=True)
class Ground:
    """A part of the specification that is walked.

    Attributes:
        scope: which part.
        written: its references, as docker writes them.
        private: whether its operations reach beyond what conform made.
        daemon: whether they stop and start the engine.
        registry: whether its references point to a registry.
    """

    scope: Scope
    written: tuple[str, ...] = ()
    private: bool = False
    daemon: bool = False
    registry: bool = False

    def has(self, operation: str) -> bool:
        """Whether an operation is done here."""
        return is_meant(operation, self.scope.operations)

    @property
    def world(self) -> State:
        """The state at the beginning."""
        return world({s: n for s, n in self.scope.sizes.items() if s is not REFERENCE}, self.written)


GROUNDS: Final = (
    Ground(Scope(
        "life", "one container with every feature", {CONTAINER: 1, NAME: 2, IMAGE: 1},
        operations=("container.", "exec.", "obstacle.", "engine.", "image.import"),
        without=("container.prune", "container.commit"),
    )),
    Ground(Scope(
        "removal", "a container whose removal takes its time, or fails", {CONTAINER: 1, NAME: 2, IMAGE: 2},
        frozen={container.auto_remove: False, container.process: Process.IGNORES, container.policy: Policy.NO},
        dropped=tuple(d for d in _DETAILS if d is not container.layer),
        operations=("container.", "exec.create", "exec.start", "removal.", "obstacle.", "image.import"),
        without=("container.prune",),
    )),
    Ground(Scope(
        "names", "two containers and two names", {CONTAINER: 2, NAME: 2, IMAGE: 1}, frozen=_PLAIN,
        dropped=_DETAILS[:1] + _DETAILS[2:],
        operations=(*_LIVES, "container.rename", "image.import"),
    )),
    Ground(Scope(
        "images", "three images, three references, and a container that may use one",
        {CONTAINER: 1, NAME: 1, IMAGE: 3, REFERENCE: 3}, rigid=references(*_WRITTEN),
        frozen={**_PLAIN, container.policy: Policy.NO}, dropped=_DETAILS,
        operations=("container.create", "container.start", "container.rm", "container.commit", "image.import",
                    "image.tag", "image.untag", "image.remove", "image.list", "image.inspect", "image.history"),
    ), _WRITTEN),
    Ground(Scope(
        "use", "one container in every state, and an image of it", {CONTAINER: 1, NAME: 1, IMAGE: 2, REFERENCE: 1},
        rigid=references("app:1"),
        frozen={container.auto_remove: False, container.process: Process.ENDS_BADLY},
        dropped=tuple(d for d in _DETAILS if d not in {container.manually_stopped, container.layer}),
        operations=(*_LIVES, "container.commit", "obstacle.", "image.import", "image.tag", "image.untag",
                    "image.remove"),
    ), ("app:1",)),
    Ground(Scope(
        "archives", "two images and an archive", {CONTAINER: 1, NAME: 1, IMAGE: 2, REFERENCE: 1, ARCHIVE: 1},
        rigid=references("app:1"), frozen={**_PLAIN, container.policy: Policy.NO}, dropped=_DETAILS,
        operations=("container.create", "container.commit", "container.rm", "image.tag", "image.untag", "image.remove",
                    "image.import",
                    "image.save", "image.save-id", "image.load"),
    ), ("app:1",)),
    Ground(Scope(
        "build", "the steps of a build", {CONTAINER: 1, NAME: 1, IMAGE: 3},
        frozen={**_PLAIN, container.policy: Policy.NO}, dropped=_DETAILS[1:],
        operations=("build.", "container.rm", "image.remove", "image.import"),
    )),
    Ground(Scope(
        "registry", "two images that are pulled, pushed, and moved over there",
        {CONTAINER: 1, NAME: 1, IMAGE: 2, REFERENCE: 4}, rigid=references(*_TRANSFERRED),
        frozen={**_PLAIN, container.policy: Policy.NO}, dropped=_DETAILS,
        operations=("image.import", "image.tag", "image.untag", "image.remove", "image.pull", "image.push",
                    "registry."),
    ), _TRANSFERRED, registry=True),
    Ground(Scope(
        "prune", "a container and two images, of which what is not needed goes",
        {CONTAINER: 1, NAME: 1, IMAGE: 2, REFERENCE: 2}, rigid=references("app:1", "app:2"),
        frozen={container.auto_remove: False, container.process: Process.IGNORES, container.policy: Policy.NO},
        dropped=tuple(d for d in _DETAILS if d is not container.layer),
        operations=(*_LIVES, "obstacle.", "container.commit", "container.prune", "image.import", "image.tag",
                    "image.prune"),
    ), ("app:1", "app:2"), private=True),
    Ground(Scope(
        "daemon", "a container with a restart policy, and a daemon that is stopped or killed",
        {CONTAINER: 1, NAME: 1, IMAGE: 1},
        frozen={container.obstructed: False}, dropped=(container.layer,),
        operations=(*_LIVES, "container.kill", "container.restart-timer", "exec.create", "exec.start", "removal.begin",
                    "image.import", "daemon."),
    ), private=True, daemon=True),
)  # fmt: skip


class Cell(NamedTuple):
    """What is to be seen once.

    Attributes:
        rule: the id of the rule that answers.
        given: what the caller gives beside objects, as texts.
        states: of the objects that it is about, and what else decides the outcome.
    """

    rule: str
    given: tuple[str, ...]
    states: tuple[str, ...]

    def __str__(self) -> str:
        return " ".join([self.rule, *(f"[{text}]" for text in self.given), *(f"({text})" for text in self.states)])


class Story(NamedTuple):
    """A sequence that is played.

    Attributes:
        ground: where.
        steps: what is asked.
        cells: those that it is for.
        cost: about how many seconds it takes; of a random one, how many commands it has.
        seed: of a random one, whose steps are drawn while it is played.
    """

    ground: Ground
    steps: tuple[Asked, ...]
    cells: tuple[Cell, ...]
    cost: float
    seed: str = ""

    @property
    def restarts(self) -> tuple[str, ...]:
        """The operations that restart the engine, in their order."""
        return tuple(asked.operation for asked in self.steps if asked.operation.startswith("daemon."))


@dataclass
class Cells:
    """Tells which cell a step is."""

    specification: Specification
    _readings: Mapping[str, Reading] = field(init=False)

    def __post_init__(self) -> None:
        self._readings = {m.name: Reading.of(m) for m in self.specification.machines}
        self._operations = {r.id: o for o in self.specification.operations for r in o.rules}
        self._rules = {r.id: r for r in self.specification.rules}
        self._known: dict[str, tuple[Function, ...]] = {}

    def of(self, rule_id: str, binding: Binding, state: State) -> Cell:
        """The cell of a step."""
        operation, rule = self._operations[rule_id], self._rules[rule_id]
        flags = [p.name for p in operation.parameters if not isinstance(p.type, Sort)]
        if operation.id == "container.create":
            flags = ["command"] if rule.updates else []
        given = tuple(shown(binding[name]) for name in flags)
        return Cell(rule_id, given, tuple(self._states(rule, binding, state)))

    def _states(self, rule: Rule, binding: Binding, state: State) -> Iterator[str]:
        slot = binding.get("c")
        kind = rule.id.partition(".")[0]
        for_all = kind == "daemon" or any(update.each for update in rule.updates)
        if for_all and binding.keys().isdisjoint({"c", "i", "r", "base", "a"}):
            yield from self._fates(rule, binding, state) if kind == "daemon" else self._everything(kind, state)
        if rule.id == "image.push.pushed":
            image_of, digest_of = (state.value(image.refers, slot_of(binding[name])) for name in ("t", "digest"))
            yield "its digest is known" if digest_of == image_of else "its digest is not known"
        if isinstance(slot, int):
            yield self._readings["container"].status((slot,), state).value
            if not rule.updates:
                return
            decisive = [f for f in self._decisive(rule) if f is not container.exec_process]
            if len(decisive) < len(self._decisive(rule)) and state.value(container.exec_process, slot) is _RUNS:
                yield _WITH_EXEC  # whatever else is the case, once is enough
            else:
                yield from (shown(state.value(f, slot)) for f in decisive)
        subject = binding.get("i", binding.get("base"))
        named = binding.get("r")
        if isinstance(named, int) and "i" not in binding:
            subject = state.value(image.refers, named)
        if isinstance(subject, int):
            yield self._readings["image"].status((subject,), state).value

    def _everything(self, kind: str, state: State) -> Iterator[str]:
        """The states of all images, or of all containers: for what is about each of them."""
        name, sort = ("image", IMAGE) if kind == "image" else ("container", CONTAINER)
        yield from (self._readings[name].status((slot,), state).value for slot in range(state.sizes.get(sort, 0)))

    def _fates(self, rule: Rule, binding: Binding, state: State) -> Iterator[str]:
        """Of each container what it is, what its policy goes by, and what becomes of it."""
        after = fire(rule, binding, state)
        for slot in range(state.sizes.get(CONTAINER, 0)):
            was, becomes = state.value(container.status, slot), after.value(container.status, slot)
            policy, words = state.value(container.policy, slot), [shown(was)]
            if was not in {Status.REMOVED, Status.REMOVING, Status.DEAD}:  # there nothing else counts
                words += [shown(policy), *(word for flag, word in _FLAGS.items() if state.value(flag, slot) is True)]
            if becomes is not was:
                words.append(f"then {shown(becomes)}")
            if was is Status.RUNNING and becomes is Status.STOPPED and words[1:3] == [Policy.NO.value, words[-1]]:
                words.append(shown(after.value(container.exit_code, slot)))  # the policy decides nothing: how it ends
                words += [_WITH_EXEC] * (state.value(container.exec_process, slot) is _RUNS)
            yield ", ".join(words)

    def _decisive(self, rule: Rule) -> tuple[Function, ...]:
        if rule.id not in self._known:
            self._known[rule.id] = _decisive(rule)
        return self._known[rule.id]


_FLAGS: Final[Mapping[Function, str]] = {
    container.manually_stopped: "by hand", container.retries_spent: "retries spent", container.auto_remove: "--rm",
}  # fmt: skip
_DECIDES: Final = ("container.process", "container.policy", "container.exec")
_RUNS: Final = container.Exec.RUNNING
_WITH_EXEC: Final = "with an exec"


def _decisive(rule: Rule) -> tuple[Function, ...]:
    """Those of a container's own settings on which what the rule does depends."""
    parts: list[Expr] = [rule.when]
    for update in rule.updates:
        parts += [update.value, update.where]
    for event in rule.events:
        parts += [event.where, *(a for a in event.attributes.values() if isinstance(a, Expr))]
    found = {p.function.name: p.function for part in parts for p in walk(part) if hasattr(p, "function")}
    return tuple(found[name] for name in _DECIDES if name in found)


# --- the walk -------------------------------------------------------------------------------------------------------

_SECONDS: Final = {
    "container.start": 0.6, "container.restart": 0.9, "container.stop": 0.7, "container.commit": 0.4,
    "image.import": 0.3, "exec.start": 0.3, "container.wait": 0.8, "build.run": 1.0, "build.fail": 1.0,
    "daemon.restart": 8.0, "daemon.crash": 12.0, "container.rm": 0.2, "image.load": 0.3, "image.save": 0.2,
}  # fmt: skip
_RESTARTING: Final = 6.0
_NEAR: Final = 0.8
"""A way of so many seconds is never longer than a fresh start."""
_LONGEST: Final = 25.0
"""Seconds that a story may take, so that several end at about the same time."""


class _Way(NamedTuple):
    asked: Asked
    cell: Cell
    target: int
    cost: float


@dataclass
class Walk:
    """The walk over one ground.

    Args:
        cells: tells which cell a step is.
        ground: where.
        possible: whether an operation can be done on this engine.
        engine: the engine's name.
    """

    cells: Cells
    ground: Ground
    possible: Callable[[str], bool]
    engine: str = "docker"

    def __post_init__(self) -> None:
        graph = Graph(self.cells.specification, self.ground.scope)
        states: dict[int, State] = {}
        self.unreachable: dict[str, str] = {}
        self._seen: set[tuple[int, int, Cell]] = set()
        self._loops: dict[int, dict[int, list[_Way]]] = {}
        self._moves: dict[int, dict[int, list[_Way]]] = {}
        for edge in graph.edges(refusals=True):
            if not self.possible(edge.operation):
                continue
            if edge.source not in states:
                states[edge.source] = graph.state(edge.source)
            self._add(edge, states[edge.source])
        for targets in self._moves.values():
            for ways in targets.values():
                ways.sort(key=lambda way: way.cost)
        self._avoided, self._cheapest = frozenset[Cell](), dict[int, Sequence[_Way]]()
        self._on_moves = {here: _cells_on(targets) for here, targets in self._moves.items()}
        self._on_loops = {here: _cells_on(targets) for here, targets in self._loops.items()}

    def _add(self, edge: Edge, state: State) -> None:
        why = reason_why_not_here(edge.operation, edge.binding, state, self.engine)
        if why:
            self.unreachable[edge.rule] = why
            return
        cell = self._cell(edge, state)
        loops = edge.target == edge.source
        known = self._loops if loops else self._moves
        key = (edge.source, edge.target, cell)
        if key in self._seen or (loops and _fleeting(state, edge.binding)):
            return
        if not _first_slots(self.cells.specification.operation(edge.operation), edge.binding, state):
            return
        self._seen.add(key)
        cost = _SECONDS.get(edge.operation, 0.1) + (_RESTARTING if edge.rule == "container.exit.restarting" else 0.0)
        way = _Way(Asked(edge.operation, edge.binding), cell, edge.target, cost)
        known.setdefault(edge.source, {}).setdefault(edge.target, []).append(way)

    def _cell(self, edge: Edge, state: State) -> Cell:
        return self.cells.of(edge.rule, edge.binding, state)

    def avoid(self, cells: Iterable[Cell]) -> None:
        """Lead over none of these cells: after them the engine is somewhere else than planned."""
        self._avoided, self._cheapest = frozenset(cells), {}

    def known(self) -> set[Cell]:
        """Every cell to which a way leads."""
        reached, ahead = {0}, [0]
        while ahead:
            further = self._moves.get(ahead.pop(), {}).keys() - reached
            reached |= further
            ahead += further
        return {cell for source, _, cell in self._seen if source in reached}

    def stories(self, wanted: set[Cell]) -> Iterator[Story]:
        """Sequences that see all wanted cells; the set is emptied of what they see."""
        while True:
            story = self._story(wanted)
            if story is None:
                return
            yield story

    def single(self, wanted: set[Cell]) -> Iterator[Story]:
        """For each wanted cell the shortest sequence that ends with it."""
        return filter(None, (self.nearest({cell}) for cell in sorted(wanted)))

    def nearest(self, wanted: set[Cell]) -> Story | None:
        """The shortest sequence that ends with one of these cells; None where none does."""
        path = self._nearest(0, wanted) or []
        here = path[-1].target if path else 0
        if not path or path[-1].cell not in wanted:
            path += [way for way in self._at(here) if way.cell in wanted][:1]
        if not path:
            return None
        return Story(self.ground, tuple(way.asked for way in path), (path[-1].cell,), sum(way.cost for way in path))

    def _story(self, wanted: set[Cell]) -> Story | None:
        here, steps, done, cost = 0, list[Asked](), list[Cell](), 0.0
        while True:
            for way in self._at(here):
                if way.cell in wanted:
                    wanted.discard(way.cell)
                    steps.append(way.asked)
                    done.append(way.cell)
                    cost += way.cost
            path = self._nearest(here, wanted)
            if path is None:
                break
            if done and here != 0:
                length = sum(way.cost for way in path)
                fresh = self._nearest(0, wanted) if length > _NEAR else None
                if cost > _LONGEST or (fresh and sum(way.cost for way in fresh) <= length):
                    break
            for way in path:
                steps.append(way.asked)
                cost += way.cost
                if way.cell in wanted:
                    wanted.discard(way.cell)
                    done.append(way.cell)
                here = way.target
        return Story(self.ground, tuple(steps), tuple(done), cost) if done else None

    def _nearest(self, start: int, wanted: set[Cell]) -> list[_Way] | None:
        """The cheapest way to a state with a wanted cell, or over a wanted step."""
        number = count()
        heap: list[tuple[float, int, int, _Way | None, int]] = [(0.0, next(number), start, None, -1)]
        best: dict[int, tuple[_Way | None, int]] = {}
        reached = {start: 0.0}
        while heap:
            cost, _, here, way, before = heapq.heappop(heap)
            if way is not None and (way.cell in wanted or (here not in best and self._has(here, wanted))):
                path = [way]
                while (last := best[before])[0] is not None:
                    path.append(last[0])
                    before = last[1]
                return path[::-1]
            if here in best:
                continue
            best[here] = (way, before)
            for step in self._exits(here):
                further = cost + step.cost
                if further < reached.get(step.target, math.inf):
                    reached[step.target] = further
                    heapq.heappush(heap, (further, next(number), step.target, step, here))
            if not wanted.isdisjoint(self._on_moves.get(here, ())):
                for step in chain.from_iterable(self._moves[here].values()):
                    if step.cell in wanted and step.cell not in self._avoided:
                        heapq.heappush(heap, (cost + step.cost, next(number), step.target, step, here))
        return None

    def _exits(self, here: int) -> Sequence[_Way]:
        """The cheapest way to each state that is one step away."""
        if here not in self._cheapest:
            all_ways = self._moves.get(here, {}).values()
            firsts = (next((way for way in ways if way.cell not in self._avoided), None) for ways in all_ways)
            self._cheapest[here] = [way for way in firsts if way is not None]
        return self._cheapest[here]

    def _at(self, here: int) -> list[_Way]:
        return self._loops.get(here, {}).get(here, [])

    def _has(self, here: int, wanted: set[Cell]) -> bool:
        return not wanted.isdisjoint(self._on_loops.get(here, ()))


def _cells_on(ways: Mapping[int, Iterable[_Way]]) -> frozenset[Cell]:
    return frozenset(way.cell for to_one in ways.values() for way in to_one)


def _first_slots(operation: Operation, binding: Binding, state: State) -> bool:
    """Whether what is new takes the first slots that are free, as it does when it is played."""
    if not operation.fresh:
        return True
    names = {p.name for p in operation.fresh}
    given = {name: value for name, value in binding.items() if name not in names}
    first = next(completions(operation, given, state), None)
    return first is not None and all(first[name] == binding[name] for name in names)


def _fleeting(state: State, binding: Binding) -> bool:
    """Whether the state of a container lasts too short a time for more than what is aimed at it."""
    slot = binding.get("c")
    return (
        isinstance(slot, int)
        and state.value(container.status, slot) is Status.RESTARTING
        and state.value(container.process, slot) is Process.NOT_FOUND
    )
