"""One line for an application: `client = holysheep.wrap(OpenAI())`.

Works for the official `openai` and `anthropic` packages, sync and async, and for bare httpx clients. The client's HTTP
transport is wrapped, and its method `request`, in which these packages retry: so that a call with retries is one line.
"""

from __future__ import annotations

import inspect
from contextlib import contextmanager
from functools import wraps
from typing import TYPE_CHECKING, Any, TypeVar

from holysheep.attempt import Scope, _scope
from holysheep.exits import at_sigterm
from holysheep.http_transport import classes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from holysheep.attempt import Log

Client = TypeVar("Client")


def wrap(client: Client, *, log: Log | None = None, include_usage: bool = True) -> Client:
    """The same client, which logs from now on. Wrapping twice does no harm.

    `include_usage`: ask for the usage of streams where the application doesn't, and keep the extra event from it; set
    it to False for a server that refuses `stream_options`. Raises TypeError for a client of another kind.
    """
    http: Any = getattr(client, "_client", client)
    library = next((root for root in map(_http_library, type(http).__mro__) if root), None)
    if library is None or not hasattr(http, "_transport"):
        raise TypeError(
            f"holysheep can't wrap {type(client).__name__}: give a client of openai, anthropic or httpx; "
            "for others there is holysheep.call()"
        )
    if log is None:
        # The first call may be logged by a thread, which can't watch for signals.
        at_sigterm()
    sync, asynchronous = classes(library)[:2]
    options: dict[str, Any] = {"log": log, "include_usage": include_usage}
    kind = asynchronous if hasattr(http, "aclose") else sync
    http._transport = _around(http._transport, kind, options)  # noqa: SLF001  # httpx has no public way to it
    http._mounts = {  # noqa: SLF001  # the same, for proxies
        pattern: _around(inner, kind, options)
        for pattern, inner in http._mounts.items()  # noqa: SLF001
    }
    if http is not client:
        _watch_requests(client)
        _wrap_copies(client, options)
    return client


def _http_library(kind: type) -> str | None:
    root = kind.__module__.split(".", maxsplit=1)[0]
    return root if root in {"httpx", "httpx2"} else None


def _around(inner: Any, kind: Any, options: dict[str, Any]) -> Any:  # noqa: ANN401  # of httpx or httpx2
    return inner if inner is None or isinstance(inner, kind) else kind(inner, **options)


@contextmanager
def _watched_request() -> Iterator[None]:
    """One scope for a request with its retries: what happens inside is one line."""
    scope = Scope()
    token = _scope.set(scope)
    try:
        yield
    except BaseException as error:
        scope.raised(error)
        raise
    finally:
        _scope.reset(token)
    scope.returned()


def _watch_requests(client: Any) -> None:  # noqa: ANN401  # of openai or anthropic
    request = client.request
    if getattr(request, "_holysheep", False):
        return

    @wraps(request)
    def sync(*arguments: Any, **named: Any) -> Any:  # noqa: ANN401  # passed on
        with _watched_request():
            return request(*arguments, **named)

    @wraps(request)
    async def asynchronous(*arguments: Any, **named: Any) -> Any:  # noqa: ANN401  # passed on
        with _watched_request():
            return await request(*arguments, **named)

    watched: Any = asynchronous if inspect.iscoroutinefunction(request) else sync
    watched._holysheep = True  # noqa: SLF001  # our own mark
    client.request = watched


def _wrap_copies(client: Any, options: dict[str, Any]) -> None:  # noqa: ANN401  # as above
    """`client.with_options(timeout=5)` is a new client by the same transport."""
    for name in ("copy", "with_options"):
        make = getattr(client, name, None)
        if make is None or getattr(make, "_holysheep", False):
            continue

        @wraps(make)
        def copied(*arguments: Any, _make: Any = make, **named: Any) -> Any:  # noqa: ANN401  # passed on
            return wrap(_make(*arguments, **named), **options)

        marked: Any = copied
        marked._holysheep = True  # noqa: SLF001  # our own mark
        setattr(client, name, marked)
