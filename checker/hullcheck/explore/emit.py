"""From the circuit to NumPy: source text that computes many words at once, and the functions made from it.

The text is ordinary Python over arrays. What is used twice gets a name; what only compares a field with some codes
(an *atom*) is looked up in ``Atoms``, which computes it once for all functions that see the same words. Everything is
``uint64`` or ``bool``: mixing in a signed integer would turn the words into floating-point numbers.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from hullcheck.explore.circuit import (
    Among,
    Choice,
    Circuit,
    Code,
    Constant,
    FieldCode,
    Inverse,
    Junction,
    Node,
    Part,
    SameCode,
)
from hullcheck.explore.layout import WORD_BITS, Field
from hullcheck.explore.translate import Writes

Words: TypeAlias = NDArray[np.uint64]
Mask: TypeAlias = NDArray[np.bool_]
Masks: TypeAlias = Callable[["Atoms", Sequence[bool]], Iterator[tuple[int, Mask]]]
"""Yields the number and the mask of each root that is still wanted."""
Successors: TypeAlias = Callable[["Atoms"], Iterator[Words]]
"""Yields the words after each of some rules."""

_MOST_COMPARISONS = 3
_LONGEST_LINE = 400


class Atoms(dict[Node, Mask]):
    """Some words, and the masks of the atoms that were asked about them; computed when first asked.

    Args:
        emitter: knows what the atoms are.
        words: the words.
    """

    def __init__(self, emitter: Emitter, words: Words) -> None:
        super().__init__()
        self.words = words
        self._emitter = emitter
        self._in_place: dict[int, Words] = {}

    def __missing__(self, node: Node) -> Mask:
        mask = self[node] = self._emitter.atom(node)(self)
        return mask

    def in_place(self, number: int) -> Words:
        """The bits of a field, where they are; everything else zero."""
        if number not in self._in_place:
            self._in_place[number] = self.words & np.uint64(self._emitter.fields[number].mask)
        return self._in_place[number]


def shifted(words: Words, left: int) -> Words:
    """Words shifted to the left, or to the right by a negative number."""
    if left == 0:
        return words
    return words << np.uint64(left) if left > 0 else words >> np.uint64(-left)


class Emitter:
    """Writes and compiles the functions of one circuit.

    Args:
        circuit: the formulas and values.
        fields: the fields of the words.
    """

    def __init__(self, circuit: Circuit, fields: Sequence[Field]) -> None:
        self.circuit = circuit
        self.fields = fields
        self._atoms: dict[Node, Callable[[Atoms], Mask]] = {}

    def atom(self, node: Node) -> Callable[[Atoms], Mask]:
        """How the mask of an atom is computed."""
        if node not in self._atoms:
            self._atoms[node] = self._atom(self.circuit.parts[node])
        return self._atoms[node]

    def masks(self, name: str, roots: Sequence[Node], optional: Sequence[bool]) -> Masks:
        """A function that computes formulas: for each root its number and its mask, in order.

        Args:
            name: of the function, for a reader of its text.
            roots: the formulas.
            optional: which of them are computed only while they are wanted.
        """
        text = _Text(self, roots)
        body = []
        for number, (root, is_optional) in enumerate(zip(roots, optional, strict=True)):
            line = f"yield {number}, {text.formula(root)}"
            body += [*text.taken(), f"if wanted[{number}]: {line}" if is_optional else line]
        function: Masks = text.compiled(name, "A, wanted", body)
        return function

    def successors(self, name: str, steps: Sequence[Writes]) -> Successors:
        """A function that computes the words after each of some steps, in order."""
        text = _Text(self, [value for step in steps for value in step.values()])
        body = ["w = A.words"]
        for step in steps:
            line = f"yield {text.successor(step)}"
            body += [*text.taken(), line]
        function: Successors = text.compiled(name, "A", body)
        return function

    def mask(self, node: Node, atoms: Atoms) -> Mask:
        """The mask of one formula, computed at once; for what is asked too seldom to be compiled."""
        return self._mask(node, atoms, {})

    def _mask(self, node: Node, atoms: Atoms, known: dict[Node, Mask]) -> Mask:
        """The same; formulas share their parts, so each part is computed once."""
        if node in known:
            return known[node]
        match self.circuit.parts[node]:
            case Inverse(term=term):
                mask = ~self._mask(term, atoms, known)
            case Junction(every=every, terms=terms):
                join = np.logical_and if every else np.logical_or
                mask = self._mask(terms[0], atoms, known)
                for term in terms[1:]:
                    mask = join(mask, self._mask(term, atoms, known))
            case _:
                mask = atoms[node]
        known[node] = mask
        return mask

    def _atom(self, part: Part) -> Callable[[Atoms], Mask]:
        match part:
            case Constant(value=value):
                return lambda atoms: np.full(len(atoms.words), value)
            case SameCode(left=left, right=right):
                shift = self.fields[left].offset - self.fields[right].offset
                return lambda atoms: np.equal(atoms.in_place(left), shifted(atoms.in_place(right), shift))
            case Among(field=number, codes=codes):
                return self._among(number, codes)
            case _:
                raise TypeError(f"{part} is no atom")

    def _among(self, number: int, codes: int) -> Callable[[Atoms], Mask]:
        field = self.fields[number]
        inside = [np.uint64(c << field.offset) for c in range(field.codes) if codes >> c & 1]
        outside = [np.uint64(c << field.offset) for c in range(field.codes) if not codes >> c & 1]
        if min(len(inside), len(outside)) > _MOST_COMPARISONS and field.codes <= WORD_BITS:
            offset, bits, one = np.uint64(field.offset), np.uint64(codes), np.uint64(1)
            return lambda atoms: ((bits >> (atoms.in_place(number) >> offset)) & one).astype(np.bool_)
        if len(inside) <= len(outside):
            return lambda atoms: _joined(np.equal, np.logical_or, atoms.in_place(number), inside)
        return lambda atoms: _joined(np.not_equal, np.logical_and, atoms.in_place(number), outside)


def _joined(compare: np.ufunc, join: np.ufunc, words: Words, codes: Sequence[np.uint64]) -> Mask:
    mask: Mask = compare(words, codes[0])
    for code in codes[1:]:
        join(mask, compare(words, code), out=mask)
    return mask


class _Text:
    """The text of one function while it is being written."""

    def __init__(self, emitter: Emitter, roots: Sequence[Node]) -> None:
        self._emitter = emitter
        self._parts = emitter.circuit.parts
        self._uses = self._count(roots)
        self._names: dict[Node, str] = {}
        self._values: dict[tuple[Node, int], str] = {}
        self._lines: list[str] = []
        self._constants: dict[str, Any] = {"where": np.where, "u64": np.uint64}

    def taken(self) -> list[str]:
        """The lines that must stand before the next one; each is handed out once."""
        lines, self._lines = self._lines, []
        return lines

    def compiled(self, name: str, parameters: str, body: Sequence[str]) -> Any:  # noqa: ANN401  # one of two signatures
        lines = [f"def {name}({parameters}):", *(f"    {line}" for line in body or ("yield from ()",))]
        if not any("yield" in line for line in body):
            lines.append("    yield from ()")
        space = dict(self._constants)
        exec(compile("\n".join(lines), f"<{name}>", "exec"), space)  # noqa: S102  # the text was written above
        return space[name]

    def formula(self, node: Node) -> str:
        """The expression of a formula: a name, or a text that can stand in a larger one."""
        if node in self._names:
            return self._names[node]
        match self._parts[node]:
            case Inverse(term=term):
                text = f"~{self.formula(term)}"
            case Junction(every=every, terms=terms):
                text = f"({(' & ' if every else ' | ').join(self.formula(t) for t in terms)})"
            case _:
                return self._named(node, f"A[{node}]")
        shared = self._uses[node] > 1 or len(text) > _LONGEST_LINE
        return self._named(node, text) if shared else text

    def successor(self, writes: Writes) -> str:
        """The expression of the words after a step."""
        cleared, constant, parts = 0, 0, []
        for number, value in writes.items():
            field = self._emitter.fields[number]
            part = self._parts[value]
            cleared |= field.mask
            if isinstance(part, Code):
                constant |= part.code << field.offset
            else:
                parts.append(self._value(value, field.offset))
        if not writes:
            return "w"
        kept = self._kept(((1 << WORD_BITS) - 1) & ~cleared)
        return " | ".join([kept, *([self._word(constant)] if constant else []), *parts])

    def _value(self, node: Node, offset: int) -> str:
        """The expression of a value, shifted to where it is stored."""
        match self._parts[node]:
            case Code(code=code):
                return self._word(code << offset)
            case FieldCode(field=number):
                field = self._emitter.fields[number]
                here, shift = self._kept(field.mask), offset - field.offset
                if shift == 0:
                    return here
                return f"({here} {'<<' if shift > 0 else '>>'} {self._word(abs(shift))})"
            case Choice(condition=condition, then=then, otherwise=otherwise):
                key = (node, offset)
                if key not in self._values:
                    chosen = self.formula(condition)
                    text = f"where({chosen}, {self._value(then, offset)}, {self._value(otherwise, offset)})"
                    self._values[key] = self._line(f"v{node}_{offset}", text) if len(text) > _LONGEST_LINE else text
                return self._values[key]
            case other:
                raise TypeError(f"{other} is no value")

    def _kept(self, mask: int) -> str:
        return f"(w & {self._word(mask)})"

    def _word(self, value: int) -> str:
        name = f"K{value:x}"
        self._constants[name] = np.uint64(value)
        return name

    def _named(self, node: Node, text: str) -> str:
        self._names[node] = self._line(f"t{node}", text)
        return self._names[node]

    def _line(self, name: str, text: str) -> str:
        self._lines.append(f"{name} = {text}")
        return name

    def _count(self, roots: Sequence[Node]) -> Counter[Node]:
        uses: Counter[Node] = Counter(roots)
        seen: set[Node] = set()
        stack = list(roots)
        while stack:
            node = stack.pop()
            if node not in seen:
                seen.add(node)
                inside = self._emitter.circuit.inside(node)
                uses.update(inside)
                stack += inside
        return uses
