"""Who may do what, asked of the real cluster."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from elasticsearch import AuthenticationException, AuthorizationException, BadRequestError

from generator.errors import UserError
from runner.cluster import admin, people, refused
from runner.runtimes.embedded import secret
from tests.integration import people as testers
from tests.rights import (
    CLUSTER,
    DAY,
    DOCUMENT,
    KINDS,
    MATRIX,
    WRITES,
    allowed,
    attempts,
    cluster_attempts,
    on_documents,
    permitted,
)

if TYPE_CHECKING:
    from tests.integration.node import Node

#: What every kind of index takes.
MINIMAL = {"@timestamp": "2025-01-01T00:00:00.000Z"}
pytestmark = pytest.mark.integration


@pytest.fixture
def written(empty: Node) -> Node:
    """The node with one document, which the writer made."""
    with empty.client(secret.WRITER) as es:
        es.create(index=f"{empty.prefix}-api-{DAY}", id="1", document=DOCUMENT, refresh=False)
    with empty.client() as es:
        es.indices.refresh(index=f"{empty.prefix}-*")
    return empty


@pytest.mark.parametrize("user", [secret.WRITER, secret.READER])
def test_nobody_but_the_admin_can_change_anything(written: Node, user: str) -> None:
    """Writer and reader are refused every change, and the document is as it was."""
    with written.client(user) as es:
        assert allowed(es, attempts(written.prefix)) == []
    with written.client() as es:
        actual = es.get(index=f"{written.prefix}-api-{DAY}", id="1")
    assert (actual["_version"], actual["_source"]) == (1, DOCUMENT)


def test_the_writer_cannot_read(written: Node) -> None:
    """A stolen writer password shows no document."""
    index = f"{written.prefix}-api-{DAY}"
    with written.client(secret.WRITER) as es:
        with pytest.raises(AuthorizationException):
            es.search(index=index)
        with pytest.raises(AuthorizationException):
            es.get(index=index, id="1")
        with pytest.raises(AuthorizationException):
            es.count()


def test_the_reader_reads_but_cannot_write(written: Node) -> None:
    """The reader sees every index of the bundle and can't add a document."""
    with written.client(secret.READER) as es:
        assert es.count(index=f"{written.prefix}-*")["count"] == 1
        with pytest.raises(AuthorizationException):
            es.create(index=f"{written.prefix}-api-{DAY}", id="2", document=DOCUMENT)


def test_a_wrong_password_is_refused(node: Node) -> None:
    """Security is on from the first start."""
    with node.client() as es, pytest.raises(AuthenticationException):
        es.options(basic_auth=(secret.ADMIN, "wrong")).cluster.health()


@pytest.mark.filterwarnings("ignore:.*allowed the update mapping action")
def test_the_writer_cannot_change_how_a_field_is_mapped(written: Node) -> None:
    """No type of a field can be changed by the writer, whose right to add documents includes that to add mappings.

    Elasticsearch 8 and 9 grant that to create_doc on indices, and announce its end for the next major version.
    """
    with written.client(secret.WRITER) as es, pytest.raises(BadRequestError):
        es.indices.put_mapping(index=f"{written.prefix}-api-{DAY}", properties={"@timestamp": {"type": "keyword"}})


@pytest.fixture(scope="module")
def everybody(node: Node) -> Node:
    """A user of every role, and an index of every kind with a document that everybody tries to change."""
    testers.add(node, list(MATRIX))
    node.wipe()
    with node.client() as es:
        for kind in KINDS:
            es.indices.create(
                index=f"{node.prefix}-{kind}-{DAY}", mappings={"properties": {"@timestamp": {"type": "date"}}}
            )
            es.index(index=f"{node.prefix}-{kind}-{DAY}", id="kept", document=MINIMAL, refresh=True)
    return node


@pytest.mark.parametrize("role", list(MATRIX))
def test_a_role_may_do_what_the_table_says_and_nothing_else(everybody: Node, role: str) -> None:
    """Every action on every kind of index: those of the table are taken, all others are refused."""
    letters = dict(zip(KINDS, MATRIX[role].split(), strict=True))
    expected = {kind: set(WRITES) if own == "w" else set(own) - {"-"} for kind, own in letters.items()}
    with everybody.client() as admin_client:
        es = testers.login(admin_client, role)
        actual = {kind: permitted(es, on_documents(f"{everybody.prefix}-{kind}-{DAY}")) for kind in KINDS}
        assert actual == expected
        assert permitted(es, cluster_attempts()) == CLUSTER.get(role, set())
        assert admin_client.get(index=f"{everybody.prefix}-seals-{DAY}", id="kept")["_version"] == 1


def test_a_search_over_everything_shows_what_the_role_may_read(everybody: Node) -> None:
    """Finance searches all indices, and finds calls, usage and sums alone: no payload of an agent among them."""
    with everybody.client() as es:
        hits = testers.login(es, "holysheep_finance").search(index=f"{everybody.prefix}-*", size=100)["hits"]["hits"]
    assert {hit["_index"].split("-")[1] for hit in hits} == {"api", "usage", "rollups", "daily"}


def test_who_erases_cannot_seal(everybody: Node) -> None:
    """Not in a bulk beside an allowed deletion, not in a new index of seals, and not by an alias or a copy."""
    prefix = everybody.prefix
    with everybody.client() as admin_client:
        es = testers.login(admin_client, "holysheep_eraser")
        answer = es.bulk(
            operations=[
                {"delete": {"_index": f"{prefix}-api-{DAY}", "_id": "absent"}},
                {"create": {"_index": f"{prefix}-seals-{DAY}", "_id": "forged"}}, DOCUMENT,
                {"create": {"_index": f"{prefix}-seals-2031.01.01", "_id": "forged"}}, DOCUMENT,
                {"index": {"_index": f"{prefix}-changes-{DAY}", "_id": "kept"}}, DOCUMENT,
            ]
        )  # fmt: skip
        statuses = [next(iter(item.values()))["status"] for item in answer["items"]]
        assert statuses == [404, 403, 403, 403]
        with pytest.raises(AuthorizationException):
            es.indices.put_alias(index=f"{prefix}-seals-{DAY}", name=f"{prefix}-api-alias")
        assert not admin_client.indices.exists(index=f"{prefix}-seals-2031.01.01")


def test_a_missing_role_is_named_before_anything_is_done(everybody: Node) -> None:
    """A search by finance would find too few documents to erase; `require` says what is missing instead."""
    with everybody.client() as es:
        refused.require(testers.login(es, "holysheep_eraser"), "holysheep_eraser")
        refused.require(es, "holysheep_eraser")
        with pytest.raises(UserError) as caught:
            refused.require(testers.login(es, "holysheep_finance"), "holysheep_eraser")
    told = str(caught.value)
    assert "the user person-holysheep_finance lacks the role holysheep_eraser: " in told
    assert "docs/roles.md" in told


def test_a_refusal_names_the_roles_that_would_do(everybody: Node) -> None:
    """Of a request that Elasticsearch refused, by its own words: who asked, the roles they have, and those that fit."""
    prefix = everybody.prefix
    with everybody.client() as admin_client:
        es = testers.login(admin_client, "holysheep_finance")
        with pytest.raises(UserError) as caught, admin.in_words():
            es.delete(index=f"{prefix}-audit-{DAY}", id="1")
        with pytest.raises(UserError) as nobody, admin.in_words():
            es.indices.delete(index=f"{prefix}-audit-{DAY}")
        with pytest.raises(UserError) as cluster, admin.in_words():
            es.security.get_user()
    assert caught.value.hint.startswith(
        "person-holysheep_finance has the role holysheep_finance; holysheep_eraser may do this"
    )
    assert "only an administrator may do this" in nobody.value.hint
    assert "holysheep_auditor, holysheep_operator may do this" in cluster.value.hint


def test_the_embedded_mode_keeps_no_people(node: Node) -> None:
    """`user add` says so, instead of Elasticsearch's own words about a missing token filter."""
    with node.client() as es, pytest.raises(UserError, match="the embedded mode has those of its services alone"):
        people.add(es, "anna", ["finance"])
