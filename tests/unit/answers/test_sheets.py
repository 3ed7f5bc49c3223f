"""Names come from logs and may hold anything: they stay text in every form."""

from __future__ import annotations

import csv
import io
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from generator.errors import UserError
from runner.answers import sheets
from runner.answers.report import usd
from runner.answers.sheets import Sheet
from runner.commands.schedule import next_time

HOSTILE = "<script>alert(1)</script> | `x` =1+1\n[a](b)"


def test_names_stay_text() -> None:
    """In HTML nothing is a tag, in Markdown nothing is a cell, a link or code."""
    sheet = Sheet("t", ("Name", "Calls"), [(HOSTILE, "1")])
    page = sheets.html("t", [sheet])
    assert "<script>" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "default-src 'none'" in page
    lines = sheets.markdown("t", [sheet]).splitlines()
    assert lines[4:6] == ["| Name | Calls |", "| --- | ---: |"]
    assert lines[6] == r"| \<script\>alert(1)\</script\> \| \`x\` =1+1 \[a\](b) | 1 |"


@pytest.mark.parametrize("name", ["=1+1", "+1", "-1", "@SUM(A1)", "\tx"])
def test_a_spreadsheet_runs_nothing(name: str) -> None:
    """A text that begins like a formula gets an apostrophe; numbers stay numbers."""
    (row,) = list(csv.reader(io.StringIO(sheets.csv_text(("name", "n"), [(name, -5)]))))[1:]
    assert row == [f"'{name}", "-5"]


@pytest.mark.parametrize(
    ("nano", "text"),
    [
        (0, "0.00"),
        (1, "0.000000001"),
        (10_000_000, "0.01"),
        (2**63 - 1, "9223372036.854775807"),
        (-1_500_000_000, "-1.50"),
        (123_456_789_012_345_678_901, "123456789012.345678901"),
    ],
)
def test_dollars_are_exact(nano: int, text: str) -> None:
    """No figure goes through a double."""
    assert usd(nano) == text


@pytest.mark.parametrize(
    ("clock", "now", "then"),
    [
        ("07:30", "2026-03-10T07:00", "2026-03-10T07:30"),
        ("07:30", "2026-03-10T07:30", "2026-03-11T07:30"),
        ("23:59", "2026-12-31T23:59", "2027-01-01T23:59"),
        # On 2026-03-29 there is no 02:30 in Berlin; it is sent at the moment that 02:30 would have been.
        ("02:30", "2026-03-28T12:00", "2026-03-29T03:30"),
        # On 2026-10-25 there are two; once is enough.
        ("02:30", "2026-10-25T02:31", "2026-10-26T02:30"),
    ],
)
def test_the_next_time_of_day(clock: str, now: str, then: str) -> None:
    """By the clock of the zone, where clocks change too."""
    zone = ZoneInfo("Europe/Berlin")
    found = next_time(clock, datetime.fromisoformat(now).replace(tzinfo=zone))
    assert found.astimezone(zone) == datetime.fromisoformat(then).replace(tzinfo=zone)


def test_what_is_no_time_of_day() -> None:
    """The error says what to write."""
    with pytest.raises(UserError, match="write 07:30"):
        next_time("7.30", datetime.now(ZoneInfo("UTC")))
