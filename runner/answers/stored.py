"""Whole documents of calls as they are stored, index by index, with what a safe change of them needs."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from elasticsearch import ApiError, TransportError

from runner.answers.reader import KEEP_ALIVE, patiently, snapshot

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from elasticsearch import Elasticsearch

    from runner.answers.periods import Span

Json = dict[str, Any]
#: Kinds that hold calls. `errors` and `audit` have copies of those in `api`.
KINDS: Final = ("api", "errors", "audit")
#: Documents a request, and so in memory: some 2 MB.
PAGE: Final = 1000
_MANY: Final = 10_000
_NAMES: Final = ("gen_ai.request.model", "gen_ai.response.model")


@dataclass(frozen=True, slots=True)
class Stored:
    """A document; `seq_no` and `primary_term` name the version of it that was read."""

    id: str
    source: Json
    seq_no: int
    primary_term: int


@dataclass(frozen=True)
class Store:
    """The calls of a span that fit all filters."""

    client: Elasticsearch
    prefix: str
    span: Span
    filters: Sequence[Json] = field(default=())

    @property
    def query(self) -> Json:
        """The query of all of them."""
        return {"bool": {"filter": [self.span.query(), *self.filters]}}

    def indices(self) -> dict[str, int]:
        """Every index that holds some, and how many; `api` first, each kind by its days. UserError as in `reader`."""
        by_index = {"terms": {"field": "_index", "size": _MANY}}
        counts: dict[str, int] = {}
        for kind in KINDS:
            buckets = self._search(kind, {"indices": by_index}).get("indices", {}).get("buckets", [])
            counts |= {bucket["key"]: bucket["doc_count"] for bucket in sorted(buckets, key=lambda item: item["key"])}
        return counts

    def of_models(self, wanted: frozenset[str], model: Callable[[str], str | None]) -> Store:
        """Those alone that were priced as one of these models, or whose names `model` says to mean one of them."""
        names: dict[str, list[str]] = {}
        for name_field in _NAMES:
            names[name_field] = sorted({name for name in self._values(name_field) if model(name) in wanted})
        fitting = [{"terms": {name_field: found}} for name_field, found in names.items()]
        priced = {"terms": {"holysheep.price.model": sorted(wanted)}}
        either = {"bool": {"should": [priced, *fitting], "minimum_should_match": 1}}
        return Store(self.client, self.prefix, self.span, [*self.filters, either])

    def pages(self, index: str) -> Iterator[list[Stored]]:
        """The documents of an index as they are now, a page at a time. UserError as in `reader`."""
        body: Json = {"query": self.query, "size": PAGE, "sort": ["_shard_doc"], "seq_no_primary_term": True}
        body |= {"track_total_hits": False, "allow_partial_search_results": False}
        # Else what a run changed a moment ago is read as it was. Who may not ask for it reads what is searchable.
        with suppress(ApiError, TransportError):
            self.client.indices.refresh(index=index)
        with snapshot(self.client, index) as pit:
            while True:
                point = {"id": pit[0], "keep_alive": KEEP_ALIVE}
                answer = patiently(lambda: self.client.search(pit=point, **body).body)  # noqa: B023  # asked at once
                pit[0] = answer.get("pit_id", pit[0])
                hits = answer["hits"]["hits"]
                if hits:
                    yield [_stored(hit) for hit in hits]
                if len(hits) < PAGE:
                    return
                body["search_after"] = hits[-1]["sort"]

    def again(self, index: str, ids: Sequence[str]) -> list[Stored]:
        """The newest versions of documents; those that were deleted are left out. UserError as in `reader`."""
        answer = patiently(lambda: self.client.mget(index=index, ids=list(ids)).body)
        return [_stored(document) for document in answer["docs"] if document.get("found")]

    def _search(self, kind: str, aggs: Json) -> Json:
        options: Json = {"ignore_unavailable": True, "allow_no_indices": True, "allow_partial_search_results": False}
        index = f"{self.prefix}-{kind}-*"
        answer = patiently(lambda: self.client.search(index=index, size=0, query=self.query, aggs=aggs, **options).body)
        found: Json = answer.get("aggregations", {})
        return found

    def _values(self, name: str) -> Iterator[str]:
        """Every value of a field, a page at a time."""
        after: Json | None = None
        for kind in KINDS:
            while True:
                pages: Json = {"size": PAGE, "sources": [{"value": {"terms": {"field": name}}}]}
                composite = {"composite": pages | ({"after": after} if after else {})}
                found = self._search(kind, {"values": composite}).get("values", {"buckets": []})
                yield from (bucket["key"]["value"] for bucket in found["buckets"])
                after = found.get("after_key")
                if not found["buckets"] or after is None:
                    after = None
                    break


def _stored(hit: Mapping[str, Any]) -> Stored:
    return Stored(hit["_id"], hit["_source"], hit["_seq_no"], hit["_primary_term"])
