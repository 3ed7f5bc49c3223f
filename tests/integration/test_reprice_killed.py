"""`holysheep-elk reprice` as a person gives it: killed in the middle, and given again."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Any, Final

import pytest
from elasticsearch import helpers

from generator import card as cards
from generator.card.rules import price_rules
from generator.paths import PRICING, ROOT
from runner.answers.costed import Recoster
from runner.cluster import changes
from runner.runtimes.embedded import secret

if TYPE_CHECKING:
    from pathlib import Path

    from tests.integration.node import Node

pytestmark = [pytest.mark.integration, pytest.mark.newest]
CALLS: Final = 8_000
Json = dict[str, Any]


def call(number: int) -> Json:
    """A call of 2025-03-09 by no card yet."""
    return {
        "@timestamp": f"2025-03-09T{number // 3600:02d}:{number // 60 % 60:02d}:{number % 60:02d}.000Z",
        "event": {"id": f"reprice-{number}", "outcome": "success"},
        "holysheep": {"source": "client", "model": {"family": "Other"}, "cost": {"status": "priced"}, "price": {}},
        "gen_ai": {
            "operation": {"name": "chat"},
            "request": {"model": "gpt-4.1"},
            "usage": {"input_tokens": 100 + number, "output_tokens": 10},
        },
    }


def command(node: Node, home: Path, card: Path) -> tuple[list[str], dict[str, str]]:
    """The command and its surroundings: a checkout's files in a folder of the test's own."""
    for name in ("pricing.yaml", "logstash/rules/rules.json"):
        (home / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, home / name)
    words = ["reprice", "--card", str(card), "--from", "2025-03-09", "--to", "2025-03-09", "--write", "--json"]
    words += ["--url", f"https://127.0.0.1:{node.port}", "--ca", str(node.layout.authority), "--user", secret.ADMIN]
    password = secret.passwords(node.layout.secrets)[secret.ADMIN]
    environment = {**os.environ, "HOLYSHEEP_HOME": str(home), "ELASTICSEARCH_PASSWORD": password}
    return [sys.executable, "-m", "runner", *words], environment


def number_of(home: Path) -> int:
    """How many records the unfinished run has."""
    for path in (home / ".state" / "reprice").glob("*.json"):
        return int(json.loads(path.read_text(encoding="utf-8"))["number"])
    return 0


def test_a_killed_run_goes_on(empty: Node, tmp_path: Path) -> None:
    """Kill -9 after the third bulk request; the same command changes the rest, in the same run, each call once."""
    text = PRICING.read_text(encoding="utf-8").replace("input: 8.00, output: 8.00", "input: 2.00, output: 8.00")
    card = tmp_path / "corrected.yaml"
    card.write_text(text, encoding="utf-8")
    old = Recoster(price_rules(cards.load(PRICING)))
    new = Recoster(price_rules(cards.parse(text)))
    index = f"{empty.prefix}-api-2025.03.09"
    with empty.client() as es:
        documents = ({"_index": index, "_id": str(n), "_source": old.document(call(n))} for n in range(CALLS))
        helpers.bulk(es, documents, refresh=True)
        words, environment = command(empty, tmp_path / "home", card)
        with subprocess.Popen(words, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL) as process:
            while number_of(tmp_path / "home") < 3:
                assert process.poll() is None
                time.sleep(0.005)
            process.kill()
        done = subprocess.run(words, cwd=ROOT, env=environment, check=True, capture_output=True)
        answer = json.loads(done.stdout)
        assert answer["resumed"]
        assert 0 < answer["documents_written"] < CALLS
        es.indices.refresh(index=index)
        got = {hit["_id"]: hit["_source"] for hit in helpers.scan(es, index=index, size=5000)}
        assert got == {str(n): new.document(call(n)) for n in range(CALLS)}
        records = list(changes.records(es, empty.prefix))
        assert {record["run"] for record in records} == {answer["run"]}
        ids = [document["id"] for record in records for document in record["documents"]]
        assert sorted(ids) == sorted(str(n) for n in range(CALLS))
    again = json.loads(subprocess.run(words, cwd=ROOT, env=environment, check=True, capture_output=True).stdout)
    assert (again["changed"], again["run"], again["documents_written"]) == ({}, None, 0)
