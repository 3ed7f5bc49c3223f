"""Transports for httpx (and httpx2, by which newer SDKs call) that log each model call that passes.

    httpx.Client(transport=holysheep.transport())
    httpx.AsyncClient(transport=holysheep.async_transport())

Requests that are no model calls pass untouched. Of a stream, `stream_options.include_usage` is asked for where the
application did not, and the extra event is kept from it.
"""

from __future__ import annotations

import json
import logging
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

from holysheep.asked import operation_of
from holysheep.attempt import Attempt
from holysheep.default import log as default_log

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from holysheep.attempt import Log

_log: Final = logging.getLogger("holysheep")


class _SyncBody:
    """The answer's bytes, read on the way."""

    def __init__(self, inner: Any, attempt: Attempt) -> None:  # noqa: ANN401  # of httpx or httpx2
        self._inner, self._attempt = inner, attempt

    def __iter__(self) -> Iterator[bytes]:
        attempt = self._attempt
        try:
            for chunk in self._inner:
                if passed := attempt.feed(chunk):
                    yield passed
            if rest := attempt.eof():
                yield rest
        except GeneratorExit:
            raise
        except BaseException as error:
            _failed(attempt, error)
            raise

    def close(self) -> None:
        try:
            self._inner.close()
        finally:
            self._attempt.closed()

    def __del__(self) -> None:
        # An answer that nobody read nor closed.
        self._attempt.closed()


class _AsyncBody:
    """The same for asyncio."""

    def __init__(self, inner: Any, attempt: Attempt) -> None:  # noqa: ANN401  # as above
        self._inner, self._attempt = inner, attempt

    async def __aiter__(self) -> AsyncIterator[bytes]:
        attempt = self._attempt
        try:
            async for chunk in self._inner:
                if passed := attempt.feed(chunk):
                    yield passed
            if rest := attempt.eof():
                yield rest
        except GeneratorExit:
            raise
        except BaseException as error:
            _failed(attempt, error)
            raise

    async def aclose(self) -> None:
        try:
            await self._inner.aclose()
        finally:
            self._attempt.closed()

    def __del__(self) -> None:
        # As above.
        self._attempt.closed()


class _Base:
    """What both transports share."""

    def __init__(self, inner: Any, *, log: Log | None = None, include_usage: bool = True) -> None:  # noqa: ANN401
        self.inner, self._log, self._include_usage = inner, log or default_log, include_usage

    def _attempt(self, request: Any, body: bytes) -> tuple[Attempt | None, Any]:  # noqa: ANN401
        """(attempt, request to send); (None, the request) for what is no model call."""
        try:
            operation = operation_of(request.method, request.url.path)
            if operation is None:
                return None, request
            url = str(request.url.copy_with(query=None, fragment=None, userinfo=b""))
            attempt = Attempt(url, operation, request.headers, body, self._log)
            # What can be read on the way, and of which an event can be left out.
            request.headers["accept-encoding"] = "identity" if attempt.streamed else "gzip, deflate"
            return attempt, self._with_usage(request, attempt)
        except Exception:  # noqa: BLE001  # a call that can't be read is sent all the same
            _log.exception("a call can't be logged")
            return None, request

    def _with_usage(self, request: Any, attempt: Attempt) -> Any:  # noqa: ANN401
        path = request.url.path.rstrip("/")
        options = attempt.asked.get("stream_options")
        caller_chose = isinstance(options, dict) and options.get("include_usage") is not None
        if not (self._include_usage and attempt.streamed and path.endswith("/completions")) or caller_chose:
            return request
        attempt.drop_usage = True
        asked = {**attempt.asked, "stream_options": {**(options or {}), "include_usage": True}}
        headers = {key: value for key, value in request.headers.items() if key.lower() != "content-length"}
        text = json.dumps(asked, ensure_ascii=False, separators=(",", ":"))
        try:
            content = text.encode()
        except UnicodeEncodeError:
            # A lone surrogate, which JSON can write by its number alone.
            content = json.dumps(asked, separators=(",", ":")).encode()
        return type(request)(
            request.method, request.url, headers=headers, content=content, extensions=request.extensions
        )


class _SyncTransport(_Base):
    def handle_request(self, request: Any) -> Any:  # noqa: ANN401
        """Send, and read along."""
        model_call = operation_of(request.method, request.url.path)
        attempt, request = self._attempt(request, request.read() if model_call else b"")
        if attempt is None:
            return self.inner.handle_request(request)
        try:
            response = self.inner.handle_request(request)
        except BaseException as error:
            _failed(attempt, error)
            raise
        attempt.answered(response.status_code, response.headers)
        response.stream = classes(_root(response))[2](response.stream, attempt)
        return response

    def close(self) -> None:
        """Close what is wrapped."""
        self.inner.close()


class _AsyncTransport(_Base):
    async def handle_async_request(self, request: Any) -> Any:  # noqa: ANN401
        """Send, and read along."""
        model_call = operation_of(request.method, request.url.path)
        attempt, request = self._attempt(request, await request.aread() if model_call else b"")
        if attempt is None:
            return await self.inner.handle_async_request(request)
        try:
            response = await self.inner.handle_async_request(request)
        except BaseException as error:
            _failed(attempt, error)
            raise
        attempt.answered(response.status_code, response.headers)
        response.stream = classes(_root(response))[3](response.stream, attempt)
        return response

    async def aclose(self) -> None:
        """Close what is wrapped."""
        await self.inner.aclose()


def _failed(attempt: Attempt, error: BaseException) -> None:
    """No answer, or a broken one. Where no client waits that retries, this is the call's end."""
    attempt.fail(error)
    if attempt.alone:
        attempt.log([])


def _root(value: object) -> str:
    return type(value).__module__.split(".", maxsplit=1)[0]


@cache
def classes(library: str) -> tuple[Any, Any, Any, Any]:
    """(sync transport, async transport, sync body, async body) as subclasses of the library's own."""
    module: Any = import_module(library)
    return (
        type("HolySheepTransport", (_SyncTransport, module.BaseTransport), {}),
        type("HolySheepAsyncTransport", (_AsyncTransport, module.AsyncBaseTransport), {}),
        type("HolySheepBody", (_SyncBody, module.SyncByteStream), {}),
        type("HolySheepAsyncBody", (_AsyncBody, module.AsyncByteStream), {}),
    )


def transport(inner: Any = None, *, log: Log | None = None, include_usage: bool = True, library: str = "httpx") -> Any:  # noqa: ANN401
    """A transport for `httpx.Client`, around `inner` or a plain one. `log`: another logger's `log`.

    Raises ImportError where the library is missing: `pip install 'holysheep[httpx]'`.
    """
    around = import_module(library).HTTPTransport() if inner is None else inner
    return classes(library)[0](around, log=log, include_usage=include_usage)


def async_transport(
    inner: Any = None,  # noqa: ANN401
    *,
    log: Log | None = None,
    include_usage: bool = True,
    library: str = "httpx",
) -> Any:  # noqa: ANN401
    """The same for `httpx.AsyncClient`."""
    around = import_module(library).AsyncHTTPTransport() if inner is None else inner
    return classes(library)[1](around, log=log, include_usage=include_usage)
