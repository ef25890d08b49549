"""The engine and the machine under it: the daemon stops and starts again, removals take time, files get stuck.

All of it is done by the world; no command asks for it.
"""

from __future__ import annotations

from dockspec.container import (
    MACHINE,
    Exec,
    ExitCode,
    Layer,
    Policy,
    Status,
    auto_remove,
    blanked,
    c,
    code_of_term,
    ends_on_term,
    exec_process,
    exec_runs,
    exists,
    exit_code,
    has_running_flag,
    is_alive,
    layer,
    manually_stopped,
    obstructed,
    policy,
    process_space,
    retries_spent,
    starts,
    status,
)
from dockspec.language import FALSE, TRUE, Expr, becomes, choose
from dockspec.model import HAPPENS, Actor, Operation, Rule
from dockspec.operations.shared import MEASURED, on_container, on_containers

# --- the daemon stops and starts again --------------------------------------------------------------------------------

_ran = has_running_flag(c) | (status(c) == Status.STOPPED)


def _restarted(
    identifier: str,
    says: str,
    *,
    stopped_by_hand: Expr,
    stop_is_by_hand: Expr,
    stops: Expr,
    forgotten: Expr,
) -> Rule:
    """One rule over all containers: who is removed, who is started again, who stays stopped.

    Args:
        identifier: of the operation.
        says: what it does to the containers.
        stopped_by_hand: where unless-stopped starts a container no more.
        stop_is_by_hand: where what stays stopped counts as stopped by hand.
        stops: where a stop is told. The exit code of what waits to be restarted, and is not stopped, is lost.
        forgotten: which containers the new daemon does not find.
    """
    lost = (status(c) == Status.RESTARTING) & ~stops
    failure = choose(is_alive(c), code_of_term(c) != ExitCode.ZERO, ~lost & (exit_code(c) != ExitCode.ZERO))
    wanted = (
        (policy(c) == Policy.ALWAYS)
        | ((policy(c) == Policy.UNLESS_STOPPED) & ~stopped_by_hand)
        | ((policy(c) == Policy.ON_FAILURE) & failure & ~retries_spent(c))
    )
    again = _ran & wanted & starts(c)
    in_vain = _ran & wanted & ~starts(c)
    halted = has_running_flag(c) & ~auto_remove(c) & ~again
    code = choose(in_vain, ExitCode.NOT_FOUND, choose(halted & is_alive(c), code_of_term(c), ExitCode.ZERO))
    removed = auto_remove(c) if forgotten is FALSE else auto_remove(c) & ~forgotten
    gone = auto_remove(c) | forgotten
    given_up = status(c) == Status.REMOVING
    special = (layer, exit_code, process_space, exec_process, manually_stopped, retries_spent)
    return Rule(
        f"{identifier}.restarted",
        TRUE,
        HAPPENS,
        says,
        f"daemon/daemon.go:Shutdown, restore, container/container.go:ShouldRestart; {MEASURED}",
        moves=(
            MACHINE.moves_each(
                c,
                (gone, "daemon removes it"),
                (given_up, "daemon gives up a removal"),
                (again, "daemon starts it again"),
                (halted, "daemon stops it"),
            ),
        ),
        effects=(
            becomes(layer(c), Layer.NONE, each=c, where=gone | given_up),
            becomes(exit_code(c), code, each=c, where=gone | again | in_vain | (halted & (is_alive(c) | lost))),
            becomes(process_space(c), again, each=c),
            becomes(exec_process(c), Exec.NONE, each=c),
            becomes(manually_stopped(c), halted & is_alive(c), each=c, where=gone | again | (halted & stop_is_by_hand)),
            becomes(retries_spent(c), False, each=c, where=gone | again),
            *blanked(c, where=gone, keep=special),
        ),
        events=(
            on_containers("kill", c, is_alive(c), signal="15"),
            on_containers("kill", c, is_alive(c) & ~ends_on_term(c), signal="9"),
            on_containers("unpause", c, status(c) == Status.PAUSED),
            on_containers("exec_die", c, exec_runs(c)),
            on_containers("die", c, is_alive(c), exitCode=code_of_term(c)),
            on_containers("stop", c, stops),
            on_containers("destroy", c, removed),
            on_containers("start", c, again),
        ),
    )


def restarted(forgotten: Expr = FALSE) -> Rule:
    """What becomes of the containers when the daemon is asked to end; ``forgotten``: which ones are not found again."""
    return _restarted(
        "daemon.restart",
        "It stops every container on its way down, and that does not count as a stop by hand. On its way up it starts "
        "again what a policy wants: always, whatever happened; unless-stopped, unless a hand stopped it; on-failure, "
        "by the exit code alone, if retries are left. A --rm container is removed, even a created one.",
        stopped_by_hand=manually_stopped(c),
        stop_is_by_hand=FALSE,
        stops=has_running_flag(c),
        forgotten=forgotten,
    )


def crashed(forgotten: Expr = FALSE) -> Rule:
    """The same when it is killed."""
    return _restarted(
        "daemon.crash",
        "The new daemon stops the processes that it finds, and this counts as a stop by hand: unless-stopped does not "
        "start them again, where after an orderly end it would. How a container ended that waits to be restarted is "
        "lost, as if it had been well: on-failure does not start it again.",
        stopped_by_hand=manually_stopped(c) | is_alive(c),
        stop_is_by_hand=is_alive(c),
        stops=is_alive(c),
        forgotten=forgotten,
    )


RESTART = Operation(
    "daemon.restart",
    (),
    (restarted(),),
    "The daemon is asked to end (SIGTERM) and started again, without live-restore.",
    actor=Actor.WORLD,
)

CRASH = Operation(
    "daemon.crash",
    (),
    (crashed(),),
    "The daemon is killed (SIGKILL) and started again; the containers' processes survive it at first.",
    actor=Actor.WORLD,
)

# --- removals take time, and can fail -------------------------------------------------------------------------------

BEGIN_REMOVAL = Operation(
    "removal.begin",
    parameters=(c,),
    possible=status(c).one_of(Status.CREATED, Status.STOPPED),
    actor=Actor.ENGINE,
    about="Another client's rm has begun and takes its time.",
    rules=(
        Rule(
            "removal.begin.begun",
            TRUE,
            HAPPENS,
            "Until it ends the name is still reserved, and hardly anything can be done with the container.",
            f"daemon/delete.go:ContainerRm; {MEASURED}",
            moves=(MACHINE.moves("removal begins", c),),
        ),
    ),
)

END_REMOVAL = Operation(
    "removal.end",
    parameters=(c,),
    possible=(status(c) == Status.REMOVING) & ~obstructed(c),
    actor=Actor.ENGINE,
    about="The removal ends well.",
    rules=(
        Rule(
            "removal.end.ended",
            TRUE,
            HAPPENS,
            "The read-write layer is deleted, the name is free.",
            f"daemon/delete.go:cleanupContainer; {MEASURED}",
            moves=(MACHINE.moves("removal ends", c),),
            effects=blanked(c),
            events=(on_container("destroy"),),
        ),
    ),
)

FAIL_REMOVAL = Operation(
    "removal.fail",
    parameters=(c,),
    possible=status(c) == Status.REMOVING,
    actor=Actor.ENGINE,
    about="The removal fails: a file is busy or immutable.",
    rules=(
        Rule(
            "removal.fail.failed",
            TRUE,
            HAPPENS,
            "A dead container is left; rm can be tried again.",
            f"daemon/delete.go:cleanupContainer; {MEASURED}",
            moves=(MACHINE.moves("removal fails", c),),
            effects=(becomes(layer(c), Layer.NONE),),
        ),
    ),
)

# --- obstacles ------------------------------------------------------------------------------------------------------

OBSTRUCT = Operation(
    "obstacle.put",
    parameters=(c,),
    possible=exists(c) & ~obstructed(c) & ~auto_remove(c),
    actor=Actor.WORLD,
    about="Something keeps the container's files from being deleted. Left out: --rm containers, whose own removal "
    "would fail.",
    rules=(
        Rule(
            "obstacle.put.put",
            TRUE,
            HAPPENS,
            "Nothing else is affected by it.",
            f"{MEASURED} (an immutable file: chattr +i)",
            effects=(becomes(obstructed(c), True),),
        ),
    ),
)

CLEAR = Operation(
    "obstacle.clear",
    parameters=(c,),
    possible=obstructed(c),
    actor=Actor.WORLD,
    about="The obstacle is gone.",
    rules=(
        Rule(
            "obstacle.clear.cleared",
            TRUE,
            HAPPENS,
            "A dead container can now be removed.",
            f"{MEASURED} (chattr -i)",
            effects=(becomes(obstructed(c), False),),
        ),
    ),
)

OPERATIONS = (RESTART, CRASH, BEGIN_REMOVAL, END_REMOVAL, FAIL_REMOVAL, OBSTRUCT, CLEAR)
