"""Budgets: what ElastAlert can't say, since its windows know neither calendar nor time zone."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final

from holysheep_alerts.base import Json, Question
from holysheep_alerts.periods import NANO, bounds, expected, label, lasting, multiple, usd

SUM: Final[Json] = {"nano": {"sum": {"field": "holysheep.cost.total_nano"}}}
#: A period is looked at this much longer than it lasts, for lines that come late.
LATE: Final = timedelta(hours=1)
#: How far back a first call is looked for.
LOOK_BACK: Final = timedelta(days=60)
#: A pace that is measured over less says nothing of a month.
MIN_PACE: Final = timedelta(days=1)


class _Spending(Question):
    """Sums of the rule's budgets. `budgets`: name, USD, and field and value of a team's or model's own."""

    def __init__(self, rules: Json, args: object = None) -> None:
        super().__init__(rules, args)
        self.budgets: list[Json] = [
            {**budget, "nano": int(Decimal(budget["usd"]) * NANO)} for budget in self.ours["budgets"]
        ]

    def spent(self, begin: datetime, end: datetime) -> list[int]:
        """Nano-USD of each budget from `begin` on. The sum of a long is exact up to 9 million USD."""
        found = self.ask(begin, end, {f"b{number}": self._of(budget) for number, budget in enumerate(self.budgets)})
        return [int(found[f"b{number}"]["nano"]["value"]) if found else 0 for number in range(len(self.budgets))]

    @staticmethod
    def _of(budget: Json) -> Json:
        only = {"term": {budget["field"]: budget["value"]}} if "field" in budget else {"match_all": {}}
        return {"filter": only, "aggs": SUM}

    def match(self, budget: Json, key: str, nano: float, **more: object) -> Json:
        """A match; its key is of the budget, so that each is told by itself."""
        share = Decimal(int(nano)) * 100 / budget["nano"]
        words = {"who": budget["name"], "figure": usd(nano), "limit": budget["usd"], "share": f"{share:.0f}"}
        return {"holysheep_key": f"{budget['name']} {key}", **words, **more}


class Budget(_Spending):
    """The highest level of each budget that the calendar day or month has reached.

    `told` are the rule's own levels, each severity has a rule. The highest of `levels` counts, so that a jump beyond
    the whole budget is not told as a part of it as well.
    """

    def find(self, end: datetime) -> list[Json]:
        """Budgets that have reached a level."""
        period, zone = self.ours["period"], self.ours["timezone"]
        found: list[Json] = []
        for moment in dict.fromkeys((bounds(end - LATE, period, zone), bounds(end, period, zone))):
            begin, over = moment
            name = label(begin, period, zone)
            for budget, nano in zip(self.budgets, self.spent(begin, over), strict=True):
                reached = [level for level in self.ours["levels"] if nano * 100 >= level * budget["nano"]]
                if budget["nano"] and reached and max(reached) in self.ours["told"]:
                    key = f"{name} {max(reached)}"
                    found.append(self.match(budget, key, nano, since=begin.isoformat(), period=name))
        return found


class Forecast(_Spending):
    """Budgets that the month will exceed at the present pace, unless they are exceeded already."""

    def find(self, end: datetime) -> list[Json]:
        """Budgets that will not do."""
        begin, over = bounds(end, "month", self.ours["timezone"])
        since = max(end - self.minutes("window"), self._first(end))
        if end - since < MIN_PACE:
            return []
        found: list[Json] = []
        recent = self.spent(since, end)
        for budget, nano, latest in zip(self.budgets, self.spent(begin, end), recent, strict=True):
            pace = latest / (end - since).total_seconds()
            coming = expected(nano, pace, end, over)
            if nano < budget["nano"] < coming:
                words = {"spent": usd(nano), "pace": usd(pace * 86400), "since": begin.isoformat()}
                key = f"{label(begin, 'month', self.ours['timezone'])} forecast"
                found.append(self.match(budget, key, coming, **words))
        return found

    def _first(self, end: datetime) -> datetime:
        """The first call of the last weeks: before the bundle was there, there was nothing to measure."""
        found = self.ask(end - LOOK_BACK, end, {"first": {"min": {"field": "@timestamp"}}})
        value = (found.get("first") or {}).get("value")
        return datetime.fromtimestamp(value / 1000, tz=end.tzinfo) if value is not None else end


class Burn(_Spending):
    """Budgets of a month that are spent too fast, over a long window and, so that it is not over yet, a short one."""

    def find(self, end: datetime) -> list[Json]:
        """Budgets that are burnt."""
        begin, over = bounds(end, "month", self.ours["timezone"])
        length = (over - begin).total_seconds()
        found: dict[str, Json] = {}
        for pair in self.ours["pairs"]:
            windows = [timedelta(minutes=pair[key]) for key in ("long", "short")]
            spent = [self.spent(end - window, end) for window in windows]
            for number, budget in enumerate(self.budgets):
                if not budget["nano"] or budget["name"] in found:
                    continue
                paces = [
                    multiple(nano[number], window.total_seconds(), budget["nano"], length)
                    for nano, window in zip(spent, windows, strict=True)
                ]
                if min(paces) > pair["factor"]:
                    words = {"multiple": f"{paces[0]:.1f}", "span": lasting(windows[0].total_seconds())}
                    words["lasts"] = lasting(length / paces[0])
                    found[budget["name"]] = self.match(budget, "burn", spent[0][number], **words)
        return list(found.values())
