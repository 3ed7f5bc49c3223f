"""Which files are read, and that what lines hold does not matter."""

from __future__ import annotations

import gzip
import time
from typing import TYPE_CHECKING

import pytest

from generator.registry.sources import load_sources
from runner.lines.lines import LogFile
from runner.runtimes.docker import samples
from tests.filebeat.writer import keys, line

if TYPE_CHECKING:
    from pathlib import Path

    from tests.filebeat.process import Filebeat
    from tests.filebeat.receiver import Receiver

pytestmark = pytest.mark.filebeat
#: What a shell prints, what a terminal would act on, what is no UTF-8, JSON or text at all.
HOSTILE = [
    b"plain text", b"{", b"[]", b'{"a":' * 2000, b"\x00\x01\x02", b"\xff\xfe\xfa", b"\x1b[31mred\x1b[0m",
    b"${HOME} %{x} $(id)", b"\xf0\x9f\x98\x80 \xea\xb0\x80", b"a\tb", b'"', b"'", b"x" * 1_000_000, b"\xe2\x80\xa8",
    b"{}" * 1000,
]  # fmt: skip


def lay(filebeat: Filebeat, name: str, data: bytes) -> Path:
    """A file below the log folder."""
    path = filebeat.logs / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


def test_names_and_folders(filebeat: Filebeat, receiver: Receiver) -> None:
    """Every usual extension, rotated names and folders within folders are read; packed and half-made files are not."""
    names_read = ["a.log", "a.json", "a.jsonl", "a.ndjson", "a.txt", "a.log.1", "a.log-20260101"]
    names_read += [
        "b/c/d/e.log",
        "b/a.jsonl.2",
        "a.LOG",
        "a.log1",
        "a.log20260101",
        "access_log",
        "access_log-20260101",
    ]
    names_read += ["a.log.2026-01-01 00-00-00", "a.log.2026-01-01T10:00:00+09:00", "a.log.orig"]
    for number, name in enumerate(names_read):
        lay(filebeat, f"client/{name}", line("names", number))
    lay(filebeat, "client/f.log.2.gz", gzip.compress(line("packed", 0)))
    for name in ("g.part", ".h.log", "i.log~", "j.log.1.GZ", "k.logic"):
        lay(filebeat, f"client/{name}", line("unread", 0))
    receiver.wait(len(names_read))
    # Two looks more: nothing else comes.
    time.sleep(2.5)
    assert set(receiver.seen) == keys("names", len(names_read))


def test_short_files(filebeat: Filebeat, receiver: Receiver) -> None:
    """A file of one line of a few bytes is read at once, and again when a line is added."""
    path = lay(filebeat, "syslog", b"a\n")
    receiver.wait(1)
    with path.open("ab") as file:
        file.write(b"b\n")
    receiver.wait(2)
    assert set(receiver.seen) == {("a", 0), ("b", 2)}


def test_files_that_begin_alike(filebeat: Filebeat, receiver: Receiver) -> None:
    """Three replicas with one banner of 4 KiB: each file's lines come, and no warning is logged."""
    banner = b"starting the service, version 1.2.3\n" * 120
    for number in range(3):
        lay(filebeat, f"container/replica-{number}.log", banner + line("alike", number))
    receiver.wait(123)
    time.sleep(2.5)
    assert keys("alike", 3) < set(receiver.seen)
    # The banner's lines are the same in text and place, so they are the same documents.
    assert len(receiver.seen) == 123
    assert [text for text in filebeat.complaints() if "ingest target" in text] == []


def test_a_packed_rotated_file_that_was_read(filebeat: Filebeat, receiver: Receiver) -> None:
    """Packing after the rotation neither loses nor adds anything; unpacked in its folder the file is read again."""
    path = lay(filebeat, "client/app.log", b"".join(line("gzip", number) for number in range(500)))
    receiver.wait(500)
    rotated = path.rename(path.with_name("app.log.1"))
    lay(filebeat, "client/app.log", line("gzip", 500))
    receiver.wait(501)
    packed = gzip.compress(rotated.read_bytes())
    lay(filebeat, "client/app.log.1.gz", packed)
    rotated.unlink()
    time.sleep(2.5)
    assert set(receiver.seen) == keys("gzip", 501)
    assert sum(receiver.seen.values()) == 501
    lay(filebeat, "client/app.log.1", gzip.decompress(packed))
    end = time.monotonic() + 30
    while sum(receiver.seen.values()) < 1001 and time.monotonic() < end:
        time.sleep(0.2)
    assert (sum(receiver.seen.values()), set(receiver.seen)) == (1001, keys("gzip", 501))


def test_a_file_that_is_fed_again(
    filebeat: Filebeat, receiver: Receiver, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`up --again` of a file that was read: its lines come once more, as after an index that was deleted."""
    monkeypatch.setattr(samples.settings, "logs", lambda: filebeat.logs)
    monkeypatch.setattr(samples, "FED", tmp_path / "fed.json")
    log = LogFile(tmp_path / "app.log", "client")
    log.path.write_bytes(b"".join(line("again", number) for number in range(50)))
    assert samples.feed([log], lambda _: None, again=False) == (1, 0)
    receiver.wait(50)
    # Without --again it is known, and nothing is copied.
    assert samples.feed([log], lambda _: None, again=False) == (0, 0)
    receiver.seen.clear()
    assert samples.feed([log], lambda _: None, again=True) == (1, 0)
    receiver.wait(50)
    assert set(receiver.seen) == keys("again", 50)


def test_a_last_line_without_a_line_feed(
    filebeat: Filebeat, receiver: Receiver, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Filebeat waits for its end, and `status` says so; `up FILE` adds the line feed, so that it is read."""
    export = tmp_path / "export.json"
    export.write_bytes(line("end", 0) + line("end", 1).rstrip(b"\n"))
    raw = lay(filebeat, "client/raw.json", line("raw", 0).rstrip(b"\n"))
    monkeypatch.setattr(samples.settings, "logs", lambda: filebeat.logs)
    samples.place(export, "client")
    receiver.wait(2)
    # Two looks more: the other file gives nothing.
    time.sleep(2.5)
    assert set(receiver.seen) == keys("end", 2)
    with raw.open("ab") as file:
        file.write(b"\n")
    receiver.wait(3)
    assert set(receiver.seen) == keys("end", 2) | keys("raw", 1)


def test_hostile_lines(filebeat: Filebeat, receiver: Receiver) -> None:
    """Every line comes as one event, whatever it holds, and those behind it too; an empty one is none."""
    data = b"".join(text + b"\n" + line("after", number) for number, text in enumerate(HOSTILE))
    lay(filebeat, "client/hostile.log", b"\n\r\n" + data)
    receiver.wait(2 * len(HOSTILE))
    assert keys("after", len(HOSTILE)) < set(receiver.seen)
    texts = {key[0] for key in receiver.seen}
    assert {text.decode() for text in HOSTILE if text != b"\xff\xfe\xfa"} < texts
    assert len(receiver.seen) == 2 * len(HOSTILE)


def test_five_thousand_files(filebeat: Filebeat, receiver: Receiver) -> None:
    """5,000 files at once, in folders: one line of each comes."""
    for number in range(5000):
        lay(filebeat, f"client/{number % 50}/{number}.log", line("many", number))
    receiver.wait(5000, longest_s=120)
    assert set(receiver.seen) == keys("many", 5000)


def test_the_first_line_after_a_start(filebeat: Filebeat, receiver: Receiver) -> None:
    """Once the health check's condition holds a line takes at most five seconds."""
    assert filebeat.running_inputs() == len(load_sources())
    began = time.monotonic()
    lay(filebeat, "client/first.log", line("first", 0))
    receiver.wait(1)
    assert time.monotonic() - began < 5
