"""What explains a bill: errors, the most expensive calls, and the forecast of the month's end."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from runner.answers import periods
from runner.answers.periods import Span
from runner.answers.usage import COST, FAILED

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from runner.answers.reader import Json, Selection

#: Errors and calls in a report.
MOST: Final = 10
CALL_FIELDS: Final = (
    "gen_ai.request.model",
    "labels.team",
    "user.id",
    "service.name",
    "gen_ai.usage.input_tokens",
    "gen_ai.usage.output_tokens",
    "event.outcome",
    COST,
)
#: The last days by which a month's end is forecast.
RECENT: Final = timedelta(days=7)


@dataclass(frozen=True)
class Error:
    """Failed calls of one type, the message that most of them have, and the model that most of them asked for."""

    type: str
    calls: int
    message: str | None
    model: str | None


@dataclass(frozen=True)
class Forecast:
    """The calendar month's cost at its end, if the days that are left cost as much as the last seven did."""

    month: str
    spent_nano: int
    end_nano: int
    budget_nano: int


def errors(selection: Selection) -> list[Error]:
    """The most frequent types of errors."""
    frequent: Json = {
        name: {"terms": {"field": field, "size": 1}}
        for name, field in (("message", "error.message"), ("model", "gen_ai.request.model"))
    }
    types: Json = {"terms": {"field": "error.type", "size": MOST, "missing": "(not told)"}, "aggs": frequent}
    answer = selection.narrowed(FAILED).search(size=0, aggs={"t": types})
    buckets = answer.get("aggregations", {}).get("t", {}).get("buckets", [])
    return [
        Error(bucket["key"], bucket["doc_count"], _first(bucket["message"]), _first(bucket["model"]))
        for bucket in buckets
    ]


def dearest_calls(selection: Selection) -> list[dict[str, Any]]:
    """The most expensive calls: {field: value}, with `@timestamp` as milliseconds since 1970 and `id`."""
    columns: list[Json] = [{"field": name} for name in CALL_FIELDS]
    columns.append({"field": "@timestamp", "format": "epoch_millis"})
    answer = selection.narrowed({"range": {COST: {"gt": 0}}}).search(
        size=MOST, sort=[{COST: "desc"}, {"@timestamp": "asc"}], source=False, docvalue_fields=columns
    )
    calls = []
    for hit in answer["hits"]["hits"]:
        values = {name: found[0] for name, found in hit["fields"].items()}
        calls.append({**values, "@timestamp": int(values["@timestamp"]), "id": hit["_id"]})
    return calls


def forecast(cost: Callable[[Span], int], zone: str, now: datetime, month_nano: int) -> Forecast:
    """The month in which `now` is. `cost`: the nano-USD of a span."""
    month = periods.parse("month", zone, now)
    spent, recent = cost(Span(month.start, now)), cost(Span(now - RECENT, now))
    left = month.end - now
    return Forecast(str(month), spent, spent + round(recent * (left / RECENT)), month_nano)


def _first(terms: Json) -> str | None:
    return str(terms["buckets"][0]["key"]) if terms["buckets"] else None
