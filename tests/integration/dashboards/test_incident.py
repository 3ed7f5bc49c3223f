"""20,000 calls with an incident: what the pages say of them is what plain Python adds up from the same documents."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from statistics import median
from typing import TYPE_CHECKING, Any

import pytest

from generator import card
from generator.paths import PRICING
from runner.report import ask, frame, page, times
from tests import incident
from tests.integration.dashboards.conftest import filled

if TYPE_CHECKING:
    from elasticsearch import Elasticsearch

    from runner.report.shown import Reader, Shown, Tile

pytestmark = [pytest.mark.integration, pytest.mark.newest]
PREFIX = "incident"
CALLS = incident.calls()
#: Midnight of the 24th in UTC; in Seoul, where it is the 25th already, midnight was nine hours earlier than in UTC.
MIDNIGHT = datetime(2026, 11, 24, tzinfo=UTC)
SEOUL_MIDNIGHT = datetime(2026, 11, 24, 15, tzinfo=UTC)


def since(start: datetime, end: datetime = incident.NOW, **title: str) -> list[dict[str, Any]]:
    """The calls from a time on; field names with __ for dots."""
    result = [call for call in CALLS if start <= datetime.fromisoformat(call["@timestamp"]) <= end]
    return [call for call in result if all(call.get(key.replace("__", ".")) == value for key, value in title.items())]


def spend(calls: list[dict[str, Any]]) -> float:
    """USD of calls."""
    return sum(call.get("holysheep.cost.total", 0.0) for call in calls)


def own_card(zone: str = "UTC") -> card.Card:
    """The shipped card with a zone, and limits that three teams are over and one is not."""
    limits = "{search: {month_usd: 50}, billing: {month_usd: 60}, mobile: {month_usd: 70}, support: {month_usd: 900}}"
    text = PRICING.read_text(encoding="utf-8").replace("  timezone: UTC\n", f"  timezone: {zone}\n  teams: {limits}\n")
    return card.parse(text.replace("index_prefix: holysheep", f"index_prefix: {PREFIX}"))


@pytest.fixture(scope="module")
def reader(cluster: Elasticsearch, tmp_path_factory: pytest.TempPathFactory) -> Reader:
    """The pages over the incident."""
    folder = tmp_path_factory.mktemp("incident")
    return filled(cluster, own_card(), folder, incident.actions(PREFIX), incident.NOW)


@pytest.fixture(scope="module")
def panels(reader: Reader) -> dict[tuple[str, str], Shown]:
    """Every panel of every page."""
    return {(section.id, panel.id): panel for section in page.sections(reader) for panel in section.panels}


def tile(panels: dict[tuple[str, str], Shown], page_: str, id_: str) -> Tile:
    """The one tile of a panel."""
    (result,) = panels[(page_, id_)].tiles
    return result


def test_there_are_20_000_calls() -> None:
    """The seed gives 20,000 calls, of which 45 % of the incident's calls to its model are refused."""
    start, end = incident.incident()
    hit = since(start, end, holysheep__price__model=incident.INCIDENT)
    refused = [call for call in hit if call["event.outcome"] == "failure"]
    assert len(CALLS) == 20_000
    assert 0.35 < len(refused) / len(hit) < 0.55


@pytest.mark.parametrize(("page_", "id_"), [("overview", "today"), ("cost", "today")])
def test_today_is_the_day_of_the_budgets(panels: dict[tuple[str, str], Shown], page_: str, id_: str) -> None:
    """Spend since midnight UTC, its share of $100, and in words that it is over."""
    total = spend(since(MIDNIGHT))
    actual = tile(panels, page_, id_)
    assert actual.value == f"${total:,.2f}"
    assert actual.below[0] == f"of $100 a day: {total:.1f} %"
    assert actual.word == "over budget"


def test_today_in_seoul(reader: Reader) -> None:
    """With budgets.timezone Asia/Seoul the same clock gives another day's spend."""
    from generator.dashboards import render  # noqa: PLC0415 - only here
    from generator.render.registry import FOLDER  # noqa: PLC0415

    seoul = replace(reader, boards=render.prepare(own_card("Asia/Seoul"), FOLDER))
    actual = {(section.id, panel.id): panel for section in page.sections(seoul) for panel in section.panels}
    total = spend(since(SEOUL_MIDNIGHT))
    assert tile(actual, "overview", "today").value == f"${total:,.2f}"
    assert total < spend(since(MIDNIGHT)) / 3


def test_error_rate(panels: dict[tuple[str, str], Shown]) -> None:
    """Failed calls of all calls of 24 hours, the same on both pages; judged error events are in no count of calls."""
    day = since(incident.NOW - times._DELTA["d"])
    failed = [call for call in day if call["event.outcome"] == "failure"]
    rate = f"{len(failed) / len(day) * 100:.1f} %"
    assert tile(panels, "overview", "error-rate").value == rate
    assert tile(panels, "errors", "rate").value == rate
    assert tile(panels, "errors", "failed").value == f"{len(failed):,}"
    grid = panels[("errors", "messages")].grid
    assert grid is not None
    assert sum(int(row[1].text) for row in grid.rows) == len(failed)


def test_latency_is_of_successes(reader: Reader) -> None:
    """In the incident's hour the median by model is that of the answered calls, three times the usual; refusals, which
    come back in 0.2 s, do not hide it.
    """
    start, end = incident.incident()
    hit = since(start, end, holysheep__price__model=incident.INCIDENT)
    answered = median(call["holysheep.latency.ms"] for call in hit if call["event.outcome"] == "success")
    everything = median(call["holysheep.latency.ms"] for call in hit)
    actual = _frame(reader, "overview", "response-time")
    highest = max(row.figures[0] or 0 for row in actual.rows if row.groups == (incident.INCIDENT,))
    assert highest == pytest.approx(answered, rel=0.15)
    assert everything < highest / 1.5


def test_p95(panels: dict[tuple[str, str], Shown], reader: Reader) -> None:
    """95 % of the answered calls of 24 hours are faster; the same figure on both pages."""
    latencies = sorted(
        call["holysheep.latency.ms"]
        for call in since(incident.NOW - times._DELTA["d"])
        if call["event.outcome"] == "success"
    )
    (row,) = _frame(reader, "overview", "p95").rows
    assert row.figures[0] == pytest.approx(latencies[int(len(latencies) * 0.95)], rel=0.02)
    assert tile(panels, "overview", "p95").value == tile(panels, "latency", "p95").value


def test_three_teams_are_over(panels: dict[tuple[str, str], Shown]) -> None:
    """Each team with a limit has a tile; three are over it, one is not, in words."""
    month = datetime(2026, 11, 1, tzinfo=UTC)
    for number, (team, word) in enumerate(
        (("search", "over budget"), ("billing", "over budget"), ("mobile", "over budget"), ("support", ""))
    ):
        actual = tile(panels, "cost", f"team-month-{number + 1}")
        assert actual.label == f"Team {team}, this month"
        assert actual.value == f"${spend(since(month, labels__team=team)):,.2f}"
        assert actual.word == word


def test_aliases_are_one_model(panels: dict[tuple[str, str], Shown]) -> None:
    """A model's names in the log are rows of the one model; nothing counts duplicates by an approximate figure."""
    grid = panels[("cost", "by-model")].grid
    assert grid is not None
    names = {(row[0].text, row[1].text) for row in grid.rows}
    assert ("claude-sonnet-4.5", "claude-sonnet-4-5") in names
    assert (ask.MISSING, "gpt-5.1-mini") in names
    assert ("pipeline", "duplicates") not in panels


def test_no_calls_is_a_state(reader: Reader) -> None:
    """Before the first call a tile shows no figure, no colour and says so in words."""
    empty = replace(reader, now=datetime(2020, 1, 1, tzinfo=UTC))
    actual = {(section.id, panel.id): panel for section in page.sections(empty) for panel in section.panels}
    for id_ in ("today", "month", "error-rate", "p95", "last-call"):
        tile_ = tile(actual, "overview", id_)
        assert (tile_.color, tile_.word) == (None, "")
        assert tile_.value == "\N{EN DASH}"
        assert tile_.below[-1].startswith("nothing in HolySheep calls") or tile_.below[0].startswith("nothing in")


def _frame(reader: Reader, slug: str, id_: str) -> frame.Frame:
    source = next(candidate for candidate in reader.boards.sources if candidate.slug == slug)
    panel: Any = next(candidate for candidate in source.dashboard.panels if candidate.id == id_)
    view = reader.boards.catalogue.views[panel.data or source.dashboard.data]
    range_ = panel.time or source.dashboard.time
    question = ask.question(panel, view, source.dashboard.filter, times.span(range_.from_, range_.to, reader.local))
    return frame.ask(question, lambda body: reader.search(view.pattern, body))
