"""Builds the search of a panel: nested buckets, and in each the aggregations of the panel's formulas."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from generator.dashboards import formula, kql, uses
from generator.dashboards.calls import aggregation, conditions
from generator.dashboards.model import Metric, Table
from generator.dashboards.parts import Over, Split
from runner.report import times

if TYPE_CHECKING:
    from generator.dashboards.catalogue import ViewInfo
    from generator.dashboards.formula import Call
    from generator.dashboards.lens import Chart
    from generator.dashboards.parts import Case, Value
    from runner.report.times import Span

Json = dict[str, Any]
#: Kibana's word for the documents without a field.
MISSING: Final = "(missing value)"


@dataclass(frozen=True)
class Question:
    """The query of a panel. It becomes one search for each time shift in the panel's formulas."""

    view: ViewInfo
    filter: Json
    span: Span
    width: str
    """Interval of the time axis."""
    splits: tuple[Split, ...]
    time: bool
    values: tuple[Value, ...]
    calls: tuple[Call, ...]
    ranks: tuple[Call | None, ...]
    """For each split, the call that ranks its groups."""
    cases: tuple[Case, ...] = ()
    """Queries as groups, instead of splits."""
    head: str = ""
    """What the cases are called."""

    @property
    def shifts(self) -> list[str | None]:
        """The time shifts in the formulas, the unshifted first."""
        return sorted({None, *(call.shift for call in self.calls)}, key=lambda shift: shift or "")

    def body(self, shift: str | None, keys: list[list[Any]] | None = None) -> Json:
        """The body of the search for one time shift. `keys`: for each split, the groups of the unshifted search."""
        shifted_span = self.span.shifted(shift) if shift else self.span
        window = {
            "gte": times.millis(shifted_span.start),
            "lte": times.millis(shifted_span.end),
            "format": "epoch_millis",
        }
        body: Json = {
            "size": 0,
            "track_total_hits": True,
            "query": {"bool": {"filter": [{"range": {"@timestamp": window}}, self.filter]}},
            "aggs": self._level(list(self.splits), shift, shifted_span, keys),
        }
        names = {name for call in self.calls for name in _fields(call)} | {split.field for split in self.splits}
        names |= {name for case in self.cases for name in kql.fields(kql.parse(case.kql))}
        used = [field for field in self.view.runtime if field.name in names]
        if used:
            body["runtime_mappings"] = {field.name: field.spec() for field in used}
        return body

    def _level(self, splits: list[Split], shift: str | None, span: Span, keys: list[list[Any]] | None) -> Json:
        aggs = {
            f"c{number}": aggregation(call)
            for number, call in enumerate(self.calls)
            if call.shift == shift and not call.counts_documents
        }
        if self.cases:
            queries = [kql.to_dsl(kql.parse(case.kql)) for case in self.cases]
            return {"g": {"filters": {"filters": queries}, "aggs": aggs}}
        if not splits:
            return {**aggs, "t": self._histogram(span, aggs)} if self.time else aggs
        split, *inner_splits = splits
        number = len(self.splits) - len(splits)
        aggs["g"] = {
            "terms": self._terms(split, self.ranks[number], keys[number] if keys else None),
            "aggs": self._level(inner_splits, shift, span, keys),
        }
        if split.other:
            all_documents = {"match_all": {}} if split.missing else {"exists": {"field": split.field}}
            aggs["all"] = {"filter": all_documents, "aggs": self._level([], shift, span, keys)}
        return aggs

    def _terms(self, split: Split, rank: Call | None, keys: list[Any] | None) -> Json:
        terms: Json = {"field": split.field, "size": split.top, "order": {"_key": "asc"}}
        if split.missing:
            terms["missing"] = MISSING
        if keys is not None:
            # Elasticsearch refuses an empty list. A name that no document has selects nothing as well.
            return {**terms, "include": [str(key) for key in keys] or ["\u0000"], "size": max(len(keys), 1)}
        if rank is not None:
            terms["order"] = [{self._path(rank): "desc"}, {"_key": "asc"}]
        return terms

    def _path(self, call: Call) -> str:
        if call.name == "count":
            return "_count" if call.kql is None else f"c{self.calls.index(call)}"
        stem = f"c{self.calls.index(call)}" + ("" if call.kql is None else ">v")
        if call.percentile is not None:
            return f"{stem}[{call.percentile}]"
        return f"{stem}.sum" if call.name == "sum" else stem

    def _histogram(self, span: Span, aggs: Json) -> Json:
        bounds = {"min": times.millis(span.start), "max": times.millis(span.end)}
        # As Kibana asks: days and months are those of the calendar; where clocks change a day has 23 or 25 hours.
        kind = "calendar_interval" if self.width in ("1d", "1M") else "fixed_interval"
        histogram: Json = {"field": "@timestamp", kind: self.width, "min_doc_count": 0, "extended_bounds": bounds}
        histogram |= {"format": "epoch_millis", "time_zone": times.zone_name(span.start)}
        return {"date_histogram": histogram, "aggs": aggs}


def question(panel: Chart, view: ViewInfo, filter_: str, span: Span, *, trend: bool = False) -> Question:
    """The question of a panel. With `trend`, of a metric's line over time instead of its figure."""
    values = [value for _, value in uses.values(panel)]
    if trend and isinstance(panel, Metric):
        values = [panel.value]
    splits = [split for _, split in uses.splits(panel)]
    ranks: list[Call | None] = []
    for split in splits:
        rank = uses.rank_value(split, values)
        ranks.append(uses.plain_call(rank) if rank else None)
    value_calls = [call for value in values for call in formula.parse(value.formula).calls]
    calls = list(dict.fromkeys([*value_calls, *(rank for rank in ranks if rank)]))
    over = Over() if trend else uses.over(panel)
    filters = [*([kql.to_dsl(kql.parse(filter_))] if filter_ else []), *conditions(panel)]
    width = times.interval(span, over.interval) if over else "1d"
    query: Json = {"bool": {"filter": filters}} if filters else {"match_all": {}}
    cases, head = (panel.cases, panel.cases_label) if isinstance(panel, Table) else ((), "")
    return Question(
        view,
        query,
        span,
        width,
        tuple(splits),
        over is not None,
        tuple(values),
        tuple(calls),
        tuple(ranks),
        cases,
        head,
    )


def _fields(call: Call) -> list[str]:
    return [*([call.field] if call.field else []), *kql.fields(kql.parse(call.kql or ""))]
