"""What the Python client writes, the real filter reads: the same cost, to the last digit, whatever the usage."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from generator import card
from generator.card.rules import price_rules
from holysheep.card import Card
from holysheep.line import Builder
from holysheep.ndjson import encode
from holysheep.settings import Settings
from holysheep.sinks.otlp import request
from tests.cases.conftest import HERE
from tests.cases.provider_samples import SAMPLES
from tests.cases.test_charges import CHARGES
from tests.cases.usage_strategies import USAGES, calls_of_tools

if TYPE_CHECKING:
    from tests.filterrun import Filter, Json

pytestmark = pytest.mark.jruby
#: 2025-06-01T00:00:00Z: the second dated entry of the default card.
JUNE = 1_748_736_000_000_000_000
MODELS = [
    "gpt-4.1", "openai/gpt-4.1-2025-04-14", "claude-sonnet-4-5", "gemini-2.5-flash", "deepseek-v3.2", "who-knows",
    "gpt-audio", "gpt-image-1", "claude-sonnet-4.6", "gemini-audio", "grok-4", "deepseek-reasoner", "o4-mini",
    "whisper-1", "rerank-v3.5", "mistral-large",
]  # fmt: skip
#: 2025-09-01T12:00:00Z, the time of test_charges.py and test_provider_usage.py.
SEPTEMBER = 1_756_728_000_000_000_000


def builder() -> Builder:
    """A client with the price card of the cases."""
    text = json.dumps(price_rules(card.load(HERE / "pricing.yaml")))
    return Builder(Settings(service="shop"), Card(text=text))


def usage_object(parts: dict[str, Any]) -> dict[str, Any] | None:
    """The object of a line that a client would be given; None for what stands elsewhere in an answer."""
    parts = parts.get("response", parts)
    return next((parts[name] for name in ("usage", "usageMetadata", "meta") if name in parts and len(parts) == 1), None)


def documents(live_filter: Filter, records: list[dict[str, Any]]) -> tuple[list[Json], list[Json]]:
    """(lines, first document of each)."""
    make = builder()
    lines = [
        make.build({"log_id": f"id-{number}", "now_ns": JUNE, **record})[0] for number, record in enumerate(records)
    ]
    answers = live_filter.run("client", [encode(line).rstrip(b"\n") for line in lines])
    return lines, [answer[0] for answer in answers]


calls = st.fixed_dictionaries(
    {"model": st.sampled_from(MODELS), "usage": USAGES, "status_code": st.sampled_from([200, 200, 200, 429, 500])},
    optional={
        "service_tier": st.sampled_from(["default", "batch", "flex", "fast", "unheard-of"]),
        "region": st.sampled_from(["us", "eu"]),
        "latency_ms": st.floats(0, 1e6),
        "tool_counts": st.dictionaries(
            st.sampled_from(["web_search", "Web_Search", "x_search", "file_search", "bad name"]), calls_of_tools
        ),
        "audio_seconds": st.floats(0, 4000),
    },
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(calls, min_size=1, max_size=30))
def test_cost_is_the_same(live_filter: Filter, records: list[dict[str, Any]]) -> None:
    """Status, reason and nano-USD of the line are those of the document, and the document sees no difference."""
    for line, document in zip(*documents(live_filter, records), strict=True):
        cost = document["_source"]["holysheep"]["cost"]
        assert cost["status"] == line["cost_status"], line
        assert cost.get("unpriced_reason") == line.get("unpriced_reason"), line
        assert cost.get("total_nano") == line.get("cost_nano"), line
        assert cost.get("difference", 0) == 0, line


@pytest.mark.parametrize(
    ("model", "usage", "nano"),
    [pytest.param(sample.model, sample.usage, sample.nano, id=sample.api) for sample in SAMPLES]
    + [(model, usage, nano) for model, parts, nano in CHARGES if (usage := usage_object(parts)) is not None],
)
def test_a_provider_s_usage_costs_what_it_costs(
    live_filter: Filter, model: str, usage: dict[str, Any], nano: int
) -> None:
    """The costs by hand of test_provider_usage.py and test_charges.py: in the client's line, and in its document."""
    record = {"model": model, "usage": usage, "status_code": 200, "now_ns": SEPTEMBER}
    [line], [found] = documents(live_filter, [record])
    assert line["cost_nano"] == nano, line
    assert found["_source"]["holysheep"]["cost"]["total_nano"] == nano
    assert "problems" not in found["_source"]["holysheep"]


@pytest.mark.parametrize("usage", [{"prompt_tokens": -5, "completion_tokens": 2}, {"prompt_tokens": 10**9 + 1}])
def test_a_count_that_cannot_be_meant(live_filter: Filter, usage: dict[str, Any]) -> None:
    """It is neither dropped nor billed: client and pipeline say that it is invalid."""
    [line], [found] = documents(live_filter, [{"model": "gpt-4.1", "usage": usage, "status_code": 200}])
    assert line["unpriced_reason"] == "invalid_tokens"
    assert found["_source"]["holysheep"]["cost"]["unpriced_reason"] == "invalid_tokens"


def test_the_cache_writes_by_age_are_the_cache_writes(live_filter: Filter) -> None:
    """Anthropic's two ages without their sum: 3 + 4 + 1 tokens of input, of which 5 were written to the cache."""
    by_age = {"ephemeral_1h_input_tokens": 1, "ephemeral_5m_input_tokens": 4}
    usage = {"input_tokens": 3, "output_tokens": 1, "cache_creation": by_age}
    [line], [found] = documents(live_filter, [{"model": "gpt-4.1", "usage": usage, "status_code": 200}])
    assert (line["request_tokens"], line["cache_write_tokens"], line["cache_write_1h_tokens"]) == (8, 5, 1)
    assert found["_source"]["gen_ai"]["usage"]["input_tokens"] == 8
    # 8 tokens at 8 and 1 at 24 USD per MTok: 88 micro-USD. The card has no price of its own for cache writes here.
    assert found["_source"]["holysheep"]["cost"]["total_nano"] == line["cost_nano"] == 88_000


def test_each_field_has_its_place(live_filter: Filter) -> None:
    """A full line: what the filter has a field for is there, the rest is metadata, the masks agree."""
    record = {
        "model": "gpt-4.1", "response_model": "gpt-4.1-2025-04-14", "operation": "chat", "provider": "openai",
        "endpoint": "https://api.holysheep.ai/v1/chat/completions",
        "usage": {"prompt_tokens": 150, "completion_tokens": 320},
        "latency_ms": 812.5, "time_to_first_token_ms": 210.25, "status_code": 200,
        "stream": True, "stream_end": "complete",
        "retry_attempt": 2, "failed_tries": ["429 rate_limit_exceeded 12 ms", "500 server_error 9 ms"],
        "idempotency_key": "job-7", "session_id": "s-1", "user_id": "ann@example.com", "team": "search",
        "environment": "prod", "trace_id": "0af7651916cd43dd8448eb211c80319c", "span_id": "b7ad6b7169203331",
        "agent_id": "support", "step_name": "classify", "response_id": "chatcmpl-1", "finish_reasons": ["stop"],
        "metadata": {"region": "eu-1"},
    }  # fmt: skip
    _, [found] = documents(live_filter, [record])
    assert found["_index"] == "holysheep-api-2025.05.31"
    document = found["_source"]
    # 150 tokens at 8 and 320 at 24 USD per MTok: 1,200 + 7,680 = 8,880 micro-USD.
    assert document["holysheep"]["cost"]["total_nano"] == 8_880_000
    assert document["@timestamp"] == "2025-05-31T23:59:59.187Z"
    assert document["gen_ai"]["request"] == {"model": "gpt-4.1", "stream": True}
    assert document["gen_ai"]["response"] == {
        "model": "gpt-4.1-2025-04-14", "id": "chatcmpl-1", "finish_reasons": ["stop"],
    }  # fmt: skip
    assert document["holysheep"]["latency"] == {"ms": 812.5, "class": "normal", "first_chunk_ms": 210.25}
    assert document["holysheep"]["retry_count"] == 2
    assert document["holysheep"]["metadata"] == {
        "usage_source": "api", "stream_end": "complete", "idempotency_key": "job-7", "region": "eu-1",
        "failed_tries": "429 rate_limit_exceeded 12 ms, 500 server_error 9 ms",
    }  # fmt: skip
    assert document["service"] == {"name": "shop", "environment": "prod"}
    assert document["user"]["id"] == "[EMAIL_MASKED]"
    assert document["event"]["outcome"] == "success"
    assert "problems" not in document["holysheep"]


def test_a_step_is_an_audit_entry(live_filter: Filter) -> None:
    """A tool's run has no cost and no place among the calls."""
    record = {
        "record": "step", "operation": "execute_tool", "step_name": "search", "agent_id": "support",
        "trace_id": "0af7651916cd43dd8448eb211c80319c", "latency_ms": 12.0,
    }  # fmt: skip
    [line], [found] = documents(live_filter, [record])
    assert "cost_status" not in line
    assert found["_index"] == "holysheep-audit-2025.05.31"
    assert found["_source"]["holysheep"]["audit"] == {"step": "search"}
    assert "cost" not in found["_source"]["holysheep"]


def test_otlp_says_the_same(live_filter: Filter) -> None:
    """A call sent as an OpenTelemetry log record is priced as its line is."""
    record = {
        "model": "gpt-4.1", "operation": "chat", "trace_id": "0af7651916cd43dd8448eb211c80319c", "latency_ms": 812.5,
        "usage": {"prompt_tokens": 150, "completion_tokens": 320, "prompt_tokens_details": {"cached_tokens": 100}},
    }  # fmt: skip
    [line], _ = documents(live_filter, [record])
    [[found]] = live_filter.run("otel", [json.dumps(request([line])).encode()])
    assert line["cost_nano"] == 8_880_000
    assert found["_source"]["holysheep"]["cost"]["total_nano"] == 8_880_000
    assert found["_source"]["holysheep"]["cost"]["difference"] == 0
    assert found["_source"]["service"] == {"name": "shop"}
    assert found["_source"]["@timestamp"] == line["timestamp"]


def test_otlp_has_a_trace_id_that_is_no_opentelemetry_id(live_filter: Filter) -> None:
    """A Collector would refuse the whole request for it: it goes as an attribute, and the document has it."""
    [line], _ = documents(live_filter, [{"model": "gpt-4.1", "trace_id": "trace-abc123"}])
    body = request([line])
    assert "traceId" not in body["resourceLogs"][0]["scopeLogs"][0]["logRecords"][0]
    [[found]] = live_filter.run("otel", [json.dumps(body).encode()])
    assert found["_source"]["trace"] == {"id": "trace-abc123"}
