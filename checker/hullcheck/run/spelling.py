"""A run of the specification, in slots, as lines that can be pasted into ``hullcheck run`` and lead to the same state.

A world is driven along while spelling, so that a line can name what the lines before it made. Where docker has no
command of its own for a step (half an exec, one step of a build, a second name added to an archive), the line is
``!step``; what only reads and would wait for ever is a comment.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from types import MappingProxyType
from typing import Final, Protocol

from dockspec.container import CONTAINER, NAME, Policy, Process, has_running_flag
from dockspec.container import c as a_container
from dockspec.evaluation import Binding, State, holds
from dockspec.host import PORT, Set
from dockspec.image import ARCHIVE, IMAGE, REFERENCE, ReferenceKind, before, kind, present, registry, same_repository
from dockspec.language import Sort, Value
from dockspec.model import Kind
from dockspec.names import short_id
from dockspec.operations.containers import Signal
from dockspec.operations.processes import Ending
from dockspec.operations.shared import Patience, Race
from hullcheck.run.core import Taken
from hullcheck.run.ids import hexadecimal
from hullcheck.run.shell import Text, Word
from hullcheck.run.world import World


class Step(Protocol):
    """A step of a run, as the explorer and the sampler tell it."""

    @property
    def operation(self) -> str:
        """The operation's id."""

    @property
    def binding(self) -> Binding:
        """Its parameters, all of them."""

    @property
    def rule(self) -> str:
        """The id of the rule that answered."""

    @property
    def before(self) -> State:
        """The state before it."""


@dataclass(frozen=True)
class Spelled:
    """One line.

    Attributes:
        text: to be pasted into ``hullcheck run``.
        rule: the rule that answers; for a line that only prepares the next one, a remark in brackets.
        changes: what it changes, in words.
    """

    text: str
    rule: str
    changes: tuple[str, ...] = ()


def spelled(steps: Iterable[Step], dialect: str = "docker") -> list[Spelled]:
    """A run as lines, from the state in which nothing exists. Raises ``Refused`` where there is no such dialect."""
    speller = Speller(dialect)
    return [line for step in steps for line in speller.spell(step)]


def spell(steps: Iterable[Step], dialect: str = "docker") -> list[str]:
    """The same, the texts alone."""
    return [line.text for line in spelled(steps, dialect)]


PREPARES: Final = "(prepares the next line)"
_REPOSITORIES: Final = ("app", "web")
_ENDS: Final = "while :; do sleep 1; done"
_PROGRAMS: Final[Mapping[Process, tuple[str, ...]]] = MappingProxyType(
    {
        Process.NOTHING: (),
        Process.NOT_FOUND: ("nonexistent",),
        Process.NOT_EXECUTABLE: ("/etc/passwd",),
        Process.NOT_STARTED: ("broken",),
        Process.ENDS_WELL: ("sh", "-c", f'trap "exit 0" TERM; {_ENDS}'),
        Process.ENDS_BADLY: ("sh", "-c", f'trap "exit 3" TERM; {_ENDS}'),
        Process.IGNORES: ("sleep", "infinity"),
        Process.DIES: ("sh", "-c", f'trap "exit 143" TERM; {_ENDS}'),
    }
)
_SIGNALS: Final[Mapping[Signal, tuple[str, ...]]] = MappingProxyType(
    {
        Signal.KILL: (),
        Signal.TERM: ("-s", "TERM"),
        Signal.HARMLESS: ("-s", "WINCH"),
        Signal.UNKNOWN: ("-s", "BOGUS"),
    }
)
_WORLD: Final = MappingProxyType(
    {
        "container.restart-timer": "!timer",
        "container.write": "!write",
        "container.lose-program": "!break",
        "exec.exit": "!exec-exit",
        "removal.begin": "!removal begin",
        "removal.end": "!removal end",
        "removal.fail": "!removal fail",
        "obstacle.put": "!obstruct",
        "obstacle.clear": "!clear",
    }
)
_FIXED: Final = MappingProxyType(
    {
        "container.list": "docker ps -a",
        "container.prune": "docker container prune -f",
        "daemon.crash": "!daemon crash",
        "daemon.restart": "!daemon restart",
        "engine.info": "docker info",
        "engine.version": "docker version",
        "firewall.reload": "firewall-cmd --reload",
        "firewall.start": "systemctl start firewalld",
        "firewall.state": "firewall-cmd --state",
        "firewall.status": "systemctl status firewalld",
        "firewall.stop": "systemctl stop firewalld",
        "image.import": "docker import -",
        "image.list": "docker images -a",
    }
)
_ON_CONTAINER: Final = ("inspect", "logs", "pause", "start", "top", "unpause")


@dataclass
class Speller:
    """Spells one step after another. ``slots`` says which object of its world stands for which of the run's."""

    dialect: str = "docker"
    world: World = field(init=False)
    slots: dict[Sort, dict[int, int]] = field(init=False)
    names: dict[int, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.world = World(self.dialect)
        self.slots = {sort: {} for sort in (CONTAINER, NAME, IMAGE, REFERENCE, ARCHIVE, PORT)}

    def spell(self, step: Step) -> list[Spelled]:
        """The lines for one step: what prepares it, and its own."""
        *prepared, line = self.lines(step)
        lines = []
        for text in prepared:
            list(self.world.script(text))
            lines.append(Spelled(text, PREPARES))
        changes: tuple[str, ...] = ()
        for outcome in self.world.script(line):
            taken = next((t for t in reversed(self.world.core.taken) if t.operation.id == step.operation), None)
            if taken is not None:
                self._learn(step, taken)
                changes = outcome.operations[self.world.core.taken.index(taken)].changes
        return [*lines, Spelled(line, step.rule, changes)]

    def _learn(self, step: Step, taken: Taken) -> None:
        """What the world allotted stands for what the run allotted; so does what was named for the first time."""
        if taken.rule.answer.kind is Kind.REFUSED:
            return  # nothing was allotted
        fresh = {variable.name for variable in taken.operation.fresh}
        for variable in taken.operation.all_parameters:
            mine, theirs = taken.binding[variable.name], step.binding.get(variable.name)
            if not isinstance(variable.type, Sort) or not _is_slot(mine) or not _is_slot(theirs):
                continue
            table = self.slots[variable.type]
            if variable.name in fresh or variable.type in {NAME, ARCHIVE, PORT} or theirs not in table:
                for other in [slot for slot, known in table.items() if known == mine and slot != theirs]:
                    del table[other]  # a digest that the run has in another slot now
                if self._is_real(variable.type, _slot(mine)):
                    table[_slot(theirs)] = _slot(mine)
        name = step.binding.get("step_name")
        if _is_slot(name) and "step_name" in taken.binding:
            self.names[_slot(name)] = self.world.core.payload.names[_slot(taken.binding["step_name"])]

    def _is_real(self, sort: Sort, slot: int) -> bool:
        payload = self.world.core.payload
        if sort is CONTAINER:
            return slot in payload.containers
        return sort is not IMAGE or slot in payload.images

    # --- objects ------------------------------------------------------------------------------------------------------

    def container(self, slot: Value) -> str:
        """The name of a container; one that nobody has, where it does not exist."""
        core = self.world.core
        known = self.slots[CONTAINER].get(_slot(slot))
        return core.name(known) if known in core.containers() and known is not None else f"gone{slot}"

    def image(self, slot: Value) -> str:
        """The short id of an image that is present; the full id of any other."""
        core = self.world.core
        known = self.slots[IMAGE].get(_slot(slot))
        if known is None:
            return f"sha256:{hexadecimal('absent', slot)}"
        identity = core.payload.images[known].id
        return short_id(identity) if core.state.value(present, known) else identity

    def name(self, slot: Value) -> str:
        """A container name."""
        return self.names.setdefault(_slot(slot), f"n{slot}")

    def reference(self, slot: Value, state: State) -> str:
        """A reference, as the rigid tables of the run want it: its repository, and a tag or the digest of an image."""
        number = _slot(slot)
        order = sorted(range(state.sizes[REFERENCE]), key=lambda s: (_rank(s, state), s))
        first = next(s for s in order if s == number or state.value(same_repository, number, s))
        heads = [s for s in order if not any(state.value(same_repository, s, t) for t in order[: order.index(s)])]
        at = heads.index(first) if first in heads else order.index(number)
        repository = _REPOSITORIES[at] if at < len(_REPOSITORIES) else f"web{at}"
        if state.value(kind, number) is ReferenceKind.TAG:
            mine = [s for s in order if s == number or state.value(same_repository, s, number)]
            return f"{repository}:{1 + [s for s in mine if state.value(kind, s) is ReferenceKind.TAG].index(number)}"
        known = self.slots[REFERENCE].get(number)
        if known is None:
            return f"{repository}@sha256:{hexadecimal('absent', slot)}"
        return self.world.core.payload.references[known].familiar

    # --- lines --------------------------------------------------------------------------------------------------------

    def lines(self, step: Step) -> list[str]:
        """The texts for one step, before they are run: what prepares it, and its own."""
        operation, b = step.operation, step.binding
        if operation in _FIXED:
            return [_FIXED[operation]]
        if operation in _WORLD:
            return [f"{_WORLD[operation]} {self.container(b['c'])}"]
        group, _, verb = operation.partition(".")
        if group == "container" and verb in _ON_CONTAINER:
            return [_docker(verb, self.container(b["c"]))]
        special: Mapping[str, Callable[[Step], list[str]]] = {
            "container.commit": self._commit,
            "container.create": self._create,
            "container.exit": self._exit,
            "container.export": lambda s: [_docker("export", "-o", "files.tar", self.container(s.binding["c"]))],
            "container.kill": lambda s: [
                _docker("kill", *_signal(s.binding["signal"]), self.container(s.binding["c"]))
            ],
            "container.rename": lambda s: [
                _docker("rename", self.container(s.binding["c"]), self.name(s.binding["n"]))
            ],
            "container.restart": lambda s: self._stop("restart", s),
            "container.rm": lambda s: [_docker("rm", *_if(s.binding["force"], "-f"), self.container(s.binding["c"]))],
            "container.stop": lambda s: self._stop("stop", s),
            "container.update": self._update,
            "container.wait": self._wait,
            "firewall.add-port": lambda s: [_firewall(s, f"--add-port={_port(s.binding['port'])}")],
            "firewall.list-ports": lambda s: [_firewall(s, "--list-ports")],
            "firewall.remove-port": lambda s: [_firewall(s, f"--remove-port={_port(s.binding['port'])}")],
            "image.history": lambda s: [_docker("history", self.image(s.binding["i"]))],
            "image.inspect": lambda s: [_docker("image", "inspect", self.image(s.binding["i"]))],
            "image.load": lambda s: [_docker("load", "-i", _archive(s.binding["a"]))],
            "image.prune": lambda s: [_docker("image", "prune", *_if(s.binding["all_unused"], "-a"), "-f")],
            "image.pull": self._pull,
            "image.push": lambda s: [_docker("push", self.reference(s.binding["t"], s.before))],
            "image.remove": lambda s: [_docker("rmi", *_rmi_flags(s), self.image(s.binding["i"]))],
            "image.save": self._save,
            "image.save-id": self._save,
            "image.tag": lambda s: [
                _docker("tag", self.image(s.binding["i"]), self.reference(s.binding["r"], s.before))
            ],
            "image.untag": lambda s: [_docker("rmi", *_rmi_flags(s), self.reference(s.binding["r"], s.before))],
            "registry.publish": lambda s: [f"!registry move {self.reference(s.binding['t'], s.before)}"],
            "registry.withdraw": lambda s: [f"!registry withdraw {self.reference(s.binding['t'], s.before)}"],
        }
        return special.get(operation, self._any)(step)

    def _any(self, step: Step) -> list[str]:
        """``!step``, with the parameters that the caller gives, and what the world chose."""
        operation = self.world.core.spec.operation(step.operation)
        words = [operation.id]
        for variable in (*operation.parameters, *operation.choices):
            value = step.binding[variable.name]
            texts: Mapping[object, Callable[[Value], str]] = {
                CONTAINER: self.container,
                IMAGE: self.image,
                NAME: self.name,
                REFERENCE: lambda slot: self.reference(slot, step.before),
                ARCHIVE: _archive,
                PORT: _port,
            }
            text = texts[variable.type](value) if variable.type in texts else _word(value)
            words.append(f"{variable.name}={text}")
        return [f"!step {' '.join(words)}"]

    def _create(self, step: Step) -> list[str]:
        b = step.binding
        command, policy = b["command"], b["restart_policy"]
        if not isinstance(command, Process) or not isinstance(policy, Policy):
            return self._any(step)
        if command is Process.NOTHING and self._brings_a_command(b["i"]):
            return self._any(step)
        image = self.image(b["i"])
        words = ["--name", self.name(b["n"]), *_if(b["rm"], "--rm")]
        words += _if(policy is not Policy.NO, "--restart", policy.value)
        words += _if(command is Process.NOT_STARTED, "--user", "nobody-has-this-name")  # why no real one starts
        words += _if(image.startswith("sha256:"), "--pull", "never")
        line = _docker("create", *words, image, *_PROGRAMS[command])
        prepared = [f"!program {_PROGRAMS[command][0]} not-started"] if command is Process.NOT_STARTED else []
        return [*prepared, line]

    def _brings_a_command(self, slot: Value) -> bool:
        data = self.world.core.payload.images.get(self.slots[IMAGE].get(_slot(slot), -1))
        return data is not None and bool(data.entrypoint or data.command)

    def _exit(self, step: Step) -> list[str]:
        code = "3" if step.binding["ending"] is Ending.BADLY else "0"
        return [
            " ".join(
                ["!exit", self.container(step.binding["c"]), code, *_if(not step.binding["retries_left"], "spent")]
            )
        ]

    def _stop(self, verb: str, step: Step) -> list[str]:
        none = step.binding["patience"] is Patience.NONE
        kill = step.binding["race"] is Race.KILL
        changed = none and kill != self.world.core.payload.kill_wins
        prepared = [f"!race {'kill' if kill else 'term'}"] if changed else []
        return [*prepared, _docker(verb, *_if(none, "-t", "0"), self.container(step.binding["c"]))]

    def _update(self, step: Step) -> list[str]:
        policy = step.binding["restart_policy"]
        value = policy.value if isinstance(policy, Policy) else "no"
        return [_docker("update", f"--restart={value}", self.container(step.binding["c"]))]

    def _wait(self, step: Step) -> list[str]:
        line = _docker("wait", self.container(step.binding["c"]))
        blocks = holds(has_running_flag(a_container), step.before, {"c": step.binding["c"]})
        return [f"# {line}" if blocks else line]

    def _commit(self, step: Step) -> list[str]:
        return [_docker("commit", *_if(not step.binding["pause"], "--pause=false"), self.container(step.binding["c"]))]

    def _pull(self, step: Step) -> list[str]:
        tag = self.reference(step.binding["t"], step.before)
        served = step.before.value(registry, _slot(step.binding["t"])) is not None
        return [*_if(not served, f"!registry withdraw {tag}"), _docker("pull", tag)]

    def _save(self, step: Step) -> list[str]:
        if step.binding["more"]:
            return self._any(step)
        what = self.reference(step.binding["r"], step.before) if "r" in step.binding else self.image(step.binding["i"])
        return [_docker("save", "-o", _archive(step.binding["a"]), what)]


def _is_slot(value: Value) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _slot(value: Value) -> int:
    if isinstance(value, Enum) or value is None:
        raise TypeError(f"{value!r} is no object")
    return int(value)


def _rank(slot: int, state: State) -> int:
    """How many references sort before this one."""
    return sum(state.value(before, other, slot) is True for other in range(state.sizes[REFERENCE]))


def _line(words: Sequence[str]) -> str:
    return " ".join(str(Word((Text(word),))) for word in words)


def _docker(*words: str) -> str:
    return f"docker {_line(words)}"


def _if(condition: Value, *words: str) -> list[str]:
    return list(words) if condition else []


def _signal(value: Value) -> tuple[str, ...]:
    return _SIGNALS[value] if isinstance(value, Signal) else ()


def _rmi_flags(step: Step) -> list[str]:
    return [*_if(step.binding["force"], "-f"), *_if(not step.binding["prune"], "--no-prune")]


def _archive(slot: Value) -> str:
    return f"a{slot}.tar"


def _port(slot: Value) -> str:
    return f"{80 + _slot(slot)}/tcp"


def _firewall(step: Step, option: str) -> str:
    permanent = step.binding["port_set"] is Set.PERMANENT
    return " ".join(["firewall-cmd", *_if(permanent, "--permanent"), option])


def _word(value: Value) -> str:
    if isinstance(value, Enum):
        return value.name.lower()
    return "true" if value else "false"
