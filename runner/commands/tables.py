"""Tables on the terminal, all in one style. A figure is never cut or folded: a part of it would be another figure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.measure import Measurement
from rich.table import Table
from rich.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from runner.answers.sheets import Sheet

#: Characters that a column of names keeps on a narrow terminal, however many figures stand beside it.
_NAME_WIDTH: Final = 16
#: Wider than any table.
_WIDEST: Final = 10_000


def show(sheets: Iterable[Sheet]) -> None:
    """Print tables with their notes; of one without rows the notes alone."""
    for sheet in sheets:
        if sheet.rows:
            put(sheet.heads, sheet.rows, names=sheet.names, title=sheet.title)
        for note in sheet.notes:
            Console(highlight=False).print(Text(note))


def put(heads: Sequence[str], rows: Sequence[Sequence[str | Text]], *, names: int, title: str = "") -> None:
    """Print a table. The first `names` columns hold words, which are folded on a narrow terminal, the others figures.

    Names come from logs and are taken as they are, not as markup; a `Text` has a colour.
    """
    console = Console(highlight=False)
    table = _table(heads, rows, names, title)
    size = Measurement.get(console, console.options.update(max_width=_WIDEST), table)
    # A file or a pipe has no width: nothing is folded there. On a narrow terminal a table may be wider than the
    # terminal, since a figure that is cut is a wrong figure.
    console.width = max(console.width, size.minimum + len(heads) if console.is_terminal else size.maximum)
    console.print(table)


def _table(heads: Sequence[str], rows: Sequence[Sequence[str | Text]], names: int, title: str) -> Table:
    table = Table(title=Text(title, style="bold"), title_justify="left", box=SIMPLE_HEAD, padding=(0, 1, 0, 0))
    for number, head in enumerate(heads):
        words = number < names
        longest = max((len(row[number]) for row in rows), default=0)
        table.add_column(
            Text(head),
            justify="left" if words else "right",
            overflow="fold",
            no_wrap=not words,
            min_width=min(longest, _NAME_WIDTH) if words else None,
        )
    for row in rows:
        table.add_row(*(cell if isinstance(cell, Text) else Text(cell) for cell in row))
    return table
