"""`classify` from unknown errors in a real Elasticsearch to documents with a category, through a real HTTP server."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

import pytest

from generator.errors import UserError
from runner.classify import documents, sentry
from runner.classify.spend import FILE
from runner.cluster import changes
from runner.cluster.digest import digest
from runner.commands import classify
from tests.model_server import running

if TYPE_CHECKING:
    from pathlib import Path

    from elasticsearch import Elasticsearch

    from tests.integration.node import Node

pytestmark = pytest.mark.integration
MESSAGES = ["parts were lost in shard alpha, 3 of 9", "parts were lost in shard beta, 4 of 9", "no widget is here"]


def index(node: Node, message: str, category: str = "unknown_error") -> None:
    """One document of a failed call, as the filter writes it."""
    error = {"category": category, "suggestion": "Read it.", "classifier": "rules"}
    document: dict[str, Any] = {
        "@timestamp": "2025-06-01T00:00:00.000Z",
        "event": {"id": message[:60], "outcome": "failure"},
        "error": {"type": "unknown_error", "message": message},
        "holysheep": {"source": "webhook", "error": error},
    }
    with node.client() as es:
        es.index(index=f"{node.prefix}-errors-2025.06.01", document=document, refresh=True)


def unknown_documents(node: Node) -> list[dict[str, Any]]:
    """`holysheep.error` of every document, by message."""
    with node.client() as es:
        hits = es.search(index=f"{node.prefix}-errors-*", size=100)["hits"]["hits"]
    parts = sorted((hit["_source"]["error"]["message"], hit["_source"]["holysheep"]["error"]) for hit in hits)
    return [part for _, part in parts]


def test_unknown_errors_get_the_models_verdict_once(
    node: Node, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Three messages are two templates in one request; the second run asks nothing; each change is recorded."""
    node.wipe()
    for message in MESSAGES:
        index(node, message)
    index(node, "Rate limit reached", "rate_limit_error")
    monkeypatch.setenv("HOLYSHEEP_API_KEY", "a-key")
    monkeypatch.setattr(classify, "_connect", lambda _: node.client())
    with running() as model:
        args = argparse.Namespace(
            review=False, every=None, dry_run=True, logs=tmp_path / "logs", learned=tmp_path / "errors.learned.yaml",
            model_url=model.url, model="deepseek-v3.2", limit_usd=1.0, url=None,
        )  # fmt: skip
        assert classify.run(args) == 0
        assert model.requests == []
        assert "3 unknown errors, 2 templates, 2 of them new" in capsys.readouterr().out
        assert unknown_documents(node)[0]["category"] == "rate_limit_error"
        args.dry_run = False
        assert classify.run(args) == 0
        assert len(model.requests) == 1
        assert "alpha" not in model.requests[0]["messages"][1]["content"]
        index(node, "parts were lost in shard gamma, 5 of 9")
        assert classify.run(args) == 0
        assert len(model.requests) == 1
    parts = unknown_documents(node)
    assert len(parts) == 5
    assert [part["category"] for part in parts] == ["rate_limit_error"] * 5
    assert sorted(part["classifier"] for part in parts) == ["deepseek-v3.2"] * 4 + ["rules"]
    assert parts[1]["confidence"] == 0.9
    with node.client() as es:
        records = list(changes.records(es, node.prefix))
        hits = es.search(index=f"{node.prefix}-errors-*", size=100)["hits"]["hits"]
    # Three documents in the first run, one in the last; what each was announced to become is what it is.
    assert {(record["kind"], record["by"]) for record in records} == {("classify", changes.person())}
    now = {hit["_id"]: digest(hit["_source"]) for hit in hits}
    after = {document["id"]: document["after"] for record in records for document in record["documents"]}
    assert len(after) == 4
    assert after == {id_: now[id_] for id_ in after}
    assert len((tmp_path / "logs" / FILE).read_text().splitlines()) == 1
    with node.client() as es:
        assert documents.unknown_messages(es, node.prefix) == {}
        found = sentry.issues(es, node.prefix, 100_000)
    # What Sentry gets: three templates of five calls, with the model's confidence and the rules' own.
    assert [(issue.category, issue.calls, issue.confidence) for issue in found] == [
        ("rate_limit_error", 1, 1.0),
        ("rate_limit_error", 1, 0.9),
        ("rate_limit_error", 3, 0.9),
    ]


@pytest.mark.newest
def test_a_schedule_asks_for_what_is_new(node: Node, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second round finds a known template and a new one, and outlives a cluster that was away."""
    node.wipe()
    index(node, MESSAGES[2])
    rounds: list[int] = []

    class Over(Exception):  # noqa: N818  # it is no error
        """The end of the test."""

    def sleep(seconds: float) -> None:
        rounds.append(int(seconds))
        if len(rounds) == 3:
            raise Over
        if len(rounds) == 2:
            index(node, "no widget is here")
            index(node, "the crank was bent by nobody")

    def connect(_: object) -> Elasticsearch:
        if len(rounds) == 1:
            raise UserError("no Elasticsearch answers")
        return node.client()

    monkeypatch.setenv("HOLYSHEEP_API_KEY", "a-key")
    monkeypatch.setattr(classify, "_connect", connect)
    monkeypatch.setattr("time.sleep", sleep)
    with running() as model:
        args = argparse.Namespace(
            review=False, every=2, dry_run=False, logs=tmp_path, learned=tmp_path / "l.yaml",
            model_url=model.url, model="deepseek-v3.2", limit_usd=1.0, url=None,
        )  # fmt: skip
        with pytest.raises(Over):
            classify.run(args)
        assert [request["messages"][1]["content"] for request in model.requests] == [
            "[1] no widget is here", "[1] the crank was bent by nobody"]  # fmt: skip
    assert rounds == [120, 120, 120]
    assert {part["classifier"] for part in unknown_documents(node)} == {"deepseek-v3.2"}


def test_a_days_limit_stops_before_anything_leaves(
    node: Node, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """With a limit of nothing the batch waits, the run says so, and the documents stay unknown."""
    node.wipe()
    index(node, MESSAGES[2])
    monkeypatch.setenv("HOLYSHEEP_API_KEY", "a-key")
    monkeypatch.setattr(classify, "_connect", lambda _: node.client())
    with running() as model:
        args = argparse.Namespace(
            review=False, every=None, dry_run=False, logs=tmp_path, learned=tmp_path / "l.yaml",
            model_url=model.url, model="deepseek-v3.2", limit_usd=0.0, url=None,
        )  # fmt: skip
        assert classify.run(args) == 1
        assert model.requests == []
    assert "limit of 0.0 USD is reached; 1 batches wait" in capsys.readouterr().out
    assert unknown_documents(node)[0]["category"] == "unknown_error"
