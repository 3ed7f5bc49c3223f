"""The bundle in its folder, and an end without anything of it in the cluster."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from generator import card as cards
from generator.paths import PRICING
from generator.render import elasticsearch as templates
from generator.render import registry
from tests.integration.plan.bundle import PREFIX, Bundle

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.integration.node import Node


@pytest.fixture
def bundle(node: Node, tmp_path: Path) -> Iterator[Bundle]:
    """The bundle; what a test makes is removed afterwards."""
    plain = json.loads(json.dumps(cards.load(PRICING).model_dump(by_alias=True, exclude_none=True), default=str))
    for path, text in templates.files(cards.build(plain | {"index_prefix": PREFIX}), registry.load()).items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text, encoding="utf-8")
    with node.client() as es:
        yield Bundle(es, tmp_path / "elasticsearch")
        es.options(ignore_status=404).indices.delete(index=",".join(es.indices.get(index=f"{PREFIX}*")) or "none")
        for api, key in (("_index_template", "index_templates"), ("_component_template", "component_templates")):
            for item in es.perform_request("GET", f"/{api}", headers={"accept": "application/json"}).body[key]:
                if item["name"].startswith((PREFIX, "mine")):
                    es.perform_request("DELETE", f"/{api}/{item['name']}", headers={"accept": "application/json"})
