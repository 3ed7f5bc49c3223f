"""Sums are exact, above 2⁵³ too; pages and snapshots hold every document once."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from runner.answers import reader, sums
from runner.answers.sums import Metric
from tests.integration.answers.conftest import fill
from tests.integration.answers.documents import NOW, PREFIX, actions

if TYPE_CHECKING:
    from elasticsearch import Elasticsearch

    from runner.answers.reader import Selection

pytestmark = pytest.mark.integration
COST = "holysheep.cost.total_nano"
#: Above 2⁵³: no double is 2⁵³ + 1.
HUGE = [2**53 + 1, 1, 2**53 - 3]


def costs(numbers: list[int], **fields: object) -> list[dict[str, Any]]:
    """A call for each cost, all of one hour."""
    return actions(calls=[("2026-03-05T10:00:00.000Z", {COST: number, **fields}) for number in numbers])


@pytest.fixture
def huge(templated: Elasticsearch, calls: Selection) -> Selection:
    """Costs that Elasticsearch's own sum can't hold, and some that it can."""
    fill(templated, [*costs(HUGE, **{"labels.team": "a"}), *costs([7, 5], **{"labels.team": "b"}), *costs([3])])
    return calls


@pytest.mark.usefixtures("huge")
def test_elasticsearchs_own_sum_is_not_exact(templated: Elasticsearch) -> None:
    """Why `sums` is there: 2⁵³ + 1 + 1 + 2⁵³ - 3 + 7 + 5 + 3 = 2⁵⁴ + 14 is no sum that doubles give."""
    answer = templated.search(index=f"{PREFIX}-api-*", size=0, aggs={"s": {"sum": {"field": COST}}})
    assert int(answer["aggregations"]["s"]["value"]) != 2**54 + 14


def test_a_sum_above_the_doubles_is_exact(huge: Selection) -> None:
    """By group and in all."""
    groups = {group.key[0]: group.sums["c"] for group in sums.grouped(huge, ["labels.team"], {"c": Metric(COST)})}
    assert groups == {None: 3, "a": 2**54 - 1, "b": 12}
    assert sums.total(huge, {"c": Metric(COST)}).sums == {"c": 2**54 + 14}


def test_a_negative_number_is_no_trap(templated: Elasticsearch, calls: Selection) -> None:
    """2⁵³ + 1 and -2: a sum below 2⁵³ whose parts a double can't hold."""
    fill(templated, costs([2**53 + 1, -2]))
    assert sums.total(calls, {"c": Metric(COST)}).sums["c"] == 2**53 - 1


def test_groups_come_in_pages(huge: Selection, monkeypatch: pytest.MonkeyPatch) -> None:
    """With two groups a page nothing is lost or doubled, and the progress adds up to all documents."""
    monkeypatch.setattr(sums, "PAGE", 2)
    output: list[int] = []
    selection = replace(huge, tell=lambda read, total: output.append(read) if total == 6 else None)
    groups = list(sums.grouped(selection, ["labels.team", "holysheep.source"], {"c": Metric(COST)}))
    assert [group.documents for group in groups] == [1, 3, 2]
    assert sum(output) == 6


def test_documents_come_in_pages(calls: Selection, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every document once, with its columns; what it lacks is absent."""
    monkeypatch.setattr(reader, "PAGE", 4)
    actual = list(calls.documents([COST, "labels.team"]))
    assert len(actual) == 11
    # 6.9 + 20 + 12.4 + 120 + 0 + 30 + 32 + 45 + 1,040 + 20 million
    assert sum(document.get(COST, 0) for document in actual) == 1_326_300_000
    assert sorted(document["labels.team"] for document in actual if "labels.team" in document) == [
        *["research"] * 3,
        *["search"] * 6,
    ]
    assert min(document["@timestamp"] for document in actual) == 1_772_323_200_000


def test_a_span_ends_before_its_end(calls: Selection) -> None:
    """A call at the very end belongs to the next span."""
    moment = NOW.replace(day=10, hour=15)
    assert calls.during(replace(calls.span, start=moment - timedelta(hours=1), end=moment)).count() == 0
    assert calls.during(replace(calls.span, start=moment, end=moment + timedelta(milliseconds=1))).count() == 1


def test_no_index_is_no_error(calls: Selection) -> None:
    """Before the first call every answer is empty."""
    nothing = replace(calls, prefix="nobody")
    assert list(sums.grouped(nothing, ["labels.team"], {"c": Metric(COST)})) == []
    assert sums.total(nothing, {"c": Metric(COST)}).sums == {"c": 0}
    assert list(nothing.documents([COST])) == []
