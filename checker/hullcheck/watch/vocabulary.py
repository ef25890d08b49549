"""How engines tell what they do: which words they use, and which order they do not promise.

The specification says in which order the phases of a rule come. An engine's log is not that exact: two threads of it
write the phases of one operation, each when it gets there. What is known of that is data, here, and nothing else of
this package knows an engine.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace


@dataclass(frozen=True)
class Vocabulary:
    """The log of an engine.

    Attributes:
        name: of the engine.
        dialect: of the specification, which it is held to where nothing else is asked for.
        words: what the engine calls an action, where that is not the specification's word.
        passed: actions that are not followed: out of scope, or told so loosely that nothing follows from them.
        apart: pairs of phases of one operation that two threads write: the later one may be told first.
        prompt: phases that are told as soon as the one before them has happened.
        waiting: phases for which an operation may wait until a restart is over.
        slow: actions that take longer than any telling: what was due before, has been told before.
        after_the_fact: actions that tell of an object's making after other events of it.
        late: actions that are told when they are over, each with one that can be told of the object meanwhile.
        remakes: actions that may be the first that is told of an object that was made again under its old identity.
        unchecked: types of objects whose events say too little.
        left_out: phases that an operation may leave out, each with the later phase of it that overtook it.
    """

    name: str
    dialect: str = "docker"
    words: Mapping[str, str] = field(default_factory=dict)
    passed: frozenset[str] = frozenset()
    apart: frozenset[frozenset[str]] = frozenset()
    prompt: frozenset[str] = frozenset()
    waiting: frozenset[str] = frozenset()
    slow: frozenset[str] = frozenset()
    after_the_fact: frozenset[str] = frozenset()
    late: frozenset[tuple[str, str]] = frozenset()
    remakes: frozenset[str] = frozenset()
    unchecked: frozenset[str] = frozenset()
    left_out: frozenset[tuple[str, str]] = frozenset()


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
    waiting=frozenset({"stop"}),  # measured on 20.10.24: it is told once a restart has let go of the container
    slow=frozenset({"start"}),  # a new process takes tens of milliseconds
    after_the_fact=frozenset({"import"}),  # measured on 20.10.24: the tag of the same call comes first
    # measured on 20.10.24 and 28.5.2, with several calls at once: a commit, a save and an import were told after the
    # end of what they took, a top and an exec_create after the die
    late=frozenset(
        {("commit", "destroy"), ("export", "destroy"), ("exec_create", "die"), ("top", "die")}
        | {("import", "delete"), ("save", "delete")}
    ),
    # measured on both: a stop that kills after all has told no unpause of a paused container
    left_out=frozenset({("unpause", "die")}),
    remakes=frozenset({"tag"}),  # BuildKit makes the same image again from its cache, and tells only the tag
)

CONTAINERD = replace(
    DOCKER,
    name="Docker with the containerd store",
    dialect="docker-containerd",
    prompt=DOCKER.prompt | {"delete"},  # also of an image that stays: see image.untag.kept
)

EXEC = Vocabulary("exec")
"""Of the processes that exec starts, whose events are told in order."""


PODMAN = Vocabulary(
    "Podman",
    dialect="podman",
    words={"died": "die", "remove": "destroy", "exec_died": "exec_die"},
    # measured on 4.3.1 and 5.8.6: kill, stop and restart are told before, after or not at all, restart also by a
    # policy; an exec has no id in the log
    passed=frozenset({"attach", "exec_die", "exec_create", "exec_start", "kill", "stop", "restart"}),
    # measured on 4.3.1 and 5.8.6: every rmi tells `delete`, also where only a name went, and the times do not grow
    unchecked=frozenset({"image"}),
)


# measured on 4.3.1: rm -f during a stop told no die; 5.4.2 and 5.8.6 told it in each of 250 removals
PODMAN_4 = replace(PODMAN, name="Podman 4", left_out=frozenset({("die", "destroy")}))


def vocabulary(action: str, attributes: Mapping[str, object], before: Vocabulary | None = None) -> Vocabulary:
    """The vocabulary of the engine that tells this of a container or an image.

    Args:
        action: what is told.
        attributes: of the event.
        before: what the events before have shown.
    """
    if before is None and "podId" in attributes:  # Podman always names a pod, be it none
        return PODMAN_4 if "containerExitCode" in attributes else PODMAN  # later versions give it of what ended only
    before = before or DOCKER
    if before is DOCKER and action == "untag" and not str(attributes.get("name", _ID)).startswith(_ID):
        return CONTAINERD  # the graph store gives the id of the image that lost a name, and never the name
    return before


_ID = "sha256:"
