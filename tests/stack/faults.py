"""What is done to a running stack."""

from __future__ import annotations

import os
import signal
from typing import TYPE_CHECKING

from tests.stack import feed

if TYPE_CHECKING:
    from tests.stack.load import Load
    from tests.stack.stack import Stack


def kill(stack: Stack, service: str) -> None:
    """`kill -9` of a service's main process; return when another one runs and is healthy."""
    container = stack.container(service)
    before, pid = container.attrs["State"]["StartedAt"], container.attrs["State"]["Pid"]
    try:
        # From outside, as the kernel does it for want of memory: the engine sees a crash, and must restart it itself.
        os.kill(pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        # The engine is on another machine, or belongs to somebody else. What it kills it doesn't restart.
        container.kill("SIGKILL")
        container.start()
    stack.wait(lambda: stack.container(service).attrs["State"]["StartedAt"] != before, f"{service} was started again")
    stack.wait(lambda: stack.healthy(service), f"{service} is healthy again")


def arrived(stack: Stack, load: Load) -> int:
    """Documents of a load so far."""
    return stack.total({"term": {"user.id": load.tag}})


def all_once(stack: Stack, load: Load) -> None:
    """Return when every line of a load is there; AssertionError when one is missing, twice, or not what was sent."""
    stack.wait(lambda: arrived(stack, load) >= load.written, f"all {load.written} lines of {load.tag} are there")
    stack.drained()
    assert feed.ids(stack, load.tag) == feed.ids_of(load.tag, load.numbers)
