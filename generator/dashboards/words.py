"""Titles and labels in another language: generator/registry/dashboards.<language>.yaml, by their English text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import Field

from generator.dashboards import load as reading
from generator.dashboards.parts import Part, Text
from generator.registry import FOLDER

if TYPE_CHECKING:
    from pathlib import Path


class Words(Part):
    """A language's file."""

    words: dict[Text, Text] = Field(default_factory=dict)
    """Titles, labels and notes of the dashboards."""
    report: dict[Text, Text] = Field(default_factory=dict)
    """The report page's own words."""


def load_file(path: Path) -> dict[str, str]:
    """The translations in a file. UserErrors names each wrong line."""
    return dict(reading.validate(Words, reading.read(path)).words)


def load(language: str) -> dict[str, str]:
    """The translations of a language; none for English."""
    return {} if language == "en" else load_file(FOLDER / f"dashboards.{language}.yaml")


def load_report(language: str) -> dict[str, str]:
    """The translations of the report page's own words; none for English."""
    if language == "en":
        return {}
    return dict(reading.validate(Words, reading.read(FOLDER / f"dashboards.{language}.yaml")).report)
