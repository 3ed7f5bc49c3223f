"""Prices from the gateway's own API: GET {base}/models/{model}/pricing."""

from __future__ import annotations

import http.client
import ipaddress
import json
import os
import ssl
import urllib.error
import urllib.parse
import urllib.request
from decimal import Decimal
from typing import IO, TYPE_CHECKING, Any, Final, NoReturn

from generator.errors import UserError
from runner.prices.quote import Quote, QuoteError, rate

if TYPE_CHECKING:
    from collections.abc import Sequence
    from email.message import Message

TIMEOUT_S: Final = 10.0
_MAX_BYTES: Final = 1024 * 1024
_NOT_FOUND: Final = 404
_HINTS: Final = {
    401: "check HOLYSHEEP_API_KEY: it is wrong, expired or of another gateway",
    403: "the key in HOLYSHEEP_API_KEY may not read prices: use another, or ask for the right",
    429: "the gateway limits requests: wait a minute and try again",
}


class Gateway:
    """The gateway at HOLYSHEEP_BASE_URL; requests carry the key in HOLYSHEEP_API_KEY."""

    name = "gateway"

    def __init__(self, timeout: float = TIMEOUT_S) -> None:
        """Read address and key from the environment. UserError when one is missing or the address is unsafe."""
        self._base = os.environ.get("HOLYSHEEP_BASE_URL", "").rstrip("/")
        self._key = os.environ.get("HOLYSHEEP_API_KEY", "")
        self._timeout = timeout
        if not self._base:
            raise UserError("HOLYSHEEP_BASE_URL is not set", hint="export the gateway's API address, up to its /v1")
        if not self._key:
            raise UserError("HOLYSHEEP_API_KEY is not set", hint="export the gateway's API key")
        if not self._key.isascii() or not self._key.isprintable():
            raise UserError("HOLYSHEEP_API_KEY has characters that no API key has", hint="copy the key again")
        _check_address(self._base)
        context = ssl.create_default_context()
        self._open = urllib.request.build_opener(_NoRedirect(), urllib.request.HTTPSHandler(context=context)).open

    def quote(self, names: Sequence[str], provider: str | None) -> Quote | None:
        """The price of the first name that the gateway knows. UserError when the gateway gives no usable answer."""
        for name in names:
            body = self._get(name)
            if body is not None:
                return _quoted(name, provider, body)
        return None

    def _get(self, model: str) -> bytes | None:
        url = f"{self._base}/models/{urllib.parse.quote(model, safe='')}/pricing"
        headers = {"Authorization": f"Bearer {self._key}", "Accept": "application/json"}
        request = urllib.request.Request(url, headers=headers)  # noqa: S310 - http(s) only, checked above
        try:
            with self._open(request, timeout=self._timeout) as answer:
                body: bytes = answer.read(_MAX_BYTES + 1)
        except urllib.error.HTTPError as error:
            with error:
                if error.code == _NOT_FOUND:
                    return None
                hint = _HINTS.get(error.code, "try again; if it stays so, the gateway has a problem")
                raise UserError(f"the gateway answers {error.code} {error.reason} to {url}", hint=hint) from None
        except (OSError, ValueError, http.client.HTTPException) as error:
            self._fail(url, error)
        if len(body) > _MAX_BYTES:
            raise UserError(f"the gateway's answer to {url} is larger than 1 MiB", hint="check HOLYSHEEP_BASE_URL")
        return body

    def _fail(self, url: str, error: Exception) -> NoReturn:
        reason = getattr(error, "reason", error)
        if isinstance(reason, TimeoutError):
            what, hint = f"gave no answer within {self._timeout:g} s", "try again, or check the network and the proxy"
        elif isinstance(reason, ConnectionRefusedError):
            what, hint = "refuses the connection", "check host and port of HOLYSHEEP_BASE_URL, and that it runs"
        elif isinstance(reason, ssl.SSLError):
            what = f"can't be trusted: {getattr(reason, 'verify_message', '') or reason}"
            hint = "point SSL_CERT_FILE at its certificate authority"
        else:
            what, hint = f"can't be reached: {reason}", "check HOLYSHEEP_BASE_URL, the network and the proxy"
        raise UserError(f"the gateway {what} ({url})", hint=hint) from None


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """Refuses redirects: urllib would send the API key to the redirect's address."""

    def redirect_request(  # noqa: PLR0913, PLR0917 - urllib's signature
        self,
        req: urllib.request.Request,
        fp: IO[bytes],  # noqa: ARG002
        code: int,  # noqa: ARG002
        msg: str,  # noqa: ARG002
        headers: Message,  # noqa: ARG002
        newurl: str,
    ) -> None:
        """Refuse."""
        raise UserError(
            f"the gateway redirects {req.full_url} to {newurl}", hint="set HOLYSHEEP_BASE_URL to the final address"
        )


def _check_address(base: str) -> None:
    parts = urllib.parse.urlsplit(base)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.username or parts.query or parts.fragment:
        raise UserError("HOLYSHEEP_BASE_URL is not an address such as https://…/v1", hint="without key or query in it")
    if parts.scheme == "http" and not _is_local(parts.hostname):
        raise UserError("HOLYSHEEP_BASE_URL would send the key in clear text", hint="write https://")


def _is_local(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _quoted(name: str, provider: str | None, body: bytes) -> Quote:
    try:
        data: Any = json.loads(body, parse_float=Decimal, parse_int=Decimal)
    except (ValueError, RecursionError):
        raise QuoteError(f"the gateway's answer for {name} is not JSON") from None
    fields = {"input": "price_per_million_input", "output": "price_per_million_output"}
    if not isinstance(data, dict) or not all(field in data for field in fields.values()):
        raise QuoteError(f"the gateway's answer for {name} has no {' and '.join(fields.values())}")
    return Quote(name, provider, {kind: rate(data[field], name, kind) for kind, field in fields.items()})
