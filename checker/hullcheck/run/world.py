"""A world: docker command lines on concrete names and ids, each answered by a rule of the specification.

    world = World()
    outcome = world.docker("run -d --name web alpine:3.20 sleep 60")
    world.exit("web", 3)
    world.state.container("web").exit_code          # 3

No Docker rule stands here: ``dockspec.commands`` says which operations a line stands for, and the operations answer.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Sequence
from dataclasses import replace

from dockspec.commandline import NotModelled, UsageError, parse
from dockspec.commands import perform
from hullcheck.run import explain, host, shell, world_lines
from hullcheck.run.core import Core, Refused
from hullcheck.run.files import Streams, find, normal, text_of
from hullcheck.run.outcome import Answered, Outcome, WorldState, events_of, state_of
from hullcheck.run.payload import File
from hullcheck.run.session import WorldSession

__all__ = ["Outcome", "Refused", "World"]

_PIPE = "\0pipe"
_NULL = "/dev/null"


class World:
    """Containers, images, a registry, files and a clock, all simulated. See the module."""

    def __init__(self, dialect: str = "docker", *, buildkit: bool = False) -> None:
        """Begin with nothing; every well-formed reference can be pulled.

        Args:
            dialect: whose behaviour; ``dockspec.dialects.DIALECTS``.
            buildkit: whether BuildKit builds, as newer clients do without being asked.

        Raises:
            Refused: when there is no such dialect.
        """
        self._core = Core(dialect)
        self._buildkit = buildkit

    # --- lines --------------------------------------------------------------------------------------------------------

    def docker(self, line: str) -> Outcome:
        """Run one docker command line, with or without the word ``docker`` before it.

        Raises:
            Refused: when the line is not understood, or would never come back. Nothing has changed then.
        """
        stripped = line.strip()
        text = stripped if stripped.split()[:1] == ["docker"] else f"docker {stripped}"
        return self._only(text)

    def exit(self, name: str, code: int = 0) -> Outcome:
        """The main process of a container ends by itself. Raises ``Refused`` where it does not run."""
        return self._act(["exit", name, str(code)], 1)

    def act(self, line: str) -> Outcome:
        """The world acts: ``!daemon restart``, with or without the sign. Raises ``Refused`` where it cannot."""
        return self._only(f"!{line.strip().removeprefix('!')}")

    def script(self, text: str) -> Iterator[Outcome]:
        """Run a script; each command and each world line yields what it came to, in order.

        A line that is not understood changes nothing, yields an outcome with a ``problem``, and the script goes on.

        Raises:
            shell.SyntaxProblem: when the text is no script of this kind; before anything is run.
        """
        for statement in shell.read(text).statements:
            yield from self._statement(statement)

    # --- what it is like ----------------------------------------------------------------------------------------------

    @property
    def state(self) -> WorldState:
        """Everything that can be seen of it."""
        return state_of(self._core)

    @property
    def core(self) -> Core:
        """Its state in the terms of the specification, and what rides beside it."""
        return self._core

    def copy(self) -> World:
        """A fork: another world with the same past, and a future of its own."""
        fork = copy.copy(self)
        fork.__dict__["_core"] = self._core.copy()
        return fork

    # --- statements ---------------------------------------------------------------------------------------------------

    def _only(self, text: str) -> Outcome:
        try:
            outcomes = list(self.script(text))
        except shell.SyntaxProblem as problem:
            raise Refused(str(problem)) from None
        if not outcomes:
            raise Refused("the line is empty")
        if outcomes[-1].problem:
            raise Refused(outcomes[-1].problem)
        return outcomes[-1]

    def _statement(self, statement: shell.Statement) -> list[Outcome]:
        outcomes: list[Outcome] = []
        if isinstance(statement, shell.WorldLine):
            words = self._fields(statement.words, outcomes)
            outcomes.append(self._act_safely(words, statement.line))
            self._core.payload.variables["?"] = str(outcomes[-1].exit_code)
            return outcomes
        status = self._pipeline(statement.first, outcomes)
        for connective, pipeline in statement.rest:
            if (connective == "&&") == (status == 0):
                status = self._pipeline(pipeline, outcomes)
        return outcomes

    def _pipeline(self, pipeline: shell.Pipeline, outcomes: list[Outcome]) -> int:
        files = self._core.payload.files
        files.pop(_PIPE, None)
        status = 0
        for number, command in enumerate(pipeline.commands):
            last = number + 1 == len(pipeline.commands)
            source = None if number == 0 else self._core.payload.files.get(_PIPE, File())
            status = self._command(command, outcomes, source=source, sink=None if last else _PIPE)
        self._core.payload.files.pop(_PIPE, None)
        self._core.payload.variables["?"] = str(status)
        return status

    def _command(
        self, command: shell.Command, outcomes: list[Outcome], *, source: File | None, sink: str | None
    ) -> int:
        """One simple command: expand, redirect, run. Its exit status."""
        before = len(outcomes)
        settings = {a.name: self._joined(a.value, outcomes) for a in command.assignments}
        words = self._fields(command.words, outcomes)
        if not words:
            self._core.payload.variables |= settings
            return outcomes[-1].exit_code if len(outcomes) > before else 0
        try:
            streams, routes = self._redirected(command, words, outcomes, source, sink)
        except Refused as refused:
            outcomes.append(Outcome(command.line, _spelled(words), 1, stderr=f"sh: {refused}\n"))
            return 1
        outcome = self._run(words, settings, streams, command.line)
        outcomes.append(self._routed(outcome, routes))
        return outcome.exit_code

    def _redirected(
        self,
        command: shell.Command,
        words: Sequence[str],
        outcomes: list[Outcome],
        source: File | None,
        sink: str | None,
    ) -> tuple[Streams, dict[int, str]]:
        """Where the streams lead: `1` and `2` as they are, or a file. Raises ``Refused`` where there is none."""
        streams = Streams(source=source, sink=sink)
        routes = {1: sink or "1", 2: "2"}
        for redirect in command.redirects:
            target = self._joined(redirect.target, outcomes)
            if redirect.operator == ">&":
                routes[redirect.descriptor] = routes[int(target)]
            elif redirect.operator == "<":
                streams.source = self._opened(target, words)
            else:
                name = target if target == _NULL else normal(target)
                appended = redirect.operator == ">>" and name in self._core.payload.files
                if name != _NULL and not appended:
                    self._core.payload.files[name] = File()
                routes[redirect.descriptor] = name if name == _NULL else f"file {name}"
                if redirect.descriptor == 1:
                    streams.sink = name
        return streams, routes

    def _opened(self, name: str, words: Sequence[str]) -> File:
        """The file behind `<`. Of a real one only a build reads the text."""
        if name == _NULL:
            return File()
        known = self._core.payload.files.get(normal(name))
        if known is not None:
            return known
        if "build" in words[:3]:
            text = text_of(name)
            if text is not None:
                return File(text=text)
        found = find(self._core.payload.files, name)
        if found is None:
            raise Refused(f"{name}: No such file or directory")
        return found

    def _routed(self, outcome: Outcome, routes: dict[int, str]) -> Outcome:
        """The outcome with what was redirected taken away, and written where it belongs."""
        shown = {"1": "", "2": ""}
        for descriptor, text in ((1, outcome.stdout), (2, outcome.stderr)):
            route = routes[descriptor]
            if route in shown:
                shown[route] += text
            elif text and route.startswith("file "):
                name = route.removeprefix("file ")
                old = self._core.payload.files.get(name, File())
                self._core.payload.files[name] = replace(old, text=old.text + text)
        return replace(outcome, stdout=shown["1"], stderr=shown["2"])

    # --- one command --------------------------------------------------------------------------------------------------

    def _run(self, words: Sequence[str], settings: dict[str, str], streams: Streams, line: int) -> Outcome:
        """Run the words. What is not understood changes nothing."""
        core = self._core
        state, payload = core.state, core.payload.copy()
        core.taken, core.command, core.code = [], "", 0
        problem = ""
        try:
            code = self._dispatch(words, settings, streams)
        except UsageError as error:
            streams.err.append(error.text + (f"(hint: {error.hint})\n" if error.hint else ""))
            code = error.exit_code
        except (NotModelled, Refused) as error:
            core.state, core.payload, core.taken = state, payload, []
            streams = Streams()
            code, problem = 2, str(error)
        core.payload.now += 1
        return self._outcome(words, code, streams, line, problem)

    def _dispatch(self, words: Sequence[str], settings: dict[str, str], streams: Streams) -> int:
        name, rest = words[0], words[1:]
        if name == "docker":
            call = parse(rest)
            buildkit = settings.get("DOCKER_BUILDKIT", "1" if self._buildkit else "0") not in {"", "0", "false"}
            return perform(WorldSession(self._core, streams, buildkit=buildkit), call)
        if name in host.COMMANDS:
            return host.run(self._core, words, streams)
        if name == "echo":
            bare = rest[:1] == ["-n"]
            streams.out.append(" ".join(rest[1:] if bare else rest) + ("" if bare else "\n"))
            return 0
        if name in {"true", ":", "false"}:
            return int(name == "false")
        raise Refused(f"the command {name!r}: only docker, {', '.join(host.COMMANDS)}, echo, true and false are run")

    def _act_safely(self, words: Sequence[str], line: int) -> Outcome:
        try:
            return self._act(words, line)
        except Refused as refused:
            self._core.payload.now += 1
            return Outcome(line, _spelled(words, "!"), 2, problem=str(refused))

    def _act(self, words: Sequence[str], line: int) -> Outcome:
        core = self._core
        state, payload = core.state, core.payload.copy()
        core.taken, core.command = [], ""
        try:
            world_lines.act(core, words)
        except Refused:
            core.state, core.payload, core.taken = state, payload, []
            raise
        core.payload.now += 1
        return self._outcome(words, 0, Streams(), line, "", sign="!")

    def _outcome(
        self, words: Sequence[str], code: int, streams: Streams, line: int, problem: str, *, sign: str = ""
    ) -> Outcome:
        core = self._core
        return Outcome(
            line=line,
            command=_spelled(words, sign),
            exit_code=code,
            stdout="".join(streams.out),
            stderr="".join(streams.err),
            operations=tuple(Answered(t.operation.id, t.rule, t.message, explain.changes(core, t)) for t in core.taken),
            events=tuple(event for taken in core.taken for event in events_of(core, taken)),
            problem=problem,
        )

    # --- words --------------------------------------------------------------------------------------------------------

    def _fields(self, words: Sequence[shell.Word], outcomes: list[Outcome]) -> list[str]:
        return [
            text
            for word in words
            for text in shell.fields(
                word, self._core.payload.variables, lambda script: self._captured(script, outcomes)
            )
        ]

    def _joined(self, word: shell.Word, outcomes: list[Outcome]) -> str:
        return shell.joined(word, self._core.payload.variables, lambda script: self._captured(script, outcomes))

    def _captured(self, script: shell.Script, outcomes: list[Outcome]) -> str:
        """What a script in `$( )` prints."""
        printed = []
        for statement in script.statements:
            for outcome in self._statement(statement):
                printed.append("" if outcome.captured else outcome.stdout)
                outcomes.append(replace(outcome, captured=True))
        return "".join(printed)


def _spelled(words: Sequence[str], sign: str = "") -> str:
    """Words as a line that can be read back."""
    return sign + " ".join(str(shell.Word((shell.Text(word),))) for word in words)
