"""A comparison of bills and calls that are written down in a test, without an Elasticsearch."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from generator.card.rules import price_part
from runner.answers.reconcile import sheets
from runner.answers.reconcile.compare import Question, compare
from runner.answers.reconcile.read import Reading
from tests.integration.answers.documents import card

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from runner.answers.periods import Span
    from runner.answers.reconcile.bill import Bill
    from runner.answers.reconcile.comparison import Comparison

Json = dict[str, Any]
#: gpt-4.1 costs 8,000 nano-USD a token in and 24,000 out, claude-sonnet-4.5 15,000 and 75,000, deepseek-v3.2 420 and
#: 2,700, gemini-2.5-flash 2,500 and 10,000.
RULES = price_part(card())


@dataclass(frozen=True)
class Kept:
    """Documents as `Selection.documents` gives them; those of the span alone."""

    columns: Sequence[Json]
    start_ms: int
    end_ms: int

    def documents(self, _fields: Sequence[str], stored: Sequence[str] = ()) -> Iterator[Json]:
        """Every document. An id that only the source has is not told unless it is asked for."""
        for document in self.columns:
            if self.start_ms <= document["@timestamp"] < self.end_ms:
                yield {name: value for name, value in document.items() if name != "event.id" or stored}


def compared(files: Sequence[Path], documents: Sequence[Json], **options: Any) -> tuple[Comparison, Bill]:  # noqa: ANN401 - those of Reading and Question
    """The comparison of files with documents; UTC unless options say otherwise."""
    reading = {name: options.pop(name) for name in ("format", "columns", "cached_apart") if name in options}
    rules = options.pop("rules", RULES)
    question = Question(Reading(files, **reading), rules, **({"zone": "UTC"} | options))

    def selected(span: Span) -> Any:  # noqa: ANN401 - stands for a Selection
        return Kept(documents, *(int(moment.timestamp() * 1000) for moment in (span.start, span.end)))

    return compare(question, selected, lambda _read, _total: None)


def causes(comparison: Comparison) -> dict[str, tuple[int, int]]:
    """Nano-USD and calls of every cause of the whole."""
    return {name: (cause.nano, cause.count) for name, cause in sheets.whole(comparison).causes.items()}
