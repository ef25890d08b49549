"""The whole of a run: stories in flight, what they observed, what is left, and everything cleaned up at the end."""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from itertools import groupby
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, Final, TypeVar

from dockspec.model import Specification
from hullcheck.conform import chance, events, observations
from hullcheck.conform.acting import holds_up_others, reason_why_not
from hullcheck.conform.cleaning import clean
from hullcheck.conform.client import Client, Heard, Hearing, compared
from hullcheck.conform.daemon import Daemon
from hullcheck.conform.declared import ANSWERS, Deviation, Kind, covered
from hullcheck.conform.engine import ConnectionBroken, Engine
from hullcheck.conform.events import Listener
from hullcheck.conform.lines import Key, Scene, scenes
from hullcheck.conform.plan import GROUNDS, Cell, Cells, Ground, Story, Walk
from hullcheck.conform.playing import SETTLING, Player, Run, Step
from hullcheck.conform.registry import Registry
from hullcheck.conform.restarts import Restarts
from hullcheck.conform.shrinking import shrunk
from hullcheck.conform.stage import PREFIX, Asked, Stage, Unreachable

_T = TypeVar("_T")
_R = TypeVar("_R")

INTERRUPTED: Final = "interrupted"
"""Why a run ended early: Ctrl-C."""
IN_FLIGHT: Final = 6
"""Stories at a time: most of a story is waiting."""
TO_A_RESTART: Final = 12
"""Stories that end with the same restart of the daemon."""
_HOLDS: Final = "removal.begin"
_TRANSFERS: Final = ("image.pull", "image.push", "registry.")
_NO_WAY: Final = "no sequence leads there that can be done from outside"
_BARRED: Final = "every sequence that leads there goes over a difference"
_ROUNDS: Final = 5
"""How often a cell is tried, where the engine chose otherwise, or differed on the way."""


@dataclass(frozen=True)
class Difference:
    """Where an engine differs.

    Attributes:
        cell: what was to be seen.
        run: the sequence, whose last step differs.
        ground: where it was played.
    """

    cell: Cell
    run: Run
    ground: Ground

    @property
    def step(self) -> Step:
        """The step that differs."""
        return self.run.steps[-1]


@dataclass
class Report:
    """What a run found.

    Attributes:
        engine: which engine.
        dialect: of the specification.
        observed: the cells that were seen to agree.
        differences: those that differ.
        unreachable: cells and rules that could not be seen -> why.
        systematic: whether every cell of the rules was wanted, and not only what chance drew.
        steps: how many operations were done.
        seconds: how long it took.
        broken: why it ended early; empty where it did not.
        left: what could not be cleaned up.
        hearing: what docker's command line came to; None where it has no part in the run.
    """

    engine: Engine
    dialect: str
    observed: set[Cell] = field(default_factory=set)
    differences: list[Difference] = field(default_factory=list)
    unreachable: dict[str, str] = field(default_factory=dict)
    systematic: bool = False
    steps: int = 0
    seconds: float = 0.0
    broken: str = ""
    left: list[str] = field(default_factory=list)
    hearing: Hearing | None = None

    @property
    def rules(self) -> set[str]:
        """The rules that were observed, agreeing or not."""
        return {cell.rule for cell in self.observed} | {d.cell.rule for d in self.differences}

    @property
    def unreached(self) -> dict[str, str]:
        """The rules that were not observed in any cell -> why."""
        reasons = {what.split(" ")[0]: why for what, why in sorted(self.unreachable.items(), reverse=True)}
        return {rule: why for rule, why in reasons.items() if rule not in self.rules}


Progress = Callable[[Report, int, str], None]
"""Told of the report, how many cells are still wanted, and what ended last."""


@dataclass
class Conformance:
    """Runs stories on one engine.

    Attributes:
        engine: which.
        specification: in its dialect.
        private: whether the engine may be used up.
        declared: differences that are known; they end no random run.
        record: where observations go, line by line.
        progress: is told of every story that ends.
        settling: how many seconds the engine has until it must agree.
        daemon: of an engine that is conform's own: it may be stopped and started.
        registry: that the engine can reach.
        client: docker's command line, which is run too; or why it is not.
        name: of this run; its things are called after it.
    """

    engine: Engine
    specification: Specification
    private: bool = False
    declared: Mapping[str, Deviation] = field(default_factory=dict)
    record: IO[str] | None = None
    progress: Progress = lambda report, wanted, what: None  # noqa: ARG005  # nobody listens
    settling: float = SETTLING
    daemon: Daemon | None = None
    registry: Registry | None = None
    client: Client | str = ""
    name: str = field(default_factory=lambda: secrets.token_hex(3))

    def __post_init__(self) -> None:
        self.cells = Cells(self.specification)
        self.report = Report(self.engine, self.specification.dialect)
        self.listener = Listener(self.engine)
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self._stories = 0
        self._reasons: dict[str, str] = {}
        self._lost: set[Cell] = set()
        self._written: set[Cell] = set()
        self._planned: set[Key] = set()
        self._forgiving = True
        self._unclean: list[Stage] = []
        self._told: set[Key] = set()
        self._known = {rule: deviation.differs for rule, deviation in self.declared.items()}
        self._date = time.strftime("%Y-%m-%d")

    def close(self) -> None:
        """Stop listening."""
        self.listener.close()

    def clean_again(self) -> None:
        """Try once more what could not be cleaned up, now that the engine has less to do."""
        unclean, self._unclean, self.report.left = self._unclean, [], []
        for stage in unclean:
            stage.engine = self.engine.another()
            self._clean(stage)
            stage.engine.close()

    def stop(self) -> None:
        """Let what is under way end after its step, and clean up."""
        self._stop.set()

    # --- the systematic part ------------------------------------------------------------------------------------------

    def systematic(self, rules: Sequence[str] = (), done: Iterable[Cell] = (), heard: Iterable[Key] = ()) -> Report:
        """See every cell that can be seen.

        Args:
            rules: ids, or prefixes that end with a dot, of the rules that are wanted; empty: all.
            done: cells that were observed before.
            heard: what docker's command line was seen to agree in before.
        """
        self.report.systematic = True
        client = self.client
        hearing = Hearing(client.version) if isinstance(client, Client) else Hearing(reason=client)
        hearing.before = frozenset(heard)
        self.report.hearing = hearing if client else None
        began, known = time.monotonic(), set[Cell]()
        self.report.observed |= set(done)
        self._written |= self.report.observed
        self._planned |= hearing.before
        wished = [o.id for o in self.specification.operations if any(is_wanted(r.id, rules) for r in o.rules)]
        try:
            for ground in GROUNDS:
                refused = (
                    (ground.daemon and not self.daemon)
                    or (ground.private and not self.private)
                    or (ground.registry and not self.registry)
                )
                if refused or self._stop.is_set() or not any(ground.has(operation) for operation in wished):
                    continue
                walk = Walk(self.cells, ground, lambda o: not self._why_not(o), self.engine.name)
                wanted = {cell for cell in walk.known() - known if is_wanted(cell.rule, rules)}
                known |= walk.known()
                self._reasons |= walk.unreachable
                self._see(walk, wanted)
                if isinstance(client, Client) and not ground.daemon:
                    self._hear(walk, rules, client, hearing)
        except KeyboardInterrupt:
            self.stop()
            self.report.broken = INTERRUPTED
        self._explain(known, rules)
        if self.record is not None and not self.report.broken:
            lines = (
                observations.unreached(self.specification, self.engine, rule, why, self._date)
                for rule, why in sorted(self.report.unreached.items())
            )
            observations.write(self.record, lines)
        self.report.seconds = time.monotonic() - began
        return self.report

    def random(self, commands: int, seed: int) -> Report:
        """So many random commands; the first differences end it."""
        began = time.monotonic()
        drawn = iter(chance.seeds(seed, commands))
        stories = (Story(chance.GROUND, (), (), float(length), text) for text, length in drawn)
        try:
            self._play_all(stories, IN_FLIGHT, set())
        except KeyboardInterrupt:
            self.report.broken = INTERRUPTED
        self.report.seconds += time.monotonic() - began
        return self.report

    def shrink(self, rules: Collection[str]) -> None:
        """Make the sequences of the differences in some rules shorter, on the engine; one of each rule is kept."""
        first = {d.cell.rule: d for d in reversed(self.report.differences)}
        self.report.differences = [
            d for d in self.report.differences if d.cell.rule not in rules or first[d.cell.rule] is d
        ]
        for number, difference in enumerate(self.report.differences):
            if difference.cell.rule not in rules:
                continue
            if self._stop.is_set() and self.report.broken:
                return
            self._stop.clear()
            ground = difference.ground

            def again(sequence: Sequence[Asked], ground: Ground = ground) -> Run:
                return self._play(Story(ground, tuple(sequence), (), 0.0))

            try:
                shorter = shrunk(self.specification, ground.world, difference.run, again)
            except KeyboardInterrupt:
                self.stop()
                self.report.broken = INTERRUPTED
                return
            self.report.differences[number] = Difference(difference.cell, shorter, ground)

    def _why_not(self, operation: str) -> str:
        able = [*(["daemon."] if self.daemon else []), *(_TRANSFERS if self.registry else [])]
        return reason_why_not(operation, able, self.engine.name)

    def _at_once(self, ground: Ground) -> int:
        """How many stories are played at the same time."""
        alone = ground.private or (ground.has(_HOLDS) and holds_up_others(self.engine))
        return 1 if alone else IN_FLIGHT

    def _see(self, walk: Walk, wanted: set[Cell]) -> None:
        for number in range(1, _ROUNDS + 1):
            self._forgiving = number < _ROUNDS  # what differs at every try is a difference
            todo = {cell for cell in wanted - self.report.observed - self._lost if not self._differs(cell)}
            if not todo or self._stop.is_set():
                return
            walk.avoid(d.cell for d in self.report.differences if Kind.STATE in d.step.kinds)
            if walk.ground.daemon:
                self._play_restarts(walk, {cell for cell in todo if cell.rule.startswith("daemon.")})
            else:
                self._play_all(walk.stories(set(todo)), self._at_once(walk.ground), todo)

    def _differs(self, cell: Cell) -> bool:
        return any(d.cell == cell for d in self.report.differences)

    def _play_all(self, stories: Iterator[Story], in_flight: int, todo: set[Cell]) -> None:
        self._do_all(stories, self._play, partial(self._ended, todo), in_flight)

    def _do_all(
        self, things: Iterator[_T], do: Callable[[_T], _R], ended: Callable[[_T, _R], None], in_flight: int
    ) -> None:
        """Do the same with each of some things, several at a time; ``ended`` is told of each in this thread."""
        with ThreadPoolExecutor(in_flight, thread_name_prefix="story") as pool:
            running: dict[Future[_R], _T] = {}
            try:
                while True:
                    while len(running) < in_flight and not self._stop.is_set():
                        try:
                            thing = next(things)
                        except StopIteration:
                            break
                        running[pool.submit(do, thing)] = thing
                    if not running:
                        return
                    for future in wait(running, return_when=FIRST_COMPLETED).done:
                        ended(running.pop(future), future.result())
            except BaseException:
                self.stop()
                raise

    # --- docker's command line ----------------------------------------------------------------------------------------

    def _hear(self, walk: Walk, rules: Sequence[str], client: Client, hearing: Hearing) -> None:
        """Run docker lines, once for each command and answer; once more where something differs, or is missing."""
        wished = {cell.rule for cell in walk.known() if is_wanted(cell.rule, rules)}
        otherwise = {rule for rule, known in self.declared.items() if known.differs & ANSWERS}

        def ended(scene: Scene, found: tuple[list[Heard], str]) -> None:
            hearing.take(scene, *found)
            self._write_down(client, (heard for heard in found[0] if not heard.differences))
            self.progress(self.report, len(hearing.missing), f"docker lines, {scene.ground.scope.name}")

        planned = [*scenes(self.specification, walk, wished, otherwise, self._planned)]
        try:
            for _ in range(2):
                self._do_all(iter(planned), partial(self._heard, client), ended, self._at_once(walk.ground))
                planned = [left for scene in planned if (left := hearing.doubtful(scene))]
        finally:
            self._write_down(client, hearing.differences)

    def _heard(self, client: Client, scene: Scene) -> tuple[list[Heard], str]:
        """What the lines of a scene came to, and why some of them could not be run."""
        found, why = list[Heard](), ""
        with self._player(scene.ground) as player, TemporaryDirectory(prefix="hull-") as folder:
            run = player.play(scene.steps)
            differs = run.difference is not None and Kind.STATE in run.difference.kinds
            if run.unreachable or differs or player.state != scene.before:
                why = run.unreachable or "the engine is not where it was to be"
                scene = scene._replace(lines=())
            for slot, archive in player.stage.archives.items():
                Path(folder, f"a{slot}.tar").write_bytes(archive)
            try:
                for line in scene.lines:
                    ask = partial(client.ask, line, player.stage, player.state, Path(folder))
                    told = player.ask(line.asked, ask)
                    found.append(compared(line, told, self.engine.name, (self.engine.version, client.version)))
            except Unreachable as reason:
                why = str(reason)
        return found, why or self.report.broken

    def _write_down(self, client: Client, found: Iterable[Heard]) -> None:
        """Docker lines, each once: one that agrees at once, one that differs when it has been tried again."""
        new = [heard for heard in found if heard.line.key not in self._told]
        self._told |= {heard.line.key for heard in new}
        if self.record is not None:
            spec, version, date = self.specification, client.version, self._date
            lines = (observations.docker_line(spec, self.engine, version, heard, date) for heard in new)
            observations.write(self.record, lines)

    def _play_restarts(self, walk: Walk, todo: set[Cell]) -> None:
        """Stories that end with a restart of the daemon, several to one restart: those that take about as long."""
        stories = sorted(walk.single(todo), key=lambda story: (self._restarted_together(story), story.cost))
        for (restarts, alone), alike in groupby(stories, key=self._restarted_together):
            left = list(alike)
            at_once = 1 if alone or len(restarts) > 1 else TO_A_RESTART
            while left and not self._stop.is_set():
                batch, left = left[:at_once], left[at_once:]
                self._play_together(batch, todo)

    def _restarted_together(self, story: Story) -> tuple[tuple[str, ...], bool]:
        """What stories that share a restart have in common; and whether none is shared."""
        return story.restarts, holds_up_others(self.engine) and any(a.operation == _HOLDS for a in story.steps)

    def _play_together(self, batch: Sequence[Story], todo: set[Cell]) -> None:
        if self.daemon is None:
            raise ValueError("a daemon that is not conform's own is not restarted")
        restarts = Restarts(self.daemon, self.listener, len(batch))
        with ThreadPoolExecutor(len(batch), thread_name_prefix="story") as pool:
            runs = [pool.submit(self._play, story, restarts) for story in batch]
            try:
                for story, run in zip(batch, runs, strict=True):
                    self._ended(todo, story, run.result())
            except BaseException:
                self.stop()
                raise

    def _play(self, story: Story, restarts: Restarts | None = None) -> Run:
        run = Run()
        if story.ground.daemon and self.daemon and restarts is None:
            restarts = Restarts(self.daemon, self.listener)
        with self._player(story.ground, restarts) as player:
            player.observe = lambda step: self._observed(story, step)
            _ = self._drawn(player, story, run) if story.seed else player.play(story.steps, run)
        return run

    @contextmanager
    def _player(self, ground: Ground, restarts: Restarts | None = None) -> Iterator[Player]:
        """A player on a stage of its own, which is cleared at the end; where the connection breaks, that ends it."""
        with self._lock:
            self._stories += 1
            prefix = f"{PREFIX}{self.name}-{self._stories}"
        engine = self.engine.another()
        registry = self.registry if ground.registry else None
        stage = Stage(engine, prefix, ground.written, restarts=restarts, registry=registry)
        try:
            player = Player(self.specification, ground.world, stage, self.listener, self.settling)
            player.known, player.stopped, player.forgiving = self._known, self._stop.is_set, self._forgiving
            yield player
        except ConnectionBroken as broken:
            self.report.broken = self.report.broken or str(broken)
            self.stop()
        finally:
            self._clean(stage)
            engine.close()
            if restarts:
                restarts.leave()

    def _drawn(self, player: Player, story: Story, run: Run) -> Run:
        """A story whose steps are drawn while it is played."""
        without = [_HOLDS] if holds_up_others(self.engine) else []
        drawing = chance.Chance(self.specification, story.seed, self.engine.name, without)
        while len(run.steps) < story.cost and not self._stop.is_set():
            more = player.play([drawing.next(player.state)])
            run.steps += more.steps
            if more.difference and not covered(self.declared, more.difference):
                self.stop()
                break
            if more.lost or (more.difference and Kind.STATE in more.difference.kinds):
                break
        return run

    def _clean(self, stage: Stage) -> None:
        try:
            left = clean(stage)
        except ConnectionBroken as broken:
            left = [f"{stage.prefix} ({broken})"]
        with self._lock:
            self.report.left += left
            self._unclean += [stage] * bool(left)

    def _observed(self, story: Story, step: Step) -> None:
        """A step was taken: its cell is known now, and written down if it is new."""
        cell = self.cells.of(step.rule, step.taken.binding, step.taken.before)
        with self._lock:
            self.report.steps += 1
            if not step.differences:
                self.report.observed.add(cell)
            else:
                self._known[step.rule] = self._known.get(step.rule, frozenset()) | step.kinds
            telling = bool(step.differences) or events.is_complete(step.taken, step.events, self.engine.name)
            if self.record is not None and telling and cell not in self._written:
                self._written.add(cell)
                line = observations.line(self.specification, self.engine, cell, step, story.ground.written, self._date)
                observations.write(self.record, [line])

    def _ended(self, todo: set[Cell], story: Story, run: Run) -> None:
        """Take in what came of a story, and tell how much is left to do."""
        for shorter in run.differing:
            step = shorter.steps[-1]
            cell = self.cells.of(step.rule, step.taken.binding, step.taken.before)
            if not self._differs(cell):
                self.report.differences.append(Difference(cell, shorter, story.ground))
        if run.unreachable:
            for cell in story.cells:
                if cell not in self.report.observed:
                    self.report.unreachable[str(cell)] = run.unreachable
        if run.lost and not run.missed:
            self._lost.add(self.cells.of(run.lost.rule.id, run.lost.binding, run.lost.before))
        self.progress(self.report, len(todo - self.report.observed), story.ground.scope.name)

    def _explain(self, known: set[Cell], rules: Sequence[str]) -> None:
        """Why what was not seen was not seen."""
        report = self.report
        seen = set(map(str, [*report.observed, *(difference.cell for difference in report.differences)]))
        report.unreachable = {cell: why for cell, why in report.unreachable.items() if cell not in seen}
        explained = {*report.rules, *report.unreached}
        reached = {cell.rule for cell in known}
        for rule in self.specification.rules:
            if rule.id in explained or not is_wanted(rule.id, rules):
                continue
            operation = self.specification.operation_of(rule)
            why = self._why_not(operation.id) or self._reasons.get(rule.id, "")
            if operation.id.endswith(".prune") and not self.private:
                why = "it reaches beyond what conform made: --private"
            report.unreachable[rule.id] = why or (_BARRED if rule.id in reached else _NO_WAY)


def is_wanted(rule: str, rules: Sequence[str]) -> bool:
    """Whether a rule, or an operation, is one of those that are named: by its id, or by the beginning of it."""
    return not rules or any(rule == one or rule.startswith(one.rstrip(".") + ".") for one in rules)
