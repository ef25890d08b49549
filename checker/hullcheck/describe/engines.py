"""The part of the reference that holds the rules against real engines: rule × engine, and every difference."""

# ruff: noqa: E501  # a Chinese character counts as two columns

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from itertools import groupby

from dockspec.dialects import specification
from hullcheck.conform.declared import Kind
from hullcheck.describe.differences import Difference, by_rule, differences, differing, differing_in_lines, interesting
from hullcheck.describe.lingua import Lingua
from hullcheck.describe.markdown import anchor, block, code, heading, link, prose, table
from hullcheck.describe.observed import Engine, observed
from hullcheck.describe.phrases import Noun

KINDS: Mapping[Kind, Noun] = {
    Kind.STATUS: Noun("status", "状态码"),
    Kind.ERROR: Noun("error", "错误"),
    Kind.BLOCKING: Noun("waiting", "等待"),
    Kind.STATE: Noun("state", "状态"),
    Kind.LISTS: Noun("lists", "列表"),
    Kind.EVENTS: Noun("events", "事件"),
    Kind.EXIT_STATUS: Noun("exit status", "退出码"),
    Kind.ERROR_LINE: Noun("error line", "错误行"),
}
"""In what an engine can differ."""
SEEN = "✓"
"""Marks a rule that an engine follows."""


def engines(lingua: Lingua) -> Iterator[str]:
    """What engines were seen to do, rule by rule."""
    yield from heading(2, "engines", lingua("Held against real engines", "与真实引擎比对"))
    yield lingua(
        "`hullcheck conform` brings an engine into every state that it can be brought into from outside, asks everything "
        "there, and compares status, error, state, lists and events with the specification. Here is what it found. A cell "
        "is a rule in one state of everything that it is about, asked in one way. Docker's command line is run as well, once "
        "for each command and answer, and its exit status and errors are compared.",
        "`hullcheck conform` 把引擎带入从外部能到达的每个状态，在其中发出所有请求，并与规约比较状态码、错误、状态、列表和事件。以下是结果。"
        "一个单元格是一条规则在所涉对象的一种状态下、以一种方式发出的一次请求。对每个命令的"
        "每种应答还运行一次 docker 命令行，比较其退出码和错误信息。",
    )
    yield ""
    yield from table(
        (
            lingua("engine", "引擎"), lingua("its dialect", "方言"), lingua("observed", "观察日期"), lingua("cells", "单元格"),
            lingua("rules that it follows", "遵循的规则"), lingua("from which it differs", "不同的规则"),
            lingua("docker lines", "docker 命令行"), lingua("that differ", "其中不同"),
        ),
        (_engine(engine) for engine in observed()),
    )  # fmt: skip
    yield from _interesting(lingua)
    yield from _matrix(lingua)
    yield from _unreached(lingua)
    yield from _differences(lingua)


def _engine(engine: Engine) -> tuple[str, ...]:
    otherwise = {rule for rule in by_rule() if engine in differing(rule)}
    dialect = link(f"dialect.{engine.dialect}", code(engine.dialect))
    lines = engine.lines, sum(engine.lines_differed.values())
    counts = engine.cells, len(engine.agreed - otherwise), len(otherwise), *lines
    return (f"{engine.name} {engine.version}", dialect, engine.date, *map(str, counts))


# --- rule × engine ----------------------------------------------------------------------------------------------------


def _matrix(lingua: Lingua) -> Iterator[str]:
    yield from heading(3, "engines.matrix", lingua("Rule × engine", "规则 × 引擎"))
    yield lingua(
        f"{SEEN}: observed, and as Docker's rule says. *differs*: observed, and otherwise; it leads to the sequence that shows "
        "it. *line*: docker's command line alone comes out otherwise. A letter: not reachable, for "
        "[the reason](#engines.unreached) of that letter.",
        f"{SEEN}：已观察到，与 Docker 的规则一致。*不同*：已观察到不同的行为，链接到展示它的命令序列。*命令行*：仅 docker 命令行的结果不同。字母：无法到达，字母对应"
        "[原因](#engines.unreached)。",
    )
    yield ""
    header = (lingua("rule", "规则"), *(f"{engine.name} {engine.version}" for engine in observed()))
    rules = [rule.id for rule in specification().rules]
    for family in dict.fromkeys(map(_family, rules)):
        yield from heading(4, f"engines.{family}", family)
        inside = (rule for rule in rules if _family(rule) == family)
        yield from table(
            header, ((link(rule), *(_cell(rule, engine, lingua) for engine in observed())) for rule in inside)
        )


def _family(rule: str) -> str:
    return rule.partition(".")[0]


def _cell(rule: str, engine: Engine, lingua: Lingua) -> str:
    if engine in differing(rule):
        return link(f"differs.{rule}", lingua("differs", "不同"))
    mark = SEEN if rule in engine.agreed else _letter(engine.unreached[rule])
    if engine in differing_in_lines(rule):
        mark += f" {link(f'differs.{rule}', lingua('line', '命令行'))}"
    return mark


def _letter(why: str) -> str:
    letter = _letters()[why]
    return link(f"engines.unreached.{letter}", letter)


@cache
def _letters() -> Mapping[str, str]:
    """Why something could not be reached -> the letter that stands for it; by the order of the rules."""
    found = {e.unreached[rule.id]: None for rule in specification().rules for e in observed() if rule.id in e.unreached}
    return {why: chr(ord("a") + number) for number, why in enumerate(found)}


def _unreached(lingua: Lingua) -> Iterator[str]:
    yield from heading(3, "engines.unreached", lingua("Why a rule could not be reached", "规则无法到达的原因"))
    for why, letter in _letters().items():
        told = prose(lingua.prose(why)) + lingua(".", "。")
        yield f"- {anchor(f'engines.unreached.{letter}')}**{letter}**{lingua(': ', '：')}{told}"
    yield ""


# --- differences ------------------------------------------------------------------------------------------------------


def _interesting(lingua: Lingua) -> Iterator[str]:
    yield from heading(3, "engines.interesting", lingua("The most interesting differences", "最有意思的不同之处"))
    yield lingua(
        "At most ten, the shortest first. A difference after which another state is left counts more than another answer, and "
        "that more than other events; among equals the shortest sequence counts. Of each operation, and of each reason, there "
        "is one. The last line is where the engines part.",
        "最多十个，最短的在前。使状态不同的比只是应答不同的重要，应答不同的又比只是事件不同的重要；同等重要时取最短的序列。每个操作、每种原因"
        "只列一个。分歧出现在最后一行。",
    )
    yield ""
    for number, difference in enumerate(interesting(), start=1):
        yield f"{number}. {link(difference.rule)}{lingua(': ', '：')}{_told(difference, lingua)}"
        yield ""
        yield from block(difference.sequence, "console")


def _differences(lingua: Lingua) -> Iterator[str]:
    yield from heading(3, "engines.differences", lingua("Every difference", "所有不同之处"))
    yield lingua(
        "In what the engines differ from Docker's rule, why, and lines for `hullcheck run`, of which the last one comes out "
        "otherwise on them. Where a dialect tells the difference, `--dialect` shows it.",
        "引擎与 Docker 的规则在哪方面不同、为何不同，以及可供 `hullcheck run` 执行的命令行，其中最后一行在这些引擎上结果不同。方言已表述的不同，"
        "可用 `--dialect` 展示。",
    )
    yield ""
    for rule, found in by_rule().items():
        yield from heading(4, f"differs.{rule}", link(rule))
        for difference in found:
            yield f"- {_told(difference, lingua)}"
            yield ""
            yield from block(difference.sequence, "console")


def _told(difference: Difference, lingua: Lingua) -> str:
    kinds = lingua(", ", "、").join(lingua.noun(noun) for kind, noun in KINDS.items() if kind in difference.differs)
    if difference.only_in_lines:
        kinds = lingua(f"docker's command line: {kinds}", f"docker 命令行：{kinds}")
    if difference.dialect:
        dialect = link(f"dialect.{difference.dialect}", code(difference.dialect))
        kinds += lingua(f"; dialect {dialect}", f"；方言 {dialect}")
    reason = prose(lingua.prose(difference.reason))
    who = _listed(differences()[difference], lingua)
    return f"**{who}**{lingua(' ', '')}{lingua.aside(kinds)}{lingua(': ', '：')}{reason}"


# --- one rule ---------------------------------------------------------------------------------------------------------


def seen_on(rule: str, lingua: Lingua) -> str:
    """On which engines a rule was observed, on which they differ from it, and where it was seen on none, why."""
    others, by_line = differing(rule), differing_in_lines(rule)
    following = [engine for engine in observed() if rule in engine.agreed and engine not in others]
    told = [_listed(following, lingua)] if following else []
    differs = link(f"differs.{rule}", lingua("differs", "不同"))
    if others:
        who = _listed(others, lingua)
        told.append(lingua(f"{differs} on {who}", f"在 {who} 上{differs}"))
    if by_line:
        who = _listed(by_line, lingua)
        told.append(lingua(f"docker's command line {differs} on {who}", f"在 {who} 上 docker 命令行{differs}"))
    if not told:
        reasons = dict.fromkeys(engine.unreached[rule] for engine in observed() if rule in engine.unreached)
        why = lingua("; ", "；").join(prose(lingua.prose(why)) for why in reasons)
        told = [lingua(f"none: {why}", f"无：{why}")]
    return lingua("; ", "；").join(told) + lingua(".", "。")


def _listed(engines: Iterable[Engine], lingua: Lingua) -> str:
    """Engines, the versions of each behind its name."""
    comma = lingua(", ", "、")
    named = groupby(engines, key=lambda engine: engine.name)
    return comma.join(f"{name} {comma.join(engine.version for engine in group)}" for name, group in named)
