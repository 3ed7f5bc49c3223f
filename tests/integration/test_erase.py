"""Erasure of a person: their documents are gone from every index and from the data files; others' stay."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

import pytest
from elasticsearch import helpers

from runner.compliance import certificate
from runner.compliance.erase import Subject, erase, find

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.integration.node import Node

pytestmark = pytest.mark.integration
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


def files_with(folder: Path, word: str) -> list[str]:
    """Data files that hold a word as it is."""
    return [str(path) for path in folder.rglob("*") if path.is_file() and word.encode() in path.read_bytes()]


def test_a_person_is_erased(filled: Node, tmp_path: Path) -> None:
    """Four documents go, four stay, no data file holds the name, and the certificate can be checked by its holder."""
    lines: list[str] = []
    with filled.client() as es:
        assert find(es, filled.prefix, Subject("user", NAME)) == {"api": 2, "audit": 1, "rejected": 1}
        done = erase(es, filled.prefix, Subject("user", NAME), lines.append)
        assert done.documents == {"api": 2, "audit": 1, "rejected": 1}
        assert done.not_merged == ()
        assert find(es, filled.prefix, Subject("user", NAME)) == {}
        assert find(es, filled.prefix, Subject("user", OTHER)) == {"api": 2, "audit": 1, "rejected": 1}
    assert files_with(filled.layout.base / "data", NAME) == []
    text = json.loads(certificate.write(Subject("user", NAME), done, [], tmp_path / "erasures").read_text())
    assert NAME not in json.dumps(text)
    assert text["sha256"] == hashlib.sha256(f"{text['salt']}{NAME}".encode()).hexdigest()


def test_a_session_is_erased(filled: Node) -> None:
    """Session 2 is one call of each person."""
    with filled.client() as es:
        assert find(es, filled.prefix, Subject("session", "session-2")) == {"api": 2}
        erase(es, filled.prefix, Subject("session", "session-2"), lambda _: None)
        assert find(es, filled.prefix, Subject("session", "session-2")) == {}
        assert find(es, filled.prefix, Subject("user", NAME)) == {"api": 1, "audit": 1, "rejected": 1}
