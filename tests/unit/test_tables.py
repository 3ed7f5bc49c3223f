"""Tables on the terminal: figures are whole at every width, and names are text."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from rich.text import Text

from runner.backup.take import Snapshot
from runner.commands import backup, tables

if TYPE_CHECKING:
    from collections.abc import Iterator

COLOUR = re.compile(r"\x1b\[[0-9;]*m")


@pytest.fixture(params=["a pipe", "40", "80"])
def width(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A pipe, or a terminal of so many columns."""
    monkeypatch.delenv("COLUMNS", raising=False)
    monkeypatch.delenv("FORCE_COLOR", raising=False)
    if request.param != "a pipe":
        monkeypatch.setenv("COLUMNS", request.param)
        monkeypatch.setenv("FORCE_COLOR", "1")
    return request.param


@pytest.mark.usefixtures("width")
def test_a_list_of_snapshots_has_whole_sizes(capsys: pytest.CaptureFixture[str]) -> None:
    """80 columns cut `12,345.6 GiB` to `12,34…`."""
    size = round(12_345.6 * 1024**3)
    snapshot = Snapshot(
        name="holysheep-2026-11-25-120000-before-the-upgrade",
        state="SUCCESS",
        when="2026-11-25T12:00:00.000Z",
        version="9.5.2",
        indices=[f"i{number}" for number in range(1234)],
        documents={"holysheep-api-2026.11.25": 1_234_567_890},
        failures=[],
        size_bytes=size,
    )
    assert backup._list([snapshot], as_json=False) == 0
    text = COLOUR.sub("", capsys.readouterr().out)
    for figure in ("1,234", "1,234,567,890", "12,345.6 GiB"):
        assert figure in text
    assert "…" not in text


def test_a_pipe_folds_nothing(width: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Of a pipe each row is one line, however long; on a terminal names are folded between words."""
    tables.put(("name", "number"), [("name " * 30, "1,000")], names=1)
    lines = [line for line in COLOUR.sub("", capsys.readouterr().out).splitlines() if "name name" in line]
    assert (len(lines) == 1) == (width == "a pipe")


def test_names_are_no_markup_and_a_text_has_its_colour(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A team that is called `[red]`."""
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm")
    tables.put(("name", "state"), [("[red]a[/]", Text("wrong", "red"))], names=2)
    out = capsys.readouterr().out
    assert "[red]a[/]" in out
    assert "\x1b[31mwrong" in out
