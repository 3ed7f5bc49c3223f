"""Progress of reading documents, and the moment that counts as now, for the commands that answer out of them."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.measure import Measurement
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
from rich.table import Table
from rich.text import Text

from generator.errors import UserError
from runner.answers.reader import ignored

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from runner.answers.reader import Tell
    from runner.answers.sheets import Sheet
    from runner.report.source import Source

#: When the newest event is older than this, its time counts as now: the samples are from last year.
_FRESH: Final = timedelta(hours=24)
#: Characters that a column of names keeps on a narrow terminal, however many figures stand beside it.
_NAME_WIDTH: Final = 16
#: Wider than any table.
_WIDEST: Final = 10_000


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


def show(sheets: Iterable[Sheet]) -> None:
    """Tables on the terminal. Names come from logs and are taken as they are, not as markup."""
    console = Console(highlight=False)
    terminal = console.width
    for sheet in sheets:
        if sheet.rows:
            table = _table(sheet)
            size = Measurement.get(console, console.options.update(max_width=_WIDEST), table)
            # A file or a pipe has no width: nothing is folded there. On a narrow terminal a table may be wider than the
            # terminal, since a figure that is cut is a wrong figure.
            console.width = max(terminal, size.minimum + len(sheet.heads) if console.is_terminal else size.maximum)
            console.print(table)
            console.width = terminal
        for note in sheet.notes:
            console.print(Text(note))


def _table(sheet: Sheet) -> Table:
    table = Table(title=Text(sheet.title, style="bold"), title_justify="left", box=SIMPLE_HEAD, padding=(0, 1, 0, 0))
    for number, head in enumerate(sheet.heads):
        words = number < sheet.names
        longest = max(len(row[number]) for row in sheet.rows)
        table.add_column(
            Text(head),
            justify="left" if words else "right",
            overflow="fold",
            no_wrap=not words,
            min_width=min(longest, _NAME_WIDTH) if words else None,
        )
    for row in sheet.rows:
        table.add_row(*(Text(cell) for cell in row))
    return table
