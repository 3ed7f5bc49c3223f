"""The first documents of a query in which one figure is more than so many times another.

Elasticsearch compares two fields by a script alone, and the embedded one has no language for it. So the pages are read
in the query's order, until there are enough.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from runner.answers.reader import KEEP_ALIVE, patiently, snapshot

if TYPE_CHECKING:
    from elasticsearch import Elasticsearch

Json = dict[str, Any]
#: Documents a request.
PAGE: Final = 1000


def hits(client: Elasticsearch, index: str, body: Json, above: Json, page: int = PAGE) -> list[Json]:
    """The first `size` hits of a body of `_search` that fit `above`: {field, times, per}."""
    found: list[Json] = []
    asked = {**body, "size": page}
    with snapshot(client, index) as pit:
        while True:
            point = {"id": pit[0], "keep_alive": KEEP_ALIVE}
            answer = patiently(lambda: client.search(pit=point, **asked).body)  # noqa: B023 - called at once
            pit[0] = answer.get("pit_id", pit[0])
            read: list[Json] = answer["hits"]["hits"]
            found += [hit for hit in read if _fits(hit["fields"], above)]
            if len(found) >= body["size"] or len(read) < page:
                return found[: body["size"]]
            # Of a point in time the order is total: Elasticsearch adds the place of the document.
            asked["search_after"] = read[-1]["sort"]


def _fits(fields: Json, above: Json) -> bool:
    """A document that lacks a figure, or has 0 to compare with, does not fit."""
    figure, per = (fields.get(above[key], [0])[0] for key in ("field", "per"))
    return bool(per > 0 and figure > above["times"] * per)
