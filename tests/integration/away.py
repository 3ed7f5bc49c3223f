"""A way to a real Elasticsearch that can break off at any request, as when the node is killed or stopped."""

from __future__ import annotations

import ssl
from contextlib import contextmanager
from http.client import HTTPSConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, Final, Literal

from tests.serving import serving

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.integration.node import Node

#: What becomes of the requests from a number on: none arrives, or the first of them arrives and its answer does not,
#: or a node that is starting answers.
How = Literal["killed", "killed before the answer", "starting"]
_FOREVER: Final = 10**9
_STARTING: Final = b'{"error":{"type":"cluster_block_exception","reason":"state not recovered"},"status":503}'


class Door(ThreadingHTTPServer):
    """Hands every request to the node, until the number of them is reached."""

    daemon_threads = True

    def __init__(self, node: Node) -> None:
        """On a free port."""
        super().__init__(("127.0.0.1", 0), _Handler)
        self.node = node
        self.passed = 0
        self.until = _FOREVER
        self.how: How = "killed"
        #: what was asked for when it closed
        self.stopped_at = ""

    @property
    def url(self) -> str:
        """For `--url`."""
        return f"http://127.0.0.1:{self.server_port}"

    def close_at(self, number: int, how: How) -> None:
        """Let so many requests through from now on."""
        self.passed, self.until, self.how, self.stopped_at = 0, number, how, ""

    def open(self) -> str:
        """Let everything through again. What was asked for when it closed; empty when it had not come to that."""
        self.until = _FOREVER
        return self.stopped_at

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ANN401  # the signature of socketserver
        """A client that hung up is no error here."""


class _Handler(BaseHTTPRequestHandler):
    server: Door
    protocol_version = "HTTP/1.1"

    def _handle(self) -> None:
        door, number = self.server, self.server.passed
        door.passed += 1
        if number == door.until:
            door.stopped_at = f"{self.command} {self.path}"
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if number >= door.until and door.how == "starting":
            self._answer(503, "application/json", _STARTING)
        elif number < door.until or (number == door.until and door.how == "killed before the answer"):
            status, kind, answer = self._ask(body)
            if number < door.until:
                self._answer(status, kind, answer)
            else:
                self.close_connection = True
        else:
            self.close_connection = True

    do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = _handle  # noqa: N815  # the names of http.server

    def _ask(self, body: bytes) -> tuple[int, str, bytes]:
        layout = self.server.node.layout
        context = ssl.create_default_context(cafile=str(layout.authority))
        connection = HTTPSConnection("localhost", self.server.node.port, context=context, timeout=60)
        headers = {name: text for name, text in self.headers.items() if name.lower() not in ("host", "connection")}
        connection.request(self.command, self.path, body or None, headers)
        answer = connection.getresponse()
        found = answer.status, answer.headers.get("Content-Type", ""), answer.read()
        connection.close()
        return found

    def _answer(self, status: int, kind: str, body: bytes) -> None:
        self.send_response(status)
        self.send_header("X-Elastic-Product", "Elasticsearch")
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Print nothing."""


@contextmanager
def door(node: Node) -> Iterator[Door]:
    """Open at first."""
    with serving(Door(node)) as server:
        yield server
