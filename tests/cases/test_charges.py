"""What calls cost beside plain tokens, from a provider's own object to the document; figures by hand in nano-USD.

The rates are those of pricing.yaml beside this file.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

import pytest

from generator import card
from generator.card.rules import price_rules
from generator.registry.sources import source_rules
from tests.documents import stray_fields
from tests.filterrun import Filter

pytestmark = pytest.mark.jruby
HERE: Final = Path(__file__).parent
AT: Final = "2025-09-01T12:00:00Z"


def document(running: Filter, model: str, at: str = AT, **parts: Any) -> dict[str, Any]:  # noqa: ANN401 - parts of a line
    """The one document of a webhook line."""
    line = {"timestamp": at, "event": "chat_completion", "model": model, **parts}
    ((found,),) = running.run("webhook", [json.dumps(line).encode()])
    assert stray_fields(found) == []
    source: dict[str, Any] = found["_source"]
    return source


AUDIO = {
    "prompt_tokens": 1000,
    "completion_tokens": 200,
    "total_tokens": 1200,
    "prompt_tokens_details": {"cached_tokens": 0, "audio_tokens": 400},
    "completion_tokens_details": {"reasoning_tokens": 0, "audio_tokens": 150},
}
REALTIME = {
    "input_tokens": 1000,
    "output_tokens": 200,
    "input_token_details": {"cached_tokens": 0, "text_tokens": 600, "audio_tokens": 400},
    "output_token_details": {"text_tokens": 50, "audio_tokens": 150},
}
IMAGE = {
    "input_tokens": 1060,
    "output_tokens": 4160,
    "total_tokens": 5220,
    "input_tokens_details": {"text_tokens": 60, "image_tokens": 1000},
}
GEMINI = {
    "promptTokenCount": 1000,
    "cachedContentTokenCount": 500,
    "candidatesTokenCount": 100,
    "totalTokenCount": 1100,
    "promptTokensDetails": [{"modality": "TEXT", "tokenCount": 400}, {"modality": "AUDIO", "tokenCount": 600}],
    "cacheTokensDetails": [{"modality": "TEXT", "tokenCount": 300}, {"modality": "AUDIO", "tokenCount": 200}],
    "candidatesTokensDetails": [{"modality": "TEXT", "tokenCount": 100}],
}
CLAUDE = {
    "input_tokens": 1000,
    "output_tokens": 100,
    "server_tool_use": {"web_search_requests": 2, "web_fetch_requests": 1},
    "service_tier": "standard",
    "inference_geo": "us",
}
BEDROCK = {
    "inputTokens": 100,
    "outputTokens": 0,
    "cacheWriteInputTokens": 500,
    "cacheDetails": [{"ttl": "1h", "inputTokens": 300}, {"ttl": "5m", "inputTokens": 200}],
}
SEARCHES = [
    {"type": "web_search_call", "action": {"type": "search"}},
    {"type": "web_search_call", "action": {"type": "open_page"}},
    {"type": "file_search_call"},
    {"type": "message", "content": []},
]
GROK = {
    "input_tokens": 1000,
    "output_tokens": 100,
    "cost_in_usd_ticks": 176_000_000,
    "num_sources_used": 3,
    "server_side_tool_usage_details": {"x_search_calls": 3, "mcp_calls": 1},
}


CHARGES: Final[list[tuple[str, dict[str, Any], int]]] = [
    # 600 x 2.50 + 400 x 40 + 50 x 10 + 150 x 80 = 1,500 + 16,000 + 500 + 12,000 micro-USD
    ("gpt-audio", {"usage": AUDIO}, 30_000_000),
    ("gpt-audio", {"response": {"usage": REALTIME}}, 30_000_000),
    # 60 x 5 + 1000 x 10 + 4160 x 40 = 300 + 10,000 + 166,400
    ("gpt-image-1", {"usage": IMAGE}, 176_700_000),
    # 100 text x 0.30 + 400 audio x 1 + 300 cached text x 0.03 + 200 cached audio x 0.10 + 100 x 2.50
    ("gemini-audio", {"usageMetadata": GEMINI}, 30_000 + 400_000 + 9_000 + 20_000 + 250_000),
    # (1000 x 3 + 100 x 15) x 1.1 + 2 x 0.01 USD
    ("claude-sonnet-4.6", {"usage": CLAUDE}, 4_950_000 + 20_000_000),
    # The same in the fast mode: (3,000 + 1,500) x 6 x 1.1; searches cost what they do
    ("claude-sonnet-4.6", {"usage": {**CLAUDE, "speed": "fast"}}, 29_700_000 + 20_000_000),
    # Elsewhere: the plain price
    ("claude-sonnet-4.6", {"usage": {**CLAUDE, "inference_geo": "global"}}, 4_500_000 + 20_000_000),
    # 100 x 3 + 200 x 3.75 + 300 x 6
    ("claude-sonnet-4.6", {"usage": BEDROCK}, 300_000 + 750_000 + 1_800_000),
    # 1000 x 2.50 + 1 web search + 1 file search; a page that is opened costs nothing
    (
        "gpt-audio",
        {"response": {"usage": {"input_tokens": 1000, "output_tokens": 0}, "output": SEARCHES}},
        2_500_000 + 10_000_000 + 2_500_000,
    ),
    ("gpt-audio", {"tokens": {"input": 1000}, "tool_counts": {"Web_Search": 3}}, 2_500_000 + 30_000_000),
    # 1000 x 2 + 100 x 6 + 3 x 0.005 USD
    ("grok-4", {"usage": GROK}, 2_600_000 + 15_000_000),
    # 90.5 s and, for the minimum of 10 s, 3 s: 0.0001 USD a second
    ("whisper-1", {"usage": {"type": "duration", "seconds": 90.5}}, 9_050_000),
    ("whisper-1", {"usage": {"type": "duration", "seconds": 3}}, 1_000_000),
    # 0.002 a query, at least 0.003 a request
    ("rerank-v3.5", {"meta": {"billed_units": {"search_units": 1}}}, 3_000_000),
    ("rerank-v3.5", {"meta": {"billed_units": {"search_units": 2}}}, 4_000_000),
]


@pytest.mark.parametrize(("model", "parts", "nano"), CHARGES)
def test_charges(live_filter: Filter, model: str, parts: dict[str, Any], nano: int) -> None:
    """A call is billed for all that its provider bills, and nothing is left over or unknown."""
    source = document(live_filter, model, **parts)
    assert source["holysheep"]["cost"]["total_nano"] == nano
    assert source["event"]["outcome"] == "success"
    assert "problems" not in source["holysheep"]


@pytest.mark.parametrize(
    ("at", "nano"),
    [
        # 6000 x 0.55 + 4000 x 0.14 + 2000 x 2.19, and off-peak 6000 x 0.135 + 4000 x 0.035 + 2000 x 0.55
        ("2025-09-01T16:29:59.999Z", 8_240_000),
        ("2025-09-01T16:30:00Z", 2_050_000),
        ("2025-09-02T00:29:59.999Z", 2_050_000),
        ("2025-09-02T00:30:00Z", 8_240_000),
        # Sunday to Monday: the end of the week cuts the window in two
        ("2025-09-07T23:59:59Z", 2_050_000),
        ("2025-09-08T00:00:00Z", 2_050_000),
    ],
)
def test_hours(live_filter: Filter, at: str, nano: int) -> None:
    """The window begins with its first minute and ends before its last, past midnight too."""
    usage = {"prompt_tokens": 10_000, "prompt_cache_hit_tokens": 4000, "completion_tokens": 2000}
    source = document(live_filter, "deepseek-reasoner", at, usage=usage)
    assert source["holysheep"]["cost"]["total_nano"] == nano


def test_the_document_says_what_was_used(live_filter: Filter) -> None:
    """Counts, region, service tier and the parts of the cost are in the document; xAI's own cost is in USD."""
    source = document(live_filter, "claude-sonnet-4.6", usage={**CLAUDE, "speed": "fast"})
    assert source["cloud"] == {"region": "us"}
    assert source["holysheep"]["service_tier"] == "fast"
    assert source["holysheep"]["usage"] == {"tools": {"web_search": "2", "web_fetch": "1"}}
    assert source["holysheep"]["cost"]["tools"] == 0.02
    audio = document(live_filter, "gpt-audio", usage=AUDIO)["holysheep"]
    assert audio["usage"] == {"input_audio_tokens": 400, "output_audio_tokens": 150}
    assert (audio["cost"]["input"], audio["cost"]["output"]) == (0.0175, 0.0125)
    rerank = document(live_filter, "rerank-v3.5", meta={"billed_units": {"search_units": 1}})["holysheep"]
    assert rerank["usage"] == {"units": {"search_units": "1"}}
    assert (rerank["cost"]["units"], rerank["cost"]["minimum"]) == (0.002, 0.001)
    grok = document(live_filter, "grok-4", usage=GROK)["holysheep"]["cost"]
    assert (grok["reported"], grok["difference"]) == (0.0176, 0.0)


@pytest.mark.parametrize(
    ("model", "parts", "problem"),
    [
        ("o4-mini", {"usage": AUDIO}, "tokens.input_audio: has no rate in the price card, priced as input (400)"),
        ("o4-mini", {"usage": AUDIO}, "tokens.output_audio: has no rate in the price card, priced as output (150)"),
        ("o4-mini", {"usage": CLAUDE}, "tools.web_search: has no price in the price card (2)"),
        (
            "o4-mini",
            {"usage": {"prompt_tokens": 5, "seconds": 9.5}},
            "units.audio_seconds: has no price in the price card (9.5)",
        ),
    ],
)
def test_what_has_no_price_is_noted(live_filter: Filter, model: str, parts: dict[str, Any], problem: str) -> None:
    """A cost that leaves something out does not look complete."""
    assert problem in document(live_filter, model, **parts)["holysheep"]["problems"]


def test_a_count_that_cannot_be_meant_leaves_the_call_unpriced(live_filter: Filter) -> None:
    """As with tokens: minus two searches are a broken line."""
    usage = {**CLAUDE, "server_tool_use": {"web_search_requests": -2}}
    source = document(live_filter, "claude-sonnet-4.6", usage=usage)["holysheep"]
    assert source["cost"]["unpriced_reason"] == "invalid_tokens"
    assert source["problems"] == ["usage.web_search_calls: not a count between 0 and 1000000000 (-2)"]


ANSWERED = {"usage": {"prompt_tokens": 1000}, "model": "gpt-5-mini-2025-08-07"}


def test_the_asked_model_is_priced_by_default(live_filter: Filter) -> None:
    """1,000 prompt tokens of o4-mini, though gpt-5-mini answered: 1.10 a million."""
    source = document(live_filter, "o4-mini", response=ANSWERED)
    assert (source["holysheep"]["cost"]["total_nano"], source["holysheep"]["price"]["model"]) == (1_100_000, "o4-mini")


def test_the_card_may_price_the_model_that_answered(command: list[str], tmp_path: Path) -> None:
    """`price_by: served`: gpt-5-mini at 0.25 a million; a name that the card lacks is unpriced."""
    text = "price_by: served\n" + (HERE / "pricing.yaml").read_text(encoding="utf-8")
    rules = tmp_path / "rules.json"
    rules.write_text(json.dumps({**price_rules(card.parse(text)), **source_rules()}), encoding="utf-8")
    running = Filter(command, rules)
    try:
        answered = document(running, "o4-mini", response=ANSWERED)
        unknown = document(running, "o4-mini", response={**ANSWERED, "model": "nobody-knows"})
        asked = document(running, "o4-mini", usage={"prompt_tokens": 1000})
    finally:
        running.close()
    assert answered["holysheep"]["cost"]["total_nano"] == 250_000
    assert answered["gen_ai"]["request"]["model"] == "o4-mini"
    assert answered["gen_ai"]["response"]["model"] == "gpt-5-mini-2025-08-07"
    assert unknown["holysheep"]["cost"]["unpriced_reason"] == "unknown_model"
    assert asked["holysheep"]["cost"]["total_nano"] == 1_100_000
