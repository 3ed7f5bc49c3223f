"""Images by digest, and the overlay that names them so."""

from __future__ import annotations

import pytest
import yaml

from runner.pinned import PinnedImage, without_tag
from runner.runtimes.docker.digests import local, overlay

DIGEST = "sha256:" + "a" * 64


@pytest.mark.parametrize(
    ("image", "name"),
    [
        ("docker.elastic.co/kibana/kibana:9.5.2", "docker.elastic.co/kibana/kibana"),
        ("mirror:5000/kibana:9.5.2", "mirror:5000/kibana"),
        ("mirror:5000/kibana", "mirror:5000/kibana"),
        (f"kibana@{DIGEST}", "kibana"),
        (f"mirror:5000/kibana:9.5.2@{DIGEST}", "mirror:5000/kibana"),
    ],
)
def test_a_registrys_port_is_no_tag(image: str, name: str) -> None:
    """Mirrors often have one."""
    assert without_tag(image) == name


def test_only_the_images_own_repository_counts() -> None:
    """An image that was pulled from one registry and named for another has no digest there."""
    known = [f"docker.elastic.co/kibana/kibana@{DIGEST}", "mirror:5000/kibana@sha256:b"]
    assert local("docker.elastic.co/kibana/kibana:9.5.2", known) == DIGEST
    assert local("mirror:5000/kibana:9.5.2", known) == "sha256:b"
    assert local("elsewhere/kibana:9.5.2", known) == ""
    assert local("docker.io/apache/kafka:4.1.0", [f"apache/kafka@{DIGEST}"]) == DIGEST


def test_the_overlay_names_each_service_once_and_leaves_out_what_has_no_digest() -> None:
    """As compose reads it, the same bytes each time, and it says how to use it."""
    actual = [
        PinnedImage("mirror:5000/es:9.5.2", ("certs", "elasticsearch", "setup"), DIGEST, DIGEST),
        PinnedImage("own:1", ("logstash",), "", "", "it was built here"),
    ]
    text = overlay(actual, ["kafka", "digests"])
    image = f"mirror:5000/es@{DIGEST}"
    assert yaml.safe_load(text) == {
        "services": {name: {"image": image} for name in ("certs", "elasticsearch", "setup")}
    }
    assert "HOLYSHEEP_OVERLAYS=kafka,digests make up" in text
    assert text == overlay(actual, ["kafka"])
