"""Days of documents that are sealed by the command, for the tests of tampering."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from elasticsearch import helpers

from runner import cli
from runner.runtimes.embedded import elasticsearch, secret

if TYPE_CHECKING:
    from pathlib import Path

    import pytest
    from elasticsearch import Elasticsearch

    from tests.integration.node import Node

Json = dict[str, Any]
#: Two closed days; the second has twelve calls, more than one level of the tree and no power of two.
API_1, API_2, AUDIT_2 = "api-2025.03.08", "api-2025.03.09", "audit-2025.03.09"
SIZES = {API_1: 5, API_2: 12, AUDIT_2: 3}


def document(number: int, **more: Any) -> Json:  # noqa: ANN401 - any JSON
    """A call with a float, an integer and a text outside ASCII."""
    return {
        "@timestamp": f"2025-03-09T10:00:{number:02d}.000Z",
        "event": {"id": f"한글-{number}", "outcome": "success", "created": "2025-03-09T10:01:00Z"},
        "holysheep": {"source": "client", "cost": {"total": 0.000125 * number, "total_nano": 125_000 * number}},
        "gen_ai": {"request": {"model": "gpt-4.1"}, "usage": {"input_tokens": number}},
        "user": {"id": f"user-{number}"},
    } | more


@dataclass
class Sealed:
    """The node with sealed days, and the command line against it."""

    node: Node
    es: Elasticsearch
    folder: Path
    capsys: pytest.CaptureFixture[str]

    def name(self, day: str) -> str:
        """`holysheep-api-2025.03.09` of `api-2025.03.09`."""
        return f"{self.node.prefix}-{day}"

    def run(self, *argv: str) -> tuple[int, Json]:
        """Exit code and JSON of a command."""
        self.es.indices.refresh(index=f"{self.node.prefix}-*")
        self.capsys.readouterr()
        there = ["--url", elasticsearch.url(self.node.port), "--ca", str(self.node.layout.authority)]
        code = cli.main([argv[0], *there, "--folder", str(self.folder), "--json", *argv[1:]])
        out = self.capsys.readouterr()
        return code, json.loads(out.out) if out.out else {"error": out.err}

    def findings(self, *argv: str) -> set[tuple[str, str, str]]:
        """(day, id, kind) of every document that `verify` names; the exit code fits."""
        code, told = self.run("verify", *argv)
        items = {(item["index"].partition("-")[2], item["id"], item["is"]) for item in told["documents"]}
        quiet = all(kind in {"late", "lawful"} for _, _, kind in items)
        assert code == (0 if told["whole"] else 1)
        assert told["whole"] == (quiet and not told["chain"] and not _stated(told))
        return items

    def chain(self, *argv: str) -> set[tuple[str, int | None]]:
        """(kind, seal) of every flaw of the chain."""
        _, told = self.run("verify", *argv)
        return {(item["is"], item["seal"]) for item in told["chain"]}


def _stated(told: Json) -> bool:
    return any(item["is"] in {"differs", "removed"} for item in told["indices"])


def make(node: Node, folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Sealed:
    """Fill the days. Nothing is sealed yet."""
    for purpose in ("SEAL", "AUDIT", "CHANGE"):
        monkeypatch.setenv(f"HOLYSHEEP_{purpose}_KEY_FILE", str(folder / "secrets" / f"{purpose.lower()}_key"))
    monkeypatch.setenv("ELASTICSEARCH_USER", secret.ADMIN)
    monkeypatch.setenv("ELASTICSEARCH_PASSWORD", secret.passwords(node.layout.secrets)[secret.ADMIN])
    monkeypatch.setattr("runner.runtimes.choose.FILE", folder / "no-mode")
    es = node.client()
    actions = [
        {"_index": f"{node.prefix}-{day}", "_id": f"id-{number}", "_source": document(number)}
        for day, size in SIZES.items()
        for number in range(size)
    ]
    helpers.bulk(es, actions, refresh=True)
    return Sealed(node, es, folder / "seals", capsys)
