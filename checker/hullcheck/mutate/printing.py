"""The report, as text for a person and as JSON for a script."""

from __future__ import annotations

from collections import Counter
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from hullcheck.mutate.judging import Killer
from hullcheck.mutate.report import EQUIVALENT, OUTCOMES, SURVIVES, Report

SCHEMA = "hullcheck/mutate/1"
"""The version of the JSON document; it changes with a note."""


def print_report(report: Report, console: Console) -> None:
    """Print the whole report: who was noticed by what, then whatever is wrong, then the figures in one line."""
    console.print(_kinds(report))
    console.print(_killers(report))
    for fate in report.survivors:
        mutant = report.mutants[fate.mutant]
        note = f" [dim]({escape(fate.note)})[/]" if fate.note else ""
        console.print(f"[bold red]{mutant.id}[/] survives{note}", highlight=False, soft_wrap=True)
        console.print(f"    {escape(mutant.place)} {escape(mutant.says)}", highlight=False, soft_wrap=True)
    for mutant_id, why in report.stale.items():
        text = f"[bold red]{mutant_id}[/] is listed as equivalent, but {escape(why)}"
        console.print(text, highlight=False, soft_wrap=True)
    outcomes = Counter(map(report.outcome, report.fates.values()))
    killed = len(report.fates) - outcomes[EQUIVALENT] - outcomes[SURVIVES]
    if report.asked:
        console.print(_proofs(report), highlight=False, soft_wrap=True)
    took = f"; {report.seconds:.0f} s" if report.seconds else ""
    unfinished = f" of {report.chosen}, not finished" if len(report.fates) < report.chosen else ""
    console.print(
        f"{len(report.fates)}{unfinished} of the {len(report.mutants)} mutants of {report.dialect}: {killed} are "
        f"noticed, {outcomes[EQUIVALENT]} are equivalent, {outcomes[SURVIVES]} survive{took}.",
        highlight=False,
        soft_wrap=True,
    )


def _kinds(report: Report) -> Table:
    table = Table(box=None, pad_edge=False)
    table.add_column("change")
    for column in (*OUTCOMES, "all", *(["a proof alone"] if report.asked else [])):
        table.add_column(column, justify="right")
    proofs = report.proofs()
    rows = report.table()
    for kind, counts in rows.items():
        proved = [f"{proofs[kind]:,}"] if report.asked else []
        table.add_row(kind.value, *(f"{counts[o]:,}" for o in OUTCOMES), f"{counts.total():,}", *proved)
    total = sum(rows.values(), Counter[str]())
    proved = [f"{proofs.total():,}"] if report.asked else []
    table.add_row("all", *(f"{total[o]:,}" for o in OUTCOMES), f"{total.total():,}", *proved)
    return table


def _proofs(report: Report) -> str:
    """What a proof makes of mutants, in a sentence."""
    noticed = [fate for fate in report.asked if fate.proof]
    listed = sum(fate.survives for fate in noticed)
    cells = sum(fate.killer is Killer.CELL for fate in report.asked if not fate.proof)
    return (
        f"Of {len(report.asked):,} a proof alone notices {len(noticed):,}; {listed} of these make no difference in the "
        f"states that are reached. Of the others {cells:,} disagree with an expected cell."
    )


def _killers(report: Report) -> Table:
    """Which properties and checks noticed how many; the cells together, since there are hundreds."""
    killers = [fate for fate in report.fates.values() if not fate.survives]
    cells = {fate.by for fate in killers if fate.killer is Killer.CELL}
    found = Counter(fate.by for fate in killers if fate.killer is not Killer.CELL)
    table = Table(box=None, pad_edge=False)
    table.add_column("noticed first by")
    table.add_column("mutants", justify="right")
    if cells:
        table.add_row(f"{len(cells)} expected cells", f"{len(killers) - found.total():,}")
    for by, count in found.most_common():
        table.add_row(by, f"{count:,}")
    return table


def as_json(report: Report) -> dict[str, Any]:
    """The report as one JSON document."""
    return {
        "schema": SCHEMA,
        "dialect": report.dialect,
        "complete": len(report.fates) == report.chosen,
        "seconds": round(report.seconds, 1),
        "all": len(report.mutants),
        "chosen": report.chosen,
        "kinds": {kind.value: {o: counts[o] for o in OUTCOMES} for kind, counts in report.table().items()},
        "mutants": [
            {
                "id": fate.mutant,
                "kind": report.mutants[fate.mutant].kind.value,
                "rule": report.mutants[fate.mutant].place,
                "says": report.mutants[fate.mutant].says,
                "outcome": report.outcome(fate),
                "by": fate.by,
                "scope": fate.scope,
                "note": fate.note,
                "reason": report.listed.get(fate.mutant, ""),
                "proof": fate.proof,
            }
            for fate in report.fates.values()
        ],
        "stale": dict(report.stale),
    }
