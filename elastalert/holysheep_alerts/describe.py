"""The words of an alert: who, how much, when, and the dashboard at that time."""

from __future__ import annotations

import os
from datetime import datetime, timedelta
from typing import Any, Final
from urllib.parse import quote
from zoneinfo import ZoneInfo

from elastalert.enhancements import BaseEnhancement
from elastalert.util import lookup_es_key, ts_to_dt
from jinja2 import Environment, StrictUndefined

from holysheep_alerts.periods import NANO, usd

Json = dict[str, Any]
#: Not HTML: no channel of ours takes any.
TEMPLATES: Final = Environment(undefined=StrictUndefined, autoescape=False)  # noqa: S701
#: A dashboard of less time than this has nothing to compare with.
SHORTEST: Final = timedelta(hours=1)


class Describe(BaseEnhancement):
    """Adds to a match: who, figure, at, dashboard_url, and the finished subject and text."""

    def process(self, match: Json) -> None:
        """ElastAlert's call, before the alert is sent."""
        ours: Json = self.rule["holysheep"]
        # ElastAlert's own rule types give the moment under the name of the rule's time field.
        moment = ts_to_dt(match.get(self.rule["timestamp_field"]) or match["@timestamp"])
        match.setdefault("who", str(lookup_es_key(match, ours.get("by", "")) or "all"))
        if "figure" not in match:
            match["figure"] = self._figure(match)
        match.setdefault("calls", match.get("denominator", ""))
        match["at"] = moment.astimezone(ZoneInfo(ours["timezone"])).strftime("%Y-%m-%d %H:%M %Z")
        match["dashboard_url"] = self._dashboard(match, moment)
        match["severity"], match["rule"] = ours["severity"], self.rule["name"]

        def shown(field: str) -> object:
            value = lookup_es_key(match, field)
            return "unknown" if value is None else value

        for name in ("subject", "text"):
            match[name] = TEMPLATES.from_string(ours[name]).render(match, shown=shown)

    def _figure(self, match: Json) -> str:
        """The figure of ElastAlert's own rule types."""
        ours = self.rule["holysheep"]
        if ours["kind"] == "share":
            return f"{match['percentage']:.1f} %"
        if ours["kind"] == "percentile":
            return f"{match['metric_agg_value']:,.0f} {ours['unit']}"
        if ours["kind"] == "each":
            value = lookup_es_key(match, ours["figure"])
            return usd(float(value) * NANO) if ours["unit"] == "usd" else str(value)
        return f"{match['metric_agg_value']:,.0f}"

    def _dashboard(self, match: Json, moment: datetime) -> str:
        """The dashboard over the rule's window, or since the period began, and a little longer."""
        ours = self.rule["holysheep"]
        window = max(timedelta(minutes=ours["window"]), SHORTEST)
        begin = ts_to_dt(match["since"]) if "since" in match else moment - window
        times = f"(time:(from:'{_instant(begin)}',to:'{_instant(moment + timedelta(minutes=5))}'))"
        kibana = os.environ.get("HOLYSHEEP_KIBANA_URL") or "https://localhost:5601"
        return f"{kibana.rstrip('/')}/app/dashboards#/view/{ours['dashboard']}?_g={quote(times, safe=':()')}"


def _instant(moment: datetime) -> str:
    return moment.astimezone(ZoneInfo("UTC")).strftime("%Y-%m-%dT%H:%M:%S.000Z")
