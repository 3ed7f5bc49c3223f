"""Writes the templates that differ into the bundle's own Elasticsearch, before the other containers start."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

from elastic_transport import TransportError
from elasticsearch import ApiError

from generator.paths import ROOT
from runner.cluster import apply as applying
from runner.runtimes.docker import reach

if TYPE_CHECKING:
    from elasticsearch import Elasticsearch

    from runner.runtime import Say

#: At its first start Elasticsearch is healthy before the index of its roles has started; until then it can't read them.
ROLES_S: Final = 120
POLL_S: Final = 1
UNAVAILABLE: Final = 503


def apply(say: Say) -> None:
    """Plan and write. UserError when today's indices can't take a change; then nothing is written."""
    reach.fetch_authority()
    with reach.elasticsearch("elastic", "elastic_password") as es:
        _wait_for_roles(es)
        for line in applying.results(applying.apply(es, ROOT / "elasticsearch", say)):
            say(line)


def _wait_for_roles(es: Elasticsearch) -> None:
    """Return when Elasticsearch can read its roles, or after a while: what reads them then says why it can't."""
    until = time.monotonic() + ROLES_S
    while time.monotonic() < until:
        try:
            es.security.get_role()
        except ApiError as error:
            if error.status_code != UNAVAILABLE:
                return
        except TransportError:
            pass
        else:
            return
        time.sleep(POLL_S)
