"""OTLP by gRPC and HTTP, as the official SDK sends it, through a real Collector and to the real filter."""

from __future__ import annotations

import hashlib
import json
import shutil
import ssl
import time
import urllib.request
from typing import TYPE_CHECKING, Any, Final

import pytest

from generator.paths import ROOT
from holysheep.logger import Logger
from holysheep.settings import Settings
from holysheep.sinks import OtlpSink
from tests.cases.conftest import command as command  # noqa: PLC0414  # a fixture
from tests.client import environment, otelcol
from tests.filterrun import Filter
from tests.serving import serving

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.client.otelcol import Otelcol, Webhook

    Json = dict[str, Any]

pytestmark = [pytest.mark.collector, pytest.mark.jruby]
CALLS: Final = 40
#: The day before tests/filterrun.py says that lines are seen.
START: Final = 1_795_200_000_000_000_000
#: 40 calls of 1,000 to 1,039 and 10 tokens, one of which failed, and a span that is no model call.
SDK: Final = """
import os, sys
if sys.argv[1] == "grpc":
    from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import OTLPSpanExporter
else:
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import Status, StatusCode
provider = TracerProvider(resource=Resource.create({"service.name": "shop", "deployment.environment.name": "prod"}))
provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
tracer = provider.get_tracer("test")
START = 1_795_200_000_000_000_000
tracer.start_span("GET /checkout", start_time=START).end(end_time=START + 5)
for number in range(40):
    span = tracer.start_span("chat gpt-4.1", start_time=START + number)
    span.set_attribute("gen_ai.operation.name", "chat")
    span.set_attribute("gen_ai.provider.name", "openai")
    span.set_attribute("gen_ai.request.model", "gpt-4.1")
    if number == 7:
        span.set_attribute("error.type", "RateLimitError")
        span.set_status(Status(StatusCode.ERROR, "the whole answer"))
    else:
        span.set_attribute("gen_ai.usage.input_tokens", 1000 + number)
        span.set_attribute("gen_ai.usage.output_tokens", 10)
        span.set_attribute("gen_ai.response.finish_reasons", ["stop"])
    span.end(end_time=START + 812_000_000)
provider.shutdown()
"""


@pytest.fixture(scope="module")
def webhook(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Webhook]:
    """It takes bodies; the folder of the certificate is its own."""
    folder = tmp_path_factory.mktemp("collector")
    otelcol.certificate(folder)
    with serving(otelcol.Webhook(folder)) as server:
        yield server


@pytest.fixture(scope="module")
def collector(webhook: Webhook) -> Iterator[Otelcol]:
    """The Collector, before that webhook."""
    binary = otelcol.program()
    if binary is None:
        pytest.skip("there is no Collector: .ci/otelcol.sh builds it")
    with otelcol.Otelcol(binary, webhook.folder, webhook.server_port) as running:
        yield running


@pytest.fixture(scope="module")
def live(command: list[str]) -> Iterator[Filter]:
    """The filter with the shipped rules."""
    running = Filter(command, ROOT / "logstash" / "rules" / "rules.json")
    yield running
    running.close()


def until(holds: Callable[[], bool]) -> None:
    """Return when it does."""
    end = time.monotonic() + 60
    while not holds():
        assert time.monotonic() < end, "not within a minute"
        time.sleep(0.1)


def calls_in(live: Filter, source: str, bodies: list[bytes]) -> dict[str, Json]:
    """The documents of calls by id."""
    documents = [document for result in live.run(source, bodies) for document in result]
    assert not [each for each in documents if "-rejected-" in each["_index"]], documents
    return {each["_id"]: each["_source"] for each in documents if "-api-" in each["_index"]}


@pytest.mark.packages
@pytest.mark.parametrize("protocol", ["grpc", "http/protobuf"])
def test_spans_of_the_official_sdk(
    collector: Otelcol, webhook: Webhook, live: Filter, tmp_path: Path, protocol: str
) -> None:
    """Each span is one call with its cost to the last digit, though the webhook is away at first."""
    interpreter = environment.python()
    if interpreter is None:
        pytest.skip("there is no environment of OpenTelemetry's exporters: .ci/packages.sh makes it")
    webhook.bodies.clear()
    webhook.statuses = [503]
    before = collector.lines.stat().st_size if collector.lines.exists() else 0
    port = collector.grpc if protocol == "grpc" else collector.http
    variables = {
        "OTEL_EXPORTER_OTLP_ENDPOINT": f"https://localhost:{port}",
        "OTEL_EXPORTER_OTLP_CERTIFICATE": str(webhook.folder / "ca.crt"),
    }
    environment.run(interpreter, SDK, tmp_path, variables, protocol.partition("/")[0])
    until(lambda: len(calls_in(live, "-!body", webhook.bodies)) >= CALLS)
    calls = calls_in(live, "-!body", webhook.bodies)
    assert webhook.types == {"application/json"}
    assert webhook.strangers == 0
    # 8 and 24 USD per million tokens since May 2025; the failed call has no tokens and costs nothing.
    expected = [0, *(((1000 + number) * 8 + 10 * 24) * 1000 for number in range(CALLS) if number != 7)]
    costs = [call["holysheep"]["cost"]["total_nano"] for call in calls.values()]
    assert sorted(costs) == expected
    assert {call["event"]["outcome"] for call in calls.values()} == {"success", "failure"}
    assert {call["service"]["name"] for call in calls.values()} == {"shop"}
    assert "the whole answer" not in json.dumps(list(calls.values()))
    # The file exporter's lines are the same documents.
    until(lambda: len(calls_in(live, "otel", written(collector, before))) >= CALLS)
    assert calls_in(live, "otel", written(collector, before)) == calls


def written(collector: Otelcol, before: int) -> list[bytes]:
    """Whole lines of the file exporter since then."""
    data = collector.lines.read_bytes()[before:] if collector.lines.exists() else b""
    return [line for line in data.splitlines(keepends=True) if line.endswith(b"\n")]


def test_the_client_s_otlp_sink(collector: Otelcol, webhook: Webhook, live: Filter, tmp_path: Path) -> None:
    """Lines as log records, through the Collector: each call has the client's cost, and sees no difference."""
    webhook.bodies.clear()
    sink = OtlpSink(f"https://localhost:{collector.http}/v1/logs", ca=webhook.folder / "ca.crt")
    logger = Logger(Settings.read({}, spool=tmp_path, service="shop", handle_sigterm=False), [sink])
    lines: list[Json] = []
    logger.observers.append(lambda line, _: lines.append(line))
    for number in range(CALLS):
        counts = {"input_tokens": 1000 + number, "output_tokens": 7, "cached_tokens": number}
        logger.log(model="deepseek-v3.2", started_ns=START + number, **counts)
    assert logger.flush(30)
    assert logger.stats()["sinks"]["otlp"]["failures"] == 0
    logger.close()
    until(lambda: len(calls_in(live, "-!body", webhook.bodies)) >= CALLS)
    calls = calls_in(live, "-!body", webhook.bodies).values()
    costs = sorted(call["holysheep"]["cost"]["total_nano"] for call in calls)
    assert costs == sorted(line["cost_nano"] for line in lines)
    assert {call["holysheep"]["cost"]["difference"] for call in calls} == {0.0}


def span(name: str) -> bytes:
    """A body of OTLP as JSON: one call of 1,000 and 10 tokens of gpt-4.1."""
    digits = hashlib.sha256(name.encode()).hexdigest()
    texts = {"gen_ai.operation.name": "chat", "gen_ai.provider.name": "openai", "gen_ai.request.model": "gpt-4.1"}
    counts = {"gen_ai.usage.input_tokens": 1000, "gen_ai.usage.output_tokens": 10}
    one = {
        "traceId": digits[:32], "spanId": digits[32:48], "name": "chat gpt-4.1", "kind": 3,
        "startTimeUnixNano": str(START), "endTimeUnixNano": str(START + 812_000_000),
        "attributes": [
            *({"key": key, "value": {"stringValue": text}} for key, text in texts.items()),
            *({"key": key, "value": {"intValue": str(count)}} for key, count in counts.items()),
        ],
    }  # fmt: skip
    return json.dumps({"resourceSpans": [{"scopeSpans": [{"spans": [one]}]}]}).encode()


def test_a_collector_that_dies_loses_nothing(webhook: Webhook, live: Filter, tmp_path: Path) -> None:
    """20 spans that it took while the webhook was away: killed and started again, it hands each over."""
    binary = otelcol.program()
    assert binary is not None
    for name in ("otel.crt", "otel.key", "ca.crt"):
        shutil.copyfile(webhook.folder / name, tmp_path / name)
    webhook.bodies.clear()
    webhook.statuses = [503] * 1000
    context = ssl.create_default_context(cafile=str(webhook.folder / "ca.crt"))
    with otelcol.Otelcol(binary, tmp_path, webhook.server_port) as running:
        for number in range(20):
            url, kind = f"https://localhost:{running.http}/v1/traces", {"Content-Type": "application/json"}
            request = urllib.request.Request(url, span(f"span {number}"), kind)
            with urllib.request.urlopen(request, context=context, timeout=20) as answer:  # noqa: S310 - https
                assert answer.status == 200
        running.die()
    assert webhook.bodies == []
    webhook.statuses = []
    with otelcol.Otelcol(binary, tmp_path, webhook.server_port):
        until(lambda: len(calls_in(live, "-!body", webhook.bodies)) >= 20)
    assert len(calls_in(live, "-!body", webhook.bodies)) == 20
