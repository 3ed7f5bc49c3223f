"""Checks this machine's clock against the release date, the Docker engine's clock and Elasticsearch's clock.

Nothing reports a wrong clock by itself. Log lines without a timestamp land in the wrong day, lines "from the future"
are rejected, and certificates are not valid yet.
"""

from __future__ import annotations

import re
import time
from datetime import UTC, datetime
from typing import Final

from runner.findings import Finding, better

#: A clock that shows an earlier time is wrong. This is a lower bound: it need not be raised at each release.
RELEASED: Final = datetime(2025, 11, 1, tzinfo=UTC)
#: Certificates and log lines tolerate a larger difference. From 5 s on people can no longer compare times by eye.
FAR_S: Final = 5.0
HINT: Final = "set the clock by NTP (timedatectl set-ntp true, chrony); in a virtual machine restart its guest tools"
#: The Docker engine writes nanoseconds; `datetime` reads microseconds only. Group 1 is what is kept.
NANO: Final = re.compile(r"(\.\d{6})\d*")


def look(others: dict[str, float | None], now: float | None = None) -> list[Finding]:
    """Compare this machine's clock with other clocks.

    `others`: name of another clock → seconds that it is ahead of this machine's clock; None where it can't be read.
    `now`: this machine's time in seconds since 1970; None reads the clock.
    """
    this_time = datetime.fromtimestamp(time.time() if now is None else now, UTC)
    shown = f"{this_time:%Y-%m-%d %H:%M:%S} UTC"
    if this_time < RELEASED:
        return [Finding("clock", "wrong", f"{shown} is before this bundle was released ({RELEASED:%Y-%m-%d})", HINT)]
    readable = {name: ahead for name, ahead in others.items() if ahead is not None}
    if not readable:
        what = f"{shown}; it is after the release date, and no other clock is here to compare it with"
        return [Finding("clock", "ok", what)]
    return [
        better("clock", f"{shown}, {_words(ahead, name)}", well=abs(ahead) <= FAR_S, hint=HINT)
        for name, ahead in readable.items()
    ]


def _words(ahead: float, name: str) -> str:
    if abs(ahead) < 1:
        return f"{name} has the same within a second"
    return f"{name} is {abs(ahead):,.0f} s {'ahead' if ahead > 0 else 'behind'}"


def ahead_of_text(text: str, read_at: float) -> float | None:
    """Seconds that an ISO time is ahead of this machine's clock; None when the text is no time.

    `read_at`: this machine's time, in seconds since 1970, when the text was read.
    """
    try:
        return datetime.fromisoformat(NANO.sub(r"\1", text)).timestamp() - read_at
    except ValueError:
        return None
