"""What all tests share: kinds that must not be skipped, and their reasons in the summary."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

from tests import workers

if TYPE_CHECKING:
    from collections.abc import Generator

    from xdist.remote import Producer
    from xdist.workermanage import WorkerController

#: CI names the kinds that it can run (`jruby,integration`); a skip among them is a failure there.
REQUIRED = frozenset(filter(None, os.environ.get("HOLYSHEEP_REQUIRE", "").split(",")))

# CI tries the same examples at every run, so that it fails for what a commit changed alone. `make test` elsewhere
# tries new ones, and a failure is kept as an `@example` beside its law.
settings.register_profile("ci", derandomize=True)
if REQUIRED:
    settings.load_profile("ci")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
    call: pytest.CallInfo[None],  # noqa: ARG001  # the hook's signature
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Turns a skip of a required kind into a failure that tells the reason.

    A test that is `official` as well may be skipped unless that is required, too.
    """
    report = yield
    marks = {mark.name for mark in item.iter_markers()}
    kinds = REQUIRED & marks
    if report.skipped and kinds and ("official" not in marks or "official" in REQUIRED):
        report.outcome = "failed"
        report.longrepr = f"{'/'.join(sorted(kinds))} must not be skipped here (HOLYSHEEP_REQUIRE): {report.longrepr}"
    return report


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """In a worker, the order in which groups are taken up."""
    if hasattr(config, "workerinput"):
        workers.longest_first(items)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> workers.Scheduler:
    """Groups of ours: pytest-xdist 3.8 can't read its own mark `xdist_group` with pytest 9.2."""
    return workers.Scheduler(config, log)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """The worker's last word."""
    workers.hand_over(session.config)


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: WorkerController) -> None:
    """A worker has ended."""
    workers.take_over(node)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Which components of the stack were real."""
    if lines := terminalreporter.config.stash.get(workers.TOLD, None):
        terminalreporter.section("stack")
        for line in lines:
            terminalreporter.line(line)
