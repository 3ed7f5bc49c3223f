"""Eleven calls whose figures were added up by hand; the budgets' days are those of Seoul (UTC+9).

Rates of the card in nano-USD a token, input/output: gpt-4.1 8,000/24,000 and 2,000 for cached input, claude-sonnet-4.5
15,000/75,000, deepseek-v3.2 420/2,700, gemini-2.5-flash 2,500/10,000. Each call's cost is worked out beside it.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Final

from generator import card as cards
from generator.paths import PRICING

PREFIX: Final = "answers"
#: Some hours after the last call of the day, in Seoul 2026-03-11 12:00.
NOW: Final = datetime(2026, 3, 11, 3, tzinfo=UTC)
Json = dict[str, Any]


def card() -> cards.Card:
    """The shipped card with a zone, a rate for cached input, and limits of a minute."""
    text = PRICING.read_text(encoding="utf-8")
    text = text.replace("index_prefix: holysheep", f"index_prefix: {PREFIX}")
    text = text.replace("timezone: UTC", "timezone: Asia/Seoul")
    text = text.replace("{from: 2025-05-14, input: 8.00, output: 24.00}", _GPT)
    limits = "{requests_per_minute: 10, tokens_per_minute: 5000}"
    return cards.parse(text.replace("  - id: gpt-4.1\n", f"  - id: gpt-4.1\n    rate_limits: {limits}\n"))


_GPT: Final = "{from: 2025-05-14, input: 8.00, output: 24.00, cached_input: 2.00}"


def model(name: str, family: str, provider: str) -> Json:
    """What the card says of a model."""
    return {
        "gen_ai.request.model": name,
        "gen_ai.provider.name": provider,
        "holysheep.model.family": family,
        "holysheep.price.model": name,
        "holysheep.price.rule": "exact",
        "holysheep.price.from": "2025-05-14T00:00:00.000Z",
    }


GPT: Final = model("gpt-4.1", "OpenAI", "openai")
CLAUDE: Final = model("claude-sonnet-4.5", "Anthropic", "anthropic")
DEEPSEEK: Final = model("deepseek-v3.2", "DeepSeek", "deepseek")
GEMINI: Final = model("gemini-2.5-flash", "Google", "gcp.gemini")
MYSTERY: Final = {"gen_ai.request.model": "mystery", "holysheep.model.family": "Other"}
SUCCESS: Final = {"event.outcome": "success", "http.response.status_code": 200}
SEARCH: Final = {"labels.team": "search", "user.id": "u1", "service.name": "shop", "gen_ai.conversation.id": "s1"}
RESEARCH: Final = {"labels.team": "research", "user.id": "u2", "service.name": "lab", "gen_ai.agent.id": "kyc"}


def usage(input_: int, output: int, latency: float, /, **parts: int) -> Json:
    """Tokens, latency, and the parts of the cost in nano-USD: input, output, cached_input."""
    total = sum(parts.values())
    class_ = "fast" if latency < 500 else "normal" if latency < 2000 else "slow" if latency < 5000 else "timeout_risk"
    result: Json = {
        "gen_ai.usage.input_tokens": input_,
        "gen_ai.usage.output_tokens": output,
        "holysheep.latency.ms": latency,
        "holysheep.latency.class": class_,
    }
    if not parts:
        return result | {"holysheep.cost.status": "unpriced", "holysheep.cost.unpriced_reason": "unknown_model"}
    result |= {f"holysheep.cost.{name}": nano / 1e9 for name, nano in parts.items()}
    return result | {
        "holysheep.cost.status": "priced",
        "holysheep.cost.total": total / 1e9,
        "holysheep.cost.total_nano": total,
    }


def failure(kind: str, message: str, status: int) -> Json:
    """How a call failed."""
    return {
        "event.outcome": "failure",
        "error.type": kind,
        "error.message": message,
        "http.response.status_code": status,
        "holysheep.error.category": "rate_limit_error" if status == 429 else "api_connection_error",
    }


NOT_BILLED: Final = {
    "holysheep.cost.status": "not_billed",
    "holysheep.cost.total": 0.0,
    "holysheep.cost.total_nano": 0,
    "gen_ai.usage.input_tokens": 0,
    "gen_ai.usage.output_tokens": 0,
}

CALLS: Final[list[tuple[str, Json]]] = [
    # The day: 2026-03-10 in Seoul, from 2026-03-09T15:00Z on.
    # 10,000 * 420 + 1,000 * 2,700 = 6,900,000; half past midnight in Seoul, no team
    (
        "2026-03-09T15:30:00.000Z",
        {**DEEPSEEK, **SUCCESS, **usage(10_000, 1000, 800, input=4_200_000, output=2_700_000), "user.id": "u3"},
    ),
    # 1,000 * 8,000 + 500 * 24,000 = 20,000,000
    (
        "2026-03-10T01:00:00.000Z",
        {**GPT, **SUCCESS, **SEARCH, **usage(1000, 500, 400, input=8_000_000, output=12_000_000)},
    ),
    # 1,000 * 8,000 + 1,000 cached * 2,000 + 100 * 24,000 = 12,400,000, after a retry
    (
        "2026-03-10T02:00:00.000Z",
        {
            **GPT, **SUCCESS, **SEARCH,
            **usage(2000, 100, 1600, input=8_000_000, cached_input=2_000_000, output=2_400_000),
            "gen_ai.usage.cache_read.input_tokens": 1000, "holysheep.retry_count": 1,
        },
    ),
    # 3,000 * 15,000 + 1,000 * 75,000 = 120,000,000
    (
        "2026-03-10T03:00:00.000Z",
        {**CLAUDE, **SUCCESS, **RESEARCH, **usage(3000, 1000, 6000, input=45_000_000, output=75_000_000)},
    ),
    # refused at once, not billed
    (
        "2026-03-10T04:00:00.000Z",
        {
            **GPT, **SEARCH, **failure("rate_limit_exceeded", "Rate limit reached", 429), **NOT_BILLED, "user.id": "u2",
            "holysheep.latency.ms": 0, "holysheep.latency.class": "fast",
        },
    ),
    # broken off after 200 tokens, billed: 1,000 * 15,000 + 200 * 75,000 = 30,000,000
    (
        "2026-03-10T05:00:00.000Z",
        {
            **CLAUDE, **RESEARCH, **usage(1000, 200, 30_000, input=15_000_000, output=15_000_000),
            **failure("timeout", "timed out", 504),
        },
    ),
    # no price
    (
        "2026-03-10T06:00:00.000Z",
        {**MYSTERY, **SUCCESS, **usage(100, 10, 300), "labels.team": "search", "user.id": "u3"},
    ),
    # The day before: 1,000 * 8,000 + 1,000 * 24,000 = 32,000,000, at 23:30 in Seoul
    (
        "2026-03-09T14:30:00.000Z",
        {**GPT, **SUCCESS, **SEARCH, **usage(1000, 1000, 500, input=8_000_000, output=24_000_000)},
    ),
    # 2,000 * 15,000 + 200 * 75,000 = 45,000,000
    (
        "2026-03-09T03:00:00.000Z",
        {**CLAUDE, **SUCCESS, **RESEARCH, **usage(2000, 200, 2000, input=30_000_000, output=15_000_000)},
    ),
    # Nine days before: 100,000 * 8,000 + 10,000 * 24,000 = 1,040,000,000
    (
        "2026-03-01T00:00:00.000Z",
        {**GPT, **SUCCESS, **SEARCH, **usage(100_000, 10_000, 1500, input=800_000_000, output=240_000_000)},
    ),
    # Midnight in Seoul, the day after: 4,000 * 2,500 + 1,000 * 10,000 = 20,000,000
    ("2026-03-10T15:00:00.000Z", {**GEMINI, **SUCCESS, **usage(4000, 1000, 700, input=10_000_000, output=10_000_000)}),
]  # fmt: skip


def actions(prefix: str = PREFIX, calls: list[tuple[str, Json]] | None = None) -> list[Json]:
    """Every call as a bulk action, in the index of its UTC day."""
    return [
        {
            "_index": f"{prefix}-api-{time[:10].replace('-', '.')}",
            "_source": {"@timestamp": time, "holysheep.source": "webhook", **document},
        }
        for time, document in (CALLS if calls is None else calls)
    ]
