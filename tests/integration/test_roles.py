"""What the writer and the reader may do, asked of the real cluster."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from elasticsearch import AuthenticationException, AuthorizationException, BadRequestError

from runner.runtimes.embedded import secret
from tests.rights import DAY, DOCUMENT, allowed, attempts

if TYPE_CHECKING:
    from tests.integration.node import Node

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
