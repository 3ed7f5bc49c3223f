"""Makes a certificate authority for this checkout, and a certificate for localhost, with the JDK's keytool."""

from __future__ import annotations

import subprocess
import time
from dataclasses import dataclass
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
    keytool = Keytool(jdk, password)
    pem = _make_authority(keytool, store)
    _make_certificate(keytool, store, server, pem)
    store.unlink()
    server.chmod(0o600)
    # This file is written last: when it exists, the key file is complete.
    authority.write_text(pem, encoding="ascii")


@dataclass(frozen=True)
class Keytool:
    """Calls the JDK's keytool. All key files have the same password."""

    jdk: Jdk
    password: str

    def run(self, path: Path, *args: str, stdin: str | None = None) -> str:
        """The output of a keytool command on the key file `path`. UserError with keytool's reason when it fails."""
        # The password is in the environment, since every user of the machine can read a command line. The locale is
        # UTF-8, since Java decodes file names by it.
        options = ["-keystore", str(path), "-storetype", "PKCS12", "-storepass:env", "PASS"]
        completed = subprocess.run(
            [str(self.jdk.keytool), *args, *options],
            input=stdin,
            capture_output=True,
            text=True,
            check=False,
            env={"PASS": self.password, "LC_ALL": "C.UTF-8"},
        )
        if completed.returncode:
            what = f"keytool could not make a certificate: {completed.stdout.strip()}"
            raise UserError(what, where=str(self.jdk.keytool))
        return completed.stdout


def _make_authority(keytool: Keytool, store: Path) -> str:
    """Make the authority's key in `store`. Returns its certificate as PEM."""
    # RFC 5280 demands keyUsage; Python 3.13 and newer refuse an authority without it.
    keytool.run(
        store, "-genkeypair", "-alias", "ca", "-dname", "CN=holysheep-elk local CA", *KEY,
        "-ext", "bc:critical=ca:true,pathlen:0", "-ext", "ku:critical=keyCertSign,cRLSign",
    )  # fmt: skip
    return keytool.run(store, "-exportcert", "-rfc", "-alias", "ca")


def _make_certificate(keytool: Keytool, store: Path, server: Path, authority: str) -> None:
    """Make the key for localhost in `server`, with a certificate signed by the authority in `store`."""
    keytool.run(server, "-genkeypair", "-alias", "http", "-dname", "CN=localhost", *KEY)
    request = keytool.run(server, "-certreq", "-alias", "http")
    signed = keytool.run(
        store, "-gencert", "-rfc", "-alias", "ca", "-validity", str(DAYS), "-sigalg", "SHA256withECDSA", "-ext", SAN,
        "-ext", "ku:critical=digitalSignature", "-ext", "eku=serverAuth", stdin=request,
    )  # fmt: skip
    keytool.run(server, "-importcert", "-noprompt", "-alias", "ca", stdin=authority)
    keytool.run(server, "-importcert", "-noprompt", "-alias", "http", stdin=signed)
