"""Days in zones with half and quarter hours, other zones afterwards, sums above 2⁵³, costs that logs state, shards."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from runner.answers.rollups import check
from tests.integration.answers import rollups
from tests.integration.answers.documents import GPT, PREFIX, SUCCESS
from tests.integration.answers.rollups import COST, ORDER, bill, documents, total, value

if TYPE_CHECKING:
    from elasticsearch import Elasticsearch

pytestmark = [pytest.mark.integration, pytest.mark.newest]
#: Around the midnights that begin 2026-03-10: 18:30Z in Kolkata (+5:30), 18:15Z in Kathmandu (+5:45), 13:00Z on Lord
#: Howe (+11 in their summer). Each cost is a power of ten, so that a sum says which calls are in it.
CALLS: list[tuple[str, dict[str, Any]]] = [
    (f"2026-03-09T{time}Z", {**GPT, **SUCCESS, "holysheep.cost.status": "priced", COST: 10**power})
    for power, time in enumerate(
        ("12:59:59.999", "13:00:00.000", "18:14:59.999", "18:15:00.000", "18:29:59.999", "18:30:00.000")
    )
]


def days(es: Elasticsearch) -> dict[str, int]:
    """Cost by begin of the day."""
    costs: dict[str, int] = {}
    for document in documents(es, "daily").values():
        begin = document["@timestamp"]
        costs[begin] = costs.get(begin, 0) + value(document, COST)
    return costs


def test_a_day_begins_with_any_quarter_of_an_hour(templated: Elasticsearch) -> None:
    """Each call is in the day of its zone, to the millisecond; another zone makes the days anew, without the calls."""
    expected = {
        "Asia/Kolkata": {"2026-03-08T18:30:00.000Z": 11_111, "2026-03-09T18:30:00.000Z": 100_000},
        "Asia/Kathmandu": {"2026-03-08T18:15:00.000Z": 111, "2026-03-09T18:15:00.000Z": 111_000},
        "Australia/Lord_Howe": {"2026-03-08T13:00:00.000Z": 1, "2026-03-09T13:00:00.000Z": 111_110},
        "UTC": {"2026-03-09T00:00:00.000Z": 111_111},
    }
    rollups.load(templated, CALLS)
    for zone, costs in expected.items():
        order = replace(ORDER, zone=zone)
        rollups.run(templated, order)
        assert days(templated) == costs
        assert {value(document, "holysheep.rollup.zone") for document in documents(templated, "daily").values()} == {
            zone
        }
        assert check.check(templated, order).differences == []
        rollups.remove(templated, "api")


def test_a_day_of_25_hours(templated: Elasticsearch) -> None:
    """In Berlin 2026-10-25 lasts from 22:00Z to 23:00Z of the next day."""
    calls = [
        (time, {**GPT, **SUCCESS, COST: 10**power})
        for power, time in enumerate(
            ("2026-10-24T21:59:00.000Z", "2026-10-24T22:00:00.000Z", "2026-10-25T22:59:00.000Z", "2026-10-25T23:00:00Z")
        )
    ]
    rollups.load(templated, calls)
    rollups.run(templated, replace(ORDER, zone="Europe/Berlin"))
    assert days(templated) == {
        "2026-10-23T22:00:00.000Z": 1,
        "2026-10-24T22:00:00.000Z": 110,
        "2026-10-25T23:00:00.000Z": 1000,
    }


def test_sums_above_the_doubles_are_exact(templated: Elasticsearch) -> None:
    """2⁵³ + 1, 1 and 2⁵³ - 3 in one quarter of an hour, and again two days of that: no double is 2⁵⁴ - 1."""
    numbers = [2**53 + 1, 1, 2**53 - 3]
    times = ("2026-03-05T10:01:00.000Z", "2026-03-05T11:00:00.000Z")
    rollups.load(templated, [(time, {**GPT, COST: number}) for time in times for number in numbers])
    rollups.run(templated, replace(ORDER, zone="UTC"))
    assert sorted(value(document, COST) for document in documents(templated, "rollups").values()) == [2**54 - 1] * 2
    assert [value(document, COST) for document in documents(templated, "daily").values()] == [2 * (2**54 - 1)]


def test_stated_costs_are_added_up_by_the_nano(templated: Elasticsearch) -> None:
    """0.1 + 0.2 + 0.000000001 USD is 300,000,001 nano-USD, of a priced call and two without a price."""
    priced = {"holysheep.cost.status": "priced", COST: 5, "holysheep.cost.difference": 0.1}
    unpriced = {"holysheep.cost.status": "unpriced"}
    calls = [
        ("2026-03-05T10:01:00.000Z", {**GPT, **priced, "holysheep.cost.reported": 0.1}),
        ("2026-03-05T10:02:00.000Z", {**unpriced, "holysheep.cost.reported": 0.2}),
        ("2026-03-05T10:03:00.000Z", {**unpriced, "holysheep.cost.reported": 1e-9}),
        ("2026-03-05T10:04:00.000Z", unpriced),
    ]
    rollups.load(templated, calls)
    rollups.run(templated)
    for kind in ("rollups", "daily"):
        found = documents(templated, kind).values()
        assert total(found, "holysheep.rollup.reported_nano") == 300_000_001
        assert total(found, "holysheep.rollup.reported_calls") == 3
        assert total(found, "holysheep.rollup.calls") == 4


def test_an_index_of_several_shards_is_followed(templated: Elasticsearch) -> None:
    """Each shard has numbers of its own: then every run adds up the index, and the sums stay right."""
    rollups.wipe(templated)
    templated.indices.create(index=f"{PREFIX}-api-2026.03.09", settings={"number_of_shards": 3})
    rollups.add(templated, CALLS[:4])
    rollups.run(templated)
    assert bill(templated, "rollups") == (4, 1111)
    rollups.add(templated, CALLS[4:])
    rollups.run(templated)
    rollups.run(templated)
    assert bill(templated, "rollups") == bill(templated, "daily") == (6, 111_111)
    assert check.check(templated, ORDER).differences == []
