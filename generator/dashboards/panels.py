"""A dashboard's panels as Kibana keeps them, with every reference that they need."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from generator.dashboards import ids, lens, states
from generator.dashboards.model import Links, Markdown, Metric, Search, State
from generator.dashboards.objects import Json, packed, reference, saved_search

if TYPE_CHECKING:
    from generator.dashboards.catalogue import Catalogue, ViewInfo
    from generator.dashboards.layout import Box
    from generator.dashboards.model import Panel
    from generator.dashboards.parts import Pill
    from generator.dashboards.settings import Settings


@dataclass
class Context:
    """The dashboard and the settings that a panel is built with."""

    slug: str
    view: str
    catalogue: Catalogue
    settings: Settings
    titles: dict[str, str]
    """Title of every dashboard, by name."""
    metrics: dict[str, tuple[Metric, ViewInfo]] = field(default_factory=dict)
    """The dashboard's metrics with their data views, by id."""


@dataclass
class Item:
    """A panel: its entry in panelsJSON, the dashboard's references for it, and objects of its own."""

    entry: Json
    references: list[Json] = field(default_factory=list)
    objects: list[Json] = field(default_factory=list)


def build(panel: Panel, box: Box, context: Context) -> Item:
    """One panel."""
    index = ids.panel_id(context.slug, panel.id)
    match panel:
        case Links():
            item = _links(panel, index, context)
        case Markdown():
            item = _markdown(panel)
        case State():
            item = _state(panel, context)
        case Search():
            item = _search(panel, index, context)
        case _:
            item = _lens(panel, index, context)
    grid = {"x": box.x, "y": box.y, "w": box.w, "h": box.h, "i": index}
    config = {"enhancements": {}, **item.entry.pop("embeddableConfig", {})}
    if not panel.title:
        config["hidePanelTitles"] = True
    item.entry |= {"gridData": grid, "panelIndex": index, "embeddableConfig": config, "title": panel.title}
    return item


def _links(panel: Links, index: str, context: Context) -> Item:
    links: list[Json] = []
    references: list[Json] = []
    for order, slug in enumerate(panel.to):
        name = f"link_{slug}_dashboard"
        options = {"openInNewTab": False, "useCurrentFilters": True, "useCurrentDateRange": True}
        link = {"id": slug, "type": "dashboardLink", "order": order, "label": context.titles[slug]}
        links.append({**link, "options": options, "destinationRefName": name})
        references.append(reference("dashboard", ids.dashboard_id(slug), f"{index}:{name}"))
    config = {"attributes": {"layout": panel.layout, "links": links}}
    return Item({"type": "links", "embeddableConfig": config}, references)


def _markdown(panel: Markdown) -> Item:
    params = {"fontSize": 12, "openLinksInNewTab": False, "markdown": panel.text}
    return Item({"type": "visualization", "embeddableConfig": {"savedVis": _vis("markdown", params)}})


def _state(panel: State, context: Context) -> Item:
    vega = states.spec(panel, context.metrics, context.settings)
    return Item({"type": "visualization", "embeddableConfig": {"savedVis": _vis("vega", {"spec": packed(vega)})}})


def _vis(type_: str, params: Json) -> Json:
    """A visualisation of one of Kibana's older kinds, by value."""
    return {
        "id": "",
        "title": "",
        "description": "",
        "type": type_,
        "params": params,
        "uiState": {},
        "data": {"aggs": [], "searchSource": {"query": {"query": "", "language": "kuery"}, "filter": []}},
    }


def _search(panel: Search, index: str, context: Context) -> Item:
    search = saved_search(panel, context.slug, _view(panel, context))
    name = f"panel_{index}"
    entry: Json = {"type": "search", "panelRefName": name}
    if panel.time:
        entry["embeddableConfig"] = {"timeRange": {"from": panel.time.from_, "to": panel.time.to}}
    return Item(entry, [reference("search", search["id"], f"{index}:{name}")], [search])


def _lens(panel: lens.Chart, index: str, context: Context) -> Item:
    view = _view(panel, context)
    source = ids.view_id(view.name)
    built = lens.build(panel, view, context.settings, context.catalogue.colors)
    inner = [reference("index-pattern", source, f"indexpattern-datasource-layer-{name}") for name in built.layers]
    filters: list[Json] = []
    for number, pill in enumerate(panel.pills):
        name = ids.stable(index, "pill", str(number))
        filters.append(_pill(pill, name))
        inner.append(reference("index-pattern", source, name))
    attributes = lens.attributes(built, panel.filter, filters, inner)
    attributes["description"] = panel.note
    # Kibana needs each reference twice: in the panel, and in the dashboard under the panel's id.
    outer = [reference("index-pattern", source, f"{index}:{ref['name']}") for ref in inner]
    config: Json = {"attributes": attributes}
    if panel.time:
        config["timeRange"] = {"from": panel.time.from_, "to": panel.time.to}
    if panel.to:
        event = ids.stable(index, "drilldown", panel.to)
        config["enhancements"] = {"dynamicActions": {"events": [_drilldown(event, context.titles[panel.to])]}}
        name = f"{index}:drilldown:DASHBOARD_TO_DASHBOARD_DRILLDOWN:{event}:dashboardId"
        outer.append(reference("dashboard", ids.dashboard_id(panel.to), name))
    return Item({"type": "lens", "embeddableConfig": config}, outer)


def _view(panel: lens.Chart | Search, context: Context) -> ViewInfo:
    return context.catalogue.views[panel.data or context.view]


def _pill(pill: Pill, name: str) -> Json:
    meta = {
        "alias": None,
        "disabled": False,
        "negate": pill.negate,
        "type": "phrase",
        "key": pill.field,
        "params": {"query": pill.value},
        "index": name,
    }
    return {"$state": {"store": "appState"}, "meta": meta, "query": {"match_phrase": {pill.field: pill.value}}}


def _drilldown(event: str, title: str) -> Json:
    config = {"useCurrentFilters": True, "useCurrentDateRange": True, "openInNewTab": False}
    action = {"factoryId": "DASHBOARD_TO_DASHBOARD_DRILLDOWN", "name": f"Go to {title}", "config": config}
    return {"eventId": event, "triggers": ["FILTER_TRIGGER"], "action": action}
