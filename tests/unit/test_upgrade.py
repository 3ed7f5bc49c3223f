"""Which steps from version to version are taken, and what is written for them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from generator.errors import UserError
from runner.runtimes.docker import envfile, images, settings
from runner.runtimes.docker import move as containers
from runner.upgrade import checks, steps

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.mark.parametrize(
    ("running", "target", "kind"),
    [
        ("9.5.2", "9.5.2", "none"),
        ("9.5.1", "9.5.2", "patch"),
        ("8.19.5", "8.19.21", "patch"),
        ("9.0.0", "9.5.2", "minor"),
        ("8.17.3", "8.19.21", "minor"),
        ("8.19.0", "9.5.2", "major"),
        ("8.19.21", "9.0.0", "major"),
    ],
)
def test_steps_that_are_taken(running: str, target: str, kind: str) -> None:
    """Upwards within a major version, and from 8.19 to 9."""
    assert steps.judge(steps.parse(running), steps.parse(target)) == kind


@pytest.mark.parametrize(
    ("running", "target", "words"),
    [
        ("9.5.2", "9.5.1", "step back"),
        ("9.0.0", "8.19.21", "step back"),
        ("8.18.9", "9.5.2", "8.19"),
        ("8.17.0", "9.0.0", "8.19"),
        ("8.19.21", "10.0.0", "made for 8.19 and 9.x"),
        ("9.5.2", "10.0.0", "made for 8.19 and 9.x"),
        ("8.10.0", "8.18.0", "made for 8.19 and 9.x"),
        ("7.17.20", "8.19.21", "too old"),
    ],
)
def test_steps_that_are_refused_with_the_way(running: str, target: str, words: str) -> None:
    """Back, across 8.19, and beyond what the bundle was made for."""
    with pytest.raises(UserError, match=words) as error:
        steps.judge(steps.parse(running), steps.parse(target))
    assert error.value.hint


def test_a_way_back_is_told() -> None:
    """It is a restore, with the commands."""
    actual = checks.step("9.5.2", "8.19.21")
    assert actual.state == "wrong"
    assert "restore --from" in actual.hint


@pytest.mark.parametrize("text", ["9", "9.5", "latest", "9.5.2-SNAPSHOT.1.2.3", ""])
def test_a_version_has_three_numbers(text: str) -> None:
    """No guessing which patch is meant."""
    with pytest.raises(UserError):
        steps.parse(text)


def test_the_default_is_what_the_checkout_is_made_for() -> None:
    """The version that compose.yaml names."""
    assert steps.judge(steps.parse("8.19.21"), steps.parse(images.default())) == "major"


def test_elastic_s_order() -> None:
    """Elasticsearch, Kibana, Logstash, Beats; the node that is asked comes last of several."""
    names = {"filebeat", "logstash", "kibana", "setup", "certs", "elasticsearch", "elasticsearch-2", "elasticsearch-3"}
    assert containers.order(dict.fromkeys(names)) == [
        "certs", "elasticsearch-3", "elasticsearch-2", "elasticsearch", "setup", "kibana", "logstash", "filebeat",
    ]  # fmt: skip
    assert containers.order({"certs": 1, "logstash": 1, "filebeat": 1}) == ["certs", "logstash", "filebeat"]


def test_what_a_person_wrote_stays() -> None:
    """Comments, order and other settings; the last of two lines counts, as compose has it."""
    text = "# mine\nHOLYSHEEP_VERSION=1\nA='b c'\nexport HOLYSHEEP_VERSION=8.19.20\n#HOLYSHEEP_VERSION=3\n"
    assert envfile.changed(text, {"HOLYSHEEP_VERSION": "9.5.2", "NEW": "x"}) == (
        "# mine\nHOLYSHEEP_VERSION=1\nA='b c'\nHOLYSHEEP_VERSION=9.5.2\n#HOLYSHEEP_VERSION=3\nNEW=x\n"
    )
    assert envfile.changed("", {"HOLYSHEEP_VERSION": "9.5.2"}) == "HOLYSHEEP_VERSION=9.5.2\n"


@pytest.fixture
def env_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A compose/.env of the test's own."""
    monkeypatch.setattr(settings, "ENV_FILE", tmp_path / ".env")
    monkeypatch.setattr(settings, "REMEMBERED", tmp_path / "last-up.env")
    for part in images.OWN:
        monkeypatch.delenv(f"HOLYSHEEP_IMAGE_{part}", raising=False)
    settings.forget_cached()
    yield tmp_path / ".env"
    settings.forget_cached()


def test_names_of_a_mirror_follow(env_file: Path) -> None:
    """Those that end with the old version; what is named otherwise is the person's own to name."""
    env_file.write_text(
        "HOLYSHEEP_IMAGE_LOGSTASH=mirror:5000/ls:8.19.21\nHOLYSHEEP_IMAGE_KIBANA=mirror:5000/kb:stable\n"
    )
    settings.forget_cached()
    new = images.changes("8.19.21", "9.5.2")
    assert new == {"HOLYSHEEP_VERSION": "9.5.2", "HOLYSHEEP_IMAGE_LOGSTASH": "mirror:5000/ls:9.5.2"}
    settings.change(new)
    assert settings.value("HOLYSHEEP_IMAGE_LOGSTASH", "") == "mirror:5000/ls:9.5.2"
    assert "kb:stable" in env_file.read_text()


def test_lost_documents_are_counted_by_kind() -> None:
    """More is fine: lines arrive meanwhile."""
    assert checks.fewer({"api": 10, "errors": 2, "audit": 1}, {"api": 12, "errors": 1}) == {"errors": 1, "audit": 1}
