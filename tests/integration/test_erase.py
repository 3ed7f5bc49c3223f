"""Erasure of a person: their documents are gone from every index and from the data files; others' stay."""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest
from elasticsearch import helpers

from runner import cli
from runner.cluster.changes import Journal, begin, records
from runner.cluster.digest import digest
from runner.compliance import certificate
from runner.compliance import erase as erasure
from runner.compliance.erase import erase, find
from runner.compliance.subject import Subject, user_hash
from tests.integration import people

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.integration.node import Node

pytestmark = [pytest.mark.integration, pytest.mark.newest]
NAME = "person-of-the-erasure-7f31"
OTHER = "another-person-7f32"
DAY = "2025.03.09"


def document(user: str, number: int) -> dict[str, Any]:
    """A call."""
    return {
        "@timestamp": f"2025-03-09T10:00:{number:02d}Z",
        "event": {"id": f"{user}-{number}", "outcome": "success"},
        "holysheep": {"source": "client"},
        "gen_ai": {"request": {"model": "gpt-4.1"}, "conversation": {"id": f"session-{number}"}},
        "user": {"id": user},
    }


def rejected(text: str) -> dict[str, Any]:
    """A rejected line."""
    original = json.dumps({"who": text})
    return {
        "@timestamp": "2025-03-09T10:00:00Z",
        "holysheep": {"source": "client", "rejected": {"reason": "unknown_shape", "original": original}},
    }


@pytest.fixture
def filled(empty: Node) -> Iterator[Node]:
    """Three calls of the person in two indices, a rejected line that names them, and as much of somebody else."""
    prefix = empty.prefix
    actions = []
    for user in (NAME, OTHER):
        actions += [{"_index": f"{prefix}-api-{DAY}", "_source": document(user, number)} for number in (1, 2)]
        actions.append({"_index": f"{prefix}-audit-{DAY}", "_source": document(user, 1)})
        actions.append({"_index": f"{prefix}-rejected-{DAY}", "_source": rejected(user)})
    with empty.client() as es:
        helpers.bulk(es, actions, refresh=True)
        yield empty


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Doesn't wait until Elasticsearch lets the bytes of deleted documents go, which takes it 30 s."""
    monkeypatch.setattr(erasure, "GONE_S", 0.0)


def files_with(folder: Path, word: str) -> list[str]:
    """Data files that hold a word as it is."""
    return [str(path) for path in folder.rglob("*") if path.is_file() and word.encode() in path.read_bytes()]


def test_a_person_is_erased(filled: Node, tmp_path: Path) -> None:
    """Four documents go, four stay, no data file holds the name, and the certificate can be checked by its holder."""
    lines: list[str] = []
    with filled.client() as es:
        assert find(es, filled.prefix, Subject("user", NAME)) == {"api": 2, "audit": 1, "rejected": 1}
        journal = Journal(es, filled.prefix, begin("erase", "erasure request of the test"))
        done = erase(journal, Subject("user", NAME), lines.append)
        assert done.documents == {"api": 2, "audit": 1, "rejected": 1}
        assert done.not_merged == ()
        assert find(es, filled.prefix, Subject("user", NAME)) == {}
        assert find(es, filled.prefix, Subject("user", OTHER)) == {"api": 2, "audit": 1, "rejected": 1}
    assert files_with(filled.layout.base / "data", NAME) == []
    written = certificate.write(Subject("user", NAME), done, [], "a-request", tmp_path / "erasures")
    text = json.loads(written.path.read_text())
    assert NAME not in json.dumps(text)
    assert (text["request"], text["run"]) == ("a-request", journal.run.name)
    assert text["sha256"] == hashlib.sha256(f"{text['salt']}{NAME}".encode()).hexdigest()


@pytest.mark.usefixtures("at_once")
def test_a_session_is_erased(filled: Node) -> None:
    """Session 2 is one call of each person."""
    with filled.client() as es:
        assert find(es, filled.prefix, Subject("session", "session-2")) == {"api": 2}
        erase(Journal(es, filled.prefix, begin("erase", "test")), Subject("session", "session-2"), lambda _: None)
        assert find(es, filled.prefix, Subject("session", "session-2")) == {}
        assert find(es, filled.prefix, Subject("user", NAME)) == {"api": 1, "audit": 1, "rejected": 1}


@pytest.mark.usefixtures("at_once")
def test_what_is_erased_is_recorded_before(filled: Node) -> None:
    """`changes` has a record an index with each document's digest from before, nothing after, and no name."""
    with filled.client() as es:
        hits = es.search(index=f"{filled.prefix}-audit-{DAY}", query={"term": {"user.id": NAME}})["hits"]["hits"]
        expected = [{"id": hit["_id"], "before": digest(hit["_source"]), "after": None} for hit in hits]
        journal = Journal(es, filled.prefix, begin("erase", "erasure request of the test"))
        erase(journal, Subject("user", NAME), lambda _: None)
        told = [record for record in records(es, filled.prefix) if record["run"] == journal.run.name]
    assert sorted(record["index"].split("-")[1] for record in told) == ["api", "audit", "rejected"]
    assert [record["documents"] for record in told if "audit" in record["index"]] == [expected]
    assert sum(record["count"] for record in told) == 4
    assert NAME not in json.dumps(told)


@pytest.mark.newest
def test_costs_can_be_kept(filled: Node) -> None:
    """Both calls stay with model and time under one random name; session, ids and all other documents are gone."""
    with filled.client() as es:
        journal = Journal(es, filled.prefix, begin("erase", "test"))
        done = erase(journal, Subject("user", NAME), lambda _: None, keep_costs=True)
        assert done.documents == {"api": 2, "audit": 1, "rejected": 1}
        assert find(es, filled.prefix, Subject("user", NAME)) == {}
        es.indices.refresh(index=f"{filled.prefix}-*")
        others = {"bool": {"must_not": {"term": {"user.id": OTHER}}}}
        kept = [
            hit["_source"]
            for hit in es.search(index=f"{filled.prefix}-api-*", query=others, sort="@timestamp")["hits"]["hits"]
        ]
    pseudonym = kept[0]["user"]["id"]
    assert re.fullmatch("erased-[0-9a-f]{8}", pseudonym)
    assert kept == [
        {
            "@timestamp": f"2025-03-09T10:00:0{number}Z",
            "event": {"outcome": "success"},
            "holysheep": {"source": "client"},
            "gen_ai": {"request": {"model": "gpt-4.1"}},
            "user": {"id": pseudonym},
        }
        for number in (1, 2)
    ]
    assert files_with(filled.layout.base / "data", NAME) == []


@pytest.mark.newest
def test_data_protection_erases_with_the_own_login(
    filled: Node, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Request, list, erase and list again as a user with the role `eraser`; finance is told which role is missing."""
    people.add(filled, ["holysheep_eraser", "holysheep_finance"])
    (tmp_path / "key").write_text("a key")
    monkeypatch.setenv("HOLYSHEEP_PRIVACY_KEY_FILE", str(tmp_path / "key"))
    monkeypatch.setenv("ELASTICSEARCH_PASSWORD", people.PASSWORD)
    monkeypatch.setattr(certificate, "FOLDER", tmp_path / "erasures")
    login = ["--url", f"https://localhost:{filled.port}", "--ca", str(filled.layout.authority), "--login"]
    eraser = [*login, "person-holysheep_eraser"]
    assert cli.main(["erase", "--user", NAME, "--yes", *login, "person-holysheep_finance"]) == 2
    assert "lacks the role holysheep_eraser" in capsys.readouterr().err
    assert cli.main(["erase", "--user", NAME, "--request", "--json", *eraser]) == 0
    request = json.loads(capsys.readouterr().out)
    assert (request["days_left"], request["hmac"]) == (
        30, hmac.new(b"a key", f"erasure:user:{NAME}".encode(), "sha256").hexdigest(),
    )  # fmt: skip
    assert cli.main(["erase", "--user", NAME, "--yes", "--json", *eraser]) == 0
    done = json.loads(capsys.readouterr().out)
    assert (done["request"], done["documents"]) == (request["id"], {"api": 2, "audit": 1, "rejected": 1})
    assert cli.main(["erase", "--list", *eraser]) == 0
    listed = capsys.readouterr().out
    assert NAME not in listed
    (line,) = [line for line in listed.splitlines() if line.startswith(request["id"])]
    assert line.split()[3:5] == ["done", "4"]


@pytest.mark.usefixtures("at_once")
def test_a_hashed_user_is_erased_by_name(filled: Node) -> None:
    """With `privacy.user_ids: hmac` the hash by the key in use and by the one before it is looked for."""
    hashes = [user_hash(key, NAME) for key in (b"today's", b"last month's", b"lost")]
    texts = [f'{{"user": "[TEXT len={len(NAME)} hmac={value}]"}}' for value in hashes]
    with filled.client() as es:
        for number, (value, text) in enumerate(zip(hashes, texts, strict=True)):
            es.index(index=f"{filled.prefix}-api-{DAY}", id=f"hashed-{number}", document=document(value, number))
            line = {"reason": "unknown_shape", "original": text}
            es.index(
                index=f"{filled.prefix}-rejected-{DAY}",
                id=f"hashed-{number}",
                document={"@timestamp": "2025-03-09T10:00:00Z", "holysheep": {"source": "client", "rejected": line}},
            )
        subject = Subject("user", NAME, (b"today's", b"last month's"))
        assert find(es, filled.prefix, subject) == {"api": 2 + 2, "audit": 1, "rejected": 1 + 2}
        erase(Journal(es, filled.prefix, begin("erase", "test")), subject, lambda _: None)
        assert find(es, filled.prefix, Subject("user", NAME, (b"today's", b"last month's", b"lost"))) == {
            "api": 1,
            "rejected": 1,
        }


@pytest.mark.newest
@pytest.mark.usefixtures("at_once")
@pytest.mark.parametrize("name", ["user-1", "김민수", 'o"neil\\kim/한 글*?@example.kr'])
def test_whoever_is_named_in_a_text_is_erased(empty: Node, name: str) -> None:
    """Texts of the person go, those of `user-11` stay; somebody else's call that names the person stays without it."""
    prefix, longer = empty.prefix, f"{name}1" if name.isascii() else f"{name[:-1]}호"
    actions = []
    for who in (name, longer):
        told = f"no quota for {who}님, ask again"
        failed = document("somebody", 5) | {"error": {"type": "client_error", "message": told}}
        failed["holysheep"] = {"source": "client", "metadata": {"owner": who}}
        escaped = rejected(who)
        escaped["holysheep"]["rejected"]["original"] = json.dumps({"who": who}, ensure_ascii=True)
        system = {
            "@timestamp": "2025-03-09T10:00:00Z",
            "message": f"login of {who} refused",
            "holysheep": {"source": "syslog"},
        }
        access = {"@timestamp": "2025-03-09T10:00:00Z", "url": {"path": f"/v1/users/{quote(who, safe='')}/calls"}}
        access["holysheep"] = {"source": "access"}
        kinds = {
            "api": document(who, 1),
            "errors": failed,
            "rejected": rejected(who),
            "system": system,
            "access": access,
        }
        actions += [{"_index": f"{prefix}-{kind}-{DAY}", "_source": source} for kind, source in kinds.items()]
        actions.append({"_index": f"{prefix}-rejected-{DAY}", "_source": escaped})
    with empty.client() as es:
        helpers.bulk(es, actions, refresh=True)
        expected = {"access": 1, "api": 1, "errors": 1, "rejected": 2, "system": 1}
        assert find(es, prefix, Subject("user", longer)) == expected
        done = erase(Journal(es, prefix, begin("erase", "test")), Subject("user", name), lambda _: None)
        assert done.documents == expected
        assert find(es, prefix, Subject("user", name)) == {}
        assert find(es, prefix, Subject("user", longer)) == expected
        errors = [hit["_source"] for hit in es.search(index=f"{prefix}-errors-*", size=9)["hits"]["hits"]]
    assert sorted(source["error"]["message"] for source in errors) == sorted(
        ["no quota for [ERASED]님, ask again", f"no quota for {longer}님, ask again"]
    )
    assert {source["user"]["id"] for source in errors} == {"somebody"}
    assert {source["holysheep"]["metadata"]["owner"] for source in errors} == {"[ERASED]", longer}
