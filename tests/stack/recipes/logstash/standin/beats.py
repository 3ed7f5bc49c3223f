"""The Beats input: Lumberjack version 2 over mutual TLS. A window is acknowledged when it is in the queue on disk."""

from __future__ import annotations

import json
import socketserver
import struct
import zlib
from io import BytesIO
from typing import TYPE_CHECKING, Any, BinaryIO

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable

Event = dict[str, Any]


def read(stream: BinaryIO, size: int) -> bytes:
    """Exactly so many bytes. EOFError at the end."""
    data = b""
    while len(data) < size:
        part = stream.read(size - len(data))
        if not part:
            raise EOFError
        data += part
    return data


def frames(stream: BinaryIO) -> list[tuple[int, Event]]:
    """(sequence number, event) of the next frame; none for one that only tells the window's size."""
    kind = read(stream, 2)
    if kind == b"2W":
        read(stream, 4)
        return []
    if kind == b"2J":
        sequence, size = struct.unpack(">II", read(stream, 8))
        return [(sequence, json.loads(read(stream, size)))]
    if kind == b"2C":
        (size,) = struct.unpack(">I", read(stream, 4))
        inside = BytesIO(zlib.decompress(read(stream, size)))
        result: list[tuple[int, Event]] = []
        while inside.tell() < len(inside.getbuffer()):
            result += frames(inside)
        return result
    raise ValueError(f"no frame of Lumberjack 2: {kind!r}")


class Server(socketserver.ThreadingTCPServer):
    """Listens for Filebeat; only a client with a certificate of our authority gets in."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self, port: int, context: ssl.SSLContext, on_events: Callable[[list[Event]], None]) -> None:
        """`put` returns when the events are safe."""
        super().__init__(("0.0.0.0", port), Handler)  # noqa: S104 - in a container, reached by its network alone
        self.context, self.put = context, on_events

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ANN401 - the class's signature
        """A client that breaks off or has no certificate is no event for the log."""


class Handler(socketserver.StreamRequestHandler):
    """One connection."""

    server: Server

    def setup(self) -> None:
        """The handshake, in the connection's own thread."""
        self.request = self.server.context.wrap_socket(self.request, server_side=True)
        super().setup()

    def handle(self) -> None:
        """Frame after frame until the client goes."""
        try:
            while True:
                received = frames(self.rfile)
                if received:
                    self.server.put([event for _, event in received])
                    self.wfile.write(b"2A" + struct.pack(">I", received[-1][0]))
        except (EOFError, OSError):
            return
