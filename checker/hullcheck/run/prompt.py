"""The prompt of ``hullcheck run``: history and completion. prompt_toolkit is imported only when somebody types."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Final

from dockspec.commandline import commands
from hullcheck.run import shell, world_lines

if TYPE_CHECKING:
    from hullcheck.run.world import World

GREETING: Final = "docker commands on the specification; !exit NAME CODE and other world lines; Ctrl-D leaves\n"
_SIGN: Final = "$ "
_MORE: Final = "> "


def candidates(world: World, text: str) -> list[str]:
    """What can stand next, for a line typed so far: command words, names, references.

    The last word of ``text`` is the one that is being typed.
    """
    words = text.split(" ")
    typed, before = words[-1], [word for word in words[:-1] if word]
    if not before:
        options = ["docker", *(f"!{verb}" for verb in world_lines.VERBS)]
    elif before == ["docker"]:
        options = sorted({form.split()[0] for command in commands() for form in command.forms})
    else:
        state = world.state
        names = [container.name for container in state.containers]
        references = [reference for image in state.images for reference in image.references]
        options = sorted(flag for flag in _flags(before) if typed.startswith("-")) or names + references
    return [option for option in options if option.startswith(typed)]


def _flags(words: list[str]) -> list[str]:
    for command in commands():
        if any(words[1:3] == form.split() or words[1:2] == form.split() for form in command.forms):
            return [f"--{flag.name}" for flag in command.flags if not flag.hidden]
    return []


def texts(world: World) -> Iterator[str]:
    """What a person types, statement by statement; an open quotation mark or a trailing ``&&`` asks for more."""
    ask = _asker(world)
    pending = ""
    while True:
        try:
            line = ask(_MORE if pending else _SIGN)
        except KeyboardInterrupt:
            pending = ""
            continue
        except EOFError:
            return
        pending = f"{pending}\n{line}" if pending else line
        if not _is_incomplete(pending):
            yield pending
            pending = ""


def _is_incomplete(text: str) -> bool:
    try:
        shell.read(text)
    except shell.SyntaxProblem as problem:
        return problem.incomplete
    return False


def _asker(world: World) -> Callable[[str], str]:
    from prompt_toolkit import PromptSession  # noqa: PLC0415  # slow, and only needed when somebody types
    from prompt_toolkit.completion import CompleteEvent, Completer, Completion  # noqa: PLC0415  # the same
    from prompt_toolkit.document import Document  # noqa: PLC0415  # the same

    class _Words(Completer):
        def get_completions(self, document: Document, complete_event: CompleteEvent) -> Iterator[Completion]:  # noqa: ARG002
            typed = document.text_before_cursor
            for option in candidates(world, typed):
                yield Completion(option, start_position=-len(typed.split(" ")[-1]))

    session: PromptSession[str] = PromptSession(completer=_Words(), complete_while_typing=False)

    def ask(sign: str) -> str:
        return session.prompt(sign)

    return ask
