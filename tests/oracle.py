"""What a call costs by the card as its user writes it, in exact fractions. It shares no code with the program."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from generator.card import Card
    from generator.card.model import Model, Price, Rates
    from generator.card.price import Hours
    from holysheep.price import Call

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
Bill = dict[str, int]


def _clean(name: str) -> str:
    return name.strip(" \t\n\v\f\r").lower() if name.isascii() else name.strip(" \t\n\v\f\r")


def _open(hours: Hours, at: datetime) -> bool:
    """Whether a window is open: it began today or, if it runs past midnight, yesterday, on one of its days."""
    for window in hours.utc:
        for back in (0, 1):
            midnight = datetime(at.year, at.month, at.day, tzinfo=UTC) - timedelta(days=back)
            if hours.days and _DAYS[midnight.weekday()] not in hours.days:
                continue
            length = (window.end - window.start) if window.end > window.start else window.end + 1440 - window.start
            start = midnight + timedelta(minutes=window.start)
            if start <= at < start + timedelta(minutes=length):
                return True
    return False


def _or(*rates: object) -> Fraction:
    """The first rate that the card gives."""
    return next(Fraction(str(rate)) for rate in rates if rate is not None)


def price_of(model: Model, call: Call) -> Price:
    """The entry that holds at the time of the call."""
    at = datetime.fromtimestamp(call.at_ms / 1000, UTC)
    return max((price for price in model.prices if price.from_ <= at), key=lambda price: price.from_)


def rates_of(price: Price, call: Call, sent: int) -> Rates:
    """The rates that hold: of the open hours, else of the entry, and of the last tier below the prompt."""
    at = datetime.fromtimestamp(call.at_ms / 1000, UTC)
    entry = next((hours for hours in price.hours if _open(hours, at)), price)
    return next((tier for tier in reversed(entry.tiers) if sent > tier.above), entry)


def _take(count: int | None, left: int) -> int:
    return min(max(count or 0, 0), left)


def _tokens(rates: Rates, call: Call) -> dict[str, Fraction]:
    """USD of the tokens, a million times."""
    read, write = call.cache_read or 0, call.cache_write or 0
    left = (call.input or 0) - read - write
    audio = _take((call.input_audio or 0) - (call.cached_audio or 0), left)
    image = _take((call.input_image or 0) - (call.cached_image or 0), left - audio)
    read_audio = _take(call.cached_audio, read)
    read_image = _take(call.cached_image, read - read_audio)
    thought = _take(call.reasoning, call.output or 0)
    spoken = _take(call.output_audio, (call.output or 0) - thought)
    drawn = _take(call.output_image, (call.output or 0) - thought - spoken)
    hour = _take(call.cache_write_1h, write)
    text, made = _or(rates.input), _or(rates.output)
    written = _or(rates.cache_write, rates.input)
    return {
        "input": (left - audio - image) * text
        + audio * _or(rates.input_audio, rates.input)
        + image * _or(rates.input_image, rates.input),
        "output": ((call.output or 0) - thought - spoken - drawn) * made
        + spoken * _or(rates.output_audio, rates.output)
        + drawn * _or(rates.output_image, rates.output),
        "reasoning": thought * _or(rates.reasoning, rates.output),
        "cached_input": (read - read_audio - read_image) * _or(rates.cached_input, rates.input)
        + read_audio * _or(rates.cached_audio, rates.cached_input, rates.input_audio, rates.input)
        + read_image * _or(rates.cached_image, rates.cached_input, rates.input_image, rates.input),
        "cache_write": (write - hour) * written + hour * _or(rates.cache_write_1h, written),
    }


def _factors(card: Card, model: Model, price: Price, call: Call) -> tuple[Fraction, Fraction]:
    """What tokens, units and fee are multiplied by; and what tools and the minimum are."""
    own = (1 - _or(price.discount, card.discount)) * (1 + _or(price.margin, card.margin))
    tiers = model.service_tiers if price.service_tiers is None else price.service_tiers
    regions = model.regions if price.regions is None else price.regions
    tier = {_clean(name): Fraction(by) for name, by in tiers.items()}.get(_clean(call.service_tier or ""), Fraction(1))
    region = {_clean(name): Fraction(by) for name, by in regions.items()}.get(_clean(call.region or ""), Fraction(1))
    return own * tier * region, own


def _units(price: Price, call: Call) -> Fraction:
    total = Fraction(0)
    for name, amount in (call.units or {}).items():
        unit = getattr(price.units, name)
        if unit is not None and amount > 0:
            thousandths = (Fraction(amount) * 1000 + Fraction(1, 2)) // 1
            total += max(Fraction(thousandths, 1000), Fraction(unit.minimum)) * Fraction(unit.usd) / unit.per
    return total


def nano(usd: Fraction) -> int:
    """USD to 10⁻⁹ USD, a half up."""
    return int((usd * 10**9 + Fraction(1, 2)) // 1)


def bill(card: Card, model: Model, call: Call) -> Bill:
    """The parts and the total of a priced call, each rounded by itself."""
    price = price_of(model, call)
    if call.input is None and call.output is None and call.total is not None:
        tokens = {"input": call.total * Fraction(rates_of(price, call, call.total).input)}
    else:
        tokens = _tokens(rates_of(price, call, call.input or 0), call)
    by, own = _factors(card, model, price, call)
    tools = {_clean(name): Fraction(fee) for name, fee in price.tools.items()}
    parts = {name: part / 10**6 * by for name, part in tokens.items()}
    parts["fee"] = Fraction(price.fee) * by
    parts["units"] = _units(price, call) * by
    parts["tools"] = (
        sum((tools.get(name, Fraction(0)) * n for name, n in (call.tools or {}).items()), Fraction(0)) * own
    )
    exact, least = sum(parts.values(), Fraction(0)), Fraction(price.minimum) * own
    parts["minimum"] = max(least - exact, Fraction(0))
    return {**{name: nano(part) for name, part in parts.items()}, "total": nano(max(exact, least))}
