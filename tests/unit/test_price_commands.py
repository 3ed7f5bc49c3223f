"""`price` and `prices` as a person runs them."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from generator import paths
from generator.commands import price
from generator.errors import UserError
from runner.options import prices

PRICING = Path(__file__).parents[2] / "pricing.yaml"
Run = Callable[..., tuple[int, str]]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs a command line against a copy of the default card: exit code and standard output."""
    home = tmp_path / "pricing.yaml"
    home.write_bytes(PRICING.read_bytes())
    monkeypatch.setattr(paths, "PRICING", home)
    parser = argparse.ArgumentParser()
    sub = parser.add_subparsers(required=True)
    price.add_parser(sub)
    prices.add_parser(sub)

    def go(*argv: str) -> tuple[int, str]:
        args = parser.parse_args(argv)
        return args.func(args), capsys.readouterr().out

    return go


def test_price_of_a_call(run: Run) -> None:
    """The first document's first line as JSON: entry, rule, validity and cost by part."""
    code, out = run(
        "price", "openai/GPT-4.1-2025-04-14", "--at", "2025-01-15", "--input", "150", "--output", "320", "--json"
    )
    report = json.loads(out)
    assert code == 0
    assert (report["model"], report["rule"], report["matched"]) == ("gpt-4.1", "exact", "gpt-4.1")
    assert (report["from"], report["until"]) == ("2024-01-01T00:00:00.000Z", "2025-05-14T00:00:00.000Z")
    assert (report["cost_usd"]["total"], report["total_nano"]) == (0.00376, 3_760_000)
    assert (report["cost_usd"]["input"], report["cost_usd"]["output"]) == (0.0012, 0.00256)


def test_price_as_a_table(run: Run) -> None:
    """The table shows the model, the dates and the total."""
    code, out = run("price", "deepseek-chat-v3.2", "--at", "2025-01-15T10:30:00Z", "--input", "150", "--output", "280")
    assert code == 0
    for text in ("deepseek-v3.2 (alias match of deepseek-chat-v3.2)", "2024-01-01T00:00:00.000Z", "0.000180600"):
        assert text in out


def test_the_window_and_how_full_it_is(run: Run) -> None:
    """16,010 of 64,000 tokens are 25.01 %, 96,000 are 150 %. Without a call the window stands alone."""
    _, out = run("price", "deepseek-v3.2", "--input", "150", "--output", "15860", "--json")
    report = json.loads(out)
    assert (report["context_window"], report["context_percent"], "rate_limits" in report) == (64_000, 25, False)
    assert "64,000 tokens, of which the call fills 25 %" in run("price", "deepseek-v3.2", "--input", "16000")[1]
    assert json.loads(run("price", "deepseek-v3.2", "--input", "96000", "--json")[1])["context_percent"] == 150
    _, out = run("price", "deepseek-v3.2")
    assert "64,000 tokens" in out
    assert "fills" not in out


def test_limits_that_the_card_has(run: Run) -> None:
    """Each of the two that is there; without a window there is no line for it."""
    text = paths.PRICING.read_text(encoding="utf-8")
    text = text.replace("    context_window: 64000\n", "    rate_limits: {tokens_per_minute: 200000}\n")
    text = text.replace(
        "    context_window: 200000\n", "    rate_limits: {requests_per_minute: 500, tokens_per_minute: 1}\n"
    )
    paths.PRICING.write_text(text, encoding="utf-8")
    _, out = run("price", "deepseek-v3.2", "--input", "10")
    assert "200,000 tokens a minute" in out
    assert "context" not in out
    assert "500 requests, 1 tokens a minute" in run("price", "claude-sonnet-4.5")[1]
    report = json.loads(run("price", "claude-sonnet-4.5", "--at", "2020-01-01", "--json")[1])
    assert report["rate_limits"] == {"requests_per_minute": 500, "tokens_per_minute": 1}
    assert "rate_limits" not in json.loads(run("price", "nobody-knows", "--json")[1])


def test_rates_alone(run: Run) -> None:
    """Without tokens only the rates are shown."""
    code, out = run("price", "gpt-4.1", "--json")
    assert (code, "cost_usd" in json.loads(out)) == (0, False)


def test_batch_tier(run: Run) -> None:
    """A batch costs half."""
    _, out = run(
        "price", "gpt-4.1", "--at", "2025-01-15", "--input", "150", "--output", "320", "--tier", "batch", "--json"
    )
    assert json.loads(out)["cost_usd"]["total"] == 0.00188


@pytest.mark.parametrize(
    ("argv", "text"),
    [
        (
            ["gpt-4.1-mini"],
            "unpriced (unknown_model): no id, alias or pattern of the card matches this name; near names: gpt-4.1",
        ),
        (["[red]%{x}"], "near names: none"),
        (["gpt-4.1", "--at", "2023-01-01"], "first price 2024-01-01T00:00:00.000Z"),
        (["gpt-4.1", "--tier", "flex", "--input", "1"], "unknown_service_tier"),
        (["gpt-4.1", "--input", "1", "--cached", "2"], "cached_exceeds_input"),
        (["gpt-4.1", "--input", "0"], "no_usage"),
    ],
)
def test_unpriced_says_why_and_exits_1(run: Run, argv: list[str], text: str) -> None:
    """A call without a price is never shown as 0: the reason, near names, exit 1."""
    code, out = run("price", *argv)
    assert code == 1
    assert text in out


@pytest.mark.parametrize(
    "argv", [["--input", "-1"], ["--input", "1.5"], ["--input", "9999999999999"], ["--input", "²"]]
)
def test_bad_counts_are_refused(run: Run, argv: list[str]) -> None:
    """A count that is none is a usage error."""
    with pytest.raises(SystemExit, match="2"):
        run("price", "gpt-4.1", *argv)


def test_bad_time_is_refused(run: Run) -> None:
    """A time without zone says what to write."""
    with pytest.raises(UserError, match=r'--at: "2025-01-15T10:30" has no time zone, write'):
        run("price", "gpt-4.1", "--at", "2025-01-15T10:30")


def test_prices_diff_and_import(run: Run, tmp_path: Path) -> None:
    """A diff finds a difference and exits 1; import --write adds it; the next diff finds none and exits 0."""
    file = tmp_path / "litellm.json"
    entry = {"input_cost_per_token": 2e-06, "output_cost_per_token": 8e-06, "litellm_provider": "openai"}
    file.write_text(json.dumps({"gpt-4.1": entry}), encoding="utf-8")
    code, out = run("prices", "diff", "litellm", str(file), "--json")
    first = json.loads(out)[0]
    assert (code, first["verdict"], first["differences"]["input"]) == (1, "differs", {"ours": "8", "theirs": "2"})
    code, out = run("prices", "import", "litellm", str(file), "--from", "2026-01-01")
    assert (code, "- {from: 2026-01-01, input: 2, output: 8}" in out) == (0, True)
    assert run("prices", "import", "litellm", str(file), "--from", "2026-01-01", "--write")[0] == 0
    code, out = run("prices", "diff", "litellm", str(file))
    assert (code, "same" in out) == (0, True)


@pytest.mark.parametrize(
    ("argv", "message"),
    [(["litellm"], "litellm needs a file"), (["genai-prices", "x.json"], "genai-prices takes no file")],
)
def test_sources_and_files(run: Run, argv: list[str], message: str) -> None:
    """A file is given to LiteLLM, and to no other source."""
    with pytest.raises(UserError, match=message):
        run("prices", "diff", *argv)
