"""More hand-made calls, for the questions that the first eleven say nothing to. Their answers are in `library.py`."""

from __future__ import annotations

from typing import Final

from tests.integration.answers.documents import (
    CLAUDE,
    GPT,
    NOT_BILLED,
    PREFIX,
    RESEARCH,
    SEARCH,
    SUCCESS,
    Json,
    actions,
    failure,
    usage,
)  # fmt: skip

MORE: Final[list[tuple[str, Json]]] = [
    # A batch at half the price: (1,000 * 8,000 + 500 * 24,000) / 2 = 10,000,000; the log says 11,000,000.
    (
        "2026-02-02T01:00:00.000Z",
        {
            **GPT, **SUCCESS, **SEARCH, **usage(1000, 500, 700, input=4_000_000, output=6_000_000),
            "gen_ai.usage.reasoning.output_tokens": 200, "holysheep.latency.first_chunk_ms": 120,
            "gen_ai.response.finish_reasons": ["stop"], "holysheep.service_tier": "batch",
            "holysheep.cost.reported": 0.011, "holysheep.cost.difference": 0.001, "holysheep.context_percent": 90,
        },
    ),
    # 2,000 * 15,000 + 1,000 * 75,000 = 105,000,000
    (
        "2026-02-02T02:00:00.000Z",
        {
            **CLAUDE, **SUCCESS, **RESEARCH, **usage(2000, 1000, 900, input=30_000_000, output=75_000_000),
            "holysheep.latency.first_chunk_ms": 480, "gen_ai.response.finish_reasons": ["length"],
            "holysheep.cost.over_budget": True, "holysheep.context_percent": 12,
        },
    ),
    (
        "2026-02-02T03:00:00.000Z",
        {**GPT, **SEARCH, **failure("authentication_failure", "Incorrect API key", 401), **NOT_BILLED},
    ),
    # 100 * 8,000 + 50 * 24,000 = 2,000,000
    (
        "2026-02-02T04:00:00.000Z",
        {
            **GPT, **SUCCESS, **SEARCH, **usage(100, 50, 300, input=800_000, output=1_200_000),
            "gen_ai.usage.cache_creation.input_tokens": 40, "gen_ai.response.finish_reasons": ["stop"],
            "holysheep.context_percent": 40,
        },
    ),
]  # fmt: skip


def _at(minute: int, seconds: int, call: Json) -> tuple[str, Json]:
    return f"2026-01-20T01:{minute:02d}:{seconds:02d}.000Z", call


#: A call of GPT-4.1 costs 8,000 nano-USD a token in and 24,000 out. Four busy minutes, two of them with refusals.
_SMALL: Final[Json] = {**GPT, **SUCCESS, **SEARCH, **usage(10, 5, 300, input=80_000, output=120_000)}
_REFUSED: Final[Json] = {**GPT, **SEARCH, **failure("rate_limit_exceeded", "Rate limit reached", 429), **NOT_BILLED}
BUSY: Final[list[tuple[str, Json]]] = [
    *(_at(0, second, _SMALL) for second in (1, 2, 3)),
    *(_at(0, second, _REFUSED) for second in (4, 59)),
    *(_at(1, second, _SMALL) for second in (0, 1, 2, 3)),
    *(_at(2, second, _SMALL) for second in (0, 1)),
    _at(2, 2, _REFUSED),
    # 1,001 to 100 is above 10, 1,000 to 100 is not: 1,001 * 8,000 + 2,400,000; 8,000,000 + 2,400,000
    _at(3, 0, {**GPT, **SUCCESS, **SEARCH, **usage(1001, 100, 300, input=8_008_000, output=2_400_000)}),
    _at(3, 1, {**GPT, **SUCCESS, **SEARCH, **usage(1000, 100, 300, input=8_000_000, output=2_400_000)}),
    # The same twice: 2,000 * 15,000 + 10 * 75,000
    *(
        _at(4, second, {**CLAUDE, **SUCCESS, **RESEARCH, **usage(2000, 10, 900, input=30_000_000, output=750_000)})
        for second in (0, 0, 30)
    ),
    # No answer to compare with: 500 * 15,000
    _at(5, 0, {**CLAUDE, **SUCCESS, **RESEARCH, **usage(500, 0, 900, input=7_500_000, output=0)}),
]

REJECTED: Final = [("agent", "not_json"), ("agent", "not_json"), ("webhook", "invalid_json")]


def documents() -> list[Json]:
    """All calls and rejected lines as bulk actions."""
    rejected = [
        {
            "_index": f"{PREFIX}-rejected-2026.02.02",
            "_source": {
                "@timestamp": "2026-02-02T05:00:00.000Z",
                "holysheep.source": source,
                "holysheep.rejected.reason": reason,
            },
        }
        for source, reason in REJECTED
    ]
    return [*actions(), *actions(calls=MORE), *actions(calls=BUSY), *rejected]
