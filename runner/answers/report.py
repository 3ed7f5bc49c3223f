"""The usage report of a period: all its figures in one record, and that record as JSON."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from generator.card.rules import price_part, scaled
from generator.errors import UserError
from runner.answers import cache_savings, details, periods, usage
from runner.answers.dimensions import DIMENSIONS
from runner.answers.reader import ignored
from runner.answers.rollups import shape, sources

if TYPE_CHECKING:
    from collections.abc import Sequence

    from elasticsearch import Elasticsearch

    from generator.card.model import Card
    from runner.answers.periods import Period, Span
    from runner.answers.reader import Tell
    from runner.answers.usage import Row, Usage

#: Input tokens per output token above which a smaller context or a cache often helps; that of the dashboards.
IMBALANCE: Final = 10


@dataclass(frozen=True)
class Question:
    """What is asked: a period, by what it is split, how many groups are shown, and what counts as now."""

    period: Period
    by: str
    top: int
    now: datetime


@dataclass(frozen=True)
class Report:
    """The answer. Money is in nano-USD."""

    question: Question
    spans: tuple[Span, Span]
    usage: Usage
    errors: list[details.Error] | None
    """This, the most expensive calls, the savings and percentiles are None when calls of the period are gone."""
    calls: list[dict[str, Any]] | None
    savings: cache_savings.Savings | None
    forecast: details.Forecast
    budget_nano: int | None
    """The card's budget of a day or month; None for other periods."""
    gone: Sequence[Span] = ()
    """Parts of the period whose calls are gone: their figures are those of the rollups."""
    compared: bool = True
    """False when the calls of the period before are gone, and the rollups don't have what is asked by."""

    @property
    def waste_nano(self) -> int:
        """What failed calls cost, and calls that succeeded only after a retry."""
        sums = self.usage.all.now.sums
        return sums["failed_cost_nano"] + sums["retried_cost_nano"]

    @property
    def runs(self) -> bool:
        """Whether the period is not over."""
        return self.spans[0].end < self.question.period.end


def read(client: Elasticsearch, card: Card, question: Question, tell: Tell = ignored) -> Report:
    """Ask Elasticsearch. UserError when it can't be asked, or can't tell: calls are gone that no sum stands in for."""
    spans = periods.spans(question.period, question.now)
    dimension = DIMENSIONS[question.by]
    summed = set(dimension.fields) <= set(shape.DIMENSIONS)
    asked = sources.Question(client, card.index_prefix, spans[0], question.period.zone, summed, tell)
    now, before = sources.read(asked), sources.read(replace(asked, span=spans[1], tell=ignored))
    if now.gone and not summed:
        raise _not_kept(question, now.gone)
    compared = summed or not before.gone
    found = usage.read(now, before if compared else replace(before, selections=[]), dimension, question.top)
    calls = None if now.gone else replace(now.calls, tell=ignored)

    def cost(span: Span) -> int:
        parts = sources.read(replace(asked, span=span, tell=ignored))
        return parts.total({"cost": usage.METRICS["cost_nano"]}).sums["cost"]

    budgets = {"day": card.budgets.day_usd, "month": card.budgets.month_usd}
    budget = budgets.get(question.period.kind)
    return Report(
        question,
        spans,
        found,
        details.errors(calls) if calls else None,
        details.dearest_calls(calls) if calls else None,
        cache_savings.cache_savings(calls, price_part(card)) if calls else None,
        details.forecast(cost, question.period.zone, question.now, scaled(card.budgets.month_usd, 9)),
        None if budget is None else scaled(budget, 9),
        now.gone,
        compared,
    )


def _not_kept(question: Question, gone: Sequence[Span]) -> UserError:
    first, last = gone[0].start, gone[-1].end
    what = f"calls between {first:%Y-%m-%d %H:%M} and {last:%Y-%m-%d %H:%M} UTC are gone"
    kept = ", ".join(name for name, item in DIMENSIONS.items() if set(item.fields) <= set(shape.DIMENSIONS))
    hint = f"rollups have {kept}, and neither users, keys, sessions nor agents: docs/rollups.md"
    return UserError(what, where=f"report {question.period} --by {question.by}", hint=hint)


def usd(nano: int) -> str:
    """Nano-USD as an exact decimal, with two digits at least."""
    whole, rest = f"{Decimal(nano) / 10**9:.9f}".split(".")
    return f"{whole}.{rest.rstrip('0').ljust(2, '0')}"


def as_json(report: Report) -> dict[str, Any]:
    """For machines: sums as integers, beside them the cost in USD as an exact decimal text."""
    asked, (now, before) = report.question, report.spans
    found = report.usage
    return {
        "period": str(asked.period),
        "zone": asked.period.zone,
        "from": now.start.isoformat(),
        "to": now.end.isoformat(),
        "compared_from": before.start.isoformat(),
        "compared_to": before.end.isoformat(),
        "by": asked.by,
        "groups": found.groups,
        "rows": [_row(found, row) for row in found.rows],
        "others": _row(found, found.rest) if found.rest else None,
        "total": _row(found, found.all),
        "budget_usd": None if report.budget_nano is None else usd(report.budget_nano),
        "waste_nano": report.waste_nano,
        "cache_savings": asdict(report.savings) if report.savings else None,
        "forecast": asdict(report.forecast),
        "errors": None if report.errors is None else [asdict(error) for error in report.errors],
        "dearest_calls": None if report.calls is None else [_call(call) for call in report.calls],
        "from_rollups": [{"from": span.start.isoformat(), "to": span.end.isoformat()} for span in report.gone],
    }


def _row(found: Usage, row: Row) -> dict[str, Any]:
    return {
        "name": row.name,
        "calls": row.now.documents,
        **row.now.sums,
        "cost_usd": usd(row.now.sums["cost_nano"]),
        "share": found.share(row),
        "error_rate": row.error_rate,
        "p50_ms": row.latency[0],
        "p95_ms": row.latency[1],
        "input_per_output": row.imbalance,
        "before": {"calls": row.before.documents, **row.before.sums},
        "change": row.change,
    }


def _call(call: dict[str, Any]) -> dict[str, Any]:
    moment = datetime.fromtimestamp(call["@timestamp"] / 1000, UTC)
    return {**call, "@timestamp": moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")}
