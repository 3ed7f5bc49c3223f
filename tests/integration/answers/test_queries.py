"""Each query of the library gives the rows that were worked out by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from generator.registry import queries as registry
from generator.render import queries as rendered
from runner.answers import periods, queries
from tests.integration.answers.conftest import fill
from tests.integration.answers.documents import NOW, card
from tests.integration.answers.library import ANSWERS, documents

if TYPE_CHECKING:
    from pathlib import Path

    from elasticsearch import Elasticsearch

pytestmark = pytest.mark.integration


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The library as it is rendered for the tests' card."""
    made = tmp_path_factory.mktemp("library")
    for path, text in rendered.files(card()).items():
        (made / path).parent.mkdir(exist_ok=True)
        (made / path).write_text(text, encoding="utf-8")
    return made / "queries"


@pytest.fixture
def client(templated: Elasticsearch) -> Elasticsearch:
    """The hand-made calls and rejected lines."""
    fill(templated, documents())
    return templated


def test_every_query_is_asked() -> None:
    """No query is without an answer that was worked out by hand."""
    assert {name for name, _ in ANSWERS} == set(registry.load())


@pytest.mark.parametrize(("name", "day"), ANSWERS, ids=map("-".join, ANSWERS))
def test_answer(client: Elasticsearch, folder: Path, name: str, day: str) -> None:
    """The rows, in their order where it is that of a figure; equal figures may come in any order."""
    span = periods.whole(periods.parse(day, "Asia/Seoul", NOW))
    found = queries.run(client, queries.load(folder, name), span)
    wanted = ANSWERS[name, day]
    assert sorted(map(_key, found)) == sorted(map(_key, wanted))
    for row, want in zip(sorted(found, key=_key), sorted(wanted, key=_key), strict=True):
        assert row == pytest.approx(want), name
    by_rank = "USD" if "USD" in wanted[0] else "Calls" if "Calls" in wanted[0] else ""
    if by_rank and not {"Day", "Hour", "Team", "Reason", "Type"} & set(wanted[0]):
        ranks = [row[by_rank] for row in found]
        assert ranks == sorted(ranks, reverse=True)


def _key(row: dict[str, Any]) -> str:
    return "|".join(str(cell) for cell in row.values() if isinstance(cell, str))


def test_the_saved_body_asks_for_the_last_thirty_days(client: Elasticsearch, folder: Path) -> None:
    """As it is saved, without a period, a query works too: these calls are older or newer than that, by the clock."""
    for name in registry.load():
        assert queries.run(client, queries.load(folder, name)) is not None
