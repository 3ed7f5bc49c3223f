"""Tables of words, and how they are written as Markdown, CSV, plain text and one HTML page."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Final

from generator.commands.table import table as aligned

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

#: A spreadsheet takes a text that begins so for a formula.
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
_STYLE: Final = """\
body { font: 15px/1.45 system-ui, sans-serif; margin: 1rem auto; max-width: 75rem; padding: 0 1rem; color: #1a1c21; background: #fff; }
table { border-collapse: collapse; font-size: 14px; margin: .5rem 0 1.5rem; }
caption { text-align: left; font-weight: 600; padding: .3rem 0; }
th, td { text-align: left; padding: .3rem .6rem; border-bottom: 1px solid #d3dae6; vertical-align: top; }
.n { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
p { color: #5a606b; margin: .2rem 0; }
"""  # noqa: E501  # one rule a line reads best


@dataclass(frozen=True)
class Sheet:
    """A table. The first `names` columns hold words, the others figures."""

    title: str
    heads: Sequence[str]
    rows: Sequence[Sequence[str]]
    names: int = 1
    notes: Sequence[str] = ()


def plain(title: str, sheets: Iterable[Sheet]) -> str:
    """As text with aligned columns, for an e-mail."""
    parts = [title]
    for sheet in sheets:
        body = aligned([sheet.heads, *sheet.rows], title=sheet.title) if sheet.rows else sheet.title
        parts.append("\n".join([body, *sheet.notes]))
    return "\n\n".join(parts) + "\n"


def markdown(title: str, sheets: Iterable[Sheet]) -> str:
    """As Markdown."""
    lines = [f"# {_cell(title)}", ""]
    for sheet in sheets:
        lines += [f"## {_cell(sheet.title)}", ""]
        if sheet.rows:
            marks = ["---" if number < sheet.names else "---:" for number in range(len(sheet.heads))]
            lines += [f"| {' | '.join(map(_cell, row))} |" for row in (sheet.heads, marks, *sheet.rows)]
            lines.append("")
        for note in sheet.notes:
            lines += [_cell(note), ""]
    return "\n".join(lines).rstrip() + "\n"


def html(title: str, sheets: Iterable[Sheet]) -> str:
    """As one page that loads nothing. Names come from logs: everything is escaped, and scripts are forbidden."""
    policy = "default-src 'none'; style-src 'unsafe-inline'"
    parts = [
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">',
        f"<title>{escape(title)}</title>\n<style>\n{_STYLE}</style>\n</head>\n<body>\n<h1>{escape(title)}</h1>",
    ]
    for sheet in sheets:
        parts.append(_html_table(sheet) if sheet.rows else f"<h2>{escape(sheet.title)}</h2>")
        parts += [f"<p>{escape(note)}</p>" for note in sheet.notes]
    return "\n".join([*parts, "</body>\n</html>\n"])


def csv_text(heads: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """As CSV (RFC 4180) with a line of heads. A text that a spreadsheet would run gets an apostrophe before it."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(heads)
    writer.writerows([[_inert(value) for value in row] for row in rows])
    return out.getvalue()


def _inert(value: object) -> object:
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value


def _cell(text: str) -> str:
    """One cell of Markdown: names come from logs and may hold anything."""
    for mark in "\\`*_[]<>|#":
        text = text.replace(mark, f"\\{mark}")
    return " ".join(text.split())


def _html_table(sheet: Sheet) -> str:
    head = f"<table>\n<caption>{escape(sheet.title)}</caption>\n<thead>{_html_row('th', sheet.heads, sheet)}</thead>"
    return "\n".join([head, "<tbody>", *(_html_row("td", row, sheet) for row in sheet.rows), "</tbody>\n</table>"])


def _html_row(tag: str, cells: Sequence[str], sheet: Sheet) -> str:
    classes = ["" if number < sheet.names else ' class="n"' for number in range(len(cells))]
    found = [f"<{tag}{css}>{escape(cell)}</{tag}>" for css, cell in zip(classes, cells, strict=True)]
    return f"<tr>{''.join(found)}</tr>"
