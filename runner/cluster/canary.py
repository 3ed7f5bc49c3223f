"""Reads the synthetic lines of the service `canary`: their age, how long they took, how many are missing."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from runner.cluster.lag import span

if TYPE_CHECKING:
    from elasticsearch import Elasticsearch

#: How far back lines are counted.
WINDOW: Final = "1h"
#: A path whose newest line is older than this has stopped: the service writes a line a minute.
LATE_S: Final = 180


@dataclass(frozen=True)
class Canary:
    """The synthetic lines of one path in the last hour.

    `age_s`: seconds since the newest line was written; negative when its time is in the future. `took_ms`: the median
    time until a search returned a line; None when nobody measured it. `missing`: lines that no search returned in time.
    """

    path: str
    age_s: float
    took_ms: float | None
    lines: int
    missing: int

    @property
    def late(self) -> bool:
        """Whether no line came for three minutes."""
        return self.age_s > LATE_S

    @property
    def ahead(self) -> bool:
        """Whether the newest line is of the future: until then nobody sees whether new lines come."""
        return self.age_s < -LATE_S

    def warnings(self) -> list[str]:
        """What somebody must look into."""
        if self.late:
            return [f"{self.text()}: no line came for {span(LATE_S)}"]
        if self.ahead:
            what = f"canary by {self.path}: the newest line is {span(-self.age_s)} in the future"
            return [f"{what}: a clock was set back, or is wrong here. Until then nobody sees whether lines arrive"]
        return []

    def text(self) -> str:
        """One line for people."""
        took = "" if self.took_ms is None else f", found after {self.took_ms / 1000:,.1f} s (median)"
        missing = f"{self.missing} of {self.lines} missing"
        return f"canary by {self.path}: the newest is {max(self.age_s, 0.0):,.0f} s old{took}, {missing}"


def read(es: Elasticsearch, prefix: str) -> list[Canary]:
    """The paths that had a line in the last hour; empty where no canary runs."""
    aggs: dict[str, Any] = {
        "newest": {"max": {"field": "@timestamp"}},
        "took": {"percentiles": {"field": "holysheep.canary.previous_ms", "percents": [50]}},
        "missing": {"filter": {"term": {"holysheep.canary.previous_missing": True}}},
    }
    answer = es.search(
        index=f"{prefix}-canary-*",
        size=0,
        query={"range": {"@timestamp": {"gte": f"now-{WINDOW}"}}},
        aggs={"paths": {"terms": {"field": "holysheep.canary.path"}, "aggs": aggs}},
        ignore_unavailable=True,
        allow_no_indices=True,
    )
    buckets = answer.get("aggregations", {}).get("paths", {}).get("buckets", [])
    return [
        Canary(
            path=bucket["key"],
            age_s=time.time() - bucket["newest"]["value"] / 1000,
            took_ms=bucket["took"]["values"]["50.0"],
            lines=bucket["doc_count"],
            missing=bucket["missing"]["doc_count"],
        )
        for bucket in sorted(buckets, key=lambda bucket: str(bucket["key"]))
    ]
