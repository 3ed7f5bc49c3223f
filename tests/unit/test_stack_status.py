"""What `status` makes of what it is told."""

from __future__ import annotations

import argparse
import json
from typing import Final

import pytest

from runner.cluster import lag
from runner.commands import status as command
from runner.runtime import Service, Status
from runner.runtimes import choose
from runner.runtimes.docker import status, trouble


@pytest.mark.parametrize(
    ("indices", "nodes", "warns"),
    [(799, 1, False), (800, 1, True), (1199, 3, False), (1200, 3, True), (5000, 0, False)],
)
def test_too_many_indices_are_told_in_time(indices: int, nodes: int, warns: bool) -> None:  # noqa: FBT001  # a column
    """Before the limit, which several nodes raise and copies halve; of somebody else's cluster we know nothing."""
    services = [f"elasticsearch-{number}" for number in range(nodes)]
    assert bool(status.crowded(indices, [*services, "logstash"], 1000)) == warns


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(1.26, "1.3 s"), (119, "119.0 s"), (600, "10 min"), (9_000, "2.5 h"), (48_127_039, "557 days")],
)
def test_spans_are_for_people(seconds: float, words: str) -> None:
    """Replayed logs are days late, live ones seconds."""
    assert lag.span(seconds) == words


class Beside:
    """A runtime whose documents can't be read, as with an existing cluster whose key was removed."""

    mode = "docker"

    def __init__(self, *troubles: str) -> None:
        self.troubles = list(troubles)

    def status(self) -> Status:
        """Everything runs."""
        queue = {"queued_events": 1200, "dead_letter_error": "" if not self.troubles else "full"}
        logstash = Service("logstash", "running", "healthy", "9.5.2", well=True)
        return Status([logstash], "running", {"logstash": {"gateway": queue}}, self.troubles)

    def unreadable(self) -> str:
        """Why they can't be read."""
        return "documents are not counted"


def test_a_trouble_is_told_and_ends_with_1_whether_documents_are_read_or_not(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Figures are printed; `--json` has the words beside them too."""
    for troubles in ((), ("300 documents were dropped",)):
        monkeypatch.setattr(choose, "remembered", lambda troubles=troubles: Beside(*troubles))
        assert command.run(argparse.Namespace(json=False)) == len(troubles)
        lines = capsys.readouterr().out.splitlines()
        assert "gateway: queued events 1,200" in lines
        assert [line for line in lines if "dropped" in line] == list(troubles)
        assert command.run(argparse.Namespace(json=True)) == len(troubles)
        report = json.loads(capsys.readouterr().out)
        assert report["warnings"] == list(troubles)
        assert report["logstash"]["gateway"]["dead_letter_error"] == ("full" if troubles else "")


def test_what_a_node_refuses_is_said_with_what_to_do() -> None:
    """The words are Elasticsearch 9.5.2's, of a start of three nodes."""
    log_line = "bootstrap check failure [1] of [2]: max file descriptors [20000] for elasticsearch process is too low"
    assert (trouble._sign(log_line) or ("", ""))[1].startswith("HOLYSHEEP_NOFILE")
    log_line = "bootstrap check failure [2] of [2]: max virtual memory areas vm.max_map_count [65530] is too low"
    assert (trouble._sign(log_line) or ("", ""))[1].startswith("sysctl")


def _logstash(message: str, **details: str) -> str:
    """A line of Logstash's JSON log, as its agent writes it."""
    event = {"message": message, **details}
    return json.dumps({"level": "ERROR", "loggerName": "logstash.agent", "timeMillis": 1, "logEvent": event})


# Both ways in which Logstash 8.19.20 and 9.5.2 say it, and what they say of a wrong setting before the first.
INVALID: Final = _logstash(
    "Invalid setting for http input plugin:\n\n  input {\n    http {\n"
    "      # This setting must be a path\n      ...\n    }\n  }"
)
FAILED: Final = _logstash(
    "Failed to execute action",
    action="LogStash::PipelineAction::Create/pipeline_id:gateway",
    exception="Java::JavaLang::IllegalStateException",
    message_1="Unable to configure plugins: (ConfigurationError) Something is wrong with your configuration.",
)
FAILED_LATER: Final = _logstash(
    "Failed to execute action",
    id="gateway",
    action_type="LogStash::ConvergeResult::FailedAction",
    message_1="Could not execute action: PipelineAction::Create<gateway>, action_result: false",
)


@pytest.mark.parametrize(
    ("log", "words"),
    [
        (FAILED, "Unable to configure plugins: (ConfigurationError) Something is wrong with your configuration."),
        (FAILED_LATER, "Could not execute action: PipelineAction::Create<gateway>, action_result: false"),
        (
            f"{INVALID}\n{FAILED}",
            "Invalid setting for http input plugin: input { http { This setting must be a path ... } }",
        ),
    ],
    ids=["its plugins can't be configured", "its plugins can't be started", "a setting is wrong"],
)
def test_a_pipeline_that_fails_again_and_again_ends_the_start_with_its_reason(log: str, words: str) -> None:
    """Logstash itself would stay `starting` until the time is over: it tries again every 3 s."""
    error = trouble.failed_pipeline("\n".join(["no JSON at all", *[log] * 4]))
    assert error is not None
    assert error.where == "logstash"
    assert error.what == f"the pipeline gateway can't be started: {words}"


def _queue_failed(why: str) -> str:
    """How Logstash 9.5.2 says that a pipeline's queue can't be opened."""
    return _logstash(
        "Failed to execute action",
        action="LogStash::PipelineAction::Create/pipeline_id:gateway",
        exception="Java::JavaLang::IllegalStateException",
        message_1=why,
    )


LOCKED: Final = _queue_failed(
    "org.logstash.LockException: The queue failed to obtain exclusive access, cause: Lock held by this virtual machine "
    "on lock path: /usr/share/logstash/data/queue/gateway/.lock"
)


@pytest.mark.parametrize(
    ("log", "words", "hint"),
    [
        (
            [
                _queue_failed(
                    "java.io.IOException: Unable to allocate 136848105 more bytes for persisted queue on top of its "
                    "current usage of 72867095 bytes"
                )
            ]
            * 4,
            "its disk has no room for the whole queue, 136,848,105 more bytes are needed",
            "free some space, or lower HOLYSHEEP_QUEUE_MAX_BYTES",
        ),
        (
            [_queue_failed("a fault occurred in an unsafe memory access operation"), *[LOCKED] * 3],
            "its queue can't be opened: its first try failed, most likely on a full disk",
            "free some space, then `docker compose -f compose/compose.yaml restart logstash`",
        ),
        (
            [_queue_failed("java.nio.BufferUnderflowException"), *[LOCKED] * 3],
            "a file of its queue is empty or cut off, as after a power loss",
            "docs/troubleshooting.md",
        ),
    ],
    ids=["too little space", "no space at all", "an empty checkpoint"],
)
def test_a_queue_that_cant_be_opened_is_told_with_what_to_do(log: list[str], words: str, hint: str) -> None:
    """Also when the first failure alone had the reason: the lock stays after it."""
    error = trouble.failed_pipeline("\n".join(log))
    assert error is not None
    assert error.what == f"the pipeline gateway can't be started: {words}"
    assert (error.hint or "").startswith(hint)


@pytest.mark.parametrize(
    "log",
    [
        "\n".join([FAILED] * 3),
        "\n".join([*[FAILED] * 4, _logstash("Pipeline started", **{"pipeline.id": "gateway"})]),
    ],
    ids=["three tries may be passing trouble", "it has started since"],
)
def test_a_pipeline_that_may_still_start_ends_nothing(log: str) -> None:
    """`up` goes on waiting."""
    assert trouble.failed_pipeline(log) is None


@pytest.mark.parametrize(
    "words",
    [
        "Error starting userland proxy: listen tcp4 127.0.0.1:9200: bind: address already in use",
        "Bind for 127.0.0.1:9200 failed: port is already allocated",
    ],
)
def test_a_taken_port_is_named_with_its_variable(words: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """In the words of an engine with and of one without a proxy."""
    monkeypatch.setenv("HOLYSHEEP_ELASTICSEARCH_PORT", "9200")
    assert trouble._taken(f"Error response from daemon: {words}\nError: failed to start containers") == (
        "another program listens on 127.0.0.1:9200",
        "stop it, or set HOLYSHEEP_ELASTICSEARCH_PORT to a free port",
    )
    assert trouble._taken("no space left on device") is None


def test_a_taken_port_is_told_before_a_service_that_was_still_starting(monkeypatch: pytest.MonkeyPatch) -> None:
    """The start ended while Kibana was not healthy yet, which is no reason. 4317 has no variable."""
    kibana = {"Service": "kibana", "Name": "kibana-1", "State": "running", "Health": "starting", "ExitCode": 0}
    monkeypatch.setattr(trouble.engine, "containers", lambda: [kibana])
    error = trouble.explain("Error response from daemon: Bind for 127.0.0.1:4317 failed: port is already allocated")
    assert str(error) == (
        "docker compose: another program listens on 127.0.0.1:4317, stop it: no variable moves this port"
    )
