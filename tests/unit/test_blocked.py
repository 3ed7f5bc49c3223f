"""Which indices `status` says that they take no documents, and why."""

from __future__ import annotations

import json
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import TYPE_CHECKING, Any, ClassVar, Final

import pytest
from elasticsearch import ApiError, Elasticsearch

from runner.cluster import blocked
from runner.cluster.blocked import Blocked, Found
from tests.serving import serving

if TYPE_CHECKING:
    from collections.abc import Iterator

ONE: Final = {"index.number_of_shards": "1"}
#: What Elasticsearch 9.5.2 told the user holysheep_reader, shortened; `system` was made where no node may have it.
SETTINGS: Final = {
    "holysheep-access-2026.11.27": {"settings": {"index.number_of_shards": "2"}},
    "holysheep-api-2026.11.26": {"settings": ONE},
    "holysheep-api-2026.11.27": {"settings": {"index.blocks.read_only_allow_delete": "true", **ONE}},
    "holysheep-audit-2026.11.27": {
        "settings": {"index.blocks.read_only": "true", "index.blocks.write": "false", **ONE}
    },
    "holysheep-errors-2026.11.27": {"settings": {"index.blocks.write": "true", **ONE}},
    "holysheep-system-2026.11.27": {"settings": ONE},
}
SHARDS: Final = [
    *(
        [{"state": "STARTED", "primary": True, "index": f"holysheep-{name}"}]
        for name in ("access-2026.11.27", "access-2026.11.27", "api-2026.11.26", "api-2026.11.27", "audit-2026.11.27")
    ),
    [{"state": "STARTED", "primary": True, "index": "holysheep-errors-2026.11.27"}],
    [],
]
REFUSED: Final = "action [indices:monitor/settings/get] is unauthorized for user [holysheep_writer]"


def test_blocked_and_red_indices_are_found() -> None:
    """A block that is `false` is none; an index with all its shards is well."""
    assert blocked.look(SETTINGS, SHARDS) == [
        Blocked("holysheep-api-2026.11.27", "index.blocks.read_only_allow_delete"),
        Blocked("holysheep-audit-2026.11.27", "index.blocks.read_only"),
        Blocked("holysheep-errors-2026.11.27", "index.blocks.write"),
        Blocked("holysheep-system-2026.11.27", "red"),
    ]


@pytest.mark.parametrize(
    ("copies", "red"),
    [
        ([{"state": "RELOCATING", "primary": True}], False),
        ([{"state": "STARTED", "primary": True}, {"state": "INITIALIZING", "primary": False}], False),
        # Documents are not taken by a copy alone, nor by a shard that is being made.
        ([{"state": "STARTED", "primary": False}], True),
        ([{"state": "INITIALIZING", "primary": True}], True),
    ],
)
def test_an_index_is_red_without_a_primary_that_runs(copies: list[dict[str, object]], red: bool) -> None:  # noqa: FBT001  # a column
    """Whatever its copies do."""
    shards = [[{**copy, "index": "x"} for copy in copies]]
    assert blocked.look({"x": {"settings": ONE}}, shards) == ([Blocked("x", "red")] if red else [])


def test_one_of_two_shards_is_not_enough() -> None:
    """Documents for the other wait."""
    settings = {"x": {"settings": {"index.number_of_shards": "2"}}}
    assert blocked.look(settings, [[{"state": "STARTED", "primary": True, "index": "x"}], []]) == [Blocked("x", "red")]


def test_the_first_are_named_and_the_rest_are_counted() -> None:
    """A full disk blocks every index at once. The words say what to do."""
    indices = [Blocked(f"holysheep-api-2026.11.{day}", "index.blocks.read_only_allow_delete") for day in range(10, 16)]
    (words,) = Found([*indices]).words()
    assert words.startswith(
        "Elasticsearch takes no documents for holysheep-api-2026.11.10, holysheep-api-2026.11.11, "
        "holysheep-api-2026.11.12 and 3 other indices (index.blocks.read_only_allow_delete): the disk is nearly full; "
        "free some space"
    )
    assert Found([]).words() == []


class Answers(BaseHTTPRequestHandler):
    """Elasticsearch's answers: for each beginning of a path a status and a body."""

    told: ClassVar[dict[str, tuple[int, Any]]] = {}

    def do_GET(self) -> None:
        """Answer as told."""
        status, body = next(answer for part, answer in self.told.items() if part in self.path)
        data = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("X-Elastic-Product", "Elasticsearch")
        self.send_header("Content-Type", "application/vnd.elasticsearch+json;compatible-with=9")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def do_POST(self) -> None:
        """The same."""
        self.do_GET()

    def log_message(self, *_: object) -> None:
        """Quiet."""


@pytest.fixture
def es() -> Iterator[Elasticsearch]:
    """A client of a server that answers as `Answers.told` says."""
    with serving(HTTPServer(("127.0.0.1", 0), Answers)) as server:
        client = Elasticsearch(f"http://127.0.0.1:{server.server_address[1]}", max_retries=0)
        yield client
        client.close()


def test_it_asks_for_what_a_reader_may_see(es: Elasticsearch) -> None:
    """Settings and shards; `--json` has all of it."""
    Answers.told = {"_settings": (200, SETTINGS), "_search_shards": (200, {"shards": SHARDS})}
    found = blocked.read(es, "holysheep")
    assert [item.why for item in found.indices][1:] == ["index.blocks.read_only", "index.blocks.write", "red"]
    assert found.as_json()["indices_blocked"][3] == {"index": "holysheep-system-2026.11.27", "why": "red"}


def test_rights_that_do_not_suffice_are_said(es: Elasticsearch) -> None:
    """And are no failure."""
    error = {"error": {"type": "security_exception", "reason": REFUSED}, "status": 403}
    Answers.told = {"_settings": (403, error)}
    assert blocked.read(es, "holysheep") == Found([], REFUSED)


def test_any_other_error_is_one(es: Elasticsearch) -> None:
    """Such as a node that has just begun to start."""
    Answers.told = {"_settings": (503, {"error": {"type": "x", "reason": "not recovered"}, "status": 503})}
    with pytest.raises(ApiError):
        blocked.read(es, "holysheep")
