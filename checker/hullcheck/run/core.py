"""A state of the specification with its payload: names are looked up, operations answer, texts are filled in.

No Docker rule stands here. ``Core.ask`` lets the specification answer and remembers what goes with it.
"""

from __future__ import annotations

import copy
import re
import signal
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum

from dockspec.container import (
    CONTAINER,
    NAME,
    ExitCode,
    Policy,
    Status,
    exit_code,
    has_running_flag,
    image_of,
    manually_stopped,
    name_of,
    policy,
    status,
)
from dockspec.container import c as a_container
from dockspec.dialects import DIALECTS, specification
from dockspec.evaluation import Binding, Happening, State, answering, emitted, fire, holds
from dockspec.host import PORT
from dockspec.image import (
    ARCHIVE,
    IMAGE,
    REFERENCE,
    ReferenceKind,
    before,
    kind,
    parent,
    present,
    refers,
    registry,
    same_repository,
)
from dockspec.language import Function, Value, Variable
from dockspec.model import Kind, Operation, Rule
from dockspec.names import (
    NotFound,
    Reference,
    check_name,
    generated_name,
    resolve_container,
    resolve_image,
    short_id,
)
from dockspec.operations.containers import Signal
from dockspec.operations.processes import Ending
from dockspec.operations.shared import Patience, Race
from dockspec.session import IMAGE_FILES, FoundImage, Reply, Spoken, Thing
from hullcheck.run.ids import chain_id, container_id, hexadecimal, image_id, manifest_digest
from hullcheck.run.payload import Container, Image, Payload, Step
from hullcheck.run.processes import CLASSES, Program, default_command

_WEEK = 7 * 24 * 3600


class Refused(ValueError):  # the call is refused, nothing is wrong with the program
    """A line that this world does not take: what, and how to mend it, in one line."""


@dataclass(frozen=True)
class Taken:
    """One step that was taken: the operation with its values, the rule that answered, and the states around it."""

    operation: Operation
    binding: Binding
    rule: Rule
    message: str
    before: State
    after: State
    happenings: tuple[Happening, ...]


class Core:
    """A world below the level of commands. Its state and payload may be replaced by copies taken earlier."""

    def __init__(self, dialect: str = "docker") -> None:
        """Start with nothing. Raises ``Refused`` where there is no such dialect."""
        if dialect not in DIALECTS:
            raise Refused(f"there is no dialect {dialect!r}: choose one of {', '.join(DIALECTS)}")
        self.spec = specification(dialect)
        self.by_manifest = DIALECTS[dialect].by_manifest
        self.state = State({CONTAINER: 0, NAME: 0, IMAGE: 0, REFERENCE: 0, ARCHIVE: 0, PORT: 0})
        self.payload = Payload()
        self.taken: list[Taken] = []
        self.command = ""
        self.code = 0

    def copy(self) -> Core:
        """Another one with the same past."""
        fork = copy.copy(self)
        fork.payload, fork.taken = self.payload.copy(), list(self.taken)
        return fork

    # --- what there is ------------------------------------------------------------------------------------------------

    def containers(self) -> list[int]:
        """The containers that exist, the oldest first."""
        return [slot for slot in self.payload.containers if self.state.value(status, slot) is not Status.REMOVED]

    def images(self) -> list[int]:
        """The images in the store, the oldest first."""
        return [slot for slot in self.payload.images if self.state.value(present, slot)]

    def references_to(self, image: int) -> list[Reference]:
        """The references that name an image, in alphabetical order."""
        return sorted(
            (r for slot, r in enumerate(self.payload.references) if self.state.value(refers, slot) == image), key=str
        )

    def name(self, container: int) -> str:
        """A container's name; empty where it has none any more."""
        slot = self.state.value(name_of, container)
        return self.payload.names[slot] if isinstance(slot, int) else ""

    def image_under(self, container: int) -> int | None:
        """The image of a container."""
        return _object(self.state.value(image_of, container))

    def parent(self, image: int) -> int | None:
        """The parent of an image."""
        return _object(self.state.value(parent, image))

    def status(self, container: int) -> Status:
        """The status of a container."""
        value = self.state.value(status, container)
        assert isinstance(value, Status)  # noqa: S101  # for the type checker
        return value

    def exit_number(self, container: int, state: State | None = None) -> int:
        """The exit code of a container's last run."""
        value = (state or self.state).value(exit_code, container)
        assert isinstance(value, ExitCode)  # noqa: S101  # for the type checker
        return self.payload.containers[container].own_code if value is ExitCode.OWN else int(value.value)

    def resolve_container(self, typed: str) -> Thing:
        """The container that a text means; one that does not exist where it means none. Raises ``NamesError``."""
        here = self.containers()
        names = {self.name(slot): self.payload.containers[slot].id for slot in here}
        by_id = {self.payload.containers[slot].id: slot for slot in here}
        try:
            return Thing(by_id[resolve_container(typed, names, by_id)], typed)
        except NotFound:
            return Thing(len(self.payload.containers), typed)

    def resolve_image(self, typed: str) -> FoundImage:
        """The image that a text means; one that does not exist where it means none.

        Raises:
            BadReference: where it is no reference.
            Refused: where it depends on what is asked.
        """
        by_id = {self.payload.images[slot].id: slot for slot in self.images()}
        stored = {
            reference: self.payload.images[image].id
            for slot, reference in enumerate(self.payload.references)
            if (image := _object(self.state.value(refers, slot))) is not None
        }
        try:
            found = resolve_image(typed, stored, by_id, by_manifest=self.by_manifest)
        except NotFound as error:
            return FoundImage(Thing(len(self.payload.images), error.text.removeprefix("No such image: ")), None)
        slot = by_id[found.id]
        if found.reference is None and found.by == "digest":
            raise Refused(f"{typed}: by digest, an image with one name is in the specification; name a tag, or the id")
        if found.reference is None:
            return FoundImage(Thing(slot, typed), None)
        return FoundImage(Thing(slot, typed), self.reference(found.reference)._replace(typed=typed))

    def reference(self, reference: Reference) -> Thing:
        """A stored reference as an object; a new one gets its place in the rigid tables."""
        known = self.payload.references
        if reference not in known:
            slot = len(known)
            known.append(reference)
            self.state = self.state.resized(REFERENCE, slot + 1).setting(self._rigid(slot))
        return Thing(known.index(reference), reference.familiar)

    def _rigid(self, new: int) -> dict[tuple[Function, tuple[int, ...]], Value]:
        known = self.payload.references
        mine = known[new]
        table: dict[tuple[Function, tuple[int, ...]], Value] = {
            (kind, (new,)): ReferenceKind.DIGEST if mine.is_digest else ReferenceKind.TAG
        }
        for slot, other in enumerate(known):
            same = other.repository == mine.repository
            table[(same_repository, (new, slot))] = table[(same_repository, (slot, new))] = same
            table[(before, (new, slot))] = str(mine) < str(other)
            table[(before, (slot, new))] = str(other) < str(mine)
        return table

    def container_name(self, typed: str | None) -> Thing:
        """A name as an object; None: a new one that nobody chose. Raises ``BadName``."""
        names = self.payload.names
        if typed is None:
            used = {self.name(slot) for slot in self.containers()}
            while (text := generated_name(self.payload.generated)) in used:
                self.payload.generated += 1
            self.payload.generated += 1
        else:
            text = check_name(typed)
        if text not in names:
            names.append(text)
            self.state = self.state.resized(NAME, len(names))
        return Thing(names.index(text), text)

    def port(self, text: str) -> Thing:
        """A port of the firewall as an object."""
        if text not in self.payload.ports:
            self.payload.ports.append(text)
            self.state = self.state.resized(PORT, len(self.payload.ports))
        return Thing(self.payload.ports.index(text), text)

    def new_archive(self) -> Thing:
        """An archive that holds nothing yet."""
        self.payload.archives += 1
        self.state = self.state.resized(ARCHIVE, self.payload.archives)
        return Thing(self.payload.archives - 1)

    def change(self, container: int, **fields: object) -> None:
        """Change what is remembered of a container."""
        self.payload.containers[container] = replace(self.payload.containers[container], **fields)  # type: ignore[arg-type]

    # --- asking -------------------------------------------------------------------------------------------------------

    def ask(self, identifier: str, /, **arguments: Thing | Spoken | Enum | bool) -> Reply:
        """Let the specification answer, and take the step. What is fresh is allotted, what is open is decided.

        Raises:
            Refused: when the operation is not possible here.
        """
        try:
            operation = self.spec.operation(identifier)
        except KeyError:
            raise Refused(f"{identifier} does not occur with {self.spec.dialect}") from None
        typed = {name: value.typed for name, value in arguments.items() if isinstance(value, (Thing, Spoken))}
        binding = {name: _value(value) for name, value in arguments.items()}
        state, payload = self.state, self.payload.copy()
        self._complete(operation, binding)
        rule = answering(operation, binding, self.state)
        if rule is None:
            self.state, self.payload = state, payload
            raise Refused(f"{identifier} is not possible here")
        message = self.filled(rule.answer.message, binding, typed)
        if rule.answer.kind in {Kind.REFUSED, Kind.UNCHANGED}:
            self.state, self.payload = state, payload
        state = self.state
        happenings = tuple(self._told(h, binding, typed) for h in emitted(rule, binding, state))
        after = fire(rule, binding, state)
        self.state = after
        taken = Taken(operation, dict(binding), rule, message, state, after, happenings)
        self.taken.append(taken)
        self._remember(taken)
        return Reply(rule, message, binding)

    def _told(self, happening: Happening, binding: Binding, typed: Mapping[str, str]) -> Happening:
        """An event with its texts filled in, as things were before the step."""
        attributes = {
            name: self._event_text(value, binding, typed) if isinstance(value, str) else value
            for name, value in happening.attributes.items()
        }
        return replace(happening, attributes=attributes)

    def _event_text(self, template: str, binding: Binding, typed: Mapping[str, str]) -> str:
        if template == "{signal}":
            return signal_number(typed.get("signal"), binding.get("signal"))
        return self.filled(template, binding, {})

    def _complete(self, operation: Operation, binding: dict[str, Value]) -> None:
        for variable in operation.fresh:
            if variable.name not in binding:
                binding[variable.name] = self._fresh(variable, operation, binding)
        for variable in operation.choices:
            if variable.name not in binding:
                binding[variable.name] = self._chosen(variable, binding)

    def _fresh(self, variable: Variable, operation: Operation, binding: Binding) -> int:
        payload = self.payload
        if variable.type is CONTAINER:
            slot = len(payload.containers)
            payload.containers[slot] = Container(container_id(slot), payload.now)
            self.state = self.state.resized(CONTAINER, slot + 1)
            return slot
        if variable.type is NAME:
            return self.container_name(None).slot
        if variable.type is REFERENCE:
            return self._digest(operation, binding)
        slot = len(payload.images)
        payload.images[slot] = self._new_image(slot, operation, binding)
        self.state = self.state.resized(IMAGE, slot + 1)
        return slot

    def _digest(self, operation: Operation, binding: Binding) -> int:
        """The digest reference that a pull or a push leaves: the repository's, of the image that is transferred.

        Where ids are digests it is left as no name, and stands for nothing.
        """
        tag = _object(binding["t"])
        assert tag is not None  # noqa: S101  # for the type checker
        image = _object(self.state.value(registry if operation.id == "image.pull" else refers, tag))
        reference = self.payload.references[tag]
        digest = manifest_digest("" if image is None else self.payload.images[image].id)
        return self.reference(replace(reference, tag=None, digest=digest)).slot

    def digest(self, image: str) -> str:
        """The digest under which a registry serves an image, by the image's id."""
        return image if self.by_manifest else manifest_digest(image)

    def _new_image(self, slot: int, operation: Operation, binding: Binding) -> Image:
        """What is known of a new image from the way it is made."""
        now, identity = self.payload.now, image_id(slot)
        base = self._base(binding)
        if operation.id == "registry.publish":
            reference = self.payload.references[_object(binding["t"]) or 0]
            entrypoint, command = default_command(reference.repository)
            shown = " ".join(f'"{word}"' for word in (*entrypoint, *command))
            steps: tuple[Step, ...] = (
                Step(now - 2 * _WEEK, f"/bin/sh -c #(nop) ADD file:{hexadecimal(identity)} in / ", 7_800_000),
                Step(now - 2 * _WEEK, f"/bin/sh -c #(nop)  CMD [{shown}]"),
            )
            return Image(identity, now - 2 * _WEEK, steps, (chain_id("", identity),), entrypoint, command)
        if operation.id == "image.import":
            steps = (Step(now, "", 7_800_000, "Imported from -"),)
            return Image(identity, now, steps, (chain_id("", identity),))
        if base is None:
            return Image(identity, now)
        container = _object(binding.get("c")) if operation.id == "container.commit" else None
        if container is None:
            return replace(base, id=identity, created=now, key="")
        words = self.payload.containers[container].program.argv
        content = self.payload.containers[container].id
        layers = (*base.layers, chain_id(base.layers[-1] if base.layers else "", content))
        history = (*base.history, Step(now, " ".join(words)))
        return replace(base, id=identity, created=now, history=history, layers=layers, key="")

    def _base(self, binding: Binding) -> Image | None:
        slot = _object(binding.get("base"))
        container = _object(binding.get("c"))
        if slot is None and container is not None:
            slot = self.image_under(container)
        return None if slot is None else self.payload.images.get(slot)

    def _chosen(self, variable: Variable, binding: Binding) -> Value:
        """What is open: SIGKILL wins against SIGTERM where both are sent at once; retries are left while some are."""
        if variable.type is Race:
            return Race.KILL if binding.get("patience") is Patience.NONE and self.payload.kill_wins else Race.TERM
        if variable.name == "retries_left":
            container = self.payload.containers.get(_object(binding.get("c")) or 0)
            limited = container is not None and 0 < container.retries <= container.restarts
            slot = _object(binding.get("c")) or 0
            by_failure = self.state.value(policy, slot) is Policy.ON_FAILURE and binding.get("ending") is Ending.BADLY
            return not (limited and by_failure and not self.state.value(manually_stopped, slot))
        raise Refused(f"nobody decides {variable.name}")

    def _remember(self, taken: Taken) -> None:
        """Times, numbers and logs that go with a step."""
        now = self.payload.now
        for happening in taken.happenings:
            if happening.type != "container" or not happening.subject:
                continue
            slot = happening.subject[0]
            if slot not in self.payload.containers:
                continue
            data = self.payload.containers[slot]
            if happening.action == "start":
                by_timer = taken.operation.id == "container.restart-timer"
                log = data.log
                for to_stderr, text in ((False, data.program.output), (True, data.program.errors)):
                    log = (*log, (to_stderr, text)) if text else log
                self.change(
                    slot,
                    started=now,
                    error="",
                    mark=len(data.log),
                    log=log,
                    restarts=data.restarts + 1 if by_timer else 0,
                )
            elif happening.action == "die":
                self._ended(slot, taken, happening.attributes.get("exitCode"))
        container = _object(taken.binding.get("c"))
        if taken.rule.answer.kind is Kind.FAILED and container in self.payload.containers and container is not None:
            self.change(container, error=taken.message)

    def _ended(self, slot: int, taken: Taken, code: Value | str) -> None:
        """A main process has ended: by itself with its own code, or by its handler of SIGTERM with that one's."""
        data = self.payload.containers[slot]
        own = data.own_code if taken.operation.id in {"container.exit", "build.fail"} else data.program.term_code
        name = code.value if isinstance(code, ExitCode) else str(code)
        number = own if name == "own" else int(name)
        self.change(slot, finished=self.payload.now, own_code=own, last_code=number)

    # --- texts --------------------------------------------------------------------------------------------------------

    def filled(self, template: str, binding: Binding, typed: Mapping[str, str]) -> str:
        """A rule's text with everything in braces replaced."""
        text = re.sub(r"\{(\w+(?:\.\w+)?)\}", lambda match: self._field(match[1], binding, typed), template)
        return self._why_absent(text, binding)

    def _why_absent(self, text: str, binding: Binding) -> str:
        """Runc looks for a program that is given by its path there, not in $PATH (measured on Docker 20.10.24)."""
        program = self._words(binding)
        if program.startswith("/"):
            return text.replace("executable file not found in $PATH", f"stat {program}: no such file or directory")
        return text

    def _words(self, binding: Binding) -> str:
        container = self.payload.containers.get(-1 if (slot := _object(binding.get("c"))) is None else slot)
        if self.command:
            return self.command
        return container.program.argv[0] if container is not None and container.program.argv else ""

    def _field(self, name: str, binding: Binding, typed: Mapping[str, str]) -> str:
        head, _, tail = name.partition(".")
        fixed: Mapping[str, Callable[[], str]] = {
            "command": lambda: self._words(binding),
            "code": lambda: str(self.code),
            "signal": lambda: typed.get("signal", ""),
            "exec": lambda: hexadecimal("exec", typed.get("c", "")),
            "sandbox": lambda: hexadecimal("sandbox", typed.get("c", "")),
            "path": lambda: self._path(binding),
        }
        if name in fixed:
            return fixed[name]()
        if head == "user":
            return short_id(self.payload.containers[self._user(binding)].id)
        if head == "d":
            return self.payload.containers[self._named(binding)].id
        if head == "image":
            return self._image_text(self._image_meant(binding), tail)
        slot = _object(binding.get(head))
        if slot is None:
            return f"{{{name}}}"
        return self._object_text(head, tail, slot, typed)

    def _object_text(self, head: str, tail: str, slot: int, typed: Mapping[str, str]) -> str:
        given = typed.get(head, "")
        if head == "c" and slot in self.payload.containers:
            known = {"id": self.payload.containers[slot].id, "name": self.name(slot)}
            return known.get(tail) or given or self.name(slot)
        if head in {"i", "base"}:
            return given if given and not tail else self._image_text(slot, tail)
        if head in {"r", "t"} and slot < len(self.payload.references):
            reference = self.payload.references[slot]
            return reference.repository if tail == "repository" else given or reference.familiar
        if head == "n" and slot < len(self.payload.names):
            return self.payload.names[slot]
        return given

    def _image_text(self, slot: int | None, tail: str) -> str:
        image = self.payload.images.get(-1 if slot is None else slot)
        identity = "" if image is None else image.id
        return short_id(identity) if tail == "short" else identity

    def _image_meant(self, binding: Binding) -> int | None:
        reference, container = _object(binding.get("r")), _object(binding.get("c"))
        if reference is not None:
            return _object(self.state.value(refers, reference))
        if container is not None:
            return self.image_under(container)
        return _object(binding.get("i"))

    def _path(self, binding: Binding) -> str:
        image = self._image_meant(binding)
        container = self.payload.containers.get(-1 if (slot := _object(binding.get("c"))) is None else slot)
        if container is not None and image is not None and not self.state.value(present, image):
            digits = self.payload.images[image].id.removeprefix("sha256:")
            return f"{IMAGE_FILES}/{digits}"
        return f"/var/lib/docker/overlay2/{hexadecimal('rw', container.id if container else '')}/diff/kept"

    def _user(self, binding: Binding) -> int:
        """A container that uses the image: a running one, where there is one."""
        image = self._image_meant(binding)
        users = [slot for slot in self.containers() if self.image_under(slot) == image]
        return min(users, key=lambda slot: not holds(has_running_flag(a_container), self.state, {"c": slot}))

    def _named(self, binding: Binding) -> int:
        """The container that has the name already."""
        return next(slot for slot in self.containers() if self.state.value(name_of, slot) == binding.get("n"))


def program_of_class(name: str, argv: Sequence[str]) -> Program:
    """A program that behaves as a class of ``CLASSES`` says. Raises KeyError."""
    return replace(CLASSES[name], argv=tuple(argv))


def signal_number(typed: str | None, meant: Value) -> str:
    """The number of a signal, as events tell it; without a text, of one that is meant so."""
    if typed is None:
        return {Signal.KILL: "9", Signal.TERM: "15"}.get(meant, "28") if isinstance(meant, Signal) else ""
    name = typed.upper().removeprefix("SIG") or "KILL"
    known = signal.Signals.__members__.get(f"SIG{name.partition('+')[0].partition('-')[0]}")
    if known is None:
        return name
    return str(
        known.value + int(name.removeprefix("RTMIN").removeprefix("RTMAX") or 0)
        if name.startswith("RT")
        else known.value
    )


def _object(value: Value) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _value(argument: Thing | Spoken | Enum | bool) -> Value:
    if isinstance(argument, Thing):
        return argument.slot
    return argument.value if isinstance(argument, Spoken) else argument
