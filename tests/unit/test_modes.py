"""Containers and the embedded node are never up together, and clean leaves no volume without its secrets."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from generator import paths
from generator.errors import UserError
from runner import cli
from runner.runtimes import choose
from runner.runtimes.docker import engine
from runner.runtimes.embedded import place, process

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A checkout's state of its own, and no engine."""
    monkeypatch.setattr(paths, "STATE", tmp_path)
    monkeypatch.setattr(choose, "FILE", tmp_path / "mode")
    monkeypatch.setattr(place, "base", lambda: tmp_path / "embedded")
    monkeypatch.setenv("DOCKER_HOST", f"unix://{tmp_path}/no-engine.sock")
    engine.client.cache_clear()
    (tmp_path / "embedded").mkdir()
    return tmp_path


def test_a_running_embedded_node_is_in_the_way_of_the_containers(state: Path) -> None:
    """It is told with its process and port; a process that is gone is not in the way."""
    started = process.start_of(os.getpid())
    assert started is not None
    record = process.Record(os.getpid(), started, "9.5.2", 9200)
    record.write(state / "embedded" / "elasticsearch.json")
    with pytest.raises(UserError, match=f"\\(pid {os.getpid()}, port 9200\\) runs") as error:
        choose.refuse_both(choose.of("docker"))
    assert "make down first" in str(error.value)
    process.Record(os.getpid(), "another start", "9.5.2", 9200).write(state / "embedded" / "elasticsearch.json")
    choose.refuse_both(choose.of("docker"))


def test_nothing_is_in_the_way_of_the_embedded_mode_without_an_engine(state: Path) -> None:
    """Containers can't run then."""
    (state / "mode").write_text("docker\n")
    choose.refuse_both(choose.of("embedded"))


def test_overlays_are_not_left_out_for_want_of_an_engine(state: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The embedded mode has no containers: whoever asked for alerts would get none, and not be told."""
    monkeypatch.setenv("HOLYSHEEP_OVERLAYS", "alerts,rollup")
    with pytest.raises(UserError, match="alerts, rollup would run as containers, but no Docker engine answers"):
        choose.choose("auto")
    monkeypatch.setenv("HOLYSHEEP_OVERLAYS", "")
    assert choose.choose("auto")[0].mode == "embedded"
    assert not (state / "mode").exists()


def test_clean_keeps_secrets_whose_volumes_it_cannot_remove(state: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The volumes could never be opened again; everything else goes."""
    (state / "mode").write_text("embedded\n")
    (state / "docker" / "secrets").mkdir(parents=True)
    (state / "docker" / "secrets" / "elastic_password").write_text("x")
    (state / "report.html").write_text("x")
    assert cli.main(["clean"]) == 0
    assert (state / "docker" / "secrets" / "elastic_password").is_file()
    assert sorted(path.name for path in state.iterdir()) == ["docker"]
    assert "is kept" in capsys.readouterr().out


def test_clean_of_containers_needs_their_engine(state: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """It says so instead of removing half."""
    (state / "mode").write_text("docker\n")
    (state / "docker" / "secrets").mkdir(parents=True)
    assert cli.main(["clean"]) == 2
    assert (state / "docker" / "secrets").is_dir()
    assert "no Docker engine answers" in capsys.readouterr().err
