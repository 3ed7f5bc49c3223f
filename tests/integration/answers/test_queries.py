"""Each query of the library gives the rows that were worked out by hand."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from generator.registry import queries as registry
from generator.render import queries as rendered
from runner.answers import periods, queries, ratios
from tests.integration.answers.conftest import fill
from tests.integration.answers.documents import NOW, PREFIX, card
from tests.integration.answers.library import ANSWERS
from tests.integration.answers.more import documents

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
    found = queries.run(client, queries.load(folder, name), span).rows
    wanted = ANSWERS[name, day]
    assert sorted(map(_key, found)) == sorted(map(_key, wanted))
    for row, want in zip(sorted(found, key=_key), sorted(wanted, key=_key), strict=True):
        assert row == pytest.approx(want), name
    by_rank = next((figure for figure in ("USD", "Calls", "Latency") if figure in wanted[0]), "")
    if by_rank and not {"Day", "Hour", "Team", "Reason", "Type", "Minute"} & set(wanted[0]):
        ranks = [row[by_rank] for row in found]
        assert ranks == sorted(ranks, reverse=True)


def _key(row: dict[str, Any]) -> str:
    return "|".join(str(cell) for cell in row.values() if isinstance(cell, str))


@pytest.mark.parametrize("page", [1, 2, 1000])
def test_the_dearest_that_fit_are_found_on_any_page(client: Elasticsearch, folder: Path, page: int) -> None:
    """Three calls cost the same, two of them at the same time: none is lost, or listed twice, where a page ends."""
    saved = queries.load(folder, "imbalanced-calls")
    span = periods.whole(periods.parse("2026-01-20", "Asia/Seoul", NOW))
    first, *others = saved.body["query"]["bool"]["filter"]
    assert (first["range"]["@timestamp"]["gte"], list(others[-1])) == ("now-24h", ["script"])
    body = {
        "query": {"bool": {"filter": [span.query(), *others[:-1]]}},
        **{key: saved.body[key] for key in ("sort", "fields")},
    }

    def inputs(size: int) -> list[int]:
        found = ratios.hits(client, saved.entry["index"], {**body, "size": size}, saved.entry["above"], page)
        return [hit["fields"]["gen_ai.usage.input_tokens"][0] for hit in found]

    assert inputs(100) == [2000, 2000, 2000, 1001]
    assert inputs(2) == [2000, 2000]


def test_before_the_first_call_no_query_fails(client: Elasticsearch, folder: Path) -> None:
    """There is no index yet."""
    for name in registry.load():
        saved = queries.load(folder, name)
        nowhere = replace(saved, entry={**saved.entry, "index": "nowhere-api-*"})
        assert queries.run(client, nowhere) == queries.Answer([])


def test_the_saved_body_asks_for_the_last_thirty_days(client: Elasticsearch, folder: Path) -> None:
    """As it is saved, without a period, a query works too: these calls are older or newer than that, by the clock."""
    for name in registry.load():
        assert queries.run(client, queries.load(folder, name)).left_out == 0


def _call(day: int, user: str, nano: int, tokens: dict[str, int]) -> dict[str, Any]:
    """A priced call of a user."""
    return {
        "_index": f"{PREFIX}-api-2026.03.{day:02d}",
        "_source": {
            "@timestamp": f"2026-03-{day:02d}T05:00:00.000Z",
            "user.id": user,
            "holysheep.price.model": "gpt-4.1",
            "holysheep.cost.status": "priced",
            "holysheep.cost.total_nano": nano,
            **tokens,
        },
    }


def test_a_sum_has_every_day_in_it(templated: Elasticsearch, folder: Path) -> None:
    """`steady` is the last of 45 users on each of two days, and the first of both: 90 + 90; the others have 100 once.

    44 + 1 calls a day are 90. Twenty rows are shown, with 2 + 19 of them. One call has a total of tokens alone: 500,
    and 89 have 3 + 2: 945 tokens for 44 + 44 times 100 and 180, 8,980 nano-USD in all.
    """
    split, total = (
        {"gen_ai.usage.input_tokens": 3, "gen_ai.usage.output_tokens": 2},
        {"holysheep.usage.total_tokens": 500},
    )
    others = [_call(day, f"{day}-{number:02d}", 100, split) for day in (3, 4) for number in range(44)]
    fill(templated, [*others, _call(3, "steady", 90, split), _call(4, "steady", 90, total)])
    span = periods.whole(periods.parse("2026-03-03..2026-03-04", "Asia/Seoul", NOW))
    by_user = queries.run(templated, queries.load(folder, "cost-by-user"), span)
    assert by_user.rows[0] == pytest.approx(
        {"User": "steady", "Calls": 2, "Input": 3, "Output": 2, "USD": 180 / 1e9, "Error rate": 0}
    )
    assert (len(by_user.rows), by_user.left_out) == (20, 69)
    assert "69 documents are in further rows" in queries.sheet(queries.load(folder, "cost-by-user"), by_user).notes[-1]
    (per_1k,) = queries.run(templated, queries.load(folder, "cost-per-1k-tokens"), span).rows
    assert per_1k == pytest.approx(
        {"Model": "gpt-4.1", "Tokens": 945, "USD": 8980 / 1e9, "USD per 1k": 8980 / 1e9 / 0.945}
    )
