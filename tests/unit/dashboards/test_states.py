"""A page's line of states: what is asked, and what can't be."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from generator import card
from generator.dashboards import render
from generator.paths import PRICING
from generator.render.registry import FOLDER

if TYPE_CHECKING:
    from tests.unit.dashboards.conftest import Kit

BOARD = """title: A
data: api
time: {from: now-24h}
order: 1
panels:
  - id: state
    kind: state
    size: [48, 2]
    of: [{panel: rate, name: Errors}]
  - id: rate
    kind: metric
    size: [9, 6]
    value:
      label: Rate
      formula: FORMULA
      thresholds: THRESHOLDS
"""
WORDS = "[{from: 0, tone: good}, {from: 0.05, tone: bad, word: above 5 %}]"


def data_of(slug: str, timezone: str = "UTC") -> list[dict[str, Any]]:
    """The data sources of a shipped page's line."""
    text = PRICING.read_text(encoding="utf-8").replace("  timezone: UTC\n", f"  timezone: {timezone}\n")
    lines = render.files(card.parse(text), FOLDER)[f"kibana/{slug}.ndjson"].splitlines()
    board = next(item for item in map(json.loads, lines) if item["type"] == "dashboard")
    panels = json.loads(board["attributes"]["panelsJSON"])
    saved = [panel["embeddableConfig"].get("savedVis", {}) for panel in panels]
    (spec,) = [json.loads(vis["params"]["spec"]) for vis in saved if vis.get("type") == "vega"]
    data: list[dict[str, Any]] = spec["data"]
    return data


def test_a_budget_is_of_everything_and_of_its_own_day() -> None:
    """Filters of the page are not asked for, and the day begins in the budgets' zone."""
    query = data_of("overview", "Asia/Seoul")[0]["url"]["body"]["query"]["bool"]
    window = {"gte": "now/d", "lte": "now", "time_zone": "Asia/Seoul"}
    assert query == {"filter": [{"range": {"@timestamp": window}}]}


def test_a_rate_follows_the_page() -> None:
    """The error rate is of the page's time and filters, and no calls have none."""
    errors = data_of("overview")[2]
    body = errors["url"]["body"]
    assert body["query"]["bool"]["filter"] == [
        {"range": {"@timestamp": {"%timefilter%": True}}},
        "%dashboard_context-filter_clause%",
    ]
    assert body["aggs"]["c0"] == {"filter": {"match_phrase": {"event.outcome": "failure"}}}
    assert errors["transform"][0]["expr"] == (
        "datum.aggregations ? (datum.aggregations.n.doc_count == 0 ? null : "
        "datum.aggregations.c0.doc_count / datum.aggregations.n.doc_count) : null"
    )


@pytest.mark.parametrize(
    ("formula", "thresholds", "error"),
    [
        ("count()", "[]", "'rate' has no word for each of its thresholds"),
        ("count()", "[{from: 0, tone: good}, {from: 1, tone: bad}]", "'rate' has no word"),
        ("count(shift='1d')", WORDS, "with a time shift"),
        ("count() / time_range()", WORDS, "now() can be looked at"),
    ],
)
def test_what_can_not_be_told_is_refused(kit: Kit, formula: str, thresholds: str, error: str) -> None:
    """A metric without words, of another time, or over the length of the page's time, with its line."""
    text = BOARD.replace("FORMULA", formula).replace("THRESHOLDS", thresholds)
    (message,) = kit.errors(text)
    assert error in str(message)
    assert (message.where or "").endswith(":9")
