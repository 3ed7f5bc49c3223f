"""`python -m holysheep check`: whether the key works, and whether a line gets to where it should."""

from __future__ import annotations

import json
import os
import time
from typing import TYPE_CHECKING, Any, Final, Literal, NamedTuple

from holysheep.card import Card
from holysheep.logger import Logger
from holysheep.post import Reply, Server

if TYPE_CHECKING:
    from collections.abc import Iterator

    from holysheep.settings import Settings

Result = Literal["ok", "warning", "failed"]
BASE_URL: Final = "https://api.holysheep.ai/v1"
#: The first that is set is used.
KEYS: Final = ("HOLYSHEEP_API_KEY", "OPENAI_API_KEY")
URLS: Final = ("HOLYSHEEP_BASE_URL", "OPENAI_BASE_URL")
TIMEOUT_S: Final = 10.0
#: registry/sources/client.yaml knows the test line by it, and counts it as no call.
MODEL: Final = "holysheep-check"


class Finding(NamedTuple):
    """One line of the table."""

    result: Result
    what: str
    text: str


def findings(settings: Settings) -> Iterator[Finding]:
    """All checks, in the order in which a call goes."""
    yield from api_key()
    yield prices(settings)
    yield from target(settings)
    yield user_ids(settings)


def api_key() -> Iterator[Finding]:
    """The key: there, and accepted by `/models`; the limits where the gateway tells them by `/rate_limits`."""
    key = next((os.environ[name] for name in KEYS if os.environ.get(name)), None)
    if key is None:
        yield Finding("failed", "API key", "neither HOLYSHEEP_API_KEY nor OPENAI_API_KEY is set: export one of them")
        return
    url = next((os.environ[name] for name in URLS if os.environ.get(name)), BASE_URL)
    try:
        server = Server(url, headers={"authorization": f"Bearer {key}"}, timeout=TIMEOUT_S)
        models = server.send(method="GET", path="/models")
    except (OSError, ValueError) as error:
        yield Finding("failed", "API key", f"{url} can't be asked: {error}; is HOLYSHEEP_BASE_URL right?")
        return
    yield Finding("ok" if models.good else "failed", "API key", _models_text(models, url))
    if models.good:
        yield _limits(server)
    server.close()


def _models_text(reply: Reply, url: str) -> str:
    if reply.good:
        count = len(_json(reply).get("data", []))
        return f"accepted by {url}, which offers {count} model{'s' if count != 1 else ''}"
    if reply.status in {401, 403}:
        return f"{url} refuses it (HTTP {reply.status}): make a new key in the console, and mind spaces around it"
    if reply.status == 429:  # noqa: PLR2004  # too many requests
        wait = reply.headers.get("retry-after")
        return (
            f"{url} has had too many requests (HTTP 429): wait {wait + ' s' if wait else 'a minute'}, or ask for more"
        )
    return f"{url}/models answers HTTP {reply.status}: is HOLYSHEEP_BASE_URL right? It ends with /v1"


def _limits(server: Server) -> Finding:
    try:
        reply = server.send(method="GET", path="/rate_limits")
    except OSError as error:
        return Finding("warning", "rate limits", f"can't be asked: {error}")
    if reply.status == 404:  # noqa: PLR2004  # not found
        return Finding("ok", "rate limits", "the API has no /rate_limits; its answers' headers tell them")
    if not reply.good:
        return Finding("warning", "rate limits", _models_text(reply, "/rate_limits"))
    limits = ", ".join(f"{key} {value}" for key, value in _json(reply).items() if isinstance(value, (int, str)))
    return Finding("ok", "rate limits", limits or "told by /rate_limits")


def prices(settings: Settings) -> Finding:
    """Which price card is used."""
    try:
        card = Card(settings.prices, settings.prices_json)
    except ValueError as error:
        return Finding("failed", "price card", str(error))
    where = settings.prices or ("HOLYSHEEP_PRICES_JSON" if settings.prices_json else "the package's own")
    return Finding("ok", "price card", f"{where}: version {card.version}, {len(card.models)} models")


def target(settings: Settings) -> Iterator[Finding]:
    """One test line, followed to the file or the webhook."""
    where = settings.webhook_url or str(settings.log_file)
    what = "webhook" if settings.webhook_url else "log file"
    try:
        logger = Logger(settings)
    except (OSError, ValueError) as error:
        yield Finding("failed", what, str(error))
        return
    started = time.perf_counter()
    log_id = logger.log(model=MODEL, latency_ms=0, metadata={"check": True})
    logger.flush(TIMEOUT_S)
    stats = next(iter(logger.stats()["sinks"].values()))
    logger.close()
    took = (time.perf_counter() - started) * 1000
    if not stats["sent"]:
        yield Finding("failed", what, f"{where} takes no line: {stats['error']}; the line waits in {settings.spool}")
        return
    yield Finding("ok", what, f"{where} took a test line in {took:.0f} ms")
    where = "Kibana's Discover, data view HolySheep everything that arrived (index system)"
    yield Finding("ok", "test line", f'find it in {where}, by event.id : "{log_id}"; it counts as no call')


def user_ids(settings: Settings) -> Finding:
    """How user ids are written."""
    if settings.user_key or settings.user_key_file:
        return Finding("ok", "user ids", "written as HMAC")
    return Finding("warning", "user ids", "written as they are, masked: set HOLYSHEEP_USER_KEY_FILE to write an HMAC")


def _json(reply: Reply) -> dict[str, Any]:
    try:
        data = json.loads(reply.body)
    except ValueError:
        return {}
    return data if isinstance(data, dict) else {}
