"""Commands that run again and again: what their containers' health checks read, and how they log in."""

from __future__ import annotations

import argparse
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import TYPE_CHECKING

import pytest

from generator.errors import UserError
from runner.commands import schedule
from runner.report import source
from runner.report.arguments import add_arguments
from tests.composefile import load
from tests.serving import serving

if TYPE_CHECKING:
    from pathlib import Path


class EndedError(Exception):
    """Ends a schedule that would last for ever."""


def test_a_failure_is_noted_until_a_run_succeeds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first run fails and the second does not."""
    file = tmp_path / "failed"
    monkeypatch.setenv(schedule.FAILED_FILE, str(file))
    seen: list[bool] = []

    def run() -> None:
        seen.append(file.exists())
        if len(seen) == 1:
            raise UserError("no answer")
        if len(seen) == 3:
            raise EndedError

    monkeypatch.setattr(schedule.time, "sleep", lambda _: None)
    with pytest.raises(EndedError):
        schedule.repeat(1, run)
    assert seen == [False, True, False]


def test_a_daily_run_is_tried_again_until_it_succeeds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Twice it fails; the third run says what is wrong all the same, and that stays noted. There is no fourth."""
    file = tmp_path / "failed"
    monkeypatch.setenv(schedule.FAILED_FILE, str(file))
    waited: list[float] = []
    monkeypatch.setattr(schedule.time, "sleep", waited.append)

    def run() -> str:
        if len(waited) < 2:
            raise UserError("no answer")
        return "a document that nothing explains"

    schedule.persist(run)
    assert waited == [300, 300]
    assert file.read_text() == "a document that nothing explains\n"
    waited.clear()
    schedule.persist(lambda: "")
    assert (waited, file.exists()) == ([], False)


def test_without_the_variable_nothing_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Outside of the containers nobody reads the file."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv(schedule.FAILED_FILE, raising=False)
    schedule.note("no answer")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["report", "rollup", "seal"])
def test_the_health_check_reads_the_file(name: str) -> None:
    """The container writes it where it may write, and its health check looks there."""
    service = load(name)["services"][name]
    file = service["environment"][schedule.FAILED_FILE]
    assert file.startswith("/tmp/")  # noqa: S108 - the container's own, in memory
    assert service["healthcheck"]["test"] == ["CMD-SHELL", f"! cat {file} 2> /dev/null"]


def arguments(*words: str) -> argparse.Namespace:
    """The options that name an Elasticsearch."""
    parser = argparse.ArgumentParser()
    add_arguments(parser)
    return parser.parse_args(words)


def test_an_api_key_of_a_file_is_sent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Base64 of `id:key` is aWQ6a2V5; the option wins over the variable, and one of two addresses is asked."""
    monkeypatch.setenv("ELASTICSEARCH_API_KEY", "other")
    (tmp_path / "key").write_text("id:key\n")
    sent: list[str | None] = []

    class Handler(BaseHTTPRequestHandler):
        def do_HEAD(self) -> None:
            sent.append(self.headers["authorization"])
            self.send_response(200)
            self.send_header("x-elastic-product", "Elasticsearch")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Nothing: pytest's output is for results."""

    with serving(HTTPServer(("127.0.0.1", 0), Handler)) as server:
        url = f"http://127.0.0.1:{server.server_port}"
        options = arguments(
            "--url", f"{url} http://localhost:{server.server_port}", "--api-key-file", str(tmp_path / "key")
        )
        with source.connect(options, None) as es:
            assert es.ping()
    assert sent == ["ApiKey aWQ6a2V5"]


def test_a_missing_file_of_a_key_is_named(tmp_path: Path) -> None:
    """Before anything is sent."""
    options = arguments("--url", "https://es.example:9200", "--api-key-file", str(tmp_path / "none"))
    with pytest.raises(UserError, match="there is no such file") as error, source.connect(options, None):
        pass
    assert str(tmp_path / "none") in str(error.value)
