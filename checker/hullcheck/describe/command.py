"""``hullcheck describe``."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from dockspec.dialects import specification
from hullcheck.describe import observed
from hullcheck.describe.lingua import CHINESE, ENGLISH, Lingua
from hullcheck.errors import HOLDS, VIOLATED, InputError, no_such

FILES = {ENGLISH: Path("spec/REFERENCE.md"), CHINESE: Path("spec/REFERENCE.zh.md")}
"""The committed references, by language, from the top of the repository."""


@click.command()
@click.option("-o", "file", type=click.Path(path_type=Path), metavar="FILE", help="Write the reference there.")
@click.option(
    "--check", "check_", is_flag=True, help="Compare with the committed reference (or with -o FILE), byte for byte."
)
@click.option("--rule", metavar="ID", help="Print this rule alone: container.rm.running.")
@click.option("--state", metavar="ID", help="Print this state alone, with what every operation answers there.")
@click.option("--lang", default=ENGLISH, metavar="en|zh", help="English, or Chinese.")
def describe(file: Path | None, check_: bool, rule: str | None, state: str | None, lang: str) -> int:
    """Print the reference, as Markdown.

    Exit status: 0 done, or the file is fresh; 1 the file is stale; 2 the call is wrong.
    """
    if lang not in FILES:
        raise InputError(f"there is no reference in {lang!r}; there are: {', '.join(FILES)}")
    lingua = Lingua(lang)
    if rule is not None or state is not None:
        _refuse_together(file, check_, rule, state)
        click.echo("\n".join(_entry(rule, state, lingua)))
        return HOLDS
    text = _reference(lingua)
    if check_:
        return _compared(file or FILES[lang], text, lang)
    if file is None:
        click.echo(text, nl=False)
        return HOLDS
    _write(file, text)
    return HOLDS


def _refuse_together(file: Path | None, check_: bool, rule: str | None, state: str | None) -> None:
    if rule is not None and state is not None:
        raise InputError("--rule and --state together: give one of them")
    if file is not None or check_:
        raise InputError("one entry is printed, not written or compared: leave out -o and --check")


def _entry(rule: str | None, state: str | None, lingua: Lingua) -> list[str]:
    from hullcheck.describe.entries import rule_entry, state_entry, states  # noqa: PLC0415  # only this needs them

    spec = specification()
    if rule is not None:
        rules = {r.id: r for r in spec.rules}
        if rule not in rules:
            raise _unknown("rule", rule, list(rules))
        return list(rule_entry(rules[rule], lingua).terminal())
    assert state is not None  # noqa: S101  # for the type checker
    known = states(spec)
    if state not in known:
        raise _unknown("state", state, list(known))
    return list(state_entry(*known[state], lingua, answers=True).terminal())


def _unknown(what: str, name: str, known: list[str]) -> InputError:
    """The nearest id, or those that begin alike; never the whole list."""
    rules = [r.id for o in specification().operations if o.id == name for r in o.rules]
    if what == "rule" and rules:
        return InputError(f"{name} is an operation; its rules are {', '.join(rules)}")
    inside = [identifier for identifier in known if name and (identifier.startswith(f"{name}.") or name in identifier)]
    if 0 < len(inside) <= _FEW:
        return InputError(f"there is no {what} {name!r}; did you mean {' or '.join(inside)}?")
    near = no_such(what, name, known)
    return (
        near
        if "did you mean" in str(near)
        else InputError(f"there is no {what} {name!r}; the reference lists them all")
    )


_FEW = 3


def _reference(lingua: Lingua) -> str:
    from hullcheck.describe.reference import reference, stale  # noqa: PLC0415  # one entry needs less

    for dialect in stale():
        click.echo(
            f"the verdicts of {dialect} were recorded for another text of the specification: "
            "python -m hullcheck.describe.record",
            err=True,
        )
    return reference(lingua, _command(FILES[lingua.code], lingua.code))


def _command(file: Path, lang: str) -> str:
    language = "" if lang == ENGLISH else f" --lang {lang}"
    return f"hullcheck describe{language} -o {file.as_posix()}"


def _compared(file: Path, text: str, lang: str) -> int:
    try:
        committed = file.read_bytes()
    except OSError as error:
        raise InputError(f"cannot read {file} ({error.strerror}): run it from the top of the repository") from None
    stale = [f"{observed.FILE.name} is of other observations: {observed.COMMAND}"] if observed.is_stale() else []
    if committed != text.encode():
        stale.append(f"{file} is stale: {_command(file, lang)}")
    sys.stderr.writelines(f"{line}\n" for line in stale)
    return VIOLATED if stale else HOLDS


def _write(file: Path, text: str) -> None:
    try:
        file.write_bytes(text.encode())
    except OSError as error:
        raise InputError(f"cannot write {file} ({error.strerror}): name a file in a folder that is there") from None
