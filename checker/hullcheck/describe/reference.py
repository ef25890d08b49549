"""The whole reference."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from dockspec.dialects import DIALECTS, specification
from hullcheck.describe import appendix, engines, judgements, sections
from hullcheck.describe.lingua import Lingua
from hullcheck.describe.record import verdicts
from hullcheck.fingerprint import fingerprint

PARTS: tuple[tuple[str, str, str, Callable[[Lingua], Iterator[str]]], ...] = (
    (
        "machines",
        "Machines: the states of containers, images and the host",
        "状态机：容器、镜像和主机的状态",
        sections.machines,
    ),
    ("matrix", "Operation × state", "操作 × 状态", sections.matrices),
    ("operations", "Operations, rule by rule", "操作，逐条规则", sections.operations),
    ("words", "What is known: the functions of the state", "状态的组成：各个函数", sections.words),
    ("commands", "Commands as compositions of operations", "命令：操作的组合", sections.commands),
    ("dialects", "Dialects", "方言", sections.dialects),
    ("engines", "Held against real engines: rule × engine", "与真实引擎比对：规则 × 引擎", engines.engines),
    ("properties", "Properties, and how they were established", "性质，以及如何得出", judgements.properties),
    ("article", "The article, claim by claim", "逐条核对文章", judgements.article),
    ("scope", "Out of scope", "范围之外", appendix.outside),
    ("json", "The JSON of the command line", "命令行输出的 JSON", appendix.json_shapes),
    ("ids", "Ids, and how they may change", "标识，以及如何变更", appendix.identifiers),
    ("glossary", "Glossary", "词汇表", appendix.glossary),
)
"""Anchor, title in both languages, and what writes the part; in reading order."""


def reference(lingua: Lingua, command: str) -> str:
    """The whole as Markdown; ``command`` is what writes it."""
    return "\n".join(line.rstrip() for line in _lines(lingua, command)).rstrip("\n") + "\n"


def _lines(lingua: Lingua, command: str) -> Iterator[str]:
    yield f"<!-- Generated: {command} -->"
    yield ""
    yield lingua("# What Docker does: the reference", "# Docker 的行为：参考手册")
    yield ""
    yield lingua(
        "Everything here is generated from the specification in `spec/dockspec`, the same text that is run, explored, "
        "sampled and held against real engines.",
        "本页全部由 `spec/dockspec` 中的规约生成；运行、遍历、抽样以及与真实引擎比对时用的也是同一份文本。",
    )
    yield ""
    for identifier, english, chinese, _ in PARTS:
        yield f"- [{lingua(english, chinese)}](#{identifier})"
    yield ""
    for _, _, _, part in PARTS:
        yield from part(lingua)


def stale() -> list[str]:
    """The dialects whose verdicts were recorded for another text of the specification, or not at all."""
    recorded = verdicts()
    return [
        name
        for name in DIALECTS
        if name not in recorded or recorded[name].fingerprint != fingerprint(specification(name))
    ]
