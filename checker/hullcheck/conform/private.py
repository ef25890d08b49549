"""A private engine for a run: dockerd, or Podman's service."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from hullcheck.conform.daemon import Daemon, program
from hullcheck.conform.podman import Podman
from hullcheck.errors import LackingError


@contextmanager
def private(here: Path, own: str = "dockerd", options: Sequence[str] = ()) -> Iterator[Daemon]:
    """A private engine that runs; it is stopped at the end.

    Args:
        here: its folder.
        own: its program: a name, or a path; what is called podman is Podman.
        options: more of its options.

    Raises:
        LackingError: when this machine cannot have one.
    """
    if os.geteuid() != 0:
        raise LackingError("a private engine needs root")
    is_podman = Path(own).name == "podman"
    found = program(own, "podman" if is_podman else "docker.io")
    program("busybox", "busybox-static")
    program("ps", "procps")  # docker top asks it
    daemon = (Podman if is_podman else Daemon)(here, found, options)
    try:
        daemon.start()
        yield daemon
    finally:
        daemon.clean_up()
