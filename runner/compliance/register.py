"""The register of erasure requests: an entry when a request came, and one when it was met. Entries are never changed.

A subject is in it only as a keyed hash: whoever has the name and the key finds the request, nobody else finds the name.
"""

from __future__ import annotations

import secrets
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from elasticsearch import helpers

from generator.errors import UserError
from runner.cluster.changes import person

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from elasticsearch import Elasticsearch


Json = dict[str, Any]
#: The kind of index: `PREFIX-erasures-YYYY.MM.dd`, by the day of the entry.
INDEX: Final = "erasures"
#: GDPR, article 12 (3): one month. 30 days are never more than that, except in February.
DAYS: Final = 30


@dataclass(frozen=True)
class Request:
    """A request, as its entries tell it. Times are in UTC."""

    id: str
    #: What the subject is found by: user or session.
    by: str
    hmac: str
    asked: datetime
    deadline: datetime
    #: When it was met or closed; None while it is open.
    ended: datetime | None = None
    documents: int | None = None
    #: Keys of the user that were destroyed.
    keys: int | None = None
    certificate: str = ""
    note: str = ""

    def days_left(self, now: datetime) -> int:
        """Whole days until the deadline; negative when it is over, -1 within the first day after it."""
        return (self.deadline - now) // timedelta(days=1)

    def state(self, now: datetime) -> str:
        """`done`, or how long there is left, in words."""
        if self.ended:
            return "closed" if self.note else "done"
        days = self.days_left(now)
        if days < 0:
            return f"LATE: {_days(-days - 1)}" if days < -1 else "LATE: since less than a day"
        return f"{_days(days)} left" if days else "less than a day left"

    def as_json(self, now: datetime) -> Json:
        """For `--json`: times as ISO 8601, and the days that are left of an open request."""
        fields = {name: _iso(value) if isinstance(value, datetime) else value for name, value in asdict(self).items()}
        return fields | {"state": self.state(now), "days_left": None if self.ended else self.days_left(now)}


def now() -> datetime:
    """The time in UTC."""
    return datetime.now(UTC)


@dataclass(frozen=True)
class Register:
    """The register of a cluster. All methods raise ApiError and TransportError."""

    es: Elasticsearch
    prefix: str
    clock: Callable[[], datetime] = now

    def add(self, by: str, digest: str, asked: datetime | None = None) -> Request:
        """Write the entry of a new request, which came on `asked`: now, if it is left out."""
        moment = self.clock()
        asked = asked or moment
        id_ = f"{moment:%Y%m%dT%H%M%SZ}-{secrets.token_hex(4)}"
        request = Request(id_, by, digest, asked, asked + timedelta(days=DAYS))
        part = {"subject": {"kind": by, "hmac": digest}, "asked": _iso(asked), "deadline": _iso(request.deadline)}
        self._write(id_, "requested", part)
        return request

    def finish(self, request: Request, documents: int, certificate: str, keys: int = 0) -> None:
        """Write that a request was met: how many documents and keys went, and the certificate's id."""
        destroyed = {"keys": keys} if keys else {}
        self._write(request.id, "done", {"documents": documents, "certificate": certificate, **destroyed})

    def close(self, id_: str, note: str) -> None:
        """Write that a request was withdrawn or refused, and why. UserError when there is no such open request."""
        request = next((item for item in self.read() if item.id == id_), None)
        if request is None or request.ended:
            raise UserError(f"there is no open request {id_}", hint="`erase --list` shows them")
        self._write(id_, "closed", {"note": note})

    def read(self) -> list[Request]:
        """All requests, the one with the earliest deadline first."""
        entries: dict[str, dict[str, Json]] = {}
        options: Json = {"index": f"{self.prefix}-{INDEX}-*", "ignore_unavailable": True, "allow_no_indices": True}
        for hit in helpers.scan(self.es, query={"query": {"match_all": {}}}, **options):
            entry = hit["_source"]["erasure"] | {"at": hit["_source"]["@timestamp"]}
            entries.setdefault(entry["id"], {})[entry["event"]] = entry
        # An end without its request: the index of the request's day was deleted after its retention.
        requests = [_request(id_, events) for id_, events in entries.items() if "requested" in events]
        return sorted(requests, key=lambda item: (item.deadline, item.id))

    def _write(self, id_: str, event: str, part: Json) -> None:
        moment = self.clock()
        document = {"@timestamp": _iso(moment), "erasure": {"id": id_, "event": event, "by": person(), **part}}
        # Found by the next search: a second request of the same person must see the first.
        index = f"{self.prefix}-{INDEX}-{moment:%Y.%m.%d}"
        self.es.create(index=index, id=f"{id_}-{event}", document=document, refresh="wait_for")


def open_of(requests: Sequence[Request], digests: Collection[str]) -> Request | None:
    """The open request with the earliest deadline of a subject, whose hashes by all keys are given."""
    return next((item for item in requests if item.hmac in digests and not item.ended), None)


def warnings(requests: Sequence[Request], now: datetime) -> list[str]:
    """One line for each request whose deadline is over."""
    return [
        f"erasure request {item.id} is {item.state(now)}; its deadline was {item.deadline:%Y-%m-%d %H:%M} UTC"
        for item in requests
        if not item.ended and item.deadline < now
    ]


def _request(id_: str, events: dict[str, Json]) -> Request:
    asked = events["requested"]
    end = events.get("done") or events.get("closed") or {}
    return Request(
        id=id_,
        by=asked["subject"]["kind"],
        hmac=asked["subject"]["hmac"],
        asked=datetime.fromisoformat(asked["asked"]),
        deadline=datetime.fromisoformat(asked["deadline"]),
        ended=datetime.fromisoformat(end["at"]) if end else None,
        documents=end.get("documents"),
        keys=end.get("keys"),
        certificate=end.get("certificate", ""),
        note=end.get("note", ""),
    )


def _iso(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds")


def _days(count: int) -> str:
    return f"{count} day{'s' * (count != 1)}"
