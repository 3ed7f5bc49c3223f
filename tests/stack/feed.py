"""The ways in: files in the mounted folder, and the webhook over TLS."""

from __future__ import annotations

import base64
import http.client
import ssl
from typing import TYPE_CHECKING

from elasticsearch import helpers

if TYPE_CHECKING:
    from pathlib import Path

    from tests.stack.stack import Stack


def place(stack: Stack, name: str, text: bytes) -> Path:
    """A whole file at once, below the folder that Filebeat reads."""
    target = stack.logs / name
    target.parent.mkdir(parents=True, exist_ok=True)
    # The copy is made where no input looks, then renamed: nobody sees half of it.
    part = target.with_suffix(".part")
    part.write_bytes(text)
    part.chmod(0o644)
    part.replace(target)
    return target


def post(stack: Stack, body: bytes, login: str | None = None) -> int:
    """The webhook's status for a body; with the right password unless another login (`user:password`) is given."""
    context = ssl.create_default_context(cafile=str(stack.authority))
    login = f"holysheep:{stack.secret('webhook_password')}" if login is None else login
    headers = {"Content-Type": "application/x-ndjson"}
    if login:
        headers["Authorization"] = "Basic " + base64.b64encode(login.encode()).decode()
    connection = http.client.HTTPSConnection("localhost", stack.ports["webhook"], timeout=60, context=context)
    try:
        connection.request("POST", "/", body, headers)
        answer = connection.getresponse()
        answer.read()
        return answer.status
    finally:
        connection.close()


def calls(tag: str, numbers: range) -> list[bytes]:
    """Lines of the Python client; each has an id of its own, and the tag as its user."""
    return [
        b'{"log_id":"%s-%06d","timestamp":"2025-03-01T10:%02d:%02d.000Z","model":"gpt-4.1","request_tokens":%d,'
        b'"response_tokens":10,"response_time_ms":400.5,"status_code":200,"user_id":"%s"}\n'
        % (tag.encode(), number, number // 60 % 60, number % 60, 100 + number, tag.encode())
        for number in numbers
    ]


def ids(stack: Stack, tag: str) -> list[str]:
    """The log's own ids of the tag's documents, as they were stored: one that came twice would be there twice."""
    query = {"query": {"term": {"user.id": tag}}, "_source": ["event.id"]}
    with stack.client() as es:
        es.indices.refresh(index=f"{stack.prefix}-*", allow_no_indices=True)
        hits = list(helpers.scan(es, query, index=f"{stack.prefix}-api-*", size=5000))
    return sorted(hit["_source"]["event"]["id"] for hit in hits)


def ids_of(tag: str, numbers: range) -> list[str]:
    """The ids that those calls must give, once each."""
    return [f"{tag}-{number:06d}" for number in numbers]
