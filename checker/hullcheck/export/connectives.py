"""Connectives of another language, where what is decided already is left away."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Connectives:
    """How a language writes them; an expression is text that can stand anywhere: an atom, a call, or parenthesised.

    Attributes:
        true: the truth value.
        false: the other one.
        no: the sign before what is denied.
        both: the word between what must all hold.
        either: the word between what may hold.
        same: the word between what is equal.
        case: a choice, with places for the condition and the two values.
        is_value: whether a text is a constant, so that two that are written differently are different.
    """

    true: str
    false: str
    no: str
    both: str
    either: str
    same: str
    case: str
    is_value: Callable[[str], bool]

    def is_constant(self, text: str) -> bool:
        """Whether an expression is a truth value."""
        return text in {self.true, self.false}

    def negation(self, text: str) -> str:
        """Not."""
        if self.is_constant(text):
            return self.false if text == self.true else self.true
        return text[len(self.no) :] if text.startswith(self.no) else f"{self.no}{text}"

    def all_of(self, texts: Iterable[str]) -> str:
        """And."""
        return self._joined(texts, self.true, self.false, self.both)

    def any_of(self, texts: Iterable[str]) -> str:
        """Or."""
        return self._joined(texts, self.false, self.true, self.either)

    def equal(self, left: str, right: str) -> str:
        """The same value."""
        if left == right:
            return self.true
        for this, that in ((left, right), (right, left)):
            if self.is_constant(this):
                return that if this == self.true else self.negation(that)
        if self.is_value(left) and self.is_value(right):
            return self.false
        return f"({left} {self.same} {right})"

    def choice(self, condition: str, then: str, otherwise: str) -> str:
        """The one or the other."""
        if self.is_constant(condition):
            return then if condition == self.true else otherwise
        if then == otherwise:
            return then
        if self.is_constant(then) and self.is_constant(otherwise):
            return condition if then == self.true else self.negation(condition)
        return self.case.format(condition, then, otherwise)

    def _joined(self, texts: Iterable[str], neutral: str, absorbing: str, word: str) -> str:
        found: dict[str, None] = {}
        for text in texts:
            if text == absorbing or self.negation(text) in found:
                return absorbing
            if text != neutral:
                found[text] = None
        return f"({f' {word} '.join(found)})" if len(found) > 1 else next(iter(found), neutral)
