"""What is proved, kept as data: ``check`` and the reference tell of it, and need no solver for that.

    python -m hullcheck.prove.record             prove every dialect, and write ``proofs.json``
    python -m hullcheck.prove.record --check     prove every dialect, and compare; exit status 1 where it differs

A record is good for one text of the specification only, which it knows by its fingerprint. Where a rule or a property
has changed, nothing counts as proved until it is proved again.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from dockspec.model import Specification
from hullcheck.fingerprint import fingerprint

SCHEMA = "hullcheck/proofs/1"
"""The version of the file; it changes with a note."""
RECORD = Path(__file__).with_name("proofs.json")
"""The file."""
COMMAND = "python -m hullcheck.prove.record"
"""What writes it."""


@dataclass(frozen=True)
class Recorded:
    """What a proof of a dialect found.

    Attributes:
        fingerprint: of the specification that was proved.
        proved: the ids of the properties, and of what the form promises, that hold for any number of objects.
    """

    fingerprint: str
    proved: frozenset[str]


@cache
def recorded() -> Mapping[str, Recorded]:
    """What was recorded, by dialect."""
    dialects = json.loads(RECORD.read_text(encoding="utf-8"))["dialects"]
    return {name: Recorded(told["fingerprint"], frozenset(told["proved"])) for name, told in dialects.items()}


def proved(spec: Specification) -> frozenset[str] | None:
    """The ids of what is proved of this very text of a specification; None where that is not recorded."""
    kept = recorded().get(spec.dialect)
    return kept.proved if kept is not None and kept.fingerprint == fingerprint(spec) else None
