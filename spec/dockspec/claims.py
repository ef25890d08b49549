"""The article, claim by claim: what it says of Docker, whether that is so, and a check that shows it.

The specification began with an article in Chinese that explains Docker's commands by layers and process spaces
(``docker run`` and ``docker start`` told apart). Each of its statements stands here as a ``Claim``: the quotation, an
English version, a verdict, the reason, the rules and properties that decide it, and short scripts of command lines with
what they exit with and show. A test runs the scripts, and shows that the quotations cover the article.

A slip is a claim that is wrong in its wording more than in its meaning, as ``pull <image-id>``.
"""

# ruff: noqa: E501  # a Chinese character counts as two columns

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Verdict(Enum):
    """What is to be said of a claim."""

    TRUE = "true"
    LIMITED = "true with a limit"
    NOT_SO = "not so on real engines"


@dataclass(frozen=True)
class Line:
    """One command line of a check.

    Attributes:
        command: as it is typed; a line that begins with ``!`` is what the world does (``!exit web 3``).
        exits: the exit status.
        shows: texts that its output contains, standard output and standard error together.
        lacks: texts that its output does not contain.
    """

    command: str
    exits: int = 0
    shows: tuple[str, ...] = ()
    lacks: tuple[str, ...] = ()


@dataclass(frozen=True)
class Check:
    """A script that shows why the verdict is what it is.

    Attributes:
        lines: run one after the other, in a world where nothing was done before.
        dialect: whose behaviour.
        buildkit: whether BuildKit builds, as newer clients do without being asked.
    """

    lines: tuple[Line, ...]
    dialect: str = "docker"
    buildkit: bool = False


@dataclass(frozen=True)
class Claim:
    """A statement of the article.

    Attributes:
        id: stable, ``article.rm-only-stopped``.
        quote: the statement, as it stands in the article.
        english: the same in English.
        verdict: what is to be said of it.
        why: the reason, or the limit.
        why_chinese: the same in Chinese.
        rules: ids of the rules that decide it; each answers in one of the checks.
        properties: ids of the properties that decide it.
        checks: what shows it.
        slip: whether only its wording is wrong.
    """

    id: str
    quote: str
    english: str
    verdict: Verdict
    why: str
    why_chinese: str
    rules: tuple[str, ...]
    properties: tuple[str, ...]
    checks: tuple[Check, ...]
    slip: bool = False


def _do(command: str, *shows: str, exits: int = 0, lacks: tuple[str, ...] = ()) -> Line:
    return Line(command, exits, shows, lacks)


def _check(*lines: Line | str, dialect: str = "docker", buildkit: bool = False) -> Check:
    return Check(tuple(Line(line) if isinstance(line, str) else line for line in lines), dialect, buildkit)


_RUN_WEB = "docker run -d --name web alpine sleep 60"
_CREATE_WEB = "docker create --name web alpine sleep 60"
_TWO_LAYERS_UP = (
    "docker create --name first alpine",
    "middle=$(docker commit first)",
    "docker rm first",
    "docker create --name second $middle",
    "docker commit second top:1",
    "docker rm second",
)
"""top:1 stands on an image without a name, and that one on alpine."""
_DOCKERFILE = (
    "echo FROM alpine > Dockerfile",
    "echo ENV COLOUR=blue >> Dockerfile",
    "echo RUN touch /made >> Dockerfile",
    "echo COPY . /source >> Dockerfile",
)

ASIDES: tuple[str, ...] = (
    "Docker常用命令:",
    "看到这个命令,读者通常会有一个疑问:docker start 和 docker run命令有什么区别",
)
"""What the article says without claiming anything: a heading, and a question."""

# --- what images and containers are ---------------------------------------------------------------------------------

_NATURE = (
    Claim(
        "article.image-is-layers",
        "Docker镜像(Image)是一堆只读文件(read-only layer)",
        "A Docker image is a pile of read-only files (read-only layers).",
        Verdict.TRUE,
        "Nothing that a container does changes an image: what is written goes into the container's own layer. The "
        "image also holds settings (the command, the environment) and its history.",
        "容器的任何操作都不会改变镜像：写入的内容只进入容器自己的读写层。此外，镜像还保存配置（命令、环境变量）和构建历史。",
        ("container.write.written",),
        ("container.written-by-processes",),
        (
            _check(
                _do("docker pull alpine", "Downloaded newer image"),
                _do("docker run alpine touch /note"),
                _do("docker history -q alpine", "<missing>"),
                _do("docker images -a", "alpine", lacks=("<none>",)),
            ),
        ),
    ),
    Claim(
        "article.container-is-layers-too",
        "容器(container)的定义和镜像(image)几乎一模一样,也是一堆层的统一视角,唯一区别在于容器的最上面那一层是可读可写的",
        "A container is defined almost like an image, as a unified view of a pile of layers too; the only difference is "
        "that a container's topmost layer can be written.",
        Verdict.LIMITED,
        "True of the files. A container also has a name, a state, an exit code and a restart policy, and, while it "
        "runs, a process space.",
        "就文件而言没错。但容器还有名称、状态、退出码和重启策略，运行时还有进程空间。",
        ("container.create.created",),
        ("container.read-write-layer", "container.process-space"),
        (_check(_CREATE_WEB, _do("docker inspect web", '"Status": "created"', '"Name": "/web"', '"RestartPolicy"')),),
    ),
    Claim(
        "article.container-is-image-and-layer",
        "容器 = 镜像 + 读写层",
        "A container = an image + a read-write layer.",
        Verdict.LIMITED,
        "So it is created. Later the image can be removed under it by force (the container keeps the layers and still "
        "starts), and a container that is dead has lost its read-write layer.",
        "刚创建时确实如此。但之后镜像可能被强制删除（容器仍保留那些层，照样能启动），而处于 dead 状态的容器已经失去读写层。",
        ("container.create.created", "image.untag.deleted", "container.start.started", "container.rm.failed"),
        ("container.read-write-layer", "container.on-removed-image"),
        (
            _check(
                _CREATE_WEB,
                _do("docker rmi -f alpine", "Deleted: "),
                "docker start web",
                "!obstruct web",
                _do("docker rm -f web", "unable to remove filesystem", exits=1),
                _do("docker inspect web", '"Status": "dead"'),
            ),
        ),
    ),
)

# --- version, info, pull --------------------------------------------------------------------------------------------

_ENGINE = (
    Claim(
        "article.version",
        "docker version显示 Docker 版本信息",
        "docker version shows version information of Docker.",
        Verdict.TRUE,
        "The client's, and the engine's where one answers.",
        "显示客户端的版本；引擎有应答时也显示引擎的版本。",
        ("engine.version.shown",),
        (),
        (_check(_do("docker version", "Client:", "Server:", "Version:")),),
    ),
    Claim(
        "article.info",
        "docker info显示 Docker 系统信息,包括镜像和容器数",
        "docker info shows system information of Docker, the numbers of images and containers included.",
        Verdict.TRUE,
        "Containers are counted as running, paused and stopped; stopped are all the others.",
        "容器按 running、paused、stopped 三类计数，其余状态一律算作 stopped。",
        ("engine.info.shown",),
        (),
        (_check(_RUN_WEB, _do("docker info", "Containers: 1", "Running: 1", "Images: 1")),),
    ),
    Claim(
        "article.pull-id",
        "docker pull <image-id>",
        "docker pull <image-id>",
        Verdict.NOT_SO,
        "A name is pulled, with a tag or a digest; an id is not. A short id is read as the name of a repository, a full "
        "one is refused.",
        "pull 的参数是名称（可带标签或摘要），不是镜像 ID。短 ID 会被当成仓库名，完整的 ID 会被拒绝。",
        (),
        (),
        (
            _check(
                _do("docker pull 1a2b3c4d5e6f", "Pulling from library/1a2b3c4d5e6f"),
                _do(f"docker pull {'1a2b' * 16}", "invalid repository name", exits=1),
            ),
        ),
        slip=True,
    ),
    Claim(
        "article.pull-updates",
        "拉取或者更新指定镜像",
        "Pulls or updates the named image.",
        Verdict.LIMITED,
        "What is updated is the tag: it names what the registry serves now. No image ever changes; the one that had the "
        "tag stays, under its digest, until it is removed.",
        "被更新的是标签：它改为指向仓库当前提供的镜像。镜像本身不会改变；原来的镜像保留其摘要，直到被删除。",
        ("image.pull.pulled", "image.pull.up-to-date"),
        ("image.pull-names", "image.only-rmi-and-prune-remove"),
        (
            _check(
                "docker pull alpine:3.20",
                _do("docker pull alpine:3.20", "Image is up to date"),
                "!registry move alpine:3.20",
                _do("docker pull alpine:3.20", "Downloaded newer image"),
                _do("docker images", "3.20", "<none>"),
            ),
        ),
    ),
)

# --- create, start, run ---------------------------------------------------------------------------------------------

_BEGINNING = (
    Claim(
        "article.create-makes-image",
        "docker create <image-id>创建镜像",
        "docker create <image-id> creates an image.",
        Verdict.NOT_SO,
        "It creates a container, as the article's next sentence says.",
        "它创建的是容器，正如文章下一句所说。",
        ("container.create.created",),
        ("image.only-makers-make",),
        (
            _check(
                "docker pull alpine",
                _CREATE_WEB,
                _do("docker ps -a", "web", "Created"),
                _do("docker images -a", "alpine", lacks=("<none>",)),
            ),
        ),
        slip=True,
    ),
    Claim(
        "article.create-adds-layer",
        "docker create 命令为指定的镜像(image)添加了一个可读写层,构成了一个新的容器",
        "docker create adds a read-write layer to the named image, which makes a new container.",
        Verdict.TRUE,
        "Each create makes another container with a layer of its own; the image is shared and stays as it is.",
        "每次 create 都会生成一个新的容器和独立的读写层；镜像由各容器共享，保持不变。",
        ("container.create.created",),
        ("container.read-write-layer", "container.only-create-makes"),
        (_check(_CREATE_WEB, "docker create --name other alpine", _do("docker ps -a", "web", "other")),),
    ),
    Claim(
        "article.create-does-not-run",
        "注意,这个容器并没有运行",
        "Note that this container does not run.",
        Verdict.TRUE,
        "It is created: plain ps does not list it, and it has no process.",
        "它处于 created 状态：不带参数的 ps 不会列出它，也没有任何进程。",
        ("container.create.created", "container.top.not-running"),
        ("container.process-space", "container.ps-lists-running"),
        (
            _check(
                _CREATE_WEB,
                _do("docker ps", lacks=("web",)),
                _do("docker ps -a", "Created"),
                _do("docker top web", "is not running", exits=1),
            ),
        ),
    ),
    Claim(
        "article.start-starts",
        "docker start <container-id>启动容器",
        "docker start <container-id> starts a container.",
        Verdict.LIMITED,
        "A created or stopped one. A running one is left alone, which counts as success; a paused one is refused; and "
        "where the program cannot be started, the container stays what it was.",
        "对 created 或已停止的容器成立。已在运行的容器不受影响，并视为成功；暂停的容器会被拒绝；程序无法启动时，容器状态不变。",
        (
            "container.start.started",
            "container.start.running",
            "container.start.paused",
            "container.start.not-found",
        ),
        ("container.start-starts",),
        (
            _check(
                _CREATE_WEB,
                _do("docker start web", "web"),
                _do("docker start web", "web"),
                "docker pause web",
                _do("docker start web", "cannot start a paused container", exits=1),
                "docker create --name bad alpine no-such-program",
                _do("docker start bad", "executable file not found", exits=1),
                _do("docker ps -a", "Created", "(Paused)"),
            ),
        ),
    ),
    Claim(
        "article.start-makes-process-space",
        "docker start命令为容器文件系统创建了一个进程隔离空间",
        "docker start creates an isolated process space for the container's file system.",
        Verdict.TRUE,
        "It begins with the main process and ends with it.",
        "它随主进程开始，也随主进程结束。",
        ("container.start.started", "container.top.not-running", "container.top.shown"),
        ("container.process-space",),
        (
            _check(
                _CREATE_WEB,
                _do("docker top web", exits=1),
                "docker start web",
                _do("docker top web", "sleep 60"),
                "!exit web",
                _do("docker top web", "is not running", exits=1),
            ),
        ),
    ),
    Claim(
        "article.one-process-space",
        "注意,每一个容器只能够有一个进程隔离空间",
        "Note that each container can have only one isolated process space.",
        Verdict.TRUE,
        "A second start changes nothing, and what exec starts joins the space that is there.",
        "再次 start 不会有任何变化，exec 启动的进程则加入已有的空间。",
        ("container.start.running", "exec.start.started"),
        ("container.process-space", "container.exec-lives-inside"),
        (
            _check(
                _RUN_WEB,
                _do("docker start web", "web"),
                "docker exec -d web sleep 100",
                "docker stop web",
                _do("docker top web", exits=1),
            ),
        ),
    ),
    Claim(
        "article.run-starts-image",
        "docker run <image-id>启动镜像",
        "docker run <image-id> starts an image.",
        Verdict.NOT_SO,
        "Images do not run. It makes a container of the image and starts that one; run again, and there are two.",
        "镜像不会运行。run 用镜像创建一个容器并启动它；再执行一次，就有两个容器。",
        ("container.create.created", "container.start.started"),
        ("container.only-create-makes",),
        (_check(_RUN_WEB, "docker run -d --name other alpine sleep 60", _do("docker ps", "web", "other")),),
        slip=True,
    ),
    Claim(
        "article.run-is-create-and-start",
        "实际上,docker run 命令先是利用镜像创建了一个容器,然后运行这个容器",
        "In fact docker run first creates a container from the image, and then runs this container.",
        Verdict.LIMITED,
        "Before that it pulls the image if it is missing, and after it, unless -d was given, it waits for the end and "
        "exits with the container's exit code.",
        "在此之前，若镜像不存在会先拉取；在此之后，除非指定 -d，否则会等待结束，并以容器的退出码退出。",
        ("container.create.no-image", "image.pull.pulled", "container.create.created", "container.start.started"),
        ("container.start-starts",),
        (
            _check(
                _do(_RUN_WEB, "Unable to find image 'alpine:latest' locally"),
                _do("docker ps", "web", "Up "),
                _do("docker run alpine sh -c 'exit 3'", exits=3),
            ),
        ),
    ),
    Claim(
        "article.run-misleads",
        "这个命令非常的方便,并且隐藏了两个命令的细节,但从另一方面来看,这容易让用户产生误解",
        "This command is very convenient and hides the details of two commands; on the other hand, it easily misleads.",
        Verdict.TRUE,
        "To run the same container again is start. A second run makes another container, or is refused for the name.",
        "要再次运行同一个容器，应当用 start。再执行一次 run 会另建一个容器，或因名称冲突而被拒绝。",
        ("container.create.name-in-use", "container.start.started"),
        ("container.names-unique",),
        (
            _check(
                _RUN_WEB,
                "!exit web",
                _do(_RUN_WEB, "is already in use by container", exits=125),
                _do("docker start web", "web"),
            ),
        ),
    ),
)

# --- ps, images, history --------------------------------------------------------------------------------------------

_LISTS = (
    Claim(
        "article.ps-lists-running",
        "docker ps 查看所有运行中的容器",
        "docker ps shows all running containers.",
        Verdict.LIMITED,
        "It lists those with the running flag, and paused and restarting ones have it too.",
        "它列出带 running 标志的容器，而暂停的和正在等待重启的容器也带有这个标志。",
        ("container.list.shown",),
        ("container.ps-lists-running", "container.flags"),
        (
            _check(
                _RUN_WEB,
                "docker pause web",
                "docker run -d --name again --restart always alpine sleep 60",
                "!exit again 1",
                _do("docker ps", "(Paused)", "Restarting (1)"),
            ),
        ),
    ),
    Claim(
        "article.ps-hides-the-rest",
        "这隐藏了非运行态容器的存在",
        "This hides that there are containers which do not run.",
        Verdict.TRUE,
        "Created, stopped and dead containers are only in ps -a, and so is one that is being removed.",
        "created、已停止、dead 以及正在删除的容器都只出现在 ps -a 中。",
        ("container.list.shown",),
        ("container.ps-lists-running",),
        (_check(_CREATE_WEB, _do("docker ps", lacks=("web",)), _do("docker ps -a", "web")),),
    ),
    Claim(
        "article.ps-a",
        "如果想要找出这些容器,我们需要使用docker ps –a这个命令",
        "To find these containers, we need docker ps –a.",
        Verdict.LIMITED,
        "With a hyphen. The dash that stands in the article is a typographic one: docker takes it for an argument, and "
        "refuses it.",
        "要用连字符（-）。文章里印的是排版用的短破折号（–），docker 会把它当作参数并报错。",
        ("container.list.shown",),
        ("container.ps-lists-running",),
        (
            _check(
                _CREATE_WEB,
                _do("docker ps –a", '"docker ps" accepts no arguments', exits=1),
                _do("docker ps -a", "web"),
            ),
        ),
        slip=True,
    ),
    Claim(
        "article.images-top-level",
        "docker images 命令会列出所有顶层镜像",
        "docker images lists all top-level images.",
        Verdict.TRUE,
        "Top-level is what a reference names, or nothing is built on.",
        "顶层镜像指有引用指向它，或没有其他镜像建立在它之上的镜像。",
        ("image.list.shown",),
        ("image.leaves-listed",),
        (
            _check(
                *_TWO_LAYERS_UP,
                _do("docker images", "top", "alpine", lacks=("<none>",)),
                _do("docker images -a", "top", "alpine", "<none>"),
            ),
        ),
    ),
    Claim(
        "article.image-or-layer",
        "实际上,在这里我们没有办法区分一个镜像和一个只读层,所以我们提出了top-level镜像",
        "In fact we cannot tell an image from a read-only layer here, and that is why we speak of top-level images.",
        Verdict.NOT_SO,
        "Since Docker 1.10 an image has an id of its own, made of its settings and layers: an image of several layers "
        "is one image, and an image may have no layer of its own at all.",
        "自 Docker 1.10 起，镜像有自己的 ID，由其配置和各层算出：含多个层的镜像仍是一个镜像，而有的镜像根本没有自己的层。",
        ("image.list.shown", "image.history.shown"),
        (),
        (
            _check(
                "docker pull alpine",
                _do("docker history alpine", "<missing>"),
                _do("docker images -a", "alpine", lacks=("<none>",)),
            ),
        ),
    ),
    Claim(
        "article.top-level-means",
        "只有创建容器时使用的镜像或者是直接pull下来的镜像能被称为顶层(top-level)镜像",
        "Only an image that a container was created from, or that was pulled directly, can be called top-level.",
        Verdict.NOT_SO,
        "Neither decides it. An image that was only committed is listed, though nothing was ever created from it; and "
        "an image without a name is not listed once something is built on it, even if a container uses it.",
        "两者都不是判断标准。刚 commit 出来的镜像即使从未用来创建容器，也会被列出；而没有名称的镜像一旦有别的镜像建立在它之上，"
        "即使有容器在用，也不再列出。",
        ("container.commit.committed", "image.list.shown"),
        ("image.leaves-listed",),
        (
            _check(
                "docker create --name first alpine",
                "middle=$(docker commit first)",
                _do("docker images", "<none>"),
                "docker create --name second $middle",
                "docker commit second top:1",
                _do("docker images", "top", lacks=("<none>",)),
            ),
        ),
    ),
    Claim(
        "article.top-level-hides",
        "并且每一个顶层镜像下面都隐藏了多个镜像层",
        "and under every top-level image several image layers are hidden.",
        Verdict.LIMITED,
        "Often, but not always: an imported image has one layer. Images that can be seen with -a lie under it only if it "
        "was made on this engine by commit or the classic builder.",
        "常常如此，但并非总是：import 得到的镜像只有一层。只有在本机用 commit 或经典构建器生成的镜像，其下才有 -a 能看到的镜像。",
        ("image.import.imported", "image.history.shown"),
        ("image.import-is-flat",),
        (
            _check(
                "docker create --name web alpine",
                "docker export web | docker import - flat",
                _do("docker history flat", "Imported from -", lacks=("<missing>",)),
            ),
        ),
    ),
    Claim(
        "article.images-a",
        "docker images –a命令列出了所有的镜像",
        "docker images –a lists all images.",
        Verdict.LIMITED,
        "With a hyphen. The typographic dash is read as the name of a repository: an empty list, and no error.",
        "要用连字符。排版破折号会被当成仓库名：结果是一个空列表，而且不报错。",
        ("image.list.shown",),
        ("image.leaves-listed",),
        (
            _check(
                *_TWO_LAYERS_UP,
                _do("docker images –a", lacks=("top", "alpine")),
                _do("docker images -a", "top", "alpine", "<none>"),
            ),
        ),
        slip=True,
    ),
    Claim(
        "article.images-a-layers",
        "也可以说是列出了所有的可读层",
        "one may also say, all readable layers.",
        Verdict.NOT_SO,
        "The layers of a pulled image are not listed one by one, and what the ENV step of a build makes is listed, "
        "although it has no layer of its own.",
        "拉取的镜像，其各层不会逐一列出；而构建中 ENV 步骤产生的镜像没有自己的层，却会被列出。",
        ("image.list.shown", "build.config.made"),
        (),
        (
            _check(
                "docker pull debian",
                _do("docker history debian", "<missing>"),
                _do("docker images -a", "debian", lacks=("<none>",)),
                "echo FROM debian > Dockerfile",
                "echo ENV COLOUR=blue >> Dockerfile",
                "docker build .",
                _do("docker history -q debian", "<missing>"),
                _do("docker images -a", "<none>"),
            ),
        ),
    ),
    Claim(
        "article.history-shows-layers",
        "如果你想要查看某一个image-id下的所有层,可以使用docker history来查看",
        "To see all layers under an image id, docker history can be used.",
        Verdict.LIMITED,
        "It lists the steps by which the image was made. A step without a layer has a line too (0B), and no layer's id "
        "is shown.",
        "它列出的是镜像的构建步骤。没有产生层的步骤也占一行（0B），而且不显示层的 ID。",
        ("image.history.shown",),
        (),
        (_check("docker pull alpine", _do("docker history alpine", "CMD", "0B", "<missing>")),),
    ),
)

# --- stop, kill, rm, rmi --------------------------------------------------------------------------------------------

_ENDING = (
    Claim(
        "article.stop-stops-all",
        "docker stop <container-id>停止所有的进程",
        "docker stop <container-id> stops all processes.",
        Verdict.TRUE,
        "With the main process its space ends, and every process in it, those of exec too.",
        "主进程一结束，进程空间随之消失，其中的所有进程（包括 exec 启动的）也一并结束。",
        ("container.stop.stopped", "exec.start.started"),
        ("container.stop-stops", "container.exec-lives-inside", "container.process-space"),
        (
            _check(
                _RUN_WEB,
                "docker exec -d web sleep 100",
                "docker stop web",
                _do("docker top web", "is not running", exits=1),
                _do("docker stop web", "web"),
            ),
        ),
    ),
    Claim(
        "article.stop-sends-sigterm",
        "docker stop命令会向运行中的容器发送一个SIGTERM的信号,然后停止所有的进程",
        "docker stop sends a SIGTERM to the running container, and then stops all processes.",
        Verdict.LIMITED,
        "SIGTERM goes to the main process alone, not to all of them. If that has not ended after the grace period (10 s), "
        "SIGKILL follows; the other processes end when the main one has ended.",
        "SIGTERM 只发给主进程，而不是所有进程。宽限期（10 秒）过后主进程仍未结束，就再发 SIGKILL；其他进程随主进程结束而结束。",
        ("container.stop.stopped",),
        ("container.stop-stops",),
        (
            _check(
                "docker run -d --name polite nginx",
                "docker run -d --name stubborn alpine sleep 60",
                "docker stop polite stubborn",
                _do("docker ps -a", "Exited (0)", "Exited (137)"),
            ),
        ),
    ),
    Claim(
        "article.kill-kills-all",
        "docker kill <container-id>杀死进程,docker kill 命令向所有运行在容器中的进程发送了一个不友好的SIGKILL信号",
        "docker kill <container-id> kills processes: it sends an unfriendly SIGKILL to all processes in the container.",
        Verdict.LIMITED,
        "They all die, but the signal goes to the main process; the kernel ends the others with its process space. "
        "Another signal can be sent with -s, and then the container may well live on.",
        "所有进程都会终止，但信号只发给主进程，其余进程由内核随进程空间一起终止。用 -s 可以发送别的信号，那样容器未必会停止。",
        ("container.kill.killed", "container.kill.ignored", "container.kill.not-running"),
        ("container.exec-lives-inside", "container.kill-cancels-restart"),
        (
            _check(
                _RUN_WEB,
                "docker exec -d web sleep 100",
                "docker kill -s USR1 web",
                _do("docker ps", "Up "),
                "docker kill web",
                _do("docker ps -a", "Exited (137)"),
                _do("docker kill web", "is not running", exits=1),
            ),
        ),
    ),
    Claim(
        "article.rm-removes-layer",
        "docker rm <container-id>命令会移除构成容器的可读写层",
        "docker rm <container-id> removes the read-write layer that makes up the container.",
        Verdict.TRUE,
        "And the rest of what is known of the container, its name included. The image stays.",
        "同时清除容器的其他一切信息，包括名称。镜像保留。",
        ("container.rm.removed",),
        ("container.read-write-layer", "container.removed-is-blank", "image.only-rmi-and-prune-remove"),
        (
            _check(
                _CREATE_WEB,
                _do("docker rm web", "web"),
                _do("docker ps -a", lacks=("web",)),
                _do("docker images", "alpine"),
                _CREATE_WEB,
            ),
        ),
    ),
    Claim(
        "article.rm-only-stopped",
        "注意,这个命令只能对非运行态容器执行",
        "Note that this command can only be used on containers that do not run.",
        Verdict.LIMITED,
        "Without -f: running, paused and restarting containers are refused. With -f the process is killed first.",
        "不加 -f 时如此：运行中、暂停和等待重启的容器都会被拒绝。加 -f 则先杀死进程再删除。",
        ("container.rm.running", "container.rm.paused", "container.rm.restarting", "container.rm.forced"),
        ("container.rm-only-not-running", "rm-force-is-kill-and-rm"),
        (
            _check(
                _RUN_WEB,
                _do("docker rm web", "You cannot remove a running container", exits=1),
                "docker pause web",
                _do("docker rm web", "You cannot remove a paused container", exits=1),
                "docker run -d --name again --restart always alpine sleep 60",
                "!exit again 1",
                _do("docker rm again", "You cannot remove a restarting container", exits=1),
                "docker rm -f web again",
                _do("docker ps -a", lacks=("web", "again")),
            ),
        ),
    ),
    Claim(
        "article.rmi-removes-layer",
        "docker rmi <image-id>命令会移除构成镜像的一个只读层",
        "docker rmi <image-id> removes one of the read-only layers that make up the image.",
        Verdict.NOT_SO,
        "It takes a name away, or deletes a whole image with all its names. Unnamed and unused images under it go along; "
        "a layer is freed when no image and no container needs it any more.",
        "它移除一个名称，或连同所有名称删除整个镜像。其下没有名称且未被使用的镜像会一并删除；层只有在没有镜像和容器需要时才释放。",
        ("image.untag.untagged", "image.untag.deleted"),
        ("image.cascade", "image.untag-untags", "image.remove-removes"),
        (
            _check(
                *_TWO_LAYERS_UP,
                "docker tag top:1 other:1",
                _do("docker rmi other:1", "Untagged: other:1", lacks=("Deleted",)),
                _do("docker rmi top:1", "Untagged: top:1", "Deleted: "),
                _do("docker images -a", "alpine", lacks=("<none>", "top")),
            ),
        ),
    ),
    Claim(
        "article.rmi-only-top-level",
        "你只能够使用docker rmi来移除最顶层(top level layer)(也可以说是镜像)",
        "With docker rmi you can only remove the topmost layer (the image, one may also say).",
        Verdict.LIMITED,
        "An image is deleted only if nothing is built on it and, without -f, no container uses it. But the name of an "
        "image on which others are built can be taken away: the image then stays.",
        "只有没有别的镜像建立在其上、且（不加 -f 时）没有容器使用的镜像才会被删除。但有子镜像的镜像，其名称可以移除，镜像本身仍保留。",
        ("image.remove.has-children", "image.untag.used", "image.untag.kept"),
        ("image.rmi-only-top-level", "image.untag-only-unused"),
        (
            _check(
                *_TWO_LAYERS_UP,
                _do("docker rmi $middle", "image has dependent child images", exits=1),
                _do("docker rmi alpine", "Untagged: alpine:latest", lacks=("Deleted",)),
                "docker create --name web top:1",
                _do("docker rmi top:1", "is using its referenced image", exits=1),
            ),
        ),
    ),
    Claim(
        "article.rmi-force",
        "你也可以使用-f参数来强制删除中间的只读层",
        "You can also use -f to delete read-only layers in between by force.",
        Verdict.NOT_SO,
        "What something is built on cannot be deleted, not even with -f (Docker 20.10 to 28). Were it as the article "
        "says, which is the dialect `article`, images would be left with a parent that is gone. Only the containerd image "
        "store, the default of new installs from 29 on, lets such an image go: its children hold their content "
        "themselves.",
        "有别的镜像建立在其上的镜像，即使加 -f 也删不掉（Docker 20.10 至 28）。若如文章所说（即 `article` 方言），就会留下父镜像已消失的"
        "镜像。只有 containerd 镜像存储（29 起新安装的默认）允许删除，因为子镜像自己持有全部内容。",
        ("image.remove.has-children", "image.remove.deleted"),
        ("image.parent-present", "image.cascade"),
        (
            _check(*_TWO_LAYERS_UP, _do("docker rmi -f $middle", "(cannot be forced)", exits=1)),
            _check(*_TWO_LAYERS_UP, _do("docker rmi -f $middle", "Deleted: "), dialect="article"),
        ),
    ),
)

# --- commit, build, exec, inspect -----------------------------------------------------------------------------------

_MAKING = (
    Claim(
        "article.commit-turns-layer",
        "docker commit <container-id>命令将容器的可读写层转换为一个只读层",
        "docker commit <container-id> turns the container's read-write layer into a read-only one.",
        Verdict.NOT_SO,
        "It copies it. The container keeps its read-write layer and can be started, written and committed again.",
        "它做的是复制。容器保留自己的读写层，仍可启动、写入并再次 commit。",
        ("container.commit.committed",),
        ("image.commit-adds-one", "container.layer-survives"),
        (
            _check(
                "docker run --name web alpine touch /note",
                "docker commit web first:1",
                "docker commit web second:1",
                _do("docker images", "first", "second"),
                "docker start web",
            ),
        ),
        slip=True,
    ),
    Claim(
        "article.commit-turns-container",
        "这样就把一个容器转换成了不可变的镜像",
        "and so a container has been turned into an immutable image.",
        Verdict.NOT_SO,
        "The container stays what it was, running if it ran. The image is new, stands on the container's image, and does "
        "not change.",
        "容器保持原样，原来在运行的继续运行。镜像是新建的，建立在容器的镜像之上，此后不再改变。",
        ("container.commit.committed",),
        ("image.commit-adds-one",),
        (_check(_RUN_WEB, "docker commit web shot:1", _do("docker ps", "web", "Up "), _do("docker images", "shot")),),
        slip=True,
    ),
    Claim(
        "article.build-from",
        "docker build我们从上图可以看到,build命令根据Dockerfile文件中的FROM指令获取到镜像",
        "docker build, as the picture above shows, fetches the image that the Dockerfile's FROM names.",
        Verdict.TRUE,
        "It is pulled only where it is missing. FROM scratch begins with nothing.",
        "本地没有时才拉取。FROM scratch 则从空白开始。",
        ("image.pull.pulled",),
        ("image.build-builds-on",),
        (_check(*_DOCKERFILE, _do("docker build .", "FROM alpine", "Downloaded newer image", "Successfully built")),),
    ),
    Claim(
        "article.build-loop",
        "然后重复地1)run(create和start)、2)修改、3)commit",
        "and then repeats: 1) run (create and start), 2) change, 3) commit.",
        Verdict.LIMITED,
        "So the classic builder does RUN steps. An ENV or CMD step creates a container and never starts it, a COPY step "
        "needs none. BuildKit, the default of newer clients, makes one image and no container that is ever seen.",
        "经典构建器的 RUN 步骤确实如此。ENV、CMD 步骤只创建而不启动容器，COPY 步骤不需要容器。新版客户端默认的 BuildKit 只生成一个镜像，"
        "看不到任何容器。",
        ("build.run.made", "build.config.made", "build.copy.made", "build.parentless.made"),
        ("image.build-builds-on",),
        (
            _check(*_DOCKERFILE, _do("docker build -t app .", "Running in", "Removing intermediate container")),
            _check(
                *_DOCKERFILE,
                _do("docker build -t app .", "exporting to image", lacks=("Running in",)),
                _do("docker images -a", "app", lacks=("<none>",)),
                buildkit=True,
            ),
        ),
    ),
    Claim(
        "article.build-layers",
        "在循环中的每一步都会生成一个新的层,因此许多新的层会被创建",
        "Every step of the loop makes a new layer, and so many new layers are made.",
        Verdict.LIMITED,
        "RUN, COPY and ADD do. ENV, CMD and the like make an image without a layer of its own, and a step that is found in "
        "the cache makes nothing.",
        "RUN、COPY、ADD 如此。ENV、CMD 之类的步骤产生的镜像没有自己的层；命中缓存的步骤则什么也不产生。",
        ("build.run.made", "build.config.made", "build.copy.made", "build.cached.hit"),
        ("image.build-builds-on",),
        (
            _check(
                *_DOCKERFILE,
                "docker build -t app .",
                _do("docker history app", "ENV COLOUR=blue", "0B"),
                _do("docker build -t app .", "Using cache", lacks=("Running in",)),
            ),
        ),
    ),
    Claim(
        "article.exec",
        "docker exec <running-container-id>docker exec 命令会在运行中的容器执行一个新进程",
        "docker exec <running-container-id> runs a new process in a running container.",
        Verdict.LIMITED,
        "Paused and restarting containers have the running flag and are refused all the same.",
        "暂停和等待重启的容器虽带 running 标志，同样会被拒绝。",
        ("exec.start.started", "exec.create.paused", "exec.create.restarting", "exec.create.not-running"),
        ("container.exec-starts-in-running",),
        (
            _check(
                _RUN_WEB,
                _do("docker exec web echo hello", "hello"),
                "docker pause web",
                _do("docker exec web true", "is paused, unpause the container before exec", exits=1),
                "docker run -d --name again --restart always alpine sleep 60",
                "!exit again 1",
                _do("docker exec again true", "is restarting", exits=1),
                "docker kill web",
                _do("docker exec web true", "is not running", exits=1),
            ),
        ),
    ),
    Claim(
        "article.inspect",
        "docker inspect <container-id>查看这个容器的详细信息,例如查看运行的数据库服务的连接信息",
        "docker inspect <container-id> shows the details of the container, for instance how to connect to the database "
        "that runs in it.",
        Verdict.LIMITED,
        "In every state, and of images too. An address is only told while the container runs; networks are outside this "
        "specification.",
        "任何状态下都可以，也可用于镜像。只有容器运行时才有地址信息；网络不在本规约范围内。",
        ("container.inspect.shown", "image.inspect.shown"),
        (),
        (
            _check(
                _RUN_WEB,
                _do("docker inspect web", '"Status": "running"', '"Pid": '),
                _do("docker inspect alpine", '"RepoTags"'),
            ),
        ),
    ),
)

# --- save, export, history ------------------------------------------------------------------------------------------

_ARCHIVES = (
    Claim(
        "article.save-compressed",
        "docker save <image-id>docker save命令会创建一个镜像的压缩文件",
        "docker save <image-id> makes a compressed file of an image.",
        Verdict.NOT_SO,
        "The file is a plain tar, not compressed (image/tarexport/save.go); one pipes it through gzip, and load reads "
        "that too. Saved by its id, the image has no name in the archive: save it by its tag.",
        "生成的是普通 tar 文件，没有压缩（image/tarexport/save.go）；需要时可接 gzip，load 也能读取。若按 ID 保存，归档中的镜像没有名称，"
        "所以最好按标签保存。",
        ("image.save.saved", "image.save-id.saved", "image.load.loaded"),
        ("save-load",),
        (
            _check(
                "docker pull alpine",
                "docker save -o named.tar alpine",
                "docker save -o unnamed.tar $(docker images -q alpine)",
                "docker rmi alpine",
                _do("docker load -i unnamed.tar", "Loaded image ID: sha256:"),
                _do("docker load -i named.tar", "Loaded image: alpine:latest"),
            ),
        ),
        slip=True,
    ),
    Claim(
        "article.save-elsewhere",
        "这个文件能够在另外一个主机的Docker上使用",
        "This file can be used by the Docker of another host.",
        Verdict.TRUE,
        "load brings back the same image, with the same id and the same tags.",
        "load 会还原同一个镜像，ID 和标签都相同。",
        ("image.save.saved", "image.load.loaded"),
        ("save-load",),
        (
            _check(
                "docker pull alpine:3.20",
                "docker save -o image.tar alpine:3.20",
                "docker rmi alpine:3.20",
                _do("docker load -i image.tar", "Loaded image: alpine:3.20"),
                _do("docker images", "3.20"),
            ),
        ),
    ),
    Claim(
        "article.save-keeps-metadata",
        "和export命令不同,这个命令为每一个层都保存了它们的元数据",
        "Unlike export, it saves the metadata of every layer.",
        Verdict.TRUE,
        "The settings and the history of the image are in the archive, and history shows the same steps after load.",
        "镜像的配置和历史都在归档中，load 之后 history 显示同样的步骤。",
        ("image.save.saved", "image.load.loaded", "image.history.shown"),
        ("save-load",),
        (
            _check(
                "docker pull alpine",
                "docker save -o image.tar alpine",
                "docker create --name web alpine",
                "docker export -o files.tar web",
                "docker rm web",
                "docker rmi alpine",
                "docker load -i image.tar",
                _do("docker history alpine", "CMD", "ADD file"),
                "docker import files.tar flat",
                _do("docker history flat", lacks=("CMD", "ADD file")),
            ),
        ),
    ),
    Claim(
        "article.save-images-only",
        "这个命令只能对镜像生效",
        "It works on images only.",
        Verdict.LIMITED,
        "A container's name is not found. But it takes several images at once, and the name of a repository stands for "
        "all its tags; a container goes the way of commit and save, or of export.",
        "写容器名会报找不到镜像。但它可以一次保存多个镜像，只写仓库名则表示其所有标签；容器要先 commit 再 save，或者用 export。",
        ("image.save.saved", "image.save-id.absent"),
        (),
        (
            _check(
                _CREATE_WEB,
                _do("docker save -o web.tar web", "No such image: web", exits=1),
                "docker pull debian",
                "docker save -o both.tar alpine debian",
                _do("docker load -i both.tar", "alpine:latest", "debian:latest"),
            ),
        ),
        slip=True,
    ),
    Claim(
        "article.export-makes-tar",
        "docker export <container-id>docker export命令创建一个tar文件",
        "docker export <container-id> makes a tar file.",
        Verdict.TRUE,
        "Of a container in any state but dead and removing; nothing about the container changes.",
        "除 dead 和 removing 外的任何状态都可以；容器本身不变。",
        ("container.export.exported",),
        (),
        (_check(_RUN_WEB, "docker export -o web.tar web", _do("docker ps", "Up ")),),
    ),
    Claim(
        "article.export-flattens",
        "并且移除了元数据和不必要的层,将多个层整合成了一个层,只保存了当前统一视角看到的内容",
        "and removes metadata and unnecessary layers, merges several layers into one, and saves only what the unified "
        "view shows at present.",
        Verdict.LIMITED,
        "In the tar: nothing is removed from the engine. What volumes hold is not in it.",
        "这只是就 tar 文件而言：引擎中的任何东西都不会被移除。卷里的内容不包含在内。",
        ("container.export.exported", "image.import.imported", "image.history.shown"),
        ("image.import-is-flat",),
        (
            _check(
                "docker run --name web alpine touch /note",
                "docker export web | docker import - flat",
                _do("docker history flat", lacks=("<missing>",)),
                _do("docker images", "alpine", "flat"),
                _do("docker ps -a", "web"),
            ),
        ),
    ),
    Claim(
        "article.import-is-one-image",
        "译者注:expoxt后的容器再import到Docker中,通过docker images –tree命令只能看到一个镜像",
        "Translator's note: a container that is exported and imported again shows as one image in docker images –tree",
        Verdict.LIMITED,
        "One image, yes. But images has no flag --tree (20.10: exit status 125): the old one was taken out long ago, and "
        "the one of newer clients (27.2 on) shows platforms, not parents. The dash is a typographic one again.",
        "确实只有一个镜像。但 images 没有 --tree 选项（20.10：退出码 125）：旧的早已移除，新版客户端（27.2 起）的 --tree 显示的是平台而不是"
        "父镜像。这里又用了排版破折号。",
        ("image.import.imported",),
        ("image.import-is-flat",),
        (
            _check(
                "docker create --name web alpine",
                "docker export web | docker import - flat",
                "docker rm web",
                "docker rmi alpine",
                _do("docker images --tree", "unknown flag: --tree", exits=125),
                _do("docker images -a", "flat", lacks=("<none>",)),
            ),
        ),
        slip=True,
    ),
    Claim(
        "article.save-keeps-history",
        "而save后的镜像则不同,它能够看到这个镜像的历史镜像",
        "while with a saved image its historical images can be seen.",
        Verdict.LIMITED,
        "Its steps can be seen with history. The images under it come back only if they are saved in the same archive.",
        "用 history 可以看到它的步骤。其下的镜像只有保存在同一个归档里时才会一并恢复。",
        ("image.save.saved", "image.save-id.saved", "image.load.loaded", "image.history.shown"),
        ("save-load", "save-load-links"),
        (
            _check(
                *_TWO_LAYERS_UP,
                "docker save -o top.tar top:1",
                "docker save -o both.tar top:1 $middle",
                "docker rmi top:1",
                "docker load -i top.tar",
                _do("docker history -q top:1", "<missing>"),
                _do("docker images -a", lacks=("<none>",)),
                "docker load -i both.tar",
                _do("docker images -a", "<none>"),
            ),
        ),
    ),
    Claim(
        "article.history",
        "docker history <image-id>docker history命令递归地输出指定镜像的历史镜像",
        "docker history <image-id> prints the historical images of an image, recursively.",
        Verdict.LIMITED,
        "Every step down to the first. But an image's id stands only where a parent link leads to it, and elsewhere "
        "<missing>: a pulled image has no images under it.",
        "会一直列到第一步。但只有沿父链接能到达的地方才显示镜像 ID，其余显示 <missing>：拉取的镜像下面没有别的镜像。",
        ("image.history.shown",),
        (),
        (
            _check(
                *_TWO_LAYERS_UP,
                _do("docker history top:1", "CMD", "<missing>"),
                _do("docker history -q alpine", "<missing>"),
            ),
        ),
    ),
)

# --- the host -------------------------------------------------------------------------------------------------------

_HOST = (
    Claim(
        "article.firewall-opens",
        "firewall-cmd --add-port=3306/tcp开放端口",
        "firewall-cmd --add-port=3306/tcp opens a port.",
        Verdict.LIMITED,
        "While firewalld runs, and until its next reload or start: what shall last needs --permanent. A port that a "
        "container publishes with -p is reachable without it.",
        "需要 firewalld 正在运行，而且只在下次重新加载或启动之前有效：要长期生效须加 --permanent。容器用 -p 发布的端口无需此命令即可访问。",
        ("firewall.add-port.not-running", "firewall.add-port.added", "firewall.reload.reloaded"),
        ("firewall.reload-forgets", "firewall.permanent-by-name"),
        (
            _check(
                _do("firewall-cmd --add-port=3306/tcp", "FirewallD is not running", exits=252),
                "systemctl start firewalld",
                _do("firewall-cmd --add-port=3306/tcp", "success"),
                _do("firewall-cmd --list-ports", "3306/tcp"),
                "firewall-cmd --reload",
                _do("firewall-cmd --list-ports", lacks=("3306/tcp",)),
            ),
        ),
    ),
    Claim(
        "article.firewall-stops",
        "systemctl stop firewalld关闭防火墙",
        "systemctl stop firewalld turns the firewall off.",
        Verdict.LIMITED,
        "Until the next start or boot, for disable is another command. What was only added at runtime is lost. Docker's "
        "own rules in the kernel are not firewalld's to keep.",
        "只到下次启动或开机为止，禁用要用 disable。仅在运行时添加的端口会丢失。Docker 自己写入内核的规则不归 firewalld 管。",
        ("firewall.stop.ended", "firewall.state.not-running"),
        ("firewall.stopped-opens-nothing",),
        (
            _check(
                "systemctl start firewalld",
                "firewall-cmd --add-port=3306/tcp",
                "systemctl stop firewalld",
                _do("firewall-cmd --state", "not running", exits=252),
                "systemctl start firewalld",
                _do("firewall-cmd --list-ports", lacks=("3306/tcp",)),
            ),
        ),
    ),
)

CLAIMS: tuple[Claim, ...] = (
    *_NATURE, *_ENGINE, *_BEGINNING, *_LISTS, *_ENDING, *_MAKING, *_ARCHIVES, *_HOST,
)  # fmt: skip
"""Every claim, in the order of the article."""
