"""The price part of rules.json: the price card as integers, as the generator renders it and the Ruby filter reads it.

Rates are in pico-USD (10⁻¹² USD) per token, fees in pico-USD per request, factors are [numerator, denominator],
times are milliseconds since 1970. `generator/card/rules.py` writes this form.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypedDict, cast

if TYPE_CHECKING:
    # Python 3.10 has it in typing_extensions only; annotations are texts at run time.
    from typing_extensions import NotRequired  # noqa: UP035  # as said

#: The card that comes with the package, rendered from pricing.yaml.
DEFAULT: Final = Path(__file__).with_name("prices.json")
#: The keys of rules.json that prices need.
PARTS: Final = ("version", "price_by", "families", "models", "names", "patterns")


class RulesError(ValueError):
    """A file that holds no price rules; the text names the file and what is wrong with it."""


class Rates(TypedDict):
    """Pico-USD per token, by kind of token. Audio and image tokens cost what `input` and `output` do, those read from a
    cache what `cached_input` does, unless they have a rate of their own.
    """

    input: int
    output: int
    cached_input: int
    cache_write: int
    reasoning: int
    cache_write_1h: int
    input_audio: NotRequired[int]
    input_image: NotRequired[int]
    cached_audio: NotRequired[int]
    cached_image: NotRequired[int]
    output_audio: NotRequired[int]
    output_image: NotRequired[int]


class TierRule(Rates):
    """Rates for a prompt of more than `above` tokens."""

    above: int


class HourRule(Rates):
    """Rates that hold in these minutes of a week: pairs of first and last + 1, counted from Monday 00:00 UTC."""

    weeks: list[list[int]]
    tiers: list[TierRule]


class UnitRule(TypedDict):
    """`price` pico-USD for `per` units; less than `minimum` thousandths of a unit are billed as so many."""

    price: int
    per: int
    minimum: int


# The functional form, because "from" is a Python keyword.
_From = TypedDict("_From", {"from": str})


class PriceRule(Rates, _From):
    """One dated price. What every card has is filled in; the rest is there where the card says it. `from` is ISO 8601,
    for people.
    """

    from_ms: int
    fee: int
    factor: list[int]
    service_tiers: dict[str, list[int]]
    tiers: list[TierRule]
    hours: NotRequired[list[HourRule]]
    regions: NotRequired[dict[str, list[int]]]
    tools: NotRequired[dict[str, int]]  #: pico-USD per call
    units: NotRequired[dict[str, UnitRule]]
    minimum: NotRequired[int]  #: pico-USD per request


class ModelRule(TypedDict):
    """A model and its prices, ascending by date."""

    id: str
    provider: str
    family: str
    prices: list[PriceRule]


class PriceRules(TypedDict):
    """The whole card. `price_by` is requested or served: the model that is priced.

    `names` is {name: [index into models, "exact" or "alias"]}, `patterns` is {prefix: {suffix:
    index}}, `families` is [[prefix, family, provider], …] with the longest prefix first.
    """

    version: str
    price_by: str
    families: list[list[str]]
    models: list[ModelRule]
    names: dict[str, list[int | str]]
    patterns: dict[str, dict[str, int]]


def default_rules() -> PriceRules:
    """The rules that come with the package."""
    return read_rules(DEFAULT)


def read_rules(path: Path) -> PriceRules:
    """The rules in a file: rules.json or prices.json. RulesError when it can't be read or lacks a part."""
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise RulesError(f"{path}: can't be read: {error.strerror}") from None
    except ValueError as error:
        raise RulesError(f"{path}: is not JSON: {error}") from None
    if not isinstance(data, dict):
        raise RulesError(f"{path}: is not an object")
    if missing := [part for part in PARTS if part not in data]:
        raise RulesError(f"{path}: has no {', '.join(missing)}; give logstash/rules/rules.json or prices.json")
    return cast("PriceRules", {part: data[part] for part in PARTS})
