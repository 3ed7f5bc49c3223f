"""Colours by meaning, and Kibana's palettes from thresholds."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from generator.dashboards.parts import Threshold
    from generator.dashboards.settings import Settings

#: The colours that Kibana 8 uses itself, readable on its light and dark themes.
TONES: Final = {"good": "#54B399", "warn": "#D6BF57", "bad": "#E7664C", "neutral": "#6092C0"} | {
    "purple": "#9170B8",
    "tan": "#B9A888",
    "lilac": "#C4ACDE",
    "brown": "#AA6556",
    "pink": "#D36086",
}
#: On a tile or a cell, good is no colour: what is painted is what needs a look, and no data never looks well.
FILLS: Final = {**TONES, "good": "#FFFFFF", "neutral": "#FFFFFF"}
#: Kibana's label for the group of the rest has this neutral colour.
_OTHER: Final = {"color": {"colorIndex": 1, "paletteId": "neutral", "type": "categorical"}, "touched": False}
#: For groups whose values have no colour of their own, in this order: no green, yellow or red, which mean something.
_SERIES: Final = (
    "#6092C0",
    "#9170B8",
    "#B9A888",
    "#D36086",
    "#C4ACDE",
    "#AA6556",
    "#5E7288",
    "#3C6E91",
    "#D9C5E8",
    "#98A2B3",
)
#: Without assignmentMode Kibana 8.12 draws every series red, silently.
_MAPPING: Final[dict[str, Any]] = {
    "assignmentMode": "manual",
    "specialAssignments": [{"rule": {"type": "other"}, **_OTHER}],
    "paletteId": "eui_amsterdam_color_blind",
    "colorMode": {"type": "categorical"},
}


def mapping(colors: dict[str, str] | None) -> dict[str, Any]:
    """Lens' colours for a group: those given, the rest grey; a series without meaning where none is given."""
    rules: list[tuple[dict[str, Any], str]] = [
        ({"type": "matchExactly", "values": [value]}, color) for value, color in (colors or {}).items()
    ]
    rules = rules or [({"type": "auto"}, color) for color in _SERIES]
    assignments = [
        {"rule": rule, "color": {"type": "colorCode", "colorCode": color}, "touched": True} for rule, color in rules
    ]
    return {**_MAPPING, "assignments": assignments}


def number(value: Decimal) -> int | float:
    """A Decimal as JSON has it."""
    return int(value) if value == value.to_integral_value() else float(value)


def palette(thresholds: tuple[Threshold, ...], settings: Settings, *, tones: dict[str, str] = TONES) -> dict[str, Any]:
    """Thresholds as a palette of Lens: each colour from its value up to the next one's."""
    starts = [settings.number(threshold.from_) for threshold in thresholds]
    # Kibana wants an end for the last colour too; above it `continuity` takes over.
    ends = [*starts[1:], starts[-1] * 5 if starts[-1] > 0 else Decimal(100)]
    colors = [tones[threshold.tone] for threshold in thresholds]
    params = {
        "name": "custom",
        "reverse": False,
        "rangeType": "number",
        "rangeMin": number(starts[0]),
        "rangeMax": None,
        "progression": "fixed",
        "steps": len(colors),
        "maxSteps": max(5, len(colors)),
        "continuity": "above",
        "stops": [{"color": color, "stop": number(end)} for color, end in zip(colors, ends, strict=True)],
        "colorStops": [{"color": color, "stop": number(start)} for color, start in zip(colors, starts, strict=True)],
    }
    return {"type": "palette", "name": "custom", "params": params}
