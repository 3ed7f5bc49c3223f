"""What calls inherit from the code around them: session, user, trace, the agent's step. One context variable, so that
threads and asyncio tasks don't see each other's.
"""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True)
class Context:
    """None: the surroundings don't say."""

    session_id: str | None = None
    user_id: str | None = None
    team: str | None = None
    environment: str | None = None
    service: str | None = None
    trace_id: str | None = None
    parent_span_id: str | None = None
    agent_id: str | None = None
    step_name: str | None = None
    idempotency_key: str | None = None
    client_ip: str | None = None
    metadata: dict[str, Any] | None = None


NAMES: Final = tuple(each.name for each in fields(Context))
_current: ContextVar[Context | None] = ContextVar("holysheep_context", default=None)


#: The context of the running code; None outside of all.
current: Final = _current.get


@contextmanager
def context(**values: Any) -> Iterator[Context]:  # noqa: ANN401  # checked against the fields
    """Every call inside the block carries these values; blocks nest, and the inner one wins.

    >>> with context(session_id="s-1", team="search"):
    ...     ...
    Names: those of `Context`. Raises TypeError for another name.
    """
    outer = _current.get() or Context()
    if outer.metadata and values.get("metadata"):
        values["metadata"] = {**outer.metadata, **values["metadata"]}
    inner = replace(outer, **values)
    token = _current.set(inner)
    try:
        yield inner
    finally:
        _current.reset(token)
