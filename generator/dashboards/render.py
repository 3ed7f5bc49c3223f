"""Renders kibana/*.ndjson: one file for each dashboard, with the data views and saved searches that it needs."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from generator.dashboards import board, catalogue, expand, ids, load, objects, palette, settings
from generator.dashboards.check import Checker
from generator.dashboards.model import Metric
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
    data_views = catalogue.build(fields, registry / "data_views.yaml", values)
    if words:
        data_views.labels.update({name: words.get(label, label) for name, label in data_views.labels.items()})
    data_views.colors.update(palette.build(card, registry / "colors.yaml"))
    sources = [expand.source(file, values, words) for file in load.dashboards(registry / "dashboards")]
    slugs = {source.slug for source in sources}
    errors: list[UserError] = []
    for source in sources:
        errors += Checker(source, data_views, values, slugs).run()
    if errors:
        raise errors[0] if len(errors) == 1 else UserErrors(errors)
    return Boards(sources, data_views, values)


def files(card: Card, registry: Path, words: Mapping[str, str] | None = None) -> dict[str, str]:
    """`kibana/<dashboard>.ndjson` for each dashboard, one JSON object a line; the same bytes on every machine."""
    boards = prepare(card, registry, words)
    return {f"{FOLDER}/{source.slug}.ndjson": _lines(built(source, boards)) for source in boards.sources}


def built(source: Source, boards: Boards) -> list[dict[str, Any]]:
    """The saved objects of one dashboard. Each object comes after the objects that it refers to."""
    titles = {other.slug: other.dashboard.nav or other.dashboard.title for other in boards.sources}
    board_ = source.dashboard
    views = boards.catalogue.views
    metrics = {
        panel.id: (panel, views[panel.data or board_.data]) for panel in board_.panels if isinstance(panel, Metric)
    }
    context = Context(source.slug, board_.data, boards.catalogue, boards.settings, titles, metrics)
    dashboard, saved_searches = board.build(source, context)
    used = {ref["id"] for saved_object in (dashboard, *saved_searches) for ref in saved_object["references"]}
    used_views = [
        objects.data_view(view, boards.catalogue) for view in views.values() if ids.view_id(view.name) in used
    ]
    kibana_objects = [objects.tag(), *used_views, *saved_searches, dashboard]
    return (
        kibana_objects
        if boards.settings.prefix == ids.DEFAULT_PREFIX
        else [_of_prefix(item, boards) for item in kibana_objects]
    )


def _of_prefix(saved_object: dict[str, Any], boards: Boards) -> dict[str, Any]:
    """The object with ids and a title that name the index prefix, so that two prefixes can share a Kibana space."""
    prefix = boards.settings.prefix
    own_ids = [ids.dashboard_id(source.slug) for source in boards.sources] + [ids.tag_id()]
    own_ids += [ids.view_id(name) for name in boards.catalogue.views]
    own_ids += [ids.search_id(source.slug, panel.id) for source in boards.sources for panel in source.dashboard.panels]
    text = json.dumps(saved_object, ensure_ascii=False)
    for id_ in own_ids:
        text = text.replace(id_, ids.of_prefix(id_, prefix))
    renamed: dict[str, Any] = json.loads(text)
    attributes = renamed["attributes"]
    name = "name" if renamed["type"] in ("index-pattern", "tag") else "title"
    attributes[name] = f"{attributes[name]} ({prefix})"
    return renamed


def _lines(objects_: list[dict[str, Any]]) -> str:
    return "".join(json.dumps(item, ensure_ascii=False, sort_keys=True) + "\n" for item in objects_)
