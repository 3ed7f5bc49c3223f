"""Each panel's aggregation, on a real Elasticsearch, gives what the documents hold."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from generator.dashboards import load
from generator.dashboards.formats import NOTHING
from runner.report import ask, frame, page, times

if TYPE_CHECKING:
    from runner.report.shown import Reader, Shown

pytestmark = pytest.mark.integration

ALL = "All calls. Yellow from 80 %, red from 100 %"
SCRIPT = "<script>alert(1)</script>"
#: What one tile shows: its figure, then the lines below it. Added up by hand from documents.py.
TILES = {
    # since midnight, without the DeepSeek call of the day before: 0.012 + 0.0168 + 0.06
    ("overview", "today"): ["$0.0888", "of $100 a day: 0.1 %", ALL],
    # with 0.00252, 0.008 of the 13th and 1.0 of the 2nd; 14.5 of 30.4375 days have passed
    ("overview", "month"): ["$1.10", "forecast: $2.31", "All calls, of $2,000. Yellow from 80 %, red from 100 %"],
    # the day before: one failure (14th 11:00) and one success (13th 13:00)
    ("overview", "error-rate-before"): ["50.0 %", "error rate"],
    ("overview", "error-rate"): ["16.7 %", "Yellow from 2 %, red from 5 %"],
    # the newest call is of 11:30, now is 12:00
    ("overview", "last-call"): ["30.0 min", "N/A = no call yet. Yellow from one hour"],
    ("cost", "today"): ["$0.0888", "of $100 a day: 0.1 %", ALL],
    ("cost", "month"): ["$1.10", "of $2,000 a month: 0.1 %", ALL],
    ("cost", "forecast"): [
        "$2.31", "of $2,000 a month: 0.1 %", "At this month's rate so far, for a month of 30.4 days",
    ],
    # 0.09932 in seven days; in the seven before them the 1.0 of the 2nd
    ("cost", "period"): ["$0.0993", "a week before: $1.00"],
    # 0.09932 USD for 1,500 + 2,100 + 4,000 + 6,000 + 1,000 priced tokens of seven days
    ("cost", "per-1k"): ["$0.006803", "priced calls only"],
    # 0.09932 USD over 5 successes that have a price
    ("cost", "per-success"): ["$0.019864", "priced calls only, failed calls' cost included"],
    # 6,000 ms alone of five successes
    ("latency", "at-risk"): ["20.0 %", "calls of 5\N{NO-BREAK SPACE}s and more: 1", "Yellow from 5 %, red from 20 %"],
    # 2,110 output tokens in 9,100 ms
    ("latency", "tokens-per-second"): ["231.87", "over the whole answer, waiting included"],
    ("errors", "rate-before"): ["50.0 %", "error rate of all calls"],
    ("errors", "rate"): ["16.7 %", "Yellow from 2 %, red from 5 %"],
    ("errors", "failed"): ["1", "as filtered above"],
    ("errors", "retried"): ["2", "failed calls retried: 1"],
    ("errors", "lost"): ["2", "all of them"],
    ("errors", "dead"): ["0", "all of them"],
    ("agents", "traces"): ["2", "steps: 3"],
    ("agents", "agents"): ["2"],
    ("agents", "per-trace"): ["$0.036"],
    ("agents", "failed"): ["0"],
    # 6 calls, 3 steps, 2 rejected lines
    ("pipeline", "events"): ["11", "in the time range"],
    ("pipeline", "rejected"): ["2"],
    ("pipeline", "dead"): ["0"],
    ("pipeline", "unpriced-calls"): ["1", "their cost is in no sum"],
}  # fmt: skip
CLAUDE = "claude-sonnet-4.5"
DEEPSEEK = "deepseek-v3.2"
#: The rows of tables, as the page shows them.
GRIDS = {
    ("overview", "top-errors"): [["Rate limit reached", "rate_limit_exceeded", "1"]],
    ("cost", "by-model"): [
        # model, name, calls, unpriced, cost, share of 0.09932, tokens, cached share, USD per 1k, USD per success
        [CLAUDE, CLAUDE, "1", "0", "$0.06", "60.4 %", "3.0k", "1.0k", "0.0 %", "$0.015", "$0.06"],
        ["gpt-4.1", "gpt-4.1", "5", "0", "$0.0368", "37.1 %", "3.9k", "700", "25.6 %", "$0.008", "$0.012267"],
        [DEEPSEEK, DEEPSEEK, "1", "0", "$0.0025", "2.5 %", "5.5k", "500", "0.0 %", "$0.00042", "$0.00252"],
        [ask.MISSING, SCRIPT, "1", "1", NOTHING, "0.0 %", "100", "10", "0.0 %", NOTHING, NOTHING],
    ],
    # all calls, rolled up: those of GPT-4.1 cost 0.012 + 0.0168 + 0.008 + 1.0 and have 129,600 tokens
    ("cost", "years-by-model"): [
        ["gpt-4.1", "6", "0", "$1.04", "129.6k"],
        [CLAUDE, "1", "0", "$0.06", "4.0k"],
        [DEEPSEEK, "1", "0", "$0.0025", "6.0k"],
        [ask.MISSING, "1", "1", "$0.00", "110"],
    ],
    ("cost", "reported"): [["gpt-4.1", "$0.032", "$0.0288", "3,200", "1"]],
    ("cost", "unpriced"): [["unknown_model", SCRIPT, "1", "110"]],
    ("cost", "over-budget"): [["2025-06-15 09:00:00", CLAUDE, "$0.06", "3,000", "1,000", "u2"]],
    ("errors", "categories"): [["rate_limit_error", "Retry later.", "1"]],
    ("agents", "by-trace"): [
        ["t1", "2", "0", "0", "$0.072", NOTHING, "93.0 %", "2025-06-15 11:00"],
        ["t2", "1", "0", "0", "$0.00", NOTHING, NOTHING, "2025-06-15 11:02"],
    ],
    # two rejected lines, whose reason is none of those that we have, and the call of a model without a price
    ("pipeline", "unusable"): [
        ["Rejected: broken JSON", "0", NOTHING],
        ["Rejected: unknown shape or source", "0", NOTHING],
        ["Rejected: no valid time", "0", NOTHING],
        ["Rejected: empty, or no object", "0", NOTHING],
        ["Rejected: other reasons", "2", "2025-06-15 07:01"],
        ["Refused by Elasticsearch (dead letters)", "0", NOTHING],
        ["No price: model not in pricing.yaml", "1", "2025-06-15 08:00"],
        ["No price: before the first price, or tier", "0", NOTHING],
        ["No price: tokens missing or impossible", "0", NOTHING],
        ["A value left out, the rest kept", "0", NOTHING],
    ],
    ("pipeline", "changes"): [["Re-priced", "0", NOTHING], ["Classified", "0", NOTHING], ["Erased", "0", NOTHING]],
    ("pipeline", "card"): [["aaaaaaaaaaaa", "5", "2025-06-15 11:30"]],
}  # fmt: skip


@pytest.fixture(scope="module")
def panels(reader: Reader) -> dict[tuple[str, str], Shown]:
    """Every panel of every dashboard, asked once."""
    return {(section.id, panel.id): panel for section in page.sections(reader) for panel in section.panels}


def test_every_panel_is_answered(panels: dict[tuple[str, str], Shown]) -> None:
    """Elasticsearch answers each panel; only those with a script may lack Painless in the embedded one."""
    failed = {key for key, panel in panels.items() if panel.kind == "failed" and "Painless" not in panel.words}
    assert failed == set()
    scripted = {key for key, panel in panels.items() if panel.kind == "failed"}
    assert scripted <= {
        ("cost", "imbalance"),
        ("pipeline", "lag"),
        ("pipeline", "lag-over-time"),
        ("latency", "heatmap"),
    }


@pytest.mark.parametrize("key", TILES, ids="/".join)
def test_tile(key: tuple[str, str], panels: dict[tuple[str, str], Shown]) -> None:
    """A tile shows the figure that was added up by hand."""
    (tile,) = panels[key].tiles
    assert [tile.value, *tile.below] == TILES[key]


@pytest.mark.parametrize("key", GRIDS, ids="/".join)
def test_grid(key: tuple[str, str], panels: dict[tuple[str, str], Shown]) -> None:
    """A table shows the rows that were added up by hand."""
    grid = panels[key].grid
    assert grid is not None
    assert [[cell.text for cell in row] for row in grid.rows] == GRIDS[key]


def test_month_to_date(reader: Reader) -> None:
    """The cumulative sum grows from 1.0 on the 2nd to 1.09932 on the 15th."""
    actual = _frame(reader, "cost", "month-to-date")
    by_day = {row.time.day: row.figures[0] for row in actual.rows if row.time}
    assert by_day[1] == 0
    assert by_day[2] == by_day[12] == pytest.approx(1.0)
    assert by_day[13] == pytest.approx(1.008)
    assert by_day[15] == pytest.approx(1.09932)


def test_years_of_cost(reader: Reader) -> None:
    """One bar a month: all of it is of June 2025."""
    actual = _frame(reader, "cost", "years")
    months = {(row.time.year, row.time.month): 0.0 for row in actual.rows if row.time}
    for row in actual.rows:
        if row.time and row.figures[0]:
            months[row.time.year, row.time.month] += row.figures[0]
    assert (2024, 12) in months
    assert {month: cost for month, cost in months.items() if cost} == {(2025, 6): pytest.approx(1.09932)}


def test_percentiles(reader: Reader) -> None:
    """The figures by model are those of its two answered calls, without the failed one."""
    actual = _frame(reader, "latency", "by-model")
    gpt = next(row for row in actual.rows if row.groups == ("gpt-4.1",))
    calls, p50, *_, slowest, _first_token, _tokens_per_second = gpt.figures
    assert (calls, p50, slowest) == (2, 1000, 1600)


@pytest.mark.parametrize(
    ("id_", "by_model"),
    [
        # of the last 24 hours; the refused call of GPT-4.1 is one of three
        ("calls-by-model", {"gpt-4.1": 3, CLAUDE: 1, DEEPSEEK: 1, ask.MISSING: 1}),
        # 1,500 + 2,100; the model without a price has 100 + 10
        ("tokens-by-model", {"gpt-4.1": 3600, CLAUDE: 4000, DEEPSEEK: 6000, ask.MISSING: 110}),
    ],
)
def test_use_over_time(reader: Reader, id_: str, by_model: dict[str, int]) -> None:
    """No call is left out: neither a failed one, nor that of a model without a price."""
    sums: dict[str, float] = {}
    for row in _frame(reader, "overview", id_).rows:
        sums[row.groups[0]] = sums.get(row.groups[0], 0) + (row.figures[0] or 0)
    assert {model: sum_ for model, sum_ in sums.items() if sum_} == by_model


def test_how_full_contexts_are(reader: Reader) -> None:
    """Of the one call that has a window: 50 % at 09:00, nothing at other hours and of other models."""
    rows = [(row.groups[0], row.figures[0]) for row in _frame(reader, "errors", "context").rows if row.figures[0]]
    assert rows == [(CLAUDE, 0.5)]


def test_other_is_the_rest(reader: Reader) -> None:
    """With one group in the top, `other` holds the rest, at every time."""
    text = (
        "title: A\ndata: api\ntime: {from: now-24h}\norder: 1\npanels:\n"
        "  - id: a\n    kind: bar\n    title: A\n    size: [24, 10]\n    x: {interval: 1h}\n"
        "    values: [{label: Cost, formula: sum(holysheep.cost.total)}, {label: Calls, formula: count()}]\n"
        "    split: {field: holysheep.model.family, top: 1, other: true}\n"
    )
    actual = _frame(reader, "a", "a", load.parse(text, "a"))
    sums: dict[str, list[float]] = {}
    for row in actual.rows:
        sum_ = sums.setdefault(row.groups[0], [0, 0])
        sum_[0] += row.figures[0] or 0
        sum_[1] += row.figures[1] or 0
    assert sums == {"Anthropic": [pytest.approx(0.06), 1], "Other": [pytest.approx(0.03132), 5]}


def test_nothing_yet(reader: Reader) -> None:
    """Before the first event every panel says so, and none fails; what may be wrong is listed with zeros."""
    empty = replace(reader, now=reader.now - timedelta(days=900))
    panels = [panel for section in page.sections(empty) for panel in section.panels if "Painless" not in panel.words]
    assert {panel.kind for panel in panels} <= {"metric", "empty", "gauge", "chart", "table"}
    tables = {panel.id: panel.grid for panel in panels if panel.kind == "table" and panel.grid}
    assert {id_: {row[1].text for row in grid.rows} for id_, grid in tables.items()} == {
        "unusable": {"0"},
        "changes": {"0"},
    }


def _frame(reader: Reader, slug: str, id_: str, source: load.Source | None = None) -> frame.Frame:
    source = source or next(candidate for candidate in reader.boards.sources if candidate.slug == slug)
    panel = next(candidate for candidate in source.dashboard.panels if candidate.id == id_)
    view = reader.boards.catalogue.views[getattr(panel, "data", None) or source.dashboard.data]
    range_ = getattr(panel, "time", None) or source.dashboard.time
    span = times.span(range_.from_, range_.to, reader.now)
    question = ask.question(panel, view, source.dashboard.filter, span)  # type: ignore[arg-type]
    return frame.ask(question, lambda body: reader.search(view.pattern, body))
