"""The forms of known exports, as their makers document them.

- LiteLLM's spend logs (rows of LiteLLM_SpendLogs, `GET /spend/logs`) and its daily sums (`GET /user/daily/activity`):
  https://docs.litellm.ai/docs/proxy/cost_tracking, litellm's schema.prisma
- OpenAI's costs and usage (`GET /v1/organization/costs`, `/v1/organization/usage/completions`), and the CSV of both:
  https://platform.openai.com/docs/api-reference/usage. A costs row names model and kind of token in its `line_item`,
  such as "gpt-4.1-2025-04-14, cached input"; `quantity`, where there is one, counts those tokens.
- Anthropic's cost and usage reports (`GET /v1/organizations/cost_report`, `/usage_report/messages`), whose amounts are
  cents: https://docs.anthropic.com/en/api/admin-api/usage-cost/get-cost-report; and the Console's CSV, in USD.

Days of all of them are UTC days.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from runner.answers.reconcile.layouts import Layout
from runner.answers.reconcile.values import LineError, count, when

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator

Json = dict[str, Any]
_DAY_MS: Final = 86_400_000
_SPEND: Final = Layout(
    {
        "time": "startTime", "model": "model", "id": "request_id", "input": "prompt_tokens",
        "output": "completion_tokens", "cached": "cached", "written": "written", "cost": "spend",
    }
)  # fmt: skip
_ACTIVITY: Final = Layout(
    {
        "time": "date", "model": "model", "calls": "api_requests", "input": "prompt_tokens",
        "output": "completion_tokens", "cached": "cache_read_input_tokens",
        "written": "cache_creation_input_tokens", "cost": "spend",
    }
)  # fmt: skip
_OPENAI_USAGE: Final = Layout(
    {
        "time": "time", "model": "model", "calls": "num_model_requests", "input": "input_tokens",
        "output": "output_tokens", "cached": "input_cached_tokens",
    }
)  # fmt: skip
#: By the last words of a line item.
_OPENAI_KINDS: Final = {"input": "input", "cached input": "cached", "output": "output"}
_OPENAI_COST: Final = Layout(
    {"time": "time", "model": "model", "cost": "amount", "currency": "currency"}
    | {kind: kind for kind in _OPENAI_KINDS.values()},
    cached_apart=True,
)
_ANTHROPIC_USAGE: Final = Layout(
    {name: name for name in ("time", "model", "input", "cached", "written", "output")}, cached_apart=True
)
_ANTHROPIC_COST: Final = Layout(
    {"time": "time", "model": "model", "cost": "amount", "currency": "currency"}, cents=True
)
_ANTHROPIC_CSV_COST: Final = Layout({"time": "usage_date_utc", "model": "model", "cost": "cost_usd"})


class Row(NamedTuple):
    """Values of one line of a bill, the layout by which to read them, and where in the record they stand."""

    values: Json
    layout: Layout
    place: str = ""


def spend_log(record: Json) -> Iterator[Row]:
    """A row of LiteLLM's spend logs."""
    metadata = record.get("metadata")
    if isinstance(metadata, str):
        try:
            metadata = json.loads(metadata)
        except ValueError:
            metadata = None
    usage = metadata.get("usage_object") if isinstance(metadata, dict) else None
    usage = usage if isinstance(usage, dict) else {}
    details = usage.get("prompt_tokens_details")
    cached = usage.get("cache_read_input_tokens")
    if cached is None and isinstance(details, dict):
        cached = details.get("cached_tokens")
    yield Row({**record, "cached": cached, "written": usage.get("cache_creation_input_tokens")}, _SPEND)


def daily_activity(record: Json) -> Iterator[Row]:
    """LiteLLM's daily sums. Versions differ in whether a model's figures stand in `metrics`."""
    for number, day in enumerate(_list(record, "results")):
        models = (day.get("breakdown") or {}).get("models") or {}
        for model, figures in models.items():
            metrics = figures.get("metrics", figures) if isinstance(figures, dict) else {}
            yield Row(
                {**metrics, "date": day.get("date"), "model": model}, _ACTIVITY, f"results[{number}], model {model}"
            )


def openai(record: Json) -> Iterator[Row]:
    """A page, bucket or CSV row of OpenAI's costs or usage."""
    for bucket, row, place in _buckets(record):
        values = {**row, "time": _start(bucket.get("start_time"), bucket.get("end_time"))}
        amount = row.get("amount", row.get("amount_value"))
        if amount is None:
            yield Row(values, _OPENAI_USAGE, place)
            continue
        if isinstance(amount, dict):
            values |= {"amount": amount.get("value"), "currency": amount.get("currency")}
        else:
            values |= {"amount": amount, "currency": row.get("amount_currency")}
        yield Row(values | _line_item(row), _OPENAI_COST, place)


def _line_item(row: Json) -> Json:
    """Model and tokens of a costs row, such as "priority | gpt-4.1-2025-04-14, cached input, long context"."""
    item = str(row.get("line_item") or "")
    name, *words = [part.strip() for part in item.rpartition("|")[2].split(",")]
    kind = next((_OPENAI_KINDS[word.lower()] for word in words if word.lower() in _OPENAI_KINDS), None)
    return {"model": name} | ({kind: row.get("quantity")} if kind else {})


def anthropic(record: Json) -> Iterator[Row]:
    """A page or bucket of Anthropic's cost or usage report."""
    for bucket, row, place in _buckets(record):
        values = {**row, "time": _start(bucket.get("starting_at"), bucket.get("ending_at"))}
        if "amount" in row:
            # Only tokens have a model; what else is sold goes by its description.
            values["model"] = row.get("model") or row.get("description") or row.get("cost_type")
            yield Row(values, _ANTHROPIC_COST, place)
            continue
        written = row.get("cache_creation")
        values |= {
            "input": row.get("uncached_input_tokens"),
            "cached": row.get("cache_read_input_tokens"),
            "output": row.get("output_tokens"),
            "written": _sum(written.values()) if isinstance(written, dict) else None,
        }
        yield Row(values, _ANTHROPIC_USAGE, place)


def anthropic_csv(record: Json) -> Iterator[Row]:
    """A row of the Console's CSV."""
    if "cost_usd" in record:
        yield Row(record, _ANTHROPIC_CSV_COST)
        return
    prefix = "usage_input_tokens_"
    kinds = {"input": f"{prefix}no_cache", "cached": f"{prefix}cache_read", "output": "usage_output_tokens"}
    values = {kind: record.get(key) for kind, key in kinds.items()}
    written = _sum(record.get(f"{prefix}cache_write_{age}") for age in ("5m", "1h"))
    named = {"time": record.get("usage_date_utc"), "model": record.get("model_version"), "written": written}
    yield Row(values | named, _ANTHROPIC_USAGE)


def known(names: Collection[str]) -> tuple[str, Callable[[Json], Iterator[Row]]] | None:
    """The form of an export by the columns or keys of its first record; None for any other file."""
    keys = set(names)
    if {"request_id", "spend", "startTime"} <= keys:
        return "LiteLLM's spend logs", spend_log
    if "usage_date_utc" in keys:
        return "Anthropic's CSV", anthropic_csv
    if {"start_time", "amount_value"} <= keys or {"start_time", "num_model_requests"} <= keys:
        return "OpenAI's CSV", openai
    return None


def known_json(record: Json) -> tuple[str, Callable[[Json], Iterator[Row]]] | None:
    """The same for a record of JSON, which may be a page."""
    for item in [record, *_list(record, "data")[:1], *_list(record, "results")[:1]]:
        if "starting_at" in item:
            return "Anthropic's report", anthropic
        if "start_time" in item and "results" in item:
            return "OpenAI's export", openai
        if "date" in item and "breakdown" in item:
            return "LiteLLM's daily activity", daily_activity
    return known(record)


def _list(record: Json, key: str) -> list[Json]:
    found = record.get(key)
    return [item for item in found if isinstance(item, dict)] if isinstance(found, list) else []


def _buckets(record: Json) -> Iterator[tuple[Json, Json, str]]:
    """Bucket, row and place of every row: of a page, of one bucket, or of a row that is its own bucket."""
    if "data" in record:
        for number, bucket in enumerate(_list(record, "data")):
            for row_number, row in enumerate(_list(bucket, "results")):
                yield bucket, row, f"data[{number}].results[{row_number}]"
    elif "results" in record:
        for number, row in enumerate(_list(record, "results")):
            yield record, row, f"results[{number}]"
    else:
        yield record, record, ""


def _sum(parts: Iterable[Any]) -> Any:  # noqa: ANN401 - values of JSON
    """The sum of counts; when one of them is none, that one, so that its line is refused."""
    total = 0
    for part in parts:
        try:
            total += count(part) or 0
        except LineError:
            return part
    return total


def _start(start: Any, end: Any) -> Any:  # noqa: ANN401 - values of JSON
    """The day of a bucket, or its beginning when it is shorter than a day. What is no time stays as it is."""
    if start in (None, "") or end in (None, ""):
        return start
    try:
        first, last = when(start, "UTC"), when(end, "UTC")
    except LineError:
        return start
    if isinstance(first, int) and isinstance(last, int) and last - first >= _DAY_MS:
        return datetime.fromtimestamp(first // 1000, UTC).date().isoformat()
    return start
