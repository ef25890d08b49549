"""``hullcheck conform``."""

from __future__ import annotations

import json
import signal
import threading
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO, Any

import click

from dockspec import DIALECTS
from hullcheck.conform import observations
from hullcheck.conform.cleaning import clean_all
from hullcheck.conform.engine import Engine
from hullcheck.conform.lines import Key
from hullcheck.conform.plan import Cell
from hullcheck.conform.report import Judgement, as_json, as_junit, as_text
from hullcheck.conform.running import Report
from hullcheck.conform.whole import check_asked, held
from hullcheck.errors import HOLDS, INCOMPLETE, VIOLATED, InputError, check_writable


@click.command()
@click.option("--host", envvar="DOCKER_HOST", default="unix:///var/run/docker.sock", metavar="URL", help="The engine.")
@click.option(
    "--dialect",
    metavar="D",
    help=f"The dialect; the engine's own, unless told ({', '.join(DIALECTS)}).",
)
@click.option(
    "--rules", multiple=True, metavar="ID", help="Only this rule, or the rules of this operation; repeat for more."
)
@click.option("--random", "commands", type=click.IntRange(1), metavar="N", help="Instead: N random commands.")
@click.option("--seed", type=int, default=0, metavar="S", help="Vary the random commands.")
@click.option(
    "--private", is_flag=True, help="Nobody else uses the engine: what reaches beyond conform's own things, too."
)
@click.option(
    "--own",
    is_flag=False,
    flag_value="dockerd",
    metavar="[PROGRAM]",
    help="Start a private dockerd, or podman, and stop it afterwards; it may be restarted, too.",
)
@click.option(
    "--record", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE", help="Write what is observed."
)
@click.option("--resume", is_flag=True, help="Keep what agrees in the --record file, and try the rest.")
@click.option(
    "--client",
    default="docker",
    show_default=True,
    metavar="PROGRAM",
    help="Docker's command line, which is compared too; none: it is not.",
)
@click.option("--clean", is_flag=True, help="Only remove what a run that was killed has left.")
@click.option("--json", "json_", is_flag=True, help="Print one JSON document instead of text.")
@click.option(
    "--junit", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE", help="Also write JUnit's XML."
)
def conform(  # noqa: PLR0917  # one for each option
    host: str,
    dialect: str | None,
    rules: tuple[str, ...],
    commands: int | None,
    seed: int,
    private: bool,
    own: str | None,
    record: Path | None,
    resume: bool,
    client: str,
    clean: bool,
    json_: bool,
    junit: Path | None,
) -> int:
    """Run the specification beside a real engine, and tell where the engine differs.

    It touches nothing but what it makes itself. Exit status: 0 no difference; 1 an undeclared difference, or a declared
    one that no longer shows; 2 the call is wrong; 3 no engine; 4 not finished, and nothing found so far.
    """
    check_asked(dialect, rules)
    _check(record, junit, resume=resume)
    if clean:
        removed, left = clean_all(Engine.at(host))
        click.echo(f"removed {removed} things that earlier runs had left" + f"; {len(left)} remain" * bool(left))
        return INCOMPLETE if left else HOLDS
    with ExitStack() as stack:
        stack.enter_context(_sigterm_like_ctrl_c())
        done, heard, file = _recorded(record, stack, resume=resume)
        judgement = held(
            host,
            own=own,
            dialect=dialect,
            rules=rules,
            commands=commands,
            seed=seed,
            private=private,
            client=client,
            record=file,
            done=done,
            heard=heard,
            progress=_tell,
        )
    if junit is not None:
        junit.write_text(as_junit(judgement), encoding="utf-8")
    click.echo(json.dumps(as_json(judgement), indent=2, ensure_ascii=False) if json_ else as_text(judgement))
    return _exit_status(judgement)


@contextmanager
def _sigterm_like_ctrl_c() -> Iterator[None]:
    """What CI servers send cleans up too, and stops the engine that was started."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _exit_status(judgement: Judgement) -> int:
    if not judgement.holds:
        return VIOLATED
    return HOLDS if judgement.finished else INCOMPLETE


def _check(record: Path | None, junit: Path | None, *, resume: bool) -> None:
    if resume and record is None:
        raise InputError("--resume goes on from what was recorded: name the file with --record")
    for path in (record, junit):
        check_writable(path)


def _recorded(record: Path | None, stack: ExitStack, *, resume: bool) -> tuple[set[Cell], set[Key], IO[str] | None]:
    """What agreed before, if a run goes on from there, and the file that takes what will be observed."""
    if record is None:
        return set(), set(), None
    cells, lines = list[Mapping[str, Any]](), list[Mapping[str, Any]]()
    if resume and record.exists():
        cells = [line for line in observations.read(record) if line["agrees"]]
        lines = [line for line in observations.read_docker_lines(record) if line["agrees"]]
    file = stack.enter_context(record.open("w", encoding="utf-8"))
    observations.write(file, [*cells, *lines])
    return {observations.cell_of(cell) for cell in cells}, {observations.key_of(line) for line in lines}, file


def _tell(report: Report, wanted: int, what: str) -> None:
    click.echo(
        f"{what}: {len(report.observed)} cells observed, {wanted} to go, {report.steps} operations, "
        f"{len(report.differences)} differences",
        err=True,
    )
