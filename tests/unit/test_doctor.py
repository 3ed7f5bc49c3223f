"""What the doctor says of a machine."""

from __future__ import annotations

import json
import socket
from typing import TYPE_CHECKING

import pytest

from runner import cli, findings
from runner.cluster import versions
from runner.findings import Finding
from runner.host import clock
from runner.runtimes.docker import doctor as docker
from runner.runtimes.docker import engine
from runner.runtimes.embedded import doctor as embedded

if TYPE_CHECKING:
    from pathlib import Path

NOW = clock.RELEASED.timestamp() + 86_400


def states(findings: list[Finding]) -> list[str]:
    """The states, in order."""
    return [finding.state for finding in findings]


def test_a_clock_before_the_release_is_wrong() -> None:
    """Whatever others say: a machine without a battery starts in 1970."""
    actual = clock.look({"the Docker engine": 0.1}, now=0.0)
    assert states(actual) == ["wrong"]
    assert "before this bundle was released" in actual[0].what


@pytest.mark.parametrize(("ahead", "state"), [(0.2, "ok"), (-4.9, "ok"), (6.0, "wrong"), (-3600.0, "wrong")])
def test_clocks_that_differ_are_wrong(ahead: float, state: str) -> None:
    """More than five seconds, in either direction."""
    actual = clock.look({"Elasticsearch": ahead}, now=NOW)
    assert states(actual) == [state]
    assert ("behind" in actual[0].what) == (ahead < -1)


def test_a_clock_that_nobody_confirms_is_said_to_be_so() -> None:
    """With nothing to compare it the finding says what was checked."""
    actual = clock.look({"Elasticsearch": None}, now=NOW)
    assert states(actual) == ["ok"]
    assert "no other clock is here to compare it with" in actual[0].what


def test_the_engines_time_has_nanoseconds() -> None:
    """As Docker writes it, with any zone."""
    assert clock.ahead_of_text("1970-01-01T01:00:10.123456789+01:00", 8.0) == pytest.approx(2.123456)
    assert clock.ahead_of_text("1970-01-01T00:00:10Z", 8.0) == pytest.approx(2.0)
    assert clock.ahead_of_text("", 8.0) is None


@pytest.mark.parametrize(
    ("text", "version"),
    [("2.40.3", (2, 40, 3)), ("v2.24.4-desktop.1\n", (2, 24, 4)), ("2.24", (2, 24, 0)), ("unknown", None)],
)
def test_versions_are_numbers(text: str, version: versions.Version | None) -> None:
    """A newer one compares greater, whatever hangs on it."""
    assert versions.parse(text) == version


@pytest.mark.parametrize(
    ("version", "word"), [("2.24.3", "too old"), ("1.29.2", "too old"), ("2.24.4", ""), ("5.0.0", "")]
)
def test_an_old_compose_is_refused_with_the_reason(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, version: str, word: str
) -> None:
    """By what the program itself says."""
    program = tmp_path / "compose"
    program.write_text(f"#!/bin/sh\necho {version}\n")
    program.chmod(0o755)
    monkeypatch.setenv("HOLYSHEEP_COMPOSE", str(program))
    for known in (engine.compose_command, engine.compose_version):
        known.cache_clear()
    try:
        problem = engine.compose_problem()
    finally:
        monkeypatch.undo()
        for known in (engine.compose_command, engine.compose_version):
            known.cache_clear()
    assert (word in problem.what and "!override" in problem.what) if problem else not word


def test_a_taken_port_names_its_variable() -> None:
    """The hint is what to set."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        actual = docker._port("127.0.0.1", listener.getsockname()[1], 8080)
    assert actual.state == "wrong"
    assert "HOLYSHEEP_WEBHOOK_PORT" in actual.hint


def test_limits_above_the_memory_are_wrong() -> None:
    """What the containers may take together must fit; one-shots are over by then."""
    services = {"a": {"mem_limit": str(2 * docker.GIB)}, "once": {"mem_limit": str(9 * docker.GIB), "restart": "no"}}
    assert docker._memory(1 * docker.GIB, services).state == "wrong"
    assert docker._memory(int(2.2 * docker.GIB), services).state == "warning"
    assert docker._memory(4 * docker.GIB, services).state == "ok"


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("4gb", 4 * 1024**3),
        ("1.5GB", 1_610_612_736),
        ("512 mb", 536_870_912),
        ("1024", 1024),
        ("10k", 10_240),
        ("x", None),
    ],
)
def test_sizes_are_read_as_logstash_reads_them(text: str, number: int | None) -> None:
    """With powers of 1024, in any case."""
    assert docker.size(text) == number


def test_a_queue_that_finds_no_room_is_wrong(tmp_path: Path) -> None:
    """Logstash wants room for the whole queue when it starts; what waits in it has its room already."""
    services = {"logstash": {"environment": {"HOLYSHEEP_QUEUE_MAX_BYTES": "9000000gb"}}}
    waiting = {"gateway": {"queued_bytes": 9_000_000 * docker.GIB}}
    (alone,) = docker._queue(tmp_path, services, {})
    (full,) = docker._queue(tmp_path, services, waiting)
    assert (alone.state, full.state) == ("wrong", "ok")
    assert "9000000.0 GiB more (HOLYSHEEP_QUEUE_MAX_BYTES)" in alone.what
    assert list(docker._queue(tmp_path, {"kibana": {}}, {})) == []


def test_the_embedded_mode_is_looked_at_without_docker(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Java, memory, disk, port and clock; as JSON too."""
    monkeypatch.setenv("DOCKER_HOST", "unix:///nowhere.sock")
    code = cli.main(["doctor", "--mode", "embedded", "--json"])
    report = json.loads(capsys.readouterr().out)
    assert {"java", "memory", "disk", "port", "clock"} <= {finding["about"] for finding in report["findings"]}
    assert code == int(any(finding["state"] == "wrong" for finding in report["findings"]))


def test_no_java_is_wrong_and_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    """With the hint of the launcher itself."""
    monkeypatch.setattr("runner.host.jdk.homes", lambda _: iter(()))
    actual = embedded._java()
    assert states(actual) == ["wrong"]
    assert "install JDK" in actual[0].hint


def test_brackets_in_a_finding_are_no_markup(capsys: pytest.CaptureFixture[str]) -> None:
    """Elasticsearch's words are full of them."""
    findings.show([Finding("x", "wrong", "[a] b", "[c] d")])
    assert "[a] b" in capsys.readouterr().out


def test_a_machine_whose_name_has_no_address(monkeypatch: pytest.MonkeyPatch) -> None:
    """Elasticsearch looks the name up at its start. `.invalid` never resolves (RFC 6761)."""
    monkeypatch.setattr(socket, "gethostname", lambda: "worker-7.invalid")
    finding = embedded._host_name()
    assert (finding.state, finding.about) == ("wrong", "host name")
    assert "worker-7.invalid" in finding.what
    assert "/etc/hosts" in finding.hint


def test_files_that_are_not_read_are_named() -> None:
    """Ten by name; the twelve files of this case leave two."""
    files: list[dict[str, str | int]] = [
        {"path": f"client/{number}.csv", "why": "the input does not accept its name"} for number in range(12)
    ]
    actual = list(docker._log_files(files))
    assert states(actual) == ["warning"] * 11
    assert actual[0].what == "client/0.csv: the input does not accept its name"
    assert actual[-1].what == "2 more files are not read to the end"
