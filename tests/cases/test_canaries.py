"""No secret and no personal data of any line reaches a document, whatever the source and the place."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Final

import pytest

from tests.cases.canaries import CANARIES, secret

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.filterrun import Filter

pytestmark = pytest.mark.jruby
TIME: Final = "2025-01-15T10:30:00Z"
USAGE: Final = {"input": 1, "output": 0}
#: By source: lines with `@@` where the canary goes. In JSON ones it is escaped as JSON needs it.
PLACES: Final[dict[str, list[object]]] = {
    "webhook": [
        {"error": "failed for @@, sorry", "status": "error"},
        {"error": "line\n@@\nline", "status": "error"},
        {"error": {"message": "@@", "code": "@@"}, "status": "error"},
        {"model": "@@"},
        {"model": "x-@@-y"},
        {"id": "@@"},
        {"event": "@@"},
        {"metadata": {"note": "@@", "list": ["a", "@@"], "deep": {"x": "see @@"}}},
        {"metadata": {"@@": "key"}},
        {"unknown_field": "@@", "@@": 1},
        {"tokens": {"input": "@@", "output": 1}},
        {"timestamp": "@@"},
        {"latency_ms": "@@", "cost_usd": "@@", "service_tier": "@@"},
        {"status": "@@"},
        {"user_id": "@@", "session_id": "@@", "team": "@@", "service": "@@", "environment": "@@", "trace_id": "@@"},
        {"client_ip": "@@", "provider": "@@", "response_id": "@@", "finish_reason": "@@"},
        {"endpoint": "https://host/v1/@@?key=@@"},
        {"messages": [{"role": "user", "content": "@@"}], "prompt": "@@", "completion": "@@"},
        {"error_code": "@@", "error_type": "@@", "status": "error"},
    ],
    "client": [{"error_message": "@@", "status_code": 500, "log_id": "@@", "metadata": {"client_ip": "@@"}}],
    "collector": [
        {"request": {"messages": ["@@"], "x": "@@"}, "response": {"content": "@@", "model_used": "@@", "y": "@@"}}
    ],
    "middleware": [{"request_id": "@@", "error_body": "@@", "error_code": 401, "status": "error"}],
    "agent": [
        {"agent_id": "@@", "step_name": "@@", "request_payload": "a @@ b", "response_payload": {"x": ["@@"]}},
        {"agent_id": "a", "step_name": "s", "request_payload": json.dumps({"q": "say\n@@"})},
    ],
    "error_event": [
        {"category": "@@", "confidence": "@@", "suggestion": "@@", "error_message": "@@", "classifier": "@@"}
    ],
    "litellm": [{"error_str": "@@", "status": "failure", "end_user": "@@", "metadata": {"user_api_key_alias": "@@"}}],
    "access": [
        '203.0.113.7 - @@ [15/Jan/2025:10:30:00 +0000] "GET / HTTP/1.1" 200 5 "-" "x"',
        '203.0.113.7 - - [15/Jan/2025:10:30:00 +0000] "GET /a/@@/b?k=@@ HTTP/1.1" 200 5 "https://x/@@" "agent @@"',
        '203.0.113.7 - - [15/Jan/2025:10:30:00 +0000] "GET /?k=@@ HTTP/1.1',
        "@@",
    ],
    "syslog": [
        "<134>Jan 15 10:30:00 gw-1 app[1]: login of @@ failed",
        "<134>1 2025-01-15T10:30:00Z gw-1 app 1 - - @@",
        "Jan 15 10:30:00 @@ app: x",
        "@@",
    ],
    "container": [
        "ERROR for @@",
        '{"log":"see @@\\n","stream":"stdout","time":"2025-01-15T10:30:00Z"}',
        '{"msg":"@@"}',
    ],
    "any": ["@@", "<1>@@", '{"x":"@@"}', "[@@", '{"a":"@@', '{"logs":[{"x":"@@"},"@@"]}', '{"error":"a\\n@@'],
}
JSON_BASE: Final = {"timestamp": TIME, "model": "gpt-4.1", "latency_ms": 5, "tokens": USAGE, "status": "success"}


def lines(canary: str) -> Iterator[tuple[str, bytes]]:
    """Every place with the canary in it, and each JSON line broken off behind it too."""
    escaped = json.dumps(canary)[1:-1]
    for source, places in PLACES.items():
        for place in places:
            if isinstance(place, str):
                if " " in canary and (" - @@ [" in place or ":00 @@ " in place):
                    continue  # a space ends these fields: the canary would be cut into ones of their own
                yield source, place.replace("@@", escaped if place.startswith("{") else canary).encode()
                continue
            assert isinstance(place, dict)
            text = json.dumps({**JSON_BASE, **place}).replace("@@", escaped)
            yield source, text.encode()
            yield source, text[: text.rindex(escaped) + len(escaped)].encode()


def needles(name: str) -> list[str]:
    """The secret, and its compact form for what may be written with separators."""
    text = secret(name)
    return [text, re.sub(r"[ -]", "", text)] if name.startswith(("card", "phone")) else [text]


@pytest.mark.parametrize("name", sorted(CANARIES))
def test_no_canary_comes_through(live_filter: Filter, name: str) -> None:
    """The canary is in no document of any place, neither as a value nor as a key, id or index name."""
    actual = []
    for source in PLACES:
        canary_lines = [line for of, line in lines(CANARIES[name]) if of == source]
        for line, documents in zip(
            canary_lines, live_filter.run("-" if source == "any" else source, canary_lines), strict=True
        ):
            assert documents
            text = json.dumps(documents, ensure_ascii=False)
            actual += [f"{source}: {line.decode()[:300]}" for needle in needles(name) if needle in text]
    assert actual == []


@pytest.mark.parametrize(
    "harmless",
    [
        "at 2025-01-15 10:30:00 +0900 it was 1736937000123",
        "tokens: 150000, max_tokens=4096, key_id 12",
        "chatcmpl-7f3d2c1b0a998877 took 850.12 ms on gpt-4.1-2025-04-14",
        "5f3b9c2e-8d4a-4b7e-9a1c-2d6e8f0a1b3c from 203.0.113.7:443 version 1.2.3",
        "HTTP 429: rate limit of 10,000,000 tokens per minute reached",
    ],
)
def test_ordinary_text_stays_as_it_is(live_filter: Filter, harmless: str) -> None:
    """Times, counts, ids, addresses and versions are no personal data."""
    line = json.dumps({**JSON_BASE, "status": "error", "error": harmless}).encode()
    (documents,) = live_filter.run("webhook", [line])
    assert documents[0]["_source"]["error"]["message"] == harmless
