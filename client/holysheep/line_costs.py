"""Tokens and cost of a call, from what `log()` was given to what its line says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from holysheep import usage, usage_names
from holysheep.price import Call, Outcome, usd
from holysheep.price.match import PLAIN_TIERS
from holysheep.usage import Details, Tokens

if TYPE_CHECKING:
    from holysheep.card import Card

    Record = dict[str, Any]
    Line = dict[str, Any]

#: Names of `log()` and keys of a line → unit of the price card.
UNITS: Final = {
    "image_count": "images", "audio_seconds": "audio_seconds", "video_seconds": "video_seconds",
    "character_count": "characters", "page_count": "pages", "search_units": "search_units",
}  # fmt: skip
_KINDS: Final = tuple((f"{kind}_tokens", kind) for kind in Details._fields[:6])
#: What few calls have.
DETAILS: Final = frozenset({"tool_counts", *UNITS, *(name for name, _ in _KINDS)})


def tokens_of(record: Record) -> Tokens:
    """What the API said by its usage object, or the application by names."""
    get = record.get
    told = get("usage")
    if told is not None:
        tokens = usage.read(told, (get("model"), get("response_model")))
    else:
        tokens = Tokens(
            get("input_tokens"), get("output_tokens"), get("cached_tokens"), get("cache_write_tokens"),
            get("cache_write_1h_tokens"), get("reasoning_tokens"), get("total_tokens"),
        )  # fmt: skip
        if tokens.reasoning:
            tokens = usage.with_thoughts(tokens)
    return tokens if DETAILS.isdisjoint(record) else tokens._replace(details=_details(record, tokens.details))


def _details(record: Record, read: Details | None) -> Details | None:
    """The named ones over those of the usage object, which counts tool calls better than the items of an answer do."""
    of_usage = read or Details()
    named = {kind: record[name] for name, kind in _KINDS if record.get(name)}
    units = {unit: record[name] for name, unit in UNITS.items() if usage_names.amount(record.get(name))}
    tools = {**usage_names.tools(record.get("tool_counts")), **(of_usage.tools or {})}
    units = {**(of_usage.units or {}), **units}
    details = of_usage._replace(**named, tools=tools or None, units=units or None)
    return details if any(details) else None


def take_terms(record: Record, tokens: Tokens) -> None:
    """Service tier and region that the usage object tells, into the record. Anthropic's fast mode is a service tier."""
    if tokens.service_tier is not None:
        record["service_tier"] = tokens.service_tier
    if tokens.region is not None and record.get("region") is None:
        record["region"] = tokens.region


def write_counts(line: Line, tokens: Tokens) -> None:
    """Under the second document's names. Without usage there is no count, and the line says so."""
    sent, got, cached, write, write_1h, reasoning, total, details, _, _ = tokens
    if sent is not None:
        line["request_tokens"] = sent
    if got is not None:
        line["response_tokens"] = got
    if sent is not None or got is not None:
        line["total_tokens"] = (sent or 0) + (got or 0)
    elif total is not None:
        line["total_tokens"] = total
    if cached is not None:
        line["cached_tokens"] = cached
    if write is not None:
        line["cache_write_tokens"] = write
    if write_1h is not None:
        line["cache_write_1h_tokens"] = write_1h
    if reasoning is not None:
        line["reasoning_tokens"] = reasoning
    if details is not None:
        _write_details(line, details)
    known = sent is not None or got is not None or total is not None or details is not None
    line["usage_source"] = "api" if known else "none"


def _write_details(line: Line, details: Details) -> None:
    for (name, _), count in zip(_KINDS, details, strict=False):
        if count:
            line[name] = count
    if details.tools:
        line["tool_counts"] = dict(details.tools)
    for name, unit in UNITS.items():
        if details.units and unit in details.units:
            line[name] = details.units[unit]


def call_of(record: Record, tokens: Tokens, at_ms: int, *, failed: bool) -> Call:
    """What the price card needs to know."""
    get = record.get
    sent, got, cached, write, write_1h, reasoning, total, details, _, _ = tokens
    call = Call(
        get("model"), at_ms, sent, got, cached, write, reasoning, total, get("service_tier"), failed, write_1h,
        get("response_model"), get("region"),
    )  # fmt: skip
    if details is not None:
        call.input_audio, call.input_image = details.input_audio, details.input_image
        call.cached_audio, call.cached_image = details.cached_audio, details.cached_image
        call.output_audio, call.output_image = details.output_audio, details.output_image
        call.tools, call.units = details.tools, details.units
    return call


def total_of(card: Card, record: Record, tokens: Tokens, at_ms: int) -> int | None:
    """Nano-USD of an ordinary call that did not fail; None where the price card needs to know more."""
    if tokens[7] is not None or record.get("region") is not None:
        return None
    tier = record.get("service_tier")
    if tier is not None and tier not in PLAIN_TIERS:
        return None
    return card.total(record.get("model"), record.get("response_model"), at_ms, tokens[:7])


def write_total(line: Line, nano: int) -> None:
    """As `write_cost` does for a call that is priced."""
    line["cost_status"] = "priced"
    line["cost_usd"] = usd(nano)
    line["cost_nano"] = nano


def write_cost(line: Line, outcome: Outcome) -> None:
    """Nano-USD as integer, and the same as a USD double; nothing where the card can't say."""
    line["cost_status"] = outcome.status
    if outcome.cost is not None:
        line["cost_usd"] = usd(outcome.cost.total)
        line["cost_nano"] = outcome.cost.total
    elif outcome.reason:
        line["unpriced_reason"] = outcome.reason
