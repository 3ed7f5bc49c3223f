"""Which protocols a TLS server takes."""

from __future__ import annotations

import socket
import ssl
import warnings


def answer(host: str, port: int, version: ssl.TLSVersion) -> str:
    """The protocol that was agreed on, or the reason of the server's refusal. The client offers one version alone."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    # Without this OpenSSL offers no TLS 1.1 at all, and the refusal would be ours.
    context.set_ciphers("ALL:@SECLEVEL=0")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        context.minimum_version = context.maximum_version = version
    with socket.create_connection((host, port), timeout=10) as plain:
        try:
            with context.wrap_socket(plain, server_hostname="localhost") as secured:
                return str(secured.version())
        except ssl.SSLError as error:
            return str(error.reason)


#: What a server that takes TLS 1.3 alone answers to each version. A refusal is an alert that the server sent.
ONLY_1_3 = {
    ssl.TLSVersion.TLSv1_3: "TLSv1.3",
    ssl.TLSVersion.TLSv1_2: "TLSV1_ALERT_PROTOCOL_VERSION",
    ssl.TLSVersion.TLSv1_1: "TLSV1_ALERT_PROTOCOL_VERSION",
}
