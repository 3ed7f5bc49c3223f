"""The register of erasure requests: deadlines by a fixed clock, warnings, entries that nobody can change."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from elasticsearch import ConflictError

from generator.errors import UserError
from runner.compliance import register
from runner.compliance.register import Register
from runner.compliance.subject import Subject

if TYPE_CHECKING:
    from tests.integration.node import Node

pytestmark = [pytest.mark.integration, pytest.mark.newest]
ASKED = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)
#: 30 days after 1 March, 09:30: March has 31 days.
DEADLINE = datetime(2026, 3, 31, 9, 30, tzinfo=UTC)
(HASH,) = Subject("user", "anna", (b"a key",)).register_hashes


@pytest.mark.parametrize(
    ("now", "days", "state"),
    [
        (ASKED, 30, "30 days left"),
        (ASKED + timedelta(seconds=1), 29, "29 days left"),
        (datetime(2026, 3, 29, 9, 30, tzinfo=UTC), 2, "2 days left"),
        (datetime(2026, 3, 30, 9, 30, tzinfo=UTC), 1, "1 day left"),
        (datetime(2026, 3, 31, 9, 29, tzinfo=UTC), 0, "less than a day left"),
        (datetime(2026, 3, 31, 9, 31, tzinfo=UTC), -1, "LATE: since less than a day"),
        (datetime(2026, 4, 2, 9, 31, tzinfo=UTC), -3, "LATE: 2 days"),
    ],
)
def test_the_deadline_is_thirty_days(empty: Node, now: datetime, days: int, state: str) -> None:
    """Whole days that are left, by the clock; a request is late from the moment of its deadline on, and warned of."""
    with empty.client() as es:
        Register(es, empty.prefix, lambda: ASKED).add("user", HASH)
        (request,) = Register(es, empty.prefix).read()
    assert (request.asked, request.deadline) == (ASKED, DEADLINE)
    assert (request.days_left(now), request.state(now)) == (days, state)
    late = f"erasure request {request.id} is {state}; its deadline was 2026-03-31 09:30 UTC"
    assert register.warnings([request], now) == ([late] if days < 0 else [])


def test_a_request_is_met(empty: Node) -> None:
    """Met three days later: it has documents and certificate, and is no more late than it was."""
    done = ASKED + timedelta(days=3)
    with empty.client() as es:
        request = Register(es, empty.prefix, lambda: ASKED).add("user", HASH)
        assert register.open_of(Register(es, empty.prefix).read(), [HASH]) == request
        Register(es, empty.prefix, lambda: done).finish(request, 17, "20260304T093000Z-abcd")
        (met,) = Register(es, empty.prefix).read()
        assert register.open_of([met], [HASH]) is None
        # Its entries stay as they are: the same entry can't be written again.
        with pytest.raises(ConflictError):
            Register(es, empty.prefix, lambda: done).finish(request, 0, "")
    assert (met.ended, met.documents, met.certificate) == (done, 17, "20260304T093000Z-abcd")
    assert met.state(DEADLINE + timedelta(days=9)) == "done"
    assert register.warnings([met], DEADLINE + timedelta(days=9)) == []


def test_a_request_is_closed_with_a_reason(empty: Node) -> None:
    """A withdrawn request is no longer open, and its reason is kept; a request that is not open can't be closed."""
    with empty.client() as es:
        requests = Register(es, empty.prefix, lambda: ASKED)
        first = requests.add("user", HASH, ASKED - timedelta(days=10))
        second = requests.add("session", "0" * 64)
        assert [item.id for item in requests.read()] == [first.id, second.id]
        requests.close(first.id, "withdrawn by the person")
        closed = requests.read()[0]
        with pytest.raises(UserError, match="there is no open request"):
            requests.close(first.id, "again")
    assert (closed.state(DEADLINE), closed.note) == ("closed", "withdrawn by the person")


def test_the_hash_needs_the_key() -> None:
    """Another key, kind or name is another hash; after a change of the key the older one is tried too."""
    others = [
        *Subject("user", "anna", (b"another key", b"a key")).register_hashes,
        *Subject("session", "anna", (b"a key",)).register_hashes,
        *Subject("user", "anne", (b"a key",)).register_hashes,
    ]
    assert others.pop(1) == HASH
    assert len({HASH, *others}) == 4
    assert len(HASH) == 64
