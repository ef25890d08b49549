"""build: the steps of a Dockerfile as operations.

The classic builder repeats what the article tells: run, change, commit. Each instruction is one operation, `build.run`,
`build.config` or `build.copy`, unless the cache has its image already: the same instruction (and files), done on the
very same image. After the first miss of a stage nothing more is looked up. A second FROM begins another stage; the last
one gets the tag.

BuildKit (DOCKER_BUILDKIT=1) makes one image of all that, and no container that is ever seen.

Source: moby 20.10 `builder/dockerfile`; measured on Docker 20.10.24. BuildKit's output is shortened.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from dockspec.commandline import Invocation
from dockspec.dockerfile import SCRATCH, DockerfileError, Instruction, read, select, substituted
from dockspec.names import NamesError, is_full_id, parse_reference, short_id
from dockspec.session import DAEMON, BuildContext, Made, Program, Reply, Session, Stop, Thing, fail, give_tag


def build(session: Session, call: Invocation) -> int:
    """`docker build`."""
    context = session.context(call)
    if context is None:
        return 1
    builder = _BuildKit(session, call, context) if session.buildkit else _Classic(session, call, context)
    try:
        image = builder.build()
    except Stop as stop:
        builder.finish(failed=True)
        session.err(builder.error)
        return stop.exit_code
    builder.finish(failed=False)
    if call.switch("quiet"):
        session.out(session.identity(image, image=True) + "\n")
    return builder.tag(image)


@dataclass
class _Builder:
    """What both builders share: the instructions, what is printed, the stages so far."""

    session: Session
    call: Invocation
    context: BuildContext
    printed: list[str] = field(default_factory=list)
    error: str = ""
    stages: dict[str, Thing | None] = field(default_factory=dict)
    arguments: dict[str, str] = field(default_factory=dict)

    def build(self) -> Thing:
        """The last stage's image. Raises ``Stop``, with the error in ``error``."""
        raise NotImplementedError

    def finish(self, *, failed: bool) -> None:
        """Print what was kept back: with -q nothing unless it failed, and then to standard error."""
        raise NotImplementedError

    def tag(self, image: Thing) -> int:
        """Give the image its tags."""
        for text in self.call.texts("tag"):
            answer = give_tag(self.session, image, text)
            if isinstance(answer, str):
                raise fail(self.session, DAEMON + answer)
            self.say_tagged(text)
        return 0

    def say_tagged(self, text: str) -> None:
        """Tell of a tag that was given."""
        raise NotImplementedError

    def say(self, text: str) -> None:
        self.printed.append(text)

    def fail(self, text: str, exit_code: int = 1) -> Stop:
        self.error = text + "\n"
        return Stop(exit_code)

    def instructions(self) -> tuple[Instruction, ...]:
        name = self.call.text("file") or "Dockerfile"
        try:
            return select(read(self.context.dockerfile, name), self.call.text("target") or "")
        except DockerfileError as error:
            raise self.fail(DAEMON + str(error)) from None

    def base(self, instruction: Instruction) -> Thing | None:
        """The image that FROM names: a stage, one that is here, or one that is pulled; None: scratch."""
        typed = substituted(instruction.base, self.arguments)
        if typed.lower() in self.stages:
            return self.stages[typed.lower()]
        if typed == SCRATCH:
            return None
        try:
            image = self.session.image(typed).image
            if self.session.present(image) or is_full_id(typed):
                return image
            reference = self.session.reference(parse_reference(typed).stored())
        except NamesError as error:
            raise self.fail(error.text) from None
        reply = self.session.ask("image.pull", t=reference)
        if not reply.ok:
            raise self.fail(reply.message)
        text = self.session.transfer(reference, reply, push=False, quiet=False)
        self.say("".join(text.splitlines(keepends=True)[:-1]))
        return self.session.image(typed).image

    def declare(self, instruction: Instruction) -> None:
        """An ARG before the first FROM."""
        name, _, value = instruction.rest.partition("=")
        self.arguments[name.strip()] = value.strip().strip("\"'")

    def fingerprint(self, instruction: Instruction) -> str:
        """What COPY or ADD would copy, as a text that differs when it does. Raises ``Stop`` where it is missing."""
        origin = instruction.from_stage
        if origin:
            source = self.stages.get(origin.lower())
            return self.session.identity(source, image=True) if source is not None else origin
        prints = []
        for path in instruction.sources:
            known = path if "://" in path else self.context.fingerprint(path)
            if known is None:
                raise self.fail(
                    f"{instruction.word} failed: file not found in build context or excluded by .dockerignore: "
                    f"stat {path.lstrip('/')}: file does not exist"
                )
            prints.append(known)
        return "+".join(prints)

    def answer(self, reply: Reply) -> Reply:
        """The reply, where it is no error. Raises ``Stop``."""
        if not reply.ok:
            raise self.fail(reply.message)
        return reply


@dataclass
class _Classic(_Builder):
    current: Thing | None = None
    missed: bool = False

    def build(self) -> Thing:
        self.say(f"Sending build context to Docker daemon {human_size(self.context.size):>8}\n\n")
        instructions = self.instructions()
        names: set[str] = set()
        number_of_stages = 0
        for number, instruction in enumerate(instructions, start=1):
            self.say(f"Step {number}/{len(instructions)} : {instruction.text}\n")
            if instruction.word == "FROM":
                self.current = self.base(instruction)
                self.missed = self.call.switch("no-cache")
                names = {str(number_of_stages), instruction.stage} - {""}
                number_of_stages += 1
            elif not number_of_stages:
                self.declare(instruction)
                continue
            else:
                self.current = self.step(instruction)
            self.say(f" ---> {'' if self.current is None else self.short(self.current)}\n")
            self.stages |= dict.fromkeys(names, self.current)
        if self.current is None:
            raise self.fail("No image was generated. Is your Dockerfile empty?")
        self.say(f"Successfully built {self.short(self.current)}\n")
        return self.current

    def step(self, instruction: Instruction) -> Thing:
        """The image after one instruction: the cache's, or a new one."""
        made = _made(instruction, self.fingerprint(instruction) if instruction.word in _COPIES else "")
        cached = None if self.current is None or self.missed else self.session.cached(self.current, made.key)
        if self.current is not None and cached is not None:
            reply = self.session.ask("build.cached", base=self.current, i=cached)
            if reply.ok:
                self.say(" ---> Using cache\n")
                return cached
        self.missed = True
        if self.current is None:
            image = self.on_scratch(instruction)
        elif instruction.word == "RUN":
            image = self.run(instruction, self.current)
        elif instruction.word in _COPIES:
            image = self.answer(self.session.ask("build.copy", base=self.current)).thing("i")
        else:
            image = self.configure(self.current, made)
        self.session.made(image, self.current, [made])
        return image

    def on_scratch(self, instruction: Instruction) -> Thing:
        if instruction.word == "RUN":
            missing = instruction.argv[0]
            raise self.fail(
                "failed to create shim task: OCI runtime create failed: runc create failed: unable to start container "
                f'process: exec: "{missing}": stat {missing}: no such file or directory: unknown'
            )
        return self.answer(self.session.ask("build.parentless")).thing("i")

    def run(self, instruction: Instruction, base: Thing) -> Thing:
        program = self.session.step_program(instruction.argv, base)
        if program.code:
            raise self.run_failed(program, base)
        keep = not self.call.switch("rm", default=True)
        reply = self.answer(self.session.ask("build.run", base=base, keep=keep))
        self.say_container(reply, base, program, ran=True)
        return reply.thing("i")

    def run_failed(self, program: Program, base: Thing) -> Stop:
        reply = self.session.ask("build.fail", base=base, keep=not self.call.switch("force-rm"))
        self.say_container(reply, base, program, ran=True)
        return self.fail(reply.message, program.code or 1)

    def configure(self, base: Thing, made: Made) -> Thing:
        keep = not self.call.switch("rm", default=True)
        reply = self.answer(self.session.ask("build.config", base=base, keep=keep))
        argv = ("/bin/sh", "-c", made.created_by.removeprefix("/bin/sh -c "))
        self.say_container(reply, base, self.session.step_program(argv, base), ran=False)
        return reply.thing("i")

    def say_container(self, reply: Reply, base: Thing, program: Program, *, ran: bool) -> None:
        """Tell of the container of a step: what it wrote, if it ran, and that it was removed, if it is not there."""
        container = reply.thing("c")
        short = short_id(self.session.identity(container))
        self.say(f" ---> Running in {short}\n")
        if ran:
            coloured = f"\x1b[91m{program.errors}\x1b[0m" if program.errors else ""
            self.say(coloured + program.output)
        if not self.session.left_behind(container, program, base):
            self.say(f"Removing intermediate container {short}\n")

    def short(self, image: Thing) -> str:
        return short_id(self.session.identity(image, image=True))

    def finish(self, *, failed: bool) -> None:
        text = "".join(self.printed)
        if not self.call.switch("quiet"):
            self.session.out(text)
        elif failed:
            self.session.err(text)

    def say_tagged(self, text: str) -> None:
        if not self.call.switch("quiet"):
            self.session.out(f"Successfully tagged {parse_reference(text).with_default_tag().familiar}\n")


@dataclass
class _BuildKit(_Builder):
    steps: int = 0

    def build(self) -> Thing:
        self.head("[internal] load build definition from Dockerfile")
        instructions = self.instructions()
        made: list[Made] = []
        base: Thing | None = None
        stages = 0
        for instruction in instructions:
            if instruction.word == "FROM":
                made = []
                base = self.base(instruction)
                self.stages |= dict.fromkeys({str(stages), instruction.stage} - {""}, base)
                stages += 1
                self.head(f"[{stages}] {instruction.text}")
            elif not stages:
                self.declare(instruction)
            else:
                made.append(self.step(instruction))
        image = self.answer(self.session.ask("build.parentless")).thing("i")
        self.session.made(image, base, made)
        self.head(f"exporting to image\n#{self.steps + 1} writing image {self.session.identity(image, image=True)}")
        return image

    def base(self, instruction: Instruction) -> Thing | None:
        """BuildKit keeps what it pulls to itself: the store gains no image and no tag by it."""
        typed = substituted(instruction.base, self.arguments)
        if typed == SCRATCH:
            return None
        if typed.lower() in self.stages:
            return self.stages[typed.lower()]
        try:
            return self.session.image(typed).image._replace(typed=typed)
        except NamesError as error:
            raise self.fail(f"failed to solve with frontend dockerfile.v0: {error.text}") from None

    def step(self, instruction: Instruction) -> Made:
        self.head(instruction.text)
        if instruction.word == "RUN":
            program = self.session.step_program(instruction.argv, Thing(-1))
            if program.code:
                words = " ".join(instruction.argv)
                raise self.fail(f"executor failed running [{words}]: exit code: {program.code}")
        return _made(instruction, self.fingerprint(instruction) if instruction.word in _COPIES else "")

    def head(self, text: str) -> None:
        self.steps += 1
        self.say(f"#{self.steps} {text}\n#{self.steps} DONE 0.0s\n\n")

    def finish(self, *, failed: bool) -> None:
        if failed or not self.call.switch("quiet"):
            self.session.err("".join(self.printed))

    def say_tagged(self, text: str) -> None:
        if not self.call.switch("quiet"):
            self.session.err(f"#{self.steps} naming to {parse_reference(text).with_default_tag()} done\n")


_COPIES = frozenset({"COPY", "ADD"})


def _made(instruction: Instruction, fingerprint: str) -> Made:
    """What is remembered of the image of one step, and the builder's own spelling of its history (`dispatchers.go`)."""
    word, rest = instruction.word, instruction.rest
    nop = "/bin/sh -c #(nop) "
    if word == "RUN":
        return Made(" ".join(instruction.argv), f"RUN {instruction.argv!r}", layer=f"RUN {rest}")
    if word in _COPIES:
        inside = (
            f"{word} {'file' if len(instruction.sources) == 1 else 'multi'}:{fingerprint} in {_target(instruction)} "
        )
        return Made(nop + inside, f"{word} {fingerprint} {rest}", layer=fingerprint + rest)
    if word in {"CMD", "ENTRYPOINT"}:
        shown = "[" + " ".join(f'"{part}"' for part in instruction.argv) + "]"
        command = (word, instruction.argv if rest else ())
        return Made(f"{nop} {word} {shown}", f"{word} {instruction.argv!r}", command=command)
    return Made(f"{nop}{'' if word == 'WORKDIR' else ' '}{word} {rest}", f"{word} {rest}")


def _target(instruction: Instruction) -> str:
    return (instruction.exec_form or instruction.rest.split())[-1]


def human_size(size: int, *, digits: int = 4) -> str:
    """A size as docker prints it: so many digits, in steps of a thousand (go-units `HumanSizeWithPrecision`)."""
    value, units = float(size), ["B", "kB", "MB", "GB", "TB", "PB"]
    while value >= 1000 and len(units) > 1:  # noqa: PLR2004  # a kilobyte
        value /= 1000
        units.pop(0)
    return f"{value:.{digits}g}{units[0]}"
