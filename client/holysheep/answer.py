"""Reads what a model API answers, whole or as server-sent events: model, id, usage, how it ended.

OpenAI (chat completions, completions, responses, embeddings) and its kind, and Anthropic's messages. Nothing here ever
counts tokens itself: a stream without usage has none.
"""

from __future__ import annotations

import json
import re
from typing import Any, Final

from holysheep import usage_names

Json = dict[str, Any]
#: Of larger embeddings only the usage and the model are looked for: megabytes of numbers are read slowly.
WHOLE: Final = 256 * 1024
#: Of a body beyond this nothing is kept.
MAX_BODY: Final = 32 * 1024 * 1024
#: An event with nothing but usage is smaller; a larger one need not wait for its end.
HELD: Final = 64 * 1024
_EVENT_END: Final = re.compile(rb"\r\n\r\n|\n\n|\r\r")
_LINE_END: Final = re.compile(rb"\r\n|\n|\r")
_MODEL: Final = re.compile(rb'"model"\s*:\s*"((?:[^"\\]|\\.){1,256})"')
#: Events after which a stream is complete.
_TERMINAL: Final = frozenset({
    "response.completed", "response.incomplete", "response.failed", "message_stop", "transcript.text.done",
    "image_generation.completed", "image_edit.completed", "speech.audio.done",
})  # fmt: skip


class Answer:
    """What was said so far."""

    def __init__(self) -> None:
        """Nothing yet."""
        self.model: str | None = None
        self.id: str | None = None
        self.usage: Json = {}
        #: Calls of the provider's tools that only the answer's items tell.
        self.tool_counts: dict[str, int] = {}
        self.finish_reasons: list[str] = []
        self.service_tier: str | None = None
        self.error: str | None = None
        self.error_type: str | None = None
        self.complete = False
        self.malformed = False

    def whole(self, body: bytes, *, numbers: bool = False) -> None:
        """A body that is one JSON text, or an error page. `numbers`: it may have very many."""
        if numbers and len(body) > WHOLE:
            self._search(body)
            return
        try:
            data = json.loads(body)
            self.complete = True
            if isinstance(data, dict):
                self._take(data)
        except Exception:  # noqa: BLE001  # whatever a server sends, the application gets it
            self.malformed = True

    def event(self, data: bytes) -> bool:
        """One event of a stream; whether it holds nothing but the usage that was asked for."""
        if data.strip() == b"[DONE]":
            self.complete = True
            return False
        try:
            return self._event(json.loads(data))
        except Exception:  # noqa: BLE001  # the same
            self.malformed = True
            return False

    def _event(self, event: object) -> bool:
        if not isinstance(event, dict):
            return False
        kind = event.get("type")
        self.complete = self.complete or kind in _TERMINAL
        for part in (event, event.get("response"), event.get("message"), event.get("delta")):
            if isinstance(part, dict):
                self._take(part)
        return event.get("choices") == [] and bool(event.get("usage"))

    def _take(self, data: Json) -> None:
        self.model = _text(data.get("model")) or self.model
        self.id = self.id or _text(data.get("id"))
        self.service_tier = _text(data.get("service_tier")) or self.service_tier
        usage = data.get("usage")
        if isinstance(usage, dict):
            # Anthropic tells the prompt at the start and the output at the end.
            self.usage.update({key: value for key, value in usage.items() if value is not None})
            self.service_tier = _text(usage.get("service_tier")) or self.service_tier
        if (items := data.get("output")) is not None:
            self.tool_counts = usage_names.tools_of_items(items) or self.tool_counts
        for choice in data.get("choices") or ():
            if isinstance(choice, dict):
                self._finish(choice.get("finish_reason"))
        self._finish(data.get("stop_reason"))
        self._error(data.get("error"), data)

    def _finish(self, reason: object) -> None:
        if isinstance(reason, str) and reason:
            self.finish_reasons.append(reason)
            self.complete = True

    def _error(self, error: object, data: Json) -> None:
        if isinstance(error, dict):
            self.error = str(error.get("message") or error)
            self.error_type = _text(error.get("code")) or _text(error.get("type"))
        elif isinstance(error, str) and error:
            self.error = error
        elif data.get("type") == "error":
            self.error = str(data.get("message") or "error")
            self.error_type = _text(data.get("code"))

    def _search(self, body: bytes) -> None:
        """Usage and model of a large body."""
        if (match := _MODEL.search(body[-2000:]) or _MODEL.search(body[:2000])) is not None:
            self.model = match.group(1).decode("utf-8", "replace")
        place = body.rfind(b'"usage"')
        brace = body.find(b"{", place) if place >= 0 else -1
        if brace < 0:
            return
        try:
            usage, _ = json.JSONDecoder().raw_decode(body[brace:].decode("utf-8", "replace"))
        except ValueError:
            return
        self.usage = usage if isinstance(usage, dict) else {}
        self.complete = True


class Events:
    """Cuts a byte stream into server-sent events. What may be the unasked usage is handed on whole or not at all."""

    def __init__(self, answer: Answer, *, drop_usage: bool) -> None:
        """`drop_usage`: keep from the application the event that it did not ask for."""
        self._answer, self._drop = answer, drop_usage
        self._rest = bytearray()
        #: Of `_rest`: up to where it has no end of an event, and how much the application has.
        self._seen = self._passed = 0
        self.count = 0

    def feed(self, chunk: bytes) -> bytes:
        """The bytes that the application gets for a chunk."""
        rest = self._rest
        rest += chunk
        passed = []
        start = 0
        for end in _EVENT_END.finditer(rest, self._seen):
            block = bytes(rest[start : end.end()])
            start = end.end()
            if not self._is_unasked_usage(block) or self._passed:
                passed.append(block[self._passed :])
            self._passed = 0
        del rest[:start]
        self._seen = max(0, len(rest) - 3)
        if not self._drop or len(rest) > HELD:
            passed.append(bytes(rest[self._passed :]))
            self._passed = len(rest)
        if len(rest) > MAX_BODY:
            # Such an event has no usage.
            rest.clear()
            self._seen = self._passed = 0
        return b"".join(passed)

    def end(self) -> bytes:
        """What is left: an event that nobody ended."""
        rest, passed = bytes(self._rest), self._passed
        self._rest.clear()
        self._seen = self._passed = 0
        unasked = bool(rest) and self._is_unasked_usage(rest) and not passed
        return b"" if unasked else rest[passed:]

    def _is_unasked_usage(self, block: bytes) -> bool:
        lines = [line[5:].lstrip(b" ") for line in _LINE_END.split(block) if line.startswith(b"data:")]
        if not lines:
            return False
        self.count += 1
        return self._answer.event(b"\n".join(lines)) and self._drop


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None
