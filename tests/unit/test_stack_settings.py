"""Which stack is meant: variables of now, of compose/.env and of the last `up`, and the overlays that follow."""

from __future__ import annotations

import base64
import os
from typing import TYPE_CHECKING

import pytest

from generator.errors import UserError
from runner.cluster import key_file
from runner.runtimes import choose
from runner.runtimes.docker import apikey, engine, existing, report, settings, subjects

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(autouse=True)
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A checkout's state of its own, and no variable of the caller's."""
    for name in [name for name in os.environ if name.startswith(("HOLYSHEEP_", "COMPOSE_"))]:
        monkeypatch.delenv(name)
    monkeypatch.setattr(settings, "FOLDER", tmp_path)
    monkeypatch.setattr(settings, "REMEMBERED", tmp_path / "last-up.env")
    monkeypatch.setattr(settings, "ENV_FILE", tmp_path / ".env")
    settings.forget_cached()
    yield tmp_path
    settings.forget_cached()


def test_an_up_is_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    """What was given at `up` holds for the commands after it, and reaches compose."""
    monkeypatch.setenv("HOLYSHEEP_OVERLAYS", "kafka,debug")
    monkeypatch.setenv("HOLYSHEEP_WEBHOOK_PORT", "18080")
    monkeypatch.setenv("HOLYSHEEP_COMPOSE", "/not/a/variable/of/the/files")
    settings.remember()
    monkeypatch.delenv("HOLYSHEEP_OVERLAYS")
    monkeypatch.delenv("HOLYSHEEP_WEBHOOK_PORT")
    assert engine.overlays() == ["kafka", "debug"]
    assert settings.environment()["HOLYSHEEP_WEBHOOK_PORT"] == "18080"
    assert settings.as_last_time() == {"HOLYSHEEP_OVERLAYS": "kafka,debug", "HOLYSHEEP_WEBHOOK_PORT": "18080"}


def test_set_to_nothing_is_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    """That is how one goes back to the plain stack."""
    monkeypatch.setenv("HOLYSHEEP_OVERLAYS", "kafka")
    settings.remember()
    monkeypatch.setenv("HOLYSHEEP_OVERLAYS", "")
    assert engine.overlays() == []
    settings.remember()
    monkeypatch.delenv("HOLYSHEEP_OVERLAYS")
    assert engine.overlays() == []


def test_the_environment_wins_then_the_file_then_last_time(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In this order; compose/.env is the person's own and beats what was once typed."""
    monkeypatch.setenv("HOLYSHEEP_VERSION", "8.19.21")
    settings.remember()
    monkeypatch.delenv("HOLYSHEEP_VERSION")
    assert settings.value("HOLYSHEEP_VERSION", "x") == "8.19.21"
    (checkout / ".env").write_text('HOLYSHEEP_VERSION="9.5.1"\n')
    settings.forget_cached()
    assert settings.value("HOLYSHEEP_VERSION", "x") == "9.5.1"
    assert "HOLYSHEEP_VERSION" not in settings.environment()
    monkeypatch.setenv("HOLYSHEEP_VERSION", "9.5.2")
    assert settings.value("HOLYSHEEP_VERSION", "x") == "9.5.2"


def test_a_named_cluster_brings_its_overlay(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its URL is enough; the system's authorities are taken when none is named."""
    monkeypatch.setenv("HOLYSHEEP_ELASTICSEARCH", "https://es.example:9200")
    assert engine.overlays() == ["existing-cluster"]
    assert not choose.of("docker").owns_cluster
    monkeypatch.setattr(settings, "SYSTEM_CAS", ("/nowhere", __file__))
    assert settings.environment()["HOLYSHEEP_ELASTICSEARCH_CA"] == __file__


def test_overlays_of_a_named_cluster_bring_files_of_their_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each changes what the others say, so it comes after them, in whatever order they are named; the digests last."""
    monkeypatch.setenv("HOLYSHEEP_ELASTICSEARCH", "https://es.example:9200")
    monkeypatch.setenv("HOLYSHEEP_OVERLAYS", "alerts,kafka,seal")
    assert engine.overlays() == [
        "existing-cluster", "alerts", "kafka", "seal", "existing-cluster-alerts", "existing-cluster-seal",
    ]  # fmt: skip
    assert existing._roles_of_overlays() == ["holysheep_alerter", "holysheep_sealer"]
    monkeypatch.setenv("HOLYSHEEP_ELASTICSEARCH", "")
    assert engine.overlays() == ["alerts", "kafka", "seal"]


def test_every_key_has_a_rendered_role_and_every_overlay_a_file() -> None:
    """An overlay that logs in to Elasticsearch can't start beside an existing cluster without either."""
    for overlay, role in apikey.OVERLAYS.items():
        assert (engine.FOLDER / f"existing-cluster-{overlay}.yaml").is_file()
        assert apikey.descriptor(role)["indices"]
        assert role in apikey.USED_BY


@pytest.mark.parametrize("overlays", ["three-nodes", "three-nodes,existing-cluster", "access-trail"])
def test_overlays_that_contradict_are_refused(monkeypatch: pytest.MonkeyPatch, overlays: str) -> None:
    """Nodes of ours and somebody else's cluster."""
    monkeypatch.setenv("HOLYSHEEP_ELASTICSEARCH", "https://es.example:9200")
    monkeypatch.setenv("HOLYSHEEP_OVERLAYS", overlays)
    with pytest.raises(UserError, match="starts no Elasticsearch"):
        engine.overlays()


def test_an_unknown_overlay_is_refused_with_those_that_there_are(monkeypatch: pytest.MonkeyPatch) -> None:
    """Before anything is started."""
    monkeypatch.setenv("HOLYSHEEP_OVERLAYS", "kafak")
    with pytest.raises(UserError, match="no overlay 'kafak'") as error:
        engine.overlays()
    assert "kafka" in str(error.value)


@pytest.mark.parametrize("url", ["http://es.example:9200", "https://localhost:9200", "https://127.0.0.1"])
def test_addresses_that_cannot_work_are_refused(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    """Without TLS a key is in the clear, and inside a container localhost is the container."""
    monkeypatch.setenv("HOLYSHEEP_ELASTICSEARCH", f"https://es.example:9200 {url}")
    with pytest.raises(UserError):
        existing.urls()


@pytest.mark.parametrize("text", ["id:key", base64.b64encode(b"id:key").decode(), " id:key\n"])
def test_keys_are_taken_as_people_have_them(tmp_path: Path, text: str) -> None:
    """As Elasticsearch answers, and encoded as Kibana shows them."""
    (tmp_path / "key").write_text(text)
    assert key_file.read(tmp_path / "key") == "id:key"
    assert key_file.read(tmp_path / "none") is None


@pytest.mark.parametrize("text", ["", "id:", ":key", "bm90IGEga2V5", "two words:x", "ä"])
def test_what_is_no_key_is_refused(tmp_path: Path, text: str) -> None:
    """With the file's name, without its content."""
    (tmp_path / "key").write_text(text)
    with pytest.raises(UserError, match="this is no API key") as error:
        key_file.read(tmp_path / "key")
    assert str(tmp_path / "key") in str(error.value)


def test_the_keys_rights_are_the_rendered_writers() -> None:
    """To the letter, and what can be pasted has them too."""
    assert apikey.descriptor()["cluster"] == ["monitor"]
    assert [entry["privileges"] for entry in apikey.descriptor()["indices"]] == [["auto_configure", "create_doc"]]
    assert '"create_doc"' in apikey.request()
    assert {tuple(entry["names"]) for entry in apikey.descriptor("holysheep_alerter")["indices"]} == {
        ("holysheep-*",),
        ("holysheep_alerts*",),
    }
    assert "holysheep-elk ElastAlert on " in apikey.request("holysheep_alerter")


def test_an_authority_that_the_container_cannot_read_is_told(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Before Logstash dies of it again and again."""
    file = checkout / "ca.crt"
    file.write_text("PEM")
    file.chmod(0o600)
    monkeypatch.setenv("HOLYSHEEP_ELASTICSEARCH", "https://es.example:9200")
    monkeypatch.setenv("HOLYSHEEP_ELASTICSEARCH_CA", str(file))
    monkeypatch.setenv("HOLYSHEEP_UID", str(file.stat().st_uid + 1))
    with pytest.raises(UserError, match="can't be read by the containers' user"):
        existing.authority()
    file.chmod(0o644)
    assert existing.authority() == file


def test_a_folder_of_users_keys_that_logstash_cannot_write_is_told(
    checkout: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With `user_ids: hmac`, before Logstash stores calls without users; with `keep` nobody needs the folder."""
    subjects.prepare()
    assert (checkout / "subjects").stat().st_mode & 0o777 == 0o700
    monkeypatch.setenv("HOLYSHEEP_UID", str((checkout / "subjects").stat().st_uid + 1))
    subjects.prepare()
    monkeypatch.setattr(subjects, "user_ids", lambda: "hmac")
    with pytest.raises(UserError, match="can't write the keys of users"):
        subjects.prepare()


def test_memory_set_to_nothing_gets_what_fits(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty variable is as if it were not set, in the environment and over compose/.env; a value stays."""
    fits = settings.limits(8 * 1024**3)
    monkeypatch.setenv("HOLYSHEEP_LOGSTASH_MEMORY", "")
    monkeypatch.setenv("HOLYSHEEP_LOGSTASH_HEAP", "3g")
    (checkout / ".env").write_text("HOLYSHEEP_LOGSTASH_MEMORY=5g\nHOLYSHEEP_KIBANA_MEMORY=2g\n")
    settings.forget_cached()
    actual = settings.environment(8 * 1024**3)
    assert actual["HOLYSHEEP_LOGSTASH_MEMORY"] == fits["HOLYSHEEP_LOGSTASH_MEMORY"] == "1638m"
    assert actual["HOLYSHEEP_LOGSTASH_HEAP"] == "3g"
    assert "HOLYSHEEP_KIBANA_MEMORY" not in actual


def test_the_report_has_a_password_file(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Compose mounts it, so it must be there; one that somebody wrote stays as it is."""
    monkeypatch.setenv("HOLYSHEEP_SECRETS", str(checkout / "secrets"))
    path = checkout / "secrets" / "smtp_password"
    report.prepare()
    assert not path.exists()
    monkeypatch.setenv("HOLYSHEEP_OVERLAYS", "report")
    report.prepare()
    assert path.read_text() == ""
    assert path.stat().st_mode & 0o777 == 0o600
    path.write_text("secret")
    report.prepare()
    assert path.read_text() == "secret"
