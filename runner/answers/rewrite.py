"""Writes changed documents in place by bulk requests, each announced by a record before (`runner.cluster.changes`).

A document that another wrote meanwhile is never overwritten: it is read again and judged anew. What Elasticsearch
refuses is told, and does not stop the rest.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from elastic_transport import TransportError
from elasticsearch import ApiError

from generator.errors import UserError
from runner.answers.reader import words
from runner.cluster.changes import Changed, Journal
from runner.cluster.digest import digest
from runner.cluster.reasons import cause_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from runner.answers.reprice_state import State
    from runner.answers.stored import Store, Stored

Json = dict[str, Any]
#: Seconds before each retry of what was not answered or not taken: 31 s in all.
WAITS: Final = (1.0, 2.0, 4.0, 8.0, 16.0)
BUSY: Final = frozenset({429, 502, 503, 504})
CONFLICT: Final = 409
NOT_ALLOWED: Final = frozenset({401, 403})
_SUCCESS: Final = 300
#: How often a document is judged anew that others keep changing.
ROUNDS: Final = 3
#: Refused documents that are told one by one.
SHOWN: Final = 20


class Change(NamedTuple):
    """A document and its new `_source`."""

    stored: Stored
    new: Json


@dataclass
class Rewriter:
    """Changes documents of a store as `judge` says, which gives the new `_source`, or None for none."""

    store: Store
    state: State
    judge: Callable[[Json], Json | None]
    sleep: Callable[[float], None] = time.sleep
    written: int = 0
    refused: int = 0
    #: the first of them, each as index, id and reason
    reasons: list[Json] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Have the run's records at hand."""
        self._journal = Journal(self.store.client, self.store.prefix, self.state.run)

    def resume(self) -> None:
        """Send again what a killed run announced last and may not have sent. UserError as in `write`."""
        with words():
            record = self._journal.read(self.state.number) if self.state.number else None
        if record is None:
            # It was killed before the record was written: the number is free.
            self.state.number = max(self.state.number - 1, 0)
            return
        index, announced = record
        by_id = {item.id: item for item in announced}
        changes = []
        for stored in self.store.again(index, list(by_id)):
            item = by_id[stored.id]
            if digest(stored.source) == item.before and (new := self.judge(stored.source)) is not None:
                changes.append(Change(stored, new))
        self._settle(index, self._send(index, changes))

    def write(self, index: str, changes: Sequence[Change]) -> None:
        """Announce and send changes of one index. UserError when Elasticsearch stops answering or refuses the right."""
        self._settle(index, changes)

    def _settle(self, index: str, changes: Sequence[Change]) -> None:
        for _ in range(ROUNDS):
            if not changes:
                return
            self._announce(index, changes)
            changes = self._send(index, changes)
        for change in changes:
            self._refuse(index, change.stored.id, "others kept changing it")

    def _announce(self, index: str, changes: Iterable[Change]) -> None:
        records = [Changed(item.id, digest(item.source), digest(new)) for item, new in changes]
        number = self.state.next()
        for wait in (*WAITS, None):
            try:
                with words():
                    return self._journal.announce(number, index, records)
            except UserError as error:
                self._pause(error, wait)
        raise AssertionError  # the last pause raises

    def _send(self, index: str, changes: Sequence[Change]) -> list[Change]:
        """Send changes until each is answered. Returns those of documents that another changed meanwhile, anew."""
        conflicts: list[Change] = []
        todo = list(changes)
        for wait in (*WAITS, None):
            if not todo:
                break
            busy: list[Change] = []
            reason = ""
            for change, item in zip(todo, self._post(index, todo), strict=True):
                status, error = int(item["status"]), item.get("error") or {}
                reason = f"{error.get('type', status)}: {error.get('reason', '')}"
                if status < _SUCCESS:
                    self.written += 1
                elif status == CONFLICT:
                    conflicts.append(change)
                elif status in BUSY:
                    busy.append(change)
                elif status in NOT_ALLOWED and error.get("type") == "security_exception":
                    raise UserError(f"Elasticsearch refuses to change {index}: {reason}", hint="see docs/reprice.md")
                else:
                    self._refuse(index, change.stored.id, reason)
            todo = busy
            if todo:
                self._pause(UserError(f"Elasticsearch does not take documents of {index}: {reason}"), wait)
        return self._judged_anew(index, conflicts) if conflicts else []

    def _judged_anew(self, index: str, conflicts: Sequence[Change]) -> list[Change]:
        after = {change.stored.id: digest(change.new) for change in conflicts}
        changes = []
        for stored in self.store.again(index, list(after)):
            if digest(stored.source) == after[stored.id]:
                # An earlier try of this very change was not answered, but done.
                self.written += 1
            elif (new := self.judge(stored.source)) is not None:
                changes.append(Change(stored, new))
        return changes

    def _post(self, index: str, changes: Sequence[Change]) -> list[Json]:
        operations: list[Json] = []
        for stored, new in changes:
            version = {"if_seq_no": stored.seq_no, "if_primary_term": stored.primary_term}
            operations += [{"index": {"_id": stored.id, **version}}, new]
        try:
            answer = self.store.client.bulk(index=index, operations=operations)
        except TransportError as error:
            return [{"status": 503, "error": {"type": "no answer", "reason": cause_of(error)}}] * len(changes)
        except ApiError as error:
            if error.status_code in NOT_ALLOWED:
                with words():
                    raise
            return [{"status": error.status_code, "error": {"reason": str(error)}}] * len(changes)
        return [item["index"] for item in answer["items"]]

    def _refuse(self, index: str, id_: str, reason: str) -> None:
        self.refused += 1
        if len(self.reasons) < SHOWN:
            self.reasons.append({"index": index, "id": id_, "reason": reason[:500]})

    def _pause(self, error: UserError, wait: float | None) -> None:
        """Wait before the next try; raise the error when there is none."""
        if wait is None:
            raise error
        self.sleep(wait)
