"""The parts of the evidence that are read from Elasticsearch and the checkout."""

from __future__ import annotations

import hashlib
import json
import platform
from datetime import UTC, date, datetime, timedelta
from importlib.metadata import version
from typing import TYPE_CHECKING, Any, Final

from elasticsearch import AuthorizationException, NotFoundError

from generator.alerts.render import writeback
from generator.paths import PRICING, ROOT
from generator.render.bundle import render
from runner.answers import periods, report, report_sheets, sheets
from runner.cluster import changes, versions
from runner.compliance.seals import reading
from runner.lines.feed import rules_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from elasticsearch import Elasticsearch

    from generator.card.model import Card

Json = dict[str, Any]
Files = dict[str, bytes]
#: Of an alert: what fired when. Not `alert_info` nor `match_body`: they hold addresses of channels, and documents.
_ALERT: Final = ("rule_name", "alert_time", "match_time", "alert_sent", "@timestamp")
_PAGE: Final = 1000
#: Written by hand and used as they are; a hash says which version.
_BY_HAND: Final = (
    "compose/*.yaml",
    "compose/scripts/*.sh",
    "logstash/*.yml",
    "logstash/ruby/**/*.rb",
    "filebeat/*.yml",
)


def json_bytes(value: Json) -> bytes:
    """A JSON file."""
    return (json.dumps(value, indent=2, ensure_ascii=False, sort_keys=True) + "\n").encode()


def lines(items: Iterable[Json]) -> bytes:
    """A file with one JSON object a line."""
    return "".join(json.dumps(item, ensure_ascii=False, sort_keys=True) + "\n" for item in items).encode()


def reports(es: Elasticsearch, card: Card, first: date, last: date) -> Files:
    """Usage, cost and errors of the days, in the zone of the budgets, for people and for machines."""
    now = datetime.now(UTC)
    period = periods.parse(f"{first}..{last}", card.budgets.timezone, now)
    found = report.read(es, card, report.Question(period, "model", 20, now))
    title, tables = report_sheets.title(found), report_sheets.sheets(found)
    return {
        "report.json": json_bytes(report.as_json(found)),
        "report.html": sheets.html(title, tables).encode(),
    }


def records(es: Elasticsearch, prefix: str, first: date, last: date) -> Files:
    """Alerts that fired and lawful changes that were made on these days (UTC)."""
    with reading.words():
        of_days = [part for part in changes.records(es, prefix) if str(first) <= part["@timestamp"][:10] <= str(last)]
        fired, note = _alerts(es, prefix, first, last)
    files = {"changes.ndjson": lines(of_days), "alerts.ndjson": lines(fired)}
    return files | ({"alerts-note.txt": f"{note}\n".encode()} if note else {})


def _alerts(es: Elasticsearch, prefix: str, first: date, last: date) -> tuple[list[Json], str]:
    span = {"gte": str(first), "lt": str(last + timedelta(days=1))}
    query = {"bool": {"filter": [{"range": {"alert_time": span}}, {"exists": {"field": "rule_name"}}]}}
    page: Json = {"size": _PAGE, "query": query, "sort": ["alert_time", "rule_name", "_doc"], "source": list(_ALERT)}
    fired: list[Json] = []
    index = writeback(prefix)
    try:
        while hits := es.search(index=index, **page)["hits"]["hits"]:
            fired += [hit["_source"] for hit in hits]
            page["search_after"] = hits[-1]["sort"]
    except NotFoundError:
        return [], f"there is no index {index}: alerts were never started"
    except AuthorizationException:
        return [], f"the user may not read {index}: alerts are missing here"
    return fired, ""


def configuration(es: Elasticsearch, card: Card, first: date, last: date) -> Files:
    """Price cards in force, hashes of every file that configures a service, and versions."""
    known, prefix = rules_of()
    rendered = render(card)
    hashes = {path: hashlib.sha256(text.encode()).hexdigest() for path, text in rendered.items()}
    on_disk = {path: _hash(path) for path in [*hashes, *_by_hand()]}
    config = {
        "files": on_disk,
        "differ_from_pricing_yaml": sorted(path for path, value in hashes.items() if on_disk[path] != value),
        "price_card_now": known,
        "price_cards_of_documents": _cards(es, prefix, first, last),
    }
    imported = PRICING.with_name("pricing.imported.yaml")
    sources = {path.name: path.read_bytes() for path in (PRICING, imported) if path.is_file()}
    files = {f"configuration/{name}": content for name, content in sources.items()}
    return files | {"configuration/files.json": json_bytes(config), "versions.json": json_bytes(_versions(es))}


def _by_hand() -> list[str]:
    return sorted({path.relative_to(ROOT).as_posix() for pattern in _BY_HAND for path in ROOT.glob(pattern)})


def _hash(path: str) -> str | None:
    try:
        return hashlib.sha256((ROOT / path).read_bytes()).hexdigest()
    except OSError:
        return None


def _cards(es: Elasticsearch, prefix: str, first: date, last: date) -> list[Json]:
    """Fingerprint of each price card with which documents of these days (UTC) were costed."""
    span = {"range": {"@timestamp": {"gte": str(first), "lt": str(last + timedelta(days=1))}}}
    times = {"first": {"min": {"field": "@timestamp"}}, "last": {"max": {"field": "@timestamp"}}}
    terms = {"cards": {"terms": {"field": "holysheep.price.version", "size": 1000}, "aggs": times}}
    options: Json = {"ignore_unavailable": True, "allow_no_indices": True}
    with reading.words():
        answer = es.search(index=f"{prefix}-api-*", size=0, query=span, aggregations=terms, **options)
    return [
        {
            "version": bucket["key"],
            "calls": bucket["doc_count"],
            "first": bucket["first"].get("value_as_string"),
            "last": bucket["last"].get("value_as_string"),
        }
        for bucket in answer.get("aggregations", {}).get("cards", {}).get("buckets", [])
    ]


def _versions(es: Elasticsearch) -> Json:
    try:
        elasticsearch: str | None = versions.of(es)
    except AuthorizationException:
        elasticsearch = None
    return {
        "holysheep-elk": version("holysheep-elk"),
        "elasticsearch": elasticsearch,
        "python": platform.python_version(),
        "system": platform.platform(),
    }
