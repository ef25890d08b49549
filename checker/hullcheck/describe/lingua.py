"""The two languages of the reference: English, and Chinese for the readers of the article."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from dockspec.chinese import chinese
from hullcheck.describe.phrases import ENGLISH_VALUES, VALUES, Noun, Phrase

ENGLISH, CHINESE = "en", "zh"

_SEAM = re.compile(r"(?<=[\u4e00-\u9fff])(?=[A-Za-z0-9`<-])|(?<=[A-Za-z0-9`>])(?=[\u4e00-\u9fff])")
"""Where Chinese characters and Latin letters meet."""


@dataclass(frozen=True)
class Lingua:
    """A language: chooses between texts that stand beside each other, and joins them.

    Attributes:
        code: ``en`` or ``zh``.
    """

    code: str = ENGLISH

    @property
    def chinese(self) -> bool:
        """Whether it is Chinese."""
        return self.code == CHINESE

    def __call__(self, english: str, chinese: str) -> str:
        """The one text or the other."""
        return chinese if self.chinese else english

    def prose(self, english: str) -> str:
        """A sentence of the specification."""
        return chinese(english) if self.chinese else english

    def source(self, text: str) -> str:
        """Where a fact is from. Names of files and functions are the same in every language."""
        if not self.chinese:
            return text
        return text.replace("measured on", "实测于").replace("read in the source only", "仅据源码").replace(
            "an immutable file", "不可修改的文件"
        )  # fmt: skip

    def phrase(self, phrase: Phrase, *, holds: bool = True) -> str:
        """A statement, or its opposite, with its places still open."""
        if self.chinese:
            return phrase.chinese if holds else phrase.chinese_not
        return phrase.english if holds else phrase.english_not

    def noun(self, noun: Noun) -> str:
        """What something is called."""
        return noun.chinese if self.chinese else noun.english

    def value(self, text: str) -> str:
        """A member of an enumeration."""
        return (VALUES if self.chinese else ENGLISH_VALUES).get(text, text)

    def both(self, texts: Sequence[str]) -> str:
        """All of some statements."""
        return self._joined(texts, " and ", "，且")

    def either(self, texts: Sequence[str]) -> str:
        """One of some statements."""
        return self._joined(texts, " or ", "或")

    def _joined(self, texts: Sequence[str], word: str, chinese_word: str) -> str:
        if len(texts) <= 1:
            return "".join(texts)
        if self.chinese:
            return "，".join(texts[:-1]) + chinese_word + texts[-1] if chinese_word.startswith("，") else "、".join(
                texts[:-1]) + chinese_word + texts[-1]  # fmt: skip
        return ", ".join(texts[:-1]) + word + texts[-1]

    def spaced(self, text: str) -> str:
        """Chinese set with a space where it meets Latin letters; English as it is."""
        return _SEAM.sub(" ", text) if self.chinese else text

    def aside(self, text: str) -> str:
        """A text in brackets."""
        return self(f"({text})", f"（{text}）")
