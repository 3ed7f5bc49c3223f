"""Calls as rows of FOCUS 1.2, the FinOps Open Cost and Usage Specification: one a day, model, team, service and meter.

Tokens are the pricing unit; cached reads and cache writes are meters of their own. The cost of a call is split over its
meters by the parts that its document has. What rounding leaves goes to the input tokens, so that the rows add up to
`holysheep.cost.total_nano`, to the nano-dollar. Calls without a price, and calls that were not billed, make no row.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from runner.answers import periods
from runner.answers.report import usd

if TYPE_CHECKING:
    from collections.abc import Iterator

    from runner.answers.periods import Period
    from runner.answers.reader import Selection

VERSION: Final = "1.2"
TOKENS: Final = "Tokens"
REQUESTS: Final = "Requests"
#: Meter → its unit, in the order of the rows.
METERS: Final = {
    "Input Tokens": TOKENS,
    "Cached Input Tokens": TOKENS,
    "Cache Write Tokens": TOKENS,
    "Output Tokens": TOKENS,
    "Total Tokens": TOKENS,
    "Request Fee": REQUESTS,
}
PRICED: Final[dict[str, Any]] = {"term": {"holysheep.cost.status": "priced"}}
FIELDS: Final = (
    "holysheep.cost.total_nano",
    "holysheep.cost.output",
    "holysheep.cost.reasoning",
    "holysheep.cost.cached_input",
    "holysheep.cost.cache_write",
    "holysheep.cost.fee",
    "holysheep.price.model",
    "gen_ai.provider.name",
    "labels.team",
    "service.name",
    "gen_ai.usage.input_tokens",
    "gen_ai.usage.output_tokens",
    "gen_ai.usage.cache_read.input_tokens",
    "gen_ai.usage.cache_creation.input_tokens",
    "holysheep.usage.total_tokens",
)
#: Four views of the cost; without unit prices and commitments they are the same.
_COSTS: Final = ("BilledCost", "ContractedCost", "EffectiveCost", "ListCost")
#: What every row has in common. CommitmentDiscountStatus is there since the rules for ConsumedQuantity name it.
_FIXED: Final[dict[str, str | None]] = {
    "BillingCurrency": "USD",
    "ChargeCategory": "Usage",
    "ChargeClass": None,
    "ChargeFrequency": "Usage-Based",
    "CommitmentDiscountStatus": None,
    "InvoiceId": None,
    "PricingCategory": "Standard",
    "ServiceCategory": "AI and Machine Learning",
    "ServiceSubcategory": "Generative AI",
}
_NAMES: Final = ("gen_ai.provider.name", "holysheep.price.model", "labels.team", "service.name")
_NANO: Final = 1e9


class Key(NamedTuple):
    """By what a day's calls are added up."""

    provider: str
    model: str
    team: str
    service: str
    meter: str


@dataclass
class Sum:
    """What is billed of a key: tokens or requests, and nano-USD."""

    quantity: int = 0
    nano: int = 0


@dataclass(frozen=True)
class Account:
    """Who bills, and whom."""

    id: str
    provider: str


def rows(selection: Selection, period: Period, account: Account) -> Iterator[dict[str, str | None]]:
    """The rows of a period, a day after the other; None stands for null. Memory holds one day's sums.

    UserError when Elasticsearch can't be asked.
    """
    for day in period.each_day():
        sums: dict[Key, Sum] = {}
        for document in selection.during(periods.whole(day)).documents(FIELDS):
            add(sums, document)
        yield from rows_of(day, sums, account)


def rows_of(day: Period, sums: dict[Key, Sum], account: Account) -> Iterator[dict[str, str | None]]:
    """The rows of one day."""
    for key in sorted(sums, key=_order):
        yield _row(day, key, sums[key], account)


def add(sums: dict[Key, Sum], document: dict[str, Any]) -> None:
    """Add one priced call to the sums of its day."""
    provider, model, team, service = [document.get(field) or "" for field in _NAMES]
    for meter, (quantity, nano) in meters(document).items():
        found = sums.setdefault(Key(provider, model, team, service, meter), Sum())
        found.quantity += quantity
        found.nano += nano


def meters(document: dict[str, Any]) -> dict[str, tuple[int, int]]:
    """A call's meters with quantity and nano-USD, which add up to its cost; those that it does not use are left out."""
    get = document.get
    read = get("gen_ai.usage.cache_read.input_tokens", 0)
    written = get("gen_ai.usage.cache_creation.input_tokens", 0)
    input_ = get("gen_ai.usage.input_tokens", 0) - read - written
    output = get("gen_ai.usage.output_tokens", 0)
    quantities = {
        "Input Tokens": input_,
        "Cached Input Tokens": read,
        "Cache Write Tokens": written,
        "Output Tokens": output,
        "Request Fee": 1 if get("holysheep.cost.fee") else 0,
    }
    costs = {
        "Cached Input Tokens": _nano(get("holysheep.cost.cached_input")),
        "Cache Write Tokens": _nano(get("holysheep.cost.cache_write")),
        "Output Tokens": _nano(get("holysheep.cost.output")) + _nano(get("holysheep.cost.reasoning")),
        "Request Fee": _nano(get("holysheep.cost.fee")),
    }
    if not input_ + read + written + output:
        quantities["Total Tokens"] = get("holysheep.usage.total_tokens", 0)
    _spread(quantities, costs, get("holysheep.cost.total_nano", 0))
    return {name: (quantities[name], costs.get(name, 0)) for name in METERS if quantities.get(name)}


def _spread(quantities: dict[str, int], costs: dict[str, int], total: int) -> None:
    """Give what the parts leave of the total to the input, or to the total of tokens where no more is known."""
    left = total - sum(costs.values())
    main = "Total Tokens" if quantities.get("Total Tokens") else "Input Tokens"
    if quantities.get(main) and left >= 0:
        costs[main] = left
        return
    # Parts are rounded one by one: some nano-USD more or less than the whole, which the largest part bears.
    used = [name for name in METERS if quantities.get(name)]
    if used:
        largest = max(used, key=lambda name: costs.get(name, 0))
        costs[largest] = costs.get(largest, 0) + left


def _nano(usd_: float | None) -> int:
    """The integer that was divided by 10⁹ to make a part of the cost."""
    return round((usd_ or 0) * _NANO)


def _order(key: Key) -> tuple[str, str, str, str, int]:
    return (key.provider, key.model, key.team, key.service, list(METERS).index(key.meter))


def _row(day: Period, key: Key, found: Sum, account: Account) -> dict[str, str | None]:
    month = periods.month(day.first.replace(day=1), day.zone)
    unit, cost, quantity = METERS[key.meter], usd(found.nano), f"{found.quantity}.0"
    tags = {name: value for name, value in (("service", key.service), ("team", key.team)) if value}
    sku = f"{key.provider or 'unknown'}/{key.model or 'unknown'}"
    own = {
        "BillingAccountId": account.id,
        "BillingAccountName": account.id,
        "BillingPeriodEnd": _time(month.end),
        "BillingPeriodStart": _time(month.start),
        "ChargeDescription": f"{key.meter} of {key.model or 'an unknown model'}",
        "ChargePeriodEnd": _time(day.end),
        "ChargePeriodStart": _time(day.start),
        "ConsumedQuantity": quantity,
        "ConsumedUnit": unit,
        "InvoiceIssuerName": account.provider,
        "PricingQuantity": quantity,
        "PricingUnit": unit,
        "ProviderName": account.provider,
        "PublisherName": key.provider or account.provider,
        "ServiceName": key.model or "unknown",
        "SkuId": sku,
        "SkuMeter": key.meter,
        "SkuPriceDetails": json.dumps({"x_Meter": key.meter}),
        "SkuPriceId": f"{sku}/{key.meter.replace(' ', '-').lower()}",
        "SubAccountId": key.team or None,
        "SubAccountName": key.team or None,
        "Tags": json.dumps(tags, ensure_ascii=False, sort_keys=True) if tags else None,
        "x_Model": key.model or None,
        "x_ServiceName": key.service or None,
        "x_Team": key.team or None,
    }
    return dict(sorted({**_FIXED, **dict.fromkeys(_COSTS, cost), **own}.items()))


def _time(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


#: The columns in the order of the file.
COLUMNS: Final = tuple(
    _row(periods.month(date(2026, 1, 1), "UTC"), Key("", "", "", "", "Input Tokens"), Sum(), Account("", ""))
)
