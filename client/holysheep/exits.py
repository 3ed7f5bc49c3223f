"""The ends of a program, and its forks: nothing that was logged may stay behind in memory."""

from __future__ import annotations

import atexit
import os
import signal
import sys
import threading
import weakref
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from types import FrameType


class Flushed(Protocol):
    """What is flushed at the end."""

    def flush(self, timeout: float = 5.0) -> bool:
        """Hand over what waits."""

    def after_fork(self) -> None:
        """Begin anew in a child."""


_all: weakref.WeakSet[Any] = weakref.WeakSet()


def at_exit(logger: Flushed) -> None:
    """Flush it at exit, also at the exit of a process of `multiprocessing`, which calls no atexit hooks."""
    _all.add(logger)


def flush_all() -> None:
    """Flush every logger."""
    for logger in list(_all):
        logger.flush()


def at_sigterm() -> None:
    """Flush at SIGTERM where nobody else handles it; then the process ends by the signal, as it would have."""
    if threading.current_thread() is threading.main_thread() and signal.getsignal(signal.SIGTERM) is signal.SIG_DFL:
        signal.signal(signal.SIGTERM, _terminated)


def _terminated(number: int, _frame: FrameType | None) -> None:
    signal.signal(number, signal.SIG_DFL)
    # In a thread of its own: the main thread may hold a lock that the flush needs.
    threading.Thread(target=_flush_and_end, args=(number,), daemon=False).start()


def _flush_and_end(number: int) -> None:
    try:
        flush_all()
    finally:
        os.kill(os.getpid(), number)


def _forked() -> None:
    for logger in list(_all):
        logger.after_fork()


def watch_multiprocessing() -> None:
    """Called when a worker starts: the application may have imported multiprocessing by then."""
    util = sys.modules.get("multiprocessing.util")
    if util is not None:
        util.Finalize(None, flush_all, exitpriority=100)


atexit.register(flush_all)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forked)
