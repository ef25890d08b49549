"""A registry of one's own on 127.0.0.1 (Debian's docker-registry): engines pull from it, and others push to it."""

from __future__ import annotations

import gzip
import hashlib
import json
import platform
import shutil
import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final, NamedTuple

import requests

from hullcheck.conform.daemon import Service
from hullcheck.conform.engine import PATIENCE, ConnectionBroken, Engine

_MANIFEST: Final = "application/vnd.docker.distribution.manifest.v2+json"
_CONFIG: Final = "application/vnd.docker.container.image.v1+json"
_LAYER: Final = "application/vnd.docker.image.rootfs.diff.tar.gzip"
_MISSING: Final = 404
_UNKNOWN: Final = "manifest unknown"
_ARCHITECTURES: Final = {"x86_64": "amd64", "aarch64": "arm64"}


class Published(NamedTuple):
    """An image that was published: its id, and the digest of its manifest."""

    image: str
    digest: str


@dataclass(frozen=True)
class Registry:
    """A registry that runs.

    Attributes:
        address: ``127.0.0.1:5000``.
        folder: what it stores.
    """

    address: str
    folder: Path

    def publish(self, repository: str, tag: str, layer: bytes, labels: Mapping[str, str]) -> Published:
        """Somebody pushes an image of one layer; it differs from others by its labels.

        The manifest is written as Docker writes it, so that an engine that pushes the same image has the same digest.

        Raises:
            ConnectionBroken: when the registry does not take it.
        """
        packed = gzip.compress(layer, 1, mtime=0)
        machine = platform.machine()
        config = {
            "architecture": _ARCHITECTURES.get(machine, machine),
            "os": "linux",
            "config": {"Labels": dict(labels)},
            "rootfs": {"type": "layers", "diff_ids": [_digest(layer)]},
            "history": [{"created": "2020-01-01T00:00:00Z", "created_by": "somebody"}],
            "created": "2020-01-01T00:00:00Z",
        }
        described = json.dumps(config).encode()
        manifest = {
            "schemaVersion": 2,
            "mediaType": _MANIFEST,
            "config": {"mediaType": _CONFIG, "size": len(described), "digest": _digest(described)},
            "layers": [{"mediaType": _LAYER, "size": len(packed), "digest": _digest(packed)}],
        }
        whole = json.dumps(manifest, indent=3).encode()
        for blob in (packed, described):
            self._upload(repository, blob)
        self._ask("PUT", f"{repository}/manifests/{tag}", whole, {"Content-Type": _MANIFEST})
        return Published(_digest(described), _digest(whole))

    def withdraw(self, repository: str, tag: str) -> None:
        """Somebody deletes a tag. Its API deletes whole images only, so the tag's folder goes."""
        path = self.folder / "docker/registry/v2/repositories" / repository / "_manifests/tags" / tag
        shutil.rmtree(path, ignore_errors=True)

    def is_reached_by(self, engine: Engine) -> bool:
        """Whether an engine pulls from it: it is told then that there is no such image, by Podman 4.3 after a 200.

        Raises:
            ConnectionBroken: when the engine does not answer.
        """
        nothing = {"fromImage": f"{self.address}/none", "tag": "1"}
        reply = engine.ask("POST", "/images/create", nothing)
        return reply.status == _MISSING or _UNKNOWN in reply.message

    def _upload(self, repository: str, blob: bytes) -> None:
        begun = self._ask("POST", f"{repository}/blobs/uploads/")
        where = requests.models.PreparedRequest()
        where.prepare_url(begun.headers["Location"], {"digest": _digest(blob)})
        self._ask("PUT", str(where.url), blob, {"Content-Type": "application/octet-stream"})

    def _ask(
        self, method: str, path: str, data: bytes = b"", headers: Mapping[str, str] | None = None
    ) -> requests.Response:
        url = path if path.startswith("http://") else f"http://{self.address}/v2/{path}"
        try:
            answer = requests.request(method, url, data=data, headers=headers, timeout=PATIENCE)
            answer.raise_for_status()
        except requests.RequestException as error:
            raise ConnectionBroken(f"the registry: {error}") from error
        return answer


def _digest(content: bytes) -> str:
    return f"sha256:{hashlib.sha256(content).hexdigest()}"


@contextmanager
def registry(here: Path) -> Iterator[Registry | None]:
    """A registry; None where the machine has no docker-registry. It is stopped at the end.

    Args:
        here: a folder for what it stores.

    Raises:
        LackingError: when it does not start.
    """
    path = shutil.which("docker-registry")
    if path is None:
        yield None
        return
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    settings = {
        "version": 0.1,
        "log": {"level": "error"},
        "storage": {"filesystem": {"rootdirectory": str(here / "registry")}},
        "http": {"addr": f"127.0.0.1:{port}"},
    }
    (here / "registry.yml").write_text(json.dumps(settings))  # JSON is YAML too

    def answers() -> bool:
        with suppress(OSError):
            socket.create_connection(("127.0.0.1", port), 1).close()
            return True
        return False

    service = Service("docker-registry", [path, "serve", f"{here}/registry.yml"], here / "registry.log", answers)
    try:
        service.start()
        yield Registry(f"127.0.0.1:{port}", here / "registry")
    finally:
        service.stop()
