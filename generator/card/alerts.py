"""`alerts:` of pricing.yaml: from which figures on somebody is told. Every key may be left out."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated

from pydantic import Field

from generator.card.price import Part
from generator.card.scalars import (  # noqa: TC001 - pydantic reads the annotations at run time
    Count,
    Factor,
    Milliseconds,
    Minutes,
    Percent,
    Seconds,
    Usd,
    WholePercent,
)


class Alerts(Part):
    """Thresholds of the alert rules in generator/registry/alerts/. Spending limits are in `budgets`."""

    budget_percent: Annotated[tuple[WholePercent, ...], Field(min_length=1)] = (80, 100)
    """Shares of a day's or month's budget: each is told once a budget and period. Left out: 80 and 100."""
    cost_factor: Factor = Decimal(3)
    """Spending in an hour, as a multiple of the same hour yesterday. Left out: 3."""
    cost_factor_usd: Usd = Decimal(1)
    """USD an hour below which such a multiple is not told. Left out: 1."""
    error_percent: Percent = Decimal(5)
    """Failed calls of a model, in percent. Left out: 5."""
    min_calls: Count = 20
    """Calls below which neither a share of failures nor a latency is told. Left out: 20."""
    latency_p95_ms: Milliseconds = 5000
    """95th percentile of a model's latency, successful calls only. Left out: 5000."""
    latency_factor: Factor = Decimal(3)
    """The same percentile, as a multiple of the hour before. Left out: 3."""
    unpriced_calls: Count = 1
    """Calls without a price in an hour. Left out: 1."""
    authentication_failures: Count = 5
    """Calls that were refused for their key, in 15 minutes. Left out: 5."""
    rate_limited_calls: Count = 20
    """Calls of a model that were refused for their rate, in 15 minutes. Left out: 20."""
    rate_limit_percent: WholePercent = 80
    """Share of a model's `rate_limits` that its calls or tokens of a minute reach, in percent. Left out: 80."""
    context_percent: WholePercent = 80
    """95th percentile of how much of a model's `context_window` its calls fill, in percent. Left out: 80."""
    silence_minutes: Minutes = 60
    """How long a source of log lines may send nothing. Left out: 60."""
    canary_minutes: Minutes = 5
    """How long canaries may stay away. Left out: 5."""
    rejected_lines: Count = 1
    """Lines that could not be understood, in 15 minutes. Left out: 1."""
    dead_letters: Count = 1
    """Documents that Elasticsearch refused, in 15 minutes. Left out: 1."""
    ingest_lag_seconds: Seconds = 300
    """Mean time from a call until its line was first seen. Left out: 300."""
    cost_drift_percent: Percent = Decimal(1)
    """Difference between reported and computed cost of a model in 24 hours, in percent. Left out: 1."""
