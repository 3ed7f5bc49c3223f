"""Waits for the time of a command's next run, and notes whether the last one failed."""

from __future__ import annotations

import os
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final, NoReturn

from generator.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Callable


#: The variable with the path of a file that holds the last run's error while that failed. Health checks read the file.
FAILED_FILE: Final = "HOLYSHEEP_FAILED_FILE"

#: A daily run that fails is tried again so often, and so long apart.
ATTEMPTS: Final = 12
WAIT_S: Final = 300


def next_time(clock: str, now: datetime) -> datetime:
    """The next moment after `now` at which a clock in its zone shows HH:MM, in UTC. UserError when it is no time."""
    try:
        wanted = datetime.strptime(clock, "%H:%M").time()  # noqa: DTZ007  # a time of day has no zone
    except ValueError:
        raise UserError(f"{clock!r} is no time of day", where="--daily-at", hint="write 07:30") from None
    today = datetime.combine(now.date(), wanted, now.tzinfo)
    if today.astimezone(UTC) <= now.astimezone(UTC):
        today = datetime.combine(now.date() + timedelta(days=1), wanted, now.tzinfo)
    return today.astimezone(UTC)


def wait_until(moment: datetime) -> None:
    """Return at that time."""
    while (left := (moment - datetime.now(UTC)).total_seconds()) > 0:
        # In short steps, so that a machine that slept is not late.
        time.sleep(min(left, 60))


def note(failure: object = "") -> None:
    """Write the error of a run into the file of FAILED_FILE; without an error remove the file."""
    if not (name := os.environ.get(FAILED_FILE)):
        return
    if failure:
        Path(name).write_text(f"{failure}\n", encoding="utf-8")
    else:
        Path(name).unlink(missing_ok=True)


def persist(run: Callable[[], str]) -> None:
    """Run what is due today until it succeeds, for an hour; each failure is told and noted.

    `run` returns what is wrong although it succeeded, or nothing.
    """
    for attempt in range(ATTEMPTS):
        try:
            note(run())
        except UserError as error:
            print(f"attempt {attempt + 1} of {ATTEMPTS}: {error}", file=sys.stderr, flush=True)
            note(error)
            time.sleep(WAIT_S)
        else:
            return


def repeat(minutes: int, run: Callable[[], object]) -> NoReturn:
    """Run at once, and so many minutes after each end. A run that fails is told; the next one does what it left."""
    while True:
        try:
            run()
        except UserError as error:
            print(f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S} UTC: {error}", file=sys.stderr, flush=True)
            note(error)
        else:
            note()
        time.sleep(minutes * 60)
