"""Which indices still take documents, and from which day a change of a template holds.

The bundle makes an index a day (or a month, or a year). A change of a template reaches only indices that are made after
it; a new field can be put into an index that exists.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from elasticsearch import ApiError

from runner.cluster.present import HEADERS

if TYPE_CHECKING:
    from elasticsearch import Elasticsearch

Json = dict[str, Any]
_PERIOD: Final = re.compile(r"-(\d{4})(?:\.(\d\d))?(?:\.(\d\d))?$")
#: What a key needs to see the indices, and to put a new field into one.
SEE: Final = "view_index_metadata"
CHANGE: Final = "manage"
#: Requests name this many indices at most, since they stand in the address.
_AT_ONCE: Final = 40


def today() -> date:
    """The current day in UTC, by which indices are named."""
    return datetime.now(UTC).date()


@dataclass(frozen=True)
class Index:
    """An index that takes documents, and its mapping."""

    name: str
    mapping: Json
    #: The first day after its period; None for an index without a date in its name.
    next: date | None


@dataclass(frozen=True)
class Open:
    """The indices that take documents, by index template, and what the key may do with them."""

    by_template: dict[str, list[Index]]
    #: Templates whose indices the key can't see, or can't change.
    unseen: frozenset[str] = frozenset()
    fixed: frozenset[str] = frozenset()

    def next_day(self, templates: list[str], now: date) -> date:
        """The first day whose indices are all made by templates that are written now."""
        if self.unseen & set(templates):
            return now + timedelta(days=1)
        days = [index.next for name in templates for index in self.by_template.get(name, []) if index.next]
        return max([now, *days])


def read(es: Elasticsearch, patterns: dict[str, list[str]], now: date, days: int) -> Open:
    """The indices of each template that take documents: of the last `days` days, of later ones, and without a date."""
    if not patterns:
        return Open({})
    rights = _rights(es, sorted({pattern for found in patterns.values() for pattern in found}))
    lacking = {
        right: frozenset(name for name, found in patterns.items() if not all(rights[one][right] for one in found))
        for right in (SEE, CHANGE)
    }
    names = {
        template: [name for name in _names(es, found) if _takes(name, now, days)]
        for template, found in patterns.items()
        if template not in lacking[SEE]
    }
    mappings = _mappings(es, sorted({name for found in names.values() for name in found}))
    by_template = {
        template: [Index(name, mappings[name], after(name)) for name in found if name in mappings]
        for template, found in names.items()
    }
    return Open(by_template, lacking[SEE], lacking[CHANGE])


def after(name: str) -> date | None:
    """The first day after the period in an index's name; None without a period."""
    match = _PERIOD.search(name)
    if match is None:
        return None
    year, month, day = (int(part) if part else None for part in match.groups())
    try:
        if year and month and day:
            return date(year, month, day) + timedelta(days=1)
        if year and month:
            return date(year + month // 12, month % 12 + 1, 1)
        return date((year or 0) + 1, 1, 1)
    except ValueError:
        return None


def _takes(name: str, now: date, days: int) -> bool:
    following = after(name)
    return following is None or following > now - timedelta(days=days - 1)


def _rights(es: Elasticsearch, patterns: list[str]) -> dict[str, dict[str, bool]]:
    """Pattern → what the key may do with its indices. Without security everybody may do everything."""
    body = {"index": [{"names": patterns, "privileges": [SEE, CHANGE]}]}
    try:
        answer = es.perform_request("POST", "/_security/user/_has_privileges", headers=HEADERS, body=body).body
    except ApiError:
        return {pattern: {SEE: True, CHANGE: True} for pattern in patterns}
    return dict(answer["index"])


def _names(es: Elasticsearch, patterns: list[str]) -> list[str]:
    path = f"/_resolve/index/{','.join(patterns)}?expand_wildcards=open,hidden"
    answer = es.perform_request("GET", path, headers=HEADERS).body
    return sorted(index["name"] for index in answer["indices"])


def _mappings(es: Elasticsearch, names: list[str]) -> dict[str, Json]:
    result: dict[str, Json] = {}
    for start in range(0, len(names), _AT_ONCE):
        part = ",".join(names[start : start + _AT_ONCE])
        answer = es.perform_request("GET", f"/{part}/_mapping?ignore_unavailable=true", headers=HEADERS).body
        result |= {name: found["mappings"] for name, found in answer.items()}
    return result
