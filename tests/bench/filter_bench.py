"""The filter's speed by source, and whether a look-up costs more in a card of 4,000 models than in one of 4."""

from __future__ import annotations

import os
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from generator.errors import UserError
from tests.bench import cards, driver, lines
from tests.bench.measure import ratio, speed

if TYPE_CHECKING:
    from collections.abc import Callable

    from rich.progress import Progress

    from tests.bench.measure import Round

ROUNDS: Final = 10
#: The compiler is done after about 150,000 client lines.
WARMUP: Final = 200_000
#: Distinct lines, cycled: more than the filter's memories of texts and addresses hold (10,000).
DISTINCT: Final = 50_000
SMALL: Final = 4
LARGE: Final = 4000
#: How much more a look-up in the large card may cost.
FLAT: Final = 0.10


def lines_wanted() -> int:
    """`BENCH_LINES`, 500,000 when it is not set; measured lines of each source."""
    expected = os.environ.get("BENCH_LINES", "500000").replace("_", "")
    if not expected.isdigit() or int(expected) < 10 * ROUNDS:
        raise UserError(f"BENCH_LINES={expected} is no number of lines", hint=f"use {10 * ROUNDS} or more")
    return int(expected)


def plan() -> driver.Plan:
    """Rounds and warm-up for the wanted number of lines."""
    lines = lines_wanted()
    return driver.Plan(min(WARMUP, lines), ROUNDS, lines // ROUNDS)


def run(progress: Progress) -> dict[str, Any]:
    """Both benches."""
    with tempfile.TemporaryDirectory() as folder_name:
        folder = Path(folder_name)
        rules = cards.write_rules(folder / "rules.json", SMALL)
        sources = {source: _source(folder, source, rules, progress) for source in lines.SOURCES}
        return {"sources": sources, "models": _models(folder, rules, progress)}


def _source(folder: Path, source: str, rules: Path, progress: Progress) -> dict[str, Any]:
    """One source, beside JSON parse alone (access lines: one regular expression), on both JRubies."""
    path = folder / f"{source}.log"
    alone = "regexp" if source == "access" else "json"
    variants = [driver.Variant("filter", path, rules=rules), driver.Variant("alone", path, alone=alone)]
    how = plan()
    newest = driver.runs_jruby_10()
    task = progress.add_task(f"filter: {source}", total=how.lines * len(variants) * (2 if newest else 1))
    distinct = min(DISTINCT, how.lines)
    size = lines.write(path, source, distinct)
    step = _step(progress, task)
    results = driver.run(folder, source, variants, how, step)
    results_10 = driver.run(folder, source, variants, replace(how, jruby=driver.JRUBY_10), step) if newest else None
    path.unlink()
    return {
        **speed(results["filter"], how.per_round).as_json(),
        "bytes_a_line": round(size / distinct),
        "alternative": "one regexp" if alone == "regexp" else "JSON parse",
        "alternative_cpu_us": round(speed(results["alone"], how.per_round).cpu_us, 3),
        "ratio": round(ratio(results["filter"], results["alone"]), 2),
        "lines": how.rounds * how.per_round,
        "jruby_10": _figures(results_10, how.per_round) if results_10 else None,
    }


def _figures(rounds: dict[str, list[Round]], lines_a_round: int) -> dict[str, float]:
    """Processor time of a line in µs, of the filter and of the alternative, and their ratio."""
    return {
        "cpu_us": round(speed(rounds["filter"], lines_a_round).cpu_us, 3),
        "alternative_cpu_us": round(speed(rounds["alone"], lines_a_round).cpu_us, 3),
        "ratio": round(ratio(rounds["filter"], rounds["alone"]), 2),
    }


def _models(folder: Path, small: Path, progress: Progress) -> dict[str, Any]:
    """Client lines with the small card, the same with the large one, and lines that name all models of that.

    All in one process and in turns; the third has more distinct names, which is what a large card is for.
    """
    how = plan()
    task = progress.add_task(f"filter: {SMALL} and {LARGE} models", total=how.lines * 3)
    large = cards.write_rules(folder / "large.json", LARGE)
    few, many = folder / "few.log", folder / "many.log"
    distinct = min(DISTINCT, how.lines)
    lines.write(few, "client", distinct)
    # Their names are as long as the usual ones.
    lines.write(many, "client", distinct, cards.names(LARGE - SMALL))
    variants = [
        driver.Variant("small", few, rules=small),
        driver.Variant("large", few, rules=large),
        driver.Variant("all_named", many, rules=large),
    ]
    results = driver.run(folder, "client", variants, how, _step(progress, task))
    figures: dict[str, Any] = {name: speed(rounds, how.per_round).as_json() for name, rounds in results.items()}
    for name in ("large", "all_named"):
        figures[f"{name}_ratio"] = round(ratio(results[name], results["small"]), 3)
    return figures


def _step(progress: Progress, task: Any) -> Callable[[int], None]:  # noqa: ANN401  # rich's TaskID is an int by another name
    return lambda count: progress.advance(task, count)
