"""What the operations share: parameters, refusals that many of them give, and a short way to write an event."""

from __future__ import annotations

from enum import Enum

from dockspec.container import Status as ContainerStatus
from dockspec.container import c, exec_runs, exists, marked_for_removal, status
from dockspec.language import TRUE, Expr, Variable
from dockspec.model import Event, Rule, refused

MEASURED = "measured on Docker 20.10.24"

force = Variable("force", bool)


class Patience(Enum):
    """How long a stop waits between SIGTERM and SIGKILL."""

    GRACE = "a grace period"
    NONE = "no time at all (-t 0)"


class Race(Enum):
    """SIGTERM and SIGKILL sent back to back: which of them the process dies of is open."""

    TERM = "SIGTERM first"
    KILL = "SIGKILL first"


patience = Variable("patience", Patience)
race = Variable("race", Race)

one_race = (race == Race.TERM) | (patience == Patience.NONE)
"""With a grace period there is no race: SIGTERM comes first."""


def on_container(action: str, subject: Variable = c, *, where: Expr = TRUE, **attributes: Expr | str) -> Event:
    """An event of one container."""
    return Event("container", action, (subject,), attributes, where)


def on_containers(action: str, subject: Variable, where: Expr, **attributes: Expr | str) -> Event:
    """An event of each container for which ``where`` holds, in no particular order."""
    return Event("container", action, (subject,), attributes, where, each=True)


def on_image(action: str, subject: Variable, *, where: Expr = TRUE, **attributes: Expr | str) -> Event:
    """An event of one image."""
    return Event("image", action, (subject,), attributes, where)


def on_images(action: str, subject: Variable, where: Expr, **attributes: Expr | str) -> Event:
    """An event of each image for which ``where`` holds, in no particular order."""
    return Event("image", action, (subject,), attributes, where, each=True)


def process_ended(code: Expr | str, *, where: Expr = TRUE) -> tuple[Event, ...]:
    """The events of a main process that ends, with a code: what ``docker exec`` started in its space ends first."""
    return (on_container("exec_die", where=exec_runs(c)), on_container("die", exitCode=code, where=where))


def absent_container(operation: str, message: str = "No such container: {c}") -> Rule:
    """No container is known by what the caller gave."""
    return Rule(
        f"{operation}.absent",
        ~exists(c),
        refused(404, "NoSuchContainer", message),
        "No container has that name or id.",
        f"daemon/container.go:GetContainer; {MEASURED}",
    )


def not_running(
    operation: str, when: Expr, source: str, message: str = "Container {c.id} is not running", status_code: int = 409
) -> Rule:
    """It needs a running container."""
    return Rule(
        f"{operation}.not-running",
        when,
        refused(status_code, "NotRunning", message),
        "It needs a container with the running flag.",
        f"{source}; {MEASURED}",
    )


def is_restarting(operation: str, source: str) -> Rule:
    """It needs a process, and a restarting container has none although its running flag is set."""
    return Rule(
        f"{operation}.restarting",
        status(c) == ContainerStatus.RESTARTING,
        refused(409, "Restarting", "Container {c.id} is restarting, wait until the container is running"),
        "A container that waits to be restarted has no process.",
        f"{source}; {MEASURED}",
    )


def marked(operation: str, status_code: int, message: str, source: str, says: str) -> Rule:
    """The container is being removed, or dead."""
    return Rule(
        f"{operation}.marked-for-removal",
        marked_for_removal(c),
        refused(status_code, "MarkedForRemoval", message),
        says,
        f"{source}; {MEASURED}",
    )
