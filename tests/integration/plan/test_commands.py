"""The commands `plan` and `apply`, on a real Elasticsearch and the stand-in for Kibana."""

from __future__ import annotations

import json
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest

from generator.errors import UserError
from runner.cli import build_parser
from runner.kibana import record
from runner.runtimes import choose
from runner.runtimes.embedded import secret
from runner.runtimes.embedded.embedded import Embedded
from tests.integration.plan.bundle import day
from tests.kibana_server import serving
from tests.unit.dashboards import fake_kibana

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from elasticsearch import Elasticsearch

    from tests.integration.node import Node
    from tests.kibana_server import Server

pytestmark = [pytest.mark.integration, pytest.mark.newest]


class Runtime:
    """The embedded mode with the test's own node."""

    mode = "embedded"
    no_kibana = Embedded.no_kibana

    def __init__(self, node: Node) -> None:
        self.node, self.user = node, secret.ADMIN

    def url(self) -> str:
        """Its address."""
        return f"https://localhost:{self.node.port}"

    @contextmanager
    def elasticsearch(self, right: str) -> Iterator[Elasticsearch]:
        """A client."""
        assert right == "admin"
        with self.node.client(self.user) as es:
            yield es

    def store(self) -> None:
        """No snapshots."""

    def kibana(self) -> None:
        """No Kibana, so that the command has to be told one."""

    def alerts(self, args: list[str]) -> tuple[int, str]:
        """No container."""
        raise UserError(f"alerts are sent by a container, and this is the embedded mode: {args}")


class Terminal:
    """Standard input on which a person answers, after something has happened."""

    def __init__(self, answer: str, meanwhile: Any = None) -> None:  # noqa: ANN401 - a function or None
        self.answer, self.meanwhile = answer, meanwhile

    def isatty(self) -> bool:
        """A person can be asked."""
        return True

    def readline(self) -> str:
        """The answer."""
        if self.meanwhile:
            self.meanwhile()
        return self.answer + "\n"


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A certificate and its key."""
    return fake_kibana.certificate(tmp_path_factory.mktemp("keys"))


@pytest.fixture
def kibana(keys: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    """A Kibana without our objects."""
    monkeypatch.setattr(record, "FILE", tmp_path / "kibana-imported.json")
    monkeypatch.setenv("KIBANA_PASSWORD", "s3cret")
    with serving(keys) as server:
        yield server


@pytest.fixture
def runtime(node: Node, monkeypatch: pytest.MonkeyPatch) -> Runtime:
    """The runtime that the commands use."""
    used = Runtime(node)
    monkeypatch.setattr(choose, "planned", lambda: used)
    return used


def run(server: Server, *words: str) -> int:
    """The exit code of a command."""
    options = ["--kibana", server.url, "--ca", str(server.ca), "--user", "elastic"]
    args = build_parser(words[0]).parse_args([*words, *options])
    code: int = args.func(args)
    return code


def test_plan_then_apply_then_nothing(runtime: Runtime, kibana: Server, capsys: pytest.CaptureFixture[str]) -> None:
    """A plan says what differs and exits with 1 if asked; `apply --yes` writes that; the next plan has nothing."""
    assert runtime.mode == "embedded"
    assert run(kibana, "plan", "--exit-code") == 1
    text = capsys.readouterr().out
    assert "  + dashboard/HolySheep 2 Cost\n" in text
    assert "not compared: alerts are sent by a container" in text
    assert "\x1b" not in text
    assert kibana.state.spaces["default"] == {}
    assert run(kibana, "plan", "--json") == 0
    parsed = json.loads(capsys.readouterr().out)
    created = parsed["counts"]["create"]
    assert created == sum(step["action"] == "create" for part in ("elasticsearch", "kibana") for step in parsed[part])
    assert run(kibana, "apply", "--yes") == 0
    # every object, and the time zone of Kibana, which was the browser's
    assert capsys.readouterr().out.endswith(f"Done: 1 changed, {created} created\n")
    assert run(kibana, "plan", "--exit-code") == 0
    assert "\nNothing to do: " in capsys.readouterr().out
    assert run(kibana, "apply", "--yes", "--json") == 0
    assert json.loads(capsys.readouterr().out)["written"] == {}


@pytest.mark.usefixtures("runtime")
def test_a_person_is_asked(kibana: Server, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """Only `yes` writes; without a terminal only `--yes` does."""
    with pytest.raises(UserError, match="this is no terminal, write `apply --yes`"):
        run(kibana, "apply")
    for answer in ("no", "y", ""):
        monkeypatch.setattr(sys, "stdin", Terminal(answer))
        assert run(kibana, "apply") == 1
        assert capsys.readouterr().err.endswith("nothing was written\n")
    assert kibana.state.imports == 0
    monkeypatch.setattr(sys, "stdin", Terminal("yes"))
    assert run(kibana, "apply") == 0
    assert kibana.state.imports > 0


@pytest.mark.usefixtures("runtime")
def test_exactly_the_shown_plan_is_written(kibana: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """A change in the cluster between question and answer ends the command before it writes."""

    def meanwhile() -> None:
        kibana.state.settings["default"]["dateFormat:tz"] = {"userValue": "Asia/Tokyo"}

    monkeypatch.setattr(sys, "stdin", Terminal("yes", meanwhile))
    with pytest.raises(UserError, match="somebody changed the cluster since the plan was shown"):
        run(kibana, "apply")
    assert kibana.state.imports == 0


def test_a_wrong_right_is_one_line(runtime: Runtime, kibana: Server) -> None:
    """The reader's password ends the command with what is missing."""
    runtime.user = secret.READER
    for command in (["plan"], ["apply", "--yes"]):
        with pytest.raises(UserError) as caught:
            run(kibana, *command)
        assert "is unauthorized for user [holysheep_reader]" in str(caught.value)
        assert "\n" not in str(caught.value)
    assert kibana.state.imports == 0


def test_a_refused_change_writes_nothing(runtime: Runtime, kibana: Server, capsys: pytest.CaptureFixture[str]) -> None:
    """Today's index has another type than the rendered one: both commands end with an error, and nothing is written."""
    prefix = runtime.node.prefix
    index = f"{prefix}-canary-{day()}"
    with runtime.node.client() as es:
        es.indices.delete(index=index, ignore_unavailable=True)
        template = es.indices.get_index_template(name=f"{prefix}-canary")["index_templates"][0]
        es.indices.delete_index_template(name=f"{prefix}-canary")
        es.indices.create(index=index, mappings={"properties": {"event": {"properties": {"id": {"type": "long"}}}}})
        try:
            for command in (["plan"], ["apply", "--yes"]):
                with pytest.raises(UserError, match=rf"{index}: field event.id type: long → keyword"):
                    run(kibana, *command)
            assert f"  x indices/{index}\n" in capsys.readouterr().out
            assert not es.indices.exists_index_template(name=f"{prefix}-canary")
            assert kibana.state.imports == 0
        finally:
            es.indices.delete(index=index)
            body = {key: value for key, value in template["index_template"].items() if "_date" not in key}
            es.indices.put_index_template(name=f"{prefix}-canary", **body)
