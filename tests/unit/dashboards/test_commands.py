"""What the Kibana commands do where something is wrong, and with what a person changed."""

from __future__ import annotations

import json
import re
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, ClassVar

import pytest

from generator import card
from generator.dashboards import ids, render, words
from generator.dashboards.model import Search
from generator.errors import UserError
from generator.paths import PRICING, ROOT
from generator.render.registry import FOLDER
from runner.kibana import changes, importer, timezone
from runner.kibana.client import Answer, Kibana

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.dashboards.model import Panel


class _Elasticsearch(BaseHTTPRequestHandler):
    """Answers as Elasticsearch does without a log-in, over plain http."""

    def log_message(self, *_: object) -> None:
        """Quiet."""

    def do_GET(self) -> None:
        """Refuse."""
        body = json.dumps({"error": {"type": "security_exception", "reason": "missing"}, "status": 401}).encode()
        self.send_response(401)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


class _Kibana(BaseHTTPRequestHandler):
    """A Kibana of 8.12 that is available, refuses log-ins, and has settings."""

    settings: ClassVar[dict[str, Any]] = {}

    def log_message(self, *_: object) -> None:
        """Quiet."""

    def do_GET(self) -> None:
        """Status to everybody, settings, nothing else."""
        if self.path == "/api/status":
            self._send(200, {"status": {"overall": {"level": "available"}}})
        elif self.path == "/internal/kibana/settings":
            self._send(200, {"settings": self.settings})
        else:
            self._send(401, {"statusCode": 401, "error": "Unauthorized", "message": "unable to authenticate"})

    def do_POST(self) -> None:
        """Store settings."""
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.settings.update({key: {"userValue": value} for key, value in body["changes"].items()})
        self._send(200, {"settings": self.settings})

    def _send(self, status: int, data: Any) -> None:  # noqa: ANN401 - any JSON
        body = json.dumps(data).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def serve(handler: type[BaseHTTPRequestHandler]) -> Iterator[str]:
    """The server's address over http."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


@pytest.fixture
def elasticsearch() -> Iterator[str]:
    """The address of an Elasticsearch."""
    yield from serve(_Elasticsearch)


@pytest.fixture
def kibana() -> Iterator[str]:
    """The address of a Kibana."""
    yield from serve(type("Fresh", (_Kibana,), {"settings": {}}))


def test_elasticsearchs_port(elasticsearch: str) -> None:
    """KIBANA_URL on Elasticsearch's port is told as such, at once."""
    with pytest.raises(UserError, match="an Elasticsearch answers here, not a Kibana"):
        Kibana(elasticsearch).wait(60)


def test_https_to_http(kibana: str) -> None:
    """Https to a Kibana that speaks http is hopeless at once, and the right address is named."""
    with pytest.raises(UserError, match="Kibana speaks http, not https") as caught:
        Kibana(kibana.replace("http:", "https:")).wait(60)
    assert kibana in str(caught.value.hint)


def test_wrong_password(kibana: str) -> None:
    """Kibana's status answers everybody; a wrong password is told once, before the first import."""
    with pytest.raises(UserError, match="refuses these credentials: unable to authenticate") as caught:
        Kibana(kibana, auth="Basic eDp5").wait(60)
    assert caught.value.hint == "set KIBANA_USER and KIBANA_PASSWORD, or KIBANA_API_KEY"


def test_a_reason_is_given_once() -> None:
    """Kibana repeats Elasticsearch's error; a person reads it once."""
    why = "unable to authenticate user [x] for REST request [/_security/_authenticate]"
    message = f"[security_exception\n\tRoot causes:\n\t\tsecurity_exception: {why}]: {why}"
    answer = Answer(401, json.dumps({"message": message}).encode())
    assert answer.reason == f"{why} (HTTP 401)"


def test_time_zone_is_set_and_a_persons_kept(kibana: str) -> None:
    """The importer sets Kibana's time zone where nobody chose one, says what it found, and keeps another choice."""
    client = Kibana(kibana)
    assert timezone.apply(client, "Asia/Seoul").endswith(
        "dateFormat:tz was Browser, it is now Asia/Seoul, as the budgets'"
    )
    assert timezone.apply(client, "Asia/Seoul") == "time zone: dateFormat:tz is Asia/Seoul, as the budgets'"
    assert "somebody set dateFormat:tz to Asia/Seoul" in timezone.apply(client, "UTC")
    assert "it is now UTC" in timezone.apply(client, "UTC", overwrite=True)


def test_long_texts_are_shown_where_they_differ() -> None:
    """Of two long values the part where they begin to differ is shown, not two equal beginnings."""
    board = {"type": "dashboard", "id": "x", "references": [], "attributes": {"title": "T", "description": "a" * 200}}
    other = {**board, "attributes": {"title": "T", "description": "a" * 150 + "b" + "a" * 49}}
    boards = render.prepare(card.load(PRICING), FOLDER)
    (change,) = changes.compare([board], [other], boards.sources[0])
    assert change.ours != change.theirs
    assert "b" in change.theirs


def test_sort_of_another_space_is_no_difference() -> None:
    """`_export` adds `sort` to objects of a space that was imported into; nobody changed anything."""
    rendered = next(iter(importer.objects(render.files(card.load(PRICING), FOLDER).values())))
    assert changes.paths(rendered, {**rendered, "sort": [1, 2], "updated_at": "x"}) == []


def test_every_translation_is_of_a_text_that_is_there() -> None:
    """The Korean file has no English text that no dashboard shows, and it translates every title of a page."""
    korean = words.load("ko")
    files = [*sorted((FOLDER / "dashboards").glob("*.yaml")), FOLDER / "data_views.yaml"]
    texts = "\n".join(path.read_text(encoding="utf-8") for path in files)
    assert [text for text in korean if text not in texts] == []
    boards = render.prepare(card.load(PRICING), FOLDER, korean)
    titles = [source.dashboard.title for source in boards.sources]
    assert titles[1] == "HolySheep 2 비용"
    assert all(any("\uac00" <= letter <= "\ud7a3" for letter in title) for title in titles)
    assert boards.sources[0].slug == "overview"
    assert ids.dashboard_id("overview") in render.files(card.load(PRICING), FOLDER, korean)["kibana/overview.ndjson"]


def test_every_word_of_the_report_page_is_translated() -> None:
    """The texts that page.html.j2 and shown.py have translated are those of the Korean file, and no others."""
    folder = ROOT / "runner" / "report"
    page, code = ((folder / name).read_text(encoding="utf-8") for name in ("page.html.j2", "shown.py"))
    asked = {*re.findall(r'"([^"]+)" \| translated', page), *re.findall(r'reader\.translated\("([^"]+)"', code)}
    assert asked == words.load_report("ko").keys() - {"en"}


def test_columns_of_documents_are_korean() -> None:
    """Kibana heads the columns of a saved search with the data view's labels: each has a Korean one, and is used."""
    english = render.prepare(card.load(PRICING), FOLDER)
    korean = words.load("ko")
    text = render.files(card.load(PRICING), FOLDER, korean)["kibana/errors.ndjson"]
    views = [item for item in map(json.loads, text.splitlines()) if item["type"] == "index-pattern"]
    labels = [json.loads(view["attributes"]["fieldAttrs"]) for view in views]
    assert all(fields["@timestamp"] == {"customLabel": "시간"} for fields in labels)
    columns = {column for source in english.sources for panel in source.dashboard.panels for column in _columns(panel)}
    assert [column for column in columns if english.catalogue.labels.get(column) not in korean] == []


def _columns(panel: Panel) -> tuple[str, ...]:
    return panel.columns if isinstance(panel, Search) else ()
