"""Costs stored calls anew by a corrected card: what that changes by day and model, and the change itself."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any, Final
from zoneinfo import ZoneInfo

from runner.answers.rewrite import Change, Rewriter

if TYPE_CHECKING:
    from collections.abc import Callable

    from runner.answers.costed import Recoster, Unknown
    from runner.answers.reader import Tell
    from runner.answers.reprice_state import State
    from runner.answers.stored import Store

Json = dict[str, Any]
#: Zones differ by quarters of an hour, so that all of one is on one day.
_QUARTER: Final = 15 * 60


@dataclass
class Line:
    """The calls of one day and model whose cost changes. Money in nano-USD."""

    day: date
    model: str
    calls: int = 0
    before: int = 0
    after: int = 0
    #: calls that had no cost and have one now, and the other way round
    newly_priced: int = 0
    no_longer_priced: int = 0

    @property
    def difference(self) -> int:
        """What the calls cost more; negative for less."""
        return self.after - self.before


@dataclass
class Repricing:
    """What is, or would be, different. Memory holds a line a day and model."""

    version: str
    lines: dict[tuple[date, str], Line] = field(default_factory=dict)
    #: documents read, changed, and changed with another cost, by kind of index
    read: dict[str, int] = field(default_factory=dict)
    changed: dict[str, int] = field(default_factory=dict)
    #: documents that can't be told by another card
    kept: dict[Unknown, int] = field(default_factory=dict)
    seconds: float = 0.0

    @property
    def total(self) -> Line:
        """All lines as one."""
        whole = Line(date.min, "all")
        for line in self.lines.values():
            for name in ("calls", "before", "after", "newly_priced", "no_longer_priced"):
                setattr(whole, name, getattr(whole, name) + getattr(line, name))
        return whole

    @property
    def rate(self) -> int:
        """Documents a second."""
        return round(sum(self.read.values()) / self.seconds) if self.seconds else 0


@dataclass
class Repricer:
    """Judges documents one by one, and adds up what changes."""

    recoster: Recoster
    zone: str
    #: leave documents alone of which nothing but the card's fingerprint would change
    changed_only: bool = False

    def __post_init__(self) -> None:
        """Nothing was judged yet."""
        self.found = Repricing(self.recoster.version)
        self._days: dict[int, date] = {}

    def judge(self, source: Json) -> Json | Unknown | None:
        """The new `_source`; None when it stays as it is, or why it can't be told."""
        new = self.recoster.document(source)
        if isinstance(new, str):
            return new
        if new == source or (self.changed_only and _but_version(new) == _but_version(source)):
            return None
        return new

    def rewritten(self, source: Json) -> Json | None:
        """The new `_source`, or None when it stays as it is for whatever reason."""
        new = self.judge(source)
        return None if isinstance(new, str) else new

    def add(self, kind: str, source: Json) -> Json | None:
        """Count a document; its new `_source` or None."""
        found = self.found
        found.read[kind] = found.read.get(kind, 0) + 1
        new = self.judge(source)
        if isinstance(new, str):
            found.kept[new] = found.kept.get(new, 0) + 1
            return None
        if new is None:
            return None
        found.changed[kind] = found.changed.get(kind, 0) + 1
        if kind == "api":
            self._add_cost(source, new)
        return new

    def _add_cost(self, source: Json, new: Json) -> None:
        old_cost, new_cost = source["holysheep"].get("cost", {}), new["holysheep"].get("cost", {})
        before, after = old_cost.get("total_nano"), new_cost.get("total_nano")
        if before == after:
            return
        day, model = self._day(source["@timestamp"]), _model(source, new)
        line = self.found.lines.setdefault((day, model), Line(day, model))
        line.calls += 1
        line.before += before or 0
        line.after += after or 0
        line.newly_priced += before is None
        line.no_longer_priced += after is None

    def _day(self, text: str) -> date:
        moment = datetime.fromisoformat(text)
        quarter = int(moment.timestamp()) // _QUARTER
        if quarter not in self._days:
            self._days[quarter] = datetime.fromtimestamp(quarter * _QUARTER, UTC).astimezone(ZoneInfo(self.zone)).date()
        return self._days[quarter]


def reprice(store: Store, repricer: Repricer, tell: Tell, writer: Rewriter | None = None) -> Repricing:
    """Judge every call of a store, and change it with a writer. UserError when Elasticsearch stops answering."""
    start = time.monotonic()
    indices = store.indices()
    total = sum(indices.values())
    if writer and writer.state.resumed:
        writer.resume()
    tell(0, total)
    for index, count in indices.items():
        if writer and index in writer.state.finished:
            tell(count, total)
            continue
        kind = index.removeprefix(f"{store.prefix}-").partition("-")[0]
        for page in store.pages(index):
            told = [(stored, repricer.add(kind, stored.source)) for stored in page]
            if writer:
                writer.write(index, [Change(stored, new) for stored, new in told if new is not None])
            tell(len(page), total)
        if writer:
            writer.state.finish(index)
    repricer.found.seconds = time.monotonic() - start
    return repricer.found


def rewriter(store: Store, state: State, repricer: Repricer, sleep: Callable[[float], None] = time.sleep) -> Rewriter:
    """A writer that judges as the repricer does."""
    return Rewriter(store, state, repricer.rewritten, sleep)


def _but_version(source: Json) -> Json:
    part = source["holysheep"]
    price = {name: value for name, value in part.get("price", {}).items() if name != "version"}
    return {**source, "holysheep": {**part, "price": price}}


def _model(source: Json, new: Json) -> str:
    for document in (source, new):
        if model := document["holysheep"].get("price", {}).get("model"):
            return str(model)
    return f"{source.get('gen_ai', {}).get('request', {}).get('model', '(none)')} (no price)"
