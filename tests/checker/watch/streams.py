"""Streams of events for the tests: written by hand, or generated in any length."""

from __future__ import annotations

import json
from collections.abc import Iterator
from hashlib import sha256


def event(action: str, name: str = "web", *, kind: str = "container", at: float = 0.0, **attributes: str) -> bytes:
    """One line, as docker 20.10 prints it. The id is made of the name; ``at`` is in seconds."""
    identity = sha256(name.encode()).hexdigest()
    own = {"image": "busybox", "name": name, **attributes}
    record = {
        "status": action,
        "id": identity,
        "from": "busybox",
        "Type": kind,
        "Action": action,
        "Actor": {"ID": identity if kind == "container" else f"sha256:{identity}", "Attributes": own},
        "scope": "local",
        "time": int(at),
        "timeNano": int(at * 10**9),
    }
    return json.dumps(record, separators=(",", ":")).encode() + b"\n"


def told(*actions: str, name: str = "web", kind: str = "container", apart: float = 0.01) -> list[bytes]:
    """The lines of one object, so many seconds apart."""
    return [event(action, name, kind=kind, at=1 + n * apart) for n, action in enumerate(actions)]


_LIFE = (
    "create", "attach", "start", "exec_create: true", "exec_start: true", "exec_die", "pause", "unpause", "kill",
    "kill", "die", "stop", "start", "restart", "top", "rename", "update", "die", "destroy",
)  # fmt: skip


def many(number: int, together: int = 50) -> Iterator[bytes]:
    """So many events of containers that live and go, some tens of them at a time."""
    made = turn = 0
    while made < number:
        for action in _LIFE:
            for n in range(together):
                if made == number:
                    return
                extra = {"execID": f"e{turn}-{n}"} if action.startswith("exec_") else {}
                yield event(action, f"c{turn}-{n}", at=made / 10_000, **extra)
                made += 1
        turn += 1
