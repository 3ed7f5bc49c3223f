"""elasticsearch/: component and index templates and lifecycle policies, each the exact body of its API call."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from generator.alerts.render import writeback
from generator.registry.fields import YEARLY
from generator.render import alerts, mapping
from generator.render.dump import json_text, meta

if TYPE_CHECKING:
    from generator.card.model import Card
    from generator.registry.fields import Fields, Group
    from generator.render.registry import Registry

Json = dict[str, Any]

FOLDER: Final = "elasticsearch"
#: Above every template that Elasticsearch brings (100 to 200), with room for a site's own on both sides.
PRIORITY: Final = 500
FIELDS: Final = "generator/registry/fields.yaml"
CARD: Final = "pricing.yaml"
#: Of calls: those of one model have one provider, family, price and endpoint and stand together (14 bytes a document
#: less than unsorted); so do failed ones, which else break up the columns of the good ones (3 bytes more), and those of
#: one latency class (1 byte).
SORT: Final[Json] = {
    "field": ["gen_ai.request.model", "http.response.status_code", "holysheep.latency.class", "@timestamp"],
    "order": ["asc", "asc", "asc", "asc"],
}
#: Folder → the API that takes its files. In this order: an index template names its component templates, and their
#: settings name a lifecycle policy.
APIS: Final = {
    "lifecycle": "_ilm/policy",
    "component_templates": "_component_template",
    "index_templates": "_index_template",
    "roles": "_security/role",
}
#: Of sums of calls: those of one model and service stand together.
SORT_SUMS: Final[Json] = {
    "field": ["holysheep.price.model", "service.name", "@timestamp"],
    "order": ["asc", "asc", "asc"],
}
_APPLY_HEAD: Final = """\
# Generated from generator/render/elasticsearch.py. Edit that, then: make render
#
# What is put into Elasticsearch, in this order: every FOLDER/NAME.json by PUT /API/NAME. Both compose/scripts/setup.sh
# and runner/cluster/apply.py read this list.
"""
#: Days after which only replayed lines reach an index.
_SETTLED_DAYS: Final = 2
_YEAR: Final = 366


def files(card: Card, registry: Registry) -> dict[str, str]:
    """Path and text of each file. A file has the name of its object in Elasticsearch."""
    prefix, fields = card.index_prefix, registry.fields
    bodies: dict[str, Json] = {f"component_templates/{prefix}-settings": settings()}
    for group in fields.groups:
        bodies[f"component_templates/{prefix}-{group.name}"] = component(group)
    for index in fields.indices:
        bodies[f"component_templates/{prefix}-lifecycle-{index}"] = lifecycle_settings(prefix, index)
        bodies[f"index_templates/{prefix}-{index}"] = index_template(prefix, index, fields)
        days = card.retention_days.of(index)
        bodies[f"lifecycle/{prefix}-{index}"] = lifecycle(days, holds=_YEAR if index in YEARLY else 0)
    bodies[f"index_templates/{writeback(prefix)}"] = alerts.index_template(prefix)
    applied = _APPLY_HEAD + "".join(f"{folder} {api}\n" for folder, api in APIS.items())
    return {f"{FOLDER}/apply.txt": applied} | {
        f"{FOLDER}/{name}.json": json_text(body) for name, body in bodies.items()
    }


def settings() -> Json:
    """What all indices share. One shard holds a day of 500,000 calls (60 MB) easily."""
    return {
        "_meta": meta("generator/render/elasticsearch.py"),
        "template": {
            "settings": {
                "index": {
                    "mode": "logsdb",
                    # Logsdb's default is true: a malformed value would be stored, and missing in searches and sums.
                    "mapping": {
                        "ignore_malformed": False,
                        # Without this, logsdb uses synthetic _source, which needs an Enterprise licence.
                        "source": {"mode": "stored"},
                        "total_fields": {"limit": 300},
                    },
                    "codec": "best_compression",
                    "number_of_shards": 1,
                    # Green on one node, safe on two and more.
                    "auto_expand_replicas": "0-1",
                    "refresh_interval": "1s",
                }
            },
            "mappings": {"dynamic": "strict", "date_detection": False, "numeric_detection": False},
        },
    }


def component(group: Group) -> Json:
    """The mappings of one group of fields."""
    return {
        "_meta": meta(FIELDS),
        "template": {"mappings": {"dynamic": "strict", "properties": mapping.properties(group.fields)}},
    }


def lifecycle_settings(prefix: str, index: str) -> Json:
    """Which policy deletes an index, and that its age counts from the date in its name.

    A component of its own, because Elasticsearch without the lifecycle module (the embedded one) refuses the setting.
    """
    lifecycle_ = {"name": f"{prefix}-{index}", "parse_origination_date": True}
    return {
        "_meta": meta("generator/render/elasticsearch.py"),
        "template": {"settings": {"index": {"lifecycle": lifecycle_}}},
    }


def index_template(prefix: str, index: str, fields: Fields) -> Json:
    """The template of `<prefix>-<index>-YYYY.MM.dd`."""
    lifecycle_name = f"{prefix}-lifecycle-{index}"
    groups = [f"{prefix}-{group.name}" for group in fields.groups_of(index)]
    sort = SORT if f"{prefix}-call" in groups else SORT_SUMS if index in YEARLY else None
    return {
        "_meta": meta(FIELDS),
        "index_patterns": [f"{prefix}-{index}-*"],
        "priority": PRIORITY,
        "composed_of": [f"{prefix}-settings", *groups, lifecycle_name],
        "ignore_missing_component_templates": [lifecycle_name],
        "template": {"settings": {"index": {"sort": sort}}} if sort else {},
    }


def lifecycle(days: int, *, holds: int = 0) -> Json:
    """Merge an index when its day is over, delete it `days` days after the date in its name.

    `holds`: how many days an index holds after that of its name; the days count from the last one.
    """
    phases: Json = {"hot": {"min_age": "0ms", "actions": {}}}
    if days > _SETTLED_DAYS:
        # Merging doesn't make an index read-only: a replay still finds it, and costs a small segment.
        phases["warm"] = {"min_age": f"{holds + _SETTLED_DAYS}d", "actions": {"forcemerge": {"max_num_segments": 1}}}
    phases["delete"] = {"min_age": f"{holds + days}d", "actions": {"delete": {}}}
    return {"policy": {"_meta": meta(CARD), "phases": phases}}
