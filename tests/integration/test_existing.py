"""What is put into a cluster that is somebody else's, on a real one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from generator.errors import UserError
from runner.runtimes.docker import existing

if TYPE_CHECKING:
    from tests.integration.node import Node

pytestmark = pytest.mark.integration


def test_what_is_applied_is_said_and_in_force(node: Node, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every file is counted, and an index of ours would get our mapping."""
    monkeypatch.setenv("HOLYSHEEP_ELASTICSEARCH", "https://es.example:9200")
    lines: list[str] = []
    with node.client() as es:
        existing._apply(es, lines.append)
        existing._check_templates(es, node.prefix)
    assert any(line.startswith("Applied: ") for line in lines)


def test_a_template_of_theirs_that_wins_is_found(node: Node, monkeypatch: pytest.MonkeyPatch) -> None:
    """It would give every document another mapping, and nobody would be told."""
    monkeypatch.setenv("HOLYSHEEP_ELASTICSEARCH", "https://es.example:9200")
    with node.client() as es:
        es.indices.put_index_template(name="theirs", index_patterns=["holy*"], priority=900, template={})
        try:
            with pytest.raises(UserError, match="another index template wins"):
                existing._check_templates(es, node.prefix)
        finally:
            es.indices.delete_index_template(name="theirs")
