"""The report as text, for a person: what holds, what does not and why, how much was looked at."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from hullcheck.check.report import Means, Outcome, Report, Result
from hullcheck.run.spelling import Spelled

_STYLE = {Outcome.HOLDS: "green", Outcome.VIOLATED: "bold red", Outcome.UNDECIDED: "yellow"}


def print_report(report: Report, spelled: dict[str, list[Spelled]], console: Console) -> None:
    """Print the whole report.

    Args:
        report: the result of a check.
        spelled: property id -> its counterexample, as lines.
        console: where.
    """
    console.print(_properties(report))
    console.print(_scopes(report))
    for result in report.violated:
        _print_violation(result, spelled.get(result.id, []), console)
    _print_summary(report, console)


def _properties(report: Report) -> Table:
    table = Table(box=None, pad_edge=False, title=f"Properties in {report.dialect}", title_justify="left")
    for heading in ("property", "verdict", "by", "in the scopes"):
        table.add_column(heading, no_wrap=heading != "in the scopes", overflow="fold")
    witnesses = [r for r in report.results if r.kind == "sometimes" and r.outcome is Outcome.HOLDS]
    for result in report.results:
        if result not in witnesses:
            where = result.note if result.outcome is Outcome.UNDECIDED else _where(result.scopes, report) or result.note
            table.add_row(result.id, _verdict(result), _by(result), escape(where))
    if witnesses:
        total = sum(r.kind == "sometimes" for r in report.results)
        scopes = dict.fromkeys(scope for r in witnesses for scope in r.scopes)
        reached = f"{len(witnesses)} of {total} witnesses"
        table.add_row(reached, "[green]reached[/]", "explored", _where(scopes, report))
    return table


def _where(scopes: Collection[str], report: Report) -> str:
    """The scopes in a few words."""
    if len(scopes) > 1 and len(scopes) == len(report.explorations):
        return "every scope"
    return ", ".join(scopes)


def _verdict(result: Result) -> str:
    return f"[{_STYLE[result.outcome]}]{result.outcome.value}[/]"


def _by(result: Result) -> str:
    if result.by_construction and result.outcome is Outcome.HOLDS:
        return "construction"
    return ", ".join(means.value for means in result.means) or "-"


def _scopes(report: Report) -> Table:
    table = Table(box=None, pad_edge=False)
    for heading in ("scope", "states", "transitions", "refusals", "depth", "seconds"):
        table.add_column(heading, justify="left" if heading == "scope" else "right")
    for name, e in report.explorations.items():
        figures = (e.states, e.transitions, e.refusals, e.depth)
        unfinished = "" if e.complete else f" [yellow]({escape(e.reason)})[/]"
        table.add_row(name + unfinished, *(f"{figure:,}" for figure in figures), f"{e.seconds:.1f}")
    if report.sample is not None:
        s = report.sample
        table.add_row("sample", "", f"{s.steps:,} steps", f"{s.examples:,} runs", "", f"{s.seconds:.1f}")
    return table


def _print_violation(result: Result, lines: Iterable[Spelled], console: Console) -> None:
    console.print(f"\n[bold red]{result.id}[/] does not hold: {escape(result.says)}", highlight=False)
    if result.declared:
        console.print(f"  This dialect declares it: {escape(result.declared)}.", highlight=False)
    counterexample = result.counterexample
    if counterexample is None:
        console.print(f"  {escape(result.note)}", highlight=False)
        return
    how = "The shortest run" if counterexample.means is Means.EXPLORED else "A run, shrunk"
    console.print(f"  {how} (scope {counterexample.where}), to be pasted into hullcheck run:", highlight=False)
    for line in lines:
        console.print(f"    {escape(line.text)}", style="bold", highlight=False, soft_wrap=True)
        console.print(f"        # {escape(line.rule)}", style="dim", highlight=False, soft_wrap=True)
        for change in line.changes:
            console.print(f"        #   {escape(change)}", style="dim", highlight=False, soft_wrap=True)
    if counterexample.note:
        console.print(f"  {escape(counterexample.note)}", highlight=False)


def _print_summary(report: Report, console: Console) -> None:
    explored = report.explorations.values()
    held = [r for r in report.results if r.outcome is Outcome.HOLDS]
    figures = ("states", "transitions", "refusals")
    states, transitions, refusals = (sum(getattr(e, f) for e in explored) for f in figures)
    proved = f"{len(report.proved)} of them proved for any number of objects, " if report.proof_recorded else ""
    console.print(
        f"\n{len(held)} of {len(report.results)} properties hold in {report.dialect}, {proved}"
        f"{len(report.violated)} are violated: "
        f"{states:,} states, {transitions:,} transitions, {refusals:,} refusals in {len(report.explorations)} scopes; "
        f"{report.seconds:.1f} s.",
        highlight=False,
        soft_wrap=True,
    )
    rules = ", ".join(report.never_fired) if report.never_fired else "none"
    if report.whole:
        console.print(f"Rules that never answered: {rules}.", highlight=False, soft_wrap=True)
    if not report.proof_recorded:
        console.print("What hullcheck prove says of this text of the specification is not recorded.", highlight=False)
    for task, reason in report.unfinished.items():
        console.print(f"[yellow]Not finished: {task} ({escape(reason)}).[/]", highlight=False)
