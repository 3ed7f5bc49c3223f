"""Calls as rows of FOCUS 1.2, the FinOps Open Cost and Usage Specification: one a day, model, team, service and meter.

Tokens are the pricing unit; cached reads and cache writes are meters of their own, and so is what is billed by the
piece or by the request. The cost of a call is split over its meters by the parts that its document has. What rounding
leaves goes to the input tokens, so that the rows add up to `holysheep.cost.total_nano`, to the nano-dollar. Calls
without a price, and calls that were not billed, make no row.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from runner.answers import periods
from runner.answers.focus_meters import COST_FIELDS, METERS, UNIT_FIELDS, Quantity, meters
from runner.answers.report import usd

if TYPE_CHECKING:
    from collections.abc import Iterator

    from runner.answers.periods import Period
    from runner.answers.reader import Selection

VERSION: Final = "1.2"
PRICED: Final[dict[str, Any]] = {"term": {"holysheep.cost.status": "priced"}}
FIELDS: Final = (
    "holysheep.cost.total_nano",
    *COST_FIELDS,
    *UNIT_FIELDS,
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


class Key(NamedTuple):
    """By what a day's calls are added up."""

    provider: str
    model: str
    team: str
    service: str
    meter: str


@dataclass
class Sum:
    """What is billed of a key: tokens, requests or pieces, and nano-USD."""

    quantity: Quantity = 0
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


def _order(key: Key) -> tuple[str, str, str, str, int]:
    return (key.provider, key.model, key.team, key.service, list(METERS).index(key.meter))


def _row(day: Period, key: Key, found: Sum, account: Account) -> dict[str, str | None]:
    month = periods.month(day.first.replace(day=1), day.zone)
    unit, cost, quantity = METERS[key.meter], usd(found.nano), _number(found.quantity)
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


def _number(quantity: Quantity) -> str:
    """As FOCUS wants it: with a decimal point, and without an exponent."""
    text = str(quantity) if isinstance(quantity, int) else f"{quantity:f}"
    return text if "." in text else f"{text}.0"


def _time(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


#: The columns in the order of the file.
COLUMNS: Final = tuple(
    _row(periods.month(date(2026, 1, 1), "UTC"), Key("", "", "", "", "Input Tokens"), Sum(), Account("", ""))
)
