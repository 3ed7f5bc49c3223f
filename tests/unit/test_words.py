"""What commands say of one thing and of several, and of none."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import TYPE_CHECKING, cast

import pytest

from runner import cli
from runner.answers.rollups import rollup_sheets
from runner.answers.rollups.job import Result
from runner.commands import erase, user
from runner.runtimes.docker.containers import Containers
from runner.runtimes.embedded.embedded import Embedded
from runner.words import counted

if TYPE_CHECKING:
    from elasticsearch import Elasticsearch


@pytest.mark.parametrize(
    ("number", "words", "told"),
    [
        (1, ("document",), "1 document"),
        (0, ("document",), "0 documents"),
        (1234, ("document",), "1,234 documents"),
        (1, ("index", "indices"), "1 index"),
        (2, ("index", "indices"), "2 indices"),
    ],
)
def test_counted(number: int, words: tuple[str, ...], told: str) -> None:
    """One is singular."""
    assert counted(number, *words) == told


def test_a_run_over_one_index() -> None:
    """The note of `rollup`."""
    assert rollup_sheets.of_run(Result([], 1)).notes == ["Unchanged since the last run: 1 index of calls."]


def test_sources_are_one_document(capsys: pytest.CaptureFixture[str]) -> None:
    """`sources --json | jq` reads a list."""
    assert cli.main(["sources", "--json"]) == 0
    names = [source["name"] for source in json.loads(capsys.readouterr().out)]
    assert {"webhook", "openai_usage", "client"} <= set(names)


@pytest.mark.parametrize(
    ("runtime", "told"),
    [(Embedded, "this Elasticsearch keeps no users: "), (Containers, "no user has a role of this bu")],
)
def test_a_list_without_users_says_so(
    runtime: type[Embedded | Containers], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Stands in for a cluster without users, since the embedded one can't have any and no other runs here."""
    security = SimpleNamespace(get_user=lambda: SimpleNamespace(body={}))
    es = cast("Elasticsearch", SimpleNamespace(security=security))
    user._list(es, runtime.no_users, as_json=False)
    assert capsys.readouterr().out.startswith(told)
    user._list(es, runtime.no_users, as_json=True)
    assert json.loads(capsys.readouterr().out) == {}


def test_a_register_without_requests_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    """No head of a table without rows."""
    assert erase._list([], as_json=False) == 0
    assert capsys.readouterr().out == "there are no requests; `holysheep-elk erase --user ID --request` writes one\n"
