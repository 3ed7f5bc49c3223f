"""How a figure is written: in Kibana, in the report's text and on the report's axes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

#: Shown where there is no figure.
NOTHING: Final = "\N{EN DASH}"
_SECOND: Final = 1000.0
_CENTS: Final = 2
_STEPS: Final = (("T", 1e12), ("B", 1e9), ("M", 1e6), ("k", 1e3))


@dataclass(frozen=True)
class Format:
    """`lens` is a Lens column's `params.format`, `view` a data view's `fieldFormatMap` entry."""

    lens: dict[str, Any]
    view: dict[str, Any] | None = None


def _usd(decimals: int) -> Format:
    # Format id `number` never shows "$" in a Lens column: only `custom` does.
    pattern = "$0,0.00" + ("[" + "0" * (decimals - 2) + "]" if decimals > _CENTS else "")
    lens = {"id": "custom", "params": {"decimals": decimals, "pattern": pattern}}
    # Kibana's number formats print 7.5e-7 as 7.5e-7 with commas in it; a text is only long.
    return Format(lens, {"id": "string"})


def money(name: str | None) -> bool:
    """Whether a format is one of US dollars."""
    return bool(name) and str(name).startswith("usd")


def rounded(text: str, name: str | None, *, plain: bool) -> str:
    """A formula as Kibana gets it: money is rounded there, since its number format garbles what is below 10⁻⁶.

    `usd`: four decimals below 1 USD, two from there on; in a chart (`plain`) four everywhere.
    """
    if not money(name):
        return text
    if name == "usd" and not plain:
        return f"ifelse(lt({text}, 1), round({text}, 4), round({text}, 2))"
    return f"round({text}, {6 if name == 'usd6' else 4})"


def _duration(unit: str) -> Format:
    lens = {"decimals": 2, "fromUnit": unit, "toUnit": "humanizePrecise", "compact": True}
    view = {
        "inputFormat": unit,
        "outputFormat": "humanizePrecise",
        "outputPrecision": 2,
        "includeSpaceWithSuffix": True,
        "showSuffix": True,
        "useShortSuffix": True,
    }
    return Format({"id": "duration", "params": lens}, {"id": "duration", "params": view})


FORMATS: Final[dict[str, Format]] = {
    "usd": _usd(4),
    "usd6": _usd(6),
    "integer": Format({"id": "number", "params": {"decimals": 0, "compact": False}}),
    "decimal": Format({"id": "number", "params": {"decimals": 2, "compact": False}}),
    "compact": Format({"id": "number", "params": {"decimals": 1, "compact": True}}),
    "percent": Format({"id": "percent", "params": {"decimals": 1}}),
    "ms": _duration("milliseconds"),
    "ns": _duration("nanoseconds"),
    "bytes": Format({"id": "bytes", "params": {"decimals": 1}}, {"id": "bytes", "params": {"pattern": "0,0.[0]b"}}),
}
#: The data view's format of a field, by the unit that fields.yaml gives it.
BY_UNIT: Final = {"USD": "usd", "ms": "ms", "ns": "ns", "byte": "bytes"}


def text(value: object, name: str | None) -> str:
    """A value as the report shows it; an en dash when there is none."""
    if value is None:
        return NOTHING
    if not isinstance(value, (int, float)) or isinstance(value, bool):
        return str(value)
    if name and name.startswith("usd"):
        return _usd_text(value, int(name[3:] or 4))
    writers = {"percent": _percent, "ms": _duration_text, "compact": _compact, "integer": _integer, "bytes": _compact}
    if name == "ns":
        return _duration_text(value / 1e6)
    return writers.get(name or "", _decimal)(value)


def _usd_text(value: float, decimals: int) -> str:
    """Two decimals from 1 USD on and for nothing; below 1 USD up to `decimals`, at least two."""
    number = round(abs(value), 2 if abs(value) >= 1 else decimals)
    dollars, _, cents = f"{number:,.{decimals}f}".partition(".")
    return f"{'-' if value < 0 and number else ''}${dollars}.{cents.rstrip('0').ljust(2, '0')}"


def _percent(value: float) -> str:
    return f"{value * 100:.1f} %"


def _integer(value: float) -> str:
    return f"{value:,.0f}"


def _decimal(value: float) -> str:
    return f"{value:,.0f}" if float(value).is_integer() else f"{value:,.2f}"


def _compact(value: float) -> str:
    for suffix, size in _STEPS:
        if abs(value) >= size:
            return f"{value / size:.1f}{suffix}"
    return _decimal(value)


def _duration_text(value: float) -> str:
    if abs(value) < _SECOND:
        return f"{value:,.0f} ms"
    seconds = value / _SECOND
    if abs(seconds) < 120:  # noqa: PLR2004 - up to two minutes, seconds read better
        return f"{seconds:,.2f} s"
    minutes = seconds / 60
    return f"{minutes:,.1f} min" if abs(minutes) < 120 else f"{minutes / 60:,.1f} h"  # noqa: PLR2004 - as above


def unbroken(text: str) -> str:
    """A text in which a narrow tile can't put the sign of per cent into the next line."""
    return text.replace(" %", "\N{NO-BREAK SPACE}%")
