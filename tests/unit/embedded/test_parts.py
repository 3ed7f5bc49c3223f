"""The small parts of the embedded mode: book, lines, process records, reasons, passwords, machine."""

from __future__ import annotations

import io
import os
import stat
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from generator.errors import UserError
from generator.registry.sources import Multiline
from runner.cluster.summary import Summary
from runner.commands.summary_tables import dollars, sheets
from runner.host import machine, maven
from runner.lines.fed import Fed
from runner.lines.filter import Frame
from runner.lines.lines import MAX_LINE, MAX_LINES, expand, joined, read_lines, source_of
from runner.runtimes.embedded import process, reason, secret

if TYPE_CHECKING:
    from pathlib import Path


def test_the_book_goes_on_where_it_was_and_starts_anew_for_another_file(tmp_path: Path) -> None:
    """Same head: go on; shorter or another head: from the start."""
    log, positions = tmp_path / "a.log", tmp_path / "book.json"
    log.write_text("one\ntwo\n")
    fed = Fed(positions)
    assert fed.offset(log) == 0
    fed.note(log, 8, "v1")
    fed.save()
    with log.open("a") as file:
        file.write("three\n")
    assert Fed(positions).offset(log) == 8
    assert not Fed(positions).older_rules("v1")
    assert Fed(positions).older_rules("v2")
    log.write_text("ONE\ntwo\nthree\n")
    assert Fed(positions).offset(log) == 0
    log.write_text("o\n")
    assert Fed(positions).offset(log) == 0


@pytest.mark.parametrize("text", ["", "{", "[]", '{"a": 1}', '{"a": {"offset": 1}}'])
def test_a_damaged_book_is_an_empty_one(tmp_path: Path, text: str) -> None:
    """It costs time only."""
    positions, log = tmp_path / "book.json", tmp_path / "a.log"
    positions.write_text(text)
    log.write_text("x\n")
    assert Fed(positions).offset(log) == 0


def test_lines_keep_their_bytes_and_know_where_the_next_starts() -> None:
    """NUL, CR, invalid UTF-8 and a last line without its line feed pass untouched."""
    data = b"a\r\n\n\xff\x00\nlast"
    assert list(read_lines(io.BytesIO(data))) == [(b"a\r", 3), (b"", 4), (b"\xff\x00", 7), (b"last", 11)]


def test_a_line_without_end_is_cut_and_the_next_one_is_whole() -> None:
    """Memory is bounded, and offsets count what was skipped."""
    data = b"x" * (3 * MAX_LINE) + b"\nnext\n"
    actual = list(read_lines(io.BytesIO(data)))
    assert [(len(line), end) for line, end in actual] == [(MAX_LINE + 1, 3 * MAX_LINE + 1), (4, len(data))]


@pytest.mark.parametrize(
    ("multiline", "expected"),
    [
        (Multiline(type="pattern", pattern="^[[:space:]]", negate=False, match="after"), [b"a\n b\n c", b"d"]),
        (Multiline(type="pattern", pattern="^[ad]", negate=True, match="after"), [b"a\n b\n c", b"d"]),
        (Multiline(type="pattern", pattern="^[[:space:]]", negate=False, match="before"), [b"a", b" b\n c\nd"]),
    ],
)
def test_lines_are_joined_as_filebeat_does(multiline: Multiline, expected: list[bytes]) -> None:
    """Pattern, negate and match mean what they mean there."""
    lines = [(b"a", 2), (b" b", 5), (b" c", 8), (b"d", 10)]
    actual = list(joined(lines, multiline))
    assert [line for line, _ in actual] == expected
    assert actual[-1][1] == 10


def test_an_event_keeps_no_more_than_filebeat_keeps() -> None:
    """Lines beyond the limit are discarded, as are bytes; the next event is whole."""
    multiline = Multiline(type="pattern", pattern="^ ", negate=False, match="after")
    lines = [b"a", *[b" %d" % number for number in range(MAX_LINES + 5)], b"b", b" " * MAX_LINE, b" c", b"d"]
    actual = [line for line, _ in joined([(line, 0) for line in lines], multiline)]
    assert actual == [b"\n".join(lines[:MAX_LINES]), b"b\n" + b" " * (MAX_LINE - 2), b"d"]


def test_a_files_source_is_told_by_filebeats_paths_then_by_name(tmp_path: Path) -> None:
    """What Filebeat would ship as a source is fed as that."""
    names = {"api-1.log": "webhook", "client/x.log": "client", "errors/x.log": "error_event", "litellm.txt": "litellm"}
    assert {name: source_of(tmp_path / name) for name in names} == names
    assert source_of(tmp_path / "unknown.log") is None


def test_only_logs_of_a_folder_are_read_and_a_missing_file_is_told(tmp_path: Path) -> None:
    """Notes beside logs are no logs."""
    for name in ("b.log", "a.ndjson", "notes.md"):
        (tmp_path / name).write_text("x\n")
    assert [log.path.name for log in expand([tmp_path])] == ["a.ndjson", "b.log"]
    with pytest.raises(UserError, match="no such file"):
        expand([tmp_path / "missing"])


def test_a_frame_keeps_hostile_paths_and_lines_apart_from_the_protocol() -> None:
    """Blanks and line feeds in a path can't make a second field or frame."""
    frame = Frame(b"a\nb 1 - 5", "client", 5, "/x y\n%/ü.log")
    assert frame.encode() == b"client 5 /x%20y%0A%25/%C3%BC.log 9\na\nb 1 - 5\n"
    assert Frame(b"", path="-").encode() == b"- - %2D 0\n\n"


def test_a_record_is_alive_only_with_its_own_start_time(tmp_path: Path) -> None:
    """A recycled pid is not ours, and is not stopped."""
    with subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"]) as child:
        started = process.start_of(child.pid)
        assert started is not None
        record = process.Record(child.pid, started, "9.5.2", 9200)
        record.write(tmp_path / "record.json")
        assert process.read(tmp_path / "record.json") == record
        stranger = process.Record(child.pid, "another time", "9.5.2", 9200)
        assert not stranger.alive
        assert process.stop(stranger)
        assert child.poll() is None
        assert process.stop(record, patience_s=20)
        assert not record.alive
    assert process.read(tmp_path / "nothing.json") is None


@pytest.mark.parametrize(
    ("log", "what"),
    [
        ("ERROR: Failed to bind to 127.0.0.1:9200: Address already in use", "its port is taken"),
        ("# There is insufficient memory for the Java Runtime Environment", "there is too little memory"),
        ("java.lang.IllegalStateException: cannot downgrade a node from version [9.5.2]", "by a newer version"),
        ("[INFO ] JVM arguments [-XX:+ExitOnOutOfMemoryError]\n[WARN ] x", "without an error in its log"),
        ("[INFO ][o.e.n.Node] [embedded] closed\n", "not by `down`"),
        ("[ERROR][o.e.b] something new", "it ended with an error"),
        (
            "[2026-11-26T10:59:55,986][WARN ][x] no roles\njava.lang.IllegalStateException: x\n\tat a.b\n[INFO ] up",
            "without an error in its log",
        ),
        ("", "without an error in its log"),
    ],
)
def test_the_reason_of_a_failed_start_is_found_in_its_log(log: str, what: str) -> None:
    """What is known is said in words, what is not with the log's own line."""
    assert what in reason.explain(log)[0]


def test_passwords_are_made_once_and_only_the_owner_reads_them(tmp_path: Path) -> None:
    """0600 in a folder of 0700, different for every user."""
    folder = tmp_path / "secrets"
    passwords = secret.passwords(folder)
    assert secret.passwords(folder) == passwords
    assert len(set(passwords.values())) == 4
    assert stat.S_IMODE((folder / "passwords.json").stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_heap_is_a_quarter_within_bounds(monkeypatch: pytest.MonkeyPatch) -> None:
    """512 to 2048 MiB; less memory than the least is an error; a wish is kept or refused."""
    monkeypatch.delenv("HOLYSHEEP_ES_HEAP", raising=False)
    assert [machine.heap(mib) for mib in (1000, 4000, 64000)] == [512, 1000, 2048]
    with pytest.raises(UserError, match="800 MiB of memory are free"):
        machine.heap(800)
    monkeypatch.setenv("HOLYSHEEP_ES_HEAP", "700")
    assert machine.heap(4000) == 700
    with pytest.raises(UserError, match="HOLYSHEEP_ES_HEAP"):
        machine.heap(600)


def test_a_folder_that_the_runner_cannot_enter_is_named(tmp_path: Path) -> None:
    """The first closed folder on the way, as Elasticsearch's user sees it."""
    inner = tmp_path / "closed" / "inner"
    inner.mkdir(parents=True)
    (tmp_path / "closed").chmod(0o700)
    stranger = machine.Runner("stranger", os.getuid() + 12345, os.getgid() + 12345)
    blocked = machine.blocked_folder(inner, stranger)
    assert blocked is not None
    assert blocked in (inner, *inner.parents)
    assert machine.blocked_folder(inner, None) is None


def test_an_artefact_in_the_cache_is_verified_and_a_damaged_one_is_not_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without Maven, a wrong file in the cache is removed and the error says what to install."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setenv("PATH", str(tmp_path))
    damaged = maven.cache_folder() / maven.JRUBY.file
    damaged.parent.mkdir()
    damaged.write_text("not a jar")
    with pytest.raises(UserError, match="install Maven"):
        maven.fetch(maven.JRUBY)
    assert not damaged.exists()


@pytest.mark.parametrize(
    ("nano", "text"),
    [(0, "0.000000"), (1, "0.000000001"), (420_000, "0.000420"), (1_234_567_891_230, "1,234.56789123")],
)
def test_money_is_shown_exactly(nano: int, text: str) -> None:
    """No digit is lost, six are always there."""
    assert dollars(nano) == text


def test_an_empty_cluster_has_a_table_too() -> None:
    """Nothing fed is no error."""
    assert [sheet.rows for sheet in sheets(Summary({}, [], {}, 0))] == [
        [("all", "", "0")],
        [("all", "", "0", "0.000000")],
        [("none", "0")],
    ]
