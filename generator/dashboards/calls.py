"""The aggregation of one call of a formula, for the report and for Vega; Lens builds its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from generator.dashboards import kql

if TYPE_CHECKING:
    from generator.dashboards.formula import Call

Json = dict[str, Any]


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
