"""A small HTTP proxy between a client and an engine, which can change one answer or leave out events."""

from __future__ import annotations

import http.client
import json
import socket
import socketserver
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any, NamedTuple


class Answer(NamedTuple):
    """An answer that is given instead of the engine's; without a status the engine's is taken."""

    status: int
    message: str = ""


Change = Callable[[str, str, "int | None"], "Answer | None"]
"""By method, path and the engine's status (None: it was not asked yet): what is answered instead, or None."""
Drop = Callable[[Mapping[str, Any]], bool]
"""Whether an event is left out."""


class _Connection(http.client.HTTPConnection):
    def __init__(self, path: str) -> None:
        super().__init__("engine", timeout=120)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.connect(self._path)


class _Server(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
    daemon_threads = True
    engine = ""
    change: Change
    drop: Drop
    broken = False

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that goes away is no error."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def _any(self) -> None:
        if self.server.broken:
            self.connection.shutdown(socket.SHUT_RDWR)
            self.close_connection = True
            return
        body = self._body()
        planted = self.server.change(self.command, self.path, None)
        if planted is not None:
            self._answer(planted)
            return
        with closing(_Connection(self.server.engine)) as engine:
            headers = {k: v for k, v in self.headers.items() if k.lower() not in {"host", "transfer-encoding"}}
            engine.request(self.command, self.path, body or None, headers)
            with engine.getresponse() as answer:
                self._pass_on(answer)

    def _pass_on(self, answer: http.client.HTTPResponse) -> None:
        planted = self.server.change(self.command, self.path, answer.status)
        if planted is not None:
            answer.read()
            self._answer(planted)
            return
        self.send_response(answer.status)
        for name, value in answer.getheaders():
            if name.lower() not in {"transfer-encoding", "content-length", "connection"}:
                self.send_header(name, value)
        if answer.status in {204, 304}:
            self.end_headers()
            return
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        self.wfile.flush()
        for piece in self._pieces(answer):
            self.wfile.write(b"%x\r\n%s\r\n" % (len(piece), piece))
            self.wfile.flush()
        self.wfile.write(b"0\r\n\r\n")

    do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = _any  # noqa: N815  # http.server's names

    def _pieces(self, answer: http.client.HTTPResponse) -> Iterator[bytes]:
        if "/events" not in self.path:
            while piece := answer.read1(65536):
                yield piece
            return
        for line in answer:
            if line.strip() and not self.server.drop(json.loads(line)):
                yield line

    def _body(self) -> bytes:
        if "chunked" in self.headers.get("Transfer-Encoding", ""):
            whole = b""
            while size := int(self.rfile.readline(), 16):
                whole += self.rfile.read(size)
                self.rfile.readline()
            self.rfile.readline()
            return whole
        return self.rfile.read(int(self.headers.get("Content-Length", 0)))

    def _answer(self, planted: Answer) -> None:
        content = json.dumps({"message": planted.message}).encode() if planted.message else b""
        self.send_response(planted.status)
        if planted.status not in {204, 304}:
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # http.server's
        """Say nothing."""


class Proxy(NamedTuple):
    """A proxy that runs: its address, and how to let it break off every connection, or take no new one, from now on."""

    host: str
    break_off: Callable[[], None]
    close_door: Callable[[], None]


@contextmanager
def proxy(
    host: str,
    change: Change = lambda method, path, status: None,  # noqa: ARG005  # nothing is changed
    drop: Drop = lambda event: False,  # noqa: ARG005  # nothing is left out
) -> Iterator[Proxy]:
    """A proxy in front of the engine at ``host``, a unix socket."""
    with tempfile.TemporaryDirectory(prefix="hull-") as folder:
        path = str(Path(folder, "proxy.sock"))
        with _Server(path, _Handler) as server:
            server.engine = host.removeprefix("unix://")
            server.change, server.drop = change, drop
            thread = threading.Thread(target=server.serve_forever, daemon=True)
            thread.start()

            def break_off() -> None:
                server.broken = True

            try:
                yield Proxy(f"unix://{path}", break_off, server.socket.close)
            finally:
                server.shutdown()
                thread.join()
