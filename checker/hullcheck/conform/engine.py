"""The engine over its API: plain requests, because only the bare status codes show a 304."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import docker
import requests

from hullcheck.errors import LackingError

PATIENCE = 60
"""Seconds that one answer may take."""
_NOT_FOUND, _ERRORS, _BROKEN = 404, 400, 500
_TRIES, _PAUSE = 20, 0.1
"""How often, and after how many seconds, something is read again: Podman's lists fail while an image is removed."""


class ConnectionBroken(Exception):
    """The engine no longer answers. What was observed before is kept."""


class Reply(NamedTuple):
    """What the engine answered.

    Attributes:
        status: HTTP status.
        message: the text of the error, also of one that comes in the stream of a 200; empty for a success.
        body: the body as it came; empty where it was not read.
        blocks: whether the body had not ended when a moment had passed.
    """

    status: int
    message: str = ""
    body: bytes = b""
    blocks: bool = False

    @property
    def document(self) -> Any:  # noqa: ANN401  # as JSON has it
        """The body, read as JSON."""
        return json.loads(self.body) if self.body else {}


@dataclass
class Engine:
    """One engine; make one of these for each thread.

    Attributes:
        host: its address, as DOCKER_HOST has it.
        name: ``docker`` or ``podman``.
        version: its version, ``20.10.24``; for Podman its own, not the one that it pretends to have.
        storage: its image store: ``graph`` or ``containerd``.
    """

    host: str
    name: str
    version: str
    storage: str
    api_version: str
    _api: Any = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self._api = docker.APIClient(base_url=self.host, version=self.api_version, timeout=PATIENCE)

    @classmethod
    def at(cls, host: str) -> Engine:
        """The engine at an address.

        Raises:
            LackingError: when none answers there.
        """
        try:
            api = docker.APIClient(base_url=host, version="auto", timeout=PATIENCE)
            about, info = api.version(), api.info()
        except (docker.errors.DockerException, requests.RequestException, ValueError) as error:
            raise LackingError(
                f"no engine answers at {host} ({_short(error)}); start one, or name it with --host or DOCKER_HOST"
            ) from error
        parts = {part.get("Name", ""): part.get("Version", "") for part in about.get("Components") or ()}
        podman = next((version for name, version in parts.items() if "podman" in name.lower()), None)
        containerd = any("containerd" in str(line) for line in info.get("DriverStatus") or ())
        version = (podman or str(about["Version"])).partition("+")[0]
        engine = cls(
            host, "podman" if podman else "docker", version, "containerd" if containerd else "graph", api.api_version
        )
        api.close()
        return engine

    @property
    def label(self) -> str:
        """Name, version and store, as files of observations are called: ``docker-20.10.24``."""
        return f"{self.name}-{self.version}" + ("-containerd" if self.storage == "containerd" else "")

    def another(self) -> Engine:
        """The same engine, with a connection of its own."""
        return Engine(self.host, self.name, self.version, self.storage, self.api_version)

    def check_open(self) -> None:
        """See that the engine still takes new connections: one that ends closes its door first, then ends containers.

        Raises:
            ConnectionBroken: when it does not (cmd/dockerd/daemon.go:start, on 20.10.24).
        """
        other = self.another()
        try:
            other.ask("GET", "/_ping")
        finally:
            other.close()

    def close(self) -> None:
        """Close the connection."""
        self._api.close()

    def ask(
        self,
        method: str,
        path: str,
        params: Mapping[str, object] | None = None,
        body: object = None,
        data: bytes | None = None,
    ) -> Reply:
        """One request, answered to its end.

        Raises:
            ConnectionBroken: when the engine does not answer.
        """
        try:
            with self._sent(method, path, params, body, data) as answer:
                content = answer.content
                return Reply(answer.status_code, _message(answer, content), content)
        except (requests.RequestException, OSError) as error:
            raise ConnectionBroken(f"{method} {path}: {_short(error)}") from error

    def ask_briefly(self, method: str, path: str, params: Mapping[str, object] | None = None) -> Reply:
        """One request whose body may stay open: it is given a moment.

        Raises:
            ConnectionBroken: when the engine does not answer.
        """
        moment = 0.7
        try:
            with self._sent(method, path, params, None, None, timeout=(PATIENCE, moment)) as answer:
                content = answer.content
                return Reply(answer.status_code, _message(answer, content), content)
        except requests.Timeout:
            return Reply(200, blocks=True)
        except requests.ConnectionError as error:
            if "Read timed out" in str(error):
                return Reply(200, blocks=True)
            raise ConnectionBroken(_short(error)) from error

    def get(self, path: str, **params: object) -> Any:  # noqa: ANN401  # as JSON has it
        """The document at a path; None where there is none (404).

        Raises:
            ConnectionBroken: when the engine does not answer, or with an error.
        """
        for _ in range(_TRIES):
            reply = self.ask("GET", path, params)
            if reply.status == _NOT_FOUND or "no such container" in reply.message:  # Podman's 500, while it is removed
                return None
            if reply.status < _BROKEN:
                break
            time.sleep(_PAUSE)
        if reply.status >= _ERRORS:
            raise ConnectionBroken(f"GET {path}: {reply.status} {reply.message}")
        return reply.document

    def written(self, container: str, path: str) -> str | None:
        """When a file of a container was written, as the engine tells it; None where it does not tell it.

        Raises:
            ConnectionBroken: when the engine does not answer.
        """
        with self._sent("HEAD", f"/containers/{container}/archive", {"path": path}, None, None) as answer:
            told = answer.headers.get("X-Docker-Container-Path-Stat", "")
        return str(json.loads(base64.b64decode(told))["mtime"]) if told else None

    def stream(self, path: str, **params: object) -> Stream:
        """An endless answer of JSON lines."""
        with self._sent("GET", path, params, None, None, timeout=(PATIENCE, None), stay_open=True) as answer:
            return Stream(answer)

    @contextmanager
    def _sent(  # noqa: PLR0917  # a request has as many parts
        self,
        method: str,
        path: str,
        params: Mapping[str, object] | None,
        body: object,
        data: bytes | None,
        timeout: object = PATIENCE,
        *,
        stay_open: bool = False,
    ) -> Iterator[requests.Response]:
        url = f"{self._api.base_url}/v{self.api_version}{path}"
        given: dict[str, Any] = {"params": params, "timeout": timeout, "stream": True}
        if data is None:
            given["json"] = body
        else:
            given |= {"data": data, "headers": {"Content-Type": "application/x-tar"}}
        try:
            answer = self._api.request(method, url, **given)
        except requests.ReadTimeout:
            raise
        except (requests.RequestException, OSError) as error:
            if "Read timed out" in str(error):
                raise requests.Timeout(str(error)) from error
            raise ConnectionBroken(_short(error)) from error
        try:
            yield answer
        finally:
            if not stay_open:
                answer.close()


class Stream:
    """JSON lines that come as things happen. Closed from another thread, it ends."""

    def __init__(self, answer: requests.Response) -> None:
        self._answer = answer
        self._lines = docker.types.CancellableStream(answer.iter_lines(chunk_size=1), answer)

    def __iter__(self) -> Iterator[Any]:
        for line in self._lines:
            if line:
                yield json.loads(line)

    def close(self) -> None:
        """End it."""
        self._lines.close()


def _message(answer: requests.Response, content: bytes) -> str:
    """The text of an error: the body's message, its ``cause`` in Podman's older answers, or that of the stream."""
    if answer.status_code >= _ERRORS:
        try:
            told = json.loads(content)
        except ValueError:
            return content.decode("utf-8", "replace").strip()
        return str(told.get("message") or told.get("cause") or told) if isinstance(told, dict) else str(told)
    if b'"errorDetail"' in content or b'"error"' in content[:200]:
        for line in content.splitlines():
            if b'"error"' in line:
                try:
                    return str(json.loads(line).get("error", ""))
                except ValueError:
                    continue
    return ""


def _short(error: BaseException) -> str:
    return " ".join(str(error).split())[:200]
