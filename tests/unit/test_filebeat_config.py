"""Facts about the rendered Filebeat files, by parsing them."""

from __future__ import annotations

import re
from fnmatch import fnmatchcase
from typing import Any

import pytest
import yaml

from generator import card
from generator.errors import UserError
from generator.paths import PRICING
from generator.registry.sources import load_sources
from generator.render import context, registry, text
from runner.lines.lines import MAX_LINE, MAX_LINES


@pytest.fixture(scope="module")
def files() -> dict[str, Any]:
    """Every rendered Filebeat file, loaded."""
    rendered = text.files(card.load(PRICING), registry.load())
    return {path: yaml.safe_load(body) for path, body in rendered.items() if path.startswith("filebeat/")}


@pytest.fixture(scope="module")
def inputs(files: dict[str, Any]) -> list[dict[str, Any]]:
    """The inputs of the log files."""
    result: list[dict[str, Any]] = files["filebeat/inputs.d/files.yml"]
    return result


def container_input(files: dict[str, Any]) -> dict[str, Any]:
    """The input that autodiscovery makes for a container."""
    (provider,) = files["filebeat/autodiscover.yml"]["filebeat.autodiscover"]["providers"]
    result: dict[str, Any] = provider["hints.default_config"]
    return result


def test_one_input_a_source(inputs: list[dict[str, Any]]) -> None:
    """Every source has exactly one filestream input, which says the source's name."""
    assert sorted(input_["fields"]["holysheep"]["source"] for input_ in inputs) == sorted(
        s.name for s in load_sources()
    )
    assert {input_["type"] for input_ in inputs} == {"filestream"}


def test_ids_are_unique_and_stable(inputs: list[dict[str, Any]]) -> None:
    """An id is made of the source's name alone: another would make Filebeat read every file again."""
    assert [input_["id"] for input_ in inputs] == [
        f"holysheep-{input_['fields']['holysheep']['source']}" for input_ in inputs
    ]
    assert len({input_["id"] for input_ in inputs}) == len(inputs)


def test_files_are_known_by_inode(inputs: list[dict[str, Any]], files: dict[str, Any]) -> None:
    """Short files and files that begin alike are read: no input knows a file by its first bytes."""
    for input_ in (*inputs, container_input(files)):
        assert input_["prospector.scanner.fingerprint.enabled"] is False
        assert "file_identity.native" in input_
        assert not [
            option for option in input_ if option.startswith("file_identity.") and not option.endswith(".native")
        ]


def test_rotated_files_are_read_to_their_end(inputs: list[dict[str, Any]], files: dict[str, Any]) -> None:
    """A file that was renamed or deleted stays open; 8.19 and 9.0 would close it by default."""
    for input_ in (*inputs, container_input(files)):
        assert input_["close.on_state_change.removed"] is False
        assert input_["close.on_state_change.renamed"] is False
        assert input_["close.on_state_change.inactive"] == "${HOLYSHEEP_FILEBEAT_KEEP_OPEN:12h}"


@pytest.mark.parametrize(
    ("name", "read"),
    [
        ("app.log", True), ("app.json", True), ("app.jsonl", True), ("app.ndjson", True), ("app.txt", True),
        ("app.log.1", True), ("app.log-20260101", True), ("app.log.2026-01-01_10-30", True), ("app-2026.log", True),
        ("app.log.old", True), ("app.log.1.gz", False), ("app.log-20260101.zst", False), ("app.log.part", False),
        (".app.log", False), ("app.log~", False), ("notes.md", False), ("app.log.swp", False),
    ],
)  # fmt: skip
def test_which_names_are_read(inputs: list[dict[str, Any]], name: str, read: bool) -> None:  # noqa: FBT001 - a parameter
    """Logs of every usual extension and their rotated forms are; packed, hidden and half-made files are not."""
    client = next(input_ for input_ in inputs if input_["id"] == "holysheep-client")
    path = f"/var/log/holysheep/client/a/{name}"
    included = any(re.search(pattern, path) for pattern in client["prospector.scanner.include_files"])
    excluded = any(re.search(pattern, path) for pattern in client["prospector.scanner.exclude_files"])
    assert (included and not excluded) is read


def test_one_limit_of_a_lines_length(inputs: list[dict[str, Any]], files: dict[str, Any]) -> None:
    """The embedded mode cuts a line, and an event of several lines, where Filebeat cuts it."""
    every = [*inputs, container_input(files)]
    assert {input_["message_max_bytes"] for input_ in every} == {MAX_LINE}
    parsers = [parser for input_ in every for parser in input_.get("parsers", [])]
    assert {parser["multiline"]["max_lines"] for parser in parsers if "multiline" in parser} == {MAX_LINES}


def test_lines_are_shipped_raw(inputs: list[dict[str, Any]]) -> None:
    """No input parses: lines are at most joined, and joined lines wait no longer than a second."""
    for input_ in inputs:
        for parser in input_.get("parsers", []):
            assert set(parser) == {"multiline"}
            assert parser["multiline"]["timeout"] == "1s"


def test_a_line_is_on_its_way_within_seconds(files: dict[str, Any], inputs: list[dict[str, Any]]) -> None:
    """Scan, back-off and queue wait for a second each at most."""
    for input_ in inputs:
        assert (input_["prospector.scanner.check_interval"], input_["backoff.max"]) == ("1s", "1s")
    assert files["filebeat/filebeat.yml"]["queue.mem"]["flush.timeout"] == "1s"


def test_no_file_belongs_to_two_inputs(inputs: list[dict[str, Any]]) -> None:
    """No path pattern of one source covers an example of another's, so no line is shipped twice."""
    patterns = [(input_["id"], path) for input_ in inputs for path in input_["paths"]]
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
