"""``python -m hullcheck.prove.record``: writes the record of what is proved, see ``hullcheck.proofs``."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable

from dockspec import DIALECTS, specification
from hullcheck.fingerprint import fingerprint
from hullcheck.proofs import COMMAND, RECORD, SCHEMA
from hullcheck.prove import Outcome, Proof, prove


def written(proofs: Iterable[Proof]) -> str:
    """The file's text: what came of each property, for the specification as it is now."""
    dialects = {
        proof.dialect: {
            "fingerprint": fingerprint(specification(proof.dialect)),
            "proved": _ids(proof, Outcome.PROVED),
            "assumed": _ids(proof, Outcome.ASSUMED),
            "failed": _ids(proof, Outcome.FAILED),
        }
        for proof in proofs
    }
    return json.dumps({"schema": SCHEMA, "dialects": dialects}, indent=1, ensure_ascii=False) + "\n"


def _ids(proof: Proof, outcome: Outcome) -> list[str]:
    return [result.id for result in proof.of(outcome)]


def main(arguments: list[str]) -> int:
    """Write the file, or compare; the exit status."""
    text = written(prove(specification(dialect)) for dialect in DIALECTS)
    if arguments == ["--check"]:
        same = RECORD.is_file() and RECORD.read_text(encoding="utf-8") == text
        if not same:
            sys.stderr.write(f"{RECORD.name} is not what is proved now: {COMMAND}\n")
        return int(not same)
    RECORD.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
