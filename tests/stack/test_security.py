"""What a security engineer would look at, on the running containers."""

from __future__ import annotations

import io
import json
import re
import tarfile
from typing import TYPE_CHECKING

import pytest
from elasticsearch import AuthenticationException, AuthorizationException

from generator.errors import UserError
from runner.cluster import people
from runner.runtimes.docker.secrets import NAMES

if TYPE_CHECKING:
    from tests.stack.stack import Stack

pytestmark = pytest.mark.stack
LASTING = ("elasticsearch", "logstash", "filebeat", "kibana")
ALL = ("certs", "setup", *LASTING)
TOKEN = "/usr/share/kibana/holysheep/token"  # noqa: S105 - a path


@pytest.fixture(scope="module")
def secrets(stack: Stack) -> dict[str, bytes]:
    """Every secret of the stack, Kibana's token too."""
    result = {name: stack.secret(name).encode() for name in NAMES}
    chunks, _ = stack.container("kibana").get_archive(TOKEN)
    with tarfile.open(fileobj=io.BytesIO(b"".join(chunks))) as archive:
        file = archive.extractfile(archive.getmembers()[0])
        assert file is not None
        result["kibana_token"] = file.read().strip()
    assert all(len(value) >= 32 for value in result.values())
    return result


def leaked(secrets: dict[str, bytes], text: bytes) -> list[str]:
    """Names of the secrets that a text holds."""
    return [name for name, value in secrets.items() if value in text]


@pytest.mark.parametrize("service", ALL)
def test_docker_inspect_shows_no_secret(stack: Stack, secrets: dict[str, bytes], service: str) -> None:
    """Neither variables, arguments, labels nor the last words of health checks hold one."""
    text = json.dumps(stack.container(service).attrs).encode()
    assert b'"Env"' in text
    assert leaked(secrets, text) == []


@pytest.mark.parametrize("service", LASTING)
def test_no_process_shows_a_secret(stack: Stack, secrets: dict[str, bytes], service: str) -> None:
    """No command line and no environment of a process in a container holds one."""
    code, text = stack.container(service).exec_run(
        ["/bin/bash", "-c", "cat /proc/[0-9]*/cmdline /proc/[0-9]*/environ 2>/dev/null; true"]
    )
    assert code == 0
    # The environment of the main process was readable, else this would prove nothing.
    assert text.count(b"HOSTNAME=") + text.count(b"PATH=") >= 2
    assert leaked(secrets, text) == []


@pytest.mark.parametrize("service", ALL)
def test_no_log_shows_a_secret(stack: Stack, secrets: dict[str, bytes], service: str) -> None:
    """Nothing that a container has printed holds one; what the two one-shots say is there."""
    text = stack.container(service).logs(stdout=True, stderr=True)
    assert text or service in {"filebeat", "kibana", "logstash"}
    assert leaked(secrets, text) == []


@pytest.mark.parametrize("service", ["elasticsearch", "logstash"])
def test_secret_files_are_their_users_own(stack: Stack, service: str) -> None:
    """In a container a secret can be read by the user of its process and by nobody else."""
    code, text = stack.container(service).exec_run(["/bin/bash", "-c", "stat -L -c '%a %u' /run/secrets/*"])
    assert code == 0
    assert set(text.decode().splitlines()) == {f"600 {stack.compose.environment['HOLYSHEEP_UID']}"}


def test_logstashs_keystore_is_in_memory(stack: Stack) -> None:
    """The file that holds Logstash's passwords is on no disk, and its user's own."""
    ask = 'stat -c "%a %u" "$HOLYSHEEP_KEYSTORE"; stat -f -c %T "$HOLYSHEEP_KEYSTORE"'
    code, text = stack.container("logstash").exec_run(["/bin/bash", "-c", ask])
    assert code == 0
    assert text.decode().splitlines() == [f"600 {stack.compose.environment['HOLYSHEEP_UID']}", "tmpfs"]


@pytest.mark.parametrize("service", LASTING)
def test_processes_have_no_powers(stack: Stack, service: str) -> None:
    """The main process is not root, has no capability, can't get one, and gains nothing by set-uid programs."""
    code, text = stack.container(service).exec_run(["cat", "/proc/1/status"])
    assert code == 0
    status = dict(re.findall(r"^(\w+):\s*(.*)$", text.decode(), re.MULTILINE))
    expected = str(stack.compose.environment["HOLYSHEEP_UID"])
    assert status["Uid"].split() == [expected] * 4
    assert status["Gid"].split() == ["0"] * 4
    assert expected != "0"
    for name in ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"):
        assert int(status[name], 16) == 0, name
    assert status["NoNewPrivs"] == "1"
    assert status["Seccomp"] == "2"


@pytest.mark.parametrize("service", LASTING)
def test_limits_hold(stack: Stack, service: str) -> None:
    """Memory and processes are bounded by the engine, and it restarts what dies."""
    config = stack.container(service).attrs["HostConfig"]
    assert 128 * 1024**2 <= config["Memory"] <= 64 * 1024**3
    assert 0 < config["PidsLimit"] <= 4096
    assert config["RestartPolicy"]["Name"] == "unless-stopped"
    assert config["CapDrop"] == ["ALL"]
    assert not config["CapAdd"]
    assert not config["Privileged"]
    assert config["SecurityOpt"] == ["no-new-privileges:true"]


def test_the_root_one_shot_is_alone(stack: Stack) -> None:
    """What makes the certificates is root without a network, on a read-only file system."""
    attributes = stack.container("certs").attrs
    assert attributes["HostConfig"]["NetworkMode"] == "none"
    assert attributes["HostConfig"]["ReadonlyRootfs"] is True
    assert attributes["State"]["ExitCode"] == 0


@pytest.mark.parametrize("service", ALL)
def test_nothing_of_the_host_can_be_written(stack: Stack, service: str) -> None:
    """Every folder of the host is mounted read-only, but for Logstash's of users' keys; the engine's socket nowhere."""
    mounts = stack.container(service).attrs["Mounts"]
    bound = [mount for mount in mounts if mount["Type"] == "bind"]
    assert bound
    own = [str(stack.folder / "subjects")] if service == "logstash" else []
    assert [mount["Source"] for mount in bound if mount["RW"]] == own
    assert [mount["Source"] for mount in mounts if "docker.sock" in mount["Source"]] == []


def test_ports_are_published_on_the_loopback_alone(stack: Stack) -> None:
    """Three ports, each on 127.0.0.1; Logstash's Beats input and every API are published nowhere."""
    actual = {
        (service, port, binding["HostIp"], int(binding["HostPort"]))
        for service in LASTING
        for port, bindings in stack.container(service).attrs["NetworkSettings"]["Ports"].items()
        for binding in bindings or []
    }
    assert actual == {
        ("elasticsearch", "9200/tcp", "127.0.0.1", stack.ports["elasticsearch"]),
        ("kibana", "5601/tcp", "127.0.0.1", stack.ports["kibana"]),
        ("logstash", "8080/tcp", "127.0.0.1", stack.ports["webhook"]),
    }


def test_filebeat_reaches_logstash_and_not_elasticsearch(stack: Stack) -> None:
    """What reads other people's files has no way to the data."""
    networks = {name: set(stack.container(name).attrs["NetworkSettings"]["Networks"]) for name in LASTING}
    assert not networks["filebeat"] & networks["elasticsearch"]
    assert networks["filebeat"] < networks["logstash"]
    filebeat = stack.container("filebeat")
    reach = "exec 3<>/dev/tcp/{}"
    assert filebeat.exec_run(["/bin/bash", "-c", reach.format("logstash/5044")])[0] == 0
    address = next(iter(stack.container("elasticsearch").attrs["NetworkSettings"]["Networks"].values()))["IPAddress"]
    for name in ("elasticsearch", address):
        assert filebeat.exec_run(["timeout", "5", "/bin/bash", "-c", reach.format(f"{name}/9200")])[0] != 0


def test_a_person_gets_a_user_with_a_role(stack: Stack) -> None:
    """A user that `user add` made reads costs and no audit entry, and is gone after `user remove`; others stay."""
    with stack.client() as es:
        password = people.add(es, "anna", ["finance"])
        try:
            with stack.client("anna", password) as anna:
                assert anna.security.authenticate()["roles"] == ["holysheep_finance"]
                anna.count(index=f"{stack.prefix}-api-*")
                with pytest.raises(AuthorizationException):
                    anna.count(index=f"{stack.prefix}-audit-2025.01.01")
            with pytest.raises(UserError, match="already"):
                people.add(es, "anna", ["auditor"])
            changed = people.new_password(es, "anna")
            with stack.client("anna", password) as old, pytest.raises(AuthenticationException):
                old.security.authenticate()
            with stack.client("anna", changed) as anna:
                anna.security.authenticate()
            assert people.listed(es)["anna"] == ["holysheep_finance"]
        finally:
            people.remove(es, "anna")
        assert "anna" not in people.listed(es)
        with pytest.raises(UserError, match="was not made by `user add`"):
            people.remove(es, "holysheep_reader")
