"""Usage objects of the providers' APIs give the tokens and costs that provider_samples.py states."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.cases.provider_samples import SAMPLES, Sample

if TYPE_CHECKING:
    from tests.filterrun import Filter

pytestmark = pytest.mark.jruby


def line(model: str, **parts: object) -> bytes:
    """A webhook line of one call."""
    return json.dumps(
        {"timestamp": "2025-09-01T12:00:00Z", "event": "chat_completion", "model": model, **parts}
    ).encode()


def priced(live_filter: Filter, text: bytes) -> dict[str, Any]:
    """The one document of a line."""
    ((document,),) = live_filter.run("webhook", [text])
    source: dict[str, Any] = document["_source"]
    return source


# `tokens` is the bundle's own name: no provider's response has it.
PLACES = [
    pytest.param(sample, within_response, id=f"{sample.api}-{'within response' if within_response else 'beside'}")
    for sample in SAMPLES
    for within_response in (False, True)
    if not (within_response and sample.where == "tokens")
]


@pytest.mark.parametrize(("sample", "within_response"), PLACES)
def test_usage_of_a_provider(live_filter: Filter, sample: Sample, within_response: bool) -> None:  # noqa: FBT001 - pytest passes it by name
    """The object gives the tokens and the cost that the provider means, and nothing in it is left over."""
    usage: dict[str, Any] = {sample.where: sample.usage}
    source = priced(live_filter, line(sample.model, **({"response": usage} if within_response else usage)))
    counts = source["gen_ai"]["usage"]
    read, write = (counts.get(key, {}).get("input_tokens", 0) for key in ("cache_read", "cache_creation"))
    reasoning = counts.get("reasoning", {}).get("output_tokens", 0)
    assert (counts["input_tokens"], counts["output_tokens"], read, write, reasoning) == sample.tokens
    assert source["holysheep"]["cost"]["total_nano"] == sample.nano
    assert "problems" not in source["holysheep"]


@pytest.mark.parametrize(
    ("usage", "note"),
    [
        ({"prompt_tokens_details": {"video_tokens": 30}}, "usage.prompt_tokens_details.video_tokens"),
        ({"hologram_tokens": 30}, "usage.hologram_tokens"),
        ({"newDetails": {"hologramTokenCount": 30}}, "usage.newDetails.hologramTokenCount"),
    ],
)
def test_an_unknown_count_is_noted(live_filter: Filter, usage: dict[str, Any], note: str) -> None:
    """A key that looks like a count of tokens and has no meaning is a problem of the line; the rest is priced."""
    source = priced(live_filter, line("o4-mini", usage={"prompt_tokens": 1000, "completion_tokens": 200, **usage}))
    assert source["holysheep"]["problems"] == [f"tokens: {note} is not known and not priced (30)"]
    assert source["holysheep"]["cost"]["total_nano"] == 1_980_000


def test_what_only_looks_like_a_count_is_not_noted(live_filter: Filter) -> None:
    """Limits, budgets, rates and counts of nought are no tokens that somebody pays."""
    usage = {"prompt_tokens": 1000, "completion_tokens": 200, "hologram_tokens": 0, "image_tokens": None}
    harmless = {
        "max_completion_tokens": 4096,
        "thinking": {"budget_tokens": 1024},
        "remaining_tokens": 9,
        "page_token": 3,
    }
    source = priced(live_filter, line("o4-mini", usage=usage, metadata={"max_output_tokens": 7}, **harmless))
    assert "problems" not in source["holysheep"]


def test_more_hours_than_cache_writes_are_noted(live_filter: Filter) -> None:
    """Tokens kept for an hour are a part of those written to the cache; more are a broken line."""
    usage = {
        "input_tokens": 100,
        "cache_creation_input_tokens": 10,
        "cache_creation": {"ephemeral_1h_input_tokens": 20},
        "output_tokens": 0,
    }
    source = priced(live_filter, line("claude-opus-4.1", usage=usage))
    assert source["holysheep"]["problems"] == ["tokens.cache_write_1h: is more than cache_write (20)"]
    assert source["holysheep"]["cost"]["total_nano"] == 100 * 3_000 + 10 * 6_000 + 1_000_000


def test_what_perplexity_says_that_it_charges(live_filter: Filter) -> None:
    """Its `cost` is an object: the total is the reported cost. Searches are calls of a tool."""
    cost = {"input_tokens_cost": 0.001, "output_tokens_cost": 0.002, "request_cost": 0.005, "total_cost": 0.008}
    usage = {"prompt_tokens": 1000, "completion_tokens": 200, "total_tokens": 1200, "num_search_queries": 3}
    source = priced(live_filter, line("sonar-pro", usage={**usage, "cost": cost, "search_context_size": "low"}))
    assert source["holysheep"]["cost"]["reported"] == 0.008
    assert source["holysheep"]["usage"]["tools"] == {"web_search": "3"}
    assert "problems" not in source["holysheep"]
