"""Formulas of the specification as phrases.

``container.status(c) = running and not force`` is read as *the container is running and -f is not given*.

A phrase is for reading and leaves nothing out; where it and the formula seem to differ, the formula, printed beside it,
is what is checked. Predicates with a name are told by their name's phrase (``phrases.py``), so what they stand for is
read there or in the specification.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import Enum

from dockspec.language import (
    And,
    Apply,
    Defined,
    Equal,
    Expr,
    If,
    Literal,
    Member,
    Named,
    Not,
    Or,
    Quantified,
    Reaches,
    Sort,
    Update,
    Variable,
    free_variables,
    walk,
)
from hullcheck.describe.lingua import Lingua
from hullcheck.describe.phrases import (
    DEFINED,
    EQUATIONS,
    NOUNS,
    PARAMETERS,
    PREDICATES,
    SORTS,
    SPECIAL,
    TRUTHS,
    Phrase,
)

_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_LONG = 12
"""A formula with more parts than this, said twice, gets a letter."""
_MANY = 5
"""So many fields that fall back at once are told as one."""


@dataclass(frozen=True)
class Wording:
    """Turns formulas into phrases of a language.

    Attributes:
        lingua: the language.
        bound: variables that a quantifier or an update binds: they are told by their letter.
        letters: formulas that stand under a letter.
    """

    lingua: Lingua
    bound: frozenset[str] = frozenset()
    letters: Mapping[tuple[object, ...], str] = field(default_factory=dict)
    definite: Mapping[str, str] = field(default_factory=dict)
    """variables that are told by what they are (*the image that the reference names*)"""

    def binding(self, variables: Iterable[Variable]) -> Wording:
        """The same with more variables bound."""
        return replace(self, bound=self.bound | {v.name for v in variables})

    # --- statements ---------------------------------------------------------------------------------------------------

    def says(self, term: Expr, *, holds: bool = True) -> str:
        """The formula, or its opposite, as a phrase."""
        return self.lingua.spaced(self._statement(term, holds=holds))

    def _statement(self, term: Expr, *, holds: bool) -> str:  # noqa: C901, PLR0911, PLR0912  # one case a word
        if term.key in self.letters:
            letter = self.letters[term.key]
            return letter if holds else self.lingua(f"not {letter}", f"并非 {letter}")
        match term:
            case Literal(value=bool() as value):
                return self.lingua("always", "总是") if value is holds else self.lingua("never", "从不")
            case Not(term=inner):
                return self.says(inner, holds=not holds)
            case And(terms=terms) | Or(terms=terms):
                return self.connected(terms, both=isinstance(term, And) is holds, holds=holds)
            case Named(name=name, arguments=arguments):
                return self._filled(PREDICATES.get(name), term, arguments, holds=holds)
            case Apply(function=function, arguments=arguments):
                return self._filled(TRUTHS.get(function.name), term, arguments, holds=holds)
            case Variable(name=name):
                return self._filled(TRUTHS.get(name), term, (), holds=holds)
            case Defined(term=applied):
                return self._filled(DEFINED.get(applied.function.name), term, applied.arguments, holds=holds)
            case Equal() | Member():
                return self._equation(term, holds=holds)
            case Quantified():
                return self._quantified(term, holds=holds)
            case Reaches(start=start, end=end):
                return self._filled(PREDICATES["is ancestor"], term, (end, start), holds=holds)
            case If(condition=condition, then=then, otherwise=otherwise):
                first, second = self.says(then, holds=holds), self.says(otherwise, holds=holds)
                test = self.says(condition)
                return self.lingua(f"({first} if {test}, else {second})", f"（若{test}则{first}，否则{second}）")
            case _:
                return self._verbatim(term, holds=holds)

    def connected(self, terms: Iterable[Expr], *, both: bool, holds: bool) -> str:
        """Several formulas, all of them or one of them, each said as it is or as its opposite."""
        texts = []
        several = tuple(terms)
        for term in several:
            inner = term.term if isinstance(term, Not) else term
            mixed = len(several) > 1 and isinstance(inner, (And, Or)) and inner.key not in self.letters
            text = self.says(term, holds=holds)
            texts.append(self.lingua.aside(text) if mixed else text)
        return self.lingua.both(texts) if both else self.lingua.either(texts)

    def _filled(
        self, phrase: Phrase | None, term: Expr, arguments: Iterable[Expr], *, holds: bool, value: str = ""
    ) -> str:
        if phrase is None:
            return self._verbatim(term, holds=holds)
        subjects = [self.value(argument) for argument in arguments]
        return self.lingua.phrase(phrase, holds=holds).format(*subjects, v=value)

    def _verbatim(self, term: Expr, *, holds: bool) -> str:
        return f"`{term!r}`" if holds else self.lingua(f"not `{term!r}`", f"并非 `{term!r}`")

    def _equation(self, term: Equal | Member, *, holds: bool) -> str:
        left = term.left if isinstance(term, Equal) else term.term
        name, arguments = _subject(left)
        if isinstance(term, Member):
            texts = [self.lingua.value(str(v.value)) for v in term.values]
            value = self.lingua.either(texts) if holds or self.lingua.chinese else " nor ".join(texts)
        else:
            if isinstance(term.right, Literal) and (name, repr(term.right)) in SPECIAL:
                return self._filled(SPECIAL[name, repr(term.right)], term, arguments, holds=holds)
            value = self.value(term.right)
        phrase = EQUATIONS.get(name)
        if phrase is None and isinstance(left, (Variable, If, Apply)):
            what = self.value(left)
            return self.lingua(f"{what} is {'' if holds else 'not '}{value}", f"{what}{'' if holds else '不'}是{value}")
        return self._filled(phrase, term, arguments, holds=holds, value=value)

    def _quantified(self, term: Quantified, *, holds: bool) -> str:
        if not term.universal:
            told = self._definite(term, holds=holds)
            if told is not None:
                return told
            if len(term.variables) == 1 and not isinstance(term.body, (And, Or, Not)):
                return self._some(term, holds=holds)
        inside = self.binding(term.variables)
        objects = self.lingua.both([inside.value(v) for v in term.variables])
        if term.universal is holds:
            return self.lingua(f"for every {objects}: ", f"对每个{objects}：") + inside.says(term.body, holds=holds)
        if holds:
            return self.lingua(f"there is {objects} with: ", f"存在{objects}：") + self.lingua.aside(
                inside.says(term.body)
            )
        return self.lingua(f"not for every {objects}: ", f"并非对每个{objects}都有：") + inside.says(term.body)

    def _some(self, term: Quantified, *, holds: bool) -> str:
        """*Some container has the name*, *no container has the name*."""
        variable = term.variables[0]
        sort = self.lingua.noun(SORTS[variable.type.name]) if isinstance(variable.type, Sort) else variable.name
        subject = self.lingua(f"some {sort}", f"有{sort}") if holds else self.lingua(f"no {sort}", f"没有{sort}")
        inside = replace(self, definite={**self.definite, variable.name: subject})
        return inside.says(term.body)

    def _definite(self, term: Quantified, *, holds: bool) -> str | None:
        """*There is an image that the reference names and that is used*: the image that the reference names is used."""
        if len(term.variables) != 1 or not isinstance(term.body, And):
            return None
        variable = term.variables[0]
        for part in term.body.terms:
            match part:
                case Equal(left=Apply(function=function) as applied, right=Variable(name=name)) if (
                    function.partial and name == variable.name and name not in free_variables(applied)
                ):
                    rest = tuple(t for t in term.body.terms if t is not part)
                    told = replace(self, definite={**self.definite, name: self.value(applied)})
                    return told.connected(rest, both=holds, holds=holds)
        return None

    # --- values -------------------------------------------------------------------------------------------------------

    def value(self, term: Expr) -> str:
        """What a term denotes: an object by what it is called, a member of an enumeration, one value or another."""
        return self.lingua.spaced(self._denotation(term))

    def _denotation(self, term: Expr) -> str:  # noqa: PLR0911  # one case a word
        if term.key in self.letters:
            return self.letters[term.key]
        match term:
            case Literal(value=Enum() as value):
                return self.lingua.value(str(value.value))
            case Literal(value=None):
                return self.lingua("none", "无")
            case Literal():
                return self.lingua("yes", "是") if term.value else self.lingua("no", "否")
            case Variable(name=name, type=kind):
                if name in self.definite:
                    return self.definite[name]
                if name not in self.bound and name in PARAMETERS:
                    return self.lingua.noun(PARAMETERS[name])
                sort = self.lingua.noun(SORTS[kind.name]) if isinstance(kind, Sort) else ""
                return f"{sort} {name}".strip()
            case Apply(function=function, arguments=arguments) if function.name in NOUNS and function.type is not bool:
                return self.lingua.noun(NOUNS[function.name]).format(*(self.value(a) for a in arguments))
            case If(condition=condition, then=then, otherwise=otherwise):
                first = self.lingua(
                    f"{self.value(then)} if {self.says(condition)}", f"若{self.says(condition)}则为{self.value(then)}"
                )
                chained = isinstance(otherwise, If) and otherwise.key not in self.letters
                return first + self.lingua(", else ", "，否则" if chained else "，否则为") + self.value(otherwise)
            case _:
                return self.lingua(f"whether {self.says(term)}", f"“{self.says(term)}”是否成立")

    # --- effects ------------------------------------------------------------------------------------------------------

    def becomes(self, update: Update) -> str:
        """One override."""
        return self.lingua.spaced(self._head(update) + self.binding(update.each).result(update))

    def _head(self, update: Update) -> str:
        """Where it holds."""
        inside = self.binding(update.each)
        head = ""
        if update.each:
            objects = self.lingua.both([inside.value(v) for v in update.each])
            head = self.lingua(f"for each {objects}", f"对每个{objects}")
            if not _always(update.where):
                head += self.lingua(" where ", "，若") + inside.says(update.where)
            head += self.lingua(": ", "：")
        elif not _always(update.where):
            head = self.lingua("if ", "若") + inside.says(update.where) + self.lingua(": ", "：")
        return head

    def result(self, update: Update) -> str:
        """What an override comes to, wherever it holds."""
        function, arguments = update.target.function, update.target.arguments
        value = update.value
        if function.type is bool and function.name in TRUTHS and isinstance(value, Literal):
            return self._filled(TRUTHS[function.name], value, arguments, holds=value.value is True)
        subjects = [self.value(a) for a in arguments]
        if function.type is bool and function.name in TRUTHS:
            statement = self.lingua.phrase(TRUTHS[function.name]).format(*subjects)
            return self.lingua(f"{statement} exactly where ", f"{statement}，当且仅当") + self.says(value)
        noun = (
            self.lingua.noun(NOUNS[function.name]).format(*subjects) if function.name in NOUNS else repr(update.target)
        )
        colon = "：" if isinstance(value, If) and value.key not in self.letters else ""
        return self.lingua(f"{noun} becomes {self.value(value)}", f"{noun}变为{colon}{self.value(value)}")

    def effects(self, updates: Iterable[Update]) -> Iterator[str]:
        """The overrides, one phrase each; where many fields fall back to what they were at first, one for them all."""
        groups: dict[object, list[Update]] = {}
        for update in updates:
            key = (
                (tuple(a.key for a in update.target.arguments), update.where.key, tuple(v.name for v in update.each))
                if _falls_back(update)
                else id(update)
            )
            groups.setdefault(key, []).append(update)
        for group in groups.values():
            if len(group) < _MANY:
                yield from (self.becomes(update) for update in group)
            else:
                yield self._forgotten(group)

    def _forgotten(self, group: list[Update]) -> str:
        names = ", ".join(update.target.function.name.partition(".")[2] for update in group)
        inside = self.binding(group[0].each)
        subject = inside.value(group[0].target.arguments[0])
        told = self.lingua(f"{subject} is forgotten: {names}", f"清除{subject}的信息：{names}")
        return self.lingua.spaced(self._head(group[0]) + told)


def lettered(terms: Iterable[Expr]) -> list[Expr]:
    """The long formulas that stand more than once in some terms: short ones first, so that long ones use them."""
    count: dict[tuple[object, ...], int] = {}
    found: dict[tuple[object, ...], Expr] = {}
    for term in terms:
        for part in _parts(term):
            if isinstance(part, (And, Or, If)) and sum(1 for _ in _parts(part)) > _LONG:
                count[part.key] = count.get(part.key, 0) + 1
                found[part.key] = part
    return sorted((found[k] for k, n in count.items() if n > 1), key=lambda t: sum(1 for _ in _parts(t)))


def with_letters(wording: Wording, terms: Iterable[Expr]) -> tuple[Wording, list[tuple[str, str]]]:
    """A wording in which long formulas that are said again and again stand under letters; and what the letters say."""
    told: list[tuple[str, str]] = []
    for letter, term in zip(_LETTERS, lettered(terms), strict=False):
        text = wording.value(term) if isinstance(term, If) else wording.says(term)
        told.append((letter, text))
        wording = replace(wording, letters={**wording.letters, term.key: letter})
    return wording, told


def _parts(term: Expr) -> Iterator[Expr]:
    """As ``walk``, but not into what a name stands for."""
    yield term
    if not isinstance(term, Named):
        for part in term.parts():
            yield from _parts(part)


def unworded(terms: Iterable[Expr]) -> set[str]:
    """The words in some terms that have no phrase."""
    missing: set[str] = set()
    for term in terms:
        for part in walk(term):
            match part:
                case Named(name=name) if name not in PREDICATES and name not in EQUATIONS:
                    missing.add(name)
                case Apply(function=function) if function.name not in NOUNS and function.name not in TRUTHS:
                    missing.add(function.name)
                case Defined(term=applied) if applied.function.name not in DEFINED:
                    missing.add(applied.function.name)
                case Equal(left=Apply() as left) | Member(term=Apply() as left) if left.function.name not in EQUATIONS:
                    missing.add(left.function.name)
    return missing


def _subject(term: Expr) -> tuple[str, tuple[Expr, ...]]:
    match term:
        case Apply(function=function, arguments=arguments):
            return function.name, arguments
        case Named(name=name, arguments=arguments):
            return name, arguments
        case Variable(name=name):
            return name, ()
        case _:
            return "", ()


def _always(term: Expr) -> bool:
    return isinstance(term, Literal) and term.value is True


def _falls_back(update: Update) -> bool:
    return isinstance(update.value, Literal) and update.value.value == update.target.function.initial and bool(
        update.target.arguments
    )  # fmt: skip
