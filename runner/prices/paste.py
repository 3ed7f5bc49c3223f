"""Writes a source's prices as YAML of the card, and inserts them into the file. No existing line is changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator import yamltext
from generator.card import loader
from generator.card.rules import price_part
from generator.errors import UserError
from holysheep.price import Matcher, normalise
from runner.host.files import write_whole
from runner.prices.entry import day, entry_text, scalar

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from pathlib import Path

    from generator.card import Card
    from generator.card.model import Model
    from generator.yamltext import Document, Span
    from runner.prices.compare import Row
    from runner.prices.quote import Quote


def model_lines(name: str, quote: Quote, start: datetime, card: Card) -> list[str]:
    """The YAML lines of a new model with one price."""
    family, provider = Matcher(price_part(card)).family(name) or ("Other", quote.provider or "unknown")
    return [
        f"- id: {scalar(normalise(name))}",
        f"  provider: {scalar(quote.provider or provider)}",
        f"  family: {scalar(family)}",
        *([f"  context_window: {quote.context_window}"] if quote.context_window else []),
        "  prices:",
        f"    {entry_text(quote, start, None)}",
    ]


def yaml_text(rows: Sequence[Row], start: datetime, card: Card) -> str:
    """All differing prices as YAML to paste, each below a comment that says where it belongs."""
    models = {model.id: model for model in card.models}
    lines: list[str] = []
    for row in rows:
        if row.quote is None:
            continue
        note = f"  # {row.note}" if row.note else ""
        if row.model in models:
            lines += [f"# {scalar(row.model)}, below `prices:` (as {scalar(row.quote.name)}){note}"]
            lines += ["      " + entry_text(row.quote, start, models[row.model])]
        else:
            lines += [f"# below `models:` (as {scalar(row.quote.name)}){note}"]
            lines += ["  " + line for line in model_lines(row.model, row.quote, start, card)]
    return "\n".join(lines) + "\n" if lines else ""


def insert(path: Path, rows: Sequence[Row], start: datetime) -> int:
    """Add the rows' prices to the file. Returns their number. UserError, with the file unchanged, when that fails."""
    document = yamltext.read(path)
    card = loader.from_document(document)
    places = {model.id: index for index, model in enumerate(card.models)}
    added: list[tuple[int, int, list[str]]] = []
    for row in rows:
        if row.quote is None:
            continue
        if (index := places.get(row.model)) is not None:
            model = card.models[index]
            _check_date(model, index, start, document)
            span = _block(document, ("models", index, "prices"))
            added.append((span.last_line, span.column, [entry_text(row.quote, start, model)]))
        else:
            span = _block(document, ("models",))
            added.append((span.last_line, span.column, ["", *model_lines(row.model, row.quote, start, card)]))
    if not added:
        return 0
    text = _with_lines(document.text, added)
    loader.parse(text, path.name)
    _replace(path, text)
    return len(added)


def _check_date(model: Model, index: int, start: datetime, document: Document) -> None:
    for number, price in enumerate(model.prices):
        if price.from_ == start:
            where = document.where(("models", index, "prices", number, "from"))
            what = f"{scalar(model.id)} has a price from {day(start)} already"
            raise UserError(what, where=where, hint="edit it by hand, or give another --from")


def _block(document: Document, place: tuple[str | int, ...]) -> Span:
    """The lines and the indent of a list. UserError for the form [a, b], to which no line can be added."""
    value: object = document.data
    for step in place:
        value = value[step]  # type: ignore[index]  # the card is valid, so the place is there
    count = len(value)  # type: ignore[arg-type]
    span = document.spans[place]
    if span.flow:
        hint = "write it as lines that start with -, or paste by hand without --write"
        raise UserError(f"{place[-1]} is written as […]", where=document.where(place), hint=hint)
    last = document.spans[(*place, count - 1)]
    return yamltext.Span(span.line, span.column, last.last_line, flow=False)


def _with_lines(text: str, added: list[tuple[int, int, list[str]]]) -> str:
    newline = "\r\n" if "\r\n" in text else "\n"
    lines = text.splitlines(keepends=True)
    if lines and not lines[-1].endswith(("\n", "\r")):
        lines[-1] += newline
    # Lines are inserted from the end, so that earlier line numbers stay right. Of two insertions at the same line the
    # less indented one is inserted first: a new model comes below the new price of the last model.
    added.reverse()
    added.sort(key=lambda item: (-item[0], item[1]))
    for last_line, column, new in added:
        lines[last_line:last_line] = [f"{' ' * column}{line}".rstrip() + newline for line in new]
    return "".join(lines)


def _replace(path: Path, text: str) -> None:
    """Write the file completely or not at all, with its old permissions."""
    try:
        write_whole(path, text)
    except OSError as error:
        raise UserError(f"can't be written: {error.strerror}", where=str(path)) from None
