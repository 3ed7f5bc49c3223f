"""One HTTP request to a model API, and the call that one or several of them make.

A retry that succeeds is one call: its failed attempts are told in the call's line, and have none of their own.
"""

from __future__ import annotations

import os
import sys
import time
import zlib
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, Final
from weakref import WeakSet

from holysheep import ids, surroundings
from holysheep.answer import MAX_BODY, Answer, Events
from holysheep.asked import body_of
from holysheep.exits import before_end

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    Log = Callable[..., object]

#: Redirections that a client follows by the same request.
MOVED: Final = frozenset({301, 302, 303, 307, 308})
#: Of server-sent events.
FIRST_BYTES: Final = (b"data:", b"event:", b":", b"id:", b"retry:")
MAX_TOKENS: Final = ("max_tokens", "max_completion_tokens", "max_output_tokens")
_open: WeakSet[Attempt] = WeakSet()
_scope: ContextVar[Scope | None] = ContextVar("holysheep_scope", default=None)


class Scope:
    """The attempts of one call, as the client that retries sees them."""

    def __init__(self) -> None:
        """No attempt yet."""
        self.failed: list[str] = []
        self.last: Attempt | None = None
        self.over = False

    def begin(self, attempt: Attempt) -> None:
        """A further attempt: the one before has failed."""
        if self.last is not None and not self.last.moved:
            self.failed.append(self.last.summary())
        self.last = attempt

    def returned(self) -> None:
        """The client gave its caller an answer; of a stream the end is still to come."""
        self.over = True
        if self.last is not None and self.last.ended:
            self.last.log(self.failed)

    def raised(self, error: BaseException) -> None:
        """The client gave up."""
        self.over = True
        if self.last is not None:
            self.last.fail(error)
            self.last.log(self.failed)


class Attempt:
    """Reads one request and its answer as they pass. Its methods are called by the transport, and never raise."""

    def __init__(self, url: str, operation: str, headers: Mapping[str, str], body: bytes, log: Log) -> None:
        """`log`: Logger.log."""
        self.asked = body_of(body)
        self._url, self._operation, self._log = url, operation, log
        self._key = headers.get("idempotency-key") or headers.get("x-idempotency-key")
        self._retry = headers.get("x-stainless-retry-count", "")
        self._context = surroundings.current()
        self._trace = _active_trace()
        self._answer = Answer()
        self._events: Events | None = None
        self._body: list[bytes] = []
        self._size = 0
        self._unpack: Callable[[bytes], bytes] | None = None
        self._may_be_events = self._sound = False
        self.drop_usage = False
        #: Whether the answer only names another address.
        self.moved = False
        self.status: int | None = None
        self.error: BaseException | None = None
        self.stream_end: str | None = None
        self.ended = self._logged = False
        self._started_ns, self._started = time.time_ns(), time.perf_counter()
        self._first: float | None = None
        self._latency = 0.0
        self._pid = os.getpid()
        _open.add(self)
        self._scope = _scope.get()
        if self._scope is not None and not self._scope.over:
            self._scope.begin(self)

    @property
    def alone(self) -> bool:
        """Whether no client that retries holds it."""
        return self._scope is None or self._scope.over

    @property
    def streamed(self) -> bool:
        """Whether the answer was asked for as a stream."""
        return self.asked.get("stream") is True

    def answered(self, status: int, headers: Mapping[str, str]) -> None:
        """The head of the answer is there."""
        self.status = status
        self.moved = status in MOVED and "location" in headers
        self._sound = headers.get("content-type", "").startswith("audio/")
        encoding = headers.get("content-encoding", "")
        if encoding in {"gzip", "deflate"}:
            self._unpack = zlib.decompressobj(wbits=47 if encoding == "gzip" else 15).decompress
        if headers.get("content-type", "").startswith("text/event-stream") and not encoding:
            self._events = Events(self._answer, drop_usage=self.drop_usage)
        elif self.streamed and not encoding:
            # Some servers have another type, and clients don't mind.
            self._may_be_events = True

    def feed(self, chunk: bytes) -> bytes:
        """Some bytes of the answer; what the application gets of them."""
        if self._may_be_events and (head := chunk.lstrip()):
            self._may_be_events = False
            if head.startswith(FIRST_BYTES):
                self._events = Events(self._answer, drop_usage=self.drop_usage)
        if self._events is not None:
            passed = self._events.feed(chunk)
            if self._first is None and self._events.count:
                self._first = time.perf_counter()
            return passed
        if self._size <= MAX_BODY and not self._sound:
            self._body.append(chunk)
            self._size += len(chunk)
        return chunk

    def eof(self) -> bytes:
        """The answer is at its end; what the application still gets."""
        rest = self._events.end() if self._events is not None else b""
        self._end("complete" if self._answer.complete or self._events is None else "broken")
        return rest

    def closed(self) -> None:
        """The application reads no further. After the last event that is the usual end."""
        self._end("complete" if self._answer.complete else "malformed" if self._answer.malformed else "closed")

    def fail(self, error: BaseException) -> None:
        """The connection broke, or the client could not use the answer."""
        self.error = self.error or error
        self._end("broken", keep=True)

    def summary(self) -> str:
        """An attempt that failed, in a few words: `429 rate_limit_exceeded 12 ms`."""
        self._end("broken", keep=True)
        what = self._answer.error_type or (type(self.error).__name__ if self.error is not None else "error")
        return f"{self.status or 'no answer'} {what} {self._latency:.0f} ms"

    def log(self, failed: list[str]) -> None:
        """Write the call's line, once; a forked child leaves that to its parent."""
        if not self._logged and self._pid == os.getpid():
            self._logged = True
            self._log(**self._record(failed))

    def _end(self, how: str, *, keep: bool = False) -> None:
        if self.ended:
            return
        self.ended = True
        self._latency = (time.perf_counter() - self._started) * 1000
        if self._events is not None:
            self.stream_end = how
        elif self._body:
            self._answer.whole(self._unpacked(), numbers=self._operation == "embeddings")
        self._body.clear()
        if not keep and self.alone and not self.moved:
            self.log([] if self._scope is None else self._scope.failed)

    def _unpacked(self) -> bytes:
        body = b"".join(self._body)
        try:
            return self._unpack(body) if self._unpack is not None else body
        except zlib.error:
            return b""

    def _record(self, failed: list[str]) -> dict[str, Any]:
        answer, asked = self._answer, self.asked
        attempts = len(failed) or (int(self._retry) if self._retry.isdigit() else 0)
        first = self._first
        record: dict[str, Any] = {
            "model": asked.get("model") or answer.model,
            "response_model": answer.model, "operation": self._operation, "endpoint": self._url,
            "usage": answer.usage, "status_code": self.status, "started_ns": self._started_ns,
            "latency_ms": self._latency,
            "time_to_first_token_ms": None if first is None else (first - self._started) * 1000,
            "stream": self.streamed or None, "stream_end": self.stream_end,
            "response_id": answer.id, "finish_reasons": answer.finish_reasons or None,
            "service_tier": answer.service_tier or asked.get("service_tier"),
            "max_tokens": next((asked[name] for name in MAX_TOKENS if asked.get(name)), None),
            "temperature": asked.get("temperature"), "user_id": asked.get("user"),
            "retry_attempt": attempts or None, "failed_tries": failed or None, "idempotency_key": self._key,
            "prompt": asked.get("messages") or asked.get("input") or asked.get("prompt"),
            "context": self._context, "span_id": ids.span_id(), **self._trace,
        }  # fmt: skip
        if answer.tool_counts:
            record["tool_counts"] = answer.tool_counts
        record.update(self._failure())
        return record

    def _failure(self) -> dict[str, Any]:
        answer = self._answer
        if answer.error is not None:
            return {"error": answer.error, "error_type": answer.error_type}
        if self.error is not None:
            cause = self.error.__cause__ or self.error
            return {"error": cause, "error_type": type(self.error).__name__}
        if self.stream_end in {"broken", "malformed"}:
            return {"error": f"the stream was {self.stream_end} before its last event", "error_type": "stream_broken"}
        if self.status is not None and not 200 <= self.status <= 299:  # noqa: PLR2004  # HTTP
            return {"error": f"HTTP {self.status}"}
        return {}


def _close_open() -> None:
    """Streams that the program still holds when it ends, read in part."""
    for attempt in list(_open):
        if attempt.status is not None:
            attempt.closed()


before_end(_close_open)


def _active_trace() -> dict[str, str]:
    """Trace and span of OpenTelemetry, where the application uses it."""
    trace = sys.modules.get("opentelemetry.trace")
    if trace is None:
        return {}
    span = trace.get_current_span().get_span_context()
    return {"trace_id": f"{span.trace_id:032x}", "parent_span_id": f"{span.span_id:016x}"} if span.is_valid else {}
