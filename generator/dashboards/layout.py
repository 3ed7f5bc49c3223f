"""Where panels stand: 48 columns, left to right in the order of the file, unless a panel says where."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

    from generator.dashboards.model import Panel

WIDTH: Final = 48


@dataclass(frozen=True)
class Box:
    """A panel's place, in columns and rows."""

    x: int
    y: int
    w: int
    h: int

    def overlaps(self, other: Box) -> bool:
        """Whether two panels share a cell."""
        return (
            self.x < other.x + other.w
            and other.x < self.x + self.w
            and self.y < other.y + other.h
            and other.y < self.y + self.h
        )


def place(panels: Sequence[Panel]) -> list[Box]:
    """The place of each panel. Panels with `at` do not move the flow of the others."""
    boxes: list[Box] = []
    x = y = row = 0
    for panel in panels:
        width, height = panel.size
        if panel.at is not None:
            boxes.append(Box(*panel.at, width, height))
            continue
        if x + width > WIDTH:
            x, y, row = 0, y + row, 0
        boxes.append(Box(x, y, width, height))
        x, row = x + width, max(row, height)
    return boxes
