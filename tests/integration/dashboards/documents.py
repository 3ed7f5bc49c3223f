"""Fourteen documents whose figures were added up by hand; all times are around 2025-06-15 12:00 UTC."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

NOW = datetime(2025, 6, 15, 12, tzinfo=UTC)
GPT = {
    "gen_ai.provider.name": "openai",
    "gen_ai.request.model": "gpt-4.1",
    "holysheep.price.model": "gpt-4.1",
    "holysheep.model.family": "OpenAI",
}
CLAUDE = {
    "gen_ai.provider.name": "anthropic",
    "gen_ai.request.model": "claude-sonnet-4.5",
    "holysheep.price.model": "claude-sonnet-4.5",
    "holysheep.model.family": "Anthropic",
}
DEEPSEEK = {
    "gen_ai.provider.name": "deepseek",
    "gen_ai.request.model": "deepseek-v3.2",
    "holysheep.price.model": "deepseek-v3.2",
    "holysheep.model.family": "DeepSeek",
}
#: A model's name can hold anything.
MYSTERY = {"gen_ai.request.model": "<script>alert(1)</script>", "holysheep.model.family": "Other"}
OK = {"event.outcome": "success", "http.response.status_code": 200}
LIMITED = {
    "event.outcome": "failure",
    "http.response.status_code": 429,
    "error.type": "rate_limit_exceeded",
    "error.message": "Rate limit reached",
    "holysheep.error.category": "rate_limit_error",
    "holysheep.error.suggestion": "Retry later.",
    "holysheep.cost.status": "not_billed",
    "holysheep.cost.total": 0.0,
}


def tokens(input_: int, output: int, cost: float | None, latency: float, class_: str) -> dict[str, Any]:
    """Usage of a call; without a cost it is unpriced."""
    usage = {
        "gen_ai.usage.input_tokens": input_,
        "gen_ai.usage.output_tokens": output,
        "holysheep.latency.ms": latency,
        "holysheep.latency.class": class_,
        "holysheep.price.version": "aaaaaaaaaaaa",
        "holysheep.source": "webhook",
        "service.environment": "production",
    }
    if cost is None:
        return {**usage, "holysheep.cost.status": "unpriced", "holysheep.cost.unpriced_reason": "unknown_model"}
    nano = round(cost * 1_000_000_000)
    return {
        **usage, "holysheep.cost.status": "priced", "holysheep.cost.total": cost, "holysheep.cost.total_nano": nano,
    }  # fmt: skip


FULL = {"holysheep.context_percent": 93}
HALF = {"holysheep.context_percent": 50}
CALLS: list[tuple[str, dict[str, Any]]] = [
    (
        "2025-06-15T11:00:00Z",
        {
            **GPT, **OK, **tokens(1000, 500, 0.012, 400, "fast"), "user.id": "u1", "labels.team": "search",
            "holysheep.cost.reported": 0.012, "holysheep.cost.difference": 0.0, "gen_ai.response.id": "r1",
        },
    ),
    (
        "2025-06-15T11:30:00Z",
        {
            **GPT, **OK, **tokens(2000, 100, 0.0168, 1600, "normal"), "user.id": "u1", "labels.team": "search",
            "gen_ai.usage.cache_read.input_tokens": 1000, "holysheep.cost.reported": 0.02,
            "holysheep.cost.difference": 0.0032, "gen_ai.response.id": "r1",
        },
    ),
    ("2025-06-15T10:00:00Z", {**GPT, **LIMITED, "user.id": "u2", "holysheep.retry_count": 2}),
    (
        "2025-06-15T09:00:00Z",
        {
            **CLAUDE, **OK, **HALF, **tokens(3000, 1000, 0.06, 6000, "timeout_risk"), "user.id": "u2",
            "labels.team": "research", "holysheep.cost.over_budget": True,
        },
    ),
    ("2025-06-14T13:00:00Z", {**DEEPSEEK, **OK, **tokens(5500, 500, 0.00252, 800, "normal"), "user.id": "u3"}),
    ("2025-06-15T08:00:00Z", {**MYSTERY, **OK, **tokens(100, 10, None, 300, "fast"), "user.id": "u3"}),
    ("2025-06-14T11:00:00Z", {**GPT, **LIMITED, "user.id": "u1"}),
    ("2025-06-13T13:00:00Z", {**GPT, **OK, **tokens(900, 100, 0.008, 500, "normal"), "user.id": "u1"}),
    ("2025-06-02T00:00:00Z", {**GPT, **OK, **tokens(100_000, 25_000, 1.0, 1500, "normal"), "user.id": "u1"}),
]  # fmt: skip
AUDIT: list[tuple[str, dict[str, Any]]] = [
    ("2025-06-15T11:00:00Z", {**OK, "trace.id": "t1", "gen_ai.agent.id": "kyc", "holysheep.cost.total": 0.012, **FULL}),
    ("2025-06-15T11:01:00Z", {**OK, "trace.id": "t1", "gen_ai.agent.id": "kyc", "holysheep.cost.total": 0.06, **HALF}),
    ("2025-06-15T11:02:00Z", {**OK, "trace.id": "t2", "gen_ai.agent.id": "loan", "holysheep.cost.total": 0.0}),
]
REJECTED: list[tuple[str, dict[str, Any]]] = [
    ("2025-06-15T07:00:00Z", {"holysheep.rejected.reason": "not_json", "holysheep.rejected.bytes": 10}),
    ("2025-06-15T07:01:00Z", {"holysheep.rejected.reason": "not_json", "holysheep.rejected.bytes": 20}),
]


def actions(prefix: str) -> list[dict[str, Any]]:
    """Every document as a bulk action, in the index of its day."""
    result = []
    for name, documents in (("api", CALLS), ("audit", AUDIT), ("rejected", REJECTED)):
        for time, document in documents:
            body = {"@timestamp": time, "holysheep.source": "agent", **document}
            result.append({"_index": f"{prefix}-{name}-{time[:10].replace('-', '.')}", "_source": body})
    for time, document in CALLS:
        if document["event.outcome"] == "failure":
            body = {"@timestamp": time, **document}
            result.append({"_index": f"{prefix}-errors-{time[:10].replace('-', '.')}", "_source": body})
    return result
