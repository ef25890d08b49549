"""The JSON that the command line prints, member by member; a test holds it against real output."""

# ruff: noqa: E501  # a Chinese character counts as two columns

from __future__ import annotations

import json
from dataclasses import dataclass

from hullcheck.run.records import last_line, lines
from hullcheck.run.world import World


@dataclass(frozen=True)
class Member:
    """One member of an object.

    Attributes:
        path: from the top: ``properties[].id``.
        type: in JSON's words.
        english, chinese: what it says.
        optional: whether it may be absent.
    """

    path: str
    type: str
    english: str
    chinese: str
    optional: bool = False


@dataclass(frozen=True)
class Shape:
    """What a command prints: an object a line, or one document."""

    command: str
    english: str
    chinese: str
    members: tuple[Member, ...]


EXAMPLE = "docker run -d --name web alpine sleep 60; docker rm web"
"""What the example of ``run --json`` runs."""


def example() -> list[str]:
    """What ``run --json`` prints of the example, laid out for reading."""
    world = World()
    printed = [*lines(world.script(EXAMPLE)), last_line(world.state)]
    return [json.dumps(json.loads(line), ensure_ascii=False, indent=1) for line in printed[1:]]


RUN = Shape(
    "hullcheck run --json",
    "One object a line for each command line:",
    "每个命令行输出一行对象：",
    (
        Member("schema", "number", "the version of these objects", "对象格式的版本"),
        Member("line", "number", "the line in the script, from 1", "脚本中的行号，从 1 起"),
        Member("command", "string", "what was run, everything expanded", "实际执行的命令，已全部展开"),
        Member("operations", "array", "what was asked of the engine, or done by the world, in order", "向引擎发出的请求或外界的行为，按顺序"),
        Member("operations[].operation", "string", "the operation's id", "操作的 ID"),
        Member("operations[].rule", "string", "the id of the rule that answered", "作出应答的规则的 ID"),
        Member("operations[].status", "number", "HTTP status; 0: nobody asked", "HTTP 状态码；0 表示无人请求"),
        Member("operations[].error", "string or null", "the kind of error", "错误种类", optional=True),
        Member("operations[].class", "string", "the class of the error", "错误类别", optional=True),
        Member("operations[].message", "string", "the text of the error", "错误文本", optional=True),
        Member("exit_code", "number", "what the command line exited with", "命令行的退出码"),
        Member("stdout", "string", "what it printed", "标准输出"),
        Member("stderr", "string", "what it printed of errors", "标准错误"),
        Member("events", "array", "what docker events shows, in order", "docker events 所显示的事件，按顺序"),
        Member("events[].type", "string", "container or image", "container 或 image"),
        Member("events[].action", "string", "create, die, ...", "create、die 等"),
        Member("events[].id", "string", "of what", "对象的 ID"),
        Member("events[].attributes", "object", "what the event tells besides", "事件的其他属性"),
        Member("problem", "string", "why the line was not understood; it changed nothing", "该行为何无法理解；它没有改变任何东西",
               optional=True),
    ),
)  # fmt: skip

STATE = Shape(
    "hullcheck run --json",
    "And last the state:",
    "最后输出状态：",
    (
        Member("schema", "number", "the version of these objects", "对象格式的版本"),
        Member("state", "object", "all that can be seen", "能看到的一切"),
        Member("state.containers", "array", "the oldest first", "最早的在前"),
        Member("state.containers[].id", "string", "64 hexadecimal digits", "64 位十六进制数"),
        Member("state.containers[].name", "string", "its name", "名称"),
        Member("state.containers[].status", "string", "in Docker's words: exited for stopped", "Docker 的说法：stopped 写作 exited"),
        Member("state.containers[].image", "string", "as docker ps shows it", "同 docker ps 的显示"),
        Member("state.containers[].exit_code", "number", "of the last run", "上次运行的退出码"),
        Member("state.containers[].restart_policy", "string", "its restart policy", "重启策略"),
        Member("state.images", "array", "the oldest first", "最早的在前"),
        Member("state.images[].id", "string", "sha256:...", "sha256:…"),
        Member("state.images[].parent", "string or null", "the id of its parent", "父镜像的 ID"),
        Member("state.images[].references", "array", "what names it", "指向它的引用"),
        Member("state.images[].top_level", "boolean", "whether docker images lists it", "docker images 是否列出"),
        Member("state.images[].dangling", "boolean", "whether it is dangling", "是否悬空"),
        Member("state.firewall", "object", "the host's firewall", "主机防火墙"),
        Member("state.firewall.running", "boolean", "whether firewalld runs", "firewalld 是否运行"),
        Member("state.firewall.ports", "array", "open now", "当前开放的端口"),
        Member("state.firewall.permanent_ports", "array", "open after every start", "每次启动后开放的端口"),
    ),
)  # fmt: skip

CHECK = Shape(
    "hullcheck check --json",
    "One document:",
    "一个文档：",
    (
        Member("schema", "string", "the version of the document", "文档格式的版本"),
        Member("dialect", "string", "whose behaviour", "方言"),
        Member("complete", "boolean", "whether everything that was begun was finished", "是否全部完成"),
        Member("seconds", "number", "of wall time", "耗时（秒）"),
        Member("properties", "array", "one object a property, in the order of the specification", "每个性质一个对象，按规约中的顺序"),
        Member("properties[].id", "string", "its id", "ID"),
        Member("properties[].says", "string", "the claim in words", "用文字表述的性质"),
        Member("properties[].kind", "string", "always, step, sometimes, recoverable, same, rules", "种类"),
        Member("properties[].verdict", "string", "holds, violated, undecided", "结论：holds、violated、undecided"),
        Member("properties[].means", "array", "proved (for any number of objects, as recorded), explored, sampled", "手段：proved（据记录，对任意数量的对象）、explored、sampled"),
        Member("properties[].scopes", "array", "where it was decided", "在哪些范围中得出"),
        Member("properties[].declared", "string", "why it fails, where the dialect says that it does", "方言声明其不成立时的理由"),
        Member("properties[].by_construction", "boolean", "whether the form implies it", "是否由形式保证"),
        Member("properties[].note", "string", "a sentence for a reader", "给读者的说明"),
        Member("properties[].counterexample", "object or null", "what breaks it", "反例"),
        Member("properties[].counterexample.means", "string", "explored: the shortest; sampled: shrunk", "explored 为最短，sampled 为化简所得"),
        Member("properties[].counterexample.where", "string", "the scope, or the seed", "范围或随机种子"),
        Member("properties[].counterexample.note", "string", "a sentence for a reader", "给读者的说明"),
        Member("properties[].counterexample.steps", "array", "the run", "运行步骤"),
        Member("properties[].counterexample.steps[].line", "string", "for hullcheck run", "可供 hullcheck run 执行的行"),
        Member("properties[].counterexample.steps[].rule", "string", "the rule that answers", "作出应答的规则"),
        Member("properties[].counterexample.steps[].changes", "array", "what is different afterwards", "之后有何变化"),
        Member("scopes", "array", "one object a scope", "每个范围一个对象"),
        Member("scopes[].scope", "string", "its name", "名称"),
        Member("scopes[].complete", "boolean", "whether every reachable state was seen", "是否遍历了所有可达状态"),
        Member("scopes[].reason", "string", "why not", "未完成的原因"),
        Member("scopes[].states", "number", "reachable states", "可达状态数"),
        Member("scopes[].representatives", "number", "up to renaming", "重命名等价意义下的状态数"),
        Member("scopes[].transitions", "number", "steps taken", "转移数"),
        Member("scopes[].refusals", "number", "steps refused", "拒绝数"),
        Member("scopes[].depth", "number", "the greatest distance from the start", "距初始状态的最大步数"),
        Member("scopes[].seconds", "number", "of wall time", "耗时（秒）"),
        Member("scopes[].bytes", "number", "of memory for the visited states", "已访问状态占用的内存"),
        Member("scopes[].left_out", "object", "id of what is not explored here -> why", "未探索内容的 ID → 原因"),
        Member("sample", "object or null", "what was sampled", "抽样情况"),
        Member("sample.seed", "number", "the same every time, unless --seed was given", "除非指定 --seed，否则每次相同"),
        Member("sample.examples", "number", "runs", "运行次数"),
        Member("sample.steps", "number", "steps in all of them", "总步数"),
        Member("sample.rules_fired", "number", "rules that answered", "作出过应答的规则数"),
        Member("sample.seconds", "number", "of wall time", "耗时（秒）"),
        Member("never_fired", "array", "rules that answered nowhere", "从未应答的规则"),
        Member("unfinished", "object", "scope, or sample -> why", "未完成的范围或抽样 → 原因"),
    ),
)  # fmt: skip

SHAPES = (RUN, STATE, CHECK)
"""Every shape that is promised."""
