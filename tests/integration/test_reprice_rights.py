"""The rights that docs/reprice.md asks of an administrator are enough to re-price, and for nothing else."""

from __future__ import annotations

import json
import re
import subprocess
from typing import TYPE_CHECKING, Any, Final

import pytest
from elasticsearch import AuthorizationException

from generator import card as cards
from generator.card.rules import price_rules
from generator.paths import PRICING, ROOT
from runner.answers.costed import Recoster
from runner.cluster import changes
from tests.integration import people as testers
from tests.integration.test_reprice_killed import call, command

if TYPE_CHECKING:
    from pathlib import Path

    from tests.integration.node import Node

pytestmark = [pytest.mark.integration, pytest.mark.newest]
CALLS: Final = 20
ROLE: Final = "reprice"


def documented() -> dict[str, Any]:
    """The role descriptor of the API key on the page."""
    page = (ROOT / "docs" / "reprice.md").read_text(encoding="utf-8")
    body = re.search(r"POST /_security/api_key\n(.*?)```", page, re.DOTALL)
    assert body
    role: dict[str, Any] = json.loads(body[1])["role_descriptors"][ROLE]
    return role


def add_role(node: Node) -> None:
    """The role in the file of a running node, whose distribution keeps no keys and no roles of its own."""
    with (node.layout.config / "roles.yml").open("a") as file:
        file.write(f"{ROLE}:\n  {json.dumps(documented())}\n")


def test_the_documented_rights_are_enough(empty: Node, tmp_path: Path) -> None:
    """Twenty calls get another cost and a record; the same login can't delete one, nor change the record."""
    text = PRICING.read_text(encoding="utf-8").replace("input: 8.00, output: 8.00", "input: 2.00, output: 8.00")
    card = tmp_path / "corrected.yaml"
    card.write_text(text, encoding="utf-8")
    old, new = Recoster(price_rules(cards.load(PRICING))), Recoster(price_rules(cards.parse(text)))
    index = f"{empty.prefix}-api-2025.03.09"
    add_role(empty)
    testers.add(empty, [ROLE])
    with empty.client() as es:
        for number in range(CALLS):
            es.index(index=index, id=str(number), document=old.document(call(number)))
        es.indices.refresh(index=index)
        words, environment = command(empty, tmp_path / "home", card)
        words[words.index("--user") + 1] = f"person-{ROLE}"
        environment["ELASTICSEARCH_PASSWORD"] = testers.PASSWORD
        done = subprocess.run(words, cwd=ROOT, env=environment, check=False, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        assert json.loads(done.stdout)["documents_written"] == CALLS
        es.indices.refresh(index=index)
        stored = {hit["_id"]: hit["_source"] for hit in es.search(index=index, size=CALLS)["hits"]["hits"]}
        assert stored == {str(number): new.document(call(number)) for number in range(CALLS)}
        (record,) = changes.records(es, empty.prefix)
        assert len(record["documents"]) == CALLS
        person = testers.login(es, ROLE)
        with pytest.raises(AuthorizationException):
            person.delete(index=index, id="0")
        (found,) = es.search(index=f"{empty.prefix}-{changes.INDEX}-*")["hits"]["hits"]
        with pytest.raises(AuthorizationException):
            person.index(index=found["_index"], id=found["_id"], document={"@timestamp": "2026-01-01T00:00:00Z"})
