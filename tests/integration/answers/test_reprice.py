"""Stored calls costed anew in a real Elasticsearch: exact, recorded, never over what another wrote, and resumed."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

import pytest
from elasticsearch import helpers

from generator import card as cards
from generator.card.rules import price_rules
from generator.errors import UserError
from runner.answers import reprice_state
from runner.answers.costed import Recoster
from runner.answers.periods import Span
from runner.answers.reader import ignored
from runner.answers.reprice import Repricer, Repricing, reprice, rewriter
from runner.answers.rewrite import Change, Rewriter
from runner.answers.stored import Store
from runner.cluster import changes, patience
from runner.cluster.digest import digest
from runner.commands.reprice import _repriced
from runner.host.jdk import Choice
from runner.runtimes.embedded import elasticsearch
from tests.integration.answers.conftest import fill
from tests.integration.answers.corrected import (
    ALL,
    ANY,
    CALLS,
    GPT,
    HEAD,
    MYSTERY,
    NEW,
    actions,
    as_fed,
    corpus,
)
from tests.integration.answers.documents import PREFIX

if TYPE_CHECKING:
    from pathlib import Path

    from elasticsearch import Elasticsearch

    from tests.integration.node import Node

pytestmark = [pytest.mark.integration, pytest.mark.newest]
YEAR: Final = Span(datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC))
Json = dict[str, Any]


@pytest.fixture
def store(templated: Elasticsearch) -> Store:
    """The corpus by the old card, and no record."""
    fill(templated, [])
    fill(templated, actions())
    return Store(templated, PREFIX, YEAR)


def texts(client: Elasticsearch) -> dict[tuple[str, str], str]:
    """Every call's `_source` as JSON text by index and id."""
    client.indices.refresh(index=f"{PREFIX}-*")
    hits = helpers.scan(client, index=f"{PREFIX}-api-*", size=5000)
    return {(hit["_index"], hit["_id"]): json.dumps(hit["_source"]) for hit in hits}


def run(store: Store, folder: Path | None = None) -> tuple[Repricing, Rewriter | None]:
    """A dry run, or with a folder for its state a real one."""
    repricer = Repricer(NEW, "Asia/Seoul")
    writer = None
    if folder:
        writer = rewriter(store, reprice_state.of({"a": 1}, "too dear", folder), repricer, lambda _: None)
    found = _repriced(store, repricer, ignored, writer)
    return found, writer


def test_a_dry_run_gives_exact_sums_and_changes_nothing(store: Store) -> None:
    """By day of Seoul and model: 2,500 x (280,000 - 880,000), and 600 x 110,000 that had no cost."""
    before = texts(store.client)
    found, _ = run(store)
    lines = {(str(line.day), line.model): (line.before, line.after, line.calls) for line in found.lines.values()}
    assert lines == {
        ("2026-03-10", "gpt-4.1"): (2_200_000_000, 700_000_000, CALLS),
        ("2026-03-11", "gpt-4.1"): (2_200_000_000, 700_000_000, CALLS),
        ("2026-03-11", "mystery"): (0, 66_000_000, MYSTERY),
    }
    assert (found.total.difference, found.total.newly_priced) == (-2_934_000_000, MYSTERY)
    assert found.changed == {"api": ALL}
    assert texts(store.client) == before
    assert list(changes.records(store.client, PREFIX)) == []


def test_repriced_documents_are_as_fed_and_recorded(store: Store, tmp_path: Path) -> None:
    """Every text equals that of a call fed with the new card; the records tell each document's digests, once."""
    before = {(place[0], place[1]): digest(json.loads(text)) for place, text in texts(store.client).items()}
    _, writer = run(store, tmp_path)
    assert writer is not None
    assert writer.written == ALL
    assert texts(store.client) == as_fed()
    announced = [
        ((record["index"], item["id"]), item["before"], item["after"])
        for record in changes.records(store.client, PREFIX)
        for item in record["documents"]
    ]
    after = {place: digest(source) for place, source in corpus(NEW).items()}
    assert sorted(announced) == sorted((place, before[place], after[place]) for place in after)
    (record, *_) = changes.records(store.client, PREFIX)
    assert (record["kind"], record["reason"], record["count"]) == ("reprice", "too dear", 1000)
    assert list(tmp_path.iterdir()) == []


def test_a_second_run_changes_nothing(store: Store, tmp_path: Path) -> None:
    """No document is written, and no record."""
    run(store, tmp_path)
    records = len(list(changes.records(store.client, PREFIX)))
    found, writer = run(store, tmp_path)
    assert writer is not None
    assert (found.changed, writer.written, found.read) == ({}, 0, {"api": ALL})
    assert len(list(changes.records(store.client, PREFIX))) == records


def test_a_model_alone_is_found_by_the_new_card_too(store: Store) -> None:
    """Calls of `mystery` have no model of the old card; the name means one of the new card. gpt-4.1 is not read."""
    found, _ = run(store.of_models(frozenset({"mystery"}), NEW.model))
    assert found.read == {"api": MYSTERY}
    assert found.total.after == 66_000_000


def test_calls_whose_cost_stays_may_be_left_alone(store: Store) -> None:
    """With the price of `mystery` alone, gpt-4.1's calls differ by the card's fingerprint."""
    same_price = Recoster(price_rules(cards.parse(HEAD + GPT.format(8) + ANY)))
    whole = reprice(store, Repricer(same_price, "UTC"), ignored)
    assert whole.changed == {"api": ALL}
    assert whole.total.calls == MYSTERY
    assert reprice(store, Repricer(same_price, "UTC", changed_only=True), ignored).changed == {"api": MYSTERY}


def test_what_another_wrote_meanwhile_is_kept(store: Store, tmp_path: Path) -> None:
    """A call that got a team after it was read keeps it, and has the new cost; one that is gone stays gone."""
    index = f"{PREFIX}-api-2026.03.10"
    repricer = Repricer(NEW, "UTC")
    writer = rewriter(store, reprice_state.of({}, "too dear", tmp_path), repricer)
    page = next(store.pages(index))
    new = [Change(stored, repricer.add("api", stored.source) or {}) for stored in page]
    store.client.update(index=index, id=page[0].id, doc={"labels": {"team": "search"}})
    store.client.delete(index=index, id=page[1].id)
    writer.write(index, new)
    got = store.client.get(index=index, id=page[0].id)["_source"]
    assert got["labels"] == {"team": "search"}
    assert got["holysheep"]["cost"]["total_nano"] == 280_000
    assert not store.client.exists(index=index, id=page[1].id)
    assert (writer.written, writer.refused) == (999, 0)
    *_, last = changes.records(store.client, PREFIX)
    assert [item["after"] for item in last["documents"]] == [digest(got)]


def test_refused_documents_are_told_and_stop_nothing(store: Store, tmp_path: Path) -> None:
    """One document breaks the mapping, one index is read-only: all others are written."""
    client = store.client
    index, closed = f"{PREFIX}-api-2026.03.10", f"{PREFIX}-api-2026.03.11"
    client.indices.put_settings(index=closed, settings={"index.blocks.write": True})
    repricer = Repricer(NEW, "UTC")
    writer = rewriter(store, reprice_state.of({}, "too dear", tmp_path), repricer)
    try:
        for name in (index, closed):
            for page in store.pages(name):
                new = [Change(stored, repricer.add("api", stored.source) or {}) for stored in page]
                new = [Change(item, {**doc, "nonsense": 1}) if item.id == "g7" else (item, doc) for item, doc in new]
                writer.write(name, [Change(*change) for change in new])
    finally:
        client.indices.put_settings(index=closed, settings={"index.blocks.write": None})
    assert (writer.written, writer.refused) == (CALLS - 1, CALLS + MYSTERY + 1)
    reasons = {reason["id"]: reason["reason"] for reason in writer.reasons}
    assert "strict_dynamic_mapping_exception" in reasons["g7"]
    assert any("cluster_block_exception" in reason for reason in reasons.values())
    assert len(writer.reasons) == 20


def test_elasticsearch_stopped_in_the_middle(
    node: Node, store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The error says what to do; the same request goes on with the same run, and announces nothing twice."""
    monkeypatch.setattr(patience, "WAITS_S", ())
    repricer = Repricer(NEW, "UTC")
    writer = rewriter(store, reprice_state.of({"a": 1}, "too dear", tmp_path), repricer, lambda _: None)
    seen = 0
    judge = repricer.add

    def stopping(kind: str, source: Json) -> Json | None:
        nonlocal seen
        seen += 1
        if seen == 3500:
            elasticsearch.stop(node.layout, print)
        return judge(kind, source)

    monkeypatch.setattr(repricer, "add", stopping)
    with pytest.raises(UserError, match="nobody answers") as raised:
        _repriced(store, repricer, ignored, writer)
    assert "documents are changed; give the same command again, and it goes on" in str(raised.value.hint)
    elasticsearch.start(node.layout, Choice(node.jdk, node.layout.version), print)
    _, resumed = run(store, tmp_path)
    assert resumed is not None
    assert resumed.state.run == writer.state.run
    assert texts(store.client) == as_fed()
    assert sum(record["count"] for record in changes.records(store.client, PREFIX)) == ALL
    assert list(tmp_path.iterdir()) == []
