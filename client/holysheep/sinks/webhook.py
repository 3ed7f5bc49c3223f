"""Lines to the bundle's webhook: batches of NDJSON, packed by gzip (docs/webhook.md)."""

from __future__ import annotations

import gzip
from typing import TYPE_CHECKING, Final

from holysheep.post import Server
from holysheep.sinks.halves import Halves

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from holysheep.post import Reply

#: A body's size: within the 500 to 5,000 records and far below the 16 MiB of docs/webhook.md.
MAX_LINES: Final = 1000
MAX_BYTES: Final = 4 * 1024 * 1024
#: What to do about an answer.
ADVICE: Final = {
    401: "the user or the password is wrong",
    403: "the user or the password is wrong",
    404: "the URL is not that of the webhook",
    429: "its queue is full",
    500: "its queue takes nothing: is its disk full?",
}


class WebhookSink:
    """Posts lines. A body is sent again until it is answered 200; the lines' ids make that harmless.

    A single line that is too large (413) is given up, and counted.
    """

    name = "webhook"
    slow = True

    def __init__(
        self,
        url: str,
        *,
        user: str = "holysheep",
        password_file: Path | None = None,
        ca: Path | None = None,
        timeout: float = 60.0,
    ) -> None:
        """Raises ValueError for what is no URL."""
        self._server = Server(url, user=user, password_file=password_file, ca=ca, timeout=timeout)
        self._halves = Halves(frozenset({413}))

    def send(self, lines: Sequence[bytes]) -> None:
        """Post all. Raises OSError, with what to do in its text."""
        for batch in batches(lines):
            reply = self._halves.post(batch, self._post, self.name)
            if reply is not None:
                advice = ADVICE.get(reply.status, reply.body[:200].decode("utf-8", "replace"))
                raise ConnectionError(f"HTTP {reply.status}: {advice}")

    @property
    def refused(self) -> int:
        """Lines that were given up."""
        return self._halves.refused

    def close(self) -> None:
        """Close the connection."""
        self._server.close()

    def _post(self, lines: Sequence[bytes]) -> Reply:
        headers = {"content-type": "application/x-ndjson", "content-encoding": "gzip"}
        return self._server.send(gzip.compress(b"".join(lines), compresslevel=1), headers)


def batches(lines: Sequence[bytes]) -> Iterator[Sequence[bytes]]:
    """The lines in parts of at most MAX_LINES and MAX_BYTES."""
    start = size = 0
    for number, line in enumerate(lines):
        if number > start and (number - start >= MAX_LINES or size + len(line) > MAX_BYTES):
            yield lines[start:number]
            start, size = number, 0
        size += len(line)
    if start < len(lines):
        yield lines[start:]
