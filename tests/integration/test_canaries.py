"""500 labelled prompts and every secret, through filter and cluster: in no index, no dead letter, not on the page."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from elasticsearch.helpers import scan

from generator import card as cards
from generator.dashboards import render
from generator.paths import PRICING
from generator.render.registry import FOLDER
from runner.lines.bulk import Bulk
from runner.lines.fed import Fed
from runner.lines.feed import feed
from runner.lines.lines import expand
from runner.report import page
from runner.report.shown import Reader
from runner.report.source import Source
from runner.runtimes.embedded import secret
from tests.cases.canaries import CANARIES
from tests.cases.canaries import secret as secret_of
from tests.cases.prompt_canaries import BASES, KEYS, canaries, places

if TYPE_CHECKING:
    from pathlib import Path

    from tests.integration.node import Node

pytestmark = [pytest.mark.integration, pytest.mark.jruby, pytest.mark.newest]
#: A minute after the canaries' lines.
AT = datetime(2025, 1, 15, 10, 31, tzinfo=UTC)


def write_logs(folder: Path) -> int:
    """A log file a source; each canary in four places of one source, each secret in every source. Lines written."""
    count = 0
    for share, (source, base) in enumerate(BASES.items()):
        records: list[Any] = []
        for number, (_, text) in list(enumerate(canaries()))[share :: len(BASES)]:
            every = list(places(base, text, KEYS[number % len(KEYS)]))
            records += [every[(number + step * 5) % len(every)] for step in range(4)]
        for text in CANARIES.values():
            records += [{**base, "error": f"failed for {text}", "error_message": text, "status": "error", "note": text}]
        # An own id a line: equal lines would be one document.
        lines = [json.dumps({**record, "log_id": f"line-{n}"}, ensure_ascii=False) for n, record in enumerate(records)]
        # Cut off in the middle, every seventh line is rejected.
        lines += [line[: len(line) * 2 // 3] for line in lines[::7]]
        (folder / source).mkdir()
        (folder / source / "canary.log").write_text("\n".join(lines) + "\n", encoding="utf-8")
        count += len(lines)
    return count


def secrets_in(text: str) -> list[str]:
    """Labels, prompts and secrets that occur in a text."""
    needles = [part for label, prompt in canaries() for part in (label, json.dumps(prompt, ensure_ascii=False)[1:-1])]
    needles += [secret_of(name) for name in CANARIES]
    return [needle for needle in needles if needle in text]


def test_no_canary_is_in_any_index_or_on_the_page(empty: Node, tmp_path: Path) -> None:
    """Calls, errors, agents' steps, rejected lines and dead letters hold none; nor does the report of the same day."""
    written = write_logs(tmp_path)
    with empty.client(secret.WRITER) as es:
        feed(expand([tmp_path]), es, empty.jdk, Fed(tmp_path / "fed.json"))
    refuse_again(empty)
    counts = empty.counts()
    assert sum(counts[kind] for kind in ("api", "rejected")) > written / 2
    assert counts["deadletter"] == 20
    with empty.client(secret.READER) as es:
        stored = [json.dumps(hit, ensure_ascii=False) for hit in scan(es, index=f"{empty.prefix}-*")]
        boards = render.prepare(cards.load(PRICING), FOLDER)
        html = page.html(Reader(boards, Source(es, empty.prefix).search, AT), replayed=False)
    assert len(stored) == sum(counts.values())
    assert secrets_in("\n".join(stored)) == []
    assert "gpt-4.1" in html
    assert secrets_in(html) == []


def refuse_again(node: Node) -> None:
    """Send documents of the canaries once more with a field that Elasticsearch refuses: they become dead letters."""
    with node.client() as es:
        es.indices.refresh(index=f"{node.prefix}-*")
        hits = es.search(index=f"{node.prefix}-rejected-*,{node.prefix}-errors-*", size=20)["hits"]["hits"]
    with node.client(secret.WRITER) as es:
        bulk = Bulk(es, node.prefix, sent=lambda: None)
        for hit in hits:
            document = {"_index": hit["_index"], "_id": hit["_id"] + "x", "_source": {**hit["_source"], "unmapped": 1}}
            bulk.add(document, 100)
        bulk.flush()
