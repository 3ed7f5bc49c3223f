"""One stack for all tests of a run: started once, told about in the summary, kept on record when a test fails."""

from __future__ import annotations

import os
import resource
import shutil
import socket
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import docker
import pytest
from docker.errors import DockerException

from generator.errors import UserError
from runner.runtimes.docker import engine
from runner.runtimes.docker import secrets as secret_files
from runner.runtimes.docker.settings import IMAGE_USER
from tests.composefile import load
from tests.stack import artefacts, bundle, images
from tests.stack.components import describe
from tests.stack.stack import Compose, Stack
from tests.workers import TOLD

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

STACK = pytest.StashKey[Stack]()
PORTS = ("elasticsearch", "kibana", "webhook")


def free_ports() -> dict[str, int]:
    """Ports that nobody listens on, all held until the last is found."""
    probes = {name: socket.socket() for name in PORTS}
    for probe in probes.values():
        probe.bind(("127.0.0.1", 0))
    result = {name: int(probe.getsockname()[1]) for name, probe in probes.items()}
    for probe in probes.values():
        probe.close()
    return result


def shipped() -> dict[str, str]:
    """The images that the compose file names when no variable does."""
    version = os.environ.get("HOLYSHEEP_VERSION", images.VERSION)
    services = load()["services"]
    written = {name: services[name]["image"].partition(":-")[2] for name in images.SERVICES}
    return {name: text.partition(":${")[0] + f":{version}" for name, text in written.items()}


def environment(folder: Path, project: str, ports: dict[str, int], found: dict[str, images.Image]) -> dict[str, str]:
    """Nothing of a person's own settings slips in, but for the memory and times that the machine needs."""
    # Every variable that isn't set here has the compose file's own default.
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("HOLYSHEEP_", "COMPOSE_"))}
    limits = {k: v for k, v in os.environ.items() if k.startswith("HOLYSHEEP_") and k.endswith(("_MEMORY", "_HEAP"))}
    open_files = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    files = 65_535 if open_files == resource.RLIM_INFINITY else min(65_535, open_files)
    return {
        **clean,
        **limits,
        "COMPOSE_PROJECT_NAME": project,
        "HOLYSHEEP_UID": str(os.getuid() or IMAGE_USER),
        "HOLYSHEEP_SECRETS": str(folder / "secrets"),
        "HOLYSHEEP_LOGS": str(folder / "logs"),
        "HOLYSHEEP_SUBJECTS": str(folder / "subjects"),
        "HOLYSHEEP_NOFILE": str(files),
        # The tests count documents; test_canary.py writes synthetic lines.
        "HOLYSHEEP_CANARY_S": "0",
        **{f"HOLYSHEEP_{name.upper()}_PORT": str(port) for name, port in ports.items()},
        **{f"HOLYSHEEP_IMAGE_{name.upper()}": image.name for name, image in found.items()},
    }


@pytest.fixture(scope="session")
def stack(request: pytest.FixtureRequest) -> Iterator[Stack]:
    """The shipped compose file, healthy. A skip says what it wants and the machine lacks."""
    try:
        client = docker.from_env(timeout=120)
        client.ping()
    except DockerException as error:
        pytest.skip(f"no Docker engine answers: {str(error)[:200]}")
    if engine.compose_command() is None:
        pytest.skip("there is no `docker compose`, and HOLYSHEEP_COMPOSE names none")
    try:
        result = images.resolve(client, shipped())
    except UserError as error:
        pytest.skip(str(error))
    folder = Path(tempfile.mkdtemp(prefix="holysheep-stack-"))
    folder.chmod(0o755)
    bundle.copy(folder)
    ports = free_ports()
    project = f"holysheep-test-{os.getpid()}"
    environment_ = environment(folder, project, ports, result)
    secret_files.ensure(folder / "secrets", owner=int(environment_["HOLYSHEEP_UID"]), data_exists=False)
    (folder / "logs").mkdir()
    compose = Compose(context=folder / "compose", compose_file_name=["compose.yaml"])
    compose.environment = environment_
    running = Stack(folder, project, compose, client, result, ports)
    request.config.stash[STACK] = running
    try:
        with compose_up(running):
            request.config.stash[TOLD] = describe(running)
            yield running
    finally:
        del request.config.stash[STACK]
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(autouse=True)
def official(request: pytest.FixtureRequest, stack: Stack) -> None:
    """Skips a test that a stand-in would make worthless."""
    mark = request.node.get_closest_marker("official")
    if mark and (reason := stack.real(*mark.args)):
        pytest.skip(reason)


class compose_up:  # noqa: N801 - reads as the verb that it is
    """`with`: up on the way in, down with its volumes on the way out; what failed is kept first."""

    def __init__(self, stack: Stack) -> None:
        """Nothing runs yet."""
        self._stack = stack

    def __enter__(self) -> None:
        """Start; on failure keep what the containers said."""
        try:
            self._stack.start()
        except BaseException as error:
            saved = artefacts.save(self._stack, "start")
            self.__exit__()
            if isinstance(error, UserError):
                pytest.fail(f"{error}\nkept in {saved}", pytrace=False)
            raise

    def __exit__(self, *_: object) -> None:
        """Containers, networks and volumes are gone."""
        self._stack.compose.stop()


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """A failed test of a running stack says where its artefacts are."""
    report = yield
    stack = item.config.stash.get(STACK, None)
    if stack is not None and report.failed and call.when == "call" and item.get_closest_marker("stack"):
        report.sections.append(("artefacts", f"kept in {artefacts.save(stack, item.name)}"))
    return report
