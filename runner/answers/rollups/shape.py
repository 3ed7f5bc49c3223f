"""The documents of the rollups: by what calls are grouped, what is added up, and how a group becomes a document."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final

from runner.answers.sums import Interval, Metric
from runner.answers.usage import COST, RETRIED

if TYPE_CHECKING:
    from collections.abc import Mapping

Json = dict[str, Any]
#: Kinds of index: sums by quarter of an hour, and by day of the budgets' zone.
FINE: Final = "rollups"
DAILY: Final = "daily"
#: Every zone is a multiple of it from UTC: Asia/Kathmandu +5:45, Australia/Lord_Howe +10:30 and +11:00. A local day in
#: any zone is made of whole quarters.
QUARTER: Final = Interval(15)
QUARTER_MS: Final = QUARTER.minutes * 60_000

MODEL: Final = "holysheep.price.model"
NAME: Final = "gen_ai.request.model"
#: By what calls are grouped. No user, key, session or agent: then nothing has to be erased from the sums.
DIMENSIONS: Final = (
    MODEL,
    NAME,
    "holysheep.model.family",
    "gen_ai.provider.name",
    "labels.team",
    "service.name",
    "service.environment",
    "holysheep.source",
    "event.outcome",
    "holysheep.cost.status",
    "holysheep.service_tier",
)

_OWN: Final = "holysheep.rollup."
CALLS: Final = f"{_OWN}calls"
ZONE: Final = f"{_OWN}zone"
REPORTED_CALLS: Final = f"{_OWN}reported_calls"
REPORTED_NANO: Final = f"{_OWN}reported_nano"
_TOKENS: Final = (
    "gen_ai.usage.input_tokens",
    "gen_ai.usage.output_tokens",
    "gen_ai.usage.cache_read.input_tokens",
    "gen_ai.usage.cache_creation.input_tokens",
    "gen_ai.usage.reasoning.output_tokens",
    "holysheep.usage.total_tokens",
    "holysheep.usage.cache_write_1h_tokens",
    "holysheep.usage.input_audio_tokens",
    "holysheep.usage.input_image_tokens",
    "holysheep.usage.cached_audio_tokens",
    "holysheep.usage.cached_image_tokens",
    "holysheep.usage.output_audio_tokens",
    "holysheep.usage.output_image_tokens",
)
#: Upper bounds in milliseconds: the buckets of OpenTelemetry's gen_ai.client.operation.duration.
BOUNDS_MS: Final = tuple(10 * 2**power for power in range(14))


def _latencies() -> dict[str, Metric]:
    bounds = [None, *BOUNDS_MS, None]
    metrics = {}
    for above, to in pairwise(bounds):
        size = ({} if above is None else {"gt": above}) | ({} if to is None else {"lte": to})
        name = f"over_{above}_ms" if to is None else f"to_{to}_ms"
        metrics[f"{_OWN}latency.{name}"] = Metric(None, {"range": {"holysheep.latency.ms": size}})
    return metrics


#: Field of a rollup → what of the calls is added up in it.
MEASURES: Final[dict[str, Metric]] = {
    COST: Metric(COST),
    f"{_OWN}retried": Metric(None, RETRIED),
    f"{_OWN}retried_cost_nano": Metric(COST, RETRIED),
    **{name: Metric(name) for name in _TOKENS},
    **_latencies(),
}
#: Every number of a rollup, to be added up further.
STORED: Final[dict[str, Metric]] = {name: Metric(name) for name in (CALLS, *MEASURES, REPORTED_CALLS, REPORTED_NANO)}
#: Documents that are sums: the others of the same indices are marks.
SUMS: Final[Json] = {"exists": {"field": CALLS}}


def of_rollups(metrics: Mapping[str, Metric]) -> dict[str, Metric]:
    """What a report asks of calls (`usage.METRICS`, or some of them), as it is asked of rollups; and `calls`."""
    asked = {"calls": Metric(CALLS)}
    for name, metric in metrics.items():
        if metric.where == RETRIED:
            asked[name] = Metric(f"{_OWN}retried_cost_nano" if metric.field else f"{_OWN}retried")
        else:
            asked[name] = Metric(metric.field or CALLS, metric.where)
    return asked


@dataclass
class Sum:
    """A document: the begin of its interval in milliseconds since 1970, its dimensions, and its numbers by field."""

    begin: int
    dimensions: tuple[Any, ...]
    numbers: dict[str, int] = field(default_factory=dict)
    zone: str | None = None

    def add(self, numbers: Mapping[str, int]) -> None:
        """Add numbers by field."""
        for name, number in numbers.items():
            self.numbers[name] = self.numbers.get(name, 0) + number

    @property
    def id(self) -> str:
        """The same for the same interval and dimensions, so that a second run overwrites."""
        text = json.dumps([self.begin, *self.dimensions], ensure_ascii=False, separators=(",", ":"))
        return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]

    @property
    def source(self) -> Json:
        """The document: nested, without what is absent or 0."""
        values: Json = {
            name: value for name, value in zip(DIMENSIONS, self.dimensions, strict=True) if value is not None
        }
        values |= {name: number for name, number in self.numbers.items() if number}
        if self.zone:
            values[ZONE] = self.zone
        return {"@timestamp": text(self.begin)} | nested(values)


def key(dimensions: tuple[Any, ...]) -> tuple[Any, ...]:
    """The dimensions of a call as those of a rollup: the log's own name of a model only where no model matched."""
    return (dimensions[0], None if dimensions[0] is not None else dimensions[1], *dimensions[2:])


def index(prefix: str, kind: str, begin: int) -> str:
    """The index of a document: one a UTC year."""
    return f"{prefix}-{kind}-{moment(begin):%Y}.01.01"


def moment(millis: int) -> datetime:
    """Milliseconds since 1970 as a time in UTC."""
    return datetime.fromtimestamp(millis / 1000, UTC)


def text(millis: int) -> str:
    """Milliseconds since 1970 as `2026-11-25T10:15:00.000Z`."""
    return moment(millis).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def nested(values: Mapping[str, Any]) -> Json:
    """`{"a": {"b": 1}}` of `{"a.b": 1}`."""
    root: Json = {}
    for name, value in values.items():
        *parents, leaf = name.split(".")
        node = root
        for parent in parents:
            node = node.setdefault(parent, {})
        node[leaf] = value
    return root
