"""Filebeat in a cgroup of the limit that compose ships, started by compose/scripts/filebeat.sh."""

from __future__ import annotations

import os
import re
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from generator.paths import ROOT
from tests.composefile import load
from tests.filebeat.process import Filebeat
from tests.filebeat.writer import keys, line

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.filebeat.receiver import Receiver

pytestmark = pytest.mark.filebeat
#: Version 1 has a tree of its own for memory.
TREES = {"memory.limit_in_bytes": Path("/sys/fs/cgroup/memory"), "memory.max": Path("/sys/fs/cgroup")}


def shipped() -> int:
    """Bytes of compose's mem_limit."""
    result = re.fullmatch(r"\$\{HOLYSHEEP_FILEBEAT_MEMORY:-(\d+)m\}", load()["services"]["filebeat"]["mem_limit"])
    assert result
    return int(result[1]) * 1024**2


class Group:
    """A cgroup with a memory limit and no swap."""

    def __init__(self, folder: Path, limit: str) -> None:
        """The folder is there."""
        self.folder, self._limit = folder, folder / limit
        self._limit.write_text(str(shipped()))
        swap = folder / "memory.swap.max"
        if swap.exists():
            swap.write_text("0")

    def kills(self) -> int:
        """Processes that the kernel has killed in it."""
        name = "memory.events" if (self.folder / "memory.events").exists() else "memory.oom_control"
        result = re.search(r"^oom_kill (\d+)$", (self.folder / name).read_text(), re.MULTILINE)
        assert result
        return int(result[1])


@pytest.fixture
def group() -> Iterator[Group]:
    """A cgroup of our own; a skip says that none can be made."""
    limit = next((name for name, tree in TREES.items() if (tree / "cgroup.procs").exists()), None)
    if limit is None:
        pytest.skip("there are no cgroups here")
    folder = TREES[limit] / f"holysheep-test-{os.getpid()}"
    try:
        folder.mkdir()
        new_group = Group(folder, limit)
    except OSError as error:
        pytest.skip(f"no cgroup with a memory limit can be made here: {error}")
    try:
        yield new_group
    finally:
        for _ in range(50):
            try:
                folder.rmdir()
                break
            except OSError:
                time.sleep(0.1)


@pytest.fixture
def limited(binary: Path, receiver: Receiver, tmp_path: Path, group: Group) -> Filebeat:
    """A Filebeat that will be started in the group, with the soft limit that filebeat.sh computes from it."""
    # What the script reads in a container: the limit of its own group.
    script = (ROOT / "compose/scripts/filebeat.sh").read_text(encoding="utf-8")
    names = ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes")
    for name in names:
        assert name in script
        script = script.replace(name, str(group.folder / Path(name).name))
    script = script.replace("exec /usr/local/bin/docker-entrypoint", f"echo $$ > {group.folder}/cgroup.procs; exec")
    starter = tmp_path / "filebeat.sh"
    starter.write_text(script, encoding="utf-8")
    return Filebeat(binary, tmp_path, receiver.port, prefix=("/bin/bash", str(starter)))


def test_long_lines_while_logstash_is_away(limited: Filebeat, receiver: Receiver, group: Group) -> None:
    """500 MB of lines of 5 MB wait in their file, not in memory: no kill, and all come when Logstash is back."""
    size, count = 5_000_000, 100
    receiver.away()
    with limited:
        environment = Path(f"/proc/{limited.pid}/environ").read_bytes()
        assert f"GOMEMLIMIT={shipped() // 100 * 82}".encode() in environment.split(b"\0")
        (limited.logs / "client").mkdir()
        with (limited.logs / "client" / "long.log").open("wb") as file:
            for number in range(count):
                file.write(line("long", number, padding=size))
        # Long enough for the queue to be full.
        time.sleep(15)
        assert (limited.alive(), group.kills()) == (True, 0)
        receiver.back()
        receiver.wait(count, longest_s=180)
        assert (limited.alive(), group.kills()) == (True, 0)
    assert set(receiver.seen) == keys("long", count)


def test_ten_thousand_files_at_once(limited: Filebeat, receiver: Receiver, group: Group) -> None:
    """10,000 small files are read without a kill."""
    (limited.logs / "client").mkdir()
    for number in range(10_000):
        (limited.logs / "client" / f"{number}.log").write_bytes(line("many", number))
    with limited:
        receiver.wait(10_000, longest_s=180)
        assert (limited.alive(), group.kills()) == (True, 0)
    assert set(receiver.seen) == keys("many", 10_000)
