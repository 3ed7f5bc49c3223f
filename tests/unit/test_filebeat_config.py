"""Facts about the rendered Filebeat files, by parsing them."""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import Any

import pytest
import yaml

from generator import card
from generator.errors import UserError
from generator.paths import PRICING
from generator.registry.sources import load_sources
from generator.render import context, registry, text

#: Filebeat refuses a shorter fingerprint.
SHORTEST = 64


@pytest.fixture(scope="module")
def files() -> dict[str, Any]:
    """Every rendered Filebeat file, loaded."""
    rendered = text.files(card.load(PRICING), registry.load())
    return {path: yaml.safe_load(body) for path, body in rendered.items() if path.startswith("filebeat/")}


@pytest.fixture(scope="module")
def inputs(files: dict[str, Any]) -> list[dict[str, Any]]:
    """The inputs of the log files."""
    found: list[dict[str, Any]] = files["filebeat/inputs.d/files.yml"]
    return found


def test_one_input_a_source(inputs: list[dict[str, Any]]) -> None:
    """Every source has exactly one filestream input, which says the source's name."""
    assert sorted(one["fields"]["holysheep"]["source"] for one in inputs) == sorted(s.name for s in load_sources())
    assert {one["type"] for one in inputs} == {"filestream"}


def test_ids_are_unique_and_stable(inputs: list[dict[str, Any]]) -> None:
    """An id is made of the source's name alone: another would make Filebeat read every file again."""
    assert [one["id"] for one in inputs] == [f"holysheep-{one['fields']['holysheep']['source']}" for one in inputs]
    assert len({one["id"] for one in inputs}) == len(inputs)


def test_small_files_are_read(inputs: list[dict[str, Any]]) -> None:
    """Files are known by a fingerprint of at most 128 bytes from the start, not by the default 1,024."""
    for one in inputs:
        assert one["prospector.scanner.fingerprint.enabled"] is True
        assert one["prospector.scanner.fingerprint.offset"] == 0
        assert SHORTEST <= one["prospector.scanner.fingerprint.length"] <= 128
        assert "file_identity.fingerprint" in one


def test_lines_are_shipped_raw(inputs: list[dict[str, Any]]) -> None:
    """No input parses: lines are at most joined, and joined lines wait no longer than a second."""
    for one in inputs:
        for parser in one.get("parsers", []):
            assert set(parser) == {"multiline"}
            assert parser["multiline"]["timeout"] == "1s"


def test_a_line_is_on_its_way_within_seconds(files: dict[str, Any], inputs: list[dict[str, Any]]) -> None:
    """Scan, back-off and queue wait for a second each at most."""
    for one in inputs:
        assert (one["prospector.scanner.check_interval"], one["backoff.max"]) == ("1s", "1s")
    assert files["filebeat/filebeat.yml"]["queue.mem"]["flush.timeout"] == "1s"


def test_no_file_belongs_to_two_inputs(inputs: list[dict[str, Any]]) -> None:
    """No path pattern of one source covers an example of another's, so no line is shipped twice."""
    patterns = [(one["id"], path) for one in inputs for path in one["paths"]]
    for owner, pattern in patterns:
        example = pattern.replace("*", "x")
        claimed = {
            other for other, path in patterns if path.count("/") == example.count("/") and fnmatchcase(example, path)
        }
        assert claimed == {owner}


def test_logstash_is_reached_over_tls_only(files: dict[str, Any]) -> None:
    """The output verifies Logstash's certificate and host name and shows its own; Kafka's does the same."""
    outputs = files["filebeat/filebeat.yml"]["output.logstash"], files["filebeat/kafka.yml"]["output.kafka"]
    for output in outputs:
        assert output["ssl.enabled"] is True
        assert output["ssl.verification_mode"] == "full"
        assert output["ssl.certificate"]
        assert output["ssl.certificate_authorities"]


def test_kafka_replaces_logstash(files: dict[str, Any]) -> None:
    """Filebeat takes one output: the Kafka file turns the other off."""
    assert files["filebeat/kafka.yml"]["output.logstash.enabled"] is False


def test_containers_are_opted_in(files: dict[str, Any]) -> None:
    """Autodiscovery ships no container that did not ask for it, and names the source."""
    (provider,) = files["filebeat/autodiscover.yml"]["filebeat.autodiscover"]["providers"]
    assert provider["hints.enabled"] is True
    assert provider["hints.default_config"]["enabled"] is False
    assert provider["hints.default_config"]["fields"]["holysheep"]["source"] == "container"


@pytest.mark.parametrize("value", ['"} x', "a\u2028b", "tab\t", "\x85", "😀", "a: b # c", "- x"])
def test_quoted_values_come_back(value: str) -> None:
    """What the YAML filter writes is what a YAML reader reads."""
    assert yaml.safe_load(f"key: {context.yaml_value(value)}") == {"key": value}


@pytest.mark.parametrize("value", ["${HOME}", "%{x}"])
def test_references_are_refused(value: str) -> None:
    """Beats would replace them."""
    with pytest.raises(UserError):
        context.yaml_value(value)
