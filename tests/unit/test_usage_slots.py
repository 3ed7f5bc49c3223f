"""The filter finds what few lines have by one walk over neighbouring slots; this holds their order in slots.yaml."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

from generator.registry import usage
from generator.registry.slots import slots

RUBY: Final = Path(__file__).parents[2] / "logstash" / "ruby" / "holysheep" / "usage_details.rb"


def test_the_walk_passes_each_slot_that_is_read() -> None:
    """Every slot that usage_details.rb names is between the two at which it begins and ends, and none else is there."""
    code = RUBY.read_text(encoding="utf-8")
    names = list(slots())
    first, last = (re.search(rf"{end} = Slots::(\w+)", code) for end in ("FIRST", "LAST"))
    assert first is not None
    assert last is not None
    walked = names[names.index(first[1].lower()) : names.index(last[1].lower()) + 1]
    named = {name.lower() for name in re.findall(r"Slots::([A-Z_]+)", code)} - {"count"}
    assert set(walked) == named


def test_each_of_them_can_be_filled() -> None:
    """Some API or some name of our own fills each of those slots."""
    names = list(slots())
    walked = names[names.index("input_audio") : names.index("search_units") + 1]
    assert set(walked) - set(usage.paths()) == set()


def test_a_source_may_have_usage_objects_of_its_own() -> None:
    """At a source's own place are the keys of all groups but those that are known elsewhere only."""
    keys = usage.paths(places=("body.usage",))
    assert "body.usage.server_tool_use.web_search_requests" in keys["web_search_calls"]
    assert {path.rpartition("usage.")[0] for paths in keys.values() for path in paths} == {"body."}
    assert "speed" not in keys
    assert usage.paths(places=("metadata.usage_object",))["speed"] == ("metadata.usage_object.speed",)


def test_every_group_names_its_source() -> None:
    """The keys of an API come from a page or a source file, by https."""
    for group in usage.load().groups:
        assert all(page.startswith("https://") for page in group.documented), group.about
