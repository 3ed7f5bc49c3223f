"""What a model costs: rates by the token, tiers, hours, and what is billed by the piece.

The descriptions go into pricing.schema.json, so an editor shows them. docs/prices.md has an example of each.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated

from pydantic import BeforeValidator, ConfigDict, Field, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue  # noqa: TC002 - pydantic reads the annotations at run time
from pydantic_core import CoreSchema  # noqa: TC002 - the same

from generator.card.hours import Days, Windows  # noqa: TC001 - pydantic reads the annotations at run time
from generator.card.scalars import (  # noqa: TC001 - pydantic reads the annotations at run time
    Amount,
    Discount,
    Fee,
    Instant,
    Margin,
    Multiplier,
    Name,
    Per,
    Rate,
    Tokens,
    UnitFee,
)
from generator.strict import Strict


class Part(Strict):
    """The base of every part of the card: immutable; unknown keys are refused."""

    model_config = ConfigDict(use_attribute_docstrings=True)


class Rates(Part):
    """USD per million tokens, by kind of token."""

    input: Rate
    """USD per million prompt tokens."""
    output: Rate
    """USD per million output tokens."""
    cached_input: Rate | None = None
    """USD per million prompt tokens read from a cache. Left out: the same as input."""
    cache_write: Rate | None = None
    """USD per million prompt tokens written to a cache. Left out: the same as input."""
    cache_write_1h: Rate | None = None
    """USD per million prompt tokens written to a cache for one hour. Left out: the same as cache_write."""
    reasoning: Rate | None = None
    """USD per million reasoning tokens. Left out: the same as output."""
    input_audio: Rate | None = None
    """USD per million audio tokens of the prompt. Left out: the same as input."""
    input_image: Rate | None = None
    """USD per million image tokens of the prompt. Left out: the same as input."""
    cached_audio: Rate | None = None
    """USD per million audio tokens read from a cache. Left out: as cached_input; without that, as input_audio."""
    cached_image: Rate | None = None
    """USD per million image tokens read from a cache. Left out: as cached_input; without that, as input_image."""
    output_audio: Rate | None = None
    """USD per million audio tokens of the answer. Left out: the same as output."""
    output_image: Rate | None = None
    """USD per million image tokens of the answer. Left out: the same as output."""


class Tier(Rates):
    """Rates that replace all of the entry's for a request whose prompt is larger than `above`."""

    above: Tokens
    """Prompt tokens, cached ones included; the tier holds from one token more."""


class Hours(Rates):
    """Rates that replace all of the entry's, its tiers included, at some hours of the day."""

    utc: Windows
    """When they hold, in UTC: "16:30-00:30", or a list of such. The start belongs to it, the end does not."""
    days: Days = ()
    """Days of the week on which the window opens: mon, tue, wed, thu, fri, sat, sun. Left out: every day."""
    tiers: tuple[Tier, ...] = ()
    """Other rates for large prompts at these hours. Left out: none."""


class Unit(Part):
    """The price of something that is billed by the piece. A bare number is USD for one."""

    usd: UnitFee
    """USD for `per` units, before discount and margin."""
    per: Per = 1
    """How many units `usd` is for: 3600 for USD an hour of seconds. Left out: 1."""
    minimum: Amount = Decimal(0)
    """Units that are billed at least, where there are any: 10 for a minimum of 10 seconds. Left out: none."""


def _unit(value: object) -> object:
    """A bare number as the mapping that it stands for."""
    return value if isinstance(value, dict | Unit) else {"usd": value}


class _BareNumber:
    """Pydantic metadata: an editor's schema accepts a number in place of the mapping."""

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        return {"anyOf": [{"type": "number", "minimum": 0.0, "maximum": 1000000.0}, handler(schema)]}


UnitPrice = Annotated[Unit, BeforeValidator(_unit), _BareNumber()]


class Units(Part):
    """Prices by the piece. Each left out: not billed by it."""

    images: UnitPrice | None = None
    """Pictures made, or sent to be embedded."""
    audio_seconds: UnitPrice | None = None
    """Seconds of sound."""
    video_seconds: UnitPrice | None = None
    """Seconds of film."""
    characters: UnitPrice | None = None
    """Characters of text, such as those that are spoken."""
    pages: UnitPrice | None = None
    """Pages of a document."""
    search_units: UnitPrice | None = None
    """Queries of a rerank model, with up to as many documents as the provider says."""


class Price(Rates):
    """What a model costs from a date on, until the next entry's date."""

    from_: Instant = Field(alias="from")
    """First moment at which the price holds: a date (midnight UTC) or a time with zone. The event's time decides."""
    fee: Fee = Decimal(0)
    """USD per request, before discount and margin. Left out: none."""
    tiers: tuple[Tier, ...] = ()
    """Other rates for large prompts. Left out: none."""
    hours: tuple[Hours, ...] = ()
    """Other rates at some hours of the day. Left out: none."""
    service_tiers: dict[Name, Multiplier] | None = None
    """Factor by service tier. Left out: those of the model."""
    regions: dict[Name, Multiplier] | None = None
    """Factor by region. Left out: those of the model."""
    tools: dict[Name, Fee] = Field(default={})
    """USD per call of a tool that the provider runs, such as web_search: 0.01. Left out: none."""
    units: Units = Field(default_factory=Units)
    """Prices by the piece: images, seconds, characters, pages. Left out: none."""
    minimum: Fee = Decimal(0)
    """USD that a billed request costs at least, before discount and margin. Left out: none."""
    discount: Discount | None = None
    """Fraction taken off, such as 0.1. Left out: that of the card."""
    margin: Margin | None = None
    """Fraction added after the discount, such as 0.2. Left out: that of the card."""
    confirmed: bool = False
    """These rates are meant, though far above those of other models: no warning. Left out: false."""
