from __future__ import annotations

import bz2
import gzip
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
import zstandard

from generator.errors import UserError
from runner.lines.lines import LogFile, expand, frames_of, left_out, source_of, whole_frames_of
from runner.lines.opened import compression, opened
from runner.runtimes.embedded import process

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

LINES = b'{"a": 1}\n{"a": 2}\nlast'
PACKERS: dict[str, Callable[[bytes], bytes]] = {
    "": bytes,
    "gzip": gzip.compress,
    "bzip2": bz2.compress,
    "zstd": zstandard.ZstdCompressor().compress,
}


@pytest.mark.parametrize("kind", PACKERS)
def test_a_compressed_log_has_the_lines_of_the_plain_one(tmp_path: Path, kind: str) -> None:
    """Told by its first bytes: a name is no proof."""
    path = tmp_path / "client.log"
    path.write_bytes(PACKERS[kind](LINES))
    assert compression(path) == kind
    assert [frame.line for frame in frames_of(LogFile(path, "client"), stamp=True)] == LINES.split(b"\n")
    with opened(path, 9) as file:
        assert file.read() == LINES[9:]


def test_two_gzip_parts_in_one_file_are_both_read(tmp_path: Path) -> None:
    """As `cat a.gz b.gz` makes them."""
    path = tmp_path / "a.log.gz"
    path.write_bytes(gzip.compress(b"one\n") + gzip.compress(b"two\n"))
    assert [frame.line for frame in frames_of(LogFile(path, None), stamp=True)] == [b"one", b"two"]


@pytest.mark.parametrize("kind", ["gzip", "bzip2"])
def test_a_broken_off_archive_is_named_and_its_lines_before_are_kept(tmp_path: Path, kind: str) -> None:
    """No traceback; whole lines before the break come through."""
    path = tmp_path / "client.log"
    text = b"".join(b"line %d\n" % (number * 7919 % 100_003) for number in range(200_000))
    packed = PACKERS[kind](text)
    path.write_bytes(packed[: len(packed) // 2])
    lines = []
    with pytest.raises(UserError, match=f"its {kind} content is damaged or incomplete") as error:
        lines.extend(frame.line for frame in frames_of(LogFile(path, "client"), stamp=True))
    assert error.value.where == str(path)


def test_a_compressed_file_is_done_only_with_its_last_line(tmp_path: Path) -> None:
    """Its place in the list of files that were fed is its size, since it is read whole."""
    path = tmp_path / "client.log.gz"
    path.write_bytes(gzip.compress(LINES))
    assert [frame.end for frame in whole_frames_of(LogFile(path, "client"))] == [0, 0, path.stat().st_size]


def test_a_folder_gives_logs_and_names_what_it_leaves_out(tmp_path: Path) -> None:
    """Compressed logs count by the name before the ending."""
    for name in ("client.log.gz", "a.ndjson", "b.jsonl.zst", "notes.md", "c.txt.gz"):
        (tmp_path / name).write_bytes(b"x\n")
    assert [log.path.name for log in expand([tmp_path])] == ["a.ndjson", "b.jsonl.zst", "client.log.gz"]
    assert [path.name for path in left_out([tmp_path])] == ["c.txt.gz", "notes.md"]
    assert source_of(tmp_path / "client.log.gz") == "client"


def test_a_process_is_found_by_its_working_folder_and_ended(tmp_path: Path) -> None:
    """So a start that was killed before it wrote anything down can be ended."""
    (tmp_path / "logs").mkdir()
    with subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"], cwd=tmp_path / "logs") as running:
        assert process.working_in(tmp_path) == [running.pid]
        process.end([running.pid])
        assert running.wait() < 0
    assert process.working_in(tmp_path) == []
