"""Rollups of the hand-made calls (see documents.py), and what late lines, corrections and deletions do to them."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from generator.errors import UserError
from runner.answers.rollups import check, job, store
from tests.integration.answers import rollups
from tests.integration.answers.documents import CALLS, GPT, PREFIX, SEARCH, SUCCESS, usage
from tests.integration.answers.rollups import COST, NOW, ORDER, bill, documents, total, value

if TYPE_CHECKING:
    from elasticsearch import Elasticsearch

pytestmark = [pytest.mark.integration, pytest.mark.newest]
DAY = f"{PREFIX}-api-2026.03.10"
#: All eleven calls: see test_report.
ALL = (11, 1_326_300_000)
#: 10 * 8,000 + 10 * 24,000 nano-USD, in a quarter of an hour of its own.
LATE = ("2026-03-10T07:20:00.000Z", {**GPT, **SUCCESS, **SEARCH, **usage(10, 10, 100, input=80_000, output=240_000)})


@pytest.fixture
def es(templated: Elasticsearch) -> Elasticsearch:
    """The hand-made calls, rolled up once."""
    rollups.load(templated)
    rollups.run(templated)
    return templated


def differences(es: Elasticsearch) -> list[check.Difference]:
    """What differs between calls and rollups."""
    return check.check(es, ORDER).differences


def test_the_bill_by_day_and_model(es: Elasticsearch) -> None:
    """The day of Seoul that test_report has by hand, out of the sums of days: cost, calls, failures, tokens."""
    day = [
        document for document in documents(es, "daily").values() if document["@timestamp"] == "2026-03-09T15:00:00.000Z"
    ]
    costs: Counter[str | None] = Counter()
    for document in day:
        costs[value(document, "holysheep.price.model") or value(document, "gen_ai.request.model")] += (
            value(document, COST) or 0
        )
    assert costs == {"claude-sonnet-4.5": 150_000_000, "gpt-4.1": 32_400_000, "deepseek-v3.2": 6_900_000, "mystery": 0}
    failed = [document for document in day if value(document, "event.outcome") == "failure"]
    assert total(failed, "holysheep.rollup.calls") == 2
    assert total(failed, COST) == 30_000_000
    # Input: 10,000 + 1,000 + 2,000 + 3,000 + 0 + 1,000 + 100; one call took a retry, and had 1,000 tokens cached.
    assert total(day, "gen_ai.usage.input_tokens") == 17_100
    assert total(day, "gen_ai.usage.cache_read.input_tokens") == 1000
    assert total(day, "holysheep.rollup.retried") == 1
    assert total(day, "holysheep.rollup.retried_cost_nano") == 12_400_000
    # 0 (refused); 300; 400; 800; 1,600; 6,000 and 30,000 ms.
    latencies = [value(document, "holysheep.rollup.latency") or {} for document in day]
    took = {name: count for own in latencies for name, count in own.items()}
    assert took == dict.fromkeys(
        ("to_10_ms", "to_320_ms", "to_640_ms", "to_1280_ms", "to_2560_ms", "to_10240_ms", "to_40960_ms"), 1
    )


def test_every_call_is_in_both_kinds_once(es: Elasticsearch) -> None:
    """Eleven calls in eleven quarters of an hour; four days of Seoul."""
    assert bill(es, "rollups") == bill(es, "daily") == ALL
    assert len({document["@timestamp"] for document in documents(es, "rollups").values()}) == 11
    assert sorted({document["@timestamp"] for document in documents(es, "daily").values()}) == [
        "2026-02-28T15:00:00.000Z",
        "2026-03-08T15:00:00.000Z",
        "2026-03-09T15:00:00.000Z",
        "2026-03-10T15:00:00.000Z",
    ]
    assert differences(es) == []


def test_a_second_run_writes_nothing(es: Elasticsearch) -> None:
    """And one that is told to add up everything anew writes the same documents under the same ids."""
    before = documents(es, "rollups")
    assert rollups.run(es) == {}
    assert documents(es, "rollups") == before
    rollups.run(es, replace(ORDER, rebuild=True))
    after = documents(es, "rollups")
    assert {id_: {**own, "_seq_no": 0} for id_, own in after.items()} == {
        id_: {**own, "_seq_no": 0} for id_, own in before.items()
    }
    assert bill(es, "daily") == ALL


def test_a_late_line_renews_its_quarter_alone(es: Elasticsearch) -> None:
    """One quarter of an hour and one day; no other document is written."""
    before = documents(es, "rollups")
    rollups.add(es, [LATE])
    assert len(differences(es)) == 1
    done = rollups.run(es)
    assert {day: (own.quarters, own.days) for day, own in done.items()} == {"2026.03.10": (1, 1)}
    after = documents(es, "rollups")
    assert {id_: after[id_] for id_ in before} == before
    assert bill(es, "rollups") == bill(es, "daily") == (12, 1_326_620_000)
    assert differences(es) == []


def test_a_new_price_corrects_the_sums(es: Elasticsearch) -> None:
    """As re-pricing does it: the document changes in place, to another model and cost. The old group is gone."""
    query = {"term": {"gen_ai.request.model": "mystery"}}
    (hit,) = es.search(index=DAY, query=query)["hits"]["hits"]
    fields = {**hit["_source"], **GPT, "gen_ai.request.model": "mystery", "holysheep.cost.status": "priced", COST: 7}
    fields.pop("holysheep.cost.unpriced_reason")
    es.index(index=DAY, id=hit["_id"], document=fields, refresh=True)
    assert rollups.run(es)["2026.03.10"].quarters == 1
    assert bill(es, "rollups") == bill(es, "daily") == (11, 1_326_300_007)
    assert not any(value(own, "gen_ai.request.model") for own in documents(es, "rollups").values())
    assert differences(es) == []


def test_rollups_outlive_their_calls(es: Elasticsearch) -> None:
    """After retention deleted every index of calls nothing is lost; late lines that make one again change nothing."""
    rollups.remove(es, "api")
    assert rollups.run(es) == {}
    assert bill(es, "rollups") == bill(es, "daily") == ALL
    rollups.add(es, [LATE])
    much_later = replace(ORDER, now=NOW + timedelta(days=1200))
    assert "retention" in rollups.run(es, much_later)["2026.03.10"].frozen
    assert "retention" in rollups.run(es, much_later)["2026.03.10"].frozen
    assert bill(es, "rollups") == bill(es, "daily") == ALL
    checked = check.check(es, ORDER)
    assert (checked.differences, len(checked.kept)) == ([], 1)


def test_an_index_that_was_made_again_whole_is_followed(es: Elasticsearch) -> None:
    """As `restore` makes it: all its calls, and here one more. With fewer calls the sums stay."""
    es.indices.delete(index=DAY)
    that_day = [call for call in CALLS if call[0].startswith("2026-03-10")]
    rollups.add(es, that_day[:-1])
    assert rollups.run(es)["2026.03.10"].frozen == "it was deleted, and made again with fewer calls"
    assert bill(es, "daily") == ALL
    es.indices.delete(index=DAY)
    rollups.load(es)
    rollups.run(es)
    es.indices.delete(index=DAY)
    rollups.add(es, [*that_day, LATE])
    assert rollups.run(es)["2026.03.10"].frozen == ""
    assert bill(es, "daily") == (12, 1_326_620_000)


def test_an_erasure_after_a_restore_is_followed(es: Elasticsearch) -> None:
    """The restored index lacks the erased call alone, as the record says. Without one call more it would be frozen."""
    es.indices.delete(index=DAY)
    # The first call of the day cost 20,000,000: see documents.py.
    rollups.erase(es, rollups.add(es, [call for call in CALLS if call[0].startswith("2026-03-10")])[0])
    done = rollups.run(es)["2026.03.10"]
    assert (done.frozen, done.held) == ("", 0)
    assert bill(es, "rollups") == bill(es, "daily") == (10, 1_306_300_000)
    assert differences(es) == []
    assert rollups.run(es) == {}


def test_an_erasure_after_a_restore_excuses_no_other_loss(es: Elasticsearch) -> None:
    """One call was erased, and two are missing: the sums stay."""
    es.indices.delete(index=DAY)
    rollups.erase(es, rollups.add(es, [call for call in CALLS if call[0].startswith("2026-03-10")][1:])[0])
    assert rollups.run(es)["2026.03.10"].frozen == "it was deleted, and made again with fewer calls"
    assert bill(es, "daily") == ALL


def test_deleted_calls_lessen_no_sum_but_by_an_erasure(es: Elasticsearch) -> None:
    """Somebody deletes a call: its quarter is kept. A record of an erasure lets the sum follow."""
    (hit,) = es.search(index=DAY, query={"term": {COST: 120_000_000}})["hits"]["hits"]
    es.delete(index=DAY, id=hit["_id"], refresh=True)
    assert rollups.run(es)["2026.03.10"].held == 1
    assert rollups.run(es)["2026.03.10"].held == 1
    assert bill(es, "rollups") == bill(es, "daily") == ALL
    rollups.run(es, replace(ORDER.between(NOW.replace(month=3, day=10), NOW), rebuild=True))
    assert bill(es, "daily") == (10, 1_206_300_000)
    (other,) = es.search(index=DAY, query={"term": {COST: 30_000_000}})["hits"]["hits"]
    rollups.erase(es, other["_id"])
    assert rollups.run(es)["2026.03.10"].held == 0
    assert bill(es, "rollups") == bill(es, "daily") == (9, 1_176_300_000)


def test_nobody_is_in_the_rollups(es: Elasticsearch) -> None:
    """No user, session or agent: an erasure finds the calls, and nothing in the sums."""
    text = str([*documents(es, "rollups").values(), *documents(es, "daily").values()])
    assert not any(name in text for name in ("'u1'", "'u2'", "'u3'", "'s1'", "'kyc'"))
    # What `erase` looks for: every field of every kind that names a user or session.
    fields = {
        "multi_match": {"query": "u3", "fields": ["user.id", "user.name", "gen_ai.conversation.id"], "lenient": True}
    }
    hits = es.search(index=f"{PREFIX}-*", query=fields)["hits"]["hits"]
    assert {hit["_index"].split("-")[1] for hit in hits} == {"api"}
    assert len(hits) == 2


def test_a_run_that_is_broken_off_anywhere_is_made_good(es: Elasticsearch, monkeypatch: pytest.MonkeyPatch) -> None:
    """Killed before each of its bulk requests in turn, after a late line came and the one before was erased."""
    sent = store.send
    (last,) = rollups.add(es, [LATE])
    for allowed in range(30):
        (new,) = rollups.add(es, [("2026-03-09T08:00:00.000Z" if allowed % 2 else LATE[0], LATE[1])])
        rollups.erase(es, last)
        last = new
        left = [allowed]

        def killed(*args: Any) -> None:  # noqa: ANN401 - as `send` takes them
            if not left[0]:  # noqa: B023 - called within the loop
                raise KeyboardInterrupt
            left[0] -= 1  # noqa: B023
            sent(*args)

        monkeypatch.setattr(store, "send", killed)
        try:
            rollups.run(es)
            finished = True
        except KeyboardInterrupt:
            finished = False
        monkeypatch.setattr(store, "send", sent)
        rollups.run(es)
        assert bill(es, "rollups") == bill(es, "daily") == (12, 1_326_620_000)
        if finished:
            assert differences(es) == []
            return
    pytest.fail("a run needs more bulk requests than were tried")


def test_calls_that_elasticsearch_left_out_remove_no_sum(es: Elasticsearch, monkeypatch: pytest.MonkeyPatch) -> None:
    """Elasticsearch counts calls and then adds up none of them: the run ends with an error, the sums stay."""
    rollups.add(es, [LATE])
    monkeypatch.setattr(job.calls, "sums", lambda _: iter(()))
    with pytest.raises(UserError, match="1 calls were counted, and 0 of them added up"):
        rollups.run(es)
    assert bill(es, "daily") == ALL


def test_a_mark_that_is_lost_costs_work_alone(es: Elasticsearch) -> None:
    """Without its marks a run adds up everything anew, to the same sums."""
    marks = {"exists": {"field": "holysheep.rollup.index"}}
    for hit in es.search(index=f"{PREFIX}-rollups-*", query=marks)["hits"]["hits"]:
        es.delete(index=hit["_index"], id=hit["_id"])
    assert {day: done.quarters for day, done in rollups.run(es).items()} == {
        "2026.03.01": 1,
        "2026.03.09": 3,
        "2026.03.10": 7,
    }
    assert bill(es, "rollups") == bill(es, "daily") == ALL
