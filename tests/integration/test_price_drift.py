"""`prices diff --store` on a real Elasticsearch: the strict mapping takes the document, once a day."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from runner import cli
from runner.runtimes import choose
from runner.runtimes.embedded import secret
from tests.docs.checkout import LITELLM

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from elasticsearch import Elasticsearch

    from tests.integration.node import Node

pytestmark = pytest.mark.integration


class Running:
    """The node as the runtime that was started."""

    def __init__(self, node: Node) -> None:
        """`node` runs."""
        self._node = node

    @contextmanager
    def elasticsearch(self, right: str) -> Iterator[Elasticsearch]:
        """A client with one of the two rights."""
        with self._node.client(secret.ADMIN if right == "admin" else secret.READER) as es:
            yield es


def test_what_differs_is_kept_once(empty: Node, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """LiteLLM has 2 USD for GPT-4.1's input, the card 8: a document, which a second run of the day does not repeat."""
    monkeypatch.setattr(choose, "used", lambda: Running(empty))
    path = tmp_path / "model_prices.json"
    path.write_text(LITELLM, encoding="utf-8")
    for _ in range(2):
        assert cli.main(["prices", "diff", "litellm", str(path), "--model", "gpt-4.1", "--store"]) == 1
    assert empty.counts() == {"system": 1}
    with empty.client(secret.READER) as es:
        (hit,) = es.search(index=f"{empty.prefix}-system-*", query={"term": {"process.name": "holysheep-prices"}})[
            "hits"
        ]["hits"]
    assert hit["_source"]["message"] == "gpt-4.1: our card has input 8 instead of 2 USD per million tokens (litellm)"
    # Another price of theirs is news.
    path.write_text(LITELLM.replace("2e-06", "3e-06"), encoding="utf-8")
    assert cli.main(["prices", "diff", "litellm", str(path), "--model", "gpt-4.1", "--store"]) == 1
    assert empty.counts() == {"system": 2}
    empty.wipe()
