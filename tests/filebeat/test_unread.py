"""What `status` says of log files, by what a real Filebeat has read and has open."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from generator.render.context import LOGS
from runner.runtimes.docker import positions, unread
from tests.filebeat.process import Filebeat
from tests.filebeat.writer import keys, line

if TYPE_CHECKING:
    from tests.filebeat.receiver import Receiver

pytestmark = pytest.mark.filebeat

CLOSED = f"and Filebeat has closed it; once Logstash takes lines: {unread.RESTART}"


def said(filebeat: Filebeat) -> dict[str, str]:
    """Path → the reason's beginning, as positions.COMMAND and unread.files would tell it of a container."""
    registry = filebeat.data / "registry" / "filebeat"
    checkpoints = sorted(registry.glob("[0-9]*.json"), key=lambda path: int(path.stem))
    parts = [path.read_text(encoding="utf-8") for path in (*checkpoints[-1:], registry / "log.json")]
    parts += [f"lr-x 64 {link.name} -> {link.readlink()}" for link in Path(f"/proc/{filebeat.pid}/fd").iterdir()]
    told = positions.parse("\n".join(parts).replace(str(filebeat.logs), LOGS))
    known = unread.inputs(unread.INPUTS.read_text(encoding="utf-8"))
    return {file.path: file.why for file in unread.unread_files(unread.Folder(filebeat.logs), known, told)}


def wait_until_closed(filebeat: Filebeat, path: str, closed: bool) -> None:  # noqa: FBT001 - what is waited for
    """Return when `status` would say so of the file; AssertionError when it doesn't."""
    end = time.monotonic() + 30
    while (CLOSED in (why := said(filebeat)[path])) != closed:
        assert time.monotonic() < end, why
        time.sleep(0.2)


def test_a_quiet_file_after_a_long_outage(
    binary: Path, receiver: Receiver, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Closed before its end, a file that does not grow is not read when Logstash is back. A restart reads it."""
    monkeypatch.setattr(unread, "LAG_S", -1)
    receiver.away()
    with Filebeat(binary, tmp_path, receiver.port, variables={"HOLYSHEEP_FILEBEAT_KEEP_OPEN": "3s"}) as filebeat:
        path = filebeat.logs / "client" / "app.log"
        path.parent.mkdir()
        path.write_bytes(b"".join(line("quiet", number) for number in range(3000)))
        wait_until_closed(filebeat, "client/app.log", closed=False)
        # Longer than files are kept open, with the second in which it is noticed.
        time.sleep(8)
        receiver.back()
        # What was in the queue comes, after a back-off of the output. Then the reader is no longer held up, and closes.
        receiver.wait(1, longest_s=90)
        wait_until_closed(filebeat, "client/app.log", closed=True)
        # Two looks at the folder more: nothing else comes.
        time.sleep(3)
        assert len(receiver.seen) < 3000
        filebeat.stop()
        filebeat.start()
        receiver.wait(3000)
    assert set(receiver.seen) == keys("quiet", 3000)


def test_depth_links_and_last_lines(filebeat: Filebeat, receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    """Eight folders deep is read and nine is not; a linked folder is; a line without an end waits. `status` agrees."""
    monkeypatch.setattr(unread, "LAG_S", -1)
    folder = filebeat.logs / "client"
    for depth in range(10):
        path = folder.joinpath(*"abcdefghi"[:depth]) / "app.log"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(line("deep", depth))
    other = filebeat.logs / "elsewhere" / "app.log"
    other.parent.mkdir()
    other.write_bytes(line("deep", 9))
    (folder / "linked").symlink_to("../elsewhere")
    (folder / "endless.log").write_bytes(line("deep", 10).rstrip(b"\n"))
    receiver.wait(10)
    # Two looks more: nothing else comes. The registry is written every second.
    time.sleep(3)
    assert set(receiver.seen) == keys("deep", 10)
    assert {path: why.partition(":")[0].partition(" (")[0] for path, why in said(filebeat).items()} == {
        "client/a/b/c/d/e/f/g/h/i/app.log": "it is more than 8 folders deep in its source's folder",
        "client/endless.log": "its last line",
        "elsewhere/app.log": "no source reads this folder",
    }
