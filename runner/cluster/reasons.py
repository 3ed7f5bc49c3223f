"""Elasticsearch's errors in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from elasticsearch import ApiError


def reason_of(error: ApiError) -> str:
    """The reason in Elasticsearch's error, followed by the reasons of its causes."""
    body = error.body
    cause = body.get("error", body) if isinstance(body, dict) else body
    if not isinstance(cause, dict):
        return str(cause)
    reasons = []
    while isinstance(cause, dict):
        reasons.append(str(cause.get("reason")))
        cause = cause.get("caused_by")
    return ": ".join(dict.fromkeys(reasons))
