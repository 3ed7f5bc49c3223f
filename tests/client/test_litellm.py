"""LiteLLM's own callbacks, where LiteLLM is installed; CI leaves it out, for it brings some forty packages."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Any

import pytest

from holysheep.litellm import callback

if TYPE_CHECKING:
    from tests.client.conftest import Logged
    from tests.client.openai_server import Api

litellm = pytest.importorskip("litellm", reason="LiteLLM is not installed")


def test_litellm(api: Api, logged: Logged, monkeypatch: pytest.MonkeyPatch) -> None:
    """Sync, stream, asyncio and a failed call: one line each, with the API's usage."""
    monkeypatch.setattr(litellm, "callbacks", [callback(logged.log)])
    told: dict[str, Any] = {
        "model": "openai/gpt-4.1", "messages": [{"role": "user", "content": "Hi"}], "api_base": api.url,
        "api_key": "sk-test", "max_retries": 0,
    }  # fmt: skip
    litellm.completion(**told)
    list(litellm.completion(**told, stream=True, stream_options={"include_usage": True}))
    asyncio.run(_call(told))
    api.plan = ["500"]
    with pytest.raises(litellm.InternalServerError):
        litellm.completion(**told)
    end = time.monotonic() + 20
    while len(logged.lines()) < 4:
        assert time.monotonic() < end, logged.lines()
        time.sleep(0.1)
    lines = logged.lines()
    assert sorted(line["status"] for line in lines) == ["error", "success", "success", "success"]
    assert [line["cost_nano"] for line in lines if line["status"] == "success"] == [8_880_000] * 3


async def _call(told: dict[str, Any]) -> None:
    await litellm.acompletion(**told)
    await asyncio.sleep(1)
