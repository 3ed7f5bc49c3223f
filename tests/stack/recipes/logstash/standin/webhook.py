"""The http input: TLS, a password, and bodies for the bundle's codec."""

from __future__ import annotations

import base64
import hmac
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable

MOST = 16 * 1024 * 1024


class Server(ThreadingHTTPServer):
    """Listens for who posts lines."""

    daemon_threads = True

    def __init__(
        self, port: int, context: ssl.SSLContext, login: str, accept: Callable[[str, dict[str, str]], None]
    ) -> None:
        """`login` is `user:password`; `accept` gets body and headers, and returns when all of the body is safe."""
        super().__init__(("0.0.0.0", port), Handler)  # noqa: S104 - in a container, published on the host's loopback
        self.context, self.accept = context, accept
        self.login = "Basic " + base64.b64encode(login.encode()).decode()

    def finish_request(self, request: Any, client_address: Any) -> None:  # noqa: ANN401 - the class's signature
        """The handshake is in the connection's own thread, so that a slow client stops nobody else."""
        super().finish_request(self.context.wrap_socket(request, server_side=True), client_address)

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ANN401 - the class's signature
        """A client without TLS is no event for the log."""


class Handler(BaseHTTPRequestHandler):
    """One request."""

    server: Server
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        """Take a body, or say why not."""
        size = int(self.headers.get("content-length") or 0)
        if size > MOST:
            self.close_connection = True
            self._answer(413)
            return
        body = self.rfile.read(size)
        if not hmac.compare_digest(self.headers.get("authorization", ""), self.server.login):
            self._answer(401)
            return
        headers = {key.lower(): value for key, value in self.headers.items() if key.lower() != "authorization"}
        self.server.accept(body.decode("utf-8", "replace"), headers)
        self._answer(200)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the class's signature
        """Requests are not logged."""

    def _answer(self, status: int) -> None:
        text = b"ok" if status == 200 else b""
        self.send_response(status)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)
