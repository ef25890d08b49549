"""Formulas stay what they mean while they are simplified, and the compiled text computes them."""

from __future__ import annotations

import itertools

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from dockspec.language import Function
from hullcheck.explore.circuit import (
    FALSE,
    TRUE,
    Among,
    Choice,
    Circuit,
    Code,
    Constant,
    FieldCode,
    Inverse,
    Junction,
    Node,
    SameCode,
)
from hullcheck.explore.emit import Atoms, Emitter
from hullcheck.explore.layout import Field

CODES = (2, 3, 3, 9)
ANY = Function("any", (), bool, False, "")  # a field belongs to some function
WIDTHS = (1, 2, 2, 4)
FIELDS = [Field(ANY, (), sum(WIDTHS[:n]), WIDTHS[n], codes) for n, codes in enumerate(CODES)]
EVERYTHING = list(itertools.product(*(range(n) for n in CODES)))
WORDS = np.array(
    [sum(code << field.offset for code, field in zip(codes, FIELDS, strict=True)) for codes in EVERYTHING], np.uint64
)


def meaning(circuit: Circuit, node: Node, codes: tuple[int, ...]) -> int:  # noqa: PLR0911  # one case a kind
    """What a node is for some codes, read off its parts."""
    match circuit.parts[node]:
        case Constant(value=value):
            return value
        case Among(field=field, codes=allowed):
            return bool(allowed >> codes[field] & 1)
        case SameCode(left=left, right=right):
            return codes[left] == codes[right]
        case Inverse(term=term):
            return not meaning(circuit, term, codes)
        case Junction(every=every, terms=terms):
            return (all if every else any)(meaning(circuit, t, codes) for t in terms)
        case Code(code=code):
            return code
        case FieldCode(field=field):
            return codes[field]
        case Choice(condition=condition, then=then, otherwise=otherwise):
            return meaning(circuit, then if meaning(circuit, condition, codes) else otherwise, codes)


@st.composite
def built(draw: st.DrawFn) -> tuple[Circuit, Node, list[bool]]:
    """A formula built step by step, with its truth table computed beside it."""
    circuit = Circuit(CODES)
    formulas: list[tuple[Node, list[bool]]] = [(FALSE, [False] * len(EVERYTHING)), (TRUE, [True] * len(EVERYTHING))]
    values: list[tuple[Node, list[int]]] = [(circuit.field(n), [c[n] for c in EVERYTHING]) for n in (1, 2)]
    values += [(circuit.code(n), [n] * len(EVERYTHING)) for n in range(3)]
    for _ in range(draw(st.integers(1, 14))):
        (a, left), (b, right), (c, third) = (draw(st.sampled_from(formulas)) for _ in range(3))
        (v, one), (w, other) = draw(st.sampled_from(values)), draw(st.sampled_from(values))
        field, allowed = draw(st.sampled_from(range(len(CODES)))), draw(st.integers(0, 511))
        match draw(st.sampled_from(["atom", "atom", "not", "every", "some", "if", "choice", "equal", "among"])):
            case "atom":
                formulas.append((circuit.among(field, allowed), [bool(allowed >> k[field] & 1) for k in EVERYTHING]))
            case "not":
                formulas.append((circuit.inverse(a), [not x for x in left]))
            case "every":
                table = [all(x) for x in zip(left, right, third, strict=True)]
                formulas.append((circuit.every((a, b, c)), table))
            case "some":
                table = [any(x) for x in zip(left, right, third, strict=True)]
                formulas.append((circuit.some((a, b, c)), table))
            case "if":
                table = [y if x else z for x, y, z in zip(left, right, third, strict=True)]
                formulas.append((circuit.if_(a, b, c), table))
            case "choice":
                values.append(
                    (circuit.choice(a, v, w), [y if x else z for x, y, z in zip(left, one, other, strict=True)])
                )
            case "equal":
                formulas.append((circuit.equal(v, w), [x == y for x, y in zip(one, other, strict=True)]))
            case _:
                formulas.append((circuit.value_among(v, allowed), [bool(allowed >> x & 1) for x in one]))
    node, table = draw(st.sampled_from(formulas))
    return circuit, node, table


@settings(deadline=None, derandomize=True, max_examples=100)
@given(built())
def test_simplified_formulas_mean_the_same(case: tuple[Circuit, Node, list[bool]]) -> None:
    """Whatever was simplified away, the truth table is that of the formula as it was written."""
    circuit, node, table = case
    assert [bool(meaning(circuit, node, codes)) for codes in EVERYTHING] == table


@settings(deadline=None, derandomize=True, max_examples=100)
@given(built())
def test_compiled_formulas_mean_the_same(case: tuple[Circuit, Node, list[bool]]) -> None:
    """The generated NumPy code, and the direct computation, agree with the truth table."""
    circuit, node, table = case
    emitter = Emitter(circuit, FIELDS)
    ((number, mask),) = emitter.masks("formula", [node], [False])(Atoms(emitter, WORDS), [False])
    assert number == 0
    assert mask.tolist() == table
    assert emitter.mask(node, Atoms(emitter, WORDS)).tolist() == table


def test_what_cannot_hold_disappears() -> None:
    """A contradiction inside is seen through a shared formula, and a tautology too."""
    circuit = Circuit(CODES)
    red, green, flag = circuit.among(1, 0b001), circuit.among(1, 0b010), circuit.among(0, 0b10)
    assert circuit.every((red, green)) == FALSE
    assert circuit.every((circuit.every((red, flag)), green)) == FALSE
    assert circuit.some((circuit.inverse(red), circuit.inverse(green))) == TRUE
    assert circuit.some((red, green, circuit.among(1, 0b100))) == TRUE
    both = circuit.every((flag, circuit.some((red, circuit.among(2, 1)))))
    assert circuit.every((both, circuit.inverse(both))) == FALSE
    assert circuit.every((both, flag)) == both


def test_optional_questions_are_skipped() -> None:
    """What is not wanted any more is not computed; what is not optional always is."""
    circuit = Circuit(CODES)
    emitter = Emitter(circuit, FIELDS)
    roots = [circuit.among(0, 1), circuit.among(1, 1), circuit.among(2, 1)]
    masks = emitter.masks("three", roots, [False, True, True])
    assert [n for n, _ in masks(Atoms(emitter, WORDS), [False, False, True])] == [0, 2]
