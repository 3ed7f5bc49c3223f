"""The sending side of Lumberjack version 2 over mutual TLS."""

from __future__ import annotations

import json
import socket
import ssl
import struct
import zlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

Event = dict[str, Any]


class Sender:
    """One connection, made anew when it breaks."""

    def __init__(self, host: str, port: int, certs: Path) -> None:
        """`certs` holds ca.crt, filebeat.crt and filebeat.key."""
        self._address = host, port
        self._context = ssl.create_default_context(cafile=str(certs / "ca.crt"))
        self._context.load_cert_chain(certs / "filebeat.crt", certs / "filebeat.key")
        self._socket: ssl.SSLSocket | None = None

    def send(self, events: list[Event]) -> None:
        """Return when the other side has acknowledged all of them; OSError when it is not there."""
        inner = b""
        for number, event in enumerate(events, 1):
            text = json.dumps(event).encode()
            inner += b"2J" + struct.pack(">II", number, len(text)) + text
        packed = zlib.compress(inner, 3)
        try:
            connection = self._socket or self._connect()
            connection.sendall(b"2W" + struct.pack(">I", len(events)))
            connection.sendall(b"2C" + struct.pack(">I", len(packed)) + packed)
            done = 0
            while done < len(events):
                done = self._acknowledged(connection)
        except OSError:
            self.close()
            raise

    def close(self) -> None:
        """Forget the connection."""
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    def _connect(self) -> ssl.SSLSocket:
        plain = socket.create_connection(self._address, timeout=60)
        self._socket = self._context.wrap_socket(plain, server_hostname=self._address[0])
        return self._socket

    @staticmethod
    def _acknowledged(connection: ssl.SSLSocket) -> int:
        data = b""
        while len(data) < 6:
            part = connection.recv(6 - len(data))
            if not part:
                raise OSError("the connection was closed")
            data += part
        (number,) = struct.unpack(">I", data[2:])
        return int(number)
