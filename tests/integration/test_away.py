"""Every command of the figures and of the evidence, with Elasticsearch gone at each of its requests.

The command ends with exit code 2 and one sentence, and given again it does what it would have done.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, get_args

import pytest
from elasticsearch import helpers

from generator.paths import PRICING
from runner import cli
from runner.answers import rewrite
from runner.cluster import patience
from runner.runtimes.embedded import secret
from tests.integration.away import How, door
from tests.model_server import running

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from elasticsearch import Elasticsearch

    from tests.integration.away import Door
    from tests.integration.node import Node

pytestmark = [pytest.mark.integration, pytest.mark.newest]
Json = dict[str, Any]
CALLS: Final = 40
#: Of an error: what is wrong and what to do.
LINES: Final = 2
#: All is tried with HOLYSHEEP_EVERY_REQUEST: CI has 45 minutes.
EVERY: Final = bool(os.environ.get("HOLYSHEEP_EVERY_REQUEST"))
STEP: Final = 1 if EVERY else 8
#: Of the ways the one that leaves most in doubt.
BREAKS: Final[tuple[How, ...]] = get_args(How) if EVERY else ("killed before the answer",)


def call(number: int, **more: Any) -> Json:  # noqa: ANN401  # any JSON
    """A call of 2025-03-09 to gpt-4.1: 100 input and 10 output tokens."""
    return {
        "@timestamp": f"2025-03-09T{number % 24:02d}:{number // 24:02d}:00.000Z",
        "event": {"id": f"call-{number}", "outcome": "success", "created": "2025-03-09T23:59:00.000Z"},
        "holysheep": {
            "source": "client", "model": {"family": "OpenAI"}, "price": {"model": "gpt-4.1", "rule": "exact"},
            "cost": {"status": "priced", "total_nano": 1_000_000, "total": 0.001},
        },
        "gen_ai": {"request": {"model": "gpt-4.1"}, "usage": {"input_tokens": 100, "output_tokens": 10}},
        "user": {"id": f"user-{number % 4}"},
    } | more  # fmt: skip


@dataclass
class Shell:
    """Gives commands as a person does, through a door to the node."""

    door: Door
    es: Elasticsearch
    prefix: str
    folder: Path
    capsys: pytest.CaptureFixture[str]

    def run(self, words: list[str]) -> tuple[int, str, str]:
        """Exit code, output and errors."""
        self.capsys.readouterr()
        code = cli.main([words[0], "--url", self.door.url, *words[1:]])
        return code, *self.capsys.readouterr()

    def put(self, kind: str, day: str, documents: dict[str, Json]) -> None:
        """Index documents, each under its id."""
        index = f"{self.prefix}-{kind}-{day}"
        helpers.bulk(
            self.es, [{"_index": index, "_id": id_, "_source": doc} for id_, doc in documents.items()], refresh=True
        )


@pytest.fixture
def shell(
    empty: Node, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Shell]:
    """Forty calls of a day, and nobody who waits for a node that is gone."""
    monkeypatch.setattr(patience, "WAITS_S", ())
    monkeypatch.setattr(rewrite, "WAITS", ())
    for purpose in ("SEAL", "AUDIT", "CHANGE", "PRIVACY"):
        monkeypatch.setenv(f"HOLYSHEEP_{purpose}_KEY_FILE", str(tmp_path / "secrets" / f"{purpose.lower()}_key"))
    (tmp_path / "secrets").mkdir()
    (tmp_path / "secrets" / "privacy_key").write_text("a key of this test\n", encoding="utf-8")
    monkeypatch.setenv("ELASTICSEARCH_USER", secret.ADMIN)
    monkeypatch.setenv("ELASTICSEARCH_PASSWORD", secret.passwords(empty.layout.secrets)[secret.ADMIN])
    monkeypatch.setenv("HOLYSHEEP_API_KEY", "a-key")
    monkeypatch.setattr("runner.runtimes.choose.FILE", tmp_path / "no-mode")
    monkeypatch.setattr("runner.compliance.certificate.FOLDER", tmp_path / "certificates")
    monkeypatch.setattr("runner.compliance.erase.GONE_S", 0.0)
    with empty.client() as es, door(empty) as opened:
        made = Shell(opened, es, empty.prefix, tmp_path, capsys)
        made.put("api", "2025.03.09", {f"id-{number}": call(number) for number in range(CALLS)})
        yield made


def broken(shell: Shell, words: list[str], how: How, work: Callable[[], None] = lambda: None) -> None:
    """Give a command with Elasticsearch gone at each of its requests in turn; `work` makes something to do before."""
    number, wrong = 0, []
    while True:
        work()
        shell.door.close_at(number, how)
        code, out, err = shell.run(words)
        if not (request := shell.door.open()):
            assert code in (0, 1), err
            break
        # A snapshot that nobody forgets ends by itself.
        forgets = code == 0 and request.startswith(("DELETE /_pit", "DELETE /_search/scroll"))
        if not forgets and (code != 2 or len(err.strip().splitlines()) > LINES or "Traceback" in err):
            wrong.append(f"{words[0]}, {how} at request {number}, {request}: {code} {err or out}")
        number += STEP
    assert wrong == []


def bill(shell: Shell) -> str:
    """A file that agrees with the calls."""
    path = shell.folder / "bill.csv"
    path.write_text("date,model,input_tokens,output_tokens,cost\n2025-03-09,gpt-4.1,4000,400,0.04\n", encoding="utf-8")
    return str(path)


READING: Final[dict[str, list[str]]] = {
    "report": ["report", "2025-03-09", "--at", "2025-03-12T00:00:00Z", "--json"],
    "report of a quarter": ["report", "2025-01-01..2025-03-31", "--at", "2025-04-12T00:00:00Z", "--json"],
    "query": ["query", "daily-cost", "2025-03-09", "--json"],
    "simulate": ["simulate", "2025-03-09", "--to", "deepseek-v3.2", "--json"],
    "rollup --check": ["rollup", "--check", "--json"],
}


def test_commands_that_read(shell: Shell) -> None:
    """The second answer is that of an Elasticsearch that was never gone."""
    assert shell.run(["rollup", "--json"])[0] == 0
    reading = {**READING, "reconcile": ["reconcile", bill(shell), "--json"]}
    for name, words in reading.items():
        before = shell.run(words)
        assert before[0] == 0, (name, before)
        broken(shell, words, "killed")
        assert shell.run(words)[:2] == before[:2], name


def test_a_focus_file_is_whole_or_not_there(shell: Shell) -> None:
    """Nothing lies under the file's name, and no part of it beside it, until it is whole."""
    out = shell.folder / "out" / "focus.csv"

    def gone() -> None:
        assert not out.exists() or out.read_text(encoding="utf-8").count("\n") == 1 + 2
        out.unlink(missing_ok=True)
        assert list(out.parent.glob("*")) == []

    words = ["export", "2025-03-09..2025-03-10", "--at", "2025-03-12T00:00:00Z", "--out", str(out), "--json"]
    broken(shell, words, "killed", gone)


@pytest.mark.parametrize("how", BREAKS)
def test_rollups(shell: Shell, how: How) -> None:
    """After any break the next run makes them equal to the calls."""
    rounds = iter(range(1000))

    def work() -> None:
        number = next(rounds)
        shell.put("api", "2025.03.09", {f"more-{number}": call(number % 400)})

    broken(shell, ["rollup", "--json"], how, work)
    code, out, _ = shell.run(["rollup", "--check", "--json"])
    assert (code, json.loads(out)["differences"]) == (0, [])


@pytest.mark.parametrize("how", BREAKS)
def test_seals(shell: Shell, how: How) -> None:
    """After any break the chain is whole, each state of the day is sealed, and `verify` finds nothing."""
    folder = ["--folder", str(shell.folder / "seals"), "--json"]
    rounds = iter(range(1000))

    def work() -> None:
        number = next(rounds)
        late = {"id": f"late-{number}", "created": "2099-01-01T00:00:00.000Z"}
        shell.put("api", "2025.03.09", {f"late-{number}": call(number % 400, event=late)})

    broken(shell, ["seal", *folder], how, work)
    broken(shell, ["verify", *folder], how)
    assert shell.run(["seal", *folder])[0] == 0
    code, out, _ = shell.run(["verify", *folder])
    found = json.loads(out)
    assert (code, found["whole"], found["documents"], found["chain"]) == (0, True, [], [])
    broken(shell, ["evidence", "--from", "2025-03-09", "--to", "2025-03-09", *folder,
                   "--out", str(shell.folder / "evidence.tar.gz")], how)  # fmt: skip


@pytest.mark.parametrize("how", BREAKS)
def test_an_erasure(shell: Shell, how: How) -> None:
    """After any break the same command finds what is left, and ends the same request."""

    def work() -> None:
        shell.put("api", "2025.03.09", {f"id-{number}": call(number) for number in range(CALLS)})

    broken(shell, ["erase", "--user", "user-1", "--yes", "--json"], how, work)
    # 1: nobody waits here until the bytes are gone from the data files.
    assert shell.run(["erase", "--user", "user-1", "--yes", "--json"])[0] in (0, 1)
    _, out, _ = shell.run(["erase", "--user", "user-1", "--json"])
    assert json.loads(out)["documents"] == {}


@pytest.mark.parametrize("how", BREAKS)
def test_classified_errors(shell: Shell, how: How) -> None:
    """After any break no answer of the model is lost, and every document has its category."""
    error = {"category": "unknown_error", "suggestion": "Read it.", "classifier": "rules"}

    def work() -> None:
        documents = {
            f"error-{number}": {
                "@timestamp": "2025-03-09T00:00:00.000Z",
                "event": {"id": f"error-{number}", "outcome": "failure"},
                "error": {"type": "unknown_error", "message": f"the crank {'of shard ' * number}was bent"},
                "holysheep": {"source": "webhook", "error": error},
            }
            for number in range(3)
        }
        shell.put("errors", "2025.03.09", documents)

    with running() as model:
        words = ["classify", "--model-url", model.url, "--model", "deepseek-v3.2", "--logs", str(shell.folder)]
        words += ["--learned", str(shell.folder / "learned.yaml")]
        broken(shell, words, how, work)
        assert len(model.requests) == 1
    found = shell.es.count(
        index=f"{shell.prefix}-errors-*", query={"term": {"holysheep.error.category": "rate_limit_error"}}
    )
    assert found["count"] == 3
    broken(shell, ["sentry", "--dry-run", "--days", "5000"], how)


def test_the_card_of_the_checkout_prices_these_calls() -> None:
    """Else `simulate` would have nothing to move."""
    assert "gpt-4.1" in PRICING.read_text(encoding="utf-8")
