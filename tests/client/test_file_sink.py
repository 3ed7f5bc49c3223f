"""The log file: several processes, rotations by itself and by others, a full disk."""

from __future__ import annotations

import itertools
import os
import time
from typing import TYPE_CHECKING

import pytest

from holysheep.sinks import FileSink
from tests.client.programs import ids, start

if TYPE_CHECKING:
    from pathlib import Path


def test_processes_share_a_file_that_rotates(tmp_path: Path) -> None:
    """Four processes write 8,000 lines into files of 256 kB: each line is whole and there once."""
    body = "first = int(os.environ['FIRST'])\nfor n in range(first, first + 2000): call(n)"
    processes = []
    for number in range(4):
        os.environ["FIRST"] = str(number * 2000)
        processes.append(start(tmp_path, body, max_file_bytes=256 * 1024, keep_files=99, rotate_seconds=0))
    del os.environ["FIRST"]
    for process in processes:
        assert process.wait(60) == 0, process.stderr
        process.communicate()
    files = sorted(tmp_path.glob("api_requests.log*"))
    assert len(files) > 5
    # Each process may have looked at the size just before another one wrote a batch.
    assert max(path.stat().st_size for path in files) <= 2 * 256 * 1024
    assert sorted(ids(tmp_path)) == sorted(f"id-{n}" for n in range(8000))


def test_rotation_keeps_so_many(tmp_path: Path) -> None:
    """The newest rotated file is .1, and no more are kept than told; the one before them stays, hidden."""
    sink = FileSink(tmp_path / "a.log", max_bytes=10, keep=2, rotate_seconds=0)
    for text in (b"111111\n", b"222222\n", b"333333\n", b"444444\n"):
        sink.send([text])
    sink.close()
    names = {path.name: path.read_bytes() for path in tmp_path.glob("a.log*")}
    assert names == {"a.log": b"444444\n", "a.log.1": b"333333\n", "a.log.2": b"222222\n"}
    assert (tmp_path / ".a.log.gone").read_bytes() == b"111111\n"


def test_half_a_line_of_an_earlier_process_spoils_no_other(tmp_path: Path) -> None:
    """What a full disk cut is ended before the next line; a whole file gets no empty line."""
    path = tmp_path / "a.log"
    path.write_bytes(b"111\n22")
    for text in (b"333\n", b"444\n"):
        sink = FileSink(path)
        sink.send([text])
        sink.close()
    assert path.read_bytes() == b"111\n22\n333\n444\n"


def test_rotations_wait_for_filebeat(tmp_path: Path) -> None:
    """However fast lines come, whoever writes them: the second rotation is a whole interval after the first."""
    path = tmp_path / "a.log"
    sinks = [FileSink(path, max_bytes=10, rotate_seconds=0.5) for _ in range(2)]
    rotations: list[float] = []
    files = 1
    for number in range(10_000):
        sinks[number % 2].send([b"%06d\n" % number])
        if len(list(tmp_path.glob("a.log*"))) > files:
            files += 1
            rotations.append(time.monotonic())
        if len(rotations) == 3:
            break
        time.sleep(0.001)
    assert min(later - earlier for earlier, later in itertools.pairwise(rotations)) > 0.45
    lines = b"".join(part.read_bytes() for part in tmp_path.glob("a.log*")).splitlines()
    assert sorted(lines) == [b"%06d" % n for n in range(number + 1)]


@pytest.mark.parametrize("change", ["rename", "delete", "truncate"])
def test_others_rotate(tmp_path: Path, change: str) -> None:
    """Logrotate renames, deletes, or copies and truncates: the next line is in the file that has the name."""
    path = tmp_path / "a.log"
    sink = FileSink(path)
    sink.send([b"1\n"])
    if change == "rename":
        path.rename(tmp_path / "a.log.old")
    elif change == "delete":
        path.unlink()
    else:
        os.truncate(path, 0)
    sink.send([b"2\n"])
    assert path.read_bytes() == b"2\n"


def test_mode(tmp_path: Path) -> None:
    """The file is nobody else's to read."""
    FileSink(tmp_path / "logs" / "a.log").send([b"1\n"])
    assert (tmp_path / "logs" / "a.log").stat().st_mode & 0o007 == 0
