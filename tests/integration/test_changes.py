"""Records of changed documents in a real Elasticsearch: written once, read in the order of time, strict."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from elasticsearch import BadRequestError

from generator.errors import UserError
from runner.cluster import changes, rights
from runner.cluster.changes import Changed, Journal
from runner.runtimes.embedded import secret

if TYPE_CHECKING:
    from tests.integration.node import Node

pytestmark = pytest.mark.integration
LATE = datetime(2026, 11, 26, 23, 59, 58, tzinfo=UTC)


def test_a_record_is_written_once_and_stays(empty: Node) -> None:
    """Repeating a record changes nothing, whatever it says; `read` gives what was written first."""
    documents = [Changed("a1", "0" * 64, "1" * 64), Changed("a2", "2" * 64, None)]
    index = f"{empty.prefix}-api-2025.01.15"
    with empty.client() as es:
        run = changes.begin("reprice", "gpt-4.1 was too dear", now=LATE)
        journal = Journal(es, empty.prefix, run)
        journal.announce(1, index, documents)
        journal.announce(1, index, [])
        assert journal.read(1) == (index, documents)
        assert journal.read(2) is None
        assert es.exists(index=f"{empty.prefix}-changes-2026.11.26", id=f"{run.name}-1")


def test_records_come_in_the_order_of_time(empty: Node) -> None:
    """Eleven records are more than a page; those of one index can be asked for alone."""
    with empty.client() as es:
        assert list(changes.records(es, empty.prefix)) == []
        journal = Journal(es, empty.prefix, changes.begin("erase", "asked for"))
        for number in range(1, 12):
            journal.announce(number, f"index-{number % 2}", [Changed(str(number), "0" * 64, None)])
        every = list(changes.records(es, empty.prefix))
        assert [record["number"] for record in every] == list(range(1, 12))
        assert every[0]["documents"] == [{"id": "1", "before": "0" * 64, "after": None}]
        assert [record["number"] for record in changes.records(es, empty.prefix, "index-0")] == [2, 4, 6, 8, 10]


def test_a_record_holds_no_more_than_its_fields(empty: Node) -> None:
    """The mapping is strict inside the list of documents, too."""
    document = {"@timestamp": "2026-11-26T00:00:00Z", "change": {"documents": [{"id": "a", "user": "ann"}]}}
    with empty.client() as es, pytest.raises(BadRequestError, match="strict_dynamic_mapping"):
        es.index(index=f"{empty.prefix}-changes-2026.11.26", document=document)


def test_missing_rights_are_named_before_anything_is_changed(empty: Node) -> None:
    """The administrator lacks nothing; a reader may read all, and change nothing."""
    with empty.client() as es:
        assert rights.missing(es, empty.prefix, rights.CHANGE) == []
    with empty.client(secret.READER) as es:
        assert rights.missing(es, empty.prefix, rights.CHANGE) == [
            f"index on {empty.prefix}-api-*",
            f"index on {empty.prefix}-errors-*",
            f"index on {empty.prefix}-audit-*",
            f"create_doc on {empty.prefix}-changes-*",
            f"auto_configure on {empty.prefix}-changes-*",
        ]
        with pytest.raises(UserError, match="may not: index on"):
            rights.check(es, empty.prefix, rights.CHANGE)
