"""ElastAlert's own indices: made before it asks them, and kept from growing."""

from __future__ import annotations

import argparse
import time
from typing import TYPE_CHECKING, Any, Final

from elastalert.config import load_conf
from elastalert.util import elastalert_logger, elasticsearch_client
from elasticsearch.exceptions import ElasticsearchException

if TYPE_CHECKING:
    from pathlib import Path

#: The parts of ElastAlert's state, and after how many days a document of it is of no use.
#: Silences are what keeps an alert from being told twice: those of a month's budget last 32 days.
KEPT_DAYS: Final = {"": 90, "_status": 2, "_silence": 40, "_error": 30, "_past": 90}
#: How long Elasticsearch may take to answer after a start of all containers together.
PATIENCE_S: Final = 300
#: Seconds between two looks at what has run.
WATCH_S: Final = 20


def _client(config: Path) -> tuple[Any, str]:
    settings = load_conf(
        argparse.Namespace(config=str(config), verbose=False, debug=False, es_debug=False, es_debug_trace=None)
    )
    return elasticsearch_client(settings), settings["writeback_index"]


def prepare(config: Path) -> None:
    """Make the indices that are not there; the index template of the bundle says how."""
    client, name = _client(config)
    deadline = time.monotonic() + PATIENCE_S
    while True:
        try:
            for part in KEPT_DAYS:
                if not client.indices.exists(name + part):
                    # 400: another one has made it since.
                    client.indices.create(name + part, ignore=400)
        except ElasticsearchException as error:
            if time.monotonic() > deadline:
                raise SystemExit(f"alerts: Elasticsearch does not answer: {str(error)[:300]}") from error
            time.sleep(2)
        else:
            return


def watch(config: Path, note: Path) -> None:
    """Write into a file, for ever, whether a rule has run in the last five minutes: empty, or what is wrong.

    The health check reads the file. It must not ask by itself: a process of its own would import ElastAlert each time,
    for seconds of computing.
    """
    client, name = _client(config)
    recent = {"query": {"range": {"@timestamp": {"gte": "now-5m"}}}}
    while True:
        try:
            runs = int(client.count(index=name + "_status", body=recent)["count"])
            words = "" if runs else "no rule has run in the last 5 minutes"
        except ElasticsearchException as error:
            words = f"Elasticsearch: {str(error)[:200]}"
        note.write_text(words, encoding="utf-8")
        time.sleep(WATCH_S)


def tidy(config: Path) -> None:
    """Delete what is of no use any more."""
    client, name = _client(config)
    for part, days in KEPT_DAYS.items():
        old = {"query": {"range": {"@timestamp": {"lt": f"now-{days}d"}}}}
        client.delete_by_query(index=name + part, body=old, conflicts="proceed")


def tidy_daily(config: Path) -> None:
    """`tidy` once a day, for ever. What fails today is done tomorrow."""
    while True:
        try:
            tidy(config)
        except ElasticsearchException as error:
            elastalert_logger.warning("old documents of ElastAlert can't be deleted: %s", str(error)[:300])
        time.sleep(24 * 3600)
