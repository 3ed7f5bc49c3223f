"""One window against another, and one sum against another."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final

from holysheep_alerts.base import Json, Question
from holysheep_alerts.periods import NANO, usd

#: USD below which reported and computed cost may differ by rounding alone.
ROUNDING_USD: Final = 0.01


class Spike(Question):
    """A sum or percentile now, as a multiple of an earlier window's. Without an earlier one there is nothing to say."""

    def find(self, end: datetime) -> list[Json]:
        """What has grown too much."""
        window, length = self.minutes("window"), self.minutes("length")
        earlier = end - self.minutes("before") - (window if self.is_sum else timedelta())
        now = self._figures(end - window, end)
        before = self._figures(earlier, earlier + length)
        found: list[Json] = []
        for who, (figure, calls) in now.items():
            reference, earlier_calls = before.get(who, (0.0, 0))
            enough = figure >= self.ours["at_least"] * NANO if self.is_sum else self._enough(calls, earlier_calls)
            if enough and reference > 0 and figure > self.ours["factor"] * reference:
                words = {"figure": self._say(figure), "reference": self._say(reference)}
                words["multiple"] = f"{figure / reference:.1f}"
                found.append({"holysheep_key": who, "who": who, **words})
        return found

    @property
    def is_sum(self) -> bool:
        """Whether the figure is a sum (of nano-USD), not a percentile (of milliseconds)."""
        return "percent" not in self.ours

    def _enough(self, *calls: int) -> bool:
        return min(calls) >= self.ours["at_least"]

    def _figures(self, begin: datetime, end: datetime) -> dict[str, tuple[float, int]]:
        """Figure and calls by value of `by`; values of sums also without a team."""
        field, percent = self.ours["field"], self.ours.get("percent")
        wanted: Json = {"sum": {"field": field}}
        if percent is not None:
            wanted = {"percentiles": {"field": field, "percents": [percent]}}
        aggregations = {**self.by({"figure": wanted})}
        if self.is_sum and "by" in self.ours:
            aggregations["all"] = {"filter": {"match_all": {}}, "aggs": {"figure": wanted}}
        found = self.ask(begin, end, aggregations)
        named = self.values(found)
        if "all" in found:
            named = {"all calls": found["all"], **{f"team {name}": value for name, value in named.items()}}
        return {name: (_value(bucket["figure"]), int(bucket["doc_count"])) for name, bucket in named.items()}

    def _say(self, figure: float) -> str:
        return usd(figure) if self.is_sum else f"{figure:,.0f} ms"


def _value(figure: Json) -> float:
    """A single-valued metric, or the only percentile; 0 where there is nothing."""
    value: Any = figure["value"] if "value" in figure else next(iter(figure["values"].values()))
    return float(value) if isinstance(value, int | float) else 0.0


class Drift(Question):
    """Reported and computed cost of the calls that have both."""

    def find(self, end: datetime) -> list[Json]:
        """Models whose costs differ too much."""
        sums = {"difference": {"sum": {"field": "holysheep.cost.difference"}}}
        sums["nano"] = {"sum": {"field": "holysheep.cost.total_nano"}}
        both = {"exists": {"field": "holysheep.cost.difference"}}
        found: list[Json] = []
        for who, bucket in self.values(self.ask(end - self.minutes("window"), end, self.by(sums), both)).items():
            difference, computed = bucket["difference"]["value"], bucket["nano"]["value"] / NANO
            if abs(difference) < ROUNDING_USD or abs(difference) * 100 <= self.ours["above"] * computed:
                continue
            share = f"{difference * 100 / computed:+.1f} %" if computed else f"{difference:+.4f} USD"
            words = {"reported": usd((computed + difference) * NANO), "computed": usd(computed * NANO)}
            found.append({"holysheep_key": who, "who": who, "figure": share, **words})
        return found
