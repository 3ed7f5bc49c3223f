"""The official openai package against a real server: every way of calling is one line, with the API's own usage."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import openai
import pytest

import holysheep
from tests.client.openai_client import GOOD, MESSAGES, asynchronous, part, sync

if TYPE_CHECKING:
    from tests.client.conftest import Logged
    from tests.client.openai_server import Api


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
