"""Rules of generator/registry/alerts: mistakes are named with their line, and names of the card stay names."""

from __future__ import annotations

import json
import os
import re
import shutil
import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
import yaml

from generator import card as cards
from generator.alerts import load, render
from generator.dashboards import settings
from generator.errors import UserError
from generator.paths import PRICING, ROOT
from generator.registry import fields

if TYPE_CHECKING:
    from pathlib import Path

REGISTRY = fields.PATH.parent
sys.path.insert(0, str(ROOT / "elastalert"))

from holysheep_alerts import channels, periods, start  # noqa: E402 - the container's own package


@pytest.fixture
def registry(tmp_path: Path) -> Path:
    """A copy of the registry that a test may spoil."""
    shutil.copytree(REGISTRY, tmp_path / "registry")
    return tmp_path / "registry"


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('event.outcome: "failure"', 'event.outcom: "failure"', "has no field 'event.outcom'"),
        ("by: gen_ai.request.model", "by: gen_ai.request.modell", "has no field 'gen_ai.request.modell'"),
        ("dashboard: errors", "dashboard: error", "there is no dashboard 'error', did you mean errors?"),
        ("above: alerts.error_percent", "above: alerts.error_precent", "alerts.error_precent is not one of"),
        ("window: 5m", "window: 5 minutes", "no duration"),
        ("more than {above} %", "more than {abov} %", "names a figure that the rule has not"),
        ("severity: critical", "severity: urgent", "Input should be 'critical' or 'warning'"),
    ],
)
def test_mistakes_are_named_with_file_and_line(registry: Path, old: str, new: str, told: str) -> None:
    """What ElastAlert would take silently, or find at night, is found at `make render`."""
    path = registry / "alerts" / "calls.yaml"
    text = path.read_text(encoding="utf-8")
    line = text[: text.index(old)].count("\n") + 1
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(UserError) as caught:
        load.load(registry, settings.of(cards.load(PRICING)))
    assert f"calls.yaml:{line}: " in str(caught.value)
    assert told in str(caught.value)


@pytest.mark.parametrize(
    ("percents", "levels"),
    [
        ([80, 100], {"budget-day-part": [80], "budget-day": [100]}),
        ([120, 50, 99], {"budget-day-part": [50, 99], "budget-day": [120]}),
        ([100], {"budget-day": [100]}),
        ([50, 80], {"budget-day-part": [50, 80]}),
    ],
)
def test_a_budget_is_critical_when_it_is_spent(percents: list[int], levels: dict[str, list[int]]) -> None:
    """A level below 100 % is a warning. A rule without a level is not there."""
    plain = json.loads(json.dumps(cards.load(PRICING).model_dump(by_alias=True, exclude_none=True), default=str))
    plain["alerts"] = {"budget_percent": percents}
    files = render.files(cards.build(plain), REGISTRY)
    made = {
        name: yaml.safe_load(text) for name, text in files.items() if name.startswith("elastalert/rules/budget-day")
    }
    assert {rule["name"]: rule["holysheep"]["told"] for rule in made.values()} == levels
    for rule in made.values():
        severity = "warning" if rule["name"] == "budget-day-part" else "critical"
        assert rule["import"].endswith(f"/{severity}.yaml")
        assert rule["holysheep"]["severity"] == severity


def test_the_page_names_every_rule_with_its_severity() -> None:
    """The table of docs/alerts.md."""
    page = (ROOT / "docs" / "alerts.md").read_text(encoding="utf-8")
    told = {
        name: severity
        for names, severity in re.findall(r"^\| (`[^|]+`) \| (critical|warning) \|", page, re.MULTILINE)
        for name in re.findall(r"`([a-z0-9-]+)`", names)
    }
    plain = json.loads(json.dumps(cards.load(PRICING).model_dump(by_alias=True, exclude_none=True), default=str))
    assert "near-rate-limit" not in {one.name for one in load.load(REGISTRY, settings.of(cards.build(plain)))}
    plain["models"][0]["rate_limits"] = {"tokens_per_minute": "1000"}
    rules = load.load(REGISTRY, settings.of(cards.build(plain)))
    assert told == {one.name: one.rule.severity for one in rules}


def test_a_teams_name_is_no_variable() -> None:
    """ElastAlert puts the environment into its files: `$HOME` in a name must come out as it went in."""
    plain = json.loads(json.dumps(cards.load(PRICING).model_dump(by_alias=True, exclude_none=True), default=str))
    plain["budgets"]["teams"] = {"a $HOME ${PATH} team": {"day_usd": "1"}}
    text = render.files(cards.build(plain), REGISTRY)["elastalert/rules/budget-day.yaml"]
    assert text.count("$") == text.count("${HOLYSHEEP_CHANNELS}") == 1
    assert yaml.safe_load(text)["holysheep"]["budgets"][1]["value"] == "a $HOME ${PATH} team"


def test_a_day_of_the_zone_may_have_25_hours() -> None:
    """Berlin's 2026-10-25 lasts from 22:00 UTC to 23:00 UTC of the next day."""
    moment = datetime(2026, 10, 25, 12, tzinfo=UTC)
    begin, end = periods.bounds(moment, "day", "Europe/Berlin")
    assert begin == datetime(2026, 10, 24, 22, tzinfo=UTC)
    assert end == datetime(2026, 10, 25, 23, tzinfo=UTC)
    assert periods.bounds(datetime(2026, 12, 31, 15, tzinfo=UTC), "month", "Asia/Seoul") == (
        datetime(2026, 12, 31, 15, tzinfo=UTC),
        datetime(2027, 1, 31, 15, tzinfo=UTC),
    )


def test_channels_follow_the_severity(tmp_path: Path) -> None:
    """Each severity goes where it is sent; unset, to every channel that is set up; to one that isn't, it is refused."""
    (tmp_path / "slack_webhook_url").write_text("https://slack.example/x\n")
    (tmp_path / "pagerduty_routing_key").write_text("key\n")
    own = channels.Settings({"HOLYSHEEP_ALERTS_WARNING": "slack"}, tmp_path)
    assert channels.write(own, tmp_path / "made") == {"critical": ["slack", "pagerduty"], "warning": ["slack"]}
    assert yaml.safe_load((tmp_path / "made" / "warning.yaml").read_text())["alert"] == ["slack"]
    assert (tmp_path / "made" / "critical.yaml").stat().st_mode & 0o777 == 0o600
    with pytest.raises(channels.SettingsError, match="names email, which needs HOLYSHEEP_ALERTS_EMAIL"):
        channels.write(channels.Settings({"HOLYSHEEP_ALERTS_CRITICAL": "email"}, tmp_path), tmp_path / "made")


def test_an_existing_cluster_and_its_key_as_elastalert_takes_them(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Addresses as host and port, and the key as the Base64 that goes into the header: `aWQ6a2V5` is `id:key`."""
    (tmp_path / "alerter_api_key").write_text("id:key\n", encoding="ascii")
    monkeypatch.setattr(start, "SECRETS", tmp_path)
    monkeypatch.setenv("HOLYSHEEP_ELASTICSEARCH", "https://es-1.example:9201/es https://es-2.example")
    for name in ("ES_HOST", "ES_PORT", "ES_HOSTS", "ES_URL_PREFIX", "ES_API_KEY", "ES_PASSWORD", "ES_USERNAME"):
        monkeypatch.setenv(name, "")
        monkeypatch.delenv(name)
    start._credentials()
    start._cluster()
    found = {name: os.environ.get(name) for name in ("ES_HOST", "ES_PORT", "ES_HOSTS", "ES_URL_PREFIX", "ES_API_KEY")}
    assert found == {
        "ES_HOST": "es-1.example",
        "ES_PORT": "9201",
        "ES_HOSTS": "es-1.example:9201,es-2.example:443",
        "ES_URL_PREFIX": "es",
        "ES_API_KEY": "aWQ6a2V5",
    }
    assert "ES_USERNAME" not in os.environ
