"""The official sentry-sdk against a local server that speaks Sentry's envelope protocol."""

from __future__ import annotations

import asyncio
import gzip
import json
import socket
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

import pytest
import sentry_sdk

from generator.errors import UserError
from holysheep.errors import capture_ai_error
from runner.classify.sentry import Issue, forward, unsent

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


class Relay(ThreadingHTTPServer):
    """Keeps the events of the envelopes that it is sent."""

    def __init__(self) -> None:
        """On a free port of this machine."""
        super().__init__(("127.0.0.1", 0), _Handler)
        self.events: list[dict[str, Any]] = []
        self.status = 200


class _Handler(BaseHTTPRequestHandler):
    server: Relay

    def do_POST(self) -> None:
        """An envelope: a header line, then for each item a header line and a payload line."""
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.headers.get("Content-Encoding") == "gzip":
            body = gzip.decompress(body)
        lines = body.split(b"\n") if self.server.status == 200 else []
        for header, payload in zip(lines[1::2], lines[2::2], strict=False):
            if json.loads(header)["type"] == "event":
                self.server.events.append(json.loads(payload))
        self.send_response(self.server.status)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, *_: object) -> None:
        """Nothing: pytest's output is for people."""


def dsn(server: Relay) -> str:
    """The address of the server as Sentry writes it."""
    return f"http://public@127.0.0.1:{server.server_port}/1"


@contextmanager
def relay() -> Iterator[Relay]:
    """A running server, and the SDK set up to send to it."""
    server = Relay()
    threading.Thread(target=server.serve_forever, daemon=True).start()
    sentry_sdk.init(dsn=dsn(server))
    try:
        yield server
    finally:
        sentry_sdk.init()
        server.shutdown()
        server.server_close()


def _call(prompt: str, message: str) -> None:
    raise RuntimeError(message if prompt else "")


def fail(message: str) -> None:
    """A call whose frame holds a prompt."""
    try:
        _call("the secret prompt of Kim", message)
    except RuntimeError as error:
        capture_ai_error(error, model="gpt-4.1")


def test_an_error_arrives_with_category_and_without_the_prompt() -> None:
    """Tags, context and fingerprint are the document's; neither variables nor ids nor keys are sent."""
    with relay() as server:
        sentry_sdk.add_breadcrumb(message="the secret prompt of Kim")
        fail("Rate limit reached for key sk-abcdef0123456789, try again in 20s")
        sentry_sdk.flush(10)
        [sent] = server.events
    assert sent["tags"]["ai_error_category"] == "rate_limit_error"
    assert sent["tags"]["ai_error_confidence"] == "1.0"
    assert sent["contexts"]["ai_classification"]["category"] == "rate_limit_error"
    assert sent["fingerprint"][0] == "rate_limit_error"
    text = json.dumps(sent)
    assert "sk-abcdef" not in text
    assert "vars" not in text
    assert "breadcrumbs" not in sent or not sent["breadcrumbs"]["values"]


@pytest.mark.parametrize(
    ("message", "told", "tag"),
    [
        ("Rate limit reached", None, "1.0"),
        ("Rate limit reached", 0.0, "0.0"),
        ("Rate limit reached", 0.4, "0.4"),
        ("the flux is odd", None, "0.0"),
        ("the flux is odd", 0.7, "0.7"),
    ],
)
def test_the_confidence_is_the_callers_else_that_of_the_rules(message: str, told: float | None, tag: str) -> None:
    """0.0 is a value; what no rule knows is not certain."""
    with relay() as server:
        capture_ai_error(RuntimeError(message), confidence=told)
        sentry_sdk.flush(10)
        [sent] = server.events
    assert sent["tags"]["ai_error_confidence"] == tag
    assert sent["contexts"]["ai_classification"]["confidence"] == float(tag)


def test_concurrent_tasks_dont_mix_their_tags() -> None:
    """Two errors at once in asyncio each keep their own category, and leave no tag behind."""

    async def both() -> None:
        async def one(message: str) -> None:
            await asyncio.sleep(0)
            fail(message)

        await asyncio.gather(*(one(m) for m in ["Rate limit reached", "connect ECONNREFUSED"] * 5))

    with relay() as server:
        asyncio.run(both())
        sentry_sdk.capture_message("another thing")
        sentry_sdk.flush(10)
        tagged = [sent for sent in server.events if "ai_error_category" in sent.get("tags", {})]
        assert len(tagged) == 10
        assert len(server.events) == 11
    assert all(sent["tags"]["ai_error_category"] == sent["fingerprint"][0] for sent in tagged)
    assert sorted({sent["fingerprint"][0] for sent in tagged}) == ["api_connection_error", "rate_limit_error"]


ISSUES = [
    Issue("rate_limit_error", "Rate limit reached for <*>", 12),
    *(Issue("unknown_error", f"the flux {chr(97 + n // 26)}{chr(97 + n % 26)} is odd", 1, 0.9) for n in range(120)),
]


def test_each_template_arrives_once_whatever_their_number(tmp_path: Path) -> None:
    """121 events, more than the SDK's queue holds; a second run has nothing to send."""
    sent = tmp_path / "sentry.ndjson"
    with relay() as server:
        assert forward(unsent(ISSUES, sent), dsn(server), sent) == 121
        assert unsent(ISSUES, sent) == []
        with sent.open("a") as file:
            file.write('["rate_li')
        assert unsent(ISSUES, sent) == []
        events = server.events
    assert len(events) == 121
    [first] = [found for found in events if found["tags"]["ai_error_category"] == "rate_limit_error"]
    assert first["fingerprint"] == ["rate_limit_error", "Rate limit reached for <*>"]
    assert first["contexts"]["ai_classification"]["calls"] == 12
    assert {found["tags"]["ai_error_confidence"] for found in events} == {"1.0", "0.9"}
    text = json.dumps(events)
    assert socket.gethostname() not in text
    assert "modules" not in text


def test_what_sentry_refuses_is_sent_again(tmp_path: Path) -> None:
    """A server that says 503, and one that is gone: the command says so, and nothing counts as sent."""
    sent = tmp_path / "sentry.ndjson"
    with relay() as server:
        server.status = 503
        with pytest.raises(UserError, match="status_503"):
            forward(ISSUES[:2], dsn(server), sent)
        assert len(unsent(ISSUES, sent)) == 121
        server.status = 200
        assert forward(ISSUES[:2], dsn(server), sent) == 2
    with pytest.raises(UserError, match="network"):
        forward(ISSUES[2:3], "http://public@127.0.0.1:9/1", sent)
    with pytest.raises(UserError, match="not a DSN"):
        forward(ISSUES[:1], "sentry", sent)
    assert len(unsent(ISSUES, sent)) == 119
