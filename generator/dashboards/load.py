"""Loads generator/registry/dashboards/*.yaml, and remembers the line of every value."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from pydantic import BaseModel

from generator import explain, yamltext
from generator.dashboards.model import Dashboard
from generator.dashboards.views import Views
from generator.errors import UserError, UserErrors
from generator.paths import ROOT

if TYPE_CHECKING:
    from pathlib import Path

    from generator.yamltext import Document

M = TypeVar("M", bound=BaseModel)


@dataclass(frozen=True)
class Source:
    """A dashboard, its name (the file's) and the document that knows its lines."""

    slug: str
    dashboard: Dashboard
    document: Document
    places: tuple[int, ...] = ()
    """For each panel, its number in the file. Panels with `each` are copied. Empty: the numbers are the same."""

    def where(self, *place: str | int) -> str:
        """`file:line` of a place; a panel is meant by its number in `dashboard`."""
        if self.places and len(place) > 1 and place[0] == "panels":
            number = int(place[1])
            place = ("panels", self.places[number], *place[2:])
        return self.document.where(place)


def dashboards(folder: Path) -> list[Source]:
    """The dashboards of a folder by their `order`. UserErrors names every wrong line of every file."""
    sources: list[Source] = []
    errors: list[UserError] = []
    for path in sorted(folder.glob("*.yaml")):
        try:
            document = read(path)
            sources.append(Source(path.stem, validate(Dashboard, document), document))
        except UserError as error:
            errors += error.each
    if errors:
        raise UserErrors(errors)
    if not sources:
        raise UserError("holds no dashboard", where=str(folder), hint="see docs/add-a-panel.md")
    return sorted(sources, key=lambda source: (source.dashboard.order, source.slug))


def views(path: Path) -> tuple[Views, Document]:
    """The data views, and the document that knows their lines."""
    document = read(path)
    return validate(Views, document), document


def read(path: Path) -> Document:
    """A YAML file whose errors name it by its path in the bundle."""
    inside = path.is_relative_to(ROOT)
    return yamltext.read(path, path.relative_to(ROOT).as_posix() if inside else path.name)


def parse(text: str, slug: str) -> Source:
    """The dashboard in a text."""
    document = yamltext.parse(text, f"{slug}.yaml")
    return Source(slug, validate(Dashboard, document), document)


def validate(model: type[M], document: Document) -> M:
    """The data of a document as a model. UserError, or UserErrors, with a line each."""
    return explain.validate(model, document, see="see docs/add-a-panel.md")
