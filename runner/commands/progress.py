"""Progress of reading documents, and the moment that counts as now, for the commands that answer out of them."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    Task,
    TaskID,
    TextColumn,
    TimeRemainingColumn,
)
from rich.text import Text

from generator.errors import UserError
from runner.answers.reader import ignored

if TYPE_CHECKING:
    from collections.abc import Iterator

    from runner.answers.reader import Tell
    from runner.report.source import Source

#: When the newest event is older than this, its time counts as now: the samples are from last year.
_FRESH: Final = timedelta(hours=24)


class _Rate(ProgressColumn):
    """Documents a second, over the last seconds."""

    def render(self, task: Task) -> Text:
        """Empty before anything was read."""
        return Text(f"{task.speed:,.0f}/s" if task.speed else "")


@contextmanager
def shown(what: str) -> Iterator[Tell]:
    """A bar on stderr while documents are read; gone when they are."""
    with shown_each(what) as tells:
        yield tells[0]


@contextmanager
def shown_each(*steps: str) -> Iterator[list[Tell]]:
    """A bar for each step, which appears when the step begins. Nothing where stderr is no terminal: cron mails it."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield [ignored for _ in steps]
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), _Rate(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True) as progress:
        yield [
            _tell(progress, progress.add_task(step, total=None, visible=not number))
            for number, step in enumerate(steps)
        ]


def _tell(progress: Progress, task: TaskID) -> Tell:
    return lambda read, total: progress.update(task, advance=read, total=total, visible=True)


def now(at: str | None, source: Source) -> tuple[datetime, bool]:
    """What counts as now, and whether that is the newest event's time."""
    newest = source.newest()
    if at:
        try:
            moment = datetime.fromisoformat(at)
        except ValueError:
            raise UserError(f"{at!r} is not a time", where="--at", hint="write 2025-05-14T12:00:00Z") from None
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC), False
    clock = datetime.now(UTC)
    if newest is None or clock - newest < _FRESH:
        return clock, False
    return newest + timedelta(milliseconds=1), True
