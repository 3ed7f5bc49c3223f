"""Log lines through the real filter into the real cluster."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from generator import card as cards
from generator.dashboards import render
from generator.paths import PRICING, ROOT
from generator.render.registry import FOLDER
from runner.lines.bulk import Bulk
from runner.lines.fed import Fed
from runner.lines.feed import feed
from runner.lines.lines import expand
from runner.runtimes.embedded import secret

if TYPE_CHECKING:
    from pathlib import Path

    from runner.lines.bulk import Counts
    from tests.integration.node import Node

pytestmark = [pytest.mark.integration, pytest.mark.jruby]
SAMPLES = ROOT / "tests" / "samples"
#: File below tests/samples → what the bundle must make of it, worked out without the filter by make_samples.py.
EXPECTED: dict[str, dict[str, Any]] = yaml.safe_load((SAMPLES / "expected.yaml").read_text(encoding="utf-8"))


def fed_with(node: Node, positions: Path, *paths: Path) -> Counts:
    """Feed as the writer."""
    with node.client(secret.WRITER) as es:
        return feed(expand(paths), es, node.jdk, Fed(positions))


def line(number: int) -> str:
    """A line of the Python client."""
    base = {
        "timestamp": f"2025-03-01T10:00:{number % 60:02d}Z",
        "model": "gpt-4.1",
        "prompt_tokens": 100 + number,
        "completion_tokens": 10,
        "latency_ms": 400.0,
        "status": "success",
        "request_id": f"request-of-the-test-{number}",
    }
    return json.dumps(base)


def of_file(node: Node, name: str) -> dict[str, Any]:
    """What Elasticsearch says of one sample file, in the form of expected.yaml."""
    query: dict[str, dict[str, object]] = {"term": {"log.file.path": str(SAMPLES / name)}}
    reasons = {"terms": {"field": "holysheep.rejected.reason", "size": 100}}
    with node.client(secret.READER) as es:
        rejected = es.search(index=f"{node.prefix}-rejected-*", size=0, query=query, aggregations={"r": reasons})
        statuses = {"terms": {"field": "holysheep.cost.status"}}
        nano = {"sum": {"field": "holysheep.cost.total_nano"}}
        calls = es.search(index=f"{node.prefix}-api-*", size=0, query=query, aggregations={"s": statuses, "n": nano})
    return {
        "documents": node.counts(**query),
        "rejected": {bucket["key"]: bucket["doc_count"] for bucket in rejected["aggregations"]["r"]["buckets"]},
        "calls": {bucket["key"]: bucket["doc_count"] for bucket in calls["aggregations"]["s"]["buckets"]},
        "total_nano": round(calls["aggregations"]["n"]["value"]),
    }


def test_every_sample_line_is_in_the_right_index_once(empty: Node, tmp_path: Path) -> None:
    """Counts, reasons and costs are exact for each file; a second run, and one without the book, add nothing."""
    fed_with(empty, tmp_path / "book.json", SAMPLES)
    total = empty.counts()
    for name, expected in EXPECTED.items():
        counts = {key: value for key, value in expected.items() if key not in {"source", "lines"}}
        assert (name, of_file(empty, name)) == (name, counts)
    assert sum(total.values()) == sum(sum(expected["documents"].values()) for expected in EXPECTED.values())
    assert empty.counts(exists={"field": "_ignored"}) == {}
    second = fed_with(empty, tmp_path / "book.json", SAMPLES)
    assert (second.created, second.known, second.dead) == (0, 0, 0)
    anew = fed_with(empty, tmp_path / "lost.json", SAMPLES)
    assert (anew.created, anew.known, anew.dead) == (0, sum(total.values()), 0)
    assert empty.counts() == total


@pytest.mark.newest
def test_only_what_is_new_in_a_file_is_read(empty: Node, tmp_path: Path) -> None:
    """Lines added to a file are fed, the ones before are not read again; a replaced file is read anew."""
    log = tmp_path / "client" / "a.log"
    log.parent.mkdir()
    log.write_text(line(1) + "\n" + line(2) + "\n")
    positions = tmp_path / "book.json"
    assert fed_with(empty, positions, log).created == 2
    with log.open("a") as file:
        file.write(line(3) + "\n")
    more = fed_with(empty, positions, log)
    assert (more.created, more.known) == (1, 0)
    log.write_text(line(4) + "\n" + line(1) + "\n" + line(5) + "\n" + line(6) + "\n")
    other = fed_with(empty, positions, log)
    assert (other.created, other.known) == (3, 1)
    assert empty.counts() == {"api": 6}


def test_bad_lines_are_rejected_and_stop_nothing(empty: Node, tmp_path: Path) -> None:
    """Each bad line is a document in `rejected`, the good ones beside it are in `api`."""
    log = tmp_path / "client" / "bad.log"
    log.parent.mkdir()
    lines = [line(1).encode(), b'{"truncated', b"\xff\xfe\x00", b"[" * 20_000, line(2).encode()]
    log.write_bytes(b"\n".join(lines))
    fed_with(empty, tmp_path / "book.json", log)
    assert empty.counts() == {"api": 2, "rejected": 3}


def test_a_refused_document_is_a_dead_letter_with_its_reason(empty: Node) -> None:
    """One bad document in a bulk costs none of the others, and is kept whole, once."""
    index = f"{empty.prefix}-api-2025.01.01"
    valid = {"@timestamp": "2025-01-01T00:00:00.000Z", "event": {"id": "1"}, "holysheep": {"source": "client"}}
    documents = [
        {"_index": index, "_id": "1", "_source": valid},
        {"_index": index, "_id": "2", "_source": valid | {"no_such_field": 1}},
        {"_index": index, "_id": "3", "_source": valid | {"event": {"id": "1", "duration": "long"}}},
    ]
    for _ in range(2):
        with empty.client(secret.WRITER) as es:
            bulk = Bulk(es, empty.prefix, sent=lambda: None)
            for document in documents:
                bulk.add(document, 100)
            bulk.flush()
    assert empty.counts() == {"api": 1, "deadletter": 2}
    with empty.client() as es:
        actual = es.search(index=f"{empty.prefix}-deadletter-*")["hits"]["hits"]
    letters = {hit["_source"]["holysheep"]["deadletter"]["id"]: hit["_source"] for hit in actual}
    assert "no_such_field" in letters["2"]["holysheep"]["deadletter"]["reason"]
    assert json.loads(letters["2"]["holysheep"]["deadletter"]["document"])["no_such_field"] == 1
    assert actual[0]["_index"].endswith("-2025.01.01")


def test_a_call_is_found_by_its_own_id(empty: Node, tmp_path: Path) -> None:
    """As the data views and docs/troubleshooting.md say: read out of the documents, without a script."""
    log = tmp_path / "client" / "ids.log"
    log.parent.mkdir()
    entries = (json.loads(line(number)) | {"log_id": f"own-{number}"} for number in (1, 2))
    log.write_text("".join(json.dumps(entry) + "\n" for entry in entries))
    fed_with(empty, tmp_path / "book.json", log)
    assert empty.counts() == {"api": 2}
    boards = render.prepare(cards.load(PRICING), FOLDER)
    runtime = {field.name: field.spec() for field in boards.catalogue.views["api"].runtime if field.script is None}
    with empty.client(secret.READER) as es:
        actual = es.search(
            index=f"{empty.prefix}-api-*",
            runtime_mappings=runtime,
            query={"term": {"event.id": "own-2"}},
        )
    assert [hit["_source"]["gen_ai"]["usage"]["input_tokens"] for hit in actual["hits"]["hits"]] == [102]


def test_costs_sum_exactly(empty: Node, tmp_path: Path) -> None:
    """The sum over a thousand documents is the sum of the integers."""
    log = tmp_path / "client" / "many.log"
    log.parent.mkdir()
    log.write_text("".join(line(number) + "\n" for number in range(1000)))
    fed_with(empty, tmp_path / "book.json", log)
    assert empty.counts() == {"api": 1000}
    with empty.client(secret.READER) as es:
        actual = es.search(
            index=f"{empty.prefix}-api-*",
            size=0,
            aggregations={"nano": {"sum": {"field": "holysheep.cost.total_nano"}}},
        )
    # 8 USD a million tokens are 8,000 nano-USD a token, by the default card's first entry.
    assert actual["aggregations"]["nano"]["value"] == sum((110 + number) * 8000 for number in range(1000))
