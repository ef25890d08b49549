"""The parts of the reference that judge: the properties with their verdicts, and the article, claim by claim."""

# ruff: noqa: E501  # a Chinese character counts as two columns

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

from dockspec.claims import CLAIMS, Check, Claim, Line, Verdict
from dockspec.dialects import DIALECTS, specification
from dockspec.model import Always, Property, Recoverable, Same, Sometimes, Step
from hullcheck.describe.lingua import Lingua
from hullcheck.describe.markdown import anchor, block, code, heading, link, prose, table
from hullcheck.describe.phrases import Noun
from hullcheck.describe.record import Counterexample, Kept, Verdicts, verdicts

KINDS: Mapping[type[Property], tuple[str, Noun, Noun]] = {
    Always: ("always", Noun("Always", "始终"), Noun("Holds in every reachable state.", "在每个可达状态都成立。")),
    Step: (
        "step",
        Noun("Every step", "每一步"),
        Noun("Relates an answer with the states before and after it.", "把应答与其前后的状态联系起来。"),
    ),
    Sometimes: (
        "sometimes",
        Noun("Sometimes", "有时"),
        Noun(
            "Holds in some reachable state, so that nothing else holds in vain.",
            "在某个可达状态成立，使其他性质不致空洞地成立。",
        ),
    ),
    Recoverable: (
        "recoverable",
        Noun("Recoverable", "可恢复"),
        Noun("Stays possible from every reachable state.", "从每个可达状态出发都仍有可能做到。"),
    ),
    Same: (
        "same",
        Noun("The same", "等效"),
        Noun("Two sequences of operations lead to the same state.", "两串操作导致相同的状态。"),
    ),
}
"""The kinds of properties, in reading order."""

_MEANS = {
    "proved": Noun("proved for any number of objects", "已对任意数量的对象证明"),
    "explored": Noun("explored in", "遍历范围"),
    "sampled": Noun("sampled", "随机抽样"),
}
_VERDICTS = {
    "holds": Noun("holds", "成立"),
    "violated": Noun("does not hold", "不成立"),
    "undecided": Noun("undecided", "未定"),
}
FORM: Mapping[str, Noun] = {
    "machine.rows": Noun("Every change of a status is a row of its machine.", "状态的每次改变都是其状态机中的一行。"),
    "rules.total": Noun("Every operation answers in every state.", "每个操作在每个状态都有应答。"),
    "steps.again": Noun(
        "Asked again at once, a command that makes no new object changes nothing more.",
        "不产生新对象的命令，紧接着再执行一次，不会再有任何改变。",
    ),
    "rules.reached": Noun("Every rule answers somewhere.", "每条规则都会在某处应答。"),
}
"""What every check covers besides the properties."""


# --- properties -------------------------------------------------------------------------------------------------------


def properties(lingua: Lingua) -> Iterator[str]:
    """Every property: what it claims, how it was established, where it fails."""
    yield from heading(2, "properties", lingua("Properties", "性质"))
    yield lingua(
        "What must hold of every behaviour. *Proved*: shown by induction for any number of containers, images and references "
        "(`hullcheck prove`). *Explored*: every reachable state of a bounded scope was visited. *Sampled*: random command "
        "sequences were tried. A witness is not proved but found; what stays possible, and what compares two runs, is decided "
        "in the scopes. A counterexample can be pasted into `hullcheck run`; one that was explored is the shortest.",
        "所有行为都必须满足的断言。*证明*：用归纳法对任意数量的容器、镜像和引用证明（`hullcheck prove`）。*遍历*：访问了有界范围内的所有可达状态。"
        "*抽样*：尝试了随机命令序列。见证无需证明，找到即可；“仍有可能”与“两串操作等效”在有界范围内判定。反例可以粘贴到 `hullcheck run` 中执行；"
        "由遍历得到的反例是最短的。",
    )
    yield ""
    recorded = verdicts()
    yield from _summary(recorded, lingua)
    yield from _scopes(recorded, lingua)
    for kind, (name, title, about) in KINDS.items():
        yield from heading(3, f"properties.{name}", lingua.noun(title))
        yield lingua.noun(about)
        yield ""
        for prop in specification().properties:
            if type(prop) is kind:
                yield from _property(prop, recorded, lingua)
    yield from heading(3, "properties.form", lingua("The form", "形式"))
    yield lingua("What every check covers besides.", "每次检查另外包括的内容。")
    yield ""
    for identifier, says in FORM.items():
        yield from _told(identifier, lingua.noun(says), {}, recorded, lingua)


def _summary(recorded: Mapping[str, Verdicts], lingua: Lingua) -> Iterator[str]:
    for dialect, found in recorded.items():
        counts = Counter(kept.verdict for kept in found.properties.values())
        parts = [f"{counts[v]} {lingua.noun(noun)}" for v, noun in _VERDICTS.items() if counts[v]]
        proved = sum("proved" in kept.means for kept in found.properties.values())
        told = f"{proved} {lingua.noun(_MEANS['proved'])}"
        parts[0] += lingua(f" ({told})", f"（其中 {told}）") if proved else ""
        yield f"- {code(dialect)}{lingua(': ', '：')}" + lingua(
            f"of {len(found.properties)} properties {', '.join(parts)}; {found.examples:,} random runs with "
            f"{found.steps:,} steps",
            f"共 {len(found.properties)} 个性质，{'，'.join(parts)}；随机运行 {found.examples:,} 次，共 {found.steps:,} 步",
        )
    yield ""


def _scopes(recorded: Mapping[str, Verdicts], lingua: Lingua) -> Iterator[str]:
    first = next(iter(recorded.values()))
    header = (
        lingua("scope", "范围"), lingua("looks at", "考察内容"), lingua("states", "状态数"), lingua("transitions", "转移数"),
        lingua("refusals", "拒绝数"), lingua("depth", "深度"),
    )  # fmt: skip
    yield from table(
        header,
        (
            (
                f"{anchor(f'scope.{name}')}{code(name)}",
                prose(lingua.prose(scope.about)),
                *(f"{number:,}" for number in (scope.states, scope.transitions, scope.refusals, scope.depth)),
            )
            for name, scope in first.scopes.items()
        ),
    )


def _property(prop: Property, recorded: Mapping[str, Verdicts], lingua: Lingua) -> Iterator[str]:
    says = prose(lingua.prose(prop.says))
    if prop.by_construction:
        says += lingua(" (By construction: the form implies it.)", "（由构造保证。）")
    yield from _told(prop.id, says, prop.fails_in, recorded, lingua)


def _told(
    identifier: str, says: str, fails_in: Mapping[str, str], recorded: Mapping[str, Verdicts], lingua: Lingua
) -> Iterator[str]:
    yield anchor(identifier)
    yield ""
    yield f"#### {identifier}"
    yield ""
    yield says
    yield ""
    claims = [link(claim.id) for claim in CLAIMS if identifier in claim.properties]
    for dialect in DIALECTS:
        kept = recorded[dialect].properties.get(identifier) if dialect in recorded else None
        reason = lingua.prose(fails_in.get(dialect, ""))
        yield f"- {link(f'dialect.{dialect}', code(dialect))}{lingua(': ', '：')}{_verdict(kept, reason, lingua)}"
    if claims:
        yield f"- **{lingua('Decides:', '据以判断：')}**{lingua(' ', '')}{', '.join(claims)}"
    yield ""
    for dialect in DIALECTS:
        kept = recorded[dialect].properties.get(identifier) if dialect in recorded else None
        if kept is not None and kept.counterexample is not None:
            yield from _counterexample(dialect, kept.counterexample, lingua)


def _verdict(kept: Kept | None, reason: str, lingua: Lingua) -> str:
    if kept is None:
        return lingua("not checked yet.", "尚未检查。")
    told = lingua.noun(_VERDICTS[kept.verdict])
    how = []
    for means in kept.means:
        noun = lingua.noun(_MEANS[means])
        scopes = ", ".join(link(f"scope.{s}", code(s)) for s in kept.scopes)
        how.append(f"{noun} {scopes}" if means == "explored" else noun)
    told += lingua(f"; {'; '.join(how)}", f"；{'；'.join(how)}") if how else ""
    if reason:
        told += lingua(f"; {prose(reason)}", f"；{prose(reason)}")
    return told + lingua(".", "。")


def _counterexample(dialect: str, run: Counterexample, lingua: Lingua) -> Iterator[str]:
    shortest = lingua("The shortest run", "最短的运行") if run.shortest else lingua("A run, shrunk,", "化简后的运行")
    yield lingua(
        f"{shortest} that breaks it in {code(dialect)} ({run.where}):",
        f"在 {code(dialect)} 中违反它的{shortest}（{run.where}）：",
    )
    yield ""
    width = max((len(line) for line, _ in run.lines), default=0)
    notes = [f"# {run.note}"] if run.note else []
    yield from block([*(f"{line.ljust(width)}  # {rule}" for line, rule in run.lines), *notes], "sh")


# --- the article ------------------------------------------------------------------------------------------------------

VERDICTS: Mapping[Verdict, Noun] = {
    Verdict.TRUE: Noun("True", "正确"),
    Verdict.LIMITED: Noun("True with a limit", "有条件地正确"),
    Verdict.NOT_SO: Noun("Not so on real engines", "与真实引擎不符"),
}
"""What is said of a claim."""


def article(lingua: Lingua) -> Iterator[str]:
    """The article, claim by claim."""
    yield from heading(2, "article", lingua("The article, claim by claim", "逐条核对文章"))
    yield lingua(
        "The specification began with an article in Chinese on Docker's commands. Here is every statement of it, with the "
        "verdict, the reason, the rules and properties that decide it, and a check that runs on the specification. A *slip* "
        "is wrong in its wording more than in its meaning.",
        "本规约源于一篇讲解 Docker 命令的中文文章。这里列出其中的每个论断，附上结论、理由、据以判断的规则和性质，以及在规约上运行的检查。"
        "“笔误”指措辞有误而意思大致不错。",
    )
    yield ""
    counts = Counter(claim.verdict for claim in CLAIMS)
    slips = sum(claim.slip for claim in CLAIMS)
    told = [f"{lingua.noun(noun)}{lingua(': ', '：')}{counts[verdict]}" for verdict, noun in VERDICTS.items()]
    yield lingua(
        f"{len(CLAIMS)} claims. {'. '.join(told)}. Among them {slips} slips.",
        f"共 {len(CLAIMS)} 个论断。{'；'.join(told)}。其中笔误 {slips} 处。",
    )
    yield ""
    for claim in CLAIMS:
        yield from _claim(claim, lingua)


def _claim(claim: Claim, lingua: Lingua) -> Iterator[str]:
    yield anchor(claim.id)
    yield ""
    yield f"#### {claim.id}"
    yield ""
    yield f"> {prose(claim.quote)}"
    yield ">"
    yield f"> *{prose(claim.english)}*"
    yield ""
    slip = lingua(" (a slip)", "（笔误）") if claim.slip else ""
    yield f"**{lingua.noun(VERDICTS[claim.verdict])}**{slip}{lingua('. ', '。')}{prose(lingua(claim.why, claim.why_chinese))}"
    yield ""
    for label, ids in ((lingua("Rules:", "规则："), claim.rules), (lingua("Properties:", "性质："), claim.properties)):
        if ids:
            yield f"- **{label}**{lingua(' ', '')}{', '.join(map(link, ids))}"
    yield ""
    yield f"<details><summary>{lingua('The check', '检查')}</summary>"
    yield ""
    for check in claim.checks:
        yield from block(_script(check, lingua), "console")
    yield "</details>"
    yield ""


def _script(check: Check, lingua: Lingua) -> Iterator[str]:
    if check.dialect != "docker":
        yield f"# --dialect {check.dialect}"
    if check.buildkit:
        yield "# DOCKER_BUILDKIT=1"
    for line in check.lines:
        yield f"$ {line.command}"
        yield from (f"# {text}" for text in _expected(line, lingua))


def _expected(line: Line, lingua: Lingua) -> Iterator[str]:
    if line.exits:
        yield lingua(f"exits with {line.exits}", f"退出码 {line.exits}")
    yield from (lingua(f"shows {text!r}", f"输出含 {text!r}") for text in line.shows)
    yield from (lingua(f"does not show {text!r}", f"输出不含 {text!r}") for text in line.lacks)
