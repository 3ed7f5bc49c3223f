"""Compares the rollups with the calls, and the days with their quarters of an hour: every document, every number."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from runner.answers.reader import Selection, ignored, words
from runner.answers.rollups import calls, days, marks, store
from runner.answers.rollups.shape import CALLS, DAILY, FINE, moment
from runner.answers.usage import COST

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from elasticsearch import Elasticsearch

    from runner.answers.rollups.job import Order
    from runner.answers.rollups.marks import Live, Mark
    from runner.answers.rollups.shape import Sum

Json = dict[str, Any]


@dataclass(frozen=True)
class Difference:
    """Documents that are missing, too many or have another number, and the sums on both sides. Money in nano-USD."""

    where: str
    documents: int
    calls: int
    calls_in_rollups: int
    cost_nano: int
    cost_in_rollups_nano: int


@dataclass(frozen=True)
class Checked:
    """What was compared, what differs, and what can't be compared: the calls of these rollups are gone."""

    indices: int
    days: int
    documents: int
    differences: list[Difference]
    kept: list[str]


def check(es: Elasticsearch, order: Order, tell: Callable[[int, int], None] = ignored) -> Checked:
    """Compare everything of the days of an order. Nothing is written."""
    store.refresh(es, order.prefix)
    known = marks.read(es, order.prefix)
    indices = [live for live in marks.live(es, order.prefix) if order.wants(live.index)]
    begins = sorted(begin for begin in days.all_begins(es, order.prefix, order.zone) if order.wants(_name(begin)))
    differences: list[Difference] = []
    kept: list[str] = []
    compared = 0
    for live in indices:
        mark = known.get(live.index)
        if mark and mark.frozen:
            kept.append(f"{live.index}: {mark.frozen}")
        else:
            compared += _index(es, order, live, mark, differences)
            kept += [f"{live.index}: {len(mark.held)} quarters of an hour"] if mark and mark.held else []
        tell(1, len(indices) + len(begins))
    for begin in begins:
        compared += _day(es, order, begin, differences)
        tell(1, len(indices) + len(begins))
    return Checked(len(indices), len(begins), compared, differences, kept)


def _index(es: Elasticsearch, order: Order, live: Live, mark: Mark | None, differences: list[Difference]) -> int:
    with words():
        es.indices.refresh(index=live.index)
    span = marks.span_of(live.index)
    held: list[Json] = []
    if mark and mark.held:
        held = [{"bool": {"must_not": [store.within(store.quarters(mark.held))]}}]
    expected = _by_id(calls.sums(Selection(es, order.prefix, span, held, date=live.index[-10:])))
    actual = dict(store.sources(store.selection(es, order.prefix, FINE, span, *held)))
    _compare(live.index, expected, actual, differences)
    return len(actual)


def _day(es: Elasticsearch, order: Order, begin: int, differences: list[Difference]) -> int:
    span = days.span_of(begin, order.zone)
    expected = _by_id(days.sums(store.selection(es, order.prefix, FINE, span), order.zone))
    actual = dict(store.sources(store.selection(es, order.prefix, DAILY, span)))
    _compare(f"{order.prefix}-{DAILY}, {_name(begin)}", expected, actual, differences)
    return len(actual)


def _name(begin: int) -> str:
    """The UTC day of a moment, as names of indices end."""
    return f"{moment(begin):%Y.%m.%d}"


def _by_id(sums: Iterable[Sum]) -> dict[str, Json]:
    return {one.id: one.source for one in sums}


def _compare(where: str, expected: Mapping[str, Json], actual: Mapping[str, Json], found: list[Difference]) -> None:
    other = sum(expected.get(id_) != actual.get(id_) for id_ in expected.keys() | actual.keys())
    if other:
        both = [[_total(side, field) for side in (expected, actual)] for field in (CALLS, COST)]
        found.append(Difference(where, other, *both[0], *both[1]))


def _total(documents: Mapping[str, Json], field: str) -> int:
    total = 0
    for document in documents.values():
        value: Any = document
        for step in field.split("."):
            value = value.get(step, {})
        total += value or 0
    return total
