"""Calls for the tests of rollups, and the sums of what lies in an index."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from elasticsearch import helpers

from runner.answers.rollups import job
from runner.answers.rollups.job import Order
from runner.cluster import changes
from tests.integration.answers import conftest
from tests.integration.answers.documents import PREFIX, actions

if TYPE_CHECKING:
    from collections.abc import Iterable

    from elasticsearch import Elasticsearch

Json = dict[str, Any]
COST: Final = "holysheep.cost.total_nano"
#: Weeks after the hand-made calls, which the card keeps for three years.
NOW: Final = datetime(2026, 4, 1, tzinfo=UTC)
ORDER: Final = Order(PREFIX, "Asia/Seoul", 1095, NOW)
EVERYTHING: Final = f"{PREFIX}-*"


def wipe(es: Elasticsearch) -> None:
    """Remove all documents of the prefix."""
    conftest._filled.clear()
    if names := list(es.indices.get(index=EVERYTHING)):
        es.indices.delete(index=names)


def remove(es: Elasticsearch, kind: str) -> None:
    """Delete all indices of a kind, as retention does."""
    if names := list(es.indices.get(index=f"{PREFIX}-{kind}-*")):
        es.indices.delete(index=names)


def add(es: Elasticsearch, calls: Iterable[tuple[str, Json]]) -> list[str]:
    """Index calls of (time, fields); their ids."""
    made = [
        str(es.index(index=action["_index"], document=action["_source"])["_id"])
        for action in actions(calls=list(calls))
    ]
    es.indices.refresh(index=EVERYTHING)
    return made


def load(es: Elasticsearch, calls: list[tuple[str, Json]] | None = None) -> None:
    """The hand-made calls, or others, and nothing else."""
    wipe(es)
    helpers.bulk(es, actions(calls=calls), refresh=True)


def erase(es: Elasticsearch, id_: str) -> None:
    """Delete a call as an erasure does: it is told first."""
    (hit,) = es.search(index=f"{PREFIX}-api-*", query={"ids": {"values": [id_]}})["hits"]["hits"]
    journal = changes.Journal(es, PREFIX, changes.begin("erase", "a person"))
    journal.announce(1, hit["_index"], [changes.Changed(id_, "0" * 64, None)])
    es.delete(index=hit["_index"], id=id_, refresh=True)


def documents(es: Elasticsearch, kind: str) -> dict[str, Json]:
    """Every sum of a kind of index by `_id`, with its sequence number as `_seq_no`."""
    es.indices.refresh(index=EVERYTHING)
    query = {"exists": {"field": "holysheep.rollup.calls"}}
    answer = es.search(
        index=f"{PREFIX}-{kind}-*", query=query, size=10_000, seq_no_primary_term=True, allow_no_indices=True
    )
    return {hit["_id"]: {**hit["_source"], "_seq_no": hit["_seq_no"]} for hit in answer["hits"]["hits"]}


def value(document: Json, name: str) -> Any:  # noqa: ANN401 - a field of any type
    """A field of a nested document; None where it is absent."""
    node: Any = document
    for step in name.split("."):
        node = node.get(step) if isinstance(node, dict) else None
    return node


def total(found: Iterable[Json], name: str) -> int:
    """The sum of a field."""
    return sum(value(document, name) or 0 for document in found)


def bill(es: Elasticsearch, kind: str) -> tuple[int, int]:
    """Calls and nano-USD of all sums of a kind of index."""
    found = documents(es, kind).values()
    return total(found, "holysheep.rollup.calls"), total(found, COST)


def run(es: Elasticsearch, order: Order = ORDER) -> dict[str, job.Done]:
    """A run: what it did, by day as index names have it."""
    return {done.index[-10:]: done for done in job.run(es, order).done}
