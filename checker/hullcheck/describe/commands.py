"""docker's commands as compositions of operations: each with words, and with a line that was run to show it."""

# ruff: noqa: E501  # a Chinese character counts as two columns

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from hullcheck.run.world import World


@dataclass(frozen=True)
class Composition:
    """What a command does, told by its operations.

    Attributes:
        command: as docker calls it.
        english, chinese: which operations, in which order.
        example: a command line; the last of several, the others only prepare it.
    """

    command: str
    english: str
    chinese: str
    example: tuple[str, ...]


_RUNNING = "docker run -d --name web alpine sleep 60"
_CREATED = "docker create --name web alpine sleep 60"
_PULLED = "docker pull alpine"
_EACH = "of each container named; all are tried, and one failure makes the exit status 1"
_EACH_CHINESE = "对所列的每个容器执行；全部尝试，有一个失败则退出码为 1"
_DOCKERFILE = ("echo FROM alpine > Dockerfile", "echo RUN touch /made >> Dockerfile", "echo ENV A=1 >> Dockerfile")


def _each(command: str, prepared: str, example: str) -> Composition:
    return Composition(command, f"{command} {_EACH}", f"{command}：{_EACH_CHINESE}", (prepared, example))


COMPOSITIONS: tuple[Composition, ...] = (
    Composition("version", "the versions of client and engine", "客户端和引擎的版本", ("docker version",)),
    Composition("info", "settings and numbers", "设置和数量", ("docker info",)),
    Composition(
        "pull", "pull, which names the image by tag and digest", "拉取镜像，并以标签和摘要命名", (_PULLED,)
    ),
    Composition(
        "create",
        "create; where the image is missing, pull, and create again",
        "create；镜像不存在时先 pull，再次 create",
        (_CREATED,),
    ),
    _each("start", _CREATED, "docker start web"),
    Composition(
        "run",
        "create (with its pull), start and, unless -d, wait for the end; exits with the container's exit code, 125 for an "
        "error of the daemon, 126 or 127 where the program does not start",
        "create（必要时先 pull）、start；除非指定 -d，否则等待结束，并以容器的退出码退出；守护进程出错为 125，程序无法启动为 126 或 127",
        (_RUNNING,),
    ),
    Composition("ps", "lists containers; -a lists all", "列出容器；-a 列出全部", ("docker ps -a",)),
    Composition("images", "lists images; -a lists all", "列出镜像；-a 列出全部", ("docker images -a",)),
    Composition("history", "the steps of an image", "镜像的构建步骤", (_PULLED, "docker history alpine")),
    Composition(
        "inspect",
        "of each name the container, or else the image",
        "对每个名称先找容器，找不到再找镜像",
        (_CREATED, "docker inspect web alpine"),
    ),
    Composition("logs", "what the main process has printed", "主进程的输出", (_CREATED, "docker logs web")),
    Composition("top", "the processes of a container", "容器中的进程", (_RUNNING, "docker top web")),
    _each("stop", _RUNNING, "docker stop web"),
    _each("kill", _RUNNING, "docker kill web"),
    _each("restart", _RUNNING, "docker restart web"),
    _each("pause", _RUNNING, "docker pause web"),
    Composition(
        "unpause",
        f"unpause {_EACH}",
        f"unpause：{_EACH_CHINESE}",
        (_RUNNING, "docker pause web", "docker unpause web"),
    ),
    Composition(
        "wait", "waits for the end of each, and prints the exit codes", "等待每个容器结束，并打印退出码",
        (_CREATED, "docker wait web"),
    ),
    Composition("rename", "gives another name", "改名", (_CREATED, "docker rename web shop")),
    _each("update", _CREATED, "docker update --restart always web"),
    Composition(
        "exec",
        "prepares a process and starts it; exits with its exit code",
        "先准备进程，再启动它；以其退出码退出",
        (_RUNNING, "docker exec web true"),
    ),
    _each("rm", _CREATED, "docker rm web"),
    Composition(
        "rmi",
        "of each: by a name that is a reference, take the name away; by an id, remove the image",
        "对每个参数：若是引用名称则移除名称；若是 ID 则删除镜像",
        (_PULLED, "docker rmi alpine"),
    ),
    Composition("tag", "lets a tag name an image", "让标签指向镜像", (_PULLED, "docker tag alpine shop:1")),
    Composition(
        "commit", "commit and, where a name is given, tag", "commit；给出名称时再 tag", (_CREATED, "docker commit web shop:1")
    ),
    Composition("export", "writes the container's files", "写出容器的文件", (_CREATED, "docker export -o web.tar web")),
    Composition(
        "import",
        "import and, where a name is given, tag",
        "import；给出名称时再 tag",
        (_CREATED, "docker export -o web.tar web", "docker import web.tar flat"),
    ),
    Composition(
        "save",
        "one operation for each image: by tag, or by id",
        "每个镜像一次操作：按标签，或按 ID",
        (_PULLED, "docker pull debian", "docker save -o both.tar alpine debian"),
    ),
    Composition(
        "load",
        "reads an archive",
        "读取归档",
        (_PULLED, "docker save -o image.tar alpine", "docker load -i image.tar"),
    ),
    Composition(
        "push",
        "sends what the tag names",
        "推送标签所指的镜像",
        (_PULLED, "docker tag alpine shop:1", "docker push shop:1"),
    ),
    Composition(
        "build",
        "pull of what FROM names, where it is missing; then one operation for each step, or for what the cache has of it; "
        "then tag. With BuildKit one operation for all steps",
        "FROM 所指镜像不存在时先 pull；然后每个步骤一次操作（命中缓存亦然）；最后 tag。使用 BuildKit 时所有步骤合为一次操作",
        (*_DOCKERFILE, "docker build -t shop ."),
    ),
    Composition("container prune", "asks, and removes", "询问后清除", (_CREATED, "docker container prune -f")),
    Composition("image prune", "asks, and removes", "询问后清除", ("docker image prune -f",)),
    Composition(
        "system prune",
        "container prune, then image prune",
        "先 container prune，再 image prune",
        (_CREATED, "docker system prune -af"),
    ),
    Composition(
        "builder prune", "nothing: the classic builder's cache is the images themselves", "无操作：经典构建器的缓存就是镜像本身",
        ("docker builder prune -f",),
    ),
    Composition("help", "nothing is asked of the engine", "不向引擎发出请求", ("docker help rm",)),
)  # fmt: skip
"""Every command of docker that the specification tells, in the order in which one meets them."""


def answered(composition: Composition) -> Iterator[str]:
    """The ids of the rules that answer the example, in order; without the registry, which serves whatever is asked for."""
    world = World()
    outcomes = [list(world.script(line)) for line in composition.example]
    rules = (operation.rule.id for outcome in outcomes[-1] for operation in outcome.operations)
    yield from (rule for rule in rules if not rule.startswith("registry."))
