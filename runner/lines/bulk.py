"""Sends documents to Elasticsearch with the official client: each is stored once, and a refused one is reported."""

from __future__ import annotations

import base64
import hashlib
import json
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from elastic_transport import ConnectionError as Unreachable
from elastic_transport import ConnectionTimeout
from elasticsearch import ApiError, Elasticsearch

from generator.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Callable

MAX_DOCUMENTS: Final = 1000
MAX_BYTES: Final = 4 * 1024 * 1024
#: Seconds before each retry: 31 s in all, longer than a garbage collection or a full queue lasts.
WAITS: Final = (1, 2, 4, 8, 16)
BUSY: Final = frozenset({429, 502, 503, 504})
REFUSED: Final = frozenset({400, 404})

Document = dict[str, Any]


@dataclass
class Counts:
    """Number of documents that were created, were known already, or became dead letters."""

    created: int = 0
    known: int = 0
    dead: int = 0


def dead_letter(document: Document, reason: str, prefix: str) -> Document:
    """The dead letter of a refused document. Its id follows from the document's id, so it is stored once as well."""
    source = document["_source"]
    moment = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")
    index, identity = str(document["_index"]), str(document["_id"])
    digest = hashlib.sha256(f"{index}\0{identity}".encode()).digest()[:16]
    document_time = source.get("@timestamp")
    if isinstance(document_time, str) and index[-10:] == document_time[:10].replace("-", "."):
        moment = document_time
    letter = {"reason": reason[:8000], "index": index, "id": identity, "document": json.dumps(source)}
    holysheep: Document = {"deadletter": letter}
    if isinstance(name := source.get("holysheep", {}).get("source"), str):
        holysheep["source"] = name
    return {
        "_index": f"{prefix}-deadletter-{moment[:10].replace('-', '.')}",
        "_id": base64.urlsafe_b64encode(digest).decode().rstrip("="),
        "_source": {"@timestamp": moment, "event": {"id": identity}, "holysheep": holysheep},
    }


@dataclass
class Bulk:
    """Collects documents and sends them in batches as `create`. `sent` is called after each confirmed batch."""

    es: Elasticsearch
    prefix: str
    sent: Callable[[], None]
    sleep: Callable[[float], None] = time.sleep
    counts: Counts = field(default_factory=Counts)
    _held: list[Document] = field(default_factory=list)
    _bytes: int = 0

    def add(self, document: Document, size: int) -> None:
        """Add a document. `size`: its approximate bytes."""
        self._held.append(document)
        self._bytes += size
        if len(self._held) >= MAX_DOCUMENTS or self._bytes >= MAX_BYTES:
            self.flush()

    def flush(self) -> None:
        """Send the collected documents, and wait until each is created, known, or stored as a dead letter."""
        letters = self._send(self._held)
        if second := self._send(letters):
            what = second[0]["_source"]["holysheep"]["deadletter"]["reason"]
            raise UserError(f"a dead letter was refused: {what}", where="elasticsearch", hint="run `make render up`")
        self.counts.created -= len(letters)  # they count as dead, not as created
        self.counts.dead += len(letters)
        self._held, self._bytes = [], 0
        self.sent()

    def _send(self, documents: list[Document]) -> list[Document]:
        """Send documents until each has an answer. Returns the dead letters of the refused documents."""
        letters: list[Document] = []
        todo = documents
        for wait in (*WAITS, None):
            if not todo:
                return letters
            busy = "no answer"
            again: list[Document] = []
            for document, item in zip(todo, self._post(todo), strict=True):
                status = int(item["status"])
                error = item.get("error") or {}
                reason = f"{error.get('type', status)}: {error.get('reason', '')}"
                if status in BUSY:
                    again.append(document)
                    busy = reason
                elif status in REFUSED:
                    letters.append(dead_letter(document, _full(error, reason), self.prefix))
                elif status == 409:  # noqa: PLR2004  # a document with this id exists
                    self.counts.known += 1
                elif status < 300:  # noqa: PLR2004
                    self.counts.created += 1
                else:
                    raise UserError(f"{document['_index']}: {reason}", where="elasticsearch", hint="see `make logs`")
            todo = again
            if todo and wait is None:
                raise UserError(
                    f"{len(todo)} documents were not taken after {sum(WAITS)} s: {busy}",
                    where="elasticsearch",
                    hint="see `make status` and `make logs`, then run `make up` again: nothing is fed twice",
                )
            if todo and wait is not None:
                self.sleep(wait)
        return letters

    def _post(self, documents: list[Document]) -> list[dict[str, Any]]:
        operations: list[Document] = []
        for document in documents:
            operations += [{"create": {"_index": document["_index"], "_id": document["_id"]}}, document["_source"]]
        try:
            answer = self.es.bulk(operations=operations)
        except (Unreachable, ConnectionTimeout) as error:
            return [{"status": 503, "error": {"type": "unreachable", "reason": str(error)}}] * len(documents)
        except ApiError as error:
            if error.status_code in BUSY:
                return [{"status": error.status_code, "error": {"reason": str(error)}}] * len(documents)
            raise UserError(str(error), where="elasticsearch") from error
        return [item["create"] for item in answer["items"]]


def _full(error: dict[str, Any], reason: str) -> str:
    """The reason followed by its causes: the outermost reason seldom names the field that is wrong."""
    cause = error.get("caused_by")
    while isinstance(cause, dict):
        reason += f"; caused by {cause.get('type')}: {cause.get('reason')}"
        cause = cause.get("caused_by")
    return reason
