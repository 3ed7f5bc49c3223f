"""Sample files of the exports that people already have, and of OpenTelemetry's Collector."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from tests.samples.calls import File, Maker, dump

if TYPE_CHECKING:
    from tests.samples.calls import Call

#: Names of the models as AWS has them.
BEDROCK = {"claude-sonnet-4.5": "anthropic.claude-sonnet-4-5-20250929-v1:0"}


def bedrock() -> File:
    """AWS Bedrock's model invocation logs."""
    maker, file = Maker("bedrock"), File("bedrock/invocations.json")
    for call in maker.calls(8):
        line: dict[str, Any] = {
            "schemaType": "ModelInvocationLog",
            "schemaVersion": "1.0",
            "timestamp": second(call),
            "accountId": "123456789012",
            "region": "us-east-1",
            "requestId": maker.uuid(),
            "operation": "Converse",
            "modelId": BEDROCK.get(call.name, call.name),
            "input": {"inputTokenCount": call.input},
            "output": {"outputBodyJson": {"stopReason": "end_turn"}, "outputTokenCount": call.output},
            "requestMetadata": {"team": "search"},
        }
        if call.failure:
            line |= {"input": {}, "output": {}, "errorCode": "ThrottlingException"}
        file.add(dump(line), call)
    return file


def langfuse() -> File:
    """Langfuse's generations, with the cost that it computed."""
    maker, file = Maker("langfuse"), File("langfuse/observations.jsonl")
    for call in maker.calls(8):
        line: dict[str, Any] = {
            "id": maker.uuid(),
            "traceId": maker.uuid(),
            "type": "GENERATION",
            "name": "answer",
            "startTime": call.iso,
            "endTime": ending(call),
            "model": call.name,
            "level": "ERROR" if call.failure else "DEFAULT",
            "environment": "production",
            "userId": f"user-{maker.chance.randrange(40):03d}",
        }
        if not call.failure:
            line["usageDetails"] = {"input": call.input, "output": call.output, "total": call.input + call.output}
            line["costDetails"] = {"total": call.usd}
        file.add(dump(line), call)
    return file


def litellm_spend() -> File:
    """Rows of LiteLLM's spend logs."""
    maker, file = Maker("litellm_spend"), File("litellm_spend/rows.jsonl")
    for call in maker.calls(8):
        line = {
            "request_id": f"chatcmpl-{maker.uuid()}",
            "call_type": "acompletion",
            "spend": call.usd,
            "total_tokens": call.input + call.output,
            "prompt_tokens": call.input,
            "completion_tokens": call.output,
            "startTime": call.iso,
            "endTime": ending(call),
            "model": call.name,
            "custom_llm_provider": "openai",
            "metadata": json.dumps({"user_api_key_alias": "shop-bot"}),
            "cache_hit": "False",
            "team_id": maker.chance.choice(("search", "support")),
            "session_id": maker.uuid(),
            "status": "failure" if call.failure else "success",
        }
        file.add(dump(line), call)
    return file


def openrouter() -> File:
    """OpenRouter's generation records; it answers for good calls alone here."""
    maker, file = Maker("openrouter"), File("openrouter/generations.jsonl")
    for call in maker.calls(10):
        if call.failure:
            continue
        data = {
            "id": f"gen-{maker.hex(24)}",
            "created_at": call.iso,
            "model": call.name,
            "total_cost": call.usd,
            "streamed": False,
            "provider_name": "OpenAI",
            "latency": 250,
            "generation_time": round(call.ms),
            "finish_reason": "stop",
            "native_tokens_prompt": call.input,
            "native_tokens_completion": call.output,
        }
        file.add(dump({"data": data}), call)
    return file


def otel() -> File:
    """OTLP JSON of the Collector's file exporter: a span a line."""
    maker, file = Maker("otel"), File("otel/traces.json")
    resource = {"attributes": [{"key": "service.name", "value": {"stringValue": "shop"}}]}
    for call in maker.calls(8):
        start = round(call.at.timestamp() * 1000) * 10**6
        attributes: dict[str, Any] = {"gen_ai.operation.name": "chat", "gen_ai.request.model": call.name}
        counts = {"gen_ai.usage.input_tokens": call.input, "gen_ai.usage.output_tokens": call.output}
        attributes |= {"error.type": "429"} if call.failure else counts
        span = {
            "traceId": maker.hex(32),
            "startTimeUnixNano": str(start),
            "spanId": maker.hex(16),
            "name": f"chat {call.name}",
            "endTimeUnixNano": str(start + round(call.ms * 10**6)),
            "attributes": [{"key": key, "value": value_of(value)} for key, value in attributes.items()],
            "status": {"code": 2} if call.failure else {},
        }
        spans = [{"resource": resource, "scopeSpans": [{"spans": [span]}]}]
        file.add(json.dumps({"resourceSpans": spans}), call)
    return file


def azure_openai() -> File:
    """Azure's diagnostic logs, which hold no tokens: calls without a cost."""
    maker, file = Maker("azure_openai"), File("azure_openai/PT1H.json")
    for call in maker.calls(6):
        properties = {"modelDeploymentName": "prod", "modelName": call.name, "streamType": "Non-Streaming"}
        line = {
            "time": call.iso,
            "resourceId": "/SUBSCRIPTIONS/S/RESOURCEGROUPS/R/PROVIDERS/MICROSOFT.COGNITIVESERVICES/ACCOUNTS/A",
            "operationName": "ChatCompletions_Create",
            "category": "RequestResponse",
            "resultSignature": str(call.failure[0] if call.failure else 200),
            "durationMs": str(round(call.ms)),
            "correlationId": maker.uuid(),
            "location": "eastus",
            "properties": json.dumps(properties),
        }
        file.lines.append(dump(line))
        file.documents.update(("api", "errors") if call.failure else ("api",))
        file.cost["not_billed" if call.failure else "unpriced"] += 1
    return file


def openai_usage() -> File:
    """OpenAI's usage of three days: aggregates, which are no calls."""
    file = File("openai_usage/completions.json")
    for day in range(16, 19):
        start = datetime(2026, 11, day, tzinfo=UTC)
        counts = {
            "object": "organization.usage.completions.result",
            "input_tokens": 141_201,
            "output_tokens": 9756,
            "input_cached_tokens": 100,
            "num_model_requests": 470,
            "project_id": "proj_a",
            "model": "gpt-4.1-2025-04-14",
        }
        times = {"start_time": int(start.timestamp()), "end_time": int((start + timedelta(days=1)).timestamp())}
        bucket = {"object": "bucket", **times, "results": [counts]}
        file.lines.append(dump({"object": "page", "data": [bucket], "has_more": False, "next_page": None}))
        file.documents["usage"] += 1
    return file


def anthropic_usage() -> File:
    """Anthropic's usage of two days, and its cost report of one: aggregates, which are no calls."""
    file = File("anthropic_usage/reports.json")
    days = [datetime(2026, 11, day, tzinfo=UTC) for day in (16, 17)]
    whose = {"model": "claude-sonnet-4-5-20250929", "workspace_id": "wrkspc_a", "service_tier": "standard"}
    counts = {
        "uncached_input_tokens": 90_120,
        "cache_creation": {"ephemeral_5m_input_tokens": 4000, "ephemeral_1h_input_tokens": 0},
        "cache_read_input_tokens": 12_000,
        "output_tokens": 8014,
        "server_tool_use": {"web_search_requests": 0},
    }
    # The amount is in cents.
    paid = {"amount": "147.39", "currency": "USD", "cost_type": "tokens", "token_type": "uncached_input_tokens"}
    for start, row in ((days[0], counts), (days[1], counts), (days[1], paid)):
        end = start + timedelta(days=1)
        times = {"starting_at": f"{start:%Y-%m-%dT00:00:00Z}", "ending_at": f"{end:%Y-%m-%dT00:00:00Z}"}
        bucket = {**times, "results": [{**row, **whose}]}
        file.lines.append(dump({"data": [bucket], "has_more": False, "next_page": None}))
        file.documents["usage"] += 1
    return file


def serving() -> File:
    """Access lines of ollama."""
    file = File("serving/ollama.log")
    file.lines += [
        '[GIN] 2026/11/17 - 10:30:00 | 200 |  1.234567891s |     203.0.113.8 | POST     "/api/chat"',
        '[GIN] 2026/11/17 - 10:30:01 | 200 |     340.114ms |       127.0.0.1 | POST     "/v1/chat/completions"',
        '[GIN] 2026/11/18 - 09:00:00 | 404 |      12.114ms |     203.0.113.8 | POST     "/v1/chat/completions"',
    ]
    file.documents["access"] += 3
    return file


def second(call: Call) -> str:
    """Without milliseconds, as AWS writes it."""
    return call.at.replace(microsecond=0).isoformat().replace("+00:00", "Z")


def ending(call: Call) -> str:
    """When it ended."""
    end = call.at + timedelta(milliseconds=call.ms)
    return end.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def value_of(value: str | int) -> dict[str, str]:
    """OTLP's AnyValue, whose integers are texts."""
    return {"intValue": str(value)} if isinstance(value, int) else {"stringValue": value}
