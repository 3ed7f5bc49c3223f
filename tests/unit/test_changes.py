"""Digests of documents and names of runs."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime

import pytest

from generator.errors import UserError
from runner.cluster import changes
from runner.cluster.digest import digest


def test_a_digest_is_of_the_canonical_json() -> None:
    """Sorted keys, no blanks, UTF-8: the text is written out here."""
    text = '{"a":{"b":[1,1.5e-05],"c":"한글"},"z":null}'
    assert digest({"z": None, "a": {"c": "한글", "b": [1, 0.000015]}}) == hashlib.sha256(text.encode()).hexdigest()


def test_half_a_surrogate_pair_has_a_digest() -> None:
    r"""`\ud800` is valid JSON, and no valid UTF-8."""
    assert digest({"a": "\ud800"}) == hashlib.sha256(b'{"a":"\xed\xa0\x80"}').hexdigest()


def test_a_run_is_named_by_its_begin_and_kind() -> None:
    """The name gives the day of its records, whenever it is resumed."""
    run = changes.begin("reprice", "r" * 2000, now=datetime(2026, 11, 26, 23, 59, 58, tzinfo=UTC))
    assert run.name.startswith("20261126T235958Z-reprice-")
    assert run.day == "2026.11.26"
    assert len(run.reason) == 1000
    changes.check_name(run.name)


@pytest.mark.parametrize("name", ["", "20261126T235958Z-reprice", "20261126T235958Z-restore-00000000", "x" * 40])
def test_other_texts_are_no_runs(name: str) -> None:
    """A mistyped run is told at once, not taken for a new one."""
    with pytest.raises(UserError, match="is not the name of a run"):
        changes.check_name(name)
