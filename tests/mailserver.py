"""An SMTP server on this machine that keeps what it gets: with STARTTLS and a login, or in the clear."""

from __future__ import annotations

import base64
import socketserver
import ssl
import subprocess
import threading
from contextlib import contextmanager
from email import message_from_bytes, policy
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator
    from email.message import EmailMessage
    from pathlib import Path

USER: Final = "reports"
PASSWORD: Final = "Geheim-1234"  # noqa: S105  # of this server alone


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True

    def __init__(self, certificate: Path | None, host: str) -> None:
        super().__init__((host, 0), _Session)
        self.certificate = certificate
        self.mails: list[EmailMessage] = []
        self.logins: list[str] = []
        self.recipients: list[str] = []


class _Session(socketserver.StreamRequestHandler):
    server: _Server

    def handle(self) -> None:
        self._say("220 localhost ready")
        encrypted = False
        while line := self.rfile.readline().decode().strip():
            verb = line.split(" ", 1)[0].upper()
            if verb == "EHLO":
                more = ["AUTH PLAIN"] if encrypted else ["STARTTLS"] if self.server.certificate else []
                lines = ["localhost", *more]
                for number, text in enumerate(lines):
                    self._say(f"250{' ' if number == len(lines) - 1 else '-'}{text}")
            elif verb == "STARTTLS":
                self._say("220 go ahead")
                self._encrypt()
                encrypted = True
            elif verb == "AUTH":
                self._login(line)
            elif verb == "RCPT":
                self.server.recipients.append(line)
                self._say("550 nobody of that name" if "nobody@" in line else "250 ok")
            elif verb == "DATA":
                self._take()
            elif verb == "QUIT":
                self._say("221 bye")
                return
            else:
                self._say("250 ok")

    def _say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())
        self.wfile.flush()

    def _encrypt(self) -> None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(str(self.server.certificate))
        self.connection = context.wrap_socket(self.connection, server_side=True)
        self.rfile, self.wfile = self.connection.makefile("rb"), self.connection.makefile("wb")

    def _login(self, line: str) -> None:
        _, user, password = base64.b64decode(line.split(" ")[2]).decode().split("\0")
        self.server.logins.append(user)
        self._say("235 welcome" if (user, password) == (USER, PASSWORD) else "535 wrong password")

    def _take(self) -> None:
        self._say("354 end with a dot")
        lines = []
        while (line := self.rfile.readline()) != b".\r\n":
            lines.append(line.removeprefix(b".") if line.startswith(b"..") else line)
        self.server.mails.append(message_from_bytes(b"".join(lines), policy=policy.default))
        self._say("250 taken")


@contextmanager
def running(certificate: Path | None = None, host: str = "127.0.0.1") -> Iterator[_Server]:
    """The server; its port is `server_address[1]`. With a certificate it offers STARTTLS, and a login after it."""
    with _Server(certificate, host) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def certificate(folder: Path, names: str = "DNS:localhost") -> Path:
    """A self-signed certificate with its key, in one PEM file; it is its own authority."""
    file, key = folder / "mail.pem", folder / "key.pem"
    subprocess.run(
        [
            "openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost",
            "-addext", f"subjectAltName={names}", "-keyout", str(key), "-out", str(file),
        ],
        check=True, capture_output=True,
    )  # fmt: skip
    file.write_text(file.read_text() + key.read_text())
    return file
