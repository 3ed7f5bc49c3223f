"""Which value of the YAML makes what a person changed in Kibana. A guess: `rewrite` checks it by rendering."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from generator.dashboards import uses
from generator.dashboards.formats import FORMATS
from generator.dashboards.model import XY, Heatmap, Metric, Pie, Search, Table

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.dashboards.model import Panel

Json = dict[str, Any]
Place = tuple[str | int, ...]
Edit = tuple[Place, object]
_STATE: Final = ("embeddableConfig", "attributes", "state")
_COLUMNS: Final = (*_STATE, "datasourceStates", "formBased", "layers", "l1", "columns")
#: Path in a panel → key of its YAML, where the value is the same.
_SAME: Final[dict[tuple[str, ...], str]] = {
    ("title",): "title",
    ("embeddableConfig", "attributes", "description"): "note",
    ("embeddableConfig", "savedVis", "params", "markdown"): "text",
    (*_STATE, "query", "query"): "filter",
    (*_STATE, "visualization", "subtitle"): "subtitle",
    (*_STATE, "visualization", "secondaryPrefix"): "prefix",
    (*_STATE, "visualization", "maxCols"): "columns",
    (*_STATE, "visualization", "paging", "size"): "page",
    (*_STATE, "datasourceStates", "formBased", "layers", "l1", "ignoreGlobalFilters"): "unfiltered",
    ("embeddableConfig", "attributes", "layout"): "layout",
}
#: Path in a column of groups → key of the group's YAML.
_GROUP: Final[dict[tuple[str, ...], str]] = {
    ("label",): "label",
    ("sourceField",): "field",
    ("params", "size"): "top",
    ("params", "otherBucket"): "other",
    ("params", "missingBucket"): "missing",
}
#: Path in a dashboard → key of its YAML.
_DASHBOARD: Final = {"title": "title", "description": "description"}
#: Money is rounded in the formula that Kibana gets; the YAML has it without.
_ROUNDED: Final = (
    re.compile(r"ifelse\(lt\((?P<exact>.+), 1\), round\((?P=exact), 4\), round\((?P=exact), 2\)\)", re.DOTALL),
    re.compile(r"round\((?P<exact>.+), [46]\)", re.DOTALL),
)


def of_panel(panel: Panel, path: tuple[str, ...], entry: Json) -> Edit | None:
    """The key of the panel's YAML and its value. `path` and `entry`: within Kibana's panel. None: the YAML has none."""
    if path[:1] == ("gridData",):
        return None  # `rewrite` places all panels together.
    if path in _SAME:
        value = _at(entry, path)
        return (_SAME[path],), "" if value is None else value
    if path[:2] == ("embeddableConfig", "timeRange"):
        time = _at(entry, path[:2])
        return (("time",), {"from": time["from"], "to": time["to"]}) if time else None
    if path == (*_STATE, "visualization", "legend", "isVisible"):
        return ("legend",), "bottom" if _at(entry, path) else "none"
    if path[: len(_COLUMNS)] == _COLUMNS and len(path) > len(_COLUMNS) + 1:
        return _of_column(panel, path[len(_COLUMNS)], path[len(_COLUMNS) + 1 :], entry)
    return None


def of_search(path: tuple[str, ...], saved_search: Json) -> Edit | None:
    """The same for the saved search of a panel."""
    value = _at(saved_search, path)
    if path == ("attributes", "title"):
        return ("title",), value
    if path == ("attributes", "description"):
        return ("note",), value or ""
    if path[:2] == ("attributes", "columns"):
        return ("columns",), list(saved_search["attributes"]["columns"])
    if path[:2] == ("attributes", "sort"):
        return ("sort",), saved_search["attributes"]["sort"][0][0]
    return (("filter",), value or "") if path[-2:] == ("query", "query") else None


def of_dashboard(path: tuple[str, ...], dashboard: Json) -> Edit | None:
    """The same for the dashboard itself."""
    attributes = dashboard["attributes"]
    if path[:1] != ("attributes",):
        return None
    if path[1] in _DASHBOARD:
        return (_DASHBOARD[path[1]],), attributes[path[1]]
    if path[1] in ("timeFrom", "timeTo"):
        return ("time",), {"from": attributes["timeFrom"], "to": attributes["timeTo"]}
    if path[1] == "refreshInterval":
        interval = attributes["refreshInterval"]
        return (("refresh",), f"{interval['value'] // 1000}s") if not interval["pause"] else None
    return (("filter",), _at(dashboard, path) or "") if path[-2:] == ("query", "query") else None


def _of_column(panel: Panel, name: str, path: tuple[str, ...], entry: Json) -> Edit | None:
    column = _at(entry, (*_COLUMNS, name))
    if not column:
        return None
    group = dict(_groups(panel)).get(name)
    if group is not None:
        key = _GROUP.get(path)
        return ((*group, key), _at(column, path)) if key else None
    figures = [] if isinstance(panel, Search) else [place for place, _ in uses.values(panel)]
    if not name.startswith("m") or not name[1:].isdigit() or int(name[1:]) >= len(figures):
        return None
    place = figures[int(name[1:])]
    if path == ("label",):
        return (*place, "label"), column["label"]
    if path[:2] == ("params", "format"):
        format_ = _at(column, ("params", "format"))
        known = next((known for known, value in FORMATS.items() if value.lens == format_), None)
        return ((*place, "format"), known) if known else None
    return (*place, "formula"), _formula(column)


def _groups(panel: Panel) -> Iterator[tuple[str, Place]]:
    """Column → place of the panel's groups."""
    if isinstance(panel, XY):
        yield from (("x", ("x",)), ("s", ("split",)))
    elif isinstance(panel, Metric):
        yield "b", ("split",)
    elif isinstance(panel, Heatmap):
        yield from (("x", ("x",)), ("y", ("y",)))
    elif isinstance(panel, Table):
        yield from ((f"s{number}", ("rows", number)) for number in range(len(panel.rows)))
    elif isinstance(panel, Pie):
        yield from ((f"s{number}", ("groups", number)) for number in range(len(panel.groups)))


def _formula(column: Json) -> str:
    """The formula of a column, or the single call that it is."""
    if column["operationType"] == "formula":
        text = str(column["params"].get("formula") or "")
        exact = next((found["exact"] for found in (rule.fullmatch(text) for rule in _ROUNDED) if found), text)
        return str(exact)
    arguments = [] if column.get("sourceField") in (None, "___records___") else [str(column["sourceField"])]
    if "percentile" in column["params"]:
        arguments.append(f"percentile={column['params']['percentile']}")
    if kql := (column.get("filter") or {}).get("query"):
        arguments.append("kql='{}'".format(kql.replace("'", "\\'")))
    if shift := column.get("timeShift"):
        arguments.append(f"shift='{shift}'")
    return f"{column['operationType']}({', '.join(arguments)})"


def _at(data: Any, path: tuple[str, ...]) -> Any:  # noqa: ANN401 - any JSON
    for step in path:
        if isinstance(data, list):
            data = data[int(step)] if int(step) < len(data) else None
        else:
            data = data.get(step) if isinstance(data, dict) else None
    return data
