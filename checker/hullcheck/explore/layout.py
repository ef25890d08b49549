"""How a state is packed into one 64-bit word, and how it is unpacked.

Every value of a varying function is a *field*: some bits that hold a code. Members of an enumeration are coded by
their index, truth values by 0 and 1, a slot ``i`` by ``i + 1`` and "undefined" by 0, so that renaming objects moves
fields and renames codes, and does nothing else. All fields of one object lie together in a *block*, and the blocks
of a sort are alike: two objects are exchanged by two shifts.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum
from functools import cache, cached_property
from itertools import product

from dockspec.evaluation import State
from dockspec.language import Function, Sort, Value
from hullcheck.explore.scope import ScopeError, Selection

WORD_BITS = 64


@dataclass(frozen=True)
class Field:
    """The bits that hold the value of a function at some slots.

    Attributes:
        function: the function.
        slots: where.
        offset: the lowest bit.
        width: how many bits.
        codes: how many different codes there are; the codes are 0, 1, ..., codes - 1.
    """

    function: Function
    slots: tuple[int, ...]
    offset: int
    width: int
    codes: int

    @property
    def mask(self) -> int:
        """The bits of this field, in place."""
        return ((1 << self.width) - 1) << self.offset


class Layout:
    """The fields of a scope, and the conversion between words and states.

    Args:
        selection: the functions and sizes.
        leaves: the sorts to lay out block by block even where another argument comes first.

    Raises:
        ScopeError: when a state needs more than 64 bits; the widths are listed.
    """

    def __init__(self, selection: Selection, leaves: Iterable[Sort] = ()) -> None:
        self.selection = selection
        self.blocks: dict[Sort, tuple[int, int]] = {}
        """For each sort that has blocks: the offset of the first, and their common width in bits."""
        self.fields: list[Field] = []
        self._index: dict[tuple[str, tuple[int, ...]], int] = {}
        self.bits = 0
        _refuse_if_too_wide(selection)
        owners = {f.name: _owner(f, frozenset(leaves)) for f in selection.varying}
        for owner in dict.fromkeys(owners.values()):
            self._place([f for f in selection.varying if owners[f.name] == owner], owner)

    def field(self, function: Function, slots: tuple[int, ...]) -> int | None:
        """The number of the field of a function at some slots; None where the function does not vary."""
        return self._index.get((function.name, slots))

    def word(self, state: State) -> int:
        """A state, packed; what does not vary here is not in the word."""
        return sum(code_of(state.value(f.function, *f.slots)) << f.offset for f in self.fields)

    def state(self, word: int) -> State:
        """A word, unpacked; what does not vary has its constant value, what is dropped its initial one."""
        codes = ((f, (word & f.mask) >> f.offset) for f in self.fields)
        return self._constants.setting({(f.function, f.slots): value_of(f.function, code) for f, code in codes})

    @cached_property
    def initial(self) -> State:
        """The state in which everything begins."""
        return self._constants

    @property
    def widths(self) -> Mapping[str, int]:
        """How many bits each function takes."""
        return _widths(self.selection)

    @cached_property
    def _constants(self) -> State:
        scope = self.selection.scope
        functions = (*scope.rigid, *scope.frozen)
        values = {(f, s): self.selection.constant(f, s) for f in functions for s in self.selection.places(f)}
        return State(dict(scope.sizes)).setting(values)

    def _place(self, functions: list[Function], owner: Sort | None) -> None:
        start, count = self.bits, 1 if owner is None else self.selection.size(owner)
        for slot in range(count):
            for function in functions:
                position = None if owner is None else function.domain.index(owner)
                ranges = (
                    (slot,) if k == position else range(self.selection.size(sort))
                    for k, sort in enumerate(function.domain)
                )
                for slots in product(*ranges):
                    self._add(function, slots)
        if owner is not None and count:
            self.blocks[owner] = (start, (self.bits - start) // count)

    def _add(self, function: Function, slots: tuple[int, ...]) -> None:
        codes = _codes(function, self.selection)
        width = max(1, (codes - 1).bit_length())
        self._index[function.name, slots] = len(self.fields)
        self.fields.append(Field(function, slots, self.bits, width, codes))
        self.bits += width


def _owner(function: Function, leaves: frozenset[Sort]) -> Sort | None:
    leaf = next((sort for sort in function.domain if sort in leaves), None)
    return leaf or (function.domain[0] if function.domain else None)


def _codes(function: Function, selection: Selection) -> int:
    kind = function.type
    if isinstance(kind, Sort):
        return selection.size(kind) + 1
    return 2 if kind is bool else len(list(kind))


def code_of(value: Value) -> int:
    """The code of a value."""
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, Enum):
        return _codes_of(type(value))[value]
    return 0 if value is None else value + 1


@cache
def _codes_of(kind: type[Enum]) -> Mapping[Enum, int]:
    return {member: code for code, member in enumerate(kind)}


def value_of(function: Function, code: int) -> Value:
    """The value of a function that a code stands for."""
    kind = function.type
    if isinstance(kind, Sort):
        return code - 1 if code else None
    return bool(code) if kind is bool else list(kind)[code]


def _widths(selection: Selection) -> dict[str, int]:
    return {
        f.name: max(1, (_codes(f, selection) - 1).bit_length()) * len(list(selection.places(f)))
        for f in selection.varying
    }


def _refuse_if_too_wide(selection: Selection) -> None:
    widths = _widths(selection)
    if sum(widths.values()) > WORD_BITS:
        listed = ", ".join(f"{name} {bits}" for name, bits in sorted(widths.items(), key=lambda w: -w[1]))
        raise ScopeError(
            f"scope {selection.scope.name}: a state needs {sum(widths.values())} bits, {WORD_BITS} are the most; "
            f"freeze or drop a function, or take fewer objects ({listed})"
        )
