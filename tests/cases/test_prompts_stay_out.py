"""No prompt and no completion of OTLP and of the providers' exports reaches a document, wherever it stands."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest

from generator.registry.sources import load_sources
from tests.cases.prompt_canaries import canaries

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.filterrun import Filter

pytestmark = pytest.mark.jruby
HERE: Final = Path(__file__).parent
#: Prose that no mask knows: it must stay out because of where it stands.
CANARY: Final = "canary zebra seventeen says hello"
LABEL: Final = re.compile(r"CANARY\d{3}X")
SOURCES: Final = (
    "otel", "bedrock", "azure_openai", "anthropic_usage", "openai_usage", "openrouter", "langfuse", "litellm_spend",
    "canary",
)  # fmt: skip
#: Names under which OpenTelemetry's instrumentations put texts.
ATTRIBUTES: Final = (
    "gen_ai.input.messages", "gen_ai.output.messages", "gen_ai.system_instructions", "gen_ai.prompt",
    "gen_ai.completion", "gen_ai.prompt.0.content", "gen_ai.completion.0.content", "gen_ai.tool.call.arguments",
    "gen_ai.tool.call.result", "gen_ai.tool.definitions", "input.value", "output.value",
    "llm.input_messages.0.message.content", "llm.output_messages.0.message.content", "llm.prompts",
    "llm.invocation_parameters", "traceloop.entity.input", "traceloop.entity.output", "ai.prompt", "ai.response.text",
    "db.statement", "any.other.name", "exception.message", "exception.stacktrace",
)  # fmt: skip


def places(record: Any) -> Iterator[Any]:  # noqa: ANN401 - JSON of any shape
    """The record once for each object in it, with texts under unknown keys there."""
    if isinstance(record, list):
        for number, item in enumerate(record):
            for changed in places(item):
                yield [*record[:number], changed, *record[number + 1 :]]
    if isinstance(record, dict):
        text = {"note": CANARY, "lastUserMessage": [CANARY], "deep": {"q": CANARY, CANARY: 1}}
        yield {**record, **text}
        for key, inner in record.items():
            for changed in places(inner):
                yield {**record, key: changed}


def spans() -> Iterator[Any]:
    """The case's spans with each of the known attributes, an event and a status that tell the prompt."""
    line = (HERE / "otel" / "old_and_new_names_are_one.log").read_text(encoding="utf-8").splitlines()[0]
    for name in ATTRIBUTES:
        body = json.loads(line)
        span = body["resourceSpans"][0]["scopeSpans"][0]["spans"][0]
        span["attributes"].append({"key": name, "value": {"stringValue": CANARY}})
        span["events"] = [{"name": CANARY, "attributes": [{"key": name, "value": {"stringValue": CANARY}}]}]
        span["status"] = {"code": 2, "message": CANARY}
        span["name"] = CANARY
        yield body


@pytest.mark.parametrize("source", SOURCES)
def test_no_text_of_unknown_keys_comes_through(live_filter: Filter, source: str) -> None:
    """Prose under any key that the source does not map is in no document, at whatever depth it stands."""
    lines = []
    for log in sorted((HERE / source).glob("*.log")):
        for text in log.read_text(encoding="utf-8").splitlines():
            if text.startswith("{"):
                lines += [json.dumps(changed).encode() for changed in places(json.loads(text))]
    if source == "otel":
        lines += [json.dumps(body).encode() for body in spans()]
    assert len(lines) > 1
    every = canaries()
    # Each line with the plain sentence, and with five of the 500 labelled prompts in its place.
    taken = [(CANARY, line) for line in lines]
    for number, line in enumerate(lines):
        for step in range(5):
            _, text = every[(number * 5 + step) % len(every)]
            taken.append((text, line.replace(CANARY.encode(), json.dumps(text)[1:-1].encode())))
    for (text, line), documents in zip(taken, live_filter.run(source, [line for _, line in taken]), strict=True):
        assert documents
        found = json.dumps(documents, ensure_ascii=False)
        assert not LABEL.search(found), line[:2000]
        assert json.dumps(text, ensure_ascii=False)[1:-1] not in found, line[:2000]
        assert "zebra" not in found, line[:2000]


def test_each_source_that_drops_the_rest_is_tested() -> None:
    """A new source of that kind belongs into the list above."""
    assert {source.name for source in load_sources() if source.metadata.others == "drop"} == set(SOURCES)


def test_other_output_of_a_server_is_not_kept(live_filter: Filter) -> None:
    """VLLM logs prompts at its info level: such a line is counted, not stored."""
    line = f"INFO 01-15 10:30:00 [logger.py:39] Received request cmpl-1: prompt: '{CANARY}'"
    [[document]] = live_filter.run("serving", [line.encode()])
    assert "zebra" not in json.dumps(document)
    assert document["_source"]["holysheep"]["ignored_records"] == 1
