"""The chain of seals in a real Elasticsearch and its file: each way to break it is named for what it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from runner.host import keyring

if TYPE_CHECKING:
    from tests.integration.sealed import Sealed

pytestmark = [pytest.mark.integration, pytest.mark.newest]


def _place(days: Sealed, number: int) -> dict[str, str]:
    found = days.es.search(index=f"{days.node.prefix}-seals-*", query={"term": {"seal.number": number}})
    (hit,) = found["hits"]["hits"]
    return {"index": hit["_index"], "id": hit["_id"]}


def edit(days: Sealed, number: int, **more: Any) -> None:  # noqa: ANN401 - any JSON
    """Change a seal in the index."""
    place = _place(days, number)
    source = days.es.get(**place)["_source"]
    source["seal"] |= more
    days.es.index(document=source, refresh=True, **place)


def remove(days: Sealed, number: int) -> None:
    """Remove a seal from the index."""
    days.es.delete(refresh=True, **_place(days, number))


def test_seals_in_the_index_are_checked(sealed: Sealed) -> None:
    """One edited, one removed in the middle, the last one removed; the file is the other copy."""
    edit(sealed, 1, documents=4)
    assert {("forged", 1), ("broken link", 2)} <= sealed.chain()
    edit(sealed, 1, documents=5)
    assert sealed.chain() == set()
    remove(sealed, 2)
    assert ("missing", 2) in sealed.chain()
    # The file has it, so `seal` writes it again and says so.
    assert sealed.run("seal")[1]["restored"] == [2]
    assert sealed.chain() == set()
    remove(sealed, 3)
    assert sealed.chain() == {("cut off", 3)}
    edit(sealed, 1, documents=4)
    assert "the chain is broken" in sealed.run("seal")[1]["error"]


def test_seals_in_the_file_are_checked(sealed: Sealed) -> None:
    """One line edited, two swapped, one taken out, the end cut off, the file gone."""
    path = sealed.folder / "seals.ndjson"
    whole = path.read_text(encoding="utf-8")
    lines = whole.splitlines(keepends=True)
    cases = {
        "forged": [lines[0], lines[1].replace('"documents": 12', '"documents": 11'), lines[2]],
        "out of order": [lines[1], lines[0], lines[2]],
        "missing": [lines[0], lines[2]],
        "cut off": lines[:2],
    }
    for kind, text in cases.items():
        path.write_text("".join(text), encoding="utf-8")
        assert kind in {found for found, _ in sealed.chain()}, kind
    path.write_text(whole[:-30], encoding="utf-8")
    assert {"cut off", "unreadable"} <= {found for found, _ in sealed.chain()}
    path.unlink()
    assert sealed.chain() == {("cut off", 1)}
    # The index has all of them, so the file is written again.
    assert sealed.run("seal")[0] == 0
    assert path.read_text(encoding="utf-8") == whole


def test_an_end_that_is_cut_off_everywhere(sealed: Sealed) -> None:
    """It is seen by what was noted, by a copy elsewhere, and by the list of leaves that was left."""
    path, copy = sealed.folder / "seals.ndjson", sealed.folder.parent / "copy.ndjson"
    copy.write_bytes(path.read_bytes())
    head = sealed.run("seal")[1]["head"]
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    path.write_text("".join(lines[:2]), encoding="utf-8")
    remove(sealed, 3)
    assert sealed.chain() == {("cut off", 3)}
    (list_,) = (sealed.folder / "leaves").glob("00000003-*")
    list_.unlink()
    assert sealed.chain() == set()
    assert sealed.chain("--count", "3") == {("cut off", 3)}
    assert sealed.chain("--head", head) == {("cut off", None)}
    assert ("cut off", 3) in sealed.chain("--seals", str(copy))


def test_another_key_makes_no_seals(sealed: Sealed, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every seal is by a key that is not in the file; without a key the links are checked, and that is said."""
    other = sealed.folder.parent / "other" / "seal_key"
    keyring.made(other)
    monkeypatch.setenv("HOLYSHEEP_SEAL_KEY_FILE", str(other))
    assert sealed.chain() == {("unknown key", number) for number in (1, 2, 3)}
    monkeypatch.setenv("HOLYSHEEP_SEAL_KEY_FILE", str(other.with_name("none")))
    code, told = sealed.run("verify")
    assert (code, told["whole"]) == (0, True)
    assert "not checked" in told["notes"][0]


def test_an_old_seal_in_the_place_of_a_new_one(sealed: Sealed) -> None:
    """A seal that was right once: as another number, twice, with another key, and instead of the day's new seal."""
    first = sealed.es.get(**_place(sealed, 1))["_source"]
    index = _place(sealed, 1)["index"]
    sealed.es.index(index=index, id="copy", document=first, refresh=True)
    assert sealed.chain() == {("twice", 1)}
    replayed = first | {"seal": first["seal"] | {"number": 4}}
    sealed.es.index(index=index, id="copy", document=replayed, refresh=True)
    assert {("forged", 4), ("broken link", 4)} <= sealed.chain()
    sealed.es.delete(index=index, id="copy", refresh=True)
    edit(sealed, 1, key="0000000000000000")
    assert ("unknown key", 1) in sealed.chain()
    sealed.es.index(document=first, refresh=True, **_place(sealed, 1))
    assert sealed.chain() == set()
    # A late line is sealed anew; then line, new seal and the file's end are taken away: the list of leaves is left.
    late = {"id": "late", "created": "2099-01-01T00:00:00Z"}
    day = sealed.name("api-2025.03.08")
    source = {"@timestamp": "2025-03-08T10:00:00.000Z", "event": late, "holysheep": {"source": "client"}}
    sealed.es.index(index=day, id="late", document=source)
    assert sealed.run("seal")[1]["sealed"][0]["replaces"] == 1
    sealed.es.delete(index=day, id="late")
    remove(sealed, 4)
    path = sealed.folder / "seals.ndjson"
    path.write_text("".join(path.read_text(encoding="utf-8").splitlines(keepends=True)[:3]), encoding="utf-8")
    assert sealed.chain() == {("cut off", 4)}
