"""Metrics for Prometheus, by the official `prometheus_client` (extra `prometheus`).

    holysheep.get_logger().observers.append(holysheep.prometheus.Metrics())

The label `model` is an id of the price card or `other`: what callers send never becomes a label.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from prometheus_client import CollectorRegistry

    from holysheep.line import Line
    from holysheep.price import Outcome

#: Seconds; the second document's.
BUCKETS: Final = (0.5, 1.0, 2.0, 5.0)
#: Line's key → label `type` of holysheep_tokens_total. Cached ones are part of the input, reasoning of the output.
TOKENS: Final = {
    "request_tokens": "input", "response_tokens": "output", "cached_tokens": "cached_input",
    "cache_write_tokens": "cache_write", "reasoning_tokens": "reasoning",
}  # fmt: skip


class Metrics:
    """An observer of a logger."""

    def __init__(self, registry: CollectorRegistry | None = None) -> None:
        """`registry`: the default one when None. Raises ImportError: `pip install 'holysheep[prometheus]'`."""
        from prometheus_client import REGISTRY, Counter, Histogram  # noqa: PLC0415  # an extra

        into = registry or REGISTRY
        self._requests = Counter("holysheep_request", "Model calls.", ("model", "status"), registry=into)
        self._tokens = Counter("holysheep_tokens", "Tokens by type.", ("type", "model"), registry=into)
        self._latency = Histogram(
            "holysheep_latency_seconds", "Duration of a call.", ("model",), buckets=BUCKETS, registry=into
        )
        self._cost = Counter("holysheep_cost", "Cost of priced calls.", ("currency", "model"), registry=into)
        self._unpriced = Counter("holysheep_unpriced", "Calls without a price.", ("reason",), registry=into)

    def __call__(self, line: Line, outcome: Outcome | None) -> None:
        """Count one call; an agent's step is none."""
        if outcome is None:
            return
        model = outcome.match.model["id"] if outcome.match is not None else "other"
        failed = line.get("error_message") is not None or line["status"] != "success"
        self._requests.labels(model, "error" if failed else "success").inc()
        for key, kind in TOKENS.items():
            if line.get(key):
                self._tokens.labels(kind, model).inc(line[key])
        if line.get("response_time_ms") is not None:
            self._latency.labels(model).observe(line["response_time_ms"] / 1000)
        if outcome.cost is not None:
            self._cost.labels("usd", model).inc(outcome.cost.total / 1e9)
        elif outcome.reason is not None:
            self._unpriced.labels(outcome.reason).inc()
