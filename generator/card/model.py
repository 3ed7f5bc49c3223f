"""The shape of pricing.yaml. `checks` checks what spans several values; `scalars` reads the single values; `price`
holds what a model costs.

The descriptions go into pricing.schema.json, so an editor shows them.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field

from generator.card.alerts import Alerts
from generator.card.price import Part, Price, Rates, Tier
from generator.card.scalars import (  # noqa: TC001 - pydantic reads the annotations at run time
    Count,
    Days,
    Discount,
    Framework,
    Margin,
    Milliseconds,
    Multiplier,
    Name,
    Usd,
    Window,
    Zone,
)

__all__ = [
    "Budgets",
    "Card",
    "Family",
    "LatencyClass",
    "Limit",
    "Model",
    "Part",
    "Price",
    "Privacy",
    "RateLimits",
    "Rates",
    "Retention",
    "Tier",
]


class RateLimits(Part):
    """What the provider or gateway lets through in a minute, failed calls included. Either may be left out."""

    requests_per_minute: Count | None = None
    """RPM. Left out: not known."""
    tokens_per_minute: Count | None = None
    """TPM, of prompt and answer together. Left out: not known."""


class Model(Part):
    """A model: how logs call it, what it costs, and where it ends."""

    id: Name
    """The model's name. Case, provider prefixes (x/) and dated suffixes (-2025-04-14) of a log do not matter."""
    provider: Name
    """gen_ai.provider.name: openai, anthropic, gcp.gemini, deepseek, …"""
    family: Name
    """holysheep.model.family: OpenAI, Anthropic, Google, DeepSeek, …"""
    aliases: tuple[Name, ...] = ()
    """Other names of the same model. Left out: none."""
    patterns: tuple[Name, ...] = ()
    """Globs with exactly one * and at least 3 other characters, tried after all ids and aliases. Left out: none."""
    service_tiers: dict[Name, Multiplier] = Field(default={})
    """Factor by service tier, such as batch: 0.5. A tier not named here leaves the call unpriced."""
    regions: dict[Name, Multiplier] = Field(default={})
    """Factor by region, such as us: 1.1. A region not named here costs the plain price."""
    context_window: Window | None = None
    """Tokens that prompt and answer may have together. Left out: not known; calls then have no context_percent."""
    rate_limits: RateLimits = RateLimits()
    """Of all aliases and patterns together. Left out: not known."""
    prices: Annotated[tuple[Price, ...], Field(min_length=1)]
    """Dated prices; before the first date there is no price."""


class ImportedModel(Model):
    """A model of pricing.imported.yaml: priced like any, but without a colour or a figure of its own on dashboards."""


class Family(Part):
    """Names a model that has no entry in the card, by how its name starts. It stays unpriced."""

    prefix: Name
    """How the model's name starts, in lower case; the longest prefix wins."""
    family: Name
    """holysheep.model.family"""
    provider: Name
    """gen_ai.provider.name"""


class LatencyClass(Part):
    """A class of response times."""

    name: Name
    """holysheep.latency.class"""
    below_ms: Milliseconds | None = None
    """Upper bound in milliseconds, itself not included. Left out, in the last class only: no bound."""


class Limit(Part):
    """What one team or one model may spend. Either limit may be left out."""

    day_usd: Usd | None = None
    """USD a day. Left out: no limit."""
    month_usd: Usd | None = None
    """USD a calendar month. Left out: no limit."""


class Budgets(Part):
    """Spending above which a call is marked or an alert fires."""

    timezone: Zone = "UTC"
    """IANA time zone, such as Asia/Seoul, in which a day and a month begin: for dashboards, reports and alerts alike.
    Indices stay cut by UTC days. Left out: UTC."""
    request_usd: Usd
    """USD a request."""
    day_usd: Usd
    """USD a day of the time zone."""
    month_usd: Usd
    """USD a calendar month of the time zone."""
    teams: dict[Name, Limit] = Field(default={})
    """Limits by team (labels.team). Left out: none."""
    models: dict[Name, Limit] = Field(default={})
    """Limits by the id of a model below. Left out: none."""


class Retention(Part):
    """Days after which an index is deleted, counted from the date in its name."""

    api: Days
    errors: Days
    audit: Days
    access: Days
    system: Days
    rejected: Days
    deadletter: Days
    usage: Days | None = None
    """Rows of providers' usage exports. Left out: as long as api."""
    canary: Days = 7
    """Synthetic lines that show that the pipeline is alive. Left out: 7."""
    changes: Days = 2190
    """Records of documents that a command changed or deleted. Left out: 2190, as auditors ask for them for years."""
    erasures: Days = 2190
    """Requests for erasure, and when they were met. Left out: 2190, as auditors ask for them for years."""
    seals: Days | None = None
    """Seals of closed days. Left out: as long as the logs that are kept longest."""
    rollups: Days = 1825
    """Exact sums of calls by quarter of an hour, from which days in any zone are made: docs/rollups.md. Left out: 1825,
    which is five years."""
    daily: Days = 7300
    """Exact sums of calls by day. Left out: 7300, which is twenty years."""

    def of(self, kind: str) -> int:
        """Days of a kind of index, also of one that is left out."""
        days = {name: value for name, value in self if value is not None}
        # Sums are not sealed.
        longest = max(value for name, value in days.items() if name not in ("rollups", "daily"))
        return int(days.get(kind) or (longest if kind == "seals" else self.api))


class Privacy(Part):
    """Which texts are kept. What is kept is masked."""

    keep_prompts: bool = False
    """Keep what was sent to the model. Left out: false."""
    keep_completions: bool = False
    """Keep what the model answered. Left out: false."""
    keep_rejected: bool = False
    """Keep the masked text of lines that were not understood or refused, not only their outline. Left out: false."""
    user_ids: Literal["keep", "hmac"] = "keep"
    """hmac: store a pseudonym instead of user.id, by a key of each user (docs/privacy.md). Left out: keep."""


class Card(Part):
    """pricing.yaml: prices, and the few settings that everything is rendered from."""

    index_prefix: Annotated[str, Field(json_schema_extra={"pattern": "^[a-z0-9][a-z0-9._-]{0,99}$"})]
    """First part of every index name: lower-case letters, digits, - _ and ."""
    privacy: Privacy = Privacy()
    """Which texts are kept. Left out: none."""
    compliance: tuple[Framework, ...] = ()
    """Frameworks whose rules the settings are checked against: docs/compliance.md. Left out: none."""
    retention_days: Retention
    """Days until an index is deleted."""
    budgets: Budgets
    """Spending limits in USD."""
    alerts: Alerts = Alerts()
    """From which figures on an alert is sent. Left out: as in generator/card/alerts.py."""
    latency_classes: Annotated[tuple[LatencyClass, ...], Field(min_length=1)]
    """Classes of response times, ascending; the last has no bound."""
    discount: Discount = Decimal(0)
    """Fraction taken off every price that has no discount of its own. Left out: 0."""
    margin: Margin = Decimal(0)
    """Fraction added, after the discount, to every price that has no margin of its own. Left out: 0."""
    price_by: Literal["requested", "served"] = "requested"
    """Where a log names two models, the one that is priced: asked for (requested) or answering (served).
    Left out: requested."""
    families: tuple[Family, ...] = ()
    """Family and provider of models without an entry. Left out: such models are Other."""
    models: Annotated[tuple[Model, ...], Field(min_length=1)]
    """The models that have a price."""

    @property
    def rate_limits(self) -> dict[str, RateLimits]:
        """Of the models that have any, by id."""
        return {model.id: model.rate_limits for model in self.models if model.rate_limits != RateLimits()}
