"""`make soak`: an hour of rotation, restarts and outages at random; is every line that went in there, once?

HOLYSHEEP_SOAK_S is the length in seconds, HOLYSHEEP_SOAK_SEED repeats a run's order of events.
"""

from __future__ import annotations

import contextlib
import os
import random
import secrets
import shutil
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tests.filebeat.process import Filebeat, program
from tests.filebeat.receiver import Receiver
from tests.filebeat.writer import Writer, keys, rotate

if TYPE_CHECKING:
    from collections.abc import Callable

HOUR_S: Final = 3600.0
#: Rotated files that are kept; the oldest is deleted, long after it was read.
KEEP: Final = 30
#: How long the last lines may take.
DRAIN_S: Final = 300.0
#: Between two events, and the longest outage.
PAUSE_S: Final = 8.0
OUTAGE_S: Final = 60.0


class Soak:
    """What happens, and how often it did."""

    def __init__(self, chance: random.Random, filebeat: Filebeat, receiver: Receiver, writer: Writer) -> None:
        """Everything runs."""
        self._chance, self._filebeat, self._receiver, self._writer = chance, filebeat, receiver, writer
        self.counts: Counter[str] = Counter()
        self._events: dict[str, Callable[[], None]] = {
            "rotation": self._rotate, "restart": self._restart, "kill -9": self._kill, "outage": self._outage,
        }  # fmt: skip

    def go_on(self, seconds: float) -> None:
        """Events at random until the time is over."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            time.sleep(self._chance.uniform(1, PAUSE_S))
            name = self._chance.choices(list(self._events), weights=[6, 1, 1, 2])[0]
            self.counts[name] += 1
            self._events[name]()

    def _rotate(self) -> None:
        rotate(self._writer.path, keep=KEEP)
        # An application may go on with the renamed file for a while.
        time.sleep(self._chance.uniform(0, 2))
        self._writer.reopen()

    def _restart(self) -> None:
        self._filebeat.stop()
        time.sleep(self._chance.uniform(0, 5))
        self._filebeat.start()

    def _kill(self) -> None:
        self._filebeat.kill()
        time.sleep(self._chance.uniform(0, 5))
        self._filebeat.start()

    def _outage(self) -> None:
        self._receiver.away()
        end = time.monotonic() + self._chance.uniform(1, OUTAGE_S)
        while time.monotonic() < end:
            time.sleep(self._chance.uniform(1, PAUSE_S))
            if self._chance.random() < 0.5:
                self._rotate()
                self.counts["rotation"] += 1
        self._receiver.back()


def main() -> int:
    """0 when every line is there once, else 1."""
    binary = program()
    if binary is None:
        print("there is no Filebeat: run `source .ci/stack.sh` once, or set HOLYSHEEP_FILEBEAT", file=sys.stderr)
        return 2
    seconds = float(os.environ.get("HOLYSHEEP_SOAK_S", HOUR_S))
    seed = int(os.environ.get("HOLYSHEEP_SOAK_SEED", secrets.randbelow(10**9)))
    print(f"seed {seed}, {seconds:,.0f} s", flush=True)
    folder = Path(tempfile.mkdtemp(prefix="holysheep-soak-"))
    with Receiver() as receiver, Filebeat(binary, folder, receiver.port) as filebeat:
        with Writer(filebeat.logs / "client" / "app.log", "soak") as writer:
            soak = Soak(random.Random(seed), filebeat, receiver, writer)  # noqa: S311 - to be repeated, not to be secret
            soak.go_on(seconds)
        with contextlib.suppress(AssertionError):
            receiver.wait(writer.written, longest_s=DRAIN_S)
    expected, came = keys("soak", writer.written), set(receiver.seen)
    events = ", ".join(f"{count} x {name}" for name, count in sorted(soak.counts.items()))
    duplicates = sum(receiver.seen.values()) - len(came)
    complete = expected == came
    print(
        f"{'every line is there once' if complete else 'FAILED'}: seed {seed}, {writer.written:,} lines written, "
        f"{len(expected - came):,} missing, {len(came - expected):,} strange, "
        f"{duplicates:,} sent again (same id); {events}"
    )
    if complete:
        shutil.rmtree(folder)
    else:
        print(f"kept in {folder}")
    return 0 if complete else 1


if __name__ == "__main__":
    sys.exit(main())
