"""A handler for `logging`: what an application already logs with `extra={"llm": {...}}` becomes a line.

logging.getLogger("app").addHandler(holysheep.LogHandler())
logging.getLogger("app").info("answered", extra={"llm": {"model": "gpt-4.1", "input_tokens": 150}})
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from holysheep.default import log as default_log

if TYPE_CHECKING:
    from holysheep.attempt import Log


class LogHandler(logging.Handler):
    """Takes the records that have the attribute `llm`, a dict of `log()`'s names; all others pass."""

    def __init__(self, level: int = logging.NOTSET, *, log: Log | None = None) -> None:
        """`log`: another logger's `log`."""
        super().__init__(level)
        self._log = log or default_log

    def emit(self, record: logging.LogRecord) -> None:
        """Never raises: a wrong dict is reported as logging does it."""
        call = getattr(record, "llm", None)
        if not isinstance(call, dict):
            return
        try:
            record_of_call = dict(call)
            if record.exc_info and record.exc_info[1] is not None:
                record_of_call.setdefault("error", record.exc_info[1])
            if "latency_ms" not in record_of_call:
                record_of_call.setdefault("started_ns", int(record.created * 1e9))
            self._log(**record_of_call)
        except Exception:  # noqa: BLE001  # logging's own way for whatever goes wrong in a handler
            self.handleError(record)
