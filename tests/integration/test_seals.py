"""Seals in a real Elasticsearch: every way of tampering is named for what it is, and what is lawful is told from it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from runner.cluster import changes
from runner.cluster.changes import Changed, Journal
from runner.cluster.digest import digest
from runner.compliance.seals import signatures
from runner.host import keyring
from tests.integration.sealed import API_1, API_2, AUDIT_2, Sealed, document

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = [pytest.mark.integration, pytest.mark.newest]


def record(days: Sealed, index: str, items: list[Changed], kind: changes.Kind = "reprice") -> str:
    """Record a lawful change with the right key; the run."""
    ring = keyring.made(days.folder.parent / "secrets" / "change_key")
    journal = Journal(days.es, days.node.prefix, changes.begin(kind, "a test"), ring)
    journal.announce(1, days.name(index), items)
    return journal.run.name


def test_what_is_sealed_once_is_not_sealed_again(sealed: Sealed) -> None:
    """A second run has nothing to do, and reads nothing that was not written to."""
    code, told = sealed.run("seal")
    assert (code, told["sealed"], told["count"]) == (0, [], 3)


def test_each_kind_of_tampering_is_named(sealed: Sealed) -> None:
    """A changed field, a deleted, an added and a copied document, two swapped, and one written again as it was."""
    index = sealed.name(API_2)
    sealed.es.update(index=index, id="id-1", script=None, doc={"holysheep": {"cost": {"total_nano": 1}}})
    sealed.es.delete(index=index, id="id-2")
    sealed.es.index(index=index, id="new", document=document(3))
    sealed.es.index(index=index, id="id-4", document=document(5))
    sealed.es.index(index=index, id="id-5", document=document(4))
    # The same content with another _version is the same document.
    sealed.es.index(index=index, id="id-6", document=document(6), version=7, version_type="external")
    changed = {(API_2, f"id-{number}", "changed") for number in (1, 4, 5)}
    expected = {*changed, (API_2, "id-2", "removed"), (API_2, "new", "added")}
    assert sealed.findings() == expected
    assert sealed.findings("--from", "2025-03-09", "--to", "2025-03-09") == expected
    assert sealed.findings("--to", "2025-03-08") == set()


def test_a_removed_index_is_named_document_by_document(sealed: Sealed) -> None:
    """Its retention is not over."""
    sealed.es.indices.delete(index=sealed.name(API_1))
    assert sealed.findings() == {(API_1, f"id-{number}", "removed") for number in range(5)}


def test_what_nothing_explains_is_not_sealed(sealed: Sealed) -> None:
    """`seal` refuses the day and stays at it, until a person accepts it with a reason, which stays in the seal."""
    index = sealed.name(API_1)
    sealed.es.update(index=index, id="id-1", doc={"user": {"id": "somebody else"}})
    for _ in range(2):
        code, told = sealed.run("seal")
        assert (code, told["count"], told["not_sealed"][0]["index"]) == (1, 3, index)
    code, told = sealed.run("seal", "--accept", "repaired by hand, ticket 7")
    assert code == 0
    (seal,) = told["sealed"]
    assert (seal["replaces"], seal["changed"], seal["accepted"]) == (1, 1, "repaired by hand, ticket 7")
    assert sealed.findings() == set()


def test_late_lines_are_told_and_sealed(sealed: Sealed) -> None:
    """A line that arrived after the seal is no alarm; one that claims to have been there before is one."""
    index, late = sealed.name(API_2), document(20, event={"id": "late", "created": "2099-01-01T00:00:00Z"})
    sealed.es.index(index=index, id="late", document=late)
    assert sealed.findings() == {(API_2, "late", "late")}
    code, told = sealed.run("seal")
    assert (code, told["sealed"][0]["added"], told["sealed"][0]["replaces"]) == (0, 1, 2)
    assert sealed.findings() == set()
    sealed.es.index(index=index, id="hidden", document=document(21))
    assert sealed.findings() == {(API_2, "hidden", "added")}


def test_lawful_changes_are_told_by_their_run(sealed: Sealed) -> None:
    """Re-priced and erased documents are lawful; both states are provable; another edit of the same document is not."""
    before, after = document(1), document(1, labels={"team": "repriced"})
    name = record(sealed, API_2, [Changed("id-1", digest(before), digest(after))])
    erased = record(sealed, API_2, [Changed("id-2", digest(document(2)), None)], "erase")
    sealed.es.index(index=sealed.name(API_2), id="id-1", document=after)
    sealed.es.delete(index=sealed.name(API_2), id="id-2")
    assert sealed.findings() == {(API_2, "id-1", "lawful"), (API_2, "id-2", "lawful")}
    assert sealed.run("verify", "--id", "id-1")[1]["documents"][1]["run"] == name
    code, told = sealed.run("seal")
    (seal,) = told["sealed"]
    assert (code, seal["changed"], seal["removed"], seal["runs"]) == (0, 1, 1, sorted([name, erased]))
    assert sealed.findings() == set()
    # The old list of leaves has the old digest, the new one the new.
    lists = sorted((sealed.folder / "leaves").glob(f"*{API_2}.leaves"))
    assert [
        bytes.fromhex(digest(state)) in path.read_bytes() for path, state in zip(lists, (before, after), strict=True)
    ]
    assert bytes.fromhex(digest(after)) not in lists[0].read_bytes()
    sealed.es.update(index=sealed.name(API_2), id="id-1", doc={"user": {"id": "x"}})
    assert sealed.findings() == {(API_2, "id-1", "changed")}


def test_a_forged_record_explains_nothing(sealed: Sealed) -> None:
    """Whoever may write to the indices lacks the key: a record without HMAC, with a wrong one, with another key's."""
    after = document(1, user={"id": "nobody"})
    items = [Changed("id-1", digest(document(1)), digest(after))]
    right = record(sealed, API_1, items)
    prefix = sealed.node.prefix
    real = sealed.es.get(index=f"{prefix}-changes-{right[:4]}.{right[4:6]}.{right[6:8]}", id=f"{right}-1")
    sealed.es.delete(index=real["_index"], id=real["_id"])
    sealed.es.index(index=sealed.name(API_1), id="id-1", document=after)
    other = keyring.made(sealed.folder.parent / "other_key")
    unsigned = Journal(sealed.es, prefix, changes.begin("reprice", "forged"), keyring.Keyring({}, ""))
    unsigned.announce(1, sealed.name(API_1), items)
    Journal(sealed.es, prefix, changes.begin("reprice", "forged"), other).announce(1, sealed.name(API_1), items)
    edited: dict[str, Any] = real["_source"]
    edited["change"]["reason"] = "another reason"
    sealed.es.index(index=real["_index"], id="x", document=edited)
    assert sealed.findings("--to", "2025-03-09") == {(API_1, "id-1", "changed")}
    _, told = sealed.run("verify", "--to", "2025-03-09")
    notes = " ".join(told["indices"][0]["notes"])
    assert all(why in notes for why in ("carries no HMAC", "not in the file of keys", "its HMAC is wrong"))


def test_without_the_list_of_leaves_the_day_is_named(sealed: Sealed) -> None:
    """The list is checked against the seal; a tampered one names nothing."""
    (list_,) = (sealed.folder / "leaves").glob(f"*{AUDIT_2}.leaves")
    list_.write_bytes(list_.read_bytes()[:-5])
    assert sealed.findings() == set()
    sealed.es.delete(index=sealed.name(AUDIT_2), id="id-0")
    code, told = sealed.run("verify")
    state = {item["index"]: item for item in told["indices"]}[sealed.name(AUDIT_2)]
    assert (code, state["is"], told["documents"]) == (1, "differs", [])
    assert "3 documents were sealed, 2 are there" in state["notes"][1]


def test_a_proof_needs_no_other_document(sealed: Sealed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its file is checked offline, by the key or by a copy of the chain; any change of it fails."""
    file = tmp_path / "proof.json"
    code, told = sealed.run("verify", "--id", "id-7", "--out", str(file))
    assert (code, [item["is"] for item in told["documents"]]) == (0, ["whole"])
    assert sealed.run("verify", "--proof", str(file))[1]["documents"][0]["is"] == "whole"
    proof = json.loads(file.read_text(encoding="utf-8"))
    edits = {
        "document": document(8), "id": "id-8", "place": 1, "path": [], "index": sealed.name(API_1),
    }  # fmt: skip
    for key, value in edits.items():
        changed = json.loads(json.dumps(proof))
        changed["proofs"][0][key] = value
        file.write_text(json.dumps(changed), encoding="utf-8")
        code, told = sealed.run("verify", "--proof", str(file))
        assert (code, told["documents"][0]["is"]) == (1, "changed"), key
    changed = json.loads(json.dumps(proof))
    changed["proofs"][0]["seal"]["sealed_at"] = "2020-01-01T00:00:00Z"
    file.write_text(json.dumps(changed), encoding="utf-8")
    assert sealed.run("verify", "--proof", str(file))[1]["documents"][0]["is"] == "forged"
    file.write_text(json.dumps(proof), encoding="utf-8")
    monkeypatch.setenv("HOLYSHEEP_SEAL_KEY_FILE", str(tmp_path / "none"))
    assert sealed.run("verify", "--proof", str(file))[0] == 1
    copy = str(sealed.folder / "seals.ndjson")
    assert sealed.run("verify", "--proof", str(file), "--seals", copy)[1]["documents"][0]["is"] == "whole"


def test_what_is_moved_copied_or_hidden_is_named(sealed: Sealed) -> None:
    """A nested field, a signed copy in another day's index, a field more, and a reindexed day."""
    ring = keyring.made(sealed.folder.parent / "secrets" / "audit_key")
    later = document(
        3, event={"id": "step", "created": "2099-01-01T00:00:00Z"}, **{"@timestamp": "2025-03-10T00:00:00Z"}
    )
    later["holysheep"]["seal"] = {"key": ring.current}
    later["holysheep"]["seal"]["hmac"] = ring.sign(signatures.message("step", later))
    audit, api = sealed.name(AUDIT_2), sealed.name(API_2)
    # Its HMAC covers `_id` and content, and both are right; only the index is not its own.
    sealed.es.index(index=audit, id="step", document=later)
    copied = later | {"holysheep": document(3)["holysheep"]}
    sealed.es.index(index=api, id="step", document=copied)
    nested = document(1)
    nested["gen_ai"]["usage"]["input_tokens"] = 2
    sealed.es.index(index=api, id="id-1", document=nested)
    sealed.es.index(index=api, id="id-2", document=document(2, labels={"team": "a"}))
    # Reindexed by hand under another name: the day itself is gone.
    for number in range(5):
        sealed.es.index(index=sealed.name("api-2025.03.11"), id=f"id-{number}", document=document(number))
    sealed.es.indices.delete(index=sealed.name(API_1))
    changed = {(API_2, f"id-{number}", "changed") for number in (1, 2)}
    moved = {(AUDIT_2, "step", "added"), (API_2, "step", "added")}
    assert sealed.findings() == {*changed, *moved, *((API_1, f"id-{number}", "removed") for number in range(5))}
    code, told = sealed.run("seal")
    assert code == 1
    assert {item["index"] for item in told["not_sealed"]} >= {audit, api}


def test_what_looks_the_same_to_a_search_is_named(sealed: Sealed) -> None:
    """Order, 1.0 for 1, the same moment in another zone, another kind's index, a closed day, an alias."""
    es, api, audit = sealed.es, sealed.name(API_2), sealed.name(AUDIT_2)
    arrived = {"created": "2099-01-01T00:00:00Z"}
    late = {
        f"late-{number}": document(
            40 + number,
            event={"id": f"late-{number}"} | arrived,
            holysheep={"source": "client", "metadata": {"list": ["a", "b"], "n": 1}},
        )
        for number in range(3)
    }
    for id_, source in late.items():
        es.index(index=api, id=id_, document=source)
    assert sealed.run("seal")[0] == 0
    late["late-0"]["holysheep"]["metadata"]["list"].reverse()
    late["late-1"]["holysheep"]["metadata"]["n"] = 1.0
    late["late-2"]["@timestamp"] = "2025-03-09T19:00:42.000+09:00"
    for id_, source in late.items():
        es.index(index=api, id=id_, document=source)
    # Moved into another kind's index of the same day, which has a seal, and out of its own.
    es.index(index=audit, id="id-9", document=document(9))
    es.delete(index=api, id="id-9")
    expected = {(API_2, id_, "changed") for id_ in late} | {(API_2, "id-9", "removed")}
    assert sealed.findings() == expected | {(AUDIT_2, "id-9", "added")}
    # The other day is closed, and then an alias takes its name.
    es.indices.close(index=sealed.name(API_1))
    moved = {(AUDIT_2, "id-9", "added")}
    found = expected | moved | {(API_1, f"id-{number}", "removed") for number in range(5)}
    assert sealed.findings() == found
    es.indices.delete(index=sealed.name(API_1))
    es.index(index="elsewhere", id="id-0", document=document(0), refresh=True)
    es.indices.put_alias(index="elsewhere", name=sealed.name(API_1))
    try:
        assert sealed.findings() == found
    finally:
        es.indices.delete(index="elsewhere")
