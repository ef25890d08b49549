"""What well-known programs do in a container: whether they start, how they take SIGTERM, when they end and with what.

A table, not a shell: a program that is not in it runs until the world ends it (`!exit`). `sh -c` is read a little:
`echo`, `exit`, `sleep`, `trap "exit 3" TERM`, joined by `;`, `&&` and `||`.

The first process of a container ignores every signal for which it has set no handler (signal(7), pid_namespaces(7)), so
`sleep` ends only by SIGKILL. Which servers end well on SIGTERM: measured for sh, from their manuals for the rest.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Final

from dockspec.container import Process


@dataclass(frozen=True, slots=True)
class Program:
    """A command line, and what it does.

    Attributes:
        argv: its words.
        process: what it is like as a main process.
        code: what it ends with, where it ends by itself; None: it runs until something ends it.
        after: the seconds until then; 0: at once.
        output, errors: what it writes.
        writes: whether it writes files.
        term_code: what it ends with when it is asked to by SIGTERM.
        interactive: it waits for somebody to type; nobody does, so a session at a terminal ends at once, with 0.
    """

    argv: tuple[str, ...]
    process: Process = Process.IGNORES
    code: int | None = None
    after: float = 0
    output: str = ""
    errors: str = ""
    writes: bool = False
    term_code: int = 0
    interactive: bool = False

    @property
    def at_once(self) -> bool:
        """It has ended before the next command is typed."""
        return self.code is not None and not self.after


NOTHING: Final = Program((), Process.NOTHING)

CLASSES: Final[Mapping[str, Program]] = MappingProxyType(
    {
        "not-found": Program((), Process.NOT_FOUND),
        "not-executable": Program((), Process.NOT_EXECUTABLE),
        "not-started": Program((), Process.NOT_STARTED),
        "ends-well": Program((), Process.ENDS_WELL),
        "ends-badly": Program((), Process.ENDS_BADLY, term_code=1),
        "ignores": Program((), Process.IGNORES),
        "dies": Program((), Process.DIES, term_code=143),
    }
)
"""What a world line can say of a program: `!program worker ends-well`."""

_WRAPPERS: Final = frozenset({"docker-entrypoint.sh", "tini", "dumb-init", "env", "exec", "nohup", "sudo", "--"})
_SHELLS: Final = frozenset({"sh", "ash", "bash", "dash", "zsh", "ksh"})
_PROMPTS: Final = _SHELLS | {"python", "python3", "node", "irb", "ghci", "cat", "psql", "mysql", "redis-cli"}
_SERVERS: Final = MappingProxyType(
    dict.fromkeys(
        ("nginx", "redis-server", "postgres", "mysqld", "mariadbd", "mongod", "httpd", "httpd-foreground", "memcached",
         "haproxy", "caddy", "traefik", "consul", "vault", "etcd", "rabbitmq-server", "registry"), 0,
    ) | {"java": 143}
)  # fmt: skip
_ENDLESS: Final = frozenset({"tail", "top", "ping", "watch", "yes", "httpd-foreground"})
_WRITERS: Final = frozenset(
    {"touch", "mkdir", "rm", "rmdir", "cp", "mv", "ln", "chmod", "chown", "tee", "dd", "apk", "apt", "apt-get", "yum",
     "dnf", "pip", "pip3", "npm", "git", "adduser", "useradd", "make", "tar", "unzip"},
)  # fmt: skip
_READERS: Final = frozenset(
    {"ls", "date", "env", "printenv", "id", "hostname", "uname", "ps", "df", "du", "free", "mount", "test", "[", "stat",
     "wc", "head", "grep", "find", "sort", "cat", "curl", "wget", "which", "ip", "ifconfig", "nslookup", "set",
     "export", "cd"},
)  # fmt: skip
_HELLO: Final = "\nHello from Docker!\nThis message shows that your installation appears to be working correctly.\n\n"
_FIXED: Final = MappingProxyType(
    {
        "true": Program((), code=0),
        ":": Program((), code=0),
        "false": Program((), code=1),
        "hello": Program((), code=0, output=_HELLO),
        "pwd": Program((), code=0, output="/\n"),
        "whoami": Program((), code=0, output="root\n"),
    }
)
_ABSENT: Final = re.compile(r"(?i)no-?_?such|non-?_?exist|not-?_?found|bogus|does-?_?not-?_?exist")
_NO_PROGRAMS: Final = frozenset(
    {"/", "/etc", "/tmp", "/root", "/home", "/var", "/usr", "/bin", "/etc/passwd", "/etc/hosts", "/etc/group",  # noqa: S108
     "/etc/hostname", "/etc/resolv.conf"},
)  # fmt: skip


def understand(
    argv: Sequence[str],
    *,
    stdin: bool = False,
    unknown_ends: bool = False,
    declared: Mapping[str, Program] = MappingProxyType({}),
) -> Program:
    """What a command line does.

    Args:
        argv: its words; none: there is no command.
        stdin: a terminal or an open standard input is there, so a shell waits.
        unknown_ends: a program that is not in the table ends at once with 0 (a step of a build, an exec), instead of
            running on.
        declared: what the world says of further programs, by name.
    """
    if not argv:
        return NOTHING
    words = tuple(argv)
    program = _known(_unwrapped(words), stdin=stdin, declared=declared)
    if program is None:
        program = Program(words, code=0) if unknown_ends else Program(words)
    return replace(program, argv=words)


def _unwrapped(words: tuple[str, ...]) -> tuple[str, ...]:
    while len(words) > 1 and _name(words[0]) in _WRAPPERS:
        words = words[1:]
    return words


def _name(word: str) -> str:
    return word.rpartition("/")[2] or word


def _known(words: tuple[str, ...], *, stdin: bool, declared: Mapping[str, Program]) -> Program | None:  # noqa: PLR0911  # a table
    first, rest = words[0], words[1:]
    name = _name(first)
    known = declared.get(first) or declared.get(name)
    if known is not None:
        return known
    if not first or _ABSENT.search(name) or first.startswith("/no"):
        return Program(words, Process.NOT_FOUND)
    if first in _NO_PROGRAMS:
        return Program(words, Process.NOT_EXECUTABLE)
    if name in _SHELLS and rest[:1] and rest[0].startswith("-") and rest[0].endswith("c"):
        return _script(rest[1] if len(rest) > 1 else "", declared)
    if name in _PROMPTS and not rest:
        return Program(words, interactive=True) if stdin else Program(words, code=0)
    if name in _SERVERS:
        code = _SERVERS[name]
        return Program(words, Process.DIES if code else Process.ENDS_WELL, term_code=code)
    return _simple(name, rest)


def _simple(name: str, rest: tuple[str, ...]) -> Program | None:  # noqa: PLR0911  # a table
    match name:
        case "echo":
            return Program((), code=0, output=_echo(rest))
        case "printf":
            return Program((), code=0, output=rest[0].replace("\\n", "\n") if rest else "")
        case "sleep":
            return _sleep(rest)
        case "tail" if "-f" not in rest and "-F" not in rest:
            return Program((), code=0)
    if name in _ENDLESS:
        return Program(())
    if name in _READERS or name in _WRITERS:
        return Program((), code=0, writes=name in _WRITERS)
    return _FIXED.get(name)


def _echo(words: Sequence[str]) -> str:
    bare = list(words[:1]) == ["-n"]
    return " ".join(words[1:] if bare else words) + ("" if bare else "\n")


def _sleep(words: Sequence[str]) -> Program:
    units = {"": 1, "s": 1, "m": 60, "h": 3600, "d": 86400}
    total = 0.0
    for word in words:
        match = re.fullmatch(r"([0-9]{1,9}(?:\.[0-9]{1,9})?)([smhd]?)", word)
        if match is None:
            return Program(()) if word == "infinity" else Program((), code=1)
        total += float(match[1]) * units[match[2]]
    return Program((), code=0, after=total) if words else Program((), code=1)


# --- a little of the shell -------------------------------------------------------------------------------------------

_TRAP: Final = re.compile(r"""trap\s+(?:'([^']*)'|"([^"]*)"|(\S+))\s+([A-Z0-9 ]*)\s*(?:;|$|\n)""")
_LOOP: Final = re.compile(r"(?:^|[;&|\n]\s*)(while|until|for|wait)\b")
_CODES: Final = 256
_TO_STDERR: Final = ">&2"


def _script(text: str, declared: Mapping[str, Program]) -> Program:
    """`sh -c` *text*. What is not understood runs on, as a program would that is not in the table."""
    process, term_code = _trapped(text)
    loop = _LOOP.search(text)
    plain = _TRAP.sub("", text[: loop.start()] if loop else text)
    code, after, output, errors, writes, ended = 0, 0.0, "", "", False, False
    for connective, words in _commands(plain):
        if ended or (connective == "&&" and code) or (connective == "||" and not code):
            continue
        done = _one(words, declared, code)
        if done is None or (done.code is None and not done.interactive):
            return Program((), process, output=output, errors=errors, writes=writes, term_code=term_code)
        output, errors = output + done.output, errors + done.errors
        code, after, writes = done.code or 0, after + done.after, writes or done.writes
        ended = words[:1] == ["exit"]
    if loop and not ended:
        return Program((), process, output=output, errors=errors, writes=writes, term_code=term_code)
    return Program((), process, code, after, output, errors, writes, term_code)


def _trapped(text: str) -> tuple[Process, int]:
    """How a script takes SIGTERM: `trap "exit 3" TERM`."""
    for single, double, bare, signals in _TRAP.findall(text):
        if {"TERM", "SIGTERM", "15"} & set(signals.split()):
            match = re.search(r"\bexit(?:\s+([0-9]{1,3}))?", single or double or bare)
            if match is None:
                return Process.IGNORES, 0
            code = int(match[1] or 0) % _CODES
            return {0: Process.ENDS_WELL, 143: Process.DIES}.get(code, Process.ENDS_BADLY), code
    return Process.IGNORES, 0


def _commands(text: str) -> list[tuple[str, list[str]]]:
    """The simple commands of a script, each with the sign before it. An unreadable one is a program of its own."""
    found: list[tuple[str, list[str]]] = []
    plain = re.sub(r"[0-9]?>&1|2>&2", "", text.replace("\n", ";"))
    lexer = shlex.shlex(re.sub(r"1?>&2", " '>&2' ", plain), posix=True, punctuation_chars=";&|")
    lexer.whitespace_split = True
    connective, words = ";", list[str]()
    try:
        for token in lexer:
            if token and set(token) <= set(";&|"):
                found.append((connective, words))
                connective, words = token, []
            else:
                words.append(token)
    except ValueError:
        return [(";", ["?"])]
    found.append((connective, words))
    return [(sign, each) for sign, each in found if each]


def _one(words: list[str], declared: Mapping[str, Program], before: int) -> Program | None:  # noqa: PLR0911  # cases
    """One simple command of a script; None where it is not understood."""
    to_file = [at for at, word in enumerate(words) if re.fullmatch(r"[12]?>>?[^&]*", word)]
    to_errors = _TO_STDERR in words
    kept = [word for word in (words[: to_file[0]] if to_file else words) if word != _TO_STDERR]
    if not kept:
        return Program((), code=0, writes=not to_errors)
    if kept[0] == "exit":
        given = kept[1] if len(kept) > 1 else str(before)
        return Program((), code=int(given) % _CODES) if re.fullmatch(r"[0-9]{1,9}", given) else Program((), code=2)
    if kept[0] == "kill":  # the first process does not die of what it sends itself
        return Program((), code=0)
    done = _known(_unwrapped(tuple(kept)), stdin=False, declared=declared)
    if done is None:
        return None
    if done.process is Process.NOT_FOUND:
        return Program((), code=127, errors=f"/bin/sh: {kept[0]}: not found\n")
    if done.process is Process.NOT_EXECUTABLE:
        return Program((), code=126, errors=f"/bin/sh: {kept[0]}: Permission denied\n")
    if to_errors:
        return replace(done, output="", errors=done.output)
    return replace(done, output="", writes=True) if to_file else done


# --- what images bring along ------------------------------------------------------------------------------------------

_ENTRYPOINTS: Final[Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]]] = MappingProxyType(
    {
        "alpine": ((), ("/bin/sh",)),
        "busybox": ((), ("sh",)),
        "centos": ((), ("/bin/bash",)),
        "debian": ((), ("bash",)),
        "fedora": ((), ("/bin/bash",)),
        "hello-world": ((), ("/hello",)),
        "httpd": ((), ("httpd-foreground",)),
        "mariadb": (("docker-entrypoint.sh",), ("mariadbd",)),
        "memcached": (("docker-entrypoint.sh",), ("memcached",)),
        "mongo": (("docker-entrypoint.sh",), ("mongod",)),
        "mysql": (("docker-entrypoint.sh",), ("mysqld",)),
        "nginx": (("/docker-entrypoint.sh",), ("nginx", "-g", "daemon off;")),
        "node": (("docker-entrypoint.sh",), ("node",)),
        "postgres": (("docker-entrypoint.sh",), ("postgres",)),
        "python": ((), ("python3",)),
        "redis": (("docker-entrypoint.sh",), ("redis-server",)),
        "ubuntu": ((), ("/bin/bash",)),
    }
)


def default_command(repository: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """ENTRYPOINT and CMD of an image that is pulled; one that is not in the table runs a program of its own name."""
    name = repository.rpartition("/")[2]
    return _ENTRYPOINTS.get(repository, ((), (name,)))
