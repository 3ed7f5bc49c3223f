"""The Collector of the overlay `otel`: what it takes, where it hands it, and what protects it."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from generator.paths import ROOT
from tests.composefile import load

Json = dict[str, Any]


@pytest.fixture(scope="module")
def config() -> Json:
    """The rendered configuration."""
    result: Json = yaml.safe_load((ROOT / "otel" / "collector.yaml").read_text(encoding="utf-8"))
    return result


def test_it_takes_grpc_and_http_with_tls_alone(config: Json) -> None:
    """Both receivers have a certificate, and TLS 1.3 alone is spoken."""
    protocols = config["receivers"]["otlp"]["protocols"]
    assert set(protocols) == {"grpc", "http"}
    for settings in protocols.values():
        assert settings["tls"]["cert_file"] == "/etc/holysheep/certs/otel.crt"
        assert settings["tls"]["min_version"] == "1.3"


def test_it_hands_json_to_the_webhook_and_gives_up_nothing(config: Json) -> None:
    """The webhook can't read protobuf; the password is read from the secret's file; retries never end."""
    exporter = config["exporters"]["otlp_http/webhook"]
    assert exporter["encoding"] == "json"
    assert exporter["endpoint"] == "https://logstash:8080"
    assert exporter["tls"]["ca_file"] == "/etc/holysheep/certs/ca.crt"
    assert exporter["retry_on_failure"]["max_elapsed_time"] == "0s"
    auth = config["extensions"]["basicauth/webhook"]["client_auth"]
    assert auth["password_file"] == "/run/secrets/webhook_password"  # noqa: S105 - its path
    assert "password" not in auth


def test_every_part_is_used(config: Json) -> None:
    """Traces and logs go the same way, through parts that are all defined."""
    pipelines = config["service"]["pipelines"]
    assert set(pipelines) == {"traces", "logs"}
    for pipeline in pipelines.values():
        for kind in ("receivers", "processors", "exporters"):
            assert set(pipeline[kind]) == set(config[kind])
    assert set(config["service"]["extensions"]) == set(config["extensions"])


def test_a_span_that_was_taken_is_on_the_disk(config: Json) -> None:
    """The queue is a file on a volume that the container may write; nothing holds spans between receiver and queue."""
    queue = config["exporters"]["otlp_http/webhook"]["sending_queue"]
    assert queue["storage"] == "file_storage/queue"
    assert config["processors"].keys() == {"memory_limiter"}
    overlay = load("otel")
    folder = config["extensions"]["file_storage/queue"]["directory"]
    assert f"otel-queue:{folder}" in overlay["services"]["otel"]["volumes"]
    assert "otel-queue:/certs/group/otel" in overlay["services"]["certs"]["volumes"]


def test_the_overlay_mounts_what_the_configuration_names() -> None:
    """Configuration, certificate and password are there, read-only; the service is as hardened as the others."""
    service = load("otel")["services"]["otel"]
    assert "../otel/collector.yaml:/etc/holysheep/collector.yaml:ro" in service["volumes"]
    assert "certs-otel:/etc/holysheep/certs:ro" in service["volumes"]
    assert service["secrets"] == ["webhook_password"]
    assert service["cap_drop"] == ["ALL"]
    assert service["read_only"] is True
    assert 'service otel "otel,localhost' in (ROOT / "compose" / "scripts" / "certs.sh").read_text(encoding="utf-8")
