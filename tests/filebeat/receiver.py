"""A Logstash that takes lines in (Lumberjack version 2, without TLS), remembers which came, and can be away."""

from __future__ import annotations

import contextlib
import json
import socket
import struct
import threading
import time
from collections import Counter
from typing import TYPE_CHECKING, Any, Final, Self

from tests.stack.recipes.logstash.standin.beats import frames

if TYPE_CHECKING:
    from collections.abc import Callable

Event = dict[str, Any]
#: What tells two lines apart: the log's own id, else the text and its place, as the filter's ids do.
Key = tuple[str, int | str]
POLL_S: Final = 0.2


def key_of(event: Event) -> Key:
    """The line's own id; without one its text and its offset in the file."""
    message = str(event["message"])
    if message.startswith('{"log_id":"'):
        return str(json.loads(message)["log_id"]), ""
    return message, int(event["log"]["offset"])


class Receiver:
    """`with`: listens on `port`, and goes on from where it was after `away`."""

    def __init__(self, keep: Callable[[Event], Any] = key_of, pause_s: float = 0) -> None:
        """`keep` says what of an event is remembered; `pause_s` is waited before each acknowledgement."""
        self.keep, self.pause_s = keep, pause_s
        #: Whether it takes lines, and neither keeps nor acknowledges them, as a Logstash that hangs.
        self.hangs = False
        #: Lines that it did not keep.
        self.dropped = 0
        #: What came, and how often it was sent.
        self.seen: Counter[Any] = Counter()
        self._lock = threading.Lock()
        self._connections: set[socket.socket] = set()
        self._listener: socket.socket | None = None
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port: int = probe.getsockname()[1]

    def __enter__(self) -> Self:
        """Listen."""
        self.back()
        return self

    def __exit__(self, *_: object) -> None:
        """Gone for good."""
        self.away()

    def back(self) -> None:
        """Listen again."""
        listener = socket.create_server(("127.0.0.1", self.port), reuse_port=False)
        self._listener = listener
        threading.Thread(target=self._accept, args=(listener,), daemon=True).start()

    def away(self) -> None:
        """Refuse connections, and break those that are open."""
        if self._listener is not None:
            # A blocked accept() keeps a socket listening that is only closed.
            self._listener.shutdown(socket.SHUT_RDWR)
            self._listener.close()
            self._listener = None
        with self._lock:
            for connection in self._connections:
                # It may just have ended by itself.
                with contextlib.suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)
            self._connections.clear()

    def wait(self, count: int, longest_s: float = 30) -> None:
        """Return when so many different lines came; AssertionError when they don't."""
        end = time.monotonic() + longest_s
        while len(self.seen) < count:
            assert time.monotonic() < end, f"after {longest_s:.0f} s {len(self.seen):,} of {count:,} lines came"
            time.sleep(POLL_S)

    def _accept(self, listener: socket.socket) -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            with self._lock:
                self._connections.add(connection)
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with connection, connection.makefile("rb") as stream:
            try:
                while True:
                    got = frames(stream)
                    if self.hangs:
                        self.dropped += len(got)
                    elif got:
                        time.sleep(self.pause_s)
                        self._take([event for _, event in got])
                        connection.sendall(b"2A" + struct.pack(">I", got[-1][0]))
            except (EOFError, OSError):
                pass
        with self._lock:
            self._connections.discard(connection)

    def _take(self, events: list[Event]) -> None:
        with self._lock:
            self.seen.update(self.keep(event) for event in events)
