"""Mistakes in what few price entries have are reported with their line, what is wrong and what to write instead."""

from __future__ import annotations

import pytest

from tests.unit.test_card_mistakes import mistake

#: The rates that every entry needs.
IO = "input: 1, output: 1"
NEXT = "\n          - "


@pytest.mark.parametrize(
    ("old", "new", "line", "what", "instead"),
    [
        ("input: 1", "input: 1\n        input_audoi: 2", 23, 'unknown key "input_audoi"', "did you mean input_audio?"),
        ("input: 1", "input: 1\n        tools: {web_search: free}", 23, 'web_search: "free" is not a number', "0.001"),
        (
            "input: 1",
            "input: 1\n        tools: {a: 1, A: 2}",
            23,
            'the tool "A" is here twice',
            "remove one of the two",
        ),
        ("batch: 0.5", "batch: 0.5\n    regions: {us: 0}", 20, "us: 0 is below 0.0001", "a factor such as 0.5"),
        ("batch: 0.5", "batch: 0.5\n    regions: {us: 1, US: 2}", 20, 'the region "US" is here twice', "remove one"),
        ("input: 1", "input: 1\n        units: {image: 1}", 23, 'unknown key "image"', "did you mean images?"),
        ("input: 1", "input: 1\n        units: {images: dear}", 23, 'images: "dear" is not a number', "such as 0.04"),
        ("input: 1", "input: 1\n        units: {images: {per: 2}}", 23, 'images has no "usd"', "write `usd: …`"),
        ("input: 1", "input: 1\n        units: {images: {usd: 1, per: 0}}", 23, "per: 0 is below 1", "such as 1000"),
        ("input: 1", "input: 1\n        minimum: -1", 23, "minimum: -1 is negative", "USD per request"),
        (
            "input: 1",
            f"input: 1\n        hours: [{{utc: 25:00-1:00, {IO}}}]",
            23,
            "is no window of hours",
            "16:30-00:30",
        ),
        ("input: 1", f"input: 1\n        hours: [{{utc: '01:00-01:00', {IO}}}]", 23, "ends where it starts", "24:00"),
        ("input: 1", f"input: 1\n        hours: [{{utc: [], {IO}}}]", 23, "no window of hours", "16:30-00:30"),
        (
            "input: 1",
            f"input: 1\n        hours: [{{utc: 01:00-02:00, days: [Mon], {IO}}}]",
            23,
            "is no day",
            "mon, tue",
        ),
        (
            "input: 1",
            f"input: 1\n        hours: [{{utc: 01:00-02:00, days: mon, {IO}}}]",
            23,
            "not a list of days",
            "mon",
        ),
        (
            "input: 1",
            "input: 1\n        hours: [{utc: 01:00-02:00}]",
            23,
            'item 1 of hours has no "input"',
            "`input: …`",
        ),
        (
            "input: 1",
            f"input: 1\n        hours:{NEXT}{{utc: 23:00-02:00, days: [sun], {IO}}}{NEXT}{{utc: 01:59-03:00, {IO}}}",
            25,
            "this window and the one on pricing.yaml:24 are both open on mon 01:59 UTC",
            "only one rate can hold",
        ),
        (
            "input: 1",
            f"input: 1\n        hours: [{{utc: ['01:00-03:00', '02:00-04:00'], {IO}}}]",
            23,
            "this window and itself are both open on mon 02:00 UTC",
            "only one rate can hold",
        ),
        ("index_prefix: x", "index_prefix: x\nprice_by: asked", 2, "price_by", "requested"),
    ],
)
def test_a_mistake_is_named(old: str, new: str, line: int, what: str, instead: str) -> None:
    """The error names file and line, the mistake, and what to write instead."""
    told = mistake(old, new)
    assert told.startswith(f"pricing.yaml:{line}: ")
    assert what in told
    assert instead in told
