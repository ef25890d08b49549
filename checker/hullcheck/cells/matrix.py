"""The matrix: every operation of the container API in every state of a container, as measured on an engine.

A line of the file is an object with ``operation``, ``variant``, ``state`` (where), ``status``, ``message``, ``blocks``
(the answer), ``after``, ``exit_code`` (the container then; null: not told) and ``events``. In running and paused the
process is ``sh`` with ``trap "exit 7" TERM; trap "" USR1``; exited was ``exit 3``; restarting was ``false`` with policy
always; dead is exited after a removal that failed.

This module says which operations of the specification such a line is about, and which lines it says nothing of.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path

from dockspec.container import CONTAINER, NAME, ExitCode, Policy, Process, Status, exit_code, status
from dockspec.image import IMAGE
from dockspec.language import Value
from dockspec.operations.containers import Signal
from dockspec.operations.processes import Ending
from dockspec.operations.shared import Patience
from hullcheck.cells.cell import Action, Cell, Outcome, Place, SeenEvent
from hullcheck.worlds import world

_WORLD = world({CONTAINER: 2, NAME: 3, IMAGE: 2}, ["cm:1"])


def _do(operation: str, **arguments: Value) -> Action:
    return Action(operation, arguments)


# --- states ---------------------------------------------------------------------------------------------------------


def _create(command: Process, policy: Policy = Policy.NO, *, c: int = 0, n: int = 0) -> Action:
    return _do("container.create", c=c, n=n, i=0, restart_policy=policy, rm=False, command=command)


_IMAGE = (_do("image.import", i=0),)
_CREATED = (*_IMAGE, _create(Process.ENDS_BADLY))
_RUNNING = (*_CREATED, _do("container.start", c=0))
_EXITS = (_do("container.exit", c=0, ending=Ending.BADLY),)
_EXITED = (*_RUNNING, *_EXITS)

_STATES: Mapping[str, tuple[Action, ...]] = {
    "absent": _IMAGE,
    "created": _CREATED,
    "running": _RUNNING,
    "paused": (*_RUNNING, _do("container.pause", c=0)),
    "restarting": (*_IMAGE, _create(Process.ENDS_BADLY, Policy.ALWAYS), _do("container.start", c=0), *_EXITS),
    "exited": _EXITED,
    "removing": (*_EXITED, _do("removal.begin", c=0)),
    "dead": (*_EXITED, _do("obstacle.put", c=0), _do("container.rm", c=0, force=False)),
}

_AFTERMATHS: Mapping[str, tuple[Action, ...]] = {
    "exited": _EXITS,
    "restarting": (*_EXITS, _do("container.restart-timer", c=0)),
}
"""In these states the process ends as soon as it is started, and the engine was slower than that to tell."""

_STATUS = {"absent": Status.REMOVED, "exited": Status.STOPPED}

_MOMENTARY = "removing"
"""Lasts so short that neither the exit code nor the events were taken."""

# --- operations -----------------------------------------------------------------------------------------------------


def _kill(signal: Signal) -> tuple[Action, ...]:
    return (_do("container.kill", c=0, signal=signal),)


def _commit(pause: bool) -> tuple[Action, ...]:
    return (_do("container.commit", c=0, pause=pause, i=1), _do("image.tag", i=1, r=0))


_OPERATIONS: Mapping[tuple[str, str], tuple[Action, ...]] = {
    ("create", "same name, image exists"): (_create(Process.ENDS_BADLY, c=1),),
    ("start", ""): (_do("container.start", c=0),),
    ("stop", "t=1 (process handles SIGTERM, exits 7)"): (_do("container.stop", c=0, patience=Patience.GRACE),),
    ("stop", "t=0"): (_do("container.stop", c=0, patience=Patience.NONE),),
    ("restart", "t=0"): (_do("container.restart", c=0, patience=Patience.NONE),),
    ("kill", "(no signal = SIGKILL)"): _kill(Signal.KILL),
    ("kill", "signal=SIGKILL"): _kill(Signal.KILL),
    ("kill", "signal=SIGTERM (handled, exits 7)"): _kill(Signal.TERM),
    ("kill", "signal=SIGUSR1 (ignored by process)"): _kill(Signal.HARMLESS),
    ("kill", "signal=0"): _kill(Signal.UNKNOWN),
    ("kill", "signal=BOGUS"): _kill(Signal.UNKNOWN),
    ("pause", ""): (_do("container.pause", c=0),),
    ("unpause", ""): (_do("container.unpause", c=0),),
    ("rm", ""): (_do("container.rm", c=0, force=False),),
    ("rm", "v=1"): (_do("container.rm", c=0, force=False),),
    ("rm", "force=1"): (_do("container.rm", c=0, force=True),),
    ("exec-create", ""): (_do("exec.create", c=0),),
    ("exec", "create+start"): (
        _do("exec.create", c=0), _do("exec.start", c=0, command_found=True), _do("exec.exit", c=0),
    ),
    ("commit", "pause=1 (default)"): _commit(True),
    ("commit", "pause=0"): _commit(False),
    ("export", ""): (_do("container.export", c=0),),
    ("rename", "to a free name"): (_do("container.rename", c=0, n=2),),
    ("rename", "to its own name"): (_do("container.rename", c=0, n=0),),
    ("rename", "to a name in use"): (_do("container.rename", c=0, n=1),),
    ("wait", "condition=not-running (default)"): (_do("container.wait", c=0),),
    ("inspect", ""): (_do("container.inspect", c=0),),
    ("logs", "stdout=1"): (_do("container.logs", c=0),),
    ("top", ""): (_do("container.top", c=0),),
    ("update", "RestartPolicy=no"): (_do("container.update", c=0, restart_policy=Policy.NO),),
}  # fmt: skip

_ALSO_GIVEN: Mapping[tuple[str, str], tuple[Action, ...]] = {
    ("rename", "to a name in use"): (_create(Process.ENDS_WELL, c=1, n=1),),
}

_STREAMS, _LAYER, _LIMITS = "attach streams are not modelled", "cp and diff are not modelled", "limits are not modelled"

LEFT_OUT: Mapping[tuple[str, str], str] = {
    ("attach", "logs=1&stream=0&stdout=1"): _STREAMS,
    ("attach", "stream=1&stdout=1"): _STREAMS,
    ("logs", "stdout=1&follow=1"): "following is not modelled",
    ("logs", "no stream chosen"): "docker's command line always chooses one",
    ("wait", "condition=next-exit"): "docker's command line waits for not-running, but in run and start -a",
    ("wait", "condition=removed"): "docker's command line waits for not-running, but in run --rm",
    ("stats", "stream=0&one-shot=1"): "stats is not modelled",
    ("changes", ""): _LAYER,
    ("archive-get", "path=/tmp"): _LAYER,
    ("archive-get", "path=/nonexistent"): _LAYER,
    ("archive-put", "path=/tmp"): _LAYER,
    ("archive-put", "path=/nonexistent"): _LAYER,
    ("resize", "h=10&w=10"): "terminals are not modelled",
    ("update", "CpuShares=512"): _LIMITS,
}
"""The operations, with their variants, that the specification says nothing of, and why."""

_RACY = {("stop", "t=0"), ("restart", "t=0")}
"""SIGTERM and SIGKILL go out back to back: the process may be gone before the second, and the events may cross."""

_SECOND_KILL = (SeenEvent("container", "kill", {"signal": "9"}),)
_TOLD_BESIDE = {"commit"}
"""One request, two operations: the tag's event falls between the commit's."""

# --- reading --------------------------------------------------------------------------------------------------------


def matrix_cells(path: Path) -> Iterator[Cell]:
    """The cells of a file that the specification says something of; the others are those in LEFT_OUT.

    Raises:
        ValueError: when a line is about an operation that is known neither here nor there.
    """
    for line in path.read_text("utf-8").splitlines():
        seen = json.loads(line)
        operation = (seen["operation"], seen["variant"])
        if operation in LEFT_OUT:
            continue
        if operation not in _OPERATIONS:
            raise ValueError(
                f"{path.name}: no operation of the specification is known for {' '.join(operation).strip()}"
            )
        yield _cell(seen, operation, path.name)


def _cell(seen: Mapping[str, object], operation: tuple[str, str], source: str) -> Cell:
    state = str(seen["state"])
    return Cell(
        id=" ".join(filter(None, [*operation, "in", state])),
        world=_WORLD,
        given=(*_STATES[state], *_ALSO_GIVEN.get(operation, ())),
        when=_OPERATIONS[operation],
        then=_outcome(seen, subject=1 if operation[0] == "create" and state == "absent" else 0),
        source=source,
        answered_by=1 if operation[0] == "exec" else 0,
        aftermath=_AFTERMATHS.get(state, ()),
        unordered=operation in _RACY or operation[0] in _TOLD_BESIDE,
        may_miss=_SECOND_KILL if operation in _RACY else (),
    )


def _outcome(seen: Mapping[str, object], subject: int) -> Outcome:
    after, code = str(seen["after"]), seen["exit_code"]
    told: dict[Place, Value] = {Place(status, (subject,)): _STATUS.get(after) or Status(after)}
    if code is not None:
        told[Place(exit_code, (subject,))] = ExitCode(exit_class(str(code)))
    events = None if after == _MOMENTARY else seen["events"]
    return Outcome(
        status=int(str(seen["status"])),
        message=str(seen["message"]),
        blocks=bool(seen["blocks"]),
        events=tuple(seen_event(text) for text in events) if isinstance(events, list) else None,
        state=told,
    )


def seen_event(text: str) -> SeenEvent:
    """An event as the file has it: ``container:die {"exitCode": "7"}``; what follows a second colon is a command."""
    head, _, attributes = text.partition(" {")
    kind, action = head.split(":", 2)[:2]
    told = json.loads("{" + attributes) if attributes else {}
    if "exitCode" in told:
        told["exitCode"] = exit_class(told["exitCode"])
    return SeenEvent(kind, action.strip(), told)


def exit_class(code: str) -> str:
    """The class of an exit code, as ``ExitCode`` prints it."""
    return code if code in {member.value for member in ExitCode} else ExitCode.OWN.value
