"""A bill against the hand-made calls in a real Elasticsearch, and the command as cron runs it.

The day 2026-03-10 of Seoul costs 189,300,000 nano-USD: DeepSeek 6.9, GPT-4.1 20 + 12.4, Claude 120 + 30 million.
"""

from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING

import pytest
from elasticsearch import helpers

from generator.card.rules import price_part
from runner import cli
from runner.answers.reconcile import sheets
from runner.answers.reconcile.compare import Question, compare
from runner.answers.reconcile.read import Reading
from runner.runtimes.embedded import secret
from tests.integration.answers.documents import card

if TYPE_CHECKING:
    from pathlib import Path

    from runner.answers.reader import Selection
    from tests.integration.node import Node

pytestmark = pytest.mark.integration
DAY = date(2026, 3, 10)
#: The bill of the UTC day 2026-03-10, which has 15:30 of the 9th (Seoul's 10th) not, and 15:00 (Seoul's 11th) too.
#: Claude at 12 and 60 USD: (3,000 + 1,000) * 12 + (1,000 + 200) * 60 = 120,000 millionths instead of 150,000.
SUMS = """\
date,model,requests,input_tokens,cached_tokens,output_tokens,cost
2026-03-10,gpt-4.1-2025-04-14,3,3000,1000,600,0.0324
2026-03-10,anthropic/claude-sonnet-4-5,2,4000,0,1200,0.12
2026-03-10,gemini-2.5-flash,2,8000,0,2000,0.04
2026-03-10,mystery,1,100,0,10,0.003
"""


def test_sums_of_a_day(calls: Selection, tmp_path: Path) -> None:
    """Another price, a call never seen, calls without a price, and the days of UTC and Seoul."""
    path = tmp_path / "bill.csv"
    path.write_text(SUMS, encoding="utf-8")
    question = Question(Reading([path]), price_part(card()), "Asia/Seoul", first=DAY, last=DAY)
    comparison, bill = compare(question, calls.during, lambda _read, _total: None)
    found = sheets.as_json(comparison, bill, ("model",))
    by_model = {line["model"]: line for line in found["lines"]}
    causes = {
        model: {name: cause["nano"] for name, cause in line["causes"].items()} for model, line in by_model.items()
    }
    assert causes == {
        "gpt-4.1": {},
        "claude-sonnet-4.5": {"other_price": -30_000_000},
        # One of two calls is not in our logs. Ours was at midnight in Seoul, the day after.
        "gemini-2.5-flash": {"never_seen": 20_000_000, "time_zone": 20_000_000},
        "deepseek-v3.2": {"time_zone": -6_900_000},
        "mystery (no price)": {"unpriced": 3_000_000},
    }
    # 32.4 + 120 + 40 + 3 million of the bill.
    total = found["total"]
    assert (total["billed_nano"], total["ours_nano"], total["gap_nano"]) == (195_400_000, 189_300_000, 6_100_000)
    assert "30.00 in the bill" not in found["prices"]["claude-sonnet-4.5"]["text"]
    # 120 and 150 millionths of a USD for 5,200 tokens.
    assert found["prices"]["claude-sonnet-4.5"]["text"].startswith("23.0769 in the bill, 28.8462 here")


@pytest.mark.usefixtures("templated")
def test_the_command_call_by_call(
    node: Node, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """By the ids of answers and logs, which only the document's source has; 1 above the tolerance, 2 for a bad line."""
    index = f"{node.prefix}-api-2026.03.10"
    common = {
        "holysheep": {"source": "webhook", "cost": {"status": "priced", "total_nano": 10_400_000}},
        "gen_ai": {"request": {"model": "gpt-4.1"}, "usage": {"input_tokens": 1000, "output_tokens": 100}},
    }
    with node.client() as es:
        actions = [
            {
                "_index": index,
                "_source": {"@timestamp": f"2026-03-10T01:00:0{n}Z", "event": {"id": f"call-{n}"}, **common},
            }
            for n in range(3)
        ]
        helpers.bulk(es, actions, refresh=True)
    rows = [
        {"request_id": f"call-{n}", "spend": 0.0104, "startTime": f"2026-03-10T01:00:0{n}Z", "model": "gpt-4.1",
         "prompt_tokens": 1000, "completion_tokens": 100}
        for n in (0, 1, 1)
    ]  # fmt: skip
    path = tmp_path / "spend.jsonl"
    path.write_text("\n".join(map(json.dumps, rows)) + "\n", encoding="utf-8")
    monkeypatch.setenv("ELASTICSEARCH_PASSWORD", secret.passwords(node.layout.secrets)[secret.READER])
    reader = ["--url", f"https://localhost:{node.port}", "--ca", str(node.layout.authority), "--user", secret.READER]
    command = ["reconcile", str(path), *reader]
    try:
        # Twice in the bill, once only here: they make up for each other.
        assert cli.main([*command, "--json"]) == 0
        found = json.loads(capsys.readouterr().out)
        assert {name: cause["nano"] for name, cause in found["total"]["causes"].items()} == {
            "duplicate_lines": 10_400_000,
            "only_ours": -10_400_000,
        }
        path.write_text(json.dumps(rows[0]) + "\n", encoding="utf-8")
        assert cli.main([*command, "--tolerance", "0.02"]) == 1
        assert "only ours" in capsys.readouterr().out
        # 31.2 million here and 10.4 in the bill.
        assert cli.main([*command, "--tolerance", "0.0208"]) == 0
        path.write_text(json.dumps(rows[0]) + "\n{\n", encoding="utf-8")
        assert cli.main([*command, "--tolerance", "1"]) == 2
        assert f"{path}:2: it is no JSON" in capsys.readouterr().err
    finally:
        with node.client() as es:
            es.indices.delete(index=index)
