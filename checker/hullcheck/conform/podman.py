"""Podman's service, in a folder of its own: it may be stopped, killed and started again, and no container minds.

It speaks Docker's API, keeps its images, containers and settings in the folder, and reaches a registry on 127.0.0.1
without TLS.
"""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import ClassVar, Final

from hullcheck.conform.daemon import Daemon, Service, wait_for

_SETTINGS: Final = """\
[containers]
default_ulimits = ["nofile=4096:4096", "nproc=4096:4096"]
netns = "none"

[engine]
cgroup_manager = "cgroupfs"
events_logger = "file"
runtime = "runc"
"""
"""Without systemd, without a network, and within the limits that a container may have itself."""

_REGISTRIES: Final = """\
[[registry]]
location = "127.0.0.1"
insecure = true
"""


@dataclass
class Podman(Daemon):
    """Podman's service in a folder of its own; ``program`` is podman."""

    helpers: ClassVar[Sequence[str]] = ("conmon", "podman")
    no_driver: ClassVar[str] = "graph driver"

    def choose(self, storage: str) -> None:
        """Say how it is run, with which storage driver: what is called overlay2 elsewhere is overlay here."""
        here = self.folder
        self._command = [
            self.program, "--root", f"{here}/data", "--runroot", f"{here}/run", "--tmpdir", f"{here}/libpod",
            "--storage-driver", storage.removesuffix("2"), *self.options,
        ]  # fmt: skip
        self._environment = {
            **os.environ,
            "CONTAINERS_CONF": self._written("containers.conf", _SETTINGS),
            "CONTAINERS_REGISTRIES_CONF": self._written("registries.conf", _REGISTRIES),
            "PODMAN_IGNORE_CGROUPSV1_WARNING": "1",
        }
        serve = [*self._command, "system", "service", "--time=0", self.host]
        self.service = Service("podman", serve, here / "podman.log", self._answers, self._environment)

    def crash(self) -> None:
        """Kill it, and start it again. Raises ``LackingError`` when it does not start."""
        self.service.stop(signal.SIGKILL)
        self._start_again()

    def clean_up(self) -> None:
        """End everything that was started here, and undo every mount."""
        self.service.stop()
        removal = [*self._command, "rm", "--all", "--force", "--time", "0"]
        subprocess.run(removal, env=self._environment, check=False, capture_output=True)  # noqa: S603  # podman
        with suppress(TimeoutError):  # whoever watched over a container runs podman once more when it has ended
            wait_for("what Podman has left running", lambda: not self.left_alive())
        super().clean_up()

    def _written(self, name: str, text: str) -> str:
        path = self.folder / name
        path.write_text(text)
        return str(path)
