"""Where the card keeps completions, OpenAI's `output` is one, be it a text or the items of an answer."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.filterrun import Filter, Json

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.jruby
CALL = {"timestamp": 1763632800, "model": "gpt-4.1", "usage": {"input_tokens": 10, "output_tokens": 1}}
MESSAGE = [{"type": "message", "content": [{"type": "output_text", "text": "to Busan"}]}]


def test_output_is_a_completion(command: list[str], case_rules: Json, tmp_path: Path) -> None:
    """A text, items, and the items within `response`; a key that says completion comes before them."""
    outputs = (
        {"output": "to Busan"},
        {"output": MESSAGE},
        {"response": {"output": MESSAGE}},
        {"output": "x", "content": "y"},
    )
    rules_file = tmp_path / "rules.json"
    rules_file.write_text(
        json.dumps({**case_rules, "keep": {**case_rules["keep"], "completions": True}}), encoding="utf-8"
    )
    keeping = Filter(command, rules_file)
    try:
        answers = keeping.run("webhook", [json.dumps({**CALL, **output}).encode() for output in outputs])
    finally:
        keeping.close()
    kept = [document["_source"]["gen_ai"]["output"]["messages"] for (document,) in answers]
    assert kept[0] == "to Busan"
    assert [json.loads(text) for text in kept[1:3]] == [MESSAGE, MESSAGE]
    assert kept[3] == "y"
