"""The official openai package against a real server: every way of calling is one line, with the API's own usage."""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING, Any

import openai
import pytest

import holysheep
from tests.client.openai_server import WORDS

if TYPE_CHECKING:
    from tests.client.conftest import Logged
    from tests.client.openai_server import Api

MESSAGES: list[Any] = [{"role": "user", "content": "How are you, ann@example.com?"}]
#: Of the line of a call that went well; 150 and 320 tokens of gpt-4.1 at 8 and 24 USD per MTok: 8,880,000 nano-USD.
GOOD = {
    "model": "gpt-4.1", "status": "success", "status_code": 200, "request_tokens": 150, "response_tokens": 320,
    "total_tokens": 470, "cached_tokens": 100, "reasoning_tokens": 20, "usage_source": "api", "cost_nano": 8_880_000,
    "operation": "chat",
}  # fmt: skip


def sync(api: Api, logged: Logged, **options: Any) -> openai.OpenAI:  # noqa: ANN401  # of OpenAI
    """A wrapped client."""
    return holysheep.wrap(openai.OpenAI(api_key="sk-test", base_url=api.url, **options), log=logged.log)


def asynchronous(api: Api, logged: Logged) -> openai.AsyncOpenAI:
    """The same for asyncio."""
    return holysheep.wrap(openai.AsyncOpenAI(api_key="sk-test", base_url=api.url), log=logged.log)


def part(line: dict[str, Any], like: dict[str, Any]) -> dict[str, Any]:
    """The keys of a line that another has."""
    return {key: line.get(key) for key in like}


def test_chat(api: Api, logged: Logged) -> None:
    """A call, its context, and nothing of the prompt."""
    with holysheep.context(session_id="s-1", team="search"):
        answer = sync(api, logged).chat.completions.create(model="gpt-4.1", messages=MESSAGES, user="ann")
    assert answer.choices[0].message.content == "All well!"
    line = logged.line()
    assert part(line, GOOD) == GOOD
    assert line["response_model"] == "gpt-4.1-2025-04-14"
    assert line["endpoint"] == f"{api.url}/chat/completions"
    assert (line["session_id"], line["team"], line["user_id"], line["finish_reasons"]) == (
        "s-1",
        "search",
        "ann",
        ["stop"],
    )
    assert "stream" not in line
    assert "How are you" not in str(line)


def test_async_chat(api: Api, logged: Logged) -> None:
    """Twenty at once: each in its own context."""

    async def call(client: openai.AsyncOpenAI, number: int) -> None:
        with holysheep.context(session_id=f"s-{number}"):
            await client.chat.completions.create(model="gpt-4.1", messages=MESSAGES)

    async def main() -> None:
        client = asynchronous(api, logged)
        await asyncio.gather(*(call(client, number) for number in range(20)))

    asyncio.run(main())
    lines = logged.lines()
    assert all(part(line, GOOD) == GOOD for line in lines)
    assert {line["session_id"] for line in lines} == {f"s-{number}" for number in range(20)}


@pytest.mark.parametrize("asked", [None, True])
def test_stream(api: Api, logged: Logged, *, asked: bool | None) -> None:
    """The usage of a stream is asked for; the extra event reaches the application only if it asked for it, too."""
    more: dict[str, Any] = {} if asked is None else {"stream_options": {"include_usage": asked}}
    client = sync(api, logged)
    chunks = list(client.chat.completions.create(model="gpt-4.1", messages=MESSAGES, stream=True, **more))
    assert api.requests[0]["stream_options"] == {"include_usage": True}
    assert api.requests[0]["messages"] == MESSAGES
    assert [chunk.choices[0].delta.content for chunk in chunks[:3]] == list(WORDS)
    assert len(chunks) == (4 if asked is None else 5)
    line = logged.line()
    assert part(line, GOOD) == GOOD
    assert (line["stream"], line["stream_end"]) == (True, "complete")
    assert 0 < line["time_to_first_token_ms"] <= line["response_time_ms"]


def test_async_stream(api: Api, logged: Logged) -> None:
    """The same for asyncio."""

    async def main() -> list[str]:
        stream = await asynchronous(api, logged).chat.completions.create(
            model="gpt-4.1", messages=MESSAGES, stream=True
        )
        return [chunk.choices[0].delta.content or "" async for chunk in stream]

    assert asyncio.run(main()) == [*WORDS, ""]
    assert part(logged.line(), GOOD) == GOOD


def test_stream_that_forbids_usage(api: Api, logged: Logged) -> None:
    """An application that says no to usage is obeyed: the line has none, and no cost that would be a guess."""
    client = sync(api, logged)
    options: Any = {"include_usage": False}
    list(client.chat.completions.create(model="gpt-4.1", messages=MESSAGES, stream=True, stream_options=options))
    line = logged.line()
    assert api.requests[0]["stream_options"] == {"include_usage": False}
    assert (line["usage_source"], line["cost_status"], line["unpriced_reason"]) == ("none", "unpriced", "no_usage")
    assert "request_tokens" not in line


def test_stream_without_usage(api: Api, logged: Logged) -> None:
    """A server that sends none although it was asked: as above."""
    api.plan = ["no-usage"]
    list(sync(api, logged).chat.completions.create(model="gpt-4.1", messages=MESSAGES, stream=True))
    line = logged.line()
    assert (line["status"], line["stream_end"], line["usage_source"]) == ("success", "complete", "none")


@pytest.mark.parametrize("plan", ["broken", "cut"])
def test_broken_stream(api: Api, logged: Logged, plan: str) -> None:
    """A connection that breaks, or ends cleanly before the last event: the line says so, though the status was 200."""
    api.plan = [plan]
    stream = sync(api, logged).chat.completions.create(model="gpt-4.1", messages=MESSAGES, stream=True)
    with pytest.raises(openai.APIConnectionError) if plan == "broken" else contextlib.nullcontext():
        list(stream)
    line = logged.line()
    assert (line["status"], line["status_code"], line["stream_end"]) == ("error", 200, "broken")
    assert line["usage_source"] == "none"


def test_malformed_event(api: Api, logged: Logged) -> None:
    """An event that is no JSON ends the application's loop; the line tells why."""
    api.plan = ["malformed"]
    with pytest.raises(ValueError, match=r"Unterminated|Expecting"):
        list(sync(api, logged).chat.completions.create(model="gpt-4.1", messages=MESSAGES, stream=True))
    line = logged.line()
    assert (line["status"], line["stream_end"]) == ("error", "malformed")


def test_stream_that_the_application_leaves(api: Api, logged: Logged) -> None:
    """An application may stop reading: no error, but no usage either."""
    with sync(api, logged).chat.completions.create(model="gpt-4.1", messages=MESSAGES, stream=True) as stream:
        next(iter(stream))
    line = logged.line()
    assert (line["status"], line["stream_end"], line["usage_source"]) == ("success", "closed", "none")


def test_retries_are_one_call(api: Api, logged: Logged) -> None:
    """Two tries fail, the third succeeds: one line, which names the failed ones."""
    api.plan = ["429", "500"]
    sync(api, logged).chat.completions.create(
        model="gpt-4.1", messages=MESSAGES, extra_headers={"Idempotency-Key": "k-1"}
    )
    assert len(api.requests) == 3
    line = logged.line()
    assert part(line, GOOD) == GOOD
    assert (line["retry_attempt"], line["idempotency_key"]) == (2, "k-1")
    first, second = line["metadata"]["failed_tries"]
    assert first.startswith("429 rate_limit_exceeded ")
    assert second.startswith("500 server_error ")


def test_retries_of_a_stream(api: Api, logged: Logged) -> None:
    """The same for streams and asyncio."""
    api.plan = ["500"]

    async def main() -> None:
        stream = await asynchronous(api, logged).chat.completions.create(
            model="gpt-4.1", messages=MESSAGES, stream=True
        )
        async for _ in stream:
            pass

    asyncio.run(main())
    line = logged.line()
    assert part(line, GOOD) == GOOD
    assert line["retry_attempt"] == 1


@pytest.mark.parametrize(
    ("plan", "error", "line"),
    [
        ("429", openai.RateLimitError, {"status_code": 429, "error_type": "rate_limit_exceeded"}),
        ("500", openai.InternalServerError, {"status_code": 500, "error_type": "server_error"}),
        ("disconnect", openai.APIConnectionError, {"status_code": None, "error_type": "RemoteProtocolError"}),
    ],
)
def test_failures(api: Api, logged: Logged, plan: str, error: type[Exception], line: dict[str, Any]) -> None:
    """A call that fails in all its tries is one failed call, and costs nothing."""
    api.plan = [plan] * 2
    with pytest.raises(error):
        sync(api, logged, max_retries=1).chat.completions.create(model="gpt-4.1", messages=MESSAGES)
    wanted = {**line, "status": "error", "cost_status": "not_billed", "cost_nano": 0, "retry_attempt": 1}
    assert part(logged.line(), wanted) == wanted


def test_timeout(api: Api, logged: Logged) -> None:
    """A server that is too slow."""
    api.delay_s = 0.4
    try:
        with pytest.raises(openai.APITimeoutError):
            sync(api, logged, max_retries=0, timeout=0.05).chat.completions.create(model="gpt-4.1", messages=MESSAGES)
    finally:
        api.delay_s = 0
    assert logged.line()["error_type"] == "ReadTimeout"


@pytest.mark.parametrize("plan", ["ok", "gzip"])
def test_responses(api: Api, logged: Logged, plan: str) -> None:
    """The responses API, packed or not."""
    api.plan = [plan]
    answer = sync(api, logged).responses.create(model="gpt-4.1", input="How are you?")
    assert answer.output_text == "All well!"
    assert part(logged.line(), GOOD) == GOOD


def test_responses_stream(api: Api, logged: Logged) -> None:
    """Its last event has the usage; nothing is asked for that the API doesn't know."""
    events = list(sync(api, logged).responses.create(model="gpt-4.1", input="How are you?", stream=True))
    assert events[-1].type == "response.completed"
    assert "stream_options" not in api.requests[0]
    line = logged.line()
    assert part(line, GOOD) == GOOD
    assert (line["response_id"], line["stream_end"]) == ("resp_1", "complete")


def test_embeddings(api: Api, logged: Logged) -> None:
    """Embeddings have input alone. The model has no price here, and the line says that."""
    sync(api, logged).embeddings.create(model="text-embedding-3-small", input="How are you?", encoding_format="float")
    line = logged.line()
    assert (line["operation"], line["request_tokens"], line["response_tokens"]) == ("embeddings", 8, 0)
    assert (line["cost_status"], line["unpriced_reason"]) == ("unpriced", "unknown_model")


def test_raw_and_copied_clients(api: Api, logged: Logged) -> None:
    """Raw responses, with_options and a second wrap: each call is one line."""
    client = holysheep.wrap(sync(api, logged), log=logged.log)
    raw = client.chat.completions.with_raw_response.create(model="gpt-4.1", messages=MESSAGES)
    assert raw.parse().usage is not None
    api.plan = ["500"]
    client.with_options(max_retries=1).chat.completions.create(model="gpt-4.1", messages=MESSAGES)
    with client.chat.completions.with_streaming_response.create(model="gpt-4.1", messages=MESSAGES) as response:
        response.read()
    lines = logged.lines()
    assert [part(line, GOOD) for line in lines] == [GOOD] * 3
    assert [line.get("retry_attempt") for line in lines] == [None, 1, None]


def test_other_requests_are_no_calls(api: Api, logged: Logged) -> None:
    """A list of models is not logged."""
    assert [model.id for model in sync(api, logged).models.list()] == ["gpt-4.1"]
    assert logged.lines() == []


def test_what_cannot_be_wrapped() -> None:
    """A sentence that says what can be."""
    with pytest.raises(TypeError, match="give a client of openai, anthropic or httpx"):
        holysheep.wrap(object())
