"""A report by e-mail: text and HTML, over a connection that is encrypted unless somebody says otherwise."""

from __future__ import annotations

import smtplib
import ssl
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import formatdate, make_msgid
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal, cast

from generator.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Mapping

Security = Literal["starttls", "tls", "none"]
_PORTS: Final[dict[str, int]] = {"starttls": 587, "tls": 465, "none": 25}
TIMEOUT_S: Final = 30
#: Where a container finds the password when no file is named.
IN_CONTAINER: Final = Path("/run/secrets/smtp_password")


@dataclass(frozen=True)
class Server:
    """Where mail is handed in, and from whom to whom. The password is read from its file at each sending."""

    host: str
    port: int
    security: Security
    sender: str
    to: tuple[str, ...]
    user: str = ""
    password_file: Path | None = None
    authority: Path | None = None


def settings(environment: Mapping[str, str]) -> Server:
    """The settings in HOLYSHEEP_SMTP_…. UserError that names what is missing or wrong."""

    def get(name: str) -> str:
        return environment.get(f"HOLYSHEEP_SMTP_{name}", "").strip()

    for name in ("HOST", "FROM", "TO"):
        if not get(name):
            raise UserError("not set, and mail can't be sent", where=f"HOLYSHEEP_SMTP_{name}", hint="docs/report.md")
    security = get("SECURITY") or "starttls"
    if security not in _PORTS:
        hint = "write starttls, tls or none"
        raise UserError(f"{security!r} is no security", where="HOLYSHEEP_SMTP_SECURITY", hint=hint)
    if security == "none" and get("USER"):
        hint = "use starttls or tls, or leave out the user"
        raise UserError("a password is not sent in the clear", where="HOLYSHEEP_SMTP_SECURITY", hint=hint)
    port = get("PORT") or str(_PORTS[security])
    if not port.isdecimal() or not 0 < int(port) < 2**16:
        raise UserError(f"{port!r} is no port", where="HOLYSHEEP_SMTP_PORT", hint="write 587")
    secret, authority = get("PASSWORD_FILE"), get("CA")
    if not secret and IN_CONTAINER.is_file():
        secret = str(IN_CONTAINER)
    if get("USER") and not secret:
        hint = "name a file that holds the password alone"
        raise UserError("there is a user, but no password", where="HOLYSHEEP_SMTP_PASSWORD_FILE", hint=hint)
    recipients = tuple(part.strip() for part in get("TO").split(",") if part.strip())
    return Server(
        get("HOST"),
        int(port),
        cast("Security", security),
        get("FROM"),
        recipients,
        get("USER"),
        Path(secret) if secret else None,
        Path(authority) if authority else None,
    )


def message(server: Server, subject: str, text: str, html: str) -> EmailMessage:
    """The mail. UserError when an address is none."""
    mail = EmailMessage()
    try:
        mail["Subject"], mail["From"], mail["To"] = subject, server.sender, ", ".join(server.to)
        mail["Date"], mail["Message-ID"] = formatdate(), make_msgid(domain=server.sender.rpartition("@")[2] or None)
    except ValueError as error:
        raise UserError(f"no address: {error}", where="HOLYSHEEP_SMTP_FROM or _TO") from None
    # Else a mail client may take a report that a machine wrote for one to answer.
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(text)
    mail.add_alternative(html, subtype="html")
    return mail


def send(server: Server, mail: EmailMessage) -> None:
    """Hand a mail in. UserError when the server can't be reached, or refuses."""
    place = f"{server.host}:{server.port}"
    try:
        with _connected(server) as client:
            if server.user:
                client.login(server.user, _password(server))
            refused = client.send_message(mail)
    except ssl.SSLError as error:
        hint = "HOLYSHEEP_SMTP_CA names the authority of its certificate"
        raise UserError(f"no safe connection: {error}", where=place, hint=hint) from None
    except smtplib.SMTPResponseException as error:
        words = error.smtp_error.decode(errors="replace") if isinstance(error.smtp_error, bytes) else error.smtp_error
        raise UserError(f"it refuses: {error.smtp_code} {words}", where=place, hint="see docs/report.md") from None
    except (smtplib.SMTPException, OSError) as error:
        raise UserError(f"mail can't be handed in: {error}", where=place, hint="see docs/report.md") from None
    if refused:
        raise UserError(f"not taken for {', '.join(refused)}", where=place, hint="check HOLYSHEEP_SMTP_TO")


def _connected(server: Server) -> smtplib.SMTP:
    if server.security == "none":
        return smtplib.SMTP(server.host, server.port, timeout=TIMEOUT_S)
    trusted = ssl.create_default_context(cafile=str(server.authority) if server.authority else None)
    if server.security == "tls":
        return smtplib.SMTP_SSL(server.host, server.port, timeout=TIMEOUT_S, context=trusted)
    client = smtplib.SMTP(server.host, server.port, timeout=TIMEOUT_S)
    try:
        client.starttls(context=trusted)
    except BaseException:
        client.close()
        raise
    return client


def _password(server: Server) -> str:
    path = server.password_file
    try:
        return path.read_text(encoding="utf-8").strip() if path else ""
    except OSError as error:
        raise UserError(
            f"can't be read: {error.strerror}", where=str(path), hint="HOLYSHEEP_SMTP_PASSWORD_FILE"
        ) from None
