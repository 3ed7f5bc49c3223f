"""kibana/*.ndjson: one self-contained file a dashboard, with the data views and saved searches that it needs."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from generator.dashboards import board, catalogue, expand, ids, load, objects, palette, settings
from generator.dashboards.check import Checker
from generator.dashboards.panels import Context
from generator.errors import UserError, UserErrors
from generator.registry.fields import load as load_fields

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from generator.card.model import Card
    from generator.dashboards.catalogue import Catalogue
    from generator.dashboards.load import Source
    from generator.dashboards.settings import Settings

#: With any other, titles and ids say so.
DEFAULT_PREFIX: Final = "holysheep"
#: Folder of the rendered files in the bundle.
FOLDER: Final = "kibana"


@dataclass(frozen=True)
class Boards:
    """All dashboards, loaded and checked."""

    sources: list[Source]
    catalogue: Catalogue
    settings: Settings


def prepare(card: Card, registry: Path, words: Mapping[str, str] | None = None) -> Boards:
    """Load and check every dashboard of a registry folder. `words` translates what people read. UserErrors names every
    wrong line.
    """
    values = settings.of(card)
    fields = catalogue.fields_of(load_fields(registry / "fields.yaml"))
    known = catalogue.build(fields, registry / "data_views.yaml", values)
    known.colors.update(palette.build(card, registry / "colors.yaml"))
    sources = [expand.source(one, values, words) for one in load.dashboards(registry / "dashboards")]
    slugs = {source.slug for source in sources}
    errors: list[UserError] = []
    for source in sources:
        errors += Checker(source, known, values, slugs).run()
    if errors:
        raise errors[0] if len(errors) == 1 else UserErrors(errors)
    return Boards(sources, known, values)


def files(card: Card, registry: Path, words: Mapping[str, str] | None = None) -> dict[str, str]:
    """`kibana/<dashboard>.ndjson` for each dashboard, one JSON object a line; the same bytes on every machine."""
    boards = prepare(card, registry, words)
    return {f"{FOLDER}/{source.slug}.ndjson": _lines(built(source, boards)) for source in boards.sources}


def built(source: Source, boards: Boards) -> list[dict[str, Any]]:
    """The saved objects of one dashboard, what is referred to first."""
    titles = {other.slug: other.dashboard.nav or other.dashboard.title for other in boards.sources}
    context = Context(source.slug, source.dashboard.data, boards.catalogue, boards.settings, titles)
    dashboard, own = board.build(source, context)
    used = {ref["id"] for thing in (dashboard, *own) for ref in thing["references"]}
    views = [
        objects.data_view(view, boards.catalogue)
        for view in boards.catalogue.views.values()
        if ids.view_id(view.name) in used
    ]
    things = [*views, *own, dashboard]
    return things if boards.settings.prefix == DEFAULT_PREFIX else [_of_prefix(one, boards) for one in things]


def _of_prefix(thing: dict[str, Any], boards: Boards) -> dict[str, Any]:
    """An object of another index prefix: an id of its own and the prefix in its title; both can share a space."""
    prefix = boards.settings.prefix
    known = [ids.dashboard_id(source.slug) for source in boards.sources]
    known += [ids.view_id(name) for name in boards.catalogue.views]
    known += [ids.search_id(source.slug, one.id) for source in boards.sources for one in source.dashboard.panels]
    text = json.dumps(thing, ensure_ascii=False)
    for old in known:
        text = text.replace(old, ids.stable(prefix, old))
    renamed: dict[str, Any] = json.loads(text)
    attributes = renamed["attributes"]
    name = "name" if renamed["type"] == "index-pattern" else "title"
    attributes[name] = f"{attributes[name]} ({prefix})"
    return renamed


def _lines(things: list[dict[str, Any]]) -> str:
    return "".join(json.dumps(thing, ensure_ascii=False, sort_keys=True) + "\n" for thing in things)
