"""Wrapped clients of the official openai package, and what a good line has."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import openai

import holysheep

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
