"""The frames of Kibana's saved objects, and the objects that are no dashboard: data views and saved searches."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from generator.dashboards import ids
from generator.dashboards.formats import FORMATS

if TYPE_CHECKING:
    from generator.dashboards.catalogue import Catalogue, ViewInfo
    from generator.dashboards.model import Search

Json = dict[str, Any]
#: Pixels of a column that holds sentences, and these columns; the others share what is left.
_WIDTHS: Final = {
    "error.message": 420,
    "holysheep.rejected.detail": 420,
    "holysheep.audit.request_payload": 420,
    "holysheep.audit.response_payload": 420,
    # The longest error type in one line.
    "error.type": 200,
    "http.response.status_code": 155,
    "holysheep.retry_count": 100,
}
#: The last versions that Kibana 8.12 knows: a higher one is refused with the whole file, newer Kibanas migrate from
#: these; a Lens object without one is destroyed by old migrations.
VERSIONS: Final = {"dashboard": "8.9.0", "search": "8.0.0", "index-pattern": "8.0.0", "tag": "8.0.0"}
CORE: Final = "8.8.0"
#: Where a saved search keeps its query; also the stem of the reference to its data view.
SEARCH_SOURCE: Final = "kibanaSavedObjectMeta.searchSourceJSON"


def packed(data: object) -> str:
    """Data as the JSON text that Kibana keeps in some attributes."""
    return json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def reference(type_: str, id_: str, name: str) -> Json:
    """One reference of an object to another."""
    return {"type": type_, "id": id_, "name": name}


def frame(type_: str, id_: str, attributes: Json, references: list[Json]) -> Json:
    """A saved object."""
    return {
        "type": type_,
        "id": id_,
        "attributes": attributes,
        "references": references,
        "coreMigrationVersion": CORE,
        "typeMigrationVersion": VERSIONS[type_],
    }


def tag() -> Json:
    """The tag of all dashboards: Kibana's list can be narrowed to it."""
    attributes = {"name": "HolySheep", "description": "Cost, speed and errors of language models", "color": "#6092C0"}
    return frame("tag", ids.tag_id(), attributes, [])


def data_view(view: ViewInfo, catalogue: Catalogue) -> Json:
    """A data view with the formats, labels and runtime fields of its fields."""
    formats = {
        name: FORMATS[field.format].view
        for name, field in view.fields.items()
        if field.format and FORMATS[field.format].view
    }
    labels = {name: {"customLabel": catalogue.labels[name]} for name in view.fields if name in catalogue.labels}
    runtime = {field.name: field.spec() for field in view.runtime}
    attributes = {
        "title": view.pattern,
        "name": view.title,
        "timeFieldName": "@timestamp",
        # Without it Kibana refuses to open a dashboard before the first event of a kind has arrived.
        "allowNoIndex": True,
        "fieldFormatMap": packed(formats),
        "fieldAttrs": packed(labels),
        "runtimeFieldMap": packed(runtime),
        "fields": packed([]),
        "sourceFilters": packed([]),
    }
    return frame("index-pattern", ids.view_id(view.name), attributes, [])


def saved_search(panel: Search, slug: str, view: ViewInfo) -> Json:
    """The saved search that a panel shows."""
    index = f"{SEARCH_SOURCE}.index"
    source = {
        "query": {"query": panel.filter, "language": "kuery"},
        "filter": [],
        "highlightAll": True,
        "version": True,
        "indexRefName": index,
    }
    attributes = {
        "title": panel.title,
        "description": panel.note,
        "columns": list(panel.columns),
        "sort": [[panel.sort, "desc"]],
        "grid": {"columns": {name: {"width": _WIDTHS[name]} for name in panel.columns if name in _WIDTHS}},
        "hideChart": False,
        "isTextBasedQuery": False,
        "timeRestore": False,
        "usesAdHocDataView": False,
        "kibanaSavedObjectMeta": {"searchSourceJSON": packed(source)},
    }
    references = [reference("index-pattern", ids.view_id(view.name), index)]
    return frame("search", ids.search_id(slug, panel.id), attributes, references)
