"""Documents a second of the commands that answer or add up, over a day of calls in a real Elasticsearch."""

from __future__ import annotations

import json
import os
import tempfile
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from generator import card as cards
from generator import paths
from generator.card.rules import price_part, price_rules
from generator.errors import UserError
from runner.answers import focus, focus_files, periods, report, reprice_state
from runner.answers.costed import Recoster
from runner.answers.periods import Period
from runner.answers.reader import Selection, ignored
from runner.answers.reconcile.compare import Question, compare
from runner.answers.reconcile.read import Reading
from runner.answers.reprice import Repricer, reprice, rewriter
from runner.answers.rollups import check, job
from runner.answers.simulate import Plan, simulate
from runner.answers.stored import Store
from tests.bench import corpus, memory, node

if TYPE_CHECKING:
    from collections.abc import Callable

    from elasticsearch import Elasticsearch
    from rich.progress import Progress

DOCUMENTS: Final = 200_000
A_REQUEST: Final = 2000
#: That of the corpus.
DAY: Final = date(2025, 3, 1)
TARGET: Final = "deepseek-v3.2"


def run(progress: Progress) -> dict[str, Any]:
    """Index the calls, then ask. `BENCH_DOCS` sets another number of calls."""
    wanted = os.environ.get("BENCH_DOCS", str(DOCUMENTS)).replace("_", "")
    if not wanted.isdigit() or not int(wanted):
        raise UserError(f"BENCH_DOCS={wanted} is no number of documents")
    with tempfile.TemporaryDirectory() as made:
        task = progress.add_task("answers: lines through the filter", total=int(wanted))
        known = corpus.make(Path(made), int(wanted), lambda count: progress.advance(task, count))
        with node.running(lambda text: progress.console.print(f"  {text}", highlight=False)) as es:
            index(es, known, progress, "answers")
            return {"documents": known.documents, **_answers(es.options(request_timeout=600), Path(made), progress)}


def index(es: Elasticsearch, known: corpus.Corpus, progress: Progress, part: str) -> None:
    """Put the corpus into its index."""
    task = progress.add_task(f"{part}: into Elasticsearch", total=known.documents)
    patient = es.options(request_timeout=600)
    for body in known.bodies(A_REQUEST):
        patient.bulk(index=known.index, operations=body, filter_path="errors")  # type: ignore[arg-type]
        progress.advance(task, len(body) / 2)
    patient.indices.refresh(index=known.index)


def _corrected(rules: dict[str, Any]) -> dict[str, Any]:
    """Rules with twice the price of input: every call is changed."""
    copy: dict[str, Any] = json.loads(json.dumps(rules))
    for price in (price for model in copy["models"] for price in model["prices"]):
        price["input"] *= 2
    return {**copy, "version": "bench"}


def _write(store: Store, repricer: Repricer, folder: Path) -> None:
    writer = rewriter(store, reprice_state.of({}, "bench", folder / "reprice"), repricer)
    reprice(store, repricer, ignored, writer)
    if writer.refused or writer.written != sum(repricer.found.read.values()):
        raise UserError(f"{writer.written} documents were written: {writer.reasons[:3]}", where="tests/bench")


def _answers(es: Elasticsearch, folder: Path, progress: Progress) -> dict[str, Any]:
    card = cards.load(paths.PRICING)
    day = Period(DAY, DAY + timedelta(days=1), "UTC", "day")
    calls = Selection(es, card.index_prefix, periods.whole(day))
    question = report.Question(day, "model", 20, day.end)
    by_user = report.Question(day, "user", 20, day.end)
    moved = Plan(price_part(card), TARGET)
    order = job.Order(card.index_prefix, card.budgets.timezone, card.retention_days.api, datetime.now(UTC))
    account = focus.Account("bench", "bench")
    store = Store(es, card.index_prefix, calls.span)
    recoster = Recoster(_corrected(price_rules(card)))
    bill = folder / "bill.csv"
    bill.write_text(f"date,model,cost\n{DAY},gpt-4.1,1\n", encoding="utf-8")
    asked: dict[str, Callable[[], object]] = {
        "report by model": lambda: report.read(es, card, question),
        "report by user": lambda: report.read(es, card, by_user),
        "rollup": lambda: job.run(es, order),
        "rollup --check": lambda: check.check(es, order),
        "simulate": lambda: simulate(calls, moved),
        "export": lambda: focus_files.write_csv(
            focus.rows(calls.narrowed(focus.PRICED), day, account), folder / "focus.csv"
        ),
        "reconcile": lambda: compare(Question(Reading([bill]), moved.rules, "UTC"), calls.during, ignored),
        "read whole documents": lambda: [len(page) for index in store.indices() for page in store.pages(index)],
        "reprice, dry run": lambda: reprice(store, Repricer(recoster, "UTC"), ignored),
        # Last: it changes every document.
        "reprice --write": lambda: _write(store, Repricer(recoster, "UTC"), folder),
    }
    task = progress.add_task("answers: asked", total=len(asked))
    seconds, peaks = {}, {}
    for name, ask in asked.items():
        memory.forget()
        start = time.perf_counter()
        ask()
        seconds[name] = round(time.perf_counter() - start, 3)
        peaks[name] = memory.peak_mib()
        progress.advance(task)
    total = calls.count()
    if total != DOCUMENTS and "BENCH_DOCS" not in os.environ:
        raise UserError(f"{total} calls are in Elasticsearch, not {DOCUMENTS}", where="tests/bench")
    rates = {name: round(total / spent) for name, spent in seconds.items()}
    return {"seconds": seconds, "documents_per_s": rates, "peak_mib": peaks}
