"""Backup and restore on a real cluster, by the commands themselves: unique documents in = out, nothing lost."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from runner import cli
from runner.runtimes import choose
from runner.runtimes.embedded import place

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from elasticsearch import Elasticsearch

    from tests.integration.node import Node

pytestmark = pytest.mark.integration
DAYS = ("2026.01.01", "2026.01.02", "2026.01.03")
EACH = 40


def index(node: Node, day: str, kind: str = "api") -> str:
    """The name of a day's index."""
    return f"{node.prefix}-{kind}-{day}"


def fill(es: Elasticsearch, name: str, ids: range) -> None:
    """Documents with ids of their own."""
    lines: list[dict[str, Any]] = []
    for number in ids:
        time = f"{name[-10:].replace('.', '-')}T00:00:00Z"
        lines += [{"create": {"_id": str(number)}}, {"@timestamp": time, "holysheep": {"source": "client"}}]
    answer = es.bulk(index=name, operations=lines, refresh=True)
    assert not answer["errors"], answer["items"][0]


def ids(es: Elasticsearch, pattern: str) -> set[tuple[str, str]]:
    """(index, id) of every document."""
    result = es.search(index=pattern, size=1000, source=False, ignore_unavailable=True, allow_no_indices=True)
    return {(hit["_index"], hit["_id"]) for hit in result["hits"]["hits"]}


@pytest.fixture
def filled(empty: Node, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Node]:
    """A node with documents of three days, which the commands take for this checkout's; no snapshot before or after."""
    (tmp_path / "mode").write_text("embedded\n")
    monkeypatch.setattr(choose, "FILE", tmp_path / "mode")
    monkeypatch.setattr(place, "current", lambda: empty.layout)
    with empty.client() as es:
        for at, day in enumerate(DAYS):
            fill(es, index(empty, day), range(at * EACH, (at + 1) * EACH))
        fill(es, index(empty, DAYS[0], "errors"), range(5))
        yield empty
        for snapshot in es.snapshot.get(repository="holysheep", snapshot="*", ignore_unavailable=True)["snapshots"]:
            es.snapshot.delete(repository="holysheep", snapshot=snapshot["snapshot"])
        if copies := list(es.indices.get(index="restored-*")):
            es.indices.delete(index=copies)
    empty.wipe()


def run(capsys: pytest.CaptureFixture[str], *argv: str) -> Any:  # noqa: ANN401  # JSON
    """A command that succeeds, and its JSON."""
    code = cli.main([*argv, "--json"])
    message = capsys.readouterr()
    assert code == 0, message.err + message.out
    return json.loads(message.out)


def refused(capsys: pytest.CaptureFixture[str], *argv: str) -> str:
    """What a command says that ends with a user's mistake."""
    assert cli.main(list(argv)) == 2
    return capsys.readouterr().err


def test_what_was_deleted_comes_back_with_its_ids(filled: Node, capsys: pytest.CaptureFixture[str]) -> None:
    """Every document, under its index's own name, and counted."""
    with filled.client() as es:
        before = ids(es, f"{filled.prefix}-*")
        backup = run(capsys, "backup", "--name", "all")
        assert backup["state"] == "SUCCESS"
        assert backup["documents"] == {"api": 3 * EACH, "errors": 5}
        filled.wipe()
        assert not ids(es, f"{filled.prefix}-*")
        restored = run(capsys, "restore", "all")
        assert ids(es, f"{filled.prefix}-*") == before
    assert restored["documents"] == restored["expected"] == backup["documents"]


def test_a_restored_index_is_what_it_was(filled: Node, capsys: pytest.CaptureFixture[str]) -> None:
    """Index mode, strict mapping and sort order are part of the snapshot."""
    name = index(filled, DAYS[0])
    with filled.client() as es:
        before = es.indices.get(index=name)[name]
        run(capsys, "backup", "--name", "all")
        es.indices.delete(index=name)
        run(capsys, "restore", "all", "--index", name)
        after = es.indices.get(index=name)[name]
    assert after["mappings"] == before["mappings"]
    assert after["mappings"]["dynamic"] == "strict"
    for key in ("mode", "sort", "mapping"):
        assert after["settings"]["index"][key] == before["settings"]["index"][key]


def test_an_index_that_is_there_is_never_overwritten_unasked(filled: Node, capsys: pytest.CaptureFixture[str]) -> None:
    """One of four is missing: the plain restore changes nothing and names the ways out."""
    with filled.client() as es:
        run(capsys, "backup", "--name", "all")
        es.indices.delete(index=index(filled, DAYS[0]))
        fill(es, index(filled, DAYS[1]), range(900, 901))
        before = ids(es, f"{filled.prefix}-*")
        message = refused(capsys, "restore", "all")
        assert ids(es, f"{filled.prefix}-*") == before
    assert "3 of 4 indices exist already" in message
    assert all(option in message for option in ("--missing", "--rename", "--replace"))


def test_missing_brings_back_only_what_is_not_there(filled: Node, capsys: pytest.CaptureFixture[str]) -> None:
    """A document that came later stays."""
    with filled.client() as es:
        everything = ids(es, f"{filled.prefix}-*")
        run(capsys, "backup", "--name", "all")
        es.indices.delete(index=index(filled, DAYS[0]))
        fill(es, index(filled, DAYS[1]), range(900, 901))
        run(capsys, "restore", "all", "--missing")
        assert ids(es, f"{filled.prefix}-*") == everything | {(index(filled, DAYS[1]), "900")}
        assert "none is missing" in refused(capsys, "restore", "all", "--missing")


def test_copies_lie_beside_and_no_dashboard_counts_them(filled: Node, capsys: pytest.CaptureFixture[str]) -> None:
    """Under a name outside the bundle's, and a second time is refused."""
    with filled.client() as es:
        before = ids(es, f"{filled.prefix}-*")
        run(capsys, "backup", "--name", "all")
        run(capsys, "restore", "all", "--rename")
        assert ids(es, f"{filled.prefix}-*") == before
        assert ids(es, "restored-*") == {(f"restored-{name}", id_) for name, id_ in before}
        assert "choose another name" in refused(capsys, "restore", "all", "--rename")
        assert "would count copies" in refused(capsys, "restore", "all", "--rename", f"{filled.prefix}-old")


def test_what_is_replaced_is_kept_first(filled: Node, capsys: pytest.CaptureFixture[str]) -> None:
    """A document that only the replaced index had can be brought back too."""
    name = index(filled, DAYS[1])
    with filled.client() as es:
        before = ids(es, f"{filled.prefix}-*")
        run(capsys, "backup", "--name", "all")
        fill(es, name, range(900, 901))
        later = ids(es, f"{filled.prefix}-*")
        restored = run(capsys, "restore", "all", "--replace", "--index", name)
        assert ids(es, f"{filled.prefix}-*") == before
        run(capsys, "restore", restored["kept"], "--replace")
        assert ids(es, f"{filled.prefix}-*") == later


def test_a_copy_elsewhere_is_enough(filled: Node, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """With neither documents nor snapshots left; and what is no copy is refused."""
    with filled.client() as es:
        before = ids(es, f"{filled.prefix}-*")
        backup = run(capsys, "backup", "--name", "all", "--copy-to", str(tmp_path))
        es.snapshot.delete(repository="holysheep", snapshot="all")
        filled.wipe()
        run(capsys, "restore", "latest", "--from", backup["copy"])
        assert ids(es, f"{filled.prefix}-*") == before
        assert list(es.snapshot.get_repository().body) == ["holysheep"]
    (tmp_path / "other").write_text("no tar")
    assert "was not made by" in refused(capsys, "restore", "all", "--from", str(tmp_path / "other"))
    assert (tmp_path / "all.tar").stat().st_mode & 0o777 == 0o600


def test_mistakes_are_named(filled: Node, capsys: pytest.CaptureFixture[str]) -> None:
    """A wrong snapshot, pattern, name or repository, and a name that is taken."""
    assert "no repository 'nowhere'" in refused(capsys, "restore", "x", "--repository", "nowhere")
    run(capsys, "backup", "--name", "all")
    assert "existing: all" in refused(capsys, "restore", "al")
    assert f"the snapshot has {filled.prefix}-api-…" in refused(capsys, "restore", "all", "--index", "nothing-*")
    assert "lower-case letters" in refused(capsys, "backup", "--name", "Monday Morning")
    assert "already" in refused(capsys, "backup", "--name", "all")
    assert [snapshot["name"] for snapshot in run(capsys, "backup", "--list")] == ["all"]
    filled.wipe()
    assert "nothing to back up" in refused(capsys, "backup")
