"""A long `process` says how far it is; a short one says nothing."""

from __future__ import annotations

import io

from runner.commands.pace import Pace


class Terminal(io.StringIO):
    """A stream that takes itself for a terminal."""

    def isatty(self) -> bool:
        """Yes."""
        return True


def told(stream: io.StringIO, seconds_a_line: float, lines: int, total: int | None) -> str:
    """What is said of lines of 10 bytes, each of which takes so long."""
    moments = [0.0]
    pace = Pace("process", total, stream, lambda: moments[0])
    for _ in range(lines):
        moments[0] += seconds_a_line
        pace.add(10)
    pace.end()
    return stream.getvalue()


def test_a_pipe_gets_a_line_every_ten_seconds() -> None:
    """640 lines of 10 bytes at 20 a second: looked at every 64 lines (3.2 s), told after 12.8 s and 25.6 s."""
    expected = "process: 256 lines, 40 %, 20 lines/s\nprocess: 512 lines, 80 %, 20 lines/s\n"
    assert told(io.StringIO(), 0.05, 640, 6400) == expected


def test_short_work_and_unknown_sizes() -> None:
    """Nothing is said within ten seconds; without a size there is no share."""
    assert told(io.StringIO(), 0.001, 5000, 50_000) == ""
    assert told(io.StringIO(), 0.2, 64, None) == "process: 64 lines, 5 lines/s\n"


def test_a_terminal_shows_one_line_and_clears_it() -> None:
    """The line is overwritten each time, and gone at the end."""
    text = told(Terminal(), 0.05, 128, None)
    assert text == "\rprocess: 64 lines, 20 lines/s\rprocess: 128 lines, 20 lines/s\r" + " " * 30 + "\r"
