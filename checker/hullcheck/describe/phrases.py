"""Phrases for the words of the specification: functions, predicates, parameters, values; in English and in Chinese.

``{0}``, ``{1}``, ... stand for the objects it is said of, ``{v}`` for a value. What has no phrase here is printed as the
language prints it, and a test names it.
"""

# ruff: noqa: E501  # a Chinese character counts as two columns

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple


class Phrase(NamedTuple):
    """A statement and its opposite, in both languages."""

    english: str
    english_not: str
    chinese: str
    chinese_not: str


class Noun(NamedTuple):
    """What something is called, in both languages."""

    english: str
    chinese: str


def _is(thing: str, chinese: str) -> Phrase:
    return Phrase(f"{thing} is {{v}}", f"{thing} is not {{v}}", f"{chinese}是{{v}}", f"{chinese}不是{{v}}")


PREDICATES: Mapping[str, Phrase] = {
    "exists": Phrase("{0} exists", "{0} does not exist", "{0}存在", "{0}不存在"),
    "has running flag": Phrase(
        "{0} has the running flag", "{0} does not have the running flag", "{0}带有 running 标志", "{0}没有 running 标志"
    ),
    "is listed": Phrase("plain ps lists {0}", "plain ps does not list {0}", "ps 列出{0}", "ps 不列出{0}"),
    "is alive": Phrase(
        "the main process of {0} lives", "no main process of {0} lives", "{0}的主进程存活", "{0}没有存活的主进程"
    ),
    "marked for removal": Phrase(
        "{0} is being removed or dead",
        "{0} is neither being removed nor dead",
        "{0}正在删除或已 dead",
        "{0}既不在删除中也不是 dead",
    ),
    "starts": Phrase(
        "the main process of {0} can be started",
        "the main process of {0} cannot be started",
        "{0}的主进程可以启动",
        "{0}的主进程无法启动",
    ),
    "ends on term": Phrase(
        "SIGTERM ends the main process of {0}",
        "the main process of {0} ignores SIGTERM",
        "SIGTERM 会结束{0}的主进程",
        "{0}的主进程忽略 SIGTERM",
    ),
    "has exec": Phrase(
        "an exec process of {0} is known",
        "{0} has no exec process",
        "引擎记得{0}的 exec 进程",
        "{0}没有 exec 进程",
    ),
    "exec runs": Phrase(
        "the newest exec process of {0} runs",
        "the newest exec process of {0} does not run",
        "{0}最近的 exec 进程正在运行",
        "{0}最近的 exec 进程没有运行",
    ),
    "policy restarts": Phrase(
        "the restart policy of {0} restarts this run",
        "the restart policy of {0} does not restart this run",
        "{0}的重启策略会重启本次运行",
        "{0}的重启策略不会重启本次运行",
    ),
    "has name": Phrase("{0} has a name", "{0} has no name", "{0}有名称", "{0}没有名称"),
    "is used": Phrase("a container uses {0}", "no container uses {0}", "有容器使用{0}", "没有容器使用{0}"),
    "is used by running": Phrase(
        "a container with the running flag uses {0}",
        "no container with the running flag uses {0}",
        "有带 running 标志的容器使用{0}",
        "没有带 running 标志的容器使用{0}",
    ),
    "is used by stopped": Phrase(
        "a container without the running flag uses {0}",
        "no container without the running flag uses {0}",
        "有不带 running 标志的容器使用{0}",
        "没有不带 running 标志的容器使用{0}",
    ),
    "has children": Phrase(
        "images are built on {0}", "no image is built on {0}", "有镜像建立在{0}之上", "没有镜像建立在{0}之上"
    ),
    "is referenced": Phrase("a reference names {0}", "no reference names {0}", "有引用指向{0}", "没有引用指向{0}"),
    "is tagged": Phrase("a tag names {0}", "no tag names {0}", "有标签指向{0}", "没有标签指向{0}"),
    "has one reference": Phrase(
        "{0} is singly referenced", "{0} is referenced more than once", "{0}只有单一引用", "{0}有多个引用"
    ),
    "is top level": Phrase("{0} is top-level", "{0} is not top-level", "{0}是顶层镜像", "{0}不是顶层镜像"),
    "is dangling": Phrase("{0} is dangling", "{0} is not dangling", "{0}是悬空镜像", "{0}不是悬空镜像"),
    "is intermediate": Phrase("{0} is intermediate", "{0} is not intermediate", "{0}是中间镜像", "{0}不是中间镜像"),
    "is ancestor": Phrase(
        "{0} is an ancestor of {1}", "{0} is no ancestor of {1}", "{0}是{1}的祖先", "{0}不是{1}的祖先"
    ),
    "is unknown": Phrase(
        "nothing knows the identity of {0} any more",
        "something knows {0}",
        "{0}的标识已无任何记录",
        "{0}的标识仍有记录",
    ),
    "comes from": Phrase(
        "{0} is {1} or built on it",
        "{0} is neither {1} nor built on it",
        "{0}就是{1}或建立在其上",
        "{0}既不是{1}也不建立在其上",
    ),
    "goes along": Phrase(
        "{1} goes along with {0}", "{1} does not go along with {0}", "{1}随{0}一并删除", "{1}不随{0}一并删除"
    ),
    "goes with reference": Phrase(
        "{0} goes with {1} from {2}",
        "{0} does not go with {1} from {2}",
        "移除{1}时{2}也失去{0}",
        "移除{1}时{2}不失去{0}",
    ),
    "keeps a reference": Phrase(
        "{0} has other references besides {1}",
        "{0} has no reference but {1}",
        "{0}除{1}外还有别的引用",
        "{0}除{1}外没有别的引用",
    ),
    "is last tag of repository": Phrase(
        "{0} is the last tag of its repository on {1}",
        "{1} has another tag of the repository of {0}",
        "{0}是{1}在该仓库名下的最后一个标签",
        "{1}还有与{0}同仓库名的标签",
    ),
    "is prunable": Phrase(
        "nothing names {0} and at most one image is built on it",
        "something names {0} or several images are built on it",
        "{0}没有名称，且至多一个镜像建立在其上",
        "{0}有名称，或有多个镜像建立在其上",
    ),
    "is pruned": Phrase("{0} is pruned", "{0} is not pruned", "{0}被清除", "{0}不被清除"),
    "loses its name": Phrase(
        "{0} is pruned as a name", "{0} is not pruned as a name", "名称{0}被清除", "名称{0}不被清除"
    ),
    "has its own event": Phrase(
        "an event of its own tells that {0} leaves {1}",
        "no event of its own tells that {0} leaves {1}",
        "{1}失去{0}有单独的事件",
        "{1}失去{0}没有单独的事件",
    ),
    "can be digest of": Phrase(
        "{0} is a digest of the repository of {1}",
        "{0} is no digest of the repository of {1}",
        "{0}是{1}所在仓库名的摘要",
        "{0}不是{1}所在仓库名的摘要",
    ),
}
"""Of the specification's named formulas."""

TRUTHS: Mapping[str, Phrase] = {
    "image.present": Phrase("{0} is in the store", "{0} is not in the store", "{0}在镜像存储中", "{0}不在镜像存储中"),
    "container.process-space": Phrase(
        "{0} has a process space", "{0} has no process space", "{0}有进程空间", "{0}没有进程空间"
    ),
    "container.manually-stopped": Phrase(
        "{0} counts as stopped by hand",
        "{0} does not count as stopped by hand",
        "{0}算作被手动停止",
        "{0}不算被手动停止",
    ),
    "container.retries-spent": Phrase(
        "{0} has no retries left", "{0} has retries left", "{0}的重试次数已用完", "{0}还有重试次数"
    ),
    "container.auto-remove": Phrase("{0} has --rm", "{0} does not have --rm", "{0}带有 --rm", "{0}没有 --rm"),
    "container.obstructed": Phrase(
        "the files of {0} cannot be deleted",
        "the files of {0} can be deleted",
        "{0}的文件无法删除",
        "{0}的文件可以删除",
    ),
    "reference.same-repository": Phrase(
        "{0} and {1} are of one repository",
        "{0} and {1} are of different repositories",
        "{0}与{1}属于同一仓库名",
        "{0}与{1}不属于同一仓库名",
    ),
    "reference.before": Phrase(
        "{0} sorts before {1}", "{0} does not sort before {1}", "{0}按字母序排在{1}之前", "{0}按字母序不在{1}之前"
    ),
    "archive.holds": Phrase("{0} holds {1}", "{0} does not hold {1}", "{0}含有{1}", "{0}不含{1}"),
    "firewall.runtime": Phrase("{0} is open now", "{0} is not open now", "{0}当前开放", "{0}当前未开放"),
    "firewall.permanent": Phrase(
        "{0} is permanently open", "{0} is not permanently open", "{0}永久开放", "{0}未永久开放"
    ),
    # what the caller says, the engine chooses, or the world decides
    "force": Phrase("-f is given", "-f is not given", "指定了 -f", "未指定 -f"),
    "prune": Phrase("--no-prune is not given", "--no-prune is given", "未指定 --no-prune", "指定了 --no-prune"),
    "rm": Phrase("--rm is given", "--rm is not given", "指定了 --rm", "未指定 --rm"),
    "keep": Phrase("the container is to be kept", "the container is not to be kept", "要保留容器", "不保留容器"),
    "more": Phrase("the archive is added to", "the archive is begun anew", "向归档追加", "归档重新开始"),
    "pause": Phrase(
        "--pause=false is not given", "--pause=false is given", "未指定 --pause=false", "指定了 --pause=false"
    ),
    "all_unused": Phrase("-a is given", "-a is not given", "指定了 -a", "未指定 -a"),
    "retries_left": Phrase("retries are left", "no retries are left", "还有重试次数", "重试次数已用完"),
    "command_found": Phrase("the command is found", "the command is not found", "找到了命令", "找不到命令"),
}
"""Of Boolean functions and parameters."""

EQUATIONS: Mapping[str, Phrase] = {
    "container.status": Phrase("{0} is {v}", "{0} is not {v}", "{0}处于 {v} 状态", "{0}不处于 {v} 状态"),
    "status": Phrase("{0} is {v}", "{0} is not {v}", "{0}处于 {v} 状态", "{0}不处于 {v} 状态"),
    "container.policy": Phrase(
        "the restart policy of {0} is {v}",
        "the restart policy of {0} is not {v}",
        "{0}的重启策略为 {v}",
        "{0}的重启策略不是 {v}",
    ),
    "container.process": Phrase(
        "the main process of {0} is of the kind “{v}”",
        "the main process of {0} is not of the kind “{v}”",
        "{0}的主进程属于“{v}”",
        "{0}的主进程不属于“{v}”",
    ),
    "container.exec": Phrase(
        "the newest exec process of {0} is {v}",
        "the newest exec process of {0} is not {v}",
        "{0}最近的 exec 进程的状态为 {v}",
        "{0}最近的 exec 进程的状态不是 {v}",
    ),
    "container.exit-code": Phrase(
        "the exit code of {0} is {v}", "the exit code of {0} is not {v}", "{0}的退出码为 {v}", "{0}的退出码不是 {v}"
    ),
    "container.layer": Phrase(
        "the read-write layer of {0} is {v}",
        "the read-write layer of {0} is not {v}",
        "{0}的读写层为 {v}",
        "{0}的读写层不是 {v}",
    ),
    "container.name": Phrase("{0} has {v}", "{0} does not have {v}", "{0}使用{v}", "{0}不使用{v}"),
    "container.image": Phrase("{0} was made from {v}", "{0} was not made from {v}", "{0}由{v}创建", "{0}不是由{v}创建"),
    "image.parent": Phrase("{0} is built on {v}", "{0} is not built on {v}", "{0}建立在{v}之上", "{0}不建立在{v}之上"),
    "reference.kind": Phrase("{0} is a {v}", "{0} is not a {v}", "{0}是{v}", "{0}不是{v}"),
    "reference.image": Phrase("{0} names {v}", "{0} does not name {v}", "{0}指向{v}", "{0}不指向{v}"),
    "registry.image": Phrase(
        "the registry serves {v} under {0}",
        "the registry does not serve {v} under {0}",
        "镜像仓库在{0}下提供{v}",
        "镜像仓库在{0}下不提供{v}",
    ),
    "archive.parent": Phrase(
        "{0} records {v} as the parent of {1}",
        "{0} does not record {v} as the parent of {1}",
        "{0}记录{1}的父镜像为{v}",
        "{0}没有记录{1}的父镜像为{v}",
    ),
    "archive.reference": Phrase(
        "{0} names {v} by {1}", "{0} does not name {v} by {1}", "{0}以{1}命名{v}", "{0}没有以{1}命名{v}"
    ),
    "firewall.status": Phrase(
        "firewalld is {v}", "firewalld is not {v}", "firewalld 处于 {v} 状态", "firewalld 不处于 {v} 状态"
    ),
    # parameters
    "restart_policy": _is("the restart policy asked for", "所要求的重启策略"),
    "command": Phrase(
        "the command is of the kind “{v}”", "the command is not of the kind “{v}”", "命令属于“{v}”", "命令不属于“{v}”"
    ),
    "signal": _is("the signal", "信号"),
    "patience": _is("the grace period", "宽限期"),
    "race": Phrase(
        "what ends the process is {v}", "what ends the process is not {v}", "终止进程的是{v}", "终止进程的不是{v}"
    ),
    "ending": Phrase("the process ends {v}", "the process does not end {v}", "进程{v}结束", "进程不是{v}结束"),
    "port_set": Phrase(
        "the call is about the {v} set", "the call is not about the {v} set", "针对{v}集合", "不针对{v}集合"
    ),
}
"""That a function or a parameter has a value."""

DEFINED: Mapping[str, Phrase] = {
    "container.name": Phrase("{0} has a name", "{0} has no name", "{0}有名称", "{0}没有名称"),
    "container.image": Phrase("{0} has an image", "{0} has no image", "{0}有镜像", "{0}没有镜像"),
    "image.parent": Phrase("{0} has a parent", "{0} has no parent", "{0}有父镜像", "{0}没有父镜像"),
    "reference.image": Phrase("{0} names an image", "{0} names no image", "{0}指向某个镜像", "{0}不指向任何镜像"),
    "registry.image": Phrase(
        "the registry serves an image under {0}",
        "the registry serves nothing under {0}",
        "镜像仓库在{0}下提供镜像",
        "镜像仓库在{0}下没有提供镜像",
    ),
    "archive.parent": Phrase(
        "{0} records a parent of {1}", "{0} records no parent of {1}", "{0}记录了{1}的父镜像", "{0}没有记录{1}的父镜像"
    ),
    "archive.reference": Phrase(
        "{0} names an image by {1}", "{0} names no image by {1}", "{0}以{1}命名了镜像", "{0}没有以{1}命名镜像"
    ),
}
"""That a partial function has a value."""

SPECIAL: Mapping[tuple[str, str], Phrase] = {
    ("container.process", "command not found"): Phrase(
        "the command of {0} is not found", "the command of {0} is found", "{0}的命令找不到", "{0}的命令能找到"
    ),
    ("container.process", "command not executable"): Phrase(
        "the command of {0} is not executable",
        "the command of {0} is executable",
        "{0}的命令不可执行",
        "{0}的命令可执行",
    ),
    ("container.process", "does not start"): Phrase(
        "the main process of {0} does not start",
        "the main process of {0} starts",
        "{0}的主进程无法启动",
        "{0}的主进程能启动",
    ),
    ("container.exec", "none"): Phrase(
        "{0} has no exec process", "{0} has an exec process", "{0}没有 exec 进程", "{0}有 exec 进程"
    ),
    ("container.layer", "none"): Phrase(
        "{0} has no read-write layer", "{0} has a read-write layer", "{0}没有读写层", "{0}有读写层"
    ),
    ("command", "no command"): Phrase("there is no command", "there is a command", "没有命令", "有命令"),
    ("signal", "no signal at all"): Phrase("it is no signal", "it is a signal", "不是有效信号", "是有效信号"),
    ("patience", "no time at all (-t 0)"): Phrase(
        "there is no grace period (-t 0)", "there is a grace period", "没有宽限期（-t 0）", "有宽限期"
    ),
    ("race", "SIGTERM first"): Phrase(
        "SIGTERM ends the process before SIGKILL does",
        "SIGKILL ends it",
        "SIGTERM 先于 SIGKILL 终止进程",
        "由 SIGKILL 终止",
    ),
    ("race", "SIGKILL first"): Phrase(
        "SIGKILL ends the process before SIGTERM does",
        "SIGTERM ends it",
        "SIGKILL 先于 SIGTERM 终止进程",
        "由 SIGTERM 终止",
    ),
}
"""Values that are better said in a phrase of their own."""

NOUNS: Mapping[str, Noun] = {
    "container.status": Noun("the status of {0}", "{0}的状态"),
    "container.image": Noun("the image of {0}", "{0}的镜像"),
    "container.name": Noun("the name of {0}", "{0}的名称"),
    "container.process": Noun("the kind of main process of {0}", "{0}的主进程类别"),
    "container.layer": Noun("the read-write layer of {0}", "{0}的读写层"),
    "container.process-space": Noun("the process space of {0}", "{0}的进程空间"),
    "container.exec": Noun("the newest exec process of {0}", "{0}最近的 exec 进程"),
    "container.exit-code": Noun("the exit code of {0}", "{0}的退出码"),
    "container.policy": Noun("the restart policy of {0}", "{0}的重启策略"),
    "container.manually-stopped": Noun("“stopped by hand” of {0}", "{0}的“手动停止”标记"),
    "container.retries-spent": Noun("“no retries left” of {0}", "{0}的“重试用完”标记"),
    "container.auto-remove": Noun("--rm of {0}", "{0}的 --rm"),
    "container.obstructed": Noun("the obstacle of {0}", "{0}的障碍"),
    "image.present": Noun("the presence of {0}", "{0}的存在"),
    "image.parent": Noun("the parent of {0}", "{0}的父镜像"),
    "reference.image": Noun("the image that {0} names", "{0}所指的镜像"),
    "reference.kind": Noun("the kind of {0}", "{0}的种类"),
    "registry.image": Noun("the image that the registry serves under {0}", "镜像仓库在{0}下提供的镜像"),
    "archive.holds": Noun("whether {0} holds {1}", "{0}是否含有{1}"),
    "archive.parent": Noun("the parent of {1} in {0}", "{0}中{1}的父镜像"),
    "archive.reference": Noun("the image that {0} names by {1}", "{0}以{1}命名的镜像"),
    "firewall.status": Noun("the status of firewalld", "firewalld 的状态"),
    "firewall.runtime": Noun("the runtime entry of {0}", "{0}的运行时条目"),
    "firewall.permanent": Noun("the permanent entry of {0}", "{0}的永久条目"),
}
"""Values of functions."""

PARAMETERS: Mapping[str, Noun] = {
    "c": Noun("the container", "该容器"),
    "d": Noun("the other container", "另一容器"),
    "n": Noun("the name asked for", "所要求的名称"),
    "i": Noun("the image", "该镜像"),
    "j": Noun("the other image", "另一镜像"),
    "r": Noun("the reference", "该引用"),
    "t": Noun("the tag", "该标签"),
    "digest": Noun("the digest", "该摘要"),
    "a": Noun("the archive", "该归档"),
    "base": Noun("the image of the step before", "上一步的镜像"),
    "step_name": Noun("the name of the step's container", "步骤容器的名称"),
    "port": Noun("the port", "该端口"),
    "restart_policy": Noun("the restart policy asked for", "所要求的重启策略"),
    "command": Noun("what the command is like", "命令的类别"),
    "signal": Noun("the signal", "信号"),
    "patience": Noun("the grace period", "宽限期"),
    "race": Noun("which signal ends the process", "哪个信号终止进程"),
    "ending": Noun("how it ends", "如何结束"),
    "port_set": Noun("which set of ports", "哪个端口集合"),
    "force": Noun("-f", "-f"),
    "prune": Noun("whether parents go along (not with --no-prune)", "父镜像是否一并删除（--no-prune 时否）"),
    "rm": Noun("--rm", "--rm"),
    "keep": Noun("whether the container is kept", "是否保留容器"),
    "more": Noun("whether the archive is added to", "是否向归档追加"),
    "pause": Noun("--pause", "--pause"),
    "all_unused": Noun("-a", "-a"),
    "retries_left": Noun("whether retries are left", "是否还有重试次数"),
    "command_found": Noun("whether the command is found", "是否找得到命令"),
}
"""Parameters of operations, where nothing binds them."""

SORTS: Mapping[str, Noun] = {
    "Container": Noun("container", "容器"),
    "Image": Noun("image", "镜像"),
    "Reference": Noun("reference", "引用"),
    "Archive": Noun("archive", "归档"),
    "Name": Noun("name", "名称"),
    "Port": Noun("port", "端口"),
}
"""Kinds of objects."""

VALUES: Mapping[str, str] = {
    "own": "自己的退出码",
    "none": "无",
    "clean": "干净",
    "written": "已写入",
    "tag": "标签",
    "digest": "摘要",
    "no command": "没有命令",
    "command not found": "找不到命令",
    "command not executable": "命令不可执行",
    "does not start": "无法启动",
    "ends with 0 on SIGTERM": "收到 SIGTERM 后以 0 结束",
    "ends with its own code on SIGTERM": "收到 SIGTERM 后以自己的退出码结束",
    "ignores SIGTERM": "忽略 SIGTERM",
    "dies of SIGTERM": "被 SIGTERM 终止",
    "with 0": "以 0",
    "with a code of its own": "以自己的退出码",
    "a signal that the process ignores": "进程忽略的信号",
    "no signal at all": "无效信号",
    "a grace period": "有宽限期",
    "no time at all (-t 0)": "没有宽限期（-t 0）",
    "SIGTERM first": "SIGTERM 在先",
    "SIGKILL first": "SIGKILL 在先",
    "runtime": "运行时",
    "permanent": "永久",
}
"""Members of enumerations in Chinese; those that are words of Docker's own stay as they are."""

ENGLISH_VALUES: Mapping[str, str] = {"own": "a code of its own"}
"""Members of enumerations that English tells otherwise too."""
