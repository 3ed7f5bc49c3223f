"""Which log files `status` names, and why."""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.render.context import LOGS
from runner.runtimes.docker import unread

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


def test_positions_are_the_checkpoint_and_what_came_after_it() -> None:
    """The last state of each file counts; a removed one is gone; a line that is being written is passed over."""
    assert unread.offsets(REGISTRY) == {f"{LOGS}/client/unopened.log": 0, f"{LOGS}/client/new.log.1": 9}


def test_files_that_are_not_read_are_named_with_the_reason(tmp_path: Path) -> None:
    """A file that was read to its end is not named; each other is, with what to do."""
    names = (
        "api-1.log", "client/read.log", "client/deep/er/read.jsonl", "client/part.log.1", "client/app.log.2.gz",
        "client/notes.md", "nowhere/app.log", "syslog", "README",
    )  # fmt: skip
    for name in names:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("12345")
    (tmp_path / "client" / "link.log").symlink_to(tmp_path / "api-1.log")
    read = {f"{LOGS}/{name}": 5 for name in ("api-1.log", "client/read.log", "client/deep/er/read.jsonl")}
    read[f"{LOGS}/client/part.log.1"] = 2
    known = unread.inputs(unread.INPUTS.read_text(encoding="utf-8"))
    actual = {file.path: file.why for file in unread.unread_files(tmp_path, known, read)}
    assert {path: reason.partition(":")[0].partition(";")[0] for path, reason in actual.items()} == {
        "README": "no source reads this folder",
        "client/app.log.2.gz": "it is compressed",
        "client/link.log": "it is a symbolic link",
        "client/notes.md": "the input does not accept its name",
        "client/part.log.1": "3 of 5 bytes are not in Logstash yet",
        "nowhere/app.log": "no source reads this folder",
        "syslog": "5 of 5 bytes are not in Logstash yet",
    }
