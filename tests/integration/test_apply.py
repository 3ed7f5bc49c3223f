"""Templates, policies and roles on a real cluster."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING

import pytest

from generator.errors import UserError
from generator.paths import ROOT
from runner.cluster.apply import apply
from runner.cluster.rendered import LIST

if TYPE_CHECKING:
    from pathlib import Path

    from tests.integration.node import Node

pytestmark = pytest.mark.integration
FOLDER = ROOT / "elasticsearch"


def test_every_file_is_accepted_or_skipped_with_a_reason(node: Node) -> None:
    """No rendered file is refused, and only what this distribution lacks is skipped."""
    with node.client() as es:
        done = apply(es, FOLDER)
    assert len(done) == len(list(FOLDER.glob("*/*.json")))
    skipped = [item for item in done if item.result == "skipped"]
    assert all(item.why for item in skipped)
    assert {item.kind for item in skipped} == {"lifecycle", "component_templates", "roles"}
    assert all("-lifecycle-" in item.name for item in skipped if item.kind == "component_templates")


def test_a_second_time_changes_nothing(node: Node) -> None:
    """Applying is idempotent: nothing is put again."""
    with node.client() as es:
        done = apply(es, FOLDER)
    assert {item.result for item in done} == {"unchanged", "skipped"}


def test_a_changed_file_and_a_tampered_template_are_put_again(node: Node, tmp_path: Path) -> None:
    """One changed file is one change, and the next apply of the right files undoes it."""
    shutil.copytree(FOLDER, tmp_path / "elasticsearch")
    path = next((tmp_path / "elasticsearch" / "index_templates").glob("*-api.json"))
    body = json.loads(path.read_text())
    body["priority"] += 1
    path.write_text(json.dumps(body))
    with node.client() as es:
        for folder in (tmp_path / "elasticsearch", FOLDER):
            changed = [(item.kind, item.name) for item in apply(es, folder) if item.result == "changed"]
            assert changed == [("index_templates", path.stem)]


def test_a_bad_template_is_named_with_the_clusters_reason(node: Node, tmp_path: Path) -> None:
    """What Elasticsearch refuses is told with the file and its words."""
    folder = tmp_path / "component_templates"
    folder.mkdir()
    shutil.copy(FOLDER / LIST, tmp_path)
    body = {"template": {"mappings": {"properties": {"a": {"type": "no_such_type"}}}}}
    (folder / "test-bad.json").write_text(json.dumps(body))
    with node.client() as es, pytest.raises(UserError, match=r"test-bad\.json: .*no_such_type"):
        apply(es, tmp_path)


def test_indices_are_strict_logsdb_and_refuse_malformed_values(empty: Node) -> None:
    """A new index has the settings that the design asks for."""
    index = f"{empty.prefix}-api-2025.01.01"
    with empty.client() as es:
        es.indices.create(index=index)
        actual = es.indices.get(index=index)[index]
    settings = actual["settings"]["index"]
    assert settings["mode"] == "logsdb"
    assert settings["mapping"]["ignore_malformed"] == "false"
    assert actual["mappings"]["dynamic"] == "strict"
