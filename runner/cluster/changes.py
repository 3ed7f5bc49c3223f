"""Records of lawful changes: what a command changes or deletes is told in the index kind `changes` before it happens.

One record for each bulk request, with the digest of every document before and after. Whoever checks the documents later
(seals) can tell a re-priced document from one that somebody edited.

A record is an announcement: a document of it that Elasticsearch refused, or that another had changed meanwhile, still
has its digest from before.
"""

from __future__ import annotations

import getpass
import re
import secrets
import socket
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final, Literal, get_args

from elasticsearch import AuthorizationException, ConflictError, NotFoundError

from generator.errors import UserError
from generator.paths import STATE
from runner.cluster.digest import canonical
from runner.host import keyring

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from elasticsearch import Elasticsearch

    from runner.host.keyring import Keyring

Json = dict[str, Any]
Kind = Literal["reprice", "classify", "erase"]
#: The kind of index: `PREFIX-changes-YYYY.MM.dd`.
INDEX: Final = "changes"
#: Names the file with the keys of records' HMACs; else it is .state/secrets/change_key, made at the first record.
KEY_VARIABLE: Final = "HOLYSHEEP_CHANGE_KEY_FILE"
#: Documents a record: some 200 kB. A bulk request is not larger either.
MOST: Final = 1000
_RUN: Final = re.compile(rf"(\d{{8}}T\d{{6}}Z)-({'|'.join(get_args(Kind))})-[0-9a-f]{{8}}")
_TIME: Final = "%Y%m%dT%H%M%SZ"
#: Longer reasons are cut: `change.reason` is searched whole.
_REASON: Final = 1000


def key_file() -> Path:
    """The file with the keys of records. It is the same in both modes, since commands of this checkout use it."""
    return keyring.path_of(KEY_VARIABLE, STATE / "secrets" / "change_key")


@dataclass(frozen=True)
class Changed:
    """A document's `_id`, and its digest before and after a change; after is None for a deletion."""

    id: str
    before: str
    after: str | None


@dataclass(frozen=True)
class Run:
    """One run of a command that changes documents. `name` says when it began, so that a resumed run finds its index."""

    name: str
    kind: Kind
    reason: str
    by: str

    @property
    def day(self) -> str:
        """UTC day of the run's begin, as index names have it. All records of a run are in this day's index."""
        return f"{datetime.strptime(self.name[:16], _TIME).replace(tzinfo=UTC):%Y.%m.%d}"


def begin(kind: Kind, reason: str, *, now: datetime | None = None) -> Run:
    """Name a new run: `20261126T104500Z-reprice-1a2b3c4d`."""
    moment = now or datetime.now(UTC)
    return Run(f"{moment:{_TIME}}-{kind}-{secrets.token_hex(4)}", kind, reason[:_REASON], person())


def person() -> str:
    """User and host of the operating system: `ann@laptop`."""
    try:
        user = getpass.getuser()
    except (OSError, KeyError):  # a container's user may have no name
        user = "unknown"
    return f"{user}@{socket.gethostname()}"


def check_name(name: str) -> None:
    """UserError when a text is not the name of a run."""
    if not _RUN.fullmatch(name):
        hint = "it looks like 20261126T104500Z-reprice-1a2b3c4d; the command prints it"
        raise UserError(f"{name!r} is not the name of a run", hint=hint)


def pattern(prefix: str) -> str:
    """All indices of records."""
    return f"{prefix}-{INDEX}-*"


def record_id(run: str, number: int) -> str:
    """`_id` of a record."""
    return f"{run}-{number}"


@dataclass(frozen=True)
class Journal:
    """The records of one run."""

    es: Elasticsearch
    prefix: str
    run: Run
    #: Signs the records: without their HMAC they explain nothing to `verify`.
    keyring: Keyring = field(default_factory=lambda: keyring.made(key_file()))

    @property
    def _index(self) -> str:
        return f"{self.prefix}-{INDEX}-{self.run.day}"

    def announce(self, number: int, index: str, documents: Sequence[Changed]) -> None:
        """Write record `number` (from 1), about documents of an index, before their bulk request is sent.

        Safe to repeat: a record that is there already stays as it is. Raises ApiError and TransportError.
        """
        part: Json = {
            "run": self.run.name,
            "number": number,
            "kind": self.run.kind,
            "index": index,
            "reason": self.run.reason,
            "by": self.run.by,
            "count": len(documents),
            "documents": [asdict(item) for item in documents],
        }
        now = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        if self.keyring.keys:
            part["key"] = self.keyring.current
            part["hmac"] = self.keyring.sign(message(part | {"@timestamp": now}))
        with suppress(ConflictError):
            self.es.create(
                index=self._index,
                id=record_id(self.run.name, number),
                document={"@timestamp": now, "change": part},
            )

    def read(self, number: int) -> tuple[str, list[Changed]] | None:
        """Index and documents of a record; None when it was not written. Raises ApiError and TransportError."""
        try:
            answer = self.es.get(index=self._index, id=record_id(self.run.name, number))
        except NotFoundError:
            return None
        part = answer["_source"]["change"]
        return part["index"], [Changed(item["id"], item["before"], item["after"]) for item in part["documents"]]


def message(part: Json) -> bytes:
    """What a record's HMAC is made of: the record as `records` gives it, without the HMAC."""
    return b"holysheep change 1\n" + canonical({name: value for name, value in part.items() if name != "hmac"})


def flaw(part: Json, keys: Keyring) -> str:
    """Why a record as `records` gives it proves nothing; empty when its HMAC is right or can't be checked."""
    if not keys.keys:
        return ""
    if not isinstance(part.get("hmac"), str):
        return "it carries no HMAC"
    signed = keys.verify(str(part.get("key")), message(part), part["hmac"])
    if signed is None:
        return f"the key {part.get('key')} is not in the file of keys"
    return "" if signed else "its HMAC is wrong"


def records(es: Elasticsearch, prefix: str, index: str | None = None) -> Iterator[Json]:
    """Every record as its `change` part with `@timestamp` added, of one changed index or all.

    Runs come in the order in which they began, the records of a run by their number. One page of ten records in memory.
    Raises ApiError and TransportError.
    """
    # Not match_all: Elasticsearch 9.5.2 fails to sort it by ascending time where a logsdb index has several segments
    # ("minDoc must be >= 0").
    query: Json = {"term": {"change.index": index}} if index else {"constant_score": {"filter": {"match_all": {}}}}
    options: Json = {"index": pattern(prefix), "ignore_unavailable": True, "allow_no_indices": True}
    # The auditor may not refresh.
    with suppress(AuthorizationException):
        es.indices.refresh(**options)
    # Not by @timestamp: Elasticsearch 9.5.2 has been seen to fail at that in an index of mode logsdb with few documents
    # ("minDoc must be >= 0 but got minDoc=-9").
    page: Json = {"query": query, "size": 10, "sort": ["change.run", "change.number"]}
    while hits := es.search(**page, **options)["hits"]["hits"]:
        for hit in hits:
            yield hit["_source"]["change"] | {"@timestamp": hit["_source"]["@timestamp"]}
        page["search_after"] = hits[-1]["sort"]
