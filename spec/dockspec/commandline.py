"""Docker's command line: what a person types, read as the docker client reads it.

`parse` answers in one of three ways: an `Invocation`, docker's own refusal (`UsageError`), or `NotModelled` for what
docker knows and the spec does not tell. Which flags there are stands in `dockspec._flags.tables`. Everything that the
client refuses before it asks the engine is refused here: flags, the number of arguments, references, ports, options in
conflict.

Source: measured on the docker client 20.10.24, without an engine; docker/cli 20.10 (`cli/cobra.go`, `cli/required.go`,
`cli/command/container/opts.go`, `opts/parse.go`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final, Literal, NamedTuple

from dockspec._flags import Command, Effect, Flag
from dockspec._flags.pflag import FlagError, OptionValue, Reading, quote, read
from dockspec._flags.ports import port_problem
from dockspec._flags.tables import COMMANDS, GLOBAL_FLAGS, GROUPS, OUTSIDE
from dockspec.names import BadReference, is_full_id, parse_reference

__all__ = [
    "BadRestartPolicy",
    "Command",
    "Effect",
    "Flag",
    "Invocation",
    "NotModelled",
    "OptionValue",
    "RestartPolicy",
    "UsageError",
    "commands",
    "parse",
    "parse_restart",
    "usage",
]

_FAILURE: Final = 1
_BAD_FLAG: Final = 125

_BY_NAME: Final = {command.name: command for command in COMMANDS}
# every way to type a command, and the form under which docker's errors name it: `container list` is `container ls`
_FORMS: Final = {form: (command, form) for command in COMMANDS for form in command.forms} | {
    synonym: (command, form)
    for command in COMMANDS
    for synonym in command.synonyms
    for form in command.forms
    if form.startswith(synonym.split()[0] + " ")
}


class UsageError(Exception):
    """Docker refuses the command line.

    `text` is what it writes to standard error, line ends included; `exit_code` what it exits with (125 for a bad flag,
    else mostly 1); `hint` a sentence of this project's where a typographic dash is the likely cause. For a bad flag of
    `docker` itself docker adds its whole help, which is left out here.
    """

    def __init__(self, text: str, exit_code: int, hint: str | None = None) -> None:
        super().__init__(text)
        self.text = text
        self.exit_code = exit_code
        self.hint = hint


class NotModelled(Exception):
    """docker knows *what* (`docker network`, or `docker ps --format`), and the spec does not tell what it does."""

    def __init__(self, what: str) -> None:
        super().__init__(f"{what}: known to docker, but outside the specification; leave it out")
        self.what = what


@dataclass(frozen=True, slots=True)
class Invocation:
    """A command line that docker accepts.

    `command` is the canonical name: `docker container ls` is "ps", `docker image rm` is "rmi", `docker container
    inspect` is "inspect" with the option type="container". `options` holds the modelled flags that were typed, by
    canonical long name: bool for a switch, int for a number, str, or a tuple of str for a repeatable flag. `ignored`
    names the flags without effect, as `--env`. `docker`, `docker help rm`, `docker rm --help` are "help", with the
    words of the command as arguments; `docker --version` is "version" with the option version=True. `hint` is set where
    an argument begins with a typographic dash, which docker takes for a name.
    """

    command: str
    options: Mapping[str, OptionValue] = field(default_factory=lambda: MappingProxyType({}))
    arguments: tuple[str, ...] = ()
    ignored: tuple[str, ...] = ()
    hint: str | None = None

    def switch(self, name: str, *, default: bool = False) -> bool:
        """Whether a switch is on; *default* where it was not typed (True for `rm` of build, `pause` of commit)."""
        return bool(self.options.get(name, default))

    def text(self, name: str) -> str | None:
        """The value of a flag that takes a text; None where it was not typed."""
        value = self.options.get(name)
        return value if isinstance(value, str) else None

    def number(self, name: str) -> int | None:
        """The value of a flag that takes a number; None where it was not typed."""
        value = self.options.get(name)
        return value if isinstance(value, int) else None

    def texts(self, name: str) -> tuple[str, ...]:
        """The values of a repeatable flag, in order; none where it was not typed."""
        value = self.options.get(name)
        return value if isinstance(value, tuple) else ()


def commands() -> tuple[Command, ...]:
    """Every command that `parse` accepts, with its forms and its table of flags, for completion and help."""
    return COMMANDS


def usage(form: str) -> str:
    """Docker's usage block for a form (`rm`, `container ls`) or a group (`container`), line ends included.

    Raises `KeyError` for anything else.
    """
    if form in GROUPS:
        return _group_usage(form)
    command, canonical = _FORMS[form]
    return f"\nUsage:  {f'docker {canonical} {command.usage}'.rstrip()}\n\n{command.summary}\n"


def parse(argv: Sequence[str]) -> Invocation:
    """Read a command line; *argv* leaves out the word `docker` itself.

    Raises `UsageError` where docker refuses it, and `NotModelled` where only the spec does. Measured on docker
    20.10.24.
    """
    hint = _dash_hint(argv)
    reading = _read(argv, GLOBAL_FLAGS, "", hint, interspersed=False)
    words = reading.arguments
    if not words:
        if reading.options.get("version") is True and not reading.help:
            return Invocation("version", MappingProxyType({"version": True}), ignored=_spelled(reading.ignored))
        return Invocation("help")
    if reading.help:
        return Invocation("help", arguments=words[:1])
    first, rest = words[0], words[1:]
    if first == "help":
        return _help(rest, hint)
    if first in GROUPS:
        return _parse_in_group(first, rest, hint)
    if first in OUTSIDE:
        raise NotModelled(f"docker {first}")
    if first not in _FORMS:
        raise UsageError(f"docker: '{first}' is not a docker command.\nSee 'docker --help'\n", _FAILURE, hint)
    return _parse_command(first, rest, hint)


def _parse_in_group(group: str, words: Sequence[str], hint: str | None) -> Invocation:
    form = f"{group} {words[0]}" if words else group
    if form in OUTSIDE:
        raise NotModelled(f"docker {form}")
    if form in _FORMS:
        return _parse_command(form, words[1:], hint)
    reading = _read(words, (), group, hint, interspersed=True)
    if reading.arguments and not reading.help:
        raise UsageError(_group_usage(group), _FAILURE, hint)
    return Invocation("help", arguments=(group,))


def _parse_command(typed: str, words: Sequence[str], hint: str | None) -> Invocation:
    command, form = _FORMS[typed]
    reading = _read(words, command.flags, form, hint, interspersed=command.interspersed)
    if reading.help:
        return Invocation("help", arguments=tuple(form.split()))
    demand = _demand(command, len(reading.arguments))
    if demand is not None:
        raise UsageError(f"\"docker {form}\" {demand}\nSee 'docker {form} --help'.\n{usage(form)}", _FAILURE, hint)
    refusal = _REFUSALS.get(command.name, _accept)(reading)
    if refusal is not None:
        raise UsageError(refusal.text, refusal.exit_code, hint)
    for name in reading.refused:
        raise NotModelled(f"docker {form} --{name}")
    name, options = command.name, reading.options
    group, _, word = name.partition(" ")
    if word == "inspect":
        name, options = "inspect", {"type": group}
    if options.get("type") not in {None, "", "container", "image"}:
        raise NotModelled(f"docker inspect --type={options['type']}")
    return Invocation(name, MappingProxyType(options), reading.arguments, _spelled(reading.ignored), hint)


def _read(
    words: Sequence[str],
    table: Sequence[Flag],
    form: str,
    hint: str | None,
    *,
    interspersed: bool,
) -> Reading:
    """`pflag.read`, with docker's frame around its errors. Source: `cli/cobra.go:FlagErrorFunc`."""
    try:
        return read(words, table, interspersed=interspersed)
    except FlagError as error:
        full = f"docker {form}".rstrip()
        block = f"{_group_usage(form)}\n" if form in GROUPS else ""
        raise UsageError(f"{error}\nSee '{full} --help'.\n{block}", _BAD_FLAG, hint) from None


def _help(words: Sequence[str], hint: str | None) -> Invocation:
    reading = _read(words, (), "help", hint, interspersed=True)
    form = " ".join(reading.arguments)
    if form and not (form in _FORMS or form in GROUPS or form in OUTSIDE):
        unknown = next((word for word in reading.arguments if word not in _FORMS and word not in GROUPS), form)
        raise UsageError(f"unknown help topic: {unknown}\n", _FAILURE, hint)
    return Invocation("help", arguments=reading.arguments)


def _spelled(ignored: Mapping[str, OptionValue]) -> tuple[str, ...]:
    return tuple(f"--{name}" for name in ignored)


def _group_usage(group: str) -> str:
    """Docker's answer to `docker container`, and to a word it does not know there."""
    summaries = {form: command.summary for form, (command, named) in _FORMS.items() if form == named} | dict(OUTSIDE)
    members = sorted(form for form in summaries if form.startswith(f"{group} "))
    # docker makes the column of words as wide as the longest of them, but at least eleven letters: enough for all here
    rows = "".join(f"  {form.removeprefix(group).strip():<12}{summaries[form]}\n" for form in members)
    return (
        f"\nUsage:  docker {group} COMMAND\n\n{GROUPS[group]}\n\nCommands:\n{rows}\n"
        f"Run 'docker {group} COMMAND --help' for more information on a command.\n"
    )


def _demand(command: Command, given: int) -> str | None:
    """Docker's sentence on a wrong number of arguments. Source: `cli/required.go`."""
    least, most = command.least, command.most
    if given >= least and (most is None or given <= most):
        return None
    if most == 0:
        return "accepts no arguments."
    if most is None:
        return f"requires at least {_arguments(least)}."
    if least == most:
        return f"requires exactly {_arguments(least)}."
    if least == 0:
        return f"requires at most {_arguments(most)}."
    return f"requires at least {least} and at most {_arguments(most)}."


def _arguments(count: int) -> str:
    return f"{count} argument" if count == 1 else f"{count} arguments"


# --- what the client refuses before it asks the engine ----------------------------------------------------------------


class _Refusal(NamedTuple):
    text: str
    exit_code: int


def _plain(text: str) -> _Refusal:
    return _Refusal(f"{text}\n", _FAILURE)


def _framed(command: str, text: str) -> _Refusal:
    """The frame that `run` and `create` put around an error. Source: `cli/command/container/run.go:reportError`."""
    return _Refusal(f"docker: {text}.\nSee 'docker {command} --help'.\n", _BAD_FLAG)


def _accept(_: Reading) -> _Refusal | None:
    return None


def _container_refusal(command: str, reading: Reading) -> _Refusal | None:
    """For `create` and `run`. Source: `cli/command/container/opts.go:parse`, in its order."""
    for port in _texts(reading, "publish"):
        problem = port_problem(port)
        if problem is not None:
            return _framed(command, problem)
    try:
        never = parse_restart(_text(reading, "restart")).name == "no"
    except BadRestartPolicy as error:
        if error.side == "client":
            return _framed(command, error.text)
        never = False
    if reading.options.get("rm") and not never:
        return _framed(command, "Conflicting options: --restart and --rm")
    if reading.options.get("detach") and "attach" in reading.ignored:
        return _plain("Conflicting options: -a and -d")
    problem = _image_problem(reading.arguments[0])
    if problem is None:
        return None
    return _framed(command, problem) if command == "run" else _plain(problem)


def _create_refusal(reading: Reading) -> _Refusal | None:
    return _container_refusal("create", reading)


def _run_refusal(reading: Reading) -> _Refusal | None:
    return _container_refusal("run", reading)


def _start_refusal(reading: Reading) -> _Refusal | None:
    attached = reading.options.get("attach") or reading.options.get("interactive")
    if attached and len(reading.arguments) > 1:
        return _plain("you cannot start and attach multiple containers at once")
    return None


def _update_refusal(reading: Reading) -> _Refusal | None:
    if not reading.options and not reading.ignored:
        return _plain("you must provide one or more flags when using this command")
    try:
        parse_restart(_text(reading, "restart"))
    except BadRestartPolicy as error:
        if error.side == "client":
            return _plain(error.text)
    return None


def _rename_refusal(reading: Reading) -> _Refusal | None:
    if all(name.strip() for name in reading.arguments):
        return None
    return _plain("Error: Neither old nor new names may be empty")


def _inspect_refusal(reading: Reading) -> _Refusal | None:
    kind = _text(reading, "type")
    return None if kind in _INSPECT_TYPES else _plain(f'"{kind}" is not a valid value for --type')


def _transfer_refusal(reading: Reading) -> _Refusal | None:
    """For `pull` and `push`."""
    problem = _reference_problem(reading.arguments[0])
    return None if problem is None else _plain(problem)


def _new_tag_refusal(reading: Reading) -> _Refusal | None:
    """For `commit` and `import`, whose second argument may name the new image."""
    text = "".join(reading.arguments[1:2])
    if not text:
        return None
    problem = _reference_problem(text)
    if problem is None and parse_reference(text).is_digest:
        problem = _DIGEST_TAG
    return None if problem is None else _plain(problem)


def _tag_refusal(reading: Reading) -> _Refusal | None:
    source, target = reading.arguments
    for text, problem in ((source, _image_problem(source)), (target, _reference_problem(target))):
        if problem is not None:
            return _plain(f"Error parsing reference: {quote(text)} is not a valid repository/tag: {problem}")
    return _plain(_DIGEST_TAG) if parse_reference(target).is_digest else None


def _build_refusal(reading: Reading) -> _Refusal | None:
    for tag in _texts(reading, "tag"):
        problem = _reference_problem(tag)
        if problem is not None:
            text = f'invalid argument {quote(tag)} for "-t, --tag" flag: {problem}'
            return _Refusal(f"{text}\nSee 'docker build --help'.\n", _BAD_FLAG)
    return None


_DIGEST_TAG: Final = "refusing to create a tag with a digest reference"
_INSPECT_TYPES: Final = (
    "", "config", "container", "image", "network", "node", "plugin", "secret", "service", "task", "volume",
)  # fmt: skip
_REFUSALS: Final[Mapping[str, Callable[[Reading], _Refusal | None]]] = MappingProxyType(
    {
        "build": _build_refusal,
        "commit": _new_tag_refusal,
        "create": _create_refusal,
        "import": _new_tag_refusal,
        "inspect": _inspect_refusal,
        "pull": _transfer_refusal,
        "push": _transfer_refusal,
        "rename": _rename_refusal,
        "run": _run_refusal,
        "start": _start_refusal,
        "tag": _tag_refusal,
        "update": _update_refusal,
    }
)


def _text(reading: Reading, name: str) -> str:
    value = reading.options.get(name, "")
    return value if isinstance(value, str) else ""


def _texts(reading: Reading, name: str) -> tuple[str, ...]:
    value = reading.options.get(name, ())
    return value if isinstance(value, tuple) else ()


def _reference_problem(text: str) -> str | None:
    try:
        parse_reference(text)
    except BadReference as error:
        return error.text
    return None


def _image_problem(text: str) -> str | None:
    """As `_reference_problem`, where a full id will do as well."""
    return None if is_full_id(text) else _reference_problem(text)


# --- restart policies -------------------------------------------------------------------------------------------------


class RestartPolicy(NamedTuple):
    """`name` is "no", "always", "unless-stopped" or "on-failure"; `retries` bounds the latter, 0 being no bound."""

    name: str
    retries: int


class BadRestartPolicy(ValueError):
    """No restart policy. `text` is docker's; `side` says whether the client refuses it, or the engine (HTTP 400)."""

    def __init__(self, text: str, side: Literal["client", "engine"]) -> None:
        super().__init__(text)
        self.text = text
        self.side = side


_COUNT: Final = re.compile(r"[+-]?[0-9]{1,18}")


def parse_restart(text: str) -> RestartPolicy:
    """The policy that `--restart` *text* asks for: `on-failure:3`; the empty text is "no".

    Raises `BadRestartPolicy`. Source: measured; docker/cli `opts/parse.go:ParseRestartPolicy`, moby
    `daemon/container.go:validateRestartPolicy`.
    """
    name, *counts = text.split(":")
    if len(counts) > 1:
        raise BadRestartPolicy("invalid restart policy format", "client")
    if counts and not _COUNT.fullmatch(counts[0]):
        raise BadRestartPolicy("maximum retry count must be an integer", "client")
    retries = int(counts[0]) if counts else 0
    match name:
        case "":
            return RestartPolicy("no", 0)
        case "no" | "always" | "unless-stopped":
            if retries:
                raise BadRestartPolicy(f"maximum retry count cannot be used with restart policy '{name}'", "engine")
        case "on-failure":
            if retries < 0:
                raise BadRestartPolicy("maximum retry count cannot be negative", "engine")
        case _:
            raise BadRestartPolicy(f"invalid restart policy '{name}'", "engine")
    return RestartPolicy(name, retries)


# --- typographic dashes -----------------------------------------------------------------------------------------------

_DASHES: Final = "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63\uff0d"


def _dash_hint(argv: Sequence[str]) -> str | None:
    """A hint for the first word that begins with a dash of the printer's, not of the keyboard's."""
    for word in argv:
        if word[:1] and word[0] in _DASHES:
            name = word.lstrip(_DASHES)
            meant = f"-{name}" if len(name) == 1 else f"--{name}"
            return f"{word!r} begins with a typographic dash: type {meant}"
    return None
