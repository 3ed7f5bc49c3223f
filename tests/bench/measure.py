"""Figures out of rounds: medians, because a machine that is shared makes single rounds slow, never fast."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from statistics import median
from typing import Any

#: Wall and processor time of one round, ns.
Round = tuple[int, int]


@dataclass(frozen=True)
class Speed:
    """µs an event over all rounds.

    `cpu_us` is the thread's own time, which other programs lengthen little; `wall_us` is the median by the clock,
    `best_us` the fastest round by the clock.
    """

    cpu_us: float
    wall_us: float
    best_us: float

    @property
    def per_second(self) -> int:
        """Events a second of one core that is ours alone."""
        return round(1e6 / self.cpu_us)

    def as_json(self) -> dict[str, Any]:
        """For the results file."""
        return {**{key: round(value, 3) for key, value in asdict(self).items()}, "events_per_s": self.per_second}


def speed(rounds: list[Round], events: int) -> Speed:
    """Of rounds of so many events each."""
    wall = [round_[0] / 1000 / events for round_ in rounds]
    cpu = [round_[1] / 1000 / events for round_ in rounds]
    return Speed(median(cpu), median(wall), min(wall))


def ratio(rounds: list[Round], base: list[Round]) -> float:
    """How much more processor time than the base: the median of the ratios of neighbours in time."""
    return median(first[1] / second[1] for first, second in zip(rounds, base, strict=True))
