"""How long a render takes, from the text of pricing.yaml to the text of every file, by the number of models."""

from __future__ import annotations

import time
from statistics import median
from typing import TYPE_CHECKING, Any, Final

from generator import card as cards
from generator.render import render
from tests.bench.cards import text

if TYPE_CHECKING:
    from rich.progress import Progress

MODELS: Final = (4, 200, 2000)
ROUNDS: Final = 5
#: What 2,000 models may take, s.
TARGET_S: Final = 2.0


def run(progress: Progress) -> dict[str, Any]:
    """Validation and rendering, by number of models, each round with every size."""
    texts = {count: text(count) for count in MODELS}
    task = progress.add_task("render", total=len(MODELS) * ROUNDS)
    load: dict[int, list[float]] = {count: [] for count in MODELS}
    seconds_by_count: dict[int, list[float]] = {count: [] for count in MODELS}
    render(cards.parse(texts[MODELS[0]]))  # the registry is read once a process
    files = 0
    for _ in range(ROUNDS):
        for count, yaml in texts.items():
            start = time.perf_counter()
            card = cards.parse(yaml)
            load[count].append(time.perf_counter() - start)
            files = len(render(card))
            seconds_by_count[count].append(time.perf_counter() - start)
            progress.advance(task)
    least = median(seconds_by_count[MODELS[0]])
    return {
        "files": files,
        "models": {
            str(count): {
                "seconds": round(median(seconds_by_count[count]), 3),
                "best_s": round(min(seconds_by_count[count]), 3),
                "validation_s": round(median(load[count]), 3),
                "ratio": round(median(seconds_by_count[count]) / least, 2),
            }
            for count in MODELS
        },
    }
