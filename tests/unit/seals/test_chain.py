"""The chain of seals: each way to break it is named for what it is."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from generator.errors import UserError
from runner.compliance.seals import chain
from runner.compliance.seals.chain import Copy
from runner.compliance.seals.record import FIRST, Seal
from runner.host import keyring

if TYPE_CHECKING:
    from pathlib import Path

    from runner.host.keyring import Keyring


@pytest.fixture
def ring(tmp_path: Path) -> Keyring:
    """A new key."""
    return keyring.made(tmp_path / "secrets" / "seal_key")


def made(ring: Keyring, count: int) -> list[Seal]:
    """A whole chain."""
    seals: list[Seal] = []
    for number in range(1, count + 1):
        previous = seals[-1].hash if seals else FIRST
        seal = Seal(number, f"holysheep-api-2025.01.{number:02}", f"2025-01-{number:02}", "2025-02-01T00:00:00Z", 3,
                    f"{number:064x}", previous)  # fmt: skip
        seals.append(seal.signed(ring))
    return seals


def flaws(seals: list[Seal], ring: Keyring) -> list[tuple[str, int]]:
    """Kind and number of each flaw."""
    return [(flaw.kind, flaw.number) for flaw in chain.check(Copy("file", seals), ring)]


def test_a_whole_chain_has_no_flaw(ring: Keyring) -> None:
    """Also without the key: then the links alone are checked."""
    seals = made(ring, 4)
    assert flaws(seals, ring) == []
    assert flaws(seals, keyring.NO_KEYS) == []
    assert flaws([], ring) == []


def test_an_edited_seal_is_forged(ring: Keyring) -> None:
    """Its HMAC is wrong, and the seal after it has another hash of it. Without the key the link still shows it."""
    seals = made(ring, 3)
    seals[1] = replace(seals[1], documents=2)
    assert flaws(seals, ring) == [("forged", 2), ("broken link", 3)]
    assert flaws(seals, keyring.NO_KEYS) == [("broken link", 3)]


def test_a_seal_by_another_key_is_unknown(ring: Keyring, tmp_path: Path) -> None:
    """Whoever lacks the key can't write a chain of their own."""
    other = keyring.made(tmp_path / "other" / "seal_key")
    assert flaws(made(other, 2), ring) == [("unknown key", 1), ("unknown key", 2)]
    # Nor does it help to say that it was made with the right key.
    claimed = [replace(seal, key=ring.current) for seal in made(other, 1)]
    assert flaws(claimed, ring) == [("forged", 1)]


def test_a_removed_seal_leaves_a_gap(ring: Keyring) -> None:
    """The one in the middle, and the first."""
    seals = made(ring, 3)
    assert flaws([seals[0], seals[2]], ring) == [("missing", 2)]
    assert flaws(seals[1:], ring) == [("missing", 1)]


def test_a_reordered_chain(ring: Keyring) -> None:
    """Two lines that were swapped."""
    one, two, three = made(ring, 3)
    assert flaws([one, three, two], ring) == [("out of order", 2)]


def test_two_seals_of_one_number(ring: Keyring) -> None:
    """The second is named, whatever it says."""
    one, two = made(ring, 2)
    assert flaws([one, two, replace(two, root="0" * 64)], ring) == [("twice", 2)]


def test_a_cut_end_is_seen_by_another_copy(ring: Keyring) -> None:
    """The shorter copy alone is whole; beside the longer one it is cut off."""
    seals = made(ring, 3)
    assert flaws(seals[:2], ring) == []
    together, found = chain.together([Copy("file", seals[:2]), Copy("index", seals)], ring)
    assert together == seals
    assert [(flaw.kind, flaw.where, flaw.number) for flaw in found] == [("cut off", "file", 3)]


def test_a_cut_end_is_seen_by_what_was_noted(ring: Keyring) -> None:
    """Count and hash of the last seal, as `seal` prints them."""
    seals = made(ring, 3)
    assert list(chain.expected(seals, 3, seals[2].hash)) == []
    # A chain that went on since is no flaw.
    assert list(chain.expected(seals, 2, seals[1].hash)) == []
    assert [flaw.kind for flaw in chain.expected(seals[:2], 3, seals[2].hash)] == ["cut off", "cut off"]


def test_a_forged_copy_is_set_right_by_another(ring: Keyring) -> None:
    """The edited seal of the file is named; the one of the index is used."""
    seals = made(ring, 2)
    edited = [seals[0], replace(seals[1], root="0" * 64)]
    together, found = chain.together([Copy("file", edited), Copy("index", seals)], ring)
    assert together == seals
    assert {(flaw.kind, flaw.where, flaw.number) for flaw in found} == {("forged", "file", 2)}


def test_a_truncated_file(ring: Keyring, tmp_path: Path) -> None:
    """A file that ends within a line."""
    path = tmp_path / "seals.ndjson"
    path.write_text("".join(seal.line() + "\n" for seal in made(ring, 2))[:-20], encoding="utf-8")
    copy = chain.from_file(path)
    assert [(flaw.kind, flaw.number) for flaw in chain.check(copy, ring)] == [("cut off", 0), ("unreadable", 0)]


def test_keys_rotate_without_a_break(tmp_path: Path) -> None:
    """A line added to the file signs from then on; what the old key signed is still verified."""
    path = tmp_path / "secrets" / "seal_key"
    old = keyring.made(path)
    assert path.stat().st_mode & 0o777 == 0o600
    seals = made(old, 2)
    with path.open("a", encoding="ascii") as file:
        file.write("f" * 64 + "\n")
    both = keyring.read(path)
    assert both.current != old.current
    third = replace(seals[1], number=3, previous=seals[1].hash).signed(both)
    assert third.key == both.current
    assert flaws([*seals, third], both) == []
    assert flaws([*seals, third], old) == [("unknown key", 3)]


def test_a_missing_key_file_is_no_key(tmp_path: Path) -> None:
    """Whoever only verifies makes no key; one that can't be read is told."""
    assert keyring.read(tmp_path / "none") == keyring.NO_KEYS
    with pytest.raises(UserError, match="can't be read"):
        keyring.read(tmp_path)
