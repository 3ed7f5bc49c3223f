"""Erasure by names of every kind: the start of another, e-mail, Hangul, blanks, special characters, capitals."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import quote

import pytest
from elasticsearch import helpers

from runner.cluster.changes import Journal, begin
from runner.compliance import erase as erasure
from runner.compliance.erase import erase, find
from runner.compliance.subject import Subject
from tests.integration.test_erase import DAY, document, rejected

if TYPE_CHECKING:
    from tests.integration.node import Node

pytestmark = [pytest.mark.integration, pytest.mark.newest]
#: Each with a name that begins like it, and that must stay.
SUBJECTS = [
    ("acme-7", "acme-7-2"),
    ("kim.min+tag@example.kr", "a.kim.min+tag@example.kr"),
    ("세션 가/나", "세션 가/다"),
    ('q"u(o)t[e]*?:\\x', 'q"u(o)t[e]zz:\\x'),
    ("CaseUser", "caseuser"),
    ("77", "777"),
]


def named(who: str, by: str) -> list[tuple[str, dict[str, Any]]]:
    """A call, a dead letter that holds a document, a rejected line with JSON in JSON, another's failed call, a URL."""
    call = document(who if by == "user" else "someone", 1)
    call["gen_ai"]["conversation"]["id"] = who if by == "session" else "s"
    line = {"@timestamp": call["@timestamp"], "holysheep": {"source": "access"}}
    dead = {"reason": "refused", "document": json.dumps({"event": {"original": json.dumps({"who": who})}})}
    failed = document("somebody", 2) | {"error": {"type": "client_error", "message": f"ask {who} again"}}
    failed["gen_ai"]["conversation"]["id"] = "s"
    return [
        ("api", call),
        ("deadletter", line | {"holysheep": {"source": "client", "deadletter": dead}}),
        ("rejected", rejected(json.dumps({"body": f"to {who}" if len(who.encode()) > 3 else who}))),
        ("errors", failed),
        ("access", line | {"url": {"path": f"/v1/{quote(who, safe='@+')}/calls"}}),
    ]


@pytest.mark.parametrize(("by", "erased"), [("user", (0, 3)), ("session", (2,))])
def test_names_of_every_kind_are_found_and_their_likes_stay(
    empty: Node, monkeypatch: pytest.MonkeyPatch, by: Literal["user", "session"], erased: tuple[int, ...]
) -> None:
    """Prefixes, e-mail, Hangul, blanks, special characters, capitals: in calls, dead letters, lines, errors and URLs.

    All are looked for, and some of them erased, since that merges every index.
    """
    monkeypatch.setattr(erasure, "GONE_S", 0.0)
    prefix = empty.prefix
    actions = [
        {"_index": f"{prefix}-{kind}-{DAY}", "_source": source}
        for pair in SUBJECTS
        for who in pair
        for kind, source in named(who, by)
    ]
    with empty.client() as es:
        helpers.bulk(es, actions, refresh=True)
        for who in (who for pair in SUBJECTS for who in pair):
            # `77` is nobody in `ask 77 again` and `/v1/77/calls`.
            values = {"api": 1, "deadletter": 1, "rejected": 1}
            expected = values | {"access": 1, "errors": 1} if len(who.encode()) > 3 else values
            assert find(es, prefix, Subject(by, who)) == expected, who
        for name, like in (SUBJECTS[place] for place in erased):
            erase(Journal(es, prefix, begin("erase", "test")), Subject(by, name), lambda _: None)
            assert find(es, prefix, Subject(by, name)) == {}, name
            assert sum(find(es, prefix, Subject(by, like)).values()) == 5, like
        errors = es.search(index=f"{prefix}-errors-*", size=50)["hits"]["hits"]
    assert sum("[ERASED]" in hit["_source"]["error"]["message"] for hit in errors) == len(erased)
    assert {hit["_source"]["user"]["id"] for hit in errors} == {"somebody"}
