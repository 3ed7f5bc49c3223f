"""Makes a certificate authority for this checkout, and a certificate for localhost, with the JDK's keytool."""

from __future__ import annotations

import subprocess
import time
from typing import TYPE_CHECKING, Final

from generator.errors import UserError

if TYPE_CHECKING:
    from pathlib import Path

    from runner.host.jdk import Jdk

#: Three years, the default of Elasticsearch's own CA as well: nobody has to renew a trial.
DAYS: Final = 1095
KEY: Final = ("-keyalg", "EC", "-groupname", "secp256r1", "-sigalg", "SHA256withECDSA", "-validity", str(DAYS))
SAN: Final = "san=dns:localhost,ip:127.0.0.1"


def make(folder: Path, jdk: Jdk, password: str) -> None:
    """Write `ca.crt` (PEM, for clients) and `http.p12` (key and chain, for Elasticsearch).

    Nothing is done while both files exist and are valid for 30 days or more.

    The authority's private key is removed at once. It can never sign another certificate, so who trusts ca.crt trusts
    this one certificate only.
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
        # The password is in the environment, since every user of the machine can read a command line. The locale is
        # UTF-8, since Java decodes file names by it.
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

    # RFC 5280 demands keyUsage; Python 3.13 and newer refuse an authority without it.
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
    # This file is written last: when it exists, the key file is complete.
    authority.write_text(pem, encoding="ascii")
