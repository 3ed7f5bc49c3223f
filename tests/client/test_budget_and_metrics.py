"""Budgets, metrics, privacy, and the price card of a running application."""

from __future__ import annotations

import hashlib
import hmac
import json
import socket
import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from prometheus_client import CollectorRegistry
from prometheus_client.exposition import generate_latest

from holysheep import card as cards
from holysheep.budget import Alert, Budget, BudgetExceededError, slack, webhook
from holysheep.card import Card
from holysheep.line import Builder
from holysheep.price import Call, RulesError, default_rules
from holysheep.prometheus import Metrics
from holysheep.settings import Settings
from tests.client.collector import collecting
from tests.client.environment import run
from tests.docpages import ROOT, blocks

if TYPE_CHECKING:
    from tests.client.conftest import Logged


def threads() -> None:
    """Wait for alerts on their way."""
    for thread in threading.enumerate():
        if thread.name == "holysheep-alert":
            thread.join(10)


def test_budget(logged: Logged) -> None:
    """Gpt-4.1 input costs 8 USD a million: 100,000 tokens are 0.80 USD. Each alert comes once."""
    alerts: list[Alert] = []
    budget = Budget(request_usd=0.5, day_usd=2, month_usd=100, callbacks=[alerts.append])
    logged.logger.observers.append(budget)
    for _ in range(4):
        logged.log(model="gpt-4.1", input_tokens=100_000, started_ns=1_795_305_600_000_000_000)
    logged.lines()
    threads()
    # 0.80, 1.60 (80 % of two), 2.40 (over), 3.20.
    days = [(alert.level, alert.spent_usd, alert.when) for alert in alerts if alert.period == "day"]
    assert sorted(days) == [("critical", 2.4, "2026-11-22"), ("warning", 1.6, "2026-11-22")]
    assert [alert.level for alert in alerts if alert.period == "request"] == ["critical"] * 4
    assert budget.spent_usd("2026-11") == 3.2
    with pytest.raises(BudgetExceededError, match=r"2026-11-22: 3.2000 of 2.00 USD are spent"):
        budget.check()


def test_budget_callbacks(logged: Logged) -> None:
    """Slack and webhook get what the third document shows; a callback that fails harms no other."""
    with collecting() as there:

        def broken(_: Alert) -> None:
            raise RuntimeError("no")

        logged.logger.observers.append(
            Budget(request_usd=0.5, callbacks=[broken, slack(there.url), webhook(there.url)])
        )
        logged.log(model="gpt-4.1", input_tokens=100_000, trace_id="trace-1")
        logged.lines()
        threads()
        to_slack, to_webhook = map(json.loads, there.bodies)
    [attachment] = to_slack["attachments"]
    assert attachment["color"] == "#ff0000"
    shown = {field["title"]: field["value"] for field in attachment["fields"]}
    assert (shown["Model"], shown["Spent"], shown["Limit"], shown["Trace"]) == (
        "gpt-4.1",
        "$0.8000",
        "$0.50",
        "trace-1",
    )
    assert (to_webhook["level"], to_webhook["period"], to_webhook["spent_usd"]) == ("critical", "request", 0.8)


def test_prometheus(logged: Logged) -> None:
    """The documents' names and buckets; a model that nobody knows is `other`."""
    registry = CollectorRegistry()
    logged.logger.observers.append(Metrics(registry))
    logged.log(model="openai/gpt-4.1", input_tokens=150, output_tokens=320, latency_ms=812)
    for number in range(50):
        logged.log(model=f"made-up-{number}", input_tokens=1, output_tokens=1, latency_ms=5500)
    logged.log(model="gpt-4.1", status_code=500, error="x")
    logged.lines()
    text = generate_latest(registry).decode()
    for line in (
        'holysheep_request_total{model="gpt-4.1",status="success"} 1.0',
        'holysheep_request_total{model="gpt-4.1",status="error"} 1.0',
        'holysheep_request_total{model="other",status="success"} 50.0',
        'holysheep_tokens_total{model="gpt-4.1",type="input"} 150.0',
        'holysheep_tokens_total{model="gpt-4.1",type="output"} 320.0',
        'holysheep_latency_seconds_bucket{le="0.5",model="gpt-4.1"} 0.0',
        'holysheep_latency_seconds_bucket{le="1.0",model="gpt-4.1"} 1.0',
        'holysheep_latency_seconds_bucket{le="5.0",model="other"} 0.0',
        'holysheep_latency_seconds_bucket{le="+Inf",model="other"} 50.0',
        'holysheep_cost_total{currency="usd",model="gpt-4.1"} 0.00888',
        'holysheep_unpriced_total{reason="unknown_model"} 50.0',
    ):
        assert line in text.splitlines(), line
    assert "made-up" not in text


def test_the_pages_example_is_scraped(tmp_path: Path) -> None:
    """The block of docs/client.md as it is, but for the port; 150 x 8 + 320 x 24 USD per million are 0.00888."""
    [block] = [one.text for one in blocks(ROOT / "docs" / "client.md") if "start_http_server" in one.text]
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    program = f"""{block.replace("8000", port)}
import urllib.request
holysheep.log(model="gpt-4.1", input_tokens=150, output_tokens=320, latency_ms=812)
holysheep.flush()
print(urllib.request.urlopen("http://127.0.0.1:{port}/metrics", timeout=10).read().decode())
"""
    scraped = run(Path(sys.executable), program, tmp_path, {}).splitlines()
    assert 'holysheep_cost_total{currency="usd",model="gpt-4.1"} 0.00888' in scraped
    assert 'holysheep_request_total{model="gpt-4.1",status="success"} 1.0' in scraped


def test_user_ids_and_prompts(tmp_path: Path) -> None:
    """An HMAC where there is a key; prompts only where they are asked for, and masked."""
    key = tmp_path / "key"
    key.write_text("k\n")
    record = {"log_id": "1", "now_ns": 1, "model": "m", "user_id": "ann@example.com", "prompt": "mail ann@example.com"}
    line, _ = Builder(Settings(user_key_file=key), Card()).build(dict(record))
    assert line["user_id"] == hmac.new(b"k", b"ann@example.com", hashlib.sha256).hexdigest()[:16]
    assert "prompt" not in line
    line, _ = Builder(Settings(keep_prompts=True), Card()).build(dict(record))
    assert (line["user_id"], line["prompt"]) == ("[EMAIL_MASKED]", "mail [EMAIL_MASKED]")
    with pytest.raises(OSError, match="No such file"):
        Builder(Settings(user_key_file=tmp_path / "none"), Card())


def test_numbers_of_people_are_masked_in_metadata() -> None:
    """As their text would be; other numbers stay numbers."""
    card, now = 4111111111111111, 1738866280123
    told = {
        "a": card,
        "b": [1, card],
        "c": {"d": float(card)},
        "now": now,
        "part": 0.25,
        "big": 1e300,
        "nan": float("inf"),
    }
    line, _ = Builder(Settings(), Card()).build({"log_id": "1", "now_ns": 1, "model": "m", "metadata": told, "e": card})
    masked = "[CARD_MASKED]"
    changed = {"a": masked, "b": [1, masked], "c": {"d": masked}, "e": masked}
    assert line["metadata"] == {**told, **changed}


def test_card_reloads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A changed file is used within seconds; a broken one changes nothing; text works as well."""
    monkeypatch.setattr(cards, "LOOK_S", 0.0)
    file = tmp_path / "prices.json"
    rules = json.loads(json.dumps(default_rules()))
    file.write_text(json.dumps(rules))
    card = Card(file)
    call = Call("gpt-4.1", int(time.time() * 1000), input=1_000_000)
    first = card.price(call).cost
    assert first is not None
    assert first.total == 8_000_000_000
    rules["models"][0]["prices"][-1]["input"] *= 2
    file.write_text(json.dumps(rules) + " ")
    second = card.price(call).cost
    assert second is not None
    assert second.total == 16_000_000_000
    file.write_text("{")
    assert card.price(call).cost == second
    assert Card(text=json.dumps(rules)).price(call).cost == second
    with pytest.raises(RulesError, match=r"HOLYSHEEP_PRICES_JSON has no version, .*families"):
        Card(text="{}")
