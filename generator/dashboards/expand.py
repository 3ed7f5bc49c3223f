"""Fills a dashboard's file with the card's values: a tile for each limit, amounts in titles, translated text."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from generator.dashboards.formats import text as written
from generator.dashboards.model import Dashboard
from generator.dashboards.settings import plain

if TYPE_CHECKING:
    from collections.abc import Mapping
    from decimal import Decimal

    from generator.dashboards.load import Source
    from generator.dashboards.settings import OwnLimit, Settings

Json = Any
#: Keys whose text a person reads.
_TEXTS: Final = frozenset(
    {"title", "description", "label", "subtitle", "prefix", "note", "text", "goal_label", "nav", "word"}
    | {"name", "none", "fine", "cases_label"}
)
#: Keys that name a figure by its label.
_NAMES: Final = frozenset({"sort", "order"})
_AMOUNT: Final = re.compile(r"\{([a-z_]+\.[A-Za-z0-9_-]+|usd)\}")


def source(source_file: Source, settings: Settings, words: Mapping[str, str] | None = None) -> Source:
    """The dashboard of a card. `words` maps English texts to translations; other texts stay as they are."""
    data = source_file.dashboard.model_dump(by_alias=True)
    panels: list[Json] = []
    places: list[int] = []
    for number, panel in enumerate(data["panels"]):
        for copy in _copies(panel, settings):
            panels.append(copy)
            places.append(number)
    filled = _walk({**data, "panels": panels}, "", settings, words or {})
    return replace(source_file, dashboard=Dashboard.model_validate(filled), places=tuple(places))


def _copies(panel: Json, settings: Settings) -> list[Json]:
    """The panel, or a copy of it for each limit that its `each` names."""
    if not panel.get("each"):
        return [panel]
    kind, period = panel["each"].split(".")
    limits = [limit for limit in settings.limits if (limit.kind, limit.period) == (kind, period)]
    return [_for_limit({**panel, "each": None}, limit, number) for number, limit in enumerate(limits)]


def _for_limit(panel: Json, limit: OwnLimit, number: int) -> Json:
    quoted = limit.name.replace("\\", "\\\\").replace('"', '\\"')

    def fill(data: Json, key: str) -> Json:
        if isinstance(data, dict):
            return {name: fill(value, name) for name, value in data.items()}
        if isinstance(data, (list, tuple)):
            return [fill(value, key) for value in data]
        if not isinstance(data, str):
            return data
        name = limit.name if key in _TEXTS else quoted
        return _amounts(data, key, {"usd": limit.usd}).replace("{name}", name)

    return {**fill(panel, ""), "id": f"{panel['id']}-{number + 1}"}


def _walk(data: Json, key: str, settings: Settings, words: Mapping[str, str]) -> Json:
    if isinstance(data, dict):
        return {name: _walk(value, name, settings, words) for name, value in data.items()}
    if isinstance(data, (list, tuple)):
        return [_walk(value, key, settings, words) for value in data]
    if not isinstance(data, str):
        return data
    if key in _TEXTS or key in _NAMES:
        data = words.get(data, data)
    if key == "formula":
        data = data.replace("{cache.saved}", _cache_saved(settings))
    return _amounts(data, key, settings.numbers)


def _cache_saved(settings: Settings) -> str:
    """The formula for the money that caching saved: for each model, cached tokens times the saving a token."""
    parts = [
        f"sum(gen_ai.usage.cache_read.input_tokens, kql='holysheep.price.model:\"{name}\"') * {plain(saving)}"
        for name, saving in settings.cache_savings.items()
        if saving
    ]
    return " + ".join(parts) or "sum(holysheep.cost.cached_input) * 0"


def _amounts(text: str, key: str, numbers: Mapping[str, Decimal]) -> str:
    """A text with its amounts filled in: as money where people read it, else as a number."""

    def amount(match: re.Match[str]) -> str:
        number = numbers.get(match[1])
        if number is None:
            return match[0]
        if key not in _TEXTS:
            return plain(number)
        if match[1].startswith("latency."):
            return _time(number)
        return written(float(number), "usd").removesuffix(".00") if "usd" in match[1] else f"{number:,}"

    return _AMOUNT.sub(amount, text)


def _time(milliseconds: Decimal) -> str:
    """Milliseconds in the unit in which a reader sees the figure: 5 s, 1.5 s, 800 ms. A tile's line has no room."""
    number, unit = (milliseconds / 1000, "s") if milliseconds >= 1000 else (milliseconds, "ms")  # noqa: PLR2004 - ms in a s
    return f"{plain(number)}\N{NO-BREAK SPACE}{unit}"
