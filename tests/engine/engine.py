"""A Docker engine for the tests: the one at DOCKER_HOST, or a private dockerd that is started here and leaves nothing.

The private one is whatever dockerd the machine has, as root, in a folder of its own: no bridge, no iptables, a socket
and a containerd namespace of its own. Its images come from a static busybox; where `docker-registry` is installed, a
registry on 127.0.0.1 stands in for Docker Hub as a mirror, so that `docker pull alpine:3.20` works without a network.
"""

from __future__ import annotations

import io
import os
import re
import subprocess
import tarfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NoReturn

import docker
import pytest
import requests

from hullcheck.conform.client import Client
from hullcheck.conform.daemon import Daemon, folder, program, wait_for
from hullcheck.conform.private import private
from hullcheck.conform.registry import registry
from hullcheck.errors import LackingError

__all__ = ["Engine", "Missing", "any_engine", "find_client", "go_without", "root_file_system", "wait_for"]

Missing = LackingError
"""No engine can be had here; the text says why, and what to install."""

IMAGES: Mapping[str, str] = {"busybox:latest": "busybox", "alpine:3.20": "alpine", "alpine:latest": "alpine"}
"""What the mirror offers, each with the word that tells its files apart."""


def go_without(why: str) -> NoReturn:
    """Skip the test; or fail it where HULLCHECK_REQUIRE_ENGINE=1 says that everything has to be there."""
    if os.environ.get("HULLCHECK_REQUIRE_ENGINE") == "1":
        pytest.fail(f"HULLCHECK_REQUIRE_ENGINE=1, but {why}", pytrace=False)
    pytest.skip(why)


# --- the engine -----------------------------------------------------------------------------------------------------


@dataclass
class Engine:
    """An engine that a test may do anything to: it holds nothing but what tests made.

    Attributes:
        host: its address, as DOCKER_HOST has it.
        client: docker's command line, of the engine's own version where the machine has that.
        version: of the engine: ``20.10.24+dfsg1``.
        mirror: whether the images of ``IMAGES`` can be pulled.
        daemon: the private daemon; None for the engine at DOCKER_HOST.
    """

    host: str
    client: str
    version: str
    mirror: bool = False
    daemon: Daemon | None = None
    api: docker.APIClient = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self.api = docker.APIClient(base_url=self.host, version="auto", timeout=60)

    @property
    def client_version(self) -> str:
        """The version of docker's command line."""
        return _version_of(self.client)

    @property
    def environment(self) -> dict[str, str]:
        """For docker's command line: this engine, the classic builder, the client first on the search path."""
        path = f"{Path(self.client).parent}{os.pathsep}{os.environ['PATH']}"
        return {**os.environ, "DOCKER_HOST": self.host, "DOCKER_BUILDKIT": "0", "PATH": path}

    def docker(self, *arguments: str, stdin: bytes = b"") -> subprocess.CompletedProcess[str]:
        """Run docker's command line; whatever it answers is returned."""
        done = subprocess.run(
            [self.client, *arguments], env=self.environment, input=stdin, check=False, capture_output=True, timeout=120
        )
        return subprocess.CompletedProcess(done.args, done.returncode, done.stdout.decode(), done.stderr.decode())

    def request(
        self, method: str, path: str, params: Mapping[str, object] | None = None, body: object = None
    ) -> requests.Response:
        """One request of the Engine API. Unlike the SDK's own methods this shows 304, and raises nothing."""
        url = f"{self.api.base_url}/v{self.api.api_version}{path}"
        answer: requests.Response = self.api.request(method, url, params=params, json=body, timeout=60)
        return answer

    def asked(self, path: str, **params: object) -> Any:  # noqa: ANN401  # as JSON has it
        """The document that a GET answers. Raises ``requests.HTTPError`` where it answers an error."""
        answer = self.request("GET", path, params)
        answer.raise_for_status()
        return answer.json()

    def clear(self) -> None:
        """Remove every container and every image."""
        containers = self.docker("ps", "-aq", "--no-trunc").stdout.split()
        if containers:
            self.docker("rm", "-f", *containers)
        self.docker("image", "prune", "-af")
        left = self.docker("ps", "-aq").stdout + self.docker("images", "-aq").stdout
        if left:
            raise RuntimeError(f"the engine keeps what should be gone: {' '.join(left.split())}")

    def provide(self) -> None:
        """Have busybox:latest, and the same image as alpine:3.20."""
        if not self.docker("images", "-q", "busybox:latest").stdout:
            self._import(root_file_system("busybox"), "busybox:latest")
        self.docker("tag", "busybox:latest", "alpine:3.20")

    def _import(self, files: bytes, name: str) -> None:
        done = self.docker("import", "--change", 'CMD ["sh"]', "-", name, stdin=files)
        if done.returncode:
            raise Missing(f"the engine imports no image: {done.stderr.strip()}")

    def fill(self, registry: str) -> None:
        """Give the registry the images of ``IMAGES``, and keep none of them."""
        for name, word in IMAGES.items():
            there = f"{registry}/library/{name}"
            self._import(root_file_system(word), there)
            done = self.docker("push", there)
            if done.returncode:
                raise Missing(f"the registry takes no image: {done.stderr.strip()}")
        self.clear()

    def check_that_containers_run(self) -> None:
        """Raises ``Missing`` where the engine answers, but cannot run anything."""
        done = self.docker("run", "--rm", "busybox", "true")
        if done.returncode:
            raise Missing(f"the engine runs no container: {done.stderr.strip()}")


@contextmanager
def any_engine() -> Iterator[Engine]:
    """The engine at DOCKER_HOST, or else a private one; with busybox:latest and alpine:3.20.

    Raises:
        Missing: when there is none, or when the one at DOCKER_HOST holds what is not the tests' own.
    """
    host = os.environ.get("DOCKER_HOST")
    with ExitStack() as stack:
        engine = _named(host) if host else stack.enter_context(_private())
        stack.callback(engine.api.close)
        engine.provide()
        engine.check_that_containers_run()
        stack.callback(engine.clear)
        yield engine


def _named(host: str) -> Engine:
    """The engine at an address. The tests remove everything they find, so it has to be empty."""
    client = find_client("")
    asked = [client, "--host", host, "version", "--format", "{{.Server.Version}}"]
    said = subprocess.run(asked, check=False, capture_output=True, text=True, timeout=60)
    if said.returncode:
        raise Missing(f"nothing answers at DOCKER_HOST={host}: {said.stderr.strip()}")
    engine = Engine(host, find_client(said.stdout.strip()), said.stdout.strip())
    if engine.docker("ps", "-aq").stdout or engine.docker("images", "-aq").stdout:
        engine.api.close()
        raise Missing(f"the engine at DOCKER_HOST={host} is not empty, and the tests remove everything they find")
    return engine


# --- the private engine ---------------------------------------------------------------------------------------------


@contextmanager
def _private() -> Iterator[Engine]:
    with ExitStack() as stack:
        here = stack.enter_context(folder())
        served = stack.enter_context(registry(here))
        mirror = served.address if served else None
        options = ("--registry-mirror", f"http://{mirror}") if mirror else ()
        own = stack.enter_context(private(here, options=options))
        version = _version_of(own.program)
        engine = Engine(own.host, find_client(version), version, mirror is not None, own)
        stack.callback(engine.api.close)
        if mirror:
            engine.fill(mirror)
        yield engine


def find_client(version: str) -> str:
    """Docker's command line: of this version where there is one, for texts differ; else the first on the path."""
    return Client.found("docker", version.partition("+")[0]).program


def _version_of(program: str) -> str:
    said = subprocess.run([program, "--version"], check=False, capture_output=True, text=True).stdout
    match = re.search(r"version ([^ ,]+)", said)
    return match[1] if match else ""


# --- images ---------------------------------------------------------------------------------------------------------


def root_file_system(word: str) -> bytes:
    """A tar of a small system: a static busybox under all its names. The word makes it differ from others."""
    busybox = Path(program("busybox", "busybox-static"))
    applets = subprocess.run([busybox, "--list"], check=True, capture_output=True, text=True).stdout.split()
    whole = io.BytesIO()
    with tarfile.open(fileobj=whole, mode="w") as tar:
        for folder in ("bin", "dev", "etc", "proc", "root", "sys", "tmp"):
            _add(tar, folder, tarfile.DIRTYPE)
        _add(tar, "bin/busybox", content=busybox.read_bytes(), mode=0o755)
        for applet in applets:
            if applet != "busybox":
                _add(tar, f"bin/{applet}", tarfile.SYMTYPE, target="busybox")
        _add(tar, "etc/passwd", content=b"root:x:0:0:root:/root:/bin/sh\n")
        _add(tar, "etc/hostname", content=f"{word}\n".encode())
    return whole.getvalue()


def _add(
    tar: tarfile.TarFile, name: str, kind: bytes = tarfile.REGTYPE, *, content: bytes = b"", mode: int = 0o755,
    target: str = "",
) -> None:  # fmt: skip
    entry = tarfile.TarInfo(name)
    entry.type, entry.mode, entry.linkname, entry.size = kind, mode, target, len(content)
    tar.addfile(entry, io.BytesIO(content))
