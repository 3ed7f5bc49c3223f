"""The official OpenTelemetry instrumentations end to end: a real call, their spans, our line, the right cost."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import openai
import pytest
from openinference.instrumentation.openai import OpenAIInstrumentor as OpenInference
from opentelemetry.instrumentation.openai import OpenAIInstrumentor as OpenLLMetry
from opentelemetry.instrumentation.openai_v2 import OpenAIInstrumentor as Official
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

import holysheep
from holysheep import otel

if TYPE_CHECKING:
    from tests.client.conftest import Logged
    from tests.client.openai_server import Api

MESSAGES: list[Any] = [{"role": "user", "content": "How are you?"}]


@pytest.mark.parametrize("instrumentor", [Official, OpenLLMetry, OpenInference])
def test_instrumentations(api: Api, logged: Logged, instrumentor: Any) -> None:  # noqa: ANN401  # three packages
    """150 and 320 tokens of gpt-4.1 are 8,880,000 nano-USD, whoever tells of them; the prompt is nowhere."""
    provider = TracerProvider(resource=Resource.create({"service.name": "shop"}))
    provider.add_span_processor(SimpleSpanProcessor(otel.line_exporter(logged.log)))
    package = instrumentor()
    package.instrument(tracer_provider=provider)
    try:
        client = openai.OpenAI(api_key="sk-test", base_url=api.url, max_retries=0)
        client.chat.completions.create(model="gpt-4.1", messages=MESSAGES)
        api.plan = ["429"]
        with pytest.raises(openai.RateLimitError):
            client.chat.completions.create(model="gpt-4.1", messages=MESSAGES)
    finally:
        package.uninstrument()
    good, bad = logged.lines()
    # OpenInference tells the model that answered.
    assert good["model"] in {"gpt-4.1", "gpt-4.1-2025-04-14"}
    assert (good["request_tokens"], good["response_tokens"]) == (150, 320)
    assert (good["cost_nano"], good["status"], good["service"]) == (8_880_000, "success", "shop")
    assert good["log_id"] == f"{good['trace_id']}-{good['span_id']}"
    assert (bad["status"], bad["cost_nano"]) == ("error", 0)
    assert "How are you" not in str(good)


def test_names_of_frameworks(logged: Logged) -> None:
    """Pydantic AI's older agents and tools are steps, what costs nothing is no call, a class has its name."""
    # The SDK names a service that nobody named "unknown_service": no line repeats that.
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(otel.line_exporter(logged.log)))
    tracer = provider.get_tracer("test")
    usage = {"gen_ai.usage.input_tokens": 100, "gen_ai.usage.output_tokens": 31}
    spans: list[tuple[str, dict[str, Any]]] = [
        ("agent run", {"gen_ai.agent.name": "shop", **usage}),
        ("running tool", {"gen_ai.tool.name": "roll"}),
        ("retrieval kb", {"gen_ai.operation.name": "retrieval", "gen_ai.provider.name": "openai"}),
        ("fetch", {"gen_ai.operation.name": "fetch_response", "gen_ai.request.model": "gpt-4.1", **usage}),
        (
            "chat gpt-4.1",
            {
                "gen_ai.operation.name": "chat", "gen_ai.request.model": "gpt-4.1",
                "gen_ai.usage.details.cached_tokens": 64, "error.type": "<class 'openai.InternalServerError'>", **usage,
            },
        ),
    ]  # fmt: skip
    for name, attributes in spans:
        tracer.start_span(name, attributes=attributes).end()
    *steps, call = logged.lines()
    assert [step["operation"] for step in steps] == ["invoke_agent", "execute_tool", "retrieval", "fetch_response"]
    assert [step.get("step_name") for step in steps] == ["shop", "roll", None, None]
    assert not any("cost_nano" in step for step in steps)
    assert (call["cached_tokens"], call["error_type"]) == (64, "InternalServerError")
    assert "unknown_service" not in str([*steps, call])


def test_an_own_trace_id_is_that_of_the_line(logged: Logged) -> None:
    """The line's id stays that of trace and span; a line with such a trace id becomes a span without a parent."""
    provider, spans = TracerProvider(), InMemorySpanExporter()
    provider.add_span_processor(SimpleSpanProcessor(otel.line_exporter(logged.log)))
    attributes = {"gen_ai.request.model": "gpt-4.1", "trace.id": "trace-abc123"}
    span = provider.get_tracer("test").start_span("chat", attributes=attributes)
    span.end()
    [line] = logged.lines()
    context = span.get_span_context()
    assert line["trace_id"] == "trace-abc123"
    assert line["log_id"] == f"{context.trace_id:032x}-{context.span_id:016x}"
    others = TracerProvider()
    others.add_span_processor(SimpleSpanProcessor(spans))
    otel.Telemetry(others, MeterProvider())(line | {"parent_span_id": "b7ad6b7169203331"}, None)
    [made] = spans.get_finished_spans()
    assert made.parent is None


def test_spans_and_metrics(logged: Logged) -> None:
    """A line becomes a span below its step's, and two metrics of the conventions."""
    spans, reader = InMemorySpanExporter(), InMemoryMetricReader()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(spans))
    logged.logger.observers.append(otel.Telemetry(provider, MeterProvider(metric_readers=[reader])))
    with holysheep.step("answer", agent_id="support", log=logged.log):
        logged.log(model="gpt-4.1", input_tokens=150, output_tokens=320, latency_ms=812, operation="chat")
    call_line, step_line = logged.lines()
    call, step = spans.get_finished_spans()
    assert call.name == "chat gpt-4.1"
    assert call.attributes is not None
    assert call.attributes["gen_ai.usage.input_tokens"] == 150
    assert call.parent is not None
    assert f"{call.parent.span_id:016x}" == call_line["parent_span_id"] == step_line["span_id"]
    assert call.end_time is not None
    assert call.start_time is not None
    assert call.end_time - call.start_time == 812_000_000
    assert step.name == "invoke_agent answer"
    data = reader.get_metrics_data()
    assert data is not None
    found = {m.name: m.data.data_points for m in data.resource_metrics[0].scope_metrics[0].metrics}
    [duration] = found["gen_ai.client.operation.duration"]
    assert duration.attributes == {
        "gen_ai.operation.name": "chat", "gen_ai.request.model": "gpt-4.1", "gen_ai.provider.name": "openai",
    }  # fmt: skip
    kinds = {
        (p.attributes or {})["gen_ai.token.type"]: getattr(p, "sum", None) for p in found["gen_ai.client.token.usage"]
    }
    assert kinds == {"input": 150, "output": 320}
