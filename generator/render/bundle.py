"""All generated files at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from generator.alerts import render as alerts
from generator.card import render as card_files
from generator.dashboards import render as dashboards
from generator.render import compliance, docs, elasticsearch, masks, queries, roles, rules, text, usage
from generator.render import registry as registries

if TYPE_CHECKING:
    from generator.card.model import Card
    from generator.render.registry import Registry

#: Folders that hold generated files only. Any other file in them is stray.
OWNED: Final = (
    "elastalert/rules",
    "elasticsearch/component_templates",
    "elasticsearch/index_templates",
    "elasticsearch/lifecycle",
    "elasticsearch/roles",
    "filebeat",
    "kibana",
    "logstash/pipeline",
    "logstash/rules",
    "otel",
    "queries",
)


def render(card: Card, registry: Registry | None = None) -> dict[str, str]:
    """Path in the bundle (with /) and text of every generated file, by path. Writes nothing; the same card and registry
    give the same bytes everywhere. UserError names what in the registry or a template is wrong.
    """
    known = registry or registries.load()
    parts = (
        alerts.files(card, known.folder),
        card_files.files(card),
        compliance.files(),
        dashboards.files(card, known.folder),
        docs.files(card, known),
        elasticsearch.files(card, known),
        masks.files(),
        queries.files(card),
        roles.files(known.roles, card.index_prefix),
        rules.files(card, known),
        text.files(card, known),
        usage.files(),
    )
    files: dict[str, str] = {}
    for part in parts:
        if common := files.keys() & part.keys():
            raise ValueError(f"two renderers write {sorted(common)}")
        files |= part
    return dict(sorted(files.items()))
