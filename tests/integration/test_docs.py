"""The request of docs/troubleshooting.md, sent to a real Elasticsearch."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.docpages import ROOT, blocks

if TYPE_CHECKING:
    from tests.integration.node import Node

pytestmark = pytest.mark.integration


def test_a_call_is_found_by_its_own_id_as_the_page_says(node: Node) -> None:
    """`event.id` has no index; with the page's runtime field the search finds the one document that has the id."""
    page = ROOT / "docs" / "troubleshooting.md"
    request, body, *_ = next(block.text for block in blocks(page) if block.language == "console").splitlines()
    method, path = request.split(" ")
    index = path.split("/")[0]
    id_ = json.loads(body)["query"]["term"]["event.id"]
    with node.client() as es:
        for event_id in (id_, "another"):
            document = {"@timestamp": "2026-11-21T00:00:00Z", "event": {"id": event_id}}
            es.index(index=index, document={**document, "holysheep": {"source": "client"}}, refresh=True)
        response = es.perform_request(
            method,
            f"/{path}",
            headers={"content-type": "application/json", "accept": "application/json"},
            body=json.loads(body),
        )
        assert [hit["_source"]["event"]["id"] for hit in response.body["hits"]["hits"]] == [id_]
        es.indices.delete(index=index)
