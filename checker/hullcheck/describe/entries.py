"""One rule and one state, for the reference and for the terminal."""

# ruff: noqa: E501  # a Chinese character counts as two columns

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import cache
from itertools import count, repeat
from typing import NamedTuple

from dockspec.claims import CLAIMS
from dockspec.dialects import DIALECTS, specification
from dockspec.evaluation import holds
from dockspec.image import i as an_image
from dockspec.image import is_dangling, is_top_level
from dockspec.language import TRUE, Expr, Variable
from dockspec.model import Answer, Event, Kind, Machine, Move, Rule, Specification, State
from hullcheck.describe.engines import seen_on
from hullcheck.describe.lingua import Lingua
from hullcheck.describe.markdown import anchor, code, link, plain, prose
from hullcheck.describe.matrix import Answered, Line, images, matrix
from hullcheck.describe.phrases import PARAMETERS, SORTS, Noun
from hullcheck.describe.wording import Wording, with_letters

KINDS: Mapping[Kind, Noun] = {
    Kind.ACCEPTED: Noun("accepted", "接受"),
    Kind.UNCHANGED: Noun("unchanged", "无变化"),
    Kind.REFUSED: Noun("refused", "拒绝"),
    Kind.FAILED: Noun("failed", "失败"),
}
"""What the kinds of answers are called."""


class Field(NamedTuple):
    """A label, and what is said under it, in Markdown: one thing, or a list, which may be in order."""

    label: str
    told: tuple[str, ...]
    ordered: bool = False

    def marks(self) -> Iterator[str]:
        """What stands before each line of the list."""
        return (f"{number}." for number in count(1)) if self.ordered else repeat("-")


@dataclass(frozen=True)
class Entry:
    """What is to be said of a rule or a state.

    Attributes:
        id: its id, and its anchor.
        text: what it is, in a sentence or two.
        fields: what is told besides.
    """

    id: str
    text: str
    fields: tuple[Field, ...]

    def markdown(self, level: int, lingua: Lingua) -> Iterator[str]:
        """As a part of the reference, under a heading of that level."""
        yield anchor(self.id)
        yield ""
        yield f"{'#' * level} {self.id}"
        yield ""
        yield self.text
        yield ""
        for field in self.fields:
            if len(field.told) == 1:
                yield f"- **{field.label}**{lingua(' ', '')}{field.told[0]}"
            else:
                yield f"- **{field.label}**"
                yield from (f"  {mark} {line}" for mark, line in zip(field.marks(), field.told, strict=False))
        yield ""

    def terminal(self) -> Iterator[str]:
        """For a terminal, without marks."""
        yield self.id
        yield f"  {plain(self.text)}"
        for field in self.fields:
            if len(field.told) == 1:
                yield f"  {plain(field.label)} {plain(field.told[0])}"
            else:
                yield f"  {plain(field.label)}"
                yield from (f"    {mark} {plain(line)}" for mark, line in zip(field.marks(), field.told, strict=False))


# --- rules ------------------------------------------------------------------------------------------------------------


def rule_entry(rule: Rule, lingua: Lingua) -> Entry:
    """What is to be said of a rule."""
    each = {v.name: v for move in rule.moves if move.each for v in move.subject}
    wording, letters = with_letters(Wording(lingua).binding(each.values()), _formulas(rule))
    fields = [
        Field(lingua("Where:", "条件："), (_guard(rule, lingua),)),
        Field(lingua("Formula:", "公式："), () if _is_true(rule.when) else (code(repr(rule.when)),)),
        Field(lingua("Answer:", "应答："), (_answer(rule.answer, lingua),)),
        Field(lingua("Text:", "文本："), (code(rule.answer.message),) if rule.answer.message else ()),
        Field(lingua("Short forms:", "简写："), tuple(f"{letter}: {prose(text)}" for letter, text in letters)),
        Field(lingua("State:", "状态："), tuple(_moves(rule.moves, wording))),
        Field(lingua("Effects:", "效果："), tuple(prose(text) for text in wording.effects(rule.effects))),
        Field(
            lingua("Events, in order:", "事件（按顺序）："),
            tuple(_event(e, wording) for e in rule.events),
            ordered=True,
        ),
        Field(lingua("Source:", "来源："), (prose(lingua.source(rule.source)),)),
        Field(lingua("Observed on:", "观察到的引擎："), (seen_on(rule.id, lingua),)),
        Field(lingua("Decides:", "据以判断："), _decided(rule)),
        *(Field(lingua(f"In `{name}`:", f"在 `{name}` 中："), (text,)) for name, text in _differences(rule, lingua)),
    ]
    return Entry(rule.id, prose(lingua.prose(rule.says)), tuple(field for field in fields if field.told))


def _decided(rule: Rule) -> tuple[str, ...]:
    """The claims of the article that the rule decides."""
    claims = [link(claim.id) for claim in CLAIMS if rule.id in claim.rules]
    return (", ".join(claims),) if claims else ()


def _formulas(rule: Rule) -> Iterator[Expr]:
    for update in rule.effects:
        yield from (update.value, update.where)
    for event in rule.events:
        yield event.where
        yield from (value for value in event.attributes.values() if isinstance(value, Expr))
    for move in rule.moves:
        yield from (when for when, _ in move.cases)


def _guard(rule: Rule, lingua: Lingua) -> str:
    if _is_true(rule.when):
        return lingua("in every other case.", "其他任何情况。")
    return prose(Wording(lingua).says(rule.when)) + lingua(".", "。")


def _is_true(term: Expr) -> bool:
    return term.key == TRUE.key


def _answer(answer: Answer, lingua: Lingua) -> str:
    told = [lingua.noun(KINDS[answer.kind])]
    if answer.status:
        error = f" ({answer.error})" if answer.error_class and answer.error else ""
        told.append(f"HTTP {answer.status}{error}")
    if answer.error_class:
        told.append(lingua(f"class {code(answer.error_class)}", f"类别 {code(answer.error_class)}"))
    if answer.status or answer.exit_code:
        told.append(lingua(f"the command line exits with {answer.exit_code}", f"命令行退出码 {answer.exit_code}"))
    if answer.blocks:
        told.append(lingua("comes back only when the container ends", "容器结束时才返回"))
    return lingua("; ", "；").join(told) + lingua(".", "。")


def _moves(moves: Sequence[Move], wording: Wording) -> Iterator[str]:
    lingua = wording.lingua
    for move in moves:
        for when, trigger in move.cases:
            where = "" if _is_true(when) else prose(wording.says(when))
            head = "" if not move.each else lingua("for each container c where ", "对每个容器 c，若") + where
            for row in move.machine.rows_of(trigger):
                sources = ", ".join(code(str(s.value)) for s in row.sources)
                named = lingua(f" (row {code(row.trigger)})", f"（{code(row.trigger)} 行）")
                told = f"{sources} → {code(str(row.target.value))}{named}"
                yield f"{head}{lingua(': ', '：')}{told}" if head else told


def _event(event: Event, wording: Wording) -> str:
    lingua = wording.lingua
    inside = wording.binding(event.subject) if event.each else wording
    attributes = [
        f"{name}={inside.value(value) if isinstance(value, Expr) else value}"
        for name, value in event.attributes.items()
    ]
    told = code(f"{event.type}:{event.action}")
    told += f" {prose(', '.join(attributes))}" if attributes else ""
    where = "" if _is_true(event.where) else prose(inside.says(event.where))
    if event.each:
        objects = lingua.both([inside.value(v) for v in event.subject])
        return told + lingua(f" for each {objects} where {where}", f"：对每个{objects}，若{where}")
    return told + (lingua(f", if {where}", f"：若{where}") if where else "")


def _differences(rule: Rule, lingua: Lingua) -> Iterator[tuple[str, str]]:
    """What other dialects have in the place of a rule."""
    for dialect in DIALECTS.values():
        if rule.id not in dialect.replaces:
            continue
        reason = prose(lingua.prose(dialect.reasons[rule.id]))
        other = dialect.replaces[rule.id]
        if other is None:
            yield dialect.name, lingua(f"there is no such rule. {reason}", f"没有这条规则。{reason}")
        else:
            told = lingua(f"where {_guard(other, lingua)}", f"条件：{_guard(other, lingua)}")
            answer = "" if other.answer == rule.answer else f" {_answer(other.answer, lingua)}"
            yield dialect.name, f"{told}{answer}{lingua(' ', '')}{reason}"


# --- states -----------------------------------------------------------------------------------------------------------


def state_entry(machine: Machine, state: State, lingua: Lingua, *, answers: bool = False) -> Entry:
    """What is to be said of a state; ``answers``: also what every operation answers there."""
    value = state.value
    flags, lists = _flags(machine, value, lingua), _lists(machine, value, lingua)
    into = tuple(_row_into(row.trigger, row.sources, row.label, lingua) for row in machine.rows if row.target is value)
    out = tuple(_row_out(row.trigger, row.target, row.label, lingua) for row in machine.rows if value in row.sources)
    terminal = lingua("only a new object can follow.", "之后只能是新的对象。")
    fields = (
        Field(lingua("Docker's word:", "Docker 的说法："), (code(state.docker),) if state.docker else ()),
        Field(lingua("Flags:", "标志："), (flags,) if flags else ()),
        Field(lingua("Listed by:", "列出它的命令："), (lists,) if lists else ()),
        Field(lingua("Ways in:", "进入："), into),
        Field(lingua("Ways out:", "离开："), out),
        Field(lingua("Terminal:", "终态："), (terminal,) if state.terminal else ()),
        Field(lingua("Answers here:", "此时的应答："), tuple(_answers(machine, value, lingua)) if answers else ()),
    )
    identifier = f"{machine.name}.{value.value}"
    return Entry(identifier, prose(lingua.prose(state.about)), tuple(field for field in fields if field.told))


def _row_into(trigger: str, sources: Sequence[Enum], label: str, lingua: Lingua) -> str:
    told = lingua(f"{code(trigger)} from ", f"{code(trigger)}，来自 ") + ", ".join(code(str(s.value)) for s in sources)
    return told + (lingua(" ", "") + lingua.aside(prose(lingua.prose(label))) if label else "")


def _row_out(trigger: str, target: Enum, label: str, lingua: Lingua) -> str:
    told = f"{code(trigger)} → {code(str(target.value))}"
    return told + (lingua(" ", "") + lingua.aside(prose(lingua.prose(label))) if label else "")


_WAYS: Mapping[str, tuple[str, ...]] = {
    "created": ("docker create --name web alpine",),
    "running": ("docker run -d --name web alpine sleep 60",),
    "paused": ("docker run -d --name web alpine sleep 60", "docker pause web"),
    "restarting": ("docker run -d --name web --restart always alpine sleep 60", "!exit web 1"),
    "stopped": ("docker run -d --name web alpine sleep 60", "!exit web"),
    "removing": ("docker create --name web alpine", "!removal begin web"),
    "dead": ("docker create --name web alpine", "!obstruct web", "docker rm web"),
}
"""Lines that bring a container into a state, so that its flags and lists can be read off a world."""
_FLAGS = ("Running", "Paused", "Restarting", "Dead")


@cache
def container_seen(state: str) -> tuple[tuple[str, ...], tuple[str, ...]] | None:
    """The flags that inspect shows as set in a state of a container, and the lists that show it; None: it is not there."""
    from hullcheck.run.world import World  # noqa: PLC0415  # the world is needed for this and the commands only

    if state not in _WAYS:
        return None
    world = World()
    for line in _WAYS[state]:
        list(world.script(line))
    shown = world.docker("docker inspect web").stdout
    flags = tuple(flag for flag in _FLAGS if f'"{flag}": true' in shown)
    lists = tuple(line for line in ("docker ps", "docker ps -a") if "web" in world.docker(line).stdout)
    return flags, lists


def _flags(machine: Machine, value: Enum, lingua: Lingua) -> str:
    seen = container_seen(str(value.value)) if machine.name == "container" else None
    if seen is None:
        return ""
    return ", ".join(map(code, seen[0])) or lingua("none", "无")


def _lists(machine: Machine, value: Enum, lingua: Lingua) -> str:
    lists: tuple[str, ...] = ()
    if machine.name == "container":
        seen = container_seen(str(value.value))
        lists = () if seen is None else seen[1]
    elif machine.name == "image":
        lists = image_lists(str(value.value))
    return ", ".join(map(code, lists)) or (lingua("nothing", "无") if machine.name != "host" else "")


@cache
def image_lists(state: str) -> tuple[str, ...]:
    """The commands that list an image in a state."""
    if state == "removed":
        return ()
    place = images(specification())[state]
    shown = [
        ("docker images", is_top_level),
        ("docker images -a", None),
        ("docker images -f dangling=true", is_dangling),
    ]
    variable: Variable = an_image
    return tuple(
        line for line, test in shown if test is None or holds(test(variable), place.state, {variable.name: place.slot})
    )


def _answers(machine: Machine, value: Enum, lingua: Lingua) -> Iterator[str]:
    for line in matrix(specification(), machine):
        cells = line.cells[str(value.value)]
        if cells:
            yield f"{asked(line, lingua)}: {'; '.join(f'{told(cell, lingua)} {cell.rule}' for cell in cells)}"


# --- the matrix -------------------------------------------------------------------------------------------------------


def asked(line: Line, lingua: Lingua) -> str:
    """An operation with what it is asked with, where that makes a difference."""
    parts = []
    for name, value in line.variant:
        if isinstance(value, Enum):
            parts.append(lingua.value(str(value.value)))
        elif isinstance(value, bool):
            parts.append(Wording(lingua).says(Variable(name, bool), holds=value))
    return code(line.operation) + (lingua(" ", "") + lingua.aside(", ".join(parts)) if parts else "")


def told(answered: Answered, lingua: Lingua) -> str:
    """What an operation comes to, in a word: the status, and the state that follows."""
    status = str(answered.status) if answered.status else ""
    after = f"→ {answered.after}" if answered.after else ""
    blocks = lingua("waits", "等待") if answered.blocks else ""
    said = " ".join(filter(None, [status, after, blocks]))
    kind = Kind(answered.kind)
    return said or (lingua("done", "完成") if kind is Kind.ACCEPTED else lingua.noun(KINDS[kind]))


# --- finding them -----------------------------------------------------------------------------------------------------


def states(spec: Specification) -> dict[str, tuple[Machine, State]]:
    """Every state by its id."""
    return {f"{m.name}.{s.value.value}": (m, s) for m in spec.machines for s in m.states}


def parameter(variable: Variable, lingua: Lingua) -> str:
    """A parameter of an operation: its name, and what it is."""
    noun = PARAMETERS.get(variable.name) or SORTS.get(getattr(variable.type, "name", ""))
    return code(variable.name) + (lingua(" ", "") + lingua.aside(lingua.noun(noun)) if noun else "")
