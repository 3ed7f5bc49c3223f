"""A certificate authority of this checkout and a certificate for localhost, made with the JDK's keytool."""

from __future__ import annotations

import subprocess
import time
from typing import TYPE_CHECKING, Final

from generator.errors import UserError

if TYPE_CHECKING:
    from pathlib import Path

    from runner.host.jdk import Jdk

#: Long enough that nobody has to renew a trial; Elasticsearch's own default for its CA is three years as well.
DAYS: Final = 1095
KEY: Final = ("-keyalg", "EC", "-groupname", "secp256r1", "-sigalg", "SHA256withECDSA", "-validity", str(DAYS))
SAN: Final = "san=dns:localhost,ip:127.0.0.1"


def make(folder: Path, jdk: Jdk, password: str) -> None:
    """Write `ca.crt` (PEM, for clients) and `http.p12` (key and chain, for Elasticsearch).

    Nothing is done while both are there and far from their end.

    The authority's own key is thrown away at once: nothing else can ever be signed with it, so trusting ca.crt trusts
    this one certificate alone.
    """
    authority, server = folder / "ca.crt", folder / "http.p12"
    if server.is_file() and authority.is_file() and time.time() - authority.stat().st_mtime < (DAYS - 30) * 86_400:
        return
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)
    store = folder / "ca.p12"
    for stale in (store, server, authority):
        stale.unlink(missing_ok=True)

    def keytool(path: Path, *args: str, stdin: str | None = None) -> str:
        # The password goes by the environment: a command line can be read by every user of the machine. UTF-8, since
        # Java reads the names of files by the locale.
        command = [str(jdk.keytool), *args, "-keystore", str(path), "-storetype", "PKCS12", "-storepass:env", "PASS"]
        ran = subprocess.run(
            command,
            input=stdin,
            capture_output=True,
            text=True,
            check=False,
            env={"PASS": password, "LC_ALL": "C.UTF-8"},
        )
        if ran.returncode:
            raise UserError(f"keytool could not make a certificate: {ran.stdout.strip()}", where=str(jdk.keytool))
        return ran.stdout

    # keyUsage is asked for by RFC 5280; Python 3.13 and newer refuse an authority without it.
    keytool(
        store, "-genkeypair", "-alias", "ca", "-dname", "CN=holysheep-elk local CA", *KEY,
        "-ext", "bc:critical=ca:true,pathlen:0", "-ext", "ku:critical=keyCertSign,cRLSign",
    )  # fmt: skip
    pem = keytool(store, "-exportcert", "-rfc", "-alias", "ca")
    keytool(server, "-genkeypair", "-alias", "http", "-dname", "CN=localhost", *KEY)
    request = keytool(server, "-certreq", "-alias", "http")
    signed = keytool(
        store, "-gencert", "-rfc", "-alias", "ca", "-validity", str(DAYS), "-sigalg", "SHA256withECDSA", "-ext", SAN,
        "-ext", "ku:critical=digitalSignature", "-ext", "eku=serverAuth", stdin=request,
    )  # fmt: skip
    keytool(server, "-importcert", "-noprompt", "-alias", "ca", stdin=pem)
    keytool(server, "-importcert", "-noprompt", "-alias", "http", stdin=signed)
    store.unlink()
    server.chmod(0o600)
    # Last: its presence says that all went well.
    authority.write_text(pem, encoding="ascii")
