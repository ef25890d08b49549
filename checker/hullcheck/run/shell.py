r"""The reader of what people paste: a small part of the POSIX shell, as an abstract syntax that prints back.

What it reads:

    docker run -d --name web \
      alpine:3.20 sleep 60                           # a comment
    $ sudo docker ps -a                              prompt signs and sudo are dropped
    docker stop web && docker rm web || true; echo done
    id=$(docker create alpine)
    docker rm "$id" ${id} $(docker ps -aq)           split into words where it is not quoted
    docker export web | docker import - flat:1       also save | load
    docker save alpine > a.tar
    docker rm nope 2>/dev/null
    !exit web 3                                      for the world: its words are handed on as they are

Everything else of the shell (globs, functions, `if`, `&`, ...) is refused with one `SyntaxProblem` that says where,
what and how to mend it. Nothing is run or expanded here; `fields` expands a word once the caller knows the variables
and can run docker.

Why not a library: shlex knows neither columns nor `$( )`, and cannot tell "$x" from '$x'; bashlex is under the GPL; a
grammar of all of bash would have to be cut down to this.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Literal, NoReturn

BUILTINS: Final = (":", "echo", "false", "firewall-cmd", "systemctl", "true")
"""The commands beside `docker` that are read."""

Connective = Literal["&&", "||"]


class SyntaxProblem(ValueError):
    """The text is no script of this kind. `line` and `column` count from 1; `what` is wrong, and `mend` sets it right.

    `incomplete` is True where the text ends too early (an open quotation mark, a trailing `&&`): a prompt may ask for
    more.
    """

    def __init__(self, line: int, column: int, what: str, mend: str, *, incomplete: bool = False) -> None:
        super().__init__(f"line {line}, column {column}: {what}: {mend}")
        self.line = line
        self.column = column
        self.what = what
        self.mend = mend
        self.incomplete = incomplete


# --- the syntax -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Text:
    """Plain text; how it was quoted is gone. An empty one is what `''` leaves: a word, though an empty one."""

    text: str

    def __str__(self) -> str:
        return self.text if _SAFE.fullmatch(self.text) else "'" + self.text.replace("'", "'\\''") + "'"


@dataclass(frozen=True, slots=True)
class Variable:
    """`$x`, or `$?`. Unquoted, its value is split into fields."""

    name: str
    quoted: bool = False

    def __str__(self) -> str:
        text = "${" + self.name + "}"
        return f'"{text}"' if self.quoted else text


@dataclass(frozen=True, slots=True)
class Substitution:
    """`$(...)`: what the script prints, without the line ends at its end. Unquoted, it is split into fields."""

    script: Script
    quoted: bool = False

    def __str__(self) -> str:
        text = f"$({self.script})" if len(self.script.statements) == 1 else f"$(\n{self.script}\n)"
        return f'"{text}"' if self.quoted else text


Part = Text | Variable | Substitution


@dataclass(frozen=True, slots=True)
class Word:
    """One word, of one part or more."""

    parts: tuple[Part, ...]

    @property
    def literal(self) -> str | None:
        """Its text, where no variable and no substitution stands in it; else None."""
        texts = [part.text for part in self.parts if isinstance(part, Text)]
        return "".join(texts) if len(texts) == len(self.parts) else None

    def __str__(self) -> str:
        return "".join(str(part) for part in self.parts)


@dataclass(frozen=True, slots=True)
class Redirect:
    """`2> file`, `< file`, `2>&1`: `descriptor` is 0, 1 or 2; for `>&` the target is a descriptor as well."""

    descriptor: int
    operator: Literal["<", ">", ">>", ">&"]
    target: Word

    def __str__(self) -> str:
        return f"{self.descriptor}{self.operator}{self.target}"


@dataclass(frozen=True, slots=True)
class Assignment:
    """`x=word`, alone or before a command. Its value is not split."""

    name: str
    value: Word

    def __str__(self) -> str:
        return f"{self.name}={self.value}"


@dataclass(frozen=True, slots=True)
class Command:
    """A simple command: assignments, words, redirections.

    The first word is `docker`, a builtin, or holds a variable and is known only when it is expanded.
    Line and column count from 1, and do not take part in a comparison.
    """

    words: tuple[Word, ...]
    assignments: tuple[Assignment, ...] = ()
    redirects: tuple[Redirect, ...] = ()
    line: int = field(default=0, compare=False)
    column: int = field(default=0, compare=False)

    def __str__(self) -> str:
        return " ".join(str(part) for part in (*self.assignments, *self.words, *self.redirects))


@dataclass(frozen=True, slots=True)
class Pipeline:
    """One command, or `docker export ... | docker import ...` (or save and load)."""

    commands: tuple[Command, ...]

    def __str__(self) -> str:
        return " | ".join(str(command) for command in self.commands)


@dataclass(frozen=True, slots=True)
class Chain:
    """Pipelines joined by `&&` and `||`, which bind alike, from the left."""

    first: Pipeline
    rest: tuple[tuple[Connective, Pipeline], ...] = ()

    @property
    def line(self) -> int:
        """The line on which it begins, from 1."""
        return self.first.commands[0].line

    def __str__(self) -> str:
        return str(self.first) + "".join(f" {connective} {pipeline}" for connective, pipeline in self.rest)


@dataclass(frozen=True, slots=True)
class WorldLine:
    """`!exit web 3`: what the world does. `words` holds the words after the sign."""

    words: tuple[Word, ...]
    line: int = field(default=0, compare=False)
    column: int = field(default=0, compare=False)

    def __str__(self) -> str:
        return "!" + " ".join(str(word) for word in self.words)


Statement = Chain | WorldLine


@dataclass(frozen=True, slots=True)
class Script:
    """The statements in order; comments and empty lines are gone."""

    statements: tuple[Statement, ...]

    def __str__(self) -> str:
        return "\n".join(str(statement) for statement in self.statements)


def commands(script: Script) -> Iterator[Command]:
    """Every command of a script in the order of the text, those inside `$( )` before the command that holds them."""
    for statement in script.statements:
        if isinstance(statement, WorldLine):
            yield from _inner(statement.words)
            continue
        for pipeline in (statement.first, *(pipeline for _, pipeline in statement.rest)):
            for command in pipeline.commands:
                values = [assignment.value for assignment in command.assignments]
                targets = [redirect.target for redirect in command.redirects]
                yield from _inner((*values, *command.words, *targets))
                yield command


def _inner(words: Sequence[Word]) -> Iterator[Command]:
    for word in words:
        for part in word.parts:
            if isinstance(part, Substitution):
                yield from commands(part.script)


# --- expansion --------------------------------------------------------------------------------------------------------

OutputOf = Callable[[Script], str]
"""Runs a script and gives what it printed to standard output."""


def fields(word: Word, variables: Mapping[str, str], output_of: OutputOf) -> list[str]:
    """The fields that a word stands for: none, one or several. A variable that is not set is empty, as in the shell."""
    done: list[str] = []
    current: str | None = None
    for part in word.parts:
        text = _value(part, variables, output_of)
        if isinstance(part, Text) or part.quoted:
            current = (current or "") + text
            continue
        pieces = re.split(r"[ \t\n]+", text)
        for number, piece in enumerate(pieces):
            if number and current is not None:
                done.append(current)
                current = None
            if piece:
                current = (current or "") + piece
    return done if current is None else [*done, current]


def joined(word: Word, variables: Mapping[str, str], output_of: OutputOf) -> str:
    """The one text that a word stands for where the shell does not split: the value of an assignment, a file name."""
    return "".join(_value(part, variables, output_of) for part in word.parts)


def _value(part: Part, variables: Mapping[str, str], output_of: OutputOf) -> str:
    match part:
        case Text(text=text):
            return text
        case Variable(name=name):
            return variables.get(name, "")
        case Substitution(script=script):
            return output_of(script).rstrip("\n")


# --- reading ----------------------------------------------------------------------------------------------------------

_DEPTH_LIMIT: Final = 20
# printed without quotation marks; x=1 is not among them, for as a first word it would be an assignment
_SAFE: Final = re.compile(r"-[\w./:@%+,=-]*|[\w./:@%+,-]+", re.ASCII)
_NAME: Final = re.compile(r"[A-Za-z_]\w*", re.ASCII)
_ASSIGNMENT: Final = re.compile(r"([A-Za-z_]\w*)=", re.ASCII)
_REDIRECT: Final = re.compile(r"([0-9]*)(<|>>|>&|>)")
_BLANKS: Final = " \t"
_ENDS: Final = " \t\n;&|<>()"
_RESERVED: Final = frozenset(
    {"if", "then", "else", "elif", "fi", "for", "while", "until", "do", "done", "case", "esac", "select", "function",
    "time",
     "{", "}", "[[", "]]"},
)  # fmt: skip
_SPECIAL: Final = "0123456789@*#$!-"
_PLAIN_COMMANDS: Final = "write plain docker commands, one a line"
_PIPES: Final = {"export": "import", "save": "load"}


def read(text: str) -> Script:
    """Read a whole script. Raises `SyntaxProblem` at the first thing that is not of this kind."""
    reader = _Reader(text.replace("\r\n", "\n"))
    return reader.script(until="")


class _Reader:
    """A cursor over the text; each method reads one thing at the cursor."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.line_starts = [0, *(match.end() for match in re.finditer("\n", text))]
        self.at = 0
        self.depth = 0
        self.prompted = False

    # the cursor

    def peek(self, length: int = 1) -> str:
        return self.text[self.at : self.at + length]

    def position(self, at: int | None = None) -> tuple[int, int]:
        at = self.at if at is None else at
        line = bisect_right(self.line_starts, at)
        return line, at - self.line_starts[line - 1] + 1

    def refuse(self, what: str, mend: str, at: int | None = None, *, incomplete: bool = False) -> NoReturn:
        line, column = self.position(at)
        raise SyntaxProblem(line, column, what, mend, incomplete=incomplete)

    def blanks(self) -> None:
        """Skip blanks, continuations, and a comment up to the end of its line."""
        while True:
            if self.peek() and self.peek() in _BLANKS:
                self.at += 1
            elif not self.continuation():
                break
        if self.peek() == "#":
            end = self.text.find("\n", self.at)
            self.at = len(self.text) if end < 0 else end

    def continuation(self) -> bool:
        """Skip a backslash at the end of a line, and the `> ` that a prompt puts before the next line."""
        if self.peek(2) != "\\\n":
            return False
        if self.at + 2 == len(self.text):
            self.refuse("a backslash at the end", "add the next line, or take it away", incomplete=True)
        self.at += 2
        if self.prompted and self.peek(2) == "> ":
            self.at += 2
        return True

    # statements

    def script(self, until: str) -> Script:
        statements: list[Statement] = []
        while True:
            self.gap(until)
            if not self.peek() or self.peek() == until:
                return Script(tuple(statements))
            statements.append(self.statement())
            self.blanks()
            if self.peek() and self.peek() not in ("\n", ";", until):
                self.stray()

    def gap(self, until: str) -> None:
        """Skip what stands between statements: line ends, single semicolons, and the sign of a prompt."""
        while True:
            self.blanks()
            if self.peek() == "\n":
                self.prompted = False
            elif not until and re.match(r"\$[ \t\n]", self.peek(2) + "\n"):
                self.prompted = True
            elif self.peek() != ";" or self.peek(2) == ";;":
                return
            self.at += 1

    def statement(self) -> Statement:
        start = self.at
        if self.peek() == "!":
            return self.world()
        first = self.pipeline()
        rest: list[tuple[Connective, Pipeline]] = []
        while True:
            self.blanks()
            connective: Connective
            if self.peek(2) == "&&":
                connective = "&&"
            elif self.peek(2) == "||":
                connective = "||"
            else:
                return Chain(first, tuple(rest))
            self.at += 2
            self.lines()
            if not self.peek():
                self.refuse(f"nothing follows {connective}", "add the next command", start, incomplete=True)
            rest.append((connective, self.pipeline()))

    def lines(self) -> None:
        """Skip blanks and line ends."""
        self.blanks()
        while self.peek() == "\n":
            self.at += 1
            self.blanks()

    def world(self) -> WorldLine:
        line, column = self.position()
        self.at += 1
        if not self.peek() or self.peek() in _ENDS:
            self.refuse("! alone", "write a world line such as !exit web 3; to negate is not read", self.at - 1)
        words: list[Word] = []
        while self.peek() and self.peek() not in _ENDS:
            words.append(self.word())
            self.blanks()
        return WorldLine(tuple(words), line, column)

    def pipeline(self) -> Pipeline:
        first = self.command()
        self.blanks()
        if self.peek() != "|" or self.peek(2) == "||":
            return Pipeline((first,))
        bar = self.at
        self.at += 1
        self.lines()
        if not self.peek():
            self.refuse("nothing follows |", "add the next command", bar, incomplete=True)
        second = self.command()
        if _PIPES.get(_docker_word(first)) != _docker_word(second):
            self.refuse(
                "a pipe",
                "only docker export | docker import and docker save | docker load are piped; for xargs write "
                "docker rm $(docker ps -aq)",
                bar,
            )
        return Pipeline((first, second))

    def command(self) -> Command:
        start = self.at
        line, column = self.position()
        assignments: list[Assignment] = []
        words: list[Word] = []
        redirects: list[Redirect] = []
        while True:
            self.blanks()
            redirect = _REDIRECT.match(self.text, self.at)
            assignment = None if words else _ASSIGNMENT.match(self.text, self.at)
            if redirect is not None:
                redirects.append(self.redirect(redirect))
            elif not self.peek() or self.peek() in "\n;&|()":
                break
            elif assignment is not None:
                self.at = assignment.end()
                assignments.append(Assignment(assignment[1], self.value()))
            else:
                self.check_first(words)
                words.append(self.word())
                if len(words) == 1 and words[0] == Word((Text("sudo"),)):
                    words.clear()
        if not words and (redirects or not assignments):
            if redirects:
                self.refuse("a redirection without a command", _PLAIN_COMMANDS, start)
            self.stray()
        if words:
            self.check_name(words[0], start)
        return Command(tuple(words), tuple(assignments), tuple(redirects), line, column)

    def check_first(self, words: Sequence[Word]) -> None:
        """Refuse a reserved word before it is read as a command: it explains more than `(` or `*` further on would."""
        if words:
            return
        if self.peek() == "!":
            self.refuse("! within a line", "put it on a line of its own, or before a ;")
        end = self.at
        while end < len(self.text) and self.text[end] not in _ENDS:
            end += 1
        word = self.text[self.at : end]
        if word in _RESERVED:
            self.refuse(f"the shell's {word}", _PLAIN_COMMANDS)
        if _NAME.fullmatch(word) and self.text[end:].lstrip(_BLANKS).startswith("("):
            self.refuse(f"the function {word}", _PLAIN_COMMANDS)

    def check_name(self, word: Word, start: int) -> None:
        name = word.literal
        if name is not None and name != "docker" and name not in BUILTINS:
            self.refuse(
                f"the command {name!r}",
                f"only docker, {', '.join(BUILTINS[1:-1])}, {BUILTINS[-1]} and : are read; put # before the line",
                start,
            )

    def stray(self) -> NoReturn:
        """Refuse the sign at the cursor, which no statement begins or goes on with."""
        sign = self.peek()
        if sign == "(":
            self.refuse("a subshell", "write its commands on lines of their own")
        if sign == ")":
            self.refuse("a ) without its (", "take it away, or quote it")
        if sign == "&" and self.peek(2) == "&>":
            self.refuse("&>", "write >/dev/null 2>&1")
        if sign == "&" and self.peek(2) != "&&":
            self.refuse("a command in the background (&)", "leave out the &, or use docker run -d")
        sign = {"\n": "the end of the line", "": "the end"}.get(sign, sign)
        self.refuse(f"{sign} where a command should stand", "complete the line, or quote the sign")

    def redirect(self, match: re.Match[str]) -> Redirect:
        start = self.at
        operator = match[2]
        self.at = match.end()
        if operator == "<" and self.peek() in {"<", ">", "&", "("}:
            self.refuse(f"<{self.peek()}", "only < file is read", start)
        if operator == ">" and self.peek() in {"|", "("}:
            self.refuse(f">{self.peek()}", "only > file, >> file and 2>&1 are read", start)
        self.blanks()
        if not self.peek() or self.peek() in _ENDS:
            self.refuse("a redirection to nowhere", "name a file", start)
        target = self.word()
        if operator == ">&" and target.literal not in {"1", "2"}:
            self.refuse(f">&{target}", "write 2>&1 or >&2", start)
        descriptor = match[1] or ("0" if operator == "<" else "1")
        if descriptor not in {"0", "1", "2"}:
            self.refuse(f"the descriptor {descriptor}", "only 0, 1 and 2 are read", start)
        match operator:
            case "<" | ">" | ">>" | ">&":
                return Redirect(int(descriptor), operator, target)
            case _:
                raise AssertionError(operator)

    # words

    def value(self) -> Word:
        """The word after `x=`, which may be missing."""
        if not self.peek() or self.peek() in _ENDS:
            return Word(())
        return self.word()

    def word(self) -> Word:
        parts: list[Part] = []
        while self.peek() and self.peek() not in _ENDS:
            sign = self.peek()
            if self.continuation():
                continue
            if sign == "'":
                parts.append(self.single())
            elif sign == '"':
                parts.extend(self.double())
            elif sign == "$":
                parts.append(self.dollar(quoted=False))
            elif sign == "\\":
                self.at += 1
                if not self.peek():
                    self.refuse("a backslash at the end", "take it away", self.at - 1, incomplete=True)
                parts.append(Text(self.peek()))
                self.at += 1
            else:
                self.check_plain()
                parts.append(Text(sign))
                self.at += 1
        return Word(_merged(parts))

    def check_plain(self) -> None:
        """Refuse the unquoted letters that mean something to a shell."""
        sign = self.peek()
        if sign in {"*", "?"} or (sign == "[" and "]" in self.rest_of_word()):
            self.refuse(f"a file pattern ({sign})", f"there are no files here; quote it: '{sign}'")
        if sign == "`":
            self.refuse("backquotes", "write $(docker ...) instead")
        if sign == "{" and re.match(r"\{[^{}]*(?:,|\.\.)[^{}]*\}", self.rest_of_word()):
            self.refuse("a brace expansion", "write the words out, or quote them")
        if sign != "\t" and sign.isspace():
            self.refuse("a space that is none for the shell", "type an ordinary one")

    def rest_of_word(self) -> str:
        end = self.at
        while end < len(self.text) and self.text[end] not in _ENDS:
            end += 1
        return self.text[self.at : end]

    def single(self) -> Text:
        end = self.text.find("'", self.at + 1)
        if end < 0:
            self.refuse("a ' that is not closed", "add the second '", incomplete=True)
        text = self.text[self.at + 1 : end]
        self.at = end + 1
        return Text(text)

    def double(self) -> list[Part]:
        start = self.at
        self.at += 1
        parts: list[Part] = []
        while self.peek() != '"':
            sign = self.peek()
            if not sign:
                self.refuse('a " that is not closed', 'add the second "', start, incomplete=True)
            if sign == "\\" and self.peek(2)[1:] in {"$", "`", '"', "\\", "\n"} and self.peek(2)[1:]:
                escaped = self.peek(2)[1:]
                parts.append(Text("" if escaped == "\n" else escaped))
                self.at += 2
            elif sign == "$":
                parts.append(self.dollar(quoted=True))
            elif sign == "`":
                self.refuse("backquotes", "write $(docker ...) instead")
            else:
                parts.append(Text(sign))
                self.at += 1
        self.at += 1
        return parts or [Text("")]

    def dollar(self, *, quoted: bool) -> Part:
        start = self.at
        self.at += 1
        sign = self.peek()
        if sign == "(":
            return self.substitution(start, quoted=quoted)
        if sign == "{":
            end = self.text.find("}", self.at)
            name = self.text[self.at + 1 : end] if end >= 0 else ""
            if not (_NAME.fullmatch(name) or name == "?"):
                self.refuse("${...} with more than a name in it", "write ${name}", start, incomplete=end < 0)
            self.at = end + 1
            return Variable(name, quoted)
        if sign == "?":
            self.at += 1
            return Variable("?", quoted)
        match = _NAME.match(self.text, self.at)
        if match is not None:
            self.at = match.end()
            return Variable(match[0], quoted)
        if sign and sign in (_SPECIAL if quoted else _SPECIAL + "'\""):
            self.refuse(f"${sign}", "only $name, ${name}, $? and $(...) are read; quote the sign: '$'", start)
        return Text("$")

    def substitution(self, start: int, *, quoted: bool) -> Substitution:
        if self.peek(2) == "((":
            self.refuse("arithmetic", "write the number", start)
        if self.depth == _DEPTH_LIMIT:
            self.refuse(f"$( ) nested more than {_DEPTH_LIMIT} deep", "use a variable", start)
        self.at += 1
        self.depth += 1
        script = self.script(until=")")
        self.depth -= 1
        if self.peek() != ")":
            self.refuse("a $( that is not closed", "add the )", start, incomplete=True)
        if not script.statements:
            self.refuse("an empty $( )", "write a docker command in it", start)
        self.at += 1
        return Substitution(script, quoted)


def _docker_word(command: Command) -> str:
    """`export` of `docker export web` and of `docker container export web`; "" for what is not docker."""
    words = [word.literal for word in command.words[:3]]
    if words[:1] != ["docker"]:
        return ""
    words = words[1:]
    if words[:1] in (["container"], ["image"]):
        words = words[1:]
    return (words[0] if words else None) or ""


def _merged(parts: Sequence[Part]) -> tuple[Part, ...]:
    """The parts with neighbouring texts joined."""
    merged: list[Part] = []
    for part in parts:
        last = merged[-1] if merged else None
        if isinstance(part, Text) and isinstance(last, Text):
            merged[-1] = Text(last.text + part.text)
        else:
            merged.append(part)
    return tuple(merged)
