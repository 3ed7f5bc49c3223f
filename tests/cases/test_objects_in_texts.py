"""Objects where a text is expected: of a request within a message nothing is kept, of a user's object the id."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.filterrun import Filter

pytestmark = pytest.mark.jruby
PROMPT = "My salary is 5000 dollars"
REQUEST = json.dumps({"model": "gpt-4.1", "messages": [{"role": "user", "content": PROMPT}], "prompt": PROMPT})
CALL: dict[str, Any] = {"id": "o1", "timestamp": "2025-06-01T00:00:00Z", "model": "gpt-4.1"}


def container(message: str, key: str = "message") -> bytes:
    """A line of an application that logs JSON, as Docker wraps it."""
    inner = json.dumps({"level": "info", key: message}, ensure_ascii=False)
    return json.dumps({"log": f"{inner}\n", "stream": "stdout", "time": "2025-06-01T00:00:00Z"}).encode()


@pytest.mark.parametrize("key", ["message", "msg", "event"])
@pytest.mark.parametrize("message", [REQUEST, f"sending {REQUEST}", f"sending [{REQUEST}] to gpt", json.dumps(REQUEST)])
def test_a_message_that_holds_a_request(live_filter: Filter, message: str, key: str) -> None:
    """However deep the JSON text lies."""
    ((document,),) = live_filter.run("container", [container(message, key)])
    assert "-system-" in document["_index"]
    assert "salary" not in json.dumps(document)


@pytest.mark.parametrize("message", ["queue {name} is long", 'he said "{hello}"', 'took {"ms": 12} for all'])
def test_other_braces_stay(live_filter: Filter, message: str) -> None:
    """Words around an object stay, and numbers in it."""
    ((document,),) = live_filter.run("container", [container(message)])
    assert json.loads(document["_source"]["message"])["message"] == message


def test_many_objects_in_a_long_message(live_filter: Filter) -> None:
    """Ten thousand are no trouble, and none of them is forgotten."""
    ((document,),) = live_filter.run("container", [container('a {"prompt": "salary"} ' * 10_000)])
    assert document["_source"]["message"].startswith('{"level": "info", "message": "a {')
    assert "salary" not in json.dumps(document)


def test_an_error_with_the_request_in_it(live_filter: Filter) -> None:
    """The words before and behind the object stay, and the messages in it, so that the error keeps its category."""
    error = json.dumps({"error": {"message": "This model's maximum context length is 8192 tokens"}, "request": PROMPT})
    line = {**CALL, "status": "error", "error": f"BadRequestError: 400 {error} (try a shorter one)"}
    outputs = live_filter.run("webhook", [json.dumps(line).encode()])[0]
    assert "salary" not in json.dumps(outputs)
    (failed,) = [output["_source"] for output in outputs if "-errors-" in output["_index"]]
    assert failed["error"]["message"].startswith("BadRequestError: 400 {")
    assert failed["error"]["message"].endswith("} (try a shorter one)")
    assert failed["holysheep"]["error"]["category"] == "token_limit_error"


@pytest.mark.parametrize(
    ("user", "kept"), [({"id": "u1", "name": "Kim"}, "u1"), ({"name": "kim-1"}, "kim-1"), ({"id": 42}, "42")]
)
def test_a_user_that_is_an_object(live_filter: Filter, user: dict[str, Any], kept: str) -> None:
    """Its id, else its name."""
    line = {
        **CALL,
        "status": "success",
        "usage": {"prompt_tokens": 1, "completion_tokens": 1},
        "user": user,
        "team": user,
    }
    ((document,),) = live_filter.run("webhook", [json.dumps(line).encode()])
    assert document["_source"]["user"] == {"id": kept}
    assert document["_source"]["labels"]["team"] == kept


def test_a_user_without_either(live_filter: Filter) -> None:
    """Nothing is left out without a word."""
    line = {**CALL, "status": "success", "usage": {"prompt_tokens": 1, "completion_tokens": 1}, "user": {"plan": "pro"}}
    ((document,),) = live_filter.run("webhook", [json.dumps(line).encode()])
    assert "user" not in document["_source"]
    assert document["_source"]["holysheep"]["problems"] == ["user or team: an object without id and name"]
