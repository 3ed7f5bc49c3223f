"""Reads and writes the documents of the rollups."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from elasticsearch import helpers

from generator.errors import UserError
from runner.answers.periods import Span
from runner.answers.reader import Selection, words
from runner.answers.rollups.shape import DAILY, FINE, QUARTER_MS, SUMS, index
from runner.answers.rollups.shape import moment as moment_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from elasticsearch import Elasticsearch

    from runner.answers.rollups.shape import Sum

Json = dict[str, Any]


def quarters(begins: Iterable[int]) -> list[Span]:
    """Quarters of an hour as spans; those that stand side by side are one."""
    spans: list[list[int]] = []
    for begin in sorted(begins):
        if spans and spans[-1][1] == begin:
            spans[-1][1] = begin + QUARTER_MS
        else:
            spans.append([begin, begin + QUARTER_MS])
    return [Span(moment_of(begin), moment_of(end)) for begin, end in spans]


def within(spans: Sequence[Span]) -> Json:
    """The query for documents in one of the spans."""
    return {"bool": {"should": [span.query() for span in spans], "minimum_should_match": 1}}


def ids(sums: Selection) -> Iterator[tuple[str, str]]:
    """Index and `_id` of every sum of a selection."""
    query: Json = {"query": sums.query, "_source": False}
    options: Json = {"ignore_unavailable": True, "allow_no_indices": True, "size": 5000}
    with words():
        for hit in helpers.scan(sums.client, index=sums.indices, query=query, **options):
            yield hit["_index"], hit["_id"]


def sources(sums: Selection) -> Iterator[tuple[str, Json]]:
    """`_id` and document of every sum of a selection."""
    options: Json = {"ignore_unavailable": True, "allow_no_indices": True, "size": 5000}
    with words():
        for hit in helpers.scan(sums.client, index=sums.indices, query={"query": sums.query}, **options):
            yield hit["_id"], hit["_source"]


def replace(es: Elasticsearch, prefix: str, kind: str, old: Iterable[tuple[str, str]], new: Iterable[Sum]) -> int:
    """Write the new sums, then remove the old ones that are not among them. How many were written."""
    left = set(old)
    written = 0

    def actions() -> Iterator[Json]:
        nonlocal written
        for item in new:
            place = index(prefix, kind, item.begin)
            left.discard((place, item.id))
            written += 1
            yield {"_index": place, "_id": item.id, "_source": item.source}

    send(es, actions())
    send(es, ({"_op_type": "delete", "_index": place, "_id": id_} for place, id_ in sorted(left)))
    return written


def send(es: Elasticsearch, actions: Iterable[Json]) -> None:
    """Send actions. UserError when Elasticsearch refuses one."""
    with words():
        for well, answer in helpers.streaming_bulk(
            es, actions, chunk_size=1000, max_retries=5, raise_on_error=False, ignore_status=(404,)
        ):
            if not well:
                what = f"Elasticsearch refuses a rollup: {str(answer)[:300]}"
                raise UserError(what, hint="`make up` applies the templates; the user needs the role holysheep_rollup")


def refresh(es: Elasticsearch, prefix: str, *kinds: str) -> None:
    """Let searches see what was written."""
    with words():
        for kind in kinds or (FINE, DAILY):
            es.indices.refresh(index=f"{prefix}-{kind}-*", ignore_unavailable=True, allow_no_indices=True)


def selection(es: Elasticsearch, prefix: str, kind: str, span: Span, *filters: Json) -> Selection:
    """The sums of a span."""
    return Selection(es, prefix, span, (SUMS, *filters), kind)
