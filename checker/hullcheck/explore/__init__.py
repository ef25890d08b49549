"""Every reachable state of a bounded scope: which rules fire, what holds, and the shortest runs that show what fails.

Read in this order:

    scope       what of a specification is looked at
    layout      a state in one 64-bit word
    symmetry    which objects are interchangeable
    circuit     formulas over words, shared and simplified
    translate   from the language to the circuit
    emit        from the circuit to NumPy
    claims      what is claimed of every step
    questions   what is asked of a word, and what the answer means
    program     a scope, compiled
    canonical   one word for all that differ by a renaming
    store       the visited words
    search      breadth first, level by level
    trace       from a finding to a run
    recover     what stays possible
    same        what two sequences have in common
    verdicts    a verdict on every property
    results     what is returned
    exploring   ``explore``
    graph       the states and edges one by one
"""

from hullcheck.explore.exploring import explore
from hullcheck.explore.graph import Edge, Graph, edges
from hullcheck.explore.results import Exploration, ExplorerError, Progress, RuleCount, TraceStep, Verdict
from hullcheck.explore.scope import Scope, ScopeError

__all__ = [
    "Edge",
    "Exploration",
    "ExplorerError",
    "Graph",
    "Progress",
    "RuleCount",
    "Scope",
    "ScopeError",
    "TraceStep",
    "Verdict",
    "edges",
    "explore",
]
