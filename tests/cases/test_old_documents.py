"""Documents of a team's own pipeline, exported as lines: read as the raw line was (docs/from-your-own-pipeline.md)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

import pytest

if TYPE_CHECKING:
    from tests.filterrun import Filter, Json

pytestmark = pytest.mark.jruby
EXPORT: Final[dict[str, Any]] = {
    "event": "chat_completion", "timestamp": "2025-01-15T10:30:00Z", "model": "gpt-4.1",
    "tokens": {"input": 150, "output": 320}, "latency_ms": 850, "cost_usd": 0.00376, "status": "success", "error": None,
}  # fmt: skip
CLIENT: Final[dict[str, Any]] = {
    "log_id": "0b9b2a5e-1111-4222-8333-444455556667", "timestamp": "2025-01-15T10:31:00.123Z", "model": "gpt-4.1",
    "endpoint": "https://gateway.example/v1/chat/completions", "request_tokens": 0, "response_tokens": 0,
    "total_tokens": 0, "response_time_ms": 5.0, "status_code": 429, "error_message": "rate limit", "cost_usd": 0.0,
    "session_id": "s-1", "user_id": "u-1", "metadata": {"client_ip": "10.0.0.1"},
}  # fmt: skip
#: What Logstash and Filebeat add to each event.
SHIPPED: Final[dict[str, Any]] = {
    "@version": "1", "host": {"name": "web1"}, "path": "/var/log/x.log", "ecs": {"version": "8.0.0"},
    "agent": {"type": "filebeat"}, "input": {"type": "log"}, "log": {"offset": 0, "file": {"path": "/var/log/x.log"}},
}  # fmt: skip
#: A raw line, and what the pipeline added to it.
PIPELINES: Final = {
    "by file": (EXPORT, {"@timestamp": "2025-01-15T10:30:00.000Z", "tags": ["holysheep", "api", "fast"]}),
    "by Filebeat": (
        CLIENT,
        {
            "@timestamp": "2025-01-15T10:31:00.123Z", "model_family": "OpenAI", "response_category": "fast",
            "request_status": "error", "error_type": "rate_limit_exceeded", "client_ip": "10.0.0.1",
            "time_bucket": "2025-01-15T10:31:00.000Z", "tags": ["error", "needs_attention"],
        },
    ),
}  # fmt: skip


def read(running: Filter, line: Json) -> list[Json]:
    """The documents of a line whose source nobody names, without what tells where the line came from."""
    (found,) = running.run("-", [json.dumps(line).encode()])
    kept = ("@timestamp", "gen_ai", "http", "user", "client", "url")
    return [
        {"kind": document["_index"], "outcome": document["_source"]["event"]["outcome"]}
        | {key: document["_source"].get(key) for key in kept}
        | {key: document["_source"]["holysheep"].get(key) for key in ("source", "cost", "latency", "model")}
        | {"error": {key: document["_source"].get("error", {}).get(key) for key in ("type", "message")}}
        for document in found
    ]


@pytest.mark.parametrize(("raw", "added"), PIPELINES.values(), ids=PIPELINES)
def test_an_exported_document_is_read_as_its_line_was(live_filter: Filter, raw: Json, added: Json) -> None:
    """Same call, cost and error; the fields that the old pipeline added change nothing."""
    from_line = read(live_filter, raw)
    assert from_line[0]["model"] == {"family": "OpenAI"}
    assert read(live_filter, raw | SHIPPED | added) == from_line


def test_a_document_of_the_webhook_pipeline_has_its_cost(live_filter: Filter) -> None:
    """470 tokens at 8 USD per million are 0.00376; `total_cost_usd` is a number of tokens there, and no cost."""
    usage = {"prompt_tokens": 150, "completion_tokens": 320, "total_tokens": 470}
    (call,) = read(
        live_filter,
        {
            "@timestamp": "2025-01-15T10:30:00.000Z", "model": "gpt-4.1", "status": "success", "cost_usd": 0.00376,
            "response": {"usage": usage, "latency_ms": 850}, "total_cost_usd": "470", "tags": ["holysheep", "normal"],
        },
    )  # fmt: skip
    assert (call["cost"]["total_nano"], call["cost"]["reported"]) == (3_760_000, 0.00376)
    assert call["latency"] == {"ms": 850, "class": "normal"}
