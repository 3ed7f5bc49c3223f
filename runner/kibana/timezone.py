"""Sets Kibana's time zone: `now/d` and `now/M` depend on it, so it must be the time zone of the budgets."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from runner.step import Difference, Step

if TYPE_CHECKING:
    from runner.kibana.client import Kibana

Json = dict[str, Any]
KEY: Final = "dateFormat:tz"
KIND: Final = "setting"
#: The route of the settings: since 8.8 an internal one, before that below /api.
_PATHS: Final = ("/internal/kibana/settings", "/api/kibana/settings")


def step(kibana: Kibana, zone: str, *, overwrite: bool = False) -> Step:
    """What is to be done so that the space's dateFormat:tz is `zone`; what a person chose is kept."""
    _, setting = _read(kibana)
    if setting is None:
        note = f"Kibana does not show {KEY}; set it to {zone} in Stack Management, Advanced Settings"
        return Step("skip", KIND, KEY, notes=(note,))
    value = setting.get("userValue")
    difference = (Difference(KEY, str(value or "Browser"), zone),)
    if value == zone:
        note = f"{KEY} is {zone}{' by kibana.yml' if setting.get('isOverridden') else ''}, as the budgets'"
        return Step("unchanged", KIND, KEY, notes=(note,))
    if setting.get("isOverridden"):
        note = f"kibana.yml sets {KEY} to {value}, the budgets' is {zone}: today and this month will differ"
        return Step("keep", KIND, KEY, difference, (note,))
    if value is not None and not overwrite:
        note = f"somebody set {KEY} to {value}, the budgets' is {zone}; --overwrite sets it"
        return Step("keep", KIND, KEY, difference, (note,))
    return Step("change", KIND, KEY, difference, ("as the budgets'",), {"changes": {KEY: zone}})


def write(kibana: Kibana, change: Step) -> str:
    """Write a step that changes the setting. Kibana's reason when it can't be set, else empty."""
    answer = kibana.request("POST", _read(kibana)[0], json.dumps(change.body).encode())
    return "" if answer.ok else answer.reason


def apply(kibana: Kibana, zone: str, *, overwrite: bool = False) -> str:
    """Set the space's dateFormat:tz to `zone`, unless a person chose another. Returns the result as a sentence."""
    found = step(kibana, zone, overwrite=overwrite)
    if found.action != "change":
        return f"time zone: {found.notes[0]}"
    before = found.differences[0].old
    if why := write(kibana, found):
        return f"time zone: {KEY} is {before} and could not be set to {zone}: {why}"
    return f"time zone: {KEY} was {before}, it is now {zone}, as the budgets'"


def _read(kibana: Kibana) -> tuple[str, Json | None]:
    for path in _PATHS:
        answer = kibana.request("GET", path)
        if answer.ok:
            settings = answer.json().get("settings", {})
            setting = settings.get(KEY, {}) if isinstance(settings, dict) else {}
            return path, setting if isinstance(setting, dict) else {}
    return _PATHS[0], None
