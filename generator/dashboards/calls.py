"""What a panel asks Elasticsearch for, in the report and in Vega: conditions and aggregations. Lens builds its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from generator.dashboards import kql

if TYPE_CHECKING:
    from generator.dashboards.formula import Call
    from generator.dashboards.lens import Chart

Json = dict[str, Any]


def conditions(panel: Chart) -> list[Json]:
    """The queries of a panel's own filter and pills."""
    queries = [kql.to_dsl(kql.parse(panel.filter))] if panel.filter else []
    for pill in panel.pills:
        match: Json = {"match_phrase": {pill.field: pill.value}}
        queries.append({"bool": {"must_not": [match]}} if pill.negate else match)
    return queries


def aggregation(call: Call) -> Json:
    """The aggregation of a call, in a filter of its own where it has one."""
    if call.name == "count":
        return {"filter": kql.to_dsl(kql.parse(call.kql or ""))}
    kinds: dict[str, Json] = {
        # stats and not sum: its count tells a sum of nothing from a sum of zeros.
        "sum": {"stats": {"field": call.field}},
        "average": {"avg": {"field": call.field}},
        "min": {"min": {"field": call.field}},
        "max": {"max": {"field": call.field}},
        "unique_count": {"cardinality": {"field": call.field}},
        "percentile": {"percentiles": {"field": call.field, "percents": [call.percentile]}},
    }
    metric = kinds[call.name]
    return metric if call.kql is None else {"filter": kql.to_dsl(kql.parse(call.kql)), "aggs": {"v": metric}}
