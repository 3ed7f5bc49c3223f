"""How `make test` shares the tests between pytest-xdist's workers: what needs one node or one stack stays together."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest

if TYPE_CHECKING:
    from xdist.workermanage import WorkerController

#: What the summary says of the stack that a worker started.
TOLD: Final = pytest.StashKey[list[str]]()
#: Folders whose tests share something that takes long to start, or that the machine has only once.
TOGETHER: Final = ("stack", "filebeat", "kafka")
#: What the workers take up first: the longest, so that short files fill the end. All else comes file by file.
FIRST: Final = ("elasticsearch-9", "stack", "elasticsearch-8", "filebeat", "kafka")


def group(item: pytest.Item) -> str:
    """The tests of one group run in one worker, in their order."""
    node = item.callspec.params.get("node") if isinstance(item, pytest.Function) and hasattr(item, "callspec") else None
    if isinstance(node, str):
        return f"elasticsearch-{node}"
    path = item.path.relative_to(item.config.rootpath / "tests")
    return path.parts[0] if path.parts[0] in TOGETHER else str(path)


def _place(name: str) -> int:
    return next((place for place, first in enumerate(FIRST) if name.startswith(first)), len(FIRST))


def share(items: list[pytest.Item]) -> None:
    """Mark each test with its group, and order them: long groups first."""
    names = {item: group(item) for item in items}
    for item, name in names.items():
        item.add_marker(pytest.mark.xdist_group(name))
    items.sort(key=lambda item: _place(names[item]))


def hand_over(config: pytest.Config) -> None:
    """In a worker, at its end: what the summary says goes to the process that prints it."""
    if (output := getattr(config, "workeroutput", None)) is not None:
        output["stack"] = config.stash.get(TOLD, [])


def take_over(worker: WorkerController) -> None:
    """In the process that prints, when a worker has ended."""
    if lines := getattr(worker, "workeroutput", {}).get("stack"):
        worker.config.stash[TOLD] = lines
