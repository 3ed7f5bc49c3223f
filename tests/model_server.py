"""A local HTTP server that speaks the chat completions of the OpenAI API, as far as `classify` uses them."""

from __future__ import annotations

import json
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

Json = dict[str, Any]


class Model(ThreadingHTTPServer):
    """Answers every template with `rate_limit_error`; the first `fail_first` requests with HTTP 503."""

    fail_first = 0
    content: str | None = None

    def __init__(self) -> None:
        """On a free port of this machine."""
        super().__init__(("127.0.0.1", 0), _Handler)
        self.requests: list[Json] = []
        self.keys: list[str] = []

    @property
    def url(self) -> str:
        """What the client is given."""
        return f"http://127.0.0.1:{self.server_port}/v1"


class _Handler(BaseHTTPRequestHandler):
    server: Model

    def do_POST(self) -> None:
        """One chat completion."""
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.requests.append(body)
        self.server.keys.append(self.headers["Authorization"])
        if len(self.server.requests) <= self.server.fail_first:
            self.send_error(503)
            return
        template_count = body["messages"][1]["content"].count("\n") + 1
        verdicts = [
            {"index": n, "category": "rate_limit_error", "confidence": 0.9, "suggestion": f"wait, says {n}"}
            for n in range(1, template_count + 1)
        ]
        content = self.server.content or json.dumps({"verdicts": verdicts})
        usage = {"prompt_tokens": 100, "completion_tokens": 20}
        answer = json.dumps({"choices": [{"message": {"content": content}}], "usage": usage}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_: object) -> None:
        """Nothing: pytest's output is for people."""


@contextmanager
def running() -> Iterator[Model]:
    """A server while the block runs."""
    server = Model()
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
