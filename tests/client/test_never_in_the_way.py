"""A sink that fails, hangs or is away: the application notices nothing, and the lines come when the sink is back."""

from __future__ import annotations

import logging
import threading
import time
from typing import TYPE_CHECKING

import pytest

from holysheep import delivery
from holysheep.delivery import Delivery
from holysheep.logger import Logger
from holysheep.settings import Settings
from holysheep.spool import Spool

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path


class Target:
    """A sink that can be away."""

    name = "target"

    def __init__(self, *, slow: bool = False) -> None:
        self.slow, self.away, self.hang = slow, False, threading.Event()
        self.lines: list[bytes] = []
        self.tries = 0
        self.hang.set()

    def send(self, lines: Sequence[bytes]) -> None:
        """Take lines, unless away."""
        self.tries += 1
        self.hang.wait(30)
        if self.away:
            raise ConnectionError("away")
        self.lines += lines

    def close(self) -> None:
        """Nothing."""


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delivery, "FIRST_S", 0.05)
    monkeypatch.setattr(delivery, "LONGEST_S", 0.2)


@pytest.fixture
def made() -> Iterator[list[Logger]]:
    """Loggers to close."""
    loggers: list[Logger] = []
    yield loggers
    for logger in loggers:
        logger.close()


def logger_of(made: list[Logger], target: Target, tmp_path: Path, **settings: object) -> Logger:
    """A logger of one sink."""
    made.append(Logger(Settings.read({}, spool=tmp_path / "spool", **settings), [target]))
    return made[-1]


def wait(condition: object, seconds: float = 10) -> None:
    """Until it holds."""
    end = time.monotonic() + seconds
    while not condition():  # type: ignore[operator]
        assert time.monotonic() < end
        time.sleep(0.01)


@pytest.mark.parametrize("slow", [False, True])
def test_an_outage_loses_nothing(made: list[Logger], tmp_path: Path, *, slow: bool) -> None:
    """Lines of an outage wait in the spool, and come once when the sink is back."""
    target = Target(slow=slow)
    logger = logger_of(made, target, tmp_path, flush_seconds=0.05)
    target.away = True
    for n in range(2000):
        logger.log(log_id=f"id-{n}", model="gpt-4.1", input_tokens=1)
    assert logger.flush()
    assert target.lines == []
    assert logger.stats()["sinks"]["target"]["spooled"] == 2000
    target.away = False
    wait(lambda: len(target.lines) >= 2000)
    assert len(set(target.lines)) == 2000
    assert logger.stats()["sinks"]["target"]["sent"] == 2000
    wait(lambda: not list((tmp_path / "spool" / "target").iterdir()))


def test_pauses_grow(made: list[Logger], tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """A sink that is away is not asked with every line, and one warning is enough."""
    target = Target()
    target.away = True
    logger = logger_of(made, target, tmp_path, flush_seconds=0.01)
    with caplog.at_level(logging.WARNING, logger="holysheep"):
        for n in range(100):
            logger.log(model="gpt-4.1", input_tokens=n)
            time.sleep(0.005)
    # Half a second: pauses of at least 0.025, 0.05, 0.1, 0.1, … s.
    assert 2 <= target.tries <= 9
    assert len(caplog.records) == 1
    assert "target takes no lines" in caplog.text


def test_a_dead_process_leaves_its_lines_to_the_next(made: list[Logger], tmp_path: Path) -> None:
    """What an earlier process spooled is sent by a new one, once, in order; a line that was cut is left out."""
    folder = tmp_path / "spool" / "target"
    folder.mkdir(parents=True)
    (folder / "1-99999-1.ndjson").write_bytes(b'{"log_id":"a"}\n{"log_id":"b"}\n{"log_')
    target = Target()
    logger_of(made, target, tmp_path, flush_seconds=0.02).log(model="gpt-4.1")
    wait(lambda: len(target.lines) == 3)
    assert target.lines[-2:] == [b'{"log_id":"a"}\n', b'{"log_id":"b"}\n']
    wait(lambda: not list(folder.glob("*.ndjson")))


def test_log_does_not_wait_for_a_slow_sink(made: list[Logger], tmp_path: Path) -> None:
    """A sink that hangs costs log() nothing, and memory stays bounded: the rest goes to the disk."""
    target = Target(slow=True)
    target.hang.clear()
    logger = logger_of(made, target, tmp_path, max_lines=1000)
    worst = 0.0
    for n in range(30_000):
        start = time.perf_counter()
        logger.log(log_id=f"id-{n}", model="gpt-4.1", input_tokens=n, metadata={"x": "y" * 200})
        worst = max(worst, time.perf_counter() - start)
        assert logger.stats()["waiting"]["lines"] <= 1001
    assert worst < 2
    # Eight megabytes may wait in memory for the sink.
    assert logger.stats()["sinks"]["target"]["spooled"] > 5000
    target.hang.set()
    logger.flush(30)
    wait(lambda: len(set(target.lines)) == 30_000, 30)


@pytest.mark.parametrize("slow", [False, True])
def test_drop_oldest_counts(made: list[Logger], tmp_path: Path, *, slow: bool) -> None:
    """The policy `drop_oldest` keeps the newest lines and says how many are gone."""
    target = Target(slow=slow)
    logger = logger_of(made, target, tmp_path, max_lines=10, pressure="drop_oldest", flush_lines=10_000)
    for n in range(25):
        logger.log(log_id=f"id-{n}", model="gpt-4.1", input_tokens=n)
    assert logger.stats()["dropped"] == 15
    logger.flush()
    assert [b'"id-%d"' % n in line for n, line in zip(range(15, 25), target.lines, strict=True)] == [True] * 10


def test_block_waits_for_room(made: list[Logger], tmp_path: Path) -> None:
    """The policy `block` loses nothing and holds the bound."""
    target = Target()
    logger = logger_of(made, target, tmp_path, max_lines=50, pressure="block")
    for n in range(5000):
        logger.log(log_id=f"id-{n}", model="gpt-4.1", input_tokens=n)
        assert logger.stats()["waiting"]["lines"] <= 50
    logger.flush()
    assert len(set(target.lines)) == 5000
    assert logger.stats()["dropped"] == 0


def test_bytes_are_bounded(made: list[Logger], tmp_path: Path) -> None:
    """A few large calls fill the buffer as many small ones do."""
    target = Target()
    bounds = {"max_bytes": 1_000_000, "pressure": "drop_oldest", "flush_lines": 10_000}
    logger = logger_of(made, target, tmp_path, keep_prompts=True, **bounds)
    for _ in range(20):
        logger.log(model="gpt-4.1", prompt="x" * 50_000)
    # 200 kB each, at four bytes a letter.
    assert logger.stats()["waiting"]["lines"] == 4
    assert logger.stats()["dropped"] == 16


def test_a_value_of_any_kind_costs_one_line_at_most(made: list[Logger], tmp_path: Path) -> None:
    """log() never raises; a call that can't be a line is counted."""
    target = Target()
    logger = logger_of(made, target, tmp_path)
    for record in (
        {"model": object()},
        {"latency_ms": "soon"},
        {"usage": 3},
        {"metadata": "x"},
        {"error": Exception()},
    ):
        logger.log(**record)
    logger.log(model="gpt-4.1", input_tokens=1)
    logger.flush()
    assert len(target.lines) + logger.stats()["unreadable"] == 6
    assert b'"gpt-4.1"' in target.lines[-1]


def test_a_full_spool_drops_the_oldest(tmp_path: Path) -> None:
    """The spool is bounded, and counts what it gives up."""
    target = Target()
    target.away = True
    way = Delivery(target, Spool(tmp_path / "s", max_bytes=3 * 1024 * 1024))
    for n in range(8):
        way.submit([b"%d %s\n" % (n, b"x" * 1024 * 1024)])
    assert way.spool.dropped == 6
    assert sum(path.stat().st_size for path in (tmp_path / "s").iterdir()) <= 3 * 1024 * 1024


def test_several_sinks(made: list[Logger], tmp_path: Path) -> None:
    """One that fails doesn't hold the other up."""
    good, bad = Target(), Target()
    bad.name, bad.away = "bad", True
    logger = Logger(Settings.read({}, spool=tmp_path / "spool"), [bad, good])
    made.append(logger)
    logger.log(model="gpt-4.1", input_tokens=1)
    logger.flush()
    assert len(good.lines) == 1
    assert logger.stats()["sinks"]["bad"]["spooled"] == 1
