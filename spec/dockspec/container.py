"""Containers: an image, one read-write layer, and a process space; and the lifecycle of one container.

    a container = an image + one read-write layer        docker create adds the layer
    a running one has a process space on top             docker start makes it, the end of the main process ends it

Rule 1: every state and every transition of a container stands in this file; only a row changes a status.
Rule 2: nothing here knows how it is explored, drawn or tested.

Docker keeps a bag of flags (Running, Paused, Restarting, RemovalInProgress, Dead) and derives one word from them
(``container/state.go:StateString``). Only seven combinations occur (measured on 20.10.24), so the spec stores the
word, and the flags are read off it, below. Docker's word for ``stopped`` is ``exited``.

Left out: attach streams, networks, volumes, health checks, checkpoints; sound, because none of them changes a value
below.
"""

from __future__ import annotations

from enum import Enum

from dockspec.image import IMAGE
from dockspec.language import FALSE, NONE, Expr, Function, Sort, Update, Variable, becomes, choose, defined, named, some
from dockspec.model import Actor, Machine, Row, State

# --- objects --------------------------------------------------------------------------------------------------------

CONTAINER = Sort("Container")
NAME = Sort("Name")

c, d = Variable("c", CONTAINER), Variable("d", CONTAINER)
n = Variable("n", NAME)
_user = Variable("user", CONTAINER)  # bound inside the predicates below, and nowhere else


class Status(Enum):
    """The states of a container; ``State.docker`` in the machine below gives Docker's word."""

    REMOVED = "removed"
    CREATED = "created"
    RUNNING = "running"
    PAUSED = "paused"
    RESTARTING = "restarting"
    STOPPED = "stopped"
    REMOVING = "removing"
    DEAD = "dead"


class Policy(Enum):
    """Restart policies (``restartmanager/restartmanager.go``)."""

    NO = "no"
    ON_FAILURE = "on-failure"
    UNLESS_STOPPED = "unless-stopped"
    ALWAYS = "always"


class ExitCode(Enum):
    """Classes of exit codes."""

    ZERO = "0"
    OWN = "own"
    """a code of the process's own, other than 0"""
    NOT_EXECUTABLE = "126"
    NOT_FOUND = "127"
    NOT_STARTED = "128"
    KILLED = "137"
    TERMINATED = "143"


class Process(Enum):
    """What the main process is like: whether it starts, and what it does on SIGTERM. Fixed when it is created."""

    NOTHING = "no command"
    NOT_FOUND = "command not found"
    NOT_EXECUTABLE = "command not executable"
    NOT_STARTED = "does not start"
    ENDS_WELL = "ends with 0 on SIGTERM"
    ENDS_BADLY = "ends with its own code on SIGTERM"
    IGNORES = "ignores SIGTERM"
    DIES = "dies of SIGTERM"


class Layer(Enum):
    """The read-write layer on top of the image's read-only ones."""

    NONE = "none"
    CLEAN = "clean"
    WRITTEN = "written"


class Exec(Enum):
    """The newest process that ``docker exec`` asked for; older ones decide no answer.

    When the container ends, the engine forgets them all (measured on 20.10.24: 404, 36 of 36).
    """

    NONE = "none"
    CREATED = "created"
    RUNNING = "running"
    ENDED = "ended"


# --- the state ------------------------------------------------------------------------------------------------------


def _of_container(name: str, kind: type[Enum | bool], initial: Enum | bool, about: str) -> Function:
    return Function(f"container.{name}", (CONTAINER,), kind, initial, about)


status = _of_container("status", Status, Status.REMOVED, "where it is in its life")
image_of = Function("container.image", (CONTAINER,), IMAGE, None, "the image under its read-write layer", partial=True)
name_of = Function("container.name", (CONTAINER,), NAME, None, "the name that is reserved for it", partial=True)
process = _of_container("process", Process, Process.IGNORES, "what its main process is like; as sleep, unless told")
layer = _of_container("layer", Layer, Layer.NONE, "its read-write layer")
process_space = _of_container("process-space", bool, False, "its processes live in a space of their own")
exec_process = _of_container("exec", Exec, Exec.NONE, "the newest process beside the main one")
exit_code = _of_container("exit-code", ExitCode, ExitCode.ZERO, "how the last run ended")
policy = _of_container("policy", Policy, Policy.NO, "its restart policy")
manually_stopped = _of_container(
    "manually-stopped", bool, False, "a stop or any kill since the last start: no policy restarts this run"
)
retries_spent = _of_container(
    "retries-spent", bool, False, "on-failure:N has restarted it N times since the last start by hand"
)
auto_remove = _of_container("auto-remove", bool, False, "--rm: it is removed as soon as it stops")
obstructed = _of_container("obstructed", bool, False, "something (a busy mount, an immutable file) keeps its files")

FUNCTIONS = (
    image_of, name_of, process, layer, process_space, exec_process, exit_code, policy, manually_stopped, retries_spent,
    auto_remove, obstructed,
)  # fmt: skip
"""Everything known of a container but its status."""

# --- what Docker reads off it ---------------------------------------------------------------------------------------

_S = Status
RUNNING_FLAG = (_S.RUNNING, _S.PAUSED, _S.RESTARTING)
"""The states in which Docker's flag Running is set; a restarting container has it although no process lives."""


@named
def exists(c: Variable) -> Expr:
    """It was created and is not yet removed; what ``docker ps -a`` lists."""
    return status(c) != _S.REMOVED


@named
def has_running_flag(c: Variable) -> Expr:
    """Docker's State.Running."""
    return status(c).one_of(*RUNNING_FLAG)


@named
def is_listed(c: Variable) -> Expr:
    """What plain ``docker ps`` lists (``daemon/list.go:includeContainerInList``): paused and restarting ones too."""
    return status(c).one_of(_S.RUNNING, _S.PAUSED, _S.RESTARTING)


@named
def is_alive(c: Variable) -> Expr:
    """Its main process exists, perhaps frozen."""
    return status(c).one_of(_S.RUNNING, _S.PAUSED)


@named
def marked_for_removal(c: Variable) -> Expr:
    """A removal is under way, or has failed and left a dead container."""
    return status(c).one_of(_S.REMOVING, _S.DEAD)


@named
def is_used(i: Variable) -> Expr:
    """Some container, in whatever state, was created from the image."""
    return some(_user, image_of(_user) == i)


@named
def is_used_by_running(i: Variable) -> Expr:
    """A container with the running flag was created from the image."""
    return some(_user, (image_of(_user) == i) & has_running_flag(_user))


@named
def is_used_by_stopped(i: Variable) -> Expr:
    """A container without the running flag was created from the image."""
    return some(_user, (image_of(_user) == i) & ~has_running_flag(_user))


@named
def starts(c: Variable) -> Expr:
    """The main process can be started at all."""
    return ~process(c).one_of(Process.NOT_FOUND, Process.NOT_EXECUTABLE, Process.NOT_STARTED)


@named
def ends_on_term(c: Variable) -> Expr:
    """SIGTERM ends the process."""
    return process(c) != Process.IGNORES


def code_of_term(c: Variable) -> Expr:
    """The exit code of a stop with patience: the process's answer to SIGTERM, or SIGKILL after the grace period."""
    return choose(
        process(c) == Process.ENDS_WELL,
        ExitCode.ZERO,
        choose(
            process(c) == Process.ENDS_BADLY,
            ExitCode.OWN,
            choose(process(c) == Process.DIES, ExitCode.TERMINATED, ExitCode.KILLED),
        ),
    )


# --- the machine ----------------------------------------------------------------------------------------------------

MACHINE = Machine(
    name="container",
    sort=CONTAINER,
    status=status,
    stored=status,
    states=(
        State(_S.REMOVED, "Not there: never created, or removed. Its name is free.", terminal=True),
        State(_S.CREATED, "It has a read-write layer and a name, and was never started successfully.", "created"),
        State(_S.RUNNING, "Its main process lives.", "running"),
        State(_S.PAUSED, "Its processes are frozen; Docker's flag Running stays set.", "paused"),
        State(
            _S.RESTARTING,
            "Its process ended, and its restart policy will start it again after a pause; Running stays set.",
            "restarting",
        ),
        State(_S.STOPPED, "Its process ended; the read-write layer is kept.", "exited"),
        State(_S.REMOVING, "Its removal has begun and is not finished.", "removing"),
        State(
            _S.DEAD,
            "Its removal failed and its read-write layer is gone; only another removal is possible. In 20.10 `ps -a` "
            "shows it as removing, while inspect says dead.",
            "dead",
        ),
    ),
    rows=(
        Row("create", (_S.REMOVED,), _S.CREATED),
        Row("start", (_S.CREATED, _S.STOPPED), _S.RUNNING),
        Row("pause", (_S.RUNNING,), _S.PAUSED),
        Row("unpause", (_S.PAUSED,), _S.RUNNING),
        Row("stop", RUNNING_FLAG, _S.STOPPED),
        Row("kill", RUNNING_FLAG, _S.STOPPED, "the signal ends it, or it was restarting"),
        Row("signal", (_S.RUNNING, _S.PAUSED), _S.RUNNING, "the process ignores the signal"),
        Row("restart", (_S.CREATED, *RUNNING_FLAG, _S.STOPPED), _S.RUNNING),
        Row("exit", (_S.RUNNING,), _S.STOPPED, "", Actor.PROCESS),
        Row("exit, to be restarted", (_S.RUNNING,), _S.RESTARTING, "its policy restarts it", Actor.PROCESS),
        Row("restart timer", (_S.RESTARTING,), _S.RUNNING, "", Actor.ENGINE),
        Row("restart fails", (_S.RESTARTING,), _S.STOPPED, "it does not start again", Actor.ENGINE),
        Row("auto-remove", (_S.CREATED, *RUNNING_FLAG), _S.REMOVED, "--rm, as soon as it stops", Actor.ENGINE),
        Row("rm", (_S.CREATED, _S.STOPPED, _S.DEAD), _S.REMOVED),
        Row("rm -f", RUNNING_FLAG, _S.REMOVED, "-f"),
        Row("rm fails", (_S.CREATED, *RUNNING_FLAG, _S.STOPPED, _S.DEAD), _S.DEAD, "its files cannot be deleted"),
        Row("removal begins", (_S.CREATED, _S.STOPPED), _S.REMOVING, "", Actor.ENGINE),
        Row("removal ends", (_S.REMOVING,), _S.REMOVED, "", Actor.ENGINE),
        Row("removal fails", (_S.REMOVING,), _S.DEAD, "its files cannot be deleted", Actor.ENGINE),
        Row("build fails", (_S.REMOVED,), _S.STOPPED, "a RUN step's container stays", Actor.ENGINE),
        Row("build keeps", (_S.REMOVED,), _S.STOPPED, "build --rm=false, a RUN step", Actor.ENGINE),
        Row("build keeps unstarted", (_S.REMOVED,), _S.CREATED, "build --rm=false, an ENV step", Actor.ENGINE),
        Row("daemon stops it", RUNNING_FLAG, _S.STOPPED, "no policy restarts it", Actor.WORLD),
        Row("daemon starts it again", (*RUNNING_FLAG, _S.STOPPED), _S.RUNNING, "its policy says so", Actor.WORLD),
        Row(
            "daemon removes it",
            (_S.CREATED, _S.RUNNING, _S.PAUSED, _S.REMOVING, _S.DEAD),
            _S.REMOVED,
            "--rm",
            Actor.WORLD,
        ),
        Row("daemon gives up a removal", (_S.REMOVING,), _S.DEAD, "", Actor.WORLD),
    ),
)

# --- effects that several operations share --------------------------------------------------------------------------


def blanked(subject: Variable, *, where: Expr | None = None, keep: tuple[Function, ...] = ()) -> tuple[Update, ...]:
    """A removed container is forgotten: every field falls back to its initial value.

    With ``where``, for each container for which it holds.
    """
    each = () if where is None else (subject,)
    condition = {} if where is None else {"where": where}
    return tuple(
        becomes(f(subject), NONE if f.partial else _initial(f), each=each, **condition)
        for f in FUNCTIONS
        if f not in keep
    )


def process_begins(c: Variable) -> tuple[Update, ...]:
    """A successful start (``daemon/start.go:containerStart``): a new process space, and the last run is forgotten."""
    return (
        becomes(process_space(c), True),
        becomes(exit_code(c), ExitCode.ZERO),
        becomes(manually_stopped(c), False),
        becomes(retries_spent(c), False),
    )


def process_ends(c: Variable, code: Expr | ExitCode) -> tuple[Update, ...]:
    """The main process is gone, and its space with every process in it."""
    return (becomes(process_space(c), False), becomes(exit_code(c), code), execs_end(c))


@named
def has_exec(c: Variable) -> Expr:
    """The engine knows of something that ``docker exec`` prepared."""
    return exec_process(c) != Exec.NONE


@named
def exec_runs(c: Variable) -> Expr:
    """What ``docker exec`` started last still runs."""
    return exec_process(c) == Exec.RUNNING


def execs_end(c: Variable) -> Update:
    """What ``docker exec`` started dies with the main process; what was only prepared is forgotten."""
    return becomes(exec_process(c), choose(exec_process(c) == Exec.CREATED, Exec.NONE, Exec.ENDED), where=has_exec(c))


def _initial(function: Function) -> Expr | Enum | bool:
    value = function.initial
    return value if isinstance(value, (Enum, bool)) else FALSE


@named
def has_name(c: Variable) -> Expr:
    """A name is reserved for it."""
    return defined(name_of(c))
