"""Reads every document of an index as its id, its digest and what else decides whether it was tampered with."""

from __future__ import annotations

import hashlib
import json
import struct
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Any, Final, Literal, NamedTuple

from elastic_transport import TransportError
from elasticsearch import ApiError, AuthorizationException

from runner.cluster import patience
from runner.cluster.digest import digest

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from contextlib import AbstractContextManager

    from elasticsearch import Elasticsearch

    from runner.compliance.seals.sorting import Pair

Json = dict[str, Any]
#: Takes how many documents were read since the last call, and how many there are.
Tell = Callable[[int, int], None]
#: Whether a document carries the right HMAC; `none` where its kind carries none.
Signed = Literal["none", "right", "missing", "wrong", "unknown key"]
SIGNED: Final[tuple[Signed, ...]] = ("none", "right", "missing", "wrong", "unknown key")
#: Documents a page. Those of agents' steps, rejected lines and changes may have 100 kB each.
PAGE: Final = 5000
SMALL_PAGE: Final = 250
_SHORT: Final = ("api", "errors", "usage", "access", "system", "canary")
KEEP_ALIVE: Final = "5m"
#: What a user needs who is refused.
ROLES: Final = "seal needs the role holysheep_sealer, verify the role holysheep_auditor: docs/seals.md"
_VALUE: Final = struct.Struct(">32sBq")
#: Kinds whose index is that of their documents' `@timestamp`.
_DATED: Final = ("api", "errors", "audit", "usage", "access", "system", "erasures")
#: Instead of a time of arrival: the document's `@timestamp` is of another day than its index.
MISPLACED: Final = -2


class Live(NamedTuple):
    """A document as it is now."""

    id: bytes
    digest: bytes
    signed: Signed
    #: When Filebeat or Logstash first saw its line (ms since 1970); -1 when the document does not say so; or MISPLACED.
    arrived_ms: int


def pairs(
    es: Elasticsearch, index: str, kind: str, tell: Tell, signed: Callable[[str, Json], Signed]
) -> Iterator[Pair]:
    """Every document of an index, in no order, in the form that `sorting` sorts. UserError when reading fails."""
    for id_, source in documents(es, index, kind, tell):
        arrived = MISPLACED if kind in _DATED and _of_another_day(source, index) else arrived_ms(source)
        yield id_.encode(), _VALUE.pack(digest_of(source), SIGNED.index(signed(id_, source)), arrived)


def _of_another_day(source: Mapping[str, Any], index: str) -> bool:
    moment = source.get("@timestamp")
    return isinstance(moment, str) and moment[:10] != index[-10:].replace(".", "-")


def live(pair: Pair) -> Live:
    """The document of a pair."""
    digest_, signed, arrived = _VALUE.unpack(pair[1])
    return Live(pair[0], digest_, SIGNED[signed], arrived)


def digest_of(source: Mapping[str, Any]) -> bytes:
    """The digest of a `_source`, as the leaves have it."""
    try:
        return bytes.fromhex(digest(source))
    except ValueError:
        # NaN or infinity: no document of this bundle has them, but whoever tampers may write them.
        return hashlib.sha256(json.dumps(source, sort_keys=True).encode()).digest()


def arrived_ms(source: Mapping[str, Any]) -> int:
    """`event.created` of a document; -1 without one."""
    event = source.get("event")
    created = event.get("created") if isinstance(event, dict) else None
    try:
        return milliseconds(created) if isinstance(created, str) else -1
    except ValueError:
        return -1


def milliseconds(text: str) -> int:
    """Milliseconds since 1970 of an ISO time. ValueError when it is none."""
    moment = datetime.fromisoformat(text)
    return int((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp() * 1000)


def documents(es: Elasticsearch, index: str, kind: str, tell: Tell) -> Iterator[tuple[str, Json]]:
    """`_id` and `_source` of every document: one point in time, a page at a time. UserError when reading fails."""
    with words():
        # The reader may not refresh. A closed day was refreshed long ago.
        with suppress(AuthorizationException):
            es.indices.refresh(index=index)
        pit = str(es.open_point_in_time(index=index, keep_alive=KEEP_ALIVE)["id"])
    size = PAGE if kind in _SHORT else SMALL_PAGE
    body: Json = {"size": size, "sort": ["_shard_doc"], "track_total_hits": True}
    body |= {"allow_partial_search_results": False, "filter_path": "pit_id,hits.total,hits.hits"}
    total = 0
    try:
        while True:
            answer = patiently(partial(_page, es, {"id": pit, "keep_alive": KEEP_ALIVE}, body))
            pit = answer.get("pit_id", pit)
            hits = answer["hits"].get("hits", [])
            total = answer["hits"].get("total", {}).get("value", total)
            for hit in hits:
                # An index that was made anew with `_source` off has none.
                yield hit["_id"], hit.get("_source") or {}
            tell(len(hits), total)
            if len(hits) < size:
                return
            body |= {"search_after": hits[-1]["sort"], "track_total_hits": False}
    finally:
        with suppress(ApiError, TransportError):
            es.close_point_in_time(id=pit)


def _page(es: Elasticsearch, snapshot: Json, body: Json) -> Json:
    answer: Json = es.search(pit=snapshot, **body).body
    return answer


def patiently(ask: Callable[[], Any]) -> Json:
    """Ask again when the connection breaks. UserError when it stays broken, or Elasticsearch refuses."""
    return patience.patiently(ask, _refusal)


def words() -> AbstractContextManager[None]:
    """Tell a failure of Elasticsearch as a person reads it."""
    return patience.words(_refusal)


def _refusal(error: ApiError) -> str | None:
    return ROLES if isinstance(error, AuthorizationException) else None
