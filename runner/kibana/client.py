"""A client of Kibana's HTTP API, with TLS and a private authority, a base path and a space."""

from __future__ import annotations

import base64
import json
import os
import ssl
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote, urlsplit

from generator.errors import UserError
from runner.host import authority
from runner.kibana import LOCAL, WAIT_S

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable
    from pathlib import Path

Json = dict[str, Any]
_POLL_S: Final = 2.0
_OK: Final = 200
_MOST_WORDS: Final = 200
_REFUSED: Final = (401, 403)
_CREDENTIALS: Final = "set KIBANA_USER and KIBANA_PASSWORD, or KIBANA_API_KEY"
#: Seconds after which the wait says again that it still waits.
_REMIND_S: Final = 15.0


@dataclass(frozen=True)
class Answer:
    """Kibana's answer to a request."""

    status: int
    body: bytes

    @property
    def ok(self) -> bool:
        """Whether the status is 200."""
        return self.status == _OK

    def json(self) -> Json:
        """The body as a JSON object; {} for another body (a proxy's HTML page, "Kibana server is not ready yet")."""
        try:
            data = json.loads(self.body)
        except ValueError:
            return {}
        return data if isinstance(data, dict) else {}

    @property
    def reason(self) -> str:
        """Kibana's reason, else the start of the body."""
        message = self.json().get("message") or self.body[:200].decode("utf-8", "replace").strip()
        if message.startswith("<"):
            message = (
                "an HTML page where Kibana's API was expected: is the address Kibana's, and its base path part of it?"
            )
        words = " ".join(str(message).split())
        if " Root causes: " in words:  # Elasticsearch's error twice: the first time in brackets.
            words = words.rpartition("]: ")[2]
        return f"{words[:_MOST_WORDS] or 'no reason given'} (HTTP {self.status})"


@dataclass(frozen=True)
class Kibana:
    """A Kibana and one of its spaces. `url` may end in a base path; `auth` is the Authorization header."""

    url: str
    space: str = "default"
    ca: Path | None = None
    auth: str | None = None
    timeout: float = 60.0

    def request(self, method: str, path: str, body: bytes | None = None, type_: str = "application/json") -> Answer:
        """Send a request to the space. OSError when Kibana does not answer."""
        headers = {
            "kbn-xsrf": "holysheep-elk",
            "x-elastic-internal-origin": "holysheep-elk",
            "Accept": "application/json",
        }
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
        """Wait until Kibana is ready and accepts the credentials.

        UserError after `seconds`, or at once when waiting can't help. `say` gets lines about the progress.
        """
        began = time.monotonic()
        until, reminded, last = began + seconds, began, ""
        while True:
            problem = self._ready()
            if problem is None:
                break
            now = time.monotonic()
            if problem != last:
                say(f"waiting for Kibana at {self.url}: {problem}")
            elif now - reminded >= _REMIND_S:
                say(f"still waiting after {now - began:.0f} of {seconds:.0f} s: {problem}")
            if problem != last or now - reminded >= _REMIND_S:
                last, reminded = problem, now
            if time.monotonic() + _POLL_S > until:
                hint = "see `make logs`, or give more time with --wait"
                raise UserError(f"Kibana was not ready after {seconds:.0f} s: {problem}", where=self.url, hint=hint)
            time.sleep(_POLL_S)
        self._enter()

    def _ready(self) -> str | None:
        """Why Kibana is not ready; None when it is. UserError when it never will be at this address."""
        try:
            answer = self.request("GET", "/api/status")
        except urllib.error.URLError as error:
            if isinstance(error.reason, ssl.SSLCertVerificationError):
                why = error.reason.verify_message
                hint = "give the certificate authority that signed it with --ca"
                raise UserError(f"Kibana's certificate is not trusted: {why}", where=self.url, hint=hint) from None
            if isinstance(error.reason, ssl.SSLError) and "WRONG_VERSION_NUMBER" in str(error.reason):
                hint = f"write http://{self.url.removeprefix('https://')}, or switch TLS on in Kibana"
                raise UserError("Kibana speaks http, not https", where=self.url, hint=hint) from None
            return f"it does not answer ({error.reason})"
        except OSError as error:
            return f"it does not answer ({error})"
        if answer.status in _REFUSED:
            self._not_elasticsearch(answer)
            raise UserError(f"Kibana refuses these credentials: {answer.reason}", where=self.url, hint=_CREDENTIALS)
        if answer.status == 404:  # noqa: PLR2004 - not found
            self._not_elasticsearch(answer)
            hint = "check the base path in --kibana and the name of the space"
            raise UserError(f"there is no Kibana at this address: {answer.reason}", where=self.url, hint=hint)
        self._not_elasticsearch(answer)
        status = answer.json().get("status")
        overall = status.get("overall") if isinstance(status, dict) else None
        level = overall.get("level") if isinstance(overall, dict) else None
        return None if answer.ok and level in (None, "available") else f"{level or answer.reason}"

    def _not_elasticsearch(self, answer: Answer) -> None:
        """UserError when the answer is Elasticsearch's: its `status` is a number, Kibana's is an object."""
        data = answer.json()
        if isinstance(data.get("status"), int) and isinstance(data.get("error"), (dict, str)):
            hint = "write Kibana's address, such as https://localhost:5601"
            raise UserError("an Elasticsearch answers here, not a Kibana", where=self.url, hint=hint)

    def _enter(self) -> None:
        """UserError when Kibana refuses the credentials: unlike /api/status, /api/spaces needs valid ones."""
        answer = self.request("GET", f"/api/spaces/space/{quote(self.space, safe='')}")
        if answer.status in _REFUSED:
            raise UserError(f"Kibana refuses these credentials: {answer.reason}", where=self.url, hint=_CREDENTIALS)
        if not answer.ok and self.space != "default":
            hint = "make it in Kibana: Stack Management, Spaces"
            raise UserError(f"the space {self.space!r} can't be used: {answer.reason}", where=self.url, hint=hint)


def from_arguments(args: argparse.Namespace) -> Kibana:
    """The Kibana that the options name. Secrets come from the environment: every user can see a process's options."""
    url = args.kibana or LOCAL
    if urlsplit(url).scheme not in ("http", "https"):
        raise UserError(f"{url!r} is not a URL", hint="write https://host:5601")
    if args.ca:
        authority.check(args.ca)
    auth = None
    if key := os.environ.get("KIBANA_API_KEY"):
        auth = f"ApiKey {key}"
    elif args.user:
        pair = f"{args.user}:{os.environ.get('KIBANA_PASSWORD', '')}"
        auth = f"Basic {base64.b64encode(pair.encode()).decode()}"
    return Kibana(url, args.space, args.ca, auth)
