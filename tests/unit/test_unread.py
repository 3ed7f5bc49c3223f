"""Which log files `status` names, and why."""

from __future__ import annotations

import os
import time
from io import StringIO
from typing import TYPE_CHECKING

import pytest
from rich.console import Console

from generator.render.context import LOGS
from runner.commands import status
from runner.runtimes.docker import positions, unread
from runner.runtimes.docker.positions import Positions
from runner.runtimes.docker.unread import Folder, Unread

if TYPE_CHECKING:
    from pathlib import Path

REGISTRY = """\
[{"_key":"a","cursor":{"offset":5},"meta":{"source":"/var/log/holysheep/client/old.log"}},{"_key":"b","cursor":null,"meta":null}]
{"op":"set","id":1}
{"k":"c","v":{"cursor":{"offset":3},"meta":{"source":"/var/log/holysheep/client/new.log"}}}
{"op":"set","id":2}
{"k":"d","v":{"cursor":null,"meta":{"source":"/var/log/holysheep/client/unopened.log"}}}
{"op":"set","id":3}
{"k":"c","v":{"cursor":{"offset":9},"meta":{"source":"/var/log/holysheep/client/new.log.1"}}}
{"op":"remove","id":4}
{"k":"a"}
{"op":"set","id":5}
{"k":"d","v":{"cur"""


#: What `ls -l /proc/…/fd` prints.
OPEN = """
/proc/1/fd:
total 0
lrwx------ 1 1000 root 64 Jan  1 00:00 0 -> /dev/null
lr-x------ 1 1000 root 64 Jan  1 00:00 9 -> /var/log/holysheep/client/a b.log
lr-x------ 1 1000 root 64 Jan  1 00:00 10 -> /var/log/holysheep/client/gone.log (deleted)
"""


def read(folder: Path, done: dict[str, int], opened: set[str] | None = None, user: int | None = None) -> list[Unread]:
    """The unread files of a folder; `done` and `opened` have paths within it."""
    known = unread.inputs(unread.INPUTS.read_text(encoding="utf-8"))
    names = None if opened is None else frozenset(f"{LOGS}/{name}" for name in opened)
    told = Positions({f"{LOGS}/{name}": size for name, size in done.items()}, names)
    return unread.unread_files(Folder(folder, user), known, told)


def lay(folder: Path, name: str, text: str = "12345\n", age_s: float = 0) -> Path:
    """A file that is not read yet."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    os.utime(path, (time.time() - age_s,) * 2)
    return path


@pytest.fixture
def old(monkeypatch: pytest.MonkeyPatch) -> None:
    """No file is fresh: nobody can make a file whose ctime is old."""
    monkeypatch.setattr(unread, "LAG_S", -1)


def test_positions_are_the_checkpoint_and_what_came_after_it() -> None:
    """The last state of each file counts; a removed one is gone; a line that is being written is passed over."""
    expected = {f"{LOGS}/client/unopened.log": 0, f"{LOGS}/client/new.log.1": 9}
    assert positions.parse(REGISTRY) == Positions(expected, None)
    told = positions.parse(f"{REGISTRY}\n{OPEN}")
    assert told == Positions(expected, frozenset({f"{LOGS}/client/a b.log", f"{LOGS}/client/gone.log (deleted)"}))


@pytest.mark.usefixtures("old")
def test_files_that_are_not_read_are_named_with_the_reason(tmp_path: Path) -> None:
    """A file that was read to its end is not named; each other is, with what to do."""
    deep = "/".join("abcdefgh")
    names = (
        "api-1.log", "client/read.log", "client/deep/er/read.jsonl", "client/part.log.1", "client/app.log.2.gz",
        "client/notes.md", "nowhere/app.log", "syslog", "README", f"client/{deep}/app.log", f"client/{deep}/i/app.log",
        "client/closed.log",
    )  # fmt: skip
    for name in names:
        lay(tmp_path, name)
    lay(tmp_path, "client/endless.json", "1\n2345")
    (tmp_path / "client" / "link.log").symlink_to(tmp_path / "api-1.log")
    (tmp_path / "client" / "inside").symlink_to("deep")
    (tmp_path / "client" / "outside").symlink_to(tmp_path)
    done = dict.fromkeys(("api-1.log", "client/read.log", "client/deep/er/read.jsonl"), 6)
    done |= {"client/part.log.1": 2, "client/endless.json": 2, "client/closed.log": 3}
    opened = {*names, "client/endless.json"} - {"client/closed.log"}
    actual = {
        file.path: (file.kind, file.why.partition(":")[0].partition(";")[0]) for file in read(tmp_path, done, opened)
    }
    assert actual == {
        "README": ("stuck", "no source reads this folder"),
        f"client/{deep}/app.log": ("waiting", "6 of 6 bytes are not in Logstash yet"),
        f"client/{deep}/i/app.log": ("stuck", "it is more than 8 folders deep in its source's folder"),
        "client/app.log.2.gz": ("packed", "it is packed"),
        "client/closed.log": ("stuck", "3 of 6 bytes are not in Logstash yet, and Filebeat has closed it"),
        "client/endless.json": ("stuck", "its last line (4 bytes) has no line feed at its end"),
        "client/link.log": ("stuck", "it is a symbolic link"),
        "client/notes.md": ("stuck", "the input does not accept its name"),
        "client/outside": ("stuck", "it is a symbolic link out of the log folder, which the container does not see"),
        "client/part.log.1": ("waiting", "4 of 6 bytes are not in Logstash yet"),
        "nowhere/app.log": ("stuck", "no source reads this folder"),
        "syslog": ("waiting", "6 of 6 bytes are not in Logstash yet"),
    }


def test_a_file_that_grows_is_on_its_way(tmp_path: Path) -> None:
    """A second's lag is no reason to do something, whether the line is half written or the file not opened yet."""
    lay(tmp_path, "client/half.log", "1\n2")
    lay(tmp_path, "client/new.log")
    assert {file.kind for file in read(tmp_path, {"client/half.log": 2}, opened=set())} == {"waiting"}


@pytest.mark.usefixtures("old")
def test_a_closed_file_is_not_told_where_open_files_are_unknown(tmp_path: Path) -> None:
    """Without an answer from /proc nothing is claimed."""
    lay(tmp_path, "client/app.log")
    assert [file.kind for file in read(tmp_path, {}, opened=None)] == ["waiting"]


@pytest.mark.parametrize(
    ("mode", "folder_mode", "user", "why"),
    [
        (0o600, 0o755, 4321, "client/app.log has the mode 0600"),
        (0o604, 0o755, 4321, ""),
        (0o600, 0o755, os.getuid(), ""),
        (0o066, 0o755, os.getuid(), "client/app.log has the mode 0066"),
        (0o644, 0o754, 4321, "client has the mode 0754"),
        (0o644, 0o750, None, ""),
    ],
)
def test_a_file_that_the_container_may_not_read(
    tmp_path: Path, mode: int, folder_mode: int, user: int | None, why: str
) -> None:
    """Owner, group 0 and others as the kernel counts them for a process without capabilities, folders included."""
    path = lay(tmp_path, "client/app.log")
    # Its group is not the container's, which is 0, and the folder of the test is open to all.
    group = Folder(tmp_path, user, os.getgid() + 1)
    tmp_path.chmod(0o755)
    path.chmod(mode)
    path.parent.chmod(folder_mode)
    try:
        known = unread.inputs(unread.INPUTS.read_text(encoding="utf-8"))
        (file,) = unread.unread_files(group, known, Positions())
    finally:
        path.parent.chmod(0o755)
    assert file.why.partition(",")[0] == (
        why or "6 of 6 bytes are not in Logstash yet; if that stays so: docs/log-rotation.md"
    )
    assert file.kind == ("stuck" if why else "waiting")
    # Seen on Filebeat: a file that it could not open is tried again only when it grows.
    assert file.why.endswith(f"chmod o+rX, and unless the file grows: {unread.RESTART}") == bool(why)


def test_a_file_that_is_deleted_meanwhile(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Between two looks at it a rotation may take it away; the others are named."""
    lay(tmp_path, "client/a.log")
    lay(tmp_path, "client/b.md")
    seen = Folder.refused

    def gone(folder: Folder, path: Path) -> str:
        path.unlink()
        path.stat()
        return seen(folder, path)

    monkeypatch.setattr(Folder, "refused", gone)
    assert [file.path for file in read(tmp_path, {})] == ["client/b.md"]


def test_status_names_what_needs_somebody_and_counts_the_rest() -> None:
    """Rotated logs that logrotate has packed stay for ever: they must not hide anything."""
    report = {
        "files_not_read": [{"path": f"client/{number}.md", "why": "x", "bytes": 0} for number in range(11)],
        "files_waiting": [{"path": "client/a.log", "why": "", "bytes": 5}, {"path": "b", "why": "", "bytes": 1000}],
        "files_packed": [{"path": f"client/app.log.{number}.gz", "why": "", "bytes": 0} for number in range(2, 15)],
    }
    printed = StringIO()
    status._print_unread(Console(file=printed, width=1000), report)
    lines = printed.getvalue().splitlines()
    assert lines[:10] == [f"not read by Filebeat: client/{number}.md: x" for number in range(10)]
    assert [line.partition(";")[0] for line in lines[10:]] == [
        "and 1 other files: `status --json` lists all",
        "waiting for Filebeat: 1,005 bytes of 2 files are not in Logstash yet, most of b",
        "packed files are not read: 13, such as client/app.log.14.gz",
    ]
