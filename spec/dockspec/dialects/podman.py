"""Podman, as its Docker-compatible API treats containers and images.

No daemon watches over Podman's containers. Each has a small program beside it, which starts it again at once where a
policy wants that; so nothing ever waits to be restarted, and a restart of the service concerns no container. Nothing
refuses to be removed because of its files. An image's parent is no link that is kept: it is found by comparing layers
and history, so that an image goes although something is built on it, and is the parent again when it comes back. With
an image go, by force, the containers of it that do not run.

A build makes the same images as Docker's classic builder, in containers of its own that are never seen. No digest is
kept as a name beside a tag.

Left out: what is answered while a removal takes its time; that a SIGTERM which is sent to a paused container waits
until it is resumed; that what exec prepared or started is known until its container starts again; that an image which
comes back knows its parent even if the archive does not hold it; and ``repository@sha256:...``, which finds an image by
the digest of its manifest, but is no name that rmi could take away.
"""

from __future__ import annotations

import dataclasses

from dockspec import container
from dockspec.container import (
    Process,
    auto_remove,
    blanked,
    c,
    execs_end,
    image_of,
    is_used,
    is_used_by_running,
    is_used_by_stopped,
    process,
    process_begins,
)
from dockspec.container import Status as ContainerStatus
from dockspec.container import status as status_of
from dockspec.dialects.digests import NO_DIGEST_IS_A_NAME, without_digests
from dockspec.dialects.overlay import Change, Dialect, changed, docker, dropped
from dockspec.image import (
    IMAGE,
    comes_from,
    has_children,
    has_one_reference,
    i,
    is_ancestor,
    is_prunable,
    is_referenced,
    j,
    present,
    r,
    refers,
)
from dockspec.language import NONE, Expr, Variable, becomes, choose, every, implies, named, some
from dockspec.model import Actor, Always, Event, Row, Rule, failed, refused
from dockspec.operations.containers import Signal, command, signal
from dockspec.operations.images import (
    all_untagged,
    all_unused,
    deleted,
    named_image,
    untag_each_event,
    untag_event,
    untagged,
)
from dockspec.operations.processes import policy_restarts
from dockspec.operations.shared import force, on_container, on_containers

_MEASURED = "measured on Podman 5.8.6"
_is_paused = status_of(c) == ContainerStatus.PAUSED

_ROWS = (
    Row(
        "exit, started again",
        (ContainerStatus.RUNNING,),
        ContainerStatus.RUNNING,
        "its policy restarts it",
        Actor.PROCESS,
    ),
    Row(
        "rm leaves files",
        (ContainerStatus.CREATED, ContainerStatus.RUNNING, ContainerStatus.PAUSED, ContainerStatus.STOPPED),
        ContainerStatus.REMOVED,
        "its files cannot be deleted",
    ),
    Row(
        "rmi -f",
        (ContainerStatus.CREATED, ContainerStatus.STOPPED, ContainerStatus.REMOVING),
        ContainerStatus.REMOVED,
        "its image goes, by force",
    ),
)
_MACHINE = dataclasses.replace(container.MACHINE, rows=(*container.MACHINE.rows, *_ROWS))

_prunable = status_of(c).one_of(ContainerStatus.CREATED, ContainerStatus.STOPPED)

# --- containers -------------------------------------------------------------------------------------------------------

_OBEYS = "sh -c 'trap \"exit 3\" TERM; while :; do sleep 1; done'"
_RUN = "docker run -d --name c0 alpine:3.20 sleep 60"
_RESTARTED = ("docker run -d --name c0 --restart always alpine:3.20 sleep 60", "!exit c0 3")
_AT_ONCE = "A policy starts the container again at once: none ever waits to be restarted."


def _fails(rule: str, program: str) -> Change:
    """A start that fails changes nothing."""
    verb = rule.split(".")[1]
    return changed(
        rule,
        "A start that fails leaves the container as it was, exit code and all, and is always a 500.",
        f"!program broken {program}",
        "docker create --name c0 alpine:3.20 broken",
        f"docker {verb} c0",
        "docker inspect c0",
        answer=refused(500, "CannotStart", docker(rule).answer.message),
        says="The process cannot be started: the container stays what it was.",
        source=f"libpod/container_internal.go:init; {_MEASURED}",
        effects=(),
    )


def _stays(rule: str) -> Change:
    """A --rm container whose start fails early is not removed."""
    verb = rule.split(".")[1]
    return dropped(
        rule,
        "With --rm a container that cannot even be prepared (its user is unknown, say) stays.",
        "!program broken not-started",
        "docker create --name c0 --rm alpine:3.20 broken",
        f"docker {verb} c0",
        "docker ps -a",
    )


def _never_waits(rule: str, *then: str) -> Change:
    """A rule about a container that waits to be restarted."""
    return dropped(rule, _AT_ONCE, *_RESTARTED, *then)


def _paused(rule: str, verb: str, message: str, source: str) -> Change:
    """A paused container is neither stopped nor restarted."""
    return Change(
        rule,
        Rule(
            f"container.{verb}.paused",
            _is_paused,
            refused(500, "Paused", message),
            "A paused container has to be resumed first.",
            f"{source}; {_MEASURED}",
        ),
        f"A paused container is not resumed for it: {verb} fails. And none ever waits to be restarted.",
        (_RUN, "docker pause c0", f"docker {verb} c0"),
    )


def _only_running(rule: str) -> Change:
    """A paused container dies of SIGKILL only."""
    return changed(
        rule,
        "A paused container dies of SIGKILL only: another signal does not resume it, and waits until something does.",
        f"docker run -d --name c0 {'--rm ' * ('auto' in rule)}alpine:3.20 {_OBEYS}",
        "docker pause c0",
        "docker kill -s TERM c0",
        "docker ps -a",
        when=docker(rule).when & ~(_is_paused & (signal != Signal.KILL)),
    )


_CONTAINERS = (
    dropped(
        "container.create.no-command",
        "A container without a command can be created; it is the start that fails.",
        "docker import - app:1",
        "docker create --name c0 app:1",
    ),
    changed(
        "container.create.created",
        "Where nothing says what to run, a command is found missing when it is started.",
        "docker import - app:1",
        "docker create --name c0 app:1",
        effects=(
            *(e for e in docker("container.create.created").effects if e.target.function is not process),
            becomes(process(c), choose(command == Process.NOTHING, Process.NOT_FOUND, command)),
        ),
    ),
    *(
        _fails(f"container.{verb}.{program}", program)
        for verb in ("start", "restart")
        for program in ("not-found", "not-executable", "not-started")
    ),
    *(_stays(f"container.{verb}.not-started-auto-removed") for verb in ("start", "restart")),
    _paused(
        "container.stop.restarting",
        "stop",
        "container {c.id} is running or paused, refusing to clean up: container state improper",
        "libpod/container_internal.go:stop, cleanup",
    ),
    _paused(
        "container.restart.stopped-in-vain",
        "restart",
        "unable to restart a container in a paused or unknown state: container state improper",
        "libpod/container_internal.go:restartWithTimeout",
    ),
    _never_waits("container.kill.restarting", "docker kill c0", "docker ps -a"),
    _only_running("container.kill.auto-removed"),
    _only_running("container.kill.killed"),
    changed(
        "container.kill.ignored",
        "A signal does not resume a paused container.",
        _RUN,
        "docker pause c0",
        "docker kill -s USR1 c0",
        "docker ps -a",
        says="The signal is sent and the process ignores it, or is paused. The restart policy no longer holds for this "
        "run, whatever the signal was.",
        source=f"libpod/container_api.go:Kill; {_MEASURED}",
        moves=(),
        events=docker("container.kill.ignored").events[:1],
    ),
    changed(
        "container.exit.auto-removed",
        "A policy that a --rm container was given comes before its removal.",
        "docker run -d --name c0 --rm alpine:3.20 sleep 60",
        "docker update --restart always c0",
        "!exit c0 3",
        "docker ps -a",
        when=auto_remove(c) & ~policy_restarts(c),
        source=f"libpod/container_internal.go:handleRestartPolicy; {_MEASURED}",
    ),
    changed(
        "container.exit.restarting",
        _AT_ONCE,
        *_RESTARTED,
        "docker ps -a",
        says="Its policy starts it again at once, and without end.",
        source=f"libpod/container_internal.go:handleRestartPolicy; {_MEASURED}",
        moves=(_MACHINE.moves("exit, started again", c),),
        effects=(*process_begins(c), execs_end(c)),
        events=(*docker("container.exit.restarting").events, on_container("restart"), on_container("start")),
    ),
    dropped(
        "container.update.auto-remove",
        "A --rm container can be given a restart policy once it is created.",
        "docker create --name c0 --rm alpine:3.20",
        "docker update --restart always c0",
    ),
    _never_waits("container.restart-timer.started", "!timer c0"),
    _never_waits("container.restart-timer.failed", "!break c0", "!timer c0"),
    _never_waits("container.pause.restarting", "docker pause c0"),
    _never_waits("container.rename.restarting", "docker rename c0 c1"),
    _never_waits("container.rm.restarting", "docker rm c0"),
    _never_waits("exec.create.restarting", "docker exec c0 true"),
    dropped(
        "exec.start.restarting",
        _AT_ONCE,
        _RESTARTED[0],
        "docker exec c0 true",
        _RESTARTED[1],
        "!step exec.start c=c0 command_found=true",
        "docker ps -a",
    ),
    _never_waits("container.top.restarting", "docker top c0"),
    changed(
        "container.rm.failed",
        "A container whose files cannot be deleted is forgotten all the same; only the files stay. None is ever dead.",
        "docker create --name c0 alpine:3.20",
        "!obstruct c0",
        "docker rm -f c0",
        "docker ps -a",
        answer=failed(500, "RemovalFailed", "cleaning up storage: removing container {c.id} root filesystem: {path}"),
        says="Its files cannot be deleted and stay behind; the container is gone, although the answer is an error.",
        source=f"libpod/runtime_ctr.go:removeContainer; {_MEASURED} (an immutable file)",
        moves=(_MACHINE.moves("rm leaves files", c),),
        effects=blanked(c),
        events=docker("container.rm.forced").events,
    ),
    changed(
        "container.prune.pruned",
        "Nor does prune leave a container whose files cannot be deleted.",
        "docker create --name c0 alpine:3.20",
        "!obstruct c0",
        "docker container prune -f",
        "docker ps -a",
        says="As rm without -f for each created or stopped container; running and paused ones stay.",
        source=f"libpod/runtime_ctr.go:PruneContainers; {_MEASURED}",
        moves=(_MACHINE.moves_each(c, (_prunable, "rm")),),
        effects=blanked(c, where=_prunable),
        events=(on_containers("destroy", c, _prunable), Event("container", "prune", ())),
    ),
    changed(
        "removal.fail.failed",
        "A removal that fails leaves no dead container.",
        "docker create --name c0 alpine:3.20",
        "!removal begin c0",
        "!removal fail c0",
        "docker ps -a",
        says="The files stay behind; the container is gone.",
        source=f"libpod/runtime_ctr.go:removeContainer; {_MEASURED} (an immutable file)",
        moves=(_MACHINE.moves("removal ends", c),),
        effects=blanked(c),
        events=(on_container("destroy"),),
    ),
    *(
        changed(
            f"daemon.{how}.restarted",
            "The service keeps no container alive: they live on while it is away, and it starts and stops none.",
            _RUN,
            f"!daemon {how}",
            "docker ps -a",
            says="Nothing changes.",
            source="measured on Podman 4.3.1",
            moves=(),
            effects=(),
            events=(),
        )
        for how in ("restart", "crash")
    ),
)

# --- images -----------------------------------------------------------------------------------------------------------

_link, _built = Variable("link", IMAGE), Variable("built", IMAGE)


@named
def goes_along(i: Variable, j: Variable) -> Expr:
    """With i goes its ancestor j, if it and all between are there, unnamed, otherwise childless, and unused.

    With -f what does not run is no use.
    """
    between = is_ancestor(_link, i) & comes_from(_link, j)
    goes = present(_link) & is_prunable(_link) & ~is_used_by_running(_link) & (force | ~is_used_by_stopped(_link))
    return is_ancestor(j, i) & every(_link, implies(between, goes))


def _removal(rule: str, gone: Expr, what: str) -> Change:
    """Images j go for which ``gone`` holds, with the containers of them."""
    parents = "; its parents stay" if rule.endswith("-alone") else ", and the parents that are left dangling"
    names, untags = (untagged, untag_event) if rule.startswith("image.untag.") else ((all_untagged,), untag_each_event)
    users = some(j, (image_of(c) == j) & gone)
    return changed(
        rule,
        "By force an image goes with the containers of it that do not run, and whether or not anything is built on it.",
        "docker create --name c0 alpine:3.20",
        f"docker rmi -f {what}",
        "docker ps -a",
        says=f"The image goes, by force with the containers of it{parents}.",
        source=_SOURCE,
        moves=(_MACHINE.moves_each(c, (users, "rmi -f")),),
        effects=(*names, *deleted(gone), *blanked(c, where=users)),
        events=(untags, on_containers("destroy", c, users)),
    )


_SOURCE = f"libimage/image.go:removeRecursive, libpod/runtime_img.go:RemoveContainersForImageCallback; {_MEASURED}"
_IN_USE = "removing image {i.short}: container {user.short} using image could not be removed"


@named
def is_pruned(j: Variable) -> Expr:
    """Unused; without -a nothing that is built on it has a name; with -a it is named or built on, itself."""
    unnamed = every(_built, implies(comes_from(_built, j), ~is_used(_built) & ~is_referenced(_built)))
    kept = is_used(j) | (~is_referenced(j) & ~has_children(j))
    return present(j) & ((~all_unused & unnamed) | (all_unused & ~kept))


_IMAGES = (
    changed(
        "image.untag.kept",
        "By force, too, an image stays with its last name while a container of it runs, and an image goes although "
        "something is built on it.",
        _RUN,
        "docker rmi -f alpine:3.20",
        when=some(i, named_image & is_used_by_running(i)),
        answer=refused(409, "ImageInUseByRunning", _IN_USE),
        says="A container of it runs, or is paused.",
        source=_SOURCE,
        effects=(),
        events=(),
    ),
    _removal("image.untag.deleted", some(i, named_image & ((j == i) | goes_along(i, j))), "alpine:3.20"),
    _removal("image.untag.deleted-alone", refers(r) == j, "--no-prune alpine:3.20"),
    dropped(
        "image.remove.has-children",
        "An image goes although something is built on it; what was built on it stays, without a parent.",
        "docker create --name c0 alpine:3.20",
        "docker commit c0",
        "docker rm c0",
        "docker rmi $(docker images -q alpine)",
    ),
    changed(
        "image.remove.used-by-running",
        "That an image has several names is found before that a container uses it.",
        _RUN,
        "docker tag alpine:3.20 web:1",
        "docker rmi $(docker images -q alpine)",
        when=is_used_by_running(i) & (force | has_one_reference(i)),
        source=_SOURCE,
    ),
    _removal("image.remove.deleted", (j == i) | goes_along(i, j), "$(docker images -q alpine)"),
    _removal("image.remove.deleted-alone", j == i, "--no-prune $(docker images -q alpine)"),
    changed(
        "image.prune.pruned",
        "image prune -a takes what has a name or children, whatever is built on it, and leaves what is dangling.",
        "docker import -",
        "docker image prune -a -f",
        says="Of what no container uses the dangling images go, with what is left dangling then; with -a the others, "
        "with all their names.",
        source=f"pkg/domain/infra/abi/images.go:Prune; {_MEASURED}",
        effects=(
            *deleted(is_pruned(j)),
            becomes(refers(r), NONE, each=r, where=some(j, (refers(r) == j) & is_pruned(j))),
        ),
        events=(
            Event("image", "untag", (j, r), {}, (refers(r) == j) & is_pruned(j), each=True),
            Event("image", "prune", ()),
        ),
    ),
    dropped(
        "container.commit.image-gone",
        "No image goes while a container of it is there.",
        "docker create --name c0 alpine:3.20",
        "docker rmi -f alpine:3.20",
        "docker commit c0",
    ),
)

# --- pull and push ----------------------------------------------------------------------------------------------------

_TRANSFERS = without_digests(
    f"pkg/api/handlers/compat/images.go:CreateImageFromImage; {_MEASURED}",
    f"pkg/api/handlers/compat/images_push.go:PushImage; {_MEASURED}",
)

# --- builds -----------------------------------------------------------------------------------------------------------


def _nothing_kept(rule: str, step: str, *flags: str) -> Change:
    """A step whose container Docker keeps."""
    return dropped(
        rule,
        "No container is left of a step of a build, whatever becomes of it, and not even with --rm=false.",
        "echo FROM alpine:3.20 > Dockerfile",
        f"echo {step} >> Dockerfile",
        " ".join(("docker build", *flags, ".")),
        "docker ps -a",
    )


_BUILDS = (
    _nothing_kept("build.run.kept", "RUN true", "--rm=false"),
    _nothing_kept("build.config.kept", "ENV a=1", "--rm=false"),
    _nothing_kept("build.fail.container-left", "RUN false"),
)

PODMAN = Dialect(
    "podman",
    "Podman 5.8 behind its Docker-compatible API, where it changes containers and images otherwise.",
    (*_CONTAINERS, *_IMAGES, *_TRANSFERS, *_BUILDS),
    {"container": _ROWS},
    (
        Always(
            "container.neither-waits-nor-dead",
            "No container waits to be restarted, and none is dead.",
            every(c, ~status_of(c).one_of(ContainerStatus.RESTARTING, ContainerStatus.DEAD)),
        ),
        Always(
            "container.auto-removed-never-stopped",
            "A --rm container is never left stopped.",
            every(c, implies(auto_remove(c), status_of(c) != ContainerStatus.STOPPED)),
        ),
        NO_DIGEST_IS_A_NAME,
    ),
)
