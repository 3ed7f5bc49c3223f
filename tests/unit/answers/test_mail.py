"""A report is handed to a real SMTP server: encrypted, with a login, or in the clear where somebody says so."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from generator.errors import UserError
from runner.answers import mail
from tests import mailserver

if TYPE_CHECKING:
    from pathlib import Path

BASE = {
    "HOLYSHEEP_SMTP_HOST": "localhost",
    "HOLYSHEEP_SMTP_FROM": "elk@example.com",
    "HOLYSHEEP_SMTP_TO": "a@example.com, b@example.com",
}


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for localhost."""
    return mailserver.certificate(tmp_path_factory.mktemp("mail"))


def with_login(port: int, folder: Path, password: str = mailserver.PASSWORD) -> dict[str, str]:
    """Settings with a login; the password is in a file."""
    file = folder / "password"
    file.write_text(f"{password}\n", encoding="utf-8")
    login = {"HOLYSHEEP_SMTP_USER": mailserver.USER, "HOLYSHEEP_SMTP_PASSWORD_FILE": str(file)}
    return BASE | login | {"HOLYSHEEP_SMTP_PORT": str(port)}


def letter(server: mail.Server) -> mail.EmailMessage:
    """A mail with letters beyond ASCII, and a line that begins with a dot."""
    return mail.message(server, "보고서: $0.19", "claude  $0.15\n.5 %\n", "<p>claude</p>")


def test_by_starttls_with_a_login(certificate: Path, tmp_path: Path) -> None:
    """The server gets one mail for both, as text and as HTML."""
    with mailserver.running(certificate) as smtp:
        server = mail.settings(with_login(smtp.server_address[1], tmp_path) | {"HOLYSHEEP_SMTP_CA": str(certificate)})
        mail.send(server, letter(server))
    (got,) = smtp.mails
    assert smtp.logins == [mailserver.USER]
    assert len(smtp.recipients) == 2
    assert (got["Subject"], got["To"]) == ("보고서: $0.19", "a@example.com, b@example.com")
    text, html = got.get_body(("plain",)), got.get_body(("html",))
    assert text is not None
    assert html is not None
    assert text.get_content().splitlines() == ["claude  $0.15", ".5 %"]
    assert html.get_content().strip() == "<p>claude</p>"


def test_an_unknown_certificate_gets_no_password(certificate: Path, tmp_path: Path) -> None:
    """Without its authority nothing is sent, and the error says which setting names it."""
    with mailserver.running(certificate) as smtp:
        server = mail.settings(with_login(smtp.server_address[1], tmp_path))
        with pytest.raises(UserError, match="HOLYSHEEP_SMTP_CA"):
            mail.send(server, letter(server))
    assert (smtp.logins, smtp.mails) == ([], [])


def test_a_server_without_encryption_gets_nothing(tmp_path: Path) -> None:
    """`starttls` is not dropped when the server does not offer it."""
    with mailserver.running() as smtp:
        server = mail.settings(with_login(smtp.server_address[1], tmp_path))
        with pytest.raises(UserError, match="STARTTLS"):
            mail.send(server, letter(server))
    assert (smtp.logins, smtp.mails) == ([], [])


def test_in_the_clear_where_somebody_says_so() -> None:
    """A relay on this machine, without a login."""
    with mailserver.running() as smtp:
        port = str(smtp.server_address[1])
        server = mail.settings(BASE | {"HOLYSHEEP_SMTP_PORT": port, "HOLYSHEEP_SMTP_SECURITY": "none"})
        mail.send(server, letter(server))
    assert len(smtp.mails) == 1


def test_a_wrong_password_and_an_unknown_person(certificate: Path, tmp_path: Path) -> None:
    """The server's own words are told."""
    with mailserver.running(certificate) as smtp:
        known = with_login(smtp.server_address[1], tmp_path, "wrong") | {"HOLYSHEEP_SMTP_CA": str(certificate)}
        server = mail.settings(known)
        with pytest.raises(UserError, match="535 wrong password"):
            mail.send(server, letter(server))
        (tmp_path / "password").write_text(mailserver.PASSWORD, encoding="utf-8")
        server = mail.settings(known | {"HOLYSHEEP_SMTP_TO": "a@example.com,nobody@example.com"})
        with pytest.raises(UserError, match="not taken for nobody@"):
            mail.send(server, letter(server))


def test_nobody_listens() -> None:
    """The error names the place."""
    server = mail.settings(BASE | {"HOLYSHEEP_SMTP_PORT": "1", "HOLYSHEEP_SMTP_SECURITY": "none"})
    with pytest.raises(UserError, match="localhost:1: mail can't be handed in"):
        mail.send(server, letter(server))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"HOLYSHEEP_SMTP_HOST": ""}, "HOLYSHEEP_SMTP_HOST: not set"),
        ({"HOLYSHEEP_SMTP_TO": " "}, "HOLYSHEEP_SMTP_TO: not set"),
        ({"HOLYSHEEP_SMTP_PORT": "smtp"}, "no port"),
        ({"HOLYSHEEP_SMTP_SECURITY": "ssl"}, "write starttls, tls or none"),
        ({"HOLYSHEEP_SMTP_SECURITY": "none", "HOLYSHEEP_SMTP_USER": "x"}, "not sent in the clear"),
        ({"HOLYSHEEP_SMTP_USER": "x"}, "no password"),
    ],
)
def test_wrong_settings(change: dict[str, str], words: str) -> None:
    """The variable that is wrong is named."""
    with pytest.raises(UserError, match=words):
        mail.settings(BASE | change)


def test_an_address_with_a_line_break_is_refused() -> None:
    """No header can be smuggled in by a setting."""
    server = mail.settings(BASE | {"HOLYSHEEP_SMTP_FROM": "a@example.com\nBcc: x@example.com"})
    with pytest.raises(UserError, match="no address"):
        letter(server)
