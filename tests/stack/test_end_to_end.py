"""Every sample line by its real way in, and what becomes of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import yaml

from generator.paths import ROOT
from runner.compliance.seals import signatures
from runner.host import keyring
from tests.stack import feed
from tests.stack.components import describe
from tests.stack.dashboards import Boards

if TYPE_CHECKING:
    from tests.stack.stack import Json, Stack

pytestmark = pytest.mark.stack
SAMPLES = ROOT / "tests" / "samples"
#: What the bundle must make of each file, worked out without the filter by make_samples.py.
EXPECTED: dict[str, dict[str, Any]] = yaml.safe_load((SAMPLES / "expected.yaml").read_text(encoding="utf-8"))
WEBHOOK = "webhook/export.log"
FILES = [name for name in EXPECTED if name != WEBHOOK]
DOCUMENTS = 695
NANO = 15_220_055_640
#: Panels that the samples have nothing for: no call costs more than a request's budget, no document is refused, of no
#: line that was understood was a value left out, no interval has 20 calls of one model, no line says when the first
#: part of an answer came, no canary writes while documents are counted, no command changed a document, and no rollup
#: has run.
NOT_SAMPLED = {
    "cost": {"over-budget", "years", "years-by-model"},
    "latency": {"first-chunk"},
    "errors": {"rate-over-time"},
    "pipeline": {"canary-took", "refused", "problems", "changes"},
}


def query_of(name: str) -> Json:
    """The documents of one sample file."""
    if name == WEBHOOK:
        return {"bool": {"must_not": {"exists": {"field": "log.file.path"}}}}
    return {"term": {"log.file.path": f"/var/log/holysheep/{name}"}}


def found_of(stack: Stack, name: str) -> dict[str, Any]:
    """What Elasticsearch says of one sample file, in the form of expected.yaml."""
    query = query_of(name)
    reasons = {"r": {"terms": {"field": "holysheep.rejected.reason", "size": 100}}}
    rejected = stack.search("rejected-*", query, size=0, aggregations=reasons)
    costs = {
        "s": {"terms": {"field": "holysheep.cost.status"}},
        "n": {"sum": {"field": "holysheep.cost.total_nano"}},
    }
    calls = stack.search("api-*", query, size=0, aggregations=costs)
    return {
        "documents": stack.counts(query),
        "rejected": {bucket["key"]: bucket["doc_count"] for bucket in rejected["aggregations"]["r"]["buckets"]},
        "calls": {bucket["key"]: bucket["doc_count"] for bucket in calls["aggregations"]["s"]["buckets"]},
        "total_nano": round(calls["aggregations"]["n"]["value"]),
    }


def cost(stack: Stack) -> int:
    """What all calls cost, in 10⁻⁹ USD."""
    nano = {"n": {"sum": {"field": "holysheep.cost.total_nano"}}}
    return round(stack.search("api-*", size=0, aggregations=nano)["aggregations"]["n"]["value"])


@pytest.fixture(scope="module")
def fed(stack: Stack) -> Stack:
    """All samples are in: the files by Filebeat, the webhook's by HTTPS."""
    for name in FILES:
        feed.place(stack, name, (SAMPLES / name).read_bytes())
    assert feed.post(stack, (SAMPLES / WEBHOOK).read_bytes()) == 200
    stack.wait(lambda: stack.total() >= DOCUMENTS, f"{DOCUMENTS} documents are there")
    stack.drained()
    return stack


def test_every_line_is_where_it_belongs(fed: Stack) -> None:
    """Each file's documents are in the right indices, with exact counts, reasons, statuses and costs."""
    actual = {name: found_of(fed, name) for name in EXPECTED}
    expected_counts = {
        name: {key: value for key, value in expected.items() if key not in {"source", "lines"}}
        for name, expected in EXPECTED.items()
    }
    assert actual == expected_counts


def test_the_whole_is_600_lines_and_15_22005564_dollars(fed: Stack) -> None:
    """600 lines give 695 documents; the calls cost 15.22005564 USD to the last digit."""
    assert sum(expected["lines"] for expected in EXPECTED.values()) == 600
    assert fed.total() == DOCUMENTS
    assert cost(fed) == NANO


def test_nothing_is_ignored_or_refused(fed: Stack) -> None:
    """No field of any document was ignored by the mapping, and no document was refused."""
    assert fed.counts({"exists": {"field": "_ignored"}}) == {}
    assert "deadletter" not in fed.counts()


def test_audit_documents_carry_their_hmac(fed: Stack) -> None:
    """Logstash's own JSON of times, integers and floats is what the filter signed."""
    ring = keyring.read(fed.secrets / "audit_key")
    hits = fed.search("audit-*", size=1000)["hits"]["hits"]
    assert hits
    assert {signatures.of_document(hit["_id"], hit["_source"], ring) for hit in hits} == {"right"}


def test_a_second_feed_adds_nothing(fed: Stack) -> None:
    """The same lines in other files and another request give the same documents: counts and costs stay."""
    before, nano = fed.counts(), cost(fed)
    ends = 0
    for name in FILES:
        text = (SAMPLES / name).read_bytes()
        # A line before them, since Filebeat knows a file by how it begins; one after them tells that all were read.
        mark = f"the second feed of {name} {{}}: ".format
        lines = [f"{mark('begins')}{'-' * 128}\n".encode(), text, f"{mark('ends')}{'-' * 128}\n".encode()]
        folder, _, file = name.partition("/")
        feed.place(fed, f"{folder}/again-{file}", b"".join(lines))
        ends += 2
    assert feed.post(fed, (SAMPLES / WEBHOOK).read_bytes()) == 200
    fed.wait(lambda: fed.total() >= DOCUMENTS + ends, "the marks of the second feed are there")
    fed.drained()
    second_feed = {"wildcard": {"log.file.path": "*/again-*"}}
    marks = fed.counts(second_feed)
    assert sum(marks.values()) == ends
    assert {kind: count - marks.get(kind, 0) for kind, count in fed.counts().items()} == before
    assert cost(fed) == nano


def test_every_dashboard_shows_data(fed: Stack) -> None:
    """Each dashboard, looked at when its newest line was new, answers every panel and has data in it."""
    painless = "Painless" not in " ".join(describe(fed))
    with fed.client("holysheep_reader") as es:
        boards = Boards(es, fed.prefix)
        times = [boards.newest(kind) for kind in ("api-*", "errors-*", "audit-*", "rejected-*")]
        pages = [boards.sections(time) for time in times]
    slugs = [section.id for section in pages[0]]
    assert slugs
    for number, slug in enumerate(slugs):
        panels = [panel for sections in pages for panel in sections[number].panels]
        failed = {
            panel.id for panel in panels if panel.kind == "failed" and (painless or "Painless" not in panel.words)
        }
        assert (slug, failed) == (slug, set())
        # A tile shows its 0 without data too.
        drawn_panels = {panel.id for panel in panels if panel.kind in {"chart", "gauge", "table"}}
        assert drawn_panels, slug
        empty = {panel.id for panel in panels if panel.kind == "empty"} - drawn_panels
        assert (slug, empty - NOT_SAMPLED.get(slug, set())) == (slug, set())
