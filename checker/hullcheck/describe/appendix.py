"""The last parts of the reference: how ids may change, what is out of scope, JSON, words."""

# ruff: noqa: E501  # a Chinese character counts as two columns

from __future__ import annotations

from collections.abc import Iterator

from dockspec._flags.tables import OUTSIDE
from dockspec.commandline import Effect, commands
from hullcheck.describe.glossary import GLOSSARY
from hullcheck.describe.lingua import Lingua
from hullcheck.describe.markdown import block, code, heading, prose, table
from hullcheck.describe.shapes import EXAMPLE, SHAPES, Shape, example


def identifiers(lingua: Lingua) -> Iterator[str]:
    """How ids may change."""
    yield from heading(2, "ids", lingua("Ids", "标识"))
    yield lingua(
        "States (`container.paused`), operations (`container.rm`), rules (`container.rm.running`), properties "
        "(`container.flags`), claims (`article.ps-a`), scopes and dialects are known by ids. Each is an anchor of this page, "
        "and what scripts and `--json` print. An id does not change its meaning. A rule that is split keeps its id for the "
        "part that answers as before. An id is renamed or taken away only with a new minor version and a note in this "
        "section, and is not given to anything else afterwards. New ids may come at any time, so a script should not fail "
        "on one that it does not know.",
        "状态（`container.paused`）、操作（`container.rm`）、规则（`container.rm.running`）、性质（`container.flags`）、论断"
        "（`article.ps-a`）、范围和方言都有标识。每个标识都是本页的锚点，也是脚本和 `--json` 所打印的内容。标识的含义不变。规则拆分时，"
        "应答与从前相同的部分保留原标识。标识只有在新的次版本中才会改名或取消，并在本节注明，此后不再用于别的东西。新标识随时可能出现，"
        "所以脚本遇到不认识的标识时不应出错。",
    )
    yield ""
    yield lingua("Changes so far: none.", "迄今的变更：无。")
    yield ""


def outside(lingua: Lingua) -> Iterator[str]:
    """What is not told."""
    yield from heading(2, "scope", lingua("Out of scope", "范围之外"))
    yield lingua(
        "Networks, volumes, attach streams, cp, diff, stats, resize, port mappings beyond listing them, health checks, swarm, "
        "compose, BuildKit's cache, live-restore. Commands that docker knows and the specification does not tell are refused "
        "by name, and change nothing:",
        "网络、卷、attach 数据流、cp、diff、stats、resize、除列出之外的端口映射、健康检查、swarm、compose、BuildKit 的缓存、live-restore。"
        "docker 认识而规约没有讲述的命令会被点名拒绝，且什么也不改变：",
    )
    yield ""
    yield lingua(", ", "、").join(code(name) for name in OUTSIDE) + lingua(".", "。")
    yield ""
    yield lingua(
        "Flags that do not touch the lifecycle (`-e`, `-v`, `-w`, `--network`, ...) are accepted and without effect. Flags "
        "that would, and are not told, are refused by name:",
        "不影响生命周期的选项（`-e`、`-v`、`-w`、`--network` 等）会被接受，但没有效果。会影响却没有讲述的选项则被点名拒绝：",
    )
    yield ""
    for command in commands():
        refused = [
            code(f"--{flag.name}") for flag in command.flags if flag.effect is Effect.NOT_MODELLED and not flag.hidden
        ]
        if refused:
            yield f"- {code(command.name)}{lingua(': ', '：')}{', '.join(refused)}"
    yield ""


def json_shapes(lingua: Lingua) -> Iterator[str]:
    """What ``--json`` prints."""
    yield from heading(2, "json", "JSON")
    yield lingua(
        "`schema` is the version of what is printed. Members may be added without a new one; none is taken away or changes "
        "its meaning.",
        "`schema` 是输出格式的版本。增加成员不改变版本；成员不会被取消，含义也不会改变。",
    )
    yield ""
    command = ""
    for shape in SHAPES:
        if shape.command != command:
            yield f"### {code(shape.command)}"
            yield ""
            command = shape.command
        yield from _shape(shape, lingua)
    yield lingua(f"`hullcheck run --json -c '{EXAMPLE}'` prints for its second command, and last:",
                 f"`hullcheck run --json -c '{EXAMPLE}'` 对第二条命令以及最后的输出为：")  # fmt: skip
    yield ""
    for printed in example():
        yield from block(printed.splitlines(), "json")


def _shape(shape: Shape, lingua: Lingua) -> Iterator[str]:
    yield lingua(shape.english, shape.chinese)
    yield ""
    header = (lingua("member", "成员"), lingua("type", "类型"), lingua("says", "含义"))
    absent = lingua(" (where there is one)", "（有则给出）")
    yield from table(
        header,
        (
            (code(m.path), m.type, prose(lingua(m.english, m.chinese)) + (absent if m.optional else ""))
            for m in shape.members
        ),
    )


def glossary(lingua: Lingua) -> Iterator[str]:
    """The words of the field in both languages."""
    yield from heading(2, "glossary", lingua("Glossary", "词汇表"))
    header = (lingua("English", "英文"), lingua("Chinese", "中文"), lingua("means", "含义"))
    yield from table(
        header, ((term.english, term.chinese, prose(lingua(term.means, term.means_chinese))) for term in GLOSSARY)
    )
