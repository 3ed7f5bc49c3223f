"""Sealed leaves against documents of now: a law over random days, and the explanation by records of changes."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from generator.errors import UserError
from runner.compliance.seals import compare, leaves, merkle, sorting
from runner.compliance.seals.changed import Change
from runner.compliance.seals.leaves import Leaf
from runner.compliance.seals.reading import Live

if TYPE_CHECKING:
    from pathlib import Path

Day = dict[bytes, bytes]
DAYS = st.dictionaries(st.integers(0, 40).map(lambda number: b"%d" % number),
                       st.sampled_from([bytes([number]) * 32 for number in range(3)]), max_size=30)  # fmt: skip

#: A loaded machine fails no law.
SLOW_MACHINE = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


def found(sealed: Day, now: Day) -> dict[str, set[bytes]]:
    """Ids by the kind of their difference."""
    live = (Live(id_, digest, "none", -1) for id_, digest in sorted(now.items()))
    items = compare.differences((Leaf(*pair) for pair in sorted(sealed.items())), live, iter(()), 0)
    result: dict[str, set[bytes]] = {"changed": set(), "removed": set(), "added": set()}
    for item in items:
        result[item.kind].add(item.id.encode())
    return result


@SLOW_MACHINE
@given(DAYS, DAYS)
def test_each_difference_is_named_once(sealed: Day, now: Day) -> None:
    """As set algebra has it."""
    both = sealed.keys() & now.keys()
    assert found(sealed, now) == {
        "changed": {id_ for id_ in both if sealed[id_] != now[id_]},
        "removed": set(sealed.keys() - now.keys()),
        "added": set(now.keys() - sealed.keys()),
    }


@SLOW_MACHINE
@given(st.lists(st.tuples(st.binary(max_size=4), st.binary(max_size=4)), max_size=60), st.integers(1, 7))
def test_pairs_are_sorted_in_runs_of_any_size(pairs: list[sorting.Pair], run: int) -> None:
    """On disk as in memory."""
    with sorting.ordered(pairs, run) as result:
        assert list(result) == sorted(pairs)


def test_a_change_is_explained_over_several_records() -> None:
    """Re-priced twice; a record whose change did not happen does no harm; a gap explains nothing."""
    a, b, c = (bytes([number]) * 32 for number in (1, 2, 3))
    steps = [_change("first", a, b), _change("second", b, c)]
    assert compare.explained(a, c, steps) == "second"
    assert compare.explained(a, b, steps) == "first"
    assert compare.explained(a, None, [*steps, _change("erased", c, None)]) == "erased"
    assert compare.explained(b, a, steps) == ""
    assert compare.explained(a, c, steps[1:]) == ""
    assert compare.explained(a, c, steps[::-1]) == ""
    assert compare.explained(a, c, []) == ""


def _change(run: str, before: bytes, after: bytes | None) -> Change:
    return Change(run, before, after)


def test_leaves_are_kept_whole_or_not_at_all(tmp_path: Path) -> None:
    """A file that ends within a leaf is told, and one that was not kept is not there."""
    path = tmp_path / "a.leaves"
    every = [Leaf(b"id-%d" % number, hashlib.sha256(b"%d" % number).digest()) for number in range(5)]
    with leaves.Writer(path) as writer:
        for leaf in every:
            writer.add(leaf)
    assert list(tmp_path.iterdir()) == []
    with leaves.Writer(path) as writer:
        for leaf in every:
            writer.add(leaf)
        writer.keep()
    assert leaves.root(path) == (5, merkle.root(leaf.content for leaf in every))
    assert leaves.find(path, b"id-3") == 3
    assert leaves.find(path, b"id-9") is None
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(UserError, match="cut off"):
        leaves.root(path)


def test_a_leaf_is_one_document_alone() -> None:
    """No id can be moved into another: the length comes first."""
    assert Leaf(b"ab", b"c" * 32).content != Leaf(b"a", b"b" + b"c" * 31).content
    assert Leaf(b"ab", b"c" * 32).content == b"\x00\x02ab" + b"c" * 32
