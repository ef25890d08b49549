"""The invariants and step properties for any number of containers and images: induction, with z3.

Read in this order:

    universe        what variables range over: any number of objects, or a few
    meaning         the language as z3 formulas
    states          any state, the initial one, the one after a rule
    claims          what is to be proved
    closure         what is true of a transitive closure, and the order that a proof keeps beside it
    conditions      what must hold, where
    induction       what is proved from what, to a fixed point
    finite          questions about a few objects
    counterexample  smallest counterexamples to induction, and whether rules can answer at all
    reach           whether a counterexample can occur
    second          cvc5's opinion
    results         what is returned
    proving         ``prove``
    record          what is proved as data, for ``hullcheck.proofs``
"""

import importlib.util

from hullcheck.errors import LackingError

if importlib.util.find_spec("z3") is None:
    raise LackingError("a proof needs z3: pip install 'hullcheck[prove]'")

from hullcheck.prove.proving import not_kept, prove
from hullcheck.prove.results import Counterexample, Outcome, Proof, ProverError, Reach, Result, SecondOpinion

__all__ = ["Counterexample", "Outcome", "Proof", "ProverError", "Reach", "Result", "SecondOpinion", "not_kept", "prove"]
