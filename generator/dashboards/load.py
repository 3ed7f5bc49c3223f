"""From generator/registry/dashboards/*.yaml to dashboards, with the line of every value."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import BaseModel, ValidationError

from generator.card import yamltext
from generator.dashboards.model import Dashboard
from generator.dashboards.views import Views
from generator.errors import UserError, UserErrors
from generator.paths import ROOT

if TYPE_CHECKING:
    from pathlib import Path

    from pydantic_core import ErrorDetails

    from generator.card.yamltext import Document, Place

M = TypeVar("M", bound=BaseModel)


@dataclass(frozen=True)
class Source:
    """A dashboard, its name (the file's) and the document that knows its lines."""

    slug: str
    dashboard: Dashboard
    document: Document

    def where(self, *place: str | int) -> str:
        """`file:line` of a place in the file."""
        return self.document.where(place)


def dashboards(folder: Path) -> list[Source]:
    """The dashboards of a folder by their `order`. UserErrors names every wrong line of every file."""
    found: list[Source] = []
    errors: list[UserError] = []
    for path in sorted(folder.glob("*.yaml")):
        try:
            document = read(path)
            found.append(Source(path.stem, validate(Dashboard, document), document))
        except UserErrors as error:
            errors += error.errors
        except UserError as error:
            errors.append(error)
    if errors:
        raise UserErrors(errors)
    if not found:
        raise UserError("holds no dashboard", where=str(folder), hint="see docs/add-a-panel.md")
    return sorted(found, key=lambda source: (source.dashboard.order, source.slug))


def views(path: Path) -> tuple[Views, Document]:
    """The data views, and the document that knows their lines."""
    document = read(path)
    return validate(Views, document), document


def read(path: Path) -> Document:
    """A YAML file whose errors name it by its path in the bundle."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UserError(f"can't be read: {error}", where=str(path)) from None
    inside = path.is_relative_to(ROOT)
    return yamltext.parse(text, path.relative_to(ROOT).as_posix() if inside else path.name)


def parse(text: str, slug: str) -> Source:
    """The dashboard in a text."""
    document = yamltext.parse(text, f"{slug}.yaml")
    return Source(slug, validate(Dashboard, document), document)


def validate(model: type[M], document: Document) -> M:
    """The data of a document as a model. UserErrors with a line each."""
    try:
        return model.model_validate(document.data)
    except ValidationError as error:
        raise UserErrors([_explain(detail, document) for detail in error.errors(include_url=False)]) from None


def _explain(detail: ErrorDetails, document: Document) -> UserError:
    place = _place(detail, document)
    where = document.where(place)
    name = str(detail["loc"][-1]) if detail["loc"] else "the file"
    match detail["type"]:
        case "extra_forbidden":
            return UserError(
                f"unknown key {name!r}", where=where, hint="see docs/add-a-panel.md for the keys of a panel"
            )
        case "missing":
            return UserError(f"{name!r} is missing", where=where, hint=f"write `{name}: …`")
        case "union_tag_invalid" | "union_tag_not_found":
            kinds = detail.get("ctx", {}).get("expected_tags", "one of those in docs/add-a-panel.md")
            return UserError("the kind is not known", where=where, hint=f"write `kind:` {kinds}")
        case _:
            return UserError(f"{name}: {detail['msg']}", where=where, hint=f"it is {detail['input']!r}"[:120])


def _place(detail: ErrorDetails, document: Document) -> Place:
    """Where a mistake stands: pydantic's steps without the tags of unions, which the file does not have."""
    data: Any = document.data
    place: list[str | int] = []
    for step in detail["loc"]:
        if isinstance(data, dict) and step in data:
            data = data[str(step)]
        elif isinstance(data, list) and isinstance(step, int):
            data = data[step]
        else:
            continue
        place.append(step)
    return tuple(place)
