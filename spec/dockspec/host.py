"""The host's firewall: firewalld, which runs or not, with a runtime and a permanent set of open ports.

The article ends with two lines about it (``firewall-cmd --add-port=3306/tcp``, ``systemctl stop firewalld``), so it
is here as a third, small machine of its own. It says nothing about reachability, on purpose: Docker writes its own
chains into the kernel's tables, and a published port (``-p``) is reachable past firewalld's zones.

Source: measured on firewalld 1.3.3 (Debian 12); for systemctl, its manual page.
"""

from __future__ import annotations

from enum import Enum

from dockspec.language import TRUE, Expr, Function, Sort, Variable, becomes
from dockspec.model import Machine, Operation, Row, Rule, State, accepted, refused, unchanged

PORT = Sort("Port")
port = Variable("port", PORT)


class Status(Enum):
    """firewalld runs or not."""

    STOPPED = "stopped"
    RUNNING = "running"


class Set(Enum):
    """Which set of ports a call is about."""

    RUNTIME = "runtime"
    PERMANENT = "permanent"


port_set = Variable("port_set", Set)

status = Function("firewall.status", (), Status, Status.STOPPED, "whether firewalld runs")
runtime = Function("firewall.runtime", (PORT,), bool, False, "the port is open now")
permanent = Function("firewall.permanent", (PORT,), bool, False, "the port is open after every start and reload")

MACHINE = Machine(
    name="host",
    sort=None,
    status=status,
    stored=status,
    states=(
        State(Status.STOPPED, "firewalld does not run; firewall-cmd can do nothing.", "inactive (dead)"),
        State(
            Status.RUNNING,
            "firewalld runs with the permanent set of ports and whatever was added since.",
            "active (running)",
        ),
    ),
    rows=(
        Row("systemctl start", (Status.STOPPED,), Status.RUNNING),
        Row("systemctl stop", (Status.RUNNING,), Status.STOPPED),
    ),
)

_SOURCE = "measured on firewalld 1.3.3"
_SYSTEMD = "systemctl(1)"
_runs = status() == Status.RUNNING


def _needs_it(operation: str, message: str = "FirewallD is not running") -> Rule:
    return Rule(
        f"{operation}.not-running",
        ~_runs,
        refused(0, "NotRunning", message, exit_code=252),
        "firewall-cmd talks to the running firewalld, for the permanent set too.",
        _SOURCE,
    )


def _is_open() -> Expr:
    return ((port_set == Set.RUNTIME) & runtime(port)) | ((port_set == Set.PERMANENT) & permanent(port))


ADD = Operation(
    "firewall.add-port",
    parameters=(port, port_set),
    about="Opens a port: now, or (--permanent) from the next reload or start on.",
    rules=(
        _needs_it("firewall.add-port"),
        Rule(
            "firewall.add-port.already",
            _is_open(),
            unchanged(0),
            "It is open already: a warning, and success.",
            _SOURCE,
        ),
        Rule(
            "firewall.add-port.added",
            TRUE,
            accepted(0),
            "Only the one set changes; the other keeps what it has.",
            _SOURCE,
            effects=(
                becomes(runtime(port), True, where=port_set == Set.RUNTIME),
                becomes(permanent(port), True, where=port_set == Set.PERMANENT),
            ),
        ),
    ),
)

REMOVE = Operation(
    "firewall.remove-port",
    parameters=(port, port_set),
    about="Closes a port: now, or (--permanent) from the next reload or start on.",
    rules=(
        _needs_it("firewall.remove-port"),
        Rule(
            "firewall.remove-port.already",
            ~_is_open(),
            unchanged(0),
            "It is not open: a warning, and success.",
            _SOURCE,
        ),
        Rule(
            "firewall.remove-port.removed",
            TRUE,
            accepted(0),
            "Only the one set changes; the other keeps what it has.",
            _SOURCE,
            effects=(
                becomes(runtime(port), False, where=port_set == Set.RUNTIME),
                becomes(permanent(port), False, where=port_set == Set.PERMANENT),
            ),
        ),
    ),
)

LIST = Operation(
    "firewall.list-ports",
    parameters=(port_set,),
    about="Lists the open ports of one set.",
    rules=(
        _needs_it("firewall.list-ports"),
        Rule("firewall.list-ports.shown", TRUE, accepted(0), "The set, or an empty line.", _SOURCE),
    ),
)

RELOAD = Operation(
    "firewall.reload",
    parameters=(),
    about="Makes the permanent set the runtime one.",
    rules=(
        _needs_it("firewall.reload"),
        Rule(
            "firewall.reload.reloaded",
            TRUE,
            accepted(0),
            "What was only added at runtime is lost.",
            _SOURCE,
            effects=(becomes(runtime(port), permanent(port), each=port),),
        ),
    ),
)

STATE = Operation(
    "firewall.state",
    parameters=(),
    about="Says whether firewalld runs.",
    rules=(
        _needs_it("firewall.state", "not running"),
        Rule("firewall.state.running", TRUE, accepted(0), "It runs.", _SOURCE),
    ),
)

START = Operation(
    "firewall.start",
    parameters=(),
    about="systemctl start firewalld.",
    rules=(
        Rule("firewall.start.running", _runs, unchanged(0), "It runs already: nothing to do, success.", _SYSTEMD),
        Rule(
            "firewall.start.started",
            TRUE,
            accepted(0),
            "It starts with the permanent set.",
            f"{_SYSTEMD}; {_SOURCE}",
            moves=(MACHINE.moves("systemctl start"),),
            effects=(becomes(runtime(port), permanent(port), each=port),),
        ),
    ),
)

STOP = Operation(
    "firewall.stop",
    parameters=(),
    about="systemctl stop firewalld.",
    rules=(
        Rule("firewall.stop.stopped", ~_runs, unchanged(0), "It does not run: nothing to do, success.", _SYSTEMD),
        Rule(
            "firewall.stop.ended",
            TRUE,
            accepted(0),
            "Its rules are taken out of the kernel, and what was only added at runtime is lost.",
            f"{_SYSTEMD}; {_SOURCE}",
            moves=(MACHINE.moves("systemctl stop"),),
            effects=(becomes(runtime(port), False, each=port),),
        ),
    ),
)

STATUS = Operation(
    "firewall.status",
    parameters=(),
    about="systemctl status firewalld.",
    rules=(
        Rule(
            "firewall.status.inactive",
            ~_runs,
            refused(0, "NotRunning", "inactive (dead)", exit_code=3),
            "A unit that is not active: exit status 3.",
            _SYSTEMD,
        ),
        Rule("firewall.status.active", TRUE, accepted(0), "It runs.", _SYSTEMD),
    ),
)

OPERATIONS = (ADD, REMOVE, LIST, RELOAD, STATE, START, STOP, STATUS)
