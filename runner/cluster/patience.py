"""Asks Elasticsearch again when the connection breaks, and tells its failures in words."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

from elastic_transport import ConnectionError as NoConnection
from elastic_transport import TransportError
from elasticsearch import ApiError

from generator.errors import UserError
from runner.cluster.reasons import unanswered

if TYPE_CHECKING:
    from collections.abc import Iterator

#: Says what a refused user needs; None for an error that is no refusal.
Refusal = Callable[[ApiError], str | None]
#: A node that is started again answers within some seconds; then the answer is given up.
WAITS_S: Final = (2.0, 4.0, 8.0)


def patiently(ask: Callable[[], Any], refusal: Refusal) -> dict[str, Any]:
    """Ask again when the connection breaks; what is asked for twice is the same. UserError when it stays broken."""
    for seconds in WAITS_S:
        try:
            return dict(ask())
        except NoConnection:
            time.sleep(seconds)
        except (ApiError, TransportError):
            break
    with words(refusal):
        return dict(ask())


@contextmanager
def words(refusal: Refusal) -> Iterator[None]:
    """Tell a failure of Elasticsearch as a person reads it."""
    try:
        yield
    except ApiError as error:
        if hint := refusal(error):
            raise UserError(f"Elasticsearch refuses: {error}", hint=hint) from None
        raise UserError(f"Elasticsearch can't answer: {error}", hint="see its log, then try again") from None
    except TransportError as error:
        hint = "check that it runs (`holysheep-elk status`), or --url and --ca; then try again"
        raise unanswered(error, hint) from None
