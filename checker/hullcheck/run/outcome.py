"""What a line came to, and the state of a world: as typed values, and as the JSON objects that scripts read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from dockspec.container import ExitCode, Policy, policy
from dockspec.evaluation import Happening, holds
from dockspec.host import Status as FirewallStatus
from dockspec.host import permanent, runtime
from dockspec.host import status as firewall_status
from dockspec.image import i as an_image
from dockspec.image import is_dangling, is_top_level
from dockspec.model import Rule
from hullcheck.run.core import Core, Taken
from hullcheck.run.printing import docker_word, image_column

SCHEMA = 1
"""The version of the JSON objects; it changes only with a note."""


@dataclass(frozen=True)
class Answered:
    """One operation, and the rule that answered it. ``changes`` says in words what was different afterwards."""

    operation: str
    rule: Rule
    message: str
    changes: tuple[str, ...] = ()

    def json(self) -> dict[str, object]:
        """As ``run --json`` prints it; an error's kind, class and message only where it is one."""
        answer = self.rule.answer
        record: dict[str, object] = {"operation": self.operation, "rule": self.rule.id, "status": answer.status}
        if answer.error_class:
            record |= {"error": answer.error or None, "class": answer.error_class, "message": self.message}
        return record


@dataclass(frozen=True)
class Event:
    """One event of ``docker events``: ``die`` of a container, ``tag`` of an image, ..."""

    type: str
    action: str
    id: str
    attributes: Mapping[str, str] = field(default_factory=dict)

    def json(self) -> dict[str, object]:
        """As ``run --json`` prints it."""
        return {"type": self.type, "action": self.action, "id": self.id, "attributes": dict(self.attributes)}


@dataclass(frozen=True)
class Outcome:
    """What one command line came to.

    Attributes:
        line: its line in the script, from 1.
        command: what was run, with everything expanded.
        exit_code: its exit status.
        stdout, stderr: what it wrote, and no redirection took away.
        operations: what was asked of the engine or done by the world, in order.
        events: what the engine told of it, in order.
        problem: why the line was not understood; it then changed nothing, and ``exit_code`` is 2.
        captured: its standard output went into a variable or an argument.
    """

    line: int
    command: str
    exit_code: int
    stdout: str = ""
    stderr: str = ""
    operations: tuple[Answered, ...] = ()
    events: tuple[Event, ...] = ()
    problem: str = ""
    captured: bool = False

    def json(self) -> dict[str, object]:
        """As ``run --json`` prints it."""
        record: dict[str, object] = {
            "schema": SCHEMA,
            "line": self.line,
            "command": self.command,
            "operations": [answered.json() for answered in self.operations],
            "exit_code": self.exit_code,
            "stdout": self.stdout,
            "stderr": self.stderr,
            "events": [event.json() for event in self.events],
        }
        return record | ({"problem": self.problem} if self.problem else {})


def events_of(core: Core, taken: Taken) -> tuple[Event, ...]:
    """The events of a step, with names and ids."""
    return tuple(_event(core, taken, happening) for happening in taken.happenings)


def _event(core: Core, taken: Taken, happening: Happening) -> Event:
    if not happening.subject:
        return Event(happening.type, happening.action, "", {"reclaimed": "0"})
    slot = happening.subject[0]
    typed: dict[str, str] = {}
    attributes = {name: _attribute(core, slot, value) for name, value in happening.attributes.items()}
    if happening.type == "container":
        data = core.payload.containers[slot]
        name_slot = taken.before.tables.get("container.name", {}).get((slot,))
        after_slot = taken.after.tables.get("container.name", {}).get((slot,))
        named = after_slot if isinstance(after_slot, int) else name_slot
        if isinstance(named, int):
            typed["name"] = core.payload.names[named]
        return Event("container", happening.action, data.id, typed | {"image": data.image} | attributes)
    if "name" in attributes:
        return Event("image", happening.action, _subject_of_image(core, taken, slot), attributes)
    return Event("image", happening.action, core.payload.images[slot].id)


def _subject_of_image(core: Core, taken: Taken, slot: int) -> str:
    """An event about a transfer names the reference; the others the image."""
    if taken.operation.id in {"image.pull", "image.push"}:
        return core.payload.references[slot].familiar
    return core.payload.images[slot].id


def _attribute(core: Core, container: int, value: object) -> str:
    if isinstance(value, ExitCode):
        return str(core.payload.containers[container].own_code if value is ExitCode.OWN else value.value)
    return str(value)


# --- the state --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ContainerState:
    """One container; ``status`` in Docker's words."""

    id: str
    name: str
    status: str
    image: str
    exit_code: int
    restart_policy: str


@dataclass(frozen=True)
class ImageState:
    """One image; ``parent`` is empty where it has none."""

    id: str
    parent: str
    references: tuple[str, ...]
    top_level: bool
    dangling: bool


@dataclass(frozen=True)
class FirewallState:
    """The host's firewall."""

    running: bool
    ports: tuple[str, ...]
    permanent_ports: tuple[str, ...]


@dataclass(frozen=True)
class WorldState:
    """Everything that can be seen of a world: containers and images, the oldest first."""

    containers: tuple[ContainerState, ...]
    images: tuple[ImageState, ...]
    firewall: FirewallState

    def container(self, name: str) -> ContainerState:
        """The container of a name. Raises KeyError where there is none."""
        found = next((c for c in self.containers if c.name == name), None)
        if found is None:
            raise KeyError(name)
        return found

    def json(self) -> dict[str, object]:
        """The ``state`` object, the last line of ``run --json``."""
        return {
            "schema": SCHEMA,
            "state": {
                "containers": [vars(c) for c in self.containers],
                "images": [vars(i) | {"parent": i.parent or None} for i in self.images],
                "firewall": vars(self.firewall),
            },
        }


def state_of(core: Core) -> WorldState:
    """The state of a world."""
    return WorldState(
        tuple(_container(core, slot) for slot in core.containers()),
        tuple(_image(core, slot) for slot in core.images()),
        FirewallState(
            core.state.value(firewall_status) is FirewallStatus.RUNNING,
            tuple(port for slot, port in enumerate(core.payload.ports) if core.state.value(runtime, slot)),
            tuple(port for slot, port in enumerate(core.payload.ports) if core.state.value(permanent, slot)),
        ),
    )


def _container(core: Core, slot: int) -> ContainerState:
    rule = core.state.value(policy, slot)
    return ContainerState(
        id=core.payload.containers[slot].id,
        name=core.name(slot),
        status=docker_word(core, slot),
        image=image_column(core, slot),
        exit_code=core.exit_number(slot),
        restart_policy=rule.value if isinstance(rule, Policy) else "no",
    )


def _image(core: Core, slot: int) -> ImageState:
    above = core.parent(slot)
    return ImageState(
        id=core.payload.images[slot].id,
        parent="" if above is None else core.payload.images[above].id,
        references=tuple(reference.familiar for reference in core.references_to(slot)),
        top_level=holds(is_top_level(an_image), core.state, {"i": slot}),
        dangling=holds(is_dangling(an_image), core.state, {"i": slot}),
    )
