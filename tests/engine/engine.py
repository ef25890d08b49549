"""A Docker engine for the tests: the one at DOCKER_HOST, or a private dockerd that is started here and leaves nothing.

The private one is whatever dockerd the machine has, as root, in a folder of its own: no bridge, no iptables, a socket
and a containerd namespace of its own. Its images come from a static busybox; where `docker-registry` is installed, a
registry on 127.0.0.1 stands in for Docker Hub as a mirror, so that `docker pull alpine:3.20` works without a network.
"""

from __future__ import annotations

import io
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import tarfile
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NoReturn, TypeVar

import docker
import pytest
import requests

T = TypeVar("T")

IMAGES: Mapping[str, str] = {"busybox:latest": "busybox", "alpine:3.20": "alpine", "alpine:latest": "alpine"}
"""What the mirror offers, each with the word that tells its files apart."""

_STARTUP = 40.0
"""Seconds that a daemon may take to answer: a cold one on a busy machine took 6."""


class Missing(Exception):  # it is no mistake: the machine has no engine
    """No engine can be had here; the text says why, and what to install."""


def go_without(why: str) -> NoReturn:
    """Skip the test; or fail it where HULLCHECK_REQUIRE_ENGINE=1 says that everything has to be there."""
    if os.environ.get("HULLCHECK_REQUIRE_ENGINE") == "1":
        pytest.fail(f"HULLCHECK_REQUIRE_ENGINE=1, but {why}", pytrace=False)
    pytest.skip(why)


def wait_for(what: str, found: Callable[[], T | None], seconds: float = 20.0) -> T:
    """Ask again and again until there is an answer.

    Raises:
        TimeoutError: when there is none in time.
    """
    deadline = time.monotonic() + seconds
    while True:
        answer = found()
        if answer:
            return answer
        if time.monotonic() > deadline:
            raise TimeoutError(f"waited {seconds:g} s in vain for {what}")
        time.sleep(0.02)


# --- processes that are started here --------------------------------------------------------------------------------


@dataclass
class _Service:
    """A process in the background, with its log."""

    name: str
    command: Sequence[str]
    log: Path
    answers: Callable[[], bool]
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it and wait until it answers. Raises ``Missing`` where it does not."""
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
            )
        try:
            wait_for(self.name, lambda: self.answers() or self.ended, _STARTUP)
        except TimeoutError as slow:
            self.stop()
            raise Missing(f"{slow}: {self.last_words()}") from None
        if self.ended:
            raise Missing(f"{self.name} does not start: {self.last_words()}")

    @property
    def ended(self) -> bool:
        return self.process is None or self.process.poll() is not None

    def stop(self, how: int = signal.SIGTERM) -> None:
        """End it, by force where it does not listen."""
        if self.process is None or self.ended:
            return
        self.process.send_signal(how)
        try:
            self.process.wait(60)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def last_words(self) -> str:
        lines = self.log.read_text("utf-8", "replace").splitlines()
        return " / ".join(lines[-2:]) or "it said nothing"


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


@dataclass
class Daemon:
    """A dockerd in a folder of its own."""

    folder: Path
    program: str
    mirror: str | None
    service: _Service = field(init=False)

    def __post_init__(self) -> None:
        (self.folder / "daemon.json").write_text("{}")  # not the machine's own settings
        self._choose("overlay2")

    @property
    def host(self) -> str:
        """Its address, as DOCKER_HOST has it."""
        return f"unix://{self.folder}/api.sock"

    def start(self) -> None:
        """Start it for the first time: with overlay2, or with vfs where the folder's file system cannot carry it."""
        try:
            self.service.start()
        except Missing:
            self.clean_up()
            self._choose("vfs")
            self.service.start()

    def restart(self) -> None:
        """End it in good order, and start it again."""
        self.service.stop()
        self.service.start()

    def crash(self) -> None:
        """Kill it, and start it again. What it left of its process ids would keep the new one from starting."""
        own = self.folder / "exec/containerd/containerd.pid"  # missing where it uses the machine's own containerd
        containerd = Path("/proc", own.read_text()) if own.exists() else None
        self.service.stop(signal.SIGKILL)
        wait_for("containerd to die with it", lambda: containerd is None or not containerd.exists())
        for left in (own, self.folder / "dockerd.pid"):
            left.unlink(missing_ok=True)
        self.service.start()

    def clean_up(self) -> None:
        """End everything that was started here, and undo every mount."""
        self.service.stop()
        for state in self.folder.glob("exec/runtime-*/*/*/state.json"):
            _kill(json.loads(state.read_text())["init_process_pid"])
        for pid in self._left_alive():
            _kill(pid)
        for line in reversed(Path("/proc/self/mounts").read_text().splitlines()):
            point = line.split()[1]
            if point.startswith(f"{self.folder}/"):
                subprocess.run(["umount", "-l", point], check=False, capture_output=True)

    def _choose(self, storage: str) -> None:
        here, namespace = self.folder, f"hull-{os.getpid()}"
        command = [
            self.program, "--config-file", f"{here}/daemon.json", "--data-root", f"{here}/data", "--exec-root",
            f"{here}/exec", "-H", self.host, "--pidfile", f"{here}/dockerd.pid", "--storage-driver", storage,
            "--containerd-namespace", namespace, "--containerd-plugins-namespace", f"{namespace}-plugins",
            "--iptables=false", "--ip6tables=false", "--bridge=none",
            *(("--registry-mirror", f"http://{self.mirror}") if self.mirror else ()),
        ]  # fmt: skip
        self.service = _Service("dockerd", command, here / "dockerd.log", self._answers)

    def _answers(self) -> bool:
        with suppress(OSError), socket.socket(socket.AF_UNIX) as line:
            line.settimeout(5)
            line.connect(f"{self.folder}/api.sock")
            line.sendall(b"GET /_ping HTTP/1.0\r\n\r\n")
            return line.recv(12).endswith(b" 200")
        return False

    def _left_alive(self) -> Iterator[int]:
        """Containerd and its shims: they have this folder in their command lines."""
        for line in Path("/proc").glob("[0-9]*/cmdline"):
            with suppress(OSError):
                words = line.read_text("utf-8", "replace")
                if f"{self.folder}/" in words and "containerd" in words:
                    yield int(line.parent.name)


def _kill(pid: int) -> None:
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)


@contextmanager
def _private() -> Iterator[Engine]:
    if os.geteuid() != 0:
        raise Missing("a private dockerd needs root")
    dockerd = _program("dockerd", "docker.io")
    client = find_client(_version_of(dockerd))
    _program("busybox", "busybox-static")
    _program("ps", "procps")  # docker top asks it
    with ExitStack() as stack:
        # a socket's path may have 108 characters, pytest's own folders are longer
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="hull-", ignore_cleanup_errors=True)))
        mirror = _start_registry(folder, stack)
        daemon = Daemon(folder, dockerd, mirror)
        stack.callback(daemon.clean_up)
        daemon.start()
        engine = Engine(daemon.host, client, _version_of(dockerd), mirror is not None, daemon)
        stack.callback(engine.api.close)
        if mirror:
            engine.fill(mirror)
        yield engine


def _start_registry(folder: Path, stack: ExitStack) -> str | None:
    """Start a registry, if the machine has one; its address."""
    program = shutil.which("docker-registry")
    if program is None:
        return None
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    settings = {
        "version": 0.1,
        "log": {"level": "error"},
        "storage": {"filesystem": {"rootdirectory": str(folder / "registry")}},
        "http": {"addr": f"127.0.0.1:{port}"},
    }
    (folder / "registry.yml").write_text(json.dumps(settings))  # JSON is YAML too

    def answers() -> bool:
        with suppress(OSError):
            socket.create_connection(("127.0.0.1", port), 1).close()
            return True
        return False

    command = [program, "serve", f"{folder}/registry.yml"]
    registry = _Service("docker-registry", command, folder / "registry.log", answers)
    stack.callback(registry.stop)
    registry.start()
    return f"127.0.0.1:{port}"


def _program(name: str, package: str) -> str:
    path = shutil.which(name)
    if path is None:
        raise Missing(f"{name} is not installed (Debian has it in {package})")
    return path


def find_client(version: str) -> str:
    """Docker's command line: of this version where there is one, for texts differ; else the first on the path."""
    found = [path for folder in os.get_exec_path() if (path := shutil.which("docker", path=folder))]
    if not found:
        raise Missing("the docker client is not installed (Debian has it in docker.io or docker-cli)")
    return next((path for path in found if _version_of(path) == version), found[0])


def _version_of(program: str) -> str:
    said = subprocess.run([program, "--version"], check=False, capture_output=True, text=True).stdout
    match = re.search(r"version ([^ ,]+)", said)
    return match[1] if match else ""


# --- images ---------------------------------------------------------------------------------------------------------


def root_file_system(word: str) -> bytes:
    """A tar of a small system: a static busybox under all its names. The word makes it differ from others."""
    busybox = Path(_program("busybox", "busybox-static"))
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
