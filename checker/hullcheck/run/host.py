"""firewall-cmd and systemctl: the host's firewall, as the article's last lines touch it.

Source: measured on firewalld 1.3.3 and systemd 252.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Final

from dockspec.host import Set, permanent, runtime
from dockspec.model import Kind
from dockspec.session import Reply
from hullcheck.run.core import Core, Refused
from hullcheck.run.files import Streams

if TYPE_CHECKING:
    from collections.abc import Mapping

COMMANDS: Final = ("firewall-cmd", "systemctl")
_PORT: Final = re.compile(r"([0-9]{1,5})(?:-([0-9]{1,5}))?/(tcp|udp|sctp|dccp)")
_USAGE: Final = "usage: 'firewall-cmd --help' for usage information or see firewall-cmd(1) man page\n"
_HIGHEST: Final = 65535


def run(core: Core, words: Sequence[str], streams: Streams) -> int:
    """Run one of ``COMMANDS``. Raises ``Refused`` for what the specification does not tell."""
    if words[0] == "systemctl":
        return _systemctl(core, words[1:], streams)
    return _firewall_cmd(core, words[1:], streams)


# --- firewall-cmd -----------------------------------------------------------------------------------------------------


def _firewall_cmd(core: Core, words: Sequence[str], streams: Streams) -> int:
    options = _joined(words)
    quiet = bool({"-q", "--quiet"} & set(options))
    which = Set.PERMANENT if "--permanent" in options else Set.RUNTIME
    plain = [o for o in options if o not in {"-q", "--quiet", "--permanent", "--zone=public"}]
    if any(not o.startswith("-") for o in plain):
        streams.err.append(f"{_USAGE}firewall-cmd: error: unrecognized arguments: {' '.join(plain)}\n")
        return 2
    shown = Streams([], []) if quiet else streams
    ports = [o for o in plain if o.startswith(("--add-port", "--remove-port"))]
    if ports and len(ports) == len(plain) and len({o.partition("=")[0] for o in ports}) == 1:
        return _change_ports(core, ports, which, shown)
    if len(plain) == 1:
        return _asked(core, plain[0], which, shown)
    raise Refused(
        f"firewall-cmd {' '.join(words)}: outside the specification, which tells of ports, --reload and --state"
    )


def _joined(words: Sequence[str]) -> list[str]:
    """`--add-port 80/tcp` as one word."""
    joined: list[str] = []
    for word in words:
        if joined and joined[-1] in {"--add-port", "--remove-port", "--query-port", "--zone"}:
            joined[-1] += f"={word}"
        else:
            joined.append(word)
    return joined


def _asked(core: Core, option: str, which: Set, streams: Streams) -> int:
    match option:
        case "--state":
            reply = core.ask("firewall.state")
            text = "running"
        case "--reload" | "--complete-reload":
            reply = core.ask("firewall.reload")
            text = "success"
        case "--list-ports":
            reply = core.ask("firewall.list-ports", port_set=which)
            text = " ".join(_open(core, which))
        case _ if option.startswith("--query-port="):
            reply = core.ask("firewall.list-ports", port_set=which)
            is_open = option.partition("=")[2] in _open(core, which)
            if reply.ok and not is_open:
                streams.out.append("no\n")
                return 1
            text = "yes"
        case _:
            raise Refused(f"firewall-cmd {option}: outside the specification; it tells of ports, --reload and --state")
    return _said(reply, text, streams)


def _open(core: Core, which: Set) -> list[str]:
    function = permanent if which is Set.PERMANENT else runtime
    ports = [port for slot, port in enumerate(core.payload.ports) if core.state.value(function, slot)]
    return sorted(ports, key=lambda port: (int(re.split("[-/]", port)[0]), port))


def _change_ports(core: Core, options: Sequence[str], which: Set, streams: Streams) -> int:
    code = 0
    done = False
    for option in options:
        name, _, text = option.partition("=")
        problem = _port_problem(text)
        adding = name == "--add-port"
        operation = "firewall.add-port" if adding else "firewall.remove-port"
        if problem is not None and core.ask("firewall.state").ok:
            streams.err.append(f"{'Error' if len(options) == 1 else 'Warning'}: {problem[0]}\n")
            code = problem[1]
            continue
        reply = core.ask(operation, port=core.port(text), port_set=which)
        if not reply.ok:
            return _said(reply, "", streams)
        done = True
        if reply.rule.answer.kind is Kind.UNCHANGED:
            streams.err.append(f"Warning: {_warning(text, which, adding=adding)}\n")
    if not done:
        return code
    streams.out.append("success\n")
    return 0


def _warning(text: str, which: Set, *, adding: bool) -> str:
    port = ":".join(text.split("/"))
    word = "ALREADY_ENABLED" if adding else "NOT_ENABLED"
    if which is Set.PERMANENT:
        return f"{word}: {port}"
    return f"{word}: '{port}' {'already' if adding else 'not'} in 'public'"


def _port_problem(text: str) -> tuple[str, int] | None:
    number, slash, protocol = text.partition("/")
    if not slash:
        missing = "bad port (most likely missing protocol), correct syntax is portid[-portid]/protocol"
        return f"INVALID_PORT: {missing}", 102
    match = _PORT.fullmatch(text)
    bounds = [int(part) for part in number.split("-")] if re.fullmatch(r"[0-9]{1,9}(-[0-9]{1,9})?", number) else []
    if not bounds or max(bounds) > _HIGHEST:
        return f"INVALID_PORT: {number}", 102
    if match is None:
        return f"INVALID_PROTOCOL: '{protocol}' not in {{'tcp'|'udp'|'sctp'|'dccp'}}", 103
    return None


def _said(reply: Reply, text: str, streams: Streams) -> int:
    if reply.ok:
        streams.out.append(text + "\n")
    else:
        streams.err.append(reply.message + "\n")
    return reply.rule.answer.exit_code


# --- systemctl -------------------------------------------------------------------------------------------------------


def _systemctl(core: Core, words: Sequence[str], streams: Streams) -> int:
    verbs: Mapping[str, Callable[[], int]] = {
        "start": lambda: _quietly(core.ask("firewall.start")),
        "stop": lambda: _quietly(core.ask("firewall.stop")),
        "restart": lambda: _quietly(core.ask("firewall.stop")) or _quietly(core.ask("firewall.start")),
        "status": lambda: _status(core.ask("firewall.status"), streams),
        "is-active": lambda: _is_active(core.ask("firewall.status"), streams),
        "reload": lambda: _reload(core.ask("firewall.reload"), streams),
    }
    plain = [word for word in words if not word.startswith("-")]
    if len(plain) != 2 or plain[0] not in verbs or plain[1].removesuffix(".service") != "firewalld":  # noqa: PLR2004  # verb, unit
        raise Refused(f"systemctl {' '.join(words)}: outside the specification; {'|'.join(verbs)} firewalld")
    return verbs[plain[0]]()


def _quietly(reply: Reply) -> int:
    return reply.rule.answer.exit_code


def _is_active(reply: Reply, streams: Streams) -> int:
    streams.out.append("active\n" if reply.ok else "inactive\n")
    return reply.rule.answer.exit_code


def _status(reply: Reply, streams: Streams) -> int:
    active = "active (running)" if reply.ok else reply.message
    streams.out.append(
        f"{'●' if reply.ok else '○'} firewalld.service - firewalld - dynamic firewall daemon\n"
        "     Loaded: loaded (/lib/systemd/system/firewalld.service; enabled; preset: enabled)\n"
        f"     Active: {active}\n       Docs: man:firewalld(1)\n"
    )
    return reply.rule.answer.exit_code


def _reload(reply: Reply, streams: Streams) -> int:
    if reply.ok:
        return 0
    streams.err.append("firewalld.service is not active, cannot reload.\n")
    return 1
