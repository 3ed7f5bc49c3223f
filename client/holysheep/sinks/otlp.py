"""Lines as OpenTelemetry log records, by OTLP/HTTP as JSON: to a Collector, or to the bundle's own webhook.

Each call is an event `gen_ai.client.inference.operation.details` with the attributes of the GenAI conventions.
"""

from __future__ import annotations

import json
from calendar import timegm
from time import strptime
from typing import TYPE_CHECKING, Any, Final

from holysheep.ids import is_trace_id
from holysheep.post import Server
from holysheep.sinks.halves import Halves
from holysheep.sinks.webhook import batches

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from holysheep.post import Reply

Json = dict[str, Any]
EVENT: Final = "gen_ai.client.inference.operation.details"
#: Line's key → attribute. `team` has no name in the conventions.
ATTRIBUTES: Final = {
    "operation": "gen_ai.operation.name", "provider": "gen_ai.provider.name", "model": "gen_ai.request.model",
    "response_model": "gen_ai.response.model", "response_id": "gen_ai.response.id",
    "finish_reasons": "gen_ai.response.finish_reasons", "request_tokens": "gen_ai.usage.input_tokens",
    "response_tokens": "gen_ai.usage.output_tokens", "cached_tokens": "gen_ai.usage.cache_read.input_tokens",
    "cache_write_tokens": "gen_ai.usage.cache_creation.input_tokens",
    "reasoning_tokens": "gen_ai.usage.reasoning.output_tokens", "cost_usd": "gen_ai.usage.cost.amount",
    "max_tokens": "gen_ai.request.max_tokens", "temperature": "gen_ai.request.temperature",
    "stream": "gen_ai.request.stream", "session_id": "gen_ai.conversation.id", "agent_id": "gen_ai.agent.id",
    "step_name": "gen_ai.tool.name", "service_tier": "openai.response.service_tier",
    "status_code": "http.response.status_code", "error_type": "error.type", "user_id": "user.id", "team": "team",
    "log_id": "holysheep.log_id",
}  # fmt: skip


class OtlpSink:
    """Posts log records."""

    name = "otlp"
    slow = True

    def __init__(
        self,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        user: str | None = None,
        password_file: Path | None = None,
        ca: Path | None = None,
    ) -> None:
        """`url` with its path, `http://collector:4318/v1/logs`. Raises ValueError for what is no URL."""
        self._server = Server(url, headers=headers, user=user, password_file=password_file, ca=ca)
        self._halves = Halves(frozenset({400, 413}))

    def send(self, lines: Sequence[bytes]) -> None:
        """Post all. Raises OSError."""
        for batch in batches(lines):
            reply = self._halves.post(batch, self._post, self.name)
            if reply is not None:
                raise ConnectionError(f"HTTP {reply.status}: {reply.body[:200].decode('utf-8', 'replace')}")

    @property
    def refused(self) -> int:
        """Lines that were given up: by OTLP, what is answered 400 must not be sent again."""
        return self._halves.refused

    def _post(self, lines: Sequence[bytes]) -> Reply:
        body = json.dumps(request([json.loads(line) for line in lines]), separators=(",", ":")).encode()
        return self._server.send(body, {"content-type": "application/json"})

    def close(self) -> None:
        """Close the connection."""
        self._server.close()


def request(lines: Sequence[Json]) -> Json:
    """An ExportLogsServiceRequest; one resource for each service and environment."""
    by_resource: dict[tuple[str, str], list[Json]] = {}
    for line in lines:
        by_resource.setdefault((line.get("service", ""), line.get("environment", "")), []).append(_record(line))
    return {
        "resourceLogs": [
            {
                "resource": {"attributes": _resource(service, environment)},
                "scopeLogs": [{"scope": {"name": "holysheep"}, "logRecords": records}],
            }
            for (service, environment), records in by_resource.items()
        ]
    }


def nanoseconds(timestamp: str) -> int:
    """A line's timestamp as nanoseconds since 1970."""
    seconds = timegm(strptime(timestamp[:19], "%Y-%m-%dT%H:%M:%S"))
    return (seconds * 1000 + int(timestamp[20:23])) * 1_000_000


def _resource(service: str, environment: str) -> list[Json]:
    named = {"service.name": service, "deployment.environment.name": environment}
    return [{"key": key, "value": {"stringValue": value}} for key, value in named.items() if value]


def _record(line: Json) -> Json:
    attributes = {name: line[key] for key, name in ATTRIBUTES.items() if key in line}
    if (first := line.get("time_to_first_token_ms")) is not None:
        attributes["gen_ai.response.time_to_first_chunk"] = first / 1000
    failed = line.get("status") not in {None, "success"}
    if failed and "error_type" not in line:
        attributes["error.type"] = "error"
    record: Json = {
        "timeUnixNano": str(nanoseconds(line["timestamp"])),
        "severityNumber": 17 if failed else 9,
        "eventName": EVENT,
        "attributes": [{"key": name, "value": _value(value)} for name, value in attributes.items()],
    }
    for key, name in (("trace_id", "traceId"), ("span_id", "spanId")):
        if key in line:
            record[name] = line[key]
    if "traceId" in record and not is_trace_id(record["traceId"]):
        # A Collector refuses the whole request for it.
        record["attributes"].append({"key": "trace.id", "value": _value(record.pop("traceId"))})
    return record


def _value(value: object) -> Json:
    """OTLP's AnyValue; an int64 is a string in JSON."""
    if isinstance(value, bool):
        return {"boolValue": value}
    if isinstance(value, int):
        return {"intValue": str(value)}
    if isinstance(value, float):
        return {"doubleValue": value}
    if isinstance(value, list):
        return {"arrayValue": {"values": [_value(item) for item in value]}}
    return {"stringValue": str(value)}
