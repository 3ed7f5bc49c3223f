"""Counts that stand beside input and output where their names say that they are within; only figures tell.

Rates in tests/cases/pricing.yaml, USD a million tokens: gemini-2.5-flash 2.50 and 10; gpt-5-mini 0.25 and 2, cached
0.025.
A test holds the client's reader to the same counts.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from holysheep import usage as client

if TYPE_CHECKING:
    from tests.filterrun import Filter

pytestmark = pytest.mark.jruby


def usage(*, reasoning: int | None = None, cached: int | None = None, **counts: int) -> dict[str, Any]:
    """A usage object in the form of OpenAI's chat."""
    told: dict[str, Any] = {f"{name}_tokens": count for name, count in counts.items()}
    if reasoning is not None:
        told["completion_tokens_details"] = {"reasoning_tokens": reasoning}
    if cached is not None:
        told["prompt_tokens_details"] = {"cached_tokens": cached}
    return told


#: Model, usage object, (input, output, reasoning) as they are meant, nano-USD, the note's beginning.
CASES = {
    "gemini's thoughts are in the total alone": (
        "gemini-2.5-flash", usage(prompt=1000, completion=100, total=1800), (1000, 800, 700),
        1000 * 2500 + 800 * 10_000, "tokens.total: 700 of it are neither input nor output",
    ),
    "by whatever name": (
        "google/gemini-2.5-flash", usage(prompt=1000, completion=100, total=1800, reasoning=0), (1000, 800, 700),
        1000 * 2500 + 800 * 10_000, "tokens.total: 700 of it are neither input nor output",
    ),
    "of another model nobody knows what the rest is": (
        "gpt-5-mini", usage(prompt=1000, completion=100, total=1800), (1000, 100, None),
        1000 * 250 + 100 * 2000, "tokens.total: is not input and output together (1800)",
    ),
    "more reasoning than output": (
        "gpt-5-mini", usage(prompt=33, completion=7163, total=7196, reasoning=73_997), (33, 81_160, 73_997),
        33 * 250 + 81_160 * 2000, "tokens.reasoning: is more than the output, and counts beside it (73997)",
    ),
    "reasoning and no total": (
        "gemini-2.5-flash", usage(prompt=1000, completion=100, reasoning=700), (1000, 800, 700),
        1000 * 2500 + 800 * 10_000, "tokens.reasoning: is more than the output, and counts beside it (700)",
    ),
    "reasoning within the output": (
        "gpt-5-mini", usage(prompt=1000, completion=800, total=1800, reasoning=700), (1000, 800, 700),
        1000 * 250 + 800 * 2000, None,
    ),
    "a total that has the cached tokens besides": (
        "gpt-5-mini", usage(prompt=5000, completion=100, total=8100, cached=3000), (8000, 100, None),
        5000 * 250 + 3000 * 25 + 100 * 2000, None,
    ),
    "a prompt that was cached as a whole": (
        "gpt-5-mini", usage(prompt=0, completion=100, total=6100, cached=6000), (6000, 100, None),
        6000 * 25 + 100 * 2000, None,
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_the_filter(live_filter: Filter, name: str) -> None:
    """Cost to the last digit, the counts, and a note where a count was not taken as it stands."""
    model, told, (sent, got, thought), nano, note = CASES[name]
    line = {"id": "c1", "timestamp": "2025-09-01T12:00:00Z", "model": model, "status": "success", "usage": told}
    ((document,),) = live_filter.run("webhook", [json.dumps(line).encode()])
    source = document["_source"]
    counts = source["gen_ai"]["usage"]
    assert (counts["input_tokens"], counts["output_tokens"]) == (sent, got)
    assert counts.get("reasoning", {}).get("output_tokens") == thought
    assert source["holysheep"]["cost"]["total_nano"] == nano
    problems = source["holysheep"].get("problems", [])
    assert [problem[: len(note or "")] for problem in problems] == ([] if note is None else [note])


@pytest.mark.parametrize("name", CASES)
def test_the_client(name: str) -> None:
    """Its lines have counts that need no such rule."""
    model, told, meant, _, _ = CASES[name]
    read = client.read(told, (None, model))
    assert (read.input, read.output, read.reasoning) == meant


def test_what_an_application_says_itself(live_filter: Filter) -> None:
    """`log(output_tokens=100, reasoning_tokens=700)`: the line has the sum, so client and filter agree."""
    read = client.with_thoughts(client.Tokens(input=1000, output=100, reasoning=700))
    assert read.output == 800
    line = {"log_id": "c2", "timestamp": "2025-09-01T12:00:00Z", "model": "gemini-2.5-flash", "status": "success",
            "request_tokens": 1000, "response_tokens": 800, "reasoning_tokens": 700, "total_tokens": 1800}  # fmt: skip
    ((document,),) = live_filter.run("client", [json.dumps(line).encode()])
    assert document["_source"]["holysheep"]["cost"]["total_nano"] == 1000 * 2500 + 800 * 10_000
