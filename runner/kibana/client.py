"""Kibana's HTTP API: TLS with an own authority, a base path, a space, and its own words when it refuses."""

from __future__ import annotations

import base64
import json
import os
import ssl
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote, urlsplit

from generator.errors import UserError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable

Json = dict[str, Any]
WAIT_S: Final = 300.0
_POLL_S: Final = 2.0
_OK: Final = 200
_REFUSED: Final = (401, 403)


@dataclass(frozen=True)
class Answer:
    """What Kibana said."""

    status: int
    body: bytes

    @property
    def ok(self) -> bool:
        """Whether the status is 200."""
        return self.status == _OK

    def json(self) -> Json:
        """The body as an object; {} when it is none (an HTML page of a proxy, "Kibana server is not ready yet")."""
        try:
            data = json.loads(self.body)
        except ValueError:
            return {}
        return data if isinstance(data, dict) else {}

    @property
    def reason(self) -> str:
        """Kibana's own reason, else the start of the body."""
        said = self.json().get("message") or self.body[:200].decode("utf-8", "replace").strip()
        return f"{said or 'no reason given'} (HTTP {self.status})"


@dataclass(frozen=True)
class Kibana:
    """A Kibana and one of its spaces. `url` may end in a base path; `auth` is the Authorization header."""

    url: str
    space: str = "default"
    ca: Path | None = None
    auth: str | None = None
    timeout: float = 60.0

    def request(self, method: str, path: str, body: bytes | None = None, type_: str = "application/json") -> Answer:
        """One request below the space. OSError when nobody answers."""
        headers = {"kbn-xsrf": "holysheep-elk", "Accept": "application/json"}
        if body is not None:
            headers["Content-Type"] = type_
        if self.auth:
            headers["Authorization"] = self.auth
        request = urllib.request.Request(self._address(path), data=body, headers=headers, method=method)  # noqa: S310
        try:
            with urllib.request.urlopen(request, timeout=self.timeout, context=self._tls()) as response:  # noqa: S310
                return Answer(response.status, response.read())
        except urllib.error.HTTPError as error:
            return Answer(error.code, error.read())

    def _address(self, path: str) -> str:
        inside = "" if self.space == "default" else f"/s/{quote(self.space, safe='')}"
        return f"{self.url.rstrip('/')}{inside}{path}"

    def _tls(self) -> ssl.SSLContext | None:
        if urlsplit(self.url).scheme != "https":
            return None
        return ssl.create_default_context(cafile=str(self.ca) if self.ca else None)

    def wait(self, seconds: float = WAIT_S, say: Callable[[str], None] = lambda _: None) -> None:
        """Return when Kibana is ready and lets us in. UserError after `seconds`, or at once when waiting can't help."""
        until = time.monotonic() + seconds
        last = ""
        while True:
            seen = self._ready()
            if seen is None:
                break
            if seen != last:
                say(f"waiting for Kibana at {self.url}: {seen}")
                last = seen
            if time.monotonic() + _POLL_S > until:
                hint = "see `make logs`, or give more time with --wait"
                raise UserError(f"Kibana was not ready after {seconds:.0f} s: {seen}", where=self.url, hint=hint)
            time.sleep(_POLL_S)
        self._space()

    def _ready(self) -> str | None:
        """None when Kibana is ready, else what it waits for."""
        try:
            answer = self.request("GET", "/api/status")
        except urllib.error.URLError as error:
            if isinstance(error.reason, ssl.SSLCertVerificationError):
                why = error.reason.verify_message
                hint = "give the authority that signed it with --ca"
                raise UserError(f"its certificate is not trusted: {why}", where=self.url, hint=hint) from None
            return f"it does not answer ({error.reason})"
        except OSError as error:
            return f"it does not answer ({error})"
        if answer.status in _REFUSED:
            hint = "set KIBANA_USER and KIBANA_PASSWORD, or KIBANA_API_KEY"
            raise UserError(f"Kibana refuses these credentials: {answer.reason}", where=self.url, hint=hint)
        if answer.status == 404:  # noqa: PLR2004 - not found
            hint = "check the base path in --kibana and the name of the space"
            raise UserError(f"there is no Kibana at this address: {answer.reason}", where=self.url, hint=hint)
        level = answer.json().get("status", {}).get("overall", {}).get("level")
        return None if answer.ok and level in (None, "available") else f"{level or answer.reason}"

    def _space(self) -> None:
        if self.space == "default":
            return
        answer = self.request("GET", f"/api/spaces/space/{quote(self.space, safe='')}")
        if not answer.ok:
            hint = "make it in Kibana: Stack Management, Spaces"
            raise UserError(f"the space {self.space!r} can't be used: {answer.reason}", where=self.url, hint=hint)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options that say which Kibana, with the environment as default."""
    env = os.environ
    url = env.get("KIBANA_URL", "https://localhost:5601")
    parser.add_argument(
        "--kibana", metavar="URL", default=url, help="with its base path, if any [KIBANA_URL, %(default)s]"
    )
    parser.add_argument("--space", default=env.get("KIBANA_SPACE", "default"), help="[KIBANA_SPACE, %(default)s]")
    ca = env.get("KIBANA_CA")
    parser.add_argument(
        "--ca", metavar="FILE", type=Path, default=Path(ca) if ca else None, help="authority [KIBANA_CA]"
    )
    parser.add_argument(
        "--user", default=env.get("KIBANA_USER"), help="its password is in KIBANA_PASSWORD [KIBANA_USER]"
    )
    parser.add_argument(
        "--wait", metavar="SECONDS", type=float, default=WAIT_S, help="for Kibana to start [%(default)s]"
    )


def from_arguments(args: argparse.Namespace) -> Kibana:
    """The Kibana that the options name. Secrets come from the environment: options show in the list of processes."""
    if urlsplit(args.kibana).scheme not in ("http", "https"):
        raise UserError(f"{args.kibana!r} is not a URL", hint="write https://host:5601")
    if args.ca and not args.ca.is_file():
        raise UserError("there is no such file", where=str(args.ca), hint="--ca takes a PEM file")
    auth = None
    if key := os.environ.get("KIBANA_API_KEY"):
        auth = f"ApiKey {key}"
    elif args.user:
        pair = f"{args.user}:{os.environ.get('KIBANA_PASSWORD', '')}"
        auth = f"Basic {base64.b64encode(pair.encode()).decode()}"
    return Kibana(args.kibana, args.space, args.ca, auth)
