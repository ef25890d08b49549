"""What only reads: ps, inspect, logs, top, wait, images, history, version, info. Nothing here changes a state."""

from __future__ import annotations

from dockspec.container import c, has_running_flag
from dockspec.image import i, present
from dockspec.language import TRUE
from dockspec.model import Operation, Rule, accepted, refused
from dockspec.operations.shared import MEASURED, absent_container, is_restarting, marked, not_running, on_container


def _shows(identifier: str, http: str, about: str, says: str, source: str) -> Operation:
    rule = Rule(f"{identifier}.shown", TRUE, accepted(200), says, f"{source}; {MEASURED}")
    return Operation(identifier, (), (rule,), about, http)


PS = _shows(
    "container.list",
    "GET /containers/json",
    "Lists containers.",
    "Plain ps lists those with the running flag, paused and restarting ones too; ps -a lists all. A status filter "
    "implies -a.",
    "daemon/list.go:includeContainerInList",
)

INSPECT = Operation(
    "container.inspect",
    parameters=(c,),
    about="Shows everything that is known of a container.",
    http="GET /containers/{id}/json",
    rules=(
        absent_container("container.inspect", "No such container: {c}"),
        Rule(
            "container.inspect.shown",
            TRUE,
            accepted(200),
            "In every state, dead included.",
            f"daemon/inspect.go:ContainerInspect; {MEASURED}",
        ),
    ),
)

LOGS = Operation(
    "container.logs",
    parameters=(c,),
    about="Shows what the main process has written to its output.",
    http="GET /containers/{id}/logs",
    rules=(
        absent_container("container.logs"),
        marked(
            "container.logs",
            409,
            "can not get logs from container which is dead or marked for removal",
            "daemon/logs.go:ContainerLogs",
            "The logs go with the container's files.",
        ),
        Rule(
            "container.logs.shown",
            TRUE,
            accepted(200),
            "Also of a container that never ran, or no longer runs.",
            f"daemon/logs.go:ContainerLogs; {MEASURED}",
        ),
    ),
)

TOP = Operation(
    "container.top",
    parameters=(c,),
    about="Lists the processes in the container's process space.",
    http="GET /containers/{id}/top",
    rules=(
        absent_container("container.top"),
        not_running("container.top", ~has_running_flag(c), "daemon/top_unix.go:ContainerTop"),
        is_restarting("container.top", "daemon/top_unix.go:ContainerTop"),
        Rule(
            "container.top.shown",
            TRUE,
            accepted(200),
            "Of a frozen container too.",
            f"daemon/top_unix.go:ContainerTop; {MEASURED}",
            events=(on_container("top"),),
        ),
    ),
)

WAIT = Operation(
    "container.wait",
    parameters=(c,),
    about="Waits until the container does not run, and tells its exit code.",
    http="POST /containers/{id}/wait",
    rules=(
        absent_container("container.wait"),
        Rule(
            "container.wait.blocks",
            has_running_flag(c),
            accepted(200, blocks=True),
            "It comes back at the next end of the process, even if a policy restarts the container then.",
            f"daemon/wait.go:ContainerWait; {MEASURED}",
        ),
        Rule(
            "container.wait.returns",
            TRUE,
            accepted(200),
            "It does not run: the exit code of its last run, or 0 if it never ran.",
            f"daemon/wait.go:ContainerWait; {MEASURED}",
        ),
    ),
)

IMAGES = _shows(
    "image.list",
    "GET /images/json",
    "Lists images.",
    "Plain images lists the top-level ones: those that a reference names, and those that nothing is built on. images "
    "-a adds the intermediate ones.",
    "daemon/images/images.go:Images",
)


def _of_image(identifier: str, http: str, about: str, says: str, source: str) -> Operation:
    return Operation(
        identifier,
        (i,),
        (
            Rule(
                f"{identifier}.absent",
                ~present(i),
                refused(404, "NoSuchImage", "No such image: {i}"),
                "The store has no such image.",
                f"daemon/images/image.go:GetImage; {MEASURED}",
            ),
            Rule(f"{identifier}.shown", TRUE, accepted(200), says, f"{source}; {MEASURED}"),
        ),
        about,
        http,
    )


INSPECT_IMAGE = _of_image(
    "image.inspect",
    "GET /images/{name}/json",
    "Shows everything that is known of an image.",
    "Its references, its parent link and its layers among other things.",
    "daemon/images/image_inspect.go:LookupImage",
)

HISTORY = _of_image(
    "image.history",
    "GET /images/{name}/history",
    "Lists the steps by which an image was made, the newest first.",
    "The steps are read from the image itself; an id stands only where the parent link leads, elsewhere <missing>.",
    "daemon/images/image_history.go:ImageHistory",
)

VERSION = _shows(
    "engine.version",
    "GET /version",
    "Shows the versions of client and engine.",
    "Always.",
    "daemon/info.go:SystemVersion",
)

INFO = _shows(
    "engine.info",
    "GET /info",
    "Shows the engine's settings, and counts containers and images.",
    "Containers are counted as running, paused and stopped (all others, restarting ones too); images as all in the "
    "store.",
    "daemon/info.go:fillContainerStates",
)

OPERATIONS = (PS, INSPECT, LOGS, TOP, WAIT, IMAGES, INSPECT_IMAGE, HISTORY, VERSION, INFO)
