"""Checks across several values of a price entry: dates, order of tiers, repeated names, hours that overlap."""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.card.hours import weeks
from generator.card.problem import Problem
from generator.card.week import DAY, DAYS
from generator.errors import show
from holysheep.price.match import PLAIN_TIERS, normalise

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from generator.card.model import Model, Price, Tier
    from generator.yamltext import Place


def check_prices(model: Model, place: Place, line: Callable[[Place], str]) -> Iterator[Problem]:
    """All mistakes of a model's factors and price entries."""
    yield from _service_tiers(model.service_tiers, (*place, "service_tiers"))
    yield from _twice(model.regions, "region", (*place, "regions"))
    dates: dict[object, Place] = {}
    for number, price in enumerate(model.prices):
        where: Place = (*place, "prices", number)
        first = dates.setdefault(price.from_, where)
        if first != where:
            since = f"{price.from_:%Y-%m-%dT%H:%M:%SZ}"
            what = f"{show(model.id)} has a price from {since} on {line((*first, 'from'))} already"
            yield Problem((*where, "from"), what, "write another date, or remove one of the two")
        yield from _entry(price, where, line)


def _entry(price: Price, where: Place, line: Callable[[Place], str]) -> Iterator[Problem]:
    yield from _service_tiers(price.service_tiers or {}, (*where, "service_tiers"))
    yield from _twice(price.regions or {}, "region", (*where, "regions"))
    yield from _twice(price.tools, "tool", (*where, "tools"))
    yield from _tiers(price.tiers, (*where, "tiers"))
    for number, hours in enumerate(price.hours):
        yield from _tiers(hours.tiers, (*where, "hours", number, "tiers"))
    yield from _overlaps(price, where, line)


def _tiers(tiers: Iterable[Tier], where: Place) -> Iterator[Problem]:
    above = 0
    for step, tier in enumerate(tiers):
        if tier.above <= above:
            what = f"the tier above {tier.above} does not follow the one above {above}"
            yield Problem((*where, step, "above"), what, "write each size once, in ascending order")
        above = max(above, tier.above)


def _overlaps(price: Price, where: Place, line: Callable[[Place], str]) -> Iterator[Problem]:
    """At any minute at most one window may be open, else two rates would hold."""
    opened = sorted(
        (first, end, number) for number, hours in enumerate(price.hours) for first, end in weeks(hours.utc, hours.days)
    )
    until, owner = 0, 0
    seen: set[tuple[int, int]] = set()
    for first, end, number in opened:
        pair = (min(owner, number), max(owner, number))
        if first < until and pair not in seen:
            seen.add(pair)
            later: Place = (*where, "hours", pair[1], "utc")
            other = "itself" if pair[0] == pair[1] else f"the one on {line((*where, 'hours', pair[0], 'utc'))}"
            what = f"this window and {other} are both open on {_clock(first)}"
            yield Problem(later, what, "change one of them: only one rate can hold")
        if end > until:
            until, owner = end, number


def _clock(minute: int) -> str:
    """Monday 16:30 UTC of a minute of the week."""
    day, rest = divmod(minute, DAY)
    return f"{DAYS[day]} {rest // 60:02}:{rest % 60:02} UTC"


def _service_tiers(tiers: Mapping[str, object], place: Place) -> Iterator[Problem]:
    for name in tiers:
        if normalise(name) in PLAIN_TIERS:
            yield Problem((*place, name), f"the service tier {show(name)} always costs the plain price", "remove it")
    yield from _twice([name for name in tiers if normalise(name) not in PLAIN_TIERS], "service tier", place)


def _twice(names: Iterable[str], kind: str, place: Place) -> Iterator[Problem]:
    """Names that are one name to the filter, which reads them without case and surrounding space."""
    seen: set[str] = set()
    for name in names:
        plain = normalise(name)
        if plain in seen:
            yield Problem((*place, name), f"the {kind} {show(name)} is here twice", "remove one of the two")
        seen.add(plain)
