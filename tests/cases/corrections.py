"""Corrections of a price card: one for the samples and cases, and Hypothesis strategies for any card and call."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from hypothesis import strategies as st

from generator import card as cards_module
from tests.price_strategies import prices
from tests.strategies import calls, card_data, decimals, family_lists, fractions

if TYPE_CHECKING:
    from generator.card import Card
    from holysheep.price import Call
    from tests.filterrun import Json

#: Another card for the samples and cases: other prices, tiers, fees and charges, a model more and some less, another
#: budget, other latency classes. `gpt-4.1` is priced from later on, `unknown-model-x` and `o3` have a price.
CORRECTED: Final = """\
index_prefix: holysheep
retention_days: {api: 1, errors: 1, audit: 1, access: 1, system: 1, rejected: 1, deadletter: 1}
budgets: {request_usd: 0.000001, day_usd: 1, month_usd: 1}
latency_classes: [{name: quick, below_ms: 1000}, {name: rest}]
price_by: served
margin: 0.1
families:
  - {prefix: gpt-, family: OpenAI 2, provider: openai.2}
  - {prefix: claude, family: Anthropic, provider: anthropic}
  - {prefix: gemini, family: Google, provider: gcp.gemini}
  - {prefix: deepseek, family: DeepSeek, provider: deepseek}
  - {prefix: o4, family: OpenAI, provider: openai}
  - {prefix: text-embedding, family: OpenAI, provider: openai}
  - {prefix: mistral, family: Mistral, provider: mistral_ai}
  - {prefix: grok, family: xAI, provider: x_ai}
  - {prefix: whisper, family: OpenAI, provider: openai}
  - {prefix: rerank, family: Cohere, provider: cohere}
models:
  - id: gpt-4.1
    provider: azure
    family: OpenAI
    prices: [{from: 2025-01-20, input: 2, output: 8, cached_input: 0.5, fee: 0.01, tools: {web_search: 0.01}}]
  - id: claude-sonnet-4.5
    provider: anthropic
    family: Anthropic
    aliases: [claude-sonnet-4-20250514]
    patterns: ["anthropic.claude-sonnet-4-5-*"]
    service_tiers: {batch: 0.4}
    prices:
      - {from: 2024-01-01, input: 3, output: 15, cached_input: 0.3, tiers: [{above: 1000, input: 6, output: 22}]}
  - id: deepseek-v3.2
    provider: deepseek
    family: DeepSeek
    prices:
      - {from: 2024-01-01, input: 0.27, output: 1.1, input_audio: 9, minimum: 0.002}
      - {from: 2025-03-01, input: 0.28, output: 0.42, units: {images: 0.01, audio_seconds: 0.0001}, regions: {us: 1.5}}
  - id: unknown-model-x
    provider: x
    family: X
    aliases: [mystery, o3, llama-3-70b]
    patterns: ["mystery-*"]
    prices: [{from: 2024-01-01, input: 1, output: 2}]
"""


@st.composite
def corrections(draw: st.DrawFn) -> tuple[Card, Card]:
    """Two cards: models of the one have other prices in the other, another family, or are not in it."""
    first = {**draw(card_data()), "index_prefix": "holysheep"}
    second = {**first, "families": draw(family_lists()), "price_by": draw(st.sampled_from(["requested", "served"]))}
    second["budgets"] = {"request_usd": draw(decimals("100", 9)), "day_usd": "1", "month_usd": "1"}
    second["latency_classes"] = [{"name": "a", "below_ms": draw(st.sampled_from(["100", "700"]))}, {"name": "b"}]
    second["discount"] = draw(fractions)
    models = []
    for model in first["models"]:
        changed = {key: value for key, value in model.items() if key != "prices"}
        starts = [price["from"] for price in model["prices"]]
        kept = draw(st.lists(st.sampled_from(starts), unique=True, min_size=1))
        changed["prices"] = [draw(prices(start)) for start in kept] if draw(st.booleans()) else model["prices"]
        if draw(st.booleans()):
            changed |= {"family": "Another", "provider": "another"}
        if draw(st.integers(0, 4)):
            models.append(changed)
    second["models"] = models or first["models"]
    pair = (cards_module.build(first), cards_module.build(second))
    return pair if draw(st.booleans()) else (pair[1], pair[0])


def line(draw: st.DrawFn, number: int, call: Call) -> str:
    """A call as LiteLLM logs it, with our own names for what its usage object has none for."""
    count = st.sampled_from(["x", -1, 10**9 + 1, {"a": 1}])
    usage: Json = {
        "prompt_tokens": draw(count) if draw(st.integers(0, 30)) == 0 else call.input,
        "completion_tokens": draw(count) if draw(st.integers(0, 30)) == 0 else call.output,
        "total_tokens": call.total,
        "cache_creation_input_tokens": call.cache_write,
        "cache_creation": {"ephemeral_1h_input_tokens": call.cache_write_1h},
        "prompt_tokens_details": {
            "cached_tokens": call.cache_read,
            "audio_tokens": call.input_audio,
            "image_tokens": call.input_image,
        },
        "completion_tokens_details": {
            "reasoning_tokens": call.reasoning,
            "audio_tokens": call.output_audio,
            "image_tokens": call.output_image,
        },
    }
    units = {"images": "image_count", "characters": "character_count", "pages": "page_count"}
    record: Json = {
        "id": f"call-{number}",
        "call_type": "acompletion",
        "startTime": call.at_ms,
        "model": 5 if draw(st.integers(0, 30)) == 0 else call.model,
        "response_model": call.response_model,
        "custom_llm_provider": draw(st.sampled_from([None, "their-own"])),
        "status": "failure" if call.failed else "success",
        "cloud": {"region": call.region},
        "model_parameters": {"service_tier": call.service_tier},
        "usage": usage,
        "tool_counts": dict(call.tools) if call.tools else None,
        **{units.get(name, name): amount for name, amount in (call.units or {}).items()},
        "response_time": draw(st.sampled_from([None, 0.1, 0.6, 12])),
        "response_cost": draw(st.sampled_from([None, 0, 0.000123456, 12.5])),
        "cache_hit": draw(st.sampled_from([None, None, None, True])),
        "requester_ip_address": draw(st.sampled_from([None, "10.0.0.1", "nowhere"])),
        "new_kind_tokens": draw(st.sampled_from([None, None, 7])),
    }
    return json.dumps(record)


@st.composite
def corrections_and_lines(draw: st.DrawFn) -> tuple[Card, Card, list[str]]:
    """Two cards, and lines of calls to models of either."""
    one, other = draw(corrections())
    drawn = draw(st.lists(st.one_of(calls(one), calls(other)), min_size=1, max_size=10))
    return one, other, [line(draw, number, call) for number, call in enumerate(drawn)]
