"""A price entry of the card as YAML's flow style. What no price list states comes from the model's entry before it."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Final

from generator.card.moments import iso
from runner.prices.compare import entry_at, plain
from runner.prices.quote import KINDS, Quote

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime
    from decimal import Decimal

    from generator.card.hours import Window
    from generator.card.model import Model
    from generator.card.price import Hours, Price, Rates, Tier, Unit

_PLAIN: Final = re.compile(r"[A-Za-z][A-Za-z0-9]*([._-][A-Za-z0-9]+)*", re.ASCII)
_WORDS: Final = frozenset({"null", "true", "false", "yes", "no", "on", "off", "y", "n"})


def entry_text(quote: Quote, start: datetime, before: Model | None) -> str:
    """The source's price from `start` on, as a line of the list `prices`."""
    old = entry_at(before, start) if before else None
    rates = (_stated(old) if old else {}) | dict(quote.rates)
    fields = [f"from: {day(start)}", *_rates(rates)]
    fee = quote.fee if quote.fee is not None else old.fee if old else None
    if fee:
        fields.append(f"fee: {plain(fee)}")
    if quote.tiers is not None:
        fields += _list("tiers", (_tier(above, step) for above, step in quote.tiers))
    elif old is not None:
        fields += _tiers(old.tiers)
    if old is not None:
        fields += _carried(old)
    return f"- {{{', '.join(fields)}}}"


def scalar(text: str) -> str:
    """A text as a YAML scalar, in quotes unless it is a plain word."""
    if _PLAIN.fullmatch(text) and text.lower() not in _WORDS:
        return text
    return json.dumps(text, ensure_ascii=False)


def day(moment: datetime) -> str:
    """A date where the moment is midnight UTC, else the time."""
    text = iso(moment)
    return text.removesuffix("T00:00:00.000Z")


def _carried(old: Price) -> list[str]:
    by_name = {"service_tiers": old.service_tiers, "regions": old.regions, "tools": old.tools or None}
    fields = [_mapping(name, values) for name, values in by_name.items() if values is not None]
    if units := [f"{name}: {_unit(unit)}" for name, unit in old.units if unit is not None]:
        fields.append(f"units: {{{', '.join(units)}}}")
    fields += _list("hours", map(_hours, old.hours))
    if old.minimum:
        fields.append(f"minimum: {plain(old.minimum)}")
    for key in ("discount", "margin"):
        if (value := getattr(old, key)) is not None:
            fields.append(f"{key}: {plain(value)}")
    return fields


def _mapping(name: str, values: Mapping[str, Decimal]) -> str:
    return f"{name}: {{{', '.join(f'{scalar(key)}: {plain(value)}' for key, value in values.items())}}}"


def _unit(unit: Unit) -> str:
    least = f", minimum: {plain(unit.minimum)}" if unit.minimum else ""
    return f"{{usd: {plain(unit.usd)}, per: {unit.per}{least}}}"


def _hours(hours: Hours) -> str:
    fields = [*_list("utc", map(_window, hours.utc)), *_list("days", hours.days)]
    return f"{{{', '.join([*fields, *_rates(_stated(hours)), *_tiers(hours.tiers)])}}}"


def _window(window: Window) -> str:
    start, end = (f"{minute // 60:02}:{minute % 60:02}" for minute in (window.start, window.end))
    return f'"{start}-{end}"'


def _tiers(tiers: Iterable[Tier]) -> list[str]:
    return _list("tiers", (_tier(tier.above, _stated(tier)) for tier in tiers))


def _tier(above: int, rates: Mapping[str, Decimal]) -> str:
    return f"{{above: {above}, {', '.join(_rates(rates))}}}"


def _list(name: str, items: Iterable[str]) -> list[str]:
    """The field `name`, or nothing when there are no items."""
    texts = list(items)
    return [f"{name}: [{', '.join(texts)}]"] if texts else []


def _rates(rates: Mapping[str, Decimal]) -> list[str]:
    return [f"{kind}: {plain(rates[kind])}" for kind in KINDS if kind in rates]


def _stated(part: Rates) -> dict[str, Decimal]:
    return {kind: value for kind in KINDS if (value := getattr(part, kind)) is not None}
