"""The template of docs/webhook.md, as a gateway fills it in: quoted values are read, and why they have to be quoted."""

from __future__ import annotations

import re
from pathlib import Path
from string import Template
from typing import TYPE_CHECKING, Final

import pytest

if TYPE_CHECKING:
    from tests.filterrun import Filter, Json

pytestmark = pytest.mark.jruby
PAGE: Final = (Path(__file__).parents[2] / "docs" / "webhook.md").read_text(encoding="utf-8")
TEMPLATE: Final = re.findall(r"^```json\n(\{.*\})\n```$", PAGE, re.MULTILINE)
#: Without cached tokens: 150 x 8 + 320 x 24 USD per million are 0.00888 USD.
GOOD: Final = {
    "request_id": "req-1", "event_type": "chat_completion", "timestamp": "2026-11-20T10:30:00Z", "model": "gpt-4.1",
    "input_tokens": "150", "output_tokens": "320", "cached_tokens": "0", "latency_ms": "850", "cost_usd": "0.00888",
    "status": "success", "status_code": "200", "error_message": "",
}  # fmt: skip
NUMBERS: Final = ("input_tokens", "output_tokens", "cached_tokens", "latency_ms", "cost_usd")
FAILED: Final = {
    **GOOD, **dict.fromkeys(NUMBERS, ""), "status": "error", "status_code": "429", "error_message": "rate limit"
}  # fmt: skip


def documents(running: Filter, values: dict[str, str], *, quoted: bool = True) -> dict[str, Json]:
    """Kind of index → document, of the template filled with `values`. Without `quoted` numbers stand bare."""
    text = TEMPLATE[0]
    if not quoted:
        for name in NUMBERS:
            text = text.replace(f'"${{{name}}}"', f"${{{name}}}")
    (found,) = running.run("-!body", [Template(text).substitute(values).encode()])
    return {document["_index"].split("-")[1]: document["_source"] for document in found}


def test_the_page_has_one_template() -> None:
    """Every value of it is a placeholder in quotes."""
    (template,) = TEMPLATE
    assert set(re.findall(r":\"\$\{(\w+)\}\"", template)) == set(GOOD)
    assert template.count(":") == len(GOOD) + len(["tokens"])


def test_quoted_numbers_are_numbers(live_filter: Filter) -> None:
    """Tokens, latency and the cost that the gateway says."""
    call = documents(live_filter, GOOD)["api"]
    assert call["gen_ai"]["usage"] == {"input_tokens": 150, "output_tokens": 320, "cache_read": {"input_tokens": 0}}
    assert call["holysheep"]["latency"] == {"ms": 850.0, "class": "normal"}
    cost = call["holysheep"]["cost"]
    assert (cost["status"], cost["total_nano"], cost["reported"]) == ("priced", 8_880_000, 0.00888)
    assert "problems" not in call["holysheep"]
    assert (call["event"]["id"], call["event"]["outcome"]) == ("req-1", "success")
    assert (call["holysheep"]["source"], call["http"]) == ("webhook", {"response": {"status_code": 200}})


def test_a_failed_call_without_numbers_is_a_failure(live_filter: Filter) -> None:
    """Empty values count as absent, and nothing is noted."""
    found = documents(live_filter, FAILED)
    assert found.keys() == {"api", "errors"}
    assert found["api"]["event"]["outcome"] == "failure"
    assert found["api"]["error"] == {"type": "rate_limit_exceeded", "message": "rate limit"}
    assert "problems" not in found["api"]["holysheep"]
    assert not found["api"]["holysheep"].keys() & {"latency"}


def test_without_an_error_message_the_status_code_tells_the_type(live_filter: Filter) -> None:
    """For gateways that don't escape messages."""
    found = documents(live_filter, {**FAILED, "error_message": ""})
    assert found["errors"]["error"] == {"type": "rate_limit_exceeded"}


@pytest.mark.parametrize(
    ("values", "quoted"),
    [
        (FAILED, False),
        ({**FAILED, "error_message": 'no model "gpt-9"'}, True),
        ({**FAILED, "error_message": "a\nb"}, True),
    ],
    ids=["bare numbers", "quotes in a message", "a line break in a message"],
)
def test_what_is_no_json_is_rejected(live_filter: Filter, values: dict[str, str], quoted: bool) -> None:  # noqa: FBT001
    """So the failed call is missing among the calls."""
    found = documents(live_filter, values, quoted=quoted)
    assert "api" not in found
    assert found["rejected"]["holysheep"]["rejected"]["reason"] == "invalid_json"
