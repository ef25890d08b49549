"""How docker's client reads words by a table of flags: spf13/pflag (`flag.go`) and Go's strconv, with their texts."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, NoReturn

from dockspec._flags import Effect, Flag, Kind

OptionValue = bool | int | str | tuple[str, ...]

_TRUE: Final = frozenset({"1", "t", "T", "true", "TRUE", "True"})
_FALSE: Final = frozenset({"0", "f", "F", "false", "FALSE", "False"})
_NUMBER: Final = re.compile(
    r"(?P<sign>[+-]?)(?:0[xX](?P<hex>(?:_?[0-9a-fA-F])+)|0[bB](?P<bin>(?:_?[01])+)|0[oO]?(?P<oct>(?:_?[0-7])+)"
    r"|(?P<dec>0|[1-9](?:_?[0-9])*))",
)
_BASES: Final = {"hex": 16, "bin": 2, "oct": 8, "dec": 10}


class FlagError(ValueError):
    """The words do not fit the table; the message is pflag's."""


@dataclass(slots=True)
class Reading:
    """What the words came to: arguments, and for each effect the values of its flags by canonical long name."""

    options: dict[str, OptionValue] = field(default_factory=dict)
    arguments: tuple[str, ...] = ()
    ignored: dict[str, OptionValue] = field(default_factory=dict)
    refused: dict[str, OptionValue] = field(default_factory=dict)
    help: bool = False


def read(words: Sequence[str], table: Sequence[Flag], *, interspersed: bool) -> Reading:
    """Read *words* by *table*. Every command also knows `--help`, and `-h` unless it uses the letter itself.

    Raises `FlagError` at the first word that does not fit. Source: `flag.go:parseArgs`, `parseLongArg`,
    `parseSingleShortArg`.
    """
    shorts = {flag.short: flag for flag in table if flag.short}
    help_flag = Flag("help", "" if "h" in shorts else "h", "", Effect.MODELLED, "help")
    shorts.setdefault("h", help_flag)
    longs = {flag.name: flag for flag in (*table, help_flag)}
    reading = Reading()
    arguments: list[str] = []
    rest = iter(words)
    for word in rest:
        if word == "--":
            arguments.extend(rest)
        elif word.startswith("--"):
            _long(word, rest, longs, reading)
        elif word.startswith("-") and word != "-":
            _short(word.removeprefix("-"), rest, shorts, reading)
        else:
            arguments.append(word)
            if not interspersed:
                arguments.extend(rest)
    reading.arguments = tuple(arguments)
    reading.help = reading.options.pop("help", False) is True
    return reading


def _long(word: str, rest: Iterator[str], longs: Mapping[str, Flag], reading: Reading) -> None:
    body = word.removeprefix("--")
    if body.startswith(("-", "=")):
        raise FlagError(f"bad flag syntax: {word}")
    name, equals, value = body.partition("=")
    flag = longs.get(name)
    if flag is None:
        raise FlagError(f"unknown flag: --{name}")
    if not equals:
        given = "true" if flag.kind is Kind.SWITCH else next(rest, None)
        if given is None:
            raise FlagError(f"flag needs an argument: {word}")
        value = given
    _set(flag, value, reading)


def _short(letters: str, rest: Iterator[str], shorts: Mapping[str, Flag], reading: Reading) -> None:
    """One word of short flags: `-it`, `-dp 80:80`, `-t5`, `-t=5`."""
    while letters:
        flag = shorts.get(letters[0])
        if flag is None:
            # pflag reads bytes: a letter beyond ASCII is reported by its first byte
            letter = chr(letters[0].encode(errors="surrogateescape")[0])
            raise FlagError(f"unknown shorthand flag: {quote(letter, mark=chr(39))} in -{letters}")
        if len(letters) > len("t=") and letters[1] == "=":
            value, left = letters[2:], ""
        elif flag.kind is Kind.SWITCH:
            value, left = "true", letters[1:]
        elif letters[1:]:
            value, left = letters[1:], ""
        else:
            given = next(rest, None)
            if given is None:
                raise FlagError(f"flag needs an argument: {quote(letters[0], mark=chr(39))} in -{letters}")
            value, left = given, ""
        _set(flag, value, reading)
        letters = left


def _set(flag: Flag, text: str, reading: Reading) -> None:
    def refuse(reason: str) -> NoReturn:
        raise FlagError(f'invalid argument {quote(text)} for "{flag.spelling}" flag: {reason}')

    target = {
        Effect.MODELLED: reading.options,
        Effect.WITHOUT_EFFECT: reading.ignored,
        Effect.NOT_MODELLED: reading.refused,
    }[flag.effect]
    value: OptionValue = text
    match flag.kind:
        case Kind.SWITCH:
            if text not in _TRUE | _FALSE:
                refuse(f"strconv.ParseBool: parsing {quote(text)}: invalid syntax")
            value = text in _TRUE
        case Kind.NUMBER | Kind.NATURAL:
            number = _number(text, signed=flag.kind is Kind.NUMBER, bits=flag.bits)
            if isinstance(number, str):
                refuse(number)
            value = number
        case Kind.LIST | Kind.FILTER:
            if flag.kind is Kind.FILTER and text and "=" not in text:
                refuse("bad format of filter (expected name=value)")
            before = target.get(flag.canonical, ())
            value = (*before, text) if isinstance(before, tuple) else (text,)
        case Kind.TEXT:
            pass
    target[flag.canonical] = value


def _number(text: str, *, signed: bool, bits: int) -> int | str:
    """Go's ParseInt or ParseUint with base 0: the number, or the text of its error."""
    function = "ParseInt" if signed else "ParseUint"
    match = _NUMBER.fullmatch(text)
    if match is None or (match["sign"] and not signed):
        return f"strconv.{function}: parsing {quote(text)}: invalid syntax"
    base = match.lastgroup or "dec"
    digits = match[base].replace("_", "")
    # 19 decimal digits, or 64 binary ones, is the most that fits; int() of a very long text would be slow, and refused
    value = int(digits, _BASES[base]) if len(digits) <= bits + 1 else 1 << bits
    value = -value if match["sign"] == "-" else value
    low, high = (-(1 << (bits - 1)), (1 << (bits - 1)) - 1) if signed else (0, (1 << bits) - 1)
    if not low <= value <= high:
        return f"strconv.{function}: parsing {quote(text)}: value out of range"
    return value


_ESCAPES: Final = {
    "\a": r"\a", "\b": r"\b", "\f": r"\f", "\n": r"\n", "\r": r"\r", "\t": r"\t", "\v": r"\v", "\\": r"\\",
}  # fmt: skip


def quote(text: str, *, mark: str = '"') -> str:
    """*text* between quotation marks as Go's %q writes it."""
    return mark + "".join(_quoted(letter, mark) for letter in text) + mark


def _quoted(letter: str, mark: str) -> str:
    if letter == mark:
        return f"\\{letter}"
    if letter in _ESCAPES:
        return _ESCAPES[letter]
    if letter.isprintable():
        return letter
    code = ord(letter)
    if code < 0x20 or code == 0x7F:  # noqa: PLR2004 - the control characters of ASCII
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"  # noqa: PLR2004 - Go's two widths
