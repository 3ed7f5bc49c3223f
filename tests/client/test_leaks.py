"""What of a call must not be written: prompts, answers, passwords."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import openai
import pydantic
import pytest

import holysheep
from holysheep.logger import Logger
from holysheep.settings import Settings
from tests.client.openai_client import MESSAGES, part, sync

if TYPE_CHECKING:
    from pathlib import Path

    from tests.client.conftest import Logged
    from tests.client.openai_server import Api


class Verdict(pydantic.BaseModel):
    """A form that the server's answer, `All well!`, does not have."""

    good: bool


def test_an_answer_that_does_not_fit_its_form(api: Api, logged: Logged) -> None:
    """Pydantic's error quotes the answer. The line says what is wrong, and the call is paid for."""
    with pytest.raises(pydantic.ValidationError, match="All well!"):
        sync(api, logged).chat.completions.parse(model="gpt-4.1", messages=MESSAGES, response_format=Verdict)
    line = logged.line()
    wanted = {"status": "error", "status_code": 200, "error_type": "ValidationError", "cost_nano": 8_880_000}
    assert part(line, wanted) == wanted
    assert line["error_message"] == "Verdict: Invalid JSON: expected value at line 1 column 1"


def test_a_password_in_the_url(api: Api, logged: Logged) -> None:
    """Of a proxy that asks for one."""
    url = api.url.replace("http://", "http://ann:hunter2@")
    client = holysheep.wrap(openai.OpenAI(api_key="sk-test", base_url=url), log=logged.log)
    client.chat.completions.create(model="gpt-4.1", messages=MESSAGES)
    assert logged.line()["endpoint"] == f"{api.url}/chat/completions"


@pytest.mark.parametrize("name", ["prompt", "messages", "input", "contents", "system", "instructions"])
@pytest.mark.parametrize("keep", [False, True])
def test_a_request_s_own_names_of_the_prompt(tmp_path: Path, name: str, *, keep: bool) -> None:
    """`holysheep.call(**request)`: none becomes metadata."""
    settings = Settings.read({}, log_file=tmp_path / "a.log", spool=tmp_path / "s", keep_prompts=keep)
    logger = Logger(settings)
    request: dict[str, Any] = {"model": "gpt-4.1", name: MESSAGES, "top_p": 0.5}
    with holysheep.call(log=logger.log, **request) as call:
        call.usage = {"prompt_tokens": 1, "completion_tokens": 1}
    logger.close()
    line = json.loads((tmp_path / "a.log").read_text(encoding="utf-8"))
    kept = [{"role": "user", "content": "How are you, [EMAIL_MASKED]?"}]
    assert (line.get("prompt"), line["metadata"]) == (kept if keep else None, {"top_p": 0.5})
