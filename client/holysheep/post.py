"""HTTP by the standard library, for the sinks, the alerts and `check`: the only module here that opens connections."""

from __future__ import annotations

import base64
import http.client
import ssl
from typing import TYPE_CHECKING, Final, NamedTuple
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

#: Of an answer no more is read: it is only shown.
MAX_ANSWER: Final = 65_536


class Reply(NamedTuple):
    """What a server answered."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def good(self) -> bool:
        """Whether it took the request."""
        return 200 <= self.status <= 299  # noqa: PLR2004  # HTTP


class Server:
    """One URL; the connection is kept open. Not safe for threads."""

    def __init__(  # noqa: PLR0913  # what a connection is made of
        self,
        url: str,
        *,
        user: str | None = None,
        password_file: Path | None = None,
        headers: Mapping[str, str] | None = None,
        ca: Path | None = None,
        timeout: float = 60.0,
    ) -> None:
        """`ca`: a file of trusted certificates beside the system's. Raises ValueError for what is no http(s) URL."""
        self._parts = urlsplit(url)
        if self._parts.scheme not in {"http", "https"} or not self._parts.hostname:
            raise ValueError(f"{url!r} is no URL: write https://HOST:PORT/")
        self._user, self._password_file, self._ca = user, password_file, ca
        self._headers = {"user-agent": "holysheep-python", **(headers or {})}
        self._timeout = timeout
        self._connection: http.client.HTTPConnection | None = None

    def send(
        self,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        *,
        path: str = "",
        method: str = "POST",
    ) -> Reply:
        """One request; `path` is put behind the URL's own. Raises OSError where no answer comes."""
        target = (self._parts.path.rstrip("/") + path if path else self._parts.path) or "/"
        if self._parts.query and not path:
            target += f"?{self._parts.query}"
        all_headers = {**self._headers, **self._authorization(), **(headers or {})}
        fresh = self._connection is None
        try:
            return self._once(method, target, body, all_headers)
        except (OSError, http.client.HTTPException) as error:
            self.close()
            if fresh:
                raise _as_os_error(error) from error
        # A server may close a connection that was quiet: once more by a new one.
        try:
            return self._once(method, target, body, all_headers)
        except (OSError, http.client.HTTPException) as error:
            self.close()
            raise _as_os_error(error) from error

    def close(self) -> None:
        """Close the connection; `send` opens it again."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _once(self, method: str, target: str, body: bytes | None, headers: Mapping[str, str]) -> Reply:
        if self._connection is None:
            self._connection = self._connect()
        self._connection.request(method, target, body=body, headers=dict(headers))
        answer = self._connection.getresponse()
        text = answer.read(MAX_ANSWER)
        if answer.will_close or not answer.isclosed():
            self.close()
        return Reply(answer.status, {key.lower(): value for key, value in answer.getheaders()}, text)

    def _connect(self) -> http.client.HTTPConnection:
        host, port = self._parts.hostname or "", self._parts.port
        if self._parts.scheme == "http":
            return http.client.HTTPConnection(host, port, timeout=self._timeout)
        context = ssl.create_default_context()
        if self._ca is not None:
            context.load_verify_locations(cafile=str(self._ca))
        return http.client.HTTPSConnection(host, port, timeout=self._timeout, context=context)

    def _authorization(self) -> dict[str, str]:
        """From the file each time, so that a new password needs no restart."""
        if self._user is None or self._password_file is None:
            return {}
        pair = f"{self._user}:{self._password_file.read_text(encoding='utf-8').strip()}"
        return {"authorization": f"Basic {base64.b64encode(pair.encode()).decode()}"}


def _as_os_error(error: Exception) -> OSError:
    return error if isinstance(error, OSError) else ConnectionError(f"{type(error).__name__}: {error}")
