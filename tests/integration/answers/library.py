"""The answers to all questions, worked out by hand.

They are of `documents.py` (the day 2026-03-10 in Seoul) and of `more.py` (2026-02-02, and 2026-01-20 for what depends
on single minutes and single calls).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from tests.integration.answers.documents import Json

DAY: Final = "2026-03-10"
OTHER_DAY: Final = "2026-02-02"
BUSY_DAY: Final = "2026-01-20"


def _cost_by(column: str, rows: list[tuple[str, int, int, int, float, float]]) -> list[Json]:
    """name, calls, input, output, USD, failed calls."""
    return [
        {column: name, "Calls": calls, "Input": input_, "Output": output, "USD": usd, "Error rate": failed / calls}
        for name, calls, input_, output, usd, failed in rows
    ]


def _rows(heads: str, *rows: tuple[Any, ...]) -> list[Json]:
    return [dict(zip(heads.split(", "), row, strict=True)) for row in rows]


#: (query, day) → its rows.
ANSWERS: Final[dict[tuple[str, str], list[Json]]] = {
    ("daily-by-model", DAY): _rows(
        "Day, Model, Calls, Tokens, USD, Mean latency",
        # Of successful calls: not the timeout after 30,000 ms, and not the refusal after 0 ms; (400 + 1,600) / 2
        ("2026-03-10", "claude-sonnet-4.5", 2, 5200, 0.15, 6000),
        ("2026-03-10", "gpt-4.1", 3, 3600, 0.0324, 1000),
        ("2026-03-10", "deepseek-v3.2", 1, 11_000, 0.0069, 800),
        ("2026-03-10", "mystery", 1, 110, 0, 300),
    ),
    ("daily-cost", DAY): _rows("Day, Calls, USD, Error rate", ("2026-03-10", 7, 0.1893, 2 / 7)),
    ("latency-percentiles", DAY): _rows(
        "Model, Calls, p50, p90, p95, p99, Slowest",
        # between 400 and 1,600: 400 + 0.9 * 1,200, …
        ("gpt-4.1", 2, 1000, 1480, 1540, 1588, 1600),
        ("claude-sonnet-4.5", 1, 6000, 6000, 6000, 6000, 6000),
        ("deepseek-v3.2", 1, 800, 800, 800, 800, 800),
        ("mystery", 1, 300, 300, 300, 300, 300),
    ),
    # 400 and 300; 1,600 and 800; 6,000. Failed, and in no class: the refusal after 0 ms, the timeout after 30,000
    ("latency-ranges", DAY): _rows(
        "Class, Calls, Mean latency",
        ("fast", 2, 350),
        ("normal", 2, 1200),
        ("timeout_risk", 1, 6000),
    ),
    ("outcomes-by-model", DAY): _rows(
        "Model, Calls, Succeeded, Failed, Error rate",
        ("gpt-4.1", 3, 2, 1, 1 / 3),
        ("claude-sonnet-4.5", 2, 1, 1, 1 / 2),
        ("deepseek-v3.2", 1, 1, 0, 0),
        ("mystery", 1, 1, 0, 0),
    ),
    ("cost-per-1k-tokens", DAY): _rows(
        "Model, Tokens, USD, USD per 1k",
        ("claude-sonnet-4.5", 5200, 0.15, 0.15 / 5.2),
        ("gpt-4.1", 3600, 0.0324, 0.009),
        ("deepseek-v3.2", 11_000, 0.0069, 0.0069 / 11),
    ),
    ("imbalance", DAY): _rows(
        "Model, Input, Output, Input per output, USD",
        ("claude-sonnet-4.5", 4000, 1200, 4000 / 1200, 0.15),
        ("gpt-4.1", 3000, 600, 5, 0.0324),
        ("deepseek-v3.2", 10_000, 1000, 10, 0.0069),
        ("mystery", 100, 10, 10, 0),
    ),
    # 4,000 * 0.42 + 1,200 * 2.7 = 4,920; 3,000 * 0.42 + 600 * 2.7 = 2,880; DeepSeek's own calls are left out
    ("savings", DAY): _rows(
        "Model, USD, As deepseek-v3.2, Saved",
        ("claude-sonnet-4.5", 0.15, 0.00492, 0.14508),
        ("gpt-4.1", 0.0324, 0.00288, 0.02952),
    ),
    ("cost-by-team", DAY): _cost_by(
        "Team",
        [
            ("research", 2, 4000, 1200, 0.15, 1), ("search", 4, 3100, 610, 0.0324, 1),
            ("(none)", 1, 10_000, 1000, 0.0069, 0),
        ],
    ),
    ("cost-by-user", DAY): _cost_by(
        "User", [("u2", 3, 4000, 1200, 0.15, 2), ("u1", 2, 3000, 600, 0.0324, 0), ("u3", 2, 10_100, 1010, 0.0069, 0)]
    ),
    ("cost-by-service", DAY): _cost_by(
        "Service",
        [("lab", 2, 4000, 1200, 0.15, 1), ("shop", 3, 3000, 600, 0.0324, 1), ("(none)", 2, 10_100, 1010, 0.0069, 0)],
    ),
    ("cost-by-family", DAY): _cost_by(
        "Family",
        [
            ("Anthropic", 2, 4000, 1200, 0.15, 1), ("OpenAI", 3, 3000, 600, 0.0324, 1),
            ("DeepSeek", 1, 10_000, 1000, 0.0069, 0), ("Other", 1, 100, 10, 0, 0),
        ],
    ),
    ("cost-by-agent", DAY): _cost_by(
        "Agent", [("kyc", 2, 4000, 1200, 0.15, 1), ("(none)", 5, 13_100, 1610, 0.0393, 1)]
    ),
    ("cost-by-session", DAY): _cost_by(
        "Session", [("(none)", 4, 14_100, 2210, 0.1569, 1), ("s1", 3, 3000, 600, 0.0324, 1)]
    ),
    ("cost-by-source", DAY): _cost_by("Source", [("webhook", 7, 17_100, 2810, 0.1893, 2)]),
    # Hours of Seoul: 15:30 UTC is 00:30.
    ("cost-by-hour", DAY): _rows(
        "Hour, Calls, USD",
        ("2026-03-10 00:00", 1, 0.0069),
        ("2026-03-10 10:00", 1, 0.02),
        ("2026-03-10 11:00", 1, 0.0124),
        ("2026-03-10 12:00", 1, 0.12),
        ("2026-03-10 13:00", 1, 0),
        ("2026-03-10 14:00", 1, 0.03),
        ("2026-03-10 15:00", 1, 0),
    ),
    ("models-by-team", DAY): _rows(
        "Team, Model, Calls, USD",
        ("research", "claude-sonnet-4.5", 2, 0.15),
        ("search", "gpt-4.1", 3, 0.0324),
        ("search", "mystery", 1, 0),
        ("(none)", "deepseek-v3.2", 1, 0.0069),
    ),
    ("errors-by-type", DAY): _rows(
        "Type, Model, Calls, USD",
        ("rate_limit_exceeded", "gpt-4.1", 1, 0),
        ("timeout", "claude-sonnet-4.5", 1, 0.03),
    ),
    ("rate-limits", DAY): _rows("User, Model, Calls", ("u2", "gpt-4.1", 1)),
    ("authentication-failures", OTHER_DAY): _rows("Service, Calls, Last", ("shop", 1, "2026-02-02 03:00:00")),
    ("unpriced-models", DAY): _rows("Reason, Model, Calls, Tokens", ("unknown_model", "mystery", 1, 110)),
    ("failed-but-billed", DAY): _rows("Model, Type, Calls, USD", ("claude-sonnet-4.5", "timeout", 1, 0.03)),
    ("retries", DAY): _rows("Model, Calls, Retries, Failed, USD", ("gpt-4.1", 1, 1, 0, 0.0124)),
    ("cache-hit-rate", OTHER_DAY): _rows(
        "Model, Input, Read, Written, From the cache",
        ("claude-sonnet-4.5", 2000, 0, 0, 0),
        ("gpt-4.1", 1100, 0, 40, 0),
    ),
    ("cache-hit-rate", DAY): _rows(
        "Model, Input, Read, Written, From the cache",
        ("deepseek-v3.2", 10_000, 0, 0, 0),
        ("claude-sonnet-4.5", 4000, 0, 0, 0),
        ("gpt-4.1", 3000, 1000, 0, 1 / 3),
        ("mystery", 100, 0, 0, 0),
    ),
    ("reasoning-share", OTHER_DAY): _rows(
        "Model, Output, Reasoning, Share", ("claude-sonnet-4.5", 1000, 0, 0), ("gpt-4.1", 550, 200, 200 / 550)
    ),
    ("first-chunk", OTHER_DAY): _rows(
        "Model, Calls, p50, p95", ("claude-sonnet-4.5", 1, 480, 480), ("gpt-4.1", 1, 120, 120)
    ),
    ("finish-reasons", OTHER_DAY): _rows(
        "Reason, Calls, Output", ("stop", 2, 550), ("(none)", 1, 0), ("length", 1, 1000)
    ),
    ("reported-cost", OTHER_DAY): _rows("Model, Calls, USD, Log minus card", ("gpt-4.1", 1, 0.01, 0.001)),
    ("service-tiers", OTHER_DAY): _rows(
        "Tier, Calls, Tokens, USD", ("(none)", 3, 3150, 0.107), ("batch", 1, 1500, 0.01)
    ),
    ("rejected-lines", OTHER_DAY): _rows(
        "Source, Reason, Lines", ("agent", "not_json", 2), ("webhook", "invalid_json", 1)
    ),
    ("dearest-calls", OTHER_DAY): _rows(
        "Time, Model, User, Input, Output, USD",
        ("2026-02-02 02:00:00", "claude-sonnet-4.5", "u2", 2000, 1000, 0.105),
        ("2026-02-02 01:00:00", "gpt-4.1", "u1", 1000, 500, 0.01),
        ("2026-02-02 04:00:00", "gpt-4.1", "u1", 100, 50, 0.002),
    ),
    ("slowest-calls", DAY): _rows(
        "Time, Model, Outcome, Latency, Output",
        ("2026-03-10 05:00:00", "claude-sonnet-4.5", "failure", 30_000, 200),
        ("2026-03-10 03:00:00", "claude-sonnet-4.5", "success", 6000, 1000),
        ("2026-03-10 02:00:00", "gpt-4.1", "success", 1600, 100),
        ("2026-03-09 15:30:00", "deepseek-v3.2", "success", 800, 1000),
        ("2026-03-10 01:00:00", "gpt-4.1", "success", 400, 500),
        ("2026-03-10 06:00:00", "mystery", "success", 300, 10),
        ("2026-03-10 04:00:00", "gpt-4.1", "failure", 0, 0),
    ),
    ("slowest-calls", OTHER_DAY): _rows(
        "Time, Model, Outcome, Latency, Output",
        ("2026-02-02 02:00:00", "claude-sonnet-4.5", "success", 900, 1000),
        ("2026-02-02 01:00:00", "gpt-4.1", "success", 700, 500),
        ("2026-02-02 04:00:00", "gpt-4.1", "success", 300, 50),
    ),
    # Of the fourth minute's calls one is at the limit; the refused ones cost nothing
    ("imbalanced-calls", BUSY_DAY): _rows(
        "Time, Session, Model, Input, Output, USD",
        ("2026-01-20 01:04:00", None, "claude-sonnet-4.5", 2000, 10, 0.03075),
        ("2026-01-20 01:04:00", None, "claude-sonnet-4.5", 2000, 10, 0.03075),
        ("2026-01-20 01:04:30", None, "claude-sonnet-4.5", 2000, 10, 0.03075),
        ("2026-01-20 01:03:00", "s1", "gpt-4.1", 1001, 100, 0.010408),
    ),
    # 3 calls of 15 tokens and 2 refused; 4 calls; 2 and 1 refused. GPT-4.1's fourth minute, of 2, is left out. Its
    # limits are 10 requests and 5,000 tokens; Claude has none
    ("busiest-minutes", BUSY_DAY): _rows(
        "Model, Minute, Calls, Tokens, Refused, Of RPM",
        ("gpt-4.1", "2026-01-20 10:00", 5, 45, 2, 0.5),
        ("gpt-4.1", "2026-01-20 10:01", 4, 60, 0, 0.4),
        ("gpt-4.1", "2026-01-20 10:02", 3, 30, 1, 0.3),
        ("claude-sonnet-4.5", "2026-01-20 10:04", 3, 6030, 0, None),
        ("claude-sonnet-4.5", "2026-01-20 10:05", 1, 500, 0, None),
    ),
    # 2,201, 60 and 45 tokens; the minute with 30 is left out
    ("largest-minutes", BUSY_DAY): _rows(
        "Model, Minute, Calls, Tokens, Refused, Of TPM",
        ("claude-sonnet-4.5", "2026-01-20 10:04", 3, 6030, 0, None),
        ("claude-sonnet-4.5", "2026-01-20 10:05", 1, 500, 0, None),
        ("gpt-4.1", "2026-01-20 10:03", 2, 2201, 0, 0.4402),
        ("gpt-4.1", "2026-01-20 10:01", 4, 60, 0, 0.012),
        ("gpt-4.1", "2026-01-20 10:00", 5, 45, 2, 0.009),
    ),
    # Of 40 and 90: the middle is 65, and 40 + 0.95 * 50
    ("context-windows", OTHER_DAY): _rows(
        "Model, Calls, p50, p95, Fullest, From 80 % on",
        ("gpt-4.1", 2, 0.65, 0.875, 0.9, 1),
        ("claude-sonnet-4.5", 1, 0.12, 0.12, 0.12, 0),
    ),
    ("fullest-contexts", OTHER_DAY): _rows(
        "Time, Model, Agent, User, Session, Percent, Input, Output",
        ("2026-02-02 01:00:00", "gpt-4.1", None, "u1", "s1", 90, 1000, 500),
        ("2026-02-02 04:00:00", "gpt-4.1", None, "u1", "s1", 40, 100, 50),
        ("2026-02-02 02:00:00", "claude-sonnet-4.5", "kyc", "u2", None, 12, 2000, 1000),
    ),
    ("recent-errors", DAY): _rows(
        "Time, Model, Type, Status, Message",
        ("2026-03-10 05:00:00", "claude-sonnet-4.5", "timeout", 504, "timed out"),
        ("2026-03-10 04:00:00", "gpt-4.1", "rate_limit_exceeded", 429, "Rate limit reached"),
    ),
    ("over-budget-calls", OTHER_DAY): _rows(
        "Time, Model, Team, User, USD", ("2026-02-02 02:00:00", "claude-sonnet-4.5", "research", "u2", 0.105)
    ),
}  # fmt: skip
