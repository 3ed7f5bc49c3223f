"""Our calls, as the comparison needs them."""

from __future__ import annotations

from datetime import UTC, date, datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final, NamedTuple
from zoneinfo import ZoneInfo

from runner.answers.reconcile.bill import Tokens

if TYPE_CHECKING:
    from collections.abc import Iterator

    from runner.answers.reader import Selection
    from runner.answers.reconcile.models import Models

FIELDS: Final = (
    "gen_ai.request.model",
    "gen_ai.response.model",
    "gen_ai.response.id",
    "gen_ai.usage.input_tokens",
    "gen_ai.usage.output_tokens",
    "gen_ai.usage.cache_read.input_tokens",
    "gen_ai.usage.cache_creation.input_tokens",
    "holysheep.usage.total_tokens",
    "holysheep.cost.total_nano",
    "holysheep.cost.status",
    "holysheep.cost.unpriced_reason",
    "holysheep.price.model",
    "holysheep.retry_count",
)
#: Kept in the document's source alone: reading it takes longer.
OWN_ID: Final = "event.id"
#: Why a call has no price although its model may have one: the line does not say how many tokens there were.
WITHOUT_TOKENS: Final = frozenset({"no_usage", "only_total_tokens", "no_input_tokens"})
#: Zones change by quarters of an hour, so a day is looked up once for each.
_QUARTER_MS: Final = 900_000


class Logged(NamedTuple):
    """A call of ours."""

    at_ms: int
    model: str
    tokens: Tokens
    nano: int
    #: priced, not_billed, unpriced or missing_usage
    status: str
    retries: int
    response_id: str
    own_id: str


def calls(selection: Selection, models: Models, *, own_ids: bool) -> Iterator[Logged]:
    """Every call of a selection. UserError when Elasticsearch can't be asked."""
    for found in selection.documents(FIELDS, stored=(OWN_ID,) if own_ids else ()):
        yield logged(found, models)


def logged(found: dict[str, Any], models: Models) -> Logged:
    """A document's columns as a call."""
    name = found.get("holysheep.price.model")
    if name is None:
        name = models.row(found.get("gen_ai.request.model") or found.get("gen_ai.response.model") or "").name
    status = found.get("holysheep.cost.status", "unpriced")
    if status == "unpriced" and found.get("holysheep.cost.unpriced_reason") in WITHOUT_TOKENS:
        status = "missing_usage"
    return Logged(
        found["@timestamp"],
        name,
        _tokens(found),
        found.get("holysheep.cost.total_nano", 0),
        status,
        found.get("holysheep.retry_count", 0),
        found.get("gen_ai.response.id", ""),
        found.get(OWN_ID, ""),
    )


def _tokens(found: dict[str, Any]) -> Tokens:
    cached = found.get("gen_ai.usage.cache_read.input_tokens", 0)
    written = found.get("gen_ai.usage.cache_creation.input_tokens", 0)
    output = found.get("gen_ai.usage.output_tokens", 0)
    plain = found.get("gen_ai.usage.input_tokens", 0) - cached - written
    if not (plain or cached or written or output):
        return Tokens(plain=found.get("holysheep.usage.total_tokens", 0))
    return Tokens(max(plain, 0), cached, written, output)


def local_day(at_ms: int, zone: str) -> date:
    """The calendar day of a moment in a zone."""
    return _day_of_quarter(at_ms // _QUARTER_MS, zone)


@lru_cache(maxsize=8192)
def _day_of_quarter(quarter: int, zone: str) -> date:
    return datetime.fromtimestamp(quarter * _QUARTER_MS // 1000, UTC).astimezone(ZoneInfo(zone)).date()
