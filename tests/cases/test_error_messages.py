"""Real error messages through the real filter: how many are put into the right category by rules alone."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest

from holysheep.errors import classify as by_rules
from tests import messages

if TYPE_CHECKING:
    from tests.filterrun import Filter, Json

#: A JSON document, and words behind it.
JSON_AND_MORE = re.compile(r"\s*[{\[].*[}\]]\s+\S", re.DOTALL)
pytestmark = pytest.mark.jruby
#: The aims of issue 14, as shares of the messages.
RIGHT = 0.89
WRONG = 0.03
UNKNOWN = "unknown_error"


def classify(live_filter: Filter, lines: list[Json]) -> list[Json]:
    """`holysheep.error` of the errors document of each failed call, in order."""
    full_lines = [{"timestamp": "2025-06-01T00:00:00Z", "model": "gpt-4.1", "status": "error"} | line for line in lines]
    answers = live_filter.run("webhook", [json.dumps(line).encode() for line in full_lines])
    result = []
    for line, answer in zip(full_lines, answers, strict=True):
        errors = [output for output in answer if "-errors-" in output["_index"]]
        assert len(errors) == 1, line
        result.append(errors[0]["_source"]["holysheep"]["error"])
    return result


@pytest.mark.parametrize("split", ["dev", "held_out", "exam", *(f"exam_{number}" for number in range(1, 11))])
def test_enough_messages_are_right_by_their_text_alone(live_filter: Filter, split: str) -> None:
    """At least 89 % are right, and at most 3 % are in a wrong category other than unknown_error."""
    messages_ = messages.load(split)
    verdicts = [part["category"] for part in classify(live_filter, [{"error": m.text} for m in messages_])]
    misses = [(m.category, v, m.text) for m, v in zip(messages_, verdicts, strict=True) if m.category != v]
    wrong = [miss for miss in misses if miss[1] != UNKNOWN]
    report = "\n".join(f"{category} -> {verdict}: {text}" for category, verdict, text in misses)
    print(
        f"{split}: {len(messages_)} messages, {1 - len(misses) / len(messages_):.1%} right, "
        f"{len(wrong) / len(messages_):.1%} wrong"
    )
    assert 1 - len(misses) / len(messages_) >= RIGHT, report
    assert len(wrong) / len(messages_) <= WRONG, report


def test_the_clients_python_and_the_filters_ruby_give_the_same_category(live_filter: Filter) -> None:
    """capture_ai_error and the errors index agree on every message.

    But for JSON with words behind it: the filter withholds what follows the JSON before it classifies, since it could
    be anything (docs/errors.md).
    """
    messages_ = [message for message in messages.load() if not JSON_AND_MORE.match(message.text)]
    by_ruby = [
        (part["category"], part["suggestion"]) for part in classify(live_filter, [{"error": m.text} for m in messages_])
    ]
    by_python = [by_rules(message.text) for message in messages_]
    differing = [
        (message.text, ruby, python)
        for message, ruby, python in zip(messages_, by_ruby, by_python, strict=True)
        if ruby != python
    ]
    assert differing == []


@pytest.mark.parametrize(
    ("line", "category"),
    [
        ({"status_code": 429, "error_message": "insufficient_quota"}, "rate_limit_error"),
        (
            {"status_code": 400, "error_message": "Bad request", "error_code": "context_length_exceeded"},
            "token_limit_error",
        ),
        ({"status_code": 400, "error_message": "Bad request"}, UNKNOWN),
        ({"status_code": 402, "error_message": "no"}, "rate_limit_error"),
        ({"status_code": 403, "error_message": "no"}, "authentication_error"),
        ({"status_code": 404, "error_message": "model 'gpt-9' not found"}, UNKNOWN),
        ({"status_code": 413, "error_message": "no"}, "token_limit_error"),
        ({"status_code": 529, "error_message": "no"}, "api_connection_error"),
        # `network` and `limit was hit` are weak: they count only beside a status that says nothing of the category.
        ({"status_code": 429, "error_message": "the network said no"}, "rate_limit_error"),
        ({"status_code": 500, "error_message": "the limit was hit"}, "api_connection_error"),
        ({"status_code": 400, "error_message": "the limit was hit"}, "rate_limit_error"),
        ({"error_message": "the network said no"}, "api_connection_error"),
        # Words of daily use decide nothing alone.
        ({"error_message": "the server said no"}, UNKNOWN),
        ({"error_message": "the host has a schema, try again later"}, UNKNOWN),
        ({"error_message": "서버 설정을 확인하세요"}, UNKNOWN),
        (
            {"status_code": 400, "error_message": "User location is not supported for the API use."},
            "authentication_error",
        ),
    ],
)
def test_status_and_code_count_where_the_message_says_nothing(live_filter: Filter, line: Json, category: str) -> None:
    """A message that a rule knows goes before the HTTP status; a mute one is judged by it."""
    assert classify(live_filter, [line])[0]["category"] == category
