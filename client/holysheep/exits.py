"""The ends of a program, and its forks: nothing that was logged may stay behind in memory."""

from __future__ import annotations

import atexit
import contextlib
import os
import signal
import sys
import threading
import weakref
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType


class Flushed(Protocol):
    """What is flushed at the end."""

    def flush(self, timeout: float = 5.0) -> bool:
        """Hand over what waits."""

    def hurry(self) -> None:
        """From now on write each line at once: the process ends soon."""

    def after_fork(self) -> None:
        """Begin anew in a child."""


_all: weakref.WeakSet[Any] = weakref.WeakSet()
_before: list[Callable[[], None]] = []


def at_exit(logger: Flushed, *, sigterm: bool) -> None:
    """Flush it at exit, also at the exit of a process of `multiprocessing`, which calls no atexit hooks."""
    _all.add(logger)
    if sigterm:
        at_sigterm()


def flush_all() -> None:
    """Flush every logger."""
    for logger in list(_all):
        logger.flush()


def hurry_all() -> None:
    """No logger keeps a line back any more."""
    for logger in list(_all):
        logger.hurry()


def at_sigterm() -> None:
    """Flush at SIGTERM. Where nobody else handles it, the process then ends by the signal, as it would have.

    A handler that is there is called as before. uvicorn's lets requests come to their end and then kills the process,
    which calls no exit hook: so each line is written at once from the signal on. Only the main thread can do this; in
    another one it does nothing.
    """
    if threading.current_thread() is not threading.main_thread():
        return
    handler = signal.getsignal(signal.SIGTERM)
    if handler is signal.SIG_DFL:
        signal.signal(signal.SIGTERM, _terminated)
    elif callable(handler) and not isinstance(handler, _Told) and handler is not _terminated:
        signal.signal(signal.SIGTERM, _Told(handler))


class _Told:
    """The application's handler, and the loggers told before it."""

    def __init__(self, handler: Callable[[int, FrameType | None], Any]) -> None:
        self._handler = handler

    def __call__(self, number: int, frame: FrameType | None) -> None:
        # In a thread, as in _terminated: to hurry takes no lock, to flush does.
        hurry_all()
        threading.Thread(target=flush_all, daemon=True).start()
        self._handler(number, frame)


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
        util.Finalize(None, _at_exit, exitpriority=100)


def before_end(work: Callable[[], None]) -> None:
    """What is still to be logged when the program ends."""
    _before.append(work)


def _at_exit() -> None:
    for work in _before:
        # Another thread may still make calls.
        with contextlib.suppress(RuntimeError):
            work()
    flush_all()
    # Exit hooks that were registered before this one run after it, and may log.
    hurry_all()
    flush_all()


atexit.register(_at_exit)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forked)
