"""``hullcheck run``: docker command lines on the specification."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

import click

from dockspec.dialects import DIALECTS
from hullcheck.errors import HOLDS, WRONG_INPUT, InputError
from hullcheck.run import explain, prompt, records, shell
from hullcheck.run.outcome import Outcome
from hullcheck.run.world import World

_STDIN: Final = "-"


@click.command("run")
@click.argument("file", required=False)
@click.option("-c", "line", metavar="'docker ...'", help="Run this text instead of a file.")
@click.option(
    "--dialect", type=click.Choice(list(DIALECTS)), default="docker", show_default=True, help="Whose behaviour."
)
@click.option(
    "--explain", "explaining", is_flag=True, help="Say of each command which rules answered, and what changed."
)
@click.option("--propagate", is_flag=True, help="Exit with the last command's own exit status.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line; the state last.")
@click.option("--buildkit", is_flag=True, help="Let BuildKit build, as newer clients do.")
def run(
    *,
    file: str | None,
    line: str | None,
    dialect: str,
    explaining: bool,
    propagate: bool,
    as_json: bool,
    buildkit: bool,
) -> int:
    """Run docker command lines on the specification.

    FILE is a script of docker commands and world lines (`!exit web 3`); - reads standard input; without FILE and -c
    there is a prompt. Nothing is done to this machine.

    Exit status: 0 every line was understood, whatever docker answered; 2 a line was not. With --propagate, the last
    docker exit status.
    """
    if file is not None and line is not None:
        raise InputError("both FILE and -c are given: choose one")
    world = World(dialect, buildkit=buildkit)
    name, texts = _source(world, file, line)
    status, last = HOLDS, 0
    for outcome in _outcomes(world, texts, name, stops=file is not None or line is not None):
        _print(outcome, name, as_json=as_json, explaining=explaining)
        if outcome.problem:
            status = WRONG_INPUT
        last = outcome.exit_code
    if as_json:
        click.echo(records.last_line(world.state))
    return last if propagate and status == HOLDS else status


def _source(world: World, file: str | None, line: str | None) -> tuple[str, Iterable[str]]:
    """What the input is called in an error, and its texts."""
    if line is not None:
        return "-c", [line]
    if file is None and sys.stdin.isatty():
        click.echo(prompt.GREETING, err=True, nl=False)
        return "prompt", prompt.texts(world)
    if file in {None, _STDIN}:
        return "standard input", [_decoded("standard input", sys.stdin.buffer.read())]
    assert file is not None  # noqa: S101  # for the type checker
    try:
        return file, [_decoded(file, Path(file).read_bytes())]
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or str(error)
        raise InputError(f"{file} cannot be read ({why}): name a script of docker commands") from None


def _decoded(name: str, content: bytes) -> str:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise InputError(f"{name} is no text: name a script of docker commands") from None
    if "\0" in text:
        raise InputError(f"{name} is no text: name a script of docker commands")
    return text


def _outcomes(world: World, texts: Iterable[str], name: str, *, stops: bool) -> Iterator[Outcome]:
    """What every line came to. A text that is no script ends the run, except at the prompt."""
    for text in texts:
        try:
            yield from world.script(text)
        except shell.SyntaxProblem as problem:
            if stops:
                raise InputError(f"{name}: {problem}") from None
            click.echo(f"hullcheck run: {problem}", err=True)


def _print(outcome: Outcome, name: str, *, as_json: bool, explaining: bool) -> None:
    if as_json:
        click.echo(next(records.lines([outcome])))
    else:
        if explaining:
            click.echo(f"$ {outcome.command}")
        if not outcome.captured:
            click.echo(outcome.stdout, nl=False)
        click.echo(outcome.stderr, nl=False, err=True)
        if explaining:
            click.echo(explain.explanation(outcome), nl=False)
    if outcome.problem:
        click.echo(f"hullcheck run: {name}: line {outcome.line}: {outcome.problem}", err=True)
