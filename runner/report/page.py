"""The report: all dashboards on one self-contained page."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from generator.dashboards import formats
from runner.report import shown, text, times

if TYPE_CHECKING:
    from runner.report.shown import Reader, Shown

_HERE = Path(__file__).parent


@dataclass(frozen=True)
class Section:
    """One dashboard on the page."""

    id: str
    title: str
    description: str
    period: str
    panels: list[Shown]


def sections(reader: Reader) -> list[Section]:
    """Every dashboard, its panels read from Elasticsearch."""
    sections_ = []
    for source in reader.boards.sources:
        board = source.dashboard
        panels = [rendered for panel in board.panels if (rendered := shown.show(panel, source, reader))]
        period = shown.period(times.span(board.time.from_, board.time.to, reader.local))
        sections_.append(Section(source.slug, board.title, board.description, period, panels))
    return sections_


def html(reader: Reader, *, replayed: bool) -> str:
    """The page. `replayed` says that its now is the newest event and not the clock."""
    # Model names and messages come from logs: everything is escaped, and the page's policy forbids any script.
    env = Environment(
        loader=FileSystemLoader(_HERE), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    env.filters["drawn"] = Markup
    env.filters["unbroken"] = formats.unbroken
    env.filters["translated"] = reader.translated
    return env.get_template("page.html.j2").render(
        sections=sections(reader),
        now=f"{text.moment(reader.local)} {times.zone_name(reader.local)}",
        replayed=replayed,
        language=reader.words.get("en", "en"),
        prefix=reader.boards.settings.prefix,
        style=Markup((_HERE / "page.css").read_text(encoding="utf-8")),  # noqa: S704 - our own file
    )
