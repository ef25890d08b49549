"""What is kept of mutants as data: the record of their fates, and the list of those that are known to be equivalent.

The record says for every mutant which check killed it, and holds a digest of each rule's text, so that later only the
mutants of rules that have changed since need to be judged again.
"""

from __future__ import annotations

import hashlib
import json
import subprocess
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from dockspec.language import Expr, Update
from dockspec.model import Event, Operation, Rule, Specification
from hullcheck.errors import InputError
from hullcheck.mutate.judging import Fate, Killer

SCHEMA = "hullcheck/mutation/1"
"""The version of the record; it changes with a note."""
EQUIVALENT = Path(__file__).with_name("equivalent.json")
"""Which mutants no check can tell from the specification, and why."""


@dataclass(frozen=True)
class Record:
    """The fates of mutants at some time.

    Attributes:
        dialect: of which specification.
        digests: rule id, or operation id for its own condition -> a digest of its text.
        fates: mutant id -> its fate.
    """

    dialect: str
    digests: Mapping[str, str] = field(default_factory=dict)
    fates: Mapping[str, Fate] = field(default_factory=dict)

    def changed(self, digests: Mapping[str, str]) -> set[str]:
        """The rules and operations whose text is not what it was, or that are new."""
        return {place for place, digest in digests.items() if self.digests.get(place) != digest}

    def updated(self, digests: Mapping[str, str], fates: Collection[Fate], places: Mapping[str, str]) -> Record:
        """The record with some fates decided anew, and without the mutants that no longer exist.

        Args:
            digests: of the specification as it is now; a place takes its new one when all its mutants were judged.
            fates: the fates that were decided.
            places: every mutant that exists -> the rule or operation that it changes.
        """
        every = {**self.fates, **{fate.mutant: fate for fate in fates}}
        judged = {fate.mutant for fate in fates}
        open_places = {place for mutant, place in places.items() if mutant not in judged}
        kept = {place: self.digests.get(place, "") if place in open_places else now for place, now in digests.items()}
        kept = {place: digest for place, digest in kept.items() if digest}
        return Record(self.dialect, kept, {mutant: every[mutant] for mutant in places if mutant in every})


# --- digests --------------------------------------------------------------------------------------------------------


def digests(spec: Specification) -> dict[str, str]:
    """A digest of everything that an operation's own condition, and each rule, says to a machine.

    Sentences and sources are not part of it; what a name stands for is.
    """
    found = {}
    for operation in spec.operations:
        found[operation.id] = _digest(operation.possible.key)
        found |= {rule.id: _digest(_text(operation, rule)) for rule in operation.rules}
    return found


def _text(operation: Operation, rule: Rule) -> object:
    return (
        operation.possible.key,
        rule.when.key,
        rule.answer,
        [move.condition.key for move in rule.moves],
        [_update(update) for update in rule.updates],
        [_event(event) for event in rule.events],
    )


def _event(event: Event) -> object:
    told = {name: value.key if isinstance(value, Expr) else value for name, value in event.attributes.items()}
    return (event.type, event.action, event.subject, event.where.key, event.each, told)


def _update(update: Update) -> object:
    return (update.target.key, update.value.key, update.where.key, update.each)


def _digest(content: object) -> str:
    return hashlib.sha256(repr(content).encode()).hexdigest()[:16]


# --- the record -----------------------------------------------------------------------------------------------------


def write(record: Record, path: Path) -> None:
    """Write a record.

    Raises:
        InputError: when the file cannot be written.
    """
    document = {
        "schema": SCHEMA,
        "dialect": record.dialect,
        "digests": dict(record.digests),
        "mutants": {mutant: _as_json(fate) for mutant, fate in record.fates.items()},
    }
    try:
        path.write_text(json.dumps(document, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    except OSError as problem:
        raise InputError(f"cannot write {path}: {problem.strerror}; name another file") from problem


def read(path: Path) -> Record:
    """Read a record.

    Raises:
        InputError: when it is not there, or is none.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as problem:
        raise InputError(f"cannot read {path}: {problem.strerror}; a full run with -o writes it") from problem
    return _parsed(text, str(path))


def read_at(revision: str, path: Path) -> Record:
    """Read a record as it was at a revision.

    Raises:
        InputError: when git knows no such revision, or the record was not there.
    """
    command = ["git", "show", f"{revision}:./{path.name}"]
    try:
        shown = subprocess.run(command, cwd=path.absolute().parent, capture_output=True, text=True, check=False)  # noqa: S603  # git, with a revision that the caller names
    except OSError as problem:
        raise InputError(f"cannot ask git for {revision}: {problem.strerror}") from problem
    if shown.returncode:
        raise InputError(f"{path} is not there at {revision}: {shown.stderr.strip()}")
    return _parsed(shown.stdout, f"{path} at {revision}")


def _parsed(text: str, name: str) -> Record:
    try:
        document = json.loads(text)
        if document["schema"] != SCHEMA:
            raise InputError(f"{name} is a {document['schema']}, not a {SCHEMA}; a full run with -o writes one")
        fates = {mutant: _fate(mutant, entry) for mutant, entry in document["mutants"].items()}
        return Record(document["dialect"], document["digests"], fates)
    except (ValueError, KeyError, TypeError) as problem:
        raise InputError(f"{name} is no record of mutants: {problem}; a full run with -o writes one") from problem


def _as_json(fate: Fate) -> dict[str, str]:
    told = {"killer": fate.killer.value, "by": fate.by, "scope": fate.scope, "note": fate.note if fate.survives else ""}
    proof = {} if fate.proof is None else {"proof": fate.proof}
    return {name: value for name, value in told.items() if value} | proof


def _fate(mutant: str, entry: Mapping[str, str]) -> Fate:
    by, scope, note = (entry.get(name, "") for name in ("by", "scope", "note"))
    return Fate(mutant, Killer(entry["killer"]), by, scope, note, entry.get("proof"))


# --- equivalent mutants ---------------------------------------------------------------------------------------------


def equivalents(path: Path = EQUIVALENT) -> dict[str, str]:
    """The mutants that are known to be equivalent, each with the reason.

    The file is a list of objects, each with a reason (``because``) and the ids of the mutants that it holds for.

    Raises:
        InputError: when the list is malformed, a reason is missing, or a mutant is listed twice.
    """
    listed: dict[str, str] = {}
    try:
        for group in json.loads(path.read_text(encoding="utf-8")):
            for mutant in group["mutants"]:
                if mutant in listed or not group["because"]:
                    raise InputError(f"{path.name}: {mutant} is listed twice, or without a reason")
                listed[mutant] = group["because"]
    except (OSError, ValueError, KeyError, TypeError) as problem:
        raise InputError(f"{path.name} is no list of equivalent mutants with their reasons: {problem!r}") from problem
    return listed
