"""Whether lines arrive, and how late."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from elastalert.util import dt_to_ts

from holysheep_alerts.base import Json, Question
from holysheep_alerts.periods import lasting

DAY: Final = timedelta(days=1)


class Silence(Question):
    """What came in the 24 hours before, and not in the window since."""

    def find(self, end: datetime) -> list[Json]:
        """Sources that were there and are not."""
        since = end - self.minutes("window")
        recent = self.values(self.ask(since, end, self.by({})))
        latest = {"latest": {"max": {"field": "@timestamp"}}}
        found: list[Json] = []
        for who, bucket in self.values(self.ask(since - DAY, since, self.by(latest))).items():
            if who not in recent and bucket["doc_count"] >= self.ours["at_least"]:
                figure = f"{bucket['doc_count']:,}"
                last = bucket["latest"]["value_as_string"]
                found.append({"holysheep_key": who, "who": who, "figure": figure, "last": last})
        return found


class Lag(Question):
    """Mean of `event.created` minus `@timestamp`, of lines first seen in the window.

    Of means, since that needs no script: the mean of a difference is the difference of the means. A line older than a
    day is a replay and not late.
    """

    def find(self, end: datetime) -> list[Json]:
        """Sources whose lines are late."""
        means = {"seen": {"avg": {"field": "event.created"}}, "happened": {"avg": {"field": "@timestamp"}}}
        of_today = {"range": {"@timestamp": {"gte": dt_to_ts(end - DAY)}}}
        found: list[Json] = []
        lines = self.ask(end - self.minutes("window"), end, self.by(means), of_today, field="event.created")
        for who, bucket in self.values(lines).items():
            seconds = (bucket["seen"]["value"] - bucket["happened"]["value"]) / 1000
            if seconds > self.ours["above"]:
                words = {"figure": lasting(seconds), "lines": f"{bucket['doc_count']:,}"}
                found.append({"holysheep_key": who, "who": who, **words})
        return found
