"""``hullcheck mutate``."""

from __future__ import annotations

import json
import os
import random
import sys
import time
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from dockspec import DIALECTS, specification
from hullcheck.errors import InputError, check_known, check_writable, no_such
from hullcheck.mutate.expected import DATA
from hullcheck.mutate.judging import Fate
from hullcheck.mutate.mutants import Mutant, mutants
from hullcheck.mutate.printing import as_json, print_report
from hullcheck.mutate.record import Record, digests, equivalents, read, read_at, write
from hullcheck.mutate.report import Report
from hullcheck.mutate.running import asked_of_proofs, judged

RECORD = DATA / "mutation.json"
"""Where the project keeps the fates of all mutants of the dialect docker."""
_FILE = click.Path(dir_okay=False, path_type=Path)


@click.command()
@click.option(
    "--rules", multiple=True, metavar="ID", help="Only mutants whose id begins so; may be given several times."
)
@click.option("--changed", is_flag=True, help="Only mutants of rules that differ from the record in tests/data.")
@click.option("--since", metavar="REVISION", help="The same, from the record as it was at a revision of git.")
@click.option("--sample", type=click.IntRange(min=1), metavar="N", help="Draw N; with --changed or --since, N more.")
@click.option("--seed", type=int, default=0, metavar="S", help="Vary what is drawn.")
@click.option("--dialect", default="docker", metavar="D", help=f"The dialect to break ({', '.join(DIALECTS)}).")
@click.option(
    "-j", "--processes", type=click.IntRange(min=1), metavar="N", help="How many at a time; every core, unless told."
)
@click.option(
    "-o",
    "output",
    type=_FILE,
    metavar="FILE",
    help="Write, or update, the record.",
)
@click.option("--prove", is_flag=True, help="Ask a proof about each, too: half a second a mutant.")
@click.option("--show", type=_FILE, metavar="FILE", help="Print a record that was kept; break nothing.")
@click.option("--json", "json_", is_flag=True, help="Print one JSON document instead of text.")
def mutate(
    *,
    rules: tuple[str, ...],
    changed: bool,
    since: str | None,
    sample: int | None,
    seed: int,
    dialect: str,
    processes: int | None,
    output: Path | None,
    prove: bool,
    show: Path | None,
    json_: bool,
) -> int:
    """Break the specification in one place after another: an expected cell, a property or a check must notice.

    Exit status: 0 every mutant is noticed or known to be equivalent; 1 one survives, or a listing is stale; 2 the call
    is wrong; 3 the expected cells, or z3, are not there; 4 not finished, and nothing found so far.
    """
    check_known("dialect", dialect, DIALECTS)
    check_writable(output)
    began = time.perf_counter()
    kept = None if show is None else read(show)
    spec = specification(dialect if kept is None else kept.dialect)
    every = {mutant.id: mutant for mutant in mutants(spec)}
    texts = digests(spec)
    if kept is None:
        older = read(RECORD) if changed else read_at(since, RECORD) if since else None
        chosen = _chosen(every, rules, older.changed(texts) if older else None, sample, seed)
        found = _judged(dialect, chosen, processes or os.cpu_count() or 1, prove=prove)
    else:
        chosen, found = list(every), kept.fates
    report = Report(
        dialect=spec.dialect,
        mutants=every,
        chosen=len(chosen),
        fates={mutant: found[mutant] for mutant in chosen if mutant in found},
        listed=_listed(spec.dialect, every),
        seconds=time.perf_counter() - began if kept is None else 0.0,
    )
    if output is not None:
        _write(output, Record(dialect), texts, report)
    if json_:
        click.echo(json.dumps(as_json(report), indent=2, ensure_ascii=False))
    else:
        print_report(report, Console(width=None if sys.stdout.isatty() else 120))
    return report.exit_status


def _chosen(
    every: Mapping[str, Mutant], rules: Sequence[str], changed: set[str] | None, sample: int | None, seed: int
) -> list[str]:
    """The mutants to judge, in the order of the specification."""
    for prefix in rules:
        if not any(mutant.startswith(prefix) for mutant in every):
            known = [name for mutant in every.values() for name in (mutant.operation, mutant.place)]
            raise no_such("mutant", prefix, [*dict.fromkeys(known)])
    asked = [mutant for mutant in every.values() if not rules or mutant.id.startswith(tuple(rules))]
    first = [mutant.id for mutant in asked if changed is not None and mutant.place in changed]
    rest = [mutant.id for mutant in asked if mutant.id not in {*first}]
    if sample is not None:
        rest = random.Random(seed).sample(rest, min(sample, len(rest)))  # noqa: S311  # a draw, not a secret
    elif changed is not None:
        rest = []
    return [mutant for mutant in every if mutant in {*first, *rest}]


def _judged(dialect: str, chosen: Sequence[str], processes: int, *, prove: bool) -> Mapping[str, Fate]:
    """The fates of some mutants, with progress on standard error where that is a terminal."""
    found = {fate.mutant: fate for fate in _followed(judged(dialect, chosen, processes), "mutants", len(chosen))}
    if not prove:
        return found
    proofs = asked_of_proofs(dialect, [*found.values()], processes)
    return found | {fate.mutant: fate for fate in _followed(proofs, "proofs", len(found))}


def _listed(dialect: str, every: Mapping[str, Mutant]) -> dict[str, str]:
    """The list is about docker; of another dialect's mutants it covers those that docker has too."""
    listed = equivalents()
    return listed if dialect == "docker" else {mutant: why for mutant, why in listed.items() if mutant in every}


def _followed(fates: Iterable[Fate], what: str, count: int) -> Iterable[Fate]:
    """The fates, with their progress on standard error where that is a terminal."""
    console = Console(stderr=True)
    columns = (
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), TimeRemainingColumn(),
    )  # fmt: skip
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task(what, total=count)
        survivors = 0
        for fate in fates:
            survivors += fate.survives
            bar.update(task, advance=1, description=f"{what}, {survivors} unnoticed")
            yield fate


def _write(output: Path, empty: Record, texts: Mapping[str, str], report: Report) -> None:
    older = read(output) if output.exists() and len(report.fates) < len(report.mutants) else empty
    if older.dialect != report.dialect:
        raise InputError(f"{output} is a record of {older.dialect}, not of {report.dialect}; name another file")
    places = {mutant: report.mutants[mutant].place for mutant in report.mutants}
    write(older.updated(texts, report.fates.values(), places), output)
