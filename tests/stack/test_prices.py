"""A changed price card reaches the running filter."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.stack import bundle
from tests.stack.faults import all_once
from tests.stack.load import Load

if TYPE_CHECKING:
    from tests.stack.stack import Stack

pytestmark = pytest.mark.stack
#: What the README promises: seconds.
PROMISED_S = 30


def version(stack: Stack) -> str:
    """The version of the rendered rules."""
    rules = json.loads((stack.folder / "logstash" / "rules" / "rules.json").read_text(encoding="utf-8"))
    return str(rules["version"])


def costs(stack: Stack, tag: str) -> dict[str, set[tuple[int, int]]]:
    """(tokens, nano-USD) of a load's calls, by the version of the prices."""
    fields = ["holysheep.price.version", "holysheep.cost.total_nano", "gen_ai.usage"]
    result: dict[str, set[tuple[int, int]]] = {}
    for hit in stack.search("api-*", {"term": {"user.id": tag}}, size=10_000, source=fields)["hits"]["hits"]:
        source = hit["_source"]
        usage = source["gen_ai"]["usage"]
        pair = usage["input_tokens"] + usage["output_tokens"], source["holysheep"]["cost"]["total_nano"]
        result.setdefault(source["holysheep"]["price"]["version"], set()).add(pair)
    return result


def test_prices_change_under_load(stack: Stack) -> None:
    """Within 30 s lines are priced by the new card, all of them by either the old or the new, and none is lost."""
    old = version(stack)
    card = stack.folder / "pricing.yaml"
    text = card.read_text(encoding="utf-8")
    with Load(stack, "reload") as load:
        stack.wait(lambda: old in costs(stack, load.tag), "lines are priced by the old card")
        card.write_text(text.replace("input: 8.00, output: 8.00", "input: 80.00, output: 80.00"), encoding="utf-8")
        rendered = bundle.generator(stack.folder, "render")
        assert rendered.returncode == 0, rendered.stderr
        new = version(stack)
        assert new != old
        stack.wait(lambda: new in costs(stack, load.tag), "lines are priced by the new card", PROMISED_S)
    all_once(stack, load)
    actual = costs(stack, load.tag)
    # 8 USD a million tokens are 8,000 nano-USD a token; the new card has ten times that.
    assert set(actual) == {old, new}
    assert {nano / tokens for tokens, nano in actual[old]} == {8000}
    assert {nano / tokens for tokens, nano in actual[new]} == {80000}


def test_a_broken_card_is_refused(stack: Stack) -> None:
    """Half a file of rules changes nothing: lines go on being priced as before, until it is whole again."""
    rules = stack.folder / "logstash" / "rules" / "rules.json"
    rules_text, used = rules.read_text(encoding="utf-8"), version(stack)
    logstash = stack.container("logstash")
    with Load(stack, "broken") as load:
        stack.wait(lambda: used in costs(stack, load.tag), "lines are priced by the card")
        rules.write_text(rules_text[: len(rules_text) // 2], encoding="utf-8")
        stack.wait(lambda: b"the old rules stay in use" in logstash.logs(), "Logstash says so", PROMISED_S)
        message = load.written
        stack.wait(lambda: load.written > message, "lines were written after it")
        rules.write_text(rules_text, encoding="utf-8")
    all_once(stack, load)
    assert set(costs(stack, load.tag)) == {used}
