"""Calls that an application makes by the official packages, and what Elasticsearch has of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import openai
import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.client.openai_server import Api
    from tests.stack.stack import Json, Stack

MESSAGES: Final[list[Any]] = [{"role": "user", "content": "How are you, ann@example.com?"}]
#: What the server bills: 150 and 320 tokens of gpt-4.1 at 8 and 24 USD per million.
NANO: Final = (150 * 8 + 320 * 24) * 1000


def call(client: openai.OpenAI, api: Api) -> None:
    """A whole answer, a stream, the responses API, a try that is refused before it succeeds, and a failure."""
    client.chat.completions.create(model="gpt-4.1", messages=MESSAGES)
    list(
        client.chat.completions.create(
            model="gpt-4.1", messages=MESSAGES, stream=True, stream_options={"include_usage": True}
        )
    )
    client.responses.create(model="gpt-4.1", input="How are you?")
    api.plan = ["429", "ok"]
    client.with_options(max_retries=1).chat.completions.create(model="gpt-4.1", messages=MESSAGES)
    api.plan = ["500"]
    with pytest.raises(openai.InternalServerError):
        client.chat.completions.create(model="gpt-4.1", messages=MESSAGES)


def calls_of(stack: Stack, service: str) -> list[Json]:
    """The documents of a service's calls."""
    query = {"term": {"service.name": service}}
    return [hit["_source"] for hit in stack.search("api-*", query, size=100)["hits"]["hits"]]


def keys(stack: Stack) -> set[tuple[str, str]]:
    """Index and id of every document."""
    hits = stack.search("*", size=10_000, _source=False)["hits"]["hits"]
    return {(hit["_index"], hit["_id"]) for hit in hits}


def remove_all_but(stack: Stack, before: set[tuple[str, str]]) -> None:
    """Other tests count documents."""
    with stack.client() as es:
        for index, ident in keys(stack) - before:
            es.delete(index=index, id=ident)


def arrived(stack: Stack, service: str, count: int) -> Callable[[], bool]:
    """For `Stack.wait`."""
    return lambda: len(calls_of(stack, service)) >= count
