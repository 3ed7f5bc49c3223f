"""Sets Kibana's time zone: `now/d` and `now/M` depend on it, so it must be the time zone of the budgets."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from runner.kibana.client import Kibana

Json = dict[str, Any]
_KEY: Final = "dateFormat:tz"
#: The route of the settings: since 8.8 an internal one, before that below /api.
_PATHS: Final = ("/internal/kibana/settings", "/api/kibana/settings")


def apply(kibana: Kibana, zone: str, *, overwrite: bool = False) -> str:
    """Set the space's dateFormat:tz to `zone`, unless a person chose another. Returns the result as a sentence."""
    path, setting = _read(kibana)
    if setting is None:
        return f"time zone: Kibana does not show {_KEY}; set it to {zone} in Stack Management, Advanced Settings"
    value = setting.get("userValue")
    if value == zone:
        where = " by kibana.yml" if setting.get("isOverridden") else ""
        return f"time zone: {_KEY} is {zone}{where}, as the budgets'"
    if setting.get("isOverridden"):
        return f"time zone: kibana.yml sets {_KEY} to {value}, the budgets' is {zone}: today and this month will differ"
    if value is not None and not overwrite:
        return f"time zone: somebody set {_KEY} to {value}, the budgets' is {zone}; --overwrite sets it"
    answer = kibana.request("POST", path, json.dumps({"changes": {_KEY: zone}}).encode())
    if not answer.ok:
        return f"time zone: {_KEY} is {value or 'Browser'} and could not be set to {zone}: {answer.reason}"
    return f"time zone: {_KEY} was {value or 'Browser'}, it is now {zone}, as the budgets'"


def _read(kibana: Kibana) -> tuple[str, Json | None]:
    for path in _PATHS:
        answer = kibana.request("GET", path)
        if answer.ok:
            settings = answer.json().get("settings", {})
            setting = settings.get(_KEY, {}) if isinstance(settings, dict) else {}
            return path, setting if isinstance(setting, dict) else {}
    return _PATHS[0], None
