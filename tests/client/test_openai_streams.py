"""Streams of the official openai package: whole, broken, malformed, left, and without usage."""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING, Any

import openai
import pytest

from tests.client.openai_client import GOOD, MESSAGES, asynchronous, part, sync
from tests.client.openai_server import WORDS

if TYPE_CHECKING:
    from tests.client.conftest import Logged
    from tests.client.openai_server import Api


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


def test_responses_stream(api: Api, logged: Logged) -> None:
    """Its last event has the usage; nothing is asked for that the API doesn't know."""
    events = list(sync(api, logged).responses.create(model="gpt-4.1", input="How are you?", stream=True))
    assert events[-1].type == "response.completed"
    assert "stream_options" not in api.requests[0]
    line = logged.line()
    assert part(line, GOOD) == GOOD
    assert (line["response_id"], line["stream_end"]) == ("resp_1", "complete")
