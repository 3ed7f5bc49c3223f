"""OpenTelemetry: spans of other instrumentations as lines, and lines as spans and metrics (extra `otel`).

    provider.add_span_processor(BatchSpanProcessor(holysheep.otel.line_exporter()))
    holysheep.get_logger().observers.append(holysheep.otel.Telemetry())

Read are the spans of opentelemetry-instrumentation-openai-v2, OpenLLMetry and OpenInference, under the names that
generator/registry/sources/otel.yaml lists. Prompts and answers in attributes are never read.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from holysheep import ids
from holysheep.default import log as default_log
from holysheep.sinks.otlp import ATTRIBUTES, nanoseconds

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from holysheep.attempt import Log
    from holysheep.line import Line
    from holysheep.price import Outcome

Record = dict[str, Any]
#: Record's name → attributes, the first that is there wins.
NAMES: Final[dict[str, tuple[str, ...]]] = {
    "operation": ("gen_ai.operation.name", "llm.request.type"),
    "provider": ("gen_ai.provider.name", "gen_ai.system", "llm.provider", "llm.system", "llm.vendor"),
    "model": ("gen_ai.request.model", "llm.request.model", "llm.model_name", "llm.model", "embedding.model_name"),
    "response_model": ("gen_ai.response.model", "llm.response.model"),
    "input_tokens": (
        "gen_ai.usage.input_tokens", "gen_ai.usage.prompt_tokens", "llm.usage.prompt_tokens", "llm.token_count.prompt",
    ),
    "output_tokens": (
        "gen_ai.usage.output_tokens", "gen_ai.usage.completion_tokens", "llm.usage.completion_tokens",
        "llm.token_count.completion",
    ),
    "total_tokens": ("gen_ai.usage.total_tokens", "llm.usage.total_tokens", "llm.token_count.total"),
    "cached_tokens": (
        "gen_ai.usage.cache_read.input_tokens", "gen_ai.usage.cache_read_input_tokens",
        "llm.usage.cache_read_input_tokens", "llm.token_count.prompt_details.cache_read",
        "gen_ai.usage.details.cached_tokens", "gen_ai.usage.details.cache_read_tokens",
    ),
    "cache_write_tokens": (
        "gen_ai.usage.cache_creation.input_tokens", "gen_ai.usage.cache_creation_input_tokens",
        "llm.token_count.prompt_details.cache_write", "gen_ai.usage.details.cache_write_tokens",
    ),
    "reasoning_tokens": (
        "gen_ai.usage.reasoning.output_tokens", "gen_ai.usage.reasoning_tokens", "llm.usage.reasoning_tokens",
        "llm.token_count.completion_details.reasoning", "gen_ai.usage.details.reasoning_tokens",
    ),
    "status_code": ("http.response.status_code", "http.status_code"),
    "error_type": ("error.type", "exception.type"),
    "service_tier": ("openai.response.service_tier", "gen_ai.openai.response.service_tier"),
    "response_id": ("gen_ai.response.id",),
    "finish_reasons": ("gen_ai.response.finish_reasons", "llm.response.finish_reason"),
    "stream": ("gen_ai.request.stream", "llm.is_streaming"),
    "max_tokens": ("gen_ai.request.max_tokens", "llm.request.max_tokens"),
    "temperature": ("gen_ai.request.temperature", "llm.request.temperature"),
    "session_id": ("gen_ai.conversation.id", "session.id", "traceloop.association.properties.session_id"),
    "user_id": ("user.id", "enduser.id", "traceloop.association.properties.user_id"),
    "agent_id": ("gen_ai.agent.id", "agent.name"),
    "step_name": ("gen_ai.tool.name", "tool.name", "traceloop.entity.name", "gen_ai.agent.name"),
}  # fmt: skip
KIND: Final = ("openinference.span.kind", "traceloop.span.kind")
#: Agents, tools, and what costs nothing; registry/sources/otel.yaml has the same.
STEPS: Final = frozenset(
    (  # noqa: SIM905  # many quotation marks less
        "execute_tool invoke_agent create_agent invoke_workflow plan retrieval fetch_response search_memory "
        "create_memory update_memory upsert_memory delete_memory create_memory_store delete_memory_store"
    ).split()
)
#: Names that Pydantic AI gave such spans before it named operations → operation.
NAMED: Final = {"agent run": "invoke_agent", "running tool": "execute_tool"}
#: Kinds of spans that are neither calls nor steps.
IGNORED: Final = frozenset({"chain", "retriever", "reranker", "guardrail", "evaluator", "prompt", "workflow", "task"})
#: Of these at least one makes a span a model call.
CALL: Final = ("model", "response_model", "input_tokens", "output_tokens", "total_tokens", "operation", "provider")
#: How opentelemetry-util-genai writes the class of an exception.
_CLASS: Final = re.compile(r"<class '(?:.*\.)?(\w+)'>")
#: OpenTelemetry's buckets for gen_ai.client.operation.duration, s, and gen_ai.client.token.usage.
DURATION: Final = (0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92)
USAGE: Final = (1, 4, 16, 64, 256, 1024, 4096, 16384, 65536, 262144, 1048576, 4194304, 16777216, 67108864)


def record_of(span: Any) -> Record | None:  # noqa: ANN401  # a ReadableSpan
    """What `log()` is told of a span; None for one that is no model call and no step of an agent."""
    attributes: Mapping[str, Any] = span.attributes or {}
    record: Record = {}
    for name, keys in NAMES.items():
        value = next((attributes[key] for key in keys if attributes.get(key) is not None), None)
        if value is not None:
            record[name] = list(value) if isinstance(value, tuple) else value
    kind = next((str(attributes[key]).lower() for key in KIND if attributes.get(key)), None)
    if "operation" not in record and "step_name" in record and span.name in NAMED:
        record["operation"] = NAMED[span.name]
    step = record.get("operation") in STEPS or kind in {"tool", "agent"}
    if not step and (kind in IGNORED or not any(name in record for name in CALL)):
        return None
    if step:
        record["record"] = "step"
        if record.get("operation") not in STEPS:
            record["operation"] = "execute_tool" if kind == "tool" else "invoke_agent"
    _finish(record, span)
    return record


def _finish(record: Record, span: Any) -> None:  # noqa: ANN401  # a ReadableSpan
    context = span.get_span_context()
    trace_id, record["span_id"] = f"{context.trace_id:032x}", f"{context.span_id:016x}"
    # The same span exported twice is one line in the end.
    record["log_id"] = f"{trace_id}-{record['span_id']}"
    # An id that the application gave itself is the one that its other lines have.
    record["trace_id"] = str((span.attributes or {}).get("trace.id") or trace_id)
    if span.parent is not None:
        record["parent_span_id"] = f"{span.parent.span_id:016x}"
    record["started_ns"] = span.start_time
    if span.end_time is not None and span.start_time is not None:
        record["latency_ms"] = (span.end_time - span.start_time) / 1e6
    first = (span.attributes or {}).get("gen_ai.response.time_to_first_chunk")
    if isinstance(first, (int, float)):
        record["time_to_first_token_ms"] = first * 1000
    if match := _CLASS.fullmatch(str(record.get("error_type"))):
        record["error_type"] = match[1]
    if span.status is not None and not span.status.is_ok and span.status.status_code.name == "ERROR":
        # Not the status' description: libraries put the provider's whole answer into it, prompts included.
        record["error"] = record.get("error_type") or "error"
    resource = span.resource.attributes if span.resource is not None else {}
    service = resource.get("service.name")
    # The SDK's word where nobody named the service: ours may know better.
    record["service"] = None if str(service).startswith("unknown_service") else service
    record["environment"] = resource.get("deployment.environment.name") or resource.get("deployment.environment")
    record["context"] = None


def line_exporter(log: Log | None = None) -> Any:  # noqa: ANN401  # a SpanExporter
    """A SpanExporter for `BatchSpanProcessor` or `SimpleSpanProcessor`.

    Raises ImportError: `pip install 'holysheep[otel]'`.
    """
    from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult  # noqa: PLC0415  # an extra

    write = log or default_log

    class LineExporter(SpanExporter):
        """Each GenAI span is a line."""

        def export(self, spans: Sequence[Any]) -> SpanExportResult:
            """Never fails: what can't be read is no call."""
            for span in spans:
                record = record_of(span)
                if record is not None:
                    write(**record)
            return SpanExportResult.SUCCESS

    return LineExporter()


class Telemetry:
    """An observer that makes a span of each line, and counts by the GenAI conventions' metrics."""

    def __init__(self, tracer_provider: Any = None, meter_provider: Any = None) -> None:  # noqa: ANN401
        """The global providers when None. Raises ImportError: `pip install 'holysheep[otel]'`."""
        from opentelemetry import metrics, trace  # noqa: PLC0415  # an extra

        self._trace = trace
        self._tracer = trace.get_tracer("holysheep", tracer_provider=tracer_provider)
        meter = metrics.get_meter("holysheep", meter_provider=meter_provider)
        self._duration = meter.create_histogram(
            "gen_ai.client.operation.duration", unit="s", explicit_bucket_boundaries_advisory=DURATION
        )
        self._usage = meter.create_histogram(
            "gen_ai.client.token.usage", unit="{token}", explicit_bucket_boundaries_advisory=USAGE
        )

    def __call__(self, line: Line, outcome: Outcome | None) -> None:
        """One call; a step gets a span alone."""
        self._span(line)
        if outcome is None:
            return
        model = outcome.match.model["id"] if outcome.match is not None else "other"
        labels = {"gen_ai.operation.name": line.get("operation", "chat"), "gen_ai.request.model": model}
        labels["gen_ai.provider.name"] = outcome.match.model["provider"] if outcome.match is not None else "unknown"
        if "response_time_ms" in line:
            failed = {"error.type": line.get("error_type", "error")} if line["status"] != "success" else {}
            self._duration.record(line["response_time_ms"] / 1000, {**labels, **failed})
        for key, kind in (("request_tokens", "input"), ("response_tokens", "output")):
            if key in line:
                self._usage.record(line[key], {**labels, "gen_ai.token.type": kind})

    def _span(self, line: Line) -> None:
        start = nanoseconds(line["timestamp"])
        attributes = {name: line[key] for key, name in ATTRIBUTES.items() if key in line}
        name = f"{line.get('operation', 'chat')} {line.get('model') or line.get('step_name') or ''}".strip()
        span = self._tracer.start_span(
            name, context=self._parent(line), kind=self._trace.SpanKind.CLIENT, attributes=attributes, start_time=start
        )
        if line["status"] != "success":
            span.set_status(self._trace.StatusCode.ERROR)
        span.end(end_time=start + int(line.get("response_time_ms", 0) * 1e6))

    def _parent(self, line: Line) -> Any:  # noqa: ANN401  # a Context
        if "parent_span_id" not in line or not ids.is_trace_id(line.get("trace_id", "")):
            return None
        trace = self._trace
        parent = trace.SpanContext(
            int(line["trace_id"], 16), int(line["parent_span_id"], 16), is_remote=True, trace_flags=trace.TraceFlags(1)
        )
        return trace.set_span_in_context(trace.NonRecordingSpan(parent))
