"""``hullcheck prove``."""

from __future__ import annotations

import json
import sys

import click
from rich.console import Console
from rich.status import Status

from dockspec import DIALECTS, specification
from hullcheck.errors import HOLDS, INCOMPLETE, VIOLATED, check_known
from hullcheck.prove.documents import as_json
from hullcheck.prove.printing import print_proof
from hullcheck.prove.proving import prove as prove_specification
from hullcheck.prove.results import Outcome, Proof


@click.command()
@click.option("--dialect", default="docker", metavar="D", help=f"The dialect to prove ({', '.join(DIALECTS)}).")
@click.option("--timeout", type=click.FloatRange(min=0, min_open=True), metavar="S", help="Give up after S seconds.")
@click.option("--second-opinion", is_flag=True, help="Ask cvc5 about every condition, too.")
@click.option("--json", "json_", is_flag=True, help="Print one JSON document instead of text.")
def prove(dialect: str, timeout: float | None, second_opinion: bool, json_: bool) -> int:
    """Prove the properties of the specification for any number of containers, images and references.

    What is not kept is shown as the smallest state from which a step breaks it; the explorer is asked whether it can be
    reached.

    Exit status: 0 all that can be proved this way is; 1 something fails; 2 the call is wrong; 3 z3 is missing; 4
    nothing fails, but something is unknown.
    """
    check_known("dialect", dialect, DIALECTS)
    console = Console(stderr=True)
    with Status("proving", console=console) as status:
        proof = prove_specification(
            specification(dialect),
            timeout=timeout,
            second_opinion=second_opinion,
            listener=status.update if console.is_terminal else None,
        )
    if json_:
        click.echo(json.dumps(as_json(proof), indent=2, ensure_ascii=False))
    else:
        print_proof(proof, Console(width=None if sys.stdout.isatty() else 120))
    return _exit_status(proof)


def _exit_status(proof: Proof) -> int:
    opinion = proof.second_opinion
    if proof.of(Outcome.FAILED) or (opinion is not None and opinion.denied):
        return VIOLATED
    if proof.of(Outcome.UNKNOWN) or proof.vacuous or (opinion is not None and opinion.undecided):
        return INCOMPLETE
    return HOLDS
