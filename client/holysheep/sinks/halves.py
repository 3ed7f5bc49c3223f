"""Lines that a server refuses for good: found by halving what was sent, and given up, so that they hold up no other."""

from __future__ import annotations

import json
import logging
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from holysheep.post import Reply

_log: Final = logging.getLogger("holysheep")


class Halves:
    """Counts what it gave up."""

    def __init__(self, hopeless: frozenset[int]) -> None:
        """`hopeless`: HTTP statuses that no later try changes."""
        self._hopeless = hopeless
        self.refused = 0

    def post(self, lines: Sequence[bytes], once: Callable[[Sequence[bytes]], Reply], target: str) -> Reply | None:
        """Post by `once`; None when all were taken or given up, else the answer, after which all may be sent again."""
        reply = once(lines)
        if reply.good:
            return None
        if reply.status not in self._hopeless:
            return reply
        if len(lines) == 1:
            self._give_up(lines[0], reply.status, target)
            return None
        middle = len(lines) // 2
        return self.post(lines[:middle], once, target) or self.post(lines[middle:], once, target)

    def _give_up(self, line: bytes, status: int, target: str) -> None:
        self.refused += 1
        level = logging.WARNING if self.refused == 1 else logging.DEBUG
        log_id = json.loads(line).get("log_id")
        _log.log(level, "%s refuses a line of %d bytes (HTTP %d), it is dropped: %s", target, len(line), status, log_id)
