"""Numbers as a template or a printer writes them where there is none: "null", "-", "None", ""."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from holysheep import usage

if TYPE_CHECKING:
    from tests.filterrun import Filter, Json

pytestmark = pytest.mark.jruby
ABSENT = [
    "null",
    "NULL",
    "None",
    "-",
    "undefined",
    "nil",
    "NaN",
    "nan",
    "",
    " ",
    " null ",
    "<no value>",
    "<nil>",
    "(null)",
]
LINE = {"id": "a", "event": "chat_completion", "timestamp": "2025-06-01T00:00:00Z", "model": "gpt-4.1"}


def document(live_filter: Filter, source: str, **values: Any) -> Json:  # noqa: ANN401  # JSON of any shape
    """Of a call in the first of its indices."""
    answers: list[list[Json]] = live_filter.run(source, [json.dumps({**LINE, **values}).encode()])
    source_of: Json = answers[0][0]["_source"]
    return source_of


@pytest.mark.parametrize("text", ABSENT)
def test_an_absent_count_is_no_invalid_one(live_filter: Filter, text: str) -> None:
    """The call is one without usage; all other numbers are left out, and nothing is a problem."""
    names = "prompt_tokens completion_tokens total_tokens cached_tokens latency_ms cost_usd retry_count max_tokens"
    found = document(live_filter, "webhook", **dict.fromkeys(names.split(), text), status="success")
    assert found["holysheep"]["cost"] == {"status": "unpriced", "unpriced_reason": "no_usage"}
    assert "usage" not in found["gen_ai"]
    assert not {"problems", "latency", "retry_count"} & found["holysheep"].keys()
    assert found["event"]["outcome"] == "success"


@pytest.mark.parametrize("text", ABSENT)
def test_an_absent_count_hides_no_other_spelling(live_filter: Filter, text: str) -> None:
    """150 tokens at 8 and 45 at 24 USD per MTok: 1,200 + 1,080 = 2,280 micro-USD; the seconds are the latency."""
    found = document(
        live_filter, "webhook", tokens={"input": text, "output": 45}, prompt_tokens=150, latency_ms=text, latency_s=2
    )
    assert found["holysheep"]["cost"]["total_nano"] == 2_280_000
    assert found["holysheep"]["latency"]["ms"] == 2000


@pytest.mark.parametrize("text", ["abc", "null tokens", "--", "nullx", "n", "1-", "<novalue>", "{{tokens}}"])
def test_another_text_stays_invalid(live_filter: Filter, text: str) -> None:
    """It may be a count that was garbled: the call has no price, and says why."""
    found = document(live_filter, "webhook", prompt_tokens=text, completion_tokens=45)
    assert found["holysheep"]["cost"] == {"status": "unpriced", "unpriced_reason": "invalid_tokens"}
    assert found["holysheep"]["problems"][0].startswith("tokens.input: not a count")


def test_absent_counts_within_lists_and_objects(live_filter: Filter) -> None:
    """Gemini's counts by modality, and calls of tools by name."""
    details = [{"modality": "AUDIO", "tokenCount": "null"}, {"modality": "TEXT", "tokenCount": 150}]
    usage_metadata = {"promptTokenCount": 150, "candidatesTokenCount": 45, "promptTokensDetails": details}
    found = document(live_filter, "webhook", usageMetadata=usage_metadata, tool_counts={"web_search": "-"})
    assert found["gen_ai"]["usage"]["input_tokens"] == 150
    assert "problems" not in found["holysheep"]


@pytest.mark.parametrize("text", ["undefined", "NaN", "null", "-", "<no value>"])
def test_an_absent_error_is_no_failure(live_filter: Filter, text: str) -> None:
    """As JavaScript's templates write an error that there is none of, and its status."""
    found = document(live_filter, "webhook", prompt_tokens=1, completion_tokens=1, error=text, status_code=text)
    assert found["event"]["outcome"] == "success"
    assert "error" not in found


@pytest.mark.parametrize("text", ABSENT)
def test_the_client_says_the_same(text: str) -> None:
    """A usage object with such a count: the other spelling of it counts."""
    tokens = usage.read({"prompt_tokens": text, "promptTokenCount": 150, "completion_tokens": 45})
    assert (tokens.input, tokens.output) == (150, 45)
    assert usage.read({"prompt_tokens": text, "completion_tokens": 45}).input is None
