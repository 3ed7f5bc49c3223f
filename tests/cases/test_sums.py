"""Sources whose YAML adds numbers up (`sum`) count no token twice, whatever else the line says."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.filterrun import Filter

pytestmark = pytest.mark.jruby


@pytest.mark.parametrize(
    ("usage", "tokens"),
    [
        # Langfuse's own: the parts beside `input` and `output`, the total of all
        (
            {"input": 90, "output": 40, "input_cached_tokens": 10, "output_reasoning_tokens": 5, "total": 145},
            (100, 45, 10),
        ),
        # LiteLLM's: the cached tokens within `input`, as the total says
        ({"input": 100, "output": 45, "cache_read_input_tokens": 10, "total": 145}, (100, 45, 10)),
        # Without a total Langfuse's own meaning holds
        ({"input": 90, "output": 45, "cache_read_input_tokens": 10}, (100, 45, 10)),
        ({"input": 90, "output": 40, "input_audio_tokens": 10, "output_audio_tokens": 5, "total": 145}, (100, 45, 0)),
    ],
)
def test_sums_count_no_token_twice(live_filter: Filter, usage: dict[str, int], tokens: tuple[int, int, int]) -> None:
    """The keys that other APIs have for the same counts, beside those that are added, change nothing."""
    record = {
        "id": "o-1",
        "traceId": "t-1",
        "type": "GENERATION",
        "startTime": "2025-09-01T12:00:00Z",
        "model": "gpt-audio",
        "usageDetails": usage,
        "usage": {"prompt_tokens": 999, "completion_tokens": 999, "input_tokens": 999, "total_tokens": 999},
        "prompt_tokens": 999,
        "cache_read_input_tokens": 999,
    }
    ((found,),) = live_filter.run("langfuse", [json.dumps(record).encode()])
    counts = found["_source"]["gen_ai"]["usage"]
    read = counts.get("cache_read", {}).get("input_tokens", 0)
    assert (counts["input_tokens"], counts["output_tokens"], read) == tokens
    assert "problems" not in found["_source"]["holysheep"]
