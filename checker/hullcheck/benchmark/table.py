"""A record as Markdown, for the README."""

from __future__ import annotations

from collections.abc import Iterator

from hullcheck.benchmark.record import Record, Run, goals


def markdown(record: Record) -> str:
    """The runs of a record, model by model, then the goals with what came of them."""
    lines = [
        f"Measured on {record.date} ({record.machine}; {', '.join(f'{p} {v}' for p, v in record.programs.items())}).",
        "",
    ]
    for model, about in record.models.items():
        runs = [run for run in record.runs if run.model == model]
        first = runs[0]
        lines += [f"{first.states:,} states, {first.transitions:,} transitions ({about}):", "", *_table(runs), ""]
    told = list(_goals(record))
    return "\n".join([*lines, *told]).rstrip() + "\n"


def _table(runs: list[Run]) -> Iterator[str]:
    base = runs[0]
    yield "| search | properties | visited | CPU s | before it | wall s | peak memory MB | bytes a state | CPU ratio |"
    yield "|---|---:|---:|---:|---:|---:|---:|---:|---:|"
    for run in runs:
        cells = [
            run.what,
            str(run.properties or "none"),
            f"{run.visited:,}",
            _figure(run.searching),
            _figure(run.preparing),
            _figure(run.wall),
            f"{run.memory / 1e6:,.0f}",
            f"{run.stored / run.states:,.1f}",
            f"{run.searching / base.searching:.2g}",
        ]
        yield f"| {' | '.join(cells)} |"


def _goals(record: Record) -> Iterator[str]:
    found = goals(record)
    if found:
        yield "| aimed at | measured | |"
        yield "|---|---:|---|"
    for goal in found:
        met = f"met; hoped for: {goal.hoped:g}" if goal.short else "met" if goal.met else "**missed**"
        yield f"| {goal.says} | {_figure(goal.measured)} | {met} |"


def _figure(number: float) -> str:
    return f"{number:,.0f}" if number >= 100 else f"{number:.2f}" if number < 10 else f"{number:.1f}"  # noqa: PLR2004
