"""The single values of the price card: how each is read, its bounds, and the hint for a wrong value.

Numbers arrive as the text of the YAML (or as int or Decimal from Python); a float is never accepted,
because 0.1 is not a tenth in it.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Annotated, Final, Literal
from zoneinfo import ZoneInfo

from pydantic import BeforeValidator, GetCoreSchemaHandler, GetJsonSchemaHandler, WithJsonSchema
from pydantic.json_schema import JsonSchemaValue  # noqa: TC002 - pydantic reads the annotations at run time
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from generator.card import moments
from generator.errors import show
from holysheep.price.match import MAX_NAME_BYTES

_NUMBER: Final = re.compile(r"[+-]?[0-9]{1,30}(\.[0-9]{1,30})?", re.ASCII)
_SHOWN: Final = 60


def mistake(what: str, hint: str) -> PydanticCustomError:
    """The error of a validator: what is wrong, and what to write instead."""
    return PydanticCustomError("card", "{what}, {hint}", {"what": what, "hint": hint})


@dataclass(frozen=True, slots=True)
class _Number:
    """Pydantic metadata: a bounded number of at most `decimals` decimals; a whole one becomes an int."""

    low: str
    high: str
    decimals: int
    hint: str

    def read(self, value: object) -> Decimal | int:
        if isinstance(value, bool) or not isinstance(value, str | int | Decimal):
            raise mistake(f"{show(value)} is not a number", self.hint)
        text = value if isinstance(value, str) else _digits(Decimal(value))
        if not _NUMBER.fullmatch(text):
            raise mistake(f"{show(value)} is not a number", self.hint)
        number = Decimal(text)
        if number < Decimal(self.low):
            raise mistake(f"{show(value)} is {'negative' if number < 0 else f'below {self.low}'}", self.hint)
        if number > Decimal(self.high):
            raise mistake(f"{show(value)} is absurd: above {Decimal(self.high):,}", self.hint)
        places = len(text.partition(".")[2].rstrip("0"))
        if places > self.decimals:
            raise mistake(f"{show(value)} has {places} decimals, more than {self.decimals}", self.hint)
        return number if self.decimals else int(number)

    def __get_pydantic_core_schema__(self, source: object, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(self.read)

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        if not self.decimals:
            return {"type": "integer", "minimum": int(self.low), "maximum": int(self.high)}
        return {"type": "number", "minimum": float(self.low), "maximum": float(self.high)}


def _digits(number: Decimal) -> str:
    """The number without an exponent. A large exponent stays: 1E+999999 has a million digits."""
    return format(number, "f") if number.is_finite() and abs(number.adjusted()) < _SHOWN else str(number)


def _name(value: object) -> str:
    hint = f"write 1 to {MAX_NAME_BYTES} bytes of text without control characters"
    if not isinstance(value, str):
        raise mistake(f"{show(value)} is not text", hint)
    try:
        size = len(value.encode())
    except UnicodeEncodeError:
        raise mistake(f"{show(value)} is not valid Unicode", hint) from None
    if not value.strip():
        raise mistake("the text is empty", hint)
    if size > MAX_NAME_BYTES:
        raise mistake(f"{show(value)} is {size} bytes long", hint)
    if any(unicodedata.category(char) == "Cc" for char in value):
        raise mistake(f"{show(value)} holds a control character", hint)
    return value


def instant(value: object) -> datetime:
    """A moment in UTC, to the millisecond, from a date (its midnight in UTC) or a time with a zone."""
    try:
        return moments.read(value)
    except ValueError as error:
        raise mistake(str(error), moments.HINT) from None


def _zone(value: object) -> str:
    """The name of an IANA time zone that this machine knows."""
    hint = "write an IANA name such as UTC, Asia/Seoul or Europe/Berlin"
    if not isinstance(value, str) or not value:
        raise mistake(f"{show(value)} is not a time zone", hint)
    try:
        return ZoneInfo(value).key
    except (KeyError, ValueError, OSError):
        raise mistake(f"{show(value)} is not a time zone", hint) from None


Name = Annotated[str, BeforeValidator(_name), WithJsonSchema({"type": "string", "minLength": 1})]
Instant = Annotated[
    datetime,
    BeforeValidator(instant),
    WithJsonSchema({"type": "string", "pattern": r"^\d{4}-\d\d-\d\d([Tt ].*)?$"}),
]
Zone = Annotated[str, BeforeValidator(_zone), WithJsonSchema({"type": "string", "minLength": 1})]
Rate = Annotated[Decimal, _Number("0", "100000", 6, "write USD per million tokens such as 8.00, at most 6 decimals")]
Fee = Annotated[Decimal, _Number("0", "1000", 12, "write USD per request such as 0.001, at most 12 decimals")]
UnitFee = Annotated[Decimal, _Number("0", "1000000", 9, "write USD such as 0.04, at most 9 decimals")]
Per = Annotated[int, _Number("1", "1000000000", 0, "write how many units the price is for, such as 1000")]
Amount = Annotated[Decimal, _Number("0", "1000000", 3, "write a number of units such as 10, at most 3 decimals")]
Usd = Annotated[Decimal, _Number("0", "1000000000", 9, "write USD such as 0.50, at most 9 decimals")]
Discount = Annotated[Decimal, _Number("0", "0.999999", 6, "write a fraction below 1, such as 0.1 for 10 %")]
Margin = Annotated[Decimal, _Number("0", "1", 6, "write a fraction of at most 1, such as 0.2 for 20 %")]
#: Few digits, so that discount, margin and service tier together stay a fraction of 64-bit integers.
Multiplier = Annotated[Decimal, _Number("0.0001", "10", 4, "write a factor such as 0.5 for half the price")]
Tokens = Annotated[int, _Number("1", "1000000000", 0, "write a whole number of tokens such as 200000")]
#: Not less, so that a share of it stays a number that the field's type holds.
Window = Annotated[int, _Number("1000", "1000000000", 0, "write a whole number of tokens such as 128000")]
Milliseconds = Annotated[int, _Number("1", "86400000", 0, "write whole milliseconds such as 500")]
#: What `compliance` may name; generator/card/compliance.yaml says what each asks.
Framework = Literal["soc2", "gdpr", "hipaa", "pci_dss"]
Days = Annotated[int, _Number("1", "36500", 0, "write whole days such as 1095")]
Count = Annotated[int, _Number("1", "1000000000", 0, "write a whole number such as 20")]
Minutes = Annotated[int, _Number("1", "10080", 0, "write whole minutes, at most a week, such as 60")]
Seconds = Annotated[int, _Number("1", "86400", 0, "write whole seconds such as 300")]
Percent = Annotated[Decimal, _Number("0.01", "1000", 2, "write percent such as 5, at most 2 decimals")]
Factor = Annotated[Decimal, _Number("1.1", "1000", 2, "write a factor above 1 such as 3, at most 2 decimals")]
WholePercent = Annotated[int, _Number("1", "1000", 0, "write whole percent such as 80")]
