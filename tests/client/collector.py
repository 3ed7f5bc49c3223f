"""A local HTTP server that takes bodies in, and can refuse them."""

from __future__ import annotations

import base64
import gzip
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

from tests.serving import serving

if TYPE_CHECKING:
    from collections.abc import Iterator


class Collector(ThreadingHTTPServer):
    """`statuses` answers the next requests; then all are 200. `max_lines`: more than that is 413."""

    daemon_threads = True

    def __init__(self) -> None:
        """On a free port."""
        super().__init__(("127.0.0.1", 0), _Handler)
        self.statuses: list[int] = []
        self.max_lines = 10**9
        self.bodies: list[bytes] = []
        self.users: list[str] = []
        self.connections: set[int] = set()

    @property
    def url(self) -> str:
        """With a path of its own."""
        return f"http://127.0.0.1:{self.server_port}/in"

    def lines(self) -> list[bytes]:
        """All lines of bodies that were taken."""
        return [line for body in self.bodies for line in body.splitlines(keepends=True)]


class _Handler(BaseHTTPRequestHandler):
    server: Collector
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        """Take a body."""
        self.server.connections.add(self.client_address[1])
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.headers.get("Content-Encoding") == "gzip":
            body = gzip.decompress(body)
        told = self.headers.get("Authorization", "").removeprefix("Basic ")
        self.server.users.append(base64.b64decode(told).decode())
        status = self.server.statuses.pop(0) if self.server.statuses else 200
        if status == 200 and body.count(b"\n") > self.server.max_lines:
            status = 413
        if status == 200:
            self.server.bodies.append(body)
        self.send_response(status)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"ok")

    def log_message(self, *_: object) -> None:
        """Nothing."""


@contextmanager
def collecting() -> Iterator[Collector]:
    """A server while the block runs."""
    with serving(Collector()) as server:
        yield server
