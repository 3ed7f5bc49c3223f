"""Whether this machine's clock can be right: against the release, the Docker engine and a running Elasticsearch.

A wrong clock is quiet: lines without a time of their own land in the wrong day, lines "from the future" are rejected,
and certificates are not valid yet.
"""

from __future__ import annotations

import re
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from runner.findings import Finding, better

if TYPE_CHECKING:
    from elasticsearch import Elasticsearch

#: No right clock shows a time before this was written. A floor: it need not follow each release.
RELEASED: Final = datetime(2025, 11, 1, tzinfo=UTC)
#: Certificates and lines bear more; people's doubts about "when" begin here.
FAR_S: Final = 5.0
HINT: Final = "set the clock by NTP (timedatectl set-ntp true, chrony); in a virtual machine restart its guest tools"
#: Digits behind the dot that datetime does not read: the engine writes nanoseconds.
NANO: Final = re.compile(r"(\.\d{6})\d*")


def look(others: dict[str, float | None], now: float | None = None) -> list[Finding]:
    """Findings on this machine's time `now` (s since 1970; None: the clock's).

    `others`: name of another clock → how many seconds it is ahead of this one, None where it can't be asked.
    """
    at = datetime.fromtimestamp(time.time() if now is None else now, UTC)
    says = f"{at:%Y-%m-%d %H:%M:%S} UTC"
    if at < RELEASED:
        return [Finding("clock", "wrong", f"{says} is before this bundle was released ({RELEASED:%Y-%m-%d})", HINT)]
    known = {name: ahead for name, ahead in others.items() if ahead is not None}
    if not known:
        what = f"{says}; nothing runs here to compare it with, only that it is after the release was checked"
        return [Finding("clock", "ok", what)]
    return [
        better("clock", f"{says}, {_words(ahead, name)}", well=abs(ahead) <= FAR_S, hint=HINT)
        for name, ahead in known.items()
    ]


def _words(ahead: float, name: str) -> str:
    if abs(ahead) < 1:
        return f"{name} has the same within a second"
    return f"{name} is {abs(ahead):,.0f} s {'ahead' if ahead > 0 else 'behind'}"


def ahead_of_text(text: str, asked: float) -> float | None:
    """Seconds that an ISO time is ahead of `asked`, this machine's time when it was told; None for no time."""
    try:
        return datetime.fromisoformat(NANO.sub(r"\1", text)).timestamp() - asked
    except ValueError:
        return None


def ahead_of_elasticsearch(es: Elasticsearch) -> float | None:
    """Seconds that Elasticsearch's clock is ahead; it sends no Date header, but the time of its statistics."""
    before = time.time()
    answer = es.nodes.stats(node_id="_local", metric="process", filter_path="nodes.*.timestamp")
    asked = (before + time.time()) / 2
    stamps = [node["timestamp"] for node in answer.get("nodes", {}).values()]
    return stamps[0] / 1000 - asked if stamps else None
