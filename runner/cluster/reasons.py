"""Elasticsearch's errors in words, and why nobody answered."""

from __future__ import annotations

import ssl
from typing import TYPE_CHECKING

from generator.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Iterator

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


def unanswered(error: BaseException, hint: str) -> UserError:
    """A connection that failed, in words: who was asked, and the innermost cause, which is the system's own."""
    causes = list(_causes(error))
    where = next(filter(None, map(_address, causes)), "Elasticsearch")
    last = causes[-1]
    what = "no safe connection" if isinstance(last, ssl.SSLError) else "nobody answers"
    return UserError(f"{what} ({cause_of(error)})", where=where, hint=hint)


def cause_of(error: BaseException) -> str:
    """The innermost cause of an error in words: `connection refused`."""
    *_, last = _causes(error)
    if isinstance(last, ssl.SSLCertVerificationError):
        text = f"its certificate is not trusted: {last.verify_message}"
    elif isinstance(last, ssl.SSLError) and last.reason == "WRONG_VERSION_NUMBER":
        text = "it speaks http, not https"
    else:
        text = str((isinstance(last, OSError) and last.strerror) or last or type(last).__name__)
    return text[:1].lower() + text[1:]


def _causes(error: BaseException) -> Iterator[BaseException]:
    """An error and those within it, the innermost last. Libraries keep them as cause, context, reason or argument."""
    seen: set[int] = set()
    now: BaseException | None = error
    while now is not None and id(now) not in seen:
        seen.add(id(now))
        yield now
        inside = (now.__cause__, now.__context__, getattr(now, "reason", None), *now.args)
        now = next((one for one in inside if isinstance(one, BaseException)), None)


def _address(error: BaseException) -> str:
    """The address that an error of the HTTP library names; empty for another error."""
    there = getattr(error, "conn", None) or getattr(error, "pool", None)
    host, port = getattr(there, "host", None), getattr(there, "port", None)
    scheme = "https" if type(there).__name__.startswith("HTTPS") else "http"
    return f"{scheme}://{host}:{port}" if host else ""
