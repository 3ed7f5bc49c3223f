"""How `make test` shares the tests between pytest-xdist's workers: what needs one node or one stack stays together."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest
from xdist.scheduler import LoadScopeScheduling

from runner.host.jdk import VERSIONS

if TYPE_CHECKING:
    from xdist.workermanage import WorkerController

#: What the summary says of the stack that a worker started.
TOLD: Final = pytest.StashKey[list[str]]()
#: Folders whose tests share something that takes long to start, or that the machine has only once.
TOGETHER: Final = ("tests/stack", "tests/filebeat", "tests/kafka")
#: What the workers take up first: the longest, so that short files fill the end. All else comes file by file.
FIRST: Final = (*VERSIONS, *TOGETHER)


def group(nodeid: str) -> str:
    """The tests of one group run in one worker, in their order: those of a node, of a folder, of a file."""
    file, _, name = nodeid.partition("::")
    node = next((version for version in VERSIONS if f"[{version}" in name), None)
    if node is not None and file.startswith(("tests/integration/", "tests/alerts/")):
        return node
    return next((folder for folder in TOGETHER if file.startswith(f"{folder}/")), file)


def longest_first(items: list[pytest.Item]) -> None:
    """Sort the tests: all of a group are side by side."""
    items.sort(key=lambda item: FIRST.index(name) if (name := group(item.nodeid)) in FIRST else len(FIRST))


class Scheduler(LoadScopeScheduling):
    """Gives whole groups to the workers."""

    def _split_scope(self, nodeid: str) -> str:
        return group(nodeid)


def hand_over(config: pytest.Config) -> None:
    """In a worker, at its end: what the summary says goes to the process that prints it."""
    if (output := getattr(config, "workeroutput", None)) is not None:
        output["stack"] = config.stash.get(TOLD, [])


def take_over(worker: WorkerController) -> None:
    """In the process that prints, when a worker has ended."""
    if lines := getattr(worker, "workeroutput", {}).get("stack"):
        worker.config.stash[TOLD] = lines
