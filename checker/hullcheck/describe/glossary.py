"""The words of the field, in English and in Chinese."""

from __future__ import annotations

from typing import NamedTuple


class Term(NamedTuple):
    """A word, and what it means."""

    english: str
    chinese: str
    means: str
    means_chinese: str


GLOSSARY: tuple[Term, ...] = (
    Term("image", "镜像", "a stack of read-only layers with settings and a history", "一叠只读层，外加配置和历史"),
    Term(
        "container",
        "容器",
        "an image with a read-write layer on top, a name and a state",
        "镜像之上加一个读写层，并有名称和状态",
    ),
    Term("layer", "层", "a set of files that is laid over those below it", "覆盖在下面各层之上的一组文件"),
    Term("read-write layer", "读写层", "a container's own layer, the topmost", "容器自己的、最上面的一层"),
    Term(
        "process space",
        "进程空间",
        "what the processes of a running container see of each other",
        "运行中容器的进程彼此可见的空间",
    ),
    Term(
        "main process",
        "主进程",
        "the first process of a container; the container runs as long as it does",
        "容器的第一个进程；它存活期间容器就在运行",
    ),
    Term(
        "running flag",
        "running 标志",
        "Docker's State.Running: set in running, paused and restarting",
        "Docker 的 State.Running：在 running、paused、restarting 状态下为真",
    ),
    Term("tag", "标签", "a name that can move: alpine:3.20", "可以移动的名称，如 alpine:3.20"),
    Term("digest", "摘要", "a name that cannot move: alpine@sha256:...", "不可移动的名称，如 alpine@sha256:…"),
    Term("reference", "引用", "a tag or a digest that names an image", "指向镜像的标签或摘要"),
    Term("repository", "仓库名", "the part of a reference before the tag or the digest", "引用中标签或摘要之前的部分"),
    Term("registry", "镜像仓库", "the server that images are pulled from and pushed to", "供拉取和推送镜像的服务器"),
    Term(
        "parent",
        "父镜像",
        "the image that another was committed or built upon, on this engine",
        "在本机上由之 commit 或构建出另一镜像的镜像",
    ),
    Term(
        "top-level",
        "顶层",
        "named by a reference, or with nothing built on it: what docker images lists",
        "有引用指向，或没有镜像建立在其上：docker images 所列出的",
    ),
    Term("dangling", "悬空", "without a tag, and with nothing built on it", "没有标签，也没有镜像建立在其上"),
    Term(
        "intermediate",
        "中间镜像",
        "without a reference, but with something built on it: only in docker images -a",
        "没有引用，但有镜像建立在其上：只出现在 docker images -a 中",
    ),
    Term(
        "restart policy", "重启策略", "no, on-failure, unless-stopped, always", "no、on-failure、unless-stopped、always"
    ),
    Term(
        "grace period",
        "宽限期",
        "what a stop waits between SIGTERM and SIGKILL",
        "stop 在 SIGTERM 与 SIGKILL 之间等待的时间",
    ),
    Term(
        "dead",
        "dead（删除失败）",
        "what a removal that failed leaves behind: only another removal is possible",
        "删除失败后留下的容器：只能再次删除",
    ),
    Term("archive", "归档", "the file that save writes and load reads", "save 写出、load 读取的文件"),
    Term(
        "rule",
        "规则",
        "one line of an operation: where its guard holds, and no earlier one does, it answers",
        "操作中的一条：条件成立且之前各条都不成立时，由它应答",
    ),
    Term("guard", "条件（卫式）", "the formula that says where a rule answers", "说明规则何时应答的公式"),
    Term(
        "operation",
        "操作",
        "what the engine is asked, or the world does, in one step",
        "向引擎发出的一次请求，或外界的一步行为",
    ),
    Term("property", "性质", "what must hold of every behaviour", "对所有行为都必须成立的断言"),
    Term(
        "scope", "范围", "how many objects, and which features, an exploration looks at", "探索时考虑多少对象、哪些特性"
    ),
    Term("dialect", "方言", "the specification of one engine, or of the article", "某个引擎（或文章）的规约"),
    Term("counterexample", "反例", "a run that breaks a property", "违反某个性质的运行过程"),
)
"""In reading order."""
