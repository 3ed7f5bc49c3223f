"""A local HTTP and a local SMTP server that keep what they are sent."""

from __future__ import annotations

import email
import json
import socketserver
import threading
from contextlib import contextmanager
from email.policy import default
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator
    from email.message import EmailMessage


class Received:
    """What arrived: JSON bodies by path, and mails."""

    def __init__(self) -> None:
        self.posts: list[tuple[str, dict[str, str], Any]] = []
        self.mails: list[EmailMessage] = []
        self.http_port = self.smtp_port = 0

    def bodies(self, path: str) -> list[Any]:
        """The bodies that were posted to a path."""
        return [body for seen, _, body in self.posts if seen == path]


def _http(received: Received) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            received.posts.append((self.path, headers, json.loads(body)))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Nothing: pytest's output is for results."""

    return Handler


def _smtp(received: Received) -> type[socketserver.StreamRequestHandler]:
    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            self._say("220 test")
            while line := self.rfile.readline().strip().upper():
                if line.startswith(b"DATA"):
                    self._say("354 go on")
                    received.mails.append(self._mail())
                self._say("221 bye" if line.startswith(b"QUIT") else "250 ok")

        def _mail(self) -> EmailMessage:
            lines: list[bytes] = []
            while (line := self.rfile.readline()) != b".\r\n":
                lines.append(line.removeprefix(b".") if line.startswith(b"..") else line)
            return email.message_from_bytes(b"".join(lines), policy=default)  # type: ignore[return-value]

        def _say(self, text: str) -> None:
            self.wfile.write(f"{text}\r\n".encode())

    return Handler


@contextmanager
def receiving(host: str = "127.0.0.1") -> Iterator[Received]:
    """Both servers, on ports of the system's choice."""
    received = Received()
    http = ThreadingHTTPServer((host, 0), _http(received))
    smtp = socketserver.ThreadingTCPServer((host, 0), _smtp(received))
    received.http_port, received.smtp_port = http.server_port, int(smtp.server_address[1])
    for server in (http, smtp):
        threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield received
    finally:
        for server in (http, smtp):
            server.shutdown()
            server.server_close()
