"""How engines tell what they do: which words they use, and which order they do not promise.

The specification says in which order the phases of a rule come. An engine's log is not that exact: two threads of it
write the phases of one operation, each when it gets there. What is known of that is data, here, and nothing else of
this package knows an engine.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Vocabulary:
    """The log of an engine.

    Attributes:
        name: of the engine.
        words: what the engine calls an action, where that is not the specification's word.
        passed: actions that are not followed: out of scope, or told so loosely that nothing follows from them.
        apart: pairs of phases of one operation that two threads write: the later one may be told first.
        prompt: phases that are told as soon as the one before them has happened.
        slow: actions that take longer than any telling: what was due before, has been told before.
        after_the_fact: actions that tell of an object's making after other events of it.
        remakes: actions that may be the first that is told of an object that was made again under its old identity.
        unchecked: types of objects whose events say too little.
        silent_kills: whether a removal by force may leave out that it killed.
    """

    name: str
    words: Mapping[str, str] = field(default_factory=dict)
    passed: frozenset[str] = frozenset()
    apart: frozenset[frozenset[str]] = frozenset()
    prompt: frozenset[str] = frozenset()
    slow: frozenset[str] = frozenset()
    after_the_fact: frozenset[str] = frozenset()
    remakes: frozenset[str] = frozenset()
    unchecked: frozenset[str] = frozenset()
    silent_kills: bool = False


def _pairs(*pairs: tuple[str, str]) -> frozenset[frozenset[str]]:
    return frozenset(frozenset(pair) for pair in pairs)


DOCKER = Vocabulary(
    "Docker",
    # attach streams are out of scope; the end of an exec is followed by its own id, not by its container's state
    passed=frozenset({"attach", "exec_die"}),
    # the signal is sent before `kill` is told; what it does to the process is told by the monitor of containerd's
    # events. 20.10 tells die before stop, 25 and later stop before die.
    apart=_pairs(("kill", "die"), ("kill", "unpause"), ("kill", "destroy"), ("die", "stop"), ("stop", "destroy")),
    prompt=frozenset({"stop", "restart"}),
    slow=frozenset({"start"}),  # a new process takes tens of milliseconds
    after_the_fact=frozenset({"import"}),  # measured on 20.10.24: the tag of the same call comes first
    remakes=frozenset({"tag"}),  # BuildKit makes the same image again from its cache, and tells only the tag
)

EXEC = Vocabulary("exec")
"""Of the processes that exec starts, whose events are told in order."""


PODMAN = Vocabulary(
    "Podman",
    words={"died": "die", "remove": "destroy", "exec_died": "exec_die"},
    # measured on 4.3.1: kill, stop and restart are told before, after or not at all, restart also by a policy; an exec
    # has no id in the log; updates, top and exports are not told
    passed=frozenset({"attach", "exec_die", "exec_create", "exec_start", "kill", "stop", "restart"}),
    # measured on 4.3.1: every rmi tells `delete`, also where only a name went, and the times do not grow
    unchecked=frozenset({"image"}),
    silent_kills=True,  # measured on 4.3.1: rm -f during a stop told no die
)


def vocabulary(attributes: Mapping[str, object]) -> Vocabulary:
    """The vocabulary of the engine that gives an event these attributes: Podman always names a pod, be it none."""
    return PODMAN if "podId" in attributes else DOCKER
