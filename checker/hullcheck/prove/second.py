"""A second opinion: cvc5 on the same conditions.

z3 writes each condition that it has proved, with the hypotheses that the proof leans on, as SMT-LIB 2. cvc5 reads the
text and must find it unsatisfiable too. It shares nothing with z3 but the text.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterable
from types import ModuleType

import z3

from hullcheck.errors import LackingError
from hullcheck.prove.conditions import EVERYWHERE, INITIAL
from hullcheck.prove.induction import Clock, Induction, Proved
from hullcheck.prove.results import SecondOpinion
from hullcheck.prove.universe import conjunction, negation

MILLISECONDS = 20_000
"""How long cvc5 may take for one condition."""


def second_opinion(induction: Induction, clock: Clock, *, per_rule: int | None = None) -> SecondOpinion:
    """What cvc5 says of the conditions that z3 proved.

    Args:
        induction: after it has run.
        clock: the conditions that do not fit into its time are undecided.
        per_rule: how many conditions of each rule to look at, one claim after another; None: all.

    Raises:
        LackingError: when cvc5 is not installed.
    """
    cvc5 = _cvc5()
    began = clock.elapsed
    proofs = [proof for record in induction.records.values() for proof in record.proved]
    verdicts: dict[str, list[str]] = {"unsat": [], "sat": [], "unknown": []}
    for proof in proofs if per_rule is None else _sample(proofs, per_rule):
        name = f"{proof.condition.claim} at {proof.place.name}"
        answer = "unknown" if clock.is_over else _answer(cvc5, as_smtlib(induction, proof))
        verdicts[answer].append(name)
    return SecondOpinion(
        version=str(cvc5.__version__),
        confirmed=len(verdicts["unsat"]),
        undecided=tuple(verdicts["unknown"]),
        denied=tuple(verdicts["sat"]),
        seconds=clock.elapsed - began,
    )


def as_smtlib(induction: Induction, proof: Proved) -> str:
    """A proved condition as SMT-LIB 2: unsatisfiable, as the hypotheses hold and the goals do not all."""
    condition, place = proof.condition, proof.place
    known = place.lemmas + condition.lemmas
    solver = z3.Solver()
    solver.add(*induction.conditions.facts, place.guard, *known.plain, *known.further)
    solver.add(*(induction.hypothesis(name) for name in sorted(proof.leans_on)))
    solver.add(negation(conjunction(*condition.goals)))
    return f"(set-logic ALL)\n{solver.to_smt2()}"


def _answer(cvc5: ModuleType, text: str) -> str:
    """``unsat``, ``sat`` or ``unknown``."""
    solver = cvc5.Solver(cvc5.TermManager())
    solver.setOption("tlimit-per", str(MILLISECONDS))
    solver.setOption("full-saturate-quant", "true")
    parser = cvc5.InputParser(solver)
    parser.setStringInput(cvc5.InputLanguage.SMT_LIB_2_6, text, "condition")
    symbols = parser.getSymbolManager()
    answer = ""
    while not (command := parser.nextCommand()).isNull():
        answer = str(command.invoke(solver, symbols)).strip() or answer
    return answer if answer in {"sat", "unsat"} else "unknown"


def _sample(proofs: Iterable[Proved], per_rule: int) -> list[Proved]:
    """The first so many conditions of each rule, and all that belong to none."""
    found: dict[str, list[Proved]] = {}
    for proof in proofs:
        found.setdefault(proof.place.name, []).append(proof)
    return [
        proof
        for place, some in found.items()
        for proof in (some if place in {EVERYWHERE, INITIAL} else some[:per_rule])
    ]


def _cvc5() -> ModuleType:
    try:
        return importlib.import_module("cvc5")
    except ImportError:
        raise LackingError("a second opinion needs cvc5: pip install cvc5") from None
