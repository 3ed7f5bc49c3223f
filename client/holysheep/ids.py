"""Ids of lines, traces and spans, made without a system call for each."""

from __future__ import annotations

import os
import re
from itertools import count
from typing import Final

_TRACE_ID: Final = re.compile(r"[0-9a-fA-F]{32}")


class _Source:
    """Random bytes of this process, and a counter that starts at a random place."""

    def __init__(self) -> None:
        """Of the process that calls it; a forked child makes its own."""
        prefix = os.urandom(10).hex()
        # A UUID of version 8 (RFC 9562: contents are ours) and variant 8: the filter keeps a UUID as it is.
        self.uuid = f"{prefix[:8]}-{prefix[8:12]}-8{prefix[12:15]}-8{prefix[15:18]}-"
        self.trace = os.urandom(8).hex()
        self.counter = count(int.from_bytes(os.urandom(5), "big"))
        self.spans = count(int.from_bytes(os.urandom(7), "big"))


_source = _Source()


def _renew() -> None:
    global _source  # noqa: PLW0603  # one source a process
    _source = _Source()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_renew)


def log_id() -> str:
    """A new UUID: 70 random bits of the process, then a counter."""
    return f"{_source.uuid}{next(_source.counter) & 0xFFFFFFFFFFFF:012x}"


def trace_id() -> str:
    """32 hexadecimal digits, as W3C trace context has them."""
    return f"{_source.trace}{os.urandom(8).hex()}"


def is_trace_id(text: str) -> bool:
    """Whether OpenTelemetry takes the text for a trace id: 32 hexadecimal digits."""
    return _TRACE_ID.fullmatch(text) is not None


def span_id() -> str:
    """16 hexadecimal digits."""
    return f"{next(_source.spans) & 0xFFFFFFFFFFFFFFFF or 1:016x}"
