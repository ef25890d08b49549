"""``hullcheck benchmark``."""

from __future__ import annotations

from pathlib import Path

import click

from hullcheck.benchmark.record import Run, read
from hullcheck.errors import HOLDS, check_known, check_writable

_FILE = click.Path(dir_okay=False, path_type=Path)


@click.command()
@click.option("--run", "runs", multiple=True, metavar="ID", help="Only this run; may be given several times.")
@click.option("-o", "output", type=_FILE, metavar="FILE", help="Keep the record there (tests/data/benchmark.json).")
@click.option("--show", type=_FILE, metavar="FILE", help="Print a record that was kept; measure nothing.")
def benchmark(runs: tuple[str, ...], output: Path | None, show: Path | None) -> int:
    """Measure the explorer beside SPIN on one model, and print the table. Needs spin and gcc, and some minutes.

    Exit status: 0 done; 1 the tools do not find the same; 2 the call is wrong; 3 SPIN is not there; 4 a search did not
    end.
    """
    from hullcheck.benchmark.table import markdown  # noqa: PLC0415  # only when it is called

    if show is not None:
        click.echo(markdown(read(show)), nl=False)
        return HOLDS
    from hullcheck.benchmark.running import PLAN, measure  # noqa: PLC0415  # the same

    for identifier in runs:
        check_known("run", identifier, PLAN)
    check_writable(output)
    record = measure({i: planned for i, planned in PLAN.items() if not runs or i in runs}, _told)
    if output is not None:
        output.write_text(record.as_json(), encoding="utf-8")
    click.echo(markdown(record), nl=False)
    return HOLDS


def _told(run: Run) -> None:
    click.echo(f"{run.id}: {run.states:,} states, {run.searching:.1f} s of CPU, {run.memory / 1e6:,.0f} MB", err=True)
