"""What restart policies do: the transitions that they decide, and each policy in each situation, run on the spec."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

from dockspec import container
from dockspec.container import CONTAINER, NAME, Policy, Process, Status
from dockspec.image import IMAGE
from dockspec.model import Actor, Specification
from dockspec.operations.containers import Signal
from dockspec.operations.processes import Ending
from dockspec.operations.shared import Patience
from hullcheck.draw.diagram import Diagram
from hullcheck.draw.geometry import Box, Label, Path
from hullcheck.draw.lifecycle import Frame, Look, lifecycle
from hullcheck.draw.scene import NotPossible, Scene
from hullcheck.draw.sheet import WIDTH, Sheet
from hullcheck.draw.style import FAINT, INK, NOTHING, SMALL, Fill
from hullcheck.steps import Taken

_TITLE = "What restart policies do"
_SAYS = (
    "Above, the transitions of a container that its restart policy decides. Below, what becomes of a container that "
    "ran, by policy and by what happens to it."
)
_S = Status
_ROWS = frozenset(
    {
        "exit",
        "exit, to be restarted",
        "restart timer",
        "restart fails",
        "stop",
        "kill",
        "daemon stops it",
        "daemon starts it again",
    }
)
USER, PROCESS, ENGINE, WORLD = Actor.USER, Actor.PROCESS, Actor.ENGINE, Actor.WORLD

_LOOK = Look(
    "restart",
    _TITLE,
    _SAYS,
    places={_S.STOPPED: Box(4, 28, 84, 236), _S.RUNNING: Box(276, 44, 356, 136), _S.RESTARTING: Box(506, 44, 600, 136)},
    frames=(
        Frame("running-flag", "flag Running is set", (_S.RUNNING, _S.RESTARTING), Box(252, 4, 610, 150), (510, 7)),
    ),
    keeps=lambda row: row.trigger in _ROWS,
    paths={
        ("stopped", "running", WORLD): Path(((84, 56), (276, 56)), Label(168, 54, "over")),
        ("running", "stopped", PROCESS): Path(((276, 80), (84, 80)), Label(168, 79, "over")),
        ("running-flag", "stopped", USER): Path(((252, 134), (84, 134)), Label(168, 132, "over")),
        ("running", "restarting", PROCESS): Path(((356, 76), (506, 76)), Label(431, 74, "over")),
        ("restarting", "running", ENGINE): Path(((506, 102), (356, 102)), Label(431, 101, "over")),
        ("running-flag", "running", WORLD): Path(((300, 4), (300, 44)), Label(300, 22, "right", 40)),
        ("running-flag", "stopped", WORLD): Path(((300, 150), (300, 178), (84, 178)), Label(168, 176, "over")),
        ("restarting", "stopped", ENGINE): Path(((556, 136), (556, 218), (84, 218)), Label(330, 216, "over", 40)),
    },
)


def _stop(scene: Scene) -> Taken:
    return scene.do("container.stop", c=0, patience=Patience.GRACE)


Situation = tuple[str, Process, Callable[[Scene], object]]

_SITUATIONS: tuple[Situation, ...] = (
    ("it ends with 0", Process.IGNORES, lambda s: s.do("container.exit", c=0, ending=Ending.WELL)),
    (
        "it ends with another code",
        Process.IGNORES,
        lambda s: s.do("container.exit", c=0, ending=Ending.BADLY, retries_left=True),
    ),
    (
        "  ... and on-failure:N has no retry left",
        Process.IGNORES,
        lambda s: s.do("container.exit", c=0, ending=Ending.BADLY, retries_left=False),
    ),
    ("docker stop", Process.IGNORES, _stop),
    ("docker kill", Process.IGNORES, lambda s: s.do("container.kill", c=0, signal=Signal.KILL)),
    ("it runs; the daemon restarts (it ends with 0)", Process.ENDS_WELL, lambda s: s.do("daemon.restart")),
    ("it runs; the daemon restarts (it must be killed)", Process.IGNORES, lambda s: s.do("daemon.restart")),
    ("docker stop, then the daemon restarts", Process.IGNORES, lambda s: (_stop(s), s.do("daemon.restart"))),
    ("  ... where it ends with 0", Process.ENDS_WELL, lambda s: (_stop(s), s.do("daemon.restart"))),
    ("it runs; the daemon is killed and started", Process.IGNORES, lambda s: s.do("daemon.crash")),
    ("docker stop, then the daemon is killed and started", Process.IGNORES, lambda s: (_stop(s), s.do("daemon.crash"))),
)


_OUTCOMES = {
    _S.RESTARTING: Fill("#cfe6f5", INK, "#005a9c", "restarts, after a pause"),
    _S.RUNNING: Fill("#9cc9e8", INK, "#005a9c", "runs again, at once"),
    _S.STOPPED: Fill("#ffffff", INK, FAINT, "stays stopped"),
    _S.REMOVED: Fill("#5d5d5d", "#ffffff", INK, "is removed"),
}
_WORDS = {_S.RESTARTING: "restarts", _S.RUNNING: "runs again", _S.STOPPED: "stopped", _S.REMOVED: "removed"}
_COLUMNS: tuple[tuple[str, Policy, bool], ...] = (*((p.value, p, False) for p in Policy), ("--rm", Policy.NO, True))

_LABELS, _HIGH, _TOP = 230.0, 18.0, 284.0


def restart(spec: Specification) -> Diagram:
    """The picture of the restart policies."""
    machine = next(m for m in spec.machines if m.name == "container")
    above = lifecycle(spec, machine, _LOOK)
    sheet = Sheet("restart")
    wide = (WIDTH + 10 - _LABELS) / len(_COLUMNS)
    for column, (title, _, _) in enumerate(_COLUMNS):
        left = _LABELS + column * wide
        sheet.box(
            f"head.{column}", Box(left, _TOP, left + wide, _TOP + _HIGH), (title,), border="none", size=SMALL, bold=True
        )
    for number, (words, process, happens) in enumerate(_SITUATIONS):
        top = _TOP + _HIGH * (number + 1)
        sheet.left(f"situation.{number}", (2, top + 3), words)
        for column, (title, policy, rm) in enumerate(_COLUMNS):
            left = _LABELS + column * wide
            outcome = _outcome(spec, policy, rm, process, happens)
            fill = NOTHING if outcome is None else _OUTCOMES[outcome]
            text = "" if outcome is None else _WORDS[outcome]
            sheet.box(
                f"{number}.{title.strip('-')}",
                Box(left + 1, top + 1, left + wide - 1, top + _HIGH - 1),
                (text,),
                fill=fill.fill,
                border=fill.border,
                ink=fill.text,
                size=SMALL,
                says=f"{title}; {words.strip(' .')}: {text or 'cannot happen'}",
                part="cell",
            )
    below = _TOP + _HIGH * (len(_SITUATIONS) + 1) + 8
    sheet.key([(str(state.value), fill) for state, fill in _OUTCOMES.items()], (4, below))
    return dataclasses.replace(
        above, nodes=(*above.nodes, *sheet.nodes), edges=(*above.edges, *sheet.edges), title=_TITLE, description=_SAYS
    )


def _outcome(
    spec: Specification, policy: Policy, rm: bool, process: Process, happens: Callable[[Scene], object]
) -> Status | None:
    """The status of a running container after something happened to it; None where that cannot happen."""
    scene = Scene.begin(spec, {CONTAINER: 1, NAME: 1, IMAGE: 1})
    scene.do("image.import")
    scene.do("container.create", n=0, i=0, restart_policy=policy, rm=rm, command=process)
    scene.do("container.start", c=0)
    try:
        happens(scene)
    except NotPossible:
        return None
    status = scene.state.value(container.status, 0)
    return status if isinstance(status, Status) else None
