"""Builds a dashboard's saved objects: controls, panels, time range and references."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from generator.dashboards import ids, layout, panels
from generator.dashboards.model import OptionsControl
from generator.dashboards.objects import Json, frame, packed, reference

if TYPE_CHECKING:
    from generator.dashboards.load import Source
    from generator.dashboards.model import Control, Dashboard
    from generator.dashboards.panels import Context

_MILLISECONDS: Final = {"s": 1000, "m": 60_000, "h": 3_600_000}


def build(source: Source, context: Context) -> tuple[Json, list[Json]]:
    """The dashboard, and the objects of its own that it refers to (saved searches)."""
    board = source.dashboard
    boxes = layout.place(board.panels)
    items = [panels.build(panel, box, context) for panel, box in zip(board.panels, boxes, strict=True)]
    references = [ref for item in items for ref in item.references]
    attributes: Json = {
        "title": board.title,
        "description": board.description,
        "kibanaSavedObjectMeta": {"searchSourceJSON": packed({"query": _kql(board.filter), "filter": []})},
        "optionsJSON": packed(_OPTIONS),
        "panelsJSON": packed([item.entry for item in items]),
        "timeRestore": True,
        "timeFrom": board.time.from_,
        "timeTo": board.time.to,
        "refreshInterval": _refresh(board),
        "version": 1,
    }
    if board.controls:
        group, control_references = _controls(board, context)
        attributes["controlGroupInput"] = group
        references += control_references
    objects = [saved_object for item in items for saved_object in item.objects]
    references.append(reference("tag", ids.tag_id(), f"tag-ref-{ids.tag_id()}"))
    return frame("dashboard", ids.dashboard_id(source.slug), attributes, references), objects


#: syncColors stays off: charts with one series would change colour from panel to panel.
_OPTIONS: Final = {
    "useMargins": True,
    "syncColors": False,
    "syncCursor": True,
    "syncTooltips": True,
    "hidePanelTitles": False,
}


def _kql(text: str) -> Json:
    return {"query": text, "language": "kuery"}


def _refresh(board: Dashboard) -> Json:
    if board.refresh is None:
        return {"pause": True, "value": 0}
    return {"pause": False, "value": int(board.refresh[:-1]) * _MILLISECONDS[board.refresh[-1]]}


def _controls(board: Dashboard, context: Context) -> tuple[Json, list[Json]]:
    """The row of controls, each narrowing the choices of those after it."""
    entries: Json = {}
    references: list[Json] = []
    for order, control in enumerate(board.controls):
        id_ = ids.stable("dashboard", context.slug, "control", control.field)
        entries[id_] = _control(control, id_, order)
        kind = "optionsListDataView" if isinstance(control, OptionsControl) else "rangeSliderDataView"
        view = ids.view_id(control.data or board.data)
        references.append(reference("index-pattern", view, f"controlGroup_{id_}:{kind}"))
    ignore = dict.fromkeys(("ignoreFilters", "ignoreQuery", "ignoreTimerange", "ignoreValidations"), False)
    group = {
        "chainingSystem": "HIERARCHICAL",
        "controlStyle": "oneLine",
        "ignoreParentSettingsJSON": packed(ignore),
        "panelsJSON": packed(entries),
    }
    return group, references


def _control(control: Control, id_: str, order: int) -> Json:
    options = isinstance(control, OptionsControl)
    config: Json = {"id": id_, "fieldName": control.field, "title": control.title, "enhancements": {}}
    if not isinstance(control, OptionsControl):
        config["step"] = control.step
    kind = "optionsListControl" if options else "rangeSliderControl"
    return {"type": kind, "order": order, "grow": True, "width": "small", "explicitInput": config}
