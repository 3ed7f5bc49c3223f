"""When Elasticsearch goes away in the middle: asked again, and then told in words."""

from __future__ import annotations

import json
import threading
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

import pytest
from elasticsearch import Elasticsearch

from generator.errors import UserError
from runner.answers.periods import Span
from runner.answers.reader import Selection
from runner.cluster import patience

if TYPE_CHECKING:
    from collections.abc import Iterator

SPAN = Span(datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 1, 2, tzinfo=UTC))


class _Answers(BaseHTTPRequestHandler):
    """Breaks `breaks` connections off, then answers a count of seven; refuses when `status` is not 200."""

    breaks = 0
    status = 200

    def do_POST(self) -> None:
        """Any search."""
        self.rfile.read(int(self.headers["Content-Length"]))
        if type(self).breaks > 0:
            type(self).breaks -= 1
            self.connection.close()
            return
        refused = {"error": {"type": "security_exception", "reason": "no"}, "status": 403}
        body = {"hits": {"total": {"value": 7}}} if self.status == 200 else refused
        data = json.dumps(body).encode()
        self.send_response(self.status)
        self.send_header("Content-Type", "application/json")
        self.send_header("X-Elastic-Product", "Elasticsearch")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_: object) -> None:
        """Nothing to tell."""


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> Iterator[Selection]:
    """A selection in a server that does as `_Answers` is told; retries wait for nothing."""
    monkeypatch.setattr(patience, "WAITS_S", (0.0, 0.0, 0.0))
    monkeypatch.setattr(_Answers, "breaks", 0)
    monkeypatch.setattr(_Answers, "status", 200)
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Answers)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with Elasticsearch(f"http://127.0.0.1:{server.server_address[1]}", max_retries=0) as client:
        yield Selection(client, "x", SPAN)
    server.shutdown()
    server.server_close()


def test_a_broken_connection_is_tried_again(calls: Selection) -> None:
    """Three times, and the fourth answer counts."""
    _Answers.breaks = 3
    assert calls.count() == 7


def test_a_connection_that_stays_broken_is_told(calls: Selection) -> None:
    """In words, with what to do."""
    _Answers.breaks = 99
    with pytest.raises(UserError, match=r"nobody answers.*`holysheep-elk status`"):
        calls.count()


def test_a_refusal_is_told_at_once(calls: Selection) -> None:
    """A user without the right to read gets the name of the role."""
    _Answers.status = 403
    with pytest.raises(UserError, match="holysheep_reader"):
        calls.count()
