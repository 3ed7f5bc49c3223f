"""Reports of calls that are gone: the same figures to the nano-USD, and a word about what can't be told."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest

from generator.errors import UserError
from runner.answers import periods, report, report_sheets
from runner.answers.rollups import sources
from tests.integration.answers import rollups
from tests.integration.answers.documents import NOW, PREFIX, card
from tests.integration.answers.test_rollups import LATE

if TYPE_CHECKING:
    from elasticsearch import Elasticsearch

    from runner.answers.parts import Parts
    from runner.answers.periods import Span
    from runner.answers.report import Report

pytestmark = [pytest.mark.integration, pytest.mark.newest]
#: What calls alone can tell.
LATENCIES = ("p50_ms", "p95_ms")


@pytest.fixture
def es(templated: Elasticsearch) -> Elasticsearch:
    """The hand-made calls, rolled up."""
    rollups.load(templated)
    rollups.run(templated)
    return templated


def read(es: Elasticsearch, text: str, by: str = "model") -> Report:
    """The report of a period, seen from NOW."""
    return report.read(es, card(), report.Question(periods.parse(text, "Asia/Seoul", NOW), by, 20, NOW))


def figures(es: Elasticsearch, text: str, by: str = "model") -> dict[str, Any]:
    """The rows of a report without what calls alone can tell, and its forecast."""
    found = report.as_json(read(es, text, by))
    rows = [*found["rows"], found["total"]]
    for row in rows:
        for name in LATENCIES:
            del row[name]
    return {"rows": rows, "forecast": found["forecast"]}


def parts(es: Elasticsearch, text: str) -> Parts:
    """Where the figures of a period are read."""
    period = periods.parse(text, "Asia/Seoul", NOW)
    return sources.read(sources.Question(es, PREFIX, periods.whole(period), "Asia/Seoul"))


def spans(found: Parts) -> list[tuple[str, Span]]:
    """Kinds of index with their spans, in the order of time."""
    return sorted(((part.kind, part.span) for part in found.selections), key=lambda part: part[1].start)


@pytest.mark.parametrize("by", ["model", "family", "provider", "team", "service", "environment", "source", "tier"])
def test_a_month_whose_calls_are_gone_is_the_same_to_the_nano(es: Elasticsearch, by: str) -> None:
    """Every sum, rate, share and change of every row, the day before and the forecast: also 1,326.3 million in all."""
    before = [figures(es, text, by) for text in ("2026-03", "2026-03-10", "2026-W11")]
    rollups.remove(es, "api")
    assert [figures(es, text, by) for text in ("2026-03", "2026-03-10", "2026-W11")] == before
    assert before[0]["rows"][-1]["cost_nano"] == 1_326_300_000


def test_what_calls_alone_can_tell_is_not_made_up(es: Elasticsearch) -> None:
    """Percentiles, errors, dearest calls and savings are null, the report says so, and users are refused."""
    rollups.remove(es, "api")
    found = read(es, "2026-03-10")
    told = report.as_json(found)
    assert (told["errors"], told["dearest_calls"], told["cache_savings"]) == (None, None, None)
    assert {row[name] for row in told["rows"] for name in LATENCIES} == {None}
    assert told["from_rollups"] == [{"from": "2026-03-09T15:00:00+00:00", "to": "2026-03-10T15:00:00+00:00"}]
    tables = report_sheets.sheets(found)
    assert [table.title for table in tables[1:]] == ["Summary"]
    assert any("Calls of 2026-03-10 00:00 to 2026-03-11 00:00 are gone" in note for note in tables[0].notes)
    with pytest.raises(UserError, match="are gone") as caught:
        read(es, "2026-03-10", "user")
    assert "--by user" in str(caught.value)


def test_a_time_that_is_half_gone_takes_each_moment_once(es: Elasticsearch) -> None:
    """Of the day of Seoul, the nine hours of UTC's 9th are gone, the fifteen of the 10th are there."""
    before = figures(es, "2026-03-10")
    es.indices.delete(index=f"{PREFIX}-api-2026.03.09")
    kinds = [kind for kind, _ in spans(parts(es, "2026-03-10"))]
    assert kinds == ["rollups", "api"]
    assert figures(es, "2026-03-10") == before


def test_a_long_time_is_read_from_sums(es: Elasticsearch) -> None:
    """51 days: all of the days whose calls did not change since; the same figures as from the calls."""
    long = "2026-02-01..2026-03-23"
    before = figures(es, long)
    found = spans(parts(es, long))
    summed = [kind for kind, span in found if span.start.month == 3 and span.start.day in (1, 9, 10)]
    # The 1st of UTC has no whole day of Seoul in it, the 9th and 10th have one.
    assert summed == ["rollups", "rollups", "daily", "rollups"]
    assert all(one[1].end == other[1].start for one, other in pairwise(found))
    assert spans(parts(es, "2026-03-10"))[0][0] == "api"
    rollups.remove(es, "rollups")
    rollups.remove(es, "daily")
    assert figures(es, long) == before


def test_a_late_line_is_in_a_long_report_before_it_is_rolled_up(es: Elasticsearch) -> None:
    """The day that it changed is read from the calls until the next run."""
    long = "2026-02-01..2026-03-23"
    rollups.add(es, [LATE])
    late = figures(es, long)
    assert late["rows"][-1]["cost_nano"] == 1_326_620_000
    rollups.run(es)
    assert figures(es, long) == late


def test_a_change_is_not_told_where_users_before_are_gone(es: Elasticsearch) -> None:
    """The day is there, the day before is gone: its users are in no sum."""
    es.indices.delete(index=f"{PREFIX}-api-2026.03.09")
    found = read(es, "2026-03-11", "user")
    assert not found.compared
    assert report.as_json(found)["total"]["before"]["calls"] == 0
    assert any(note.startswith("No change against") for note in report_sheets.sheets(found)[0].notes)
