"""The overlay `otel`: OTLP by gRPC and HTTP, over TLS, through a real Collector to documents in Elasticsearch.

The last file by its name: the one-shot that makes certificates runs again, and then says nothing that test_security.py
could look for.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from contextlib import suppress
from typing import TYPE_CHECKING, Final

import pytest
from docker.errors import BuildError, DockerException

from tests.client import environment, otelcol
from tests.client.openai_server import running as serving_api
from tests.stack import applications

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.stack.stack import Stack

pytestmark = [pytest.mark.stack, pytest.mark.collector]
IMAGE: Final = "holysheep-test-otel"
#: The published ports are those of the overlay.
GRPC, HTTP = "https://localhost:4317", "https://localhost:4318"
#: One call of 1,000 and 10 tokens of gpt-4.1, 8 and 24 USD per million, by the official SDK and its gRPC exporter.
SDK: Final = """
from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
provider = TracerProvider(resource=Resource.create({"service.name": "grpc-shop"}))
provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
names = {"operation.name": "chat", "provider.name": "openai", "request.model": "gpt-4.1"}
counts = {"usage.input_tokens": 1000, "usage.output_tokens": 10}
with provider.get_tracer("test").start_as_current_span("chat gpt-4.1") as span:
    span.set_attributes({f"gen_ai.{name}": value for name, value in {**names, **counts}.items()})
provider.shutdown()
"""
NANO: Final = (1000 * 8 + 10 * 24) * 1000
#: The official instrumentation of the official package; spans by HTTP.
APPLICATION: Final = """
import sys
import openai
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.instrumentation.openai_v2 import OpenAIInstrumentor
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
provider = TracerProvider()
provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
OpenAIInstrumentor().instrument(tracer_provider=provider)
client = openai.OpenAI(api_key="sk-test", base_url=sys.argv[1], max_retries=0)
asked = {"model": "gpt-4.1", "messages": [{"role": "user", "content": "How are you?"}]}
client.chat.completions.create(**asked)
list(client.chat.completions.create(**asked, stream=True, stream_options={"include_usage": True}))
provider.shutdown()
"""


@pytest.fixture
def collector(stack: Stack, tmp_path: Path) -> Iterator[Stack]:
    """The stack with the overlay, its image made from the Collector that `.ci/otelcol.sh` built."""
    program = otelcol.program()
    if program is None:
        pytest.skip("there is no Collector: .ci/otelcol.sh builds it")
    shutil.copyfile(program, tmp_path / "otelcol")
    (tmp_path / "otelcol").chmod(0o755)
    (tmp_path / "Dockerfile").write_text('FROM scratch\nCOPY otelcol /otelcol\nENTRYPOINT ["/otelcol"]\n')
    try:
        stack.docker.images.build(path=str(tmp_path), tag=IMAGE, rm=True)
    except (BuildError, DockerException) as error:
        pytest.skip(f"the Collector's image can't be built: {error}")
    before, files = applications.keys(stack), stack.compose.compose_file_name
    shutil.copytree(otelcol.ROOT / "otel", stack.folder / "otel", dirs_exist_ok=True)
    stack.compose.environment["HOLYSHEEP_IMAGE_OTEL"] = IMAGE
    stack.use(["compose.yaml", "otel.yaml"])
    try:
        stack.run("up", "--detach", "otel")
        yield stack
    finally:
        stack.run("rm", "--stop", "--force", "--volumes", "otel")
        stack.use(files)
        stack.run("up", "--detach", "--no-deps", "certs")
        for volume in ("certs-otel", "otel-queue"):
            with suppress(DockerException):
                stack.docker.volumes.get(f"{stack.project}_{volume}").remove(force=True)
        stack.drained()
        applications.remove_all_but(stack, before)


def test_spans_become_documents(collector: Stack, tmp_path: Path) -> None:
    """One call by gRPC and two of the official instrumentation by HTTP, each with its cost to the last digit."""
    stack = collector
    interpreter = environment.python()
    if interpreter is None:
        pytest.skip("there is no environment of OpenTelemetry's exporters: .ci/packages.sh makes it")
    authority = {"OTEL_EXPORTER_OTLP_CERTIFICATE": str(stack.authority)}
    # What can't be sent yet is sent again by the SDK, while the Collector starts.
    environment.run(interpreter, SDK, tmp_path, {**authority, "OTEL_EXPORTER_OTLP_ENDPOINT": GRPC})
    with serving_api() as api:
        told = {**authority, "OTEL_EXPORTER_OTLP_ENDPOINT": HTTP, "OTEL_SERVICE_NAME": "http-shop"}
        ran = subprocess.run(
            [sys.executable, "-c", APPLICATION, api.url],
            env=environment.environment(tmp_path, told), capture_output=True, text=True, timeout=120, check=False,
        )  # fmt: skip
    assert ran.returncode == 0, ran.stderr[-2000:]
    for service, costs in (("grpc-shop", [NANO]), ("http-shop", [applications.NANO] * 2)):
        stack.wait(applications.arrived(stack, service, len(costs)), f"the calls of {service} are there")
        documents = applications.calls_of(stack, service)
        assert [each["holysheep"]["cost"]["total_nano"] for each in documents] == costs
        assert {each["holysheep"]["source"] for each in documents} == {"otel"}
        assert "How are you" not in json.dumps(documents)
