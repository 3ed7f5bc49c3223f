"""Runs a query of the library and makes a table of the answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from generator.dashboards import formats
from generator.errors import UserError
from generator.files import read_json, read_text
from generator.registry.expression import value
from runner.answers import ratios
from runner.answers.reader import patiently
from runner.answers.sheets import Sheet

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from elasticsearch import Elasticsearch

    from runner.answers.periods import Span

Json = dict[str, Any]
_HINT: Final = "run `make render`"
#: How the fields of a list are written.
_FORMATS: Final = {
    "holysheep.cost.total": "usd6",
    "holysheep.latency.ms": "ms",
    "holysheep.context_percent": "integer",
    "gen_ai.usage.input_tokens": "integer",
    "gen_ai.usage.output_tokens": "integer",
}


@dataclass(frozen=True)
class Saved:
    """A query of the library as `make render` wrote it."""

    name: str
    entry: Json
    body: Json
    esql: str


@dataclass(frozen=True)
class Answer:
    """The rows, each as {heading: value}, and how many documents are in rows that the limit of a query leaves out."""

    rows: list[Json]
    left_out: int = 0


def names(folder: Path) -> dict[str, str]:
    """Every query with its question."""
    return {name: entry["question"] for name, entry in _catalogue(folder).items()}


def load(folder: Path, name: str) -> Saved:
    """One query. UserError when there is none of that name."""
    entry = _catalogue(folder).get(name)
    if entry is None:
        raise UserError(f"there is no query {name!r}", hint="`holysheep-elk query` lists them")
    return Saved(name, entry, read_json(folder / f"{name}.json", _HINT), read_text(folder / f"{name}.esql", _HINT))


def run(client: Elasticsearch, saved: Saved, span: Span | None = None) -> Answer:
    """The answer. `span` replaces the query's own time. UserError when it can't be asked."""
    body = dict(saved.body)
    if span:
        body["query"] = {"bool": {"filter": [span.query(), *body["query"]["bool"]["filter"][1:]]}}
    renamed = {"_source": "source"}
    words = {renamed.get(key, key): part for key, part in body.items()}
    if above := saved.entry["above"]:
        # Its last filter is the script that says the same.
        words["query"] = {"bool": {"filter": words["query"]["bool"]["filter"][:-1]}}
        listed = ratios.hits(client, saved.entry["index"], words, above)
        return Answer([_document(saved.entry["fields"], hit["fields"]) for hit in listed])
    found = patiently(
        lambda: client.search(index=saved.entry["index"], ignore_unavailable=True, allow_no_indices=True, **words).body
    )
    if not saved.entry["rows"]:
        return Answer([_document(saved.entry["fields"], hit["fields"]) for hit in found["hits"]["hits"]])
    aggs = found.get("aggregations", {})
    figures = _limited(saved.entry["limits"], _rows(saved.entry["rows"], aggs, {}))
    rows = [{head: value(text, row) for head, text, _ in saved.entry["columns"]} for row in figures]
    return Answer(_best(saved.entry, rows), _left_out(saved.entry["rows"], aggs))


def sheet(saved: Saved, answer: Answer) -> Sheet:
    """The answer for people."""
    entry = saved.entry
    if entry["rows"]:
        shapes = [(head, format_) for head, _, format_ in entry["columns"]]
        words = len(entry["rows"])
    else:
        shapes = [(head, _FORMATS.get(field)) for head, field in entry["fields"]]
        words = next((number for number, (_, format_) in enumerate(shapes) if format_), len(shapes))
    cells = [[_text(row.get(head), format_) for head, format_ in shapes] for row in answer.rows]
    notes = [entry["note"]] if entry["note"] else []
    if answer.left_out:
        notes.append(f"{answer.left_out:,} documents are in further rows: only the first of each kind are shown.")
    if not answer.rows:
        notes.append("Nothing was found in this time.")
    return Sheet(f"{entry['title']}: {entry['question']}", [head for head, _ in shapes], cells, words, notes)


def _text(cell: object, format_: str | None) -> str:
    if isinstance(cell, str):
        return cell
    if format_ is None and isinstance(cell, int):
        return formats.text(cell, "integer")
    return formats.text(cell, format_)


def _document(fields: list[list[str]], found: Json) -> Json:
    return {head: (found.get(field) or [None])[0] for head, field in fields}


def _rows(names_: list[str], aggs: Json, outer: Json) -> Iterator[Json]:
    """The innermost buckets, each with the names of those around it."""
    name, *inner = names_
    for bucket in aggs.get(name, {}).get("buckets", []):
        row = {**outer, name: bucket.get("key_as_string", bucket["key"]), "calls": bucket["doc_count"]}
        if inner:
            yield from _rows(inner, bucket, row)
        else:
            yield {**row, **_figures(bucket)}


def _limited(limits: Json | None, rows: Iterator[Json]) -> Iterator[Json]:
    """The rows with the rate limits of their model, None where the card has none."""
    none = {"rpm": None, "tpm": None}
    return ({**none, **limits["models"].get(row[limits["row"]], {}), **row} for row in rows) if limits else rows


def _best(entry: Json, rows: list[Json]) -> list[Json]:
    """Of the rows of each outer name the best ones, the earlier of equal ones; all rows where a query does not rank."""
    if not entry["best"]:
        return rows
    outer = [head for head, text, _ in entry["columns"] if text in entry["rows"][:-1]]
    by, each = entry["best"]["by"], entry["best"]["each"]
    groups: dict[tuple[object, ...], list[Json]] = {}
    for row in rows:
        groups.setdefault(tuple(row[head] for head in outer), []).append(row)
    ranked = (sorted(group, key=lambda row: row[by] or 0, reverse=True) for group in groups.values())
    return [row for group in ranked for row in group[:each]]


def _left_out(names_: list[str], aggs: Json) -> int:
    """Documents of rows that are not among the largest, at any level."""
    name, *inner = names_
    agg = aggs.get(name, {})
    below = sum(_left_out(inner, bucket) for bucket in agg.get("buckets", [])) if inner else 0
    return int(agg.get("sum_other_doc_count", 0)) + below


def _figures(bucket: Json) -> Json:
    figures: Json = {}
    for name, agg in bucket.items():
        if not isinstance(agg, dict):
            continue
        if "values" in agg:
            figures |= {f"{name}_{float(percent):g}": number for percent, number in agg["values"].items()}
        elif "value" in agg:
            figures[name] = agg.get("value_as_string", agg["value"])
        elif "doc_count" in agg:
            figures |= {name: agg["doc_count"], **_figures(agg)}
    return figures


def _catalogue(folder: Path) -> dict[str, Json]:
    found: dict[str, Json] = read_json(folder / "catalogue.json", _HINT)
    return found
