"""Reads documents and aggregations of one kind of index, and tells Elasticsearch's failures in words."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from elastic_transport import TransportError
from elasticsearch import ApiError

from runner.cluster import patience, refused
from runner.cluster.reasons import reason_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from contextlib import AbstractContextManager

    from elasticsearch import Elasticsearch

    from runner.answers.periods import Span

Json = dict[str, Any]
#: Takes how many documents were read since the last call, and how many there are in all.
Tell = Callable[[int, int], None]
#: What a user needs who is refused without a reason.
READER: Final = "the user needs to read the indices, as the role of holysheep_reader"
#: Documents a request: Elasticsearch refuses more than 10,000.
PAGE: Final = 5000
KEEP_ALIVE: Final = "5m"


def ignored(_read: int, _total: int) -> None:
    """No progress to show."""


@dataclass(frozen=True)
class Selection:
    """The documents of one kind within a span that fit all filters. `api` has every model call once."""

    client: Elasticsearch
    prefix: str
    span: Span
    filters: Sequence[Json] = ()
    kind: str = "api"
    tell: Tell = ignored
    #: The end of the indices' names: `2026.11.25` for those of one day.
    date: str = "*"

    @property
    def indices(self) -> str:
        """The pattern of the indices."""
        return f"{self.prefix}-{self.kind}-{self.date}"

    @property
    def query(self) -> Json:
        """The query of all of them."""
        return {"bool": {"filter": [self.span.query(), *self.filters]}}

    def narrowed(self, *filters: Json) -> Selection:
        """Those that fit more filters as well; without progress."""
        return replace(self, filters=[*self.filters, *filters], tell=ignored)

    def during(self, span: Span) -> Selection:
        """Those of another span."""
        return replace(self, span=span)

    def search(self, **body: Any) -> Json:  # noqa: ANN401 - a search body
        """One search. Indices that do not exist yet hold nothing. It is put again when the connection breaks."""
        options: Json = {"ignore_unavailable": True, "allow_no_indices": True, "allow_partial_search_results": False}
        return patiently(lambda: self.client.search(index=self.indices, query=self.query, **options, **body).body)

    def count(self) -> int:
        """How many documents there are."""
        return int(self.search(size=0, track_total_hits=True)["hits"]["total"]["value"])

    def documents(self, fields: Sequence[str], stored: Sequence[str] = ()) -> Iterator[dict[str, Any]]:
        """Every document as {field: value}, from columns; one snapshot of the indices, a page at a time.

        A field that a document lacks is absent. `@timestamp` comes as milliseconds since 1970. Fields without a column
        are `stored`: Elasticsearch unpacks each document for them. UserError when Elasticsearch stops answering.
        """
        columns: list[Json] = [{"field": name} for name in fields if name != "@timestamp"]
        columns.append({"field": "@timestamp", "format": "epoch_millis"})
        total = self.count()
        self.tell(0, total)
        if not total:
            return
        with snapshot(self.client, self.indices) as pit:
            after: list[Any] | None = None
            while True:
                hits = self._page(pit, columns, stored, after)
                for hit in hits:
                    yield _values(hit["fields"])
                self.tell(len(hits), total)
                if len(hits) < PAGE:
                    return
                after = hits[-1]["sort"]

    def _page(self, pit: list[str], columns: list[Json], stored: Sequence[str], after: list[Any] | None) -> list[Json]:
        body: Json = {"query": self.query, "size": PAGE, "sort": ["_shard_doc"], "source": False}
        if stored:
            body["fields"] = list(stored)
        body |= {"docvalue_fields": columns, "track_total_hits": False, "allow_partial_search_results": False}
        if after:
            body["search_after"] = after
        snapshot = {"id": pit[0], "keep_alive": KEEP_ALIVE}
        answer = patiently(lambda: self.client.search(pit=snapshot, **body).body)
        pit[0] = answer.get("pit_id", pit[0])
        hits: list[Json] = answer["hits"]["hits"]
        return hits


@contextmanager
def snapshot(client: Elasticsearch, indices: str) -> Iterator[list[str]]:
    """A point in time over indices; in a list, since each answer may give it a new id."""
    with words():
        opened = client.open_point_in_time(index=indices, keep_alive=KEEP_ALIVE, ignore_unavailable=True)
    pit = [str(opened["id"])]
    try:
        yield pit
    finally:
        # Else it ends by itself.
        with suppress(ApiError, TransportError):
            client.close_point_in_time(id=pit[0])


def patiently(ask: Callable[[], Any]) -> Json:
    """Ask again when the connection breaks; what is asked for twice is the same. UserError when it stays broken."""
    return patience.patiently(ask, _refusal)


def words() -> AbstractContextManager[None]:
    """Tell a failure of Elasticsearch as a person reads it."""
    return patience.words(_refusal)


def _refusal(error: ApiError) -> str | None:
    return refused.advice(reason_of(error)) or READER if error.meta.status in (401, 403) else None


def _values(fields: Json) -> dict[str, Any]:
    values = {name: found[0] for name, found in fields.items()}
    values["@timestamp"] = int(values["@timestamp"])
    return values
