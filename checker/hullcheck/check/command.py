"""``hullcheck check``."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click
from rich.console import Console
from rich.progress import Progress as Bar
from rich.progress import SpinnerColumn, TextColumn, TimeElapsedColumn

from dockspec import DIALECTS
from hullcheck.check.documents import as_json, as_junit
from hullcheck.check.printing import print_report
from hullcheck.check.report import Report
from hullcheck.check.running import SAMPLE, Found, run
from hullcheck.errors import HOLDS, INCOMPLETE, VIOLATED, check_known, check_writable, no_such
from hullcheck.explore import Progress
from hullcheck.run.spelling import spelled
from hullcheck.scopes import SCOPES

_SEED = "Vary the sampling; without it, one version of Hypothesis and Python draws the same, wherever it is installed."


@click.command()
@click.option("--scope", "scopes", multiple=True, metavar="NAME", help=f"Only this ({', '.join(SCOPES)}, sample).")
@click.option("--dialect", default="docker", metavar="D", help=f"The dialect to check ({', '.join(DIALECTS)}).")
@click.option("--seed", type=int, help=_SEED)
@click.option("--json", "json_", is_flag=True, help="Print one JSON document instead of text.")
@click.option(
    "--junit", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE", help="Also write JUnit's XML."
)
def check(scopes: tuple[str, ...], dialect: str, seed: int | None, json_: bool, junit: Path | None) -> int:
    """Check every property: sample random command sequences, and explore every state of the scopes.

    Exit status: 0 all holds; 1 a property is violated; 2 the call is wrong; 4 not finished, and nothing found so far.
    """
    check_known("dialect", dialect, DIALECTS)
    tasks = list(dict.fromkeys(scopes)) or [*SCOPES, SAMPLE]
    for task in tasks:
        if task not in SCOPES and task != SAMPLE:
            raise no_such("scope", task, [*SCOPES, SAMPLE])
    check_writable(junit)
    report = _run(dialect, tasks, seed)
    lines = {r.id: spelled(r.counterexample.steps, dialect) for r in report.results if r.counterexample}
    if junit is not None:
        junit.write_text(as_junit(report, lines), encoding="utf-8")
    if json_:
        click.echo(json.dumps(as_json(report, lines), indent=2, ensure_ascii=False))
    else:
        print_report(report, lines, Console(width=None if sys.stdout.isatty() else 120))
    return _exit_status(report)


def _exit_status(report: Report) -> int:
    if report.violated:
        return VIOLATED
    return HOLDS if report.complete else INCOMPLETE


def _run(dialect: str, tasks: list[str], seed: int | None) -> Report:
    """Run the check, with progress on standard error where that is a terminal."""
    scopes = [task for task in tasks if task != SAMPLE]
    console = Console(stderr=True)
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with Bar(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        rows = {task: bar.add_task(task) for task in tasks}

        def listener(task: str, news: Progress | Found) -> None:
            if isinstance(news, Progress):
                bar.update(rows[task], description=f"{task}: {news.states:,} states, level {news.level}")
                return
            bar.update(rows[task], description=f"{task}: done", completed=100)
            if not console.is_terminal:
                click.echo(f"{task}: {news.seconds:.1f} s", err=True)

        return run(dialect, scopes, sampling=SAMPLE in tasks, seed=seed, listener=listener)
