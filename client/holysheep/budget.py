"""A budget of this process: callbacks when a call, a day or a month costs too much.

    budget = Budget(request_usd=0.50, day_usd=100, month_usd=2000, callbacks=[slack(URL)])
    holysheep.get_logger().observers.append(budget)

It sees the calls of one process, and forgets them when that ends; the bundle's alerts see all calls.
"""

from __future__ import annotations

import json
import logging
import threading
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Final, Literal

from holysheep.post import Server

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from holysheep.line import Line
    from holysheep.price import Outcome

_log: Final = logging.getLogger("holysheep")
Level = Literal["warning", "critical"]
Period = Literal["request", "day", "month"]
NANO: Final = 1_000_000_000
#: Days and months that are remembered; late calls belong to the day when they were made.
KEPT: Final = 64


@dataclass(frozen=True)
class Alert:
    """What was spent, and which limit it met."""

    level: Level
    period: Period
    spent_usd: float
    limit_usd: float
    when: str  #: the day, the month, or the call's time
    model: str | None
    log_id: str
    trace_id: str | None


class BudgetExceededError(RuntimeError):
    """Raised by `Budget.check`."""


class Budget:
    """Adds up nano-USD by day and month (UTC), by the calls' own times."""

    def __init__(
        self,
        *,
        request_usd: float | None = None,
        day_usd: float | None = None,
        month_usd: float | None = None,
        warning: float = 0.8,
        callbacks: Sequence[Callable[[Alert], Any]] = (),
    ) -> None:
        """`warning`: the part of a limit at which the first alert comes; at the whole limit it is critical."""
        self._limits = {"request": _nano(request_usd), "day": _nano(day_usd), "month": _nano(month_usd)}
        self._warning = warning
        self._callbacks = list(callbacks)
        self._spent: dict[str, int] = {}
        self._told: dict[tuple[str, str], None] = {}
        self._latest = ""

    def __call__(self, line: Line, outcome: Outcome | None) -> None:
        """An observer of the logger."""
        if outcome is None or outcome.cost is None or not outcome.cost.total:
            return
        cost, time = outcome.cost.total, line["timestamp"]
        self._latest = max(self._latest, time)
        self._judge("request", line["log_id"], cost, line)
        periods: tuple[tuple[Period, str], ...] = (("day", time[:10]), ("month", time[:7]))
        for period, when in periods:
            spent = self._spent[when] = self._spent.get(when, 0) + cost
            self._judge(period, when, spent, line)
        while len(self._spent) > KEPT:
            self._spent.pop(min(self._spent))

    def spent_usd(self, when: str) -> float:
        """Of a day (`2026-11-26`) or a month (`2026-11`)."""
        return self._spent.get(when, 0) / NANO

    def check(self) -> None:
        """Raise BudgetExceededError where the latest day or month has reached its limit: before an expensive call."""
        for period, when in (("day", self._latest[:10]), ("month", self._latest[:7])):
            limit = self._limits[period]
            if limit is not None and self._spent.get(when, 0) >= limit:
                raise BudgetExceededError(f"{when}: {self.spent_usd(when):.4f} of {limit / NANO:.2f} USD are spent")

    def _judge(self, period: Period, when: str, spent: int, line: Line) -> None:
        limit = self._limits[period]
        if limit is None or spent < limit * self._warning:
            return
        level: Level = "critical" if spent >= limit else "warning"
        # Each once, for its call, day or month.
        if (when, level) in self._told:
            return
        self._told[when, level] = None
        while len(self._told) > 10_000:  # noqa: PLR2004  # calls above the limit; the oldest are forgotten
            self._told.pop(next(iter(self._told)))
        since = line["timestamp"] if period == "request" else when
        alert = Alert(
            level, period, spent / NANO, limit / NANO, since, line.get("model"), line["log_id"], line.get("trace_id")
        )
        self._tell(alert)

    def _tell(self, alert: Alert) -> None:
        """In a thread of its own: a slow Slack must not hold the lines up."""
        thread = threading.Thread(target=self._call, args=(alert,), name="holysheep-alert")
        try:
            thread.start()
        except RuntimeError:
            # The interpreter is shutting down.
            self._call(alert)

    def _call(self, alert: Alert) -> None:
        for callback in self._callbacks:
            try:
                callback(alert)
            except Exception as error:  # noqa: BLE001  # a callback must harm nobody
                _log.warning("a callback of the budget failed: %s", error)


def _nano(usd: float | None) -> int | None:
    return None if usd is None else round(usd * NANO)


def slack(url: str, *, timeout: float = 10.0) -> Callable[[Alert], None]:
    """A callback that posts to an incoming webhook of Slack."""

    def post(alert: Alert) -> None:
        fields = {
            "Model": alert.model or "unknown", "Spent": f"${alert.spent_usd:.4f}", "Limit": f"${alert.limit_usd:.2f}",
            "When": alert.when, "Trace": alert.trace_id or alert.log_id,
        }  # fmt: skip
        attachment = {
            "color": "#ff0000" if alert.level == "critical" else "#ffcc00",
            "title": f"LLM cost, {alert.period}: {alert.level}",
            "fields": [{"title": key, "value": value, "short": key != "Trace"} for key, value in fields.items()],
        }
        _post(url, {"attachments": [attachment]}, timeout)

    return post


def webhook(url: str, *, timeout: float = 10.0) -> Callable[[Alert], None]:
    """A callback that posts the alert as JSON."""
    return lambda alert: _post(url, asdict(alert), timeout)


def _post(url: str, data: dict[str, Any], timeout: float) -> None:
    server = Server(url, timeout=timeout)
    try:
        reply = server.send(json.dumps(data).encode(), {"content-type": "application/json"})
    finally:
        server.close()
    if not reply.good:
        raise ConnectionError(f"HTTP {reply.status} of the alert's target")
