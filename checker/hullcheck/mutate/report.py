"""What came of a number of mutants: who was noticed by what, who survives, and which listings are stale."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from hullcheck.errors import HOLDS, INCOMPLETE, VIOLATED
from hullcheck.mutate.judging import Fate, Killer
from hullcheck.mutate.mutants import Kind, Mutant

EQUIVALENT = "equivalent"
SURVIVES = "survives"
OUTCOMES = (*(killer.value for killer in Killer if killer is not Killer.NOTHING), EQUIVALENT, SURVIVES)
"""What can become of a mutant: noticed by a cell, a property, a check; known to be equivalent; or it survives."""


@dataclass(frozen=True)
class Report:
    """The fates of some mutants.

    Attributes:
        dialect: of which specification.
        mutants: every mutant there is, by id.
        chosen: how many were to be judged.
        fates: of those that were, by id, in the order of the specification.
        listed: the mutants that are known to be equivalent, each with the reason.
        seconds: of wall time; 0 where it was only read.
    """

    dialect: str
    mutants: Mapping[str, Mutant]
    chosen: int
    fates: Mapping[str, Fate]
    listed: Mapping[str, str]
    seconds: float

    @property
    def survivors(self) -> tuple[Fate, ...]:
        """Those that nothing noticed, and that are not known to be equivalent."""
        return tuple(fate for fate in self.fates.values() if fate.survives and fate.mutant not in self.listed)

    @property
    def stale(self) -> Mapping[str, str]:
        """Mutant id -> why it must not be listed as equivalent."""
        gone = {mutant: "there is no such mutant" for mutant in self.listed if mutant not in self.mutants}
        dead = {
            mutant: f"it is noticed, by the {fate.killer.value} {fate.by}"
            for mutant, fate in self.fates.items()
            if mutant in self.listed and not fate.survives
        }
        return {**gone, **dead}

    @property
    def exit_status(self) -> int:
        """0: nothing survives; 1: something does, or a listing is stale; 4: not finished, and nothing found so far."""
        if self.survivors or self.stale:
            return VIOLATED
        return HOLDS if len(self.fates) == self.chosen else INCOMPLETE

    def outcome(self, fate: Fate) -> str:
        """One of OUTCOMES."""
        if not fate.survives:
            return fate.killer.value
        return EQUIVALENT if fate.mutant in self.listed else SURVIVES

    @property
    def asked(self) -> tuple[Fate, ...]:
        """The fates of the mutants about which a proof was asked."""
        return tuple(fate for fate in self.fates.values() if fate.proof is not None)

    def proofs(self) -> Counter[Kind]:
        """For each kind of change, how many mutants a proof alone notices, whatever else does."""
        return Counter(self.mutants[fate.mutant].kind for fate in self.asked if fate.proof)

    def table(self) -> Mapping[Kind, Counter[str]]:
        """For each kind of change, how many mutants had which outcome."""
        found = {kind: Counter[str]() for kind in Kind}
        for fate in self.fates.values():
            found[self.mutants[fate.mutant].kind][self.outcome(fate)] += 1
        return {kind: counts for kind, counts in found.items() if counts}
