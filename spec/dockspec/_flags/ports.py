"""The text after `-p`: which ports the docker client takes, and what it says of the others.

Source: docker/go-connections `nat/nat.go:ParsePortSpec`, `parse.go:ParsePortRange`; texts measured on docker 20.10.24.
"""

from __future__ import annotations

import ipaddress
import re
from typing import Final

_PROTOCOLS: Final = ("tcp", "udp", "sctp")
_LAST_PORT: Final = 0xFFFF


def port_problem(text: str) -> str | None:
    """What docker says of a `--publish` value that it refuses; None where it takes it.

    The long form (`target=80,published=8080`) is taken unread.
    """
    if "=" in text:
        return None
    parts = text.split(":")
    container, protocol = _split_protocol(parts[-1])
    host = parts[-2] if len(parts) > 1 else ""
    problem = _address_problem(":".join(parts[:-2]))
    if problem is not None:
        return problem
    if not container:
        return f"No port specified: {text}<empty>"
    problem = _range_problem(container, host)
    if problem is None and protocol.lower() not in _PROTOCOLS:
        problem = f"Invalid proto: {protocol}"
    return problem


def _range_problem(container: str, host: str) -> str | None:
    inner, outer = _range(container), _range(host)
    if inner is None:
        return f"Invalid containerPort: {container}"
    if host and outer is None:
        return f"Invalid hostPort: {host}"
    if outer is not None and len(inner) not in {1, len(outer)}:
        return f"Invalid ranges specified for container and host Ports: {container} and {host}"
    return None


def _split_protocol(text: str) -> tuple[str, str]:
    parts = text.split("/")
    if not parts[0]:
        return "", ""
    return (parts[0], parts[1] or "tcp") if len(parts) > 1 else (text, "tcp")


def _address_problem(address: str) -> str | None:
    inner = address
    if address.startswith("[") and address.endswith("]"):
        inner = address[1:-1]
    elif address.startswith("["):
        return f"Invalid ip address {address}: address {address}:: missing ']' in address"
    elif ":" in address:
        return f"Invalid ip address {address}: address {address}:: too many colons in address"
    if not inner:
        return None
    try:
        ipaddress.ip_address(inner)
    except ValueError:
        return f"Invalid ip address: {inner}"
    return None


def _range(text: str) -> range | None:
    """The ports of `80` or `80-90`; None where the text is neither."""
    match = re.fullmatch(r"([0-9]{1,9})(?:-([0-9]{1,9}))?", text)
    if match is None:
        return None
    first, last = int(match[1]), int(match[2] or match[1])
    return range(first, last + 1) if first <= last <= _LAST_PORT else None
