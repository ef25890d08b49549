"""Ids, digests and the time of a simulated world: the same lines give the same ones, always."""

from __future__ import annotations

import datetime as dt
import hashlib
from typing import Final

EPOCH: Final = int(dt.datetime(2026, 1, 1, tzinfo=dt.UTC).timestamp())
"""When a world begins, in seconds since 1970. Every command takes one second."""


def hexadecimal(*parts: object) -> str:
    """64 hexadecimal digits that depend on nothing but the parts."""
    return hashlib.sha256("\0".join(str(part) for part in parts).encode(errors="surrogateescape")).hexdigest()


def container_id(number: int) -> str:
    """The id of the number-th container of a world."""
    return hexadecimal("container", number)


def image_id(number: int) -> str:
    """The id of the number-th image of a world, with ``sha256:``."""
    return f"sha256:{hexadecimal('image', number)}"


def manifest_digest(image: str) -> str:
    """The digest under which a registry serves an image, whatever the repository."""
    return f"sha256:{hexadecimal('manifest', image)}"


def chain_id(below: str, content: str) -> str:
    """The id of a layer upon others: equal content on equal layers is the same layer."""
    return f"sha256:{hexadecimal('layer', below, content)}"


def rfc3339(time: int) -> str:
    """A time as Docker's logs and `history -H=false` write it."""
    return dt.datetime.fromtimestamp(time, tz=dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def rfc3339_nano(time: int | None) -> str:
    """A time as `inspect` writes it; None: the zero of Go's clock."""
    return "0001-01-01T00:00:00Z" if time is None else rfc3339(time)
