"""Makes the rollups: finds what changed since the last run, and adds up those quarters of an hour anew.

Safe to break off and to repeat: the id of a document follows from what it is the sum of, and an index is marked as done
only when all its sums are written. Calls that are gone never lessen a sum, unless an erasure of persons says so.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from generator.errors import UserError
from runner.answers.reader import Selection, ignored, words
from runner.answers.rollups import calls, days, marks, store
from runner.answers.rollups.marks import Mark
from runner.answers.rollups.shape import CALLS, DAILY, FINE, QUARTER
from runner.answers.sums import Metric, grouped

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from datetime import date

    from elasticsearch import Elasticsearch

    from runner.answers.rollups.marks import Live
    from runner.answers.rollups.shape import Sum

Json = dict[str, Any]
#: An erasure tells of documents before it deletes them: one that a run before saw half of is still looked at.
_ERASES: Final = timedelta(days=1)
#: Where clocks are put forward a day has 23 hours.
_ALMOST_A_DAY_MS: Final = 23 * 3_600_000 - 1


@dataclass(frozen=True)
class Order:
    """What is to be done. Dates as in the names of indices: UTC days, the last included."""

    prefix: str
    zone: str
    #: Days that the card keeps calls.
    keeps: int
    now: datetime
    first: str = ""
    last: str = "9999"
    #: Add up again what is marked as done, held or frozen.
    rebuild: bool = False

    def between(self, first: date | None, last: date | None) -> Order:
        """Of some days only."""
        first_day = f"{first:%Y.%m.%d}" if first else ""
        return replace(self, first=first_day, last=f"{last:%Y.%m.%d}" if last else self.last)

    def wants(self, index: str) -> bool:
        """Whether an index of calls is one of the days."""
        return self.first <= index[-10:] <= self.last


@dataclass(frozen=True)
class Done:
    """What a run did to the rollups of one index of calls."""

    index: str
    quarters: int = 0
    documents: int = 0
    days: int = 0
    #: Why the rollups were kept as they are; empty when they follow the index.
    frozen: str = ""
    #: Quarters of an hour whose rollups were kept, since calls of them are gone.
    held: int = 0


@dataclass(frozen=True)
class Result:
    """All indices that had something to do or to say, and how many had nothing."""

    done: list[Done]
    unchanged: int


def run(es: Elasticsearch, order: Order, tell: Callable[[int, int], None] = ignored) -> Result:
    """Bring the rollups up to date. UserError when Elasticsearch can't be asked or refuses a document."""
    store.refresh(es, order.prefix)
    _move_zone(es, order)
    known = marks.read(es, order.prefix)
    indices = [live for live in marks.live(es, order.prefix) if order.wants(live.index)]
    result: list[Done] = []
    for live in indices:
        mark = known.get(live.index)
        if mark and mark.frozen and not order.rebuild:
            result.append(Done(live.index, frozen=mark.frozen))
        elif mark is None or order.rebuild or not mark.covers(live):
            result.append(_index(es, order, live, mark))
        elif mark.held:
            result.append(Done(live.index, held=len(mark.held)))
        tell(1, len(indices))
    store.refresh(es, order.prefix)
    return Result(result, len(indices) - len(result))


def _index(es: Elasticsearch, order: Order, live: Live, mark: Mark | None) -> Done:
    """One index of calls. The mark is written last."""
    with words():
        es.indices.refresh(index=live.index)
    own = Selection(es, order.prefix, marks.span_of(live.index), date=live.index[-10:])
    there, rolled = calls.counts(own), in_rollups(es, order, own)
    lost = _lost(there, rolled)
    if mark and not order.rebuild and (why := _why_frozen(es, order, live, mark, lost)):
        store.send(es, [marks.action(order.prefix, replace(mark, frozen=why))])
        return Done(live.index, frozen=why)
    held = set() if order.rebuild else _held(es, order, mark, lost)
    known = mark if mark and mark.uuid == live.uuid and not order.rebuild else Mark(live.index, live.uuid)
    changed = set(calls.counts(marks.changed(own, known)))
    changed |= {begin for begin in there.keys() | rolled.keys() if there.get(begin, 0) != rolled.get(begin, 0)}
    changed -= held
    pending = {days.begin_of(begin, order.zone) for begin in changed} | _left(mark, order.zone)
    noted = replace(
        known,
        documents=sum(there.values()),
        held=tuple(sorted(held)),
        pending=tuple(sorted(pending)),
        ran=round(order.now.timestamp() * 1000),
    )
    done = _write(es, order, own, {begin: there.get(begin, 0) for begin in changed}, noted)
    # Without one sequence of numbers every call counts as new in each run.
    checkpoint = -1 if live.checkpoint is None else live.checkpoint
    store.send(es, [marks.action(order.prefix, replace(noted, checkpoint=checkpoint, pending=()))])
    return replace(done, held=len(held))


def _left(mark: Mark | None, zone: str) -> set[int]:
    """Days that a run before left; in another zone a day lies in two."""
    left = mark.pending if mark else ()
    return {days.begin_of(moment, zone) for begin in left for moment in (begin, begin + _ALMOST_A_DAY_MS)}


def _write(es: Elasticsearch, order: Order, own: Selection, changed: Mapping[int, int], mark: Mark) -> Done:
    """Add up quarters of an hour and then the days in which they are. `changed`: calls by quarter."""
    written = 0
    if mark.pending:
        store.send(es, [marks.action(order.prefix, mark)])
    if changed:
        spans = store.within(store.quarters(changed))
        old = store.ids(store.selection(es, order.prefix, FINE, own.span, spans))
        sums = _whole(calls.sums(own.narrowed(spans)), sum(changed.values()))
        written = store.replace(es, order.prefix, FINE, old, sums)
        store.refresh(es, order.prefix, FINE)
    made = days.make(es, order.prefix, mark.pending, order.zone)
    if made:
        store.refresh(es, order.prefix, DAILY)
    return Done(mark.index, len(changed), written + made, len(mark.pending))


def _whole(sums: Iterable[Sum], least: int) -> Iterator[Sum]:
    """The sums. UserError when fewer calls are in them than were counted: then no old sum is removed."""
    number = 0
    for one in sums:
        number += one.numbers[CALLS]
        yield one
    if number < least:
        what = f"{least:,} calls were counted, and {number:,} of them added up"
        raise UserError(what, hint="calls are being deleted at this moment, or Elasticsearch left some out: try again")


def in_rollups(es: Elasticsearch, order: Order, own: Selection) -> dict[int, int]:
    """Calls by quarter of an hour, as the rollups have them."""
    fine = store.selection(es, order.prefix, FINE, own.span)
    return {int(group.key[0]): group.sums["n"] for group in grouped(fine, [QUARTER], {"n": Metric(CALLS)})}


def _lost(there: dict[int, int], rolled: dict[int, int]) -> dict[int, int]:
    """Calls by quarter of an hour that are in the rollups and no longer there."""
    return {begin: number - there.get(begin, 0) for begin, number in rolled.items() if number > there.get(begin, 0)}


def _why_frozen(es: Elasticsearch, order: Order, live: Live, mark: Mark, lost: dict[int, int]) -> str:
    """Why an index that was deleted and made again does not replace its rollups; empty when it does.

    Late lines make a deleted index again, with a few calls. A restored index has all of its calls but those that were
    erased meanwhile.
    """
    if mark.uuid == live.uuid:
        return ""
    day = marks.span_of(live.index).start
    if day + timedelta(days=order.keeps) <= order.now:
        return "its calls were deleted by retention, then late lines made it again"
    if lost and sum(lost.values()) > _erased(es, order.prefix, mark):
        return "it was deleted, and made again with fewer calls"
    return ""


def _held(es: Elasticsearch, order: Order, mark: Mark | None, lost: dict[int, int]) -> set[int]:
    """Quarters of an hour that have lost calls: their rollups are kept, unless an erasure says that calls had to go."""
    before = set(mark.held) if mark else set()
    new = lost.keys() - before
    if new and mark and sum(lost[begin] for begin in new) <= _erased(es, order.prefix, mark):
        return before
    return before | new


def _erased(es: Elasticsearch, prefix: str, mark: Mark) -> int:
    """How many calls of an index were erased lawfully since a day before its last run, by the records of changes."""
    since = (datetime.fromtimestamp(mark.ran / 1000, UTC) - _ERASES).isoformat()
    filters = [
        {"term": {"change.kind": "erase"}},
        {"term": {"change.index": mark.index}},
        {"range": {"@timestamp": {"gte": since}}},
    ]
    options: Json = {"ignore_unavailable": True, "allow_no_indices": True, "size": 0}
    with words():
        es.indices.refresh(index=f"{prefix}-changes-*", ignore_unavailable=True, allow_no_indices=True)
        answer = es.search(
            index=f"{prefix}-changes-*",
            query={"bool": {"filter": filters}},
            aggs={"n": {"sum": {"field": "change.count"}}},
            **options,
        )
    return int(answer.get("aggregations", {}).get("n", {}).get("value", 0))


def _move_zone(es: Elasticsearch, order: Order) -> None:
    """Make all days anew when the budgets have moved to another time zone; the days of the old one go last."""
    others = days.of_other_zones(es, order.prefix, order.zone)
    if not others.count():
        return
    days.make(es, order.prefix, days.all_begins(es, order.prefix, order.zone), order.zone)
    store.refresh(es, order.prefix, DAILY)
    _delete(es, store.ids(others))
    store.refresh(es, order.prefix, DAILY)


def _delete(es: Elasticsearch, places: Iterable[tuple[str, str]]) -> None:
    store.send(es, ({"_op_type": "delete", "_index": place, "_id": id_} for place, id_ in places))
