"""One docker command in a world: what ``dockspec``'s recipes run over."""

# ruff: noqa: D102  # dockspec.session.Session says what each method is for

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from enum import Enum

from dockspec.commandline import Invocation
from dockspec.container import Policy, Process, Status, policy, status
from dockspec.image import archived, archived_reference, present, refers, registry
from dockspec.language import Value
from dockspec.names import Reference, is_full_id, parse_reference, short_id
from dockspec.operations.processes import Ending
from dockspec.session import FoundImage, Made, Program, Reply, Spoken, Thing
from hullcheck.run import files, printing
from hullcheck.run.core import Core, Refused
from hullcheck.run.ids import chain_id, rfc3339
from hullcheck.run.payload import Step
from hullcheck.run.processes import NOTHING, default_command, understand
from hullcheck.run.processes import Program as KnownProgram


class WorldSession:
    """Implements ``dockspec.session.Session``; see there what each method is for."""

    def __init__(self, core: Core, streams: files.Streams, *, buildkit: bool = False) -> None:
        """A session over a world, with its standard streams."""
        self.core = core
        self.streams = streams
        self.buildkit = buildkit

    # --- asking -------------------------------------------------------------------------------------------------------

    def ask(self, operation: str, /, **arguments: Thing | Spoken | Enum | bool) -> Reply:
        tag = arguments.get("t")
        if operation == "image.pull" and isinstance(tag, Thing):
            self._serve(tag)
        reply = self.core.ask(operation, **arguments)
        settle(self.core)
        return reply

    def _serve(self, reference: Thing) -> None:
        """The registry has everything that a world line has not taken away."""
        stored = self.core.payload.references[reference.slot]
        if stored.is_digest:
            raise Refused(f"pull of a digest ({stored.familiar}): outside the specification; pull the tag")
        served = self.core.state.value(registry, reference.slot) is not None
        if not served and reference.slot not in self.core.payload.withdrawn:
            self.core.ask("registry.publish", t=reference)

    # --- looking up ---------------------------------------------------------------------------------------------------

    def container(self, typed: str) -> Thing:
        return self.core.resolve_container(typed)

    def image(self, typed: str) -> FoundImage:
        return self.core.resolve_image(typed)

    def present(self, image: Thing) -> bool:
        return self.core.state.value(present, image.slot) is True

    def reference(self, reference: Reference) -> Thing:
        return self.core.reference(reference)

    def tags(self, repository: Reference) -> Sequence[Reference]:
        return sorted(
            (
                reference
                for slot, reference in enumerate(self.core.payload.references)
                if not reference.is_digest
                and reference.repository == repository.repository
                and self.core.state.value(refers, slot) is not None
            ),
            key=str,
        )

    def name(self, typed: str | None) -> Thing:
        return self.core.container_name(typed)

    def identity(self, thing: Thing, *, image: bool = False) -> str:
        return self.core.payload.images[thing.slot].id if image else self.core.payload.containers[thing.slot].id

    def policy(self, container: Thing) -> Policy:
        value = self.core.state.value(policy, container.slot)
        return value if isinstance(value, Policy) else Policy.NO

    def exit_code(self, container: Thing) -> int:
        return self.core.exit_number(container.slot)

    # --- processes ----------------------------------------------------------------------------------------------------

    def program(self, argv: Sequence[str] | None, image: Thing, call: Invocation) -> Program:
        data = self.core.payload.images.get(image.slot)
        entrypoint, command = (data.entrypoint, data.command) if data is not None else ((), ())
        given = call.text("entrypoint")
        if given is not None:
            entrypoint, command = ((given,) if given else ()), ()
        words = (*entrypoint, *(command if argv is None else argv))
        return self._understand(words, stdin=call.switch("interactive") or call.switch("tty"))

    def exec_program(self, call: Invocation) -> Program:
        terminal = call.switch("tty") or call.switch("interactive")
        known = understand(call.arguments[1:], stdin=terminal, unknown_ends=True, declared=self.core.payload.declared)
        if known.interactive and not call.switch("detach"):
            return replace(known, code=0)
        if known.code is None and not call.switch("detach"):
            if known.process in {Process.NOT_FOUND, Process.NOT_EXECUTABLE}:
                self.core.command = known.argv[0]
                return known
            raise Refused(f"{' '.join(known.argv)} would run for ever: use exec -d")
        if known.after and call.switch("detach"):
            return replace(known, code=None)
        self.core.command = known.argv[0]
        return known

    def step_program(self, argv: Sequence[str], image: Thing) -> Program:  # noqa: ARG002  # a step's image decides nothing here
        known = understand(argv, unknown_ends=True, declared=self.core.payload.declared)
        if not any(part.startswith("#(nop)") for part in argv):
            if known.code is None and known.process in {Process.NOT_FOUND, Process.NOT_EXECUTABLE}:
                raise Refused(f"a RUN step in exec form whose program cannot be started ({argv[0]}): not modelled")
            if known.code is None and not (argv[:2] == ("/bin/sh", "-c")):
                raise Refused(f"the step {' '.join(argv)} would run for ever: take it out of the Dockerfile")
            known = replace(known, code=known.code or 0)
        self.core.command, self.core.code = " ".join(argv), known.code or 0
        return known

    def _understand(self, words: Sequence[str], *, stdin: bool) -> KnownProgram:
        return understand(words, stdin=stdin, declared=self.core.payload.declared) if words else NOTHING

    def attach(self, container: Thing) -> int:
        slot = container.slot
        if self.core.status(slot) in {Status.RUNNING, Status.PAUSED}:
            self._end(slot, "use -d, or let it end with !exit")
        data = self.core.payload.containers[slot]
        for to_stderr, text in data.log[data.mark :]:
            (self.err if to_stderr else self.out)(text)
        return self.core.payload.containers[slot].last_code

    def await_end(self, container: Thing) -> int:
        self._end(container.slot, "let it end with !exit first")
        return self.core.payload.containers[container.slot].last_code

    def _end(self, slot: int, mend: str) -> None:
        """Let the main process end, where it does so by itself."""
        program = self.core.payload.containers[slot].program
        name = self.core.name(slot)
        if self.core.status(slot) is Status.RUNNING and (program.code is not None or program.interactive):
            self.core.payload.now += int(program.after)
            exit_process(self.core, slot, program.code or 0)
            return
        raise Refused(f"this waits for {name}, which does not end by itself: {mend}")

    # --- what is remembered -------------------------------------------------------------------------------------------

    def describe(self, container: Thing, program: Program, image: str, call: Invocation) -> None:
        known = program if isinstance(program, KnownProgram) else NOTHING
        self.core.change(
            container.slot,
            program=known,
            image=image,
            ports=call.texts("publish"),
            interactive=call.switch("interactive") or call.switch("tty"),
        )

    def limit(self, container: Thing, retries: int) -> None:
        if container.slot in self.core.payload.containers:
            self.core.change(container.slot, retries=retries)

    def made(self, image: Thing, base: Thing | None, steps: Sequence[Made]) -> None:
        images, now = self.core.payload.images, self.core.payload.now
        mine = images[image.slot]
        below = images.get(base.slot) if base is not None else None
        history, layers = (below.history, below.layers) if below is not None else ((), ())
        entrypoint, command = (below.entrypoint, below.command) if below is not None else ((), ())
        if base is not None and below is None and not is_full_id(base.typed):
            entrypoint, command = default_command(parse_reference(base.typed).repository)
        for step in steps:
            history = (*history, Step(now, step.created_by, step.size))
            if step.layer:
                layers = (*layers, chain_id(layers[-1] if layers else "", step.layer))
            if step.command is not None:
                entrypoint, command = (
                    (step.command[1], ()) if step.command[0] == "ENTRYPOINT" else (entrypoint, step.command[1])
                )
        key = steps[-1].key if steps else ""
        images[image.slot] = replace(
            mine, created=now, history=history, layers=layers, entrypoint=entrypoint, command=command, key=key
        )

    def left_behind(self, container: Thing, program: Program, base: Thing) -> bool:
        if self.core.state.value(status, container.slot) is Status.REMOVED:
            return False
        known = program if isinstance(program, KnownProgram) else NOTHING
        now = self.core.payload.now
        self.core.change(
            container.slot,
            program=known,
            image=self.identity(base, image=True),
            own_code=known.code or 1,
            started=now,
            finished=now,
        )
        return True

    # --- archives and files -------------------------------------------------------------------------------------------

    def write_archive(self, call: Invocation) -> Thing | None:
        return files.write_archive(self, call)

    def read_archive(self, call: Invocation) -> Thing | None:
        return files.read_archive(self, call)

    def write_files(self, call: Invocation, container: Thing) -> bool:
        return files.write_files(self, call, container)

    def read_files(self, source: str) -> bool:
        return files.read_files(self, source)

    def context(self, call: Invocation) -> files.Context | None:
        return files.context(self, call)

    def cached(self, base: Thing, key: str) -> Thing | None:
        fitting = [
            slot
            for slot in self.core.images()
            if self.core.parent(slot) == base.slot and self.core.payload.images[slot].key == key
        ]
        return Thing(fitting[-1]) if fitting else None

    # --- printing -----------------------------------------------------------------------------------------------------

    def out(self, text: str) -> None:
        self.streams.out.append(text)

    def err(self, text: str) -> None:
        self.streams.err.append(text)

    def show(self, call: Invocation, things: Sequence[tuple[Thing, bool]] = ()) -> int:
        return printing.show(self, call, things)

    def transfer(self, reference: Thing, reply: Reply, *, push: bool, quiet: bool) -> str:
        stored = self.core.payload.references[reference.slot]
        image_slot = self.core.state.value(refers, reference.slot)
        image = self.core.payload.images[image_slot if isinstance(image_slot, int) else 0]
        digest = self.core.digest(image.id)
        if quiet:
            return (stored.familiar if push else str(stored)) + "\n"
        if push:
            lines = [
                f"{short_id(layer)}: {word}" for word in ("Preparing", "Pushed") for layer in reversed(image.layers)
            ]
            size = 527 + 208 * (len(image.layers) - 1)
            return "".join(f"{line}\n" for line in lines) + f"{stored.tag}: digest: {digest} size: {size}\n"
        lines = [f"{stored.tag}: Pulling from {stored.path}"]
        fresh = reply.rule.id == "image.pull.pulled"
        if (
            fresh
            and self.core.taken[-1].before.value(present, image_slot if isinstance(image_slot, int) else 0) is False
        ):
            words = ("Pulling fs layer", "Download complete", "Pull complete")
            lines += [f"{short_id(layer)}: {word}" for word in words for layer in image.layers]
        news = "Downloaded newer image" if fresh else "Image is up to date"
        lines += [f"Digest: {digest}", f"Status: {news} for {stored.familiar}", str(stored)]
        return "".join(f"{line}\n" for line in lines)

    def deleted(self) -> str:
        return printing.deleted(self.core)

    def loaded(self, archive: Thing) -> str:
        before = self.core.taken[-1].before
        lines: list[str] = []
        for slot, image in self.core.payload.images.items():
            if not before.value(archived, archive.slot, slot):
                continue
            named = [
                (tag, r)
                for r, tag in enumerate(self.core.payload.references)
                if before.value(archived_reference, archive.slot, r) == slot
            ]
            for tag, r in sorted(named, key=str):
                old: Value = before.value(refers, r)
                if isinstance(old, int) and old != slot:
                    lines.append(
                        f"The image {tag.familiar} already exists, renaming the old one with ID "
                        f"{self.core.payload.images[old].id} to empty string"
                    )
                lines.append(f"Loaded image: {tag.familiar}")
            if not named:
                lines.append(f"Loaded image ID: {image.id}")
        return "".join(f"{line}\n" for line in lines)

    def agreed(self, warning: str) -> bool:
        self.out(warning + "Are you sure you want to continue? [y/N] ")
        return False

    def stamp(self) -> str:
        return rfc3339(self.core.payload.now)


def settle(core: Core) -> None:
    """Let every main process end that has ended before anybody looks."""
    for slot in core.containers():
        data = core.payload.containers[slot]
        began = any(
            happening.action == "start" and happening.subject == (slot,)
            for happening in (core.taken[-1].happenings if core.taken else ())
        )
        if began and core.status(slot) is Status.RUNNING and data.program.at_once:
            exit_process(core, slot, data.program.code or 0)


def exit_process(core: Core, slot: int, code: int, **decided: bool) -> Reply:
    """The main process of a container ends with a code. Raises ``Refused`` where it does not run."""
    program = core.payload.containers[slot].program
    thing = Thing(slot, core.name(slot))
    if core.status(slot) is not Status.RUNNING:
        raise Refused(f"{thing.typed} is {core.status(slot).value}: only the process of a running container ends")
    if program.writes:
        core.ask("container.write", c=thing)
    if code:
        core.change(slot, own_code=code)
    return core.ask("container.exit", c=thing, ending=Ending.BADLY if code else Ending.WELL, **decided)
