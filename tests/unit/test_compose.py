"""Facts about the shipped compose files, by reading them; merged ones by the real `docker compose`."""

from __future__ import annotations

import os
import re
import subprocess
from typing import TYPE_CHECKING, Any

import pytest

from runner.runtimes.docker import available
from runner.runtimes.docker.secrets import NAMES
from tests.composefile import FOLDER, OVERLAYS, load, merged

if TYPE_CHECKING:
    from pathlib import Path

LASTING = ("elasticsearch", "logstash", "filebeat", "kibana")
ONCE = ("certs", "setup")
SECRET = re.compile(r"PASSWORD|SECRET|TOKEN|API_KEY|ENCRYPTIONKEY", re.IGNORECASE)
Json = dict[str, Any]


@pytest.fixture(scope="module")
def services() -> Json:
    """The services of compose.yaml as written."""
    result: Json = load()["services"]
    return result


def ports(name: str) -> list[str]:
    """Every port that a file publishes."""
    return [port for service in load(name)["services"].values() for port in (service or {}).get("ports") or []]


@pytest.mark.parametrize("name", ["compose", *OVERLAYS])
def test_ports_are_the_machines_own(name: str) -> None:
    """Every published port is on 127.0.0.1 unless the user says otherwise."""
    for port in ports(name):
        assert port.startswith(("127.0.0.1:", "${HOLYSHEEP_BIND:-127.0.0.1}:"))


@pytest.mark.parametrize("name", ["compose", *OVERLAYS])
def test_no_secret_is_a_variable(name: str) -> None:
    """No environment entry is named as a secret, nor as a file of one: the images would read it into a variable."""
    for service in load(name)["services"].values():
        named = [key for key in (service or {}).get("environment") or {} if SECRET.search(key)]
        assert named == []


@pytest.mark.parametrize("name", [*LASTING, *ONCE])
def test_services_are_hardened(services: Json, name: str) -> None:
    """No capability, no new privileges, bounded memory and processes, and no root but for the certificates."""
    service = services[name]
    assert service["cap_drop"] == ["ALL"]
    assert "cap_add" not in service
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["mem_limit"]
    assert service["pids_limit"]
    assert service["user"] == ("0:0" if name == "certs" else "${HOLYSHEEP_UID:-1000}:0")
    assert "privileged" not in service


def test_root_has_no_network(services: Json) -> None:
    """What runs as root can reach nobody, and writes to nothing but its volumes."""
    assert services["certs"]["network_mode"] == "none"
    assert services["certs"]["read_only"] is True


@pytest.mark.parametrize("name", LASTING)
def test_lasting_services_tell_when_they_are_ready(services: Json, name: str) -> None:
    """Each has a health check by the shared script, comes back after a crash, and gets time to stop."""
    service = services[name]
    assert service["healthcheck"]["test"] == ["CMD", "/bin/bash", "/holysheep/healthy.sh", name]
    assert service["restart"] == "unless-stopped"
    assert service["stop_grace_period"]


@pytest.mark.parametrize("name", ONCE)
def test_one_shots_are_waited_for(services: Json, name: str) -> None:
    """Somebody depends on their success: `up --wait` would take their exit for a failure otherwise."""
    assert services[name]["restart"] == "no"
    conditions = [s["depends_on"][name]["condition"] for s in services.values() if name in s.get("depends_on", {})]
    assert conditions
    assert set(conditions) == {"service_completed_successfully"}


def test_filebeat_cannot_reach_elasticsearch(services: Json) -> None:
    """The two share no network."""
    assert not set(services["filebeat"]["networks"]) & set(services["elasticsearch"]["networks"])


def test_the_superusers_password_is_for_the_set_up_alone(services: Json) -> None:
    """Only Elasticsearch, which must know it, and the set-up are given it."""
    assert {n for n, s in services.items() if "elastic_password" in s.get("secrets", [])} == {"elasticsearch", "setup"}


def test_every_secret_is_made_and_used(services: Json) -> None:
    """The files that are generated are those that compose declares, and each is used."""
    # Logstash has no key of seals: only the overlay that seals has.
    sealing = load("seal")
    assert set(load()["secrets"]) | set(sealing["secrets"]) - {"change_key"} == set(NAMES)
    used = [*services.values(), *sealing["services"].values()]
    assert {name for service in used for name in service.get("secrets", [])} - {"change_key"} == set(NAMES)
    assert {name for name, service in services.items() if "seal_key" in service.get("secrets", [])} == set()


def test_no_docker_socket_but_for_autodiscovery() -> None:
    """Only the opt-in overlay mounts it, read-only."""
    for name in ("compose", *OVERLAYS):
        mounts = [
            v for s in load(name)["services"].values() for v in (s or {}).get("volumes") or [] if "docker.sock" in v
        ]
        assert mounts == (["/var/run/docker.sock:/var/run/docker.sock:ro"] if name == "autodiscover" else [])


def test_files_of_the_bundle_are_read_only(services: Json) -> None:
    """Whatever is mounted from the host can't be written to by a container, but for the users' keys."""
    writable = "${HOLYSHEEP_SUBJECTS:-../.state/docker/subjects}:/usr/share/logstash/holysheep/subjects"
    assert [name for name, service in services.items() if writable in service.get("volumes", [])] == ["logstash"]
    for service in services.values():
        for volume in service.get("volumes", []):
            if volume != writable and volume.startswith((".", "/", "${")):
                assert volume.endswith(":ro")
                assert volume.startswith("${") or (FOLDER / volume.split(":")[0]).resolve().is_relative_to(
                    FOLDER.parent
                )


def test_one_version_for_all(services: Json) -> None:
    """Every image follows HOLYSHEEP_VERSION, and can be named otherwise as a whole."""
    for name, service in services.items():
        assert re.fullmatch(r"\$\{HOLYSHEEP_IMAGE_[A-Z]+:-.+:\$\{HOLYSHEEP_VERSION:-9\.5\.2\}\}", service["image"]), (
            name
        )


def test_every_variable_is_described() -> None:
    """.env.example and docs/compose.md name exactly the variables that the compose files use."""
    used = set()
    for path in FOLDER.glob("*.yaml"):
        used |= set(re.findall(r"\$\{(HOLYSHEEP_[A-Z_]+)", path.read_text(encoding="utf-8")))
    described = re.findall(
        r"^#?\s?(HOLYSHEEP_[A-Z_]+)=", (FOLDER / ".env.example").read_text(encoding="utf-8"), re.MULTILINE
    )
    assert set(described) - {"HOLYSHEEP_OVERLAYS"} == used
    documented = (FOLDER.parent / "docs" / "compose.md").read_text(encoding="utf-8")
    assert {name for name in used if f"`{name}`" not in documented} == set()


@pytest.mark.parametrize("overlays", [(), *[(name,) for name in OVERLAYS], ("kafka", "three-nodes", "debug")])
def test_compose_takes_every_overlay(overlays: tuple[str, ...]) -> None:
    """The real `docker compose config` merges each without a complaint."""
    if merged(*overlays) is None:
        pytest.skip("there is no docker compose here")


def test_an_existing_cluster_brings_no_elasticsearch() -> None:
    """With that overlay only what ships lines is left, and no superuser's password is known anywhere."""
    actual = merged("existing-cluster")
    if actual is None:
        pytest.skip("there is no docker compose here")
    assert set(actual["services"]) == {"certs", "logstash", "filebeat", "canary"}
    assert set(actual["secrets"]) == {"writer_api_key", "webhook_password", "privacy_key", "audit_key", "cluster_ca"}


#: Overlay → the secrets that its container has with an existing cluster.
WITH_A_KEY = {
    "alerts": {"alerter_api_key"},
    "report": {"reader_api_key", "smtp_password"},
    "rollup": {"rollup_api_key"},
    "seal": {"sealer_api_key", "seal_key", "audit_key", "change_key"},
}


@pytest.mark.parametrize("name", WITH_A_KEY)
def test_overlays_of_an_existing_cluster(name: str) -> None:
    """They wait for nothing that is not there, and have a key and an authority in place of a password."""
    own, actual = merged(name), merged("existing-cluster", name, f"existing-cluster-{name}")
    if own is None or actual is None:
        pytest.skip("there is no docker compose here")
    service = actual["services"][name]
    assert set(service["depends_on"]) == {"certs"}
    assert {secret["source"] for secret in service["secrets"]} == WITH_A_KEY[name] | {"cluster_ca"}
    if name == "alerts":
        assert service["environment"]["HOLYSHEEP_ELASTICSEARCH"] == "https://x:9200"
        assert service["environment"]["HOLYSHEEP_CA"] == "/run/secrets/cluster_ca"
        return
    job, login = split(service["command"])
    key = f"/run/secrets/{next(secret for secret in WITH_A_KEY[name] if secret.endswith('_api_key'))}"
    assert login == ["--url", "https://x:9200", "--ca", "/run/secrets/cluster_ca", "--api-key-file", key]
    assert job == split(own["services"][name]["command"])[0]


def split(command: list[str]) -> tuple[list[str], list[str]]:
    """What a container does, and the cluster with the login by which it does that."""
    place = command.index("--url")
    return command[:place], command[place:]


def test_an_image_that_is_built_is_not_asked_of_a_registry() -> None:
    """No registry has it. What it is built from has to be there, until it is built."""
    actual = merged("report", "alerts")
    if actual is None:
        pytest.skip("there is no docker compose here")
    services = {name: actual["services"][name] for name in ("report", "alerts", "certs")}
    elastic = "docker.elastic.co/elasticsearch/elasticsearch:9.5.2"
    report = "holysheep-elk-report:0.1.0"
    assert available.needed(services, lambda _: False) == [elastic, "python:3.13-slim"]
    assert available.needed(services, lambda image: image == report) == [elastic, report, "python:3.13-slim"]


def test_three_nodes_publish_one_port() -> None:
    """The two more nodes have their own data and share the certificate; the first alone is published."""
    actual = merged("three-nodes")
    if actual is None:
        pytest.skip("there is no docker compose here")
    nodes = [actual["services"][name] for name in ("elasticsearch", "elasticsearch-2", "elasticsearch-3")]
    assert [len(node.get("ports") or []) for node in nodes] == [1, 0, 0]
    data = [v["source"] for node in nodes for v in node["volumes"] if v["target"].endswith("/data")]
    assert len(set(data)) == len(nodes)
    assert all(node["environment"]["discovery.type"] == "multi-node" for node in nodes)


@pytest.mark.parametrize("script", sorted((FOLDER / "scripts").glob("*.sh")), ids=lambda path: path.name)
def test_scripts_are_bash(script: Path) -> None:
    """Each is accepted by bash, stops at the first error, and puts no secret into an argument."""
    subprocess.run(["bash", "-n", script], check=True)
    text = script.read_text(encoding="utf-8")
    assert "set -euo pipefail" in text
    assert not re.search(r"curl[^\n]* (-u|--user) ", text)
    assert os.access(script, os.X_OK)
