"""hullcheck.describe.wording: formulas as phrases."""

# ruff: noqa: E501  # a Chinese character counts as two columns

from __future__ import annotations

import re

import pytest

from dockspec import specification
from dockspec.container import Process, Status, auto_remove, c, d, exists, has_running_flag, n, name_of, process, status
from dockspec.image import has_children, i, j, k, present, r, refers
from dockspec.language import TRUE, Expr, becomes, choose, every, some
from dockspec.operations.shared import force
from hullcheck.describe.lingua import CHINESE, ENGLISH, Lingua
from hullcheck.describe.phrases import DEFINED, EQUATIONS, PREDICATES, SPECIAL, TRUTHS, Phrase
from hullcheck.describe.wording import Wording, unworded, with_letters

PHRASES: list[Phrase] = [p for table in (PREDICATES, TRUTHS, EQUATIONS, DEFINED, SPECIAL) for p in table.values()]

CASES: list[tuple[Expr, str, str]] = [
    (
        (status(c) == Status.RUNNING) & ~force,
        "the container is running and -f is not given",
        "该容器处于 running 状态，且未指定 -f",
    ),
    (~exists(c), "the container does not exist", "该容器不存在"),
    (status(c).one_of(Status.CREATED, Status.DEAD), "the container is created or dead", "该容器处于 created 或 dead 状态"),
    (some(d, name_of(d) == n), "some container has the name asked for", "有容器使用所要求的名称"),
    (~some(d, name_of(d) == n), "no container has the name asked for", "没有容器使用所要求的名称"),
    (
        some(i, (refers(r) == i) & has_children(i)),
        "images are built on the image that the reference names",
        "有镜像建立在该引用所指的镜像之上",
    ),
    (process(c) == Process.NOT_FOUND, "the command of the container is not found", "该容器的命令找不到"),
    (~(has_running_flag(c) & auto_remove(c)),
     "the container does not have the running flag or the container does not have --rm",
     "该容器没有 running 标志或该容器没有 --rm"),
    (
        (force | present(i)) & ~has_children(i),
        "(-f is given or the image is in the store) and no image is built on the image",
        "（指定了 -f 或该镜像在镜像存储中），且没有镜像建立在该镜像之上",
    ),
    (every(k, ~has_children(k)), "for every image k: no image is built on image k", "对每个镜像 k：没有镜像建立在镜像 k 之上"),
    (TRUE, "always", "总是"),
]  # fmt: skip


@pytest.mark.parametrize(("formula", "english", "chinese"), CASES, ids=lambda case: str(case)[:40])
def test_phrases(formula: Expr, english: str, chinese: str) -> None:
    """A formula is read as a phrase in both languages."""
    assert Wording(Lingua(ENGLISH)).says(formula) == english
    assert Wording(Lingua(CHINESE)).says(formula) == chinese


def test_negation_of_a_negation() -> None:
    """What is said of the opposite of the opposite is what is said of the formula."""
    wording = Wording(Lingua())
    for formula, english, _ in CASES:
        assert wording.says(~formula, holds=False) == english


def test_every_word_has_a_phrase() -> None:
    """No function, predicate or parameter of the specification is printed as the language prints it."""
    spec = specification()
    assert unworded(spec._expressions()) == set()
    formulas = [rule.when for rule in spec.rules] + [operation.possible for operation in spec.operations]
    for wording in (Wording(Lingua(ENGLISH)), Wording(Lingua(CHINESE))):
        for formula in formulas:
            assert "`" not in wording.says(formula)


@pytest.mark.parametrize("phrase", PHRASES, ids=lambda phrase: phrase.english[:40])
def test_phrases_speak_of_the_same(phrase: Phrase) -> None:
    """A statement, its opposite and their Chinese have the same places; and the opposite is another text."""
    places = [set(re.findall(r"\{\w\}", text)) for text in (phrase.english, phrase.chinese)]
    assert places[0] == places[1]
    assert phrase.english != phrase.english_not
    assert phrase.chinese != phrase.chinese_not


def test_updates() -> None:
    """An override says what becomes of what, and where."""
    wording = Wording(Lingua())
    assert wording.becomes(becomes(present(i), True)) == "the image is in the store"
    assert wording.becomes(becomes(refers(r), i, each=r, where=present(i))) == (
        "for each reference r where the image is in the store: the image that reference r names becomes the image"
    )
    value = choose(force, Status.DEAD, Status.REMOVED)
    assert (
        wording.becomes(becomes(status(c), value))
        == "the status of the container becomes dead if -f is given, else removed"
    )


def test_many_fields_that_fall_back_are_told_at_once() -> None:
    """Where a container is forgotten, one phrase says so."""
    removed = next(rule for rule in specification().rules if rule.id == "container.rm.removed")
    told = list(Wording(Lingua()).effects(removed.effects))
    assert len(told) == 1
    assert told[0].startswith("the container is forgotten: image, name")


def test_letters() -> None:
    """A long formula that is said twice stands under a letter, and the letter is told."""
    long = some(j, (refers(r) == j) & present(j) & ~has_children(j) & force) & (present(i) | has_children(i))
    wording, told = with_letters(Wording(Lingua()), [long, long | force])
    assert [letter for letter, _ in told] == ["A"]
    assert wording.says(long | force) == "A or -f is given"
    assert wording.says(long) == "A"
