"""From the official openai package to a document in Elasticsearch: our client or OpenTelemetry's instrumentation, its
file, Filebeat, and Logstash. Each cost is the client's to the last digit.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import openai
import pytest
from opentelemetry.instrumentation.openai_v2 import OpenAIInstrumentor
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor

import holysheep
from holysheep import otel
from holysheep.logger import Logger
from holysheep.settings import Settings
from tests.client.openai_server import running as serving_api
from tests.stack import applications

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.client.openai_server import Api
    from tests.stack.stack import Stack

pytestmark = pytest.mark.stack


@pytest.fixture
def api() -> Iterator[Api]:
    """A server that speaks the OpenAI API."""
    with serving_api() as server:
        yield server


@pytest.fixture
def clean(stack: Stack) -> Iterator[Stack]:
    """The stack; afterwards without the calls."""
    before = applications.keys(stack)
    yield stack
    stack.drained()
    applications.remove_all_but(stack, before)
    for file in stack.logs.glob("api_requests.log*"):
        file.unlink()


def logger_of(stack: Stack, service: str, lines: list[dict[str, Any]]) -> Logger:
    """It writes where Filebeat reads, and remembers what."""
    settings = Settings.read(
        {}, log_file=stack.logs / "api_requests.log", spool=stack.folder / "spool", service=service,
        handle_sigterm=False,
    )  # fmt: skip
    logger = Logger(settings)
    logger.observers.append(lambda line, _: lines.append(line))
    return logger


def test_calls_of_the_openai_package(clean: Stack, api: Api) -> None:
    """By our wrapper and by the official instrumentation: whole, streamed, retried and failed calls, each once."""
    wrapped: list[dict[str, Any]] = []
    logger = logger_of(clean, "shop", wrapped)
    client = openai.OpenAI(api_key="sk-test", base_url=api.url, max_retries=0)
    applications.call(holysheep.wrap(client, log=logger.log), api)
    logger.close()
    traced: list[dict[str, Any]] = []
    logger = logger_of(clean, "traced-shop", traced)
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(otel.line_exporter(logger.log)))
    instrumentor = OpenAIInstrumentor()
    instrumentor.instrument(tracer_provider=provider)
    try:
        applications.call(openai.OpenAI(api_key="sk-test", base_url=api.url, max_retries=0), api)
    finally:
        instrumentor.uninstrument()
    logger.close()
    for service, lines in (("shop", wrapped), ("traced-shop", traced)):
        clean.wait(applications.arrived(clean, service, len(lines)), f"{len(lines)} calls of {service} are there")
        check(applications.calls_of(clean, service), lines)
    assert [line["cost_nano"] for line in wrapped] == [applications.NANO] * 4 + [0]


def check(documents: list[dict[str, Any]], lines: list[dict[str, Any]]) -> None:
    """Each line is one document with its cost; no prompt is in any."""
    costs = {each["event"]["id"]: each["holysheep"]["cost"] for each in documents}
    assert {ident: cost["total_nano"] for ident, cost in costs.items()} == {
        line["log_id"]: line["cost_nano"] for line in lines
    }
    assert len(documents) == len(lines)
    assert {cost.get("difference", 0) for cost in costs.values()} == {0}
    assert [each["event"]["outcome"] for each in documents].count("failure") == 1
    assert "How are you" not in json.dumps(documents)
