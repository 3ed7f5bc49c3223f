"""The usage report for people: its tables, and its rows as CSV."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final
from zoneinfo import ZoneInfo

from generator.dashboards import formats
from runner.answers.details import CALL_FIELDS
from runner.answers.dimensions import DIMENSIONS
from runner.answers.report import IMBALANCE, as_json, usd
from runner.answers.sheets import Sheet, csv_text
from runner.answers.usage import COST

if TYPE_CHECKING:
    from runner.answers.report import Report
    from runner.answers.usage import Row

HEADS: Final = ("Calls", "Input", "Cached", "Output", "Cost", "Share", "Change", "Errors", "p50", "p95", "In/out")
#: Columns of the CSV that are not sums.
_MORE: Final = ("cost_usd", "share", "error_rate", "p50_ms", "p95_ms", "input_per_output", "change")
_NANO: Final = 1e9
#: How long after a period the forecast of the running month still says something beside it.
_RECENT: Final = timedelta(days=8)


def title(report: Report) -> str:
    """What it is a report of."""
    asked = report.question
    return f"LLM usage and cost, {asked.period} ({asked.period.zone})"


def sheets(report: Report) -> list[Sheet]:
    """All tables, the bill first."""
    return [_usage(report), _summary(report), *(() if report.gone else (_errors(report), _calls(report)))]


def csv(report: Report) -> str:
    """The rows of the bill with all figures; no line for the total, so that a sum of a column is right."""
    whole = as_json(report)
    rows = [*whole["rows"], *([whole["others"]] if whole["others"] else [])]
    sums = list(report.usage.all.now.sums)
    heads = [whole["by"], "calls", *sums, *_MORE]
    keys = ["name", *heads[1:]]
    return csv_text(heads, [[row[key] for key in keys] for row in rows])


def _usage(report: Report) -> Sheet:
    found = report.usage
    rows = [*found.rows, *([found.rest] if found.rest else []), found.all]
    before, after = report.spans[1].start, report.spans[1].end
    zone = ZoneInfo(report.question.period.zone)
    compared = f"against {_moment(before, zone)} to {_moment(after, zone)}."
    notes = [
        f"Change: of the cost, {compared}" if report.compared else f"No change {compared[:-1]}: those calls are gone.",
        "p50 and p95: of successful calls, as Elasticsearch estimates them."
        if not report.gone
        else _gone(report, zone),
    ]
    if report.runs:
        notes.insert(0, f"The period is not over: counted until {_moment(report.spans[0].end, zone)}.")
    if unpriced := found.all.now.sums["unpriced"]:
        advice = "`holysheep-elk query unpriced-models` names them"
        notes.append(f"{unpriced:,} calls have no price and are not in the cost: {advice}.")
    lopsided = [row.name for row in found.rows if (row.imbalance or 0) > IMBALANCE]
    if lopsided:
        named = ", ".join(lopsided)
        notes.append(
            f"Over {IMBALANCE} input tokens per output token: {named}. A cache or a smaller context often helps."
        )
    heads = [DIMENSIONS[report.question.by].title, *HEADS]
    return Sheet(title(report), heads, [_cells(report, row) for row in rows], notes=notes)


def _gone(report: Report, zone: ZoneInfo) -> str:
    spans = ", ".join(f"{_moment(span.start, zone)} to {_moment(span.end, zone)}" for span in report.gone)
    return (
        f"Calls of {spans} are gone. Their figures are exact sums that were kept (docs/rollups.md); "
        "percentiles, errors, the most expensive calls and what the cache saved can't be told of them."
    )


def _cells(report: Report, row: Row) -> list[str]:
    sums = row.now.sums
    change = None if row.change is None else row.change * 100
    return [
        row.name,
        f"{row.now.documents:,}",
        formats.text(sums["input_tokens"], "compact"),
        formats.text(sums["cache_read_tokens"], "compact"),
        formats.text(sums["output_tokens"], "compact"),
        formats.NOTHING if sums["unpriced"] == row.now.documents else money(sums["cost_nano"]),
        formats.text(report.usage.share(row), "percent"),
        _new(row) if change is None else f"{change:+,.1f} %",
        formats.text(row.error_rate, "percent"),
        formats.text(row.latency[0], "ms"),
        formats.text(row.latency[1], "ms"),
        formats.text(row.imbalance, "decimal"),
    ]


def money(nano: int) -> str:
    """Dollars for people: two decimals from 1 USD on, up to six below."""
    return formats.text(nano / _NANO, "usd6")


def _new(row: Row) -> str:
    return "new" if row.now.sums["cost_nano"] else formats.NOTHING


def _summary(report: Report) -> Sheet:
    whole = report.usage.all
    sums = whole.now.sums
    rows = [
        ("Cost", money(sums["cost_nano"]), f"exactly {usd(sums['cost_nano'])} USD; before: {money(_before(whole))}"),
        ("Failed calls that cost money", money(sums["failed_cost_nano"]), f"of {sums['failures']:,} failures"),
        ("Calls that took a retry", money(sums["retried_cost_nano"]), f"{sums['retried']:,} calls"),
    ]
    if saved := report.savings:
        words = f"{saved.read_tokens:,} tokens read" + _unknown(saved.unknown)
        rows.append(("Saved by the cache", money(saved.nano), words))
    if report.question.now - report.question.period.end < _RECENT:
        rows.append(
            (
                f"Forecast for {report.forecast.month}",
                money(report.forecast.end_nano),
                f"{money(report.forecast.spent_nano)} so far; budget {money(report.forecast.budget_nano)}",
            )
        )
    if report.budget_nano:
        used = sums["cost_nano"] / report.budget_nano
        rows.insert(1, ("Budget", money(report.budget_nano), f"{used * 100:.1f} % used"))
    return Sheet("Summary", ("", "USD", ""), rows)


def _before(row: Row) -> int:
    return row.before.sums["cost_nano"]


def _unknown(calls: int) -> str:
    return f"; {calls:,} calls at prices that the card no longer has are left out" if calls else ""


def _errors(report: Report) -> Sheet:
    rows = [
        (error.type, error.message or formats.NOTHING, error.model or formats.NOTHING, f"{error.calls:,}")
        for error in report.errors or ()
    ]
    heads = ("Type", "Most frequent message", "Most frequent model", "Calls")
    return Sheet("Errors", heads, rows, names=3, notes=() if rows else ("No call failed.",))


def _calls(report: Report) -> Sheet:
    zone = ZoneInfo(report.question.period.zone)
    rows = [_call(call, zone) for call in report.calls or ()]
    heads = ("Time", "Model", "Team", "User", "Service", "Outcome", "Input", "Output", "Cost")
    return Sheet("Most expensive calls", heads, rows, names=6, notes=() if rows else ("No call cost money.",))


def _call(call: dict[str, Any], zone: ZoneInfo) -> list[str]:
    model, team, user, service, input_, output, outcome = (call.get(name) for name in CALL_FIELDS[:-1])
    when = _moment(datetime.fromtimestamp(call["@timestamp"] / 1000, UTC), zone, seconds=True)
    words = [str(value or formats.NOTHING) for value in (model, team, user, service, outcome)]
    return [when, *words, *(formats.text(count, "integer") for count in (input_, output)), money(call[COST])]


def _moment(moment: datetime, zone: ZoneInfo, *, seconds: bool = False) -> str:
    return moment.astimezone(zone).strftime("%Y-%m-%d %H:%M:%S" if seconds else "%Y-%m-%d %H:%M")
