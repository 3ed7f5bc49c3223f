"""A log is rotated, cut or deleted while it grows: every line comes, each as one document."""

from __future__ import annotations

import os
import shutil
import time
from pathlib import Path

import pytest

from tests.filebeat.process import Filebeat
from tests.filebeat.receiver import Receiver
from tests.filebeat.writer import Writer, keys, line, rotate

pytestmark = pytest.mark.filebeat


def turn(writer: Writer) -> None:
    """One rotation by logrotate with `create`."""
    rotate(writer.path, keep=9)
    writer.reopen()


def test_rename_under_load(filebeat: Filebeat, receiver: Receiver) -> None:
    """Five rotations at 1,000 lines a second lose nothing."""
    with Writer(filebeat.logs / "client" / "app.log", "rename") as writer:
        for _ in range(5):
            writer.grow(1000)
            turn(writer)
        writer.grow(500)
    receiver.wait(writer.written)
    assert set(receiver.seen) == keys("rename", writer.written)


@pytest.mark.parametrize("target", ["elsewhere/app.log.old", "client/app.log-20260101-235959", "client/app-7.jsonl"])
def test_other_names(filebeat: Filebeat, receiver: Receiver, target: str) -> None:
    """Out of the folder, with a date, with another extension: wherever the log goes, its last lines come."""
    with Writer(filebeat.logs / "client" / "app.log", "other") as writer:
        # Filebeat looks for files every second: what is moved out of its folders before that is never seen.
        receiver.wait(1)
        moved = filebeat.logs / target
        moved.parent.mkdir(exist_ok=True)
        writer.path.rename(moved)
        # The application goes on writing to the file that it has open, then opens the new one.
        writer.grow(1500)
        writer.reopen()
        writer.grow(500)
    receiver.wait(writer.written)
    assert set(receiver.seen) == keys("other", writer.written)


def test_slow_logstash(binary: Path, tmp_path: Path) -> None:
    """Rotations while Logstash takes 400 lines a second and 1,000 are written: the rest comes later, all of it."""
    with Receiver(pause_s=0.3) as slow, Filebeat(binary, tmp_path, slow.port) as filebeat:
        with Writer(filebeat.logs / "client" / "app.log", "slow") as writer:
            for _ in range(5):
                writer.grow(1000)
                turn(writer)
        slow.pause_s = 0
        slow.wait(writer.written)
        assert set(slow.seen) == keys("slow", writer.written)


def test_outage_with_rotation(filebeat: Filebeat, receiver: Receiver) -> None:
    """Logstash is away while the log is rotated three times: all lines come when it is back, without a restart."""
    with Writer(filebeat.logs / "client" / "app.log", "outage") as writer:
        writer.grow(500)
        receiver.away()
        for _ in range(3):
            writer.grow(1500)
            turn(writer)
        receiver.back()
    receiver.wait(writer.written)
    assert set(receiver.seen) == keys("outage", writer.written)


def test_outage_longer_than_files_are_kept_open(binary: Path, receiver: Receiver, tmp_path: Path) -> None:
    """After an outage longer than HOLYSHEEP_FILEBEAT_KEEP_OPEN a restart brings what was rotated meanwhile."""
    with Filebeat(binary, tmp_path, receiver.port, variables={"HOLYSHEEP_FILEBEAT_KEEP_OPEN": "3s"}) as filebeat:
        with Writer(filebeat.logs / "client" / "app.log", "long") as writer:
            writer.grow(500)
            receiver.away()
            for _ in range(3):
                writer.grow(2000)
                turn(writer)
        # The outage's length is what is tested.
        time.sleep(10)
        receiver.back()
        filebeat.stop()
        filebeat.start()
        receiver.wait(writer.written)
    assert set(receiver.seen) == keys("long", writer.written)


def test_moved_out_during_an_outage_with_a_restart(filebeat: Filebeat, receiver: Receiver) -> None:
    """A restart closes the file, which is not found again where it is now. Moved back, it is read."""
    path = filebeat.logs / "client" / "app.log"
    path.parent.mkdir()
    receiver.away()
    path.write_bytes(b"".join(line("out", number) for number in range(500)))
    # Filebeat opens it, and its queue is full.
    time.sleep(2.5)
    moved = path.rename(filebeat.logs / "app.log.1")
    filebeat.kill()
    receiver.back()
    filebeat.start()
    time.sleep(3)
    assert not receiver.seen
    moved.rename(path.with_name("app.log.1"))
    receiver.wait(500)
    assert set(receiver.seen) == keys("out", 500)


def test_overwritten_in_place(filebeat: Filebeat, receiver: Receiver) -> None:
    """Of a text that is written over a shorter one only the rest is read; of a file renamed into place all."""
    path = filebeat.logs / "openai_usage" / "export.json"
    path.parent.mkdir()
    path.write_bytes(line("old", 0))
    receiver.wait(1)
    with path.open("r+b") as file:
        file.write(line("new", 0) + line("new", 1))
    receiver.wait(2)
    time.sleep(2.5)
    assert set(receiver.seen) == {*keys("old", 1), ("new-000001", "")}
    beside = filebeat.logs / "export.json.part"
    beside.write_bytes(line("new", 0) + line("new", 1))
    beside.rename(path)
    receiver.wait(3)
    assert set(receiver.seen) == keys("old", 1) | keys("new", 2)


@pytest.mark.parametrize("away", [False, True], ids=["logstash-there", "logstash-away"])
def test_deleted_while_written(filebeat: Filebeat, receiver: Receiver, away: bool) -> None:  # noqa: FBT001 - a parameter
    """A log that is deleted while the application still writes to it is read to its end, its successor too."""
    with Writer(filebeat.logs / "client" / "app.log", "deleted") as writer:
        writer.grow(1000)
        receiver.wait(1)
        if away:
            receiver.away()
        for _ in range(3):
            writer.path.unlink()
            writer.grow(500)
            writer.reopen()
            # Filebeat looks for new files every second: a file that comes and goes between two looks is never seen.
            writer.grow(2000)
        if away:
            receiver.back()
    receiver.wait(writer.written)
    assert set(receiver.seen) == keys("deleted", writer.written)


def test_copytruncate_of_a_quiet_log(filebeat: Filebeat, receiver: Receiver) -> None:
    """Lines that Filebeat has read before the cut, and those after it, come; the copy adds no document."""
    path = filebeat.logs / "client" / "app.log"
    path.parent.mkdir()
    for turn_number in range(3):
        path.open("ab").write(b"".join(line("copied", turn_number * 500 + i) for i in range(500)))
        receiver.wait((turn_number + 1) * 500)
        shutil.copyfile(path, path.with_name(f"app.log.{turn_number}"))
        os.truncate(path, 0)
        # Filebeat takes a log for cut when it is shorter than at its last look.
        time.sleep(2.5)
    receiver.wait(1500)
    assert set(receiver.seen) == keys("copied", 1500)


def test_copytruncate_under_load(filebeat: Filebeat, receiver: Receiver) -> None:
    """The copy is read as a file of its own, so only lines between the copy and the cut are lost: none here."""
    with Writer(filebeat.logs / "client" / "app.log", "cut") as writer:
        for turn_number in range(3):
            writer.grow(2000)
            with writer.lock:
                shutil.copyfile(writer.path, writer.path.with_name(f"app.log.{turn_number}"))
                os.truncate(writer.path, 0)
        writer.grow(2000)
    receiver.wait(writer.written)
    assert set(receiver.seen) == keys("cut", writer.written)


@pytest.mark.parametrize("while_down", [False, True], ids=["at-once", "rotated-while-down"])
def test_kill_9(filebeat: Filebeat, receiver: Receiver, while_down: bool) -> None:  # noqa: FBT001 - a parameter
    """Killed under load, and rotated while it was down: every line comes after the next start."""
    with Writer(filebeat.logs / "client" / "app.log", "killed") as writer:
        for _ in range(3):
            writer.grow(1500)
            filebeat.kill()
            if while_down:
                turn(writer)
                writer.grow(500)
            filebeat.start()
        writer.grow(500)
    receiver.wait(writer.written)
    assert set(receiver.seen) == keys("killed", writer.written)


def test_logrotate_deletes_the_oldest(filebeat: Filebeat, receiver: Receiver) -> None:
    """With `rotate 2` the oldest is deleted; its successor is read from the start, whichever inode it has.

    Filebeat holds the deleted one open, and with it its space on the disk.
    """
    with Writer(filebeat.logs / "client" / "app.log", "kept") as writer:
        for _ in range(6):
            writer.grow(1500)
            rotate(writer.path, keep=2)
            writer.reopen()
        writer.grow(500)
    receiver.wait(writer.written)
    assert set(receiver.seen) == keys("kept", writer.written)
    held = [str(link.readlink()) for link in Path(f"/proc/{filebeat.pid}/fd").iterdir()]
    assert any(name.endswith("/app.log.2 (deleted)") for name in held)
