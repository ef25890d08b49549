"""What the world does: lines that begin with an exclamation mark.

!exit NAME [CODE [spent]]        the main process ends with CODE (0); spent: on-failure has no retries left
!exec-exit NAME                  the process that docker exec started ends
!write NAME                      a process of the container writes a file
!break NAME                      its program is deleted from its read-write layer
!timer NAME                      the pause before a restart is over
!daemon restart|crash            the daemon is stopped, or killed, and started again
!removal begin|end|fail NAME     another client's rm begins, ends, or fails
!obstruct NAME, !clear NAME      something keeps its files, or no longer
!registry move|withdraw REF      somebody pushes a new image under a tag, or deletes the tag
!program WORD CLASS              what a program is like: see ``processes.CLASSES``
!race term|kill                  which signal wins a stop with -t 0 from now on
!step OPERATION [NAME=VALUE...]  any operation of the specification, by its id and the names of its parameters
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from enum import Enum
from typing import Final

from dockspec.container import CONTAINER, NAME
from dockspec.host import PORT
from dockspec.image import ARCHIVE, IMAGE, REFERENCE
from dockspec.language import Sort, Variable
from dockspec.names import NamesError, parse_reference
from dockspec.session import Reply, Thing
from hullcheck.run.core import Core, Refused, program_of_class
from hullcheck.run.files import normal
from hullcheck.run.payload import File
from hullcheck.run.processes import CLASSES
from hullcheck.run.session import exit_process, settle

_BYTE: Final = 255


def act(core: Core, words: Sequence[str]) -> None:
    """Let the world do what a line says. Raises ``Refused`` where it is not understood, or not possible."""
    verb, rest = (words[0], words[1:]) if words else ("", ())
    if verb not in _VERBS:
        raise Refused(f"there is no world line !{verb}: one of {', '.join('!' + name for name in _VERBS)}")
    try:
        _VERBS[verb](core, rest)
    except NamesError as error:
        raise Refused(error.text) from None
    settle(core)


def _arguments(words: Sequence[str], usage: str, least: int, most: int | None = None) -> None:
    if not least <= len(words) <= (most or least):
        raise Refused(f"write {usage}")


def _container(core: Core, typed: str) -> Thing:
    thing = core.resolve_container(typed)
    if thing.slot not in core.payload.containers:
        raise Refused(f"there is no container {typed}: name one that exists")
    return thing


def _exit(core: Core, words: Sequence[str]) -> None:
    _arguments(words, "!exit NAME [CODE [spent]]", 1, 3)
    code = words[1] if len(words) > 1 else "0"
    if not code.isdecimal() or not code.isascii() or int(code[:4]) > _BYTE:
        raise Refused(f"the exit code {code}: write a number from 0 to 255")
    if words[2:] not in ([], ["spent"], (), ("spent",)):
        raise Refused(f"{words[2]} after the code: only spent may stand there")
    exit_process(core, _container(core, words[0]).slot, int(code), **({"retries_left": False} if words[2:] else {}))


def _of_container(verb: str, operation: str) -> Callable[[Core, Sequence[str]], None]:
    def line(core: Core, words: Sequence[str]) -> None:
        _arguments(words, f"!{verb} NAME", 1)
        thing = _container(core, words[0])
        try:
            core.ask(operation, c=thing)
        except Refused:
            raise Refused(f"!{verb} {words[0]}: not possible while it is {core.status(thing.slot).value}") from None

    return line


def _daemon(core: Core, words: Sequence[str]) -> None:
    if tuple(words) not in {("restart",), ("crash",)}:
        raise Refused("write !daemon restart or !daemon crash")
    core.ask(f"daemon.{words[0]}")
    for slot in core.containers():
        data = core.payload.containers[slot]
        if data.program.at_once and core.status(slot).value == "running":
            exit_process(core, slot, data.program.code or 0)


def _removal(core: Core, words: Sequence[str]) -> None:
    if len(words) != 2 or words[0] not in {"begin", "end", "fail"}:  # noqa: PLR2004  # what, and of which
        raise Refused("write !removal begin NAME, !removal end NAME or !removal fail NAME")
    _of_container(f"removal {words[0]}", f"removal.{words[0]}")(core, words[1:])


def _registry(core: Core, words: Sequence[str]) -> None:
    if len(words) != 2 or words[0] not in {"move", "withdraw"}:  # noqa: PLR2004  # what, and of which
        raise Refused("write !registry move REFERENCE or !registry withdraw REFERENCE")
    reference = parse_reference(words[1])
    if reference.is_digest:
        raise Refused(f"{words[1]} is a digest: a registry moves tags")
    tag = core.reference(reference.with_default_tag())
    if words[0] == "move":
        core.payload.withdrawn.discard(tag.slot)
        core.ask("registry.publish", t=tag)
        return
    core.payload.withdrawn.add(tag.slot)
    if core.state.tables.get("registry.image", {}).get((tag.slot,)) is not None:
        core.ask("registry.withdraw", t=tag)


def _program(core: Core, words: Sequence[str]) -> None:
    if len(words) != 2 or words[1] not in CLASSES:  # noqa: PLR2004  # the word, and its class
        raise Refused(f"write !program WORD and one of {', '.join(CLASSES)}")
    core.payload.declared[words[0]] = program_of_class(words[1], [words[0]])


def _race(core: Core, words: Sequence[str]) -> None:
    if tuple(words) not in {("term",), ("kill",)}:
        raise Refused("write !race term or !race kill")
    core.payload.kill_wins = words[0] == "kill"


# --- any operation ---------------------------------------------------------------------------------------------------


def _step(core: Core, words: Sequence[str]) -> None:
    if not words:
        raise Refused("write !step OPERATION NAME=VALUE ...")
    known = {operation.id: operation for operation in core.spec.operations}
    operation = known.get(words[0])
    if operation is None:
        raise Refused(f"there is no operation {words[0]}: `hullcheck describe` lists them")
    given = dict(word.partition("=")[::2] for word in words[1:])
    parameters = {variable.name: variable for variable in operation.all_parameters}
    for name in given:
        if name not in parameters:
            raise Refused(f"{operation.id} has no parameter {name}; it has {', '.join(parameters) or 'none'}")
    for variable in operation.parameters:
        if variable.name not in given:
            raise Refused(f"{operation.id} wants {variable.name}=...")
    values = {name: value_of(core, parameters[name], text) for name, text in given.items()}
    reply = core.ask(operation.id, **values)
    _after_step(core, reply)


def _after_step(core: Core, reply: Reply) -> None:
    """A container that came by ``!step`` runs a program of the class that it was given."""
    if reply.rule.id == "container.create.created":
        wanted = reply.given["command"]
        name = next((name for name, program in CLASSES.items() if program.process is wanted), "ignores")
        image = reply.thing("i")
        core.change(
            reply.thing("c").slot, program=program_of_class(name, [name]), image=core.payload.images[image.slot].id
        )


def value_of(core: Core, variable: Variable, text: str) -> Thing | Enum | bool:
    """The value of a parameter as a person writes it: a name, a reference, an id, a word, true or false.

    Raises ``Refused`` and ``NamesError``.
    """
    kind = variable.type
    if isinstance(kind, Sort):
        return _thing(core, kind, text)
    if issubclass(kind, Enum):
        found = next((m for m in kind if text in {m.name, m.name.lower(), m.value}), None)
        if found is None:
            raise Refused(f"{variable.name}={text}: one of {', '.join(m.name.lower() for m in kind)}")
        return found
    if text not in {"true", "false"}:
        raise Refused(f"{variable.name}={text}: true or false")
    return text == "true"


def _thing(core: Core, sort: Sort, text: str) -> Thing:
    if sort is ARCHIVE:
        return _archive(core, text)
    lookups: Mapping[Sort, Callable[[], Thing]] = {
        CONTAINER: lambda: core.resolve_container(text),
        NAME: lambda: core.container_name(text),
        IMAGE: lambda: core.resolve_image(text).image,
        REFERENCE: lambda: core.reference(parse_reference(text).stored()),
        PORT: lambda: core.port(text),
    }
    return lookups[sort]()


def _archive(core: Core, text: str) -> Thing:
    file = core.payload.files.get(normal(text))
    if file is not None and file.archive is not None:
        return Thing(file.archive, text)
    thing = core.new_archive()
    core.payload.files[normal(text)] = File(archive=thing.slot)
    return thing._replace(typed=text)


_VERBS: Final[Mapping[str, Callable[[Core, Sequence[str]], None]]] = {
    "exit": _exit,
    "exec-exit": _of_container("exec-exit", "exec.exit"),
    "write": _of_container("write", "container.write"),
    "break": _of_container("break", "container.lose-program"),
    "timer": _of_container("timer", "container.restart-timer"),
    "daemon": _daemon,
    "removal": _removal,
    "obstruct": _of_container("obstruct", "obstacle.put"),
    "clear": _of_container("clear", "obstacle.clear"),
    "registry": _registry,
    "program": _program,
    "race": _race,
    "step": _step,
}
VERBS: Final = tuple(_VERBS)
