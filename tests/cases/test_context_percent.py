"""How full a call's context was: whole percent of the card's window, and nothing where either is not known.

The window of narrow-1 in tests/cases/pricing.yaml is 8,000 tokens.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.filterrun import Filter

pytestmark = pytest.mark.jruby

#: Model, usage, what else the line says, percent.
CASES: dict[str, tuple[str, dict[str, Any], dict[str, Any], int | None]] = {
    "prompt and answer": ("narrow-1", {"prompt_tokens": 5000, "completion_tokens": 1400}, {}, 80),
    "rounded down": ("narrow-1", {"prompt_tokens": 5000, "completion_tokens": 1399}, {}, 79),
    "by an alias": ("provider/narrow-one", {"prompt_tokens": 79, "completion_tokens": 0}, {}, 0),
    "cached tokens are in the context, too": (
        "narrow-1", {"input_tokens": 100, "cache_read_input_tokens": 3900, "output_tokens": 0}, {}, 50,
    ),
    "a total alone": ("narrow-1", {"total_tokens": 2000}, {}, 25),
    "more than the card knows of": ("narrow-1", {"prompt_tokens": 9000, "completion_tokens": 1000}, {}, 125),
    "a failed call": (
        "narrow-1", {"prompt_tokens": 8000, "completion_tokens": 0}, {"status": "error", "error": "too long"}, 100,
    ),
    "no counts": ("narrow-1", {}, {}, None),
    "a count that can't be meant": ("narrow-1", {"prompt_tokens": -5, "completion_tokens": 10}, {}, None),
    "a model without a window": ("gpt-4.1", {"prompt_tokens": 5000, "completion_tokens": 1400}, {}, None),
    "a model that the card does not know": ("who-is-it", {"prompt_tokens": 5000, "completion_tokens": 1400}, {}, None),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_percent(live_filter: Filter, name: str) -> None:
    """In `api`, and in its copy in `errors`."""
    model, usage, more, percent = CASES[name]
    line = {"id": "c1", "timestamp": "2025-09-01T12:00:00Z", "model": model, "status": "success", "usage": usage}
    (documents,) = live_filter.run("webhook", [json.dumps({**line, **more}).encode()])
    assert len(documents) == (2 if "error" in more else 1)
    assert {document["_source"]["holysheep"].get("context_percent") for document in documents} == {percent}
