"""Commands: what a person types, composed of operations; the third level, above machines and operations.

One short function a command. What the engine does stands in the operations; here stands what docker's command line
adds: which operations, in which order, what it prints of their answers, and what it exits with.

    run      = create (pull and create again where the image is missing), start, and, unless -d, wait for the end
    rm a b   = rm of each; all are tried, and one failure makes the exit status 1
    commit   = commit, tag                      system prune = container prune, image prune
    build    = one operation a step; see ``building.py``

A recipe runs over a ``Session`` (``session.py``), which also prints the tables (`ps`, `images`, ...), for they hold no
rule.

Source: docker/cli 20.10 (`cli/command/container`, `cli/command/image`), measured on docker 20.10.24.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from enum import Enum
from types import MappingProxyType
from typing import Final

from dockspec.building import build
from dockspec.commandline import BadRestartPolicy, Invocation, RestartPolicy, parse_restart, usage
from dockspec.container import Policy, Process
from dockspec.model import Kind
from dockspec.names import BadReference, NamesError, is_full_id, parse_reference
from dockspec.operations.containers import Signal
from dockspec.operations.shared import Patience
from dockspec.session import DAEMON, IMAGE_FILES, Recipe, Reply, Session, Spoken, Stop, Thing, fail, give_tag


def perform(session: Session, call: Invocation) -> int:
    """Run a command line over a session; the exit status of docker's command line."""
    try:
        return RECIPES[call.command](session, call)
    except Stop as stop:
        return stop.exit_code


# --- how errors are printed -------------------------------------------------------------------------------------------

# docker's client words these 404s itself (client/errors.go:wrapResponseError)
_OWN_WORDS: Final = MappingProxyType(
    {"rm": "container", "logs": "container", "exec": "container", "start -a": "container", "rmi": "image"}
)
_ABSENT: Final = frozenset({"NoSuchContainer", "NoSuchImage"})
_MISSING: Final = ("executable file not found", "no such file or directory", "system cannot find the file specified")


def error_line(command: str, typed: str, reply: Reply) -> str:
    """The line that docker prints for an answer that is an error, without its end."""
    if reply.rule.answer.error_class in _ABSENT and command in _OWN_WORDS:
        return f"Error: No such {_OWN_WORDS[command]}: {typed}"
    return DAEMON + reply.message


def _framed(session: Session, command: str, text: str) -> Stop:
    """`run` puts its name before an error, and a hint after it (`cli/command/container/run.go:reportError`)."""
    if command == "create":
        return fail(session, text)
    return fail(session, f"docker: {text.removesuffix('.')}.\nSee 'docker run --help'.", 125)


def _bad_name(command: str, typed: str, error: NamesError) -> str:
    if not typed:
        # an empty path element: the request goes astray; rm and exec look first
        nameless = {"rm": "Container name cannot be empty", "exec": "Error: No such container: "}
        return nameless.get(command, f"{DAEMON}page not found")
    return DAEMON + error.text


# --- several containers, one after the other -------------------------------------------------------------------------


def _each(
    session: Session,
    operation: str,
    command: str,
    typed_names: Sequence[str],
    **more: Spoken | Enum | bool,
) -> list[str]:
    """Ask the same of each container; what worked is echoed as it was typed. The names that failed."""
    failed: list[str] = []
    for typed in typed_names:
        try:
            reply = session.ask(operation, c=session.container(typed), **more)
        except NamesError as error:
            session.err(_bad_name(command, typed, error) + "\n")
            failed.append(typed)
            continue
        if reply.ok:
            session.out(f"{typed}\n")
            continue
        session.err(error_line(command, typed, reply) + "\n")
        if reply.rule.answer.exit_code:
            failed.append(typed)
    return failed


def _simple(operation: str) -> Recipe:
    def recipe(session: Session, call: Invocation) -> int:
        return int(bool(_each(session, operation, call.command, call.arguments)))

    return recipe


def _patience(call: Invocation) -> Patience:
    return Patience.NONE if call.number("time") == 0 else Patience.GRACE


def _stop(session: Session, call: Invocation) -> int:
    return int(bool(_each(session, "container.stop", "stop", call.arguments, patience=_patience(call))))


def _restart(session: Session, call: Invocation) -> int:
    return int(bool(_each(session, "container.restart", "restart", call.arguments, patience=_patience(call))))


def _rm(session: Session, call: Invocation) -> int:
    return int(bool(_each(session, "container.rm", "rm", call.arguments, force=call.switch("force"))))


_NAMED_SIGNALS: Final = frozenset(
    {"HUP", "INT", "QUIT", "ILL", "TRAP", "ABRT", "IOT", "BUS", "FPE", "KILL", "USR1", "SEGV", "USR2", "PIPE", "ALRM",
     "TERM", "STKFLT", "CHLD", "CLD", "CONT", "STOP", "TSTP", "TTIN", "TTOU", "URG", "XCPU", "XFSZ", "VTALRM", "PROF",
     "WINCH", "IO", "POLL", "PWR", "SYS", "UNUSED"},
)  # fmt: skip
_REAL_TIME: Final = re.compile(r"RTMIN(\+([1-9]|1[0-5]))?|RTMAX(-([1-9]|1[0-4]))?")
_KILL, _TERM, _LAST_SIGNAL = 9, 15, 64


def parse_signal(text: str) -> Signal:
    """What `kill -s` *text* means; the empty text is SIGKILL. Source: moby `pkg/signal/signal.go:ParseSignal`."""
    name = text.upper().removeprefix("SIG")
    if re.fullmatch(r"[0-9]{1,3}", text):
        number = int(text)
        if not 1 <= number <= _LAST_SIGNAL:
            return Signal.UNKNOWN
        return {_KILL: Signal.KILL, _TERM: Signal.TERM}.get(number, Signal.HARMLESS)
    if name in {"", "KILL"}:
        return Signal.KILL
    if name == "TERM":
        return Signal.TERM
    return Signal.HARMLESS if name in _NAMED_SIGNALS or _REAL_TIME.fullmatch(name) else Signal.UNKNOWN


def _kill(session: Session, call: Invocation) -> int:
    typed = call.text("signal") or ""
    signal = Spoken(parse_signal(typed), typed)
    return int(bool(_each(session, "container.kill", "kill", call.arguments, signal=signal)))


def _rename(session: Session, call: Invocation) -> int:
    old, new = call.arguments
    try:
        container = session.container(old)
        reply = session.ask("container.rename", c=container, n=session.name(new))
        text = "" if reply.ok else error_line("rename", old, reply)
    except NamesError as error:
        shown = error.text.replace(f"({new})", f"(/{new})")
        text = DAEMON + (f"Error when allocating new name: {shown}" if f"({new})" in error.text else error.text)
    if not text:
        return 0
    session.err(f"{text}\nError: failed to rename container named {old}\n")
    return 1


_POLICIES: Final = {policy.value: policy for policy in Policy}


def _policy(text: str, refuse: Callable[[str], Stop]) -> RestartPolicy:
    """The policy of --restart, where the engine takes it."""
    try:
        return parse_restart(text)
    except BadRestartPolicy as error:
        raise refuse(DAEMON + error.text) from None


def _update(session: Session, call: Invocation) -> int:
    text = call.text("restart")
    wanted = None if text is None else _policy(text, lambda line: fail(session, line))
    status = 0
    for typed in call.arguments:
        try:
            container = session.container(typed)
        except NamesError as error:
            session.err(_bad_name("update", typed, error) + "\n")
            status = 1
            continue
        policy = session.policy(container) if wanted is None else _POLICIES[wanted.name]
        status |= bool(_each(session, "container.update", "update", [typed], restart_policy=policy))
        if wanted is not None:
            session.limit(container, wanted.retries)
    return int(status)


def _wait(session: Session, call: Invocation) -> int:
    status = 0
    for typed in call.arguments:
        try:
            container = session.container(typed)
            reply = session.ask("container.wait", c=container)
        except NamesError as error:
            session.err(_bad_name("wait", typed, error) + "\n")
            status = 1
            continue
        if not reply.ok:
            session.err(error_line("wait", typed, reply) + "\n")
            status = 1
            continue
        code = session.await_end(container) if reply.blocks else session.exit_code(container)
        session.out(f"{code}\n")
    return status


# --- create, start, run -----------------------------------------------------------------------------------------------


def _create(session: Session, call: Invocation) -> int:
    container = _created(session, call)
    session.out(session.identity(container) + "\n")
    return 0


def _created(session: Session, call: Invocation) -> Thing:
    """The new container; the image is pulled where it is missing (`create.go:createContainer`). Raises ``Stop``."""
    command, typed = call.command, call.arguments[0]

    def refuse(text: str) -> Stop:
        return _framed(session, command, text)

    policy = _policy(call.text("restart") or "", refuse)
    pull = call.text("pull") or "missing"
    if pull == "always" and not is_full_id(typed):
        _pull_for(session, typed, refuse)
    reply = _asked_to_create(session, call, policy, refuse)
    if reply.rule.answer.error_class == "NoSuchImage" and pull == "missing" and not is_full_id(typed):
        session.err(f"Unable to find image '{parse_reference(typed).with_default_tag().familiar}' locally\n")
        _pull_for(session, typed, refuse)
        reply = _asked_to_create(session, call, policy, refuse)
    if not reply.ok:
        raise refuse(DAEMON + reply.message)
    return reply.thing("c")


def _asked_to_create(session: Session, call: Invocation, policy: RestartPolicy, refuse: Callable[[str], Stop]) -> Reply:
    typed, *argv = call.arguments
    try:
        image = session.image(typed).image
        program = session.program(argv or None, image, call)
        name = session.name(call.text("name") or None)
        reply = session.ask(
            "container.create",
            n=name,
            i=image,
            restart_policy=_POLICIES[policy.name],
            rm=call.switch("rm"),
            command=program.process,
        )
    except NamesError as error:
        raise refuse(DAEMON + error.text) from None
    if reply.ok:
        session.describe(reply.thing("c"), program, typed, call)
        session.limit(reply.thing("c"), policy.retries)
    return reply


def _pull_for(session: Session, typed: str, refuse: Callable[[str], Stop]) -> None:
    """The pull that `create` and `run` make; its progress goes to standard error."""
    reference = session.reference(parse_reference(typed).stored())
    reply = session.ask("image.pull", t=reference)
    if not reply.ok:
        raise refuse(DAEMON + reply.message)
    text = session.transfer(reference, reply, push=False, quiet=False)
    session.err("".join(text.splitlines(keepends=True)[:-1]))  # the last line, the name, is pull's own


def _start(session: Session, call: Invocation) -> int:
    if call.switch("attach") or call.switch("interactive"):
        return _start_attached(session, call.arguments[0])
    failed = _each(session, "container.start", "start", call.arguments)
    if failed:
        session.err(f"Error: failed to start containers: {', '.join(failed)}\n")
    return int(bool(failed))


def _start_attached(session: Session, typed: str) -> int:
    try:
        container = session.container(typed)
    except NamesError as error:
        raise fail(session, _bad_name("start", typed, error)) from None
    reply = session.ask("container.start", c=container)
    if reply.ok:
        return session.attach(container)
    if reply.rule.answer.kind is Kind.FAILED:
        session.err(_waiting_failed(session))
    raise fail(session, error_line("start -a", typed, reply))


def _waiting_failed(session: Session) -> str:
    return f'time="{session.stamp()}" level=error msg="error waiting for container: context canceled"\n'


def _run(session: Session, call: Invocation) -> int:
    container = _created(session, call)
    detached = call.switch("detach")
    if detached:
        session.out(session.identity(container) + "\n")
    reply = session.ask("container.start", c=container)
    if not reply.ok:
        session.err(f"docker: {DAEMON}{reply.message.removesuffix('.')}.\n")
        if not detached and not call.switch("rm"):
            session.err(_waiting_failed(session))
        return start_failure(reply.message)
    return 0 if detached else session.attach(container)


def start_failure(text: str) -> int:
    """What `docker run` exits with when the start fails: it reads the error's text (`run.go:runStartContainerErr`)."""
    if any(sign in text for sign in _MISSING):
        return 127
    return 126 if "permission denied" in text else 125


# --- exec -------------------------------------------------------------------------------------------------------------


def _exec(session: Session, call: Invocation) -> int:
    typed = call.arguments[0]
    try:
        container = session.container(typed)
    except NamesError as error:
        raise fail(session, _bad_name("exec", typed, error)) from None
    program = session.exec_program(call)
    prepared = session.ask("exec.create", c=container)
    if not prepared.ok:
        raise fail(session, error_line("exec", typed, prepared))
    found = program.process not in {Process.NOT_FOUND, Process.NOT_EXECUTABLE}
    reply = session.ask("exec.start", c=container, command_found=found)
    if not reply.ok and call.switch("detach"):
        raise fail(session, DAEMON + reply.message)
    if not reply.ok:
        session.out(reply.message + "\r\n")
        return reply.rule.answer.exit_code
    if program.writes:
        session.ask("container.write", c=container)
    if program.code is not None:
        session.ask("exec.exit", c=container)
    if call.switch("detach"):
        return 0
    session.out(program.output)
    session.err(program.errors)
    return program.code or 0


# --- images -----------------------------------------------------------------------------------------------------------


def _rmi(session: Session, call: Invocation) -> int:
    """Each of them, by its name or by its id (`cli/command/image/remove.go`)."""
    force, prune, status = call.switch("force"), not call.switch("no-prune"), 0
    for typed in call.arguments:
        try:
            found = session.image(typed)
        except NamesError as error:
            absent = not typed
            session.err(("Error: No such image: " if absent else DAEMON + error.text) + "\n")
            status = 1
            continue
        if found.reference is None:
            reply = session.ask("image.remove", i=found.image, force=force, prune=prune)
        else:
            reply = session.ask("image.untag", r=found.reference, force=force, prune=prune)
        if reply.ok:
            session.out(session.deleted())
            continue
        session.err(error_line("rmi", typed, reply) + "\n")
        if reply.rule.answer.exit_code:
            status = 1
    return status


def _tag(session: Session, call: Invocation) -> int:
    source, target = call.arguments
    try:
        answer = give_tag(session, session.image(source).image, target)
    except NamesError as error:
        raise fail(session, DAEMON + error.text) from None
    if isinstance(answer, Reply) and answer.ok:
        return 0
    raise fail(session, DAEMON + (answer if isinstance(answer, str) else answer.message))


def _commit(session: Session, call: Invocation) -> int:
    typed, *target = call.arguments
    try:
        container = session.container(typed)
    except NamesError as error:
        raise fail(session, _bad_name("commit", typed, error)) from None
    reply = session.ask("container.commit", c=container, pause=call.switch("pause", default=True))
    if not reply.ok:
        raise fail(session, error_line("commit", typed, reply))
    return _new_image(session, reply.thing("i"), target)


def _new_image(session: Session, image: Thing, target: Sequence[str]) -> int:
    """The end of commit and import: the tag that was asked for, and the new id."""
    if target and target[0]:
        answer = give_tag(session, image, target[0])
        if isinstance(answer, str):
            raise fail(session, DAEMON + answer)
    session.out(session.identity(image, image=True) + "\n")
    return 0


def _pull(session: Session, call: Invocation) -> int:
    typed = parse_reference(call.arguments[0])
    reference = session.reference(typed.stored())
    if not (typed.tag or typed.digest or call.switch("quiet")):
        session.out("Using default tag: latest\n")
    reply = session.ask("image.pull", t=reference)
    if not reply.ok:
        raise fail(session, DAEMON + reply.message)
    session.out(session.transfer(reference, reply, push=False, quiet=call.switch("quiet")))
    return 0


def _push(session: Session, call: Invocation) -> int:
    typed = parse_reference(call.arguments[0])
    reference = typed.with_default_tag()
    quiet = call.switch("quiet")
    if not quiet:
        session.out("" if typed.tag else "Using default tag: latest\n")
        session.out(f"The push refers to repository [{reference.domain}/{reference.path}]\n")
    reply = session.ask("image.push", t=session.reference(reference))
    if not reply.ok:
        others = session.tags(reference)
        raise fail(session, f"tag does not exist: {reference.familiar}" if others else reply.message)
    session.out(session.transfer(session.reference(reference), reply, push=True, quiet=quiet))
    return 0


# --- archives ---------------------------------------------------------------------------------------------------------


def _save(session: Session, call: Invocation) -> int:
    """All names are looked up before anything is written; one without a tag stands for all its tags (`save.go`)."""
    wanted: list[tuple[str, Thing]] = []
    for typed in call.arguments:
        wanted += _to_save(session, typed)
    archive = session.write_archive(call)
    if archive is None:
        return 1
    for number, (kind, thing) in enumerate(wanted):
        if kind == "r":
            session.ask("image.save", a=archive, r=thing, more=number > 0)
        else:
            session.ask("image.save-id", a=archive, i=thing, more=number > 0)
    return 0


def _to_save(session: Session, typed: str) -> list[tuple[str, Thing]]:
    """What one name of `save` stands for. Raises ``Stop`` where it stands for nothing."""
    try:
        found = session.image(typed)
        name = None if is_full_id(typed) else parse_reference(typed)
    except NamesError as error:
        raise fail(session, DAEMON + error.text) from None
    if name is not None and not (name.tag or name.digest):
        tags = session.tags(name)
        if tags:
            return [("r", session.reference(tag)) for tag in tags]
    if found.reference is not None:
        return [("r", found.reference)]
    if session.present(found.image):
        return [("i", found.image)]
    nowhere = Thing(-1)  # no archive: these two operations refuse
    if name is not None and (name.tag or name.digest):
        reply = session.ask("image.save", a=nowhere, r=session.reference(name.stored()), more=False)
    else:
        reply = session.ask("image.save-id", a=nowhere, i=found.image._replace(typed=typed), more=False)
    raise fail(session, DAEMON + (_no_file(typed) if is_full_id(typed) else reply.message))


def _no_file(identity: str) -> str:
    """What save says of a full id that no image has (`image/tarexport/save.go:parseNames`; measured on 20.10.24)."""
    digits = identity.removeprefix("sha256:")
    return f"failed to get digest sha256:{digits}: open {IMAGE_FILES}/{digits}: no such file or directory"


def _load(session: Session, call: Invocation) -> int:
    archive = session.read_archive(call)
    if archive is None:
        return 1
    session.ask("image.load", a=archive)
    session.out(session.loaded(archive))
    return 0


def _export(session: Session, call: Invocation) -> int:
    typed = call.arguments[0]
    try:
        container = session.container(typed)
    except NamesError as error:
        raise fail(session, _bad_name("export", typed, error)) from None
    reply = session.ask("container.export", c=container)
    if not reply.ok:
        raise fail(session, error_line("export", typed, reply))
    return 0 if session.write_files(call, container) else 1


def _import(session: Session, call: Invocation) -> int:
    source, *target = call.arguments
    if not session.read_files(source):
        return 1
    reply = session.ask("image.import")
    return _new_image(session, reply.thing("i"), target)


# --- prune ------------------------------------------------------------------------------------------------------------

_NOTHING: Final = "Total reclaimed space: 0B\n"
_STOPPED: Final = "all stopped containers"
_UNUSED: Final = ("all dangling images", "all images without at least one container associated to them")


def _container_prune(session: Session, call: Invocation) -> int:
    if not (call.switch("force") or session.agreed(f"WARNING! This will remove {_STOPPED}.\n")):
        session.out(_NOTHING)
        return 0
    session.ask("container.prune")
    session.out(session.deleted() + _NOTHING)
    return 0


def _image_prune(session: Session, call: Invocation) -> int:
    every = call.switch("all")
    if not (call.switch("force") or session.agreed(f"WARNING! This will remove {_UNUSED[every]}.\n")):
        session.out(_NOTHING)
        return 0
    session.ask("image.prune", all_unused=every)
    session.out(session.deleted() + _NOTHING)
    return 0


def _system_prune(session: Session, call: Invocation) -> int:
    every = call.switch("all")
    listed = [_STOPPED, "all networks not used by at least one container", _UNUSED[every]]
    if "--volumes" in call.ignored:
        listed.insert(2, "all volumes not used by at least one container")
    listed.append("all build cache" if every else "all dangling build cache")
    warning = "WARNING! This will remove:\n" + "".join(f"  - {line}\n" for line in listed) + "\n"
    if not (call.switch("force") or session.agreed(warning)):
        return 0
    session.ask("container.prune")
    session.out(session.deleted())
    session.ask("image.prune", all_unused=every)
    session.out(session.deleted() + _NOTHING)
    return 0


def _builder_prune(session: Session, call: Invocation) -> int:
    """The classic builder keeps no cache beside the images themselves."""
    word = "all build cache" if call.switch("all") else "all dangling build cache"
    if call.switch("force") or session.agreed(f"WARNING! This will remove {word}.\n"):
        session.out(_NOTHING)
    return 0


# --- what only reads --------------------------------------------------------------------------------------------------


def _listing(operation: str) -> Recipe:
    def recipe(session: Session, call: Invocation) -> int:
        session.ask(operation)
        return session.show(call)

    return recipe


def _of_container(operation: str) -> Recipe:
    def recipe(session: Session, call: Invocation) -> int:
        typed = call.arguments[0]
        try:
            container = session.container(typed)
        except NamesError as error:
            raise fail(session, _bad_name(call.command, typed, error)) from None
        reply = session.ask(operation, c=container)
        if not reply.ok:
            raise fail(session, error_line(call.command, typed, reply))
        return session.show(call, [(container, False)])

    return recipe


def _history(session: Session, call: Invocation) -> int:
    try:
        image = session.image(call.arguments[0]).image
    except NamesError as error:
        text = error.text if call.arguments[0] else "page not found"
        raise fail(session, DAEMON + text) from None
    reply = session.ask("image.history", i=image)
    if not reply.ok:
        raise fail(session, DAEMON + reply.message)
    return session.show(call, [(image, True)])


def _inspect(session: Session, call: Invocation) -> int:
    """Containers first, then images; what was found is printed, and every miss after it (`cli/command/inspect`)."""
    wanted = call.text("type") or ""
    found: list[tuple[Thing, bool]] = []
    errors: list[str] = []
    for typed in call.arguments:
        thing = _inspected(session, typed, wanted)
        if isinstance(thing, str):
            errors.append(thing)
        else:
            found.append(thing)
    session.show(call, found)
    session.err("".join(f"{line}\n" for line in errors))
    return int(bool(errors))


def _inspected(session: Session, typed: str, wanted: str) -> tuple[Thing, bool] | str:
    """What a name means to inspect, and whether it is an image; or the error line."""
    if wanted != "image" and typed:
        try:
            container = session.container(typed)
        except NamesError as error:
            return DAEMON + error.text
        if session.ask("container.inspect", c=container).ok:
            return container, False
    if wanted != "container" and typed:
        try:
            image = session.image(typed).image
        except BadReference:
            image = None
        if image is not None and session.ask("image.inspect", i=image).ok:
            return image, True
    return f"Error: No such {wanted or 'object'}: {typed}"


def _version(session: Session, call: Invocation) -> int:
    if not call.switch("version"):  # `docker --version` asks the client alone
        session.ask("engine.version")
    return session.show(call)


def _help(session: Session, call: Invocation) -> int:
    try:
        session.out(usage(" ".join(call.arguments)))
    except KeyError:
        session.out("\nUsage:  docker [OPTIONS] COMMAND\n\nA self-sufficient runtime for containers\n")
    return 0


RECIPES: Final[Mapping[str, Recipe]] = MappingProxyType(
    {
        "build": build,
        "builder prune": _builder_prune,
        "commit": _commit,
        "container prune": _container_prune,
        "create": _create,
        "exec": _exec,
        "export": _export,
        "help": _help,
        "history": _history,
        "image prune": _image_prune,
        "images": _listing("image.list"),
        "import": _import,
        "info": _listing("engine.info"),
        "inspect": _inspect,
        "kill": _kill,
        "load": _load,
        "logs": _of_container("container.logs"),
        "pause": _simple("container.pause"),
        "ps": _listing("container.list"),
        "pull": _pull,
        "push": _push,
        "rename": _rename,
        "restart": _restart,
        "rm": _rm,
        "rmi": _rmi,
        "run": _run,
        "save": _save,
        "start": _start,
        "stop": _stop,
        "system prune": _system_prune,
        "tag": _tag,
        "top": _of_container("container.top"),
        "unpause": _simple("container.unpause"),
        "update": _update,
        "version": _version,
        "wait": _wait,
    }
)
"""Every command that ``dockspec.commandline.parse`` can answer with, and its recipe."""
