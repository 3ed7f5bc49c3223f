"""The logger that `holysheep.log` uses: made at the first use, or by `configure`."""

from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING, Any, Final

from holysheep import ids
from holysheep.logger import Logger
from holysheep.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from holysheep.delivery import Sink

_log: Final = logging.getLogger("holysheep")
_lock: Final = threading.RLock()
_default: Logger | None = None
_broken = False


def configure(sinks: Sequence[Sink] | None = None, **settings: Any) -> Logger:  # noqa: ANN401  # checked by Settings.read
    """Make the default logger anew, by arguments and the environment; the old one is flushed.

    Raises ValueError and OSError for settings that can't be used.
    """
    global _default, _broken  # one default logger a process
    logger = Logger(Settings.read(**settings), sinks)
    with _lock:
        old, _default, _broken = _default, logger, False
    if old is not None:
        old.close()
    return logger


def get_logger() -> Logger | None:
    """The default logger; None where its settings can't be used, which was reported once."""
    global _default, _broken  # noqa: PLW0603  # as above
    if _default is None and not _broken:
        with _lock:
            if _default is None and not _broken:
                try:
                    _default = Logger()
                except (ValueError, OSError) as error:
                    _broken = True
                    _log.warning("holysheep logs nothing: %s (python -m holysheep check tells more)", error)
    return _default


def log(**call: Any) -> str:  # noqa: ANN401  # the names of line.KNOWN; others become metadata
    """Log one call; its log id. Never raises, whatever is wrong with the settings, the disk or the network.

    `model`, `input_tokens` (cached ones included), `output_tokens`, `cached_tokens`, `reasoning_tokens` or `usage` as
    the API sent it; `latency_ms`, `time_to_first_token_ms`; `status_code`, `error`; `session_id`, `user_id`, `team`,
    `trace_id`, `span_id`; `metadata`; all names are in docs/client.md.
    """
    logger = _default or get_logger()
    return logger.log(**call) if logger is not None else str(call.get("log_id") or ids.log_id())


def flush(timeout: float = 5.0) -> bool:
    """Hand over what was logged so far; False where that takes longer."""
    return _default.flush(timeout) if _default is not None else True


def stats() -> dict[str, Any]:
    """What was logged, waits, and was dropped."""
    return _default.stats() if _default is not None else {}
