"""Every rule, fired by a real ElastAlert 2 against a real Elasticsearch, and delivered to local servers: once."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import pytest
from elasticsearch import helpers

from generator import card as cards
from generator.paths import PRICING, ROOT
from generator.render import elasticsearch as templates
from generator.render import registry
from generator.render import roles as role_files
from runner.cluster import apply
from tests.alerts import documents, environment, users
from tests.alerts.receiver import Received, receiving
from tests.rights import DAY, DOCUMENT, allowed, attempts

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from generator.card.model import Card
    from tests.integration.node import Node

pytestmark = [pytest.mark.integration, pytest.mark.elastalert, pytest.mark.newest]
PASSWORD: Final = "of-the-test-0123456789"  # noqa: S105 - of a cluster that is gone after the test
USER: Final = "holysheep_alerter"


def card(prefix: str) -> Card:
    """The shipped card, with days and months of Seoul, budgets of two teams, and a model that has rate limits."""
    plain = json.loads(json.dumps(cards.load(PRICING).model_dump(by_alias=True, exclude_none=True), default=str))
    plain["index_prefix"] = prefix
    teams = {"search": {"day_usd": "20"}, "lab": {"month_usd": "300"}}
    plain["budgets"] |= {"timezone": "Asia/Seoul", "teams": teams}
    limited = {"rate_limits": {"requests_per_minute": "50", "tokens_per_minute": "100000"}}
    prices = [{"from": "2026-01-01", "input": "1", "output": "1"}]
    plain["models"].append({"id": "m-rate", "provider": "p", "family": "f", "prices": prices, **limited})
    return cards.build(plain)


@dataclass
class Run:
    """What came of two runs over the documents that must fire, and one over those that must not."""

    first: Received
    again: Received
    silent: Received
    log: str


@pytest.fixture(scope="session")
def interpreter() -> Path:
    """ElastAlert's own environment."""
    found = environment.python()
    if found is None:
        pytest.skip("ElastAlert 2 has no environment here: .ci/elastalert.sh makes it, from Python 3.12 or newer")
    return found


@pytest.fixture(scope="session")
def ran(node: Node, interpreter: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Run]:
    """ElastAlert over both sets of documents, and once more over the first, as after a restart."""
    folders = {name: tmp_path_factory.mktemp(name) for name in ("alarm", "calm")}
    made = {"alarm": documents.must("alarm"), "calm": documents.must_not("calm")}
    roles: dict[str, dict[str, Any]] = {}
    with node.client() as es:
        for name, folder in folders.items():
            own = card(name)
            environment.render(own, folder)
            known = registry.load()
            rendered = templates.files(own, known) | role_files.files(known.roles, own.index_prefix)
            for path, text in rendered.items():
                (folder / path).parent.mkdir(parents=True, exist_ok=True)
                (folder / path).write_text(text, encoding="utf-8")
            apply.apply(es, folder / "elasticsearch")
            helpers.bulk(es, made[name], refresh=True)
            roles[f"{USER}_{name}"] = json.loads((folder / "elasticsearch" / "roles" / f"{USER}.json").read_text())
        users.add(node, es, roles, PASSWORD)
    with receiving() as first, receiving() as again, receiving() as silent:
        runs = [run(node, interpreter, folders["alarm"], first), run(node, interpreter, folders["calm"], silent)]
        log = "".join(process.communicate(timeout=120)[0] for process in runs)
        process = run(node, interpreter, folders["alarm"], again)
        log += process.communicate(timeout=120)[0]
        yield Run(first, again, silent, log)


def run(node: Node, interpreter: Path, folder: Path, received: Received) -> Any:  # noqa: ANN401 - Popen of text
    """Start ElastAlert with every channel that has a local server, at the documents' own now."""
    web = f"http://127.0.0.1:{received.http_port}"
    secrets = folder / "elastalert" / "secrets" / "alerts"
    secrets.mkdir(parents=True, exist_ok=True)
    for name, text in (
        ("slack_webhook_url", f"{web}/slack"),
        ("webhook_url", f"{web}/webhook"),
        ("webhook_token", "t$HOME"),
    ):
        (secrets / name).write_text(text)
    (secrets.parent / "alerter_password").write_text(PASSWORD)
    variables = {
        "ES_HOST": "localhost",
        "ES_PORT": str(node.port),
        "ES_USERNAME": f"{USER}_{folder.name.rstrip('0123456789')}",
        "HOLYSHEEP_CA": str(node.layout.authority),
        "HOLYSHEEP_ALERTS_EMAIL": "team@example.com",
        "HOLYSHEEP_SMTP_HOST": "127.0.0.1",
        "HOLYSHEEP_SMTP_PORT": str(received.smtp_port),
        "HOLYSHEEP_ALERTS_ALERTMANAGER": f"{web}/alertmanager",
        "HOLYSHEEP_KIBANA_URL": "https://kibana.example.com",
    }
    end = documents.NOW.isoformat()
    return environment.start(interpreter, folder / "elastalert", variables, "once", "--end", end)


def facts(received: Received) -> list[tuple[str, str, str]]:
    """Rule, who and figure of each alert at the webhook."""
    return sorted((body["rule"], body["who"], body["figure"]) for body in received.bodies("/webhook"))


def test_what_must_fire_fires_once_with_its_figure(ran: Run) -> None:
    """Each rule fires for what it is about, once, with the figure that was added up by hand."""
    assert facts(ran.first) == sorted(documents.ALERTS), ran.log[-4000:]


def test_every_rendered_rule_is_among_them(tmp_path: Path) -> None:
    """No rule is left out of the documents that must fire; the shipped card has no rate limits."""
    rendered = {path.stem for path in (environment.render(card("alarm"), tmp_path) / "rules").iterdir()}
    assert rendered == {rule for rule, *_ in documents.ALERTS}
    assert rendered - {path.stem for path in (ROOT / "elastalert" / "rules").glob("*.yaml")} == {"near-rate-limit"}


def test_just_below_every_threshold_nothing_fires(ran: Run) -> None:
    """At a threshold, outside of a window, before midnight in the zone: no alert."""
    assert (facts(ran.silent), ran.silent.mails) == ([], [])


def test_a_restart_repeats_nothing(ran: Run) -> None:
    """A second run over the same documents, by a new process, sends nothing: what was told is in Elasticsearch."""
    assert (facts(ran.again), ran.again.mails, ran.again.posts) == ([], [], [])


def test_each_channel_gets_the_same_words_once(ran: Run) -> None:
    """Slack, e-mail, webhook and Alertmanager get every alert once: figures, threshold, what to do, and the link."""
    hooks = ran.first.bodies("/webhook")
    subjects = sorted(body["subject"] for body in hooks)
    slack = [body["attachments"][0] for body in ran.first.bodies("/slack")]
    managed = [body[0] for body in ran.first.bodies("/alertmanager/api/v2/alerts")]
    assert sorted(part["title"] for part in slack) == subjects
    assert sorted(mail["Subject"] for mail in ran.first.mails) == subjects
    assert sorted(alert["annotations"]["summary"] for alert in managed) == subjects
    texts = sorted(body["text"].strip() for body in hooks)
    assert sorted(part["text"].strip() for part in slack) == texts
    assert sorted(mail.get_content().strip() for mail in ran.first.mails) == texts
    assert sorted(alert["annotations"]["description"].strip() for alert in managed) == texts
    assert {headers["authorization"] for path, headers, _ in ran.first.posts if path == "/webhook"} == {"Bearer t$HOME"}


def test_a_text_has_figures_threshold_advice_and_the_dashboard_at_that_time(ran: Run) -> None:
    """The alert of a spent budget, word for word where it matters; the day began at midnight in Seoul."""
    body = next(body for body in ran.first.bodies("/webhook") if body["who"] == "team search")
    assert body["subject"] == "[critical] The day's budget is spent: team search"
    assert "USD 25.00 spent today, 125 % of USD 20." in body["text"]
    assert "Threshold: 100 % of the day's budget" in body["text"]
    assert "What to do: " in body["text"]
    assert "`holysheep-elk query cost-by-user today`" in body["text"]
    assert body["at"] == "2026-03-15 21:00 KST"
    assert body["dashboard_url"].startswith("https://kibana.example.com/app/dashboards#/view/")
    assert "from:%272026-03-14T15:00:00.000Z%27%2Cto:%272026-03-15T12:05:00.000Z%27" in body["dashboard_url"]


def test_a_near_limit_names_the_fullest_minute_in_the_zone(ran: Run) -> None:
    """40 of 50 requests at 11:56 UTC, which is 20:56 in Seoul; 90,000 of 100,000 tokens a minute later."""
    told = [body["text"] for body in ran.first.bodies("/webhook") if body["rule"] == "near-rate-limit"]
    assert sorted(text.partition("\n")[0] for text in told) == [
        "m-rate: 40 requests in the minute of 20:56, 80 % of the limit of 50 requests a minute.",
        "m-rate: 90,000 tokens in the minute of 20:57, 90 % of the limit of 100,000 tokens a minute.",
    ]


def test_a_part_of_a_budget_wakes_nobody(ran: Run) -> None:
    """86.75 of 100 and 1,637.75 of 2,000 are warnings; 25 of 20 and 350 of 300 are critical, and no warnings."""
    found = {
        (body["rule"], body["who"], body["severity"])
        for body in ran.first.bodies("/webhook")
        if body["rule"].startswith(("budget-day", "budget-month"))
    }
    assert found == {
        ("budget-day-part", "all calls", "warning"),
        ("budget-month-part", "all calls", "warning"),
        ("budget-day", "team search", "critical"),
        ("budget-month", "team lab", "critical"),
    }


def test_elastalert_keeps_no_more_of_a_document_than_the_text_shows(ran: Run, node: Node) -> None:  # noqa: ARG001 - after the runs
    """Of the expensive request, its own index has the fields of the rule's `show` and what Describe added."""
    with node.client() as es:
        es.indices.refresh(index="alarm_alerts")
        kept = es.search(index="alarm_alerts", query={"term": {"rule_name": "cost-request"}})["hits"]["hits"]
    assert len(kept) == 1
    body = kept[0]["_source"]["match_body"]
    assert body["trace.id"] == "trace-1"
    assert "event.outcome" not in body
    assert "holysheep.cost.status" not in body


def test_the_alerter_writes_its_own_state_alone(ran: Run, node: Node) -> None:  # noqa: ARG001 - after the runs
    """It reads documents, and is refused every change outside of its own indices."""
    with node.client() as admin:
        # The index that is tried: what is not there is answered with 404, whoever asks.
        admin.index(index=f"alarm-api-{DAY}", id="1", document=DOCUMENT, refresh=True)
        es = admin.options(basic_auth=(f"{USER}_alarm", PASSWORD))
        assert es.count(index="alarm-*")["count"] > 0
        assert allowed(es, attempts("alarm")) == []


def test_rules_are_as_elastalert_takes_them_and_hold_no_unknown_key(interpreter: Path, tmp_path: Path) -> None:
    """ElastAlert loads every shipped rule; a key with a typing error is named, though its schema lets it pass."""
    folder = environment.render(card("alarm"), tmp_path)
    process = environment.start(interpreter, folder, {}, "check")
    told, _ = process.communicate(timeout=120)
    assert (process.returncode, told.split(" are ")[0]) == (0, f"all {len(list((folder / 'rules').iterdir()))} rules")
    wrong = folder / "rules" / "error-rate.yaml"
    wrong.write_text(
        wrong.read_text().replace("terms_size", "term_size").replace("max_percentage: 5.0", "max_percentage: x")
    )
    process = environment.start(interpreter, folder, {}, "check")
    told, _ = process.communicate(timeout=120)
    assert process.returncode == 1
    assert "error-rate.yaml: ElastAlert knows no key 'term_size'" in told
    assert "error-rate.yaml: Invalid Rule file" in told


def test_one_alert_can_be_sent_to_try_a_channel(interpreter: Path, tmp_path: Path) -> None:
    """`alerts test` sends one that says that nothing has happened, for every rule, without Elasticsearch."""
    folder = environment.render(cards.load(PRICING), tmp_path)
    (folder / "secrets" / "alerts").mkdir(parents=True)
    with receiving() as received:
        (folder / "secrets" / "alerts" / "webhook_url").write_text(f"http://127.0.0.1:{received.http_port}/webhook")
        process = environment.start(interpreter, folder, {}, "test", "budget-burn")
        told, _ = process.communicate(timeout=120)
    assert (process.returncode, [body["who"] for body in received.bodies("/webhook")]) == (
        0,
        ["TEST, nothing has happened"],
    )
    assert "sent" in told
