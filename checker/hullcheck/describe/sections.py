"""The parts of the reference that tell the specification itself: machines, matrices, operations, commands, dialects."""

# ruff: noqa: E501  # a Chinese character counts as two columns

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from enum import Enum

from dockspec.dialects import DIALECTS, specification
from dockspec.language import TRUE, Function, Sort, type_name
from dockspec.model import Actor, Machine, Operation, Role, describe_type
from hullcheck.describe.commands import COMPOSITIONS, answered
from hullcheck.describe.entries import asked, parameter, rule_entry, state_entry, told
from hullcheck.describe.lingua import Lingua
from hullcheck.describe.markdown import anchor, block, code, heading, link, prose, table
from hullcheck.describe.matrix import Line, matrix
from hullcheck.describe.phrases import SORTS, Noun
from hullcheck.describe.wording import Wording

ACTORS: Mapping[Actor, Noun] = {
    Actor.USER: Noun("a command", "命令"),
    Actor.PROCESS: Noun("the container's process", "容器的进程"),
    Actor.ENGINE: Noun("the engine", "引擎"),
    Actor.WORLD: Noun("the world", "外界"),
}
"""Who causes a step."""

MACHINES: Mapping[str, Noun] = {
    "container": Noun("Container", "容器"),
    "image": Noun("Image", "镜像"),
    "host": Noun("Host", "主机"),
}
"""What the machines are called."""


# --- machines ---------------------------------------------------------------------------------------------------------


def machines(lingua: Lingua) -> Iterator[str]:
    """Every machine: its states, and the rows that lead from one to another."""
    yield from heading(2, "machines", lingua("Machines", "状态机"))
    yield lingua(
        "What states an object has, and every way from one to another. Only these rows change a status.",
        "对象有哪些状态，以及状态之间的所有转移。只有这些行会改变状态。",
    )
    yield ""
    for machine in specification().machines:
        yield from heading(3, f"machine.{machine.name}", lingua.noun(MACHINES[machine.name]))
        for state in machine.states:
            yield from state_entry(machine, state, lingua).markdown(4, lingua)
        yield from _rows(machine, lingua)


def _rows(machine: Machine, lingua: Lingua) -> Iterator[str]:
    yield lingua("Every row:", "所有行：")
    yield ""
    header = (
        lingua("row", "行"),
        lingua("from", "来自"),
        lingua("to", "去往"),
        lingua("if", "条件"),
        lingua("caused by", "起因"),
    )
    yield from table(
        header,
        (
            (
                code(row.trigger),
                ", ".join(link(f"{machine.name}.{s.value}", code(str(s.value))) for s in row.sources),
                link(f"{machine.name}.{row.target.value}", code(str(row.target.value))),
                prose(lingua.prose(row.label)) if row.label else "",
                lingua.noun(ACTORS[row.actor]),
            )
            for row in machine.rows
        ),
    )


# --- matrices ---------------------------------------------------------------------------------------------------------


def matrices(lingua: Lingua) -> Iterator[str]:
    """What each operation answers in each state."""
    yield from heading(2, "matrix", lingua("Operation × state", "操作 × 状态"))
    yield lingua(
        "HTTP status, and the state that follows where it is another; each leads to the rule that answers. An empty cell: "
        "not possible there. Of a container, the main process ends well on SIGTERM, nothing hinders its removal, and exec "
        "was prepared where it runs. Of an image, nothing uses it.",
        "单元格为 HTTP 状态码，以及随后的状态（若有变化）；链接指向作出应答的规则。空白表示在该状态下不可能。容器的主进程收到 SIGTERM "
        "后正常结束，没有东西妨碍删除，运行时已准备好 exec；镜像没有容器在使用。",
    )
    yield ""
    spec = specification()
    for machine in spec.machines:
        yield from heading(3, f"matrix.{machine.name}", lingua.noun(MACHINES[machine.name]))
        lines = matrix(spec, machine)
        states = [str(state.value.value) for state in machine.states]
        header = [lingua("operation", "操作"), *(link(f"{machine.name}.{s}", s) for s in states)]
        yield from table(header, (_matrix_row(line, states, lingua) for line in lines))


def _matrix_row(line: Line, states: Sequence[str], lingua: Lingua) -> list[str]:
    cells = ["<br>".join(link(a.rule, told(a, lingua)) for a in line.cells[state]) for state in states]
    return [asked(line, lingua), *cells]


# --- operations -------------------------------------------------------------------------------------------------------


def operations(lingua: Lingua) -> Iterator[str]:
    """Every operation with its rules, in order."""
    yield from heading(2, "operations", lingua("Operations", "操作"))
    yield lingua(
        "What the Engine API offers, and what the world can do. The rules of an operation stand in order: the first one "
        "whose guard holds answers. An answer is *accepted* (done), *unchanged* (there was nothing to do), *refused* (an "
        "error, and nothing changed) or *failed* (an error, although something changed). Effects read the state before; "
        "what is not named stays. A text is that of Docker 20.10.24.",
        "引擎 API 提供的操作，以及外界的行为。操作的规则按顺序排列：第一条条件成立的规则作出应答。应答分为*接受*（已完成）、*无变化*"
        "（无事可做）、*拒绝*（出错，且什么也没改变）和*失败*（出错，但有所改变）。效果读取的是之前的状态；未提到的保持不变。文本取自 "
        "Docker 20.10.24。",
    )
    yield ""
    for operation in specification().operations:
        yield from _operation(operation, lingua)


def _operation(operation: Operation, lingua: Lingua) -> Iterator[str]:
    yield from heading(3, operation.id, operation.id)
    yield prose(lingua.prose(operation.about))
    yield ""
    by = lingua.noun(ACTORS[operation.actor])
    yield f"- **{lingua('Asked by:', '由谁发起：')}**{lingua(' ', '')}{by}" + (
        lingua(f", as {code(operation.http)}", f"，请求为 {code(operation.http)}") if operation.http else ""
    )
    for role, label in (
        (Role.CALLER, lingua("Asked with:", "参数：")),
        (Role.FRESH, lingua("The engine allots:", "由引擎分配：")),
        (Role.CHOICE, lingua("Open is:", "不确定的是：")),
    ):
        names = [parameter(v, lingua) for v in operation.all_parameters if operation.role(v) is role]
        if names:
            yield f"- **{label}**{lingua(' ', '')}{lingua(', ', '、').join(names)}"
    if operation.possible.key != TRUE.key:
        possible = prose(Wording(lingua).says(operation.possible)) + lingua(".", "。")
        yield f"- **{lingua('Possible where:', '可能的前提：')}**{lingua(' ', '')}{possible}"
        yield f"- **{lingua('Formula:', '公式：')}**{lingua(' ', '')}{code(repr(operation.possible))}"
    rules = [link(rule.id, code(rule.id.removeprefix(f"{operation.id}."))) for rule in operation.rules]
    yield f"- **{lingua('Rules, in order:', '规则（按顺序）：')}**{lingua(' ', '')}{lingua(', ', '、').join(rules)}"
    yield ""
    for rule in operation.rules:
        yield from rule_entry(rule, lingua).markdown(4, lingua)


# --- the words of the state -------------------------------------------------------------------------------------------


def words(lingua: Lingua) -> Iterator[str]:
    """What the state is made of."""
    yield from heading(2, "words", lingua("What is known", "状态的组成"))
    yield lingua(
        "Formulas and effects speak of these functions; everything else in them is read off these.",
        "公式和效果所涉及的函数；其中的其他一切都由这些函数得出。",
    )
    yield ""
    header = (lingua("function", "函数"), lingua("of", "定义域"), lingua("value", "值"), lingua("stands for", "含义"))
    yield from table(header, (_function(f, lingua) for f in specification().functions))


def _function(function: Function, lingua: Lingua) -> tuple[str, str, str, str]:
    domain = ", ".join(lingua.noun(SORTS[s.name]) for s in function.domain)
    kind = function.type
    value = lingua.noun(SORTS[type_name(kind)]) if isinstance(kind, Sort) else describe_type(kind)
    if not isinstance(kind, Sort) and issubclass(kind, Enum):
        value = ", ".join(code(str(member.value)) for member in kind)
    elif kind is bool:
        value = lingua("yes or no", "是或否")
    if function.partial:
        value += lingua(", or none", "，或无")
    about = prose(lingua.prose(function.about)) + (lingua(" (never changes)", "（从不改变）") if function.rigid else "")
    return code(function.name), domain, value, about


# --- commands ---------------------------------------------------------------------------------------------------------


def commands(lingua: Lingua) -> Iterator[str]:
    """Commands, composed of operations."""
    yield from heading(2, "commands", lingua("Commands", "命令"))
    yield lingua(
        "What a person types, and which rules answered when it was run on the specification (what prepares an example is "
        "not shown).",
        "用户输入的命令，以及在规约上运行示例时作出应答的规则（示例的准备步骤未列出）。",
    )
    yield ""
    header = (
        lingua("command", "命令"),
        lingua("is", "由什么组成"),
        lingua("example", "示例"),
        lingua("answered by", "应答的规则"),
    )
    yield from table(
        header,
        (
            (
                anchor(f"command.{c.command.replace(' ', '-')}") + code(c.command),
                prose(lingua(c.english, c.chinese)),
                code(c.example[-1]),
                ", ".join(link(rule) for rule in answered(c)) or lingua("nobody", "无"),
            )
            for c in COMPOSITIONS
        ),
    )


# --- dialects ---------------------------------------------------------------------------------------------------------


def dialects(lingua: Lingua) -> Iterator[str]:
    """Whose behaviour there is."""
    yield from heading(2, "dialects", lingua("Dialects", "方言"))
    for dialect in DIALECTS.values():
        yield from heading(3, f"dialect.{dialect.name}", dialect.name)
        yield prose(lingua.prose(dialect.about))
        yield ""
        for rule in dialect.replaces:
            reason = prose(lingua.prose(dialect.reasons[rule]))
            yield f"- {link(rule)}{lingua(': ', '：')}{reason}"
        for prop in dialect.properties:
            alone = lingua("claimed here alone: ", "仅在此声明：")
            yield f"- {code(prop.id)}{lingua(', ', '，')}{alone}{prose(lingua.prose(prop.says))}"
        if dialect.replaces:
            yield ""


def example_block(lines: Sequence[str]) -> list[str]:
    """Lines for ``hullcheck run``."""
    return block(lines, "console")
