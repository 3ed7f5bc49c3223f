"""The figures of a span, from calls or from sums of calls; never from both for one moment."""

from __future__ import annotations

import heapq
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Any, Final

from runner.answers import sums
from runner.answers.rollups.shape import of_rollups
from runner.answers.sums import Group

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from runner.answers.periods import Span
    from runner.answers.reader import Json, Selection
    from runner.answers.sums import Metric

#: The kind of index that has one document a call.
CALLS: Final = "api"


@dataclass(frozen=True)
class Parts:
    """Selections whose spans do not overlap: of calls, of sums by quarter of an hour, or of sums by day."""

    #: All calls of the span that are there.
    calls: Selection
    selections: Sequence[Selection]
    #: Spans whose calls are gone. What only calls can tell is not to be had for them.
    gone: Sequence[Span] = ()

    def grouped(self, keys: Sequence[str], metrics: Mapping[str, Metric]) -> Iterator[Group]:
        """As `sums.grouped`, over all parts: a group once, ascending."""
        streams = [_grouped(selection, keys, metrics) for selection in self.selections]
        ordered = heapq.merge(*streams, key=lambda group: _order(group.key))
        for key, same in groupby(ordered, key=lambda group: group.key):
            yield _together(key, same)

    def filtered(self, groups: Sequence[Sequence[Json]], metrics: Mapping[str, Metric]) -> list[Group]:
        """As `sums.filtered`, over all parts."""
        found = [_filtered(selection, groups, metrics) for selection in self.selections]
        empty = Group((), 0, dict.fromkeys(metrics, 0), dict.fromkeys(metrics, 0))
        return [_together((), [empty, *(part[number] for part in found)]) for number in range(len(groups))]

    def total(self, metrics: Mapping[str, Metric]) -> Group:
        """The sums of everything."""
        return self.filtered([[]], metrics)[0]


def _grouped(selection: Selection, keys: Sequence[str], metrics: Mapping[str, Metric]) -> Iterator[Group]:
    if selection.kind == CALLS:
        yield from sums.grouped(selection, keys, metrics)
        return
    for group in sums.grouped(selection, keys, of_rollups(metrics)):
        yield _of_calls(group)


def _filtered(selection: Selection, groups: Sequence[Sequence[Json]], metrics: Mapping[str, Metric]) -> list[Group]:
    if selection.kind == CALLS:
        return sums.filtered(selection, groups, metrics)
    return [_of_calls(group) for group in sums.filtered(selection, groups, of_rollups(metrics))]


def _of_calls(group: Group) -> Group:
    """A group of sums as the group of their calls. How many of them have a field the sums don't say."""
    totals = dict(group.sums)
    return Group(group.key, totals.pop("calls"), totals, dict.fromkeys(totals, 0))


def _together(key: tuple[Any, ...], groups: Any) -> Group:  # noqa: ANN401 - any iterable of groups
    whole = Group(key)
    for group in groups:
        whole.add(group)
    return whole


def _order(key: tuple[Any, ...]) -> tuple[tuple[bool, Any], ...]:
    """As Elasticsearch orders groups: what is missing first."""
    return tuple((value is not None, value) for value in key)
