"""How charts look: sizes, colours that follow light and dark, axes; and from a Vega-Lite spec to an SVG."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from html import escape
from typing import TYPE_CHECKING, Any, Final

import vl_convert

if TYPE_CHECKING:
    from collections.abc import Callable

Json = dict[str, Any]
#: Width of a chart in its own units: on a phone it shrinks to three quarters, on a desk it grows a little.
WIDTH: Final = 440
HEIGHT: Final = 230
#: Kibana's colour-blind-safe palette; each is readable on white and on dark grey.
PALETTE: Final = (
    "#54B399", "#6092C0", "#D36086", "#9170B8", "#CA8EAE", "#D6BF57", "#B9A888", "#DA8B45", "#AA6556", "#E7664C",
)  # fmt: skip
OTHER_COLOR: Final = "#98A2B3"
#: Placeholder colours. They are replaced by CSS colours, so that the SVG follows the page's light or dark theme.
_INK: Final = "#010203"
_GRID: Final = "#040506"
_CONFIG: Final[Json] = {
    # One description a chart, and its table: a label on each of hundreds of points helps nobody.
    "aria": False,
    "background": "transparent",
    # Measured without a browser, so a font whose widths every system has or copies.
    "font": "Arial, Helvetica, sans-serif",
    "view": {"stroke": None},
    "axis": {
        "labelColor": _INK,
        "titleColor": _INK,
        "gridColor": _GRID,
        "domainColor": _GRID,
        "tickColor": _GRID,
        "labelFontSize": 12,
        "labelLimit": 170,
        "title": None,
    },
    "axisX": {"grid": False, "labelOverlap": "greedy", "labelSeparation": 12},
    "axisY": {"tickCount": 5},
    "legend": {
        "orient": "bottom",
        "columns": 3,
        "columnPadding": 26,
        "labelColor": _INK,
        "labelFontSize": 12,
        "labelLimit": 140,
        "title": None,
        "symbolType": "square",
    },
    "text": {"color": _INK, "fontSize": 12},
    "range": {"category": list(PALETTE)},
}


def svg(spec: Json, label: str) -> str:
    """A Vega-Lite spec as an SVG that scales with the page, with `label` for those who can't see it."""
    full_spec = {"$schema": "https://vega.github.io/schema/vega-lite/v5.json", "config": _CONFIG, **spec}
    full_spec.setdefault("width", WIDTH - 60)
    full_spec.setdefault("height", HEIGHT)
    return _themed(vl_convert.vegalite_to_svg(full_spec, allowed_base_urls=[]), label)


def vega_svg(spec: Json, label: str) -> str:
    """A Vega spec (the treemap) as an SVG that scales with the page."""
    full_spec = {**spec, "config": {"aria": False}, "background": None}
    return _themed(vl_convert.vega_to_svg(full_spec, allowed_base_urls=[]), label)


def _themed(text: str, label: str) -> str:
    # The chart's own width would keep it from shrinking; the viewBox holds its proportions.
    head, body = text.split(">", 1)
    parts = [part for part in head.split(" ") if not part.startswith(("width=", "height="))]
    parts.append(f'role="img" aria-label="{escape(label, quote=True)}"')
    return (" ".join(parts) + ">" + body).replace(_INK, "currentColor").replace(_GRID, "var(--grid)")


def clock(start: datetime | None) -> Callable[[datetime], str]:
    """Times by the clock that holds at `start`, as Vega's UTC: where clocks change, a chart keeps its first clock."""
    offset = (start.utcoffset() if start else None) or timedelta(0)

    def local_time(moment: datetime) -> str:
        return (moment.astimezone(UTC) + offset).isoformat()

    return local_time


def time_axis(start: datetime, end: datetime) -> Json:
    """A time axis by the times of `clock`: hours within two days, else days."""
    form = "%H:%M" if end - start <= timedelta(days=2) else "%b %-d"
    return {"labelExpr": f"utcFormat(datum.value, '{form}')", "tickCount": 6}


def axis(format_: str | None) -> Json:
    """A quantitative axis in the words of a format."""
    label = {
        "percent": "format(datum.value, '.2~%')",
        "ms": "abs(datum.value) >= 1000 ? format(datum.value / 1000, '.3~r') + ' s' : datum.value + ' ms'",
        "ns": "format(datum.value / 1e6, '.3~r') + ' ms'",
    }
    if format_ and format_.startswith("usd"):
        return {"labelExpr": "datum.value == 0 ? '$0' : '$' + format(datum.value, ',.3~r')"}
    return {"labelExpr": label.get(format_ or "", "format(datum.value, abs(datum.value) >= 10000 ? '.3~s' : ',.3~r')")}
