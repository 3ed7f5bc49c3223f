"""httpx, Anthropic, `with` blocks, agents' steps, and stdlib logging."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Any

import anthropic
import httpx
import httpx2
import pytest

import holysheep

if TYPE_CHECKING:
    from tests.client.conftest import Logged
    from tests.client.openai_server import Api

BODY: dict[str, Any] = {"model": "gpt-4.1", "messages": [{"role": "user", "content": "How are you?"}]}
#: 30 tokens beside 100 from the cache and 20 into it: 150 in all.
ANTHROPIC = {
    "model": "claude-sonnet-4-5", "request_tokens": 150, "cached_tokens": 100, "cache_write_tokens": 20,
    "response_tokens": 320, "usage_source": "api", "status": "success",
    # The card's rates: 15 USD per MTok for all input, 75 for output: 2,250 + 24,000 micro-USD.
    "cost_nano": 26_250_000,
}  # fmt: skip


@pytest.mark.parametrize("library", [httpx, httpx2])
def test_httpx(api: Api, logged: Logged, library: Any) -> None:  # noqa: ANN401  # two packages with one API
    """A bare httpx client; a failed request is a line of its own, since nobody retries."""
    transport = holysheep.transport(log=logged.log, library=library.__name__)
    api.plan = ["429", "gzip", "disconnect"]
    with library.Client(transport=transport, base_url=api.url) as client:
        assert client.post("/chat/completions", json=BODY).status_code == 429
        assert client.post("/chat/completions", json=BODY).json()["id"] == "chatcmpl-1"
        with pytest.raises(library.TransportError):
            client.post("/chat/completions", json=BODY)
    lines = logged.lines()
    assert [line["status"] for line in lines] == ["error", "success", "error"]
    assert [line.get("cost_nano") for line in lines] == [0, 8_880_000, 0]
    assert lines[0]["error_message"] == "Rate limit reached for gpt-4.1"


def test_async_httpx_stream(api: Api, logged: Logged) -> None:
    """Asyncio and a stream: the application sees what it would have seen."""

    async def main() -> list[str]:
        transport = holysheep.async_transport(log=logged.log)
        async with (
            httpx.AsyncClient(transport=transport, base_url=api.url) as client,
            client.stream("POST", "/chat/completions", json={**BODY, "stream": True}) as response,
        ):
            return [line async for line in response.aiter_lines() if line]

    lines = asyncio.run(main())
    assert len(lines) == 5
    assert lines[-1] == "data: [DONE]"
    assert not any("usage" in line for line in lines)
    assert logged.line()["cost_nano"] == 8_880_000


@pytest.mark.parametrize("stream", [False, True])
def test_anthropic(api: Api, logged: Logged, *, stream: bool) -> None:
    """The official anthropic package, whole and as a stream; it retries as openai's does."""
    client = anthropic.Anthropic(api_key="sk-test", base_url=api.url.removesuffix("/v1"))
    holysheep.wrap(client, log=logged.log)
    api.plan = ["500"]
    answer: Any = client.messages.create(
        model="claude-sonnet-4-5", max_tokens=500, messages=[{"role": "user", "content": "Hi"}], stream=stream
    )
    if stream:
        assert [event.type for event in answer][-1] == "message_stop"
    line = logged.line()
    assert {key: line[key] for key in ANTHROPIC} == ANTHROPIC
    assert (line["retry_attempt"], line["finish_reasons"], line["max_tokens"]) == (1, ["end_turn"], 500)


def test_anthropic_async(api: Api, logged: Logged) -> None:
    """The same for asyncio, by its stream helper."""

    async def main() -> str:
        client = holysheep.wrap(
            anthropic.AsyncAnthropic(api_key="sk-test", base_url=api.url.removesuffix("/v1")), log=logged.log
        )
        messages: list[Any] = [{"role": "user", "content": "Hi"}]
        async with client.messages.stream(model="claude-sonnet-4-5", max_tokens=500, messages=messages) as stream:
            return await stream.get_final_text()

    assert asyncio.run(main()) == "All well!"
    line = logged.line()
    assert {key: line[key] for key in ANTHROPIC} == ANTHROPIC


def test_call_block(logged: Logged) -> None:
    """A call by any means; an exception is its error, and goes on to the application."""
    with holysheep.call(model="gpt-4.1", log=logged.log) as call:
        call.usage = {"prompt_tokens": 150, "completion_tokens": 320}
        call.tell(status_code=200, response_id="r-1")
    with pytest.raises(KeyError), holysheep.call(model="gpt-4.1", log=logged.log):
        raise KeyError("no such key")
    good, bad = logged.lines()
    assert (good["cost_nano"], good["status"], good["response_id"]) == (8_880_000, "success", "r-1")
    assert (bad["status"], bad["error_type"], bad["cost_nano"]) == ("error", "KeyError", 0)


def test_steps_nest(logged: Logged) -> None:
    """A trace of an agent, its tool, and a call of each: parents are as in the code."""
    with holysheep.context(session_id="s-1"), holysheep.step("answer", agent_id="support", log=logged.log):
        with holysheep.step("search", kind="execute_tool", log=logged.log):
            logged.log(model="gpt-4.1", input_tokens=1, output_tokens=1)
        logged.log(model="gpt-4.1", input_tokens=2, output_tokens=1)
    inner, tool, outer, agent = logged.lines()
    assert len({line["trace_id"] for line in (inner, tool, outer, agent)}) == 1
    assert inner["parent_span_id"] == tool["span_id"]
    assert tool["parent_span_id"] == outer["parent_span_id"] == agent["span_id"]
    assert "parent_span_id" not in agent
    assert (inner["step_name"], inner["agent_id"], inner["session_id"]) == ("search", "support", "s-1")
    assert (agent["record"], agent["operation"], agent["status"]) == ("step", "invoke_agent", "success")
    assert "cost_status" not in agent
    assert (tool["operation"], outer["step_name"]) == ("execute_tool", "answer")


def test_logging_handler(logged: Logged) -> None:
    """Records with `llm` become lines, others don't, and a wrong one harms nobody."""
    app = logging.getLogger("tests.client.app")
    app.propagate = False
    handler = holysheep.LogHandler(log=logged.log)
    app.addHandler(handler)
    try:
        app.warning("plain")
        app.warning("answered", extra={"llm": {"model": "gpt-4.1", "input_tokens": 150, "output_tokens": 320}})
        app.warning("wrong", extra={"llm": "gpt-4.1"})
    finally:
        app.removeHandler(handler)
    assert logged.line()["cost_nano"] == 8_880_000


def test_opentelemetry_trace(api: Api, logged: Logged) -> None:
    """Within a span of OpenTelemetry, a call has its trace, and the span as its parent."""
    from opentelemetry.sdk.trace import TracerProvider  # noqa: PLC0415  # an extra

    holysheep.wrap(client := httpx.Client(base_url=api.url), log=logged.log)
    with TracerProvider().get_tracer("t").start_as_current_span("s") as span:
        client.post("/chat/completions", json=BODY)
    line = logged.line()
    context = span.get_span_context()
    assert line["trace_id"] == f"{context.trace_id:032x}"
    assert line["parent_span_id"] == f"{context.span_id:016x}"
