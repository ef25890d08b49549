"""A proof as text, for a person: what is proved, what is not and why."""

from __future__ import annotations

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from dockspec.evaluation import Binding
from hullcheck.prove.closure import PREFIX
from hullcheck.prove.documents import arguments, facts
from hullcheck.prove.results import Counterexample, Outcome, Proof, Result, SecondOpinion

_STYLE = {
    Outcome.PROVED: "green",
    Outcome.FAILED: "bold red",
    Outcome.UNKNOWN: "yellow",
    Outcome.ASSUMED: "cyan",
    Outcome.ELSEWHERE: "dim",
}
_MOST_NAMED = 8


def print_proof(proof: Proof, console: Console) -> None:
    """Print the whole proof."""
    console.print(_properties(proof))
    for result in proof.of(Outcome.FAILED, Outcome.UNKNOWN):
        _print_open(result, console)
    for why in dict.fromkeys(proof.vacuous.values()):
        rules = [rule for rule, reason in proof.vacuous.items() if reason == why]
        which = f"{len(rules)} rules" if len(rules) > _MOST_NAMED else ", ".join(rules)
        console.print(f"\n[yellow]{which}[/]: {escape(why)}.", highlight=False)
    if proof.second_opinion is not None:
        _print_opinion(proof.second_opinion, console)
    _print_summary(proof, console)


def _properties(proof: Proof) -> Table:
    title = f"Properties in {proof.dialect}, for any number of objects"
    table = Table(box=None, pad_edge=False, title=title, title_justify="left")
    table.add_column("property", no_wrap=True)
    table.add_column("verdict", no_wrap=True)
    table.add_column("seconds", justify="right")
    table.add_column("leans on")
    answers = [r for r in proof.results if r.id.startswith("total.") and r.outcome is Outcome.PROVED]
    others = [r for r in proof.results if r.outcome is Outcome.ELSEWHERE]
    for result in proof.results:
        if result not in answers and result not in others:
            table.add_row(result.id, _verdict(result), f"{result.seconds:.2f}", ", ".join(result.leans_on) or "-")
    if answers:
        seconds = sum(r.seconds for r in answers)
        table.add_row(f"{len(answers)} operations answer", _verdict(answers[0]), f"{seconds:.2f}", "-")
    for kind, note in dict.fromkeys((r.kind, r.note) for r in others):
        count = sum(r.kind == kind for r in others)
        table.add_row(f"{count} of kind {kind}", f"[dim]{Outcome.ELSEWHERE.value}[/]", "", escape(note))
    return table


def _verdict(result: Result) -> str:
    return f"[{_STYLE[result.outcome]}]{result.outcome.value}[/]"


def _print_open(result: Result, console: Console) -> None:
    style = _STYLE[result.outcome]
    console.print(f"\n[{style}]{result.id}[/] {_complaint(result)}: {escape(result.says)}", highlight=False)
    if result.declared:
        console.print(f"  This dialect declares it: {escape(result.declared)}.", highlight=False)
    if result.note:
        console.print(f"  {escape(result.note[0].upper() + result.note[1:])}.", highlight=False)
    if result.counterexample is not None:
        _print_counterexample(result.counterexample, console)


def _complaint(result: Result) -> str:
    return "is not kept" if result.outcome is Outcome.FAILED else "is not decided"


def _print_counterexample(found: Counterexample, console: Console) -> None:
    def line(text: str) -> None:
        console.print(f"    {escape(text)}", highlight=False, soft_wrap=True)

    console.print("  In the smallest such state, replayed by the interpreter:", highlight=False)
    for fact in facts(found.before) or ["everything as at the beginning"]:
        line(fact)
    if found.rule:
        console.print(
            f"  {_call(found.operation, found.binding)} is answered by {found.rule}, and then:", highlight=False
        )
        before = facts(found.before)
        after = [] if found.after is None else facts(found.after)
        for fact in [
            *(f"{f}" for f in after if f not in before),
            *(f"no longer {f}" for f in before if f not in after),
        ]:
            line(fact)
    reach = f"  That state is {found.reach.value}" if found.rule else "  That state is the initial one"
    console.print(f"{reach}{f' ({found.note})' if found.note else ''}.", highlight=False)
    for step in found.trace:
        line(f"{_call(step.operation, step.binding)}: {step.rule}")


def _call(operation: str, binding: Binding) -> str:
    return f"{operation}({', '.join(f'{name}={value}' for name, value in arguments(binding).items())})"


def _print_opinion(opinion: SecondOpinion, console: Console) -> None:
    others = [f"{len(opinion.undecided)} undecided"] * bool(opinion.undecided)
    others += [f"[bold red]{len(opinion.denied)} denied[/]"] * bool(opinion.denied)
    rest = ", ".join(others) or "none undecided, none denied"
    console.print(
        f"\ncvc5 {opinion.version} confirms {opinion.confirmed} conditions, {rest}; {opinion.seconds:.1f} s.",
        highlight=False,
    )
    for name in (*opinion.denied, *opinion.undecided):
        console.print(f"    {escape(name)}", highlight=False, soft_wrap=True)


def _print_summary(proof: Proof, console: Console) -> None:
    counts = {outcome: len(proof.of(outcome)) for outcome in Outcome}
    wanted = len(proof.results) - counts[Outcome.ELSEWHERE]
    conditions = sum(result.conditions for result in proof.results)
    rules = len(proof.satisfiable) + len(proof.vacuous)
    console.print(
        f"\n{counts[Outcome.PROVED]} of {wanted} properties are proved in {proof.dialect} for any number of objects, "
        f"{counts[Outcome.FAILED]} fail, {counts[Outcome.UNKNOWN]} are unknown, {counts[Outcome.ASSUMED]} assumed: "
        f"{conditions:,} conditions. {len(proof.satisfiable)} of {rules} rules can answer where the invariants hold; "
        f"{proof.seconds:.1f} s.",
        highlight=False,
        soft_wrap=True,
    )
    if proof.companions:
        console.print(
            f"What is called {PREFIX}* is claimed of an order that the proof keeps for itself; no rule reads it.",
            highlight=False,
        )
