"""Answers that no documentation promises: they never end the application's loop, and are read where they can be."""

from __future__ import annotations

import gc
import json
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

import httpx
import openai
import pytest

import holysheep
from tests.client.openai_client import MESSAGES, part, sync
from tests.client.openai_server import USAGE
from tests.serving import serving

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.client.conftest import Logged
    from tests.client.openai_server import Api

HEAD = {"id": "c-1", "object": "chat.completion.chunk", "created": 1, "model": "gpt-4.1"}
CHUNKS: list[Any] = [
    {**HEAD, "choices": [{"index": 0, "delta": {"content": "Well."}, "finish_reason": None}]},
    {**HEAD, "choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]},
]
UNASKED = {**HEAD, "choices": [], "usage": USAGE}
WHOLE = {
    "id": "c-1", "object": "chat.completion", "created": 1, "model": "gpt-4.1", "usage": USAGE,
    "choices": [{"index": 0, "message": {"role": "assistant", "content": "Well."}, "finish_reason": "length"}],
}  # fmt: skip
#: 150 and 320 tokens of gpt-4.1 at 8 and 24 USD per MTok.
PRICED = {"status": "success", "request_tokens": 150, "response_tokens": 320, "cost_nano": 8_880_000}
STREAM = "text/event-stream"
REQUEST = {"model": "gpt-4.1", "messages": MESSAGES}


class Fixed(ThreadingHTTPServer):
    """Gives one body to all; `/old/…` is moved."""

    daemon_threads = True

    def __init__(self, body: bytes, kind: str) -> None:
        """On a free port."""
        super().__init__(("127.0.0.1", 0), _Handler)
        self.body, self.kind = body, kind
        self.asked: list[bytes] = []

    def url(self, folder: str = "v1") -> str:
        """What a client is given."""
        return f"http://127.0.0.1:{self.server_port}/{folder}"


class _Handler(BaseHTTPRequestHandler):
    server: Fixed

    def do_POST(self) -> None:
        """Answer."""
        self.server.asked.append(self.rfile.read(int(self.headers["Content-Length"])))
        if self.path.startswith("/old/"):
            self.send_response(307)
            self.send_header("Location", self.path.replace("/old/", "/v1/"))
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        self.send_response(200)
        if self.server.kind:
            self.send_header("Content-Type", self.server.kind)
        self.send_header("Content-Length", str(len(self.server.body)))
        self.end_headers()
        self.wfile.write(self.server.body)

    def log_message(self, *_: object) -> None:
        """Nothing."""


@contextmanager
def answering(body: object, kind: str = "application/json") -> Iterator[Fixed]:
    """A server while the block runs; a list is a stream of events."""
    if isinstance(body, list):
        text = b"".join(
            b"data: %s\n\n" % (event if isinstance(event, bytes) else json.dumps(event).encode()) for event in body
        )
    else:
        text = body if isinstance(body, bytes) else json.dumps(body).encode()
    with serving(Fixed(text, kind)) as server:
        yield server


def client_of(server: Fixed, logged: Logged, folder: str = "v1") -> openai.OpenAI:
    """A wrapped client."""
    return holysheep.wrap(openai.OpenAI(api_key="sk-test", base_url=server.url(folder), max_retries=0), log=logged.log)


@pytest.mark.parametrize("kind", ["", "application/json", "application/octet-stream"])
def test_a_stream_of_another_content_type(logged: Logged, kind: str) -> None:
    """It is known by its first bytes: the line has its usage, and the application no event that it did not ask for."""
    with answering([*CHUNKS, UNASKED, b"[DONE]"], kind) as server:
        chunks = list(
            client_of(server, logged).chat.completions.create(model="gpt-4.1", messages=MESSAGES, stream=True)
        )
    assert [len(chunk.choices) for chunk in chunks] == [1, 1]
    line = logged.line()
    assert part(line, PRICED) == PRICED
    assert (line["stream_end"], line["finish_reasons"]) == ("complete", ["stop"])


NESTED = b'{"a":' + b"[" * 100_000 + b"]" * 100_000 + b"}"


@pytest.mark.parametrize("odd", [{"choices": 5}, {"output": [{"type": ["a"]}]}, {"usage": [1]}, NESTED])
def test_odd_events_pass(logged: Logged, odd: object) -> None:
    """The application gets every byte; what can be read afterwards is."""
    with answering([odd, *CHUNKS, UNASKED, b"[DONE]"], STREAM) as server:
        client = holysheep.wrap(httpx.Client(), log=logged.log, include_usage=False)
        answer = client.post(f"{server.url()}/chat/completions", json={**REQUEST, "stream": True})
        assert answer.content == server.body
    assert part(logged.line(), PRICED) == PRICED


def test_an_odd_body_passes(logged: Logged) -> None:
    """JSON that is nested too deep for Python."""
    with answering(NESTED) as server:
        answer = holysheep.wrap(httpx.Client(), log=logged.log).post(f"{server.url()}/chat/completions", json=REQUEST)
        assert answer.content == NESTED
    assert logged.line()["usage_source"] == "none"


def test_a_large_event_is_read_in_time(logged: Logged) -> None:
    """A picture of 20 MB in one event, with the unasked usage behind it: 49 s when each chunk was searched again."""
    picture = {"type": "response.image_generation_call.partial_image", "partial_image_b64": "A" * 20_000_000}
    with answering([picture, *CHUNKS, UNASKED, b"[DONE]"], STREAM) as server:
        client = holysheep.wrap(httpx.Client(timeout=60), log=logged.log)
        started = time.perf_counter()
        answer = client.post(f"{server.url()}/chat/completions", json={**REQUEST, "stream": True})
        took = time.perf_counter() - started
        events = answer.content.split(b"\n\n")
        assert [json.loads(event[6:]) for event in events[:3]] == [picture, *CHUNKS]
        assert events[3:] == [b"data: [DONE]", b""]
    assert took < 15
    assert part(logged.line(), PRICED) == PRICED


def test_a_stream_without_ends_of_events_is_not_held_back(logged: Logged) -> None:
    """Lines of JSON under a wrong content type: the application has nearly all of them before the end."""
    body = b'{"text": "Well."}\n' * 100_000
    with answering(body, STREAM) as server:
        client = holysheep.wrap(httpx.Client(), log=logged.log)
        request = {**REQUEST, "stream": True}
        with client.stream("POST", f"{server.url()}/chat/completions", json=request) as answer:
            parts = list(answer.iter_bytes())
    assert b"".join(parts) == body
    assert len(parts) > 10


def test_a_large_answer_is_read_whole(logged: Logged) -> None:
    """Half a megabyte of text: its tier decides the price, and how it ended is told."""
    choices = [{"index": 0, "message": {"role": "assistant", "content": "a" * 500_000}, "finish_reason": "length"}]
    with answering({**WHOLE, "choices": choices, "service_tier": "default"}) as server:
        client_of(server, logged).chat.completions.create(model="gpt-4.1", messages=MESSAGES)
    wanted = {**PRICED, "service_tier": "default", "finish_reasons": ["length"], "response_id": "c-1"}
    assert part(logged.line(), wanted) == wanted


def test_a_redirection_is_no_failed_try(logged: Logged) -> None:
    """Of the official client, and of httpx alone."""
    with answering(WHOLE) as server:
        client_of(server, logged, "old").chat.completions.create(model="gpt-4.1", messages=MESSAGES)
        alone = holysheep.wrap(httpx.Client(follow_redirects=True), log=logged.log)
        alone.post(f"{server.url('old')}/chat/completions", json=REQUEST)
    lines = logged.lines()
    assert [part(line, PRICED) for line in lines] == [PRICED] * 2
    assert ["retry_attempt" in line or "metadata" in line for line in lines] == [False, False]


def test_a_lone_surrogate_in_a_request(logged: Logged) -> None:
    """JSON can have one by its number; the request is sent as it is meant, and logged."""
    content = b'{"model": "gpt-4.1", "messages": [{"role": "user", "content": "\\ud83d"}], "stream": true}'
    with answering([*CHUNKS, UNASKED, b"[DONE]"], STREAM) as server:
        holysheep.wrap(httpx.Client(), log=logged.log).post(f"{server.url()}/chat/completions", content=content)
    assert json.loads(server.asked[0])["messages"] == json.loads(content)["messages"]
    assert part(logged.line(), PRICED) == PRICED


def test_a_message_of_a_thread_is_no_call(logged: Logged) -> None:
    """The Assistants API has the same end of its path as Anthropic's messages."""
    with answering({"id": "msg_1"}) as server:
        holysheep.wrap(httpx.Client(), log=logged.log).post(
            f"{server.url()}/threads/t-1/messages", json={"role": "user"}
        )
    assert logged.lines() == []


def test_a_stream_that_nobody_reads(api: Api, logged: Logged) -> None:
    """Neither read nor closed: it is a call all the same."""
    sync(api, logged).chat.completions.create(model="gpt-4.1", messages=MESSAGES, stream=True)
    gc.collect()
    line = logged.line()
    assert (line["status_code"], line["stream_end"], line["usage_source"]) == (200, "closed", "none")
