"""Two sets of documents, each added up by hand: one fires every rule, one stays just below every threshold.

Now is 2026-03-15 12:00 UTC, 21:00 in Seoul. There the day began on 03-14 at 15:00 UTC and the month on 02-28 at 15:00.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any, Final

from runner.prices import drift
from runner.prices.compare import Row

NOW: Final = datetime(2026, 3, 15, 12, tzinfo=UTC)
NANO: Final = 1_000_000_000
OTHER_PRICE: Final = Row("gpt-4.1", "differs", None, (("input", "8.00", "2.00"),))
Document = dict[str, Any]


class Documents:
    """Bulk actions of one index prefix."""

    def __init__(self, prefix: str) -> None:
        self.prefix = prefix
        self.actions: list[Document] = []

    def add(self, kind: str, when: datetime, times: int = 1, **fields: object) -> None:
        """A document, `times` times; `_` in a field's name stands for a dot, `__` for itself."""
        names = {name.replace("__", "\0").replace("_", ".").replace("\0", "_"): value for name, value in fields.items()}
        index = f"{self.prefix}-{kind}-{when:%Y.%m.%d}"
        source = {"@timestamp": when.isoformat(timespec="milliseconds").replace("+00:00", "Z"), **names}
        source.setdefault("holysheep.source", "webhook")
        self.actions += [{"_index": index, "_source": source}] * times

    def calls(self, model: str, ago: timedelta, times: int = 1, **fields: object) -> None:
        """Calls of a model, some time ago."""
        outcome = {"event_outcome": "success", **fields}
        self.add("api", NOW - ago, times, gen__ai_request_model=model, **outcome)

    def spend(self, usd: float, when: datetime, **fields: object) -> None:
        """A call with a cost."""
        cost = {"holysheep_cost_status": "priced", "holysheep_cost_total__nano": round(usd * NANO)}
        self.add("api", when, event_outcome="success", holysheep_cost_total=usd, **cost, **fields)


def minutes(number: float) -> timedelta:
    """So many minutes."""
    return timedelta(minutes=number)


def must(prefix: str) -> list[Document]:
    """Documents by which each rule fires."""
    made = Documents(prefix)
    _calls_that_must(made)
    _spending_that_must(made)
    made.add("system", NOW - timedelta(hours=3), 100, holysheep_source="client")
    made.add("canary", NOW - minutes(10), holysheep_canary_path="file")
    # Lines of last month that are fed again now.
    now = (NOW - minutes(3)).isoformat()
    old = NOW - timedelta(days=40)
    made.add("rejected", old, 2, holysheep_rejected_reason="invalid_json", event_created=now)
    made.add("deadletter", old, holysheep_deadletter_index=f"{prefix}-api-2026.03.15", event_created=now)
    made.actions += drift.documents([OTHER_PRICE], "genai-prices", prefix, NOW - minutes(3))
    seen = (NOW - minutes(1)).isoformat()
    made.add("system", NOW - minutes(1) - timedelta(seconds=400), 3, holysheep_source="container", event_created=seen)
    return made.actions


def _calls_that_must(made: Documents) -> None:
    made.calls("m-err", minutes(2), 18)
    made.calls("m-err", minutes(3), 2, event_outcome="failure")  # 2 of 20: 10 %
    made.calls("m-slow", minutes(2), 20, holysheep_latency_ms=6000)
    made.calls("m-jump", minutes(30), 20, holysheep_latency_ms=100)
    made.calls("m-jump", minutes(2), 20, holysheep_latency_ms=400)  # 4 times
    made.calls("m-auth", minutes(10), 5, event_outcome="failure", error_type="authentication_failure")
    made.calls("m-limit", minutes(10), 20, event_outcome="failure", error_type="rate_limit_exceeded")
    made.calls("m-full", minutes(50), 20, holysheep_context__percent=90)
    _rates_that_must(made)
    unpriced = {"holysheep_cost_status": "unpriced"}
    made.calls("m-new", minutes(20), 7, holysheep_cost_unpriced__reason="unknown_model", **unpriced)
    made.calls("m-err", minutes(20), 2, holysheep_cost_unpriced__reason="no_usage", **unpriced)


def _rates_that_must(made: Documents) -> None:
    """Of a minute's 50 requests and 100,000 tokens: 40 and 90,000, in the minutes of 11:56 and 11:57."""
    made.calls("some-name", minutes(4), 30, holysheep_price_model="m-rate")
    # Refused calls count, and those of another name of the same model.
    made.calls("alias", minutes(3.1), 10, event_outcome="failure", holysheep_price_model="m-rate")
    tokens = {"gen__ai_usage_input__tokens": 70_000, "gen__ai_usage_output__tokens": 12_000}
    made.calls("some-name", minutes(3), holysheep_price_model="m-rate", **tokens)
    made.calls("some-name", minutes(2.5), holysheep_price_model="m-rate", holysheep_usage_total__tokens=8_000)


def _spending_that_must(made: Documents) -> None:
    """Today in Seoul: 25 + 16 + 4 + 0.75 + 40 + 1 = 86.75. This month: 86.75 + 1 + 350 + 1200 = 1637.75.

    Of the last 7 days 437.75, which is 62.5357 a day; 16.125 days are left: 1637.75 + 1008.39 = 2646.14.
    The last hour's 45.75 are 17.02 times the even 2000 / 744 h, the last five minutes' 4 are 17.9 times.
    """
    made.spend(25, NOW - minutes(30), labels_team="search")
    made.spend(16, NOW - minutes(20), labels_team="ops")
    made.spend(4, NOW - minutes(2), labels_team="ops")
    big = {"gen__ai_request_model": "m-big", "holysheep_cost_over__budget": True, "trace_id": "trace-1"}
    made.spend(0.75, NOW - minutes(10), **big, user_id="u1", gen__ai_usage_input__tokens=90_000)
    made.spend(40, datetime(2026, 3, 14, 15, tzinfo=UTC))  # midnight in Seoul, to the millisecond
    drift = {"holysheep_price_model": "m-drift", "holysheep_cost_difference": 0.02}
    made.spend(1, NOW - timedelta(hours=12), **drift)
    made.spend(1, NOW - timedelta(hours=24, minutes=30), labels_team="search")
    made.spend(350, datetime(2026, 3, 10, 3, tzinfo=UTC), labels_team="lab")
    made.spend(1200, datetime(2026, 2, 28, 15, tzinfo=UTC))  # the month's first moment in Seoul


#: Rule, who and figure of each alert that `must` asks for.
ALERTS: Final = {
    ("authentication", "m-auth", "5"),
    ("budget-burn", "all calls", "USD 45.75"),
    ("budget-day-part", "all calls", "USD 86.75"),
    ("budget-day", "team search", "USD 25.00"),
    ("budget-forecast", "all calls", "USD 2,646.14"),
    ("budget-month-part", "all calls", "USD 1,637.75"),
    ("budget-month", "team lab", "USD 350.00"),
    ("canary-missing", "file", "1"),
    ("context-window", "m-full", "90 %"),
    ("cost-drift", "m-drift", "+2.0 %"),
    ("cost-request", "m-big", "USD 0.7500"),
    ("cost-spike", "all calls", "USD 45.75"),
    ("cost-spike", "team search", "USD 25.00"),
    ("dead-letters", "alarm-api-2026.03.15", "1"),
    ("error-rate", "m-err", "10.0 %"),
    ("ingest-lag", "container", "7 minutes"),
    ("latency-p95", "m-slow", "6,000 ms"),
    ("latency-spike", "m-jump", "400 ms"),
    ("near-rate-limit", "m-rate", "40 requests"),
    ("near-rate-limit", "m-rate", "90,000 tokens"),
    (
        "price-drift",
        "genai-prices gpt-4.1: input 2.00",
        "gpt-4.1: our card has input 8.00 instead of 2.00 USD per million tokens (genai-prices)",
    ),
    ("rate-limit", "m-limit", "20"),
    ("rejected-lines", "invalid_json", "2"),
    ("source-silent", "client", "100"),
    ("unknown-model", "m-new", "7"),
    ("unpriced-calls", "no_usage", "2"),
}


def must_not(prefix: str) -> list[Document]:
    """Documents just below every threshold, or just outside of every window."""
    made = Documents(prefix)
    _calls_that_must_not(made)
    _spending_that_must_not(made)
    made.add("system", NOW - timedelta(hours=3), 99, holysheep_source="client")
    made.add("canary", NOW - minutes(10), holysheep_canary_path="file")
    made.add("canary", NOW - minutes(4), holysheep_canary_path="file")
    before = (NOW - minutes(16)).isoformat()
    made.add("rejected", NOW - minutes(16), 2, holysheep_rejected_reason="invalid_json", event_created=before)
    made.add(
        "deadletter", NOW - minutes(16), holysheep_deadletter_index=f"{prefix}-api-2026.03.15", event_created=before
    )
    same = Row("gpt-4.1", "same")
    made.actions += drift.documents([same], "genai-prices", prefix, NOW - minutes(3))
    made.actions += drift.documents([OTHER_PRICE], "genai-prices", prefix, NOW - minutes(16))
    seen = (NOW - minutes(1)).isoformat()
    made.add("system", NOW - minutes(1) - timedelta(seconds=300), 3, holysheep_source="container", event_created=seen)
    # A replay of the day before yesterday.
    made.add("system", NOW - timedelta(days=2), 3, holysheep_source="container", event_created=seen)
    return made.actions


def _calls_that_must_not(made: Documents) -> None:
    made.calls("m-err", minutes(2), 19)
    made.calls("m-err", minutes(3), 1, event_outcome="failure")  # 5 % is not above 5 %
    made.calls("m-few", minutes(3), 19, event_outcome="failure")  # one call too few
    made.calls("m-slow", minutes(2), 20, holysheep_latency_ms=5000)
    made.calls("m-slow", minutes(2), 1, holysheep_latency_ms=60_000, event_outcome="failure")  # 1 of 21, and no success
    made.calls("m-jump", minutes(30), 20, holysheep_latency_ms=100)
    made.calls("m-jump", minutes(2), 20, holysheep_latency_ms=300)  # 3 times is not above 3 times
    made.calls("m-auth", minutes(10), 4, event_outcome="failure", error_type="authentication_failure")
    made.calls("m-limit", minutes(10), 19, event_outcome="failure", error_type="rate_limit_exceeded")
    made.calls("m-full", minutes(50), 20, holysheep_context__percent=80)  # 80 % is not above 80 %
    made.calls("m-full", minutes(61), 20, holysheep_context__percent=99)
    made.calls("m-few", minutes(50), 19, holysheep_context__percent=99)
    _rates_that_must_not(made)
    unpriced = {"holysheep_cost_status": "unpriced"}
    made.calls("m-new", minutes(61), 7, holysheep_cost_unpriced__reason="unknown_model", **unpriced)
    made.calls("m-err", minutes(61), 2, holysheep_cost_unpriced__reason="no_usage", **unpriced)
    made.calls("m-err", minutes(61), 2, holysheep_cost_status="not_billed", event_outcome="failure")


def _rates_that_must_not(made: Documents) -> None:
    """39 requests and 79,999 tokens in a minute, as many in the next, and more than ten minutes ago too many."""
    tokens = {"gen__ai_usage_input__tokens": 70_000, "gen__ai_usage_output__tokens": 9_999}
    for ago in (4, 3):
        made.calls("some-name", minutes(ago), 38, holysheep_price_model="m-rate")
        made.calls("some-name", minutes(ago), holysheep_price_model="m-rate", **tokens)
    made.calls("some-name", minutes(11), 50, holysheep_price_model="m-rate", gen__ai_usage_input__tokens=50_000)
    made.calls("m-rate", minutes(2), 50, holysheep_price_model="without limits")


def _spending_that_must_not(made: Documents) -> None:
    """Today in Seoul 45 + 33.98 + 1 + 0.01 = 79.99 of 100; the month 79.99 + 90 + 15 + 1380 = 1564.99, 78 % of 2000.

    At the pace of the last 7 days, 184.99, the month ends at 1564.99 + 426.14 = 1991.13.
    """
    # As much as burns the budget in an hour, but over since ten minutes; three times yesterday's hour, not more.
    made.spend(45, NOW - minutes(10), labels_team="ops")
    made.spend(15, NOW - timedelta(hours=24, minutes=30), labels_team="ops")
    made.spend(33.98, datetime(2026, 3, 14, 15, tzinfo=UTC))
    # A millisecond before midnight in Seoul, and before the month's first.
    made.spend(90, datetime(2026, 3, 14, 14, 59, 59, 999_000, tzinfo=UTC))
    made.spend(900, datetime(2026, 2, 28, 14, 59, 59, 999_000, tzinfo=UTC))
    made.spend(1380, datetime(2026, 3, 5, tzinfo=UTC))
    one_percent = {"holysheep_price_model": "m-drift", "holysheep_cost_difference": 0.01}
    made.spend(1, NOW - timedelta(hours=12), **one_percent)
    little = {"holysheep_price_model": "m-rounding", "holysheep_cost_difference": 0.009}
    made.spend(0.01, NOW - timedelta(hours=12), **little)
