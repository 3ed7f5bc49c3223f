"""Calls and tokens a minute against the card's limits: ElastAlert has one threshold a rule, not one a model."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from elastalert.util import ts_to_dt

from holysheep_alerts.base import Json, Question

if TYPE_CHECKING:
    from datetime import datetime

#: What a call's tokens may be in: a line has prompt and answer, or a total alone.
TOKENS: Final = ("gen_ai.usage.input_tokens", "gen_ai.usage.output_tokens", "holysheep.usage.total_tokens")


class Rate(Question):
    """Models of which a minute of the window had a share of their limit or more.

    `limits`: a model's id in the card, and its requests and tokens a minute, either of which may be null. Refused calls
    count, as providers count them.
    """

    def find(self, end: datetime) -> list[Json]:
        """Of each model and limit the fullest minute, if it is full enough."""
        limits: list[Json] = self.ours["limits"]
        asked = {f"m{number}": self._of(limit["model"]) for number, limit in enumerate(limits)}
        answer = self.ask(end - self.minutes("window"), end, asked)
        found: list[Json] = []
        for number, limit in enumerate(limits):
            minutes = answer[f"m{number}"]["minutes"]["buckets"] if answer else []
            for unit, figure in (("requests", _requests), ("tokens", _tokens)):
                if not minutes or not limit[unit]:
                    continue
                fullest = max(minutes, key=figure)
                share = figure(fullest) * 100 / limit[unit]
                if share >= self.ours["above"]:
                    found.append(self._match(limit, unit, fullest, figure(fullest), share))
        return found

    @staticmethod
    def _of(model: str) -> Json:
        sums = {f"t{number}": {"sum": {"field": field}} for number, field in enumerate(TOKENS)}
        minutes = {"date_histogram": {"field": "@timestamp", "fixed_interval": "1m", "min_doc_count": 1}, "aggs": sums}
        return {"filter": {"term": {"holysheep.price.model": model}}, "aggs": {"minutes": minutes}}

    def _match(self, limit: Json, unit: str, minute: Json, figure: int, share: float) -> Json:
        local = ts_to_dt(minute["key_as_string"]).astimezone(ZoneInfo(self.ours["timezone"]))
        words = {"figure": f"{figure:,} {unit}", "limit": f"{limit[unit]:,} {unit} a minute", "share": f"{share:.0f}"}
        who = limit["model"]
        return {"holysheep_key": f"{who} {unit}", "who": who, "minute": f"{local:%H:%M}", **words}


def _requests(minute: Json) -> int:
    return int(minute["doc_count"])


def _tokens(minute: Json) -> int:
    return sum(int(minute[f"t{number}"]["value"]) for number in range(len(TOKENS)))
