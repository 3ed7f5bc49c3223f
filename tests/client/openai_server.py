"""A local server that speaks the OpenAI and the Anthropic API: whole answers, streams, and what goes wrong."""

from __future__ import annotations

import gzip
import json
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, Final

from tests.serving import serving

if TYPE_CHECKING:
    from collections.abc import Iterator

Json = dict[str, Any]
USAGE: Final = {
    "prompt_tokens": 150, "completion_tokens": 320, "total_tokens": 470,
    "prompt_tokens_details": {"cached_tokens": 100}, "completion_tokens_details": {"reasoning_tokens": 20},
}  # fmt: skip
RESPONSES_USAGE: Final = {
    "input_tokens": 150, "output_tokens": 320, "total_tokens": 470,
    "input_tokens_details": {"cached_tokens": 100}, "output_tokens_details": {"reasoning_tokens": 20},
}  # fmt: skip
WORDS: Final = ("All ", "well", "!")


class Api(ThreadingHTTPServer):
    """`plan` says what happens to the next requests, one word each; then all go well."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self) -> None:
        """On a free port of this machine."""
        super().__init__(("127.0.0.1", 0), _Handler)
        self.plan: list[str] = []
        self.requests: list[Json] = []
        self.headers_seen: list[dict[str, str]] = []
        self.delay_s = 0.0

    @property
    def url(self) -> str:
        """What a client is given."""
        return f"http://127.0.0.1:{self.server_port}/v1"

    def handle_error(self, *_: object) -> None:
        """A client that goes away is what some tests are about."""


class _Handler(BaseHTTPRequestHandler):
    server: Api
    protocol_version = "HTTP/1.1"
    # Small writes of a stream must not wait for each other.
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        """`/models` and `/rate_limits`, which `check` asks for."""
        plan = self.server.plan.pop(0) if self.server.plan else "ok"
        if self.headers.get("Authorization") != "Bearer sk-test":
            self._json(401, {"error": {"message": "Incorrect API key provided", "code": "invalid_api_key"}})
        elif plan == "429":
            self._json(429, {"error": {"message": "Rate limit reached"}}, {"Retry-After": "7"})
        elif self.path.endswith("/models"):
            self._json(200, {"object": "list", "data": [{"id": "gpt-4.1", "object": "model"}]})
        else:
            self._json(404, {"error": {"message": "unknown path"}})

    def do_POST(self) -> None:
        """One model call."""
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.requests.append(body)
        self.server.headers_seen.append({key.lower(): value for key, value in self.headers.items()})
        plan = self.server.plan.pop(0) if self.server.plan else "ok"
        time.sleep(self.server.delay_s)
        if plan == "429":
            error = {"message": "Rate limit reached for gpt-4.1", "type": "requests", "code": "rate_limit_exceeded"}
            self._json(429, {"error": error}, {"Retry-After": "0.01", "retry-after-ms": "10"})
        elif plan == "500":
            self._json(500, {"error": {"message": "The server had an error", "type": "server_error"}})
        elif plan == "disconnect":
            self.close_connection = True
            self.connection.close()
        elif plan == "no-json":
            self._send(200, b"<html>not JSON", {"Content-Type": "application/json"})
        elif body.get("stream"):
            self._stream(body, plan)
        else:
            self._json(200, self._whole(body), packed=plan == "gzip")

    def _whole(self, body: Json) -> Json:
        model = body["model"]
        if self.path.endswith("/embeddings"):
            data = [{"object": "embedding", "index": 0, "embedding": [0.25, 0.5]}]
            return {"object": "list", "data": data, "model": model, "usage": {"prompt_tokens": 8, "total_tokens": 8}}
        if self.path.endswith("/responses"):
            return _response(model, "completed")
        if self.path.endswith("/messages"):
            usage = {"input_tokens": 30, "cache_read_input_tokens": 100, "cache_creation_input_tokens": 20}
            content = [{"type": "text", "text": "All well!"}]
            return {
                "id": "msg_1", "type": "message", "role": "assistant", "model": model, "content": content,
                "stop_reason": "end_turn", "stop_sequence": None, "usage": {**usage, "output_tokens": 320},
            }  # fmt: skip
        message = {"role": "assistant", "content": "All well!"}
        choices = [{"index": 0, "message": message, "finish_reason": "stop"}]
        return {
            "id": "chatcmpl-1", "object": "chat.completion", "created": 1, "model": f"{model}-2025-04-14",
            "choices": choices, "usage": USAGE, "service_tier": "default",
        }  # fmt: skip

    def _stream(self, body: Json, plan: str) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream; charset=utf-8")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        if self.path.endswith("/messages"):
            events = _anthropic_events(body["model"])
        elif self.path.endswith("/responses"):
            events = _response_events(body["model"])
        else:
            events = _chat_events(body, usage=plan != "no-usage")
        for number, event in enumerate(events):
            if plan == "broken" and number == 2:
                self.close_connection = True
                self.connection.close()
                return
            if plan == "cut" and number == 2:
                break
            data = event if isinstance(event, str) else json.dumps(event)
            if plan == "malformed" and number == 2:
                data = '{"id": "chatcmpl-1", "choi'
            name = f"event: {event['type']}\n" if isinstance(event, dict) and "type" in event else ""
            block = f"{name}data: {data}\n\n".encode()
            # Cut in the middle, so that an event is not a chunk.
            for part in (block[:7], block[7:]):
                self.wfile.write(b"%x\r\n%s\r\n" % (len(part), part))
        self.wfile.write(b"0\r\n\r\n")

    def _json(self, status: int, data: Json, headers: dict[str, str] | None = None, *, packed: bool = False) -> None:
        body = json.dumps(data).encode()
        more = {"Content-Type": "application/json", **(headers or {})}
        if packed:
            body, more = gzip.compress(body), {**more, "Content-Encoding": "gzip"}
        self._send(status, body, more)

    def _send(self, status: int, body: bytes, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Nothing: pytest's output is for people."""


def _response(model: str, status: str) -> Json:
    content = [{"type": "output_text", "text": "All well!", "annotations": []}]
    output = [{"type": "message", "id": "m", "role": "assistant", "status": "completed", "content": content}]
    return {
        "id": "resp_1", "object": "response", "created_at": 1, "model": model, "status": status, "output": output,
        "parallel_tool_calls": True, "tool_choice": "auto", "tools": [], "usage": RESPONSES_USAGE,
    }  # fmt: skip


def _chat_events(body: Json, *, usage: bool) -> Iterator[Json | str]:
    head = {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1, "model": f"{body['model']}-2025-04-14"}
    for word in WORDS:
        yield {**head, "choices": [{"index": 0, "delta": {"content": word}, "finish_reason": None}]}
    yield {**head, "choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]}
    if usage and (body.get("stream_options") or {}).get("include_usage"):
        yield {**head, "choices": [], "usage": USAGE}
    yield "[DONE]"


def _response_events(model: str) -> Iterator[Json]:
    yield {
        "type": "response.created",
        "sequence_number": 0,
        "response": {**_response(model, "in_progress"), "usage": None},
    }
    for number, word in enumerate(WORDS, 1):
        place = {"item_id": "m", "output_index": 0, "content_index": 0, "logprobs": []}
        yield {"type": "response.output_text.delta", "sequence_number": number, "delta": word, **place}
    yield {"type": "response.completed", "sequence_number": 9, "response": _response(model, "completed")}


def _anthropic_events(model: str) -> Iterator[Json]:
    usage = {"input_tokens": 30, "cache_read_input_tokens": 100, "cache_creation_input_tokens": 20, "output_tokens": 1}
    message = {"id": "msg_1", "type": "message", "role": "assistant", "model": model, "content": [], "usage": usage}
    yield {"type": "message_start", "message": {**message, "stop_reason": None, "stop_sequence": None}}
    yield {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}}
    for word in WORDS:
        yield {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": word}}
    yield {"type": "content_block_stop", "index": 0}
    delta = {"stop_reason": "end_turn", "stop_sequence": None}
    yield {"type": "message_delta", "delta": delta, "usage": {"output_tokens": 320}}
    yield {"type": "message_stop"}


@contextmanager
def running() -> Iterator[Api]:
    """A server while the block runs."""
    with serving(Api()) as server:
        yield server
