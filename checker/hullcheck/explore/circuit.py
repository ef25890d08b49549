"""Formulas over the fields of a word: built once, shared, and simplified as they are built.

The unrolled specification is one graph of nodes. Equal nodes are one node, so that what many rules ask is computed
once. Nodes are numbers; a *formula* is true or false in a word, a *value* is a code. Each formula knows which codes
of which fields it needs to be true, and to be false: most of what a scope makes pointless (a guard that can never
hold, a step property of a rule that touches nothing it reads) disappears here, before anything is computed.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

Node: TypeAlias = int
Codes: TypeAlias = dict[int, int]
"""Field number -> the set of codes it may have, as bits."""


@dataclass(frozen=True, slots=True)
class Constant:
    """A truth value."""

    value: bool


@dataclass(frozen=True, slots=True)
class Among:
    """The code of a field is one of a set (bits)."""

    field: int
    codes: int


@dataclass(frozen=True, slots=True)
class SameCode:
    """Two fields have the same code."""

    left: int
    right: int


@dataclass(frozen=True, slots=True)
class Inverse:
    """Negation."""

    term: Node


@dataclass(frozen=True, slots=True)
class Junction:
    """A conjunction (``every``) or a disjunction of several formulas."""

    every: bool
    terms: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Code:
    """A value: a constant code."""

    code: int


@dataclass(frozen=True, slots=True)
class FieldCode:
    """A value: the code of a field."""

    field: int


@dataclass(frozen=True, slots=True)
class Choice:
    """A value: one or another, by a formula."""

    condition: Node
    then: Node
    otherwise: Node


Part: TypeAlias = Constant | Among | SameCode | Inverse | Junction | Code | FieldCode | Choice

FALSE: Node = 0
TRUE: Node = 1


class Circuit:
    """A graph of formulas and values.

    Args:
        codes: for each field, how many codes it has.
    """

    def __init__(self, codes: Sequence[int]) -> None:
        self._full = [(1 << n) - 1 for n in codes]
        self.parts: list[Part] = []
        self._numbers: dict[Part, Node] = {}
        self._junctions: dict[tuple[bool, tuple[Node, ...]], Node] = {}
        self._inverses: dict[Node, Node] = {}
        self._atoms: dict[tuple[int, int], Node] = {}
        self._equations: dict[tuple[Node, Node], Node] = {}
        self._when_true: list[Codes] = []
        self._when_false: list[Codes] = []
        self._new(Constant(value=False), {}, {})
        self._new(Constant(value=True), {}, {})

    # --- formulas -----------------------------------------------------------------------------------------------

    def among(self, field: int, codes: int) -> Node:
        """The formula that the code of a field is in a set of codes."""
        full = self._full[field]
        codes &= full
        if codes in {0, full}:
            return TRUE if codes else FALSE
        key = (field, codes)
        if key not in self._atoms:
            self._atoms[key] = self._new(Among(field, codes), {field: codes}, {field: full & ~codes})
        return self._atoms[key]

    def inverse(self, term: Node) -> Node:
        """Negation."""
        if term not in self._inverses:
            self._inverses[term] = self._inverse(term)
        return self._inverses[term]

    def _inverse(self, term: Node) -> Node:
        match self.parts[term]:
            case Constant(value=value):
                return FALSE if value else TRUE
            case Among(field=field, codes=codes):
                return self.among(field, ~codes)
            case Inverse(term=inner):
                return inner
            case _:
                return self._new(Inverse(term), self._when_false[term], self._when_true[term])

    def every(self, terms: Iterable[Node]) -> Node:
        """Conjunction."""
        return self._junction(terms, every=True)

    def some(self, terms: Iterable[Node]) -> Node:
        """Disjunction."""
        return self._junction(terms, every=False)

    def equal(self, left: Node, right: Node) -> Node:
        """The formula that two values have the same code."""
        if left == right:
            return TRUE
        key = (min(left, right), max(left, right))
        if key not in self._equations:
            self._equations[key] = self._equal(left, right)
        return self._equations[key]

    def _equal(self, left: Node, right: Node) -> Node:
        a, b = self.parts[left], self.parts[right]
        match (a, b):
            case (Choice(condition=condition, then=then, otherwise=otherwise), _):
                return self.if_(condition, self.equal(then, right), self.equal(otherwise, right))
            case (_, Choice()):
                return self.equal(right, left)
            case (Code(code=x), Code(code=y)):
                return TRUE if x == y else FALSE
            case (FieldCode(field=field), Code(code=code)) | (Code(code=code), FieldCode(field=field)):
                return self.among(field, 1 << code)
            case (FieldCode(field=x), FieldCode(field=y)):
                return TRUE if x == y else self._new(SameCode(min(x, y), max(x, y)), {}, {})
            case _:
                raise TypeError(f"{a} and {b} are not both values")

    def value_among(self, value: Node, codes: int) -> Node:
        """The formula that a value is in a set of codes."""
        match self.parts[value]:
            case Code(code=code):
                return TRUE if codes >> code & 1 else FALSE
            case FieldCode(field=field):
                return self.among(field, codes)
            case Choice(condition=condition, then=then, otherwise=otherwise):
                return self.if_(condition, self.value_among(then, codes), self.value_among(otherwise, codes))
            case other:
                raise TypeError(f"{other} is no value")

    def if_(self, condition: Node, then: Node, otherwise: Node) -> Node:
        """The formula that the one holds where the condition does, and the other elsewhere."""
        if then == otherwise:
            return then
        return self.some(
            (self.every((condition, then)), self.every((self.inverse(condition), otherwise))),
        )

    # --- values -------------------------------------------------------------------------------------------------

    def code(self, code: int) -> Node:
        """A constant."""
        return self._new(Code(code), {}, {})

    def field(self, field: int) -> Node:
        """The code of a field."""
        return self._new(FieldCode(field), {}, {})

    def choice(self, condition: Node, then: Node, otherwise: Node) -> Node:
        """The one value where a formula holds, else the other."""
        if condition == TRUE or then == otherwise:
            return then
        return otherwise if condition == FALSE else self._new(Choice(condition, then, otherwise), {}, {})

    # --- reading ------------------------------------------------------------------------------------------------

    def inside(self, node: Node) -> tuple[Node, ...]:
        """The nodes from which this one is computed."""
        match self.parts[node]:
            case Inverse(term=term):
                return (term,)
            case Junction(terms=terms):
                return terms
            case Choice(condition=condition, then=then, otherwise=otherwise):
                return (condition, then, otherwise)
            case _:
                return ()

    # --- building -----------------------------------------------------------------------------------------------

    def _new(self, part: Part, when_true: Codes, when_false: Codes) -> Node:
        number = self._numbers.get(part)
        if number is None:
            number = self._numbers[part] = len(self.parts)
            self.parts.append(part)
            self._when_true.append(when_true)
            self._when_false.append(when_false)
        return number

    def _junction(self, terms: Iterable[Node], *, every: bool) -> Node:
        """One body for both: a disjunction is a conjunction seen from the other side."""
        neutral, absorbing = (TRUE, FALSE) if every else (FALSE, TRUE)
        found: dict[Node, None] = {}
        for term in terms:
            if term == absorbing:
                return absorbing
            if term != neutral:
                found[term] = None
        if len(found) <= 1:
            return next(iter(found), neutral)
        key = (every, tuple(found))
        if key not in self._junctions:
            self._junctions[key] = self._simplified(found, every=every)
        return self._junctions[key]

    def _simplified(self, terms: Iterable[Node], *, every: bool) -> Node:
        """A junction of different terms, none of which decides it alone."""
        known, opposite = self._when_true, self._when_false
        if not every:
            known, opposite = opposite, known
        atoms = [term for term in terms if isinstance(self.parts[term], Among)]
        others = {term for term in terms if not isinstance(self.parts[term], Among)}
        asked = _all_of(known[term] for term in atoms)
        implied = _all_of(known[term] for term in others)
        needed = _all_of((asked, implied))
        if 0 in needed.values() or any(self._inverse_of(term) in others for term in others):
            return FALSE if every else TRUE
        parts = others | {
            self.among(field, codes if every else ~codes)
            for field, codes in asked.items()
            if field not in implied or implied[field] & ~codes
        }
        if len(parts) == 1:
            return parts.pop()
        junction = Junction(every, tuple(sorted(parts)))
        weakest = _any_of([opposite[term] for term in junction.terms])
        return self._new(junction, needed, weakest) if every else self._new(junction, weakest, needed)

    def _inverse_of(self, term: Node) -> Node | None:
        part = self.parts[term]
        return part.term if isinstance(part, Inverse) else self._inverses.get(term)


def _all_of(requirements: Iterable[Codes]) -> Codes:
    """What holds of each field if everything holds."""
    together: Codes = {}
    for requirement in requirements:
        for field, codes in requirement.items():
            together[field] = together.get(field, codes) & codes
    return together


def _any_of(alternatives: Sequence[Codes]) -> Codes:
    """What holds of each field whichever alternative does."""
    common = dict(alternatives[0])
    for other in alternatives[1:]:
        common = {field: codes | other[field] for field, codes in common.items() if field in other}
    return common
