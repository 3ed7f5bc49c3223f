"""The gateway's own prices, asked of a real HTTP server on this machine."""

from __future__ import annotations

import http.server
import json
import socket
import threading
import time
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote

import pytest

from generator import card as cards
from generator.card.scalars import instant
from generator.errors import UserError
from runner.prices.compare import compare
from runner.prices.gateway import Gateway
from runner.prices.quote import QuoteError

if TYPE_CHECKING:
    from collections.abc import Iterator

KEY = "hs_test_0123456789"
PRICES: dict[str, object] = {
    "gpt-4.1": {"price_per_million_input": 8.0, "price_per_million_output": 24.0},
    "claude-sonnet-4.5": {"price_per_million_input": 3, "price_per_million_output": "15.00", "currency": "USD"},
    "a/b?c#d é": {"price_per_million_input": 0.1, "price_per_million_output": 0.2},
    "negative": {"price_per_million_input": -1, "price_per_million_output": 1},
    "half": {"price_per_million_input": 1},
    "list": [1],
}


class Handler(http.server.BaseHTTPRequestHandler):
    """Answers as the gateway of the documents does, and misbehaves on request."""

    def do_GET(self) -> None:
        """One price, or one of the ways to fail."""
        name = unquote(self.path.removeprefix("/v1/models/").removesuffix("/pricing"))
        if name == "redirect":
            self.send_response(302)
            self.send_header("Location", "http://127.0.0.1:1/steal")
            self.end_headers()
        elif name == "slow":
            time.sleep(2)
        elif name == "broken":
            self._answer(500, b"oops")
        elif name == "huge":
            self._answer(200, b" " * (1024 * 1024 + 1))
        elif name == "html":
            self._answer(200, b"<html>")
        elif name == "limited":
            self._answer(429, b"{}")
        elif self.headers.get("Authorization") != f"Bearer {KEY}":
            self._answer(401, b'{"error": "invalid key"}')
        elif name in PRICES:
            self._answer(200, json.dumps(PRICES[name]).encode())
        else:
            self._answer(404, b'{"error": "no such model"}')

    def _answer(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        """Keep the test's output clean."""


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """The base URL of a running server."""
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as running:
        thread = threading.Thread(target=running.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{running.server_port}/v1"
        running.shutdown()
        thread.join()


@pytest.fixture
def gateway(server: str, monkeypatch: pytest.MonkeyPatch) -> Gateway:
    """Asks that server, with the right key."""
    monkeypatch.setenv("HOLYSHEEP_BASE_URL", server + "/")
    monkeypatch.setenv("HOLYSHEEP_API_KEY", KEY)
    return Gateway(timeout=0.5)


def test_prices_of_the_gateway(gateway: Gateway) -> None:
    """Prices arrive exactly, as numbers or as text, and what the gateway does not state is not made up."""
    quote = gateway.quote(["gpt-4.1"], "openai")
    assert quote is not None
    assert (quote.rates, quote.fee, quote.tiers) == ({"input": Decimal(8), "output": Decimal(24)}, None, None)
    quote = gateway.quote(["unknown", "claude-sonnet-4.5"], None)
    assert quote is not None
    assert (quote.name, quote.rates["output"]) == ("claude-sonnet-4.5", Decimal(15))
    assert gateway.quote(["unknown"], None) is None


def test_any_model_name_is_one_path_segment(gateway: Gateway) -> None:
    """A name with a slash, a question mark or letters of another script asks for that very model."""
    quote = gateway.quote(["a/b?c#d é"], None)
    assert quote is not None
    assert quote.rates["input"] == Decimal("0.1")


def test_diff_with_the_gateway(gateway: Gateway) -> None:
    """Only what the gateway states is compared; models that it does not know are said to be missing."""
    card = cards.load(Path(__file__).parents[2] / "pricing.yaml")
    rows = {row.model: row for row in compare(card, gateway, instant("2026-11-21"))}
    assert rows["gpt-4.1"].verdict == "same"
    assert rows["claude-sonnet-4.5"].differences == (("input", "15", "3"), ("output", "75", "15"))
    assert rows["deepseek-v3.2"].verdict == "not in source"


@pytest.mark.parametrize(
    ("name", "message"), [("negative", "-1 is negative"), ("half", "has no"), ("list", "has no"), ("html", "not JSON")]
)
def test_unusable_answers_concern_one_model(gateway: Gateway, name: str, message: str) -> None:
    """A price that is none makes that model unusable, and not the whole comparison."""
    with pytest.raises(QuoteError, match=message):
        gateway.quote([name], None)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("redirect", r"redirects .* to http://127.0.0.1:1/steal, set HOLYSHEEP_BASE_URL"),
        ("slow", r"gave no answer within 0\.5 s"),
        ("broken", "answers 500"),
        ("limited", r"answers 429 .*wait a minute"),
        ("huge", "larger than 1 MiB"),
    ],
)
def test_failures_are_said(gateway: Gateway, name: str, message: str) -> None:
    """A gateway that fails is a sentence with a hint, without the key in it."""
    with pytest.raises(UserError, match=message) as caught:
        gateway.quote([name], None)
    assert KEY not in str(caught.value)


def test_wrong_key(server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """401 says that the key is the thing to look at."""
    monkeypatch.setenv("HOLYSHEEP_BASE_URL", server)
    monkeypatch.setenv("HOLYSHEEP_API_KEY", "wrong")
    with pytest.raises(UserError, match=r"answers 401 .*check HOLYSHEEP_API_KEY"):
        Gateway().quote(["gpt-4.1"], None)


def test_refused_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody listening is said as that."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    monkeypatch.setenv("HOLYSHEEP_BASE_URL", f"http://127.0.0.1:{port}/v1")
    monkeypatch.setenv("HOLYSHEEP_API_KEY", KEY)
    with pytest.raises(UserError, match="refuses the connection"):
        Gateway().quote(["gpt-4.1"], None)


def test_tls_to_a_plain_server_is_not_trusted(server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A TLS failure is said, and nothing is sent in clear text instead."""
    monkeypatch.setenv("HOLYSHEEP_BASE_URL", server.replace("http://", "https://"))
    monkeypatch.setenv("HOLYSHEEP_API_KEY", KEY)
    with pytest.raises(UserError, match="can't be trusted"):
        Gateway(timeout=2).quote(["gpt-4.1"], None)


@pytest.mark.parametrize(
    ("base", "key", "message"),
    [
        ("", KEY, "HOLYSHEEP_BASE_URL is not set"),
        ("http://127.0.0.1/v1", "", "HOLYSHEEP_API_KEY is not set"),
        ("http://127.0.0.1/v1", "a\nb", "characters that no API key has"),
        ("http://192.0.2.1/v1", KEY, "in clear text, write https"),
        ("http://gateway.invalid/v1", KEY, "in clear text"),
        ("file:///etc/passwd", KEY, "is not an address"),
        ("ftp://127.0.0.1/", KEY, "is not an address"),
        ("https://user:x@gateway.invalid/v1", KEY, "is not an address"),
        ("gateway.invalid/v1", KEY, "is not an address"),
    ],
)
def test_settings_are_checked_before_anything_is_sent(
    monkeypatch: pytest.MonkeyPatch, base: str, key: str, message: str
) -> None:
    """A missing or unsafe address or key is refused at once."""
    monkeypatch.setenv("HOLYSHEEP_BASE_URL", base)
    monkeypatch.setenv("HOLYSHEEP_API_KEY", key)
    with pytest.raises(UserError, match=message):
        Gateway()
