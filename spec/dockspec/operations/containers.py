"""The life of a container: create, start, stop, kill, restart, pause, unpause, rename, update, rm, prune.

Each operation is an ordered list of rules, as in the engine: the first rule whose guard holds answers.
"""

from __future__ import annotations

from enum import Enum

from dockspec.container import (
    MACHINE,
    ExitCode,
    Layer,
    Policy,
    Process,
    Status,
    auto_remove,
    blanked,
    c,
    code_of_term,
    d,
    ends_on_term,
    execs_end,
    exists,
    exit_code,
    has_running_flag,
    image_of,
    is_alive,
    layer,
    manually_stopped,
    n,
    name_of,
    obstructed,
    policy,
    process,
    process_begins,
    process_ends,
    process_space,
    retries_spent,
    starts,
)
from dockspec.container import status as status_of
from dockspec.image import i, present
from dockspec.language import TRUE, Expr, Variable, becomes, choose, some
from dockspec.model import Event, Operation, Rule, accepted, failed, refused, unchanged
from dockspec.operations.shared import (
    MEASURED,
    Patience,
    Race,
    absent_container,
    force,
    is_restarting,
    marked,
    not_running,
    on_container,
    on_containers,
    one_race,
    patience,
    process_ended,
    race,
)

restart_policy = Variable("restart_policy", Policy)
rm = Variable("rm", bool)
command = Variable("command", Process)


class Signal(Enum):
    """What ``kill -s`` can mean to a container."""

    KILL = "SIGKILL"
    TERM = "SIGTERM"
    HARMLESS = "a signal that the process ignores"
    UNKNOWN = "no signal at all"


signal = Variable("signal", Signal)

# --- create ---------------------------------------------------------------------------------------------------------

CREATE = Operation(
    "container.create",
    parameters=(n, i, restart_policy, rm, command),
    fresh=(c,),
    possible=~exists(c),
    about="Puts a read-write layer on an image and reserves a name; nothing runs yet.",
    http="POST /containers/create",
    rules=(
        Rule(
            "container.create.conflicting-options",
            rm & (restart_policy != Policy.NO),
            refused(
                400, "ConflictingOptions", "can't create 'AutoRemove' container with restart policy", exit_code=125
            ),
            "A container cannot both be removed when it stops and be restarted.",
            f"daemon/container.go:verifyContainerSettings; {MEASURED}; docker's command line refuses it before it asks",
        ),
        Rule(
            "container.create.no-image",
            ~present(i),
            refused(404, "NoSuchImage", "No such image: {i}"),
            "The engine never pulls by itself: docker's command line does, and asks again.",
            f"daemon/create.go:create; {MEASURED}",
        ),
        Rule(
            "container.create.no-command",
            command == Process.NOTHING,
            refused(400, "NoCommand", "No command specified"),
            "Neither the image nor the caller says what to run.",
            f"daemon/commit.go:merge, daemon/container.go; {MEASURED}",
        ),
        Rule(
            "container.create.name-in-use",
            some(d, name_of(d) == n),
            refused(
                409,
                "NameInUse",
                'Conflict. The container name "/{n}" is already in use by container "{d.id}". You have to remove (or '
                "rename) that container to be able to reuse that name.",
            ),
            "Names are unique. A name is reserved at create and released at the very end of the removal.",
            f"daemon/names.go:reserveName; {MEASURED}",
        ),
        Rule(
            "container.create.created",
            TRUE,
            accepted(201),
            "The container exists: a name, an image, and a clean read-write layer.",
            f"daemon/create.go:create; {MEASURED}",
            moves=(MACHINE.moves("create", c),),
            effects=(
                becomes(name_of(c), n),
                becomes(image_of(c), i),
                becomes(policy(c), restart_policy),
                becomes(auto_remove(c), rm),
                becomes(process(c), command),
                becomes(layer(c), Layer.CLEAN),
            ),
            events=(on_container("create"),),
        ),
    ),
)

# --- start ----------------------------------------------------------------------------------------------------------

_CANNOT_START = (
    (Process.NOT_FOUND, ExitCode.NOT_FOUND, 400, "not-found",
     'failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: '
     'exec: "{command}": '
     "executable file not found in $PATH: unknown"),
    (Process.NOT_EXECUTABLE, ExitCode.NOT_EXECUTABLE, 400, "not-executable",
     'failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: '
     'exec: "{command}": '
     "permission denied: unknown"),
    (Process.NOT_STARTED, ExitCode.NOT_STARTED, 500, "not-started", "{command}"),
)  # fmt: skip

_tried_anew = (becomes(manually_stopped(c), False), becomes(retries_spent(c), False))
"""Even a start in vain makes the engine forget the stop by hand and the retries, so that the daemon's next start tries
again (measured). Only a container that lost its program can have run before: the other kinds never did."""


def _failing_starts(operation: str, when: Expr, status: int | None = None, prefix: str = "") -> tuple[Rule, ...]:
    """The start fails: the status stays, the exit code tells why, and with --rm the container is gone."""
    source = f"daemon/start.go:containerStart, daemon/errors.go:translateContainerdStartErr; {MEASURED}"
    rules = []
    for kind, code, http, label, message in _CANNOT_START:
        here = when & (process(c) == kind)
        answer = failed(status or http, "CannotStart", prefix + message)
        rules += [
            Rule(
                f"{operation}.{label}-auto-removed",
                here & auto_remove(c),
                answer,
                f"The process cannot be started (code {code.value}), and --rm removes the container.",
                source,
                moves=(MACHINE.moves("auto-remove", c),),
                effects=blanked(c),
                events=(on_container("destroy"),),
            ),
            Rule(
                f"{operation}.{label}",
                here,
                answer,
                f"The process cannot be started: the exit code becomes {code.value}, the status stays what it was. "
                "No policy tries again.",
                source,
                effects=(becomes(exit_code(c), code), *(_tried_anew if kind is Process.NOT_FOUND else ())),
            ),
        ]
    return tuple(rules)


_REMOVAL = "container is marked for removal and cannot be started"

START = Operation(
    "container.start",
    parameters=(c,),
    about="Makes a process space for the container and starts its main process.",
    http="POST /containers/{id}/start",
    rules=(
        absent_container("container.start"),
        Rule(
            "container.start.paused",
            status_of(c) == Status.PAUSED,
            refused(409, "Paused", "cannot start a paused container, try unpause instead"),
            "A paused container runs already; it wants to be unpaused.",
            f"daemon/start.go:ContainerStart; {MEASURED}",
        ),
        Rule(
            "container.start.running",
            has_running_flag(c),
            unchanged(),
            "It runs already, or is about to be restarted: nothing to do. docker's command line takes this for "
            "success.",
            f"daemon/start.go:ContainerStart; {MEASURED}",
        ),
        marked(
            "container.start", 409, _REMOVAL, "daemon/start.go:ContainerStart", "What is being removed cannot start."
        ),
        *_failing_starts("container.start", TRUE),
        Rule(
            "container.start.started",
            TRUE,
            accepted(204),
            "The main process runs in a process space of its own. Even an image that was removed meanwhile does not "
            "hinder it.",
            f"daemon/start.go:containerStart; {MEASURED}",
            moves=(MACHINE.moves("start", c),),
            effects=process_begins(c),
            events=(on_container("start"),),
        ),
    ),
)

# --- stop -----------------------------------------------------------------------------------------------------------

_at_once_killed = (patience == Patience.NONE) & (race == Race.KILL)
_killed = ~ends_on_term(c) | _at_once_killed
_code_of_stop = choose(_at_once_killed, ExitCode.KILLED, code_of_term(c))
_is_paused = status_of(c) == Status.PAUSED

_STOP_EVENTS = (
    on_container("kill", signal="15"),
    on_container("kill", signal="9", where=~ends_on_term(c) | (patience == Patience.NONE)),
    on_container("unpause", where=_is_paused),
    *process_ended(_code_of_stop),
    on_container("stop"),
)
_STOP_SOURCE = f"daemon/stop.go:containerStop; {MEASURED}"

STOP = Operation(
    "container.stop",
    parameters=(c, patience),
    choices=(race,),
    possible=one_race,
    about="Sends SIGTERM to the main process, and SIGKILL when it has not ended after the grace period.",
    http="POST /containers/{id}/stop",
    rules=(
        absent_container("container.stop"),
        Rule(
            "container.stop.not-running",
            ~has_running_flag(c),
            unchanged(),
            "It does not run: nothing to do.",
            f"daemon/stop.go:ContainerStop; {MEASURED}",
        ),
        Rule(
            "container.stop.restarting",
            status_of(c) == Status.RESTARTING,
            accepted(204),
            "There is no process to signal: the restart is called off, and the exit code stays that of the last run.",
            _STOP_SOURCE,
            moves=(MACHINE.moves("stop", c),),
            effects=(becomes(manually_stopped(c), True),),
            events=(on_container("stop"),),
        ),
        Rule(
            "container.stop.auto-removed",
            auto_remove(c),
            accepted(204),
            "The process ends, and --rm removes the container.",
            f"daemon/monitor.go:handleContainerExit; {MEASURED}",
            moves=(MACHINE.moves("auto-remove", c),),
            effects=blanked(c),
            events=(*_STOP_EVENTS, on_container("destroy")),
        ),
        Rule(
            "container.stop.stopped",
            TRUE,
            accepted(204),
            "The process ends: by itself on SIGTERM (a paused one is resumed for it), or by SIGKILL after the grace "
            "period. Without any grace both signals are sent back to back, and the exit code may be either one's.",
            _STOP_SOURCE,
            moves=(MACHINE.moves("stop", c),),
            effects=(*process_ends(c, _code_of_stop), becomes(manually_stopped(c), True)),
            events=_STOP_EVENTS,
        ),
    ),
)

# --- kill -----------------------------------------------------------------------------------------------------------

_fatal = (signal == Signal.KILL) | ((signal == Signal.TERM) & ends_on_term(c))
_code_of_kill = choose(signal == Signal.KILL, ExitCode.KILLED, code_of_term(c))
_KILL_SOURCE = f"daemon/kill.go:killWithSignal; {MEASURED}"
_KILL_EVENTS = (
    on_container("kill", signal="{signal}"),
    on_container("unpause", where=_is_paused & (signal != Signal.KILL)),
    *process_ended(_code_of_kill),
)

KILL = Operation(
    "container.kill",
    parameters=(c, signal),
    about="Sends a signal to the main process: SIGKILL, unless another is named.",
    http="POST /containers/{id}/kill",
    rules=(
        Rule(
            "container.kill.bad-signal",
            signal == Signal.UNKNOWN,
            refused(400, "BadSignal", "Invalid signal: {signal}"),
            "The signal's name is read first, even for a container that is not there.",
            f"api/server/router/container/container_routes.go:postContainersKill; {MEASURED}",
        ),
        absent_container("container.kill", "Cannot kill container: {c}: No such container: {c}"),
        not_running(
            "container.kill",
            ~has_running_flag(c),
            "daemon/kill.go:ContainerKill",
            "Cannot kill container: {c}: Container {c.id} is not running",
        ),
        Rule(
            "container.kill.restarting",
            status_of(c) == Status.RESTARTING,
            accepted(204),
            "There is no process: nothing is sent and no event is emitted, but any signal calls the restart off.",
            _KILL_SOURCE,
            moves=(MACHINE.moves("kill", c),),
            effects=(becomes(manually_stopped(c), True),),
        ),
        Rule(
            "container.kill.auto-removed",
            _fatal & auto_remove(c),
            accepted(204),
            "The process dies, and --rm removes the container.",
            f"daemon/monitor.go:handleContainerExit; {MEASURED}",
            moves=(MACHINE.moves("auto-remove", c),),
            effects=blanked(c),
            events=(*_KILL_EVENTS, on_container("destroy")),
        ),
        Rule(
            "container.kill.killed",
            _fatal,
            accepted(204),
            "The process dies of the signal, or ends by its own handler. No policy restarts it.",
            _KILL_SOURCE,
            moves=(MACHINE.moves("kill", c),),
            effects=(*process_ends(c, _code_of_kill), becomes(manually_stopped(c), True)),
            events=_KILL_EVENTS,
        ),
        Rule(
            "container.kill.ignored",
            TRUE,
            accepted(204),
            "The signal is sent and the process ignores it. Yet a paused container is resumed, and the restart policy "
            "no longer holds for this run, whatever the signal was.",
            _KILL_SOURCE,
            moves=(MACHINE.moves("signal", c),),
            effects=(becomes(manually_stopped(c), True),),
            events=_KILL_EVENTS[:2],
        ),
    ),
)

# --- restart --------------------------------------------------------------------------------------------------------

RESTART = Operation(
    "container.restart",
    parameters=(c, patience),
    choices=(race,),
    possible=one_race,
    about="Stops the container if it runs, and starts it.",
    http="POST /containers/{id}/restart",
    rules=(
        absent_container("container.restart"),
        marked(
            "container.restart",
            500,
            f"Cannot restart container {{c}}: {_REMOVAL}",
            "daemon/restart.go:ContainerRestart",
            "What is being removed cannot start; the status is 500, where start says 409.",
        ),
        *_failing_starts("container.restart", ~has_running_flag(c), 500, "Cannot restart container {c}: "),
        Rule(
            "container.restart.stopped-in-vain",
            ~starts(c),
            failed(500, "CannotStart", "Cannot restart container {c}: " + _CANNOT_START[0][-1]),
            "A restarting container is stopped first, and then cannot be started: its program is gone.",
            f"daemon/restart.go:containerRestart; {MEASURED}",
            moves=(MACHINE.moves("stop", c),),
            effects=(becomes(exit_code(c), ExitCode.NOT_FOUND), *_tried_anew),
            events=(on_container("stop"),),
        ),
        Rule(
            "container.restart.restarted",
            TRUE,
            accepted(204),
            "A running, paused or restarting container is stopped and started; a created or stopped one is started. "
            "--rm is suspended meanwhile.",
            f"daemon/restart.go:containerRestart; {MEASURED}",
            moves=(MACHINE.moves("restart", c),),
            effects=(*process_begins(c), execs_end(c)),
            events=(
                on_container("kill", signal="15", where=is_alive(c)),
                on_container("kill", signal="9", where=is_alive(c) & (~ends_on_term(c) | (patience == Patience.NONE))),
                on_container("unpause", where=_is_paused),
                *process_ended(_code_of_stop, where=is_alive(c)),
                on_container("stop", where=has_running_flag(c)),
                on_container("start"),
                on_container("restart"),
            ),
        ),
    ),
)

# --- pause, unpause -------------------------------------------------------------------------------------------------

PAUSE = Operation(
    "container.pause",
    parameters=(c,),
    about="Freezes every process of the container.",
    http="POST /containers/{id}/pause",
    rules=(
        absent_container("container.pause"),
        not_running("container.pause", ~has_running_flag(c), "daemon/pause.go:containerPause"),
        Rule(
            "container.pause.paused",
            _is_paused,
            refused(409, "AlreadyPaused", "Container {c.id} is already paused"),
            "Once is enough.",
            f"daemon/pause.go:containerPause; {MEASURED}",
        ),
        is_restarting("container.pause", "daemon/pause.go:containerPause"),
        Rule(
            "container.pause.frozen",
            TRUE,
            accepted(204),
            "Its processes are frozen where they are.",
            f"daemon/pause.go:containerPause; {MEASURED}",
            moves=(MACHINE.moves("pause", c),),
            events=(on_container("pause"),),
        ),
    ),
)

UNPAUSE = Operation(
    "container.unpause",
    parameters=(c,),
    about="Lets the frozen processes go on.",
    http="POST /containers/{id}/unpause",
    rules=(
        absent_container("container.unpause"),
        Rule(
            "container.unpause.not-paused",
            ~_is_paused,
            refused(500, "NotPaused", "Container {c.id} is not paused"),
            "Only a paused one can be resumed. The engine answers 500 here, where its like elsewhere is 409.",
            f"daemon/unpause.go:containerUnpause; {MEASURED}",
        ),
        Rule(
            "container.unpause.resumed",
            TRUE,
            accepted(204),
            "Its processes go on.",
            f"daemon/unpause.go:containerUnpause; {MEASURED}",
            moves=(MACHINE.moves("unpause", c),),
            events=(on_container("unpause"),),
        ),
    ),
)

# --- rename, update -------------------------------------------------------------------------------------------------

RENAME = Operation(
    "container.rename",
    parameters=(c, n),
    about="Gives the container another name.",
    http="POST /containers/{id}/rename",
    rules=(
        absent_container("container.rename"),
        Rule(
            "container.rename.same-name",
            name_of(c) == n,
            refused(400, "SameName", "Renaming a container with the same name as its current name"),
            "It has that name already.",
            f"daemon/rename.go:ContainerRename; {MEASURED}",
        ),
        Rule(
            "container.rename.name-in-use",
            some(d, name_of(d) == n),
            refused(
                409,
                "NameInUse",
                'Error when allocating new name: Conflict. The container name "/{n}" is already in use by container '
                '"{d.id}". You have to remove (or rename) that container to be able to reuse that name.',
            ),
            "Names are unique.",
            f"daemon/rename.go:ContainerRename; {MEASURED}",
        ),
        Rule(
            "container.rename.restarting",
            status_of(c) == Status.RESTARTING,
            refused(404, "NoSandbox", "sandbox {sandbox} not found"),
            "The engine wants to rename its network sandbox too, because the running flag is set, but a restarting "
            "container has none: a mistake of the engine, kept here as it is. The old name stays.",
            f"daemon/rename.go:ContainerRename; {MEASURED}, 4 of 4",
        ),
        Rule(
            "container.rename.renamed",
            TRUE,
            accepted(204),
            "The new name is reserved and the old one is free, in any other state, dead included.",
            f"daemon/rename.go:ContainerRename; {MEASURED}",
            effects=(becomes(name_of(c), n),),
            events=(on_container("rename", oldName="/{c.name}"),),
        ),
    ),
)

UPDATE = Operation(
    "container.update",
    parameters=(c, restart_policy),
    about="Changes the restart policy.",
    http="POST /containers/{id}/update",
    rules=(
        absent_container("container.update"),
        marked(
            "container.update",
            500,
            'Cannot update container {c.id}: container is marked for removal and cannot be "update"',
            "daemon/update.go:update",
            "What is being removed is not changed any more.",
        ),
        Rule(
            "container.update.auto-remove",
            auto_remove(c) & (restart_policy != Policy.NO),
            refused(
                409,
                "ConflictingOptions",
                "Cannot update container {c.id}: Restart policy cannot be updated because AutoRemove is enabled for "
                "the container",
            ),
            "A container that is removed when it stops cannot be restarted.",
            f"container/container_unix.go:UpdateContainer; {MEASURED}",
        ),
        Rule(
            "container.update.updated",
            TRUE,
            accepted(200),
            "The policy holds at once, also for the run that is under way.",
            f"daemon/update.go:update; {MEASURED}",
            effects=(becomes(policy(c), restart_policy),),
            events=(on_container("update"),),
        ),
    ),
)  # fmt: skip

# --- rm, prune ------------------------------------------------------------------------------------------------------

_RM = "daemon/delete.go:containerRm"
_FILES = "unable to remove filesystem for {c.id}: unlinkat {path}: operation not permitted"
_LEFT_DEAD = (
    becomes(layer(c), Layer.NONE),
    becomes(process_space(c), False),
    execs_end(c),
)


def _cannot_remove(state: Status, adverb: str) -> Rule:
    return Rule(
        f"container.rm.{state.value}",
        (status_of(c) == state) & ~force,
        refused(
            409,
            f"{state.value.capitalize()}Container",
            f"You cannot remove a {state.value} container {{c.id}}. {adverb} before attempting removal or force remove",
        ),
        f"Without -f, a {state.value} container is not removed.",
        f"{_RM}; {MEASURED}",
    )


RM = Operation(
    "container.rm",
    parameters=(c, force),
    about="Removes the read-write layer and everything else that is known of the container.",
    http="DELETE /containers/{id}",
    rules=(
        Rule(
            "container.rm.absent-forced",
            ~exists(c) & force,
            refused(404, "NoSuchContainer", "No such container: {c}", exit_code=0),
            "The engine answers 404; docker's command line prints it, and with -f still counts it as success.",
            f"daemon/container.go:GetContainer; {MEASURED}",
        ),
        absent_container("container.rm"),
        Rule(
            "container.rm.busy",
            status_of(c) == Status.REMOVING,
            refused(409, "RemovalInProgress", "removal of container {c} is already in progress"),
            "One removal at a time.",
            f"daemon/delete.go:ContainerRm; {MEASURED}",
        ),
        _cannot_remove(Status.RUNNING, "Stop the container"),
        _cannot_remove(Status.PAUSED, "Unpause and then stop the container"),
        _cannot_remove(Status.RESTARTING, "Stop the container"),
        Rule(
            "container.rm.failed",
            obstructed(c),
            failed(500, "RemovalFailed", _FILES),
            "Its files cannot be deleted: what was running is killed, the read-write layer is given up, and a dead "
            "container is left, for another try.",
            f"daemon/delete.go:cleanupContainer; {MEASURED} (an immutable file)",
            moves=(MACHINE.moves("rm fails", c),),
            effects=(*_LEFT_DEAD, becomes(exit_code(c), ExitCode.KILLED, where=is_alive(c)),
                     becomes(manually_stopped(c), True, where=has_running_flag(c))),
            events=(
                on_container("kill", signal="9", where=is_alive(c)),
                *process_ended("137", where=is_alive(c)),
            ),
        ),
        Rule(
            "container.rm.forced",
            has_running_flag(c),
            accepted(204),
            "With -f the process is killed first. A restarting container has none.",
            f"{_RM}; {MEASURED}",
            moves=(MACHINE.moves("rm -f", c),),
            effects=blanked(c),
            events=(
                on_container("kill", signal="9", where=is_alive(c)),
                *process_ended("137", where=is_alive(c)),
                on_container("destroy"),
            ),
        ),
        Rule(
            "container.rm.removed",
            TRUE,
            accepted(204),
            "The read-write layer is deleted, the name is free. A created, stopped or dead container needs no -f.",
            f"{_RM}; {MEASURED}",
            moves=(MACHINE.moves("rm", c),),
            effects=blanked(c),
            events=(on_container("destroy"),),
        ),
    ),
)  # fmt: skip

_prunable = status_of(c).one_of(Status.CREATED, Status.STOPPED, Status.DEAD)
_pruned = _prunable & ~obstructed(c)

PRUNE = Operation(
    "container.prune",
    parameters=(),
    about="Removes every container without the running flag.",
    http="POST /containers/prune",
    rules=(
        Rule(
            "container.prune.pruned",
            TRUE,
            accepted(200),
            "As rm without -f for each created, stopped or dead container; one whose files cannot be deleted is left "
            "dead, and no error is told. Running, paused and restarting ones stay.",
            f"daemon/prune.go:ContainersPrune; {MEASURED}",
            moves=(MACHINE.moves_each(c, (_pruned, "rm"), (_prunable & obstructed(c), "rm fails")),),
            effects=(
                becomes(layer(c), Layer.NONE, each=c, where=_prunable),
                *blanked(c, where=_pruned, keep=(layer,)),
            ),
            events=(on_containers("destroy", c, _pruned), Event("container", "prune", ())),
        ),
    ),
)

OPERATIONS = (CREATE, START, STOP, KILL, RESTART, PAUSE, UNPAUSE, RENAME, UPDATE, RM, PRUNE)
