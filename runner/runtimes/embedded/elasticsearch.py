"""Runs a real Elasticsearch as a local process: start, wait until healthy, stop, state."""

from __future__ import annotations

import fcntl
import os
import signal
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, NoReturn

from elastic_transport import ConnectionError as Unreachable
from elasticsearch import ApiError, Elasticsearch

from generator.errors import UserError
from runner.host import machine
from runner.runtimes.embedded import process, reason, secret
from runner.runtimes.embedded.layout import Layout, prepare, write_roles

if TYPE_CHECKING:
    from runner.host.jdk import Choice, Jdk

#: Seconds that a start may take. Measured: 12 s on an idle machine with two cores, 90 s on a busy one.
START_S = 300.0
#: Seconds until Elasticsearch has read a new roles.yml: it looks every 5 s (resource.reload.interval.high).
ROLES_S = 6.0
#: Number of ports to try when another program takes a port between the check and the start.
TRIES = 5
Say = Callable[[str], None]


@dataclass(frozen=True)
class State:
    """The node's state. `crashed`: it was started, nobody stopped it, and its process is gone."""

    what: Literal["running", "stopped", "crashed"]
    record: process.Record | None


def state(layout: Layout) -> State:
    """The node's state, from its record and its process."""
    record = process.read(layout.record)
    if record is None:
        return State("stopped", None)
    return State("running" if record.alive else "crashed", record)


def url(port: int) -> str:
    """The address of the node."""
    return f"https://localhost:{port}"


def client(layout: Layout, port: int, user: str = secret.ADMIN) -> Elasticsearch:
    """A client with the rights of a user. The certificate is verified against this checkout's authority only."""
    password = secret.passwords(layout.secrets)[user]
    return Elasticsearch(
        url(port),
        basic_auth=(user, password),
        ca_certs=str(layout.authority),
        request_timeout=60,
        max_retries=0,
        retry_on_status=(),
    )


def start(layout: Layout, choice: Choice, say: Say) -> process.Record:
    """Start the node unless it runs, and wait until it is healthy. UserError with the reason from its log."""
    layout.base.mkdir(parents=True, exist_ok=True)
    with (layout.base / "lock").open("w") as lock:
        # When two `up` run at once, the second waits here and then uses the node that the first started.
        fcntl.flock(lock, fcntl.LOCK_EX)
        return _start(layout, choice, say)


def _start(layout: Layout, choice: Choice, say: Say) -> process.Record:
    node = state(layout)
    if node.what != "running" and (orphans := process.working_in(layout.base)):
        say(f"ending processes of an interrupted start: {', '.join(map(str, orphans))}")
        process.end(orphans)
    if node.what == "running" and node.record is not None:
        if write_roles(layout):
            say("the roles changed: waiting until Elasticsearch has read them")
            time.sleep(ROLES_S)
        _wait_healthy(layout, node.record, time.monotonic() + START_S)
        return node.record
    if node.what == "crashed" and node.record is not None:
        say(f"Elasticsearch (pid {node.record.pid}) ended unexpectedly; starting it again")
    machine.check_disk(layout.base)
    heap = machine.heap(machine.memory())
    if layout.runner is not None:
        say(f"Elasticsearch refuses root: it runs as the user {layout.runner.name}")
    first_port = machine.PORT
    while True:
        port, may_move = machine.http_port(first_port)
        if may_move and port != machine.PORT:
            say(f"port {machine.PORT} is taken by another program, {port} is used")
        prepare(layout, choice.jdk, port, heap)
        say(f"starting Elasticsearch {layout.version} on Java {choice.jdk.major} with {heap} MiB of heap")
        try:
            return _launch(layout, choice.jdk, port)
        except reason.PortTakenError:
            # The port was free at the check; on a busy machine another program may take it before the start.
            if not may_move or port > machine.PORT + TRIES:
                raise
            first_port = port + 1


def _launch(layout: Layout, jdk: Jdk, port: int) -> process.Record:
    for log in layout.logs:
        # The reason of a failure must come from this start's log, not from an earlier start's.
        if log.is_file():
            log.replace(log.with_suffix(".previous.log"))
    pid_file = layout.base / "tmp" / "pid"
    pid_file.unlink(missing_ok=True)
    until = time.monotonic() + START_S
    with layout.logs[0].open("wb") as start_log:
        # With -d the launcher waits until the node runs, or prints the reason on stderr.
        launcher = subprocess.Popen(  # type: ignore[call-overload]
            [str(layout.home / "bin" / "elasticsearch"), "-d", "-p", str(pid_file)],
            stdin=subprocess.DEVNULL, stdout=start_log, stderr=start_log,
            env=layout.environment(jdk), cwd=layout.base / "logs",
            start_new_session=True, **layout.run_as(),
        )  # fmt: skip
    try:
        code = launcher.wait(timeout=START_S)
        pid = int(pid_file.read_text()) if code == 0 and pid_file.is_file() else 0
        started = process.start_of(pid) if pid else None
        if started is None:
            raise_reason(layout)
        record = process.Record(pid, started, layout.version, port)
        record.write(layout.record)
        _wait_healthy(layout, record, until)
    except subprocess.TimeoutExpired:
        _end_group(launcher.pid)
        raise UserError(
            f"Elasticsearch did not start within {START_S:.0f} s",
            where="elasticsearch",
            hint=f"the machine may be too busy: try again, or see {layout.logs[1]}",
        ) from None
    except BaseException:
        # Also after Ctrl-C: a node that is half started would hold the port and the data.
        if not layout.record.is_file():
            _end_group(launcher.pid)
        raise
    return record


def raise_reason(layout: Layout) -> NoReturn:
    """Raise the reason, from the logs, why a node did not start or ended."""
    raise reason.failure(layout.logs)


def _end_group(group: int) -> None:
    try:
        os.killpg(group, signal.SIGTERM)
    except ProcessLookupError:
        return


def _wait_healthy(layout: Layout, record: process.Record, until: float) -> None:
    last = "no answer"
    with client(layout, record.port) as es:
        while time.monotonic() < until:
            if not record.alive:
                raise_reason(layout)
            try:
                health = es.cluster.health(wait_for_status="yellow", timeout="5s")
            except (Unreachable, ApiError) as error:
                last = str(error)
            else:
                if not health["timed_out"]:
                    return
                last = f"its health is {health['status']}"
            time.sleep(0.3)
    raise UserError(
        f"Elasticsearch runs on port {record.port}, but is not healthy: {last}",
        where="elasticsearch",
        hint=f"see {layout.logs[1]}",
    )


def stop(layout: Layout, say: Say) -> bool:
    """Stop the node if it runs; its data stays. True when there was a process to stop."""
    node = state(layout)
    layout.record.unlink(missing_ok=True)
    if node.record is None or node.what == "crashed":
        orphans = process.working_in(layout.base)
        if orphans:
            say(f"ending processes of an interrupted start: {', '.join(map(str, orphans))}")
            process.end(orphans)
        return bool(orphans)
    if not process.stop(node.record):
        say("Elasticsearch did not end after SIGTERM and was killed; confirmed documents are on disk")
    return True
