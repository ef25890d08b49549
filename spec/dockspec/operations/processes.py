"""The processes of a container: the main one ends or is restarted, docker exec adds another, both write files.

Most of this is done by the world, not by a caller: the operations without an HTTP request.
"""

from __future__ import annotations

from enum import Enum

from dockspec.container import (
    MACHINE,
    Exec,
    ExitCode,
    Layer,
    Policy,
    Process,
    Status,
    auto_remove,
    blanked,
    c,
    exec_process,
    exec_runs,
    has_exec,
    has_running_flag,
    layer,
    manually_stopped,
    policy,
    process,
    process_begins,
    process_ends,
    retries_spent,
    starts,
    status,
)
from dockspec.language import TRUE, Expr, Variable, becomes, choose, named
from dockspec.model import HAPPENS, Actor, Operation, Rule, accepted, failed, refused
from dockspec.operations.shared import (
    MEASURED,
    absent_container,
    is_restarting,
    not_running,
    on_container,
    process_ended,
)


class Ending(Enum):
    """How a process ends by itself."""

    WELL = "with 0"
    BADLY = "with a code of its own"


ending = Variable("ending", Ending)
retries_left = Variable("retries_left", bool)
command_found = Variable("command_found", bool)

# --- the main process ends ------------------------------------------------------------------------------------------

_code = choose(ending == Ending.WELL, ExitCode.ZERO, ExitCode.OWN)
_ENDED = process_ended(_code)


@named
def policy_restarts(c: Variable) -> Expr:
    """The restart policy starts the container again (``restartmanager/restartmanager.go:ShouldRestart``)."""
    wanted = policy(c).one_of(Policy.ALWAYS, Policy.UNLESS_STOPPED)
    on_failure = (policy(c) == Policy.ON_FAILURE) & (ending == Ending.BADLY) & retries_left
    return ~manually_stopped(c) & (wanted | on_failure)


EXIT = Operation(
    "container.exit",
    parameters=(c, ending),
    choices=(retries_left,),
    possible=(status(c) == Status.RUNNING)
    & (retries_left | ((policy(c) == Policy.ON_FAILURE) & (ending == Ending.BADLY) & ~manually_stopped(c))),
    actor=Actor.PROCESS,
    about="The main process ends by itself. With on-failure:N, whether retries are left is the world's to say.",
    rules=(
        Rule(
            "container.exit.auto-removed",
            auto_remove(c),
            HAPPENS,
            "--rm: the container is removed as soon as its process has ended.",
            f"daemon/monitor.go:handleContainerExit; {MEASURED}",
            moves=(MACHINE.moves("auto-remove", c),),
            effects=blanked(c),
            events=(*_ENDED, on_container("destroy")),
        ),
        Rule(
            "container.exit.restarting",
            policy_restarts(c),
            HAPPENS,
            "Its policy will start it again, after 100 ms at first and twice as long each time, up to a minute.",
            f"daemon/monitor.go:handleContainerExit, restartmanager/restartmanager.go; {MEASURED}",
            moves=(MACHINE.moves("exit, to be restarted", c),),
            effects=process_ends(c, _code),
            events=_ENDED,
        ),
        Rule(
            "container.exit.stopped",
            TRUE,
            HAPPENS,
            "Its process space is gone; the read-write layer stays, with whatever was written.",
            f"daemon/monitor.go:handleContainerExit; {MEASURED}",
            moves=(MACHINE.moves("exit", c),),
            effects=(*process_ends(c, _code), becomes(retries_spent(c), True, where=~retries_left)),
            events=_ENDED,
        ),
    ),
)

RESTART_TIMER = Operation(
    "container.restart-timer",
    parameters=(c,),
    possible=status(c) == Status.RESTARTING,
    actor=Actor.ENGINE,
    about="The pause before a restart is over.",
    rules=(
        Rule(
            "container.restart-timer.started",
            starts(c),
            HAPPENS,
            "The main process runs again, in a new process space.",
            f"daemon/monitor.go:handleContainerExit; {MEASURED}",
            moves=(MACHINE.moves("restart timer", c),),
            effects=process_begins(c),
            events=(on_container("start"),),
        ),
        Rule(
            "container.restart-timer.failed",
            TRUE,
            HAPPENS,
            "It does not start again (its program was deleted, say): it stays stopped with the exit code that it had, "
            "and no further try is made.",
            f"daemon/monitor.go:handleContainerExit; {MEASURED}",
            moves=(MACHINE.moves("restart fails", c),),
        ),
    ),
)

# --- exec -----------------------------------------------------------------------------------------------------------

_EXEC = "daemon/exec.go"
_is_paused = status(c) == Status.PAUSED
_PAUSED = refused(409, "Paused", "Container {c} is paused, unpause the container before exec")

EXEC_CREATE = Operation(
    "exec.create",
    parameters=(c,),
    about="Prepares another process in a running container; the first half of docker exec.",
    http="POST /containers/{id}/exec",
    rules=(
        absent_container("exec.create"),
        not_running("exec.create", ~has_running_flag(c), f"{_EXEC}:getActiveContainer"),
        Rule(
            "exec.create.paused",
            _is_paused,
            _PAUSED,
            "A frozen container takes no new process.",
            f"{_EXEC}:getActiveContainer; {MEASURED}",
        ),
        is_restarting("exec.create", f"{_EXEC}:getActiveContainer"),
        Rule(
            "exec.create.created",
            TRUE,
            accepted(201),
            "The process is known by an id of its own, and not yet started.",
            f"{_EXEC}:ContainerExecCreate; {MEASURED}",
            effects=(becomes(exec_process(c), Exec.CREATED),),
            events=(on_container("exec_create"),),
        ),
    ),
)

EXEC_START = Operation(
    "exec.start",
    parameters=(c, command_found),
    about="Starts the process that was prepared last; the second half of docker exec.",
    http="POST /exec/{id}/start",
    rules=(
        Rule(
            "exec.start.absent",
            ~has_exec(c),
            refused(404, "NoSuchExec", "No such exec instance: {exec}"),
            "Nothing was prepared, or the container has ended before it was started: then the engine forgets it. Of "
            "what ran in a container that was removed, the text is about the container.",
            f"{_EXEC}:ContainerExecStart, container/container.go:Cleanup; {MEASURED}",
        ),
        not_running("exec.start", ~has_running_flag(c), f"{_EXEC}:getExecConfig", status_code=500),
        is_restarting("exec.start", f"{_EXEC}:getExecConfig"),
        Rule(
            "exec.start.paused",
            _is_paused,
            _PAUSED,
            "A frozen container takes no new process.",
            f"{_EXEC}:ContainerExecStart; {MEASURED}",
        ),
        Rule(
            "exec.start.again",
            exec_process(c).one_of(Exec.RUNNING, Exec.ENDED),
            refused(409, "ExecAgain", "Error: Exec command {exec} is already running"),
            "A prepared process is started once. The text says `has already run` where it has ended.",
            f"{_EXEC}:ContainerExecStart; {MEASURED}",
        ),
        Rule(
            "exec.start.not-found",
            ~command_found,
            failed(
                400,
                "CannotStart",
                'OCI runtime exec failed: exec failed: unable to start container process: exec: "{command}": '
                "executable file not found in $PATH: unknown",
                exit_code=126,
            ),
            "The command is not there: the process has ended before it began, without an exec_die event.",
            f"{_EXEC}:ContainerExecStart; {MEASURED}: 400 when detached, in the stream of a 200 when attached",
            effects=(becomes(exec_process(c), Exec.ENDED),),
            events=(on_container("exec_start"),),
        ),
        Rule(
            "exec.start.started",
            TRUE,
            accepted(200),
            "It runs beside the main process, in the same process space, and ends with it at the latest.",
            f"{_EXEC}:ContainerExecStart; {MEASURED}",
            effects=(becomes(exec_process(c), Exec.RUNNING),),
            events=(on_container("exec_start"),),
        ),
    ),
)

EXEC_EXIT = Operation(
    "exec.exit",
    parameters=(c,),
    possible=(status(c) == Status.RUNNING) & exec_runs(c),
    actor=Actor.PROCESS,
    about="The process that docker exec started ends.",
    rules=(
        Rule(
            "exec.exit.ended",
            TRUE,
            HAPPENS,
            "The container goes on.",
            f"daemon/monitor.go:ProcessEvent; {MEASURED}",
            effects=(becomes(exec_process(c), Exec.ENDED),),
            events=(on_container("exec_die"),),
        ),
    ),
)

# --- a process writes -------------------------------------------------------------------------------------------------

WRITE = Operation(
    "container.write",
    parameters=(c,),
    possible=status(c) == Status.RUNNING,
    actor=Actor.PROCESS,
    about="A process of the container writes a file: into the read-write layer, whatever layer it came from.",
    rules=(
        Rule(
            "container.write.written",
            TRUE,
            HAPPENS,
            "Only the top layer can be written; the image's own layers stay as they are (copy on write).",
            f"layer/layer_store.go; {MEASURED} (docker diff)",
            effects=(becomes(layer(c), Layer.WRITTEN),),
        ),
    ),
)

LOSE_PROGRAM = Operation(
    "container.lose-program",
    parameters=(c,),
    possible=status(c).one_of(Status.STOPPED, Status.RESTARTING) & starts(c),
    actor=Actor.WORLD,
    about="The program that the container runs is deleted from its read-write layer, so that it cannot be started "
    "again.",
    rules=(
        Rule(
            "container.lose-program.lost",
            TRUE,
            HAPPENS,
            "The image still has it: a new container would start.",
            f"{MEASURED}",
            effects=(becomes(process(c), Process.NOT_FOUND), becomes(layer(c), Layer.WRITTEN)),
        ),
    ),
)

OPERATIONS = (EXIT, RESTART_TIMER, EXEC_CREATE, EXEC_START, EXEC_EXIT, WRITE, LOSE_PROGRAM)
