"""Random command sequences, by stateful Hypothesis: of the specification, and of an implementation beside it."""

from hullcheck.sample.implementation import Disagreement, ImplementationMachine, Reply
from hullcheck.sample.report import Failure, SampleReport
from hullcheck.sample.sampling import WORLD, SampleError, sample

__all__ = [
    "WORLD",
    "Disagreement",
    "Failure",
    "ImplementationMachine",
    "Reply",
    "SampleError",
    "SampleReport",
    "sample",
]
