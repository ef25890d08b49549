"""Where the states of the machines stand on the page, and which way the arrows go; no fact about Docker.

All numbers are points, x to the right and y down. ``tests/checker/draw`` shows that no label meets another one, a
state or an arrow, and that every arrow has its way here.
"""

from __future__ import annotations

from enum import Enum

from dockspec import container, host, image
from dockspec.evaluation import State, answering, bindings
from dockspec.model import Actor, Kind, Specification
from hullcheck.draw.geometry import Box, Label, Path
from hullcheck.draw.lifecycle import Frame, Look


def what_firewalld_answers(spec: Specification, state: Enum) -> tuple[str, ...]:
    """What firewall-cmd can do in a state of the firewall, and with which exit status it is refused."""
    here = State({host.PORT: 1}).setting({(host.status, ()): state})
    does, refuses = [], set()
    for operation in (o for o in spec.operations if o.id.startswith("firewall.") and o.id not in _SYSTEMCTL):
        rule = answering(operation, next(iter(bindings(operation, here))), here)
        if rule is not None and rule.answer.kind is Kind.REFUSED:
            refuses.add(f"exit status {rule.answer.exit_code}")
        elif rule is not None:
            does.append(f"--{operation.id.removeprefix('firewall.')}")
    refusal = f"firewall-cmd: {', '.join(sorted(refuses))}"
    return (refusal,) if refuses else (f"firewall-cmd {', '.join(does[:3])},", ", ".join(does[3:]))


_SYSTEMCTL = ("firewall.start", "firewall.stop", "firewall.status")

_C = container.Status
_I = image.Status
_H = host.Status
USER, PROCESS, ENGINE, WORLD = Actor.USER, Actor.PROCESS, Actor.ENGINE, Actor.WORLD

_USUAL = frozenset(
    {
        ("begin", "created", USER),
        ("not-running", "running", USER),
        ("running-flag", "stopped", USER),
        ("not-running", "removed", USER),
    }
)

# --- the whole container ----------------------------------------------------------------------------------------------

CONTAINER = Look(
    "container",
    "The lifecycle of a container",
    "Every state of a container and every transition, labelled with the command, its condition and the HTTP status "
    "of the answer. A frame groups states: an arrow that leaves a frame leaves from each state in it. Blue and solid "
    "is a user's command, orange and dashed the container's own process, purple and dotted the engine, green and "
    "double a restart of the daemon. The thick arrows are the usual way: create, start, stop, rm.",
    places={
        _C.CREATED: Box(116, 66, 194, 140),
        _C.STOPPED: Box(116, 168, 194, 474),
        _C.RUNNING: Box(348, 98, 420, 262),
        _C.PAUSED: Box(508, 98, 582, 148),
        _C.RESTARTING: Box(464, 322, 552, 388),
        _C.REMOVING: Box(150, 574, 228, 618),
        _C.DEAD: Box(362, 574, 414, 618),
        _C.REMOVED: Box(4, 726, 618, 754),
    },
    frames=(
        Frame("not-running", "does not run", (_C.CREATED, _C.STOPPED), Box(104, 48, 206, 504), (109, 51)),
        Frame("running-flag", "flag Running is set", container.RUNNING_FLAG, Box(334, 48, 600, 402), (500, 51)),
        Frame("alive", "its process lives", (_C.RUNNING, _C.PAUSED), Box(342, 74, 591, 276), (504, 77)),
        Frame("marked", "marked for removal", (_C.REMOVING, _C.DEAD), Box(138, 546, 464, 666), (144, 650)),
    ),
    happy=_USUAL,
    paths={
        ("begin", "created", USER): Path(((176, 12), (176, 66)), Label(176, 30, "right")),
        ("begin", "created", ENGINE): Path(((36, 80), (116, 80)), Label(50, 74, "over", 17)),
        ("begin", "stopped", ENGINE): Path(((320, 464), (194, 464)), Label(268, 461, "over", 20)),
        ("not-running", "running", USER): Path(((206, 112), (348, 112)), Label(270, 110, "over")),
        ("stopped", "running", WORLD): Path(((194, 186), (348, 186)), Label(270, 184, "over")),
        ("running", "stopped", PROCESS): Path(((348, 214), (194, 214)), Label(270, 213, "over")),
        ("running-flag", "stopped", USER): Path(((334, 274), (194, 274)), Label(270, 272, "over", 22)),
        ("running-flag", "stopped", WORLD): Path(((334, 318), (194, 318)), Label(270, 316, "over")),
        ("restarting", "stopped", ENGINE): Path(((464, 378), (194, 378)), Label(270, 375, "over")),
        ("running-flag", "running", USER): Path(((384, 48), (384, 98)), Label(384, 61, "right")),
        ("running-flag", "running", WORLD): Path(((600, 250), (420, 250)), Label(502, 248, "over")),
        ("alive", "running", USER): Path(((591, 205), (420, 205)), Label(502, 203, "over", 22)),
        ("running", "paused", USER): Path(((420, 114), (508, 114)), Label(464, 113, "over")),
        ("paused", "running", USER): Path(((508, 138), (420, 138)), Label(464, 139, "under", 20)),
        ("running", "restarting", PROCESS): Path(((362, 262), (362, 368), (464, 368)), Label(414, 366, "over", 14)),
        ("restarting", "running", ENGINE): Path(
            ((500, 322), (500, 302), (406, 302), (406, 262)), Label(454, 300, "over")
        ),
        ("created", "removed", WORLD): Path(((116, 102), (12, 102), (12, 726)), Label(12, 330, "right", 12)),
        ("created", "removed", ENGINE): Path(((116, 124), (92, 124), (92, 726)), Label(92, 190, "left", 15)),
        ("not-running", "removed", USER): Path(((122, 504), (122, 726)), Label(122, 700, "right")),
        ("not-running", "removing", ENGINE): Path(((190, 504), (190, 574)), Label(190, 534, "right")),
        ("not-running", "dead", USER): Path(((206, 492), (374, 492), (374, 574)), Label(290, 494, "under", 30)),
        ("running-flag", "dead", USER): Path(((390, 402), (390, 574)), Label(390, 440, "right", 16)),
        ("dead", "dead", USER): Path(((414, 588), (428, 588), (428, 604), (414, 604)), Label(422, 621, "under", 16)),
        ("removing", "dead", ENGINE): Path(((228, 590), (362, 590)), Label(296, 587, "over", 22)),
        ("removing", "dead", WORLD): Path(((228, 608), (362, 608)), Label(296, 609, "under", 15)),
        ("removing", "removed", ENGINE): Path(((176, 618), (176, 726)), Label(176, 690, "right")),
        ("marked", "removed", WORLD): Path(((268, 666), (268, 726)), Label(268, 690, "right", 24)),
        ("dead", "removed", USER): Path(((376, 618), (376, 726)), Label(376, 700, "right")),
        ("running-flag", "removed", USER): Path(((472, 402), (472, 726)), Label(472, 470, "right")),
        ("running-flag", "removed", ENGINE): Path(((544, 402), (544, 726)), Label(544, 560, "left", 12)),
        ("alive", "removed", WORLD): Path(((591, 226), (612, 226), (612, 726)), Label(612, 470, "left", 12)),
    },
)

# --- what a beginner needs --------------------------------------------------------------------------------------------

_BASIC = frozenset({"create", "start", "pause", "unpause", "stop", "kill", "exit", "rm", "rm -f"})

SIMPLE = Look(
    "container-simple",
    "The life of a container",
    "The states of a container that a beginner meets, created, running, paused, stopped and removed, and the "
    "commands between them. An arrow that leaves a frame leaves from each state in it. The thick arrows are the "
    "usual way: create, start, stop, rm. docker run is create and start in one.",
    places={
        _C.CREATED: Box(32, 76, 128, 116),
        _C.RUNNING: Box(306, 76, 386, 232),
        _C.PAUSED: Box(490, 92, 570, 136),
        _C.STOPPED: Box(32, 144, 128, 232),
        _C.REMOVED: Box(4, 300, 598, 328),
    },
    frames=(
        Frame("not-running", "does not run", (_C.CREATED, _C.STOPPED), Box(16, 52, 144, 248), (22, 55)),
        Frame("alive", "its process lives", (_C.RUNNING, _C.PAUSED), Box(288, 52, 588, 248), (502, 55)),
    ),
    happy=frozenset(
        {
            ("begin", "created", USER),
            ("not-running", "running", USER),
            ("alive", "stopped", USER),
            ("not-running", "removed", USER),
        }
    ),
    keeps=lambda row: row.trigger in _BASIC,
    details=False,
    paths={
        ("begin", "created", USER): Path(((102, 12), (102, 76)), Label(102, 32, "right")),
        ("not-running", "running", USER): Path(((144, 98), (306, 98)), Label(216, 97, "over")),
        ("running", "stopped", PROCESS): Path(((306, 162), (128, 162)), Label(216, 161, "over")),
        ("alive", "stopped", USER): Path(((288, 210), (128, 210)), Label(216, 208, "over")),
        ("running", "paused", USER): Path(((386, 104), (490, 104)), Label(438, 103, "over")),
        ("paused", "running", USER): Path(((490, 126), (386, 126)), Label(438, 127, "under")),
        ("not-running", "removed", USER): Path(((80, 248), (80, 300)), Label(80, 272, "right")),
        ("alive", "removed", USER): Path(((438, 248), (438, 300)), Label(438, 272, "right")),
    },
)

# --- the image --------------------------------------------------------------------------------------------------------

_PRESENT = tuple(state for state in _I if state is not _I.REMOVED)
_BUILT_ON = (_I.INTERMEDIATE, _I.DIGEST_ONLY)

IMAGE = Look(
    "image",
    "The lifecycle of an image",
    "Every state of an image and every transition, labelled with the commands, their condition and the HTTP status "
    "of the answer. A frame groups states: an arrow that leaves a frame leaves from each state in it. NAME is a tag "
    "or digest, ID an image id. The thick arrows are the usual way: pull, then rmi.",
    places={
        _I.REMOVED: Box(4, 690, 616, 718),
        _I.TAGGED: Box(58, 62, 602, 94),
        _I.DIGEST_ONLY: Box(276, 276, 378, 420),
        _I.DANGLING: Box(508, 276, 590, 420),
        _I.INTERMEDIATE: Box(70, 276, 172, 420),
    },
    frames=(
        Frame("present", "in the store", _PRESENT, Box(40, 44, 616, 600), (546, 47)),
        Frame("untagged", "no tag names it", (*_BUILT_ON, _I.DANGLING), Box(50, 230, 607, 586), (524, 233)),
        Frame("built-on", "something is built on it", _BUILT_ON, Box(60, 252, 386, 436), (176, 255)),
    ),
    happy=frozenset({("begin", "tagged", USER), ("tagged", "removed", USER)}),
    paths={
        ("begin", "tagged", USER): Path(((112, 10), (112, 62)), Label(112, 24, "right", 40)),
        ("untagged", "tagged", USER): Path(((64, 230), (64, 94)), Label(64, 160, "right", 12)),
        ("tagged", "intermediate", USER): Path(((160, 94), (160, 276)), Label(160, 160, "right", 22)),
        ("tagged", "digest-only", USER): Path(((306, 94), (306, 276)), Label(306, 160, "right", 24)),
        ("tagged", "dangling", USER): Path(
            ((462, 94), (462, 246), (520, 246), (520, 276)), Label(462, 160, "right", 22)
        ),
        ("digest-only", "intermediate", USER): Path(((276, 360), (172, 360)), Label(224, 358, "over", 17)),
        ("built-on", "dangling", USER): Path(((386, 336), (508, 336)), Label(447, 334, "over", 20)),
        ("dangling", "digest-only", USER): Path(((508, 398), (378, 398)), Label(447, 396, "over", 20)),
        ("dangling", "intermediate", USER): Path(
            ((520, 420), (520, 490), (230, 490), (230, 404), (172, 404)), Label(370, 488, "over", 40)
        ),
        ("begin", "intermediate", USER): Path(((130, 470), (130, 420)), Label(130, 456, "right")),
        ("begin", "dangling", USER): Path(((548, 572), (548, 420)), Label(548, 534, "left", 18)),
        ("tagged", "removed", USER): Path(((58, 78), (20, 78), (20, 690)), Label(20, 640, "right", 16)),
        ("intermediate", "removed", USER): Path(((110, 420), (110, 690)), Label(110, 640, "right", 24)),
        ("present", "removed", USER): Path(((320, 600), (320, 690)), Label(320, 640, "right")),
        ("dangling", "removed", USER): Path(((576, 420), (576, 690)), Label(576, 640, "left", 24)),
    },
)

# --- the firewall -----------------------------------------------------------------------------------------------------

HOST = Look(
    "host",
    "The firewall, firewalld",
    "Whether firewalld runs, what starts and stops it, and what firewall-cmd answers meanwhile.",
    places={_H.STOPPED: Box(4, 14, 220, 84), _H.RUNNING: Box(350, 14, 612, 84)},
    notes=what_firewalld_answers,
    paths={
        ("stopped", "running", USER): Path(((220, 34), (350, 34)), Label(285, 33, "over")),
        ("running", "stopped", USER): Path(((350, 66), (220, 66)), Label(285, 65, "over")),
    },
)
