"""Break the specification in one place after another: something must notice, or nothing holds that place.

Read in this order:

    weakening   formulas with one conjunct less
    mutants     the mutants of a specification
    baseline    what the checks say of the specification itself
    sameness    whether a mutant differs at all
    judging     which check notices a mutant first
    expected    the expected cells, from their files
    record      the fates as data, and the mutants that are known to be equivalent
    running     many mutants, on every core
    report      what came of it
    printing    the report, as text and as JSON
    command     ``hullcheck mutate``
"""

from hullcheck.mutate.baseline import Baseline
from hullcheck.mutate.judging import Fate, Judge, Killer
from hullcheck.mutate.mutants import Kind, Mutant, mutants

__all__ = ["Baseline", "Fate", "Judge", "Killer", "Kind", "Mutant", "mutants"]
